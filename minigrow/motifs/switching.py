"""Randomise a graph and keep what each vertex has: `randomise(graph, rng)`; its layers too: `randomise(..., blocks=layers)`.

A bond is a pair of vertices with an edge, or one each way. Switching takes two bonds of one kind (same colours) and
exchanges their heads,

    a -> b, c -> d    becomes    a -> d, c -> b,

unless a and d, or c and b, are the same vertex or bound already. So each vertex keeps the number of edges it sends and
receives in each colour and the number of mutual edges, and no self-loop, double edge or new mutual edge comes about.
Each pass offers every bond `tries` chances to find such a partner at random (Zambra et al. 2020, section 2.3, after
FANMOD: 3 passes, 3 tries, "locally constant number of bidirectional edges, exchanging only edges with the same color").

Switching does not keep layers: in a perceptron, edges come to skip layers and to run backwards. With a block B(u) for each
vertex, two bonds are of one kind only if also B(a) = B(c) and B(b) = B(d): ends stay in their blocks, and between any two
blocks there are as many edges of each colour as before. With one block for all this is the switching above. (If a kind has
only two bonds, every pass switches them there and back, and they end as they began.)

Bonds live in the graph's own slots, so a switch rewrites four entries of `neighbour` and nothing else: the colours stay
where they are. Each bond knows two slots, `tail` (in a's list) and `head` (in b's list).
"""

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from minigrow.motifs.graph import Graph
from minigrow.nn.validate import generator

PASSES = 3
TRIES = 3


class Bonds(NamedTuple):
    """Where each of b bonds is stored, sorted by kind.

    tail, head   (b,) slots; first, behind (b,) the bonds of its kind are first .. behind - 1; same (b,) one colour both ways
    """

    tail: np.ndarray
    head: np.ndarray
    first: np.ndarray
    behind: np.ndarray
    same: np.ndarray


def bonds(graph: Graph, blocks: np.ndarray | None = None) -> Bonds:
    """List the bonds of a graph, kind by kind; a bond is written from the end whose code is smaller.

    >>> from minigrow.motifs.graph import from_edges
    >>> bonds(from_edges([0, 1], [1, 2], [2, 1]))[:2]
    (array([2, 0]), array([3, 1]))
    """
    slots = np.lexsort((graph.owner, graph.neighbour))  # slot number i, of the ends (v, u), mirrors slots[i], of (u, v)
    mirror = np.empty_like(slots)
    mirror[slots] = np.lexsort((graph.neighbour, graph.owner))
    kind, back = _codes(graph, blocks)
    tail = np.flatnonzero((kind < back) | ((kind == back) & (graph.owner < graph.neighbour)))
    tail = tail[np.argsort(kind[tail], kind="stable")]
    sorted_kind = kind[tail]
    first, behind = (np.searchsorted(sorted_kind, sorted_kind, side) for side in ("left", "right"))
    return Bonds(tail, mirror[tail], first, behind, sorted_kind == back[tail])


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
def _bound(start, neighbour, u, v):
    """Return whether an edge joins u and v, either way, by searching the shorter of their lists."""
    if start[v + 1] - start[v] < start[u + 1] - start[u]:
        u, v = v, u
    for slot in range(start[u], start[u + 1]):  # noqa: SIM110 (numba has no any())
        if neighbour[slot] == v:
            return True
    return False


@njit(cache=True, nogil=True)
def _switch(start, neighbour, bonds_, offers, rng):
    """Switch in place, with `offers` = (passes, tries), and return how many tries were made and how many succeeded."""
    tail, head, first, behind, same = bonds_
    made, done = 0, 0
    for _ in range(offers[0]):
        for e in range(tail.size):
            for _ in range(offers[1] * (behind[e] - first[e] > 1)):
                f = first[e] + int(rng.random() * (behind[e] - first[e] - 1))
                f += f >= e  # any other bond of its kind
                if same[e] and rng.random() < 0.5:  # a mutual edge in one colour has no direction of its own
                    tail[f], head[f] = head[f], tail[f]
                a, b, c, d = neighbour[head[e]], neighbour[tail[e]], neighbour[head[f]], neighbour[tail[f]]
                made += 1
                if a != d and c != b and not (_bound(start, neighbour, a, d) or _bound(start, neighbour, c, b)):
                    head[e], head[f] = head[f], head[e]
                    neighbour[tail[e]], neighbour[head[e]], neighbour[tail[f]], neighbour[head[f]] = d, a, b, c
                    done += 1
                    break
    return made, done


def switch_naive(
    graph: Graph, offers: tuple[int, int], rng: np.random.Generator, blocks: np.ndarray | None = None
) -> np.ndarray:
    """Return the neighbours (2b,) after switching: the naive twin, with a list of ends per bond and a set of joined pairs.

    >>> from minigrow.motifs.graph import from_edges
    >>> switch_naive(from_edges([0, 1], [1, 2]), (3, 3), np.random.default_rng(0)).tolist()
    [1, 0, 2, 1]
    """
    listed, neighbour, owner = bonds(graph, blocks), graph.neighbour.copy(), graph.owner
    tail, head = listed.tail.tolist(), listed.head.tolist()
    bound = {(int(owner[t]), int(owner[h])) for t, h in zip(tail + head, head + tail, strict=True)}
    for e in [*range(len(tail))] * offers[0]:
        for _ in range(offers[1] * (listed.behind[e] - listed.first[e] > 1)):
            f = int(listed.first[e] + int(rng.random() * (listed.behind[e] - listed.first[e] - 1)))
            f += f >= e
            if listed.same[e] and rng.random() < 0.5:
                tail[f], head[f] = head[f], tail[f]
            a, b, c, d = (int(owner[s]) for s in (tail[e], head[e], tail[f], head[f]))
            if a != d and b != c and (a, d) not in bound and (c, b) not in bound:
                bound = bound - {(a, b), (b, a), (c, d), (d, c)} | {(a, d), (d, a), (c, b), (b, c)}
                head[e], head[f] = head[f], head[e]
                break
    neighbour[tail], neighbour[head] = owner[head], owner[tail]
    return neighbour


def randomise(
    graph: Graph,
    rng: Any = None,
    passes: int = PASSES,
    tries: int = TRIES,
    blocks: np.ndarray | None = None,
) -> Graph:
    """Return a random graph in which each vertex keeps its edges per colour and direction and its mutual edges.

    a -> b, c -> d become a -> d, c -> b. `blocks` (n,) gives each vertex a block, an integer, in the order of `graph.names`;
    then heads are exchanged only if a and c are of one block and b and d of one block, so that layers are kept too.

    Raises ValueError when passes < 0 or tries < 1, or blocks is not one integer for each vertex.

    >>> from minigrow.motifs.graph import edges, from_edges
    >>> g = from_edges([0, 0, 1, 2], [3, 4, 4, 5])
    >>> [c.tolist() for c in edges(randomise(g, np.random.default_rng(0)))[:2]]
    [[0, 0, 1, 2], [3, 4, 4, 5]]

    Three layers, {0, 1, 2}, {3, 4, 5} and {6, 7, 8}: whatever is switched, edges run from a layer to the next.

    >>> g = from_edges([0, 1, 2, 3, 4, 5], [3, 4, 5, 6, 7, 8])
    >>> for blocks in (None, g.names // 3):
    ...     random = [edges(randomise(g, np.random.default_rng(seed), blocks=blocks)) for seed in range(20)]
    ...     sorted({int(step) for s, t, _ in random for step in t // 3 - s // 3})
    [0, 1, 2]
    [1]
    """
    return switched(graph, generator(rng), passes, tries, blocks)[0]


def check_offers(passes: int, tries: int) -> None:
    """Check the offers; raises ValueError unless passes >= 0 and tries >= 1.

    >>> check_offers(3, 3)
    """
    if passes < 0 or tries < 1:
        raise ValueError(f"passes must be >= 0 and tries >= 1, got {passes} and {tries}. The paper takes 3 and 3.")


def switched(
    graph: Graph, rng: np.random.Generator, passes: int, tries: int, blocks: np.ndarray | None = None
) -> tuple[Graph, int, int]:
    """Return what `randomise` does, how many tries were made and how many bonds were switched.

    >>> from minigrow.motifs.graph import from_edges
    >>> switched(from_edges([0, 1], [1, 2]), np.random.default_rng(0), 3, 3)[1:]
    (18, 0)
    """
    check_offers(passes, tries)
    neighbour = graph.neighbour.copy()
    made, done = _switch(graph.start, neighbour, bonds(graph, blocks), (passes, tries), rng)
    return graph._replace(neighbour=neighbour), made, done
