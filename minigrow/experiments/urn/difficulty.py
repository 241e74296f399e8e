"""Experiment 1: does the structure follow the difficulty of the task, and the price of a weight?

The same pool (28 neurons, 4 iterations, tanh) learns tasks that get harder, at several l1; results are medians over seeds. Two
spirals and the digits, which need a bigger pool, are shown as well.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from minigrow.experiments.claims import Claim, above, below, bootstrap, judge, median
from minigrow.experiments.registry import Outcome
from minigrow.experiments.urn.common import OURS, OVERLAP, Job, child_seeds, column, one, share, strengths

QUICK = {"repeats": 10, "l1": [0.003, 0.01], "large_l1": [0.003], "steps": 2000}
FULL = {"repeats": 10, "l1": [0.001, 0.003, 0.01, 0.03], "large_l1": [0.001, 0.003], "steps": 2000}
FIGURES = {
    "difficulty.png": (
        "Effective edges, live hidden neurons and depth of what emerges against the price of a unit of weight, for"
        " six tasks (medians with 95 % intervals)."
    ),
}
SMALL = ("linear", "xor", "parity3", "parity4")
LARGE: dict[str, dict[str, Any]] = {
    "spirals": {"size": 44, "iterations": 5},
    "digits": {"size": 104, "iterations": 3, "batch": 100},
}
REFERENCE, LARGE_REFERENCE = 0.01, 0.003


def run(config: dict[str, Any], seed: int, pmap: Callable) -> Outcome:
    """Train every task at every l1 on every seed."""
    seeds = child_seeds(seed, config["repeats"])
    cells = [(task, l1, {}) for task in SMALL for l1 in config["l1"]]
    cells += [(task, l1, LARGE[task]) for task in LARGE for l1 in config["large_l1"]]
    jobs = [
        Job(task, strengths(l1=l1), s, **more, steps=_steps(task, config)) for task, l1, more in cells for s in seeds
    ]
    found, n = pmap(one, jobs), len(seeds)
    runs = {f"{task} {l1:g}": found[i * n : (i + 1) * n] for i, (task, l1, _) in enumerate(cells)}
    return Outcome({"l1": config["l1"], "large_l1": config["large_l1"], "runs": runs})


def _steps(task, config):
    return config["steps"] * 3 // 10 if task == "digits" else config["steps"]


def edges(data: dict[str, Any], task: str, l1: float) -> np.ndarray:
    """Return the numbers of effective edges (n,) of a task at one l1."""
    return column(data["runs"][f"{task} {l1:g}"], "edges")


def claims(data: dict[str, Any]) -> list[Claim]:
    """Judge the order of difficulty at the reference l1, errors and accuracies, and what l1 does."""
    table = np.array([edges(data, task, REFERENCE) for task in SMALL]).T
    order = "-".join(f"{m:g}" for m in np.median(table, axis=0))
    words = f"harder tasks take more edges: linear, XOR, 3-bit, 4-bit parity at l1 = {REFERENCE:g} (medians {order})"
    made = [judge(words, OURS, bootstrap(table, least_step), "edges, least step between medians", above(0))]
    for task in SMALL:
        runs = data["runs"][f"{task} {REFERENCE:g}"]
        worst = median(column(runs, "error"))
        made.append(judge(f"{task}: the error is small", OURS, worst, "mean squared error (median)", below(1e-3)))
        made.append(share(f"{task}: every answer is right", column(runs, "accuracy") == 100))
    low, high = min(data["l1"]), max(data["l1"])
    drop = median(sum(edges(data, task, low) - edges(data, task, high) for task in SMALL))
    made.append(judge(f"dearer weights, fewer edges: l1 {low:g} against {high:g}, four tasks together", OURS, drop,
                      "edges saved (median)", above(0)))  # fmt: skip
    for task in LARGE:
        need, overlap = {"spirals": (95, 0.0), "digits": (94, OVERLAP)}[task]
        score = median(column(data["runs"][f"{task} {LARGE_REFERENCE:g}"], "accuracy"), overlap)
        words = f"{task}: the pool learns it at l1 = {LARGE_REFERENCE:g}"
        made.append(judge(words, OURS, score, "% test accuracy (median)", above(need)))
    return made


def least_step(table: np.ndarray, axis: int = 0) -> np.ndarray:
    """Return the least step from the median of one column to that of the next (a scalar for runs x columns).

    >>> float(least_step(np.array([[1.0, 4.0, 5.0], [3.0, 6.0, 9.0]])))
    2.0
    """
    return np.diff(np.median(table, axis=axis)).min(axis=-1)


def draw(data: dict[str, Any], folder: Path) -> None:
    """Draw `difficulty.png`: edges, hidden neurons and depth against l1, one curve per task."""
    from minigrow.plotting import marked, picture

    with picture(folder / "difficulty.png", columns=3, panel=(5.6, 4.8)) as axes:
        for ax, name in zip(axes[0], ("edges", "neurons", "depth"), strict=True):
            for i, task in enumerate((*SMALL, *LARGE)):
                prices = data["l1"] if task in SMALL else data["large_l1"]
                found = [median(column(data["runs"][f"{task} {l1:g}"], name)) for l1 in prices]
                middle = np.array([f.value for f in found])
                spread = np.abs(np.nan_to_num([[f.value - f.low for f in found], [f.high - f.value for f in found]]))
                ax.errorbar(np.array(prices) * (1 + 0.03 * i), middle, spread, label=task, capsize=4, **marked(i))
            ax.set(xscale="log", xlabel="l1, price of a unit of weight")
            ax.set_xticks(data["l1"], [f"{l1:g}" for l1 in data["l1"]])
            ax.minorticks_off()
        axes[0, 0].set(title="effective edges", ylabel="median, 95 % interval", yscale="log")
        axes[0, 1].set(title="live hidden neurons", yscale="symlog", ylim=(-0.3, None))
        axes[0, 2].set(title="depth (layers of weights)", ylim=(0, 7.9))
        axes[0, 2].legend(ncols=2, loc="upper right")
