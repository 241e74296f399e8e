"""Draw experiment 2 (`spectra`): singular values and biases of all layers over the training steps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from minigrow.plotting import COLOURS, GREY, look, picture


def draw(data: dict[str, Any], folder: Path) -> None:
    """Draw `spectra.png` and `spectra_biases.png`: one row for each data set, one column for each layer."""
    for file, column, words in (
        ("spectra.png", "sigma", "singular values of $W_{}$"),
        ("spectra_biases.png", "b", "$|b|$ in layer {}"),
    ):
        with picture(folder / file, 3, len(data["measured"])) as axes:
            for row, (name, sides) in zip(axes, data["measured"].items(), strict=True):
                for l, ax in enumerate(row, 1):
                    _quantiles(
                        ax, data["steps"], {side: np.array(rows[f"{column}{l}"]) for side, rows in sides.items()}
                    )
                    ax.set(title=name, xlabel="step", ylabel=words.format(l))
                    if column == "sigma":
                        ax.axhline(data["tau"], color=GREY, linestyle=":", label=r"$\tau$")
                    else:  # some |b| is always near 0
                        first = [np.array(rows[f"b{l}"])[1:, 1].min() for rows in sides.values()]
                        ax.set_ylim(bottom=0.3 * max(1e-6, min(first)))
            axes[0, 0].legend(loc="upper left")


def _quantiles(ax, steps, sides):
    """Draw the median as a line, the quartiles and the extremes as bands; values (times, 5) of step 0 are left out."""
    for i, (side, values) in enumerate(sides.items()):
        low, first, middle, third, high = np.maximum(values[1:].T, 1e-6)
        ax.fill_between(steps[1:], low, high, color=COLOURS[i], alpha=0.15, linewidth=0)
        ax.fill_between(steps[1:], first, third, color=COLOURS[i], alpha=0.35, linewidth=0)
        ax.plot(steps[1:], middle, label=side, **look(i))
    ax.set(xscale="log", yscale="log")
