"""Estimate the census of a graph too large to enumerate: `sampled_census(graph, size, probabilities, rng)`.

rand-ESU (Wernicke 2006, section 3.2): walk the same search tree as `esu.census`, but enter each branch at depth d only
with probability p[d]. Every subgraph is met with the same probability p[0] p[1] ... p[k-1], so

    count / (p[0] p[1] ... p[k-1])

has the true count as its mean, for each class. Small probabilities belong at the deep levels: the roots then still
cover the whole graph and the variance is low.
"""

import math
from collections.abc import Sequence

import numpy as np

from minigrow.motifs.classes import key_of, layout_of
from minigrow.motifs.esu import GONE, MOST_KEYS, Census, join, merged, part, per_edge, tint, walks
from minigrow.motifs.graph import Graph
from minigrow.motifs.table import FIRST_BITS, enlarge, tally
from minigrow.nn.compiler import njit


@njit(cache=True, nogil=True)
def _sample(start, neighbour, pair, paint, bits, walk, most, stop, p, rng):
    """Do what `esu._count` does, but draw for each branch whether it is entered; p (k,) are the probabilities per depth."""
    code, ext, chosen, key, at = walk
    edge, vertex, size, n = per_edge(bits[0]), bits[1], chosen.size, start.size - 1
    wide, above, (root, d) = 2 * edge, edge * size * (size - 1), at
    table, shift, used, total = np.zeros((1 << FIRST_BITS, 2), np.int64), 64 - FIRST_BITS, 0, 0
    while (d > 0 or root < n) and total < most and stop[0] == 0:
        if d == 0:
            code[root], chosen[0], key[1] = GONE, root, tint(paint, root, above)
            if rng.random() < p[0]:
                join(start, neighbour, pair, code, ext, root, 0, wide)
                d = 1
            root += 1
            continue
        left = ext[d, 0]
        if left == 0:
            d -= 1
            part(start, neighbour, code, chosen[d], d, wide)
            continue
        w, ext[d, 0] = ext[d, left], left - 1
        if rng.random() >= p[d]:
            continue
        here = key[d] | np.int64(code[w]) << edge * d * (d - 1) | tint(paint, w, above + vertex * d)
        if d < size - 1:
            join(start, neighbour, pair, code, ext, w, d, wide)
            chosen[d], key[d + 1], d = w, here, d + 1
        else:
            if 2 * (used + 1) > table.shape[0]:
                table, shift = enlarge(table, used + 1, shift)
                most *= used < MOST_KEYS
            used, total = used + tally(table, here, shift), total + 1
    at[0], at[1] = root, d
    return table, total


def sample_naive(graph: Graph, p: np.ndarray, rng: np.random.Generator) -> dict[int, int]:
    """Return how often each key was met: the naive twin of the compiled walk, draw for draw.

    >>> from minigrow.motifs.graph import from_edges
    >>> sample_naive(from_edges([0, 1], [1, 2]), np.ones(3), np.random.default_rng(0))
    {4097: 1}
    """
    near = [graph.neighbour[a:b].tolist() for a, b in zip(graph.start, graph.start[1:], strict=False)]
    bond = {
        (u, v): c for u, v, c in zip(graph.owner.tolist(), graph.neighbour.tolist(), graph.pair.tolist(), strict=True)
    }
    met: dict[int, int] = {}

    def extend(sub: list[int], ext: list[int]) -> None:
        if len(sub) == p.size:
            colours = np.array([[bond.get((u, v), 0) % 8 for v in sub] for u in sub])
            key = key_of(colours + np.diag(graph.paint[sub]), layout_of(graph, p.size))
            met[key] = met.get(key, 0) + 1
            return
        while ext:
            w = ext.pop()
            if rng.random() < p[len(sub)]:
                known = {*sub}.union(*(near[v] for v in sub))
                extend([*sub, w], ext + [u for u in near[w] if u not in known and u > sub[0]])

    for root in range(graph.vertices):
        if rng.random() < p[0]:
            extend([root], [u for u in near[root] if u > root])
    return met


def check_probabilities(probabilities: Sequence[float], size: int) -> np.ndarray:
    """Return the probabilities (size,) as an array.

    Raises ValueError when there is not one for each level, or one lies outside (0, 1].

    >>> check_probabilities([1, 1, 0.5], 3).tolist()
    [1.0, 1.0, 0.5]
    """
    p = np.asarray(probabilities, float)
    if p.shape != (size,) or not ((p > 0) & (p <= 1)).all():
        raise ValueError(
            f"sampling needs {size} probabilities, one per level, each in (0, 1]; got {p.tolist()}. "
            "Keep the first ones at 1 and lower the last ones."
        )
    return p


def sampled_census(graph: Graph, size: int, probabilities: Sequence[float], rng: np.random.Generator) -> Census:
    """Return an unbiased estimate of the census, from a share of about prod(probabilities) of all subgraphs.

    probabilities (size,) has one entry per level of the search, roots first.

    Raises ValueError as `classes.layout_of` does, and when the probabilities do not fit; Stopped as `esu.walks` does.

    >>> from minigrow.motifs.graph import from_edges
    >>> g = from_edges([0, 0, 0, 0], [1, 2, 3, 4])
    >>> sampled_census(g, 3, [1, 1, 1], np.random.default_rng(0)).counts.tolist()
    [6.0]
    """
    p = check_probabilities(probabilities, size)
    found = merged(walks(graph, size, lambda *walk: _sample(*walk, p, rng)))
    return found._replace(counts=found.counts / math.prod(p.tolist()))


def estimated(met: int, probabilities: Sequence[float] | None) -> int:
    """Return the estimated count of a class that is met this often: in a sample, a class met once stands for many.

    >>> estimated(5, None), estimated(5, (1.0, 1.0, 0.3))
    (5, 17)
    """
    return math.ceil(met / math.prod(probabilities or (1,)))


def expected_total(graph: Graph, size: int, rng: np.random.Generator, walks: int = 500) -> float:
    """Estimate how many subgraphs an exact census would meet, by random descents: cheap even for 10^15 of them.

    Each walk takes a random root, then at each depth a random candidate; the product of one over the probabilities of its
    choices has the wanted number as its mean (Knuth 1975, Math. Comp. 29, 121: estimating the size of a search tree).
    Roots are drawn in proportion to the square of their number of candidates, so that a hub is not missed.

    >>> from minigrow.motifs.graph import from_edges
    >>> round(expected_total(from_edges([0, 0, 0, 0], [1, 2, 3, 4]), 3, np.random.default_rng(0)))
    6
    """
    candidates = np.bincount(graph.owner, graph.neighbour > graph.owner, graph.vertices)
    chance = candidates**2 / (candidates**2).sum()
    roots = rng.choice(graph.vertices, walks, p=chance)
    return float(sum(_descend(graph, int(root), size, rng) / chance[root] for root in roots) / walks)


def _descend(graph: Graph, root: int, size: int, rng: np.random.Generator) -> float:
    """Return the product of the numbers of candidates met on a random way down from this root."""

    def near(u: int) -> np.ndarray:
        return graph.neighbour[graph.start[u] : graph.start[u + 1]]

    known, ext, product = near(root), near(root)[near(root) > root], 1.0
    for depth in range(1, size):
        product *= ext.size
        if depth < size - 1 and ext.size:
            i = int(rng.integers(ext.size))
            later = near(ext[i])
            new = later[(later > root) & ~np.isin(later, known)]
            known = np.concatenate([known, later])
            ext = np.concatenate([ext[:i], new])
    return product
