"""Draw experiment 7 (`selfsizing`): accuracy of fixed widths and of self-sizing networks, and how their widths went."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from minigrow.experiments.claims import mean
from minigrow.plotting import COLOURS, bars, name_curve, picture


def draw(data: dict[str, Any], folder: Path) -> None:
    """Draw `selfsizing.png`: for each data set, accuracy of fixed widths and of self-sizing networks, and how their widths went."""
    names = list(data["overlap"])
    with picture(folder / "selfsizing.png", columns=2, rows=len(names), panel=(7.6, 5.0)) as axes:
        for (left, right), name in zip(axes, names, strict=True):
            row = data["rows"][name]
            _scores(left, row, data["widths"])
            _lives(right, row, data["every"])
            left.set_title(f"{name}: fixed widths and self-sizing")
            right.set_title(f"{name}: their widths, every run thin")


def _scores(ax, row, widths):
    bars(ax, widths, np.array(row["fixed"]).T, 0, "fixed width")
    auto, final = mean(row["auto"]), np.mean([np.array(w)[:, -1].mean() for w in row["widths"]])
    ax.axhspan(auto.low, auto.high, color=COLOURS[1], alpha=0.2)
    ax.axhline(auto.value, color=COLOURS[1], linestyle="--")
    ax.plot(final, auto.value, "*", color=COLOURS[1], ms=22, label=f"sizes itself, from {min(widths)}")
    ax.plot(
        row["best"],
        np.mean(row["equal"]["best"]),
        "D",
        color=COLOURS[2],
        mfc="none",
        label="fixed, equal multiply-adds",
    )
    ax.plot(min(widths), np.mean(row["equal"]["narrow"]), "D", color=COLOURS[2], mfc="none")
    ax.set(xlabel="neurons per layer (star: where it ended)", ylabel="test accuracy (%)", xscale="log")
    ax.set_xticks(widths, widths)
    ax.minorticks_off()
    ax.legend(loc="lower right")


def _lives(ax, row, every):
    ends: list[float] = []
    for layer in (0, 1):
        lives = np.array([w[layer] for w in row["widths"]])
        x = every * np.arange(1, lives.shape[1] + 1)
        ax.plot(x, lives.T, color=COLOURS[layer], alpha=0.4, linewidth=1.2)
        ax.plot(x, lives.mean(axis=0), color=COLOURS[layer], linestyle=("-", "--")[layer])
        ends.append(lives[:, -1].mean())
    apart = max(0.0, 0.07 * max(ends) - abs(ends[1] - ends[0])) / 2  # so that the two names do not meet
    for layer, up in enumerate((1, -1) if ends[0] >= ends[1] else (-1, 1)):
        name_curve(ax, x[-1], ends[layer] + up * apart, f"layer {layer + 1}", layer)
    ax.set(xlabel="training steps", ylabel="neurons", ylim=(0, None))
    ax.set_xlim(0, 1.18 * x[-1])
