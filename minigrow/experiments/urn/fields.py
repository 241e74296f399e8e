"""`fields(net)` measures how wide a window each neuron reads, layer by layer, against chance for as many wires.

    window of a neuron   the shortest interval of places that holds MOST (80 %) of its |weights|; in two dimensions one for
                         each axis, and their mean
    chance               the same with as many wires of the same weights from senders drawn at random
    window / chance      sums over all neurons that have wires in the layer: 1 is chance, 0 is one point

Layers: "first" are wires from inputs to hidden neurons, "later" are wires among hidden neurons (in a pool there may be cycles,
so these are not divided further). Only wires on a way from inputs to outputs count. The window says nothing about where the
reading neuron stands, so it also finds fields where wires have no price.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrow.structure import read_net

MOST, DRAWS = 0.8, 10
LAYERS = ("first", "later")


def window(places: np.ndarray, weights: np.ndarray) -> float:
    """Return the shortest interval of places (m, D) that holds MOST of the |weights| (m,), as a mean over the D axes.

    >>> window(np.array([[0.0], [1.0], [9.0]]), np.array([4.0, -4.0, 1.0]))
    1.0
    """
    return float(np.mean([_interval(axis, np.abs(weights)) for axis in places.T]))


def _interval(p, size):
    order = np.argsort(p)
    p, below = p[order], np.concatenate([[0.0], np.cumsum(size[order])])
    ends = np.searchsorted(below, below[:-1] + MOST * below[-1] * (1 - 1e-9))
    held = ends < len(below)
    return np.min(p[ends[held] - 1] - p[held])


def fields(net: Any, own: np.ndarray | None = None) -> dict[str, float]:
    """Return window / chance of every layer that has wires; with `own` (d, D), other places of the inputs, only of the first.

    >>> from minigrow.urn.embedding import embed_local
    >>> net = embed_local(np.ones((18, 3)), np.zeros(18), (np.ones((1, 18)), np.zeros(1)))
    >>> widths(net)["first"][0], fields(net)["first"] < 0.3
    (2.0, True)
    """
    return {name: against_chance(*pair) for name, pair in widths(net, own).items()}


def against_chance(read: float, drawn: float) -> float:
    """Return window / chance, 1 where even chance gives no width.

    >>> against_chance(2.0, 4.0), against_chance(0.0, 0.0)
    (0.5, 1.0)
    """
    return float(np.round(read / drawn, 5)) if drawn else 1.0


def widths(net: Any, own: np.ndarray | None = None) -> dict[str, tuple[float, float]]:
    """Return (mean window, mean window by chance) of every layer that has wires."""
    place = np.array(net.positions, dtype=float).reshape(net.size, -1)
    d, h, W = net.inputs, net.inputs + net.hidden, np.zeros((net.size, net.size))
    source, to = read_net(net).edges.T
    W[to, source] = net.W[to, source]
    parts = {"first": (place[:d] if own is None else own, W[d:h, :d])}
    if own is None:
        parts["later"] = place[d:h], W[d:h, d:h]
    return {name: _measured(*part) for name, part in parts.items() if part[1].any()}


def _measured(place, V):
    """Return the mean window of the rows of V (m, n) that are not empty, reading senders at place (n, D), and that by chance."""
    rng, read, drawn = np.random.default_rng(0), [], []
    senders = np.flatnonzero(V.any(axis=0))
    for row in V[V.any(axis=1)]:
        mine = np.flatnonzero(row)
        read.append(window(place[mine], row[mine]))
        others = [rng.permutation(senders)[: len(mine)] for _ in range(DRAWS)]
        drawn.append(np.mean([window(place[other], row[mine]) for other in others]))
    return float(np.mean(read)), float(np.mean(drawn))
