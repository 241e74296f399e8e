"""Judge experiment 3 (`tasks`): does the width follow the tasks, does it forget the start, and what does that cost?"""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrow.experiments.claims import Claim, above, below, bootstrap, judge, mean, within
from minigrow.experiments.isotropic.tasks_lives import ADAPTIVE, PHASES, STATIC, WEAK


def claims(data: dict[str, Any]) -> list[Claim]:
    """Judge on each data set whether width rises with each added task, falls on removal, forgets the start, and what it costs."""
    return [claim for name in data["runs"] for claim in _judged(name, data["runs"][name], data["overlap"][name])]


def _judged(name, arms, share):
    rows, left = arms[ADAPTIVE], "final neurons per neuron at the start"
    second, third, last = steps(rows).T
    gentle = steps(arms[WEAK])[:, 2]
    appended, removed = (
        "abstract 6: restructuring in response to task appending",
        "abstract 6: restructuring in response to removal",
    )
    what = {1: "a second task comes", 2: "a third task comes", 3: "two tasks go"}
    return [
        judge(f"{name}: the second task makes the network grow", appended, mean(second), "neurons", above(0)),
        judge(f"{name}: the third task makes the network grow", appended, mean(third), "neurons", above(0)),
        judge(f"{name}: dropping two tasks makes the network shrink", removed, mean(last), "neurons", below(0)),
        judge(f"{name}: the final width forgets the starting width", "abstract 6: restructuring in response to task demands",
              memory(rows), left, within(-0.05, 0.05)),
        judge(f"{name}: with a weak weight decay the start is remembered", "(ours) decay is what forgets", memory(arms[WEAK]),
              left, above(0.05)),
        judge(f"{name}: dropping two tasks shrinks the network more than with a weak weight decay",
              "(ours) decay is what forgets", mean(last - gentle), "neurons", below(0)),
        judge(f"{name}: the adaptive network is as accurate as the static one from the same start",
              "(program) table of both arms at the end of each phase", mean(ahead(rows, arms[STATIC]), share),
              "pp of test accuracy", above(-1)),
        *(judge(f"{name}: a task keeps its accuracy when {words}", "abstract 6: restructuring in response to task demands",
                mean(keeping(rows, phase), share), "pp of test accuracy", above(-1)) for phase, words in what.items()),
    ]  # fmt: skip


def memory(rows: list[dict[str, Any]]) -> Any:
    """Return how much of one more neuron at the start is left at the end: the slope of total width on total start.

    >>> rows = [{"start": [s, s], "ends": [[9, 9], [s + 5, 7]]} for s in (10, 20, 30)]
    >>> round(memory(rows).value, 6)
    0.5
    """
    pairs = np.array([[sum(row["start"]), sum(row["ends"][-1])] for row in rows], float)
    return bootstrap(pairs, _slope)


def _slope(pairs, axis=0):
    """Return the least squares slope over axis 0 of pairs (n, ..., 2), 0 if all starts agree (as in a bootstrap draw)."""
    pairs = pairs - pairs.mean(axis=axis)
    spread = (pairs[..., 0] ** 2).sum(axis=axis)
    return (pairs[..., 0] * pairs[..., 1]).sum(axis=axis) / np.where(spread > 0, spread, 1)


def steps(rows: list[dict[str, Any]]) -> np.ndarray:
    """Return how many neurons more a network has at the end of a phase than of the one before, (n, phases - 1).

    >>> steps([{"ends": [[1, 2], [3, 3], [4, 1]]}])
    array([[ 3, -1]])
    """
    return np.diff([np.sum(row["ends"], axis=1) for row in rows], axis=1)


def keeping(rows: list[dict[str, Any]], phase: int) -> np.ndarray:
    """Return the change (pp) in accuracy during a phase (1, 2, ..), mean over the tasks active before and after it, (n,).

    >>> keeping([{"accuracy": [[90.0], [91.0, 80.0], [92.0, 82.0, 70.0], [81.0]]}], 2)
    array([1.5])
    """
    phases = list(PHASES.values())
    before, after = phases[phase - 1], phases[phase]
    both = sorted(set(before) & set(after))
    scores = [(row["accuracy"][phase - 1], row["accuracy"][phase]) for row in rows]
    return np.array([np.mean([b[after.index(k)] - a[before.index(k)] for k in both]) for a, b in scores])


def ahead(rows: list[dict[str, Any]], others: list[dict[str, Any]]) -> np.ndarray:
    """Return by how many pp rows are more accurate than others, mean over the phases, in each the mean over its tasks, (n,).

    >>> ahead([{"accuracy": [[90.0], [91.0, 80.0]]}], [{"accuracy": [[89.0], [90.0, 78.0]]}])
    array([1.25])
    """
    return np.array([np.mean(per_phase(row) - per_phase(other)) for row, other in zip(rows, others, strict=True)])


def per_phase(row: dict[str, Any]) -> np.ndarray:
    """Return the mean accuracy on the active tasks at the end of each phase (phases,)."""
    return np.array([np.mean(scores) for scores in row["accuracy"]])
