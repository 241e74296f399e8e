"""Draw experiment 6 (`ablation`): the test errors of every arm, seed by seed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from minigrow.experiments.nimble.ablation_arms import ARMS


def draw(data: dict[str, Any], folder: Path) -> None:
    """Draw `ablation.png`: the test errors of every arm, seed by seed, with their geometric mean."""
    from minigrow.plotting import COLOURS, picture

    arms = data["arms"]
    names = sorted(arms, key=lambda name: np.mean(np.log(arms[name]["test"])))
    with picture(folder / "ablation.png", panel=(10.5, 7.2)) as axes:
        ax = axes[0, 0]
        for i, name in enumerate(names):
            test, kind = np.array(arms[name]["test"]), ARMS[name].rule
            colour = COLOURS[0] if kind == "growing" else (COLOURS[1] if kind == "static" else COLOURS[2])
            marker = "o" if kind == "growing" else ("s" if kind == "static" else "^")
            ax.plot(test, np.full(len(test), i) + np.linspace(-0.2, 0.2, len(test)), marker, color=colour, alpha=0.55)
            ax.plot(np.exp(np.mean(np.log(test))), i, "|", color="black", markersize=26, markeredgewidth=3)
        ax.set_yticks(range(len(names)), [f"{n} ({arms[n]['rate']:g})" if ARMS[n].tuned else n for n in names])
        ax.set_xscale("log")
        ax.set(title="what is the gain due to?", xlabel="final test error at equal multiply-adds (bar: geometric mean)")
        for kind, colour, marker in (("growing", 0, "o"), ("parts of it", 2, "^"), ("static", 1, "s")):
            ax.plot([], [], marker, color=COLOURS[colour], label=kind)
        ax.legend(loc="lower right")
