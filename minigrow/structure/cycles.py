"""Find the cycles of a graph with `components`: groups of neurons that reach each other, sources before what they reach."""

from __future__ import annotations

from itertools import pairwise

import numpy as np


def components(S: int, source: np.ndarray, to: np.ndarray) -> list[list[int]]:
    """Return the strongly connected components, each sorted, sources before what they reach.

    This is Tarjan's algorithm (1972) with the recursion written out: a vertex whose earliest reachable open vertex is itself
    closes a component. It finds components from the sinks backwards, so the list is reversed at the end.

    >>> components(3, np.array([0, 1, 2]), np.array([1, 2, 1]))
    [[0], [1, 2]]
    """
    order = np.argsort(source, kind="stable")
    first = np.searchsorted(source[order], np.arange(S + 1)).tolist()
    ends = to[order].tolist()
    after = [ends[a:b] for a, b in pairwise(first)]
    number, low, is_open, open_, found = {}, {}, set(), [], []
    for root in range(S):
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
    members = []
    while not members or members[-1] != v:
        members.append(open_.pop())
    is_open.difference_update(members)
    return sorted(members)
