"""Draw experiment 4 (`freed`): where N ends from each start, for every task, and N on the data sets over the steps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from minigrow.experiments.shared import rows_of


def draw(data: dict[str, Any], folder: Path) -> None:
    """Draw `freed.png`: where N ends from each start, for every task, and N on the data sets over the steps."""
    from minigrow.plotting import picture

    strengths, names = list(next(iter(data["tasks"].values()))), list(data["overlap"])
    with picture(
        folder / "freed.png", columns=2, rows=-(-(len(strengths) + len(names)) // 2), panel=(6.6, 4.8)
    ) as axes:
        panels = list(axes.ravel())
        for lam in strengths:
            _draw_tasks(panels.pop(0), data, lam)
        for name in names:
            _draw_readings(panels.pop(0), data, name)
        for ax in panels:
            ax.set_axis_off()


def _draw_tasks(ax, data, lam):
    from minigrow.plotting import COLOURS, GREY

    for i, task in enumerate(data["tasks"]):
        for j, group in enumerate(data["tasks"][task][lam]):
            low, middle, high = np.nanpercentile(np.array(group["size"], float), [5, 50, 95])
            x, colour = i + 0.2 * (j - 1), COLOURS[j % len(COLOURS)]
            ax.plot([x - 0.08, x + 0.08], [data["starts"][j]] * 2, color=GREY, linewidth=1.5)
            ax.errorbar(x, middle, [[middle - low], [high - middle]], color=colour, marker="os^Dv"[j], capsize=4,
                        linestyle="none", label=f"from N = {data['starts'][j]:g}" if i == 0 else None)  # fmt: skip
    ax.set_xticks(range(len(data["tasks"])), list(data["tasks"]))
    ax.set(title=f"lambda = {lam}, goal 5", ylabel="final N: median, 5 to 95 % (grey: start)", ylim=(-0.3, 12))
    ax.legend(loc="upper left", ncols=3, fontsize=11)


def _draw_readings(ax, data, name):
    from minigrow.plotting import COLOURS, LINES

    rows = rows_of(data["readings"], name)
    strengths = list(dict.fromkeys(row["strength"] for row in rows))
    for row in rows:
        i = strengths.index(row["strength"])
        first = row is next(other for other in rows if other["strength"] == row["strength"])
        x = np.linspace(0, data["steps"], len(row["size"]))
        ax.plot(x, row["size"], color=COLOURS[i], linestyle=LINES[i], linewidth=1.4,
                label=f"lambda = {row['strength']:g}" if first else None)  # fmt: skip
    top = max(max(row["size"]) for row in rows)
    ax.set(title=f"{Path(name).name}, goal {data['goal']:g}", xlabel="step", ylabel="N (neurons)", ylim=(0, 1.3 * top))
    ax.legend(loc="upper right", ncols=2, fontsize=11)
