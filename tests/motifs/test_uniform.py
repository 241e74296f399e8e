"""The null model is uniform: all graphs of the same degrees are listed, and drawn equally often.

Each case is a small graph that is NOT symmetric. An independent search lists every graph in which each vertex keeps its bonds
of each kind. 10^5 graphs are drawn, each by a walk of its own from the same start, and counted: a chi-square test at a fixed seed.
The broken twin, "try until it works" (FANMOD's procedure), is drawn as often and must be rejected on at least half of the cases.
"""

from collections import Counter
from math import erfc

import numpy as np
import pytest
from numba import njit

from minigrow.laws.motifs.cases import adjacency
from minigrow.motifs import from_edges
from minigrow.motifs.bonds import Bonds, bonds
from minigrow.motifs.passes import PASSES, TRIES, _offer
from minigrow.motifs.switching import SWITCHES, _walk

DRAWS = 100_000
CASES = {
    "layers 3-3-2": "0>3 0>4 1>3 2>5 2>4 3>6 4>6 4>7 5>7",
    "layers 2-3-2, two colours": "0>2 0>3:2 1>3 1>4:2 2>5:2 3>5 3>6:2 4>6",
    "a hub that sends": "0>1 0>2 0>3 0>4 1>2 2>5 3>1 4>5",
    "a hub that receives and a hub that sends": "1>0 2>0 3>0 4>0 5>1 5>2 3>5 4>2",
    "mutual edges among single ones": "0=1 1=2 3=4 0>2 3>1 4>0",
    "mutual edges in two colours": "0=1:12 2=3:12 4=1:12 0>2 3>4 4>0:2",
    "three disjoint edges, a fourth at one": "0>1 2>3 4>5 0>6",
    "two disjoint edges": "0>1 2>3",
    "a directed triangle": "0>1 1>2 2>0",
    "a directed triangle with a tail": "0>1 1>2 2>0 2>3 3>4",
    "a dense graph": "0>1 0>2 1>2 1>3 2>3 3>0 3>4 4>1 4>0",
    "undirected, a heavy tail": "0=1 0=2 0=3 1=2 4=5 3=4",
    "undirected in two colours": "0=1 1=2:22 2=3 3=4:22 4=0 1=3",
    "triangles in two colours": "0>1 1>2 2>0 2>3:2 3>4:2 4>2:2 0>4",
}
BLOCKS = {
    "layers 3-3-2 kept": ("layers 3-3-2", [0, 0, 0, 1, 1, 1, 2, 2]),
    "two sorts of vertices": ("a hub that sends", [0, 1, 0, 1, 0, 1]),
}


def read(text):
    """`0>1:2` is an edge of colour 2, `0=1:12` a mutual edge in colours 1 and 2."""
    rows = []
    for word in text.split():
        ends, _, colour = word.partition(":")
        s, t = (int(e) for e in ends.replace("=", ">").split(">"))
        colour = colour or "11"
        rows.append((s, t, int(colour[0])))
        if "=" in ends:
            rows.append((t, s, int(colour[1])))
    return from_edges(*np.array(rows).T)


def all_graphs(graph, blocks):
    """Every matrix of pair codes (n, n) in which each vertex has as many bonds of each code, to each block, as in the graph."""
    n, block = graph.vertices, np.zeros(graph.vertices, int) if blocks is None else blocks
    a = adjacency(graph)
    code = a + 8 * a.T
    left = [Counter((int(code[u, v]), int(block[v])) for v in range(n) if code[u, v]) for u in range(n)]
    codes = [0, *sorted({int(c) for c in code.ravel() if c})]
    pairs = [(u, v) for u in range(n) for v in range(u + 1, n)]
    matrix, found = np.zeros((n, n), int), []

    def extend(i):
        if i == len(pairs):
            if not any(+counter for counter in left):
                found.append(matrix.copy())
            return
        u, v = pairs[i]
        if i and pairs[i - 1][0] != u and +left[u - 1]:
            return  # vertex u - 1 can have no more bonds, and lacks some
        for c in codes:
            here, there = (c, int(block[v])), (c // 8 + c % 8 * 8, int(block[u]))
            if c == 0 or (left[u][here] and left[v][there]):
                matrix[u, v], matrix[v, u] = here[0], there[0]
                if c:
                    left[u][here] -= 1
                    left[v][there] -= 1
                extend(i + 1)
                if c:
                    left[u][here] += 1
                    left[v][there] += 1
        matrix[u, v] = matrix[v, u] = 0

    extend(0)
    return found


@njit
def drawn(graph, listed, hashes, draws, offers, steps, rng):
    """One number (draws,) per random graph, each begun afresh: the sum of a random number for every slot."""
    start, neighbour, owner, pair = graph
    out = np.zeros(draws, np.int64)
    for i in range(draws):
        seen = neighbour.copy()
        fresh = Bonds(
            listed.tail.copy(), listed.head.copy(), listed.first, listed.behind, listed.same, listed.at.copy()
        )
        if offers[1]:
            _offer(start, seen, fresh, offers, rng)
        else:
            _walk(start, seen, pair, fresh, steps, rng)
        for slot in range(seen.size):
            out[i] += hashes[owner[slot], seen[slot], pair[slot]]
    return out


def test_a_bond_whose_ends_look_alike_is_written_from_the_smaller_vertex():
    graph = from_edges([7, 5], [5, 7])
    assert graph.owner[bonds(graph).tail].tolist() == [0]


def chi_square(graph, blocks, offers, draws=DRAWS):
    """Number of graphs there are, whether others were met, chi-square over its degrees of freedom, and its p (Wilson and Hilferty)."""
    states, rng = all_graphs(graph, blocks), np.random.default_rng(1)
    hashes = rng.integers(0, 2**52, (graph.vertices, graph.vertices, 64))
    hashes[:, :, 0] = 0
    u, v = np.indices((graph.vertices, graph.vertices))
    names = sorted(int(hashes[u, v, m].sum()) for m in states)
    assert len(set(names)) == len(names)
    listed = bonds(graph, blocks)
    parts = (graph.start, graph.neighbour, graph.owner, graph.pair)
    met = Counter(drawn(parts, listed, hashes, draws, offers, round(SWITCHES * listed.tail.size), rng).tolist())
    assert set(met) <= set(names), "a random graph without the degrees of the first"
    counts, free = np.array([met[name] for name in names]), len(names) - 1
    chi2 = float(((counts - draws / len(names)) ** 2).sum() / (draws / len(names)))
    z = ((chi2 / free) ** (1 / 3) - (1 - 2 / (9 * free))) / np.sqrt(2 / (9 * free))
    return len(names), chi2 / free, 0.5 * erfc(z / np.sqrt(2))


def chi_squares(name, offers):
    key, blocks = BLOCKS.get(name, (name, None))
    return chi_square(read(CASES[key]), None if blocks is None else np.array(blocks), offers)


@pytest.mark.parametrize("name", [*CASES, *BLOCKS])
def test_every_graph_of_the_same_degrees_is_drawn_equally_often(name):
    states, ratio, p = chi_squares(name, (0, 0))
    assert states >= 2
    assert p > 0.001, (states, ratio, p)


def test_trying_until_it_works_is_rejected_on_at_least_half_of_the_cases():
    found = {name: chi_squares(name, (PASSES, TRIES))[2] for name in [*CASES, *BLOCKS]}
    assert sum(p < 0.001 for p in found.values()) >= len(found) / 2, found
