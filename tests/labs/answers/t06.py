"""Right and typically wrong answers to the exercises of tutorial 6."""

import numpy as np

from minigrow.motifs import edges, from_edges, randomise


def planted(neurons, wires, loops, rng, closing=False, third=True):
    pairs = {tuple(sorted(rng.choice(neurons, 2, replace=False).tolist())) for _ in range(wires)}
    for _ in range(loops):
        a, b, c = sorted(rng.choice(neurons, 3, replace=False).tolist())
        pairs |= {(a, b), (b, c), (c, a) if closing else (a, c)} if third else {(a, b), (b, c)}
    return pairs


def just_enough(neurons, wires, loops, rng):
    pairs = planted(neurons, 0, loops, rng)
    while len(pairs) < 0.8 * wires + 3 * loops:
        pairs |= planted(neurons, 1, 0, rng)
    return pairs


def all_of_them(neurons, wires, loops, rng):
    """Just as many pairs as were asked for: none is drawn twice."""
    pairs = planted(neurons, 0, loops, rng)
    while len(pairs) < wires + 3 * loops:
        pairs |= planted(neurons, 1, 0, rng)
    return pairs


def other_number(more_with_loops=0, more_without=0):
    return lambda neurons, wires, loops, rng: planted(
        neurons, wires + (more_with_loops if loops else more_without), loops, rng
    )


def careless(neurons, wires, loops, rng):
    return planted(neurons, wires, loops, rng) | {(int(rng.integers(neurons)),) * 2}


def in_any_order(neurons, wires, loops, rng):
    pairs = {tuple(rng.choice(neurons, 2, replace=False).tolist()) for _ in range(wires)}
    return pairs | planted(neurons, 0, loops, rng)


def always_the_same(neurons, wires, loops, rng):
    return planted(neurons, wires, loops, np.random.default_rng(5))


def never_the_same(neurons, wires, loops, rng):
    return planted(neurons, wires, loops, np.random.default_rng())


def by_paint(graph, layer, rng):
    s, t, _ = edges(graph)
    return randomise(from_edges(s, t, layer[s] + 1), rng)


def painted_from_zero(graph, layer, rng):
    s, t, _ = edges(graph)
    return randomise(from_edges(s, t, layer[s]), rng)


def drawn_anew(graph, layer, rng):
    s, t, _ = edges(graph)
    t = np.array([rng.choice(np.flatnonzero(layer == layer[v] + 1)) for v in s])
    kept = np.unique(np.stack([s, t]), axis=1)
    return from_edges(*kept)


RIGHT = {
    "06.1": [lambda k: k * (2 * k + 1)],
    "06.2": [planted, in_any_order, just_enough, all_of_them],
    "06.3": [by_paint],
}
WRONG = {
    "06.1": [
        (lambda colours: 3 * colours**2, "(red, blue) is (blue, red)"),
        (lambda colours: colours**2 + colours * (colours - 1), "two wires may have the same colour"),
        (lambda colours: 3 * colours * (colours + 1) // 2, "in the chain the wires cannot be exchanged"),
        (lambda colours: 21, "follow the number of colours"),
    ],
    "06.2": [
        (lambda *a: planted(*a, closing=True), "c to a would close a cycle"),
        (lambda *a: planted(*a, third=False), "each loop is three wires"),
        (other_number(-20), "about 40 wires, and three for each of 8 loops"),
        (other_number(20), "about 40 wires, and three for each of 8 loops"),
        (other_number(0, -20), "without loops there are about 40 wires"),
        (other_number(0, 20), "without loops there are about 40 wires"),
        (careless, "no neuron is wired to itself"),
        (always_the_same, "another rng gives another graph"),
        (never_the_same, "draw from rng, not from np.random"),
        (lambda n, wires, loops, rng: [*planted(n, wires, loops, rng)] * 2, "each wire is there once"),
        (lambda n, wires, loops, rng: planted(2 * n, wires, loops, rng), "neurons are 0 .. 59"),
        (lambda n, wires, loops, rng: planted(n, wires + 3 * loops, 0, rng), "are planted"),
        (lambda n, wires, loops, rng: planted(n, wires, max(0, loops - 2), rng), "are planted\n  came  6 are there"),
    ],
    "06.3": [
        (lambda graph, layer, rng: graph, "many wires have moved"),
        (lambda graph, layer, rng: randomise(graph, rng), "Which paint keeps a head in its layer?"),
        (painted_from_zero, "colour"),
        (drawn_anew, "wires"),
        (lambda graph, layer, rng: edges(graph), "it returns a graph"),
    ],
}
