"""Record a network's life, one row an epoch: losses, widths, parameters, multiply-adds, spectra, and every growth event."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from minigrow.growth.archives import damaged
from minigrow.growth.events import Event
from minigrow.growth.files import load_arrays, plain, save_arrays
from minigrow.growth.rows import Column, Rows
from minigrow.growth.showing import framed, line
from minigrow.nn.door import door, fields

KIND, VERSION = "minigrow history", 2
Row = Mapping[str, Any]
FIRST = (Mapping, type(None))


@dataclass(frozen=True)
class History:
    """Rows of named numbers or vectors, and events; adding gives a new history, and costs the same however long it is.

    `rows` is a sequence of dictionaries that is kept packed (`growth.rows`): a number takes 8 bytes, so 10^6 rows fit.
    `first` is the network before its first step: a row without losses that is not one of `rows`, or None. `about` holds plain
    values that are true of the whole life, such as the task in one sentence (`growth.watch` says which there are).

    >>> history = History().with_row({"epoch": 1, "widths": (4, 3, 2)}).with_row({"epoch": 2, "widths": (4, 5, 2)})
    >>> history["epoch"], history["widths"].shape
    (array([1, 2]), (2, 3))
    """

    rows: Sequence[Row] = ()
    events: tuple[Event, ...] = field(default=())
    first: Row | None = None
    about: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        kept = isinstance(self.rows, Rows)  # of another history: its events need no second look
        plain = type(self.events) is tuple and isinstance(self.about, Mapping) and isinstance(self.first, FIRST)
        if not kept or not plain:
            _check(self)
        if not kept:
            object.__setattr__(self, "rows", Rows.of(self.rows))

    def __repr__(self) -> str:
        return line("History", self)

    def _repr_html_(self) -> str | None:
        return framed(self)

    @door
    def with_row(self, row: Row) -> History:
        """Return the history with one more row; its names must be those of the rows before.

        Raises ValueError when they are not.
        """
        return History(self.rows.with_row(row), self.events, self.first, self.about)

    @door
    def with_first(self, row: Row) -> History:
        """Return the history with this row for the network before its first step; `rows` stay as they are."""
        return replace(self, first=dict(row))

    def with_about(self, **items: Any) -> History:
        """Return the history with these plain values about the whole life, in place of those of the same names.

        Raises ValueError for what JSON does not know.

        >>> History().with_about(task="Two spirals.", image=(8, 8)).about
        {'task': 'Two spirals.', 'image': [8, 8]}
        """
        return replace(self, about=dict(self.about) | _known(items))

    @door
    def thinned(self, kept: Callable[[Row], bool]) -> History:
        """Return the history with only those rows for which `kept(row)` is true, and all events."""
        return replace(self, rows=tuple(row for row in self.rows if kept(row)))

    @door
    def with_events(self, events: Sequence[Event]) -> History:
        """Return the history with more events, without their moves: of those only `Event.origin` is for the record."""
        return replace(self, events=self.events + tuple(event.recorded for event in events))

    def __getitem__(self, name: str) -> np.ndarray:
        """Return one column (rows,) or (rows, ...); vectors that change their length are padded with NaN.

        Raises KeyError with the names there are.
        """
        n, columns = len(self.rows), self.rows.columns
        if name not in columns:
            raise KeyError(f"the history has no column {name!r}, only {sorted(columns) if n else 'no rows yet'}")
        pieces = columns[name].pieces(n)
        if all(piece.shape[1:] == pieces[0].shape[1:] for piece in pieces):
            return np.concatenate(pieces)
        padded, at = np.full((n, max(piece.shape[-1] for piece in pieces if piece.ndim > 1)), np.nan), 0
        for piece in pieces:
            padded[at : at + len(piece), : piece[0].size] = piece.reshape(len(piece), -1)
            at += len(piece)
        return padded

    @door
    def save(self, path: str | os.PathLike) -> None:
        """Write the history as `.npz` without pickle, whole or not at all; raises ValueError for a column of objects."""
        arrays, table = to_arrays(self)
        save_arrays(path, arrays, {"file": KIND, "version": VERSION, "history": table})

    @classmethod
    @door
    def load(cls, path: str | os.PathLike) -> History:
        """Read a history; raises ValueError for a file that is truncated, damaged or something else."""
        arrays, meta = load_arrays(path, KIND, VERSION)
        with damaged(f"{path} is a damaged {KIND} file: {{}} Take an earlier copy."):
            return from_arrays(arrays, meta["history"])


def _check(history):
    """Check what a caller hands over; a history made from another one is right already."""
    fields(history if not isinstance(history.rows, Rows) else replace(history, rows=()))
    for name, value in (("rows", history.rows), ("events", history.events)):
        if not isinstance(value, (list, tuple, Rows)):
            raise ValueError(f"{name} must be a list or a tuple, got a {type(value).__name__}.")


def to_arrays(history: History) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Return the arrays of a history, and its columns' names, its events and what it is about as plain values.

    Column i is `column{i}`, the values of all rows end to end, and `column{i}.shapes`, one row of lengths for each row, filled
    up with -1: any name, and any shape that changes from row to row, comes back as it was. The row before the first step is
    kept in the same way as `first{i}`; what a history does not have takes no room in the file.
    Raises ValueError for values that are no numbers or words (objects would need pickle).

    >>> to_arrays(History().with_row({"widths": (4, 3)}))
    ({'column0': array([4, 3]), 'column0.shapes': array([[2]])}, {'columns': ['widths'], 'events': []})
    """
    arrays, names = _laid(history.rows, "column")
    table = {"columns": names, "events": [_plain(event) for event in history.events]}
    if history.first is not None:
        first, table["first"] = _laid(Rows.of([history.first]), "first")
        arrays |= first
    return arrays, table | ({"about": _known(history.about)} if history.about else {})


def _laid(rows, prefix):
    arrays = {}
    for i, (name, column) in enumerate(rows.columns.items()):
        pieces = column.pieces(len(rows))
        if any(piece.dtype.kind not in "biufcUS" for piece in pieces):
            raise ValueError(
                f"column {name!r} must hold numbers or words to be saved, got {pieces[-1].dtype}. "
                "Does observe(net) return None?"
            )
        if len({piece.dtype.kind in "US" for piece in pieces}) > 1:
            raise ValueError(f"column {name!r} must hold numbers in every row or words in every row, not both.")
        shapes, at = np.full((len(rows), max(1, *(piece.ndim - 1 for piece in pieces), 1)), -1), 0
        for piece in pieces:
            shapes[at : at + len(piece), : piece.ndim - 1] = piece.shape[1:]
            at += len(piece)
        arrays[f"{prefix}{i}"] = np.concatenate([np.ravel(piece) for piece in pieces])
        arrays[f"{prefix}{i}.shapes"] = shapes
    return arrays, list(rows.columns)


def _known(about):
    """Return what is said about a life as JSON gives it back, so that a saved history is the one that was kept."""
    try:
        return json.loads(json.dumps(plain(about)))
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"what a history is about must be words, numbers, lists and mappings, got {str(about)[:100]} ({error})."
        ) from error


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
    rows = _rows(arrays, table["columns"], "column")
    events, about = tuple(map(_event, table["events"])), table.get("about", {})
    if not isinstance(about, dict):
        raise ValueError(f"what a history is about must be a mapping, got {str(about)[:100]}.")
    return History(rows, events, _first(arrays, table.get("first")), about)


def _rows(arrays, names, prefix):
    found = {str(name): _cut(arrays, f"{prefix}{i}", name) for i, name in enumerate(names)}
    lengths = {n for n, _ in found.values()}
    if len(lengths) > 1 or len(found) < len(names):
        raise ValueError(f"columns must have names and rows of their own, as many each, got {names} of {lengths}.")
    n = max(lengths, default=0)
    return Rows({name: column for name, (_, column) in found.items()} if n else {}, n)


def _first(arrays, names):
    if names is None:
        return None
    found = _rows(arrays, names, "first")
    if len(found) != 1:
        raise ValueError(f"the row before the first step must be one row, got {len(found)}.")
    return found[0]


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
    return len(shapes), Column.of(values, shapes, repr(name))
