"""Draw experiment 6 (`against_tanh`): accuracy against rate, and isotropic minus element-wise tanh."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from minigrow.experiments.claims import mean
from minigrow.experiments.isotropic.against_tanh_claims import MARGIN, TANH, difference, nets, shape
from minigrow.plotting import COLOURS, GREY, MARKERS, marked, picture


def draw(data: dict[str, Any], folder: Path) -> None:
    """Draw `against_tanh.png`, accuracy against rate, and `against_tanh_differences.png`, isotropic - element-wise."""
    tuned, names = nets(data["rows"], True), list(data["overlap"])
    with picture(
        folder / "against_tanh.png", columns=len(names), rows=len(tuned) // len(names), panel=(6.2, 4.8)
    ) as axes:
        for ax, net in zip(axes.T.flat, tuned, strict=True):
            _rates(ax, net)
            ax.set(xscale="log", title=f"{net[TANH]['data']}, {shape(net[TANH])}", xlabel="learning rate of AdamW")
        for ax in axes[:, 0]:
            ax.set_ylabel("validation accuracy (%)")
        axes[0, 0].legend(loc="best")
    rows = tuned + nets(data["rows"], False)
    with picture(folder / "against_tanh_differences.png", panel=(12.0, 1.8 + 0.5 * len(rows))) as axes:
        _differences(axes[0, 0], sorted(rows, key=lambda net: names.index(net[TANH]["data"])), data["overlap"])


def _rates(ax: Any, net: dict[str, dict[str, Any]]) -> None:
    for i, (side, row) in enumerate(net.items()):
        ax.plot(row["rates"], row["validation"], label=side, **marked(i))
        at = row["rates"].index(row["rate"])
        ax.plot(row["rate"], row["validation"][at], "o", ms=16, mfc="none", color=COLOURS[i])


def _differences(ax: Any, rows: list[dict[str, dict[str, Any]]], overlaps: dict[str, float]) -> None:
    for y, net in enumerate(reversed(rows)):
        name = net[TANH]["data"]
        e, i = mean(difference(net), overlaps[name]), list(overlaps).index(name)
        error = np.nan_to_num([[e.value - e.low], [e.high - e.value]])
        ax.errorbar(e.value, y, xerr=error, fmt=MARKERS[i], color=COLOURS[i], capsize=4)
        ax.annotate(
            f"{e.value:+.1f}", (e.value, y), xytext=(0, 8), textcoords="offset points", ha="center", fontsize=12
        )
    labels = [f"{net[TANH]['data']}, {shape(net[TANH])}, {_rate(net)}" for net in reversed(rows)]
    ax.set_yticks(range(len(labels)), labels)
    ax.set_ylim(-0.6, len(labels) - 0.3)
    ax.axvspan(-MARGIN, MARGIN, color=GREY, alpha=0.2)
    ax.axvline(0, color="black", linewidth=1)
    ax.set(title="isotropic - element-wise tanh", xlabel="difference of test accuracy (pp)")


def _rate(net: dict[str, dict[str, Any]]) -> str:
    return "both tuned" if net[TANH]["tuned"] else f"rate {net[TANH]['rate']:g}"
