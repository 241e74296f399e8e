"""The fast twin of `paths.path_gradient`: the same recursion on memory set aside once, one product for all iterations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from minigrow.nn.spaces import entries
from minigrow.urn.fast.workspace import blocks


def bind(net: Any) -> Callable[[], np.ndarray]:
    """Return f() -> dP/d|theta| (P,), always the same memory; it reads the network's theta anew at every call.

    >>> from minigrow.urn import Network
    >>> from minigrow.urn.paths import path_gradient
    >>> net = Network.create(2, 1, size=8, rng=0)
    >>> np.allclose(bind(net)(), path_gradient(net))
    True
    """
    d, H, k = net.widths
    size, G, last = np.empty_like(net.theta), np.zeros_like(net.theta), net.iterations - 1
    W, dW = blocks(net, size), blocks(net, G)
    weights, priced = net.theta[: entries(net, net.priced)], size[: entries(net, net.priced)]
    q, r = (np.zeros((net.iterations, H), net.theta.dtype) for _ in range(2))  # q_t and r_t in row t; q_0 = 0
    ones, column = np.ones(max(d, k), net.theta.dtype), np.empty(H, net.theta.dtype)
    dW.X[H:] = 1

    def gradient() -> np.ndarray:
        np.abs(weights, out=priced)
        if last:
            np.matmul(W.X[:H], ones[:d], out=column)
            q[1] = column
            np.matmul(ones[:k], W.yh, out=r[last])
            for t in range(2, last + 1):
                np.matmul(W.hh, q[t - 1], out=q[t])
                np.add(q[t], column, out=q[t])
                np.matmul(r[last - t + 2], W.hh, out=r[last - t + 1])
            np.matmul(r[2:].T, q[1:last], out=dW.hh)
            dW.X[:H] = np.add.reduce(r[1:], axis=0)[:, None]
        dW.yh[...] = q[last]
        return G

    return gradient
