"""Judge `recovery`: what does the cut cost, how soon is a pruned network back, and how does it end beside the others?"""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrow.experiments.claims import Claim, above, judge, mean, proportion
from minigrow.experiments.tuning import settled

ARMS = ("unpruned", "pruned at once", "pruned step by step", "narrow", "narrow, equal work")
UNPRUNED, ONCE, STEPWISE, NARROW, EQUAL = ARMS
MARGIN = 1.0  # pp: what counts as no worse
EPOCH = 1042  # the authors' steps in an epoch


def claims(data: dict[str, Any]) -> list[Claim]:
    """Judge, for each data set, the cut itself, the recovery, and the pruned networks beside the others."""
    return [
        claim for name, share in data["overlap"].items() for claim in _judged(name, data["rows"][name], share, data)
    ]


def _judged(name, rows, share, data):
    unit, gone = "pp of test accuracy", f"pruned from {data['wide']} to {data['narrow']}"
    once = {key: np.array(rows[ONCE][key]) for key in ("before", "after", "end", "back")}

    def gap(arm, other):
        edge = rows[arm]["edge"] or rows[other]["edge"]
        return settled(mean(np.subtract(rows[arm]["end"], rows[other]["end"]), share), edge)

    soon = proportion((once["back"] >= 0) & (once["back"] <= EPOCH))
    low = "abstract 4: Low-impact neurons can be removed (neurodegeneration)"
    sides = "(ours) at equal {}, both at tuned rates"
    return [
        judge(f"{name}: {gone} at once, right after it no worse than before, to {MARGIN:g} pp", low,
              mean(once["after"] - once["before"], share), unit, above(-MARGIN)),
        judge(f"{name}: {gone} at once and trained on, no worse than before, to {MARGIN:g} pp", low,
              mean(once["end"] - once["before"], share), unit, above(-MARGIN)),
        judge(f"{name}: {gone} at once, more than half are back within {EPOCH} steps", "(ours) one epoch of the authors'", soon,
              "share of networks", above(0.5)),
        judge(f"{name}: {gone} at once beats narrow from the start at equal steps", sides.format("steps"), gap(ONCE, NARROW), unit,
              above(0)),
        judge(f"{name}: {gone} at once beats narrow from the start at equal multiply-adds", sides.format("multiply-adds"),
              gap(ONCE, EQUAL), unit, above(0)),
        judge(f"{name}: {gone} at once ends no worse than unpruned, to {MARGIN:g} pp", sides.format("steps"), gap(ONCE, UNPRUNED),
              unit, above(-MARGIN)),
        judge(f"{name}: {gone} step by step beats at once", sides.format("steps"), gap(STEPWISE, ONCE), unit, above(0)),
        judge(f"{name}: {gone} step by step beats narrow from the start at equal steps", sides.format("steps"),
              gap(STEPWISE, NARROW), unit, above(0)),
    ]  # fmt: skip
