"""The coloured graph: `from_edges` builds one, `edges` lists it, `painted`, `reverse`, `relabel`, `colour_blind`, `unpainted`."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from minigrow.motifs.edgelist import check_edges, numbered
from minigrow.nn.door import door
from minigrow.nn.validate import said

PAINTS = 15


class Graph(NamedTuple):
    """A graph with coloured edges, directed unless all bonds are alike both ways, stored as one list of bonds per vertex.

    start      (n + 1,) int64: the bonds of vertex u are the slots start[u] .. start[u + 1] - 1
    neighbour  (2b,) int32: the vertex at the other end of each slot (b bonds: pairs of vertices with an edge or two)
    pair       (2b,) int32: colour of u -> v, plus 8 times the colour of v -> u (0 where there is no edge)
    names      (n,) int64, or text (object): what the vertices were called in the edge list, in rising order
    paint      (n,) int64: the colour 1..15 of each vertex, all 0 where vertices have no colours
    """

    start: np.ndarray
    neighbour: np.ndarray
    pair: np.ndarray
    names: np.ndarray
    paint: np.ndarray

    @property
    def vertices(self) -> int:
        """Number n of vertices that have an edge."""
        return self.start.size - 1

    @property
    def owner(self) -> np.ndarray:
        """The vertex (2b,) to which each slot belongs."""
        return np.repeat(np.arange(self.vertices), np.diff(self.start))

    @property
    def undirected(self) -> bool:
        """Whether every bond has the same colour both ways."""
        return bool((self.pair // 8 == self.pair % 8).all())

    @property
    def edges(self) -> int:
        """Number of edges; of an undirected graph, number of bonds."""
        return self.pair.size // 2 if self.undirected else int(np.count_nonzero(self.pair % 8))


@door
def from_edges(
    source: Any, target: Any, colour: Any = None, paint: Mapping[Any, int] | None = None, undirected: bool = False
) -> Graph:
    """Build the graph with edges source[i] -> target[i] of colour[i] (1 where no colours are given).

    source, target: vertices (m,), integers >= 0 or text; colour: (m,) in 1..7; paint: the colour 1..15 of each vertex, by
    its name; with `undirected`, source[i] - target[i] is an edge both ways, to be listed once.

    Raises ValueError as `check_edges` and `painted` do, or when the three arrays are not of one length or of these types.

    >>> g = from_edges([5, 7, 5], [7, 5, 9], [1, 2, 3])
    >>> g.vertices, g.names.tolist(), g.pair.tolist()
    (3, [5, 7, 9], [17, 3, 10, 24])

    >>> g = from_edges(["Eve", "Eve"], ["Adam", "Cain"], paint={"Adam": 1, "Eve": 2, "Cain": 1}, undirected=True)
    >>> g.names.tolist(), g.paint.tolist(), g.pair.tolist(), g.edges
    (['Adam', 'Cain', 'Eve'], [1, 1, 2], [9, 9, 9, 9], 2)
    """
    columns = [_column(source, "source"), _column(target, "target")]
    columns.append(np.ones(len(source), int) if colour is None else _column(colour, "colour"))
    kinds = [_kind(c) for c in columns]
    if kinds[0] != kinds[1] or kinds[0] == "other" or kinds[2] != "integer" or len({c.shape for c in columns}) > 1:
        found = ", ".join(f"{c.dtype} {c.shape}" for c in columns)
        raise ValueError(
            f"source, target and colour must be integer arrays of one length, got {found}. "
            "Vertices may also be text, all of them; colours are integers."
        )
    check_edges(*columns, lambda i: f"edge {i}", undirected)
    return painted(checked_graph(*columns, undirected), paint)


def _column(values, name):
    """The values (m,) as an array without holes."""
    try:
        if not np.ma.is_masked(values) and np.iterable(values):
            return np.asarray(values)
    except Exception:  # whatever the values' own conversion says
        pass
    raise ValueError(f"{name} must be a list or an array (m,) without holes, got {said(values)}.")


def _kind(column):
    """Say what a column (m,) holds: integer, text, or something other; an empty list passes for integers."""
    if column.ndim == 1 and (column.dtype.kind in "iu" or not column.size):
        return "integer"
    text = column.dtype.kind == "U" or (column.dtype == object and all(isinstance(v, str) for v in column.flat))
    return "text" if column.ndim == 1 and text else "other"


def checked_graph(source: np.ndarray, target: np.ndarray, colour: np.ndarray, undirected: bool = False) -> Graph:
    """Build the graph from edges (m,) that `check_edges` has passed already; vertices have no colours.

    All slots are sorted at once as integers (n u + v) 64 + pair, which leaves room for 3 10^8 vertices.

    >>> checked_graph(np.array([0]), np.array([1]), np.array([3])).pair.tolist()
    [3, 24]
    """
    names, s, t = numbered(source, target)
    m, n = s.size, np.int64(names.size)
    slots = np.empty(2 * m, np.int64)
    slots[:m], slots[m:] = s * n + t, t * n + s
    del s, t
    slots <<= 6
    slots[:m] += colour * (9 if undirected else 1)
    slots[m:] += colour * (9 if undirected else 8)
    slots.sort()
    pair = (slots & 63).astype(np.int32)
    slots >>= 6
    first = np.flatnonzero(np.append(True, slots[1:] != slots[:-1]))  # where each bond begins: it has one entry or two
    slots, pair = slots[first], np.add.reduceat(pair, first)
    start = np.searchsorted(slots, np.arange(n + 1) * n)
    slots %= n
    return Graph(start.astype(np.int64), slots.astype(np.int32), pair, names, np.zeros(n, np.int64))


def painted(graph: Graph, paint: Mapping[Any, int] | None) -> Graph:
    """Give each vertex the colour paint[name], 1..15; None takes the colours away. Names without an edge are passed over.

    Raises ValueError when a vertex has no colour, or one that is no integer in 1..15.

    >>> painted(from_edges(["a"], ["b"]), {"a": 2, "b": 1, "c": 9}).paint.tolist()
    [2, 1]
    """
    if paint is None:
        return graph._replace(paint=np.zeros(graph.vertices, np.int64))
    names = graph.names.tolist()
    missing = [name for name in names if name not in paint]
    if missing:
        raise ValueError(
            f"vertex {missing[0]} has no colour, nor have {len(missing) - 1} others of {len(names)}. "
            "Give every vertex that has an edge a colour, or none."
        )
    for name in names:
        if not isinstance(paint[name], int | np.integer) or not 1 <= paint[name] <= PAINTS:
            raise ValueError(f"the colour of vertex {name} must be an integer in 1..{PAINTS}, got {paint[name]!r}.")
    return graph._replace(paint=np.array([paint[name] for name in names], np.int64))


@door
def edges(graph: Graph) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """List the edges by name as source (m,), target (m,), colour (m,), in order of vertices; an undirected edge stands once.

    >>> [c.tolist() for c in edges(from_edges([5, 7, 5], [7, 5, 9], [1, 2, 3]))]
    [[5, 5, 7], [7, 9, 5], [1, 3, 2]]
    """
    s, t, c = graph.owner, graph.neighbour, graph.pair % 8
    out = s < t if graph.undirected else c > 0
    s, t, c = s[out], t[out], c[out]
    order = np.lexsort((t, s))
    return graph.names[s[order]], graph.names[t[order]], c[order]


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
    names = np.asarray(names)
    s, t, c = edges(graph._replace(names=np.arange(graph.vertices)))
    paint = dict(zip(names.tolist(), graph.paint.tolist(), strict=True)) if graph.paint.any() else None
    return from_edges(names[s], names[t], c, paint, graph.undirected)


def colour_blind(graph: Graph) -> Graph:
    """Paint every edge in colour 1.

    >>> edges(colour_blind(from_edges([0, 0], [1, 2], [3, 2])))[2].tolist()
    [1, 1]
    """
    return graph._replace(pair=((graph.pair % 8 > 0) + 8 * (graph.pair // 8 > 0)).astype(np.int32))


def unpainted(graph: Graph) -> Graph:
    """Take the colours of the vertices away.

    >>> unpainted(from_edges([0], [1], paint={0: 1, 1: 2})).paint.tolist()
    [0, 0]
    """
    return painted(graph, None)
