"""Forward and gradient of the nimble network, beside the paper; its letters are at the top of `minigrow.nimble.gates`.

    Z_l = X_{l-1} W_l' + s w_l + b_l      X_l = gamma_l act(Z_l)      l = 1..L-1, X_0 = X; gamma_l depends on s alone
    y = X_{L-1} W_L' + b_L                loss = error(y, t) + lambda (s - goal)^2

Backwards, with g_X = dloss/dX_l (n, m_l), starting from g = derror/dy:

    g_Z = gamma act'(Z) g_X     dL/dW_l = g_Z' X_{l-1}     dL/db_l = sum g_Z     dL/dw_l = s sum g_Z     (sums over samples)
    dL/ds = sum_l [ gamma'_l . sum(act(Z_l) g_X)  +  w_l . sum g_Z ] + 2 lambda (s - goal)

The first term is the pull on the neurons that are just opening, the second the extra input, the third the size term.
A neuron with gamma = 0 is skipped, forwards and backwards: it costs nothing and its gradient is exactly 0.
Source: Radhakrishnan et al. 2025, arXiv 2501.18012.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrow.nn.activations import ACTIVATIONS
from minigrow.nn.losses import LOSSES
from minigrow.nn.params import views


def forward(net: Any, X: np.ndarray) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Return pre-activations [Z_1, ..., Z_{L-1}] (n, active) and [X_0, ..., X_{L-1}, y]; closed neurons are left out.

    >>> from minigrow.nimble import auxiliary
    >>> Z, X = forward(auxiliary([1, 9, 1], size=2.5, rng=0), np.zeros((5, 1)))
    >>> Z[0].shape, X[1].shape, X[2].shape
    ((5, 3), (5, 3), (5, 1))
    """
    act, p, Z, Xs = ACTIVATIONS[net.activation], net.params, [], [X]
    seen = (net.parts.seen * net.s).astype(net.theta.dtype)
    for l in range(1, net.layers):
        gamma = net.gates(l - 1)[0]
        on, before = up_to_last_open(gamma), Xs[-1].shape[1]
        Z.append(Xs[-1] @ p[f"W{l}"][:on, :before].T + (seen * p[f"w{l}"][:on] + p[f"b{l}"][:on]))
        Xs.append(gamma[:on] * act.forward(Z[-1]))
    Xs.append(Xs[-1] @ p[f"W{net.layers}"][:, : Xs[-1].shape[1]].T + p[f"b{net.layers}"])
    return Z, Xs


def up_to_last_open(gamma: np.ndarray) -> int:
    """Count the neurons up to the last one whose gate in gamma (m,) is not 0.

    >>> up_to_last_open(np.array([1.0, 0.5, 0.0]))
    2
    """
    return int(np.flatnonzero(np.append(1, gamma))[-1])


def gradient(net: Any, X: np.ndarray, y: np.ndarray, loss: str = "mse") -> tuple[float, np.ndarray]:
    """Return the loss with its size term (a scalar) and dL/dtheta (P,); the formulas are at the top of this file.

    >>> from minigrow.nimble import auxiliary
    >>> net = auxiliary([1, 9, 1], size=2.5, rng=0)
    >>> value, g = gradient(net, np.zeros((5, 1)), np.zeros((5, 1)))
    >>> net.with_theta(g).params["W2"][:, 3:]
    array([[0., 0., 0., 0., 0., 0.]])
    """
    (Z, Xs), act, p = forward(net, X), ACTIVATIONS[net.activation], net.params
    value, g = LOSSES[loss](Xs[-1], y)
    out = np.zeros_like(net.theta)
    d, ds = views(out, net.shapes), 0.0
    for l in range(net.layers, 0, -1):
        on, before = g.shape[1], Xs[l - 1].shape[1]
        d[f"W{l}"][:on, :before] = g.T @ Xs[l - 1]
        d[f"b{l}"][:on] = g.sum(axis=0)
        if l < net.layers:
            d[f"w{l}"][:on] = net.parts.seen * net.s * d[f"b{l}"][:on]
            ds += net.parts.seen * p[f"w{l}"][:on] @ d[f"b{l}"][:on]
        if l > 1:
            gamma, slope = (row[:before] for row in net.gates(l - 2))
            g_X = g @ p[f"W{l}"][:on, :before]
            ds += slope @ np.sum(act.forward(Z[l - 2]) * g_X, axis=0)
            g = gamma * act.backward(Z[l - 2], g_X)
    d["s"][0] = pull(net, ds)
    return value + size_term(net), out


def size_term(net: Any) -> float:
    """Return lambda (s - goal)^2 (a scalar).

    >>> from minigrow.nimble import auxiliary
    >>> size_term(auxiliary([1, 9, 1], goal=5, strength=0.1, rng=0))
    2.5
    """
    term = net.strength * (net.s - net.goal) ** 2
    return term if np.iscomplexobj(term) else float(term)


def pull(net: Any, ds: float) -> float:
    """Return dL/ds (a scalar) from the error's own derivative `ds`, which a rule whose s follows the size term ignores.

    >>> from minigrow.nimble import auxiliary
    >>> float(pull(auxiliary([1, 9, 1], goal=5, strength=0.1, rng=0), 0.25))
    -0.75
    """
    return (ds if net.parts.follows == "loss" else 0.0) + 2 * net.strength * (net.s - net.goal)
