"""Tell motif classes apart: `class_of(adjacency)`, `matrix_of(id, size)`.

A subgraph is a matrix of colours, entry i, j that of the edge i -> j (0 no edge), entry i, i that of vertex i (0 if vertices
have none). It is written as one integer, a few bits per entry (`Layout`), in two ways:

    key   in the order in which enumeration meets the pairs: vertex 1 towards 0, then 2 towards 0 and 1, ...; then vertices
    id    the vertices, first one in the highest bits, then row by row through the matrix, diagonal left out

Two subgraphs are of one class if some order of the vertices gives them the same matrix. The class of up to 5 vertices is named
by the smallest id over all orders, so it does not depend on how the vertices were numbered. From 6 vertices on there are too
many: the class is named by the smallest id over those orders that sort the vertices by their `canonical.fingerprints`, which do
not depend on the numbers either.
"""

from functools import cache
from itertools import chain, groupby, permutations, product
from typing import NamedTuple

import numpy as np

from minigrow.motifs.canonical import SMALL, fingerprints, smallest_ids
from minigrow.motifs.graph import Graph
from minigrow.nn.door import door

SIZES = range(3, 9)


class Layout(NamedTuple):
    """How many bits of an id hold the colour of an ordered pair and that of a vertex: `edge` k (k - 1) + `vertex` k <= 63."""

    edge: int = 3
    vertex: int = 0


def check_size(size: int) -> None:
    """Check that subgraphs of this many vertices can be counted.

    Raises ValueError when size is not in 3..8.

    >>> check_size(4)
    """
    if size not in SIZES:
        raise ValueError(
            f"size must be 3, 4, 5, 6, 7 or 8, got {size}. An id has 63 bits, and the 56 ordered pairs of 8 vertices need 56."
        )


def layout_for(size: int, painted: bool = False) -> Layout:
    """Return the layout with as many bits as fit, which depends on the size and on whether vertices have colours, on no more.

    Raises ValueError as `check_size` does, and where no bit is left for the vertices.

    >>> [tuple(layout_for(size)) for size in (5, 6, 8)], [tuple(layout_for(size, painted=True)) for size in (4, 5, 7)]
    ([(3, 0), (2, 0), (1, 0)], [(3, 4), (2, 4), (1, 3)])
    """
    check_size(size)
    pairs = size * (size - 1)
    vertex = min(4, (63 - pairs) // size) if painted else 0
    if painted and not vertex:
        raise ValueError(
            f"size {size} leaves no room for colours of vertices. Count size 7 or less, or take the colours away with unpainted."
        )
    return Layout(min(3, (63 - vertex * size) // pairs), vertex)


def layout_of(graph: Graph, size: int) -> Layout:
    """Return the layout in which subgraphs of a graph are counted: `layout_for(size)`, if the graph's colours fit.

    Raises ValueError as `layout_for` does, and when a colour is too large.

    >>> from minigrow.motifs.graph import from_edges
    >>> layout_of(from_edges([0, 1], [1, 2], [5, 6]), 6)
    Traceback (most recent call last):
    ValueError: size 6 has room for edges of colours 1..3, got colour 6. Count size 5 or less, or merge colours.
    """
    painted = bool(graph.paint.any())
    layout = layout_for(size, painted)
    for what, bits, most in (
        ("edges", layout.edge, int(graph.pair.max()) // 8),
        ("vertices", layout.vertex, int(graph.paint.max())),
    ):
        if most >> bits:
            index = ("edges", "vertices").index(what)
            less = max(k for k in range(3, size) if not most >> layout_for(k, painted)[index])
            raise ValueError(
                f"size {size} has room for {what} of colours 1..{2**bits - 1}, got colour {most}. "
                f"Count size {less} or less, or merge colours."
            )
    return layout


@cache
def orders(size: int) -> np.ndarray:
    """Return all orders of the vertices, (size!, size).

    >>> orders(3).tolist()
    [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]
    """
    found = np.array(list(permutations(range(size))), np.int64)
    found.flags.writeable = False  # all callers share it
    return found


def ids_of(matrices: np.ndarray, layout: Layout | None = None) -> np.ndarray:
    """Read matrices of colours (c, k, k) as one integer each (c,): vertices, then row by row, diagonal left out.

    >>> ids_of(np.array([[[0, 0, 0], [1, 0, 0], [2, 0, 0]]])) == 1 * 8**3 + 2 * 8
    array([ True])
    >>> ids_of(np.array([[[1, 0, 0], [1, 2, 0], [2, 0, 3]]]), Layout(2, 4)) == 0x123 * 4**6 + 1 * 4**3 + 2 * 4
    array([ True])
    """
    matrices = np.asarray(matrices, np.int64)
    size = matrices.shape[-1]
    layout, ids = layout or layout_for(size), np.zeros(len(matrices), np.int64)
    for i in range(size if layout.vertex else 0):
        ids = ids << layout.vertex | matrices[:, i, i]
    for i, j in permutations(range(size), 2):
        ids = ids << layout.edge | matrices[:, i, j]
    return ids


def id_of(adjacency: np.ndarray, layout: Layout | None = None) -> int:
    """Read one matrix of colours (k, k) as an integer, as `ids_of` does.

    >>> id_of(np.array([[0, 0, 0], [1, 0, 0], [2, 0, 0]])) == 1 * 8**3 + 2 * 8
    True
    """
    return int(ids_of(np.asarray(adjacency)[None], layout)[0])


def matrices_of(ids: np.ndarray, size: int, layout: Layout | None = None) -> np.ndarray:
    """Return the matrices of colours (c, size, size) that `ids_of` reads as these integers (c,).

    >>> matrices_of(np.array([8**3 + 16]), 3).tolist()
    [[[0, 0, 0], [1, 0, 0], [2, 0, 0]]]
    """
    layout, ids = layout or layout_for(size), np.asarray(ids, np.int64)
    matrices = np.zeros((len(ids), size, size), np.int64)
    for place, (i, j) in enumerate(reversed(list(permutations(range(size), 2)))):
        matrices[:, i, j] = ids >> layout.edge * place & (1 << layout.edge) - 1
    for i in range(size):
        at = layout.edge * size * (size - 1) + layout.vertex * (size - 1 - i)
        matrices[:, i, i] = ids >> min(at, 63) & (1 << layout.vertex) - 1
    return matrices


@door
def matrix_of(identity: int, size: int, layout: Layout | None = None) -> np.ndarray:
    """Return the matrix of colours (size, size) that `id_of` reads as this integer.

    >>> matrix_of(8**3 + 2 * 8, 3).tolist()
    [[0, 0, 0], [1, 0, 0], [2, 0, 0]]
    """
    return matrices_of(np.array([identity]), size, layout)[0]


def class_of(adjacency: np.ndarray, layout: Layout | None = None) -> int:
    """Return the class of a subgraph with colours (k, k): the smallest id over all orders that keep fingerprints sorted.

    Up to five vertices, only the colours of the vertices are kept sorted, which the smallest id does anyway.

    >>> class_of(np.array([[0, 0, 2], [0, 0, 1], [0, 0, 0]])) == id_of(np.array([[0, 0, 0], [1, 0, 0], [2, 0, 0]]))
    True
    """
    a = np.array(adjacency, np.int64)
    if not layout or not layout.vertex:
        np.fill_diagonal(a, 0)
    mark = np.array([a.diagonal()] * 2)
    if len(a) > SMALL:
        fingerprints(a, mark)
    alike = [list(cell) for _, cell in groupby(np.argsort(mark[0], kind="stable"), lambda v: mark[0, v])]
    sorted_orders = np.array([[*chain(*parts)] for parts in product(*map(permutations, alike))])
    return int(ids_of(a[sorted_orders[:, :, None], sorted_orders[:, None]], layout).min())


def key_of(adjacency: np.ndarray, layout: Layout | None = None) -> int:
    """Return the key of a subgraph (k, k): per pair i < j the colour of i -> j, above it that of j -> i; then the vertices.

    >>> key_of(np.array([[0, 1, 0], [0, 0, 0], [0, 2, 0]]))
    65537
    """
    a = np.asarray(adjacency)
    layout, place, key = layout or layout_for(len(a)), 0, 0
    for j in range(len(a)):
        for colour in chain(*((a[i, j], a[j, i]) for i in range(j))):
            key |= int(colour) << place
            place += layout.edge
    for i in range(len(a) if layout.vertex else 0):
        key |= int(a[i, i]) << place + layout.vertex * i
    return key


def add_up(ids: np.ndarray, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the distinct ids (d,) in rising order, and the sum of the counts (c,) of each, (d,).

    >>> [a.tolist() for a in add_up(np.array([7, 3, 7]), np.array([1, 2, 4]))]
    [[3, 7], [2, 5]]
    """
    order = np.argsort(ids)
    ids, counts = ids[order], counts[order]
    new = np.ones(ids.size, bool)
    np.not_equal(ids[1:], ids[:-1], out=new[1:])
    (first,) = new.nonzero()
    return ids[first], np.add.reduceat(counts, first) if first.size else counts


def classes_of(ids: np.ndarray, size: int, layout: Layout | None = None) -> np.ndarray:
    """Return the class of each id (c,), as `class_of` does, but compiled.

    >>> classes_of(np.array([8, 64, 1]), 3).tolist()
    [1, 1, 1]
    """
    few = orders(min(size, SMALL))
    return smallest_ids(np.ascontiguousarray(ids, np.int64), size, *(layout or layout_for(size)), few)


def colour_blind_classes(ids: np.ndarray, size: int, layout: Layout | None = None) -> np.ndarray:
    """Return the class (c,) of each class (c,) once all its edges are painted in colour 1; vertices keep their colours.

    >>> path = class_of(np.array([[0, 1, 0], [0, 0, 3], [0, 0, 0]]))
    >>> matrix_of(colour_blind_classes(np.array([path]), 3)[0], 3).tolist()
    [[0, 0, 0], [0, 0, 1], [1, 0, 0]]
    """
    matrices = matrices_of(ids, size, layout)
    edges = ~np.eye(size, dtype=bool)
    return classes_of(ids_of(np.where(edges, matrices > 0, matrices), layout), size, layout)


def unpainted_classes(ids: np.ndarray, size: int, layout: Layout) -> np.ndarray:
    """Return the class (c,), in the layout without vertex colours, of each class (c,) once these are taken away.

    >>> path = np.array([[1, 0, 0], [0, 2, 5], [1, 0, 1]])
    >>> unpainted_classes(np.array([class_of(path, Layout(3, 4))]), 3, Layout(3, 4)) == class_of(path)
    array([ True])
    """
    return classes_of(ids_of(matrices_of(ids, size, layout)), size)


def reversed_classes(ids: np.ndarray, size: int, layout: Layout | None = None) -> np.ndarray:
    """Return the class (c,) of each class (c,) with all its edges turned round.

    >>> reversed_classes(np.array([class_of([[0, 1, 1], [0, 0, 0], [0, 0, 0]])]), 3).tolist() == [
    ...     class_of([[0, 0, 0], [1, 0, 0], [1, 0, 0]])]
    True
    """
    return classes_of(ids_of(matrices_of(ids, size, layout).swapaxes(1, 2), layout), size, layout)
