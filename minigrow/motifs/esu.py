"""Count every connected induced subgraph of 3, 4 or 5 vertices by class: `census(graph, size)`.

The algorithm (ESU: Wernicke 2006, IEEE/ACM Trans. Comput. Biol. Bioinform. 3, 347, fig. 3) in one sentence: from each
vertex in turn, which is then removed, extend the subgraph by a candidate, drop that candidate for good, and add as new
candidates those neighbours of it that no vertex of the subgraph had before; so each vertex set is met exactly once.

Legend: n vertices, k size, d number of vertices chosen so far, w the vertex that joins,
code[u] six bits for each chosen vertex: its edges to and from u (0: adjacent to none), at bit 6i for the i-th chosen,
ext[d] the candidates at depth d, ext[d, 0] how many are left to try, key[d] the subgraph of the d chosen ones.

Code and candidates carry all that is needed, so no adjacency matrix is kept: memory is O(k n + edges + classes met).
The last vertex is never "joined": its code, appended to the key of the others, gives the key of the subgraph.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numba import njit

from minigrow.motifs.classes import add_up, classify
from minigrow.motifs.graph import Graph
from minigrow.motifs.table import FIRST_BITS, enlarge, listed, tally

SIZES = (3, 4, 5)
GONE = 1 << 30  # in code[u]: u is the root of this search or of an earlier one
PART = 20_000_000  # subgraphs counted before the compiled loop returns to Python
STOP = np.zeros(1, np.int64)  # set it to 1 from another thread, and every count under way in this process breaks off
MOST_KEYS = 1 << 20  # distinct keys after which a part ends, so that the table stays small


class Stopped(Exception):
    """A census was broken off from outside, by `STOP`."""


class Census(NamedTuple):
    """How often each class occurs: `ids` (c,) rising, `counts` (c,), `size` k. Sampled counts are estimates."""

    size: int
    ids: np.ndarray
    counts: np.ndarray

    @property
    def total(self) -> int | float:
        """Number of subgraphs."""
        return self.counts.sum().item()

    @property
    def frequencies(self) -> np.ndarray:
        """Share of each class (c,), 0..1."""
        return self.counts / self.total if self.ids.size else np.zeros(0)


@njit(cache=True, nogil=True)
def join(start, neighbour, pair, code, ext, w, d):
    """Let w be chosen as vertex number d; those of its neighbours that had no code become candidates."""
    top = ext[d + 1, 0]
    for slot in range(start[w], start[w + 1]):
        u = neighbour[slot]
        if code[u] == 0:
            top += 1
            ext[d + 1, top] = u
        code[u] |= pair[slot] << 6 * d
    ext[d + 1, 0] = top


@njit(cache=True, nogil=True)
def part(start, neighbour, code, v, d):
    """Undo `join`: remove what v, vertex number d, wrote into the codes."""
    kept = ~(63 << 6 * d)
    for slot in range(start[v], start[v + 1]):
        code[neighbour[slot]] &= kept


@njit(cache=True, nogil=True)
def _count(start, neighbour, pair, size, root, most, stop):
    """Return the table of keys, the number of subgraphs and the next root; the root that makes it `most` or more is the last.

    The innermost loops are here and not in a function of their own, which is twice as fast, since numba passes
    and counts references to every array at each call.
    """
    n = start.size - 1
    code, ext = np.zeros(n, np.int32), np.empty((size, n + 1), np.int32)  # ext[d, 0] is the number of candidates left
    chosen, key = np.zeros(size, np.int64), np.zeros(size, np.int64)
    table, shift, used, total = np.zeros((1 << FIRST_BITS, 2), np.int64), 64 - FIRST_BITS, 0, 0
    code[:root] = GONE
    while root < n and total < most and used < MOST_KEYS:
        code[root], ext[1, 0], chosen[0], d = GONE, 0, root, 1
        join(start, neighbour, pair, code, ext, root, 0)
        while d > 0 and stop[0] == 0:
            left = ext[d, 0]
            if left == 0:
                d -= 1
                part(start, neighbour, code, chosen[d], d)
                continue
            w, ext[d, 0] = ext[d, left], left - 1
            here = key[d] | np.int64(code[w]) << 3 * d * (d - 1)
            if d < size - 2:
                for i in range(left):  # copies the number of candidates, left - 1, too
                    ext[d + 1, i] = ext[d, i]
                join(start, neighbour, pair, code, ext, w, d)
                chosen[d], key[d + 1], d = w, here, d + 1
            else:
                room = used + left + start[w + 1] - start[w]
                if 2 * room > table.shape[0]:
                    table, shift = enlarge(table, room, shift)
                behind, total = 3 * d * (d + 1), total + left - 1
                for slot in range(start[w], start[w + 1]):  # the last vertex touches w only
                    u, bond = neighbour[slot], pair[slot] << 6 * d
                    if code[u] == 0:
                        used += tally(table, here | np.int64(bond) << behind, shift)
                        total += 1
                    else:
                        code[u] |= bond
                for i in range(1, left):  # the last vertex is an old candidate
                    used += tally(table, here | np.int64(code[ext[d, i]]) << behind, shift)
                part(start, neighbour, code, w, d)
        root += 1
    return table, total, root


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


def check_size(size: int) -> None:
    """Check that subgraphs of this many vertices can be counted.

    Raises ValueError when size is not 3, 4 or 5.

    >>> check_size(4)
    """
    if size not in SIZES:
        raise ValueError(
            f"size must be 3, 4 or 5, got {size}. A key holds three bits per ordered pair: 20 pairs fill 60 bits."
        )


def census_in_parts(graph: Graph, size: int) -> Iterator[tuple[int, Census]]:
    """Yield the census in pieces of about 20 million subgraphs: (number of vertices done as roots, census of the piece).

    Raises Stopped when `STOP` was set.

    >>> from minigrow.motifs.graph import from_edges
    >>> [(root, piece.total) for root, piece in census_in_parts(from_edges([0, 1, 2], [1, 2, 3]), 3)]
    [(4, 2)]
    """
    check_size(size)
    root = 0
    while root < graph.vertices:
        table, _, root = _count(graph.start, graph.neighbour, graph.pair, size, root, PART, STOP)
        if STOP[0]:
            raise Stopped
        yield root, Census(size, *classify(*listed(table), size))


def merge(pieces: list[Census]) -> Census:
    """Return one census that adds up several of the same size.

    >>> a = Census(3, np.array([1]), np.array([2]))
    >>> merge([a, a]).counts.tolist()
    [4]
    """
    if len(pieces) == 1:
        return pieces[0]
    ids, counts = (np.concatenate([getattr(p, name) for p in pieces]) for name in ("ids", "counts"))
    return Census(pieces[0].size, *add_up(ids, counts))


def census(graph: Graph, size: int) -> Census:
    """Count all connected induced subgraphs of `size` vertices, by class.

    Raises ValueError when size is not 3, 4 or 5.

    >>> from minigrow.motifs.graph import from_edges
    >>> census(from_edges([0, 0, 0], [1, 2, 3], [1, 1, 2]), 3).counts.tolist()
    [1, 2]
    """
    return merge([piece for _, piece in census_in_parts(graph, size)])
