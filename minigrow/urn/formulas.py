"""Forward and gradient of the unstructured recursive network, beside the paper.

Legend, used in all files of this package: S neurons in one pool, the first d inputs x, then H hidden ones h, the last k
outputs y (S = d + H + k); W (S, S) one weight matrix, row = to, column = from; c (S) biases; I iterations; X (n, d);
p_i the position of neuron i. Weights into inputs and out of outputs are zero, so W and c are six blocks:

    W = [ 0     0     0 ]          n_0 = [x, 0, 0]        n_{t+1} = act(W n_t + c), inputs kept at x
        [ W_hx  W_hh  0 ]          output = (W n_{I-1} + c) on the outputs, without act
        [ W_yx  W_yh  0 ]

Written out, with h_0 = 0 and t = 1..I (h_I is never needed):

    h_t = act(W_hx x + c_h + W_hh h_{t-1})      y_t = W_yx x + c_y + W_yh h_{t-1}      output = y_I
    L = task(y_I) + time sum_{t=2}^{I} (t - 1) mean_n |a_t - a_{t-1}|^2,      a_t = [h_t, y_t] (a_I = y_I)

Backwards, from t = I to 1: dy_t and dh_t start as the partial derivatives of L as written above by y_t and h_t; dh_t then
adds what flows back from step t + 1; dz_t = act'(h_t) dh_t:

    dW_yh += dy_t' h_{t-1}     dh_{t-1} += dy_t W_yh + dz_t W_hh     dW_hh += dz_t' h_{t-1}
    dW_yx += dy_t' x           dW_hx += dz_t' x                      dc_y += sum dy_t     dc_h += sum dz_t

Source: S. Golkar, "Emergent Structures and Lifetime Structure Evolution in Artificial Neural Networks", arXiv 1911.11691.
The pool, the one matrix, the embedding of inputs and the read-out are the source's. That inputs stay clamped, that
outputs feed nothing, the biases, act and the form of the time term are our reading.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from minigrow.nn.activations import ACTIVATIONS
from minigrow.nn.losses import LOSSES
from minigrow.nn.params import views

SLOPES: dict[str, Callable[[np.ndarray], np.ndarray]] = {  # act'(z) written with h = act(z)
    "tanh": lambda h: 1 - h * h,
    "relu": lambda h: (h.real > 0).astype(h.dtype),
}


def forward(net: Any, X: np.ndarray) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Return hidden states [h_0, ..., h_{I-1}], each (n, H), and read-outs [y_1, ..., y_I], each (n, k).

    >>> from minigrow.urn import Network
    >>> h, y = forward(Network.create(2, 1, size=8, iterations=3, rng=0), np.ones((5, 2)))
    >>> len(h), len(y), h[0].shape
    (3, 3, (5, 5))
    """
    p, act = net.params, ACTIVATIONS[net.activation].f
    to_h, to_y = X @ p["Whx"].T + p["ch"], X @ p["Wyx"].T + p["cy"]
    h, y = [np.zeros_like(to_h)], []
    for _ in range(net.iterations):
        y.append(to_y + h[-1] @ p["Wyh"].T)
        h.append(act(to_h + h[-1] @ p["Whh"].T))
    return h[:-1], y


def late_activity(h: list[np.ndarray], y: list[np.ndarray]) -> tuple[float, list[np.ndarray], list[np.ndarray]]:
    """Return sum_{t=2}^{I} (t - 1) mean_n |a_t - a_{t-1}|^2 (a scalar) and its derivatives by each h_t and y_t.

    `h` holds h_0..h_{I-1}, `y` holds y_1..y_I. The start h_0 = 0 is not counted, so the first change of h is that from h_1 to h_2.

    >>> late_activity([np.zeros((1, 1))] * 2, [np.array([[1.0]]), np.array([[3.0]])])[0]
    4.0
    """
    value_h, dh = _late(h[1:])
    value_y, dy = _late(y)
    return value_h + value_y, [np.zeros_like(h[0]), *dh], dy


def _late(a):
    total, da = 0.0, [np.zeros_like(v) for v in a]
    for t in range(1, len(a)):
        step = a[t] - a[t - 1]
        total = total + t * np.sum(step * step) / len(step)
        da[t] += 2 * t / len(step) * step
        da[t - 1] -= 2 * t / len(step) * step
    return total if np.iscomplexobj(total) else float(total), da


def gradient(net: Any, X: np.ndarray, y: np.ndarray, loss: str, time: float = 0.0) -> tuple[float, np.ndarray]:
    """Return the loss (a scalar) and dL/dtheta (P,); the formulas are at the top of this file.

    >>> from minigrow.urn import Network
    >>> value, g = gradient(Network.create(2, 2, size=6, rng=0), np.ones((5, 2)), np.array([0, 1, 0, 1, 0]), "softmax")
    >>> g.shape
    (20,)
    """
    (h, ys), p, slope = forward(net, X), net.params, SLOPES[net.activation]
    value, g = LOSSES[loss](ys[-1], y)
    late, dh, dy = late_activity(h, ys)
    dh, dy = [time * v for v in dh], [time * v for v in dy]
    dy[-1] = dy[-1] + g
    out = np.zeros_like(net.theta)
    d = views(out, net.shapes)
    for t in range(net.iterations, 0, -1):
        d["Wyh"] += dy[t - 1].T @ h[t - 1]
        d["Wyx"] += dy[t - 1].T @ X
        d["cy"] += dy[t - 1].sum(axis=0)
        dh[t - 1] = dh[t - 1] + dy[t - 1] @ p["Wyh"]
        if t < net.iterations:
            dz = slope(h[t]) * dh[t]
            d["Whh"] += dz.T @ h[t - 1]
            d["Whx"] += dz.T @ X
            d["ch"] += dz.sum(axis=0)
            dh[t - 1] = dh[t - 1] + dz @ p["Whh"]
    return value + time * late, out
