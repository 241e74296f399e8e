"""Count every connected induced subgraph of 3 to 8 vertices by class: `census(graph, size)`.

The algorithm (ESU: Wernicke 2006, IEEE/ACM Trans. Comput. Biol. Bioinform. 3, 347, fig. 3) in one sentence: from each
vertex in turn, which is then removed, extend the subgraph by a candidate, drop that candidate for good, and add as new
candidates those neighbours of it that no vertex of the subgraph had before; so each vertex set is met exactly once.

Legend: n vertices, k size, d number of vertices chosen so far, w the vertex that joins,
code[u] the edges of each chosen vertex to and from u (0: adjacent to none), `wide` bits at bit i wide for the i-th chosen,
ext[d] the candidates at depth d, ext[d, 0] how many are left to try, key[d] the subgraph of the d chosen ones.

Code and candidates carry all that is needed, so no adjacency matrix is kept: memory is O(k n + edges + classes met).
The last vertex is never "joined": its code, appended to the key of the others, gives the key of the subgraph.
Colours of vertices come last in a key. A code has at most 24 bits (`classes.Layout`: the more vertices, the fewer colours).
"""

from collections.abc import Callable, Iterable, Iterator
from functools import reduce
from typing import Any, NamedTuple

import numpy as np

from minigrow.motifs.classes import Layout, add_up, layout_of
from minigrow.motifs.graph import Graph
from minigrow.motifs.memory import classify
from minigrow.motifs.table import FIRST_BITS, enlarge, listed, tally
from minigrow.nn.compiler import njit
from minigrow.nn.door import door

GONE = 1 << 30  # in code[u]: u is the root of this search or of an earlier one
PART = 20_000_000  # subgraphs counted before the compiled loop returns to Python
STOP = np.zeros(1, np.int64)  # set it to 1 from another thread, and every count under way in this process breaks off
MOST_KEYS = 1 << 20  # distinct keys after which a part ends, so that the table stays small


class Stopped(Exception):
    """A census was broken off from outside, by `STOP`."""


class Census(NamedTuple):
    """How often each class occurs: `ids` (c,) rising, written in `layout`, `counts` (c,), `size` k. Sampled counts are estimates."""

    size: int
    ids: np.ndarray
    counts: np.ndarray
    layout: Layout = Layout()

    @property
    def total(self) -> int | float:
        """Number of subgraphs."""
        return self.counts.sum().item()

    @property
    def frequencies(self) -> np.ndarray:
        """Share of each class (c,), 0..1."""
        return self.counts / self.total if self.ids.size else np.zeros(0)


class Walk(NamedTuple):
    """Where a walk stands: `code` (n,), `ext` (k + 1, n + 1), `chosen` and `key` (k,), and `at` (2,): the next root, and d."""

    code: np.ndarray
    ext: np.ndarray
    chosen: np.ndarray
    key: np.ndarray
    at: np.ndarray


@njit(cache=True, nogil=True)
def join(start, neighbour, pair, code, ext, w, d, wide):
    """Let w be chosen as vertex number d: the next candidates are those left, and neighbours of w that had no code."""
    top = ext[d, 0]
    for i in range(1, top + 1):
        ext[d + 1, i] = ext[d, i]
    for slot in range(start[w], start[w + 1]):
        u = neighbour[slot]
        if code[u] == 0:
            top += 1
            ext[d + 1, top] = u
        code[u] |= pair[slot] << wide * d
    ext[d + 1, 0] = top


@njit(cache=True, nogil=True)
def part(start, neighbour, code, v, d, wide):
    """Undo `join`: remove what v, vertex number d, wrote into the codes."""
    kept = ~((1 << wide) - 1 << wide * d)
    for slot in range(start[v], start[v + 1]):
        code[neighbour[slot]] &= kept


@njit(cache=True, nogil=True)
def tint(paint, u, place):
    """Return the colour of vertex u, put at this bit; 0 if vertices have none, paint being None."""
    if paint is None:
        return 0
    return paint[u] << place


@njit(cache=True, nogil=True)
def per_edge(bits):
    """Return how many bits hold a colour, 3 if that is left out: then the compiler knows the shifts, a tenth faster."""
    if bits is None:
        return 3
    return bits


@njit(cache=True, nogil=True)
def _count(start, neighbour, pair, paint, bits, walk, most, stop):
    """Return the table of keys and the number of subgraphs of the next part of a walk, which ends with `most` or more.

    The innermost loops are here and not in a function of their own, which is twice as fast, since numba passes
    and counts references to every array at each call.
    """
    code, ext, chosen, key, at = walk
    edge, vertex, size, n = per_edge(bits[0]), bits[1], chosen.size, start.size - 1
    wide, above, (root, d) = 2 * edge, edge * size * (size - 1), at
    table, shift, used, total = np.zeros((1 << FIRST_BITS, 2), np.int64), 64 - FIRST_BITS, 0, 0
    while (d > 0 or root < n) and total < most and stop[0] == 0:
        if d == 0:
            code[root], chosen[0], key[1] = GONE, root, tint(paint, root, above)
            join(start, neighbour, pair, code, ext, root, 0, wide)
            root, d = root + 1, 1
        left = ext[d, 0]
        if left == 0:
            d -= 1
            part(start, neighbour, code, chosen[d], d, wide)
            continue
        w, ext[d, 0] = ext[d, left], left - 1
        here = key[d] | np.int64(code[w]) << edge * d * (d - 1) | tint(paint, w, above + vertex * d)
        if d < size - 2:
            join(start, neighbour, pair, code, ext, w, d, wide)
            chosen[d], key[d + 1], d = w, here, d + 1
        else:
            room = used + left + start[w + 1] - start[w]
            if 2 * room > table.shape[0]:
                table, shift = enlarge(table, room, shift)
                most *= room <= MOST_KEYS
            behind, last, total = edge * d * (d + 1), above + vertex * (d + 1), total + left - 1
            for slot in range(start[w], start[w + 1]):  # the last vertex touches w only
                u, bond = neighbour[slot], pair[slot] << wide * d
                if code[u] == 0:
                    used += tally(table, here | np.int64(bond) << behind | tint(paint, u, last), shift)
                    total += 1
                else:
                    code[u] |= bond
            for i in range(1, left):  # the last vertex is an old candidate
                u = ext[d, i]
                used += tally(table, here | np.int64(code[u]) << behind | tint(paint, u, last), shift)
            part(start, neighbour, code, w, d, wide)
    at[0], at[1] = root, d
    return table, total


def vertex_sets(graph: Graph, size: int) -> Iterator[tuple[int, ...]]:
    """Yield each connected set of `size` vertices once: the naive twin of `census`, Wernicke's algorithm as he writes it.

    >>> from minigrow.motifs.graph import from_edges
    >>> sorted(vertex_sets(from_edges([0, 1, 2], [1, 2, 3]), 3))
    [(0, 1, 2), (1, 2, 3)]
    """
    near = [set(graph.neighbour[a:b].tolist()) for a, b in zip(graph.start, graph.start[1:], strict=False)]

    def extend(sub: list[int], ext: list[int]) -> Iterator[tuple[int, ...]]:
        if len(sub) == size:
            yield tuple(sorted(sub))
            return
        while ext:
            w = ext.pop()
            known = set(sub).union(*(near[v] for v in sub))
            yield from extend([*sub, w], ext + [u for u in near[w] - known if u > sub[0]])

    for root in range(graph.vertices):
        yield from extend([root], [u for u in near[root] if u > root])


def begin(graph: Graph, size: int, layout: Layout) -> tuple[np.ndarray, np.ndarray | None, Walk]:
    """Return what a walk reads, pair (2b,) in the bits of the layout and paint (n,) or None, and the walk before its first step.

    >>> from minigrow.motifs.graph import from_edges
    >>> [a.tolist() for a in begin(from_edges([0], [1], paint={0: 1, 1: 2}), 6, Layout(1, 4))[:2]]
    [[1, 2], [1, 2]]
    """
    n = graph.vertices
    room = np.zeros((size + 1, n + 1), np.int32)
    walk = Walk(np.zeros(n, np.int32), room, *np.zeros((2, size), np.int64), np.zeros(2, np.int64))
    pair = graph.pair if layout.edge == 3 else graph.pair % 8 | graph.pair // 8 << layout.edge
    return pair, graph.paint if layout.vertex else None, walk


def walks(graph: Graph, size: int, go: Callable) -> Iterator[tuple[int, Census]]:
    """Walk on with `go` until all is done; yield, part by part, the number of roots done and the census of the part.

    Raises Stopped when `STOP` was set, ValueError as `classes.layout_of` does.
    """
    n, layout = graph.vertices, layout_of(graph, size)
    pair, paint, walk = begin(graph, size, layout)
    bits = None if layout.edge == 3 else layout.edge, layout.vertex
    while walk.at[0] < n or walk.at[1] > 0:
        table, _ = go(graph.start, graph.neighbour, pair, paint, bits, tuple(walk), PART, STOP)
        if STOP[0]:
            raise Stopped
        yield int(walk.at[0] - (walk.at[1] > 0)), Census(size, *classify(*listed(table), size, layout), layout)


def census_in_parts(graph: Graph, size: int) -> Iterator[tuple[int, Census]]:
    """Yield the census in pieces of about 20 million subgraphs: (number of vertices done as roots, census of the piece).

    Raises Stopped when `STOP` was set, ValueError as `classes.layout_of` does.

    >>> from minigrow.motifs.graph import from_edges
    >>> [(root, piece.total) for root, piece in census_in_parts(from_edges([0, 1, 2], [1, 2, 3]), 3)]
    [(4, 2)]
    """
    return walks(graph, size, _count)


def check_alike(*found: Any) -> None:
    """Check that censuses or results can be compared: all must be of one size and layout.

    Raises ValueError otherwise.

    >>> check_alike(Census(3, np.array([1]), np.array([2])), Census(4, np.array([1]), np.array([2])))
    Traceback (most recent call last):
    ValueError: only counts of one size and layout can be compared, got size 3 with Layout(edge=3, vertex=0) and size 4 ...
    """
    kinds = sorted({(one.size, one.layout) for one in found})
    if len(kinds) > 1:
        text = " and ".join(f"size {size} with {layout}" for size, layout in kinds)
        raise ValueError(
            f"only counts of one size and layout can be compared, got {text}. Give the vertices of all graphs colours, or of none."
        )


def merge(pieces: list[Census]) -> Census:
    """Return one census that adds up several of the same size.

    >>> a = Census(3, np.array([1]), np.array([2]))
    >>> merge([a, a]).counts.tolist()
    [4]
    """
    check_alike(*pieces)
    if len(pieces) == 1:
        return pieces[0]
    ids, counts = (np.concatenate([getattr(p, name) for p in pieces]) for name in ("ids", "counts"))
    return Census(pieces[0].size, *add_up(ids, counts), pieces[0].layout)


def merged(parts: Iterable[tuple[int, Census]]) -> Census:
    """Add up the parts of a walk as they come, so that no more than two are kept.

    >>> merged([(2, Census(3, np.array([1]), np.array([2]))), (4, Census(3, np.array([1, 9]), np.array([5, 6])))])[1:3]
    (array([1, 9]), array([7, 6]))
    """
    return reduce(lambda whole, piece: merge([whole, piece]), (piece for _, piece in parts))


@door
def census(graph: Graph, size: int) -> Census:
    """Count all connected induced subgraphs of `size` vertices, by class.

    Raises ValueError as `classes.layout_of` does: when size is not in 3..8, or a colour is too large for this size.

    >>> from minigrow.motifs.graph import from_edges
    >>> census(from_edges([0, 0, 0], [1, 2, 3], [1, 1, 2]), 3).counts.tolist()
    [1, 2]
    """
    return merged(census_in_parts(graph, size))
