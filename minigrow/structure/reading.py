"""Read the architecture out of weights: `read_net(net)` of any network of the contract, `read(W, inputs, outputs)` of a matrix.

Legend: W (S, S), row = to, column = from; only which entries are zero counts. An edge j -> i is effective when it lies on a
walk from an input to an output, of at most I edges if the number of iterations I is given; a neuron is live when an
effective edge touches it. Layers: inputs are layer 0, a neuron's layer is the longest path that leads to it (a cycle's
members share one), outputs are the last layer L. A skip is an edge over more than one layer. An edge is local when its
ends are at most `near` apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from minigrow.nn import validate
from minigrow.structure.graph import FAR, components, longest_from, steps_from, walks

NEAR = 2.0


class Structure(NamedTuple):
    """What `read` finds in a matrix W; neurons are numbered as in W.

    live: hidden live neurons; edges (m, 2) effective edges (from, to); cycles: groups of neurons in cycles;
    layer (S,): 0..L, -1 if not live; widths: neurons in each layer 0..L; skips: edges over more than one layer;
    direct: edges input -> output; density: share of the possible edges between neighbouring layers that exist;
    walks: number of walks from inputs to outputs with 1, 2, .. edges; local, chance: share of edges from inputs with a
    position to neurons with one that are local, and of all such pairs (NaN without any); reach: the longest such edge.
    """

    live: np.ndarray
    edges: np.ndarray
    cycles: tuple[tuple[int, ...], ...]
    layer: np.ndarray
    widths: tuple[int, ...]
    skips: int
    direct: int
    density: float
    walks: tuple[int, ...]
    local: float = np.nan
    chance: float = np.nan
    reach: float = np.nan

    @property
    def depth(self) -> int:
        """L, the number of layers of weights."""
        return len(self.widths) - 1


def read(
    W: np.ndarray, inputs: Sequence[int], outputs: Sequence[int], iterations: int | None = None, positions: Any = ()
) -> Structure:
    """Return the structure of W (S, S); inputs and outputs are neuron numbers, positions (S, D) are NaN where a neuron has none.

    Raises ValueError for a W that is not square or not finite, neurons that do not exist, iterations < 1, or positions
    that are not one for each neuron.

    >>> W = np.zeros((4, 4))
    >>> W[2, [0, 1]] = W[3, 2] = W[3, 0] = 1.0
    >>> found = read(W, [0, 1], [3])
    >>> found.widths, found.skips, found.walks
    ((2, 1, 1), 1, (1, 2))
    """
    E, inputs, outputs = _checked(W, inputs, outputs)
    steps = len(E) if iterations is None else validate.whole(iterations, "iterations", least=1)
    E = effective(E, inputs, outputs, steps)
    live = np.flatnonzero(E.any(axis=0) | E.any(axis=1))
    parts = components(E)
    layer = _layers(E, inputs, outputs, parts)
    edges = np.argwhere(E)[:, ::-1]
    span = layer[edges[:, 1]] - layer[edges[:, 0]]
    widths = tuple(int(n) for n in np.bincount(layer[layer >= 0])) if len(edges) else ()
    counts = walks(E, inputs, outputs, min(steps, max(len(widths) - 1, 0) if iterations is None else steps))
    found = Structure(
        np.setdiff1d(live, [*inputs, *outputs]),
        edges,
        tuple(tuple(part) for part in parts if len(part) > 1 or E[part[0], part[0]]),
        layer,
        widths,
        int(np.sum(span > 1)),
        int(E[np.ix_(outputs, inputs)].sum()),
        _density(span, widths),
        tuple(counts),
    )
    return found._replace(**locality(edges, inputs, positions, len(E), np.setdiff1d(live, inputs)))


def effective(E: np.ndarray, inputs: Sequence[int], outputs: Sequence[int], steps: int) -> np.ndarray:
    """Return which edges (S, S) lie on a walk of at most `steps` edges from an input to an output.

    >>> E = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0]], bool)
    >>> int(effective(E, [0], [2], 1).sum()), int(effective(E, [0], [2], 2).sum())
    (1, 3)
    """
    come, go = steps_from(E, inputs), steps_from(E.T, outputs)
    return E & (np.minimum(come[None, :], FAR) + 1 + np.minimum(go[:, None], FAR) <= steps)


def locality(edges: np.ndarray, inputs: Sequence[int], positions: Any, S: int, ends: Sequence[int]) -> dict[str, float]:
    """Return the share of local edges among those from inputs, what chance gives, and the greatest length.

    Chance is the share of local pairs among all pairs (input, end) with positions; `ends` are the neurons that inputs could feed.

    >>> locality(np.array([[0, 2], [1, 2]]), [0, 1], [0.0, 9.0, 1.0], 3, [2])
    {'local': 0.5, 'chance': 0.5, 'reach': 8.0}
    """
    place = _places(positions, S)
    from_inputs = edges[np.isin(edges[:, 0], inputs)]
    length = _length(place[from_inputs[:, 0]], place[from_inputs[:, 1]])
    pairs = _length(place[list(inputs)][:, None], place[list(ends)][None])
    return {
        "local": float(np.mean(length <= NEAR)) if len(length) else np.nan,
        "chance": float(np.mean(pairs <= NEAR)) if len(pairs) else np.nan,
        "reach": float(length.max()) if len(length) else np.nan,
    }


def _length(a, b):
    gap = a - b
    length = np.sqrt(np.sum(gap * gap, axis=-1))
    return length[np.isfinite(length)]


def _places(positions, S):
    place = np.asarray(positions, dtype=np.float64)
    if place.size == 0:
        return np.full((S, 1), np.nan)
    place = place[:, None] if place.ndim == 1 else place
    if len(place) != S:
        raise ValueError(f"positions must be one for each of the {S} neurons, got {len(place)}.")
    return place


def _checked(W, inputs, outputs):
    W = validate.matrix(W, name="W")
    if W.shape[0] != W.shape[1]:
        raise ValueError(f"W must be square (to, from), got {W.shape}. Layers: stack them with from_layers(...).")
    inputs, outputs = [int(i) for i in inputs], [int(i) for i in outputs]
    for name, group in (("inputs", inputs), ("outputs", outputs)):
        if not group or min(group) < 0 or max(group) >= len(W):
            raise ValueError(f"{name} must name neurons in 0..{len(W) - 1}, got {group[:8]}.")
    return W != 0, inputs, outputs


def _layers(E, inputs, outputs, parts):
    layer = np.where(E.any(axis=0) | E.any(axis=1), longest_from(E, parts), -1)
    layer[inputs] = np.where(layer[inputs] >= 0, 0, -1)
    ends = [o for o in outputs if layer[o] >= 0]
    layer[ends] = layer.max()
    return layer


def _density(span, widths):
    possible = sum(a * b for a, b in pairwise(widths))
    return float(np.sum(span == 1) / possible) if possible else np.nan


def from_layers(weights: Sequence[np.ndarray]) -> tuple[np.ndarray, list[int], list[int]]:
    """Return W (S, S), inputs and outputs of a layered network with weights (m_l, m_{l-1}), ready for `read`.

    >>> W, inputs, outputs = from_layers([np.ones((3, 2)), np.ones((1, 3))])
    >>> read(W, inputs, outputs).widths
    (2, 3, 1)
    """
    first = np.cumsum([0, weights[0].shape[1], *(len(V) for V in weights)])
    W = np.zeros((first[-1], first[-1]))
    for l, V in enumerate(weights):
        W[first[l + 1] : first[l + 2], first[l] : first[l + 1]] = V
    return W, list(range(first[1])), list(range(first[-2], first[-1]))


def whole(net: Any) -> tuple[np.ndarray, dict[str, slice]]:
    """Return the whole matrix W (S, S) of a network of the contract, and which of its neurons each space has.

    The spaces follow one another, inputs first and outputs last; matrices that join the same two spaces are added. A neuron
    whose gate is closed sends nothing.

    >>> from minigrow.nn import MLP
    >>> W, place = whole(MLP.create([2, 3, 1], rng=0))
    >>> W.shape, place["h1"]
    ((6, 6), slice(2, 5, None))
    """
    first = np.cumsum([0, *net.sizes.values()]).tolist()
    place = dict(zip(net.sizes, map(slice, first[:-1], first[1:]), strict=True))
    W = np.zeros((first[-1], first[-1]), net.theta.dtype)
    for to, source, weights in net.wires:
        W[place[to], place[source]] += weights
    for space, gate in net.gated.items():
        W[:, place[space]] *= gate > 0
    return W, place


def read_net(net: Any) -> Structure:
    """Return the structure of any network of the contract, with its iterations and positions where it has them.

    >>> from minigrow.nn import MLP
    >>> read_net(MLP.create([2, 3, 1], rng=0)).widths
    (2, 3, 1)
    """
    W, place = whole(net)
    inputs, *_, outputs = (np.arange(part.start, part.stop) for part in place.values())
    return read(W, inputs, outputs, getattr(net, "iterations", None), getattr(net, "positions", ()))
