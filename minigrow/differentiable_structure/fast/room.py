"""Move vectors of parameters and memories, and the state, into a `Room` and back: `fill`, `put` and `get`."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrow.differentiable_structure.fast.kernels import Room
from minigrow.nn.params import flatten, views


def fill(q: Room, net: Any, memory: np.ndarray, h: np.ndarray) -> None:
    """Write a network, the optimiser's memory s (P,) and the state h (H,) into a room; all other places become zero.

    >>> from minigrow.differentiable_structure import Network
    >>> from minigrow.differentiable_structure.fast.kernels import room
    >>> q, net = room(3, 2, 40), Network.create("ab", neurons=3, rng=0)
    >>> fill(q, net, np.ones_like(net.theta), np.zeros(3))
    >>> bool(np.all(get(q.E[:, :3], q.W[:3, :3], q.by) == net.theta)), int(q.mW.sum())
    (True, 9)
    """
    H = net.neurons
    for vector, (E, W, by) in ((net.theta, (q.E, q.W, q.by)), (memory, (q.mE, q.mW, q.mby))):
        E[...], W[...] = 0, 0
        put(views(vector, net.shapes), E[:, :H], W[:H, :H], by)
    q.Wt[...], q.hs[0, :] = 0, 0
    q.hs[0, :H] = h


def put(named: dict[str, np.ndarray], E: np.ndarray, W: np.ndarray, by: np.ndarray) -> None:
    """Write Wxh (H, V), Whh (H, H), Why (V, H), bh (H,), by (V,) into E (2 V + 1, H), W (H, H), by (V,).

    >>> E = np.zeros((5, 1))
    >>> from minigrow.differentiable_structure import Network
    >>> put(Network.create("ab", rng=0).params, E, np.zeros((1, 1)), np.zeros(2))
    >>> int(np.count_nonzero(E))
    4
    """
    V = len(by)
    E[:V], E[V : 2 * V], E[2 * V] = named["Wxh"].T, named["Why"], named["bh"]
    W[...], by[...] = named["Whh"], named["by"]


def get(E: np.ndarray, W: np.ndarray, by: np.ndarray) -> np.ndarray:
    """Return the vector (P,) of Wxh, Whh, Why, bh, by, the inverse of `put`.

    >>> get(np.zeros((5, 1)), np.ones((1, 1)), np.zeros(2))
    array([0., 0., 1., 0., 0., 0., 0., 0.])
    """
    V = len(by)
    return flatten({"Wxh": E[:V].T, "Whh": W, "Why": E[V : 2 * V], "bh": E[2 * V], "by": by})
