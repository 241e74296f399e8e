"""Forward and backward through one chunk and the update, compiled; the readable twins are in `formulas` and `minigrow.nn.wrappers`.

Neurons lie along the last axis of every array, side by side and padded with zeros to a multiple of LANES, so that each
inner loop runs over neighbours and uses vector instructions. Padding stays zero through every formula: a zero weight has
gradient zero and step zero. All arrays live in one `Room`, set aside once, so a cycle allocates nothing.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from minigrow.nn.kernels import rmsprop_entry, softmax_row, tanh_rows

LANES = 8
FLAGS = {"cache": True, "error_model": "numpy", "nogil": True}
compiled = njit(**FLAGS)
reordered = njit(**FLAGS, fastmath={"reassoc"})  # lets one sum be split over the lanes of a vector


class Numbers(NamedTuple):
    """The update's numbers: eta, the share `fresh` of new information in s, eps, clip, the pull, an L1 price in the loss."""

    rate: float
    fresh: float
    eps: float
    clip: float
    pull: float
    price: float


class Room(NamedTuple):
    """Memory for up to C neurons (C: the most there may be, padded), V symbols, T steps.

    E (2 V + 1, C) holds what neurons exchange with the outside: Wxh' in rows 0..V-1, Why in V..2V-1, bh in the last;
    W (C, C) is Whh, Wt its transpose, by (V,). m.. are memories, g.. gradients. hs (T + 1, C) are the states, the one
    before the chunk first; dz (T, C) and dy (T, V) are the gradients of pre-activations and logits, dh and r (C,) scratch
    and outgoing norms, marks (C,) the numbers of neurons.
    """

    E: np.ndarray
    W: np.ndarray
    by: np.ndarray
    mE: np.ndarray
    mW: np.ndarray
    mby: np.ndarray
    gE: np.ndarray
    gW: np.ndarray
    gby: np.ndarray
    Wt: np.ndarray
    hs: np.ndarray
    dz: np.ndarray
    dy: np.ndarray
    dh: np.ndarray
    r: np.ndarray
    marks: np.ndarray


def room(most: int, V: int, T: int) -> Room:
    """Set memory aside for `most` neurons, V symbols and T steps, all zero.

    >>> room(3, 4, 40).E.shape
    (9, 16)
    """
    C = padded(most) + LANES
    E, W, by = (2 * V + 1, C), (C, C), (V,)
    shapes = [E, W, by] * 3 + [W, (T + 1, C), (T, C), (T, V), (C,), (C,)]
    return Room(*(np.zeros(shape) for shape in shapes), np.zeros(C, np.int64))


@compiled
def padded(H):
    """Round a number of neurons up to whole vectors."""
    return (H + LANES - 1) // LANES * LANES


@compiled
def accumulate(out, w, rows, n, P):
    """out += sum over i < n of w[i] rows[i], on the first P entries, in the order of i; eight rows at a time."""
    whole = n // 8 * 8
    for i in range(0, whole, 8):
        w0, w1, w2, w3, w4, w5, w6, w7 = w[i], w[i + 1], w[i + 2], w[i + 3], w[i + 4], w[i + 5], w[i + 6], w[i + 7]
        for j in range(P):
            s = out[j] + w0 * rows[i, j] + w1 * rows[i + 1, j] + w2 * rows[i + 2, j] + w3 * rows[i + 3, j]
            s = s + w4 * rows[i + 4, j] + w5 * rows[i + 5, j] + w6 * rows[i + 6, j] + w7 * rows[i + 7, j]
            out[j] = s
    for i in range(whole, n):
        w0 = w[i]
        for j in range(P):
            out[j] += w0 * rows[i, j]


@reordered
def dot(a, b, P):
    """Return the sum of a[j] b[j] over the first P entries."""
    s = 0.0
    for j in range(P):
        s += a[j] * b[j]
    return s


@compiled
def forward(q, H, x, y):
    """Fill hs and dy = p - onehot(y) for symbols x, y (T,), starting from hs[0]; return the loss of the chunk."""
    V, P = q.by.size, padded(H)
    for i in range(H):
        for j in range(H):
            q.Wt[i, j] = q.W[j, i]
    for t in range(x.size):
        z = q.hs[t + 1]
        for j in range(P):
            z[j] = q.E[x[t], j] + q.E[2 * V, j]
        accumulate(z, q.hs[t], q.Wt, H, P)
        tanh_rows(z[:P], q.marks[:P])
    loss = 0.0
    for t in range(x.size):
        for k in range(V):
            q.dy[t, k] = q.by[k] + dot(q.E[V + k], q.hs[t + 1], P)
        loss += softmax_row(q.dy[t], y[t], 1, q.dy[t])
    return loss


@compiled
def backward(q, H, x):
    """Fill the gradients from the hs and dy of a chunk with symbols x (T,)."""
    V, P, T, dh = q.by.size, padded(H), x.size, q.dh
    Y = q.E[V:]
    dh[:P] = 0
    for t in range(T - 1, -1, -1):
        accumulate(dh, q.dy[t], Y, V, P)
        for j in range(P):
            q.dz[t, j] = (1.0 - q.hs[t + 1, j] * q.hs[t + 1, j]) * dh[j]
            dh[j] = 0.0
        accumulate(dh, q.dz[t], q.W, H, P)
    q.gE[:, :P] = 0
    for t in range(T):
        for j in range(P):
            q.gE[x[t], j] += q.dz[t, j]
            q.gE[2 * V, j] += q.dz[t, j]
    for k in range(V):
        q.gby[k] = 0.0
        for t in range(T):
            q.gby[k] += q.dy[t, k]
        accumulate(q.gE[V + k], q.dy[:, k], q.hs[1:], T, P)
    for j in range(H):
        q.gW[j, :P] = 0
        accumulate(q.gW[j], q.dz[:, j], q.hs, T, P)


@compiled
def step(w, m, g, n, c):
    """RMSProp on the first n entries; c holds `Numbers`."""
    for j in range(n):
        m[j], change = rmsprop_entry(m[j], g[j], c.rate, c.fresh, c.eps, c.clip)
        w[j] -= change


@compiled
def towards_zero(out, w, n, amount):
    """out -= amount sign(w), on the first n entries."""
    for j in range(n):
        out[j] -= amount if w[j] > 0 else (-amount if w[j] < 0 else 0.0)


@compiled
def pulled_rmsprop(w, m, g, n, c):
    """RMSProp on the first n entries, then the L1 pull; c holds `Numbers`."""
    if c.price > 0:
        towards_zero(g, w, n, -c.price)
    step(w, m, g, n, c)
    towards_zero(w, w, n, c.pull)


@compiled
def update(q, H, c):
    """RMSProp on everything, with the L1 pull on Why and Whh; c holds `Numbers`."""
    V, P = q.by.size, padded(H)
    for k in range(V):
        step(q.E[k], q.mE[k], q.gE[k], P, c)
        pulled_rmsprop(q.E[V + k], q.mE[V + k], q.gE[V + k], P, c)
    step(q.E[2 * V], q.mE[2 * V], q.gE[2 * V], P, c)
    step(q.by, q.mby, q.gby, V, c)
    for j in range(H):
        pulled_rmsprop(q.W[j], q.mW[j], q.gW[j], P, c)
