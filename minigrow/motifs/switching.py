"""Draw a random graph uniformly among those in which each vertex keeps what it has: `walk(graph, rng)`.

A bond is a pair of vertices with an edge, or one each way; bonds are of one kind if they have the same colours. A step of the
walk draws a bond e = (a, b) from all and f = (c, d) from those of its kind, e itself among them, and exchanges their heads:

    a -> b, c -> d    becomes    a -> d, c -> b.

If a and d are bound already, and c and b too, by two bonds of one kind that run the same way, those change places with e and f.
A quarter of the steps look for a path of one kind around e = (b, c), a drawn from b's bonds and d from c's, and turn its middle round;
if a is d, that turns a directed triangle round, as no exchange of two heads can (Rao, Jana, Bandyopadhyay 1996, Sankhya A 58):

    a -> b -> c -> d    becomes    a -> c -> b -> d.

Any other step that would make a self-loop or join two vertices twice is refused: the graph stays as it is, and the step counts. So
each vertex keeps the number of edges it sends and receives in each colour and the number of its mutual edges.

Why this is uniform. From one graph to another there are as many draws as back: the same bonds undo an exchange, and a path is
found as often as the one it becomes, for a vertex keeps the number of its bonds. So P(x, y) = P(y, x), and the uniform
distribution over the graphs that can be reached is stationary; since a step may leave all as it is, no parity is kept. "Try
until it works" breaks P(x, y) = P(y, x): FANMOD's procedure, in `passes`, does. Not every graph can always be reached: 7 of 121
random graphs of four to six vertices, in up to three colours, had others of their degrees to which no step leads.

With a block B(u) for each vertex, bonds are of one kind only if also B(a) = B(c) and B(b) = B(d): ends stay in their blocks,
and between any two blocks there are as many edges of each colour as before, so that layers, or kinds of vertices, are kept too.
"""

import numpy as np

from minigrow.motifs.bonds import bonds, bound, exchange, slot_of, turn
from minigrow.motifs.esu import STOP, Stopped
from minigrow.motifs.graph import Graph
from minigrow.nn.compiler import njit

SWITCHES = 30.0  # steps per bond; `mixing` checks that they are enough
PART = 1_000_000  # steps between two looks at `esu.STOP`
PATHS = 0.25  # share of the steps that look for a path of three edges


@njit(cache=True, nogil=True)
def _two(start, neighbour, pair, bonds_, e, f):
    """Exchange the heads of two bonds of one kind, and of those two in their way if there are, and return 1; if refused, 0."""
    tail, head, at, same = bonds_.tail, bonds_.head, bonds_.at, bonds_.same
    a, b, c, d = neighbour[head[e]], neighbour[tail[e]], neighbour[head[f]], neighbour[tail[f]]
    if a in (c, d) or b in (c, d):
        return 0
    taken = bound(start, neighbour, a, d)
    if taken != bound(start, neighbour, c, b):
        return 0
    if taken:
        one, two = slot_of(start, neighbour, a, d), slot_of(start, neighbour, c, b)
        if pair[one] != pair[two]:
            return 0
        g, h = at[one], at[two]
        if same[g] and (tail[g] == one) != (tail[h] == two):
            turn(bonds_, h)
        exchange(neighbour, bonds_, g, h)
    exchange(neighbour, bonds_, e, f)
    return 1


@njit(cache=True, nogil=True)
def _path(start, neighbour, bonds_, e, rng):
    """Turn round e = (b, c) in a path a -> b -> c -> d of one kind, a drawn from b's list, d from c's, and return 1; if refused, 0."""
    tail, head, at, first = bonds_.tail, bonds_.head, bonds_.at, bonds_.first
    b, c = neighbour[head[e]], neighbour[tail[e]]
    into = start[b] + int(rng.random() * (start[b + 1] - start[b]))
    out = start[c] + int(rng.random() * (start[c + 1] - start[c]))
    f, g, a, d = at[into], at[out], neighbour[into], neighbour[out]
    if bonds_.same[e] or first[f] != first[e] or first[g] != first[e] or head[f] != into or tail[g] != out:
        return 0
    if a != d and (bound(start, neighbour, a, c) or bound(start, neighbour, b, d)):
        return 0
    exchange(neighbour, bonds_, f, e)  # a -> c, b -> b for a moment
    exchange(neighbour, bonds_, e, g)  # b -> d, c -> b
    return 1


@njit(cache=True, nogil=True)
def _walk(start, neighbour, pair, bonds_, steps, rng):
    """Make this many steps in place and return how many were not refused."""
    first, behind, done = bonds_.first, bonds_.behind, 0
    for _ in range(steps):
        e = int(rng.random() * first.size)
        if rng.random() < PATHS:
            done += _path(start, neighbour, bonds_, e, rng)
            continue
        f = first[e] + int(rng.random() * (behind[e] - first[e]))
        if bonds_.same[f] and rng.random() < 0.5:  # a mutual edge in one colour has no direction of its own
            turn(bonds_, f)
        done += _two(start, neighbour, pair, bonds_, e, f)
    return done


def walk_naive(graph: Graph, steps: int, rng: np.random.Generator, blocks: np.ndarray | None = None) -> np.ndarray:
    """Return the neighbours (2b,) after this many steps: the naive twin, which looks through the whole list of bonds.

    >>> from minigrow.motifs.graph import from_edges
    >>> walk_naive(from_edges([0, 1], [1, 2]), 5, np.random.default_rng(0)).tolist()
    [1, 0, 2, 1]
    """
    listed, neighbour, owner = bonds(graph, blocks), graph.neighbour.copy(), graph.owner.tolist()
    ends = [[int(t), int(h)] for t, h in zip(listed.tail, listed.head, strict=True)]
    for _ in range(steps):
        e = int(rng.random() * len(ends))
        step = _path_naive if rng.random() < PATHS else _two_naive
        step(graph, listed, ends, e, rng)
    for tail, head in ends:
        neighbour[tail], neighbour[head] = owner[head], owner[tail]
    return neighbour


def _swap(ends, e, f):
    ends[e][1], ends[f][1] = ends[f][1], ends[e][1]


def _path_naive(graph, listed, ends, e, rng):
    """Do as `_path` does, in place; `ends` holds the two slots of each bond."""
    owner, degree = graph.owner.tolist(), np.diff(graph.start)
    where = [[owner[slot] for slot in pair] for pair in ends]
    into, out = (int(graph.start[u] + int(rng.random() * degree[u])) for u in where[e])
    kind = range(listed.first[e], listed.behind[e])
    f, g = [f for f in kind if ends[f][1] == into], [g for g in kind if ends[g][0] == out]
    if not f or not g or listed.same[e]:
        return
    others = [{*where[h]} for h in range(len(ends)) if h not in (*f, e, *g)]
    b, c = where[e]
    if all(len(new) == 2 and new not in others for new in ({where[f[0]][0], c}, {b, where[g[0]][1]})):
        _swap(ends, f[0], e)
        _swap(ends, e, g[0])


def _two_naive(graph, listed, ends, e, rng):
    """Do as `_two` does, in place, with a partner drawn from e's kind."""
    f = int(listed.first[e] + int(rng.random() * (listed.behind[e] - listed.first[e])))
    if listed.same[f] and rng.random() < 0.5:
        ends[f].reverse()
    owner = graph.owner.tolist()
    where = [[owner[slot] for slot in pair] for pair in ends]
    (a, b), (c, d) = where[e], where[f]
    in_way = [[g for g in range(len(ends)) if {*where[g]} == pair] for pair in ({a, d}, {c, b})]
    if a in (c, d) or b in (c, d) or len(in_way[0]) != len(in_way[1]):
        return
    if in_way[0]:
        (g,), (h,) = in_way
        along = (where[g][0] == a) == (where[h][0] == c)
        if listed.first[g] != listed.first[h] or not (along or listed.same[g]):
            return
        if not along:
            ends[h].reverse()
        _swap(ends, g, h)
    _swap(ends, e, f)


def walk(
    graph: Graph, rng: np.random.Generator, switches: float = SWITCHES, blocks: np.ndarray | None = None
) -> tuple[Graph, int, int]:
    """Return a random graph, how many steps were made, `switches` for each bond, and how many were not refused.

    Raises ValueError when blocks is not one integer for each vertex, Stopped when `esu.STOP` was set.

    >>> from minigrow.motifs.graph import from_edges
    >>> walk(from_edges([0, 1], [1, 2]), np.random.default_rng(0), 3)[1:]
    (6, 0)
    """
    neighbour, listed, done = graph.neighbour.copy(), bonds(graph, blocks), 0
    steps = round(switches * listed.tail.size)
    for first in range(0, steps, PART):
        if STOP[0]:
            raise Stopped
        done += _walk(graph.start, neighbour, graph.pair, listed, min(PART, steps - first), rng)
    return graph._replace(neighbour=neighbour), steps, done
