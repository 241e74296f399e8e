"""What may change in a network of areas: a neuron comes or goes; with its first neuron an area is born, with its last one it goes.

    r_i = 4 mean |outgoing weights of i|      over all neurons of all areas that i feeds, its own area by R among them

A bud is an empty place whose edges are ready: c <- b and a <- c on an edge a <- b, which stays. `grow_in(net, c)` makes an area of
it; `with_bud` takes the old bud away and draws an edge for a new one. Neither needs theta, for an empty place has no weights. An
area may lose its last neuron if every other area still lies on a path from x to y, and one such path is left (`stands_without`).

An area counts R because r is what a neuron gives to any other, as in the recurrent rule; a neuron that only speaks within its area
keeps a state there, and to prune it for its silence towards others would forget that state.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from minigrow.differentiable_structure.areas import Areas
from minigrow.differentiable_structure.network import SCALE
from minigrow.differentiable_structure.rule import RULE, Rule
from minigrow.growth.basis import Move, append, place
from minigrow.growth.contract import moved
from minigrow.growth.events import Event
from minigrow.nn.validate import choice, generator, others


def outgoing(net: Areas, area: str) -> list[np.ndarray]:
    """Return the matrices (m_a, m) that an area speaks through, as windows on theta: W to each other one, and R.

    >>> net = Areas.create(4, 2, (3,), [("a1", "x"), ("y", "a1")], steps=2, rng=0)
    >>> [W.shape for W in outgoing(net, "a1")]
    [(2, 3), (3, 3)]
    """
    found = [net.params[f"W_{to}<-{source}"] for to, source in net.edges if source == area]
    return found + ([net.params[f"R_{area}"]] if net.steps > 1 else [])


def area_norm(net: Areas, area: str) -> np.ndarray:
    """Return r (m,) of the neurons of an area; raises ValueError for a name that is not an area's.

    >>> area_norm(Areas.create(4, 2, (3,), [("a1", "x"), ("y", "a1")], rng=0), "a1").shape
    (3,)
    """
    choice(area, list(net.sizes)[1:-1], "area")
    return 4 * np.abs(np.concatenate(outgoing(net, area))).mean(axis=0)


def grow_in(
    net: Areas, area: str, *, rng: Any = None, rule: Rule = RULE, reason: str = "asked for"
) -> tuple[Areas, Event]:
    """Append a neuron with r = T_D to an area; in an empty place it is the first one of a new area.

    Its incoming weights are of ordinary size, N(0, 1/m) for m neurons heard: with small ones on both sides it would learn late.
    Raises ValueError for a name that is not an area's, and for an empty place that has no edges in and out.

    >>> net = Areas.create(4, 2, (0,), [("a1", "x"), ("y", "a1"), ("y", "x")], rng=0)
    >>> net, event = grow_in(net, "a1", rng=0)
    >>> net.living, area_norm(net, "a1").round(12), event.before
    (('a1',), array([0.05]), 0)
    """
    m, rng = net.sizes[choice(area, list(net.sizes)[1:-1], "area")], generator(rng)
    if not net.sources[area] or area not in [source for _, source in net.edges]:
        raise ValueError(
            f"{area} must have an edge to it and one from it before it grows. Give it some: with_bud(net)."
        )
    moves = (Move(area, append(m, 1)),)
    net = moved(net, moves)
    heard = [net.params[f"W_{area}<-{source}"] for source in net.sources[area]]
    for W in heard:
        W[m] = rng.standard_normal(W.shape[1]) / np.sqrt(sum(one.shape[1] for one in heard))
    if net.steps > 1:
        net.params[f"R_{area}"][m, :m] = SCALE * rng.standard_normal(m)
    for W in outgoing(net, area):
        W[:, m] = rng.standard_normal(len(W))
    by = rule.threshold / area_norm(net, area)[m]
    for W in outgoing(net, area):
        W[:, m] *= by
    return net, Event("grow", area, 1, reason, m, m + 1, moves, memory=rule.memory)


def prune_in(net: Areas, area: str, neurons: Any, reason: str = "asked for") -> tuple[Areas, Event]:
    """Remove neurons (indices) of an area; without any it is an empty place, and its edges go.

    Raises ValueError for a neuron that is not there, and where the network does not stand without the area.

    >>> net = Areas.create(4, 2, (3,), [("a1", "x"), ("y", "a1"), ("y", "x")], rng=0)
    >>> prune_in(net, "a1", [0, 1, 2])[0].edges
    (('y', 'x'),)
    """
    m = net.sizes[choice(area, list(net.sizes)[1:-1], "area")]
    kept = others(neurons, m, "neurons")
    if m and not len(kept) and not stands_without(net, area):
        raise ValueError(
            f"{area} must keep a neuron: without it, x or y would be cut off from an area or from each other."
        )
    edges = net.edges if len(kept) else tuple(edge for edge in net.edges if area not in edge)
    moves = (Move(area, place(kept, m)),)
    return moved(net, moves, edges=edges), Event("prune", area, m - len(kept), reason, m, len(kept), moves)


def stands_without(net: Areas, area: str) -> bool:
    """Return whether x still reaches y when an area goes, and every other area lies on such a path.

    >>> stands_without(Areas.create(4, 2, (3,), [("a1", "x"), ("y", "a1")], rng=0), "a1")
    False
    """
    rest = [name for name in net.living if name != area]
    come, go = {"x"}, {"y"}
    for name in (*rest, "y"):
        come |= {name} if come & set(net.sources[name]) else set()
    for name in (*reversed(rest), "x"):
        go |= {name} if any(source == name and to in go for to, source in net.edges) else set()
    return {*rest, "y"} <= come and {*rest, "x"} <= go


def bud(net: Areas) -> str | None:
    """Return the empty place whose edges are ready, or None.

    >>> bud(Areas.create(4, 2, (0,), [("a1", "x"), ("y", "a1"), ("y", "x")], rng=0))
    'a1'
    """
    return next((to for to, _ in net.edges if not net.sizes[to]), None)


def with_bud(net: Areas, *, rng: Any = None) -> Areas:
    """Return the network with its bud on an edge drawn at random, in the middle of the empty places between its ends.

    Where no edge has an empty place between its ends there is no bud. Parameters are as they were.

    >>> with_bud(Areas.create(4, 2, (0, 0, 0), [("y", "x")], rng=0), rng=0).edges
    (('a2', 'x'), ('y', 'x'), ('y', 'a2'))
    """
    rng, names, here = generator(rng), list(net.sizes), {"x", "y", *net.living}
    edges = [edge for edge in net.edges if here.issuperset(edge)]
    room = {
        (to, source): [c for c in names[names.index(source) + 1 : names.index(to)] if c not in here]
        for to, source in edges
    }
    free = [edge for edge in edges if room[edge]]
    if free:
        to, source = free[int(rng.random() * len(free))]
        c = room[to, source][len(room[to, source]) // 2]
        edges += [(c, source), (to, c)]
    return dataclasses.replace(net, edges=tuple(edges))
