"""Experiment 9: how does accuracy fall with the number of classes, growing against static? Algorithm B, one hidden layer.

Spirals with 3 to 9 arms, and data sets of which only the first K classes are kept (training and test rows). For each number of
classes both twins have a rate of their own, tuned on other seeds; they share data, first weights (c apart) and steps.

    slope = change of test accuracy (pp) for one class more, by least squares, repeat by repeat

Source: Radhakrishnan et al. 2025, and the released analysis of the spirals; data sets with fewer classes: ours.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from minigrow.experiments import shared
from minigrow.experiments.claims import Claim, Estimate, above, judge, mean
from minigrow.experiments.nimble.twins import RULES, Job, swept
from minigrow.experiments.protocol import Setting
from minigrow.experiments.registry import Outcome
from minigrow.experiments.tuning import settled

FULL = {
    "repeats": 10, "tuning": 2, "rates": [1e-3, 3e-3, 1e-2], "init": "fan_in_uniform", "width": 16,
    "arms": [3, 5, 7, 9], "points": 8192, "data": ["digits", "mnist-1d"], "classes": [2, 4, 7, 10],
    "steps": 2000, "batch": 128,
}  # fmt: skip
QUICK = FULL | {
    "repeats": 3, "tuning": 1, "rates": [3e-3, 1e-2, 3e-2], "width": 8, "arms": [3, 5], "points": 600, "classes": [2, 10],
    "steps": 60, "batch": 64,
}  # fmt: skip
FIGURES = {
    "classes.png": (
        "Test accuracy against the number of classes, growing and static networks, both at a rate tuned for that number "
        "(means with 95 % intervals)."
    ),
}
MARGIN = 0.25  # pp per class: over eight more classes, 2 pp
SPIRALS = "spirals"
BUDGET = "the authors' sweep takes days on two cores"
PROTOCOL = (
    Setting("gate", "one for the whole layer, c without the task's gradient (program); a mask (paper)",
            ours="the paper's mask, with the task's gradient", why="the method is the paper's", effect="judged in nimble.ablation"),
    Setting("relation", "log accuracy against log number of classes, means of runs", ours="accuracy against number, run by run",
            why="a slope in pp per class can be read, and has an interval", effect="the sign of a difference is the same"),
    Setting("repeats", 10, "repeats"),
    Setting("seeds that choose the rate", "none: 3e-4 is shown", "tuning", why="no seed both chooses and judges",
            effect="not measured"),
    Setting("rates", [1e-4, 3e-4, 1e-3], "rates", why="fewer steps need higher rates; the grid is widened until the best is inside",
            effect="at 3e-4 growth ends at c = .95 in 5000 steps; the tuned rates lie above it"),
    Setting("first weights", "W and b uniform in +-1/sqrt(inputs), the default of Equinox", "init",
            why="this is the same under our name", effect="none"),
    Setting("width", "4, 8, ..., 1024", "width", why="a width at which no task is solved", effect="other widths: nimble.width"),
    Setting("arms of the spirals", [3, 5, 7, 9], "arms"),
    Setting("points of the spirals", "32768", "points", why=BUDGET, effect="not measured"),
    Setting("data sets", "none", "data", why="is what holds for spirals a matter of spirals?", effect="more verdicts"),
    Setting("classes of data sets", "none", "classes", why="as many as there are data for", effect="more verdicts"),
    Setting("steps", 5000, "steps", why=BUDGET, effect="not measured"),
    Setting("rows of a batch", "all", "batch", why="a step of 128 rows costs a thirtieth",
            effect="not measured; noise of the batches, the same for both twins"),
)  # fmt: skip


def planned(config: dict[str, Any]) -> dict[tuple[str, int, str], Job]:
    """Return the job (without rate and seed) of every task, number of classes and rule.

    >>> list(planned(QUICK | {"arms": [3], "data": ["digits"]}))[:3]
    [('spirals', 3, 'growing'), ('spirals', 3, 'static'), ('digits', 2, 'growing')]
    """
    c, jobs = config, {}
    rest = (c["steps"], c["batch"], c["init"])
    for arms in c["arms"]:
        jobs |= {
            (SPIRALS, arms, rule): Job(f"{SPIRALS} {arms}", c["width"], rule, c["points"], *rest) for rule in RULES
        }
    for name in c["data"]:
        most = int(shared.parts(name, 0)[0].y.max()) + 1
        for k in sorted({min(k, most) for k in c["classes"]}):
            kept = k if k < most else None  # as nimble.width has it, so that a common run trains it once
            jobs |= {(name, k, rule): Job(name, c["width"], rule, 0, *rest, kept) for rule in RULES}
    return jobs


def run(config: dict[str, Any], seed: int, pmap: Callable) -> Outcome:
    """Tune and train both twins of every task at every number of classes."""
    jobs, tasks = planned(config), {}
    for (name, k, rule), found in zip(jobs, swept(jobs.values(), config, seed, pmap), strict=True):
        task = tasks.setdefault(name, {"classes": [], "overlap": 0.0 if name == SPIRALS else shared.overlap(name)})
        if rule == RULES[0]:
            task["classes"].append(k)
        mine = task.setdefault(rule, {"rate": [], "edge": [], "error": []})  # one entry per number of classes
        for column, value in found.items():
            mine[column].append(value)
    return Outcome({"tasks": tasks})


def accuracies(task: dict[str, Any], rule: str) -> np.ndarray:
    """Return the test accuracies (repeats, numbers of classes) of a twin, in per cent."""
    return 100 - np.array(task[rule]["error"], dtype=np.float64).T


def slopes(classes: list[int], accuracy: np.ndarray) -> np.ndarray:
    """Return the least-squares slope of each row of accuracy (repeats, classes), in pp per class; NaN for one number alone.

    >>> slopes([2, 4, 6], np.array([[90.0, 80.0, 70.0]]))
    array([-5.])
    """
    x = np.array(classes) - np.mean(classes)
    return accuracy @ x / (x @ x) if x.any() else np.full(len(accuracy), np.nan)


def compared(task: dict[str, Any]) -> dict[str, Estimate]:
    """Return growing minus static: "accuracy", the mean over numbers of classes in pp, and "slope" in pp per class; and each slope."""
    share, each = task["overlap"], {rule: accuracies(task, rule) for rule in RULES}
    slope = {rule: slopes(task["classes"], each[rule]) for rule in RULES}
    return {
        "accuracy": mean((each["growing"] - each["static"]).mean(axis=1), share),
        "slope": mean(slope["growing"] - slope["static"], share),
    } | {rule: mean(slope[rule], share) for rule in RULES}


def claims(data: dict[str, Any]) -> list[Claim]:
    """Judge for every task whether growing is more accurate, and whether its accuracy falls no faster with the classes."""
    rows = []
    for name, task in data["tasks"].items():
        found = compared(task)
        found = {key: settled(e, any(task["growing"]["edge"] + task["static"]["edge"])) for key, e in found.items()}
        rows += [
            judge(f"{name}: growing is more accurate, mean over the numbers of classes",
                  "abstract 4: on classification tasks they consistently outperform static networks of equivalent final size",
                  found["accuracy"], "pp of test accuracy, growing - static", above(0)),
            judge(f"{name}: growing's accuracy falls no faster with the number of classes",
                  "abstract 5: scaling relations relative to their static counterparts", found["slope"],
                  "pp per class, growing - static", above(-MARGIN)),
        ]  # fmt: skip
    return rows


def draw(data: dict[str, Any], folder: Path) -> None:
    """Draw `classes.png`: accuracy against the number of classes, a panel a task."""
    from minigrow.plotting import bars, picture

    tasks = data["tasks"]
    with picture(folder / "classes.png", columns=len(tasks), panel=(5.6, 4.8)) as axes:
        for ax, (name, task) in zip(axes[0], tasks.items(), strict=True):
            found = compared(task)
            for i, rule in enumerate(RULES):
                label = f"{rule}: {found[rule].value:.2g} pp per class"
                bars(ax, task["classes"], accuracies(task, rule), i, label)
            ax.set_xticks(task["classes"])
            ax.set(title=Path(name).name, xlabel="arms" if name == SPIRALS else "classes", ylabel="test accuracy (%)")
            ax.legend()
