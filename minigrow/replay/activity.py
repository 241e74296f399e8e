"""Show how active each neuron is on a few chosen samples, from the columns activity.SPACE of a history."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from minigrow.replay import about
from minigrow.replay.cast import Cast
from minigrow.replay.scene import SEEN, Scene, alive, holding, kept
from minigrow.replay.thinning import evenly, pack, ragged

BYTES, LEAST, SAMPLES = 40_000, 4, 50  # most bytes before they are compressed; least rows; most samples
LEVELS = 127


def activity(told: Scene, stage: Cast) -> tuple[dict[str, Any] | None, list[str]]:
    """Return the activity of each drawn neuron on each sample, or None where none is recorded, and notes.

    Raises ValueError for columns that do not hold one finite number for each sample and neuron.

    >>> from minigrow.growth import History
    >>> from minigrow.replay.cast import cast
    >>> from minigrow.replay.scene import scene
    >>> told = scene(History().with_row({"step": 1, "widths": (1, 1), "activity.h1": np.array([[0.5], [1.0]])}))
    >>> activity(told, cast(told.history, told.found, told.walks, told.frames))[0]["scale"]
    [1.0, 1.0]
    """
    columns = {name: f"activity.{name}" for name in told.found.names if f"activity.{name}" in told.history.rows[0]}
    rows = evenly(holding(told.history, told.looked, list(columns.values())), SEEN)
    if not rows:
        return None, []
    samples, said = _samples(told.history.about, told.history.rows[rows[0]], columns)
    seen = {row: [_look(told, stage, (name, key, row), len(samples)) for name, key in columns.items()] for row in rows}
    widest = max(sum(len(lives) for lives, _ in looks) for looks in seen.values())
    shown = evenly(rows, max(LEAST, BYTES // max(1, len(samples) * widest)))
    scale = [max(float(np.abs(seen[row][i][1]).max(initial=0)) for row in shown) or 1.0 for i in range(len(columns))]
    levels = [np.rint(values / scale[i] * LEVELS) for row in shown for i, (_, values) in enumerate(seen[row])]
    starts, packed = ragged([np.concatenate([lives for lives, _ in seen[row]]) for row in shown], "u2")
    known = dict(zip(columns, scale, strict=True))
    shape = about.image(told.history.about)
    made = {
        "samples": samples, "shape": list(shape) if shape else None, "at": np.searchsorted(told.frames, shown).tolist(),
        "starts": starts, "lives": packed, "values": ragged(levels, "i1")[1],
        "scale": [float(f"{known.get(name, 1.0):.5g}") for name in told.found.names],
    }  # fmt: skip
    return made, said + kept("activities are", shown, rows)


def _look(told, stage, where, samples):
    """Return the drawn lives of a space at a row and their activities (lives, samples)."""
    name, key, row = where
    values, size = np.asarray(told.history.rows[row][key]), told.found.sizes[told.found.names.index(name)][row]
    if not values.size:
        return np.zeros(0, np.int64), np.zeros((0, samples))
    if values.ndim != 2 or values.shape[1] != size or len(values) < samples or values.dtype.kind not in "biuf":
        raise ValueError(f"column {key} must hold {samples} samples x {size} neurons, got {values.shape}.")
    if not np.isfinite(values[:samples]).all():
        raise ValueError(f"column {key} must hold finite numbers. Did the training diverge?")
    lives, neurons = alive(told, stage, name, row)
    return lives, values[:samples, neurons].astype(np.float64).T


def _samples(said: Mapping[str, Any], row: Mapping[str, Any], columns: Mapping[str, str]):
    """Return words and, where there is one, the image of each sample that is shown, and notes."""
    count = max(len(np.atleast_1d(row[key])) for key in columns.values())
    found = list(said.get("samples") or [{} for _ in range(count)])
    if len(found) != count:
        raise ValueError(f"about's samples must be the {count} whose activities are recorded, got {len(found)}.")
    shape, notes = about.image(said), [f"{SAMPLES} of {count} samples are shown"] if count > SAMPLES else []
    return [_sample(sample, i, shape) for i, sample in enumerate(found[:SAMPLES])], notes


def _sample(sample, i, shape):
    words, image = str(sample.get("words") or f"sample {i + 1}"), sample.get("image")
    if image is not None and shape is not None:
        pixels = about.numbers(image, (shape[0] * shape[1],), "sample's image")
        image = pack(np.rint(255 * np.clip(pixels, 0, 1)), "u1")
    return {"words": words[: about.LETTERS], "image": image if shape else None}
