"""Check that a random graph has forgotten the graph it began with: `mixing(graph, null, rng)`.

The walk of `switching` begins at the graph itself. After t steps the share s(t) of its edges that stand where they stood, in the
same colours, falls from 1 to what chance leaves. A few walks are looked at halfway and at the end: if nothing falls any more
between T/2 and T, then what was left of the start at T/2 was too little to be seen, and at T it is about the square of that.
"""

from typing import Any, NamedTuple

import numpy as np

from minigrow.motifs.chance import NullModel, check_null, draw
from minigrow.motifs.graph import Graph
from minigrow.nn.compiler import njit
from minigrow.nn.validate import generator

WALKS = 20
MOST_STEPS = 2e7  # of all walks together: fewer walks on a large graph, but at least two
NEGLIGIBLE = 0.01  # a fall of one per cent of the edges is not called a lack of mixing


class Mixing(NamedTuple):
    """Share of edges in their place halfway and at the end, means of `walks` walks, the mean fall between and its standard error."""

    half: float
    end: float
    fall: float
    error: float
    walks: int
    switches: float

    @property
    def settled(self) -> bool:
        """Whether the fall between T/2 and T is less than one per cent of the edges, or no more than twice its standard error."""
        return self.fall < NEGLIGIBLE or self.fall < 2 * self.error

    @property
    def words(self) -> str:
        """A sentence for a report."""
        verdict = (
            "settled" if self.settled else "NOT settled: take more switches, since Z and p rest on graphs near this one"
        )
        return (
            f"mixing: {100 * self.half:.1f} % of the edges stand where they stood after {self.switches / 2:g} switches per edge, "
            f"{100 * self.end:.1f} % after {self.switches:g} ({self.walks} walks): {verdict}."
        )


@njit(cache=True, nogil=True)
def _shared(start, one, two, pair, mark):
    """Count the slots of graph `two` that hold a bond of graph `one`, in the same colours; mark (n,) is room, all 0."""
    shared = 0
    for u in range(start.size - 1):
        for slot in range(start[u], start[u + 1]):
            mark[one[slot]] = pair[slot]
        for slot in range(start[u], start[u + 1]):
            shared += mark[two[slot]] == pair[slot]
        for slot in range(start[u], start[u + 1]):
            mark[one[slot]] = 0
    return shared


def in_place(graph: Graph, other: Graph) -> float:
    """Return the share of the bonds of a graph that another graph on the same slots has too, 0..1.

    >>> from minigrow.motifs.graph import from_edges
    >>> g, h = from_edges([0, 1, 2], [3, 4, 5]), from_edges([0, 1, 2], [4, 3, 5])
    >>> in_place(g, g), round(in_place(g, h), 3)
    (1.0, 0.333)
    """
    shared = _shared(graph.start, graph.neighbour, other.neighbour, graph.pair, np.zeros(graph.vertices, np.int32))
    return shared / graph.pair.size


def mixing(graph: Graph, null: NullModel | None = None, rng: Any = None) -> Mixing:
    """Return how much of the graph a random one still shows after half of the switches and after all of them.

    Raises ValueError as `chance.check_null` does, or for a null model that is not the uniform walk.

    >>> from minigrow.motifs.graph import from_edges
    >>> g = from_edges([0, 1, 2, 3, 4, 5, 6, 7], [1, 2, 3, 4, 5, 6, 7, 8])
    >>> mixing(g, rng=0).settled, mixing(g, NullModel(switches=0.5), rng=0).settled
    (True, False)
    """
    null = null or NullModel()
    check_null(null)
    if null.procedure != "uniform":
        raise ValueError(
            f"mixing is checked for the uniform walk, got {null.procedure!r}, which has no stationary distribution to reach."
        )
    half = null._replace(switches=null.switches / 2)
    steps = null.switches * graph.neighbour.size / 2
    walks = int(np.clip(MOST_STEPS / max(steps, 1), 2, WALKS))
    shares = np.array([_shares(graph, half, child) for child in generator(rng).spawn(walks)])
    fall = shares[:, 0] - shares[:, 1]
    means, error = shares.mean(0), fall.std(ddof=1) / np.sqrt(walks)
    return Mixing(float(means[0]), float(means[1]), float(fall.mean()), float(error), walks, null.switches)


def _shares(graph, half, rng):
    midway = draw(graph, rng, half)
    return in_place(graph, midway), in_place(graph, draw(midway, rng, half))
