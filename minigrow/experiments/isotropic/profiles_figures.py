"""Draw `profiles`: accuracy, condition number and exactness of every profile, a row for each data set."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from minigrow.experiments.claims import mean
from minigrow.experiments.isotropic.profiles_claims import LIMIT, MOVES, factor, short
from minigrow.experiments.shared import rows_of
from minigrow.plotting import COLOURS, MARKERS, picture


def draw(data: dict[str, Any], folder: Path) -> None:
    """Draw `profiles.png`: a row for each data set; accuracy, condition number and exactness, a column each."""
    names = list(data["overlap"])
    with picture(folder / "profiles.png", columns=3, rows=len(names), panel=(6.2, 4.6)) as axes:
        for (scores, spread, exact), name in zip(axes, names, strict=True):
            rows = rows_of(data["rows"], name)
            _points(scores, rows, "test", 0, partial(mean, share=data["overlap"][name]))
            scores.set(title=f"{name}: test accuracy", ylabel="%")
            _points(spread, rows, "condition", 1, estimate=factor)
            spread.set(title="condition number of W_2", yscale="log")
            for i, move in enumerate(MOVES):
                _points(exact, rows, move, i + 2, label=move, shift=0.15 * (i - 1))
            exact.set(title="change of the logits", ylabel=f"eps (the laws allow {LIMIT})", ylim=(-0.5, None))
            exact.legend(loc="best")
            for ax in (scores, spread, exact):
                ax.set_xticks(range(len(rows)), [short(row["profile"]) for row in rows], rotation=20)


def _points(ax, rows, measure, i, estimate=mean, label=None, shift=0.0):
    found = [estimate(row[measure]) for row in rows]
    error = np.nan_to_num([[e.value - e.low for e in found], [e.high - e.value for e in found]])
    x = np.arange(len(rows)) + shift
    ax.errorbar(x, [e.value for e in found], error, fmt=MARKERS[i], color=COLOURS[i], capsize=4, label=label)
