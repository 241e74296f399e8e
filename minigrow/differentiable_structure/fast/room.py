"""Move vectors of parameters and memories, and the state, into a `Room` and back: `fill`, `put` and `get`."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrow.differentiable_structure.fast.kernels import Room
from minigrow.nn.params import flatten, views


def fill(q: Room, net: Any, memory: np.ndarray, h: np.ndarray) -> None:
    """Write a network, the optimiser's memory s (trained,) and the state h (H,) into a room; all other places become zero.

    >>> from minigrow.differentiable_structure import Network
    >>> from minigrow.differentiable_structure.fast.kernels import room
    >>> q, net = room(3, 2, 40), Network.create("ab", neurons=3, rng=0)
    >>> fill(q, net, np.ones_like(net.theta), np.zeros(3))
    >>> bool(np.all(get(q.E[:, :3], q.W[:3, :3], q.by) == net.theta)), int(q.mW.sum())
    (True, 9)
    """
    H, shapes = net.neurons, {name: net.shapes[name] for name in net.trained}
    for named, (E, W, by, M) in (
        (net.params, (q.E, q.W, q.by, q.M)),
        (views(memory, shapes), (q.mE, q.mW, q.mby, q.mM)),
    ):
        E[...], W[...], M[...] = 0, 0, 0
        put(named, E[:, :H], W[:H, :H], by, M[:H])
    q.Wt[...], q.F[...], q.hs[0, :] = 0, 0, 0
    q.hs[0, :H] = h


def put(named: dict[str, np.ndarray], E: np.ndarray, W: np.ndarray, by: np.ndarray, M: np.ndarray) -> None:
    """Write Wxh, Why and bh into E (2 V + 1, H), Whh into W (H, H), by (V,), and m, if there is one, into M (H,).

    >>> E = np.zeros((5, 1))
    >>> from minigrow.differentiable_structure import Network
    >>> put(Network.create("ab", rng=0).params, E, np.zeros((1, 1)), np.zeros(2), np.zeros(1))
    >>> int(np.count_nonzero(E))
    4
    """
    V = len(by)
    E[:V], E[V : 2 * V], E[2 * V] = named["Wxh"].T, named["Why"], named["bh"]
    W[...], by[...] = named["Whh"], named["by"]
    if "m" in named:
        M[...] = named["m"]


def get(E: np.ndarray, W: np.ndarray, by: np.ndarray, M: np.ndarray | None = None) -> np.ndarray:
    """Return the vector (P,) of Wxh, Whh, Why, bh, by, and m where it is given; the inverse of `put`.

    >>> get(np.zeros((5, 1)), np.ones((1, 1)), np.zeros(2))
    array([0., 0., 1., 0., 0., 0., 0., 0.])
    """
    V = len(by)
    named = {"Wxh": E[:V].T, "Whh": W, "Why": E[V : 2 * V], "bh": E[2 * V], "by": by}
    return flatten(named if M is None else named | {"m": M})
