"""Removal: the formula against explicit least squares, dependent neurons, isotropic layers, and growth that is undone."""

import numpy as np
import pytest

from minigrow.addition.net2net import wider
from minigrow.addition.proposal import apply, look
from minigrow.addition.refit import refitted
from minigrow.addition.removal import costs, least, removal, removed
from minigrow.growth import accept, start, train
from minigrow.growth.plan import Plan
from minigrow.isotropic import Network
from minigrow.nn import MLP, AdamW
from minigrow.nn.activations import ACTIVATIONS

rng = np.random.default_rng(0)
X, Y = rng.standard_normal((200, 4)), rng.standard_normal((200, 3))


def drawn(activation="tanh", widths=(4, 5, 3), dtype=np.float64, seed=1):
    net = MLP.create(widths, activation, rng=seed, dtype=dtype)
    return net.with_theta(
        net.theta + (0.3 * np.random.default_rng(seed + 1).standard_normal(net.theta.size)).astype(dtype)
    )


def explicit(b, j):
    """The least squares solution by a QR-free, rank-revealing routine, and its error."""
    H, target = np.delete(b.H, j, axis=1), b.H @ b.W2
    V = np.linalg.lstsq(H, target, rcond=None)[0]
    return V, np.sum((target - H @ V) ** 2)


@pytest.mark.parametrize("layer", [0, 1])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_costs_and_weights_against_least_squares(activation, layer):
    net = drawn(activation, (4, 6, 5, 3))  # (more neurons than inputs: for the identity they depend on each other)
    seen = look(net, layer, X, Y, "mse")
    b, scale = seen.block, np.sum((seen.block.H @ seen.block.W2) ** 2)
    for j in range(b.h):
        V, cost = explicit(b, j)
        found = np.delete(b.W2, j, axis=0) + removal(seen, j).D
        assert costs(seen)[j] == pytest.approx(cost, rel=1e-9, abs=1e-12 * scale)
        assert np.sum((b.H @ b.W2 - np.delete(b.H, j, axis=1) @ found) ** 2) == pytest.approx(
            cost, rel=1e-9, abs=1e-12 * scale
        )
        if activation != "identity":
            assert found == pytest.approx(V, rel=1e-8, abs=1e-9)


def test_the_network_without_the_neuron_errs_by_just_that():
    net = drawn()
    seen = look(net, 0, X, Y, "mse")
    for j in range(5):
        small, event = removed(net, 0, seen, j)
        assert np.sum((small(X) - net(X)) ** 2) == pytest.approx(costs(seen)[j], rel=1e-10)
        assert event.recorded.sources == tuple(i for i in range(5) if i != j)
        assert f"neuron {j}" in event.reason
    assert least(seen) == int(np.argmin([explicit(seen.block, j)[1] for j in range(5)]))


def test_neurons_that_cost_nothing():
    """A dead one, a constant one, a duplicate and its original, one without fan-out: exactly those."""
    net = drawn("relu", (4, 7, 3))
    p = net.params
    p["b1"][0] = -100.0  # dead
    p["W1"][1], p["b1"][1] = 0.0, 2.0  # constant: the biases behind can do it
    p["W1"][3], p["b1"][3] = 0.5 * p["W1"][2], 0.5 * p["b1"][2]  # a duplicate of neuron 2, scaled
    p["W2"][:, 4] = 0.0  # leads nowhere
    seen = look(net, 0, X, Y, "mse")
    scale = np.sum((seen.block.H @ seen.block.W2) ** 2)
    free = costs(seen) < 1e-10 * scale
    assert free.tolist() == [True, True, True, True, True, False, False]
    for j in range(5):
        assert abs(removed(net, 0, seen, j)[0](X) - net(X)).max() < 1e-5
    assert abs(removed(net, 0, seen, 2)[0](X) - net(X)).max() < 1e-12


def test_eigenvalues_are_kept_above_their_floor():
    """Of 40 copies H'H/|H_i||H_j| has one eigenvalue of 40 or more; the others are 0 but for rounding and count as 1e-15 of it."""
    net = drawn(widths=(4, 40, 3))
    net.params["W1"][...], net.params["b1"][...] = net.params["W1"][0], 0
    seen = look(net, 0, X, Y, "mse")
    least = 40 * 1e-15 * np.sum(seen.block.H[:, 0] ** 2) * np.sum(seen.block.W2[:-1] ** 2, axis=1)
    assert np.all(costs(seen) > least * (1 - 1e-6))
    assert costs(seen).max() < 1e-10 * np.sum((seen.block.H @ seen.block.W2) ** 2)


@pytest.mark.parametrize("size", [1e-6, 1.0, 1e6])
def test_units_do_not_matter(size):
    net = drawn("relu")
    big = net.with_theta(net.theta.copy())
    big.params["W1"][2] *= size
    big.params["b1"][2] *= size
    big.params["W2"][:, 2] /= size
    assert costs(look(big, 0, X, Y, "mse")) == pytest.approx(costs(look(net, 0, X, Y, "mse")), rel=1e-9)


def test_fewer_samples_than_neurons():
    seen = look(drawn(), 0, X[:3], Y[:3], "mse")
    assert costs(seen).max() < 1e-10
    assert abs(removed(drawn(), 0, seen, 1)[0](X[:3]) - drawn()(X[:3])).max() < 1e-5


def test_statistics_of_all_samples_count():
    net = drawn()
    few, all_ = look(net, 0, X, Y, "mse", samples=10), look(net, 0, X, Y, "mse")
    assert np.array_equal(costs(few), costs(all_)) or costs(few) == pytest.approx(costs(all_), rel=1e-10)


def test_float32_nets():
    net = drawn(dtype=np.float32)
    seen = look(net, 0, X, Y, "mse")
    small, _ = removed(net, 0, seen, 2)
    assert small.theta.dtype == np.float32
    assert np.sum((small(np.float32(X)) - net(np.float32(X))) ** 2.0) == pytest.approx(costs(seen)[2], rel=1e-3)


def test_a_copy_removed_gives_its_share_back():
    net = drawn()
    grown, _ = apply(net, 0, wider(look(net, 0, X, Y, "mse"), 1, neurons=[3]))
    back, _ = removed(grown, 0, look(grown, 0, X, Y, "mse"), 5)
    assert back.theta == pytest.approx(net.theta, rel=1e-8, abs=1e-8)


def test_the_run_follows():
    run = train(start(drawn(), AdamW(0.01), rng=0), X, Y, Plan(epochs=1, loss="mse", quiet=True))
    small, event = removed(run.net, 0, look(run.net, 0, X, Y, "mse"), 0, "least")
    later = accept(run, small, event)
    W2 = [net.with_theta(run_.state.slots[0]).params["W2"] for net, run_ in ((run.net, run), (small, later))]
    assert np.array_equal(W2[0][:, 1:], W2[1])
    assert train(later, X, Y, Plan(epochs=2, loss="mse", quiet=True)).net.widths == (4, 4, 3)


@pytest.mark.parametrize("activation", ["tanh", "softplus"])
def test_refit_agrees_with_the_formula_where_both_hold(activation):
    net = drawn(activation, (4, 5, 4, 3))
    for layer in (0, 1):
        seen = look(net, layer, X, Y, "mse")
        for j in range(net.widths[layer + 1]):
            found = refitted(net, layer, X, j)
            assert found.cost == pytest.approx(costs(seen)[j], rel=1e-9)
            assert pytest.approx(removal(seen, j).D, rel=1e-8, abs=1e-9) == found.proposal.D


@pytest.mark.parametrize("layer", [0, 1])
@pytest.mark.parametrize("psi", ["trainable", "expectation"])
def test_refit_is_the_least_error_on_isotropic_nets(psi, layer):
    net = Network.create([4, 5, 4, 3], rng=0, psi=psi)
    net = net.with_theta(net.theta + 0.2 * np.random.default_rng(1).standard_normal(net.theta.size))
    own, cost = np.random.default_rng(2), refitted(net, layer, X, 1).cost
    proposal = refitted(net, layer, X, 1).proposal
    Z = net.signals(X, Y, "mse").Z[layer + 1]

    def error(D):
        without, _ = apply(net, layer, proposal._replace(D=D))
        return np.sum((without.signals(X, Y, "mse").Z[layer + 1] - Z) ** 2)

    assert error(proposal.D) == pytest.approx(cost, rel=1e-10)
    assert cost < error(0 * proposal.D)
    for size in (1e-4, 1e-2, 1.0):
        assert all(error(proposal.D + size * own.standard_normal(proposal.D.shape)) > cost for _ in range(30))


def test_the_closed_formula_would_be_wrong_for_an_isotropic_layer():
    """The others grow when one goes: the formula, which takes their outputs as given, is up to a quarter off here."""
    net = drawn("isotropic_tanh", (4, 3, 3))
    seen = look(net, 0, X, Y, "mse").block
    ratios = [refitted(net, 0, X, j).cost / explicit(seen, j)[1] for j in range(3)]
    assert ratios == pytest.approx([0.980, 1.257, 1.069], abs=2e-3)


def test_errors_teach():
    seen = look(drawn(), 0, X, Y, "mse")
    with pytest.raises(ValueError, match=r"0\.\.4, got 5"):
        removal(seen, 5)
    with pytest.raises(ValueError, match="one neuron, which must stay"):
        removal(look(drawn(widths=(4, 1, 3)), 0, X, Y, "mse"), 0)
    for j in (-1, 5):
        with pytest.raises(ValueError, match=rf"0\.\.4, got {j}|j must be a whole number >= 0, got {j}"):
            refitted(drawn(), 0, X, j)
    with pytest.raises(ValueError, match="one neuron, which must stay"):
        refitted(drawn(widths=(4, 1, 3)), 0, X, 0)
    with pytest.raises(ValueError, match=r"Take refit\.refitted"):
        costs(look(Network.create([4, 5, 3], rng=0), 0, X, Y, "mse"))
