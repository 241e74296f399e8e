"""The compiled loops against NumPy: one gradient, a whole training run; and what happens when a run diverges."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minigrow import nimble
from minigrow.growth import Plan, start, train
from minigrow.nimble.fast import kernels
from minigrow.nimble.formulas import gradient
from minigrow.nimble.rules import RULES
from minigrow.nn import SGD, Spaces, deviation

EPS = np.finfo(float).eps


def case(seed, rule, loss):
    rng = np.random.default_rng(seed)
    d, m, n = (int(v) for v in rng.integers(1, [4, 8, 40]))
    if rule.startswith("auxiliary"):
        net = nimble.auxiliary([d, m, 1], goal=0, size=rng.uniform(0, m), rule=rule, rng=rng)
    else:
        net = nimble.controller([d, m, 1], rule, rng=rng)
        net = net.with_theta(net.theta + 0.3 * rng.standard_normal(net.theta.size))
    y = rng.integers(0, 2, (n, 1)).astype(float) if loss == "binary" else rng.standard_normal((n, 1))
    return net, rng.uniform(-2, 2, (n, d)), y


@pytest.mark.kernels
@given(seed=st.integers(0, 2**32), rule=st.sampled_from(sorted(RULES)), loss=st.sampled_from(["mse", "binary"]))
def test_gradient_equals_its_twin(seed, rule, loss):
    net, X, y = case(seed, rule, loss)
    g = np.full_like(net.theta, np.nan)
    value = net.bound(g, loss)(X, y)
    expected_value, expected = gradient(net, X, y, loss)
    assert value == pytest.approx(expected_value, rel=1e-13)
    assert deviation(g, expected) < 200 * EPS  # sums of up to 40 terms, in another order


@pytest.mark.kernels
@pytest.mark.parametrize("n", [1, kernels.BLOCK - 1, kernels.BLOCK, 3 * kernels.BLOCK + 7])
def test_gradient_over_several_blocks_of_samples_and_with_fewer_samples_than_inputs(n):
    rng = np.random.default_rng(n)
    net = nimble.auxiliary([3, 5, 1], goal=3, size=3.5, rng=rng)
    X, y, g = rng.uniform(-1, 1, (n, 3)), rng.standard_normal((n, 1)), np.empty_like(net.theta)
    value = net.bound(g)(X, y)
    expected_value, expected = gradient(net, X, y)
    assert value == pytest.approx(expected_value, rel=1e-12)
    assert deviation(g, expected) < 1e-12


class Readable(nimble.Network):
    """The same network without its compiled gradient."""

    bound = Spaces.bound


def readable_steps(net, rows, plan, rate):
    """Train by the shared loop with the formulas in NumPy: the twin of the compiled steps."""
    fields = {field.name: getattr(net, field.name) for field in dataclasses.fields(net)}
    plan = plan._replace(batch=None, every=plan.record, quiet=True)
    return train(start(Readable(**fields), SGD(rate), rng=0), rows.X, rows.y, plan).net.theta


@pytest.mark.kernels
@pytest.mark.parametrize(("name", "size"), [("cubic", 0.0), ("cubic", 5.0), ("step", 0.0)])
def test_training_equals_its_twin(name, size):
    task = nimble.TASKS[name]
    rng = np.random.default_rng(1)
    rows, net = nimble.sample(task, rng), nimble.auxiliary(strength=task.strength, size=size, rng=rng)
    plan = Plan(300, None, task.loss, record=100)
    found = nimble.descend_all([net], [rows], plan, 0.01, threads=1)
    np.testing.assert_allclose(found.networks[0].theta, readable_steps(net, rows, plan, 0.01), rtol=1e-9, atol=1e-12)
    assert np.array_equal(found.traces[0, 0], net.theta)
    assert np.array_equal(found.traces[0, -1], found.networks[0].theta)


@pytest.mark.kernels
def test_pinned_size_does_not_move_in_the_compiled_loop():
    rng = np.random.default_rng(0)
    rows, net = nimble.sample("cubic", rng), nimble.auxiliary(size=3.0, rule="auxiliary_pinned", rng=rng)
    found = nimble.descend_all([net], [rows], Plan(50, None, "mse", record=50), 0.01)
    assert found.size.tolist() == [3.0]
    np.testing.assert_allclose(found.networks[0].theta, readable_steps(net, rows, found.plan, 0.01), rtol=1e-10)


@pytest.mark.kernels
def test_the_number_of_threads_does_not_matter():
    task = nimble.TASKS["quadratic"]._replace(epochs=200)
    runs = [nimble.run_trials(task, 5, size=0.0, rng=3, threads=threads) for threads in (1, 2, 5)]
    assert all(np.array_equal(run.traces, runs[0].traces) for run in runs)


def test_growing_and_grown_start_from_the_same_draws():
    task = nimble.TASKS["quadratic"]._replace(epochs=40)
    growing, grown = (nimble.run_trials(task, 2, size=size, rng=7).traces[:, 0] for size in (0.0, 5.0))
    assert np.array_equal(growing[:, :-1], grown[:, :-1])
    assert growing[:, -1].tolist() == [0, 0]
    assert grown[:, -1].tolist() == [5, 5]


@pytest.mark.kernels
@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # the kernels as plain Python warn of the overflow
def test_a_diverged_trial_is_flagged_and_the_others_go_on():
    rng = np.random.default_rng(0)
    data = [nimble.sample("cubic", rng) for _ in range(3)]
    nets = [nimble.auxiliary(size=5.0, rng=rng) for _ in data]
    nets[1] = nets[1].with_theta(1e200 * nets[1].theta)  # its outputs cannot be squared
    found = nimble.descend_all(nets, data, Plan(200, None, "mse", record=20))
    assert (found.diverged >= 0).tolist() == [False, True, False]
    assert np.isinf(found.test).tolist() == [False, True, False]
    assert len(found.test) == 3
    assert np.isnan(found.traces[1, -1]).all()
    assert np.isfinite(found.traces[[0, 2]]).all()
    assert len(nimble.history(found, 1, data[1]).rows) < len(nimble.history(found, 0, data[0]).rows)


def test_a_rate_that_is_too_high_diverges_in_every_trial():
    found = nimble.run_trials(nimble.TASKS["cubic"]._replace(rate=1e3, epochs=400), 4, size=5.0, rng=0)
    assert np.all(found.diverged > 0)
    assert np.all(np.isinf(found.test))


def test_the_size_reaches_its_goal_as_in_the_paper():
    found = nimble.run_trials("quadratic", 6, size=0.0, rng=0)
    assert np.all((found.size > 4.9) & (found.size < 5.2))
    assert np.median(found.test) < 0.01


@pytest.mark.parametrize("epochs", [0, -1, 2.5])
def test_trials_take_an_epoch_at_least(epochs):
    with pytest.raises(ValueError, match="the task's epochs must be a whole number"):
        nimble.run_trials(nimble.TASKS["cubic"]._replace(epochs=epochs), 1, size=0.0, rng=0)
