"""List the bonds of a graph by kind: `bonds(graph, blocks)`; a pair of vertices with an edge, or one each way, is a bond.

Bonds live in the graph's own slots, so a step rewrites a few entries of `neighbour` and nothing else: the colours stay where
they are. Each bond knows two slots, `tail` (in a's list) and `head` (in b's list), and `at` names the bond of each slot.
Exchanging the heads of two bonds of one kind leaves every vertex the edges it sends and receives in each colour.
"""

from typing import NamedTuple

import numpy as np

from minigrow.motifs.graph import Graph
from minigrow.nn.compiler import njit


class Bonds(NamedTuple):
    """Where each of b bonds is stored, sorted by kind.

    tail, head (b,)       slots of its two ends; at (2b,) is the bond of each slot
    first, behind (b,)    the bonds of its kind are first .. behind - 1; same (b,) whether it has one colour both ways
    """

    tail: np.ndarray
    head: np.ndarray
    first: np.ndarray
    behind: np.ndarray
    same: np.ndarray
    at: np.ndarray


def bonds(graph: Graph, blocks: np.ndarray | None = None) -> Bonds:
    """List the bonds of a graph, kind by kind; a bond is written from the end whose code is smaller.

    >>> from minigrow.motifs.graph import from_edges
    >>> [ends.tolist() for ends in bonds(from_edges([0, 1], [1, 2], [2, 1]))[:2]]
    [[2, 0], [3, 1]]
    """
    slots = np.lexsort((graph.owner, graph.neighbour))  # slot number i, of the ends (v, u), mirrors slots[i], of (u, v)
    mirror = np.empty_like(slots)
    mirror[slots] = np.lexsort((graph.neighbour, graph.owner))
    kind, back = _codes(graph, blocks)
    tail = np.flatnonzero((kind < back) | ((kind == back) & (graph.owner < graph.neighbour)))
    tail = tail[np.argsort(kind[tail], kind="stable")]
    sorted_kind = kind[tail]
    first, behind = (np.searchsorted(sorted_kind, sorted_kind, side).astype(np.int32) for side in ("left", "right"))
    at = np.empty(kind.size, np.int32)
    at[tail] = at[mirror[tail]] = np.arange(tail.size)
    ends = tail.astype(np.int32), mirror[tail].astype(np.int32)  # half the memory: on large graphs a step waits for it
    return Bonds(*ends, first, behind, sorted_kind == back[tail], at)


def _codes(graph, blocks):
    """Return the kind (2b,) of each slot's bond, seen from its owner and from its neighbour: colours, then blocks of both ends."""
    kind, back = graph.pair, graph.pair // 8 + 8 * (graph.pair % 8)
    if blocks is None:
        return kind, back
    blocks = np.asarray(blocks)
    if blocks.shape != (graph.vertices,) or blocks.dtype.kind not in "iu":
        raise ValueError(
            f"blocks needs one integer for each of the {graph.vertices} vertices that have an edge, got {blocks.dtype} "
            f"{blocks.shape}. They are in the order of graph.names; for a perceptron take weights.layers(graph, widths)."
        )
    named, block = np.unique(blocks, return_inverse=True)
    here, there = block[graph.owner], block[graph.neighbour]
    return ((code * named.size + a) * named.size + b for code, a, b in ((kind, here, there), (back, there, here)))


@njit(cache=True, nogil=True)
def slot_of(start, neighbour, u, v):
    """Return the slot of u's list in which v stands, or -1."""
    for slot in range(start[u], start[u + 1]):
        if neighbour[slot] == v:
            return slot
    return -1


@njit(cache=True, nogil=True)
def bound(start, neighbour, u, v):
    """Return whether an edge joins u and v, either way, by searching the shorter of their lists."""
    if start[v + 1] - start[v] < start[u + 1] - start[u]:
        u, v = v, u
    return slot_of(start, neighbour, u, v) >= 0


@njit(cache=True, nogil=True)
def turn(bonds_, f):
    """Let bond f be written from its other end."""
    bonds_.tail[f], bonds_.head[f] = bonds_.head[f], bonds_.tail[f]


@njit(cache=True, nogil=True)
def exchange(neighbour, bonds_, e, f):
    """Exchange the heads of bonds e and f."""
    tail, head, at = bonds_.tail, bonds_.head, bonds_.at
    a, b, c, d = neighbour[head[e]], neighbour[tail[e]], neighbour[head[f]], neighbour[tail[f]]
    head[e], head[f] = head[f], head[e]
    at[head[e]], at[head[f]] = e, f
    neighbour[tail[e]], neighbour[head[e]], neighbour[tail[f]], neighbour[head[f]] = d, a, b, c
