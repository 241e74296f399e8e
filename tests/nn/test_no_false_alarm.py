"""Large but finite inputs whose true result is finite give it, without a warning: activations, softmax, losses, gates, networks."""

import numpy as np
import pytest

from minigrow import isotropic, nimble, urn
from minigrow.nimble import gates
from minigrow.nn import MLP, losses
from minigrow.nn.activations import ACTIVATIONS

LARGE = {np.float32: (30, 90, 710, 1e5, 1e19, 1e30, 3e38), np.float64: (30, 90, 710, 1e5, 1e30, 1e160, 1e300)}
CASES = [(dtype, large) for dtype, values in LARGE.items() for large in values]


@pytest.mark.parametrize(("dtype", "large"), CASES)
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_and_their_slopes(name, dtype, large):
    """Values lie within |z| + 1; slopes and curvatures have the limits 0 and 1 far out, where every activation is straight."""
    z, act = np.array([[large, -large]], dtype), ACTIVATIONS[name]
    assert (np.abs(act.forward(z)) <= np.abs(z) + 1).all()
    assert np.isfinite(act.backward(z, np.ones_like(z))).all()
    np.testing.assert_allclose(act.ddf(z), 0, atol=1e-9)
    np.testing.assert_allclose(act.df(z), act.df(np.clip(z, -50, 50)), atol=1e-9)


@pytest.mark.parametrize(("dtype", "large"), CASES)
def test_softmax_and_the_losses(dtype, large):
    p = np.array([[large, -large, 0]], dtype)
    np.testing.assert_allclose(losses.softmax(p), [[1, 0, 0]], atol=1e-12)
    if large < np.finfo(dtype).max / 2:  # further out the loss itself is infinite in this type
        assert losses.softmax_cross_entropy(p, np.array([1]))[0] == pytest.approx(2 * float(dtype(large)))
        assert losses.binary_cross_entropy(p, np.array([[1, 0, 1]]))[0] == pytest.approx(np.log(2) / 3, rel=1e-6)
        assert np.isfinite(losses.log_softmax(p)).all()
    if large < np.sqrt(np.finfo(dtype).max) / 4:
        assert losses.mean_squared_error(p, -p)[0] == pytest.approx(8 / 3 * float(dtype(large)) ** 2, rel=1e-6)


@pytest.mark.parametrize(("dtype", "large"), CASES)
def test_gates_of_nimble_at_large_sizes(dtype, large):
    for delta in (1.0, 2.0):
        gamma, slope = gates.smooth_step(np.array([large, -large], dtype), delta)
        assert (gamma.tolist(), slope.tolist()) == ([1, 0], [0, 0])


@pytest.mark.parametrize(("dtype", "large"), CASES)
def test_networks_on_large_data(dtype, large):
    """What saturates stays finite; data whose squares are no numbers are refused in words, and so is their sum in a plain net."""
    X, y = np.array([[large, -large, 0, 1], [1, 2, 3, large]], dtype), np.array([0, 1])
    nets = [MLP.create([4, 5, 3], rng=0, dtype=dtype), isotropic.Network.create([4, 5, 3], rng=0, dtype=dtype)]
    if dtype is np.float64:
        nets += [nimble.controller([4, 5, 3], rng=0), urn.Network.create(4, 3, size=9, rng=0)]
    for net in nets:
        loss = "softmax" if net is nets[0] or net is nets[1] else "mse"
        try:
            out, (value, g) = net(X), net.gradient(X, y if loss == "softmax" else np.zeros((2, 3)), loss)
        except ValueError as error:
            assert "small enough" in str(error)  # noqa: PT017
            assert large > 1e18
            continue
        if large < 1e18:
            assert np.isfinite(out).all()
            assert np.isfinite(value)
            assert np.isfinite(g).all()
