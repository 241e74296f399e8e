"""Run the forward pass with every sum taken from left to right, so that appending neurons changes not one bit.

BLAS splits a sum by its length, so a longer sum with zeros in it may round differently. Nothing else keeps growth from being
exact in floating point, and this twin shows it: `np.cumsum` adds in a fixed order.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrow.isotropic.formulas import profile
from minigrow.nn.validate import matrix


def forward_in_order(net: Any, X: np.ndarray) -> np.ndarray:
    """Return the logits (n, m_L) for X (n, m_0), slowly, with sums in a fixed order; they equal net(X) to rounding.

    >>> from minigrow.isotropic import Network
    >>> net = Network.create([4, 3, 2], rng=0)
    >>> np.allclose(forward_in_order(net, np.ones((5, 4))), net(np.ones((5, 4))))
    True
    """
    p, x, o, a = net.params, matrix(X, net.widths[0], net.theta.dtype), net.intrinsic, 0.0
    for l in range(1, net.layers + 1):
        z = _sum(x[:, None, :] * p[f"W{l}"]) + p[f"b{l}"]
        if l > 1:
            z = z + a * p[f"psi{l - 1}"]
        if l < net.layers:
            a = profile(net).gain(np.sqrt(o[l - 1] + _sum(z * z)))[:, None]
            x = a * z
    return z


def _sum(terms):
    return np.cumsum(terms, axis=-1)[..., -1]
