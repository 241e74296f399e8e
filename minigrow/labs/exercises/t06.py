"""Checks of tutorial 6, motifs: coloured classes, a planted motif, a null model that keeps layers."""

from __future__ import annotations

from itertools import permutations

import numpy as np

from minigrow.labs.checking import exercise, need
from minigrow.labs.values import called, whole
from minigrow.motifs import edges, from_edges

SHAPES = (((0, 1), (1, 2)), ((0, 1), (0, 2)), ((0, 2), (1, 2)))  # chain, fork, join


def _classes(colours):
    """Count the coloured classes by trying all names of three neurons."""
    found = set()
    for wires in SHAPES:
        for painted in np.ndindex(colours, colours):
            coloured = list(zip(wires, painted, strict=True))
            found.add(min(tuple(sorted((p[a], p[b], c) for (a, b), c in coloured)) for p in permutations(range(3))))
    return len(found)


@exercise(
    "06.1",
    "coloured(colours)",
    "Return how many coloured classes of three neurons the chain (a to b to c), the fork (a to b and c) and the join (a and b to c)\n"
    "have together, when each wire has one of so many colours: 21 for three colours.",
    cases=1,
)
def coloured(answer, rng):
    """Against counting them all."""
    for colours in (3, 1, 2, 4, 5):
        found, wanted = whole(called(answer, colours), "the number of classes"), _classes(colours)
        look = {
            3 * colours**2: "in the fork and the join the two wires can be exchanged: (red, blue) is (blue, red)",
            colours**2 + colours * (colours - 1): "two wires may have the same colour",
            3 * colours * (colours + 1) // 2: "in the chain the wires cannot be exchanged: one is the first",
            21: "the number must follow the number of colours",
        }.get(found, "count the chain's ordered pairs of colours, and the unordered ones of fork and join")
        need(found == wanted, f"with {colours} colours there are {wanted} classes", f"{found}", look)


@exercise(
    "06.2",
    "planted(neurons, wires, loops, rng)",
    "Return the set of pairs (from, to) of a graph with so many random wires on neurons 0 .. neurons - 1, to which so many\n"
    "feed-forward loops (a to b, b to c, and a to c) have been added at random places. rng is a NumPy Generator.\n"
    "No neuron is wired to itself.",
)
def planted(answer, rng):
    """Pairs of neurons, not too few of them, the loops among them, and all of it drawn from rng."""
    neurons, wires, loops, seed = 60, 40, 8, int(rng.integers(2**31))

    def drawn(seed, loops=loops):
        return _pairs(called(answer, neurons, wires, loops, np.random.default_rng(seed)), neurons)

    pairs = drawn(seed)
    least = 0.8 * (wires + 3 * loops)
    rule = f"about {wires} wires, and three for each of {loops} loops"
    need(
        least <= len(pairs) <= wires + 3 * loops,
        rule,
        f"{len(pairs)} wires",
        "a loop is three wires more; a pair counts once",
    )
    there = sum((a, c) in pairs for a, b in pairs for other, c in pairs if other == b)
    look = "each loop is three wires: a to b, b to c, and a to c (c to a would close a cycle)"
    need(there >= loops - 1, f"{loops} feed-forward loops are planted", f"{there} are there", look)
    need(
        drawn(seed) == pairs, "the same rng gives the same graph", "another graph", "draw from rng, not from np.random"
    )
    need(drawn(seed + 1) != pairs, "another rng gives another graph", "the same graph", "draw from rng, the argument")
    least, few = 0.8 * wires, len(drawn(seed, 0))
    need(
        least <= few <= wires,
        f"without loops there are about {wires} wires",
        f"{few}",
        "how many wires belong to no loop",
    )


def _pairs(value, neurons):
    kind = type(value).__name__
    need(isinstance(value, (set, list, tuple, np.ndarray)), "it returns a set of pairs", kind, "return pairs")
    pairs = [tuple(pair) if isinstance(pair, (list, tuple, np.ndarray)) else (pair,) for pair in value]
    whole_ends = all(len(pair) == 2 and all(isinstance(end, (int, np.integer)) for end in pair) for pair in pairs)
    need(whole_ends, "each wire is a pair (from, to) of whole numbers", pairs[:1], "a set of pairs")
    outside = [pair for pair in pairs if not all(0 <= end < neurons for end in pair)]
    need(not outside, f"neurons are 0 .. {neurons - 1}", f"{outside[:1]}", "the range that is drawn from")
    need(
        len(set(pairs)) == len(pairs),
        "each wire is there once",
        "some pairs are there twice",
        "a set keeps each pair once",
    )
    own = [pair for pair in pairs if pair[0] == pair[1]]
    need(not own, "no neuron is wired to itself", f"{own[:1]}", "rng.choice(neurons, 2, replace=False)")
    return set(pairs)


@exercise(
    "06.3",
    "by_paint(graph, layer, rng)",
    "`layer` (vertices,) says in which layer each neuron of a layered graph is. Return the graph after switching (`randomise`) in\n"
    "which every wire still runs from one layer to the next and every neuron keeps its numbers of wires in and out.",
)
def by_paint(answer, rng):
    """Layers and degrees are kept, and something moved."""
    sizes = np.array([10, 9, 7, 5])
    layer, first = np.repeat(range(4), sizes), np.concatenate([[0], np.cumsum(sizes)])
    wires = [(first[l] + i, first[l + 1] + j) for l in range(3) for i in range(sizes[l]) for j in range(sizes[l + 1])]
    chosen = np.array(wires)[rng.random(len(wires)) < 0.4]
    every = np.array([(i, first[layer[i] + 1]) if layer[i] < 3 else (first[3] - 1, i) for i in range(len(layer))])
    s, t = np.unique(np.vstack([chosen, every]), axis=0).T
    graph = from_edges(s, t, rng.integers(1, 4, s.size))
    found = called(answer, graph, layer, rng)
    need(hasattr(found, "owner"), "it returns a graph", type(found).__name__, "randomise and from_edges return one")
    a, b, _ = edges(found)
    need(
        a.size == s.size,
        f"all {s.size} wires are there",
        f"{a.size} wires",
        "colours are 1, 2, ...: the colour 0 means no wire",
    )
    skips = int(np.sum(layer[b] - layer[a] != 1))
    look = "what switching exchanges: the heads of two wires of one colour. Which paint keeps a head in its layer?"
    need(skips == 0, "every wire runs from a layer to the next", f"{skips} of {s.size} do not", look)
    same = all(np.array_equal(np.bincount(x, minlength=31), np.bincount(y, minlength=31)) for x, y in ((s, a), (t, b)))
    need(
        same,
        "every neuron keeps its wires in and out",
        "some have more or fewer",
        "switching keeps degrees; drawing anew does not",
    )
    moved = len({*zip(a.tolist(), b.tolist(), strict=True)} - {*zip(s.tolist(), t.tolist(), strict=True)})
    need(
        moved > s.size / 10,
        "many wires have moved",
        f"{moved} of {s.size}",
        "was the painted graph switched, and is it what you return?",
    )
