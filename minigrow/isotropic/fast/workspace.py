"""The fast gradient: the formulas of `formulas.gradient` on memory that is set aside once for each batch size.

Matrix products go to BLAS with their results written in place; all else is four compiled passes (`kernels`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from minigrow.isotropic.fast import kernels
from minigrow.isotropic.formulas import penalty, profile
from minigrow.nn.kernels import softmax_loss
from minigrow.nn.losses import LOSSES
from minigrow.nn.params import views


class Buffers(NamedTuple):
    """For each layer l: Z, X (n, m_l), a and bend (n,), and g = dL/dz_l (n, m_l)."""

    Z: list[np.ndarray]
    X: list[np.ndarray]
    a: list[np.ndarray]
    bend: list[np.ndarray]
    g: list[np.ndarray]


def buffers(net: Any, n: int) -> Buffers:
    """Set memory aside for a batch of n samples; entry 0 of `a` is zeros (n,), the gain before the first layer.

    >>> from minigrow.isotropic import Network
    >>> buffers(Network.create([4, 3, 2], rng=0), 5).Z[0].shape
    (5, 3)
    """

    def room(*shape):
        return np.zeros(shape, net.theta.dtype)

    hidden, widths = net.widths[1:-1], net.widths[1:]
    return Buffers(
        [room(n, m) for m in widths],
        [room(n, m) for m in hidden],
        [room(n) for _ in range(net.layers)],
        [room(n) for _ in hidden],
        [room(n, m) for m in widths],
    )


def bind(net: Any, g: np.ndarray, loss: str = "softmax") -> Callable[[np.ndarray, np.ndarray], float]:
    """Return f(X, y) -> loss that writes dL/dtheta into g (P,); X (n, m_0) must have the network's float type.

    It reads the network's theta anew at every call, so an optimiser may update it in between.

    >>> from minigrow.isotropic import Network
    >>> net = Network.create([4, 3, 2], rng=0)
    >>> g = np.empty_like(net.theta)
    >>> value = bind(net, g)(np.ones((5, 4)), np.array([0, 1, 0, 1, 0]))
    >>> np.allclose(g, net.gradient(np.ones((5, 4)), np.array([0, 1, 0, 1, 0]))[1])
    True
    """
    grads, rooms = views(g, net.shapes), {}

    def step(X: np.ndarray, y: np.ndarray) -> float:
        if len(X) not in rooms:
            rooms[len(X)] = buffers(net, len(X))
        room = rooms[len(X)]
        _forward(net, X, room)
        if loss == "softmax":
            value = softmax_loss(room.Z[-1], y, room.g[-1])
        else:
            value, room.g[-1][...] = LOSSES[loss](room.Z[-1], y)
        _backward(net, X, room, grads)
        return value + penalty(net, grads)

    return step


def _forward(net, X, room):
    p, o, code = net.params, net.intrinsic, profile(net).code
    nothing = np.zeros(max(net.widths), X.dtype)
    for layer in range(1, net.layers + 1):
        Z = room.Z[layer - 1]
        np.matmul(X, p[f"W{layer}"].T, out=Z)
        psi = p[f"psi{layer - 1}"] if layer > 1 else nothing[: Z.shape[1]]
        if layer == net.layers:
            kernels.shift_rows(Z, p[f"b{layer}"], room.a[layer - 1], psi)
        else:
            X, a, bend = room.X[layer - 1], room.a[layer], room.bend[layer - 1]
            kernels.forward_rows(Z, p[f"b{layer}"], room.a[layer - 1], psi, o[layer - 1], code, X, a, bend)


def _backward(net, X, room, grads):
    p, o = net.params, net.intrinsic
    for layer in range(net.layers - 1, 0, -1):
        g, g_x = room.g[layer], room.g[layer - 1]
        np.matmul(g.T, room.X[layer - 1], out=grads[f"W{layer + 1}"])
        np.matmul(g, p[f"W{layer + 1}"], out=g_x)
        Z, a, bend, psi = room.Z[layer - 1], room.a[layer], room.bend[layer - 1], p[f"psi{layer}"]
        db, dpsi = grads[f"b{layer + 1}"], grads[f"psi{layer}"]
        grads["lambda"][layer - 1] = kernels.backward_rows(g, psi, Z, a, bend, o[layer - 1], g_x, db, dpsi)
    np.matmul(room.g[0].T, X, out=grads["W1"])
    kernels.column_sums(room.g[0], grads["b1"])
