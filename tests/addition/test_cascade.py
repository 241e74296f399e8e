"""Cascade-correlation as a rule: S by loops, its slope by differences, least squares, and its edges."""

import numpy as np
import pytest

from minigrow.addition.cascade import candidate, cascade, cascade_silent, climbed, correlation, slopes
from minigrow.addition.proposal import apply, look
from minigrow.isotropic import Network
from minigrow.nn import MLP
from minigrow.nn.activations import ACTIVATIONS


def case(seed=0, activation="tanh", n=40):
    """A network with biases, its data, and what rules see, for the squared error of two outputs."""
    rng = np.random.default_rng(seed)
    net = MLP.create([3, 2, 2], activation, rng=rng)
    net = net.with_theta(net.theta + 0.3 * rng.standard_normal(net.theta.size))
    X, y = rng.standard_normal((n, 3)), rng.standard_normal((n, 2)) ** 2
    return net, X, y, look(net, 0, X, y, "mse")


def by_loops(V, E):
    """S as the paper prints it."""
    mean_V, mean_E, S = sum(V) / len(V), E.sum(axis=0) / len(E), 0.0
    for o in range(E.shape[1]):
        S += abs(sum((V[p] - mean_V) * (E[p, o] - mean_E[o]) for p in range(len(V))))
    return S


def test_S_is_the_paper_s_sum():
    rng = np.random.default_rng(0)
    V, E = 3 + rng.standard_normal((30, 4)), 5 + rng.standard_normal((30, 3))
    assert correlation(V, E) == pytest.approx([by_loops(v, E) for v in V.T], rel=1e-12)
    assert correlation(V + 7, E) == pytest.approx(correlation(V, E + 7), rel=1e-12)


def test_lisp_s_one_mean_for_all_outputs_is_another_sum():
    """Fahlman's program takes the mean error over all outputs (`*avg-error*`): with one output that is the paper's S, with two not."""
    rng = np.random.default_rng(1)
    V, E = 3 + rng.standard_normal(30), rng.standard_normal((30, 2)) + [0, 2]

    def its(E):
        return float(np.abs(V @ E - V.sum() * E.mean()).sum())

    assert its(E[:, :1]) == pytest.approx(by_loops(V, E[:, :1]), rel=1e-12)
    assert its(E) > 5 * by_loops(V, E)


@pytest.mark.parametrize("activation", ["identity", "tanh", "gelu", "silu", "sigmoid", "softplus"])
def test_the_slope_is_what_differences_give(activation):
    rng, act, h = np.random.default_rng(2), ACTIVATIONS[activation], 1e-6
    X, A, E = rng.standard_normal((20, 3)), rng.standard_normal((3, 4)), rng.standard_normal((20, 2)) + 1
    S, found = slopes(X, A, E, act)
    assert pytest.approx(correlation(act.f(X @ A), E), rel=1e-12) == S
    for place in np.ndindex(A.shape):
        step = np.zeros(A.shape)
        step[place] = h
        up, down = correlation(act.f(X @ (A + step)), E), correlation(act.f(X @ (A - step)), E)
        assert found[place] == pytest.approx((up - down)[place[1]] / (2 * h), rel=1e-5, abs=1e-6)


def test_climbing_ends_above_500_random_neurons_and_repeats_itself():
    seen = case(3)[3]
    a, S = candidate(seen, rng=0)
    b = seen.block
    left = b.G - b.H @ np.linalg.lstsq(b.H, b.G, rcond=None)[0]
    assert by_loops(np.tanh(b.X @ a), left) == pytest.approx(S, rel=1e-10)
    assert correlation(b.new(2 * np.random.default_rng(1).standard_normal((4, 500))), left).max() < S
    assert np.array_equal(candidate(seen, rng=0)[0], a)
    more = candidate(seen, rng=0, candidates=1)[1], candidate(seen, rng=0, steps=5)[1]
    assert max(more) <= S


def test_inputs_and_errors_of_any_origin_will_do():
    """The two spirals' cascade calls it with the outputs of frozen units among the inputs."""
    rng = np.random.default_rng(4)
    X = np.column_stack([np.ones(50), rng.standard_normal((50, 2))])
    X = np.column_stack([X, np.tanh(X @ rng.standard_normal(3))])
    E = rng.standard_normal((50, 1))
    a, S = climbed(X, E, ACTIVATIONS["tanh"], rng=0)
    assert a.shape == (4,)
    assert S > 0
    assert np.array_equal(climbed(X, E, ACTIVATIONS["tanh"], rng=0, candidates=8, steps=100)[0], a)
    start, _ = climbed(X, X[:, 1:2], ACTIVATIONS["tanh"], rng=0, steps=0)
    assert np.mean((X @ start) ** 2) == pytest.approx(1)


@pytest.mark.parametrize("k", [1, 3, 6])
def test_B_and_D_are_the_least_squares_of_both_together(k):
    net, X, _, seen = case(5)
    proposal, b = cascade(seen, k, rng=0), seen.block
    both = np.hstack([b.H, b.new(proposal.A)])
    best = np.linalg.lstsq(both, b.G, rcond=None)[0]
    assert np.vstack([proposal.D, proposal.B]) == pytest.approx(best, rel=1e-6, abs=1e-9)
    grown = apply(net, 0, proposal)[0]
    assert grown(X) - net(X) == pytest.approx(both @ best, rel=1e-8, abs=1e-10)
    assert not proposal.kept


def test_for_squared_errors_one_step_is_the_joint_fit():
    """With two outputs G = target - output, so that the grown network has the least squares that its hidden layer allows."""
    net, X, y, seen = case(6)
    grown = apply(net, 0, cascade(seen, 2, rng=0))[0]
    H = look(grown, 0, X, y, "mse").block.H
    best = y - H @ np.linalg.lstsq(H, y, rcond=None)[0]
    assert np.mean((y - grown(X)) ** 2) == pytest.approx(np.mean(best**2), rel=1e-10)


def test_later_neurons_look_at_what_earlier_ones_leave():
    seen = case(7)[3]
    first, second = cascade(seen, 2, rng=0).A.T
    b = seen.block
    H = np.column_stack([b.H, b.new(first[:, None])])
    left = b.G - H @ np.linalg.lstsq(H, b.G, rcond=None)[0]
    assert by_loops(np.tanh(b.X @ second), left) > by_loops(np.tanh(b.X @ first), left)
    assert np.array_equal(cascade(seen, 1, rng=0).A[:, 0], first)


def test_the_silent_rule_keeps_the_function_and_says_its_gradient():
    net, X, y, seen = case(8)
    proposal = cascade_silent(seen, 2, rng=0)
    grown = apply(net, 0, proposal)[0]
    assert np.array_equal(grown(X), net(X))
    g = grown.with_theta(grown.gradient(X, y, "mse")[1]).params["W2"][:, 2:]
    assert proposal.gradient == pytest.approx(np.sum(g**2), rel=1e-12)
    assert np.array_equal(proposal.A, cascade(seen, 2, rng=0).A)
    assert proposal.reason == cascade(seen, 2, rng=0).reason
    assert proposal.reason.endswith("each the best of 8")


def test_nothing_left_and_inputs_that_say_nothing():
    seen = case(9)[3]
    b = seen.block
    for G in (np.zeros_like(b.G), b.H @ np.ones((3, 2))):
        proposal = cascade(seen._replace(block=b._replace(G=G)), 2, rng=0)
        assert np.isfinite(proposal.A).all()
        assert abs(proposal.B).max() < 1e-6
    empty = seen._replace(block=b._replace(X=b.X * [0, 0, 0, 1]))  # only constants can be made
    proposal = cascade(empty, 1, rng=0)
    assert np.isfinite(proposal.A).all()
    assert np.isfinite(proposal.B).all()


def test_mistakes_are_explained():
    seen = case(0)[3]
    with pytest.raises(ValueError, match="k must be"):
        cascade(seen, 0)
    with pytest.raises(ValueError, match="candidates must be"):
        cascade(seen, candidates=0)
    with pytest.raises(ValueError, match="treats each neuron alone"):
        cascade_silent(look(Network.create([4, 3, 2], rng=0), 0, np.ones((9, 4)), np.arange(9) % 2))
