"""Gather all that a page holds of one history: `run(history, "my run")` returns what the scripts of the page read.

Neurons are drawn as lives, which have a space, a place, and the frames from `first` on and before `last`. `at` are frames at which
something is known; it then stays until the next. Numbers in bulk are packed (`thinning.pack`). Optional parts, which are null where
a history has none or where it cannot be drawn: surface, fields, activity. What is left out is said in `left`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from minigrow.growth.history import History
from minigrow.replay import about, names
from minigrow.replay import cast as casts
from minigrow.replay.activity import activity
from minigrow.replay.births import births
from minigrow.replay.cards import cards
from minigrow.replay.columns import amounts, curves, times
from minigrow.replay.edges import Edges, strongest
from minigrow.replay.fields import fields
from minigrow.replay.scene import Scene, drawn, scene
from minigrow.replay.story import LISTED, story
from minigrow.replay.surfaces import surface
from minigrow.replay.thinning import pack, short

HOW = "Record them with Plan(observe=minigrow.growth.snapshot)."
WRONG = (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError)  # what odd values of `about` raise


def run(history: History, name: str = "") -> dict[str, Any]:
    """Return all that the page tells of a history, as plain values. Raises ValueError for a history that cannot be drawn.

    >>> run(History().with_row({"epoch": 1, "widths": (2, 3, 1)}))["times"]
    {'epoch': [1]}
    """
    told = scene(history)
    stage = casts.cast(told.history, told.found, told.walks, told.frames)
    edges = strongest(told.history, told.found, told.pictures, _lives(told, stage))
    left = [*told.left, *_left_out(told, edges), *stage.left]
    gated = casts.gates(told.history, told.found, told.walks, stage.number, told.frames)
    tale = story(told)
    return {
        "name": name, **_columns(told), "spaces": _spaces(told, stage.middles), **_places(stage, gated),
        "edges": _edges(told, edges), "events": tale.events, "reasons": tale.reasons, **births(told, stage, tale, gated),
        "task": _tried("task", lambda: (about.task(told.history.about), []), left) or "",
        "phases": _tried("phases", lambda: (about.phases(told.history), []), left) or [],
        "surface": _tried("surface", lambda: surface(told), left),
        "fields": _tried("receptive fields", lambda: fields(told, stage), left),
        "activity": _tried("activities", lambda: activity(told, stage), left),
        "cards": _tried("cards", lambda: cards(told, stage), left), "total": [len(history.rows), len(history.events)],
        "hint": "" if told.pictures else f"This history has no weights, so there are no edges. {HOW}", "left": left,
    }  # fmt: skip


def _tried(what: str, part: Callable[[], tuple[Any, Sequence[str]]], left: list[str]) -> Any:
    """Return a part of the page, or None where it cannot be drawn; what is left out is added to `left`."""
    try:
        found, said = part()
    except WRONG as error:
        found, said = None, [f"what the history says of its {what} cannot be drawn: {error}"]
    left += said
    return found


def _columns(told):
    history, frames = told.history, told.frames
    return {
        "rows": (frames - told.early).tolist(),
        "times": {name: short(values[frames]) for name, values in times(history).items()},
        "amounts": {name: short(values[frames]) for name, values in amounts(history, told.found).items()},
        "curves": {name: short(values[frames]) for name, values in curves(history).items()},
    }


def _places(stage, gated):
    lives = {"space": "u1", "place": "u2", "first": "u2", "last": "u2"}
    return {
        "places": stage.places.round(4).tolist(),
        "columns": stage.column.tolist(),
        "lives": {key: pack(getattr(stage, key), kind) for key, kind in lives.items()},
        "gates": {"lives": pack(gated["lives"], "u2"), "values": pack(gated["values"].ravel(), "u1")},
    }


def _lives(told, stage):
    return {name: {row: drawn(told, stage, name, row) for row in told.pictures} for name in told.found.names}


def _spaces(told, middles):
    """Return name, words, middle and widths (F,) of each space."""
    words, inner = names.words(told.found), names.hidden(told.found)
    return [
        {"name": name, "words": words[name], "x": x, "hidden": name in inner, "widths": widths[told.frames].tolist()}
        for name, x, widths in zip(told.found.names, middles, told.found.shown, strict=True)
    ]


def _edges(told: Scene, edges: Edges) -> dict[str, Any]:
    return {
        "at": np.searchsorted(told.frames, told.pictures).tolist(),
        "starts": edges.starts.tolist(),
        "ends": pack(edges.ends.ravel(), "u2"),
        "levels": pack(edges.levels, "i1"),
        "scales": {f"{a}>{b}": float(f"{value:.3g}") for (a, b), value in edges.scales.items()},
    }


def _left_out(told, edges):
    n, said, seen = len(told.history.rows), [], {name for _, _, name in told.found.pairs}
    with_weights = sum(any(np.size(row[name]) for name in seen) for row in told.history.rows)
    if len(told.frames) < n:
        said.append(
            f"{len(told.frames)} of {n} rows are drawn: the first, the last, extremes of every curve, and rows with events "
            "and weights, evenly thinned where there are too many"
        )
    if told.pictures and len(told.pictures) < len(told.frames):
        said.append(
            f"edges are drawn from {len(told.pictures)} rows ({with_weights} of {n} have weights) and stay until the next"
        )
    if edges.kept < edges.most:
        said.append(f"at most {edges.kept} of up to {edges.most} edges a frame are drawn, the strongest")
    if len(told.history.events) > LISTED:
        said.append(f"{len(told.history.events)} events are joined where they show at the same frame")
    return said
