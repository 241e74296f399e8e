"""The fast gradient: the formulas of `formulas.gradient` on memory set aside once for each batch size, products in BLAS.

What the inputs contribute is the same at every iteration, so it is computed once: A = X [W_hx; W_yx]' + c. The products
dW = sum_t dz_t' h_{t-1} become one product over all iterations at once.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from minigrow.nn.kernels import softmax_loss
from minigrow.nn.losses import LOSSES


class Room(NamedTuple):
    """Arrays for a batch: A (n, H + k); h, dh (I - 1, n, H) from h_1 on; y, dy (I, n, k); spare (n, H); B (n, H + k) sums of dz, dy."""

    A: np.ndarray
    h: np.ndarray
    dh: np.ndarray
    y: np.ndarray
    dy: np.ndarray
    spare: np.ndarray
    B: np.ndarray


def room(net: Any, n: int) -> Room:
    """Set memory aside for a batch of n samples.

    >>> from minigrow.urn import Network
    >>> room(Network.create(2, 1, size=8, iterations=3, rng=0), 5).h.shape
    (2, 5, 5)
    """
    H, k, t = net.hidden, net.outputs, net.iterations
    shapes = ((n, H + k), (t - 1, n, H), (t - 1, n, H), (t, n, k), (t, n, k), (n, H), (n, H + k))
    return Room(*(np.zeros(shape, net.theta.dtype) for shape in shapes))


class Blocks(NamedTuple):
    """Windows on a theta-like vector: X (H + k, d) from inputs, hh (H, H), yh (k, H), c (H + k,)."""

    X: np.ndarray
    hh: np.ndarray
    yh: np.ndarray
    c: np.ndarray


def blocks(net: Any, theta: np.ndarray) -> Blocks:
    """Cut theta (P,), or a gradient (P,), into the four matrices that the fast path multiplies with.

    >>> from minigrow.urn import Network
    >>> net = Network.create(2, 1, size=8, rng=0)
    >>> blocks(net, net.theta).X.shape
    (6, 2)
    """
    d, H, k = net.widths
    first, second = (H + k) * d, (H + k) * (d + H)
    Wh = theta[first:second].reshape(H + k, H)
    return Blocks(theta[:first].reshape(H + k, d), Wh[:H], Wh[H:], theta[second:])


def bind(net: Any, g: np.ndarray, loss: str = "softmax", time: float = 0.0) -> Callable:
    """Return f(X, y) -> loss that writes dL/dtheta into g (P,); X (n, d) must have the network's float type.

    It reads the network's theta anew at every call, so an optimiser may update it in between.

    >>> from minigrow.urn import Network
    >>> net = Network.create(2, 1, size=8, rng=0)
    >>> g, X, y = np.empty_like(net.theta), np.eye(2), np.ones((2, 1))
    >>> value = bind(net, g, "mse", time=0.1)(X, y)
    >>> np.allclose(g, net.gradient(X, y, "mse", time=0.1)[1])
    True
    """
    W, dW, rooms = blocks(net, net.theta), blocks(net, g), {}
    judge = _judge(loss)

    def step(X: np.ndarray, y: np.ndarray) -> float:
        r = rooms.get(len(X))
        if r is None:
            r = rooms[len(X)] = room(net, len(X))
        _forward(net, W, X, r, time)
        if time:
            late = _late(r.h, r.dh, time) + _late(r.y, r.dy, time)
        value = judge(r.y[-1], y, r.dy[-1], bool(time))
        _backward(net, W, X, r, time)
        _collect(net, dW, X, r, time)
        return value + late if time else value

    return step


def _judge(loss):
    """Return a function that compares the output p (n, k) with y: it returns the loss and adds or writes its derivative."""

    def general(p, y, out, add):
        value, gradient = LOSSES[loss](p, y)
        out[...] = out + gradient if add else gradient
        return value

    def squared(p, y, out, add):
        error = p - y
        value = float(np.vdot(error, error)) / error.size
        error *= 2 / error.size
        np.add(out, error, out=out) if add else np.copyto(out, error)
        return value

    def softmax(p, y, out, add):
        if add:
            return general(p, y, out, add)
        return softmax_loss(p, y, out)

    return {"mse": squared, "softmax": softmax}.get(loss, general)


def _activate(net, Z):
    np.tanh(Z, out=Z) if net.activation == "tanh" else np.maximum(Z, 0, out=Z)


def _forward(net, W, X, r, time):
    H, last = net.hidden, net.iterations - 1
    np.matmul(X, W.X.T, out=r.A)
    np.add(r.A, W.c, out=r.A)
    for t in range(last):
        if t:
            np.matmul(r.h[t - 1], W.hh.T, out=r.h[t])
            np.add(r.h[t], r.A[:, :H], out=r.h[t])
        else:
            r.h[0][...] = r.A[:, :H]
        _activate(net, r.h[t])
    r.y[0 if time else last][...] = r.A[:, H:]
    if last:
        first = 0 if time else last - 1
        np.matmul(r.h[first:], W.yh.T, out=r.y[first + 1 :])
        np.add(r.y[first + 1 :], r.A[:, H:], out=r.y[first + 1 :])


def _late(a, da, time):
    """Write time times the derivatives of the late activity of a (T, n, .) into da, and return the term's value."""
    da[...] = 0
    step = a[1:] - a[:-1]
    t = np.arange(1, len(a), dtype=a.dtype)[:, None, None]
    scaled = step * (2 * time / a.shape[1]) * t
    da[1:] += scaled
    da[:-1] -= scaled
    return 0.5 * float(np.vdot(scaled, step))


def _backward(net, W, X, r, time):
    """Write dz_t into dh, for t = I - 1 .. 1."""
    for t in range(net.iterations - 2, -1, -1):
        last = t == net.iterations - 2
        if time:
            r.dh[t] += r.dy[t + 1] @ W.yh
        elif last:
            np.matmul(r.dy[-1], W.yh, out=r.dh[t])
        if not last:
            np.matmul(r.dh[t + 1], W.hh, out=r.spare if time else r.dh[t])
            if time:
                np.add(r.dh[t], r.spare, out=r.dh[t])
        _slope(net, r.h[t], r.dh[t], r.spare)


def _slope(net, h, dh, spare):
    """Multiply dh by act'(h) in place."""
    if net.activation == "tanh":
        np.multiply(h, h, out=spare)
        np.multiply(spare, dh, out=spare)
        np.subtract(dh, spare, out=dh)
    else:
        np.multiply(dh, h > 0, out=dh)


def _collect(net, dW, X, r, time):
    """Write the six gradients into dW, from dz and dy of all iterations."""
    H, last = net.hidden, net.iterations - 1
    first = 0 if time else max(last - 1, 0)
    if last:
        np.matmul(_rows(r.dy[first + 1 :]).T, _rows(r.h[first:]), out=dW.yh)
        np.matmul(_rows(r.dh[1:]).T, _rows(r.h[:-1]), out=dW.hh)
        np.add.reduce(r.dh, axis=0, out=r.B[:, :H])
    else:
        dW.yh[...], dW.hh[...], r.B[:, :H] = 0, 0, 0
    r.B[:, H:] = np.add.reduce(r.dy, axis=0) if time else r.dy[-1]
    np.matmul(r.B.T, X, out=dW.X)
    np.add.reduce(r.B, axis=0, out=dW.c)


def _rows(a):
    return a.reshape(math.prod(a.shape[:-1]), a.shape[-1])  # -1 cannot be found where there are no hidden neurons
