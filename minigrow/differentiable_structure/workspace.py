"""Move a network with its memories, state and numbers of birth into a `Room` and back: `fill` and `read`."""

from __future__ import annotations

import numpy as np

from minigrow.differentiable_structure.kernels import Room, room
from minigrow.differentiable_structure.learning import Learning
from minigrow.differentiable_structure.network import Network
from minigrow.differentiable_structure.rule import Parts, Rule
from minigrow.nn.spaces import flatten, views


def fill(parts: Parts, learning: Learning, rule: Rule | None) -> Room:
    """Return a fresh room that holds these parts.

    >>> from minigrow.differentiable_structure.rule import whole_parts
    >>> fill(whole_parts(Network.create("ab", neurons=3, rng=0)), Learning(), None).hs.shape
    (41, 16)
    """
    net, H = parts.net, parts.net.neurons
    q = room(max(H, 0 if rule is None else rule.most), net.symbols, learning.steps)
    for vector, (E, W, by) in ((net.theta, (q.E, q.W, q.by)), (parts.s, (q.mE, q.mW, q.mby))):
        put(views(vector, net.shapes), E[:, :H], W[:H, :H], by)
    q.hs[0, :H], q.ids[:H] = parts.h, parts.ids
    return q


def put(named: dict[str, np.ndarray], E: np.ndarray, W: np.ndarray, by: np.ndarray) -> None:
    """Write Wxh (H, V), Whh (H, H), Why (V, H), bh (H,), by (V,) into E (2 V + 1, H), W (H, H), by (V,).

    >>> E = np.zeros((5, 1))
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


def read(q: Room, H: int, alphabet: str) -> Parts:
    """Return copies of what a room holds in its first H places.

    >>> from minigrow.differentiable_structure.rule import whole_parts
    >>> net = Network.create("ab", neurons=3, rng=0)
    >>> bool(np.all(read(fill(whole_parts(net), Learning(), None), 3, "ab").net.theta == net.theta))
    True
    """
    net = Network(alphabet, H, get(q.E[:, :H], q.W[:H, :H], q.by))
    return Parts(net, get(q.mE[:, :H], q.mW[:H, :H], q.mby), q.hs[0, :H].copy(), q.ids[:H].copy())
