"""Experiment 2: is the advantage of growing a matter of lambda, or of the size asked for? Algorithm A.

The ratio growing over grown is measured for strengths lambda of the size term over the authors' range (N_goal = 5), and for several
N_goal (lambda as in the paper): of median test errors, and of mean test losses with their size term, the authors' figure of merit.
Trial i sees the same data and weights at every point, so intervals of what is said about a whole range come from redrawing trials.
Source: Radhakrishnan et al. 2025, ratio growing / grown against log10 lambda.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from minigrow.experiments.claims import Claim, Estimate, above, below, bootstrap, judge
from minigrow.experiments.nimble.common import charged, errors, pair, ratio, settings
from minigrow.experiments.protocol import Setting
from minigrow.experiments.registry import Outcome

QUICK = {"repeats": 20, "tasks": ["arc"], "log10_lambda": [-2, -1, 0, 1, 2], "epochs": 17782, "goals": [2, 5]}
FULL = {
    "repeats": 100,
    "tasks": ["arc", "cubic"],
    "log10_lambda": [i / 4 for i in range(-8, 9)],
    "epochs": 17782,
    "goals": [1, 3, 5, 7, 9],
}
PROTOCOL = (
    Setting("trials at each lambda", 200, "repeats", why="two tasks and five goals fit into the time",
            effect="intervals are 1.4 times wider"),
    Setting("tasks", ["arc"], "tasks", why="the cubic, a task of the first experiment, is swept as well",
            effect="each task is judged in claims of its own"),
    Setting("log10 of lambda", "-2 to 2 in steps of 0.01", "log10_lambda", why="401 points take 24 times as long",
            effect="the range is the same; what lies between two points is not seen"),
    Setting("epochs of the sweep over lambda", 17782, "epochs"),
    Setting("N_goal", "5 only: no sweep of N_goal is in the released programs", "goals", why="the question is ours",
            effect="N_goal = 5 is among the points"),
    Setting("data", "one data set for each lambda, shared by all its trials", ours="fresh data in every trial, also at every lambda",
            why="a ratio should not hang on one draw of 32 points",
            effect="not measured"),
    Setting("rate, neurons, delta", "0.001 by plain gradient descent, 9, 1"),
)  # fmt: skip
FIGURES = {
    "sweeps.png": (
        "Ratio growing over grown against lambda and against the size asked for: medians of the test error, means of the "
        "test loss with its size term (bands: 95 %); and where N ends."
    ),
}
SWEEPS = {"log10_lambda": "lambda", "goals": "N_goal"}
MERITS = {"median": "median test error", "mean": "mean test loss with its size term"}
PAPER = "abstract 4: consistently outperform static networks of equivalent final size"


def run(config: dict[str, Any], seed: int, pmap: Callable) -> Outcome:
    """Train both twins of every trial at every lambda, then at every goal."""
    points = [(task, sweep, x) for task in config["tasks"] for sweep in SWEEPS for x in config[sweep]]
    pairs = [
        pair(task, 10.0**x, epochs=config["epochs"]) if sweep == "log10_lambda" else pair(task, goal=float(x))
        for task, sweep, x in points
    ]
    found = settings([batch for both in pairs for batch in both], config["repeats"], seed, pmap)
    twins = list(zip(pairs, found[::2], found[1::2], strict=True))
    data: dict[str, Any] = {}
    for task in config["tasks"]:
        data[task] = {}
        for sweep in SWEEPS:
            own = [
                (x, twin) for (name, kind, x), twin in zip(points, twins, strict=True) if (name, kind) == (task, sweep)
            ]
            data[task][sweep] = {"points": [point(x, *twin) for x, twin in own], **whole([twin for _, twin in own])}
    return Outcome({"tasks": data})


def point(x, both, growing, grown):
    """Return what one point of a sweep shows; the two jobs in `both` know lambda and goal."""
    merit = [
        charged(found._asdict(), batch.strength, batch.goal)
        for batch, found in zip(both, (growing, grown), strict=True)
    ]
    return {
        "x": x,
        "median": ratio(growing.test, grown.test)._asdict(),
        "mean": ratio(*merit, np.mean)._asdict(),
        "size": [float(np.median(growing.size)), float(np.median(grown.size))],
        "diverged": [growing.diverged, grown.diverged],
    }


def whole(twins):
    """Return what a whole sweep shows: the ratio's geometric mean over the points, how often it is below 1, N's worst distance."""
    error = np.stack([[errors(f.test) for f in found] for _, *found in twins], axis=-1)  # (2, n, points)
    loss = np.stack([[charged(f._asdict(), b.strength, b.goal) for b, f in zip(both, found, strict=True)]
                     for both, *found in twins], axis=-1)  # fmt: skip
    size = np.stack([growing.size for _, growing, _ in twins], axis=-1)
    goal = np.array([both[0].goal for both, *_ in twins])
    return {
        "over": {"median": _typical(error, np.median)._asdict(), "mean": _typical(loss, np.mean)._asdict()},
        "share": _share(loss)._asdict(),
        "worst": bootstrap(size, lambda s, axis: np.abs(np.median(s, axis=axis) - goal).max(axis=-1))._asdict(),
    }


def _typical(both, statistic):
    """The geometric mean over the points of statistic(growing) / statistic(grown), with trials redrawn."""
    with np.errstate(invalid="ignore"):
        return bootstrap(
            np.moveaxis(both, 0, -1), lambda x, axis: np.exp(np.mean(np.log(_ratios(x, axis, statistic)), axis=-1))
        )


def _share(both):
    with np.errstate(invalid="ignore"):
        return bootstrap(np.moveaxis(both, 0, -1), lambda x, axis: np.mean(_ratios(x, axis, np.mean) < 1, axis=-1))


def _ratios(x, axis, statistic):
    found = statistic(x, axis=axis)
    return found[..., 0] / found[..., 1]


def claims(data: dict[str, Any]) -> list[Claim]:
    """Judge growing against grown over each whole sweep and at the paper's lambda; check that N follows its goal."""
    rows = []
    for task, sweeps in data["tasks"].items():
        for sweep, name in SWEEPS.items():
            found = sweeps[sweep]
            for merit, words in MERITS.items():
                rows.append(judge(f"{task}: growing has the lower {words}, geometric mean over the range of {name}", PAPER,
                                  Estimate(**found["over"][merit]), "growing / grown", below(1)))  # fmt: skip
            rows.append(judge(f"{task}: growing has the lower {MERITS['mean']} over most of the range of {name}", PAPER,
                              Estimate(**found["share"]), "of the points", above(0.5)))  # fmt: skip
        paper = min(sweeps["log10_lambda"]["points"], key=lambda p: abs(p["x"] + 1))
        rows.append(judge(f"{task}: growing has the lower {MERITS['mean']} at lambda = {10 ** paper['x']:g}",
                          "0.61 in the released notebook (arc, lambda = 0.1)", Estimate(**paper["mean"]), "growing / grown",
                          below(1)))  # fmt: skip
        rows.append(judge(f"{task}: N ends within 0.2 of whatever goal is set",
                          "abstract 2: an auxiliary weight that directly controls network size",
                          Estimate(**sweeps["goals"]["worst"]), "neurons off at the worst goal", below(0.2)))  # fmt: skip
    return rows


def draw(data: dict[str, Any], folder: Path) -> None:
    """Draw `sweeps.png`: both ratios against lambda and against the goal, and where N ends."""
    from minigrow.plotting import COLOURS, GREY, marked, picture

    with picture(folder / "sweeps.png", columns=3, rows=len(data["tasks"])) as axes:
        for row, (task, sweeps) in zip(axes, data["tasks"].items(), strict=True):
            for ax, (sweep, name) in zip(row, SWEEPS.items(), strict=False):
                for i, merit in enumerate(MERITS):
                    x, e = [p["x"] for p in sweeps[sweep]["points"]], [p[merit] for p in sweeps[sweep]["points"]]
                    ax.plot(x, [r["value"] for r in e], label=f"{merit}s", **marked(i))
                    low, high = ([np.nan if r[end] is None else r[end] for r in e] for end in ("low", "high"))
                    ax.fill_between(x, low, high, color=COLOURS[i], alpha=0.2, linewidth=0)
                ax.axhline(1, color="black", linewidth=1)
                ax.set_yscale("log")
                ax.set(xlabel="log10 of lambda" if name == "lambda" else "N_goal (neurons)", ylabel="growing / grown")
                ax.set_title(f"{task}: " + ("N_goal = 5" if name == "lambda" else "lambda = 0.1"))
                ax.legend(fontsize=11)
            for j, kind in enumerate(("growing", "grown")):
                x = [p["x"] for p in sweeps["log10_lambda"]["points"]]
                row[2].plot(x, [p["size"][j] for p in sweeps["log10_lambda"]["points"]], label=kind, **marked(j))
            row[2].axhline(5, color=GREY, linewidth=1)
            row[2].set(title=f"{task}: where N ends", xlabel="log10 of lambda", ylabel="final N (median)")
            row[2].legend()
