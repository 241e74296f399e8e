"""Splitting with and without signs: the matrices, the eigenvalue's promise, the best scheme, and what the gradient must be taken at."""

import numpy as np
import pytest

from minigrow.addition.proposal import apply, look
from minigrow.addition.signed import best, schemes, signed_splitting
from minigrow.addition.splitting import Split, matrices, proposed, splitting
from minigrow.isotropic import Network
from minigrow.laws.addition.splitting import curvature
from minigrow.nn import MLP
from minigrow.nn.losses import LOSSES

SMOOTH = ("tanh", "gelu", "silu", "sigmoid", "softplus")


def case(activation="softplus", widths=(4, 5, 3), seed=0, n=80, dtype=np.float64, layer=0):
    rng = np.random.default_rng(seed)
    net = MLP.create(widths, activation, rng=rng, dtype=dtype)
    net = net.with_theta(net.theta + (0.3 * rng.standard_normal(net.theta.size)).astype(dtype))
    X, y = rng.standard_normal((n, widths[0])), rng.standard_normal((n, widths[-1]))
    return net, X, y, look(net, layer, X, y, "mse")


def loss_of(net, layer, X, y, proposal, g):
    return apply(net, layer, proposal, g)[0].gradient(X, y, "mse")[0]


@pytest.mark.parametrize("activation", SMOOTH)
def test_matrices_against_second_differences_of_the_loss_by_hand(activation):
    """d^2/dg^2 of the loss when neuron i's OUTPUT is averaged over +-g v, computed without the package's rules."""
    _net, _X, y, seen = case(activation)
    S, b = matrices(seen), seen.block
    rng = np.random.default_rng(1)
    for i in range(b.h):
        v = rng.standard_normal(b.d + 1)
        found = []
        for g in (2e-2, 1e-2):
            H = b.H.copy()
            H[:, i] = (b.act.f(b.Z[:, i] + g * b.X @ v) + b.act.f(b.Z[:, i] - g * b.X @ v)) / 2
            found.append((LOSSES["mse"](H @ b.W2, y)[0] - LOSSES["mse"](b.H @ b.W2, y)[0]) * 2 / g**2)
        assert (4 * found[1] - found[0]) / 3 == pytest.approx(v @ S[i] @ v, rel=1e-5, abs=1e-7)


def test_matrices_against_a_loop_over_samples():
    seen = case("tanh")[3]
    b = seen.block
    S = np.zeros((b.h, b.d + 1, b.d + 1))
    for x, z, g in zip(b.X, b.Z, b.G, strict=True):
        for i in range(b.h):
            t = np.tanh(z[i])
            S[i] += -(g @ b.W2[i]) * -2 * t * (1 - t**2) * np.outer(x, x) / b.n
    assert abs(matrices(seen) - S).max() < 1e-13


@pytest.mark.parametrize("layer", [0, 1])
@pytest.mark.parametrize("activation", SMOOTH)
def test_the_loss_falls_by_the_eigenvalue_in_any_layer(activation, layer):
    net, X, y, seen = case(activation, (4, 5, 4, 3), seed=3, layer=layer)
    for k in (1, 3):
        proposal, start = splitting(seen, k), net.gradient(X, y, "mse")[0]
        found = [2 * (loss_of(net, layer, X, y, proposal, g) - start) / g**2 for g in (0.04, 0.02)]
        assert (4 * found[1] - found[0]) / 3 == pytest.approx(proposal.curvature, rel=1e-4)
        assert apply(net, layer, proposal, 0.0)[0](X) == pytest.approx(net(X), abs=1e-14)


def test_no_direction_of_any_neuron_is_better():
    _net, _X, _y, seen = case(seed=5)
    proposal, rng = splitting(seen), np.random.default_rng(0)
    for _ in range(200):
        i, v = int(rng.integers(5)), rng.standard_normal(5)
        v /= np.linalg.norm(v)
        assert v @ matrices(seen)[i] @ v >= proposal.curvature
    turned = np.linspace(0, np.pi, 2001)  # two dimensions: an eigenvector by brute force
    S = matrices(case("tanh", (1, 3, 2))[3])[0]
    scan = [np.array([np.cos(a), np.sin(a)]) @ S @ [np.cos(a), np.sin(a)] for a in turned]
    assert min(scan) == pytest.approx(np.linalg.eigvalsh(S)[0], rel=1e-4)


def test_the_gradient_at_the_preactivation_promises_another_number():
    """Softplus, seed 2: the loss changes by -.274 g^2/2; with dl/dz in the place of dl/dh the promise would be -.144."""
    net, X, y, seen = case("softplus", seed=2)
    b, proposal = seen.block, splitting(seen)
    pull = b.GH * b.act.df(b.Z) * b.act.ddf(b.Z) / b.n
    misprinted = min(np.linalg.eigvalsh(b.X.T @ (pull[:, i : i + 1] * b.X))[0] for i in range(b.h))
    measured = curvature(net, X, y, proposal)
    assert (measured, misprinted) == pytest.approx((-0.2741, -0.1442), abs=5e-4)
    assert measured == pytest.approx(proposal.curvature, rel=1e-4)


def test_the_program_s_stand_in_for_relu_s_curvature_promises_what_relu_does_not_do():
    """The authors' program splits ReLU by the curvature of softplus(3 z)/3 in its place; for ReLU itself no eigenvalue is there."""
    net, X, y, seen = case("relu", seed=2)
    b = seen.block
    sigma = 1 / (1 + np.exp(-3 * b.Z))
    pull = b.GH * 3 * sigma * (1 - sigma) / b.n
    values = np.array([np.linalg.eigvalsh(b.X.T @ (pull[:, i : i + 1] * b.X))[0] for i in range(b.h)])
    vectors = [np.linalg.eigh(b.X.T @ (pull[:, i : i + 1] * b.X))[1][:, 0] for i in range(b.h)]
    i = int(np.argmin(values))
    splits = [Split(np.array([0.5, 0.5]), np.stack([v, -v]), value) for v, value in zip(vectors, values, strict=True)]
    for g in (1e-6, 1e-7):  # so near that no sample crosses the kink: not even a small fall
        gap = loss_of(net, 0, X, y, proposed("relu", seen, {i: splits[i]}), g) - net.gradient(X, y, "mse")[0]
        assert abs(gap) < 1e-3 * abs(values[i]) * g**2 / 2 + 1e-15


def test_relu_and_isotropic_layers_are_refused():
    for rule in (splitting, signed_splitting):
        with pytest.raises(ValueError, match="Take softplus in the place of ReLU"):
            rule(case("relu")[3])
    rng = np.random.default_rng(0)
    net = Network.create([4, 5, 3], rng=0)
    with pytest.raises(ValueError, match="half a neuron twice has another length"):
        splitting(look(net, 0, rng.standard_normal((9, 4)), rng.integers(0, 3, 9)))
    with pytest.raises(ValueError, match=r"each of the 5 neurons once, got k=6"):
        splitting(case()[3], 6)


def test_a_stable_network_says_so():
    seen = case("softplus")[3]
    flat = seen._replace(
        block=seen.block._replace(G=-abs(seen.block.G), W2=abs(seen.block.W2))
    )  # dl/dh >= 0: all S >= 0
    proposal = splitting(flat)
    assert proposal.curvature >= 0
    assert "splitting stable" in proposal.reason
    assert signed_splitting(flat).curvature < 0  # the way out that signs give
    assert "stable" not in signed_splitting(flat).reason


def test_float32_nets():
    net, _X, _y, seen = case("softplus", dtype=np.float32)
    proposal = splitting(seen, 2)
    assert proposal.A.dtype == np.float64
    grown, event = apply(net, 0, proposal, 0.1)
    assert grown.theta.dtype == np.float32
    assert event.recorded.origin == (0, 1, 2, 3, 4, *(proposal.places[i] for i in (0, 2)))


@pytest.mark.parametrize("c", [1.5, 3.0])
@pytest.mark.parametrize("i", range(5))
def test_each_scheme_keeps_its_rules_and_its_rate(c, i):
    S = matrices(case("tanh", seed=7)[3])[2]
    split = schemes(*np.linalg.eigh(S), c)[i]
    shares, u = split.shares, split.displacements
    assert shares.sum() == pytest.approx(1)
    assert abs(shares).sum() == pytest.approx(c)
    assert abs(shares @ u).max() < 1e-15
    assert np.linalg.norm(u, axis=1).max() < 1 + 1e-12
    assert np.einsum("j,ja,ab,jb->", shares, u, S, u) == pytest.approx(split.rate, rel=1e-12)


@pytest.mark.parametrize(
    "values", [(-1.0, 0.0, 2.0), (-1.0, 0.3, 1.0), (0.5, 0.7, 1.0), (-1.0, -0.6, -0.2), (-0.2, 0.1, 2.0)]
)
@pytest.mark.parametrize("m", [2, 3, 4])
def test_no_shares_and_displacements_within_the_bounds_are_better(m, values):
    """Random ones, and random ones near the best: 40000 in all, none below the table."""
    rng, c, S = np.random.default_rng(m), 3.0, np.array(values)
    split = best(S, np.eye(3), c, m)
    pad = m - len(split.shares)
    start = np.append(split.shares, np.zeros(pad)), np.vstack([split.displacements, np.zeros((pad, 3))])
    for width in (np.inf, 0.3, 0.03):
        w, u = rng.standard_normal((20000, m)), rng.standard_normal((20000, m, 3))
        if np.isfinite(width):
            w, u = start[0] + width * w, start[1] + width * u
        w += (1 - w.sum(1, keepdims=True)) / m
        w, u = w[abs(w).sum(1) <= c], u[abs(w).sum(1) <= c]
        u = u - np.einsum("nj,nja->na", w, u)[:, None]
        u /= np.maximum(1, np.linalg.norm(u, axis=2).max(1))[:, None, None]
        rates = np.einsum("nj,nja,a,nja->n", w, u, S, u)
        assert rates.min() >= split.rate - 1e-12


def test_three_offspring_of_mixed_signs_beat_the_symmetric_triplets():
    rows = [split.rate for split in schemes(np.array([-1.0, 0.0, 2.0]), np.eye(3), 3.0)]
    assert rows == pytest.approx([-1, -2, -2, -2.5, -4])


def test_only_positive_shares_are_splitting():
    seen = case("tanh")[3]
    plain, signed = splitting(seen), signed_splitting(seen, c=1.0, offspring=4)
    assert signed.curvature == plain.curvature
    assert np.array_equal(signed.A, plain.A)
    assert best(np.array([1.0, 4.0]), np.eye(2), 1.0).rate == 1  # where no split pays, too
    for options, words in (({"c": 0.5}, "c must be"), ({"offspring": 5}, "2, 3 or 4"), ({"c": np.nan}, "c must be")):
        with pytest.raises(ValueError, match=words):
            signed_splitting(seen, **options)
