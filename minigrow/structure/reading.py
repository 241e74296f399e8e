"""Read the architecture out of weights: `read_net(net)` of any network of the contract, `read(W, inputs, outputs)` of a matrix.

Legend: W (S, S), row = to, column = from. An edge j -> i is effective when it lies on a walk from an input to an output, of at
most I edges if the number of iterations I is given; a neuron is live when an effective edge touches it. Layers: inputs are
layer 0, a neuron's layer is the longest path that leads to it and still reaches an output by step I, outputs are the last
layer L. The neurons of a cycle share one layer: it counts as one neuron, and edges within it as none. A skip is an edge over
more than one layer.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from minigrow.nn import validate
from minigrow.nn.door import door
from minigrow.structure.cycles import components
from minigrow.structure.graph import Graph, arrives, longest_from, steps_from, walks
from minigrow.structure.nets import edges_of, from_layers, whole
from minigrow.structure.noise import floor
from minigrow.structure.places import locality, placed

__all__ = ["Structure", "effective", "from_layers", "read", "read_net", "whole"]


class Structure(NamedTuple):
    """What `read` finds in a matrix W; neurons are numbered as in W.

    live: hidden live neurons; edges (m, 2) effective edges (from, to); cycles: groups of neurons in cycles;
    layer (S,): 0..L, -1 if not live; widths: neurons in each layer 0..L; skips: edges over more than one layer;
    direct: edges input -> output; density: share of the possible edges between neighbouring layers that exist;
    walks: number of walks from inputs to outputs with 1, 2, .. edges; local, chance: share of edges from inputs with a
    position to neurons with one that are at most 2 apart, and of all such pairs (NaN without any); reach: the longest such
    edge; weights (m,) of the edges; iterations: I, or None; places (S, D): positions, NaN where a neuron has none.
    """

    live: np.ndarray
    edges: np.ndarray
    cycles: tuple[tuple[int, ...], ...]
    layer: np.ndarray
    widths: tuple[int, ...]
    skips: int
    direct: int
    density: float = np.nan
    walks: tuple[float, ...] = ()
    local: float = np.nan
    chance: float = np.nan
    reach: float = np.nan
    weights: np.ndarray = np.zeros(0)
    iterations: int | None = None
    places: np.ndarray = np.zeros((0, 1))

    @property
    def depth(self) -> int:
        """The most edges that a signal crosses: the longest walk of at most I edges; L, with cycles passed once, if I is not given."""
        if self.iterations is None:
            return len(self.widths) - 1
        return max((t for t, n in enumerate(self.walks, start=1) if n), default=0)


@door
def read(
    W: Any,
    inputs: Sequence[int],
    outputs: Sequence[int],
    iterations: int | None = None,
    positions: Any = (),
    threshold: float | str | None = None,
) -> Structure:
    """Return the structure of W (S, S), dense or sparse; inputs and outputs are neuron numbers.

    `positions` are (S, D), NaN where a neuron has none, or (d, D) for the inputs alone. `threshold` says which weights count as
    zero: None only zeros, a number what is at most as large, "auto" what `noise` finds.
    Raises ValueError for a W that is not square or not finite, neurons that do not exist, iterations < 1, or positions
    that are not one for each neuron.

    >>> W = np.zeros((4, 4))
    >>> W[2, [0, 1]] = W[3, 2] = W[3, 0] = 1.0
    >>> found = read(W, [0, 1], [3])
    >>> found.widths, found.skips, found.walks
    ((2, 1, 1), 1, (1, 2))
    """
    graph = edges_of(W)
    inputs, outputs = (_named(graph.S, n, g) for n, g in (("inputs", inputs), ("outputs", outputs)))
    steps = graph.S if iterations is None else validate.whole(iterations, "iterations", least=1)
    place = placed(positions, graph.S, inputs)
    graph = effective(floor(graph, threshold), inputs, outputs, steps)
    parts = components(*graph[:3])
    layer = _layers(graph, inputs, outputs, parts, steps)
    edges, span = np.stack([graph.source, graph.to], axis=1), layer[graph.to] - layer[graph.source]
    widths = tuple(np.bincount(layer[layer >= 0]).tolist()) if len(edges) else ()
    counts = walks(graph, inputs, outputs, max(len(widths) - 1, 0) if iterations is None else steps)
    loops = set(graph.source[graph.source == graph.to].tolist())
    live = np.setdiff1d(np.flatnonzero(layer >= 0), inputs)
    found = Structure(
        np.setdiff1d(live, outputs),
        edges,
        tuple(tuple(part) for part in parts if len(part) > 1 or part[0] in loops),
        layer,
        widths,
        int(np.sum(span > 1)),
        int(np.sum(np.isin(graph.source, inputs) & np.isin(graph.to, outputs))),
        _density(span, widths),
        tuple(counts),
        weights=graph.weight,
        iterations=None if iterations is None else steps,
        places=place,
    )
    return found._replace(**locality(edges, inputs, place, live))


def effective(graph: Graph, inputs: Sequence[int], outputs: Sequence[int], steps: int) -> Graph:
    """Return the edges that lie on a walk of at most `steps` edges from an input to an output.

    >>> from minigrow.structure.graph import graph_of
    >>> g = graph_of([[0, 0, 0], [1, 0, 0], [1, 1, 0]])
    >>> [len(effective(g, [0], [2], steps).weight) for steps in (1, 2)]
    [1, 3]
    """
    come = steps_from(graph.S, graph.source, graph.to, inputs)
    go = steps_from(graph.S, graph.to, graph.source, outputs)
    return graph.where(come[graph.source] + 1 + go[graph.to] <= steps)


def _named(S, name, group):
    group = [int(i) for i in group]
    if not group or min(group) < 0 or max(group) >= S:
        raise ValueError(f"{name} must name neurons in 0..{S - 1}, got {group[:8]}.")
    return group


def _layers(graph, inputs, outputs, parts, steps):
    """Return each neuron's layer (S,): the longest path through the graph whose neurons are the components."""
    n, part = len(parts), np.empty(graph.S, np.int64)
    for p, members in enumerate(parts):
        part[members] = p
    source, to = part[graph.source], part[graph.to]
    order = np.flatnonzero(source != to)
    order = order[np.argsort(to[order], kind="stable")]
    source, to = source[order], to[order]
    longest, go = longest_from(n, source, to, range(n)), steps_from(n, to, source, part[outputs])
    if np.any((longest + go > steps) & (go < steps)):
        longest = arrives(n, source, to, part[inputs], steps - go)
    live = np.zeros(graph.S, bool)
    live[graph.source] = live[graph.to] = True
    layer = np.where(live, longest[part], -1)
    layer[inputs] = np.minimum(layer[inputs], 0)
    ends = [o for o in outputs if live[o]]
    layer[ends] = layer.max(initial=-1)
    return layer


def _density(span, widths):
    possible = sum(a * b for a, b in pairwise(widths))
    return float(np.sum(span == 1) / possible) if possible else np.nan


@door
def read_net(net: Any, threshold: float | str | None = None) -> Structure:
    """Return the structure of any network of the contract, with its iterations and positions where it has them.

    >>> from minigrow.nn import MLP
    >>> read_net(MLP.create([2, 3, 1], rng=0)).widths
    (2, 3, 1)
    """
    W, place = whole(net)
    inputs, *_, outputs = (np.arange(part.start, part.stop) for part in place.values())
    return read(W, inputs, outputs, getattr(net, "iterations", None), getattr(net, "positions", ()), threshold)
