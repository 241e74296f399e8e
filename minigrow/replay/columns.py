"""Read out of a history what can be drawn: the spaces with their sizes, the time of each row, the curves.

Legend, used in all files of this package: n rows, r one of them; F frames (rows that are drawn), f one of them; a space is
a layer or pool of neurons such as h1; a life is one neuron from birth to death.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from minigrow.growth.history import History
from minigrow.replay.layout import ranks

TIMES = ("step", "epoch")
LOSSES = ("loss", "validation_loss")
MOST = 100_000  # neurons in a space: what a browser's memory bears


class Spaces(NamedTuple):
    """Names of the spaces, their sizes (spaces, n), how many neurons are visible (spaces, n), and which feeds which.

    `pairs` are (from, to, column name) of the recorded weights; `gated` are the spaces with gates.
    """

    names: tuple[str, ...]
    sizes: np.ndarray
    shown: np.ndarray
    pairs: tuple[tuple[str, str, str], ...]
    gated: tuple[str, ...]


def spaces(history: History) -> Spaces:
    """Return the spaces of a history: those of its snapshots, else one for each entry of `widths`.

    Raises ValueError for a history without rows, or without sizes that can be drawn.

    >>> spaces(History().with_row({"widths": (4, 3, 2)})).names
    ('h0', 'h1', 'h2')
    """
    if not history.rows:
        raise ValueError("the history has no rows, so there is nothing to replay. Train for at least one epoch.")
    names = [key[5:] for key in history.rows[0] if key.startswith("size.")]
    pairs = _pairs(history, names)
    rank = ranks(names, [pair[:2] for pair in pairs])
    if names:
        names = sorted(names, key=rank.get)
        sizes = np.stack([_sizes(column(history, f"size.{name}"), f"size.{name}") for name in names])
    else:
        sizes = _widths(history)
        names = _names(history, len(sizes))
    gated = tuple(name for name in names if f"gate.{name}" in history.rows[0])
    shown = sizes.copy()
    for name in gated:
        i = names.index(name)
        shown[i] = [
            np.count_nonzero(gate(row, name, size)) for row, size in zip(history.rows, sizes[i].tolist(), strict=True)
        ]
    return Spaces(tuple(names), sizes, shown, pairs, gated)


def gate(row: Any, space: str, size: int) -> np.ndarray:
    """Return the gates (size,) of a space in a row, 0..1. Raises ValueError for another number of them.

    >>> gate({"gate.h": np.array([0.5, 2.0])}, "h", 2)
    array([0.5, 1. ])
    """
    values = np.asarray(row[f"gate.{space}"])
    if values.shape != (size,) or values.dtype.kind not in "biuf":
        raise ValueError(
            f"column gate.{space} must hold one gate for each of {size} neurons, got shape {values.shape}."
        )
    return np.clip(np.nan_to_num(values.astype(np.float64)), 0, 1)


def column(history: History, name: str) -> np.ndarray:
    """Return a column with one number per row (n,), or a vector of length one. Raises ValueError for anything else.

    >>> column(History().with_row({"a": np.array([3])}), "a")
    array([3.])
    """
    try:
        values = np.array([row[name] for row in history.rows])
    except ValueError:  # of different lengths
        values = np.zeros(0)
    if values.size != len(history.rows) or values.dtype.kind not in "biuf":
        raise ValueError(f"column {name} must hold one number per row. Was the file written by another program?")
    return values.reshape(-1).astype(np.float64)


def _widths(history):
    if "widths" not in history.rows[0]:
        raise ValueError(
            f"the history has no column widths, only {sorted(history.rows[0])}, so no neurons can be drawn. "
            "Train with minigrow's own loops, or add widths to its rows."
        )
    rows = [np.asarray(row["widths"]) for row in history.rows]
    if len({row.shape for row in rows}) > 1 or rows[0].ndim != 1 or not rows[0].size or rows[0].dtype.kind not in "iuf":
        raise ValueError("widths must be the same number of whole numbers in every row: one a layer.")
    return np.stack([_sizes(values, f"widths[{i}]") for i, values in enumerate(np.stack(rows).T.astype(float))])


def _sizes(values, name):
    if not (np.isfinite(values) & (values >= 0) & (values <= MOST) & (values == np.round(values))).all():
        raise ValueError(f"{name} must hold whole numbers in 0..{MOST}, got {values.min():g} to {values.max():g}.")
    return values.astype(np.int64)


def _names(history, count):
    """Return the names h0, h1, .., or x, SPACE, y if there are three spaces and the events name another one, SPACE."""
    plain = [f"h{i}" for i in range(count)]
    other = {event.space for event in history.events} - set(plain)
    return ["x", other.pop(), "y"] if count == 3 and len(other) == 1 else plain


def _pairs(history, names):
    keys = {f"weights.{a}.{b}": (a, b) for a in names for b in names}
    return tuple((*keys[key], key) for key in history.rows[0] if key in keys)


def times(history: History) -> dict[str, np.ndarray]:
    """Return the time columns of a history by name, each (n,), or the row numbers if it has none.

    A column that stands still is left out: a text without epochs has epoch 0 in every row.

    >>> times(History().with_row({"step": 1, "epoch": 0}).with_row({"step": 5, "epoch": 0}))
    {'step': array([1., 5.])}
    """
    found = {name: column(history, name) for name in TIMES if name in history.rows[0]}
    found = {name: v for name, v in found.items() if np.isfinite(v).all() and (len(v) == 1 or np.ptp(v) > 0)}
    return found or {"row": np.arange(len(history.rows), dtype=np.float64)}


def curves(history: History) -> dict[str, np.ndarray]:
    """Return the loss columns of a history by name, each (n,).

    >>> curves(History().with_row({"loss": 0.5}))
    {'loss': array([0.5])}
    """
    return {name: column(history, name) for name in LOSSES if name in history.rows[0]}


def amounts(history: History, found: Spaces) -> dict[str, np.ndarray]:
    """Return the number of parameters (n,): the recorded `parameters`, else the entries of all recorded `weights`.

    The result is empty for a history with neither.

    >>> row = {"size.x": 2, "size.h": 3, "weights.x.h": np.zeros(6)}
    >>> amounts(History().with_row(row), spaces(History().with_row(row)))
    {'weights': array([6])}
    """
    if "parameters" in history.rows[0]:
        return {"parameters": column(history, "parameters")}
    visible = dict(zip(found.names, found.shown, strict=True))
    return {"weights": sum(visible[a] * visible[b] for a, b, _ in found.pairs)} if found.pairs else {}


def weights(row: Any, name: str, shape: tuple[int, int]) -> np.ndarray | None:
    """Return the matrix (to, from) that a row holds under `name`, with 0 for entries that are not finite; None if it holds none.

    Raises ValueError when it is not of this shape.

    >>> weights({"w": np.ones(2)}, "w", (1, 2))
    array([[1., 1.]])
    """
    values = np.asarray(row[name])
    if not values.size:
        return None
    if values.size != shape[0] * shape[1] or values.dtype.kind not in "biuf":
        raise ValueError(f"column {name} must hold {shape[0]} x {shape[1]} numbers at each row, got {values.size}.")
    return np.nan_to_num(values.astype(np.float64), posinf=0.0, neginf=0.0).reshape(shape)
