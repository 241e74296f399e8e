"""Show what a neuron sees of an image: its receptive field, the weights from the pixels to it."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrow.replay import about
from minigrow.replay.cast import Cast
from minigrow.replay.columns import Spaces, weights
from minigrow.replay.names import called, hidden
from minigrow.replay.scene import Scene, alive, holding, kept
from minigrow.replay.thinning import evenly, ragged

BYTES = 200_000  # most bytes of all fields, before they are compressed
FILM, LEAST = 60, 4  # rows with fields: at most, and at least where there are so many
SHADES, STEP, LEVELS = (
    15,
    8,
    127,
)  # as many shades on either side of 0, which an eye tells apart, are stored as -120, -112, .., 120


def fields(told: Scene, stage: Cast) -> tuple[dict[str, Any] | None, list[str]]:
    """Return the receptive fields of the neurons that see the image, or None without an image or weights, and notes.

    Weights are stored in 31 shades. Raises ValueError for an image that has not as many pixels as there are inputs.

    >>> from minigrow.growth import History
    >>> from minigrow.replay.cast import cast
    >>> from minigrow.replay.scene import scene
    >>> row = {"step": 1, "size.x": 4, "size.y": 1, "weights.x.y": np.array([0, 1, 0, -1])}
    >>> told = scene(History().with_row(row).with_about(image=[2, 2]))
    >>> fields(told, cast(told.history, told.found, told.walks, told.frames))[0]["values"]
    'AHgAiA=='
    """
    shape = about.image(told.history.about)
    if shape is None or not told.pictures:
        return None, []
    pixels, (source, space, name) = shape[0] * shape[1], _seeing(told.found)
    inputs, neurons = (told.found.sizes[told.found.names.index(end)] for end in (source, space))
    rows = [row for row in holding(told.history, told.pictures, [name]) if inputs[row] == pixels]
    if not rows or pixels > BYTES // LEAST:
        raise ValueError(
            f"an image of {shape[0]} x {shape[1]} pixels needs as many inputs, at most {BYTES // LEAST}; got {inputs[0]}."
        )
    seen = {row: alive(told, stage, space, row) for row in rows}
    widest = max(len(lives) for lives, _ in seen.values())
    most = max(1, min(widest, BYTES // LEAST // pixels))
    each = pixels * np.mean([min(most, len(lives)) for lives, _ in seen.values()])
    shown = evenly(rows, min(FILM, max(LEAST, int(BYTES / max(1, each)))))
    lives, values, scales = [], [], []
    for row in shown:
        oldest, places = (part[:most] for part in seen[row])
        W = weights(told.history.rows[row], name, (neurons[row], pixels))[places]
        lives.append(oldest)
        scales.append(float(np.abs(W).max(initial=0)) or 1.0)
        values.append(np.rint(W / scales[-1] * SHADES) * STEP)
    starts, packed = ragged(lives, "u2")
    made = {
        "space": told.found.names.index(space), "shape": list(shape), "at": np.searchsorted(told.frames, shown).tolist(),
        "starts": starts, "lives": packed, "values": ragged(values, "i1")[1],
        "scales": [float(f"{scale * LEVELS / (SHADES * STEP):.5g}") for scale in scales],
    }  # fmt: skip
    said = f"receptive fields are drawn of {most} of up to {widest} neurons of {called(told.found, space)} at a time"
    return made, kept("receptive fields are", shown, rows) + [said] * (most < widest)


def _seeing(found: Spaces):
    """Return (from, to, column) of the weights from the inputs to the first hidden space that they feed, or else the first space."""
    senders = [a for a, _, _ in found.pairs]
    source = next(name for name in found.names if name in senders)
    fed = sorted((pair for pair in found.pairs if pair[0] == source), key=lambda pair: found.names.index(pair[1]))
    return next((pair for pair in fed if pair[1] in hidden(found)), fed[0])
