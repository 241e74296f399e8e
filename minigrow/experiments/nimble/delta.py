"""Experiment 7: does it matter how wide the step is with which a neuron opens? Algorithm A with delta from 1/4 to 4.

A neuron opens while N goes up by delta: one at a time for delta <= 1, several at once beyond, where at N = N_goal the last ones are
still half open, in the growing networks and in the grown ones. Source: Radhakrishnan et al. 2025, whose formula has delta and
whose programs have delta = 1.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from minigrow.experiments.claims import Claim, below, judge, median, within
from minigrow.experiments.nimble.common import charged, middle, pair, ratio, settings
from minigrow.experiments.protocol import Setting
from minigrow.experiments.registry import Outcome
from minigrow.nimble import TASKS

QUICK = {"repeats": 15, "tasks": ["step"], "deltas": [0.5, 1.0, 2.0]}
FULL = {"repeats": 100, "tasks": ["cubic", "step"], "deltas": [0.25, 0.5, 1.0, 2.0, 4.0]}
PROTOCOL = (
    Setting("delta", "1 in every program", "deltas", why="the question is ours",
            effect="delta = 1 is among them, the others are compared with it"),
    Setting("trials of each kind", 10000, "repeats", why="five widths of the step fit into the time",
            effect="intervals are 10 times wider"),
    Setting("tasks", "cubic, Bessel, quadratic, step, cubic 2, quadratic 2", "tasks", why="one of regression and one of classification",
            effect="not measured on the others"),
    Setting("epochs, rate, lambda, N_goal, neurons", "as in nimble.trials"),
)  # fmt: skip
FIGURES = {
    "delta.png": (
        "Median test error of growing and of grown networks against the width delta of the step with which a neuron opens, with "
        "95 % intervals, and where N ends."
    ),
}
KINDS = ("growing", "grown")
SAME = 1.25  # medians that differ by less than this factor count as equal


def run(config: dict[str, Any], seed: int, pmap: Callable) -> Outcome:
    """Train both twins of every trial with every delta."""
    points = [(task, delta) for task in config["tasks"] for delta in config["deltas"]]
    batches = [batch for task, delta in points for batch in pair(task, delta=delta)]
    found = iter(settings(batches, config["repeats"], seed, pmap))
    data: dict[str, Any] = {}
    for task, delta in points:
        rows = data.setdefault(task, {"lambda": TASKS[task].strength, "deltas": {}})["deltas"]
        rows[f"{delta:g}"] = {kind: next(found)._asdict() for kind in KINDS}
    return Outcome({"tasks": data})


def claims(data: dict[str, Any]) -> list[Claim]:
    """Judge growing against grown for every delta, growing at every delta against growing at 1, and where N ends."""
    rows = []
    for task, found in data["tasks"].items():
        one = found["deltas"]["1"]["growing"]["test"]
        for delta, both in found["deltas"].items():
            merit = [charged(both[kind], found["lambda"]) for kind in KINDS]
            name = f"{task}, delta = {delta}"
            rows.append(judge(f"{name}: growing has the lower mean test loss, size term included",
                              "abstract 4: consistently outperform static networks of equivalent final size", ratio(*merit, np.mean),
                              "growing / grown", below(1)))  # fmt: skip
            if delta != "1":
                rows.append(judge(f"{name}: growing ends with the median test error of delta = 1, up to a factor of {SAME:g}",
                                  "(ours)", ratio(both["growing"]["test"], one), "delta / 1", within(1 / SAME, SAME)))  # fmt: skip
            rows.append(judge(f"{name}: N reaches its goal of 5", "abstract 2: an auxiliary weight that directly controls network size",
                              median(both["growing"]["size"]), "neurons", within(4.9, 5.2)))  # fmt: skip
    return rows


def draw(data: dict[str, Any], folder: Path) -> None:
    """Draw `delta.png`: the median test errors, and the final sizes, against delta."""
    from minigrow.plotting import GREY, marked, picture

    with picture(folder / "delta.png", columns=len(data["tasks"]) + 1, panel=(5.6, 4.8)) as axes:
        for i, (ax, (task, found)) in enumerate(zip(axes[0], data["tasks"].items(), strict=False)):
            x = [float(delta) for delta in found["deltas"]]
            for j, kind in enumerate(KINDS):
                e = [middle(both[kind]["test"]) for both in found["deltas"].values()]
                low, high = ([getattr(one, end) for one in e] for end in ("low", "high"))
                value = [one.value for one in e]
                gaps = np.abs(np.array([low, high]) - value)
                ax.errorbar(
                    np.array(x) * (1.03, 0.97)[j],
                    value,
                    np.nan_to_num(gaps, posinf=0.0),
                    label=kind,
                    capsize=4,
                    **marked(j),
                )
            ax.set_xscale("log", base=2)
            ax.set_xticks(x, list(found["deltas"]))
            ax.set(title=task, xlabel="delta (neurons)", ylabel="test error (median)")
            ax.legend()
            size = [np.median(both["growing"]["size"]) for both in found["deltas"].values()]
            axes[0, -1].plot(x, size, label=task, **marked(i + 2))
        axes[0, -1].axhline(5, color=GREY, linewidth=1)
        axes[0, -1].set_xscale("log", base=2)
        axes[0, -1].set_xticks(x, list(found["deltas"]))
        axes[0, -1].set(title="growing: where N ends", xlabel="delta (neurons)", ylabel="final N (median)", ylim=(4, 6))
        axes[0, -1].legend()
