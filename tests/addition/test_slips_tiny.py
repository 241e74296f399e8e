"""What the library gromo promises (`growing_module.py`, `utils/tools.py`), against the loss: formulas retold, nothing of it is run."""

from itertools import product

import numpy as np
import pytest
from bystander import solved, tiny

from minigrow.addition.proposal import appended, apply, look
from minigrow.addition.statistics import inverse_root
from minigrow.nn import MLP


def trained(seed, act="tanh", steps=300):
    """A regression on tanh of a random map, and a network after some full-batch descent on it."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((400, 12))
    y = np.tanh(X @ rng.standard_normal((12, 4))) @ rng.standard_normal((4, 4))
    net = MLP.create([12, 5, 4], act, rng=seed)
    for _ in range(steps):
        net = net.with_theta(net.theta - 0.3 * net.gradient(X, y, "mse")[1])
    return net, X, y


def fall(net, proposal, X, y):
    """How fast the loss falls with g^2, by Richardson: (4 f(g/2) - f(g)) / 3 takes away the error of order g^2."""

    def rate(g):
        return (net.gradient(X, y, "mse")[0] - apply(net, 0, proposal, g)[0].gradient(X, y, "mse")[0]) / g**2

    return (4 * rate(1e-2) - rate(2e-2)) / 3


def projected(net, X, y):
    """TINY's best new weights D for the old neurons and the neurons for what is left, its promise, and both true slopes."""
    seen = look(net, 0, X, y, "mse")
    b, st = seen.block, seen.statistics
    D = solved(b.H, b.G)
    A, B, s = tiny(b.X, b.G - b.H @ D, 2)
    gain, alone = np.sum(st.HG / st.n * D), np.sum(st.M * (A @ B))
    return seen, A, B, D, gain, np.sum(s**2), alone


def test_its_projected_promise_lacks_a_cross_term():
    """`first_order_improvement` = gain of D + act'(0) sum s^2. But the neurons are worth <M, A B> = sum s^2 + <C D, A B>."""
    off = []
    for seed in range(20):
        net, X, y = trained(seed)
        seen, A, B, D, gain, promised, alone = projected(net, X, y)
        cross = np.sum((seen.statistics.C @ D) * (A @ B))
        assert alone == pytest.approx(promised + cross, rel=1e-9)
        assert fall(net, appended("both", seen, A, B, D=D), X, y) == pytest.approx(gain + alone, rel=1e-3)
        assert fall(net, appended("alone", seen, A, B), X, y) == pytest.approx(alone, rel=1e-3)
        off.append(((gain + promised) / (gain + alone) - 1, promised / alone - 1))
    both, alone = np.array(off).T
    assert (both.max(), both.min()) == pytest.approx((0.26, -0.14), abs=0.01)  # 26 % too large to 14 % too small
    assert alone.max() == pytest.approx(0.92, abs=0.01)  # without D: nearly twice


def test_its_gradmax_settings_promise_a_fall_where_nothing_changes():
    """alpha_zero: A = 0 keeps the function, and `new_neurons_fo_improvement` still gives act'(0) sum s, by which layers are ranked."""
    net, X, y = trained(0)
    seen = look(net, 0, X, y, "mse")
    _, s, V = np.linalg.svd(seen.statistics.M, full_matrices=False)
    assert s[:2].sum() > 0.01
    assert fall(net, appended("gradmax", seen, np.zeros((13, 2)), V[:2]), X, y) == 0


def test_its_slope_of_relu_is_from_the_right_only():
    """`activation_gradient` "at 0+" is 1 for ReLU, but half of the samples see the other side: promised 1.4 to 3.6 times too much."""
    times = []
    for seed in range(10):
        net, X, y = trained(seed, "relu", 0)
        seen = look(net, 0, X, y, "mse")
        A, B, s = tiny(seen.block.X, seen.block.G, 2)
        for sign in product(
            (1, -1), repeat=2
        ):  # a pair of singular vectors has two, and which one comes is up to LAPACK
            times.append(np.sum(s**2) / fall(net, appended("free", seen, A * sign, (B.T * sign).T), X, y))
    assert (min(times), max(times)) == pytest.approx((1.39, 3.58), abs=0.02)


def test_its_threshold_has_units_and_ours_has_not():
    """`eigenvalues > 1e-6` of S: with inputs in units 1e4 times as large only the bias is left; our fit stays."""
    net, X, y = trained(0)
    b = look(net, 0, X, y, "mse").block
    small = b.X * np.r_[np.full(12, 1e-4), 1.0]
    kept, fits, ours = [], [], []
    for x in (b.X, small):
        S = x.T @ x / len(x)
        values, vectors = np.linalg.eigh(S)
        there = values > 1e-6
        root = (vectors[:, there] / np.sqrt(values[there])) @ vectors[:, there].T
        kept.append(int(there.sum()))
        fits.append(np.linalg.svd(root @ x.T @ b.G / len(x), compute_uv=False)[0])
        ours.append(np.linalg.svd(inverse_root(S) @ x.T @ b.G / len(x), compute_uv=False)[0])
    assert kept == [13, 1]
    assert fits[1] < 0.2 * fits[0]
    assert ours[1] == pytest.approx(ours[0], rel=1e-6)
