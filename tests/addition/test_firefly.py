"""Firefly against the network's true loss, its slopes against complex steps, and its edges."""

import numpy as np
import pytest

from minigrow.addition.firefly import Candidates, effects, firefly, sized, slopes, stepped
from minigrow.addition.proposal import apply, look
from minigrow.isotropic import Network
from minigrow.nn import MLP
from minigrow.nn.losses import LOSSES


def case(seed=0, activation="tanh", loss="softmax", n=50):
    """A network with biases, its data, and what rules see."""
    rng = np.random.default_rng(seed)
    net = MLP.create([4, 3, 2], activation, rng=rng)
    net = net.with_theta(net.theta + 0.5 * rng.standard_normal(net.theta.size))
    X = rng.standard_normal((n, 4))
    y = rng.standard_normal((n, 2)) if loss == "mse" else rng.integers(2, size=n)
    return net, X, y, look(net, 0, X, y, loss)


def drawn(seed, length, m=2):
    """Candidates of one length."""
    rng = np.random.default_rng(seed)
    return Candidates(*(sized(rng.standard_normal(shape), length) for shape in ((5, 3), (5, m), (2, m))))


def loss_with(net, X, y, loss, i, at):
    """The network's true loss after candidate i alone has been put in: neuron i as the mean of two, or a new neuron."""
    p, f = net.params, {"tanh": np.tanh, "relu": lambda z: np.maximum(z, 0)}[net.activation]
    X1 = np.column_stack([X, np.ones(len(X))])
    Z = X @ p["W1"].T + p["b1"]
    H, add = f(Z), 0.0
    if i < 3:
        u = X1 @ at.v[:, i]
        H[:, i] = (f(Z[:, i] + u) + f(Z[:, i] - u)) / 2
    else:
        add = np.outer(f(X1 @ at.a[:, i - 3]), at.b[:, i - 3])
    return LOSSES[loss](H @ p["W2"].T + p["b2"] + add, y)[0]


@pytest.mark.parametrize("loss", ["softmax", "mse"])
@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_each_effect_is_how_the_true_loss_changes(activation, loss):
    net, X, y, seen = case(1, activation, loss)
    at = drawn(2, 1e-2)
    found, before = effects(seen.block, at), LOSSES[loss](net(X), y)[0]
    for i in range(5):
        change = loss_with(net, X, y, loss, i, at) - before
        assert found[i] == pytest.approx(change, abs=2e-8)  # what is left is of second order in the change of Y, 1e-4
    assert abs(found).max() > 1e-6


@pytest.mark.parametrize("part", ["v", "a", "b"])
def test_the_slopes_are_those_of_complex_steps(part):
    block, at = case(3)[3].block, drawn(4, 0.7)
    found = getattr(slopes(block, at), part)
    for place in np.ndindex(found.shape):
        step = getattr(at, part).astype(complex)
        step[place] += 1e-30j
        exact = effects(block, at._replace(**{part: step})).imag / 1e-30
        column = place[1] + (0 if part == "v" else 3)
        assert found[place] == pytest.approx(exact[column], rel=1e-12, abs=1e-15)
        assert not np.delete(exact, column).any()  # every candidate has an effect of its own


def test_steps_go_downhill_and_keep_the_lengths():
    block, at = case(5)[3].block, drawn(6, 0.3)
    for _ in range(20):
        then = stepped(block, at, 0.05, 0.3)
        assert np.all(effects(block, then) <= effects(block, at) + 1e-4)
        at = then
    assert np.all(effects(block, at) < effects(block, drawn(6, 0.3)))
    for part in at:
        assert np.allclose(np.linalg.norm(part, axis=0), 0.3)


@pytest.mark.parametrize("activation", ["tanh", "silu", "softplus", "relu"])
@pytest.mark.parametrize("k", [1, 4, 9])  # 9: all three splits and all six new neurons
def test_the_proposal_is_the_sum_of_what_was_kept(activation, k):
    net, X, y, seen = case(7, activation)
    small = 1e-4 if activation == "softplus" else 0.01  # act(0) = .7: new neurons change Y by more
    proposal = firefly(seen, k, rng=0, small=small, new=6)
    grown, event = apply(net, 0, proposal)
    said = [float(word) for word in proposal.reason.split(" by ")[1].split(", ")]
    assert grown.widths == (4, 3 + k, 2)
    assert len(said) == k
    assert said == sorted(said)
    change = LOSSES["softmax"](grown(X), y)[0] - LOSSES["softmax"](net(X), y)[0]
    assert sum(said) == pytest.approx(change, rel=0.02, abs=5e-4 * abs(sum(said)) + 1e-7)
    assert event.neurons == k


@pytest.mark.parametrize("new", [0, 8])  # splits alone, and with new neurons
@pytest.mark.parametrize("activation", ["tanh", "silu", "gelu"])
def test_the_promised_slope_and_curvature_hold_for_small_amplitudes(activation, new):
    net, X, y, seen = case(8, activation)
    proposal = firefly(seen, new or 3, rng=1, small=0.3, new=new)

    def loss(g):
        return LOSSES["softmax"](apply(net, 0, proposal, g)[0](X), y)[0]

    g = 1e-2
    measured = ((loss(g) + loss(-g)) / 2 - loss(0.0)) / g**2
    assert measured == pytest.approx(proposal.curvature / 2 - proposal.slope, rel=1e-3)
    assert (proposal.slope > 0) == (new > 0)
    assert proposal.curvature < 0 or new


def test_without_displacement_the_change_of_basis_keeps_the_function():
    net, X, _, seen = case(9)
    proposal = firefly(seen, 6, rng=0)
    assert np.allclose(apply(net, 0, proposal, 0.0)[0](X), net(X), rtol=0, atol=1e-15)


def test_training_the_candidates_pays():
    seen = case(10)[3]
    trained, raw = (firefly(seen, 3, rng=0, steps=steps) for steps in (10, 0))

    def lowest(proposal):
        return float(proposal.reason.split(" by ")[1].split(",")[0])

    assert lowest(trained) < lowest(raw)
    assert np.array_equal(firefly(seen, 3, rng=0).A, trained.A)


def test_the_released_program_counts_a_split_twice():
    """klightz/Firefly, `model.py` spffn: the slope is taken at amplitude 1, not averaged over 0..1 (its loop's `alpha` is not used).

    A split changes the loss by c e^2 to the amplitude e, so its slope at 1 is 2 c; a new neuron's output is linear in e, slope c.
    """
    net, X, y, seen = case(11)
    at = drawn(12, 1e-2)
    at = at._replace(a=10 * at.a)  # its new neurons have fan-in .1, and an amplitude on that alone
    s, h = effects(seen.block, at), 1e-3

    def grow(e):
        return Candidates(e * at.v, e * at.a, at.b)

    def at_one(i, e):
        return loss_with(net, X, y, "softmax", i, grow(e))

    slope = [(at_one(i, 1 + h) - at_one(i, 1 - h)) / (2 * h) for i in range(5)]
    assert np.allclose(slope[:3], 2 * s[:3], rtol=2e-2)
    assert np.allclose(slope[3:], s[3:], rtol=5e-2)


def test_nothing_to_do_and_inputs_that_say_nothing():
    seen = case(13)[3]
    silent = seen._replace(block=seen.block._replace(G=np.zeros_like(seen.block.G)))
    proposal = firefly(silent, 2, rng=0)
    assert np.isfinite(proposal.A).all()
    assert proposal.slope == proposal.curvature == 0
    empty = seen._replace(block=seen.block._replace(X=seen.block.X * [0, 0, 0, 0, 1]))
    assert np.isfinite(firefly(empty, 2, rng=0).A).all()
    flat = seen._replace(block=seen.block._replace(W1=np.zeros((5, 3))))  # no fan-in to compare `small` with
    raw, found = (firefly(flat, 1, rng=0, small=0.1, steps=steps) for steps in (0, 1))
    assert np.allclose(np.linalg.norm(found.A, axis=0), 0.1)
    assert np.sum(found.A * raw.A) > 0  # a step leads a little away


def test_mistakes_are_explained():
    seen = case(0)[3]
    with pytest.raises(ValueError, match="3 splits and 2 new neurons to choose from, got k=6"):
        firefly(seen, 6, new=2)
    with pytest.raises(ValueError, match="k must be"):
        firefly(seen, 0)
    with pytest.raises(ValueError, match="small must be"):
        firefly(seen, small=-1)
    with pytest.raises(ValueError, match="treats each neuron alone"):
        firefly(look(Network.create([4, 3, 2], rng=0), 0, np.ones((9, 4)), np.arange(9) % 2))
