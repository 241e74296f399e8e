"""Optimal removal where a neuron's going changes the others, as in an isotropic layer: take it out, and fit the rest anew.

    H_j, Y_j: outputs of the layer and inputs of the next one without neuron j        D = argmin |Y - Y_j - H_j D|

Y is what the next layer got before. One forward pass and one least squares problem for each j, where `removal` has a closed formula
for all of them; for element-wise activations both agree. Letters as in `block`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from minigrow.addition.block import ones_behind
from minigrow.addition.proposal import Proposal
from minigrow.addition.removal import checked, taken_out
from minigrow.growth.basis import Move, keep
from minigrow.growth.contract import moved


class Refit(NamedTuple):
    """The proposal to remove a neuron, for `apply`, and the squared error that is left, summed over samples and outputs."""

    proposal: Proposal
    cost: float


def refitted(net: Any, layer: int, X: np.ndarray, j: int) -> Refit:
    """Return how to remove neuron j of hidden layer `layer` with the least squared error on X (n, inputs), for any activation.

    Raises ValueError for a neuron that there is not, or for the last one.

    >>> from minigrow.isotropic import Network
    >>> net, X = Network.create([4, 3, 2], rng=0), np.random.default_rng(0).standard_normal((20, 4))
    >>> bool(refitted(net, 0, X, 1).cost < np.sum((net.params["W2"][:, 1] * _behind(net, 1, X)[0][:, 1:2]) ** 2))
    True
    """
    l, net = net.hidden(layer), net.with_theta(net.theta.astype(np.float64))
    h, d = net.widths[l], net.widths[l - 1]
    j = checked(h, j)
    without = moved(net, [Move(f"h{l}", keep(np.delete(np.arange(h), j), h))])
    (_, Y), (H, Y_j) = _behind(net, l, X), _behind(without, l, X)
    D = np.linalg.lstsq(H, Y - Y_j, rcond=None)[0]
    cost = float(np.sum((Y - Y_j - H @ D) ** 2))
    return Refit(taken_out(d, h, j, D, f"without neuron {j} the squared error is {cost:.3g} after a new fit"), cost)


def _behind(net, l, X):
    """[H 1] (n, h+1) of hidden layer l, and the next pre-activation (n, p)."""
    X = np.asarray(X, np.float64)
    seen = net.signals(X, np.zeros((len(X), net.widths[-1])), "mse")
    return ones_behind(seen.inputs[l]), seen.Z[l]
