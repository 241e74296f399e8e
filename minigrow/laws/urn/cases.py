"""Draw the pools that the laws of the unstructured recursive network are checked on."""

from __future__ import annotations

import dataclasses

import numpy as np

from minigrow import growth
from minigrow.growth.basis import Change
from minigrow.nn.spaces import entries
from minigrow.urn import Network
from minigrow.urn.formulas import SLOPES


def pool(rng: np.random.Generator, activation: str | None = None, most: int = 12, iterations: int = 5) -> Network:
    """Draw a pool with biases and positions: up to 4 inputs and outputs, up to `most` hidden neurons, 1..`iterations`.

    >>> pool(np.random.default_rng(0)).hidden
    7
    """
    d, k, H = (int(n) for n in (rng.integers(1, 5), rng.integers(1, 5), rng.integers(2, most + 1)))
    act = activation or str(rng.choice(list(SLOPES)))
    steps, S = int(rng.integers(1, iterations + 1)), d + H + k
    net = Network.create(d, k, S, steps, act, positions=rng.uniform(0, 5, (S, 2)), rng=rng)
    net.theta[entries(net, net.priced) :] = 0.3 * rng.standard_normal(H + k)
    return net


def inputs(rng: np.random.Generator, net: Network, n: int = 7) -> np.ndarray:
    """Draw inputs (n, d) from N(0, 1).

    >>> inputs(np.random.default_rng(0), pool(np.random.default_rng(0))).shape[0]
    7
    """
    return rng.standard_normal((n, net.inputs))


def moved(net: Network, change: Change) -> Network:
    """Return the network after a change of the hidden space, places as they were.

    >>> net = pool(np.random.default_rng(0))
    >>> moved(net, growth.permute(range(net.hidden))).hidden == net.hidden
    True
    """
    return growth.moved(net, [growth.Move("h", change)])


def deep(rng: np.random.Generator, activation: str) -> Network:
    """Draw a pool with four iterations.

    >>> deep(np.random.default_rng(0), "tanh").iterations
    4
    """
    return dataclasses.replace(pool(rng, activation), iterations=4)
