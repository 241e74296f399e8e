"""Draw experiment 9 (`pruned`): the test errors of every arm on every task."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from minigrow.experiments.nimble.twins import is_curve


def draw(data: dict[str, Any], folder: Path) -> None:
    """Draw `pruned.png`: the test errors of every arm on every task."""
    from matplotlib.ticker import NullFormatter

    from minigrow.plotting import COLOURS, MARKERS, picture

    tasks = data["tasks"]
    with picture(folder / "pruned.png", columns=len(tasks), panel=(6.6, 4.6)) as axes:
        for ax, (task, arms) in zip(axes[0], tasks.items(), strict=True):
            for i, arm in enumerate(arms.values()):
                error = np.array(arm["error"])
                y = i + np.linspace(-0.2, 0.2, len(error))
                ax.plot(error, y, MARKERS[i], color=COLOURS[i], alpha=0.55)
                middle = np.exp(np.mean(np.log(error))) if is_curve(task) else error.mean()
                ax.plot(middle, i, "|", color="black", markersize=24, markeredgewidth=3)
            _label(ax, task, arms)
            ax.xaxis.set_minor_formatter(NullFormatter())


def _label(ax, task, arms):
    ax.set_yticks(range(len(arms)), [f"{name} ({arm['rate']:g})" for name, arm in arms.items()])
    ax.invert_yaxis()
    if is_curve(task):
        ax.set_xscale("log")
    ax.set(title=Path(task).name, xlabel="test error (mean squared)" if is_curve(task) else "test error (%)")
