"""Draw how many areas there are over time, how accurate every arm is, and the graph that a run ended with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from minigrow.experiments.differentiable_structure.layered import by_arm


def draw(data: dict[str, Any], folder: Path) -> None:
    """Draw `areas.png`, areas over time and accuracies, and `areas_graph.png`, the graph of the first run of each task."""
    from minigrow.plotting import PANEL, band, picture

    names = list(data["overlap"])
    with picture(folder / "areas.png", columns=2, rows=len(names) // 2 + 1, panel=(7.2, 5)) as axes:
        time, *accuracies = axes.ravel()
        curves = [(name, "areas") for name in names] + [(name, "recurrent") for name in data["tasks"]]
        for i, (name, arm) in enumerate(curves):
            found = np.array(by_arm(data["rows"], name)[arm]["working"])
            label = Path(name).name + (", recurrent" if arm == "recurrent" else "")
            band(time, data["record"] * np.arange(1, found.shape[1] + 1), found, i, label)
        time.set(title="working areas", xlabel="steps", ylabel="areas that are not spare", ylim=(0, None))
        time.legend(loc="best")
        for ax, name in zip(accuracies, names, strict=False):
            _accuracies(ax, name, by_arm(data["rows"], name))
        for ax in accuracies[len(names) :]:
            ax.axis("off")
    with picture(folder / "areas_graph.png", columns=len(names), panel=PANEL) as axes:
        for ax, name in zip(axes[0], names, strict=True):
            _graph(ax, by_arm(data["rows"], name)["areas"]["graph"][0])
            ax.set_title(f"{Path(name).name}: one run")


def _accuracies(ax, name, arms):
    """One dot a run, a line at the mean, one row an arm."""
    from minigrow.plotting import COLOURS, MARKERS

    for i, row in enumerate(arms.values()):
        y = i + np.linspace(-0.25, 0.25, len(row["accuracy"]))
        ax.plot(row["accuracy"], y, MARKERS[i % 9], color=COLOURS[i % 9], alpha=0.5)
        ax.plot(np.mean(row["accuracy"]), i, "|", color="black", markersize=24, markeredgewidth=3)
    labels = [f"{arm} areas" if arm.startswith("fixed") else arm for arm in arms]
    ax.set_yticks(range(len(arms)), [label.replace("fixed 1 areas", "fixed 1 area") for label in labels])
    ax.invert_yaxis()
    ax.locator_params(axis="x", nbins=6)
    ax.set(title=Path(name).name, xlabel="test accuracy (%)")


def _graph(ax, graph):
    """Areas stand in the column of their longest path from x; several in one column stand above each other."""
    from minigrow.plotting import COLOURS

    level = graph["level"]
    at = {}
    for column in sorted(set(level.values())):
        mine = [name for name in level if level[name] == column]
        heights = np.linspace(-1, 1, len(mine)) * 0.45 * (len(mine) - 1) + 0.22 * (column % 2) * (mine != ["y"])
        at |= {name: (column, height) for name, height in zip(mine, heights.tolist(), strict=True)}
    for i, (to, source) in enumerate(graph["edges"]):
        bend = 0.0 if level[to] - level[source] == 1 else (-0.35 if i % 2 else 0.35)
        style = {
            "arrowstyle": "-|>",
            "color": "0.45",
            "connectionstyle": f"arc3,rad={bend}",
            "shrinkA": 16,
            "shrinkB": 16,
        }
        ax.annotate("", at[to], at[source], arrowprops=style)
    for name, (x, y) in at.items():
        m = graph["sizes"].get(name)
        ax.plot(x, y, "o", markersize=30, color="white", markeredgecolor=COLOURS[0 if m else 1], markeredgewidth=2.5)
        ax.text(x, y, str(m or name), ha="center", va="center", fontsize=13)
    ax.set(xlim=(-0.5, max(level.values()) + 0.5), ylim=(-1.9, 1.9))
    ax.axis("off")
