"""What `minigrow motifs` says: `described(graph)`, `null_words(null)`, `about(args, ...)`, `restricted` and `answer` for one motif."""

import argparse
from collections.abc import Sequence
from typing import Any

import numpy as np

from minigrow.motifs.chance import NullModel
from minigrow.motifs.files.choices import counted
from minigrow.motifs.graph import Graph
from minigrow.motifs.mixing import mixing
from minigrow.motifs.statistics import Motifs


def described(graph: Graph) -> str:
    """Say in a line what the graph is.

    >>> from minigrow.motifs.graph import from_edges
    >>> described(from_edges([0, 0], [1, 2], [1, 3]))
    '3 vertices, 2 edges, 2 colours'
    >>> described(from_edges([0, 0], [1, 2], [1, 3], paint={0: 1, 1: 2, 2: 2}))
    '3 vertices, 2 edges, 2 colours, 2 colours of vertices'
    """
    colours = np.setdiff1d(graph.pair % 8, [0]).size
    edges = counted(graph.edges, "undirected " * graph.undirected + "edge")
    words = f"{counted(graph.vertices, 'vertex')}, {edges}, {counted(colours, 'colour')}"
    paints = np.setdiff1d(graph.paint, [0]).size
    return words + (f", {counted(paints, 'colour')} of vertices" if paints else "")


def null_words(null: NullModel) -> str:
    """Say what the random graphs keep and how they are drawn.

    >>> null_words(NullModel(random=0))
    'no random graphs, so nothing is compared'
    >>> null_words(NullModel(switches=10))
    "100 random graphs that keep each vertex's edges by colour and direction and its mutual edges, drawn uniformly ..."
    """
    if not null.random:
        return "no random graphs, so nothing is compared"
    kept = "each vertex's edges by colour and direction and its mutual edges"
    if null.blocks is not None:
        kept += " and the number of edges between " + ("vertex colours" if isinstance(null.blocks, str) else "blocks")
    drawn = f"drawn uniformly ({null.switches:g} switches per edge)"
    if null.procedure == "fanmod":
        drawn = f"drawn as FANMOD does, which is not uniform ({null.passes} passes, {null.tries} tries, one chain; p strictly greater)"
    return f"{null.random} random graphs that keep {kept}, {drawn}"


def mixing_words(task: tuple[Graph, NullModel, int]) -> str:
    """Return the sentence on mixing of a graph and its null model, by a seed; empty where there is no uniform walk."""
    graph, null, seed = task
    if not null.random or null.procedure != "uniform":
        return ""
    return mixing(graph, null, np.random.default_rng([seed, 1])).words


def about(
    args: argparse.Namespace, graph: Graph, null: NullModel, found: Motifs, probabilities: Sequence[float] | None
) -> dict[str, Any]:
    """Return what the files say of a result before its classes: the numbers that repeat it."""
    told = {"size": found.size, "vertices": graph.vertices, "edges": graph.edges, "subgraphs": found.total}
    told |= {"random": null.random, "seed": args.seed} | (
        {"probabilities": list(probabilities)} if probabilities else {}
    )
    walk = {"passes": null.passes, "tries": null.tries} if null.procedure == "fanmod" else {"switches": null.switches}
    return told | {
        "undirected": graph.undirected,
        "procedure": null.procedure,
        **walk,
        "null": null_words(null),
        "graph": str(args.graph),
    }


def restricted(found: Motifs, ids: np.ndarray) -> Motifs:
    """Keep only the classes with these ids.

    >>> from minigrow.motifs.esu import Census
    >>> from minigrow.motifs.statistics import summarise
    >>> restricted(summarise(Census(3, np.array([1, 65]), np.array([3, 1])), []), np.array([65])).counts.tolist()
    [1]
    """
    kept = np.isin(found.ids, ids)
    columns = {name: value[kept] for name, value in found._asdict().items() if isinstance(value, np.ndarray)}
    return found._replace(**columns)


def answer(found: Motifs) -> str:
    """Say what is known of the one motif that was asked for; `found` holds its class, or none.

    >>> from minigrow.motifs.esu import Census
    >>> from minigrow.motifs.statistics import summarise
    >>> own = Census(3, np.array([1, 65]), np.array([3, 1]))
    >>> print(answer(restricted(summarise(own, [own] * 3), np.array([1]))))
    It occurs 3 times; p = 1 that chance gives as much, p = 1 that it gives as little (3 random graphs).
    The motif was named beforehand, so these p need no correction for the number of classes.
    """
    if not found.ids.size:
        return "It occurs neither in the graph nor in any random graph."
    times = f"It occurs {found.counts[0]:g} times"
    if not found.random or not np.isfinite(found.p[0]):
        return f"{times}."
    low = f", p = {found.p_low[0]:.3g} that it gives as little" if np.isfinite(found.p_low[0]) else ""
    return (
        f"{times}; p = {found.p[0]:.3g} that chance gives as much{low} ({found.random} random graphs).\n"
        "The motif was named beforehand, so these p need no correction for the number of classes."
    )
