"""Find out which neurons of a graph reach which, in how many steps and in which cycles: lists of edges, so that large nets are quick.

Legend: S neurons, m edges; edge e runs from source[e] to to[e] and has weight[e]; edges are sorted by `to`, then by `source`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

FAR = np.iinfo(np.int64).max // 4  # longer than any path


class Graph(NamedTuple):
    """S neurons and m edges; source (m,), to (m,), weight (m,)."""

    S: int
    source: np.ndarray
    to: np.ndarray
    weight: np.ndarray

    def where(self, kept: np.ndarray) -> Graph:
        """Return the graph of those edges for which `kept` (m,) is true.

        >>> graph_of([[0, 0], [2, 3]]).where(np.array([True, False])).weight
        array([2.])
        """
        return Graph(self.S, self.source[kept], self.to[kept], self.weight[kept])


def graph_of(W: Any) -> Graph:
    """Return the graph of the entries of W (S, S) that are not zero; row = to, column = from.

    >>> graph_of([[0, 0], [3, 0]])
    Graph(S=2, source=array([0]), to=array([1]), weight=array([3.]))
    """
    W = np.asarray(W)
    to, source = np.nonzero(W)
    return Graph(len(W), source, to, W[to, source].astype(np.float64))


def steps_from(S: int, source: np.ndarray, to: np.ndarray, starts: Sequence[int]) -> np.ndarray:
    """Return the number of edges on the shortest path from any start to each neuron (S,), FAR where there is none.

    >>> steps_from(3, np.array([0]), np.array([1]), [0]).tolist() == [0, 1, FAR]
    True
    """
    steps, front = np.full(S, FAR), np.zeros(S, bool)
    front[list(starts)] = True
    for t in range(S + 1):
        steps[front] = t
        reached, front = to[front[source]], np.zeros(S, bool)
        front[reached] = True
        front &= steps == FAR
        if not front.any():
            break
    return steps


def arrives(S: int, source: np.ndarray, to: np.ndarray, starts: Sequence[int], until: np.ndarray) -> np.ndarray:
    """Return the greatest t <= until (S,) such that a walk of exactly t edges leads from a start to each neuron, -1 without one.

    >>> arrives(3, np.array([0, 1]), np.array([1, 1]), [0], np.array([5, 4, 5]))
    array([ 0,  4, -1])
    """
    last, here = np.full(S, -1), np.zeros(S, bool)
    here[list(starts)] = True
    for t in range(int(until.max(initial=-1)) + 1):
        last[here & (t <= until)] = t
        reached, here = to[here[source]], np.zeros(S, bool)
        here[reached] = True
        if not here.any():
            break
    return last


def longest_from(S: int, source: np.ndarray, to: np.ndarray, order: Sequence[int]) -> np.ndarray:
    """Return the length of the longest path that ends in each neuron (S,) of a graph whose edges all lead forwards in `order`.

    >>> longest_from(3, np.array([0, 0, 1]), np.array([1, 2, 2]), [0, 1, 2])
    array([0, 1, 2])
    """
    length, first = np.zeros(S, np.int64), np.searchsorted(to, np.arange(S + 1))
    for v in order:
        before = source[first[v] : first[v + 1]]
        if len(before):
            length[v] = 1 + length[before].max()
    return length


def walks(graph: Graph, starts: Sequence[int], ends: Sequence[int], most: int) -> list[float]:
    """Count the walks from starts to ends with 1, 2, .., `most` edges: whole up to 2^53, floats beyond, inf past 1e308.

    >>> walks(graph_of([[0, 0, 0], [1, 0, 0], [1, 1, 0]]), [0], [2], 3)
    [1, 1, 0]
    """
    here, counts = np.zeros(graph.S), []
    here[list(starts)] = 1
    for _ in range(most):
        here = np.bincount(graph.to, here[graph.source], minlength=graph.S)
        with np.errstate(over="ignore"):
            count = float(here[list(ends)].sum())
        counts.append(int(count) if count <= 2**53 else count)
    return counts
