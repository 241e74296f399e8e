"""Experiment 1: does a growing network end better than a static one of equal final size? Algorithm A, four tasks.

Every trial draws its own data and weights; its growing twin starts at N = 0, its grown twin at N = N_goal = 5, all else
equal. Their final test errors are compared: medians, means (which bad minima dominate), and the share of trials in which
growing is better. Source: Radhakrishnan et al. 2025, distributions of final test loss over 200 to 10^4 trials.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from minigrow.experiments.claims import Claim, Estimate, judge, median
from minigrow.experiments.nimble.common import better, errors, middle, pair, ratio, settings
from minigrow.experiments.registry import Outcome

QUICK = {"repeats": 200, "tasks": ["cubic", "quadratic", "bessel", "step"]}
FULL = {"repeats": 1000, "tasks": ["cubic", "quadratic", "bessel", "step"]}
FIGURES = {
    "trials.png": (
        "Share of trials below each test error, networks that grow against networks that are grown from the start,"
        " on four tasks."
    ),
}
KINDS = ("growing", "grown")
# Median test errors of an independent run of 200 trials: growing, grown.
REFERENCE = {
    "cubic": (0.0252, 0.0337),
    "quadratic": (0.00068, 0.00064),
    "bessel": (0.129, 0.150),
    "step": (0.100, 0.117),
}
SIZES = (4.9, 5.2)
PAPER = "growing outperforms static of equal final size"


def run(config: dict[str, Any], seed: int, pmap: Callable) -> Outcome:
    """Train both twins of every trial of every task."""
    tasks = config["tasks"]
    found = settings([batch for task in tasks for batch in pair(task)], config["repeats"], seed, pmap)
    data = {task: {kind: found[2 * i + j]._asdict() for j, kind in enumerate(KINDS)} for i, task in enumerate(tasks)}
    return Outcome({"tasks": data})


def claims(data: dict[str, Any]) -> list[Claim]:
    """Judge the paper's sentence task by task, the goal N, the reproduction's medians, and count diverged trials."""
    rows = []
    for task, found in data["tasks"].items():
        both = [found[kind]["test"] for kind in KINDS]
        typical, average, share = ratio(*both), ratio(*both, np.mean), better(*both)
        rows += [
            judge(f"{task}: growing has the lower median test error", PAPER, typical, "growing / grown", "interval below 1",
                  typical.high < 1),
            judge(f"{task}: growing has the lower mean test error, that is fewer bad minima", PAPER, average,
                  "growing / grown", "interval below 1", average.high < 1),
            judge(f"{task}: growing is better in most trials", PAPER, share, "of trials", "interval above 0.5",
                  share.low > 0.5),
        ]  # fmt: skip
    for task, found in data["tasks"].items():
        rows += [_size(task, found), *(_reproduced(task, found, i) for i in range(2))]
    diverged = sum(found[kind]["diverged"] for found in data["tasks"].values() for kind in KINDS)
    total = sum(len(found[kind]["test"]) for found in data["tasks"].values() for kind in KINDS)
    rows.append(
        judge("no trial diverges", "(ours)", Estimate(diverged, np.nan, np.nan, total), "trials", "none", diverged == 0)
    )
    return rows


def _size(task, found):
    size = median(found["growing"]["size"])
    inside = SIZES[0] <= size.low and size.high <= SIZES[1]
    return judge(f"{task}: N reaches its goal of 5", "final N 5.00 to 5.06 (an independent run)", size, "neurons",
                 "interval of the median within 4.9 to 5.2", inside)  # fmt: skip


def _reproduced(task, found, i):
    """Judge whether our median and an independent run's agree within the sampling error of both runs together."""
    here, there = middle(found[KINDS[i]]["test"]), REFERENCE[task][i]
    half = np.log(here.high / here.low) / 2
    agrees = abs(np.log(there / here.value)) <= half * np.sqrt(1 + here.n / 200)
    return judge(f"{task}: median test error, {KINDS[i]}, agrees with an independent run", f"{there:g} (200 trials)", here,
                 "test error", "equal within the 95 % sampling error of both runs", agrees)  # fmt: skip


def draw(data: dict[str, Any], folder: Path) -> None:
    """Draw `trials.png`: for every task, the share of trials below each test error, growing and grown."""
    from minigrow.plotting import look, picture

    with picture(folder / "trials.png", columns=len(data["tasks"]), panel=(5.2, 4.8)) as axes:
        for ax, (task, found) in zip(axes[0], data["tasks"].items(), strict=True):
            for i, kind in enumerate(KINDS):
                test = np.sort(errors(found[kind]["test"]))
                share = np.arange(1, len(test) + 1) / len(test)
                ax.plot(test, share, label=f"{kind}: median {np.median(test):.2g}", **look(i))
            ax.set_xscale("log")
            ax.set(title=task, xlabel="final test error x", xlim=(np.quantile(test, 0.005) / 2, None))
            ax.legend(loc="lower right", fontsize=11)
        axes[0, 0].set_ylabel("share of trials with a test error below x")
