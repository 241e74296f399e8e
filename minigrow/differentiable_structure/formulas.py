"""Forward and gradient through time of the recurrent network, beside the paper.

Legend, used in all files of this package: H neurons, V symbols, T steps of a chunk; Wxh (H, V), Whh (H, H) [row = to,
column = from], Why (V, H), bh (H,), by (V,); x_t the symbol read, y_t the next one; h_t state (H,), p_t prediction (V,);
r (H,) outgoing norm, T_D threshold, k spares, P_add and P_del probabilities, A the pull; s the optimiser's memory.

    h_t = tanh(Wxh[:, x_t] + Whh h_{t-1} + bh)     p_t = softmax(Why h_t + by)     loss = - sum_t log p_t[y_t]

Backwards in time, with dy_t = p_t - onehot(y_t) and dz_{T+1} = 0 (truncated: nothing flows in from the next chunk):

    dh_t = Why' dy_t + Whh' dz_{t+1}          dz_t = (1 - h_t^2) dh_t
    dWhy = sum dy_t h_t'    dby = sum dy_t    dWhh = sum dz_t h_{t-1}'    dWxh[:, x_t] += dz_t    dbh = sum dz_t

Source: T. Miconi, "Neural networks with differentiable structure", arXiv 1606.06216, v3.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrow.nn.losses import softmax
from minigrow.nn.params import flatten


def states(net: Any, x: np.ndarray, h: np.ndarray) -> np.ndarray:
    """Return h_0 = h and all states after it (T + 1, H) for symbols x (T,).

    >>> from minigrow.differentiable_structure import Network
    >>> states(Network.create("ab", neurons=3, rng=0), np.array([0, 1]), np.zeros(3)).shape
    (3, 3)
    """
    p = net.params
    hs = np.empty((len(x) + 1, net.neurons), net.theta.dtype)
    hs[0] = h
    for t, symbol in enumerate(x):
        hs[t + 1] = np.tanh(p["Wxh"][:, symbol] + p["Whh"] @ hs[t] + p["bh"])
    return hs


def predictions(net: Any, h: np.ndarray) -> np.ndarray:
    """Return p (T, V), the softmax of Why h + by, for states h (T, H).

    >>> from minigrow.differentiable_structure import Network
    >>> predictions(Network.create("ab", rng=0), np.zeros((1, 1)))
    array([[0.5, 0.5]])
    """
    logits = h @ net.params["Why"].T + net.params["by"]
    return softmax(logits)


def gradient(net: Any, x: np.ndarray, y: np.ndarray, h: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    """Return the loss (nats, a scalar), dloss/dtheta (P,) and the last state (H,) for symbols x, y (T,) from state h (H,).

    >>> from minigrow.differentiable_structure import Network
    >>> net = Network.create("ab", neurons=3, rng=0)
    >>> loss, g, h = gradient(net, np.array([0, 1]), np.array([1, 0]), np.zeros(3))
    >>> round(loss, 3), g.shape, h.shape
    (1.386, (26,), (3,))
    """
    hs, T, p = states(net, x, h), len(x), net.params
    dy = predictions(net, hs[1:])
    loss = -np.log(dy[np.arange(T), y]).sum()
    dy[np.arange(T), y] -= 1
    dz = np.zeros((T + 1, net.neurons), net.theta.dtype)
    for t in range(T - 1, -1, -1):
        dz[t] = (1 - hs[t + 1] ** 2) * (p["Why"].T @ dy[t] + p["Whh"].T @ dz[t + 1])
    dz = dz[:T]
    dWxh = np.zeros(net.shapes["Wxh"], net.theta.dtype)
    np.add.at(dWxh.T, x, dz)
    g = flatten({"Wxh": dWxh, "Whh": dz.T @ hs[:T], "Why": dy.T @ hs[1:], "bh": dz.sum(axis=0), "by": dy.sum(axis=0)})
    return (complex(loss) if np.iscomplexobj(loss) else float(loss)), g, hs[T]
