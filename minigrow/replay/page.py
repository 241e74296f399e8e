"""Write the page: `write_page(history, "growth.html", "my run")` returns what it holds and what was left out."""

from __future__ import annotations

import html
import json
import os
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np

from minigrow.growth.files import atomic
from minigrow.growth.history import History
from minigrow.replay import cast as casts
from minigrow.replay.columns import Spaces, amounts, curves, gate, spaces, times
from minigrow.replay.edges import Edges, strongest
from minigrow.replay.lives import Walk, follow, rows_of
from minigrow.replay.thinning import PICTURES, choose, evenly, pack, short

LISTED, WORDS = 2000, 160  # events in the list; letters of a reason
HOW = "Record them with Plan(observe=minigrow.growth.snapshot)."
SCRIPTS = ("model.js", "picture.js", "curves.js", "player.js")


class Page(NamedTuple):
    """The page's text, how many frames, rows, events it stands for, and notes on what was left out."""

    html: str
    frames: int
    rows: int
    events: int
    left: tuple[str, ...]


class Scene(NamedTuple):
    """What all parts of the page are made of: spaces, frames, rows with weights, the row of each event, walks."""

    found: Spaces
    frames: np.ndarray
    pictures: list[int]
    event_rows: list[int]
    walks: dict[str, Walk]


def page(history: History, title: str = "growth") -> Page:
    """Return the page that plays this history. Raises ValueError for a history that cannot be drawn.

    >>> page(History().with_row({"epoch": 1, "widths": (2, 3, 1)})).frames
    1
    """
    scene = _scene(history)
    data, left = _data(history, scene)
    data |= {"title": title, "left": left}
    return Page(_html(title, data), len(scene.frames), len(history.rows), len(history.events), tuple(left))


def write_page(history: History, path: str | os.PathLike, title: str = "growth") -> Page:
    """Write the page as one file, whole or not at all, and return it; see `page`."""
    made = page(history, title)
    with atomic(path) as file:
        file.write(made.html.encode("utf-8"))
    return made


def _scene(history):
    found, time = spaces(history), next(iter(times(history).values()))
    shown = dict(zip(found.names, found.shown, strict=True))
    event_rows = rows_of(history.events, time, shown)
    seen = [row for row in range(len(time)) if _has_weights(history.rows[row], found)]
    frames = choose(len(time), curves(history) | shown, event_rows, seen)
    pictures = evenly([row for row in frames.tolist() if row in set(seen)], PICTURES)
    walks = {}
    for name, sizes in zip(found.names, found.sizes, strict=True):
        happened: dict[int, list] = {}
        for event, row in zip(history.events, event_rows, strict=True):
            if event.space == name and (event.origin or name not in found.gated):
                happened.setdefault(row, []).append(event)
        walks[name] = follow(sizes, happened, frames.tolist() if name in found.gated else pictures)
    return Scene(found, frames, pictures, event_rows, walks)


def _has_weights(row, found):
    return any(np.size(row[name]) for _, _, name in found.pairs)


def _data(history, scene):
    found, frames = scene.found, scene.frames
    stage = casts.cast(history, found, scene.walks, frames)
    gated = casts.gates(history, found, scene.walks, stage.number, frames)
    drawn = {name: _present(history, scene, name, stage.number[name]) for name in found.names}
    edges = strongest(history, found, scene.pictures, drawn)
    events, reasons = _events(history, scene)
    data = {
        "rows": frames.tolist(),
        "times": {name: short(values[frames]) for name, values in times(history).items()},
        "amounts": {name: short(values[frames]) for name, values in amounts(history, found).items()},
        "curves": {name: short(values[frames]) for name, values in curves(history).items()},
        "spaces": _spaces(found, frames, stage.middles),
        "places": stage.places.round(4).tolist(),
        "columns": stage.column.tolist(),
        "lives": {
            "space": pack(stage.space, "u1"),
            "place": pack(stage.place, "u2"),
            "first": pack(stage.first, "u2"),
            "last": pack(stage.last, "u2"),
        },
        "gates": {"lives": pack(gated["lives"], "u2"), "values": pack(gated["values"].ravel(), "u1")},
        "edges": _edges(edges, np.searchsorted(frames, scene.pictures)),
        "events": events,
        "total": [len(history.rows), len(history.events)],
        "reasons": reasons,
        "hint": "" if scene.pictures else f"This history has no weights, so there are no edges. {HOW}",
    }
    return data, _left_out(history, scene, edges) + stage.left


def _present(history, scene, name, number):
    """Return the drawn lives of a space at each row with weights, -1 for one that is not drawn or whose gate is shut."""
    found, present = {}, scene.walks[name].present
    for row in scene.pictures:
        lives = number[present[row]]
        if name in scene.found.gated:
            lives = np.where(gate(history.rows[row], name, len(lives)) > 0, lives, -1)
        found[row] = lives
    return found


def _spaces(found, frames, middles):
    """Return names, words, middles and widths (F,); a space that none feeds is called inputs, one that feeds none outputs."""
    fed, feeding = {b for a, b, _ in found.pairs if a != b}, {a for a, b, _ in found.pairs if a != b}
    if not found.pairs:
        fed, feeding = set(found.names[1:]), set(found.names[:-1])
    hidden = [name for name in found.names if name in fed and name in feeding]
    made = []
    for i, name in enumerate(found.names):
        words = f"hidden {hidden.index(name) + 1}" if name in hidden and len(hidden) > 1 else "hidden"
        words = words if name in hidden else "outputs" if name in fed else "inputs"
        made.append({"name": name, "words": words, "x": middles[i], "hidden": name in hidden,
                     "widths": found.shown[i][frames].tolist()})  # fmt: skip
    return made


def _edges(edges: Edges, at: Sequence[int]) -> dict[str, Any]:
    return {
        "at": np.asarray(at).tolist(),
        "starts": edges.starts.tolist(),
        "ends": pack(edges.ends.ravel(), "u2"),
        "levels": pack(edges.levels, "i1"),
        "scales": {key: float(f"{value:.3g}") for key, value in edges.scales.items()},
    }


def _events(history, scene):
    """Return [frame, kind, space, neurons, before, after, number of the reason, step] of every event, and the reasons."""
    at = np.searchsorted(scene.frames, scene.event_rows).tolist()
    pairs = list(zip(history.events, at, strict=True))
    rows = _joined(pairs) if len(pairs) > LISTED else pairs
    reasons: dict[str, int] = {}
    made = []
    for event, frame in sorted(rows, key=lambda pair: pair[1]):
        reason = event.reason if len(event.reason) <= WORDS else event.reason[: WORDS - 1] + "…"
        number = reasons.setdefault(reason, len(reasons))
        kind, space = event.kind[:WORDS], event.space[:WORDS]
        counts = (int(count) for count in (event.neurons, event.before, event.after))
        made.append([frame, kind, space, *counts, number, int(event.step)])
    return made, list(reasons)


def _joined(pairs):
    """Join events of one kind and space that show at the same frame; the result names no widths, as others may lie between them."""
    found: dict[tuple, list] = {}
    for event, frame in pairs:
        found.setdefault((frame, event.kind, event.space), []).append(event)
    for (frame, *_), group in found.items():
        last, neurons = group[-1], sum(event.neurons for event in group)
        if len(group) > 1:
            reason = f"{last.reason} (the last of {len(group)} events since the frame before)"
            last = last._replace(neurons=neurons, before=last.after, reason=reason)
        yield last, frame


def _left_out(history, scene, edges):
    n, said = len(history.rows), []
    seen = sum(_has_weights(row, scene.found) for row in history.rows)
    if len(scene.frames) < n:
        said.append(
            f"{len(scene.frames)} of {n} rows are drawn: the first, the last, extremes of every curve, and rows with events "
            "and weights, evenly thinned where there are too many"
        )
    if scene.pictures and len(scene.pictures) < len(scene.frames):
        said.append(
            f"edges are drawn from {len(scene.pictures)} rows ({seen} of {n} have weights) and stay until the next"
        )
    if edges.kept < edges.most:
        said.append(f"at most {edges.kept} of up to {edges.most} edges a frame are drawn, the strongest")
    if len(history.events) > LISTED:
        said.append(f"{len(history.events)} events are joined where they show at the same frame")
    return said


def _html(title: str, data: Mapping[str, Any]) -> str:
    """Fill the template; what comes from the history is put into JSON without `<`, so it can close no tag."""
    parts = files("minigrow.replay")
    text = json.dumps(data, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
    filled = {
        "TITLE": html.escape(title),
        "STYLE": parts.joinpath("style.css").read_text("utf-8"),
        "SCRIPT": "\n".join(["(() => {", *(parts.joinpath(name).read_text("utf-8") for name in SCRIPTS), "})();"]),
        "DATA": text,
    }
    made = parts.joinpath("template.html").read_text("utf-8")
    pieces = made.split("@@")  # text, NAME, text, NAME, ..: filled in one pass, so that no value is read as a name
    return "".join(filled[piece] if i % 2 else piece for i, piece in enumerate(pieces))
