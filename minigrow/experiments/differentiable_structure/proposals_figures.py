"""The figures of the experiment `proposals`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from minigrow.censored import passed
from minigrow.experiments.differentiable_structure.common import SOLVED
from minigrow.experiments.differentiable_structure.proposals_measures import measures, passages

PANELS = {
    "loss": "loss after the hard text (nats a chunk)",
    "neurons": "neurons after the hard text",
    "births": "births per thousand cycles",
    "kept": "size after easy-hard-easy / with hard",
}


def draw(data: dict[str, Any], folder: Path) -> None:
    """Draw `proposals.png`: every run of each variant; `relearning.png`: who has been below 12 by when, at first and again."""
    from minigrow.plotting import look, picture

    names = list(data["runs"]["hard-easy-hard"])
    with picture(folder / "proposals.png", columns=2, rows=2, panel=(7, 3.6), sharey=True) as axes:
        for ax, (what, title) in zip(axes.ravel(), PANELS.items(), strict=True):
            _draw_ends(ax, [measures(data, name)[what] for name in names])
            ax.set(xlabel=title, yticks=range(len(names)), yticklabels=names)
        axes[0, 0].axvline(SOLVED, color="black", linewidth=1, linestyle=":")
        axes[0, 0].invert_yaxis()
    stops = [0, *(stop for _, stop in data["parts"]["hard-easy-hard"])]
    with picture(folder / "relearning.png", columns=2, sharey=True) as axes:
        for ax, phase, title in zip(axes[0], (0, 2), ("hard text at first", "hard text, returned"), strict=True):
            length = (stops[phase + 1] - stops[phase]) / 1000
            for i, name in enumerate(names):
                found = passed(*passages(data, name, phase))
                x, y = np.array([0, *found.time / 1000, length]), np.array([0, *found.share])
                ax.step(x, [*y, y[-1]], where="post", label=name, **look(i))
            ax.set(
                title=title, xlabel="cycles of this text (thousands)", ylabel=f"share of runs below {SOLVED:g} by then"
            )
            ax.set(xlim=(0, length), ylim=(0, 1))
        axes[0, 0].legend(loc="upper left")


def _draw_ends(ax, groups):
    from minigrow.plotting import COLOURS

    for i, values in enumerate(groups):
        at = i + np.linspace(-0.25, 0.25, len(values))
        ax.plot(np.sort(values), at, "o", color=COLOURS[i], markersize=4.5)
        ax.vlines(np.median(values), i - 0.35, i + 0.35, color="black", linewidth=2)
