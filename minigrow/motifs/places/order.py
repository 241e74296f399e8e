"""Say which vertex stands at which place of its class: `placed(vertices, ids, layout)`; `orbits` finds places that are alike.

Place i of a class is row i of its matrix C. The vertices of an occurrence stand in an order o in which their matrix A is that of
the class, A[o, o] = C. Where an automorphism of the class leaves a choice, the vertices are put in the first such order in the
dictionary's sense, so that it does not depend on how the occurrence was met.
"""

import numpy as np

from minigrow.motifs.canonical import fingerprints
from minigrow.motifs.classes import Layout, classes_of, matrices_of
from minigrow.nn.compiler import njit

MARK = 16  # added to the colour of a vertex, it tells the vertex from all others


@njit(cache=True, nogil=True)
def _fits(c, a, order, i):
    """Return whether vertex order[i] of matrix a can stand at place i of matrix c, given those at the places before."""
    v = order[i]
    for j in range(i):
        u = order[j]
        if u == v or c[i, j] != a[v, u] or c[j, i] != a[u, v]:
            return False
    return True


@njit(cache=True, nogil=True)
def orders_onto(classes, matrices):
    """Return for each matrix A (u, k, k) the first order o (u, k) of its vertices with A[o, o] = C, for C in classes (u, k, k).

    Places are filled one after another, each with the first vertex that fits and has the right fingerprint, which its colour
    is part of. -1 stands where there is no such order.
    """
    orders, size = np.full(matrices.shape[:2], -1), matrices.shape[1]
    place, vertex = np.zeros((2, size), np.int64), np.zeros((2, size), np.int64)
    for n in range(len(orders)):
        c, a, order, i = classes[n], matrices[n], orders[n], 0
        fingerprints(c, place)
        fingerprints(a, vertex)
        while 0 <= i < size:
            order[i] += 1
            if order[i] == size:
                order[i] = -1
                i -= 1
            elif place[0, i] == vertex[0, order[i]] and _fits(c, a, order, i):
                i += 1
    return orders


def placed(vertices: np.ndarray, ids: np.ndarray, layout: Layout) -> tuple[np.ndarray, np.ndarray]:
    """Put vertices (N, k), whose matrices have these ids (N,), at the places of their classes; return both, (N, k) and (N,).

    If each row comes in rising order, each leaves in the first order that is right.

    >>> [a.tolist() for a in placed(np.array([[4, 6, 9]]), np.array([4160]), Layout())]
    [[[9, 4, 6]], [520]]
    """
    size = vertices.shape[1]
    distinct, which = np.unique(ids, return_inverse=True)
    classes = classes_of(distinct, size, layout)
    orders = orders_onto(matrices_of(classes, size, layout), matrices_of(distinct, size, layout))
    return np.take_along_axis(vertices, orders[which], 1), classes[which]


def orbits(matrices: np.ndarray) -> np.ndarray:
    """Return for each place (c, k) of these matrices (c, k, k) the first place that some automorphism exchanges it with.

    There is an automorphism that takes i to j if the matrix with vertex i marked can be put onto the one with j marked.

    The places of a fork are two roles, those of a path three:

    >>> orbits(np.array([[[0, 1, 1], [0, 0, 0], [0, 0, 0]], [[0, 1, 0], [0, 0, 1], [0, 0, 0]]])).tolist()
    [[0, 1, 1], [0, 1, 2]]
    """
    size = matrices.shape[1]
    mark = MARK * np.eye(size, dtype=np.int64)[:, None] * np.eye(size, dtype=np.int64)  # mark[i] marks vertex i
    first = np.tile(np.arange(size), (len(matrices), 1))
    for i in range(size):
        for j in reversed(range(i)):
            alike = orders_onto(matrices + mark[i], matrices + mark[j])[:, 0] >= 0
            first[alike, i] = j
    return first
