"""Judge experiment 6 (`against_tanh`): which of isotropic and element-wise tanh is better, at tuned and at fixed rates?"""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrow.experiments.claims import Claim, above, judge, mean, within
from minigrow.experiments.shared import rows_of
from minigrow.experiments.tuning import settled

ISOTROPIC, TANH, LINEAR = SIDES = ("isotropic tanh", "element-wise tanh", "no hidden layer")
MARGIN = 1.0  # pp: what counts as equally good


def nets(rows: list[dict[str, Any]], tuned: bool) -> list[dict[str, dict[str, Any]]]:
    """Return {side: row} for each net at tuned (or at fixed) rates, in the order of the configuration.

    >>> rows = [{"data": "a", "hidden": [3], "steps": 9, "side": side, "rate": 0.1, "tuned": False} for side in SIDES[:2]]
    >>> [list(net) for net in nets(rows, False)], nets(rows, True)
    ([['isotropic tanh', 'element-wise tanh']], [])
    """
    found: dict[tuple, dict[str, dict[str, Any]]] = {}
    for row in rows:
        if row["tuned"] == tuned:
            key = (row["data"], *row["hidden"], row["steps"], None if tuned else row["rate"])
            found.setdefault(key, {})[row["side"]] = row
    return list(found.values())


def difference(net: dict[str, dict[str, Any]], other: str = TANH) -> np.ndarray:
    """Return test accuracy of the isotropic side - that of the other (pp) for each repeat (n,).

    >>> difference({ISOTROPIC: {"test": [91.0]}, TANH: {"test": [90.0]}})
    array([1.])
    """
    return np.subtract(net[ISOTROPIC]["test"], net[other]["test"])


def claims(data: dict[str, Any]) -> list[Claim]:
    """Judge, for each data set, the differences at tuned rates and at each fixed one."""
    shares = data["overlap"].items()
    return [claim for name, share in shares for claim in _judged(name, rows_of(data["rows"], name), share)]


def _judged(name, rows, overlapping):
    tuned, fixed, unit = nets(rows, True), nets(rows, False), "pp of test accuracy"
    paper = "experiment 6 compares the two, at one rate for both"
    edge = {side: any(net[side]["edge"] for net in tuned) for side in SIDES}
    gap, over = (settled(mean(np.mean([difference(net, other) for net in tuned], axis=0), overlapping),
                         edge[ISOTROPIC] or edge[other]) for other in (TANH, LINEAR))  # fmt: skip
    text = f"{name}: isotropic tanh {{}}, each at its tuned rate (mean of {len(tuned)} nets)"
    found = [
        judge(text.format("is better than element-wise tanh"), paper, gap, unit, above(0)),
        judge(text.format(f"and element-wise tanh are equally good, to {MARGIN:g} pp"), paper, gap, unit, within(-MARGIN, MARGIN)),
        judge(text.format("is better than no hidden layer"), "(ours) control", over, unit, above(0)),
    ]  # fmt: skip
    for net in fixed:
        row, gap = net[TANH], mean(difference(net), overlapping)
        words = f"{name}: isotropic tanh is better than element-wise tanh at rate {row['rate']:g} ({shape(row)})"
        found.append(judge(words, paper, gap, unit, above(0)))
    largest = max((net[TANH] for net in fixed), key=lambda row: row["rate"])
    stuck = mean(largest["saturated"], overlapping)
    words = f"{name}: at rate {largest['rate']:g} element-wise tanh is saturated ({shape(largest)})"
    return [*found, judge(words, "(replication) 99.94 %", stuck, "% of its units have |tanh| > 0.99", above(90))]


def shape(row: dict[str, Any]) -> str:
    """Return hidden widths and steps in words.

    >>> shape({"hidden": [100, 100], "steps": 52100})
    '100-100, 52100 steps'
    """
    return f"{'-'.join(map(str, row['hidden']))}, {row['steps']} steps"
