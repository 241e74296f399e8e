"""Silence one neuron of a hidden layer after the other, and see what each costs: `answers(net, layer, X)`, `losses(z, y)`.

A silenced neuron keeps its bias b_i and loses what comes in: row i of W_l, and entry i of psi_{l-1}, become 0. In an isotropic
network with o and psi this is removal with its corrections, since o and psi then take over just that constant (`pruning`). In an
element-wise network the neuron then says act(b_i) to every input.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrow.growth import Move, moved, rotate
from minigrow.isotropic import left_diagonalise
from minigrow.nn.initialisers import orthogonal
from minigrow.nn.losses import log_softmax


def silenced(net: Any, layer: int, neuron: int) -> Any:
    """Return the network (isotropic, or a perceptron) in which one neuron of hidden layer `layer` (from 0) hears nothing.

    >>> from minigrow.experiments.isotropic.common import network
    >>> silenced(network([4, 3, 2], 0), 0, 1).params["W1"].any(axis=1)
    array([ True, False,  True])
    """
    l = net.hidden(layer)
    params = dict(net.params)
    for name in (f"W{l}", f"psi{l - 1}"):
        if name in params:
            params[name] = params[name].copy()
            params[name][neuron] = 0
    return net.with_params(params)


def answers(net: Any, layer: int, X: np.ndarray) -> np.ndarray:
    """Return the logits (m, n, k) on X (n, m_0) with each of the layer's m neurons silenced in turn.

    >>> from minigrow.experiments.isotropic.common import network
    >>> answers(network([4, 3, 2], 0), 0, np.ones((5, 4), np.float32)).shape
    (3, 5, 2)
    """
    return np.stack([silenced(net, layer, neuron)(X) for neuron in range(net.widths[net.hidden(layer)])])


def losses(z: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the cross-entropy (..., n) of each sample from logits (..., n, k) and labels (n,), in nats.

    >>> losses(np.zeros((1, 2)), np.array([1])).round(4)
    array([0.6931])
    """
    flat = log_softmax(z.reshape(-1, z.shape[-1])).reshape(z.shape)
    return -flat[..., np.arange(len(y)), y]


def in_singular_basis(net: Any, layer: int) -> Any:
    """Return the isotropic network with hidden layer `layer` in its singular basis."""
    return left_diagonalise(net, layer)[0]


def in_random_basis(net: Any, layer: int, rng: np.random.Generator) -> Any:
    """Return the isotropic network with hidden layer `layer` in a basis drawn evenly from all: the same function.

    >>> from minigrow.experiments.isotropic.common import network
    >>> net, X = network([4, 3, 2], 0, np.float64), np.eye(4)
    >>> np.allclose(in_random_basis(net, 0, np.random.default_rng(0))(X), net(X))
    True
    """
    l = net.hidden(layer)
    R = orthogonal(net.widths[l], net.widths[l], rng).astype(net.theta.dtype)
    return moved(net, (Move(f"h{l}", rotate(R)),))
