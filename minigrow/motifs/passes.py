"""FANMOD's random graphs, as published numbers were made with them: `offered(graph, rng)`, one link of its chain.

Each pass offers every bond `tries` chances to find a partner of its kind with which it can exchange heads, and stops at the
first (Zambra et al. 2020, section 2.3, after FANMOD: 3 passes, 3 tries, "locally constant number of bidirectional edges,
exchanging only edges with the same color"). Random graph r begins where r - 1 ended.

This is not uniform: a bond that fails is tried again, so graphs with many refusals are left sooner than they are reached; and if a
kind has only two bonds, every pass switches them there and back, and they end as they began. `switching` draws uniformly.
"""

import numpy as np

from minigrow.motifs.bonds import bonds, bound, exchange, turn
from minigrow.motifs.graph import Graph
from minigrow.nn.compiler import njit

PASSES = 3
TRIES = 3
GRAPHS = 101  # FANMOD says 100 and draws one more


@njit(cache=True, nogil=True)
def _two(start, neighbour, bonds_, e, f):
    """Exchange the heads of bonds e and f and return 1; if a self-loop or a second edge would come about, return 0."""
    tail, head = bonds_.tail, bonds_.head
    a, b, c, d = neighbour[head[e]], neighbour[tail[e]], neighbour[head[f]], neighbour[tail[f]]
    if a == d or c == b or bound(start, neighbour, a, d) or bound(start, neighbour, c, b):
        return 0
    exchange(neighbour, bonds_, e, f)
    return 1


@njit(cache=True, nogil=True)
def _offer(start, neighbour, bonds_, offers, rng):
    """Switch in place, with `offers` = (passes, tries), and return how many tries were made and how many succeeded."""
    first, behind, made, done = bonds_.first, bonds_.behind, 0, 0
    for _ in range(offers[0]):
        for e in range(first.size):
            for _ in range(offers[1] * (behind[e] - first[e] > 1)):
                f = first[e] + int(rng.random() * (behind[e] - first[e] - 1))
                f += f >= e  # any other bond of its kind
                if bonds_.same[f] and rng.random() < 0.5:  # a mutual edge in one colour has no direction of its own
                    turn(bonds_, f)
                made += 1
                if _two(start, neighbour, bonds_, e, f):
                    done += 1
                    break
    return made, done


def offer_naive(
    graph: Graph, offers: tuple[int, int], rng: np.random.Generator, blocks: np.ndarray | None = None
) -> np.ndarray:
    """Return the neighbours (2b,) after switching: the naive twin, with a list of ends per bond and a set of joined pairs.

    >>> from minigrow.motifs.graph import from_edges
    >>> offer_naive(from_edges([0, 1], [1, 2]), (3, 3), np.random.default_rng(0)).tolist()
    [1, 0, 2, 1]
    """
    listed, neighbour, owner = bonds(graph, blocks), graph.neighbour.copy(), graph.owner
    tail, head = listed.tail.tolist(), listed.head.tolist()
    joined = {(int(owner[t]), int(owner[h])) for t, h in zip(tail + head, head + tail, strict=True)}
    for e in [*range(len(tail))] * offers[0]:
        for _ in range(offers[1] * (listed.behind[e] - listed.first[e] > 1)):
            f = int(listed.first[e] + int(rng.random() * (listed.behind[e] - listed.first[e] - 1)))
            f += f >= e
            if listed.same[e] and rng.random() < 0.5:
                tail[f], head[f] = head[f], tail[f]
            a, b, c, d = (int(owner[s]) for s in (tail[e], head[e], tail[f], head[f]))
            if a != d and b != c and (a, d) not in joined and (c, b) not in joined:
                joined = joined - {(a, b), (b, a), (c, d), (d, c)} | {(a, d), (d, a), (c, b), (b, c)}
                head[e], head[f] = head[f], head[e]
                break
    neighbour[tail], neighbour[head] = owner[head], owner[tail]
    return neighbour


def offered(
    graph: Graph, rng: np.random.Generator, passes: int = PASSES, tries: int = TRIES, blocks: np.ndarray | None = None
) -> tuple[Graph, int, int]:
    """Return a random graph, how many tries were made and how many bonds were switched.

    Raises ValueError when blocks is not one integer for each vertex.

    >>> from minigrow.motifs.graph import from_edges
    >>> offered(from_edges([0, 1], [1, 2]), np.random.default_rng(0))[1:]
    (18, 0)
    """
    neighbour = graph.neighbour.copy()
    made, done = _offer(graph.start, neighbour, bonds(graph, blocks), (passes, tries), rng)
    return graph._replace(neighbour=neighbour), made, done
