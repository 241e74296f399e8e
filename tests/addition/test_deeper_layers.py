"""Deeper: which activation allows it exactly, what happens to the optimiser's memory, and where a new layer pays."""

import numpy as np
import pytest

from minigrow.addition.assumptions import IDEMPOTENT
from minigrow.addition.depth import PAIRED, deeper, deeper_near, deeper_pairs, follow_deeper, renamed
from minigrow.addition.sensitivity import sensitivity
from minigrow.growth import start, train
from minigrow.growth.contract import check
from minigrow.growth.plan import Plan
from minigrow.isotropic import Network
from minigrow.nn import MLP, AdamW, Momentum
from minigrow.nn.activations import ACTIVATIONS

rng = np.random.default_rng(0)
X, LABELS = rng.standard_normal((40, 3)), rng.integers(0, 2, 40)


def drawn(activation="relu", dtype=np.float64, widths=(3, 4, 5, 2)):
    net = MLP.create(widths, activation, rng=1, dtype=dtype)
    return net.with_theta(net.theta + (0.3 * np.random.default_rng(2).standard_normal(net.theta.size)).astype(dtype))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("layer", [0, 1])
@pytest.mark.parametrize("activation", IDEMPOTENT)
def test_an_identity_layer_changes_no_bit(activation, layer, dtype):
    net, inputs = drawn(activation, dtype), X.astype(dtype)
    deep = check(deeper(net, layer))
    assert deep.widths == (3, 4, 4, 5, 2) if layer == 0 else deep.widths == (3, 4, 5, 5, 2)
    assert deep.theta.dtype == dtype
    assert np.array_equal(deep(inputs), net(inputs))


@pytest.mark.parametrize("layer", [0, 1])
@pytest.mark.parametrize("activation", PAIRED)
def test_a_layer_of_pairs_is_exact_to_rounding(activation, layer):
    net = drawn(activation)
    assert abs(deeper_pairs(net, layer)(X) - net(X)).max() < 1e-14


def test_which_activations_have_which_identity():
    z = np.linspace(-5, 5, 101)
    for name, act in ACTIVATIONS.items():
        assert (abs(act.f(act.f(z)) - act.f(z)).max() < 1e-14) == (name in IDEMPOTENT)
        assert (abs(act.f(z) - act.f(-z) - z).max() < 1e-13) == (name in PAIRED)


@pytest.mark.parametrize(
    ("activation", "order"), [("tanh", 2), ("sigmoid", 2), ("gelu", 1), ("silu", 1), ("softplus", 1)]
)
def test_nearly_the_identity_is_not_exact_and_says_so_by_its_order(activation, order):
    net = drawn(activation)
    near, nearer = (abs(deeper_near(net, 1, s)(X) - net(X)).max() for s in (0.02, 0.01))
    assert nearer > 1e-7
    assert np.log2(near / nearer) == pytest.approx(order, abs=0.1)


def test_tanh_leaves_a_third_of_the_cube_out():
    net = MLP((1, 1, 1), "tanh", np.array([1.0, 0.0, 1.0, 0.0]))
    a, s = np.tanh(0.8), 0.01
    gap = net([[0.8]]).item() - deeper_near(net, 0, s)([[0.8]]).item()
    assert gap == pytest.approx(s**2 * a**3 / 3, rel=1e-3)


def test_a_zero_second_matrix_is_not_for_an_mlp():
    """The field's remedy for any activation: in a chain it leaves a constant, so it needs a skip connection."""
    net = drawn("tanh")
    dead = deeper_near(net, 0)
    dead.params["W3"][...] = 0
    assert np.ptp(dead(X), axis=0).max() == 0 < np.ptp(net(X), axis=0).max()


def test_renamed_parameters_keep_their_moments_and_the_rest_start_at_zero():
    net = drawn()
    run = train(start(net, AdamW(0.01), rng=0), X, LABELS, Plan(epochs=3, batch=8, quiet=True))
    deep = deeper(run.net, 0)
    state = follow_deeper(run.state, run.net, deep, 0)
    assert state.t == run.state.t
    for old, new in zip(run.state.slots, state.slots, strict=True):
        was, now = net.with_theta(old).params, deep.with_theta(new).params
        for name, source in {"W1": "W1", "b1": "b1", "W3": "W2", "b3": "b2", "W4": "W3", "b4": "b3"}.items():
            assert np.array_equal(now[name], was[source])
            assert now[name].any()
        assert not now["W2"].any()
        assert not now["b2"].any()
    later = train(start(deep, AdamW(0.01), rng=0)._replace(state=state), X, LABELS, Plan(epochs=3, batch=8, quiet=True))
    assert later.net.widths == (3, 4, 4, 5, 2)
    assert later.state.t > state.t


def test_rewritten_weights_forget():
    net = drawn("gelu")
    assert renamed(net, deeper_pairs(net, 0), 0) == {"W1": "W1", "b1": "b1", "b3": "b2", "W4": "W3", "b4": "b3"}
    state = start(net, Momentum(), rng=0).state._replace(slots=(np.ones(net.theta.size),))
    now = deeper_pairs(net, 0).with_theta(follow_deeper(state, net, deeper_pairs(net, 0), 0).slots[0]).params
    assert not now["W3"].any()
    assert now["W4"].all()


@pytest.mark.parametrize("seed", range(3))
def test_merits_against_the_signals_of_the_old_network(seed):
    """A new identity layer gets H and hands back what the next one's weights hand back, masked by ReLU: no new network is needed."""
    net = MLP.create([3, 4, 5, 2], "relu", rng=seed)
    seen, signals = sensitivity(net, X, LABELS), net.signals(X, LABELS)
    expected = []
    for l in (1, 2):
        H = signals.inputs[l]
        g = (signals.g[l] @ net.params[f"W{l + 1}"]) * (H > 0)
        expected.append(np.sum((g.T @ H) ** 2) + np.sum(g.sum(axis=0) ** 2))
    assert seen.merits == pytest.approx(expected, rel=1e-12)
    old = [np.sum((g.T @ x) ** 2) + np.sum(g.sum(axis=0) ** 2) for g, x in zip(signals.g, signals.inputs, strict=True)]
    assert seen.mean == pytest.approx(np.mean(old), rel=1e-12)


def test_the_threshold_decides_and_the_reason_says_why():
    net = drawn()
    ratio = sensitivity(net, X, LABELS).merits.max() / sensitivity(net, X, LABELS).mean
    below, above = (sensitivity(net, X, LABELS, tau=ratio * t) for t in (0.999, 1.001))
    assert below.layer == int(np.argmax(below.merits))
    assert above.layer is None
    assert "at least" in below.reason
    assert "less than" in above.reason
    assert sensitivity(drawn("gelu"), X, LABELS, insert=deeper_pairs).merits.shape == (2,)


def test_errors_name_the_way_out():
    with pytest.raises(ValueError, match=r"act\(act\(z\)\) = act\(z\).*Take deeper_near, which is not exact"):
        deeper(drawn("tanh"), 0)
    with pytest.raises(ValueError, match="Take deeper_pairs"):
        deeper(drawn("gelu"), 0)
    with pytest.raises(ValueError, match="Take deeper_near"):
        deeper_pairs(drawn("tanh"), 0)
    with pytest.raises(ValueError, match="not relu"):
        deeper_near(drawn("relu"), 0)
    with pytest.raises(ValueError, match="s must be"):
        deeper_near(drawn("tanh"), 0, 0.0)
    with pytest.raises(ValueError, match="layer must be a hidden layer"):
        deeper(drawn(), 2)
    with pytest.raises(ValueError, match="for an MLP"):
        deeper(Network.create([3, 4, 2], rng=0), 0)
    with pytest.raises(ValueError, match="isotropic_tanh sees the length"):
        deeper(MLP.create([3, 4, 2], "isotropic_tanh", rng=0), 0)
    with pytest.raises(ValueError, match="tau must be"):
        sensitivity(drawn(), X, LABELS, tau=0.0)
