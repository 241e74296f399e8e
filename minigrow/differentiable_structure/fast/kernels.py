"""Forward and backward through one chunk and the update, compiled; the readable twins are in `formulas` and `minigrow.nn.wrappers`.

Neurons lie along the last axis of every array, side by side and padded with zeros to a multiple of LANES, so that each
inner loop runs over neighbours and uses vector instructions. Padding stays zero through every formula: a zero weight has
gradient zero and step zero. All arrays live in one `Room`, set aside once, so a cycle allocates nothing.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from minigrow.nn.compiler import njit
from minigrow.nn.kernels import adagrad_entry, rmsprop_entry, softmax_row, tanh_rows

LANES = 8
FLAGS = {"cache": True, "error_model": "numpy", "nogil": True}
compiled = njit(**FLAGS)
reordered = njit(**FLAGS, fastmath={"reassoc"})  # lets one sum be split over the lanes of a vector


class Numbers(NamedTuple):
    """The update's numbers: eta, the share `fresh` of new information in s (0: Adagrad, which adds all), eps, clip, the pull, an L1
    price in the loss, the limit of gradients, the floor of multipliers; and the path that these are on: 0 none, 1 output, 2 all.
    """

    rate: float
    fresh: float
    eps: float
    clip: float
    pull: float
    price: float
    limit: float
    floor: float
    path: int


class Room(NamedTuple):
    """Memory for up to C neurons (C: the most there may be, padded), V symbols, T steps.

    E (2 V + 1, C) holds what neurons exchange with the outside: Wxh' in rows 0..V-1, Why in V..2V-1, bh in the last;
    W (C, C) is Whh, by (V,), M (C,) the multipliers. m.. are memories, g.. gradients. Wt (C, C) and F (V, C) are what is sent: Whh' and
    Why times the multipliers. hs (T + 1, C) are the states, the one
    before the chunk first; dz (T, C) and dy (T, V) are the gradients of pre-activations and logits, dh and r (C,) scratch
    and outgoing norms, marks (C,) the numbers of neurons.
    """

    E: np.ndarray
    W: np.ndarray
    by: np.ndarray
    M: np.ndarray
    mE: np.ndarray
    mW: np.ndarray
    mby: np.ndarray
    mM: np.ndarray
    gE: np.ndarray
    gW: np.ndarray
    gby: np.ndarray
    gM: np.ndarray
    Wt: np.ndarray
    F: np.ndarray
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
    E, W, by, M = (2 * V + 1, C), (C, C), (V,), (C,)
    shapes = [E, W, by, M] * 3 + [W, (V, C), (T + 1, C), (T, C), (T, V), M, M]
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
def sent(q, H, path):
    """Fill Wt and F: what neurons send, Whh' and Why, times the multipliers that are on their path."""
    V = q.by.size
    for i in range(H):
        m = q.M[i] if path == 2 else 1.0
        for j in range(H):
            q.Wt[i, j] = m * q.W[j, i]
    for k in range(V):
        for i in range(padded(H)):
            q.F[k, i] = q.E[V + k, i] if path == 0 else q.M[i] * q.E[V + k, i]


@compiled
def forward(q, H, x, y, path):
    """Fill hs and dy = p - onehot(y) for symbols x, y (T,), starting from hs[0]; return the loss of the chunk."""
    V, P = q.by.size, padded(H)
    sent(q, H, path)
    for t in range(x.size):
        z = q.hs[t + 1]
        for j in range(P):
            z[j] = q.E[x[t], j] + q.E[2 * V, j]
        accumulate(z, q.hs[t], q.Wt, H, P)
        tanh_rows(z[:P], q.marks[:P])
    loss = 0.0
    for t in range(x.size):
        for k in range(V):
            q.dy[t, k] = q.by[k] + dot(q.F[k], q.hs[t + 1], P)
        loss += softmax_row(q.dy[t], y[t], 1, q.dy[t])
    return loss


@compiled
def backward(q, H, x, path):
    """Fill the gradients from the hs and dy of a chunk with symbols x (T,)."""
    V, P, T, dh = q.by.size, padded(H), x.size, q.dh
    dh[:P] = 0
    for t in range(T - 1, -1, -1):
        accumulate(dh, q.dy[t], q.F, V, P)
        for j in range(P):
            q.dz[t, j] = (1.0 - q.hs[t + 1, j] * q.hs[t + 1, j]) * dh[j]
            dh[j] = 0.0
        accumulate(dh, q.dz[t], q.W, H, P)
        for j in range(P if path == 2 else 0):
            dh[j] *= q.M[j]
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
    if path > 0:
        multiplied(q, H, path)


@compiled
def multiplied(q, H, path):
    """Take the gradients of effective weights one step on: dm_i = sum dV[k, i] V[k, i], then dV <- dV diag(m)."""
    V, P = q.by.size, padded(H)
    q.gM[:P] = 0
    for k in range(V, 2 * V):
        through(q.gM, q.gE[k], q.E[k], q.M, P)
    for j in range(H if path == 2 else 0):
        through(q.gM, q.gW[j], q.W[j], q.M, P)


@compiled
def through(gM, g, w, m, P):
    """gM += g w; g *= m, on the first P entries."""
    for i in range(P):
        gM[i] += g[i] * w[i]
        g[i] *= m[i]


@compiled
def step(w, m, g, n, c):
    """RMSProp or Adagrad on the first n entries, with gradients clipped to the limit; c holds `Numbers`."""
    for j in range(n if c.limit < np.inf else 0):
        g[j] = min(max(g[j], -c.limit), c.limit)
    if c.fresh > 0:
        for j in range(n):
            m[j], change = rmsprop_entry(m[j], g[j], c.rate, c.fresh, c.eps, c.clip)
            w[j] -= change
    else:
        for j in range(n):
            m[j], change = adagrad_entry(m[j], g[j], c.rate, c.eps)
            w[j] -= change


@compiled
def towards_zero(out, w, n, amount):
    """out -= amount sign(w), on the first n entries."""
    for j in range(n):
        out[j] -= amount if w[j] > 0 else (-amount if w[j] < 0 else 0.0)


@compiled
def priced_step(w, m, g, n, c):
    """The L1 price, the step, then the pull and the floor, on the first n entries; c holds `Numbers`."""
    if c.price > 0:
        towards_zero(g, w, n, -c.price)
    step(w, m, g, n, c)
    if c.pull > 0:
        towards_zero(w, w, n, c.pull)
    for j in range(n if c.floor > 0 else 0):
        w[j] = max(w[j], c.floor)


@compiled
def outgoing_step(w, m, g, n, c):
    """The step of outgoing weights (n entries), which are priced unless multipliers are."""
    if c.path == 0:
        priced_step(w, m, g, n, c)
    else:
        step(w, m, g, n, c)


@compiled
def update(q, H, c):
    """Step everything; price, pull and floor act on the multipliers if there are some, else on Why and Whh. c holds `Numbers`."""
    V, P = q.by.size, padded(H)
    for k in range(V):
        step(q.E[k], q.mE[k], q.gE[k], P, c)
        outgoing_step(q.E[V + k], q.mE[V + k], q.gE[V + k], P, c)
    step(q.E[2 * V], q.mE[2 * V], q.gE[2 * V], P, c)
    step(q.by, q.mby, q.gby, V, c)
    for j in range(H):
        outgoing_step(q.W[j], q.mW[j], q.gW[j], P, c)
    if c.path > 0:
        priced_step(q.M, q.mM, q.gM, H, c)
