"""Draw the curves of loss and size up to a frame, faint beyond it, with the events and the phases of the task."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from minigrow.film.palette import colours
from minigrow.film.reel import Reel

DASHES = ("-", (0, (4, 2)), (0, (1.2, 1.6)), (0, (6, 2, 1.5, 2)))
TINTS = ("accent", "gone", "born", "ink")
SPAN, CUT = 20, 1e-7  # losses that span more than SPAN are drawn on a logarithmic axis, cut at CUT of the greatest


def draw_loss(axes: Any, run: Reel, f: int) -> None:
    """Draw the losses up to frame f."""
    named = {"loss": "training loss"}
    curves = {named.get(name, name.replace("_", " ")): values for name, values in run.data["curves"].items()}
    _chart(axes, run, curves, f, "loss")
    values = np.array([v for values in curves.values() for v in values if v is not None], float)
    if len(values) and values.max() > SPAN * max(values.min(), 0) and values.max() > 0:
        low = max(values[values > 0].min(), CUT * values.max())
        axes.set(yscale="log", ylim=(0.8 * low, 1.3 * values.max()))
        axes.minorticks_off()


def draw_size(axes: Any, run: Reel, f: int) -> None:
    """Draw the number of neurons of every hidden space that changes, up to frame f, and the events."""
    hidden = [space for space in run.data["spaces"] if space["hidden"]]
    moving = [space for space in hidden if len(set(space["widths"])) > 1] or hidden
    _chart(axes, run, {space["words"]: space["widths"] for space in moving[: len(DASHES)]}, f, "neurons")
    top = max([*(max(space["widths"]) for space in moving), 1])
    axes.set_ylim(-0.2 * top, 1.12 * top)
    _events(axes, run, f, top)


def _chart(axes, run, curves: Mapping[str, Sequence], f: int, title: str):
    x, ink = run.times, colours()
    for i, (name, values) in enumerate(curves.items()):
        y = np.array([np.nan if v is None else v for v in values], float)
        look = {"color": ink[TINTS[i % 4]], "linestyle": DASHES[i % 4]}
        axes.plot(x, y, linewidth=1.2, alpha=0.28, **look)
        axes.plot(x[: f + 1], y[: f + 1], linewidth=1.9, label=name, **look)
        axes.plot(x[f], y[f], "o", color=look["color"], markersize=6, markeredgecolor=ink["paper"])
    span = (x.min(), x.max() if x.max() > x.min() else x.min() + 1)
    axes.set_xlim(*span)
    axes.set_title(title, loc="left", size=10.5, weight="bold", color=ink["ink"], pad=4)
    if curves:
        axes.legend(loc="lower right", bbox_to_anchor=(1.015, 0.97), ncols=4, fontsize=9, frameon=False, handlelength=1.8,
                    columnspacing=1, borderpad=0, labelcolor=ink["ink"])  # fmt: skip
    axes.grid(axis="y", color=ink["line"], linewidth=0.7)
    axes.set_axisbelow(True)
    axes.tick_params(labelsize=8.5, colors=ink["soft"], length=0)
    axes.set_xlabel(run.clock, size=9, color=ink["soft"], labelpad=0)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(ink["line"])
    _phases(axes, run, span)


def _phases(axes, run, span):
    """Shade every second phase of the task, and draw a line where one begins."""
    begins = [x for x, _ in run.data["phases"]]
    for i, (low, high) in enumerate(pairwise([*begins, span[1]])):
        if i % 2:
            axes.axvspan(low, high, color=colours()["band"], zorder=0, linewidth=0)
        if low > span[0]:
            axes.axvline(low, color=colours()["soft"], linewidth=0.8, linestyle=(0, (3, 3)))


def _events(axes, run, f, top):
    """Mark births by triangles that point up, removals by ones that point down, in a row below the curves."""
    for kind, marker, colour, y in (("grow", "^", "born", -0.055), ("prune", "v", "gone", -0.13)):
        frames = [event[0] for event in run.data["events"] if event[1] == kind]
        for past in (True, False):
            x = run.times[[frame for frame in frames if (frame <= f) == past]]
            axes.scatter(x, np.full(len(x), y * top), marker=marker, s=16, color=colours()[colour], linewidths=0,
                         alpha=0.9 if past else 0.25)  # fmt: skip
