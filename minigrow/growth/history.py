"""Record a network's life, one row an epoch: losses, widths, parameters, multiply-adds, spectra, and every growth event."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from minigrow.growth.events import Event
from minigrow.growth.files import DAMAGED, load_arrays, plain, said, save_arrays

KIND, VERSION = "minigrow history", 2
Row = Mapping[str, Any]


@dataclass(frozen=True)
class History:
    """Rows of named numbers or vectors, and events; adding gives a new history.

    >>> history = History().with_row({"epoch": 1, "widths": (4, 3, 2)}).with_row({"epoch": 2, "widths": (4, 5, 2)})
    >>> history["epoch"], history["widths"].shape
    (array([1, 2]), (2, 3))
    """

    rows: tuple[Row, ...] = ()
    events: tuple[Event, ...] = field(default=())

    def with_row(self, row: Row) -> History:
        """Return the history with one more row; its names must be those of the rows before.

        Raises ValueError when they are not.
        """
        if self.rows and set(row) != set(self.rows[0]):
            raise ValueError(f"a row must have the columns {sorted(self.rows[0])}, got {sorted(row)}.")
        return History((*self.rows, dict(row)), self.events)

    def thinned(self, kept: Callable[[Row], bool]) -> History:
        """Return the history with only those rows for which `kept(row)` is true, and all events."""
        return History(tuple(row for row in self.rows if kept(row)), self.events)

    def with_events(self, events: Sequence[Event]) -> History:
        """Return the history with more events, without their moves: of those only `Event.origin` is for the record."""
        return History(self.rows, self.events + tuple(event.recorded for event in events))

    def __getitem__(self, name: str) -> np.ndarray:
        """Return one column (rows,) or (rows, ...); vectors that change their length are padded with NaN.

        Raises KeyError with the names there are.
        """
        if not self.rows or name not in self.rows[0]:
            raise KeyError(
                f"the history has no column {name!r}, only {sorted(self.rows[0]) if self.rows else 'no rows yet'}"
            )
        column = [np.asarray(row[name]) for row in self.rows]
        longest = max(value.shape[-1] if value.ndim else 0 for value in column)
        if all(value.shape == column[0].shape for value in column):
            return np.stack(column)
        padded = np.full((len(column), longest), np.nan)
        for row, value in zip(padded, column, strict=True):
            row[: value.size] = value
        return padded

    def save(self, path: str | os.PathLike) -> None:
        """Write the history as `.npz` without pickle, whole or not at all; raises ValueError for a column of objects."""
        arrays, table = to_arrays(self)
        save_arrays(path, arrays, {"file": KIND, "version": VERSION, "history": table})

    @classmethod
    def load(cls, path: str | os.PathLike) -> History:
        """Read a history; raises ValueError for a file that is truncated, damaged or something else."""
        arrays, meta = load_arrays(path, KIND, VERSION)
        try:
            return from_arrays(arrays, meta["history"])
        except DAMAGED as error:
            raise ValueError(f"{path} is a damaged {KIND} file: {said(error)} Take an earlier copy.") from error


def to_arrays(history: History) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Return the arrays of a history, and its columns' names and its events as plain values.

    Column i is `column{i}`, the values of all rows end to end, and `column{i}.shapes`, one row of lengths for each row, filled
    up with -1: any name, and any shape that changes from row to row, comes back as it was.
    Raises ValueError for values that are no numbers or words (objects would need pickle).

    >>> to_arrays(History().with_row({"widths": (4, 3)}))
    ({'column0': array([4, 3]), 'column0.shapes': array([[2]])}, {'columns': ['widths'], 'events': []})
    """
    arrays, names = {}, list(history.rows[0]) if history.rows else []
    for i, name in enumerate(names):
        column = [np.asarray(row[name]) for row in history.rows]
        if any(value.dtype.kind not in "biufcUS" for value in column):
            raise ValueError(
                f"column {name!r} must hold numbers or words to be saved, got {column[-1].dtype}. "
                "Does observe(net) return None?"
            )
        if len({value.dtype.kind in "US" for value in column}) > 1:
            raise ValueError(f"column {name!r} must hold numbers in every row or words in every row, not both.")
        shapes = np.full((len(column), max(1, *(value.ndim for value in column))), -1)
        for row, value in zip(shapes, column, strict=True):
            row[: value.ndim] = value.shape
        arrays[f"column{i}"] = np.concatenate([np.ravel(value) for value in column])
        arrays[f"column{i}.shapes"] = shapes
    return arrays, {"columns": names, "events": [_plain(event) for event in history.events]}


def _plain(event):
    left = {"moves", "memory"} | (set() if event.origin else {"origin"})
    fields = plain({key: value for key, value in event._asdict().items() if key not in left})
    _event(fields)  # which refuses what could not be read back
    return fields


def from_arrays(arrays: Mapping[str, np.ndarray], table: Mapping[str, Any]) -> History:
    """Return the history that `to_arrays` wrote.

    Raises ValueError when a column is missing, or values and shapes do not fit.

    >>> from_arrays(*to_arrays(History().with_row({"widths": (4, 3)})))["widths"]
    array([[4, 3]])
    """
    columns = {str(name): _cut(arrays, f"column{i}", name) for i, name in enumerate(table["columns"])}
    rows = zip(*columns.values(), strict=True)
    events = tuple(map(_event, table["events"]))
    return History(tuple(dict(zip(columns, row, strict=True)) for row in rows), events)


def _event(fields):
    event = Event(**fields | {"origin": tuple(fields.get("origin", ()))})
    words = (event.kind, event.space, event.reason)
    numbers = (event.neurons, event.before, event.after, event.step, *event.origin)
    if not all(isinstance(word, str) for word in words) or not all(isinstance(number, int) for number in numbers):
        raise ValueError(
            f"an event must have words for kind, space, reason and whole numbers else, got {str(fields)[:200]}."
        )
    return event


def _cut(arrays, key, name):
    for needed in (key, key + ".shapes"):
        if needed not in arrays:
            raise ValueError(f"column {name!r} is stored as {key} and {key}.shapes, but there is no {needed}.")
    values, shapes = arrays[key], arrays[key + ".shapes"]
    if values.ndim != 1 or shapes.ndim != 2 or shapes.dtype.kind != "i" or shapes.min(initial=-1) < -1:
        raise ValueError(f"the shapes of column {name!r} must be whole numbers, got {shapes.dtype} {shapes.shape}.")
    shapes = [tuple(length for length in row if length >= 0) for row in shapes.tolist()]
    ends = np.cumsum([math.prod(shape) for shape in shapes])
    if ends[-1:].sum() != len(values):
        raise ValueError(f"the shapes of column {name!r} must add up to its {values.size} values.")
    pieces = np.split(values, ends[:-1])
    return [piece.reshape(shape) if shape else piece[0] for piece, shape in zip(pieces, shapes, strict=True)]
