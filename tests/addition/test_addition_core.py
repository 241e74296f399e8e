"""Block, statistics and apply against loops, single samples and finite differences."""

import numpy as np
import pytest

from minigrow.addition.assumptions import NEEDS, require
from minigrow.addition.block import block
from minigrow.addition.proposal import Proposal, Seen, appended, apply, look
from minigrow.addition.statistics import gathered, inverse, inverse_root, statistics
from minigrow.growth import accept, start
from minigrow.growth.basis import keep
from minigrow.isotropic import Network
from minigrow.nn import MLP, Adam
from minigrow.nn.losses import LOSSES
from minigrow.nn.mlp import EVERY_ACTIVATION

rng = np.random.default_rng(0)
X3, LABELS = rng.standard_normal((7, 3)), rng.integers(0, 2, 7)


def nets():
    for layer, widths in ((0, (3, 4, 2)), (0, (3, 4, 5, 2)), (1, (3, 4, 5, 2))):
        for activation in ("tanh", "gelu", "isotropic_tanh"):
            yield MLP.create(widths, activation, rng=1), layer
        net = Network.create(widths, rng=2)
        for name in net.params:
            net.params[name][...] += 0.3 * np.random.default_rng(3).standard_normal(net.params[name].shape)
        yield net, layer


def behind(net, layer, Z, push):
    """The loss of one sample from pre-activation Z (h,) of hidden layer `layer` on, with `push` added to what it feeds."""
    p, act, l = net.params, EVERY_ACTIVATION[net.activation], layer + 1
    for i in range(l, net.layers):
        if isinstance(net, Network):
            a = act.gain(np.sqrt(net.intrinsic[i - 1] + Z @ Z)[None])[0]
            Z = p[f"W{i + 1}"] @ (a * Z) + p[f"b{i + 1}"] + a * p[f"psi{i}"]
        else:
            Z = p[f"W{i + 1}"] @ act.forward(Z[None])[0] + p[f"b{i + 1}"]
        Z = Z + push if i == l else Z
    return Z


@pytest.mark.parametrize(("net", "layer"), list(nets()))
def test_G_is_minus_the_gradient_of_each_sample_s_own_loss(net, layer):
    seen = block(net, layer, X3, LABELS)
    for i in range(len(X3)):
        for o in range(seen.p):
            push = 1e-6 * np.eye(seen.p)[o]
            up, down = (
                LOSSES["softmax"](behind(net, layer, seen.Z[i], sign * push)[None], LABELS[i : i + 1])[0]
                for sign in (1, -1)
            )
            assert seen.G[i, o] == pytest.approx(-(up - down) / 2e-6, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize(("net", "layer"), list(nets()))
def test_the_block_s_matrices_are_the_network_s(net, layer):
    seen, p, l = block(net, layer, X3, LABELS), net.params, layer + 1
    gains = seen.X[:, -1:]
    if not (layer and isinstance(net, Network)):  # psi adds to Z there
        np.testing.assert_allclose(seen.X / gains @ seen.W1, seen.Z, atol=1e-14)
    assert np.all(seen.H[:, -1] == 1)
    assert seen.W2.shape == (seen.h + 1, seen.p)
    assert np.all(seen.W2[-1] == p[f"b{l + 1}"])
    assert (seen.n, seen.d, seen.h, seen.p) == (7, net.widths[layer], net.widths[l], net.widths[l + 1])
    assert np.all(gains == 1) == (not net.activation.startswith("isotropic"))


def test_X_holds_the_first_order_effect_of_small_new_neurons_of_an_isotropic_network():
    for net, layer in nets():
        if not net.activation.startswith("isotropic"):
            continue
        seen = look(net, layer, X3, LABELS)
        A, B = 1e-4 * rng.standard_normal((seen.block.d + 1, 2)), rng.standard_normal((2, seen.block.p))
        wider = block(apply(net, layer, appended("mine", seen, A, B))[0], layer, X3, LABELS)
        before = block(net, layer, X3, LABELS)
        np.testing.assert_allclose(wider.H @ wider.W2 - before.H @ before.W2, before.X @ A @ B, atol=1e-7)


def test_GH_is_the_gradient_at_the_neurons_outputs():
    net = MLP.create([3, 4, 2], "tanh", rng=1)
    seen = block(net, 0, X3, LABELS)
    W, b = net.params["W2"], net.params["b2"]
    for i, j in ((0, 0), (3, 2)):
        H = np.tanh(seen.Z[i])
        loss = [LOSSES["softmax"]((W @ (H + s * 1e-6 * np.eye(4)[j]) + b)[None], LABELS[i : i + 1])[0] for s in (1, -1)]
        assert seen.GH[i, j] == pytest.approx((loss[0] - loss[1]) / 2e-6, rel=1e-6)


@pytest.mark.parametrize("loss", ["softmax", "mse"])
def test_statistics_are_sums_over_samples(loss):
    net = MLP.create([3, 4, 2], "gelu", rng=1)
    y = LABELS if loss == "softmax" else rng.standard_normal((7, 2))
    seen, got = block(net, 0, X3, y, loss), gathered(net, 0, X3, y, loss, batch=3)
    for name, left, right in (("S", "X", "X"), ("M", "X", "G"), ("C", "X", "H"), ("E", "G", "G")):
        by_loops = sum(np.outer(a, b) for a, b in zip(getattr(seen, left), getattr(seen, right), strict=True)) / 7
        np.testing.assert_allclose(getattr(got, name), by_loops, rtol=1e-12, atol=1e-15)
    D = np.linalg.lstsq(seen.H, seen.G, rcond=None)[0]
    np.testing.assert_allclose(got.D, D, rtol=1e-8)
    np.testing.assert_allclose(got.N, seen.X.T @ (seen.G - seen.H @ D) / 7, atol=1e-12)
    assert got.n == 7
    assert len(gathered(net, 0, X3, y, loss)) == len(statistics(seen)) == 7


def test_the_threshold_is_relative_so_units_do_not_matter():
    S = np.diag([4.0, 1e-3, 1e-13])
    for unit in (1e-12, 1.0, 1e12):
        np.testing.assert_allclose(inverse_root(unit * S) * unit**0.5, np.diag([0.5, 1e1**1.5, 0]), rtol=1e-9)
        np.testing.assert_allclose(inverse(unit * S) * unit, np.diag([0.25, 1e3, 0]), rtol=1e-9)
    assert not inverse(np.zeros((2, 2))).any()


def test_look_takes_statistics_of_all_rows_and_the_block_of_some():
    net = MLP.create([3, 4, 2], rng=1)
    some, every = look(net, 0, X3, LABELS, samples=2), look(net, 0, X3, LABELS)
    assert (some.block.n, every.block.n) == (2, 7)
    np.testing.assert_allclose(some.statistics.M, every.statistics.M, atol=1e-15)
    assert isinstance(every, Seen)
    with pytest.raises(ValueError, match="samples must be a whole number >= 1"):
        look(net, 0, X3, LABELS, samples=0)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_apply_writes_A_B_and_D_where_they_belong_and_touches_nothing_else(dtype):
    net = MLP.create([3, 4, 2], rng=1, dtype=dtype)
    seen, before = look(net, 0, X3, LABELS), net.theta.copy()
    A, B, D = rng.standard_normal((4, 2)), rng.standard_normal((2, 2)), rng.standard_normal((5, 2))
    wider, event = apply(net, 0, appended("mine", seen, A, B, D=D, reason="of 1"), g=0.5)
    p, old = wider.params, net.params
    assert np.all(net.theta == before)
    assert wider.theta.dtype == dtype
    np.testing.assert_allclose(p["W1"], np.vstack([old["W1"], 0.5 * A[:-1].T]), rtol=1e-6)
    np.testing.assert_allclose(p["b1"], np.append(old["b1"], 0.5 * A[-1]), rtol=1e-6)
    np.testing.assert_allclose(p["W2"], np.hstack([old["W2"] + 0.25 * D[:-1].T, 0.5 * B.T]), rtol=1e-6)
    np.testing.assert_allclose(p["b2"], old["b2"] + 0.25 * D[-1], rtol=1e-6)
    assert (event.kind, event.space, event.neurons, event.before, event.after, event.reason) == (
        ("grow", "h1", 2, 4, 6, "rule mine: of 1")
    )
    assert accept(start(net, Adam(), rng=0), wider, event).net.widths == (3, 6, 2)
    assert apply(net, 0, appended("mine", seen, A, B), reason="because")[1].reason == "because"
    same = Proposal("mine", keep([0, 1, 2, 3], 4), (0, 1), A, B)  # adds to neurons that there are
    assert apply(net, 0, same)[1].kind == "change"


def test_errors_teach():
    net = MLP.create([3, 4, 2], rng=1)
    seen = look(net, 0, X3, LABELS)
    proposal = appended("mine", seen, np.ones((4, 1)), np.ones((1, 2)))
    with pytest.raises(ValueError, match="g must be a number, got nan"):
        apply(net, 0, proposal, g=np.nan)
    with pytest.raises(ValueError, match="the change is for 4 neurons"):
        apply(MLP.create([3, 5, 2], rng=1), 0, proposal)
    for wrong in (np.ones((1, 1)), np.ones((4, 1), int), [[1.0]] * 4):
        with pytest.raises(ValueError, match=r"A of a proposal must be a finite array of floats of shape \(4, 1\)"):
            apply(net, 0, proposal._replace(A=wrong))
    for wrong in (np.ones((5, 3)), np.full((5, 2), np.nan)):
        with pytest.raises(ValueError, match=r"D of a proposal must be a finite array of floats of shape \(5, 2\)"):
            apply(net, 0, proposal._replace(D=wrong))
    with pytest.raises(ValueError, match="layer must be a hidden layer"):
        look(net, 1, X3, LABELS)
    with pytest.raises(ValueError, match="isotropic_tanh sees the length of the whole layer"):
        block(Network.create([3, 4, 2], rng=1), 0, X3, LABELS).new(np.ones((4, 1)))
    np.testing.assert_allclose(seen.block.new(np.eye(4)[:, :2]), np.tanh(X3[:, :2]))


LACK = {
    "zero": {"sigmoid", "softplus"},
    "slope": {"relu"},
    "derivative": {"relu", "relu1"},
    "curvature": {"identity", "relu", "relu1"},
    "idempotent": {"tanh", "gelu", "silu", "sigmoid", "softplus"},
    "element-wise": set(),
}


@pytest.mark.parametrize("word", NEEDS)
@pytest.mark.parametrize("name", EVERY_ACTIVATION)
def test_each_rule_s_needs_are_judged_for_each_activation(name, word):
    act, radial = EVERY_ACTIVATION[name], name.startswith("isotropic")
    lacks = name in LACK[word] or (radial and word in ("curvature", "idempotent", "element-wise"))
    if lacks:
        with pytest.raises(ValueError, match=rf"^my_rule needs .*{name} does not have .*\. \S+"):
            require(act, word, rule="my_rule")
    else:
        require(act, word, rule="my_rule")
