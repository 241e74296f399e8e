"""Keep a card for each neuron: the norms of the weights into and out of it, and its singular value, through its life."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrow.replay.cast import Cast
from minigrow.replay.columns import weights
from minigrow.replay.scene import Scene, alive
from minigrow.replay.thinning import evenly, ragged

CARDS, BYTES, LEAST = 60, 90_000, 2  # rows with cards; most bytes before they are compressed, but at least so many rows


def cards(told: Scene, stage: Cast) -> tuple[dict[str, Any], list[str]]:
    """Return `into` and `out`, the norms |W_to| and |W_from| over all recorded weights, and `sigma`; NaN where unknown; and notes.

    Norms keep four digits. Rows are those with weights or singular values, evenly thinned.

    >>> from minigrow.growth import History
    >>> from minigrow.replay.cast import cast
    >>> from minigrow.replay.scene import scene
    >>> from minigrow.replay.thinning import unpack
    >>> row = {"step": 1, "size.x": 2, "size.y": 1, "weights.x.y": np.array([3.0, 4.0])}
    >>> told = scene(History().with_row(row))
    >>> unpack(cards(told, cast(told.history, told.found, told.walks, told.frames))[0]["into"], "f4")
    array([nan, nan,  5.], dtype=float32)
    """
    sigmas = [name for name in told.found.names if f"sigma.{name}" in told.history.rows[0]]
    bad: set[str] = set()
    rows = told.looked if sigmas else told.pictures
    rows = evenly(rows, max(LEAST, min(CARDS, BYTES // (12 * max(1, _most(told, stage))))))
    starts, lives, columns = [0], [], ([], [], [])
    for row in rows:
        into, out = _norms(told, row)
        for i, name in enumerate(told.found.names):
            own, neurons = alive(told, stage, name, row)
            lives.append(own)
            sigma = _sigma(told, name, row, bad) if name in sigmas else np.full(told.found.sizes[i][row], np.nan)
            for column, values in zip(columns, (into[name], out[name], sigma), strict=True):
                column.append(_rounded(values[neurons]))
        starts.append(sum(map(len, lives)))
    packed = {key: ragged(column, "f4")[1] for key, column in zip(("into", "out", "sigma"), columns, strict=True)}
    at = np.searchsorted(told.frames, rows).tolist()
    said = [f"column sigma.{name} holds another number of values than there are neurons" for name in sorted(bad)]
    return {"at": at, "starts": starts, "lives": ragged(lives, "u2")[1], **packed}, said


def _most(told, stage):
    """How many drawn neurons live at once, at most."""
    changes = np.bincount(stage.first, minlength=len(told.frames) + 1) - np.bincount(
        stage.last, minlength=len(told.frames) + 1
    )
    return int(np.cumsum(changes).max(initial=0))


def _norms(told, row):
    """Return the norms of the weights into and out of each neuron, by space; NaN where no weights are recorded."""
    sizes = dict(zip(told.found.names, told.found.sizes[:, row].tolist(), strict=True))
    squares = [{name: np.full(size, np.nan) for name, size in sizes.items()} for _ in range(2)]
    for a, b, key in told.found.pairs:
        W = weights(told.history.rows[row], key, (sizes[b], sizes[a]))
        if W is not None:
            for found, name, axis in ((squares[0], b, 1), (squares[1], a, 0)):
                found[name] = np.nan_to_num(found[name]) + (W * W).sum(axis=axis)
    return [{name: np.sqrt(values) for name, values in found.items()} for found in squares]


def _sigma(told, name, row, bad):
    """Return the singular values of a space at a row, NaN where there are none; a space whose values do not fit is `bad`."""
    values, size = (
        np.ravel(told.history.rows[row][f"sigma.{name}"]),
        told.found.sizes[told.found.names.index(name)][row],
    )
    fits = values.size == size and values.dtype.kind in "biuf"
    bad.update([name] * bool(values.size and not fits))
    return np.where(np.isfinite(values), values, np.nan) if fits else np.full(size, np.nan)


def _rounded(values):
    """Round to 11 bits after the first, four digits or so: the zeros behind them are compressed away."""
    mantissa, exponent = np.frexp(values)
    return np.ldexp(np.round(mantissa * 4096) / 4096, exponent)
