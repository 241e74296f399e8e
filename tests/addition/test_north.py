"""NORTH against raw data: orthogonality, ranks and shares found in other ways, and its edges."""

import numpy as np
import pytest

from minigrow.addition.north import free, north_pre, north_random, north_select, north_weight, rank, scaled, weight_rank
from minigrow.addition.proposal import apply, look
from minigrow.addition.span import outside, span
from minigrow.isotropic import Network
from minigrow.nn import MLP

RULES = north_select, north_pre, north_random, north_weight
each_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)


def case(seed=0, activation="tanh", widths=(8, 3, 2), n=60):
    """A network with biases, its data, and what rules see."""
    rng = np.random.default_rng(seed)
    net = MLP.create(widths, activation, rng=rng)
    net = net.with_theta(net.theta + 0.3 * rng.standard_normal(net.theta.size))
    X, y = rng.standard_normal((n, widths[0])), rng.integers(2, size=n)
    return net, X, y, look(net, 0, X, y)


def shares(H, V):
    """Which part of each column's square least squares on H leaves."""
    left = V - H @ np.linalg.lstsq(H, V, rcond=None)[0]
    return np.sum(left**2, axis=0) / np.sum(V**2, axis=0)


@pytest.mark.parametrize("seed", range(5))
def test_pre_is_orthogonal_in_the_raw_data(seed):
    net, X, _, seen = case(seed)
    grown = apply(net, 0, north_pre(seen, 4, rng=seed))[0]
    Z = X @ grown.params["W1"].T + grown.params["b1"]
    old, new = Z[:, :3], Z[:, 3:]
    assert abs(old.T @ new).max() < 1e-13 * np.abs(old.T).dot(np.abs(new)).max()
    assert abs(new.mean(axis=0)).max() < 1e-14


@each_rule
def test_the_function_stays_and_the_new_gradient_is_the_promised_one(rule):
    net, X, y, seen = case(1)
    proposal = rule(seen, 2, rng=0)
    grown = apply(net, 0, proposal)[0]
    assert proposal.kept
    assert not proposal.B.any()
    assert grown.widths == (8, 5, 2)
    assert np.array_equal(grown(X), net(X))
    g = grown.with_theta(grown.gradient(X, y)[1]).params["W2"][:, 3:]
    assert proposal.gradient == pytest.approx(np.sum(g**2), rel=1e-12)
    assert np.allclose(np.linalg.norm(proposal.A, axis=0), np.linalg.norm(seen.block.W1, axis=0).mean())
    assert np.array_equal(rule(seen, 2, rng=0).A, proposal.A)
    assert rule(seen, rng=0).places == (3,)


@pytest.mark.parametrize("seed", range(5))
def test_select_takes_the_best_and_then_what_lies_outside_that_too(seed):
    seen, pool = case(seed, widths=(2, 2, 2))[3], np.random.default_rng(seed)
    b = seen.block
    V = b.new(scaled(b, pool.standard_normal((3, 50))))
    first, second = b.new(north_select(seen, 2, rng=seed, candidates=50).A).T
    alone = shares(b.H, V)
    assert np.allclose(first, V[:, np.argmax(alone)])
    then = shares(np.column_stack([b.H, first]), V)
    then[np.argmax(alone)] = 0
    assert np.allclose(second, V[:, np.argmax(then)])
    assert np.argmax(then) != np.argsort(alone)[-2]  # two inputs: the runner-up is nearly the winner's twin


def test_no_candidate_is_taken_twice():
    seen = case(2, "identity")[3]  # the span is full after 5 of 20
    A = north_select(seen, 20, rng=0, candidates=20).A
    assert len(np.unique(A.round(12), axis=1).T) == 20


@pytest.mark.parametrize("activation", ["tanh", "silu"])
def test_what_is_chosen_lies_further_outside_than_plain_random_neurons(activation):
    for seed in range(20):
        seen = case(seed, activation)[3]
        chosen = {rule: shares(seen.block.H, seen.block.new(rule(seen, 1, seed).A))[0] for rule in RULES[:2]}
        plain = shares(seen.block.H, seen.block.new(north_random(seen, 100, seed + 1).A)).mean()
        assert min(chosen.values()) > plain


def test_phi_counts_what_the_eigenvalues_of_the_mean_square_count():
    b = case(3)[3].block
    H = b.H.copy()
    H[:, 1] = 2 * H[:, 0]  # used up by two thirds
    H[:, 2] *= 0.005 / np.sqrt(np.mean(H[:, 2] ** 2))  # too small to count
    assert rank(b) == np.mean(np.linalg.eigvalsh(b.H[:, :3].T @ b.H[:, :3] / 60) > 1e-4) == 1
    assert rank(b._replace(H=H)) == pytest.approx(1 / 3)
    assert rank(b._replace(H=H), threshold=1e-4) == pytest.approx(2 / 3)
    assert weight_rank(b) == 1
    assert weight_rank(case(3, widths=(2, 5, 2))[3].block) == pytest.approx(2 / 5)
    assert weight_rank(b, threshold=1e3) == 0
    assert weight_rank(b._replace(W1=0 * b.W1), threshold=0.0) == 0  # 0 does not lie above 0
    assert np.allclose(np.linalg.norm(scaled(b._replace(W1=0 * b.W1), b.W1), axis=0), 1)


def test_phi_does_not_count_how_many_samples_there_are():
    net, X, y, seen = case(4)
    assert rank(seen.block, 0.3) == rank(look(net, 0, np.tile(X, (3, 1)), np.tile(y, 3)).block, 0.3)


def test_weight_is_orthogonal_to_the_old_fan_ins():
    seen = case(5)[3]
    A = north_weight(seen, 3, rng=0).A
    assert abs(seen.block.W1[:-1].T @ A[:-1]).max() < 1e-14
    assert A[-1].all()


def test_free_is_how_often_pre_can_be_repeated_for_linear_neurons():
    net, X, y, seen = case(6, "identity")
    assert free(seen.block) == 5
    for left in (4, 3, 2, 1, 0):
        net = apply(net, 0, north_pre(look(net, 0, X, y), 1, rng=0))[0]
        assert free(look(net, 0, X, y).block) == left
    with pytest.raises(ValueError, match="8 neurons leave free, but the inputs have rank 9"):
        north_pre(look(net, 0, X, y))


def test_inputs_that_come_twice_and_neurons_that_come_twice():
    net, X, y, _ = case(7)
    X = np.hstack([X[:, :4], X[:, :3], np.zeros((60, 1))])  # rank 4, and 5 with the ones
    seen = look(net, 0, X, y)
    assert free(seen.block) == 1
    A = north_pre(seen, 3, rng=0).A
    pre = seen.block.X @ A
    assert np.isfinite(A).all()
    assert abs(seen.block.Z.T @ pre).max() < 1e-11 * np.abs(seen.block.Z.T).dot(np.abs(pre)).max()
    assert np.isfinite(north_select(seen, 3, rng=0).A).all()


def test_an_input_that_hardly_varies_is_no_direction():
    """1 +- 1e-6 beside the ones: the second eigenvalue of X'X is 2.5e-13 of the first."""
    net = MLP.create([1, 2, 2], rng=0)
    net.params["W1"][...] = 0
    X = 1 + 1e-6 * np.array([[1.0], [-1], [1], [-1]])
    assert free(look(net, 0, X, np.array([0, 1, 1, 0])).block) == 0
    assert free(look(net, 0, X - 1 + 1e-6, np.array([0, 1, 1, 0])).block) == 0


def test_span_and_shares():
    rng = np.random.default_rng(0)
    H = rng.standard_normal((30, 4)) @ np.diag([1, 1e-8, 1e8, 1])
    Q = span(np.hstack([H, H[:, :2] @ rng.standard_normal((2, 2)), np.zeros((30, 1))]))
    assert Q.shape == (30, 4)
    assert np.allclose(Q.T @ Q, np.eye(4), rtol=0, atol=1e-14)
    assert np.allclose(outside(Q, np.ones((30, 1))), shares(H / np.linalg.norm(H, axis=0), np.ones((30, 1))))
    assert span(np.zeros((5, 2))).shape == (5, 0)
    assert span(np.array([[1.0, 1], [0, 3**0.5]]), 0.4).shape == (2, 1)  # eigenvalues 0.5 and 1.5
    nearly = span(np.column_stack([H[:, 0], H[:, 0] + 1e-4 * H[:, 3]]))
    assert np.allclose(nearly.T @ nearly, np.eye(2), rtol=0, atol=1e-14)


def test_mistakes_are_explained():
    seen = case(0)[3]
    for rule in RULES:
        with pytest.raises(ValueError, match="k must be"):
            rule(seen, 0)
    for rule in RULES[:2]:
        with pytest.raises(ValueError, match="candidates must be at least k = 5, got 3"):
            rule(seen, 5, candidates=3)
    for rule in RULES:
        with pytest.raises(ValueError, match="treats each neuron alone"):
            rule(look(Network.create([4, 3, 2], rng=0), 0, np.ones((9, 4)), np.arange(9) % 2))
    full = case(0, widths=(2, 3, 2))[3]
    with pytest.raises(ValueError, match="the 3 neurons span all 2"):
        north_weight(full)
    with pytest.raises(ValueError, match="3 samples for 3"):
        rank(case(0, n=3)[3].block)
