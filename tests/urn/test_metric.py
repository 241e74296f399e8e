"""The unit in which prices are paid: with every optimiser the pool settles where the stated loss has its minimum."""

import numpy as np
import pytest

from minigrow.nn.optimisers import SGD, Adam, AdamW, Momentum, Nesterov, RMSProp, State, start
from minigrow.urn.pricing import metric
from minigrow.urn.strengths import soft_threshold

STEEP = np.array([1.0, 4.0, 0.5, 2.0])  # L = sum steep (w - goal)^2 / 2 + price |w|: w* = soft(goal, price / steep)
GOAL = np.array([1.0, -0.3, 0.3, 0.05])
PRICE = 0.2
OPTIMISERS = [
    SGD(0.01), SGD(0.05, decay=1e-4), Momentum(0.001), Momentum(0.01, beta=0.5), Nesterov(0.001),
    RMSProp(1e-4, beta=0.9), RMSProp(1e-4), RMSProp(1e-4, eps=1e-2), Adam(1e-4), AdamW(1e-4, weight_decay=0.0),
]  # fmt: skip


def settled(optimiser, unit=metric, steps=40000):
    """Gradient step and soft threshold, many times; the gradient is exact, so only the unit of the price is tested."""
    theta = np.array([0.5, -0.5, 0.5, 0.5])
    state = start(optimiser, theta)
    for _ in range(steps):
        theta, state = optimiser.step(state, theta, STEEP * (theta - GOAL), np.zeros((0, 2), int))
        theta = soft_threshold(theta, PRICE * unit(optimiser, state, theta))
    return theta


@pytest.mark.parametrize("optimiser", OPTIMISERS, ids=str)
def test_fixed_points_are_those_of_the_stated_loss(optimiser):
    best = soft_threshold(GOAL, PRICE / STEEP)
    found = settled(optimiser)
    assert np.array_equal(found == 0, best == 0)
    assert np.abs(found - best).max() < 3e-3  # a step or two of a normalised optimiser: 1e-4 / sqrt(1 - beta)


@pytest.mark.parametrize("optimiser", [Momentum(0.001), RMSProp(1e-4, beta=0.9)], ids=str)
def test_the_bare_rate_is_another_loss(optimiser):
    found = settled(optimiser, lambda optimiser, state, theta: np.full_like(theta, optimiser.rate))
    assert np.abs(found - soft_threshold(GOAL, PRICE / STEEP)).max() > 0.02


def test_the_metric_of_each_optimiser_by_hand():
    v, theta = np.array([0.04]), np.zeros(1)
    assert metric(SGD(0.5, decay=1.0), State(2, ()), theta)[0] == 0.25
    assert metric(Momentum(0.5, beta=0.9), State(1, (v,)), theta)[0] == pytest.approx(5)
    assert metric(RMSProp(0.5, eps=0.05), State(1, (v,)), theta)[0] == pytest.approx(0.5 / 0.3)
    assert metric(Adam(0.5, eps=0.1), State(10**6, (v, v)), theta)[0] == pytest.approx(0.5 / 0.3)


@pytest.mark.parametrize("optimiser", [SGD(), Momentum(), RMSProp(), Adam()], ids=str)
def test_single_precision_stays_single(optimiser):
    state = start(optimiser, np.ones(2, np.float32))
    assert metric(optimiser, state._replace(t=1), np.ones(2, np.float32)).dtype == np.float32
