"""Experiment 3: does the size follow the tasks, and does it forget where it started?

Three tasks made of one data set share a network [3 d, w_1, w_2, w_3, 3 K] (`together`). They come one by one, then only the second
stays. Every few steps auto-adaptation keeps k = 5 scaffold neurons with sigma <= tau = 0.95 in each hidden layer. Two controls
start from the same networks: "static" never changes its widths, "weak" adapts with the authors' weight decay but without their
number of steps, so that its weights decay much less in all.
Source: Bird 2026, scheduled tasks (there MNIST, Fashion-MNIST and letters, widths of 500 to 2500, phases of 150 000 steps).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from minigrow.experiments.claims import Claim, above, below, bootstrap, judge, mean, within
from minigrow.experiments.isotropic.tasks_lives import (
    ADAPTIVE,
    ARMS,
    PHASES,
    STATIC,
    WEAK,
    Job,
    Setup,
    kept,
    one,
    shown,
)
from minigrow.experiments.protocol import Setting
from minigrow.experiments.registry import Outcome
from minigrow.experiments.shared import child_seeds, overlap

FULL = {
    "repeats": 25, "data": ["digits", "mnist-1d"], "phase": 4500, "every": 30, "layers": 3, "widths": [10, 100], "batch": 48,
    "rate": 1e-3, "weight_decay": 0.0333, "weak_decay": 1e-3, "tau": 0.95, "scaffold": 5, "counted": "all",
    "o": "trainable", "psi": "decay",
}  # fmt: skip
QUICK = FULL | {"repeats": 5, "phase": 150, "every": 5, "weight_decay": 1.0}
FIGURES = {
    "tasks.png": (
        "Widths of the hidden layers while three tasks come and two go again: every run thin, the median thick, "
        "with the mean test accuracy on the active tasks."
    ),
    "tasks_memory.png": (
        "Hidden neurons at the end against hidden neurons at the start, for two strengths of weight decay: flat"
        " means that the start is forgotten."
    ),
    "tasks_accuracy.png": (
        "Test accuracy on the active tasks at the end of each phase, adaptive and static networks from the same starts "
        "(means with 95 % intervals)."
    ),
}
PROTOCOL = (
    Setting(
        "data",
        "MNIST, Fashion-MNIST, EMNIST letters A to J",
        "data",
        why="they cannot be fetched here",
        effect="not measured; the two data sets beside each other show how far it depends on the data",
    ),
    Setting(
        "the three tasks",
        "three data sets",
        ours="one data set; turned or reversed, with permuted classes; inputs shuffled",
        why="it needs one data set only",
        effect="not measured; the tasks are about equally hard, theirs are not",
    ),
    Setting("repeats", 25, "repeats"),
    Setting(
        "steps of a phase",
        150_000,
        "phase",
        why="150 networks of 18 000 steps take minutes, of 600 000 steps days",
        effect="total decay and number of adaptations are matched, total training is not; not measured",
    ),
    Setting("steps between adaptations", 1000, "every", why="150 adaptations a phase, as theirs", effect="as above"),
    Setting("hidden layers", 3, "layers"),
    Setting(
        "widths to start from",
        [500, 2500],
        "widths",
        why="inputs are 12 to 20 times fewer",
        effect="not measured",
    ),
    Setting("samples of each active task a step", 48, "batch"),
    Setting(
        "samples of inactive tasks",
        "48 each, weight 0",
        ours="none",
        why="they have no gradient either way",
        effect="none",
    ),
    Setting("loss", "softmax inside each task's outputs, mean over active tasks"),
    Setting("learning rate", 1e-3, "rate"),
    Setting(
        "weight decay",
        1e-3,
        "weight_decay",
        why="rate x decay x steps of a phase is the authors' 0.15 in fewer steps",
        effect="without it the arm with weak decay: 0.0045 a phase",
    ),
    Setting(
        "weight decay of the weak arm",
        "no such arm",
        "weak_decay",
        why="a control: it shows what the total decay does",
        effect="none on the other arms",
    ),
    Setting("tau", 0.95, "tau"),
    Setting("scaffold neurons k", 5, "scaffold"),
    Setting(
        "singular values counted",
        "released",
        "counted",
        why="the released rule does not see neurons beyond a layer's inputs, and at these widths goes on adding",
        effect="with the released rule all 4 starts tried (1500 steps a phase, decay 0.1) end with a layer of 1684 to 3046 neurons",
    ),
    Setting("intrinsic length o", "trainable", "o"),
    Setting("psi", "decay", "psi"),
    Setting(
        "what decays",
        "all parameters, log o too",
        ours="all but log o",
        why="minigrow's decay leaves lambda = log o out",
        effect="not measured; the authors' log o changes by 14 % a phase through decay alone",
    ),
)


def run(config: dict[str, Any], seed: int, pmap: Callable) -> Outcome:
    """Start every arm from the same random widths, on both data sets."""
    low, high = config["widths"]
    starts = (
        np.random.default_rng(seed).integers(low, high, (config["repeats"], config["layers"]), endpoint=True).tolist()
    )
    seeds, setup = child_seeds(seed, config["repeats"]), Setup(*(config[key] for key in Setup._fields))
    weak = setup._replace(weight_decay=config["weak_decay"])
    jobs = [
        Job(name, arm, tuple(widths), s, weak if arm == WEAK else setup)
        for name in config["data"] for arm in ARMS for widths, s in zip(starts, seeds, strict=True)
    ]  # fmt: skip
    found, runs = pmap(one, jobs), {name: {arm: [] for arm in ARMS} for name in config["data"]}
    for job, row in zip(jobs, found, strict=True):
        runs[job.data][job.arm].append(row)
    data = {
        "phase": setup.phase,
        "kept": (kept(setup) * setup.every).tolist(),
        "overlap": {name: overlap(name) for name in config["data"]},
        "runs": runs,
    }
    return Outcome(data, pmap(shown, jobs[:1])[0])


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


def draw(data: dict[str, Any], folder: Path) -> None:
    """Draw `tasks.png`, `tasks_memory.png` and `tasks_accuracy.png`; see `tasks_pictures`."""
    from minigrow.experiments.isotropic.tasks_pictures import draw as pictures

    pictures(data, folder)
