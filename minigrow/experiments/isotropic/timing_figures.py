"""Draw experiment 0 (`timing`): the time of every move beside a training step and an epoch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from minigrow.experiments.claims import median
from minigrow.experiments.shared import rounded
from minigrow.plotting import COLOURS, MARKERS, picture


def draw(data: dict[str, Any], folder: Path) -> None:
    """Draw `timing.png`: the time of every move beside a step and an epoch, one panel for each network."""
    with picture(
        folder / "timing.png", columns=len(data["networks"]), panel=(4.8, 5.0), sharex=True, sharey=True
    ) as axes:
        for ax, widths, seconds in zip(axes[0], data["networks"], data["seconds"], strict=True):
            for row, (name, values) in enumerate(reversed(seconds.items())):
                e = median(1e3 * np.array(values))
                i = 0 if name in ("epoch", "step") else 1  # training, or a move
                error = [[e.value - e.low], [e.high - e.value]]
                ax.errorbar(e.value, row, xerr=error, fmt=MARKERS[i], color=COLOURS[i], capsize=4)
                text = f"{rounded(e.value, 2):g}"
                ax.annotate(text, (e.high, row), xytext=(7, -5), textcoords="offset points", fontsize=13)
            ax.set(xscale="log", title=str(widths), xlabel="milliseconds, one thread", ylim=(-0.6, len(seconds) - 0.4))
            ax.set_yticks(range(len(seconds)), list(reversed(seconds)))
            ax.margins(x=0.2)
