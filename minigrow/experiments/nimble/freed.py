"""Experiment 4: freed from its goal (lambda = 0 or small), which size does a network settle at?

Algorithm A starts from several sizes. With lambda = 0 and N = 0 the size never moves, since the smooth step starts flat and gives
the first neuron no gradient; so all starts have a half-open neuron. It then learns the digits (not in the paper) in mini-batches:
which N do real data ask for, without and with a goal? Source: Radhakrishnan et al. 2025; digits: ours.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from minigrow.datasets import digits, split, standardised
from minigrow.experiments.claims import Claim, Estimate, judge, mean
from minigrow.experiments.nimble.common import Batch, rounded, settings
from minigrow.experiments.registry import Outcome
from minigrow.growth import Plan, start, train
from minigrow.nimble import auxiliary, score
from minigrow.nn import SGD

QUICK = {
    "repeats": 20,
    "tasks": ["cubic", "quadratic", "bessel", "step"],
    "strengths": [0.0, 0.001],
    "starts": [0.5, 4.5, 8.5],
    "digits": {"repeats": 2, "epochs": 20, "starts": [2.5, 18.5], "goals": [[0.0, 10.0], [0.1, 10.0]]},
}
FULL = QUICK | {
    "repeats": 200,
    "digits": {
        "repeats": 5, "epochs": 60, "starts": [2.5, 8.5, 18.5],
        "goals": [[0.0, 10.0], [0.001, 10.0], [0.01, 10.0], [0.1, 10.0]],
    },
}  # fmt: skip
FIGURES = {
    "freed.png": (
        "Where the size N ends without or with a weak pull towards the goal, from three starts on four tasks, and "
        "N on the digits over the epochs (a line a seed)."
    ),
}
DIGITS_HIDDEN = 20


class Reading(NamedTuple):
    """One digits network: first size N, lambda, goal, epochs, seed."""

    start: float
    strength: float
    goal: float
    epochs: int
    seed: int


def read_digits(job: Reading) -> dict[str, Any]:
    """Return N after every epoch and the test accuracy (%) at the end; weights within 0.2, SGD, rate 0.05, batches of 48."""
    training, test = standardised(*split(digits(), rng=job.seed))
    widths = [64, DIGITS_HIDDEN, 10]
    net = auxiliary(widths, job.goal, job.strength, size=job.start, spread=0.2, rng=job.seed)
    plan = Plan(epochs=job.epochs, quiet=True, observe=lambda net: {"s": float(net.s)})
    run = train(start(net, SGD(rate=0.05), rng=job.seed), training.X, training.y, plan)
    accuracy = 100 * score(run.net, test.X, test.y, "softmax")
    return {"size": rounded(np.append(job.start, run.history["s"])), "accuracy": accuracy}


def run(config: dict[str, Any], seed: int, pmap: Callable) -> Outcome:
    """Let N go free on the four tasks and on the digits."""
    names = [(task, strength) for task in config["tasks"] for strength in config["strengths"]]
    batches = [Batch(task, first, 5.0, lam, 0, (0, 0)) for task, lam in names for first in config["starts"]]
    found = iter(settings(batches, config["repeats"], seed, pmap))
    tasks: dict[str, Any] = {}
    for task, lam in names:
        tasks.setdefault(task, {})[f"{lam:g}"] = [next(found)._asdict() for _ in config["starts"]]
    d = config["digits"]
    jobs = [
        Reading(first, lam, goal, d["epochs"], seed + i)
        for lam, goal in d["goals"] for first in d["starts"] for i in range(d["repeats"])
    ]  # fmt: skip
    read = [
        result | {"start": job.start, "strength": job.strength}
        for job, result in zip(jobs, pmap(read_digits, jobs), strict=True)
    ]
    return Outcome({"starts": config["starts"], "tasks": tasks, "digits": read})


def spread(groups: list[list[float]]) -> Estimate:
    """Return how far apart the median sizes of groups (starts, n) lie: greatest minus smallest, with no interval.

    >>> spread([[1.0, 1.0], [4.0, 4.0]]).value
    3.0
    """
    medians = [float(np.median(group)) for group in groups]
    return Estimate(max(medians) - min(medians), np.nan, np.nan, sum(map(len, groups)))


def claims(data: dict[str, Any]) -> list[Claim]:
    """Judge whether the size ends the same wherever it started."""
    rows = []
    for task, by_strength in data["tasks"].items():
        for lam, groups in by_strength.items():
            gap = spread([group["size"] for group in groups])
            rows.append(
                judge(f"{task}: freed (lambda = {lam}), N finds one size wherever it started", "gradient descent chooses the size",
                      gap, f"neurons between the medians from starts {data['starts']}", "below 1", gap.value < 1)
            )  # fmt: skip
    for lam in dict.fromkeys(row["strength"] for row in data["digits"]):
        rows += _digits_claims(lam, [row for row in data["digits"] if row["strength"] == lam])
    return rows


def _digits_claims(lam, rows):
    starts = list(dict.fromkeys(row["start"] for row in rows))
    by_start = [[row for row in rows if row["start"] == first] for first in starts]
    gap = spread([[row["size"][-1] for row in group] for group in by_start])
    lost = mean([big["accuracy"] - small["accuracy"] for big, small in zip(by_start[-1], by_start[0], strict=True)])
    name = f"digits, lambda = {lam:g}, goal 10"
    return [
        judge(f"{name}: N finds one size wherever it started", "not in the paper", gap, "neurons between the medians",
              "below 1", gap.value < 1),
        judge(f"{name}: a start at N = {starts[0]:g} costs no accuracy against one at {starts[-1]:g}", "not in the paper",
              lost, "pp of test accuracy lost", "interval below 1", lost.high < 1),
    ]  # fmt: skip


def draw(data: dict[str, Any], folder: Path) -> None:
    """Draw `freed.png`: where N ends from each start, for every task, and N on the digits over the epochs."""
    from minigrow.plotting import COLOURS, GREY, LINES, picture

    strengths = list(next(iter(data["tasks"].values())))
    digits_strengths = list(dict.fromkeys(row["strength"] for row in data["digits"]))
    with picture(folder / "freed.png", columns=len(strengths) + 1, panel=(6.6, 5.0)) as axes:
        for ax, lam in zip(axes[0], strengths, strict=False):
            for i, task in enumerate(data["tasks"]):
                for j, group in enumerate(data["tasks"][task][lam]):
                    low, middle, high = np.percentile(group["size"], [5, 50, 95])
                    x, colour = i + 0.2 * (j - 1), COLOURS[j % len(COLOURS)]
                    ax.plot([x - 0.08, x + 0.08], [data["starts"][j]] * 2, color=GREY, linewidth=1.5)
                    ax.errorbar(x, middle, [[middle - low], [high - middle]], color=colour, marker="os^Dv"[j], capsize=4,
                                linestyle="none", label=f"from N = {data['starts'][j]:g}" if i == 0 else None)  # fmt: skip
            ax.set_xticks(range(len(data["tasks"])), list(data["tasks"]))
            ax.set(title=f"lambda = {lam}, goal 5", ylabel="final N: median, 5 to 95 % (grey: start)", ylim=(-0.3, 12))
            ax.legend(loc="upper left", ncols=3, fontsize=11)
        ax = axes[0, -1]
        for row in data["digits"]:
            i = digits_strengths.index(row["strength"])
            first = row is next(other for other in data["digits"] if other["strength"] == row["strength"])
            ax.plot(row["size"], color=COLOURS[i], linestyle=LINES[i], linewidth=1.6,
                    label=f"lambda = {row['strength']:g}" if first else None)  # fmt: skip
        ax.set(title="digits, goal 10 of 20 neurons", xlabel="epoch", ylabel="N (neurons)", ylim=(0, DIGITS_HIDDEN + 5))
        ax.legend(loc="upper right", ncols=2, fontsize=11)
