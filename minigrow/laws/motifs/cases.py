"""Draw graphs for the laws of motifs, count them by brute force, and say by how much two censuses differ."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import numpy as np

from minigrow.motifs import from_edges
from minigrow.motifs.classes import add_up, class_of
from minigrow.motifs.esu import Census
from minigrow.motifs.graph import Graph


def draw_graph(rng: np.random.Generator, n: int = 8, share: float = 0.3) -> Graph:
    """A random graph: a path through n vertices and each other edge with probability `share`; three colours, all in use.

    >>> draw_graph(np.random.default_rng(0)).vertices
    8
    """
    there = rng.random((n, n)) < share
    there[np.arange(n - 1), np.arange(1, n)] = True
    np.fill_diagonal(there, False)
    source, target = np.nonzero(there)
    colour = rng.permutation(np.arange(source.size) % 3) + 1
    return from_edges(source, target, colour)


def adjacency(graph: Graph) -> np.ndarray:
    """The matrix of colours (n, n).

    >>> adjacency(from_edges([0], [1], [3])).tolist()
    [[0, 3], [0, 0]]
    """
    a = np.zeros((graph.vertices, graph.vertices), np.int64)
    a[graph.owner, graph.neighbour] = graph.pair % 8
    return a


def brute_force(graph: Graph, size: int, connected: int = 1) -> Census:
    """The census from all sets of `size` vertices, keeping those in which all hang together (`connected` = 0: all sets).

    >>> brute_force(from_edges([0, 1, 2], [1, 2, 3]), 3).counts.tolist()
    [2]
    """
    a = adjacency(graph)
    counts: Counter[int] = Counter()
    for chosen in combinations(range(graph.vertices), size):
        part = a[np.ix_(chosen, chosen)]
        reach = np.linalg.matrix_power((part + part.T > 0) + np.eye(size, dtype=int), size - 1)
        if not connected or reach.all():
            counts[class_of(part)] += 1
    ids = sorted(counts)
    return Census(size, np.array(ids, np.int64), np.array([counts[i] for i in ids], np.int64))


def gap(a: Census, b: Census) -> float:
    """By how many subgraphs two censuses differ, summed over classes (a scalar).

    >>> gap(Census(3, np.array([1]), np.array([2])), Census(3, np.array([2]), np.array([2])))
    4.0
    """
    _, difference = add_up(np.concatenate([a.ids, b.ids]), np.concatenate([a.counts, -b.counts]))
    return float(np.abs(difference).sum())


def size_of(rng: np.random.Generator) -> int:
    """Draw a size of subgraphs, 3 to 5.

    >>> size_of(np.random.default_rng(0))
    5
    """
    return int(rng.integers(3, 6))
