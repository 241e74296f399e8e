"""The formulas of a network of areas: any acyclic graph of layers, each with weights to itself across time.

Legend: n batch, x the inputs, a and b areas, y the outputs, T steps, t = 1..T one of them; an edge a <- b has W_ab (m_a, m_b), an
area its biases b_a (m_a,) and, if T > 1, its recurrent weights R_a (m_a, m_a). The inputs are the same at every step, h^a_0 = 0:

    z^a_t = sum_b W_ab h^b_t + R_a h^a_{t-1} + b_a      h^a_t = tanh(z^a_t)      logits = sum_b W_yb h^b_T + b_y

Backwards, over t from T to 1 and over the areas from the last to the first; g = dL/dlogits, edges into y count at t = T only:

    dL/dh^b_t = sum_a W_ab' dz^a_t + R_b' dz^b_{t+1} (+ W_yb' g at T)      dz^a_t = (1 - (h^a_t)^2) dL/dh^a_t
    dW_ab = sum_t dz^a_t (h^b_t)'      dR_a = sum_t dz^a_t (h^a_{t-1})'      db_a = sum_t dz^a_t      dW_yb = g (h^b_T)'
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from minigrow.nn.losses import LOSSES
from minigrow.nn.params import views

Activity = Mapping[str, np.ndarray]


def forward(net: Any, X: np.ndarray) -> tuple[list[Activity], np.ndarray]:
    """Return what every area says at t = 0..T, each {area: h (n, m)} with x among them, and the logits (n, k) for X (n, d).

    >>> from minigrow.differentiable_structure.areas import Areas
    >>> h, logits = forward(Areas.create(4, 2, (3,), [("a1", "x"), ("y", "a1")], steps=2, rng=0), np.ones((5, 4)))
    >>> len(h), sorted(h[2]), logits.shape
    (3, ['a1', 'x'], (5, 2))
    """
    p, dtype = net.params, np.result_type(net.theta, X)
    h: list[Activity] = [{"x": X} | {a: np.zeros((len(X), net.sizes[a]), dtype) for a in net.living}]
    for _ in range(net.steps):
        now: dict[str, np.ndarray] = {"x": X}
        for a in net.living:
            z = _heard(net, a, now)
            if net.steps > 1:
                z += h[-1][a] @ p[f"R_{a}"].T
            now[a] = np.tanh(z)
        h.append(now)
    return h, _heard(net, "y", h[-1])


def _heard(net, to, h):
    """sum_b W_ab h^b + b_a: what an area, or y, hears from the areas before it."""
    total = np.tile(net.params[f"b_{to}"], (len(h["x"]), 1))
    for source in net.sources[to]:
        total = total + h[source] @ net.params[f"W_{to}<-{source}"].T
    return total


def gradient(net: Any, X: np.ndarray, y: np.ndarray, loss: str) -> tuple[float, np.ndarray]:
    """Return the loss (a scalar) and dL/dtheta (P,) on a batch X (n, d), y; the formulas are at the top of this file.

    >>> from minigrow.differentiable_structure.areas import Areas
    >>> net = Areas.create(4, 2, (3,), [("a1", "x"), ("y", "a1")], rng=0)
    >>> gradient(net, np.ones((5, 4)), np.array([0, 1, 0, 1, 0]), "softmax")[1].shape
    (23,)
    """
    h, logits = forward(net, X)
    value, g = LOSSES[loss](logits, y)
    out = np.zeros_like(net.theta)
    d = views(out, net.shapes)
    later = _back(net, "y", g, h[-1], d, {})
    for t in range(net.steps, 0, -1):
        before: dict[str, np.ndarray] = {}
        for a in reversed(net.living):
            dz = (1 - h[t][a] ** 2) * later.get(a, 0.0)
            _back(net, a, dz, h[t], d, later)
            if net.steps > 1:
                d[f"R_{a}"] += dz.T @ h[t - 1][a]
                before[a] = dz @ net.params[f"R_{a}"]
        later = before
    return value, out


def _back(net, to, dz, h, d, dh):
    """Add dL/dW_ab, dL/db_a to d and dL/dh^b to dh, for every edge into one area, or into y."""
    d[f"b_{to}"] += dz.sum(axis=0)
    for source in net.sources[to]:
        d[f"W_{to}<-{source}"] += dz.T @ h[source]
        if source != "x":
            dh[source] = dh.get(source, 0.0) + dz @ net.params[f"W_{to}<-{source}"]
    return dh
