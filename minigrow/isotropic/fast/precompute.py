"""Parallel precomputation: all matrix products of all layers before any gain is known.

With pi_{l,k} = a_k a_{k+1} ... a_{l-1} (a_0 = 1, the empty product is 1),

    z_l = pi_{l,0} A_l x + sum_{k=1..l} pi_{l,k} c_{l,k}
    A_l = W_l ... W_1,  c_{l,l} = b_l,  c_{l,k} = W_l ... W_{k+1} b_k + W_l ... W_{k+2} psi_k  for k < l.

A_l and c_{l,k} do not depend on the gains, so they can be computed at once; only the lengths |z_l|^2 remain to be done in
sequence, quadratic forms in the pi with (l + 1)^2 inner products for each sample. Source: Bird 2026, appendix.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from minigrow.isotropic.formulas import profile
from minigrow.nn.validate import matrix


class Products(NamedTuple):
    """For each layer l: A_l (m_l, m_0) and C_l (l, m_l), whose row k - 1 is c_{l,k}."""

    A: list[np.ndarray]
    C: list[np.ndarray]


def precompute(net: Any) -> Products:
    """Return every A_l (m_l, m_0) and c_{l,k} (m_l,) of the network.

    >>> from minigrow.isotropic import Network
    >>> [c.shape for c in precompute(Network.create([4, 3, 3, 2], rng=0)).C]
    [(1, 3), (2, 3), (3, 2)]
    """
    p = net.params
    A, C = [p["W1"]], [p["b1"][None, :]]
    for l in range(2, net.layers + 1):
        W, earlier = p[f"W{l}"], C[-1] @ p[f"W{l}"].T
        earlier[-1] += p[f"psi{l - 1}"]
        A.append(W @ A[-1])
        C.append(np.vstack([earlier, p[f"b{l}"]]))
    return Products(A, C)


def forward_precomputed(net: Any, products: Products, X: np.ndarray) -> np.ndarray:
    """Return the logits (n, m_L) for X (n, m_0) from the products; they equal net(X) to rounding.

    >>> from minigrow.isotropic import Network
    >>> net = Network.create([4, 3, 3, 2], rng=0)
    >>> np.allclose(forward_precomputed(net, precompute(net), np.ones((5, 4))), net(np.ones((5, 4))))
    True
    """
    X = matrix(X, net.widths[0], net.theta.dtype)
    parts = [X @ A.T for A in products.A]
    pi, o = np.ones((len(X), 2), X.dtype), net.intrinsic
    for l in range(1, net.layers):
        square = np.einsum("nj,njk,nk->n", pi, _inner(parts[l - 1], products.C[l - 1]), pi)
        a = profile(net).gain(np.sqrt(o[l - 1] + np.maximum(square, 0)))
        pi = np.column_stack([pi * a[:, None], np.ones(len(X), X.dtype)])
    return pi[:, :1] * parts[-1] + pi[:, 1:] @ products.C[-1]


def _inner(part, C):
    """Return all inner products (n, l + 1, l + 1) between A_l x (n, m) and the constants C (l, m)."""
    n, l = len(part), len(C)
    gram = np.empty((n, l + 1, l + 1), part.dtype)
    gram[:, 0, 0] = np.sum(part * part, axis=1)
    gram[:, 0, 1:] = gram[:, 1:, 0] = part @ C.T
    gram[:, 1:, 1:] = C @ C.T
    return gram
