"""The isotropic network against its equations written out sample by sample, its compiled passes, and its small print."""

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from minigrow.growth.contract import check
from minigrow.isotropic import Network
from minigrow.isotropic.corrections import O_VARIANTS, PSI_VARIANTS
from minigrow.isotropic.fast import kernels
from minigrow.isotropic.fast.in_order import forward_in_order
from minigrow.isotropic.fast.precompute import forward_precomputed, precompute
from minigrow.isotropic.fast.workspace import bind, buffers
from minigrow.isotropic.formulas import forward, gradient
from minigrow.nn.check import central_step
from minigrow.nn.initialisers import INITIALISERS
from minigrow.nn.losses import LOSSES
from minigrow.nn.radial import RADIAL
from minigrow.nn.spaces import entries

pytestmark = pytest.mark.kernels

GAINS = {
    "isotropic_tanh": lambda r: math.tanh(r) / r,
    "isotropic_identity": lambda r: 1.0,
    "isotropic_leaky": lambda r: 0.1 + 0.9 * math.tanh(r) / r,
    "isotropic_threshold": lambda r: max(0.0, 1 - 0.5 / r),
    "isotropic_algebraic": lambda r: 1 / math.sqrt(1 + r * r),
}


@st.composite
def networks(draw, least=3, most=5, dtype=np.float64, **fixed):
    """Any isotropic network whose parameters are all drawn at random."""
    widths = draw(st.lists(st.integers(1, 5), min_size=least, max_size=most))
    options = {
        "activation": st.sampled_from(list(RADIAL)),
        "o": st.sampled_from(list(O_VARIANTS)),
        "psi": st.sampled_from(list(PSI_VARIANTS)),
        "init": st.sampled_from(list(INITIALISERS)),
    }
    chosen = {name: fixed[name] if name in fixed else draw(option) for name, option in options.items()}
    rng = np.random.default_rng(draw(st.integers(0, 999)))
    net = Network.create(widths, rng=rng, dtype=dtype, **chosen)
    for name, array in net.params.items():
        if name != "lambda":
            array[...] = rng.standard_normal(array.shape) * 0.7
        elif net.o != "none":
            array[...] = rng.uniform(-3, 1, array.shape)
    return net, rng


def by_hand(net, x):
    p, L = net.params, net.layers
    z = [sum(p["W1"][i, j] * x[j] for j in range(len(x))) + p["b1"][i] for i in range(net.widths[1])]
    for l in range(1, L):
        o = 0.0 if net.o == "none" else math.exp(p["lambda"][l - 1])
        a = GAINS[net.activation](math.sqrt(o + sum(v * v for v in z)))
        W, b, psi = p[f"W{l + 1}"], p[f"b{l + 1}"], p[f"psi{l}"]
        z = [sum(W[i, j] * a * z[j] for j in range(len(z))) + b[i] + a * psi[i] for i in range(net.widths[l + 1])]
    return z


@given(networks(least=2))
def test_logits_by_hand(case):
    net, rng = case
    X = rng.standard_normal((3, net.widths[0]))
    expected = [by_hand(net, x) for x in X]
    np.testing.assert_allclose(net(X), expected, rtol=1e-11, atol=1e-12)
    np.testing.assert_allclose(forward_in_order(net, X), expected, rtol=1e-11, atol=1e-12)
    np.testing.assert_allclose(forward_precomputed(net, precompute(net), X), expected, rtol=1e-7, atol=1e-9)


@given(networks())
def test_precomputed_products_by_their_definition(case):
    net, _ = case
    p, products = net.params, precompute(net)
    for l in range(1, net.layers + 1):
        chain = [p[f"W{i}"] for i in range(1, l + 1)]
        A = chain[0]
        for W in chain[1:]:
            A = W @ A
        np.testing.assert_allclose(products.A[l - 1], A, atol=1e-12)
        for k in range(1, l + 1):
            c = p[f"b{k}"]
            for i in range(k + 1, l + 1):
                c = p[f"W{i}"] @ c
            if k < l:
                s = p[f"psi{k}"]
                for i in range(k + 2, l + 1):
                    s = p[f"W{i}"] @ s
                c = c + s
            np.testing.assert_allclose(products.C[l - 1][k - 1], c, atol=1e-12)


def test_activations_are_the_inputs_what_hidden_layers_pass_on_and_the_logits():
    net, X = Network.create([3, 4, 5, 2], rng=0), np.random.default_rng(0).standard_normal((6, 3))
    Z, rho = forward(net, X)
    said = net.activations(X)
    assert list(said) == ["h0", "h1", "h2", "h3"]
    np.testing.assert_array_equal(said["h0"], X)
    for l in (1, 2):
        np.testing.assert_allclose(said[f"h{l}"], (np.tanh(rho[l - 1]) / rho[l - 1])[:, None] * Z[l - 1], rtol=1e-13)
    np.testing.assert_array_equal(said["h3"], net(X))


def test_precomputation_does_not_touch_the_network():
    net = Network.create([3, 4, 4, 2], rng=0)
    net.theta[:] = np.random.default_rng(0).standard_normal(net.theta.size)
    before = net.theta.copy()
    precompute(net)
    np.testing.assert_array_equal(net.theta, before)


@settings(max_examples=60)
@given(networks(least=2), st.sampled_from(["softmax", "mse", "binary"]))
def test_gradient_is_the_slope_of_the_loss(case, loss):
    net, rng = case
    if net.activation == "isotropic_threshold":
        net = dataclasses.replace(net, activation="isotropic_leaky")  # the kink has no slope
    n, k = 4, net.widths[-1]
    X = rng.standard_normal((n, net.widths[0]))
    y = rng.integers(k, size=n) if loss == "softmax" else rng.integers(2, size=(n, k)).astype(float)
    value, g = gradient(net, X, y, loss)

    def f(theta):
        moved = net.with_theta(theta)
        psi = sum(np.sum(moved.params[f"psi{l}"] ** 2) for l in range(1, net.layers))
        return LOSSES[loss](moved(X), y)[0] + (0.1 * psi if net.psi == "decay" else 0)

    assert value == pytest.approx(f(net.theta))
    free = np.isfinite(net.theta)
    expected = central_step(lambda v: f(np.where(free, v, net.theta)), np.where(free, net.theta, 0))
    np.testing.assert_allclose(g[free], expected[free], rtol=1e-5, atol=1e-8)
    assert not g[~free].any()
    out = np.full_like(g, np.nan)
    assert net.bound(out, loss)(X, y) == pytest.approx(value)
    np.testing.assert_allclose(out, g, rtol=1e-9, atol=1e-12)


@given(networks(dtype=np.float32), st.integers(1, 4))
def test_float32_through_and_through(case, n):
    net, rng = case
    X, y = rng.standard_normal((n, net.widths[0])), rng.integers(net.widths[-1], size=n)
    Z, rho = forward(net, X.astype(np.float32))
    assert {array.dtype for array in (*Z, *rho)} == {np.dtype(np.float32)}
    assert gradient(net, X.astype(np.float32), y)[1].dtype == np.float32
    assert net(X).dtype == forward_in_order(net, X).dtype == np.float32
    assert forward_precomputed(net, precompute(net), X).dtype == np.float32


@given(networks())
def test_one_workspace_serves_every_batch_size(case):
    net, rng = case
    g = np.empty_like(net.theta)
    step = bind(net, g)
    for n in (3, 1, 3, 2):
        X, y = rng.standard_normal((n, net.widths[0])), rng.integers(net.widths[-1], size=n)
        value, expected = gradient(net, X, y)
        assert step(X, y) == pytest.approx(value)
        np.testing.assert_allclose(g, expected, rtol=1e-8, atol=1e-10)
        if net.o != "none":
            net.theta[:] *= 0.9  # it reads the weights anew


@pytest.mark.parametrize("name", RADIAL)
@example(rho=0.5)  # where the threshold is
@given(rho=st.floats(0, 20) | st.floats(0, 0.1))
def test_compiled_gain_and_bend_are_the_profiles(name, rho):
    act = RADIAL[name]
    gain, bend = kernels.gain_and_bend(act.code, rho)
    assert gain == pytest.approx(float(act.gain(np.array([rho]))[0]), rel=1e-12, abs=1e-15)
    assert bend == pytest.approx(float(act.bend(np.array([rho]))[0]), rel=1e-9, abs=1e-12)


@given(n=st.integers(1, 4), h=st.integers(1, 5), k=st.integers(1, 4), seed=st.integers(0, 99))
def test_compiled_passes_by_their_formulas(n, h, k, seed):
    rng, act = np.random.default_rng(seed), RADIAL["isotropic_tanh"]
    Z, b, psi, before, o = *map(rng.standard_normal, ((n, h), h, h, n)), 0.5
    z, X, a, bend = Z.copy(), np.empty((n, h)), np.empty(n), np.empty(n)
    kernels.forward_rows(z, b, before, psi, o, act.code, X, a, bend)
    np.testing.assert_allclose(z, Z + b + before[:, None] * psi, rtol=1e-13, atol=1e-14)
    rho = np.sqrt(o + (z * z).sum(axis=1))
    np.testing.assert_allclose(a, np.tanh(rho) / rho, rtol=1e-12)
    np.testing.assert_allclose(bend, act.bend(rho), rtol=1e-10)
    np.testing.assert_allclose(X, a[:, None] * z, rtol=1e-13)

    g, g_x, psi = rng.standard_normal((n, k)), rng.standard_normal((n, h)), rng.standard_normal(k)
    out, db, dpsi = g_x.copy(), np.full(k, np.nan), np.full(k, np.nan)
    slope = kernels.backward_rows(g, psi, z, a, bend, o, out, db, dpsi)
    q = (g_x * z).sum(axis=1) + g @ psi
    np.testing.assert_allclose(out, a[:, None] * g_x + (q * bend)[:, None] * z, rtol=1e-11, atol=1e-12)
    np.testing.assert_allclose(db, g.sum(axis=0), atol=1e-12)
    np.testing.assert_allclose(dpsi, a @ g, atol=1e-12)
    assert slope == pytest.approx(o * np.sum(q * bend) / 2, abs=1e-12)

    column, shifted = np.full(k, np.nan), g.copy()
    kernels.column_sums(g, column)
    np.testing.assert_allclose(column, g.sum(axis=0), atol=1e-13)
    kernels.shift_rows(shifted, psi, a, dpsi)
    np.testing.assert_allclose(shifted, g + psi + a[:, None] * dpsi, atol=1e-12)


@given(networks(least=2))
def test_creation(case):
    net, _ = case
    fresh = Network.create(net.widths, net.activation, o=net.o, psi=net.psi, rng=1)
    L, (m_0, *m) = net.layers, net.widths
    count = sum(w * (d + 1) for d, w in zip([m_0, *m], m, strict=False)) + sum(m[1:]) + L - 1
    assert fresh.theta.size == count
    trained = entries(fresh, fresh.trained)
    assert trained == count - (0 if net.o == "trainable" else L - 1) - (
        0 if net.psi in ("trainable", "decay") else sum(m[1:])
    )
    assert entries(fresh, fresh.decayed) == trained - (L - 1 if net.o == "trainable" else 0)
    assert list(fresh.axes)[: len(fresh.trained)] == list(fresh.trained), "the trained ones come first"
    assert set(fresh.trained) - set(fresh.decayed) == ({"lambda"} if net.o == "trainable" else set())
    assert fresh.priced == tuple(f"W{l}" for l in range(2, L + 1))
    np.testing.assert_allclose(fresh.intrinsic, 0 if net.o == "none" else 1e-6, rtol=1e-12)
    for l in range(1, L + 1):
        assert fresh.params[f"W{l}"].any()
        assert not fresh.params[f"b{l}"].any()
        assert l == L or not fresh.params[f"psi{l}"].any()
    assert all(len(fresh.axes[name]) == len(shape) for name, shape in fresh.shapes.items())
    assert check(fresh) is fresh
    assert fresh.cost == sum(w * d for d, w in zip([m_0, *m], m, strict=False))
    assert [(wire.source, wire.to) for wire in fresh.wires] == [(f"h{l - 1}", f"h{l}") for l in range(1, L + 1)]


def test_orthogonal_start_has_equal_singular_values():
    net = Network.create([6, 5, 5, 2], rng=0)
    for l in (1, 2, 3):
        np.testing.assert_allclose(np.linalg.svd(net.params[f"W{l}"], compute_uv=False), 1, rtol=1e-12)


def test_buffers_fit_the_network():
    net = Network.create([4, 3, 5, 2], rng=0, dtype=np.float32)
    room = buffers(net, 7)
    assert [z.shape for z in room.Z] == [g.shape for g in room.g] == [(7, 3), (7, 5), (7, 2)]
    assert [x.shape for x in room.X] == [(7, 3), (7, 5)]
    assert len(room.a) == 3
    assert not room.a[0].any()
    assert all(a.dtype == np.float32 for group in room for a in group)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"widths": [4]}, "widths must name at least"),
        ({"widths": [4, 0, 2]}, "each width must be a whole number >= 1, got 0"),
        ({"widths": [4, -3, 2]}, "each width must be a whole number >= 1, got -3"),
        ({"activation": "tanh"}, "activation must be one of isotropic_tanh"),
        ({"o": "learned"}, "o must be one of none, constant, trainable, got 'learned'"),
        ({"psi": True}, "psi must be a word, got True"),
        ({"init": "zeros"}, "init must be one of normal"),
        ({"dtype": np.float16}, "dtype must be float32 or float64, got float16"),
        ({"rng": "seed"}, "rng must be"),
    ],
)
def test_errors_of_creation(change, words):
    options = {"rng": 0, "widths": [4, 3, 2]} | change
    with pytest.raises(ValueError, match=words):
        Network.create(**options)


@pytest.mark.parametrize(
    "run", [Network.__call__, forward_in_order, lambda n, X: forward_precomputed(n, precompute(n), X)]
)
def test_bad_inputs(run):
    net = Network.create([4, 3, 2], rng=0)
    for X, words in [
        (np.ones((2, 3)), "X must have 4 columns, got 3"),
        (np.ones(4), "one sample a row"),
        (np.full((1, 4), np.inf), "X must be finite"),
        (np.ones((1, 4), np.float16), "got dtype float16"),
        (np.ones((1, 4), object), "got dtype object"),
    ]:
        with pytest.raises(ValueError, match=words):
            run(net, X)


def test_integers_and_booleans_are_inputs_too():
    net = Network.create([4, 3, 2], rng=0)
    np.testing.assert_array_equal(net(np.ones((1, 4), bool)), net(np.ones((1, 4))))
    np.testing.assert_array_equal(net([[1, 1, 1, 1]]), net(np.ones((1, 4))))


def test_gradient_agrees_with_torch_when_it_is_installed():
    torch = pytest.importorskip("torch")
    net = Network.create([4, 5, 3, 2], rng=0)
    net.theta[:-2] = np.random.default_rng(0).standard_normal(net.theta.size - 2)
    X, y = np.random.default_rng(1).standard_normal((6, 4)), np.array([0, 1, 1, 0, 1, 0])
    p = {name: torch.tensor(array, requires_grad=True) for name, array in net.params.items()}
    z = torch.tensor(X) @ p["W1"].T + p["b1"]
    for l in (1, 2):
        rho = torch.sqrt(torch.exp(p["lambda"][l - 1]) + (z * z).sum(1, keepdim=True))
        a = torch.tanh(rho) / rho
        z = (a * z) @ p[f"W{l + 1}"].T + p[f"b{l + 1}"] + a * p[f"psi{l}"]
    loss = torch.nn.functional.cross_entropy(z, torch.tensor(y))
    loss.backward()
    value, g = net.gradient(X, y)
    assert value == pytest.approx(loss.item())
    expected = np.concatenate([p[name].grad.numpy().ravel() for name in net.shapes])
    np.testing.assert_allclose(g, expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", ["isotropic_tanh", "isotropic_leaky"])
def test_compiled_series_to_the_last_term(name):
    act, rho = RADIAL[name], 0.04999
    gain, bend = kernels.gain_and_bend(act.code, rho)
    assert gain == pytest.approx(float(act.gain(np.array([rho]))[0]), rel=5e-16)
    assert bend == pytest.approx(float(act.bend(np.array([rho]))[0]), rel=1e-15)


@pytest.mark.parametrize("psi", PSI_VARIANTS)
def test_only_decay_has_a_penalty(psi):
    net = Network.create([3, 4, 4, 2], psi=psi, rng=0)
    net.params["psi1"][...], net.params["psi2"][...] = 1.0, 2.0
    X, y = np.ones((2, 3)), np.array([0, 1])
    plain = LOSSES["softmax"](net(X), y)[0]
    expected = plain + 0.1 * (4 * 1 + 2 * 4) * (psi == "decay")
    assert net.gradient(X, y)[0] == pytest.approx(expected)
    assert net.bound(np.empty_like(net.theta))(X, y) == pytest.approx(expected)


def test_with_params_takes_the_widths_of_the_arrays():
    net, wide = (Network.create([3, h, h + 1, 2], o="constant", psi="decay", rng=0) for h in (4, 5))
    found = net.with_params(wide.params)
    assert found.widths == (3, 5, 6, 2)
    assert (found.o, found.psi, found.activation) == ("constant", "decay", "isotropic_tanh")
    np.testing.assert_array_equal(found.theta, wide.theta)
    assert not np.shares_memory(found.theta, wide.theta)
