"""The plain MLP against a loop over neurons, and its small print: shapes, types, errors."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minigrow.nn import MLP
from minigrow.nn.activations import ACTIVATIONS
from minigrow.nn.initialisers import INITIALISERS
from minigrow.nn.losses import LOSSES
from minigrow.nn.mlp import forward, gradient
from minigrow.nn.radial import RADIAL

WIDTHS = st.lists(st.integers(1, 5), min_size=2, max_size=5)


@given(widths=WIDTHS, seed=st.integers(0, 999))
def test_outputs_by_hand(widths, seed):
    net, rng = MLP.create(widths, "tanh", rng=seed), np.random.default_rng(seed)
    net.theta[:] = rng.standard_normal(net.theta.size)
    x = list(rng.standard_normal(widths[0]))
    expected = x
    for l in range(1, len(widths)):
        W, b = net.params[f"W{l}"], net.params[f"b{l}"]
        z = [sum(W[i, j] * expected[j] for j in range(widths[l - 1])) + b[i] for i in range(widths[l])]
        expected = z if l == len(widths) - 1 else [math.tanh(v) for v in z]
    np.testing.assert_allclose(net(np.array([x]))[0], expected, rtol=1e-12, atol=1e-13)


@given(widths=WIDTHS, seed=st.integers(0, 999), loss=st.sampled_from(["mse", "binary"]))
def test_gradient_with_other_losses(widths, seed, loss):
    net, rng = MLP.create(widths, "silu", rng=seed), np.random.default_rng(seed)
    X, y = rng.standard_normal((3, widths[0])), rng.integers(2, size=(3, widths[-1])).astype(float)
    value, g = net.gradient(X, y, loss)
    assert value == pytest.approx(LOSSES[loss](net(X), y)[0])
    for i in rng.choice(net.theta.size, min(4, net.theta.size), replace=False):
        moved = []
        for step in (1e-5, -1e-5):
            theta = net.theta.copy()
            theta[i] += step
            moved.append(gradient(MLP(net.widths, net.activation, theta), X, y, loss)[0])
        assert g[i] == pytest.approx((moved[0] - moved[1]) / 2e-5, rel=1e-5, abs=1e-9)


@given(widths=WIDTHS, dtype=st.sampled_from([np.float32, np.float64]), init=st.sampled_from(list(INITIALISERS)))
def test_creation(widths, dtype, init):
    net = MLP.create(widths, "relu", init=init, rng=3, dtype=dtype)
    assert net.widths == tuple(widths)
    assert net.theta.size == sum(m * (d + 1) for d, m in pairwise(widths))
    assert net.theta.dtype == dtype
    assert net.layers == len(widths) - 1
    assert net.trained == net.decayed == tuple(net.shapes)
    assert net.parameters == net.theta.size
    assert all(net.params[f"W{l}"].any() for l in range(1, net.layers + 1))
    assert all(net.params[f"b{l}"].any() == (init == "fan_in_uniform") for l in range(1, net.layers + 1))
    assert all(len(net.axes[name]) == len(shape) for name, shape in net.shapes.items())
    np.testing.assert_array_equal(MLP.create(widths, "relu", init=init, rng=3, dtype=dtype).theta, net.theta)


@pytest.mark.parametrize("activation", [*ACTIVATIONS, *RADIAL])
def test_float32_stays_float32(activation):
    net = MLP.create([3, 4, 4, 2], activation, rng=0, dtype=np.float32)
    X, y = np.ones((5, 3)), np.array([0, 1, 0, 1, 1])
    Z, inputs = forward(net, X.astype(np.float32))
    assert {array.dtype for array in (*Z, *inputs[1:])} == {np.dtype(np.float32)}
    assert net(X).dtype == np.float32
    assert net.gradient(X.astype(np.float32), y)[1].dtype == np.float32


def test_bound_writes_the_gradient_and_reads_theta_anew():
    net = MLP.create([3, 4, 2], rng=0)
    X, y, g = np.ones((5, 3)), np.array([0, 1, 0, 1, 1]), np.full(26, np.nan)
    step = net.bound(g)
    for _ in range(2):
        value, expected = net.gradient(X, y)
        assert step(X, y) == value
        np.testing.assert_array_equal(g, expected)
        net.theta[:] += 0.1


def test_with_params_takes_the_widths_of_the_arrays():
    net = MLP.create([3, 4, 2], "relu", rng=0)
    params = {"W1": np.ones((5, 3)), "b1": np.ones(5), "W2": np.ones((2, 5)), "b2": np.zeros(2)}
    wide = net.with_params(params)
    assert wide.widths == (3, 5, 2)
    assert wide.activation == "relu"
    assert not np.shares_memory(wide.theta, params["W1"])
    assert wide(np.ones((1, 3))).tolist() == [[20, 20]]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"widths": [3]}, "widths must name at least"),
        ({"widths": [3, 0, 2]}, "each width must be a whole number >= 1, got 0"),
        ({"activation": "swish"}, "activation must be one of identity, tanh"),
        ({"init": "zeros"}, "init must be one of normal"),
        ({"dtype": np.float16}, "dtype must be float32 or float64"),
        ({"rng": "0"}, "rng must be"),
    ],
)
def test_errors(change, words):
    options = {"widths": [3, 4, 2], "activation": "tanh", "init": "he", "rng": 0, "dtype": np.float64} | change
    widths, activation = options.pop("widths"), options.pop("activation")
    with pytest.raises(ValueError, match=words):
        MLP.create(widths, activation, **options)


def test_bad_inputs():
    net = MLP.create([3, 4, 2], rng=0)
    with pytest.raises(ValueError, match="X must have 3 columns, got 4"):
        net(np.ones((2, 4)))
    with pytest.raises(ValueError, match="X must be finite"):
        net(np.full((2, 3), np.nan))


def test_parameters_cannot_be_replaced():
    net = MLP.create([3, 4, 2], rng=0)
    with pytest.raises(AttributeError):
        net.theta = np.zeros(3)
