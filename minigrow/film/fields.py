"""Draw receptive fields at one frame: for every neuron its weights from the input image, as a picture."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from minigrow.film.palette import colours
from minigrow.film.reel import Reel, latest
from minigrow.replay.thinning import unpack

MOST, GAP = 64, 0.12  # pictures on the panel; room between two, in pictures


def draw_fields(axes: Any, run: Reel, f: int) -> None:
    """Draw the receptive fields of the last frame at or before f that has them, in the order of the neurons' places."""
    fields = run.data["fields"]
    i = max(0, latest(fields["at"], f))
    part, n = slice(*fields["starts"][i : i + 2]), math.prod(fields["shape"])
    lives = unpack(fields["lives"], "u2")[part].astype(int)
    pictures = unpack(fields["values"], "i1").reshape(-1, *fields["shape"])[part] / 127
    order = np.argsort(np.array(run.data["places"])[run.place[lives], 1], kind="stable")[:MOST]
    side = max(1, math.ceil(math.sqrt(len(order))))
    for number, picture in enumerate(pictures[order]):
        row, column = divmod(number, side)
        x, y = column * (1 + GAP), row * (1 + GAP)
        axes.imshow(tinted(picture), extent=(x, x + 1, y + 1, y), interpolation="nearest", aspect="auto")
    axes.set(xlim=(-GAP, side * (1 + GAP)), ylim=(side * (1 + GAP), -GAP))
    axes.axis("off")
    words = run.data["spaces"][fields["space"]]["words"]
    left = f", {len(order)} of {len(lives)}" if len(order) < len(lives) else ""
    axes.set_title(f"{words}: weights from the {n} pixels{left}", size=9.5, color=colours()["soft"], pad=3)


def tinted(weights: np.ndarray) -> np.ndarray:
    """Return a picture (rows, columns, 3) of weights in -1..1: white for 0, towards the colours of positive and negative edges.

    >>> tinted(np.zeros((1, 2)))[0, 0].tolist()
    [1.0, 1.0, 1.0]
    """
    from matplotlib.colors import to_rgb

    signs = np.where((weights > 0)[..., None], to_rgb(colours()["positive"]), to_rgb(colours()["negative"]))
    return 1 - np.round(8 * np.abs(weights))[..., None] / 8 * (1 - signs)
