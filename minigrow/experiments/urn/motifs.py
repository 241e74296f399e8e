"""Experiment 6: which small wiring patterns does an emergent network prefer, against the pool it came from?

The digits' pool (104 neurons, 3 iterations, l1 = 0.003) is read before training, by its strongest weights, as many as there are
effective edges afterwards, and after training, by these effective edges. Motifs have three neurons without colours; Z is against
randomised graphs that keep every neuron's in-, out- and mutual degree.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from minigrow.experiments.claims import Claim, above, judge, median
from minigrow.experiments.registry import Outcome
from minigrow.experiments.urn.common import Job as NetJob
from minigrow.experiments.urn.common import child_seeds, drawn, rounded, strengths, trained
from minigrow.motifs import Plan, analyse, from_edges, matrix_of
from minigrow.structure import read_net

QUICK = {"repeats": 10, "random": 50, "steps": 600}
FULL = {"repeats": 20, "random": 100, "steps": 1000}
FIGURES = {
    "motifs.png": (
        "Share and Z score of every motif of three neurons in the pool before and after training (medians with 95 "
        "% intervals): two-way connections vanish."
    ),
}
POOL: dict[str, Any] = {"size": 104, "iterations": 3, "batch": 100}
FEEDFORWARD = [[0, 1, 1], [0, 0, 1], [0, 0, 0]]  # a -> b, a -> c, b -> c


class Job(NamedTuple):
    """One network: training steps, random graphs, seed."""

    steps: int
    random: int
    seed: int


def one(job: Job) -> dict[str, Any]:
    """Return frequencies and Z of all classes, before and after."""
    net_job = NetJob("digits", strengths(l1=0.003), job.seed, **POOL, steps=job.steps)
    net, t = trained(net_job)
    after, before = read_net(net).edges, drawn(net_job, t).W
    np.fill_diagonal(before, 0)
    cut = np.sort(np.abs(before), axis=None)[-len(after)]
    to, source = np.nonzero(np.abs(before) >= cut)
    rng = np.random.default_rng(job.seed)
    return {
        "edges": len(after),
        "before": classes(source, to, job.random, rng),
        "after": classes(*after.T, job.random, rng),
    }


def classes(source: np.ndarray, to: np.ndarray, random: int, rng: np.random.Generator) -> dict[str, list[float]]:
    """Return name -> [frequency, Z] of the motifs of three neurons; the name is the adjacency matrix, row by row.

    >>> sorted(classes(np.array([0, 0, 1, 2]), np.array([1, 2, 2, 3]), 5, np.random.default_rng(0)))[0]
    '000001100'
    """
    other = source != to
    found = analyse(from_edges(source[other], to[other]), 3, rng, Plan(random=random))
    return {
        name(matrix_of(int(i), 3)): rounded([f, z if np.isfinite(z) else 0.0])
        for i, f, z in zip(found.ids, found.frequency, found.z, strict=True)
    }


def name(A: Any) -> str:
    """Return an adjacency matrix (3, 3) as nine digits, the same for every numbering of the neurons.

    >>> name([[0, 0, 0], [1, 0, 0], [1, 1, 0]]) == name([[0, 1, 1], [0, 0, 1], [0, 0, 0]])
    True
    """
    from itertools import permutations

    A = np.asarray(A) != 0
    return min("".join(str(int(v)) for v in A[np.ix_(p, p)].ravel()) for p in permutations(range(3)))


def run(config: dict[str, Any], seed: int, pmap: Callable) -> Outcome:
    """Train and count on every seed."""
    jobs = [Job(config["steps"], config["random"], s) for s in child_seeds(seed, config["repeats"])]
    return Outcome({"runs": pmap(one, jobs)})


def values(data: dict[str, Any], when: str, motif: str, what: int) -> np.ndarray:
    """Return frequency (what = 0) or Z (what = 1) of a motif (n,), 0 where it does not occur.

    >>> values({"runs": [{"after": {"a": [0.5, 2.0]}}]}, "after", "a", 1)
    array([2.])
    """
    return np.array([run[when].get(motif, [0.0, 0.0])[what] for run in data["runs"]])


def claims(data: dict[str, Any]) -> list[Claim]:
    """Judge mutual connections and feed-forward loops, which layers forbid and skips make."""
    motif = name(FEEDFORWARD)
    both = [m for m in motifs(data) if mutual(m)]
    pairs = {when: sum(values(data, when, m, 0) for m in both) for when in ("before", "after")}
    fewer = median(np.zeros(len(data["runs"])) + pairs["before"] - pairs["after"])
    loop = median(values(data, "after", motif, 1) - values(data, "before", motif, 1))
    ours = "(ours; the source does not count motifs)"
    return [
        judge("patterns with a mutual connection get rarer", ours, fewer, "share of all triples, before - after", above(0)),
        judge("feed-forward loops get more significant", ours, loop, "Z after - Z before", above(0)),
    ]  # fmt: skip


def motifs(data: dict[str, Any]) -> list[str]:
    """Return the names of all classes that occur, sorted."""
    return sorted({m for run in data["runs"] for when in ("before", "after") for m in run[when]})


def mutual(motif: str) -> bool:
    """Return whether two of the three neurons feed each other.

    >>> mutual("010100000"), mutual("011001000")
    (True, False)
    """
    A = np.array([int(v) for v in motif]).reshape(3, 3)
    return bool((A & A.T).any())


def draw(data: dict[str, Any], folder: Path) -> None:
    """Draw `motifs.png`: share and Z of every motif, before and after, with the motif drawn below."""
    from minigrow.plotting import COLOURS, picture

    names = motifs(data)
    with picture(folder / "motifs.png", rows=2, panel=(11, 4.2), sharex=True) as axes:
        for ax, what in zip(axes[:, 0], (0, 1), strict=True):
            for i, when in enumerate(("before", "after")):
                found = [median(values(data, when, m, what)) for m in names]
                middle = np.array([f.value for f in found])
                spread = np.abs(np.nan_to_num([[f.value - f.low for f in found], [f.high - f.value for f in found]]))
                ax.bar(np.arange(len(names)) + 0.4 * i - 0.2, middle, 0.38, yerr=spread, capsize=3, color=COLOURS[i],
                       hatch=("", "//")[i], edgecolor="black", label=when + " training")  # fmt: skip
        axes[0, 0].set(ylabel="share of triples (median)", yscale="log")
        axes[1, 0].set(ylabel="Z against random graphs")
        axes[1, 0].axhline(0, color="black", linewidth=0.8)
        axes[0, 0].legend()
        axes[1, 0].set_xticks(range(len(names)), [wires(m) for m in names], fontsize=10)
        axes[1, 0].set(xlabel="motif of neurons a, b, c (> one way, = both ways)")


def wires(motif: str) -> str:
    """Return a motif's wires in words, one per line.

    >>> wires("011001000").splitlines()
    ['a>b', 'a>c', 'b>c']
    """
    A, letters, lines = np.array([int(v) for v in motif]).reshape(3, 3), "abc", []
    for i in range(3):
        for j in range(3):
            if A[i, j] and not (A[j, i] and j < i):
                lines.append(f"{letters[i]}{'=' if A[j, i] else '>'}{letters[j]}")
    return "\n".join(lines)
