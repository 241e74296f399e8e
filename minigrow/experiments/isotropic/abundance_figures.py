"""Draw experiment 4 (`abundance`): accuracy for every pair of widths, and the gain over the final width all along."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from minigrow.plotting import bars, picture


def draw(data: dict[str, Any], folder: Path) -> None:
    """Draw `abundance.png`: accuracy for every pair of widths, and the gain over the final width all along; a row for each data set."""
    names, widths = list(data["accuracy"]), data["widths"]
    with picture(folder / "abundance.png", columns=2, rows=len(names), panel=(7.6, 5.8)) as axes:
        for row, name in zip(axes, names, strict=True):
            found = np.array(data["accuracy"][name])
            _grid(row[0], name, widths, found)
            _gains(row[1], name, widths, found)


def _gains(ax: Any, name: str, widths: Sequence[int], found: np.ndarray) -> None:
    x = np.arange(len(widths))
    for i, width in enumerate(widths):
        shift = 0.1 * (i - (len(widths) - 1) / 2)
        bars(ax, x + shift, (found[:, i] - found[i, i]).T, i, f"{width} at the end")
    ax.axhline(0, color="black", linewidth=1)
    ax.set_xticks(x, widths)
    ax.set(
        title=f"{name}: gain over that width all along",
        xlabel="neurons a layer at the start",
        ylabel="test accuracy (pp)",
    )
    ax.legend(ncols=2)


def _grid(ax: Any, name: str, widths: Sequence[int], found: np.ndarray) -> None:
    means, errors = found.mean(axis=2), found.std(axis=2, ddof=min(1, found.shape[2] - 1)) / np.sqrt(found.shape[2])
    ax.imshow(means, cmap="cividis", origin="lower", aspect="auto")
    ax.grid(False)
    for i, j in np.ndindex(means.shape):
        dark = means[i, j] < (means.min() + means.max()) / 2
        ax.text(j, i, f"{means[i, j]:.1f}\n±{errors[i, j]:.1f}", ha="center", va="center", fontsize=12.5,
                color="white" if dark else "black")  # fmt: skip
    ax.set_xticks(range(len(widths)), widths)
    ax.set_yticks(range(len(widths)), widths)
    ax.set(
        title=f"{name}: test accuracy (%), ± standard error",
        xlabel="neurons a layer at the end",
        ylabel="neurons a layer at the start",
    )
