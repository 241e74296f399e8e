"""Draw the network at one frame: edges first, neurons over them, widths and names below; those that came or went have halos."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrow.film.palette import colours
from minigrow.film.reel import Reel, edges_at, presence

CURVE = np.linspace(0, 1, 13)[:, None]
LARGEST, SMALLEST, NAMES = 11.0, 1.5, 44  # radii of neurons; room for the names below, all in pixels
PX = 0.72  # points a pixel, at 100 dots per inch


def draw_network(axes: Any, run: Reel, f: int, before: int, size: tuple[float, float]) -> None:
    """Draw frame f on axes of `size` pixels; halos show who came or went since the frame `before`."""
    width, height = size[0], size[1] - NAMES
    axes.set(xlim=(0, width), ylim=(size[1], 0))
    axes.axis("off")
    xy = np.array(run.data["places"], float).reshape(-1, 2) * (width, height)
    radius, seen = radii(run, xy, width), presence(run, f)
    _edges(axes, run, f, xy, seen, height)
    _neurons(axes, run, xy, radius, seen)
    came, went = (run.first > max(before, 0)) & (run.first <= f), (run.last > before) & (run.last <= f)
    _halos(axes, run, xy, radius, came & (seen > 0), "born", "-")
    went &= ~np.isin(run.place, run.place[seen > 0])  # a place that was taken again has no halo of the one before
    _halos(axes, run, xy, radius, went, "gone", (0, (2, 2)))
    _names(axes, run, f, width, height)


def radii(run: Reel, xy: np.ndarray, width: float) -> np.ndarray:
    """Return a radius in pixels for every space: two fifths of the way between the nearest two of its places, at most LARGEST."""
    column, found = np.array(run.data["columns"]), np.full(len(run.data["spaces"]), min(LARGEST, width / 40))
    for number in range(len(found)):
        places = np.unique(run.place[run.space == number])
        gap = np.hypot(*(xy[places, None] - xy[None, places]).transpose(2, 0, 1))
        gap[(column[places, None] != column[None, places]) | np.eye(len(places), dtype=bool)] = np.inf
        found[number] = max(SMALLEST, min(found[number], 0.4 * gap.min(initial=np.inf)))
    return found


def _edges(axes, run, f, xy, seen, height):
    from matplotlib.collections import LineCollection
    from matplotlib.colors import to_rgba

    ends, levels = edges_at(run, f)
    there = np.minimum(1, 3 * seen[ends]).min(axis=1) if len(ends) else np.zeros(0)
    size, column, ink = np.abs(levels), np.array(run.data["columns"]), colours()
    for positive in (True, False):
        chosen = np.flatnonzero((there * size > 0.004) & ((levels > 0) == positive))
        paths = [_path(*run.place[ends[e]], xy, column, height) for e in chosen]
        rgb = to_rgba(ink["positive" if positive else "negative"])[:3]
        tints = [(*rgb, there[e] * (0.1 + 0.85 * np.sqrt(size[e]))) for e in chosen]
        axes.add_collection(
            LineCollection(
                paths, colors=tints, linewidths=(0.5 + 3.4 * size[chosen]) * PX, capstyle="butt",
                linestyles="-" if positive else (0, (2.2, 1.6)),
            ),
            autolim=False,
        )  # fmt: skip


def _path(p, q, xy, column, height):
    """Straight to the next column; bent to the right of its way where it skips one, goes back, or stays in its column."""
    a, b, step = xy[p], xy[q], column[q] - column[p]
    if p == q:
        turn = 2 * np.pi * CURVE
        return a + (9, -9) + 9 * np.hstack([np.cos(turn), np.sin(turn)])
    if step == 1:
        return np.stack([a, b])
    bend = 0.16 if step == 0 else 0.3 if step < 0 else -0.22 if a[1] + b[1] < height else 0.22
    middle = (a + b) / 2 + bend * np.array([a[1] - b[1], b[0] - a[0]])
    return (1 - CURVE) ** 2 * a + 2 * CURVE * (1 - CURVE) * middle + CURVE**2 * b


def _neurons(axes, run, xy, radius, seen):
    lives, ink = np.flatnonzero(seen), colours()
    at, areas = xy[run.place[lives]], (2 * radius[run.space[lives]] * PX) ** 2
    axes.scatter(*at.T, s=areas, color=ink["paper"], linewidths=0, zorder=3)
    axes.scatter(*at.T, s=areas, color=ink["neuron"], alpha=seen[lives], linewidths=0, zorder=3)
    gated = np.isin(lives, list(run.gates))
    axes.scatter(*at[gated].T, s=areas[gated], facecolors="none", edgecolors=ink["neuron"], linewidths=1.2, zorder=3)


def _halos(axes, run, xy, radius, lives, colour, dash):
    r = radius[run.space[lives]]
    at, areas = xy[run.place[lives]], (2 * (r + 3) * PX) ** 2
    axes.scatter(
        *at.T, s=areas, facecolors="none", edgecolors=colours()[colour], linewidths=2, linestyles=[dash], zorder=4
    )


def _names(axes, run, f, width, height):
    ink = colours()
    for space in run.data["spaces"]:
        x = space["x"] * width
        axes.text(x, height + 17, f"{space['widths'][f]:,}", ha="center", size=11.5, weight="bold", color=ink["ink"])
        axes.text(x, height + 36, space["words"], ha="center", size=9.5, color=ink["soft"])
