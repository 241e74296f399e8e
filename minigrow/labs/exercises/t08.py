"""Checks of tutorial 8, new neurons' weights: NeST by hand, what TINY promises, a rule of one's own."""

from __future__ import annotations

import numpy as np

from minigrow.addition import apply, look
from minigrow.growth import Plan, start, train
from minigrow.labs.checking import exercise, need
from minigrow.labs.values import array, called, near, number, several
from minigrow.nn import MLP, Adam
from minigrow.nn.losses import LOSSES


@exercise(
    "08.1",
    "nest(M)",
    "Return A (d+1, 1) and B (1, p) of the new neuron that connects input i with output j where |M_ij| is largest, with A_i = 1 or -1\n"
    "and B_j = 1, and the fall of the loss over alpha^2 that it promises, <M, AB>.",
)
def nest(answer, rng):
    """One weight in, one weight out, the sign, and the slope."""
    rows, columns = rng.integers(3, 9, size=2)
    M = rng.standard_normal((rows, columns))
    A, B, slope = several(called(answer, M), "A", "B", "slope")
    A, B, slope = array(A, (rows, 1), "A"), array(B, (1, columns), "B"), number(slope, "the slope")
    i, j = np.unravel_index(np.argmax(np.abs(M)), M.shape)
    for name, vector, place in (("A", A.ravel(), i), ("B", B.ravel(), j)):
        there = np.flatnonzero(vector)
        came = f"entries {there.tolist()} of {name} are not zero"
        hint = "np.abs before np.argmax; np.unravel_index(..., M.shape) gives row and column"
        need(there.tolist() == [place], f"only entry {place} of {name} is not zero", came, hint)
        need(abs(abs(vector[place]) - 1) < 1e-9, f"that entry of {name} is 1 or -1", f"{vector[place]:.3f}", "r = 1")
    fall = np.sum(M * (A @ B))
    need(fall > 0, "the loss falls: <M, AB> is positive", f"{fall:.4f}", f"M_ij = {M[i, j]:.3f}: the sign of A_i")
    need(abs(slope - fall) < 1e-9, f"the promise is <M, AB> = {fall:.4f}", f"{slope:.4f}", "A_i M_ij B_j")


def _tiny(X, G, H, k):
    """A, B of TINY's k neurons, its singular values, and M, from the samples."""
    n = len(X)
    S, M, C = X.T @ X / n, X.T @ G / n, X.T @ H / n
    values, vectors = np.linalg.eigh(S)
    P = vectors / np.sqrt(values) @ vectors.T
    U, s, V = np.linalg.svd(P @ (M - C @ np.linalg.lstsq(H, G, rcond=None)[0]), full_matrices=False)
    return P @ U[:, :k] * np.sqrt(s[:k]), np.sqrt(s[:k])[:, None] * V[:k], s[:k], M


@exercise(
    "08.2",
    "sums(X, G, H, k)",
    "For TINY's k new neurons return the sum of sigma^2 that the library reports, and <M, AB>, the fall of the loss over alpha^2.\n"
    "X (n, d+1) with its column of ones, G (n, p), H (n, h+1) are the samples; H = 0 makes it tiny_free, for which both agree.",
)
def sums(answer, rng):
    """Both numbers, and that they agree where the old neurons can do nothing."""
    n, k = 80, int(rng.integers(1, 4))
    X, G = np.hstack([rng.standard_normal((n, 5)), np.ones((n, 1))]), rng.standard_normal((n, 4))
    H = np.hstack([np.tanh(X @ rng.standard_normal((6, 3))), np.ones((n, 1))])
    for some, where in ((H, "tiny"), (0 * H, "tiny_free, H = 0")):
        total, fall = several(called(answer, X, G, some, k), "sum of sigma^2", "<M, AB>")
        total, fall = number(total, "the sum of sigma^2"), number(fall, "<M, AB>")
        A, B, s, M = _tiny(X, G, some, k)
        wanted, falls = np.sum(s**2), np.sum(M * (A @ B))
        swapped = near(total, falls) and near(fall, wanted)
        hint = (
            "the order: first the sum of sigma^2, then <M, AB>"
            if swapped
            else "the k largest sigma of S^(-1/2) N, N = M - C D, squared"
        )
        if near(total, s.sum()):
            hint = "the sum of the squares of sigma"
        need(near(total, wanted, 1e-7), f"the sum of sigma^2 is {wanted:.5f} ({where}, k = {k})", f"{total:.5f}", hint)
        hint = (
            "that is <N, AB>; the loss falls by <M, AB>"
            if near(fall, wanted, 1e-7)
            else "A = S^(-1/2) U sqrt(sigma), B = sqrt(sigma) V', and M = X^T G / n"
        )
        need(near(fall, falls, 1e-7), f"<M, AB> is {falls:.5f} ({where}, k = {k})", f"{fall:.5f}", hint)


@exercise(
    "08.3",
    "mine(seen, k, rng)",
    'Return appended("mine", seen, A, B), a proposal of k neurons by a rule of your own: A (d+1, k), B (k, p). Drawn from rng alone;\n'
    "not stuck (zeros on both sides of a neuron); and, carried out, it keeps the function or makes the loss on `seen` fall.",
    cases=8,
)
def mine(answer, rng):
    """Shapes, the same for the same rng, not stuck, and silent or downhill."""
    X, k, seed = rng.standard_normal((120, 6)), int(rng.integers(1, 4)), int(rng.integers(2**31))
    y = np.argmax(np.tanh(X @ rng.standard_normal((6, 12))) @ rng.standard_normal((12, 4)), axis=1)
    young = start(MLP.create([6, 5, 4], rng=rng), Adam(1e-2), rng=rng)
    net = train(young, X, y, Plan(steps=200, batch=None, quiet=True)).net
    seen = look(net, 0, X, y)
    first, again = (answer(seen, k, np.random.default_rng(seed)) for _ in range(2))
    rule = "it returns a proposal"
    need(hasattr(first, "A") and hasattr(first, "B"), rule, type(first).__name__, 'return appended("mine", seen, A, B)')
    A, B = array(first.A, (7, k), "A"), array(first.B, (k, 4), "B")
    same = near(again.A, A, 1e-12) and near(again.B, B, 1e-12)
    need(same, "the same rng gives the same neurons", "others", "draw from rng, not from np.random")
    stuck = [i for i in range(k) if not A[:, i].any() and not B[i].any()]
    came = f"neuron {stuck[:1]} has zeros on both sides"
    need(not stuck, "every new neuron can learn", came, "its gradient is zero on both sides, now and for ever")
    before, after = (LOSSES["softmax"](each(X), y)[0] for each in (net, apply(net, 0, first)[0]))
    hint = "is B, the fan-out, fitted to what is wanted (G, or R = G - H D), and with its sign? Or make it smaller."
    came = f"it goes from {before:.4f} to {after:.4f}"
    need(after <= before + 1e-12, "the loss falls, or stays where the function is kept", came, hint)
