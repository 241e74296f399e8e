"""The second half of experiment 5: slopes of the error against the width, growing and static.

A power law, error = a width^slope, is a straight line in logarithms. Each repeat is fitted by least squares over a range of widths
that is stated before the run; the mean of its slopes has an interval over the repeats. How straight the line is, is judged by

    R^2 = 1 - sum (log error - line)^2 / sum (log error - mean)^2       of the repeats' mean logarithms

Source: Radhakrishnan et al. 2025 (one slope of the mean loss for each side, without an interval).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrow.experiments.claims import Claim, above, below, bootstrap, judge, mean
from minigrow.experiments.nimble.twins import RULES
from minigrow.experiments.tuning import settled
from minigrow.statistics import Estimate

STRAIGHT = 0.9  # R^2 above which a power law describes the errors
MARGIN = 0.1  # by how much growing's slope may lie above static's to count as no worse


def line(widths: np.ndarray, logs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return slope and R^2 of the least-squares line through logs (..., widths) against log width.

    >>> slope, straight = line(np.array([1, 2, 4]), np.log([8.0, 4.0, 2.0]))
    >>> float(slope.round(9)), float(straight.round(9))
    (-1.0, 1.0)
    """
    x = np.log(widths) - np.mean(np.log(widths))
    y = logs - logs.mean(axis=-1, keepdims=True)
    slope, total = y @ x / (x @ x), np.sum(y**2, axis=-1)
    rest = np.sum((y - slope[..., None] * x) ** 2, axis=-1)
    return slope, np.where(total > 0, 1 - rest / np.where(total > 0, total, 1), 0.0)


def errors(task: dict[str, Any], rule: str) -> np.ndarray:
    """Return the errors (repeats, widths) of a twin."""
    return np.array(task[rule]["error"], dtype=np.float64).T


def within_range(task: dict[str, Any], span: list[float]) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Return the widths in the range low..high, and the logarithms of the errors (repeats, widths) of both twins there.

    >>> task = {"widths": [2, 4], "growing": {"error": [[9.0], [1.0]]}, "static": {"error": [[9.0], [1.0]]}}
    >>> within_range(task, [4, 64])[1]["static"]
    array([[0.]])
    """
    widths = np.array(task["widths"])
    kept = (span[0] <= widths) & (widths <= span[1])
    return widths[kept], {rule: np.log(errors(task, rule)[:, kept]) for rule in RULES}


def straightness(widths: np.ndarray, logs: np.ndarray, share: float) -> Estimate:
    """Return R^2 of the mean of logs (repeats, widths), with a bootstrap interval over the repeats; two widths have none.

    >>> straightness(np.array([1, 2, 4]), np.log([[8.0, 4.0, 2.0]] * 3), 0.0).value
    1.0
    """
    found = bootstrap(logs, lambda drawn, axis: line(widths, drawn.mean(axis=axis))[1].round(9), share=share)
    return settled(found, edge=len(widths) < 3)  # two points are always on a line


def slopes(task: dict[str, Any], span: list[float]) -> dict[str, Estimate]:
    """Return the mean slope of each twin over the range, and "difference", growing minus static, repeat by repeat."""
    widths, logs = within_range(task, span)
    each = {rule: line(widths, logs[rule])[0] for rule in RULES}
    each["difference"] = each["growing"] - each["static"]
    return {name: mean(values, task["overlap"]) for name, values in each.items()}


def claims(data: dict[str, Any]) -> list[Claim]:
    """Judge for every task whether a power law describes the errors, whether they fall, and whether growing falls as fast."""
    return [claim for name, task in data["tasks"].items() for claim in _claims(name, task, data["range"])]


def _claims(name, task, span):
    (widths, logs), found = within_range(task, span), slopes(task, span)
    kept = [w in widths for w in task["widths"]]
    edge = {rule: any(e for e, here in zip(task[rule]["edge"], kept, strict=True) if here) for rule in RULES}
    paper, over = (
        "abstract 5: scaling relations relative to their static counterparts",
        f"widths {span[0]} to {span[1]}",
    )
    rows = []
    for rule in RULES:
        bent = straightness(widths, logs[rule], task["overlap"])
        rows += [
            judge(f"{name}, {rule}: the error falls with the width", paper, settled(found[rule], edge[rule]),
                  f"slope of log error against log width, {over}", below(0)),
            judge(f"{name}, {rule}: a power law describes the error", paper, settled(bent, edge[rule]),
                  f"R^2 of the line, {over}", above(STRAIGHT)),
        ]  # fmt: skip
    last = settled(found["difference"], any(edge.values()))
    return [
        *rows,
        judge(f"{name}: growing scales no worse than static", paper, last, f"slope, growing - static, {over}", below(MARGIN)),
    ]  # fmt: skip
