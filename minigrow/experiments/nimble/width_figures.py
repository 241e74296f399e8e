"""Draw experiment 5 (`width`, with `scaling`): test error against width on every task, and the slopes of both twins."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from minigrow.experiments.nimble.scaling import errors, slopes
from minigrow.experiments.nimble.twins import RULES, is_curve


def draw(data: dict[str, Any], folder: Path) -> None:
    """Draw `width.png`, test error against width, and `scaling.png`, the slopes."""
    from minigrow.plotting import log_bars, picture

    tasks = data["tasks"]
    columns = min(4, len(tasks))
    with picture(folder / "width.png", columns=columns, rows=-(-len(tasks) // columns), panel=(5.2, 4.6)) as axes:
        for ax, (name, task) in zip(axes.ravel(), tasks.items(), strict=False):
            for i, rule in enumerate(RULES):
                log_bars(ax, task["widths"], errors(task, rule), i, rule)
            ax.set_xscale("log", base=2)
            ax.set_xticks(task["widths"], task["widths"], fontsize=12)
            ax.set(title=Path(name).name, xlabel="neurons in the hidden layer")
            ax.set_ylabel("test error" if is_curve(name) else "wrong on test rows (%)")
            if not is_curve(name):
                _plain_numbers(ax)
            ax.legend()
        for ax in axes.ravel()[len(tasks) :]:
            ax.set_axis_off()
    _slopes(data, folder)


def _plain_numbers(ax: Any) -> None:
    """Write per cents on a logarithmic axis as 20, 50, 100, not as powers of ten."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    ax.yaxis.set_major_locator(LogLocator(subs=(1, 1.5, 2, 3, 5, 7)))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    ax.yaxis.set_minor_formatter(NullFormatter())


def _slopes(data, folder):
    from minigrow.plotting import COLOURS, GREY, MARKERS, picture

    names = list(data["tasks"])
    with picture(folder / "scaling.png", panel=(8.4, 1.8 + 0.5 * len(names))) as axes:
        ax = axes[0, 0]
        for i, rule in enumerate(RULES):
            found = [slopes(data["tasks"][name], data["range"])[rule] for name in names]
            middle = np.array([e.value for e in found])
            half = np.nan_to_num([e.high - e.value for e in found])
            rows = np.arange(len(names)) + 0.15 * (2 * i - 1)
            ax.errorbar(
                middle, rows, xerr=half, fmt=MARKERS[i], color=COLOURS[i], capsize=4, linestyle="none", label=rule
            )
        ax.axvline(0, color=GREY, linewidth=1.2)
        ax.set_yticks(range(len(names)), [Path(name).name for name in names])
        ax.invert_yaxis()
        low, high = data["range"]
        ax.set(title="how the error scales with width", xlabel=f"slope of log error, widths {low} to {high}")
        ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
