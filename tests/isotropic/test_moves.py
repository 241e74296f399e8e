"""Diagonalising, growing and pruning: what each move promises, on random networks, and how it refuses."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minigrow.growth import Event
from minigrow.growth.basis import apply
from minigrow.isotropic import Network, diagonalise, embed, grow, left_diagonalise, prune, singular_values, sparsify
from minigrow.isotropic.corrections import O_VARIANTS, PSI_VARIANTS
from minigrow.isotropic.criteria import least
from minigrow.isotropic.diagonalise import gather, null, polish, svd
from minigrow.isotropic.ends import grow_inputs, grow_outputs, prune_inputs, prune_outputs
from minigrow.isotropic.formulas import forward
from minigrow.isotropic.reflection import free_direction, least_direction, reflection
from minigrow.nn.initialisers import orthogonal


def drawn(widths, seed, **options):
    """A network with these widths and no parameter at zero."""
    rng = np.random.default_rng(seed)
    net = Network.create(widths, rng=rng, **options)
    for name, array in net.params.items():
        if name != "lambda":
            array[...] = 0.6 * rng.standard_normal(array.shape)
        elif net.o != "none":
            array[...] = rng.uniform(-2, 0, array.shape)
    return net, rng


@st.composite
def cases(draw, hidden=(1, 3), widest=6, **fixed):
    """(network, one of its hidden layers, inputs)."""
    count = draw(st.integers(*hidden))
    widths = [draw(st.integers(1, widest)) for _ in range(count + 2)]
    options = {
        "o": draw(st.sampled_from(list(O_VARIANTS))),
        "psi": draw(st.sampled_from(list(PSI_VARIANTS))),
        "dtype": draw(st.sampled_from([np.float64, np.float32])),
    } | fixed
    net, rng = drawn(widths, draw(st.integers(0, 999)), **options)
    return net, draw(st.integers(0, count - 1)), rng.standard_normal((6, widths[0]))


def eps(net):
    return 200 * np.finfo(net.theta.dtype).eps


def close(a, b, net):
    np.testing.assert_allclose(a, b, rtol=0, atol=eps(net) * (1 + np.abs(b).max()))


def frozen(net):
    """Copy of theta, to see that a move left it alone."""
    return net.theta.copy()


MOVES = {
    "left": lambda net, layer, X: left_diagonalise(net, layer),
    "grow": lambda net, layer, X: grow(net, layer, 2, rng=0),
    "prune": lambda net, layer, X: prune(net, layer, 1, X=X),
    "product": lambda net, layer, X: prune(net, layer, 1, by="product", X=X),
    "reflection": lambda net, layer, X: prune(net, layer, 1, by="reflection", X=X),
    "grow_inputs": lambda net, layer, X: grow_inputs(net, 2),
    "grow_outputs": lambda net, layer, X: grow_outputs(net, 2),
    "prune_inputs": lambda net, layer, X: prune_inputs(net, 1),
    "prune_outputs": lambda net, layer, X: prune_outputs(net, 1),
}


@pytest.mark.parametrize("name", MOVES)
@given(case=cases())
def test_every_move_is_pure_typed_and_tells_what_it_did(name, case):
    net, layer, X = case
    if name in ("prune", "product", "reflection") and net.widths[layer + 1] == 1:
        return
    if (name == "prune_inputs" and net.widths[0] == 1) or (name == "prune_outputs" and net.widths[-1] == 1):
        return
    before = frozen(net)
    after, event = MOVES[name](net, layer, X)
    np.testing.assert_array_equal(net.theta, before)
    assert not np.shares_memory(after.theta, net.theta)
    assert after.theta.dtype == net.theta.dtype
    assert (after.o, after.psi, after.activation) == (net.o, net.psi, net.activation)
    assert isinstance(event, Event)
    place = int(event.space[1:])
    assert (event.before, event.after) == (net.widths[place], after.widths[place])
    assert event.neurons == abs(event.after - event.before)
    assert event.kind == {-1: "prune", 0: "rotate", 1: "grow"}[int(np.sign(event.after - event.before))]
    assert event.reason
    others = [i for i in range(len(net.widths)) if i != place]
    assert [after.widths[i] for i in others] == [net.widths[i] for i in others]
    followed = apply(event.moves, net.params, net.axes)
    assert {name: array.shape for name, array in followed.items()} == after.shapes


@given(case=cases())
def test_left_diagonalisation(case):
    net, layer, X = case
    after, event = left_diagonalise(net, layer)
    close(after(X), net(X), net)
    l = layer + 1
    W = after.params[f"W{l}"]
    gram = W @ W.T
    sigma = np.zeros(len(W))
    found = np.linalg.svd(net.params[f"W{l}"], compute_uv=False)
    sigma[: len(found)] = found
    close(gram, np.diag(sigma**2), net)
    rank = int(np.sum(sigma > 100 * eps(net)))
    if rank == min(W.shape):
        assert not W[rank:].any()
        if l > 1:
            psi = after.params[f"psi{l - 1}"][rank:]
            assert np.all(np.abs(psi[1:]) <= eps(net) * (1 + np.abs(psi).max(initial=0)))
    if l > 1:
        assert np.linalg.norm(after.params[f"psi{l - 1}"]) == pytest.approx(
            np.linalg.norm(net.params[f"psi{l - 1}"]), rel=1e-4
        )
    assert event.kind == "rotate"


@given(case=cases(hidden=(2, 4)))
def test_full_diagonalisation(case):
    net, layer, X = case
    layer = max(layer, 1)
    after, event = diagonalise(net, layer)
    close(after(X), net(X), net)
    W = after.params[f"W{layer + 1}"]
    found = np.linalg.svd(net.params[f"W{layer + 1}"], compute_uv=False)
    expected = np.zeros(W.shape)
    np.fill_diagonal(expected, found)
    close(W, expected, net)
    assert [move.space for move in event.moves] == [f"h{layer + 1}", f"h{layer}"]
    assert after.theta.dtype == net.theta.dtype


@given(st.integers(1, 6), st.integers(1, 8), st.integers(0, 99))
def test_sparsify_leaves_a_diagonal_in_every_second_layer(layers, width, seed):
    widths = [3, *[width] * layers, 2]
    net, rng = drawn(widths, seed)
    before, X = frozen(net), rng.standard_normal((4, 3))
    after, events = sparsify(net)
    np.testing.assert_array_equal(net.theta, before)
    np.testing.assert_allclose(after(X), net(X), atol=1e-11 * (1 + np.abs(net(X)).max()))
    for l in range(2, len(widths) - 1):
        nonzero = np.count_nonzero(after.params[f"W{l}"])
        assert nonzero == (width if l % 2 == 0 else width * width)
    assert len(events) == max(0, layers // 2)


@given(case=cases(), neurons=st.integers(1, 3), scale=st.sampled_from([0.01, 0.5]))
def test_growth(case, neurons, scale):
    net, layer, X = case
    after, event = grow(net, layer, neurons, rng=3, scale=scale, reason="test")
    close(after(X), net(X), net)
    l, m = layer + 1, net.widths[layer + 1]
    assert after.widths[l] == m + neurons
    assert not after.params[f"W{l}"][m:].any()
    assert not after.params[f"b{l}"][m:].any()
    if l > 1:
        assert not after.params[f"psi{l - 1}"][m:].any()
    columns = after.params[f"W{l + 1}"][:, m:]
    assert columns.all()
    expected = scale * np.random.default_rng(3).standard_normal(columns.shape)
    np.testing.assert_allclose(columns, expected, rtol=1e-6)
    assert (event.kind, event.space, event.neurons, event.reason) == ("grow", f"h{l}", neurons, "test")
    kept = {name: after.params[name] for name in net.params}
    for name, array in net.params.items():
        window = tuple(slice(0, size) for size in array.shape)
        np.testing.assert_array_equal(kept[name][window], array)


@given(case=cases(o="trainable", psi="trainable", dtype=np.float64))
def test_new_neurons_can_learn_but_would_not_with_a_zero_column(case):
    net, layer, X = case
    y = np.arange(len(X)) % net.widths[-1]
    if net.widths[-1] == 1:
        return
    wide, _ = grow(net, layer, 1, rng=1, scale=0.5)
    name = f"W{layer + 1}"

    def slope(net):
        g = net.gradient(X, y)[1]
        return dict(
            zip(net.shapes, np.split(g, np.cumsum([np.prod(s) for s in net.shapes.values()])[:-1]), strict=True)
        )

    assert slope(wide)[name].reshape(wide.shapes[name])[-1].any()
    wide.params[f"W{layer + 2}"][:, -1] = 0
    flat = slope(wide)
    assert not flat[name].reshape(wide.shapes[name])[-1].any()
    assert not flat[f"W{layer + 2}"].reshape(wide.shapes[f"W{layer + 2}"])[:, -1].any()


LOSSLESS = {"o": "trainable", "psi": "trainable", "dtype": np.float64}


@pytest.mark.parametrize("by", ["sigma", "product", "reflection"])
@given(case=cases(**LOSSLESS), constant=st.floats(-2, 2))
def test_a_neuron_that_only_carries_a_constant_goes_without_loss(by, case, constant):
    net, layer, X = case
    net, _ = grow(net, layer, 1, rng=2, scale=0.5)
    net.params[f"b{layer + 1}"][-1] = constant
    after, event = prune(net, layer, 1, by=by, reason="test")
    np.testing.assert_allclose(after(X), net(X), atol=1e-9 * (1 + np.abs(net(X)).max()))
    assert (event.kind, event.before - event.after, event.reason) == ("prune", 1, "test")


@given(case=cases(hidden=(2, 3), **LOSSLESS), count=st.integers(1, 3))
def test_several_idle_neurons_go_at_once_although_psi_reaches_them(case, count):
    """psi_{l-1} reaches the idle neurons too; all but one of them can be freed of it by a rotation."""
    net, layer, X = case
    layer = max(layer, 1)
    net, _ = grow(net, layer, count + 1, rng=2, scale=0.5)
    net.params[f"b{layer + 1}"][-count - 1 :] = 1.5
    net.params[f"psi{layer}"][-count - 1 :] = np.linspace(1, 2, count + 1)
    after, _ = prune(net, layer, count)
    np.testing.assert_allclose(after(X), net(X), atol=1e-9 * (1 + np.abs(net(X)).max()))


@given(case=cases(hidden=(1, 3)), count=st.integers(1, 3))
def test_corrections_by_their_equations(case, count):
    """Diagonalise, drop the last neurons by hand, put what they carried where each variant says."""
    net, layer, X = case
    l, m = layer + 1, net.widths[layer + 1]
    if count >= m:
        return
    after, _ = prune(net, layer, count, X=X)
    turned, _ = left_diagonalise(net, layer)
    p, q = turned.params, after.params
    b, C = p[f"b{l}"][m - count :], p[f"W{l + 1}"][:, m - count :]
    tight = {"rtol": 1e-4, "atol": 1e-5} if net.theta.dtype == np.float32 else {"rtol": 1e-9, "atol": 1e-10}
    o_before, o_after = np.exp(p["lambda"][l - 1]), np.exp(q["lambda"][l - 1])
    np.testing.assert_allclose(o_after, o_before + (0 if net.o == "none" else b @ b), **tight)
    to_psi = net.psi in ("constant", "trainable", "decay")
    np.testing.assert_allclose(q[f"psi{l}"], p[f"psi{l}"] + (C @ b if to_psi else 0), **tight)
    rho = forward(net, X.astype(net.theta.dtype))[1][l - 1]
    gain = np.mean(np.tanh(rho) / rho) if net.psi == "expectation" else 0
    np.testing.assert_allclose(q[f"b{l + 1}"], p[f"b{l + 1}"] + gain * (C @ b), **tight)
    np.testing.assert_allclose(q[f"W{l}"], p[f"W{l}"][: m - count], **tight)
    np.testing.assert_allclose(q[f"b{l}"], p[f"b{l}"][: m - count], **tight)
    np.testing.assert_allclose(q[f"W{l + 1}"], p[f"W{l + 1}"][:, : m - count], **tight)


@given(case=cases(dtype=np.float64), count=st.integers(1, 3))
def test_sigma_keeps_the_greatest_singular_values(case, count):
    net, layer, X = case
    if count < net.widths[layer + 1]:
        after, _ = prune(net, layer, count, X=X)
        np.testing.assert_allclose(
            singular_values(after, layer), singular_values(net, layer)[: net.widths[layer + 1] - count], atol=1e-9
        )


@given(st.integers(2, 6), st.integers(2, 6), st.integers(0, 99))
def test_product_prunes_whom_nobody_hears(m, d, seed):
    """Neuron i has sigma_i = m - i + 1, so the last is least by sigma; a silent outgoing column makes another least."""
    net, rng = drawn([m + d, m, 3], seed)
    loud = np.ones(m)
    victim = int(rng.integers(m - 1)) if m > 1 else 0
    loud[victim] = 1e-6
    R, Q = np.eye(m), orthogonal(m, m + d, rng)
    net.params["W1"][...] = R @ (np.arange(m + 1, 1, -1)[:, None] * Q)
    net.params["W2"][...] = orthogonal(3, m, rng) if m <= 3 else rng.standard_normal((3, m))
    net.params["W2"][...] /= np.linalg.norm(net.params["W2"], axis=0)
    net.params["W2"][...] *= loud
    assert least(left_diagonalise(net, 0)[0], 0, 1).tolist() == [victim]
    after, _ = prune(net, 0, 1, by="product")
    expected = np.delete(np.arange(m + 1, 1, -1), victim)
    np.testing.assert_allclose(np.linalg.norm(after.params["W1"], axis=1), expected, rtol=1e-9)


def test_product_of_equals_prunes_the_last():
    net = Network.create([6, 4, 3], rng=0)
    wide, _ = grow(net, 0, 3, rng=0)
    assert least(left_diagonalise(wide, 0)[0], 0, 2).tolist() == [5, 6]


@given(st.integers(1, 8), st.integers(1, 8), st.integers(0, 99), st.sampled_from([1e-9, 1e-3, 0.3]))
def test_the_least_direction_is_the_last_singular_vector(m, d, seed, least):
    rng, r = np.random.default_rng(seed), min(m, d)
    U, V = orthogonal(m, m, rng), orthogonal(d, d, rng)
    sigma = np.linspace(2, 1, r)
    sigma[-1] = least if r > 1 else 1.0
    W = (U[:, :r] * sigma) @ V[:, :r].T
    if m > d:
        found = free_direction(W)
        assert np.linalg.norm(found @ W) < 1e-13
    else:
        found = least_direction(W)
        assert abs(abs(found @ U[:, r - 1]) - 1) < 1e-8
        assert np.linalg.norm(found @ W) == pytest.approx(sigma[-1], rel=1e-6, abs=1e-14)
    assert np.linalg.norm(found) == pytest.approx(1, abs=1e-14)
    assert found[-1] >= 0
    assert (free_direction if m > d else least_direction)(W.astype(np.float32)).dtype == np.float32


@given(st.integers(3, 8), st.integers(0, 99))
def test_a_free_direction_avoids_psi_where_there_is_room(m, seed):
    rng = np.random.default_rng(seed)
    W, psi = rng.standard_normal((m, m - 2)), rng.standard_normal(m)
    found = free_direction(W, psi)
    assert abs(found @ psi) < 1e-13
    assert np.linalg.norm(found @ W) < 1e-13
    tight = rng.standard_normal((m, m - 1))
    assert np.linalg.norm(free_direction(tight, psi) @ tight) < 1e-13


@given(st.integers(1, 7), st.integers(0, 99), st.sampled_from([np.float32, np.float64]))
def test_reflections(m, seed, dtype):
    r = np.random.default_rng(seed).standard_normal(m)
    r = (r / np.linalg.norm(r)).astype(dtype)
    H = reflection(r)
    tight = 20 * np.finfo(dtype).eps
    assert H.dtype == dtype
    np.testing.assert_allclose(H, H.T, atol=tight)
    np.testing.assert_allclose(H @ H, np.eye(m), atol=tight)
    np.testing.assert_allclose(H[:, -1], -np.copysign(1, r[-1]) * r, atol=tight)


@given(st.integers(1, 7), st.integers(0, 6), st.integers(0, 99))
def test_gathering_psi(m, rank, seed):
    rank, rng = min(rank, m), np.random.default_rng(seed)
    R, psi = orthogonal(m, m, rng), rng.standard_normal(m)
    G = gather(R, rank, psi)
    np.testing.assert_allclose(G.T @ G, np.eye(m), atol=1e-14)
    np.testing.assert_array_equal(G[:, :rank], R[:, :rank])
    np.testing.assert_allclose((psi @ G)[rank + 1 :], 0, atol=1e-14)
    if rank < m - 1:
        assert abs((psi @ G)[rank]) == pytest.approx(np.linalg.norm(psi @ R[:, rank:]))
    assert gather(R, rank, np.zeros(m)) is R
    np.testing.assert_allclose((psi @ gather(G, rank, psi))[rank + 1 :], 0, atol=1e-14)


@given(st.integers(1, 8), st.integers(0, 99), st.floats(-1e-7, 1e-7))
def test_polishing_squares_the_defect(m, seed, size):
    rng = np.random.default_rng(seed)
    bad = orthogonal(m, m, rng) + size * rng.standard_normal((m, m))
    good = polish(bad)
    assert np.abs(good.T @ good - np.eye(m)).max() < 1e-12
    assert np.abs(good - bad).max() < 1e-5


@given(st.integers(1, 6), st.integers(1, 6), st.integers(0, 99), st.sampled_from([np.float32, np.float64]))
def test_svd_factors(m, d, seed, dtype):
    W = np.random.default_rng(seed).standard_normal((m, d)).astype(dtype)
    R, sigma, Q = svd(W)
    r = min(m, d)
    assert R.shape == (m, m)
    assert Q.shape[0] == d
    assert np.all(np.diff(sigma) <= 0)
    np.testing.assert_allclose((R[:, :r] * sigma) @ Q[:, :r].T, W, atol=50 * np.finfo(dtype).eps)


@given(case=cases(widest=5))
def test_singular_values_have_one_for_each_neuron(case):
    net, layer, _ = case
    sigma, W = singular_values(net, layer), net.params[f"W{layer + 1}"]
    assert sigma.shape == (len(W),)
    assert sigma.dtype == net.theta.dtype
    assert np.all(np.diff(sigma) <= 0)
    assert np.sum(sigma**2) == pytest.approx(np.sum(W**2), rel=1e-4)
    assert not sigma[W.shape[1] :].any()


def test_null_is_relative_to_the_type_and_the_greatest():
    for dtype in (np.float32, np.float64):
        sigma = np.array([3.0, 1.0], dtype)
        assert null(sigma, 2, 9) == pytest.approx(27 * np.finfo(dtype).eps)
    assert null(np.zeros(0), 0, 3) == 0


@given(case=cases(dtype=np.float64), extra=st.lists(st.integers(0, 3), min_size=3, max_size=3))
def test_embedding(case, extra):
    net, _, X = case
    wide = [net.widths[0], *(m + e for m, e in zip(net.widths[1:-1], extra, strict=False)), net.widths[-1]]
    before = frozen(net)
    found = embed(net, wide, rng=0)
    assert found.widths == tuple(wide)
    close(found(X), net(X), net)
    np.testing.assert_array_equal(net.theta, before)


@given(case=cases(dtype=np.float64), k=st.integers(1, 3))
def test_inputs_and_outputs_come_and_go(case, k):
    net, _, X = case
    wide, event = grow_inputs(net, k)
    assert event.reason == "the task has more inputs now"
    assert (event.kind, event.space, event.neurons) == ("grow", "h0", k)
    noise = np.random.default_rng(0).standard_normal((len(X), k))
    close(wide(np.hstack([X, noise])), net(X), net)
    back, event = prune_inputs(wide, k)
    assert (event.kind, event.after) == ("prune", net.widths[0])
    np.testing.assert_array_equal(back.theta, net.theta)
    wide, event = grow_outputs(net, k)
    assert event.reason == "the task has more outputs now"
    assert event.space == f"h{net.layers}"
    np.testing.assert_allclose(wide(X)[:, : net.widths[-1]], net(X), atol=1e-13)
    assert not wide(X)[:, net.widths[-1] :].any()
    np.testing.assert_array_equal(prune_outputs(wide, k)[0].theta, net.theta)


@given(case=cases(dtype=np.float64))
def test_pruning_inputs_is_feeding_zeros(case):
    net, _, X = case
    if net.widths[0] > 1:
        silent = X.copy()
        silent[:, -1] = 0
        np.testing.assert_allclose(prune_inputs(net, 1)[0](X[:, :-1]), net(silent), atol=1e-12)
    if net.widths[-1] > 1:
        np.testing.assert_allclose(prune_outputs(net, 1)[0](X), net(X)[:, :-1], atol=1e-12)


NET = Network.create([4, 3, 1, 2], rng=0)
EXPECT = Network.create([4, 3, 2], psi="expectation", rng=0)


@pytest.mark.parametrize(
    ("move", "words"),
    [
        (
            lambda: grow(NET, 2, rng=0),
            r"layer must be a hidden layer, 0..1 for widths .*got 2.*Layer 0 is the first one",
        ),
        (lambda: grow(NET, -1, rng=0), "layer must be a"),
        (lambda: grow(NET, 0.0, rng=0), "layer must be a whole number"),
        (lambda: grow(NET, True, rng=0), "layer must be a whole number"),
        (lambda: left_diagonalise(NET, 2), "layer must be a hidden layer"),
        (lambda: prune(NET, 2), "layer must be a hidden layer"),
        (lambda: singular_values(NET, 2), "layer must be a hidden layer"),
        (
            lambda: Network.create([4, 2], rng=0).hidden(0),
            "has no hidden layer. Create one with at least three widths",
        ),
        (lambda: diagonalise(NET, 0), r"stands on the inputs.*left_diagonalise\(net, 0\)"),
        (lambda: prune(NET, 1), r"layer 1 has 1 neurons, of which 1 cannot go: at least one must stay"),
        (lambda: prune(NET, 0, 3), r"layer 0 has 3 neurons, of which 3 cannot go"),
        (lambda: prune(NET, 0, 0), "neurons must be a whole number >= 1, got 0"),
        (lambda: prune(NET, 0, by="random"), "by must be one of sigma, product, reflection, got 'random'"),
        (lambda: prune(NET, 0, 2, by="reflection"), r"one neuron at a time, got neurons=2.*by=\"sigma\""),
        (lambda: prune(EXPECT, 0), r"takes the mean gain over data: pass X"),
        (lambda: prune(EXPECT, 0, X=np.ones((2, 3))), "X must have 4 columns, got 3"),
        (lambda: prune(NET, 0, X=np.ones((2, 3))), "X must have 4 columns, got 3"),
        (lambda: grow(NET, 0, 0, rng=0), r"neurons must be >= 1, got 0. To remove neurons call prune\(...\)"),
        (lambda: grow(NET, 0, -2, rng=0), r"neurons must be >= 1, got -2. To remove neurons call prune\(...\)"),
        (lambda: grow(NET, 0, 1.5, rng=0), "neurons must be a whole number"),
        (lambda: grow(NET, 0, 1, rng="seed"), "rng must be"),
        (lambda: grow(NET, 0, 1, rng=0, scale=0.0), "scale must be a finite number > 0, got 0.0"),
        (lambda: grow(NET, 0, 1, rng=0, scale=-1.0), "scale must be"),
        (lambda: embed(NET, [4, 2, 1, 2], rng=0), "embeds only in widths at least as large"),
        (lambda: embed(NET, [5, 3, 1, 2], rng=0), "with its ends"),
        (lambda: embed(NET, [4, 3, 1, 3], rng=0), "with its ends"),
        (lambda: embed(NET, [4, 3, 2], rng=0), "embeds only"),
        (lambda: grow_inputs(NET, 0), "neurons must be a whole number >= 1"),
        (lambda: grow_outputs(NET, 0), "neurons must be a whole number >= 1"),
        (lambda: prune_inputs(NET, 4), "neurons must leave at least one of 4, got 4"),
        (lambda: prune_outputs(NET, 2), "neurons must leave at least one of 2, got 2"),
        (lambda: prune_outputs(NET, 0), "neurons must be a whole number >= 1"),
        (lambda: svd(np.array([[np.nan]])), "NaN or infinite weights has no singular values"),
    ],
)
def test_refusals(move, words):
    before = frozen(NET)
    with pytest.raises(ValueError, match=words):
        move()
    np.testing.assert_array_equal(NET.theta, before)


def test_a_layer_with_nan_is_refused_by_every_move_that_decomposes_it():
    net = Network.create([4, 3, 3, 2], rng=0)
    net.params["W2"][0, 0] = np.nan
    for move in (left_diagonalise, diagonalise, singular_values, prune):
        with pytest.raises(ValueError, match="checkpoint"):
            move(net, 1)
    with pytest.raises(ValueError, match="checkpoint"):
        prune(net, 1, by="reflection")


def test_defaults_of_the_moves():
    net = Network.create([4, 3, 3, 2], rng=0)
    one, event = grow(net, 1, rng=5)
    assert one.widths == (4, 3, 4, 2)
    np.testing.assert_array_equal(one.theta, grow(net, 1, 1, rng=5, scale=0.01)[0].theta)
    assert event.reason == "asked for"
    assert prune(net, 1)[0].widths == (4, 3, 2, 2)
    np.testing.assert_array_equal(prune(net, 1)[0].theta, prune(net, 1, 1, by="sigma")[0].theta)
    sizes = [move(net)[0].widths for move in (grow_inputs, grow_outputs, prune_inputs, prune_outputs)]
    assert sizes == [(5, 3, 3, 2), (4, 3, 3, 3), (3, 3, 3, 2), (4, 3, 3, 1)]


@given(case=cases(hidden=(2, 3)))
def test_full_diagonalisation_tells_what_it_did(case):
    net, layer, _ = case
    layer = max(layer, 1)
    _, event = diagonalise(net, layer)
    width = net.widths[layer + 1]
    assert (event.kind, event.space, event.neurons) == ("rotate", f"h{layer + 1}", 0)
    assert (event.before, event.after) == (width, width)


def test_a_layer_of_zeros_gathers_psi_too():
    net, rng = drawn([3, 3, 4, 2], 0)
    net.params["W2"][...] = 0
    X = rng.standard_normal((5, 3))
    after, _ = left_diagonalise(net, 1)
    np.testing.assert_allclose(after.params["psi1"][1:], 0, atol=1e-15)
    np.testing.assert_allclose(prune(net, 1, 3)[0](X), net(X), atol=1e-13)


def test_gathering_goes_down_to_the_last_digits():
    psi = np.array([1.0, 1e-9, -1e-10])
    np.testing.assert_allclose((psi @ gather(np.eye(3), 0, psi))[1:], 0, atol=1e-16)


def test_one_neuron_alone_has_nothing_to_gather_and_stays():
    np.testing.assert_array_equal(gather(np.eye(3), 2, np.ones(3)), np.eye(3))


@given(st.integers(2, 8), st.integers(0, 4), st.integers(0, 99))
def test_the_least_direction_of_a_singular_matrix_is_null_to_rounding(m, extra, seed):
    """W r = 0 to a few eps: what inverse iteration on W W' alone leaves is the square root of that."""
    rng = np.random.default_rng(seed)
    U, V = orthogonal(m, m, rng), orthogonal(m + extra, m + extra, rng)
    W = (U * [*np.linspace(2, 0.01, m - 1), 0.0]) @ V[:, :m].T
    found = least_direction(W)
    assert np.linalg.norm(found @ W) < 4e-15
    assert abs(abs(found @ U[:, -1]) - 1) < 1e-13
