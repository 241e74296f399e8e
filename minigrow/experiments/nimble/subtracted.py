"""Experiment 8: what is lost when neurons are subtracted while a network trains? Algorithm A from above its goal.

| arm | starts at | goal |
|---|---|---|
| shrinking | N = 9 | N_goal |
| grown | N = N_goal | N_goal |
| growing | N = 0 | N_goal |
| large | N = 9 | 9 |

All arms share data and first weights, trial by trial. Neurons in use cost the same in all of them, so the shrinking network, which
has more of them at first, stops as soon as it has spent what the grown one spends in all its epochs ("equal training").
Source: Radhakrishnan et al. 2025, first version of the abstract: nodes "can be added (or subtracted) during training".
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from minigrow.experiments.claims import Claim, below, judge, median, within
from minigrow.experiments.nimble.common import Batch, cut, middle, ratio, trials_of
from minigrow.experiments.protocol import Setting
from minigrow.experiments.registry import Outcome
from minigrow.experiments.shared import rounded
from minigrow.nimble import TASKS, sample
from minigrow.nimble.gates import reached
from minigrow.nimble.trials import Trials
from minigrow.nn.losses import LOSSES

QUICK = {"repeats": 15, "tasks": ["step"], "goals": [5], "start": 9.0}
FULL = {"repeats": 100, "tasks": ["cubic", "step"], "goals": [2, 5], "start": 9.0}
PROTOCOL = (
    Setting("N_goal", "no program subtracts nodes: all have N_goal = 5 and start at 0 or 5", "goals",
            why="the question is the abstract's",
            effect="the authors' own numbers are not known"),
    Setting("first N of the shrinking network", "none", "start", why="all nine neurons there are",
            effect="other first sizes were not measured"),
    Setting("trials of each kind", "none", "repeats", why="no program subtracts nodes",
            effect="none: there is nothing to compare with"),
    Setting("tasks", "none", "tasks", why="one of regression and one of classification", effect="not measured on the others"),
    Setting("epochs, rate, lambda, neurons, delta", "as in nimble.trials"),
)  # fmt: skip
FIGURES = {
    "subtracted.png": (
        "Final test errors of networks that shrink to a size, that have it from the start, that grow to it, and that stay large "
        "(medians, 95 %), at equal multiply-adds."
    ),
}
ARMS = ("shrinking", "grown", "growing", "large")
COST = 1.25  # how much larger a test error may be and still count as not worse
PAPER = "abstract v1: nodes can be added (or subtracted) during training"


def batches(task: str, goal: float, start: float) -> list[Batch]:
    """Return the settings of the four arms.

    >>> [(batch.size, batch.goal) for batch in batches("cubic", 5.0, 9.0)]
    [(9.0, 5.0), (5.0, 5.0), (0.0, 5.0), (9.0, 9.0)]
    """
    strength = TASKS[task].strength
    return [Batch(task, size, to, strength) for size, to in ((start, goal), (goal, goal), (0.0, goal), (start, start))]


def one(job: Batch) -> dict[str, list[float]]:
    """Return test error and size of each trial when it has spent what a network of the goal's size does, and what it spent."""
    found = trials_of(job)
    rows = [stop(found, i, job.goal) for i in range(job.trials)]
    data = [sample(TASKS[job.task], child) for child in np.random.default_rng(job.seed).spawn(job.trials)]
    test = []
    for i, (row, _) in enumerate(rows):
        net = found.networks[i].with_theta(found.traces[i, row])
        with np.errstate(all="ignore"):
            value = LOSSES[TASKS[job.task].loss](net(data[i].X_test), data[i].y_test)[0]
        test.append(float(value) if np.isfinite(value) and found.diverged[i] < 0 else np.inf)
    size = [float(found.traces[i, row, -1]) for i, (row, _) in enumerate(rows)]
    return {"test": rounded(test, 6), "size": rounded(size, 6), "work": rounded([work for _, work in rows], 4)}


def stop(found: Trials, trial: int, goal: float) -> tuple[int, float]:
    """Return the last record of a trial by which its neurons cost no more than `goal` neurons in all epochs, and what they cost.

    The cost is the mean over all epochs of neurons in use, in units of the goal; between two records it is taken to be linear.

    >>> job = Batch("step", 9.0, 9.0, 0.01, epochs=80, trials=1)
    >>> stop(trials_of(job), 0, 9.0), stop(trials_of(job), 0, 3.0)
    ((40, 1.0), (13, 0.975))
    """
    sizes = np.nan_to_num(found.traces[trial, :, -1])
    m = found.networks[trial].widths[1]
    used = np.array([reached("step", float(s), m) for s in sizes])
    spent = np.append(0.0, np.cumsum((used[1:] + used[:-1]) / 2)) / (goal * (len(used) - 1))
    row = int(np.flatnonzero(spent <= 1 + 1e-9)[-1])
    return row, float(spent[row])


def run(config: dict[str, Any], seed: int, pmap: Callable) -> Outcome:
    """Train all arms of every trial for every task and goal."""
    points = [(task, goal) for task in config["tasks"] for goal in config["goals"]]
    jobs = [batch for task, goal in points for batch in batches(task, float(goal), config["start"])]
    groups = iter(cut(one, jobs, config["repeats"], seed, pmap))
    data = []
    for task, goal in points:
        arms = {}
        for arm in ARMS:
            parts = next(groups)
            arms[arm] = {key: [value for part in parts for value in part[key]] for key in ("test", "size", "work")}
        data.append({"task": task, "goal": goal, "arms": arms})
    return Outcome({"points": data})


def claims(data: dict[str, Any]) -> list[Claim]:
    """Judge the shrinking network against the three others, where its size ends, and whether the training was equal."""
    rows = []
    for point in data["points"]:
        arms, goal, name = point["arms"], point["goal"], f"{point['task']}, goal {point['goal']:g}"
        for other, words in (("grown", "a network of the final size from the start"), ("growing", "one that grows to it"),
                             ("large", "one that keeps all neurons")):  # fmt: skip
            rows.append(judge(f"{name}: after subtraction the median test error is not above {COST:g} times that of {words}",
                              PAPER, ratio(arms["shrinking"]["test"], arms[other]["test"]), f"shrinking / {other}",
                              below(COST)))  # fmt: skip
        rows.append(judge(f"{name}: N comes down to its goal", PAPER, median(arms["shrinking"]["size"]), "neurons",
                          within(goal - 0.1, goal + 0.2)))  # fmt: skip
    return rows


def draw(data: dict[str, Any], folder: Path) -> None:
    """Draw `subtracted.png`: the median test error of every arm, for every task and goal."""
    from minigrow.plotting import marked, picture

    tasks = list(dict.fromkeys(point["task"] for point in data["points"]))
    with picture(folder / "subtracted.png", columns=len(tasks), panel=(6.4, 4.8)) as axes:
        for ax, task in zip(axes[0], tasks, strict=True):
            points = [point for point in data["points"] if point["task"] == task]
            for i, arm in enumerate(ARMS):
                e = [middle(point["arms"][arm]["test"]) for point in points]
                value = [one.value for one in e]
                gaps = np.abs(np.array([[one.low for one in e], [one.high for one in e]]) - value)
                x = np.arange(len(points)) + 0.12 * (i - 1.5)
                ax.errorbar(
                    x, value, np.nan_to_num(gaps, posinf=0.0), capsize=4, label=arm, **marked(i) | {"linestyle": "none"}
                )
            ax.set_xticks(range(len(points)), [f"goal {point['goal']:g}" for point in points])
            ax.set(title=task, ylabel="test error (median)", yscale="log", xlim=(-0.5, len(points) - 0.1))
            ax.legend(loc="upper right", fontsize=11)
