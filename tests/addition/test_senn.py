"""SENN against its formulas written out with pseudo-inverses and loops, its slope against differences, and its edges."""

from itertools import pairwise

import numpy as np
import pytest

from minigrow.addition.proposal import Seen, apply, look
from minigrow.addition.senn import _starts, increase, natural, ratio, senn, slope, value, whitened
from minigrow.addition.statistics import statistics
from minigrow.isotropic import Network
from minigrow.nn import MLP


def case(seed=0, activation="tanh", loss="mse", n=80):
    """A network with biases, its data, and what rules see."""
    rng = np.random.default_rng(seed)
    net = MLP.create([4, 3, 3], activation, rng=rng)
    net = net.with_theta(net.theta + 0.3 * rng.standard_normal(net.theta.size))
    X, y = rng.standard_normal((n, 4)), rng.standard_normal((n, 3))
    y = y.argmax(axis=1) if loss == "softmax" else y
    return net, X, y, look(net, 0, X, y, loss)


def around(block):
    """What rules see of a block that was made by hand."""
    return Seen(block, statistics(block))


def mean_of_products(A, B):
    """The mean over samples of a b', sample by sample."""
    return sum(np.outer(a, b) for a, b in zip(A, B, strict=True)) / len(A)


def natural_norm(H, G, E):
    """tr( pinv(H'H/n) (H'G/n) pinv(E) (G'H/n) ) as it stands in the method's note."""
    F = mean_of_products(H, G)
    return np.trace(np.linalg.pinv(mean_of_products(H, H)) @ F @ np.linalg.pinv(E, rcond=1e-10) @ F.T)


@pytest.mark.parametrize("loss", ["mse", "softmax"])  # with softmax E is singular
@pytest.mark.parametrize("activation", ["tanh", "relu", "gelu", "sigmoid"])
def test_the_score_is_the_trace_of_the_note(activation, loss):
    seen = case(1, activation, loss)[3]
    b, A = seen.block, np.random.default_rng(2).standard_normal((5, 2))
    E, Hn = mean_of_products(b.G, b.G), b.act.f(b.X @ A)
    R = b.G - b.H @ np.linalg.lstsq(b.H, b.G, rcond=None)[0]
    assert value(seen, A) == pytest.approx(natural_norm(Hn, R, E), rel=1e-8)
    assert natural(seen) == pytest.approx(natural_norm(b.H, b.G, E), rel=1e-8)
    both = natural_norm(np.hstack([b.H, Hn]), b.G, E)
    assert increase(seen, A) == pytest.approx(both - natural_norm(b.H, b.G, E), rel=1e-7)
    assert ratio(seen, A) == pytest.approx(value(seen, A) / natural(seen))


def test_the_bound_holds_for_200_fan_ins_and_is_reached_by_neurons_that_share_nothing_with_the_old_ones():
    seen = case(3)[3]
    rng = np.random.default_rng(0)
    for k in rng.integers(1, 9, 200):
        A = rng.standard_normal((5, k)) * 10 ** rng.uniform(-6, 2)
        assert value(seen, A) <= increase(seen, A) * (1 + 1e-6) + 1e-12
    b = seen.block
    free = np.linalg.qr(np.hstack([b.H, rng.standard_normal((b.n, 2))]))[0][:, 4:]
    apart = around(b._replace(X=free, act=MLPS["identity"]))
    assert value(apart, np.eye(2)) == pytest.approx(increase(apart, np.eye(2)), rel=1e-12)


MLPS = {name: case(0, name)[3].block.act for name in ("identity", "tanh", "softplus")}


@pytest.mark.parametrize("activation", ["identity", "tanh", "gelu", "silu", "sigmoid", "softplus"])
@pytest.mark.parametrize("k", [1, 3])
def test_the_slope_is_what_differences_give(activation, k):
    seen = case(4, activation, "softmax")[3]
    A, h = np.random.default_rng(5).standard_normal((5, k)), 1e-5
    found = slope(seen, A)
    for place in np.ndindex(A.shape):
        step = np.zeros(A.shape)
        step[place] = h
        difference = (value(seen, A + step) - value(seen, A - step)) / (2 * h)
        assert found[place] == pytest.approx(difference, abs=1e-7 + 1e-6 * abs(found).max())


def test_the_score_does_not_see_the_size_of_linear_neurons():
    seen = case(4, "identity")[3]
    A = np.random.default_rng(5).standard_normal((5, 2))
    assert value(seen, A) == pytest.approx(value(seen, A * [1e-8, 1e5]), rel=1e-7)
    assert abs(np.sum(slope(seen, A) * A, axis=0)).max() < 1e-14


@pytest.mark.parametrize("k", [1, 2, 9])  # 9 is more than the inputs and the outputs
def test_the_rule_beats_200_random_neurons_and_where_it_starts(k):
    net, X, _, seen = case(6)
    proposal = senn(seen, k, rng=0)
    assert proposal.A.shape == (5, k)
    assert proposal.places == tuple(range(3, 3 + k))
    found, rng = value(seen, proposal.A), np.random.default_rng(1)
    assert found > max(value(seen, rng.standard_normal((5, k))) for _ in range(200))
    assert found >= value(seen, senn(seen, k, rng=0, steps=0).A)
    assert np.array_equal(apply(net, 0, proposal)[0](X), net(X))
    assert np.array_equal(senn(seen, k, rng=0).A, proposal.A)


def test_where_no_input_says_anything_alone_random_starts_find_what_the_singular_vectors_do_not():
    rng = np.random.default_rng(0)
    X = rng.choice([-1.0, 1.0], (200, 2))
    net = MLP.create([2, 2, 2], "tanh", rng=0)
    seen = look(net, 0, np.vstack([X, -X]), np.tile(X[:, 0] * X[:, 1] > 0, 2).astype(int))
    alone, helped = (value(seen, senn(seen, 1, 0, starts=starts).A) for starts in (0, 6))
    assert helped >= alone
    assert helped > 0.9 * natural(seen) + 0.1


def test_without_random_starts_nothing_is_left_to_chance():
    seen = case(6)[3]
    found = [senn(seen, 1, rng=seed, starts=0, steps=0).A for seed in range(30)]
    assert all(np.array_equal(A, found[0]) for A in found)
    b = seen.block
    Q = np.linalg.qr(np.hstack([b.X, b.H]))[0]
    faint = around(b._replace(G=b.G - Q @ (Q.T @ b.G) + 1e-6 * b.X[:, :3]))  # what inputs say alone is little
    found = [senn(faint, 1, rng=seed, starts=0, steps=0).A for seed in range(2)]
    assert np.array_equal(*found)


def test_the_singular_vectors_and_each_random_start_say_as_much_at_first():
    seen = case(6)[3]
    found = _starts(seen, 2, 3, np.random.default_rng(0))
    assert len(found) == 1 + 3
    for A in found:
        assert np.mean((seen.block.X @ A) ** 2, axis=0) == pytest.approx(1)


def test_steps_that_help_double_until_they_are_as_long_as_the_fan_in():
    """The steeper tanh, the more of the sign it gives, so that every step helps."""
    X = np.linspace(-1, 1, 20)[:, None]
    seen = look(MLP.create([1, 1, 1], rng=0), 0, X, np.sign(X), "mse")
    first, last = (np.linalg.norm(senn(seen, 1, rng=0, starts=0, steps=steps).A) for steps in (0, 5))
    assert last == pytest.approx(1.2 * 1.4 * 1.8 * 2 * 2 * first, rel=1e-6)


def test_a_step_that_does_not_help_is_taken_back_and_made_a_quarter_as_long():
    seen = case(6)[3]
    path = [senn(seen, 1, rng=0, starts=0, steps=steps).A for steps in range(5)]
    moved = [np.linalg.norm(b - a) / np.linalg.norm(a) for a, b in pairwise(path)]
    assert moved == pytest.approx([0.2, 0.4, 0, 0.8 / 4])


def test_the_promised_gradient_is_the_network_s():
    net, X, y, seen = case(7)
    proposal = senn(seen, 2, rng=0)
    grown = apply(net, 0, proposal)[0]
    g = grown.with_theta(grown.gradient(X, y, "mse")[1]).params["W2"][:, 3:]
    assert proposal.gradient == pytest.approx(np.sum(g**2), rel=1e-12)
    assert proposal.kept


def test_nothing_is_left_to_do():
    seen = case(8)[3]
    done = around(seen.block._replace(G=seen.block.H @ np.ones((4, 3))))
    silent = around(seen.block._replace(G=np.zeros_like(seen.block.G)))
    for other in (done, silent):
        A = senn(other, 2, rng=0).A
        assert np.isfinite(A).all()
        assert value(other, A) < 1e-20
        assert ratio(other, A) < 1e-20
    assert natural(done) == pytest.approx(1)  # the three outputs want the same
    assert natural(silent) == 0


def test_inputs_and_neurons_that_come_twice():
    net, X, y, seen = case(9)
    twice = np.hstack([X[:, :1], X])[:, [0, 1, 1, 4]]
    poor = look(net, 0, twice, y, "mse")
    A = senn(poor, 2, rng=0).A
    assert np.isfinite(A).all()
    assert 0 < value(poor, A) <= increase(poor, A) + 1e-9
    same = np.repeat(np.random.default_rng(0).standard_normal((5, 1)), 2, axis=1)
    assert value(seen, same) == pytest.approx(value(seen, same[:, :1]), rel=1e-8)
    assert value(seen, np.zeros((5, 1))) == 0
    assert increase(seen, seen.block.W1) == pytest.approx(0, abs=1e-12)  # copies of old neurons


def test_whitening_makes_the_mean_square_of_what_is_wanted_one():
    seen = case(10)[3]
    G, R = whitened(seen.block)
    assert np.allclose(G.T @ G / 80, np.eye(3), rtol=0, atol=1e-10)
    assert abs(seen.block.H.T @ R).max() < 1e-12


def test_mistakes_are_explained():
    seen = case(0)[3]
    with pytest.raises(ValueError, match="k must be"):
        senn(seen, 0)
    net = Network.create([4, 3, 2], rng=0)
    other = look(net, 0, np.ones((5, 4)), np.array([0, 1, 0, 1, 0]))
    with pytest.raises(ValueError, match=r"senn needs .* which isotropic"):
        senn(other)
    with pytest.raises(ValueError, match="treats each neuron alone"):
        value(other, np.ones((5, 1)))
