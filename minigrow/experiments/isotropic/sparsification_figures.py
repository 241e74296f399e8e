"""Draw experiment 5 (`sparsification`): the shares left, and the accuracy before and after, against depth."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from minigrow.experiments.shared import rows_of
from minigrow.plotting import GREY, LINES, MARKERS, bars, interval, picture


def draw(data: dict[str, Any], folder: Path) -> None:
    """Draw `sparsification.png`: the shares left, and the accuracy before and after, against depth; a row for each data set."""
    names = list(dict.fromkeys(row["data"] for row in data["rows"]))
    with picture(folder / "sparsification.png", columns=2, rows=len(names), panel=(7.6, 5.4)) as axes:
        for (left, right), name in zip(axes, names, strict=True):
            rows = rows_of(data["rows"], name)
            for i, width in enumerate(sorted({row["shape"][1] for row in rows})):
                _width(left, right, i, width, [row for row in rows if row["shape"][1] == width])
            left.axhline(50, color=GREY, linestyle=":")
            left.set(
                title=f"{name}: parameters that stay",
                ylabel="% (filled: all; hollow: hidden to hidden)",
                ylim=(-3, 103),
            )
            right.set(title=f"{name}: accuracy before and after", ylabel="test accuracy (%)")
            ticks = sorted({row["shape"][0] for row in rows})
            for ax in (left, right):
                ax.set(xscale="log", xlabel="hidden layers")
                ax.set_xticks(ticks, ticks)
                ax.minorticks_off()
                ax.legend(loc="best")


def _width(left: Any, right: Any, i: int, width: int, rows: list[dict[str, Any]]) -> None:
    x = [row["shape"][0] for row in rows]
    bars(left, x, np.array([row["all_after"] for row in rows]).T, i, f"width {width}")
    bars(
        left,
        x,
        np.array([row["hidden_after"] for row in rows]).T,
        i,
        linestyle=LINES[3],
        marker=MARKERS[i],
        mfc="white",
    )
    accuracies = np.array([row["accuracy"] for row in rows]).T
    bars(right, x, accuracies, i, f"width {width}, before")
    right.plot(
        x,
        interval(accuracies)[0],
        "o",
        ms=16,
        mfc="none",
        color=GREY,
        label=None if i else "after",
    )
