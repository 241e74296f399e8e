"""Draw experiment 3 (`tasks`) from its data alone: widths over the phases, final against starting width, accuracy of both arms."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from minigrow.experiments.isotropic.tasks_claims import memory, per_phase
from minigrow.experiments.isotropic.tasks_lives import ADAPTIVE, PHASES, STATIC, WEAK
from minigrow.plotting import COLOURS, GREY, bars, marked, phases, picture

TICKS = [5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000]


def draw(data: dict[str, Any], folder: Path) -> None:
    """Draw the three figures, each with a row or a panel for each data set."""
    names, layers = list(data["runs"]), len(next(iter(data["runs"].values()))[ADAPTIVE][0]["start"])
    with picture(folder / "tasks.png", columns=layers, rows=len(names), panel=(6.6, 5.2), sharey=True) as axes:
        for row, name in zip(axes, names, strict=True):
            for layer, ax in enumerate(row):
                _lives(ax, data, name, layer)
            row[0].set_ylabel("neurons (logarithmic)")
    with picture(folder / "tasks_memory.png", columns=len(names), panel=(6.6, 5.4)) as axes:
        for ax, name in zip(axes[0], names, strict=True):
            _memories(ax, name, data["runs"][name])
    with picture(folder / "tasks_accuracy.png", columns=len(names), panel=(6.6, 5.0)) as axes:
        for ax, name in zip(axes[0], names, strict=True):
            _scores(ax, name, data["runs"][name])


def _lives(ax: Any, data: dict[str, Any], name: str, layer: int) -> None:
    rows, kept = data["runs"][name][ADAPTIVE], np.array(data["kept"])
    widths = np.array([row["widths"][layer] for row in rows])
    every = ax.plot(kept, widths.T, color=COLOURS[layer], alpha=0.35, linewidth=1.3)
    median = ax.plot(kept, np.median(widths, axis=0), color="black", linewidth=3)
    ax.legend([every[0], *median], [f"each of {len(rows)} runs", "median"], loc="upper right", bbox_to_anchor=(1, 0.84))
    scores = np.mean([per_phase(row) for row in rows], axis=0)
    titles = [f"{tasks}\n{score:.1f} %" for tasks, score in zip(("1", "1, 2", "1, 2, 3", "2"), scores, strict=True)]
    ends = data["phase"] * np.arange(1, len(PHASES) + 1)
    ax.set(title=f"{name}: hidden layer {layer + 1}", xlabel="step", yscale="log")
    ax.set_ylim(0.8 * min(5, widths.min()), 3.2 * max(100, widths.max()))
    phases(ax, [0, *ends[:-1]], ends[-1], titles)
    for end, value in zip(ends, np.median([row["ends"] for row in rows], axis=0)[:, layer], strict=True):
        ax.annotate(f"{value:g}", (end, value), xytext=(-4, 10), textcoords="offset points", ha="right", weight="bold")
    low, high = ax.get_ylim()
    ticks = [tick for tick in TICKS if low <= tick <= high]
    ax.set_yticks(ticks, ticks)
    ax.set_xticks([0, *ends])
    ax.minorticks_off()
    ax.margins(x=0)


def _memories(ax: Any, name: str, arms: dict[str, Any]) -> None:
    labels = {ADAPTIVE: "matched weight decay", WEAK: "weak weight decay"}
    for i, (arm, label) in enumerate(labels.items()):
        points = np.array([[sum(row["start"]), sum(row["ends"][-1])] for row in arms[arm]])
        slope = round(memory(arms[arm]).value, 2) + 0
        ax.plot(*points.T, label=f"{label}: slope {slope:.2f}", **marked(i) | {"linestyle": ""})
    ax.set(title=f"{name}: what is left of the start", xlabel="hidden neurons at the start", xlim=(0, None))
    ax.set(ylabel="hidden neurons at the end", ylim=(0, 1.6 * ax.get_ylim()[1]))
    ax.axline((0, 0), slope=1, color=GREY, linestyle=":", label="as it started")
    ax.legend(loc="upper right", frameon=True, framealpha=1, edgecolor="white")


def _scores(ax: Any, name: str, arms: dict[str, Any]) -> None:
    for i, (arm, shift) in enumerate(((ADAPTIVE, -0.08), (STATIC, 0.08))):
        bars(ax, np.arange(len(PHASES)) + shift, [per_phase(row) for row in arms[arm]], i, arm)
    ax.set_xticks(range(len(PHASES)), [phase.replace("tasks ", "").replace("task ", "") for phase in PHASES])
    ax.set(title=f"{name}: both from the same start", xlabel="active tasks, at the end of the phase")
    ax.set(ylabel="test accuracy (%)", xlim=(-0.4, len(PHASES) - 0.6))
    ax.legend()
