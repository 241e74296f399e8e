"""The width delta of algorithm A's smooth step: values by hand, the gradient by complex step, the compiled twin."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minigrow import nimble
from minigrow.growth import Plan
from minigrow.nimble.formulas import gradient
from minigrow.nimble.gates import smooth_step, step
from minigrow.nn import complex_step, deviation

EPS = np.finfo(float).eps


def test_values_by_hand():
    theta, slope = smooth_step(np.array([-0.1, 0.0, 2 / 3, 1.0, 2.0, 2.1]), delta=2.0)
    np.testing.assert_allclose(theta, [0, 0, 0.25, 0.5, 1, 1], atol=1e-15)
    np.testing.assert_allclose(slope, [0, 0, np.pi / 4 * np.sin(np.pi / 3), np.pi / 4, 0, 0], atol=1e-15)
    assert step(2.5, 4, delta=0.5)[0].tolist() == [1, 1, 1, 0]
    assert np.flatnonzero(step(2.5, 4, delta=3.0)[0]).tolist() == [0, 1, 2], (
        "which neurons are on is no matter of delta"
    )


@pytest.mark.kernels
@given(seed=st.integers(0, 2**32), delta=st.floats(0.1, 5), loss=st.sampled_from(["mse", "binary"]))
def test_gradient_by_complex_step_and_compiled(seed, delta, loss):
    rng = np.random.default_rng(seed)
    net = nimble.auxiliary([2, 6, 1], goal=3, size=rng.uniform(0.5, 6), delta=delta, rng=rng)
    X, y = rng.uniform(-2, 2, (7, 2)), rng.integers(0, 2, (7, 1)).astype(float)
    expected = complex_step(lambda theta: gradient(net.with_theta(theta), X, y, loss)[0], net.theta)
    assert deviation(gradient(net, X, y, loss)[1], expected) < 128 * EPS  # as in the law nimble.gradient
    g = np.empty_like(net.theta)
    assert net.bound(g, loss)(X, y) == pytest.approx(gradient(net, X, y, loss)[0], rel=1e-13)
    assert deviation(g, expected) < 200 * EPS  # as in test_kernels


def test_a_wider_step_gives_another_training_and_one_is_the_default():
    task = nimble.TASKS["quadratic"]._replace(epochs=400)
    runs = [
        nimble.run_trials(task, 2, size=2.5, rng=3, threads=1, **more) for more in ({}, {"delta": 1.0}, {"delta": 2.0})
    ]
    assert np.array_equal(runs[0].traces, runs[1].traces)
    assert not np.allclose(runs[0].test, runs[2].test)


def test_networks_of_different_steps_are_no_trials_of_one_kind():
    rows = [nimble.sample("cubic", np.random.default_rng(0))] * 2
    nets = [nimble.auxiliary(size=2.5, delta=delta, rng=0) for delta in (1.0, 2.0)]
    with pytest.raises(ValueError, match="alike"):
        nimble.descend_all(nets, rows, Plan(10, None, "mse", record=10))


def test_a_step_without_width_is_refused():
    with pytest.raises(ValueError, match="delta"):
        nimble.auxiliary(delta=0.0, rng=0)
