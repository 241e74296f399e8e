"""Find out which vertices of a graph reach which, in how many steps and in which cycles; in E (S, S), E[i, j] is an edge j -> i."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

FAR = np.iinfo(np.int64).max // 4  # longer than any path


def steps_from(E: np.ndarray, sources: Sequence[int]) -> np.ndarray:
    """Return the number of edges on the shortest path from any source to each vertex (S,), FAR where there is none.

    >>> E = np.array([[0, 0, 0], [1, 0, 0], [0, 0, 0]], bool)
    >>> steps_from(E, [0]).tolist() == [0, 1, FAR]
    True
    """
    steps = np.full(len(E), FAR)
    front = np.zeros(len(E), bool)
    front[list(sources)] = True
    for t in range(len(E) + 1):
        steps[front] = t
        front = E[:, front].any(axis=1) & (steps == FAR)
        if not front.any():
            break
    return steps


def components(E: np.ndarray) -> list[list[int]]:
    """Return the strongly connected components, each sorted, sources before what they reach.

    This is Tarjan's algorithm (1972) with the recursion written out: a vertex whose earliest reachable open vertex is itself
    closes a component. It finds components from the sinks backwards, so the list is reversed at the end.

    >>> components(np.array([[0, 0, 0], [1, 0, 1], [0, 1, 0]], bool))
    [[0], [1, 2]]
    """
    after = [np.flatnonzero(E[:, v]).tolist() for v in range(len(E))]
    number, low, is_open, open_, found = {}, {}, set(), [], []
    for root in range(len(E)):
        if root not in number:
            _visit(root, after, (number, low, is_open, open_, found))
    return found[::-1]


def _visit(root, after, state):
    number, low, is_open, open_, found = state

    def enter(v):
        number[v] = low[v] = len(number)
        open_.append(v)
        is_open.add(v)
        return v, iter(after[v])

    work = [enter(root)]
    while work:
        v, rest = work[-1]
        w = next(rest, None)
        if w is None:
            work.pop()
            if work:
                low[work[-1][0]] = min(low[work[-1][0]], low[v])
            if low[v] == number[v]:
                found.append(_close(v, open_, is_open))
        elif w not in number:
            work.append(enter(w))
        elif w in is_open:
            low[v] = min(low[v], number[w])


def _close(v, open_, is_open):
    start = open_.index(v)
    members = sorted(open_[start:])
    del open_[start:]
    is_open.difference_update(members)
    return members


def longest_from(E: np.ndarray, parts: Sequence[Sequence[int]]) -> np.ndarray:
    """Return the length of the longest path that ends in each vertex (S,); it is the same for all vertices of a cycle.

    `parts` are the components in the order of `components`; edges within a component do not count.

    >>> E = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0]], bool)
    >>> longest_from(E, components(E))
    array([0, 1, 2])
    """
    depth = np.zeros(len(E), np.int64)
    for part in parts:
        before = np.setdiff1d(np.flatnonzero(E[list(part)].any(axis=0)), part)
        depth[list(part)] = 1 + depth[before].max() if len(before) else 0
    return depth


def walks(E: np.ndarray, sources: Sequence[int], sinks: Sequence[int], most: int) -> list[int]:
    """Count the walks from sources to sinks with 1, 2, .., `most` edges.

    >>> E = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0]], bool)
    >>> walks(E, [0], [2], 3)
    [1, 1, 0]
    """
    step, here, counts = E.astype(np.float64), np.zeros(len(E)), []
    here[list(sources)] = 1
    for _ in range(most):
        here = step @ here
        counts.append(int(here[list(sinks)].sum()))
    return counts
