"""Experiment 3: when the target is the input plus a little, do direct wires and a shallow branch emerge?

The target is y_i = x_i + 0.5 |x_{i+1} + x_{i+2}| of 4 inputs; tanh and ReLU are tried at several l1 and several prices on late
activity. The control is the same target without x_i.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from minigrow.experiments.claims import Claim, below, judge, median
from minigrow.experiments.registry import Outcome
from minigrow.experiments.urn.common import OURS, Job, at_most, child_seeds, column, kinds, one, share, strengths

GRID = {"repeats": 10, "activations": ["tanh", "relu"], "l1": [0.001, 0.003, 0.01], "time": [0.0, 0.001, 0.01]}
QUICK = {**GRID, "l1": [0.001, 0.003], "time": [0.0, 0.003], "activations": ["relu"], "steps": 2000}
FULL = {**GRID, "time": [0.0, 0.003, 0.01], "steps": 2000}
FIGURES = {
    "residual.png": (
        "How many seeds became which architecture, for every activation, price of a weight and price on "
        "late activity tried, and the control without x."
    ),
}
SETTING = ("relu", 0.001, 0.0)  # the documented one
CONTROL = "branch"


def run(config: dict[str, Any], seed: int, pmap: Callable) -> Outcome:
    """Train the target at every setting, and the control at the documented one and with tanh."""
    seeds = child_seeds(seed, config["repeats"])
    cells = [
        ("residual", act, l1, time) for act in config["activations"] for l1 in config["l1"] for time in config["time"]
    ]
    cells += [(CONTROL, *SETTING)]
    jobs = [
        Job(task, strengths(l1=l1, time=time), s, activation=act, steps=config["steps"])
        for task, act, l1, time in cells
        for s in seeds
    ]
    found, n = pmap(one, jobs), len(seeds)
    return Outcome({"cells": [[*cell, found[i * n : (i + 1) * n]] for i, cell in enumerate(cells)]})


def runs_of(data: dict[str, Any], task: str, setting: tuple) -> list[dict]:
    """Return the runs of one task at one setting.

    >>> runs_of({"cells": [["residual", "relu", 0.1, 0.0, [{}]]]}, "residual", ("relu", 0.1, 0.0))
    [{}]
    """
    return next(cell[-1] for cell in data["cells"] if tuple(cell[:4]) == (task, *setting))


def claims(data: dict[str, Any]) -> list[Claim]:
    """Judge the documented setting, its control, and what a high price on late activity leaves."""
    runs, control = runs_of(data, "residual", SETTING), runs_of(data, CONTROL, SETTING)
    error = median(column(runs, "error"))
    dear = max(cell[3] for cell in data["cells"])
    act, l1, _ = SETTING
    late = [run["depth"] <= 2 for run in runs_of(data, "residual", (act, l1, dear))]
    deep = [run["depth"] <= 2 for run in runs]
    return [
        share(f"a residual net emerges: identity wires and a hidden branch ({act}, l1 = {l1:g})",
              [run["kind"] == "residual" for run in runs]),
        judge("it fits the target (x alone leaves 0.05)", OURS, error, "mean squared error, held out (median)", below(1e-3)),
        at_most("control: without x in the target no residual net emerges", [run["kind"] == "residual" for run in control]),
        share(f"a price on late activity (time = {dear:g}) keeps the branch shallow: at most one hidden layer "
              f"(without it: {np.mean(deep):.0%} of seeds)", late),
    ]  # fmt: skip


def draw(data: dict[str, Any], folder: Path) -> None:
    """Draw `residual.png`: for every setting tried, how many seeds gave which verdict."""
    from minigrow.experiments.urn.phases import verdict_bar
    from minigrow.plotting import picture

    names = [f"{task}, {act}, l1 {l1:g}, time {time:g}" for task, act, l1, time, _ in data["cells"]]
    with picture(folder / "residual.png", panel=(9, 1.6 + 0.42 * len(names))) as axes:
        ax = axes[0, 0]
        for row, cell in enumerate(data["cells"]):
            verdict_bar(ax, row, kinds(cell[-1]), label=row == 0)
        ax.set_yticks(np.arange(len(names)), names, fontsize=11)
        ax.set(xlabel="seeds", title="what emerged (last row: control without x)", ylim=(len(names) - 0.4, -0.6))
        ax.legend(*_legend(), ncols=4, loc="upper center", bbox_to_anchor=(0.5, -0.9 / (0.42 * len(names) + 0.6)))


def _legend():
    from minigrow.experiments.urn.phases import legend

    return legend()
