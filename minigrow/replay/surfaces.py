"""Film what the network computes: its outputs on a grid in the plane, or along a line, as they were recorded while it trained."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrow.replay import about
from minigrow.replay.columns import times
from minigrow.replay.scene import Scene, holding
from minigrow.replay.thinning import chosen, pack

FILM, BYTES = 120, 270_000  # most pictures of the film, and bytes of them before they are compressed
LEAST, CLASSES = 8, 255  # pictures that any film may have; most classes


def surface(told: Scene) -> tuple[dict[str, Any] | None, list[str]]:
    """Return the film of the column `surface`, or None, and notes on what was left out; `replay.page` says what it holds.

    Raises ValueError where the history does not say at which inputs the outputs were taken.

    >>> from minigrow.growth import History
    >>> from minigrow.replay.scene import scene
    >>> row = {"step": 1, "widths": (1, 1), "surface": np.array([[0.0], [0.5]])}
    >>> life = History().with_row(row).with_about(line={"x": [0, 1], "names": ["x", "y"]})
    >>> surface(scene(life))[0]["outputs"]
    1
    """
    rows = set(holding(told.history, told.frames.tolist(), ["surface"]))
    if not rows:
        return None, []
    frames = [f for f, row in enumerate(told.frames.tolist()) if row in rows]
    if "plane" in told.history.about:
        return _plane(told, frames)
    if "line" in told.history.about:
        return _line(told, frames)
    raise ValueError(
        "the column surface has no inputs: about must hold plane or line. Plan(observe=growth.watch(X, y)) records both."
    )


def _plane(told, frames):
    plane = told.history.about["plane"]
    size, spans = plane["size"], [about.numbers(plane[key], (2,), f"plane's {key}") for key in "xy"]
    if not isinstance(size, int) or not 2 <= size <= 200:
        raise ValueError(f"about's plane must have a size in 2..200, got {size}.")
    at, values, said = _film(told, frames, size * size, 2 * size * size)
    if not at:
        return None, said
    k = values.shape[2]
    if k > CLASSES:
        raise ValueError(f"a surface can show {CLASSES} classes at most, got {k}.")
    classes = told.history.about.get("classes") or (range(k) if k > 1 else [])
    dots, more = about.points(told.history.about, 3, _steps(told))
    best = values.max(axis=2)
    low, high = (0.0, 1.0) if -1e-3 < values.min() <= values.max() < 1 + 1e-3 else (best.min(), best.max())
    made = {
        "kind": "plane", "size": size, "x": spans[0].tolist(), "y": spans[1].tolist(),
        "names": about.labels(plane.get("names") or ("x1", "x2"), 2, "plane's names"),
        "classes": about.labels(classes, k if k > 1 else len(classes), "classes"), "at": at,
        "class": pack(values.argmax(axis=2).ravel(), "u1"),
        "level": pack(np.rint(255 * np.clip((best - low) / ((high - low) or 1), 0, 1)).ravel(), "u1"),
        "range": [float(low), float(high)], "points": dots,
    }  # fmt: skip
    return made, said + more


def _line(told, frames):
    line = told.history.about["line"]
    x = about.numbers(line["x"], (-1,), "line's x")
    at, values, said = _film(told, frames, len(x), 2 * len(x))
    if not at:
        return None, said
    scale, (dots, more) = float(np.abs(values).max()) or 1.0, about.points(told.history.about, 2, _steps(told))
    names = about.labels(line.get("names") or ("x", "y"), 2, "line's names")
    made = {
        "kind": "line", "x": [float(f"{v:.5g}") for v in x], "names": names, "at": at,
        "values": pack(np.rint(values / scale * 32767).ravel(), "i2"), "scale": scale, "outputs": values.shape[2],
        "points": dots,
    }  # fmt: skip
    return made, said + more


def _steps(told):
    """Return the steps of all frames (F,), None where the rows have none."""
    seen = times(told.history)
    return seen["step"][told.frames] if "step" in seen else None


def _film(told, frames, n, each):
    """Return the frames of the film, its values (frames, n, outputs), and notes; `each` is the bytes of one picture."""
    events = np.searchsorted(told.frames, told.event_rows).tolist()
    wanted = chosen(frames, events, min(FILM, max(LEAST, BYTES // each)))
    shots = {f: np.asarray(told.history.rows[told.frames[f]]["surface"]) for f in wanted}
    shots = {f: shot.reshape(len(shot), -1) for f, shot in shots.items() if shot.shape[:1] == (n,) and _finite(shot)}
    outputs = next((shot.shape[1] for shot in shots.values()), 0)
    at = [f for f, shot in shots.items() if shot.shape[1] == outputs]
    said = []
    if len(at) < len(wanted):
        said.append(
            f"{len(wanted) - len(at)} of {len(wanted)} surfaces are left out: they are not {n} x k finite numbers"
        )
    if len(wanted) < len(frames):
        said.append(
            f"the surface is drawn as it was at {len(wanted)} of {len(frames)} moments, and goes over from each to the next"
        )
    return at, np.array([shots[f] for f in at], np.float64), said


def _finite(values):
    return values.dtype.kind in "biuf" and bool(np.isfinite(values).all())
