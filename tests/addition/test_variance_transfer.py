"""Variance transfer: cancelling pairs, the scale of old and new weights, rates by stage; slips of a survey and a note."""

import numpy as np
import pytest

from minigrow.addition.proposal import apply, look
from minigrow.addition.rates import rate_factors, stage_rates
from minigrow.addition.variance import BEHIND, variance_transfer
from minigrow.isotropic import Network
from minigrow.nn import MLP, SGD
from minigrow.nn.activations import ACTIVATIONS
from minigrow.nn.optimisers import start

rng = np.random.default_rng(0)
X, LABELS = rng.standard_normal((50, 3)), rng.integers(0, 2, 50)


def drawn(activation="tanh", widths=(3, 4, 5, 2), dtype=np.float64):
    net = MLP.create(widths, activation, rng=1, dtype=dtype)
    return net.with_theta(net.theta + (0.3 * np.random.default_rng(2).standard_normal(net.theta.size)).astype(dtype))


@pytest.mark.parametrize("layer", [0, 1])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_pairs_cancel_and_old_weights_shrink(activation, layer):
    net = drawn(activation)
    for behind, scale in {"kept": 1.0, "output": share(net, layer), "hidden": share(net, layer) ** 0.5}.items():
        proposal = variance_transfer(look(net, layer, X, LABELS), 4, rng=0, behind=behind)
        grown, event = apply(net, layer, proposal)
        shrunk = net.with_theta(net.theta.copy())
        shrunk.params[f"W{layer + 2}"][...] *= scale
        assert abs(grown(X) - shrunk(X)).max() < 1e-13
        assert proposal.kept == (behind == "kept")
        assert event.neurons == 4


def share(net, layer):
    return net.widths[layer + 1] / (net.widths[layer + 1] + 4)


@pytest.mark.parametrize(("behind", "power"), [("hidden", 1), ("output", 2)])
def test_weights_get_the_variance_of_the_wider_layer(behind, power):
    """An initialisation with variance 1/h^power becomes one with 1/(h+k)^power, for old and for new weights."""
    h, k, p = 200, 100, 300
    net = MLP.create([50, h, p], rng=0)
    net.params["W2"][...] = np.random.default_rng(1).standard_normal((p, h)) * h ** (-power / 2)
    seen = look(net, 0, rng.standard_normal((4, 50)), rng.integers(0, p, 4))
    W = apply(net, 0, variance_transfer(seen, k, rng=2, behind=behind))[0].params["W2"]
    for part in (W[:, :h], W[:, h:]):
        assert part.var() * (h + k) ** power == pytest.approx(1, rel=0.02)
    assert variance_transfer(seen, k, rng=2, behind="kept").B.var() * (h + k) == pytest.approx(1, rel=0.02)


def test_new_fan_in_keeps_unit_variance_and_the_survey_s_does_not():
    """growing_wiki, variance_transfer.rst: V ~ N(0, 1/C^2), which for C = 100 unit inputs gives pre-activations of variance .01."""
    inputs = rng.standard_normal((2000, 100))
    seen = look(MLP.create([100, 4, 2], rng=0), 0, inputs, rng.integers(0, 2, 2000))
    A = variance_transfer(seen, 200, rng=0).A
    assert (seen.block.X @ A).var() == pytest.approx(1, rel=0.05)
    assert (seen.block.X @ (A / 10)).var() == pytest.approx(0.01, rel=0.05)


def test_pairs_part_in_training():
    net = drawn(widths=(3, 4, 2))
    grown, _ = apply(net, 0, variance_transfer(look(net, 0, X, LABELS), 2, rng=0))
    theta = SGD(0.5).step(start(SGD(), grown.theta), grown.theta, grown.gradient(X, LABELS)[1])[0]
    W1 = grown.with_theta(theta).params["W1"]
    assert np.array_equal(grown.params["W1"][4], grown.params["W1"][5])
    assert abs(W1[4] - W1[5]).max() > 1e-3


def test_float32_and_seeds():
    net = drawn(dtype=np.float32)
    one, same, other = (variance_transfer(look(net, 0, X, LABELS), 2, rng=seed) for seed in (0, 0, 1))
    assert np.array_equal(one.A, same.A)
    assert not np.array_equal(one.A, other.A)
    assert apply(net, 0, one)[0].theta.dtype == np.float32


def test_rates_of_three_stages_against_a_loop():
    net, stages = MLP.create([3, 6, 2], rng=0), np.array([0, 0, 1, 1, 2, 2])
    factors = net.with_theta(rate_factors(net, 0, stages)).params
    for name, axis in (("W1", 0), ("W2", 1)):
        W = np.moveaxis(net.params[name], axis, 0)
        norms = [np.linalg.norm(W[stages == t]) for t in range(3)]
        for i, t in enumerate(stages):
            assert np.moveaxis(factors[name], axis, 0)[i] == pytest.approx(norms[t] / norms[0])
    assert (factors["b1"] == 1).all()
    assert (factors["b2"] == 1).all()


def test_errors_teach():
    seen = look(drawn(), 0, X, LABELS)
    with pytest.raises(ValueError, match="k must be even, got 3"):
        variance_transfer(seen, 3)
    with pytest.raises(ValueError, match=f"behind must be one of {', '.join(BEHIND)}"):
        variance_transfer(seen, 2, behind="input")
    with pytest.raises(ValueError, match="treats each neuron alone"):
        variance_transfer(look(Network.create([3, 4, 2], rng=0), 0, X, LABELS))
    with pytest.raises(ValueError, match=r"Without weights: \[1\]"):
        stage_rates(np.ones((1, 2)), np.array([[0, 2]]))
    with pytest.raises(ValueError, match="norm of stage 0: 0"):
        stage_rates(np.zeros((1, 2)), np.array([[0, 0]]))
    with pytest.raises(ValueError, match="a number for each of the 4 neurons"):
        rate_factors(drawn(), 0, np.zeros(3, int))
