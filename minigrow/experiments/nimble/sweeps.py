"""Experiment 2: is the advantage of growing a matter of lambda, or of the size asked for? Algorithm A.

The ratio of median final test errors, growing over grown, is measured for several strengths lambda of the size term (N_goal = 5)
and several N_goal (lambda as in the paper). Source: Radhakrishnan et al. 2025, ratio growing / grown against log10 lambda.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from minigrow.experiments.claims import Claim, Estimate, judge
from minigrow.experiments.nimble.common import pair, ratio, settings
from minigrow.experiments.registry import Outcome

QUICK = {"repeats": 30, "tasks": ["cubic"], "log10_lambda": [-3, -1, 1], "goals": [2, 5, 8]}
FULL = {
    "repeats": 100,
    "tasks": ["cubic", "bessel"],
    "log10_lambda": [-3, -2, -1.5, -1, -0.5, 0, 1],
    "goals": [1, 3, 5, 7, 9],
}
FIGURES = {
    "sweeps.png": (
        "Ratio of the median test errors, growing over grown, against lambda and against the size asked for "
        "(bands: 95 %), and the size at which the networks end."
    ),
}
SWEEPS = {"log10_lambda": "log10 lambda", "goals": "N_goal"}


def run(config: dict[str, Any], seed: int, pmap: Callable) -> Outcome:
    """Train both twins of every trial at every lambda, then at every goal."""
    batches = []
    for task in config["tasks"]:
        batches += [batch for power in config["log10_lambda"] for batch in pair(task, 10.0**power)]
        batches += [batch for goal in config["goals"] for batch in pair(task, goal=float(goal))]
    found = iter(settings(batches, config["repeats"], seed, pmap))
    data = {}
    for task in config["tasks"]:
        data[task] = {sweep: [_point(x, next(found), next(found)) for x in config[sweep]] for sweep in SWEEPS}
    return Outcome({"tasks": data})


def _point(x, growing, grown):
    of = ratio(growing.test, grown.test)
    return {
        "x": x,
        "ratio": of._asdict(),
        "median": [float(np.median(growing.test)), float(np.median(grown.test))],
        "size": [float(np.median(growing.size)), float(np.median(grown.size))],
        "diverged": [growing.diverged, grown.diverged],
    }


def claims(data: dict[str, Any]) -> list[Claim]:
    """Count at how many points growing wins, and at how many it loses; check that N follows its goal."""
    rows = []
    for task, sweeps in data["tasks"].items():
        for sweep, name in SWEEPS.items():
            points = sweeps[sweep]
            wins = sum(p["ratio"]["high"] < 1 for p in points)
            losses = sum(p["ratio"]["low"] > 1 for p in points)
            rows.append(
                judge(f"{task}: growing wins over most of the range of {name}", "ratio below 1 over a wide range",
                      Estimate(wins / len(points), np.nan, np.nan, len(points)), f"of points (it loses at {losses})",
                      "interval of the ratio below 1 at more than half of the points", wins > len(points) / 2)
            )  # fmt: skip
        worst = max((abs(p["size"][0] - p["x"]) for p in sweeps["goals"]), default=np.nan)
        rows.append(
            judge(f"{task}: N reaches whatever goal is set", "N approaches N_goal",
                  Estimate(worst, np.nan, np.nan, len(sweeps["goals"])), "neurons off at the worst goal", "at most 0.2",
                  worst <= 0.2)
        )  # fmt: skip
    return rows


def draw(data: dict[str, Any], folder: Path) -> None:
    """Draw `sweeps.png`: ratio of median errors against lambda and against the goal, and where N ends."""
    from minigrow.plotting import COLOURS, GREY, marked, picture

    with picture(folder / "sweeps.png", columns=3) as axes:
        for i, (task, sweeps) in enumerate(data["tasks"].items()):
            for ax, sweep in zip(axes[0], SWEEPS, strict=False):
                x, e = [p["x"] for p in sweeps[sweep]], [p["ratio"] for p in sweeps[sweep]]
                ax.plot(x, [r["value"] for r in e], label=task, **marked(i))
                low, high = [r["low"] for r in e], [r["high"] for r in e]
                ax.fill_between(x, low, high, color=COLOURS[i], alpha=0.2, linewidth=0)
            for j, kind in enumerate(("growing", "grown")):
                x = [p["x"] for p in sweeps["log10_lambda"]]
                style = marked(2 * i + j)
                axes[0, 2].plot(x, [p["size"][j] for p in sweeps["log10_lambda"]], label=f"{task}, {kind}", **style)
        for ax, name in zip(axes[0], ("log10 of lambda", "goal of N (neurons)"), strict=False):
            ax.axhline(1, color="black", linewidth=1)
            ax.set_yscale("log")
            ax.set(xlabel=name, ylabel="median test error, growing / grown")
            ax.legend()
        axes[0, 0].set_title("growing is better below 1")
        axes[0, 1].set_title("lambda as in the paper")
        axes[0, 2].axhline(5, color=GREY, linewidth=1)
        axes[0, 2].set(title="a weak pull does not arrive", xlabel="log10 of lambda", ylabel="final N (median)")
        axes[0, 2].legend()
