"""Judge what a network of several areas builds: whether a task needs areas, whether they are found, and how they live."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from minigrow.experiments.claims import Claim, above, judge, mean, proportion
from minigrow.experiments.differentiable_structure.feedforward import UNIT
from minigrow.experiments.differentiable_structure.layered import PAPER, best, by_arm, fixed
from minigrow.experiments.tuning import settled


def claims(data: dict[str, Any]) -> list[Claim]:
    """Judge every task and data set by itself, and the areas of each task against those of each data set."""
    found = []
    for name, share in data["overlap"].items():
        arms = by_arm(data["rows"], name)
        found += _learned(Path(name).name, arms, share) + (_needed(name, arms) if name in data["tasks"] else [])
    for task in data["tasks"]:
        others = [name for name in data["overlap"] if name not in data["tasks"]]
        found += [claim for other in others for claim in _compared(data, task, other)]
    return found


def working(row: dict[str, Any]) -> np.ndarray:
    """Return how many areas of every run are not spare at the end (runs,).

    >>> working({"working": [[1, 3]]})
    array([3.])
    """
    return np.array([curve[-1] for curve in row["working"]], dtype=float)


def _gap(a, b, share=0.0):
    return settled(mean(np.subtract(a["accuracy"], b["accuracy"]), share), a["edge"] or b["edge"])


def _needed(name, arms):
    """What a task that was chosen for its need of two areas shows."""
    chains = fixed(arms)
    return [
        judge(f"{name}: two areas in a chain learn what one with as many parameters does not, by 10 pp", "(ours)",
              _gap(chains[2], chains[1]), UNIT, above(10)),
        judge(f"{name}: areas that are born are more accurate than one area that sizes itself", "(ours)",
              _gap(arms["areas"], arms["no births"]), UNIT, above(0)),
        judge(f"{name}: areas that are recurrent are as accurate as feed-forward ones, to 2 pp", PAPER,
              _gap(arms["recurrent"], arms["areas"]), UNIT, above(-2)),
    ]  # fmt: skip


def _learned(name, arms, share):
    chains, grown = fixed(arms), arms["areas"]
    top = best(chains)
    return [
        judge(f"{name}: areas that come and go are as accurate as the best chain ({top}), to 2 pp", PAPER,
              _gap(grown, chains[top], share), UNIT, above(-2)),
        judge(f"{name}: most networks end with more than one working area", PAPER, proportion(working(grown) > 1),
              "share of runs", above(0.5)),
        judge(f"{name}: in most networks an area goes", "(ours)", proportion(np.array(grown["deaths"]) > 0),
              "share of runs", above(0.5)),
    ]  # fmt: skip


def _compared(data, task, other):
    (a, b), name = (by_arm(data["rows"], one)["areas"] for one in (task, other)), Path(other).name
    return [
        judge(f"{task}, which needs areas, ends with more working areas than {name}", PAPER, mean(working(a) - working(b)),
              "working areas more", above(0)),
        judge(f"{task}, which needs depth, ends with a longer path of areas than {name}", PAPER,
              mean(np.subtract(a["depth"], b["depth"])), "areas on the longest path more", above(0)),
    ]  # fmt: skip
