"""Experiment 3: does the size follow the tasks, and does it forget where it started?

Three tasks share one network [192, w, w, 30], each with its own block of inputs and outputs (`minigrow.datasets.blocks.join`):
the digits; the digits turned; the digits with their pixels shuffled. The tasks come one by one, then only the second
stays. After every epoch auto-adaptation keeps k = 5 scaffold neurons with sigma <= tau = 0.95 in each hidden layer.
The control is the same with a weight decay of 1e-3 instead of 0.1, which is too weak to forget.
Source: Bird 2026, scheduled tasks (there 28x28 images, three hidden layers of about 2500, phases of 150 epochs).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from minigrow.datasets import Dataset, standardised
from minigrow.datasets.blocks import join, split_tasks, three_digit_tasks
from minigrow.experiments.claims import Claim, bootstrap, judge, mean
from minigrow.experiments.isotropic.common import accuracy, network, on
from minigrow.experiments.registry import Outcome
from minigrow.experiments.shared import child_seeds, rounded
from minigrow.growth import History, Plan, start
from minigrow.isotropic import AutoAdapt
from minigrow.isotropic.fit import spectra
from minigrow.nn import AdamW
from minigrow.plotting import COLOURS, GREY, marked, phases, picture

PHASES = {"task 1": [0], "tasks 1, 2": [0, 1], "tasks 1, 2, 3": [0, 1, 2], "task 2 only": [1]}
QUICK = {"repeats": 12, "epochs": [60, 60, 60, 60], "decays": [0.1, 0.001], "widths": [5, 80], "every": 2}
FULL = {"repeats": 25, "epochs": [150, 150, 150, 150], "decays": [0.1, 0.001], "widths": [5, 80], "every": 5}
FIGURES = {
    "tasks.png": (
        "Widths of both hidden layers while three tasks come and two go again: every run thin, the median thick; "
        "runs that started with 5 to 80 neurons meet."
    ),
    "tasks_memory.png": (
        "Hidden neurons at the end against hidden neurons at the start, for a strong and a weak weight decay: flat"
        " means that the start is forgotten."
    ),
}
POLICY = AutoAdapt(tau=0.95, scaffold=5)


class Job(NamedTuple):
    """One network: hidden widths to start from, weight decay, epochs of each phase, seed."""

    start: tuple[int, int]
    decay: float
    epochs: list[int]
    seed: int


def task_parts(seed: int) -> tuple[tuple[Dataset, ...], tuple[Dataset, ...]]:
    """Return the three tasks' training and test sets, each standardised by its own training set.

    >>> [len(parts) for parts in task_parts(0)]
    [3, 3]
    """
    tasks = split_tasks(three_digit_tasks(seed, np.float32), rng=seed)
    train, test = zip(*(standardised(*pair) for pair in zip(*tasks, strict=True)), strict=True)
    return train, test


def one(job: Job) -> tuple[History, list[float]]:
    """Live through the phases; return the history (from epoch 1) and the test accuracy at the end of each phase."""
    train, test = task_parts(job.seed)
    net = network([192, *job.start, 30], job.seed)
    run, accuracies = start(net, AdamW(rate=1e-3, weight_decay=job.decay), rng=job.seed), []
    for active, end in zip(PHASES.values(), np.cumsum(job.epochs), strict=True):
        plan = Plan(epochs=int(end), policies=(POLICY,), observe=spectra)
        run = on(run, join(train, active), plan)
        accuracies.append(accuracy(run.net, join(test, active)))
    return run.history, rounded(accuracies)


def run(config: dict[str, Any], seed: int, pmap: Callable) -> Outcome:
    """Start from random widths, the same ones with either weight decay; widths are kept every few epochs."""
    repeats, (low, high) = config["repeats"], config["widths"]
    starts = np.random.default_rng(seed).integers(low, high, size=(repeats, 2), endpoint=True).tolist()
    seeds = child_seeds(seed, repeats)
    pairs = list(zip(starts, seeds, strict=True))
    jobs = [Job(tuple(widths), decay, config["epochs"], s) for decay in config["decays"] for widths, s in pairs]
    found, ends = pmap(one, jobs), np.cumsum(config["epochs"])
    kept = np.arange(0, ends[-1] + 1, config["every"])
    runs = [_summary(job, history, scores, ends, kept) for job, (history, scores) in zip(jobs, found, strict=True)]
    return Outcome({"epochs": config["epochs"], "kept": kept.tolist(), "runs": runs}, found[0][0])


def _summary(job, history, scores, ends, kept):
    widths = np.vstack([job.start, history["widths"][:, 1:-1]]).astype(int)
    return {
        "start": list(job.start),
        "decay": job.decay,
        "ends": widths[ends].tolist(),
        "widths": widths[kept].T.tolist(),
        "accuracy": scores,
    }


def of_decay(data: dict[str, Any], choose: Callable = max) -> list[dict[str, Any]]:
    """Return the runs with the strongest weight decay, or with `choose=min` those with the weakest."""
    wanted = choose(row["decay"] for row in data["runs"])
    return [row for row in data["runs"] if row["decay"] == wanted]


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


def claims(data: dict[str, Any]) -> list[Claim]:
    """Judge whether total width rises with each added task, falls on removal, and forgets the start."""
    strong, weak = of_decay(data), of_decay(data, min)
    total = np.array([np.sum(row["ends"], axis=1) for row in strong])
    second, third, last = (mean(column) for column in np.diff(total, axis=1).T)
    kept, control = memory(strong), memory(weak)
    weak_last = mean([sum(row["ends"][3]) - sum(row["ends"][2]) for row in weak])
    scores = mean(np.min([row["accuracy"] for row in strong], axis=1))
    rises, unit = "total width rises with each added task", "neurons"
    return [
        judge("adding the second task makes the network grow", rises, second, unit, "interval above 0", second.low > 0),
        judge("adding the third task makes the network grow", rises, third, unit, "interval above 0", third.low > 0),
        judge("dropping two tasks makes the network shrink", "it falls on removal", last, unit, "interval below 0",
              last.high < 0),
        judge("the final width forgets the starting width", "it forgets the starting width", kept,
              "final neurons per neuron at the start", "interval within +-0.05", kept.low > -0.05 and kept.high < 0.05),
        judge("control, weight decay 1e-3: the start is remembered", "(ours) decay is what forgets", control,
              "final neurons per neuron at the start", "interval above 0", control.low > 0),
        judge("control, weight decay 1e-3: dropping tasks does not shrink the network", "(ours) decay is what forgets",
              weak_last, unit, "interval reaches 0 or above", weak_last.high >= 0),
        judge("the network is good at its active tasks all the time", "performance is kept", scores,
              "% test accuracy in a run's worst phase", "interval above 90 %", scores.low > 90),
    ]  # fmt: skip


def draw(data: dict[str, Any], folder: Path) -> None:
    """Draw `tasks.png`, widths over the phases, and `tasks_memory.png`, final against starting width."""
    with picture(folder / "tasks.png", columns=2, panel=(8.0, 6.0), sharey=True) as axes:
        for layer, ax in enumerate(axes[0]):
            _lives(ax, data, layer)
        axes[0, 0].set_ylabel("neurons (logarithmic)")
    with picture(folder / "tasks_memory.png", panel=(7.5, 5.6)) as axes:
        _memories(axes[0, 0], data)


def _lives(ax: Any, data: dict[str, Any], layer: int) -> None:
    rows, ends = of_decay(data), np.cumsum(data["epochs"])
    for row in rows:
        every = ax.plot(data["kept"], row["widths"][layer], color=COLOURS[layer], alpha=0.35, linewidth=1.3)
    middle = np.median([row["widths"][layer] for row in rows], axis=0)
    median = ax.plot(data["kept"], middle, color="black", linewidth=3.2)
    ax.legend([*every, *median], [f"each of {len(rows)} runs", "median"], loc="lower right")
    scores = np.mean([row["accuracy"] for row in rows], axis=0)
    names = [f"{name}\n{score:.1f} % right" for name, score in zip(PHASES, scores, strict=True)]
    phases(ax, [0, *ends[:-1]], ends[-1], names)
    for end, value in zip(ends, np.median([row["ends"] for row in rows], axis=0)[:, layer], strict=True):
        ax.annotate(f"{value:g}", (end, value), xytext=(-6, 26), textcoords="offset points", ha="right", weight="bold",
                    fontsize=19)  # fmt: skip
    ticks = [5, 10, 15, 20, 30, 50, 80]
    ax.set(title=f"hidden layer {layer + 1}", xlabel="epoch", yscale="log", ylim=(4.5, 130))
    ax.set_yticks(ticks, ticks)
    ax.minorticks_off()
    ax.margins(x=0)


def _memories(ax: Any, data: dict[str, Any]) -> None:
    for i, rows in enumerate((of_decay(data), of_decay(data, min))):
        slope = memory(rows)
        points = np.array([[sum(row["start"]), sum(row["ends"][-1])] for row in rows])
        ax.plot(*points.T, label=f"weight decay {rows[0]['decay']:g}: slope {round(slope.value, 2) + 0:.2f}",
                **marked(i) | {"linestyle": ""})  # fmt: skip
    ax.set(title="what is left of the start", xlabel="hidden neurons at the start", ylabel="hidden neurons at the end")
    ax.set(xlim=(0, None), ylim=(0, 130))
    ax.axline((0, 0), slope=1, color=GREY, linestyle=":")
    middle = 0.6 * ax.get_xlim()[1]
    ax.text(0.97 * middle, 1.03 * middle, "as it started", color=GREY, ha="right")
    ax.legend(loc="upper left")
