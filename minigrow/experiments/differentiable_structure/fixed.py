"""Experiment 2: does a network that sizes itself reach a lower loss than networks of a fixed size?

All learn the hard text with the same update and the same pull. Source: Miconi 2016, figure 3 (sizes 10 to 100).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from minigrow.experiments.claims import Claim, above, judge, median
from minigrow.experiments.differentiable_structure.common import (
    LIMITS,
    Job,
    column,
    curves,
    ends,
    seeds,
)
from minigrow.experiments.registry import Outcome
from minigrow.plotting import quartile_band

QUICK = {"repeats": 3, "cycles": 20_000, "sizes": [10, 37, 100]}
FULL = {"repeats": 20, "cycles": 100_000, "sizes": [10, 22, 30, 37, 50, 70, 100]}
FIGURES = {
    "fixed.png": (
        "Loss over the cycles of networks that size themselves beside every fixed size on the hard text (medians "
        "and quartiles), and the last loss of every run."
    ),
}


def run(config: dict[str, Any], seed: int, pmap: Callable) -> Outcome:
    """Train every size, and the variable one, on the same texts."""
    every, parts, sizes = max(1, config["cycles"] // 100), (("hard", config["cycles"]),), [0, *config["sizes"]]
    each = seeds(seed, config["repeats"])
    largest_first = sorted(sizes, reverse=True)
    jobs = [Job(parts, s, neurons=max(H, 1), fixed=H > 0, every=every) for H in largest_first for s in each]
    found, n = pmap(curves, jobs), config["repeats"]
    runs = {H: found[i * n : (i + 1) * n] for i, H in enumerate(largest_first)}
    return Outcome({"sizes": config["sizes"], "variable": runs[0], "fixed": [runs[H] for H in config["sizes"]]})


def claims(data: dict[str, Any]) -> list[Claim]:
    """Judge the variable size against the best fixed one, and against each."""
    variable = ends(data["variable"], "loss")
    fixed = {H: ends(runs, "loss") for H, runs in zip(data["sizes"], data["fixed"], strict=True)}
    best = min(fixed, key=lambda H: np.median(fixed[H]))
    rivals = [(f"the best fixed size ({best}, median", "variable size beats every fixed size", fixed[best])]
    rivals += [(f"{H} neurons (median", "yes", losses) for H, losses in fixed.items()]
    unit = "nats a chunk lower (median of pairs)"
    return [
        judge(f"lower loss than {name} {np.median(losses):.2f})", paper, median(losses - variable), unit, above(0))
        for name, paper, losses in rivals
    ]


def draw(data: dict[str, Any], folder: Path) -> None:
    """Draw `fixed.png`: the loss over time of each fixed size beside the variable one, and every run's last loss."""
    from minigrow.plotting import picture

    panels = len(data["sizes"]) + 1
    columns = min(4, panels)
    rows = -(-panels // columns)
    with picture(folder / "fixed.png", columns=columns, rows=rows, panel=(4.8, 4.2)) as axes:
        flat = axes.ravel()
        for ax, H, found in zip(flat, data["sizes"], data["fixed"], strict=False):
            x = column(found, "cycle")[0] / 1000
            quartile_band(ax, x, column(data["variable"], "loss"), 0, "variable")
            quartile_band(ax, x, column(found, "loss"), 1, f"{H} neurons")
            ax.set(xlabel="cycles (thousands)", ylabel="loss (nats a chunk)", ylim=(8, 26))
            ax.legend()
        _draw_ends(flat[panels - 1], data)
        for ax in flat[panels:]:
            ax.axis("off")


def _draw_ends(ax: Any, data: dict[str, Any]) -> None:
    from minigrow.plotting import COLOURS

    for i, found in enumerate([data["variable"], *data["fixed"]]):
        last = ends(found, "loss")
        shift = np.linspace(-0.25, 0.25, len(last))
        ax.plot(i + shift, np.sort(last), "s" if i else "o", color=COLOURS[min(i, 1)], markersize=3.5)
        ax.hlines(np.median(last), i - 0.4, i + 0.4, color="black", linewidth=2)
    ax.axhline(LIMITS["hard"], color="black", linewidth=1, linestyle=":")
    ax.set_xticks(range(len(data["sizes"]) + 1), ["var.", *data["sizes"]])
    ax.set(title="every run at the end; bar: median", xlabel="neurons", ylabel="loss (nats a chunk)")
    ax.title.set_fontsize(13)
