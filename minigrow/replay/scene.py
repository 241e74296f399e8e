"""Lay the ground for a page: which rows become frames, at which of them each event shows, and who lives when.

The network before its first step (`History.first`) becomes row 0, so that the first births are seen; it has no loss.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from minigrow.growth.history import History
from minigrow.replay.cast import Cast
from minigrow.replay.columns import TIMES, Spaces, curves, gate, spaces, times
from minigrow.replay.lives import Walk, follow
from minigrow.replay.shows import rows_of
from minigrow.replay.thinning import PICTURES, choose, evenly

SEEN = 60  # frames with activities or singular values


class Scene(NamedTuple):
    """What all parts of the page are made of: the history with `early` (0 or 1) rows before its first one, spaces, frames,
    those of them with weights (`pictures`), those at which walks say who is present (`looked`), the row of each event, and per
    space the walk and the numbers of its events. `left` says what was left out.
    """

    history: History
    early: int
    found: Spaces
    frames: np.ndarray
    pictures: list[int]
    looked: list[int]
    event_rows: list[int]
    walks: dict[str, Walk]
    numbers: dict[str, list[int]]
    left: list[str]


def scene(history: History) -> Scene:
    """Return the scene of a history. Raises ValueError for one that cannot be drawn.

    >>> scene(History().with_row({"epoch": 1, "widths": (2, 3, 1)})).frames
    array([0])
    """
    history, early, left = _with_first(history)
    found, time = spaces(history), next(iter(times(history).values()))
    shown = dict(zip(found.names, found.shown, strict=True))
    event_rows = rows_of(history.events, time, shown)
    weights, looks = {name for _, _, name in found.pairs}, _looks(history)
    seen = holding(history, range(len(time)), weights | set(looks) | {"surface"})
    frames = choose(len(time), curves(history) | shown, event_rows, seen)
    pictures = evenly(holding(history, frames.tolist(), weights), PICTURES)
    looked = sorted({*pictures, *evenly(holding(history, frames.tolist(), looks), SEEN)})
    walks, numbers = {}, {}
    for name, sizes in zip(found.names, found.sizes, strict=True):
        happened: dict[int, list[int]] = {}
        for i, (event, row) in enumerate(zip(history.events, event_rows, strict=True)):
            if event.space == name and (event.origin or name not in found.gated):
                happened.setdefault(row, []).append(i)
        numbers[name] = [i for row in sorted(happened) for i in happened[row]]
        events = {row: [history.events[i] for i in group] for row, group in happened.items()}
        walks[name] = follow(sizes, events, frames.tolist() if name in found.gated else looked)
    return Scene(history, early, found, frames, pictures, looked, event_rows, walks, numbers, left)


def _with_first(history):
    """Return the history with its row before the first step as row 0, how many rows that are, and why there is none."""
    first, rows = history.first, history.rows
    if first is None or not rows:
        return history, 0, []
    if any(name in first and name in rows[0] and first[name] >= rows[0][name] for name in TIMES[:1]):
        return history, 0, []  # the first row is that early itself
    needed = [name for name in rows[0] if name == "widths" or name.startswith(("size.", "gate."))]
    lost = [name for name in needed if np.ndim(first.get(name)) != np.ndim(rows[0][name]) or name not in first]
    if lost:
        words = f"the network before its first step is not drawn: it was recorded without {', '.join(lost)}"
        return history, 0, [words]
    row = {name: first.get(name, _nothing(name, value)) for name, value in rows[0].items()}
    return replace(history, rows=(row, *rows)), 1, []


def _nothing(name, value):
    if name in TIMES:
        return 0
    return np.nan if not np.ndim(value) else np.zeros(0)


def _looks(history):
    return [name for name in history.rows[0] if name.startswith(("activity.", "sigma."))]


def holding(history: History, rows: Sequence[int], names: Collection[str]) -> list[int]:
    """Return those of the rows that hold at least one number under one of the names.

    >>> holding(History().with_row({"a": [1]}).with_row({"a": []}), [0, 1], ["a"])
    [0]
    """
    names = [name for name in names if name in history.rows[0]]
    return [row for row in rows if any(np.size(history.rows[row][name]) for name in names)]


def drawn(told: Scene, stage: Cast, name: str, row: int) -> np.ndarray:
    """Return the drawn life of each neuron of a space at a row, -1 for one that is not drawn or whose gate is shut.

    Raises KeyError for a row that is not one of `looked`.
    """
    lives = stage.number[name][told.walks[name].present[row]]
    if name in told.found.gated:
        lives = np.where(gate(told.history.rows[row], name, len(lives)) > 0, lives, -1)
    return lives


def alive(told: Scene, stage: Cast, name: str, row: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the drawn lives of a space at a row of `looked`, ascending, and which of its neurons each of them is.

    >>> from minigrow.replay.cast import cast
    >>> row = {"size.x": 1, "size.y": 2, "weights.x.y": np.ones(2)}
    >>> told = scene(History().with_row(row))
    >>> alive(told, cast(told.history, told.found, told.walks, told.frames), "y", 0)
    (array([1, 2]), array([0, 1]))
    """
    lives = drawn(told, stage, name, row)
    neurons = np.flatnonzero(lives >= 0)
    neurons = neurons[np.argsort(lives[neurons])]
    return lives[neurons], neurons


def kept(what: str, some: Sequence[int], all_rows: Sequence[int]) -> list[str]:
    """Return a note, or none, that `what` is drawn at some of the rows only.

    >>> kept("activities are", [0, 9], [0, 5, 9])
    ['activities are drawn as they were at 2 of the 3 rows that have them']
    """
    words = f"{what} drawn as they were at {len(some)} of the {len(all_rows)} rows that have them"
    return [words] if len(some) < len(all_rows) else []
