"""Run the network with sums taken from left to right, so that adding or leaving out zeros changes no bit.

BLAS orders a sum by its length; here the order is that of the neurons. This is slow, and meant for laws and lessons.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrow.nn.activations import ACTIVATIONS


def forward_in_order(net: Any, X: np.ndarray) -> np.ndarray:
    """Return the outputs (n, k) for inputs X (n, d); each sum runs from the first neuron to the last and ends with the bias.

    >>> from minigrow.urn import Network
    >>> net = Network.create(2, 1, size=8, rng=0)
    >>> np.allclose(forward_in_order(net, np.ones((5, 2))), net(np.ones((5, 2))))
    True
    """
    p, act = net.params, ACTIVATIONS[net.activation].f
    h = np.zeros((len(X), net.hidden), X.dtype)
    for _ in range(net.iterations - 1):
        h = act(_sum(_sum(np.zeros_like(h), X, p["Whx"]), h, p["Whh"]) + p["ch"])
    y = np.zeros((len(X), net.outputs), X.dtype)
    return _sum(_sum(y, X, p["Wyx"]), h, p["Wyh"]) + p["cy"]


def _sum(start, a, W):
    for j in range(a.shape[1]):
        start = start + a[:, j : j + 1] * W[:, j]
    return start
