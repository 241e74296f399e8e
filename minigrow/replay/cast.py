"""Collect what the page draws of all spaces: the lives with their frames, places and gates, and notes on what was left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from minigrow.growth.history import History
from minigrow.replay.columns import Spaces, gate
from minigrow.replay.layout import positions, ranks, slots
from minigrow.replay.lives import Walk
from minigrow.replay.names import called
from minigrow.replay.thinning import evenly

PLACES, ALL_PLACES, LIVES, GATES = 128, 1200, 60_000, 300_000  # most places per group and in all; lives; gates x frames


class Group(NamedTuple):
    """Lives that share a column or ring: their space, "line" or "ring", whether the neurons stay the same throughout, the
    lives with their first frame, the first frame without them and their slot, and which slots are drawn.
    """

    space: str
    kind: str
    constant: bool
    lives: np.ndarray
    first: np.ndarray
    last: np.ndarray
    slot: np.ndarray
    line: list[int]


class Cast(NamedTuple):
    """Drawn lives: `space`, `place` numbers, `first` frame and first frame without it `last`, each (lives,).

    `places` (p, 2) are points, `column` (p,) their groups, `middles` where each space stands; `number[space]` gives the drawn
    life of each life of its walk, or -1; `left` says what was left out.
    """

    space: np.ndarray
    place: np.ndarray
    first: np.ndarray
    last: np.ndarray
    places: np.ndarray
    column: np.ndarray
    middles: list[float]
    number: dict[str, np.ndarray]
    left: list[str]


def cast(history: History, found: Spaces, walks: Mapping[str, Walk], frames: np.ndarray) -> Cast:
    """Return the cast of a history whose walks record which lives are present at the rows with weights.

    >>> from minigrow.replay.columns import spaces
    >>> from minigrow.replay.lives import follow
    >>> life = History().with_row({"widths": (1, 2)})
    >>> found = spaces(life)
    >>> walks = {name: follow(sizes, {}, []) for name, sizes in zip(found.names, found.sizes)}
    >>> cast(life, found, walks, np.arange(1)).place.tolist()
    [0, 1, 2]
    """
    rank = ranks(found.names, [pair[:2] for pair in found.pairs])
    groups = []
    for name in sorted(found.names, key=rank.get):
        layer = _layers(history, name, walks[name])
        for level in sorted(set(layer.tolist())):
            groups += _group(history, found, (name, walks[name], layer == level, level < 0), frames)
    points, middles = positions([(len(g.line), not g.constant, g.kind) for g in groups])
    number = {name: np.full(len(walks[name].born), -1) for name in found.names}
    parts, base, count = [np.zeros((4, 0), np.int64)], 0, 0
    for g in groups:
        drawn, place = _drawn(g, base, LIVES - count)
        number[g.space][g.lives[drawn]] = np.arange(len(drawn)) + count
        parts.append(np.stack([np.full(len(drawn), found.names.index(g.space)), place, g.first[drawn], g.last[drawn]]))
        base, count = base + len(g.line), count + len(drawn)
    centres = [_middle([m for m, g in zip(middles, groups, strict=True) if g.space == name]) for name in found.names]
    stage, column = (
        np.concatenate([np.zeros((0, 2)), *points]),
        np.repeat(np.arange(len(points)), list(map(len, points))),
    )
    return Cast(*np.concatenate(parts, axis=1), stage, column, centres, number, _left_out(found, groups, count))


def _ever_open(history, name, walk):
    """Return which lives are seen at all: those whose gate opens at some frame, or all where there are no gates."""
    if f"gate.{name}" not in history.rows[0]:
        return np.full(len(walk.born), True)
    seen = np.full(len(walk.born), False)
    for row, present in walk.present.items():
        seen[present[gate(history.rows[row], name, len(present)) > 0]] = True
    return seen


def _group(history, found, part, frames):
    """Return a list of one group, the marked lives of a walk, or an empty list when no frame shows one."""
    name, walk, marked, unlayered = part
    first, last = np.searchsorted(frames, walk.born), np.searchsorted(frames, walk.died)
    lives = np.flatnonzero(marked & (first < last) & _ever_open(history, name, walk))
    if not len(lives):
        return []
    first, last = first[lives], last[lives]
    slot = slots(first, last)
    gated = name in found.gated
    constant = gated or bool((first == 0).all() and (last == len(frames)).all())
    most = min(PLACES, max(1, ALL_PLACES // len(found.names)), GATES // len(frames) if gated else PLACES)
    kind = "ring" if unlayered and any(a == b == name for a, b, _ in found.pairs) else "line"
    return [Group(name, kind, constant, lives, first, last, slot, evenly(range(slot.max() + 1), most))]


def _drawn(group, base, room):
    """Return which lives of a group stand in a drawn slot, at most `room` of them, and the numbers of their places."""
    at = np.full(int(group.slot.max()) + 1, -1)
    at[group.line] = np.arange(len(group.line)) + base
    drawn = np.flatnonzero(at[group.slot] >= 0)[: max(0, room)]
    return drawn, at[group.slot[drawn]]


def _left_out(found, groups, count):
    said = []
    for g in groups:
        if len(g.line) <= g.slot.max():
            said.append(
                f"{len(g.line)} of {g.slot.max() + 1} places of {called(found, g.space)} are drawn, with the edges between them"
            )
    if count >= LIVES:
        said.append(f"{count} of {sum(len(g.lives) for g in groups)} neurons that ever lived are drawn")
    return said


def _middle(values):
    return round(float(np.mean(values)), 4) if values else 0.5


def _layers(history, name, walk):
    """Return the layer in which each life was last live, or the lowest such layer if it never was; -1 where none is recorded."""
    key, lives = f"layer.{name}", len(walk.born)
    if key not in history.rows[0]:
        return np.full(lives, -1)
    found = np.full(lives, -1)
    for row in sorted(walk.present):
        present, layer = walk.present[row], np.asarray(history.rows[row][key])
        if layer.shape == present.shape and layer.dtype.kind in "iu":
            found[present[layer >= 0]] = layer[layer >= 0]
    return np.where(found < 0, found[found >= 0].min(), found) if (found >= 0).any() else found


def gates(history: History, found: Spaces, walks: Mapping[str, Walk], number: np.ndarray, frames: np.ndarray) -> dict:
    """Return the drawn lives of gated spaces and their gates at each frame (F, lives) in 0..255; an open gate is at least 1.

    `walks` must record which lives are present at every frame. `number` is that of `Cast`.

    >>> gates(History(), Spaces((), np.zeros((0, 0)), np.zeros((0, 0)), (), ()), {}, {}, [])["lives"].tolist()
    []
    """
    lives = np.concatenate([np.zeros(0, np.int64), *(number[name][number[name] >= 0] for name in found.gated)])
    column = {life: i for i, life in enumerate(lives.tolist())}
    values = np.zeros((len(frames), len(lives)))
    for name in found.gated:
        for f, row in enumerate(frames):
            present = walks[name].present[row]
            for life, value in zip(
                number[name][present].tolist(), gate(history.rows[row], name, len(present)), strict=True
            ):
                if life >= 0:
                    values[f, column[life]] = np.ceil(255 * value)
    return {"lives": lives, "values": values}
