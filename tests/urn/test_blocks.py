"""The group price in step sizes that differ: the compiled step against bisection, brute force, and what one common unit did."""

import numpy as np
import pytest

from minigrow.growth import Plan, start
from minigrow.nn import Adam
from minigrow.urn import Network, Strengths, train
from minigrow.urn.blocks import block_step, shrink_blocks
from minigrow.urn.strengths import block_soft_threshold, outgoing, soft_threshold


def fast(W, price, unit):
    out = W.copy()
    shrink_blocks(out, price, unit)
    return out


@pytest.mark.parametrize("seed", range(20))
def test_the_compiled_step_finds_the_same_root(seed):
    rng = np.random.default_rng(seed)
    W, unit = rng.standard_normal((6, 5)) * 10.0 ** rng.uniform(-3, 1, (6, 5)), 10.0 ** rng.uniform(-3, 6, (6, 5))
    for price in (1e-4, 1e-2, 1.0):
        assert np.allclose(fast(W, price, unit), block_step(W, price, unit), rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize("seed", range(10))
def test_no_other_point_is_better(seed):
    rng = np.random.default_rng(seed)
    W, unit, l1, group = rng.standard_normal((3, 1)), rng.uniform(0.1, 2, (3, 1)), *rng.uniform(0, 0.8, 2)
    cost = lambda U: np.sum((U - W) ** 2 / (2 * unit)) + l1 * np.abs(U).sum() + group * np.sqrt(np.sum(U * U))  # noqa: E731
    best = fast(soft_threshold(W, l1 * unit), group, unit)
    others = [best + 10.0 ** rng.uniform(-4, 0) * rng.standard_normal(W.shape) for _ in range(300)]
    assert all(cost(U) >= cost(best) for U in [*others, 0 * W, W])


def test_equal_step_sizes_are_the_plain_threshold_and_no_price_changes_nothing():
    W = np.random.default_rng(0).standard_normal((4, 3))
    assert np.allclose(fast(W, 0.3, np.full(W.shape, 0.5)), block_soft_threshold(W, 0.15))
    assert np.allclose(fast(W, 0.0, np.ones(W.shape)), W, rtol=1e-12)
    assert not fast(np.zeros((4, 3)), 0.3, np.ones((4, 3))).any()
    assert not block_step(np.zeros((4, 3)), 0.0, np.ones((4, 3))).any()


def test_float32_stays_float32():
    W = np.ones((2, 2), np.float32)
    shrink_blocks(W, 0.1, np.ones((2, 2), np.float32))
    assert W.dtype == np.float32
    assert np.allclose(W, 1 - 0.1 / np.sqrt(2), rtol=1e-6)


def test_a_weight_that_no_signal_ever_uses_does_not_set_the_price_of_its_column():
    """With two iterations no walk uses W_hh, so Adam's step there is rate / eps; the useful neurons must live all the same."""
    X = np.random.default_rng(0).uniform(-1, 1, (100, 2))
    run = start(Network.create(2, 1, size=10, iterations=2, activation="relu", rng=0), Adam(1e-2), rng=0)
    plan = Plan(steps=600, batch=None, loss="mse", quiet=True)
    net = train(run, X, np.abs(X[:, :1]), plan, Strengths(group=0.003), 200, 100).net
    assert 1 <= net.hidden <= 7
    assert np.mean((net(X) - np.abs(X[:, :1])) ** 2) < 0.01
    assert outgoing(net, net.theta).shape[1] == net.hidden
