"""Record a network's life, one row an epoch: losses, widths, parameters, multiply-adds, spectra, and every growth event."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from minigrow.growth.events import Event
from minigrow.growth.files import load_arrays, save_arrays

KIND, VERSION = "minigrow history", 1
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
        """Write the history as `.npz` without pickle, whole or not at all."""
        arrays, events = to_arrays(self)
        save_arrays(path, arrays, {"file": KIND, "version": VERSION, "events": events})

    @classmethod
    def load(cls, path: str | os.PathLike) -> History:
        """Read a history; raises ValueError for a file that is truncated, damaged or something else."""
        arrays, meta = load_arrays(path, KIND, VERSION)
        try:
            return from_arrays(arrays, meta["events"])
        except (ValueError, KeyError, TypeError, IndexError) as error:
            raise ValueError(f"{path} is a damaged {KIND} file: {_said(error)} Take an earlier copy.") from error


def to_arrays(history: History, prefix: str = "row.") -> tuple[dict[str, np.ndarray], list[dict]]:
    """Return each column as its values end to end plus the length of each row (-1 for a scalar), and events as dicts.

    >>> to_arrays(History().with_row({"widths": (4, 3)}))[0]
    {'row.widths': array([4, 3]), 'row.widths.lengths': array([2])}
    """
    arrays = {}
    for name in history.rows[0] if history.rows else ():
        column = [np.asarray(row[name]) for row in history.rows]
        arrays[prefix + name] = np.concatenate([np.ravel(value) for value in column])
        arrays[prefix + name + ".lengths"] = np.array([value.size if value.ndim else -1 for value in column])
    return arrays, [_plain(event) for event in history.events]


def _plain(event):
    return {key: value for key, value in event._asdict().items() if key != "moves" and (key != "origin" or value)}


def from_arrays(arrays: Mapping[str, np.ndarray], events: Sequence[Mapping], prefix: str = "row.") -> History:
    """Return the history that `to_arrays` wrote.

    Raises ValueError when a column lacks its lengths, or values and lengths do not fit.

    >>> from_arrays(*to_arrays(History().with_row({"widths": (4, 3)})))["widths"]
    array([[4, 3]])
    """
    columns = {}
    for key in arrays:
        name = key.removesuffix(".lengths")
        if key.startswith(prefix) and (name == key or name not in arrays):
            columns[name[len(prefix) :]] = _cut(arrays, name)
    rows = zip(*columns.values(), strict=True)
    return History(tuple(dict(zip(columns, row, strict=True)) for row in rows), tuple(map(_event, events)))


def _event(fields):
    event = Event(**fields | {"origin": tuple(fields.get("origin", ()))})
    words = (event.kind, event.space, event.reason)
    numbers = (event.neurons, event.before, event.after, event.step, *event.origin)
    if not all(isinstance(word, str) for word in words) or not all(isinstance(number, int) for number in numbers):
        raise ValueError(
            f"an event must have words for kind, space, reason and whole numbers else, got {str(fields)[:200]}."
        )
    return event


def _cut(arrays, name):
    for needed in (name, name + ".lengths"):
        if needed not in arrays:
            raise ValueError(f"every column is stored as NAME and NAME.lengths, but there is no {needed}.")
    values, lengths = arrays[name], arrays[name + ".lengths"]
    ends = np.cumsum(np.abs(lengths))
    fits = values.ndim == lengths.ndim == 1 and lengths.dtype.kind == "i" and ends[-1:].sum() == len(values)
    if not fits:
        raise ValueError(f"the lengths of column {name} must be whole numbers that add up to its {values.size} values.")
    pieces = np.split(values, ends[:-1])
    return [piece if length >= 0 else piece[0] for piece, length in zip(pieces, lengths, strict=True)]


def _said(error):
    lost = isinstance(error, (KeyError, TypeError))
    return f"something in it is missing or misnamed ({error})." if lost else f"{str(error).removesuffix('.')}."


def parameters(net: Any) -> int:
    """Count all parameters of a network.

    >>> from minigrow.nn import MLP
    >>> parameters(MLP.create([4, 3, 2], rng=0))
    23
    """
    return int(net.theta.size)


def multiply_adds(net: Any) -> int:
    """Count the multiply-adds of one sample's forward pass: the entries of all weight matrices.

    >>> from minigrow.nn import MLP
    >>> multiply_adds(MLP.create([4, 3, 2], rng=0))
    18
    """
    return sum(shape[0] * shape[1] for shape in net.shapes.values() if len(shape) == 2)
