"""Write one moment of a life as a picture: `write_still(history, "still.svg", step=120)`, for a paper or a slide."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from minigrow.film.reel import Shot, latest, reels
from minigrow.film.sheet import blank, fill
from minigrow.growth.history import History
from minigrow.growth.outputs import NAME
from minigrow.growth.writing import atomic

KINDS = {
    ".png": {"dpi": 200, "metadata": {"Software": NAME}},
    ".svg": {"metadata": {"Date": None, "Creator": NAME}},
}
REPEATABLE = {"svg.hashsalt": "minigrow", "svg.fonttype": "path"}  # ids that are no random numbers; letters as outlines


def write_still(
    histories: History | Sequence[History],
    path: str | os.PathLike,
    step: float,
    title: str = "growth",
    names: Sequence[str] = (),
) -> str:
    """Write the moment at this step as SVG or PNG, whole or not at all, and return in words which moment it is.

    Each run shows the last of its frames at or before `step`, or its first; where no steps were recorded, `step` counts what the
    history's rows are counted in. Raises ValueError for a file of another kind or a history that cannot be drawn.
    """
    from matplotlib import rc_context

    from minigrow.film.words import when

    kind = Path(path).suffix.lower()
    if kind not in KINDS:
        raise ValueError(f"a moment is a file .svg or .png, got {Path(path).name}. Name it still.svg, for example.")
    runs = reels(histories, names)
    frames = tuple(max(0, latest(run.times, step)) for run in runs)
    before = tuple(f - 1 for f in frames)
    figure = fill(blank(len(runs)), runs, Shot(frames, before, before), title)
    with rc_context(REPEATABLE), atomic(path) as file:
        figure.savefig(file, format=kind[1:], **KINDS[kind])
    return "; ".join(when(run, f) for run, f in zip(runs, frames, strict=True))
