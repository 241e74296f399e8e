"""GradMax, its numerical control, the random controls and cancelling pairs against searches, loops and backpropagation."""

import numpy as np
import pytest

from minigrow.addition.controls import random_in, random_out, random_small
from minigrow.addition.gradmax import gradmax, gradmax_optimised, norm_gradient
from minigrow.addition.nest import nest
from minigrow.addition.pairs import antisymmetric, cancelling
from minigrow.addition.proposal import apply
from minigrow.addition.tiny import tiny
from minigrow.laws.addition.statistics import seen_by_rules


def drawn(seed, act="tanh"):
    return seen_by_rules(np.random.default_rng(seed), act)


def new_gradients(net, X, y, proposal):
    """|dL/dA|^2 and |dL/dB|^2 of the new neurons by backpropagation."""
    grown, _ = apply(net, 0, proposal)
    g = grown.with_theta(grown.gradient(X, y, "mse")[1]).params
    new = list(proposal.places)
    return np.sum(g["W1"][new] ** 2) + np.sum(g["b1"][new] ** 2), np.sum(g["W2"][:, new] ** 2)


@pytest.mark.parametrize("k", [1, 2, 3])
@pytest.mark.parametrize("seed", range(3))
def test_climbing_from_a_random_start_ends_at_gradmax(seed, k):
    """Orthogonal iteration on the samples' own gradient: B -> B (X'G)'(X'G), made orthogonal again."""
    seen = drawn(seed)[3]
    M = sum(np.outer(x, g) for x, g in zip(seen.block.X, seen.block.G, strict=True)) / seen.block.n
    B = np.random.default_rng(seed).standard_normal((k, 4))
    for _ in range(5000):
        B = np.linalg.qr((B @ M.T @ M).T)[0].T
    own = gradmax(seen, k, c=1.5)
    assert own.gradient == pytest.approx(1.5**2 * np.sum((M @ B.T) ** 2), rel=1e-10)
    np.testing.assert_allclose(own.B.T @ own.B / 1.5**2, B.T @ B, atol=1e-8)
    np.testing.assert_allclose(own.B @ own.B.T, 1.5**2 * np.eye(k), atol=1e-12)


def test_the_length_is_the_mean_of_those_there_are_and_biases_may_be_left_out():
    seen = drawn(0)[3]
    W2, M = seen.block.W2, seen.statistics.M
    c = sum(np.sqrt(sum(w**2 for w in row)) for row in W2[:-1]) / 5
    for rule in (gradmax, gradmax_optimised, random_out, random_small):
        np.testing.assert_allclose(np.linalg.norm(rule(seen, 2, rng=0).B, axis=1), c, rtol=1e-12)
    fan_in = sum(np.sqrt(sum(w**2 for w in column)) for column in seen.block.W1[:-1].T) / 5
    for rule in (random_in, random_small):
        A = rule(seen, 2, rng=0).A
        np.testing.assert_allclose(np.linalg.norm(A[:-1], axis=0), fan_in, rtol=1e-12)
        assert not A[-1].any()
    without = gradmax(seen, biases=False)
    assert without.gradient < gradmax(seen).gradient
    assert np.linalg.norm(M[:-1] @ without.B.T) > np.linalg.norm(M[:-1] @ gradmax(seen).B.T)


def test_the_climb_s_gradient_is_the_complex_step_s():
    rng = np.random.default_rng(0)
    M, B, V = rng.standard_normal((6, 4)), rng.standard_normal((3, 4)), rng.standard_normal((3, 4))
    value = np.sqrt(np.sum((M @ (B + 1e-30j * V).T) ** 2))
    assert np.sum(norm_gradient(M, B) * V) == pytest.approx(value.imag / 1e-30, rel=1e-13)
    assert not norm_gradient(M, 0 * B).any()
    assert norm_gradient(np.ones((1, 1)), np.full((1, 1), 1e-200)) > 0  # uphill even where f underflows


@pytest.mark.parametrize("seed", range(5))
def test_the_control_climbs_and_never_gets_there(seed):
    """Adam takes the sign of a steady gradient, entry by entry: with lengths restored its end is a corner, all entries of one size."""
    seen = drawn(seed)[3]
    best, (start, few, end) = gradmax(seen), (gradmax_optimised(seen, 1, 0, steps=n, rate=0.01) for n in (0, 20, 5000))
    assert start.gradient < few.gradient
    assert start.gradient < end.gradient < 0.95 * best.gradient
    assert np.all(start.B > 0)  # uniform(0, 1), as in the program
    np.testing.assert_allclose(abs(end.B), np.linalg.norm(end.B) / 2, rtol=0.02)
    at_best = norm_gradient(seen.statistics.M, best.B)
    np.testing.assert_allclose(at_best / np.linalg.norm(at_best), best.B / np.linalg.norm(best.B), atol=1e-12)
    lazy = gradmax_optimised(seen, 1, 0)  # the program's 100 steps at Keras's rate, .001
    assert np.linalg.norm(lazy.B - start.B) < 0.25 * np.linalg.norm(start.B)
    assert np.array_equal(gradmax_optimised(seen, 1, 0, steps=100).B, lazy.B)


@pytest.mark.parametrize("act", ["tanh", "gelu", "relu1", "sigmoid"])
def test_promised_gradients_are_those_of_backpropagation(act):
    net, X, y, seen = drawn(2, act)
    own = random_in(seen, 3, 0)
    assert own.gradient == pytest.approx(new_gradients(net, X, y, own)[1], rel=1e-12)
    if act == "sigmoid":
        pair = antisymmetric(gradmax)(seen, 2)
        assert pair.kept
        assert pair.gradient == pytest.approx(new_gradients(net, X, y, pair)[0], rel=1e-12)
        return
    for rule in (gradmax, gradmax_optimised, random_out):
        own = rule(seen, 3, rng=0)
        assert own.gradient == pytest.approx(new_gradients(net, X, y, own)[0], rel=1e-12)


def test_draws_prefer_no_direction_unless_asked_to():
    seen, rng = drawn(3)[3], np.random.default_rng(0)
    for draw, low, high in (("normal", -0.05, 0.05), ("uniform", 0.4, 0.6)):
        B = random_out(seen, 1000, rng, c=1.0, draw=draw).B
        A = random_in(seen, 1000, rng, c=1.0, draw=draw).A[:-1]
        assert low < B.mean() < high
        assert A.min() >= 0 or draw == "normal"
        assert abs(A.mean()) < 0.05 or draw == "uniform"


def test_a_cancelling_pair_has_a_gradient_and_a_rule_s_promises_are_dropped():
    net, X, y, seen = drawn(4, "softplus")
    pair = cancelling(random_in(seen, 2, 0)._replace(B=np.ones((2, 4)), D=np.ones((6, 4))))
    assert (pair.D, pair.gradient, pair.slope, pair.kept, pair.places) == (None, None, 0.0, True, (5, 6, 7, 8))
    np.testing.assert_array_equal(pair.A[:, :2], pair.A[:, 2:])
    np.testing.assert_array_equal(pair.B[:2], -pair.B[2:])
    assert min(new_gradients(net, X, y, pair)) > 0


def test_a_pair_is_no_remedy_for_a_gradient_where_relu_has_none():
    seen = drawn(5, "relu")[3]
    for rule in (tiny, nest):
        assert antisymmetric(rule)(seen).slope > 0
    with pytest.raises(ValueError, match=r"gradmax promises a gradient at 0, where relu has no derivative.*tiny, nest"):
        antisymmetric(gradmax)(seen)
