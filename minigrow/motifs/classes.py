"""Tell motif classes apart: `class_of(adjacency)`, `matrix_of(id, size)`, `classify(keys, counts, size)`.

A subgraph is written as one integer, three bits per ordered pair of vertices (0 no edge, 1..7 the colour), in two ways:

    key   in the order in which enumeration meets the pairs: vertex 1 towards 0, then 2 towards 0 and 1, ...
    id    row by row through the adjacency matrix, diagonal left out, first entry in the highest bits

Two subgraphs are of one class if some order of the vertices gives them the same matrix. The class is named by the
smallest id over all orders, so it does not depend on how the vertices were numbered.
"""

from functools import cache
from itertools import permutations

import numpy as np
from numba import njit


@cache
def orders(size: int) -> np.ndarray:
    """Return all orders of the vertices, (size!, size).

    >>> orders(3).tolist()
    [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]
    """
    found = np.array(list(permutations(range(size))), np.int64)
    found.flags.writeable = False  # all callers share it
    return found


def id_of(adjacency: np.ndarray) -> int:
    """Read a matrix of colours (k, k) row by row as one integer, diagonal left out.

    >>> id_of(np.array([[0, 0, 0], [1, 0, 0], [2, 0, 0]])) == 1 * 8**3 + 2 * 8
    True
    """
    value = 0
    for colour in np.asarray(adjacency)[~np.eye(len(adjacency), dtype=bool)]:
        value = 8 * value + int(colour)
    return value


def matrices_of(ids: np.ndarray, size: int) -> np.ndarray:
    """Return the matrices of colours (c, size, size) that `id_of` reads as these integers (c,).

    >>> matrices_of(np.array([8**3 + 16]), 3).tolist()
    [[[0, 0, 0], [1, 0, 0], [2, 0, 0]]]
    """
    digits = np.asarray(ids, np.int64)[:, None] >> 3 * np.arange(size * (size - 1))[::-1] & 7
    matrices = np.zeros((len(digits), size, size), np.int64)
    matrices[:, ~np.eye(size, dtype=bool)] = digits
    return matrices


def matrix_of(identity: int, size: int) -> np.ndarray:
    """Return the matrix of colours (size, size) that `id_of` reads as this integer.

    >>> matrix_of(8**3 + 16, 3).tolist()
    [[0, 0, 0], [1, 0, 0], [2, 0, 0]]
    """
    return matrices_of(np.array([identity]), size)[0]


def class_of(adjacency: np.ndarray) -> int:
    """Return the class of a subgraph with colours (k, k): the smallest id over all orders of its vertices.

    >>> class_of(np.array([[0, 0, 2], [0, 0, 1], [0, 0, 0]])) == id_of(np.array([[0, 0, 0], [1, 0, 0], [2, 0, 0]]))
    True
    """
    adjacency = np.asarray(adjacency)
    return min(id_of(adjacency[np.ix_(order, order)]) for order in orders(len(adjacency)))


def key_of(adjacency: np.ndarray) -> int:
    """Return the key of a subgraph (k, k): 6 bits per pair i < j, colour of i -> j in the lower three.

    >>> key_of(np.array([[0, 1, 0], [0, 0, 0], [0, 2, 0]]))
    65537
    """
    a = np.asarray(adjacency)
    return sum(int(a[i, j] + 8 * a[j, i]) << 6 * (j * (j - 1) // 2 + i) for j in range(len(a)) for i in range(j))


@njit(cache=True, nogil=True)
def _fingerprints(a, mark):
    """Write into mark[1] one number per vertex that does not depend on how the others are numbered; mark (2, size)."""
    size = mark.shape[1]
    for i in range(size):
        mark[0, i] = 0
        for j in range(size):
            mark[0, i] += (a[i, j] + 8 * a[j, i] + 1) ** 3
    for i in range(size):
        mark[1, i] = 0
        for j in range(size):
            mark[1, i] += (a[i, j] + 8 * a[j, i] + 1) * (mark[0, j] + 7 * mark[0, i]) ** 2


@njit(cache=True, nogil=True)
def _sorted_ids(keys, size):
    """Return the id of each key with its vertices in order of their fingerprints, which merges most keys of a class cheaply.

    Vertices that tie keep their order, so one class can still have several ids, which `_smallest_ids` merges.
    """
    ids, a, mark, order = keys.copy(), np.zeros((size, size), np.int64), np.zeros((2, size), np.int64), np.arange(size)
    for n in range(keys.size):
        key = keys[n]
        for j in range(1, size):
            for i in range(j):
                a[i, j], a[j, i] = key & 7, key >> 3 & 7
                key >>= 6
        _fingerprints(a, mark)
        for i in range(size):
            order[i] = i
            for j in range(i, 0, -1):
                if mark[1, order[j - 1]] > mark[1, order[j]]:
                    order[j - 1], order[j] = order[j], order[j - 1]
        value = 0
        for i in range(size):
            for j in range(size):
                if i != j:
                    value = value << 3 | a[order[i], order[j]]
        ids[n] = value
    return ids


@njit(cache=True, nogil=True)
def _smaller(a, all_orders, k, best):
    """Return the id of matrix a in order k if it is smaller than `best`, else `best`; the first row that is larger decides."""
    size = all_orders.shape[1]
    value, rest = 0, 3 * size * (size - 1)
    for i in range(size):
        row = all_orders[k, i]
        for j in range(size):
            if i != j:
                value = value << 3 | a[row, all_orders[k, j]]
        rest -= 3 * (size - 1)
        if value > best >> rest:
            return best
    return value


@njit(cache=True, nogil=True)
def _smallest_ids(ids, all_orders):
    """Return the smallest id over all orders of the vertices, for each id (c,). The naive twin is `class_of`."""
    size, smallest, a = all_orders.shape[1], ids.copy(), np.zeros((5, 5), np.int64)
    for n in range(ids.size):
        rest = ids[n]
        for i in range(size - 1, -1, -1):
            for j in range(size - 1, -1, -1):
                if i != j:
                    a[i, j] = rest & 7
                    rest >>= 3
        best = ids[n]
        for k in range(all_orders.shape[0]):
            best = _smaller(a, all_orders, k, best)
        smallest[n] = best
    return smallest


def add_up(ids: np.ndarray, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the distinct ids (d,) in rising order, and the sum of the counts (c,) of each, (d,).

    >>> [a.tolist() for a in add_up(np.array([7, 3, 7]), np.array([1, 2, 4]))]
    [[3, 7], [2, 5]]
    """
    order = np.argsort(ids)
    ids, counts = ids[order], counts[order]
    first = np.flatnonzero(np.append(True, ids[1:] != ids[:-1])[: ids.size])
    return ids[first], np.add.reduceat(counts, first) if first.size else counts


def classify(keys: np.ndarray, counts: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return classes (d,) in rising order and their counts (d,), from keys (c,) and how often each occurred (c,).

    >>> path = [key_of(np.array(a)) for a in ([[0, 1, 0], [0, 0, 1], [0, 0, 0]], [[0, 0, 1], [0, 0, 0], [0, 1, 0]])]
    >>> [a.tolist() for a in classify(np.array(path), np.array([2, 3]), 3)]
    [[72], [5]]
    """
    ids, counts = add_up(_sorted_ids(np.ascontiguousarray(keys, np.int64), size), counts)
    return add_up(_smallest_ids(ids, orders(size)), counts)


def classes_of(ids: np.ndarray, size: int) -> np.ndarray:
    """Return the class of each id (c,), as `class_of` does, but compiled.

    >>> classes_of(np.array([8, 64, 1]), 3).tolist()
    [1, 1, 1]
    """
    return _smallest_ids(np.ascontiguousarray(ids, np.int64), orders(size))


def colour_blind_classes(ids: np.ndarray, size: int) -> np.ndarray:
    """Return the class (c,) of each class (c,) once all its edges are painted in colour 1.

    >>> path = class_of(np.array([[0, 1, 0], [0, 0, 3], [0, 0, 0]]))
    >>> matrix_of(colour_blind_classes(np.array([path]), 3)[0], 3).tolist()
    [[0, 0, 0], [0, 0, 1], [1, 0, 0]]
    """
    ones = np.int64(sum(8**i for i in range(size * (size - 1))))
    ids = np.asarray(ids, np.int64)
    return classes_of((ids | ids >> 1 | ids >> 2) & ones, size)


def reversed_classes(ids: np.ndarray, size: int) -> np.ndarray:
    """Return the class (c,) of each class (c,) with all its edges turned round.

    >>> reversed_classes(np.array([class_of([[0, 1, 1], [0, 0, 0], [0, 0, 0]])]), 3).tolist() == [
    ...     class_of([[0, 0, 0], [1, 0, 0], [1, 0, 0]])]
    True
    """
    transposed = [id_of(matrix.T) for matrix in matrices_of(ids, size)]
    return classes_of(np.array(transposed, np.int64), size)
