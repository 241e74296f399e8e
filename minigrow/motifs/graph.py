"""The coloured directed graph: `from_edges` builds one, `edges` lists it, `reverse`, `relabel`, `colour_blind`."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

COLOURS = 7


class Graph(NamedTuple):
    """A directed graph with coloured edges, stored as one list of bonds per vertex.

    start      (n + 1,) int64: the bonds of vertex u are the slots start[u] .. start[u + 1] - 1
    neighbour  (2b,) int32: the vertex at the other end of each slot (b bonds: pairs of vertices with an edge or two)
    pair       (2b,) int32: colour of u -> v, plus 8 times the colour of v -> u (0 where there is no edge)
    names      (n,) int64: what the vertices were called in the edge list
    """

    start: np.ndarray
    neighbour: np.ndarray
    pair: np.ndarray
    names: np.ndarray

    @property
    def vertices(self) -> int:
        """Number n of vertices that have an edge."""
        return self.start.size - 1

    @property
    def owner(self) -> np.ndarray:
        """The vertex (2b,) to which each slot belongs."""
        return np.repeat(np.arange(self.vertices), np.diff(self.start))


def from_edges(source: np.ndarray, target: np.ndarray, colour: np.ndarray | None = None) -> Graph:
    """Build the graph with edges source[i] -> target[i] of colour[i] (1 where no colours are given).

    source, target: vertex numbers (m,), any integers >= 0; colour: (m,) in 1..7.

    Raises ValueError as `check_edges` does, or when the three arrays are not integers of one length.

    >>> g = from_edges([5, 7, 5], [7, 5, 9], [1, 2, 3])
    >>> g.vertices, g.names.tolist(), g.pair.tolist()
    (3, [5, 7, 9], [17, 3, 10, 24])
    """
    columns = [np.asarray(c) for c in (source, target, np.ones(len(source), int) if colour is None else colour)]
    if any(c.ndim != 1 or c.size != columns[0].size or (c.size and c.dtype.kind not in "iu") for c in columns):
        found = ", ".join(f"{c.dtype} {c.shape}" for c in columns)
        raise ValueError(f"source, target and colour must be integer arrays of one length, got {found}.")
    check_edges(*columns, lambda i: f"edge {i}")
    return checked_graph(*columns)


def checked_graph(source: np.ndarray, target: np.ndarray, colour: np.ndarray) -> Graph:
    """Build the graph from edges (m,) that `check_edges` has passed already.

    >>> checked_graph(np.array([0]), np.array([1]), np.array([3])).pair.tolist()
    [3, 24]
    """
    names, ends = np.unique(np.concatenate([source, target]).astype(np.int64), return_inverse=True)
    s, t = ends.reshape(2, -1).astype(np.int64)
    u, v, p = np.concatenate([s, t]), np.concatenate([t, s]), np.concatenate([colour, 8 * colour])
    order = np.lexsort((v, u))
    u, v, p = u[order], v[order], p[order]
    first = np.flatnonzero(np.r_[True, (u[1:] != u[:-1]) | (v[1:] != v[:-1])])  # where each bond begins
    start = np.searchsorted(u[first], np.arange(names.size + 1))
    return Graph(start.astype(np.int64), v[first].astype(np.int32), np.add.reduceat(p, first).astype(np.int32), names)


def check_edges(source: np.ndarray, target: np.ndarray, colour: np.ndarray, where: Callable[[int], str]) -> None:
    """Raise for the first edge that is not allowed; `where(i)` says in words where edge i stands.

    source, target, colour: integers (m,), no unit.

    Raises ValueError for no edge, a negative vertex, a self-loop, a colour outside 1..7, the same edge twice.

    >>> check_edges(np.array([0, 2]), np.array([1, 2]), np.array([1, 1]), lambda i: f"edge {i}")
    Traceback (most recent call last):
    ValueError: edge 1: a vertex may not point to itself, got 2 -> 2. Motif counting has no self-loops: leave it out.
    """
    if not source.size:
        raise ValueError("a graph needs at least one edge, got none. Write one `source target [colour]` per line.")
    between = (
        f"a colour must lie in 1..{COLOURS}, got {{}}. 0 means `no edge` (leave the line out); merge colours above."
    )
    loops = "a vertex may not point to itself, got {} -> {}. Motif counting has no self-loops: leave it out."
    for wrong, rule, values in (
        (np.minimum(source, target) < 0, "a vertex must be an integer >= 0, got {} -> {}.", (source, target)),
        (source == target, loops, (source, target)),
        ((colour < 1) | (colour > COLOURS), between, (colour,)),
    ):
        if wrong.any():
            i = int(np.argmax(wrong))
            raise ValueError(f"{where(i)}: " + rule.format(*(v[i] for v in values)))
    _check_duplicates(source, target, where)


def _check_duplicates(source: np.ndarray, target: np.ndarray, where: Callable[[int], str]) -> None:
    order = np.lexsort((np.arange(source.size), target, source))
    s, t = source[order], target[order]
    again = np.flatnonzero((s[1:] == s[:-1]) & (t[1:] == t[:-1]))
    if again.size:
        i = again[np.argmin(order[again + 1])]
        first, second = where(int(order[i])), where(int(order[i + 1]))
        raise ValueError(
            f"{second}: an edge may occur once, but {s[i]} -> {t[i]} stands at {first} already. Delete one."
        )


def edges(graph: Graph) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """List the edges as source (m,), target (m,), colour (m,), in order of source and target, by their names.

    >>> [c.tolist() for c in edges(from_edges([5, 7, 5], [7, 5, 9], [1, 2, 3]))]
    [[5, 5, 7], [7, 9, 5], [1, 3, 2]]
    """
    out = graph.pair % 8 > 0
    s, t, c = graph.names[graph.owner[out]], graph.names[graph.neighbour[out]], graph.pair[out] % 8
    order = np.lexsort((t, s))
    return s[order], t[order], c[order]


def reverse(graph: Graph) -> Graph:
    """Turn every edge round: A becomes A'.

    >>> [c.tolist() for c in edges(reverse(from_edges([0, 0], [1, 2], [1, 2])))]
    [[1, 2], [0, 0], [1, 2]]
    """
    return graph._replace(pair=graph.pair // 8 + 8 * (graph.pair % 8))


def relabel(graph: Graph, names: np.ndarray) -> Graph:
    """Give vertex number u the new name names[u] (n,): another list of edges, the same graph.

    >>> [c.tolist() for c in edges(relabel(from_edges([0, 0], [1, 2], [1, 2]), np.array([9, 4, 5])))]
    [[9, 9], [4, 5], [1, 2]]
    """
    s, t, c = edges(graph._replace(names=np.arange(graph.vertices)))
    return from_edges(np.asarray(names)[s], np.asarray(names)[t], c)


def colour_blind(graph: Graph) -> Graph:
    """Paint every edge in colour 1.

    >>> edges(colour_blind(from_edges([0, 0], [1, 2], [3, 2])))[2].tolist()
    [1, 1]
    """
    return graph._replace(pair=((graph.pair % 8 > 0) + 8 * (graph.pair // 8 > 0)).astype(np.int32))
