"""Walk through all connected sets of k vertices in blocks: `set_blocks(graph, size)` yields vertices (N, k) and ids (N,).

The walk is that of `esu`, but it notes each set instead of counting it, and it stops when its block is full; `esu.Walk` keeps
where it stood, so that memory does not depend on the number of sets. A set is then put in the rising order of its vertices, and
its id is that of its matrix in this order: sets with one id are alike vertex for vertex. Letters as in `esu`.
"""

from collections.abc import Iterator

import numpy as np

from minigrow.motifs.classes import layout_of
from minigrow.motifs.esu import GONE, begin, join, part, tint
from minigrow.motifs.graph import Graph
from minigrow.nn.compiler import njit

BLOCK = 1 << 16  # sets in a block


@njit(cache=True, nogil=True)
def _note(start, neighbour, pair, paint, layout, walk, vertices, keys):
    """Write the next sets and their keys into vertices (N, k) and keys (N,) until these are full or all is done; return how many."""
    code, ext, chosen, key, at = walk
    (edge, vertex), size, n = layout, chosen.size, start.size - 1
    wide, above, met, (root, d) = 2 * edge, edge * size * (size - 1), 0, at
    while met < keys.size and (d > 0 or root < n):
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
        chosen[d] = w
        if d < size - 1:
            join(start, neighbour, pair, code, ext, w, d, wide)
            key[d + 1], d = here, d + 1
        else:
            vertices[met], keys[met] = chosen, here
            met += 1
    at[0], at[1] = root, d
    return met


@njit(cache=True, nogil=True)
def rank(vertices, keys, layout):
    """Put each row of vertices (N, k) in rising order, in place, and return the ids (N,) of the matrices in this order."""
    (edge, vertex), size, ids = layout, vertices.shape[1], np.zeros(keys.size, np.int64)
    row, place, a = np.zeros(size, np.int32), np.zeros(size, np.int64), np.zeros((size, size), np.int64)
    for n in range(keys.size):
        key, value = keys[n], 0
        for i in range(size):
            row[i] = vertices[n, i]
        for j in range(size):
            place[j] = 0
            for i in range(size):
                place[j] += row[i] < row[j]
            vertices[n, place[j]] = row[j]
        for j in range(1, size):
            for i in range(j):
                a[place[i], place[j]] = key & (1 << edge) - 1
                a[place[j], place[i]] = key >> edge & (1 << edge) - 1
                key >>= 2 * edge
        for i in range(size):
            a[place[i], place[i]] = key & (1 << vertex) - 1
            key >>= vertex
        for i in range(size):
            value = value << vertex | a[i, i]
        for i in range(size):
            for j in range(size):
                if i != j:
                    value = value << edge | a[i, j]
        ids[n] = value
    return ids


def set_blocks(graph: Graph, size: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield the sets in blocks: vertices (N, size) int32, each row in rising order, and the ids (N,) of their matrices.

    >>> from minigrow.motifs.graph import from_edges
    >>> [(v.tolist(), ids.tolist()) for v, ids in set_blocks(from_edges([0, 1, 1], [1, 2, 3]), 3)]
    [([[0, 1, 3], [0, 1, 2], [1, 2, 3]], [32832, 32832, 36864])]
    """
    n, layout = graph.vertices, layout_of(graph, size)
    pair, paint, walk = begin(graph, size, layout)
    while walk.at[0] < n or walk.at[1] > 0:
        vertices, keys = np.empty((BLOCK, size), np.int32), np.empty(BLOCK, np.int64)
        met = _note(graph.start, graph.neighbour, pair, paint, layout, walk, vertices, keys)
        if met:
            yield vertices[:met], rank(vertices[:met], keys[:met], layout)
