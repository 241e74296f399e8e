"""The compiled search for the number of a class: `sorted_ids` merges most keys of a class, `smallest_ids` the rest.

Legend: a (k, k) matrix of colours, those of the vertices on the diagonal; edge, vertex: bits per entry (see `classes.Layout`);
order (k,) the vertices in the order in which they are read; mark (2, k) working space, mark[0] the fingerprints.
"""

import numpy as np

from minigrow.nn.compiler import njit

MASK = 2**31 - 1  # fingerprints stay below, so that their squares fit into 63 bits
SMALL = 5  # up to this size all orders are tried


@njit(cache=True, nogil=True)
def fingerprints(a, mark):
    """Write into mark[0] a number for each vertex that does not depend on how the vertices are numbered.

    Each round stirs what a vertex knows of itself with what its neighbours know and how it is bound to them; a vertex's
    colour comes first, so vertices sorted by fingerprint are sorted by colour.
    """
    size = mark.shape[1]
    for i in range(size):  # and not mark[0] = 0, which makes views
        mark[0, i] = 0
    for _ in range(max(2, size // 2)):
        for i in range(size):
            heard = mark[0, i] * 3
            for j in range(size):
                heard += ((mark[0, j] + (a[i, j] + 16 * a[j, i] + 1) * 40503) & MASK) ** 2 >> 13
            mark[1, i] = heard & MASK
        for i in range(size):
            mark[0, i] = mark[1, i]
    for i in range(size):
        mark[0, i] |= a[i, i] << 31


@njit(cache=True, nogil=True)
def _sort(order, mark):
    """Sort the vertices by their fingerprints; those that tie stay in rising order."""
    for i in range(order.size):
        order[i] = i
        for j in range(i, 0, -1):
            if mark[0, order[j - 1]] > mark[0, order[j]]:
                order[j - 1], order[j] = order[j], order[j - 1]


@njit(cache=True, nogil=True)
def sorted_ids(keys, size, edge, vertex):
    """Return the id of each key with its vertices in order of their fingerprints, which merges most keys of a class cheaply.

    Vertices that tie keep their order, so one class can still have several ids, which `smallest_ids` merges.
    """
    ids, a, mark, order = keys.copy(), np.zeros((size, size), np.int64), np.zeros((2, size), np.int64), np.arange(size)
    for n in range(keys.size):
        key = keys[n]
        for j in range(1, size):
            for i in range(j):
                a[i, j], a[j, i] = key & (1 << edge) - 1, key >> edge & (1 << edge) - 1
                key >>= 2 * edge
        for i in range(size):
            a[i, i] = key & (1 << vertex) - 1
            key >>= vertex
        fingerprints(a, mark)
        _sort(order, mark)
        ids[n] = _smaller(a, order.reshape(1, -1), 0, edge, vertex, 2**63 - 1)
    return ids


@njit(cache=True, nogil=True)
def _smaller(a, orders, k, edge, vertex, best):
    """Return the id of matrix a in order k if it is smaller than `best`, else `best`; the first row that is larger decides."""
    size, value = orders.shape[1], 0
    rest = edge * size * (size - 1)
    if vertex > 0:
        for i in range(size):
            value = value << vertex | a[orders[k, i], orders[k, i]]
        if value > best >> rest:
            return best
    for i in range(size):
        row = orders[k, i]
        for j in range(size):
            if i != j:
                value = value << edge | a[row, orders[k, j]]
        rest -= edge * (size - 1)
        if value > best >> rest:
            return best
    return value


@njit(cache=True, nogil=True)
def _turn(order, begin, end):
    """Reverse order[begin:end] in place, without the copy that slices would make."""
    while begin < end - 1:
        end -= 1
        order[begin], order[end] = order[end], order[begin]
        begin += 1


@njit(cache=True, nogil=True)
def _advance(order, cell):
    """Step to the next order in which each vertex stays in its cell, as lists are sorted; return False after the last.

    cell (k,) rises along the order; vertices of one cell change places.
    """
    end = order.size
    while end > 0:
        begin = end - 1
        while begin > 0 and cell[begin - 1] == cell[end - 1]:
            begin -= 1
        i = end - 2
        while i >= begin and order[i] > order[i + 1]:
            i -= 1
        if i >= begin:
            j = end - 1
            while order[j] < order[i]:
                j -= 1
            order[i], order[j] = order[j], order[i]
            _turn(order, i + 1, end)
            return True
        _turn(order, begin, end)
        end = begin
    return False


@njit(cache=True, nogil=True)
def _smallest(a, mark, order, edge, vertex):
    """Return the smallest id of matrix a over the orders that keep the fingerprints sorted."""
    fingerprints(a, mark)
    _sort(order, mark)
    for i in range(order.size):
        mark[1, i] = mark[0, order[i]]
    best = _smaller(a, order.reshape(1, -1), 0, edge, vertex, 2**63 - 1)
    while _advance(order, mark[1]):
        best = _smaller(a, order.reshape(1, -1), 0, edge, vertex, best)
    return best


@njit(cache=True, nogil=True)
def _smallest_of_all(a, mark, orders, edge, vertex, best):
    """Return the smallest id of matrix a over all orders, of which the first (k - 1)! begin with vertex 0, and so on.

    It begins with the lowest colour of a vertex; without these, with that row whose entries are the lowest when sorted.
    """
    size, each = orders.shape[1], orders.shape[0] // orders.shape[1]
    least = 2**63 - 1
    for v in range(size):
        for j in range(size):
            mark[1, j] = a[v, j]
            for i in range(j, 0, -1):
                if mark[1, i - 1] > mark[1, i]:
                    mark[1, i - 1], mark[1, i] = mark[1, i], mark[1, i - 1]
        mark[0, v] = 0
        for j in range(size):
            mark[0, v] = mark[0, v] << edge | mark[1, j]
        if vertex > 0:
            mark[0, v] = a[v, v]
        least = min(least, mark[0, v])
    for v in range(size):
        if mark[0, v] == least:
            for k in range(v * each, (v + 1) * each):
                best = _smaller(a, orders, k, edge, vertex, best)
    return best


@njit(cache=True, nogil=True)
def smallest_ids(ids, size, edge, vertex, orders):
    """Return the number of the class of each id (c,); `orders` (o, k) are all orders if size <= SMALL, else not looked at.

    The naive twin is `classes.class_of`.
    """
    smallest, a, mark = ids.copy(), np.zeros((size, size), np.int64), np.zeros((2, size), np.int64)
    order = np.arange(size)
    for n in range(ids.size):
        rest = ids[n]
        for i in range(size - 1, -1, -1):
            for j in range(size - 1, -1, -1):
                if i != j:
                    a[i, j] = rest & (1 << edge) - 1
                    rest >>= edge
        for i in range(size - 1, -1, -1):
            a[i, i] = rest & (1 << vertex) - 1
            rest >>= vertex
        if size > SMALL:
            smallest[n] = _smallest(a, mark, order, edge, vertex)
        else:
            smallest[n] = _smallest_of_all(a, mark, orders, edge, vertex, ids[n])
    return smallest
