"""The rows of a history, packed: an immutable sequence of dictionaries that takes 8 bytes a number and grows in constant time.

A column is a list of stretches: consecutive values of one form (type, shape) lie end to end in one buffer. All histories that grew from
one another share their columns, each with a length of its own; who appends where another has appended already copies first.
"""

from __future__ import annotations

import math
import struct
import threading
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

# kinds of NumPy types; the values of the former are kept as bytes, all others as they are
NUMBERS, WORDS = "biufc", "US"
PLAIN = {bool: np.dtype(bool), int: np.dtype(np.int64), float: np.dtype(np.float64)}
PACKS = {bool: struct.Struct("=?").pack, int: struct.Struct("=q").pack, float: struct.Struct("=d").pack}
WORD = range(-(2**63), 2**63)


class Form(NamedTuple):
    """What a value is: its type, the NumPy type of its numbers, and its shape."""

    type: type
    dtype: np.dtype
    shape: tuple[int, ...] = ()


def form_of(value: Any) -> Form | None:
    """Return the form under which a value is kept as bytes, or None for what is no number and no array of numbers.

    >>> form_of(0.5), form_of("word")
    (Form(type=<class 'float'>, dtype=dtype('float64'), shape=()), None)
    """
    kind = type(value)
    if kind in PLAIN:
        return Form(kind, PLAIN[kind]) if kind is not int or value in WORD else None
    plain = kind is np.ndarray or (isinstance(value, np.generic) and kind is value.dtype.type)
    return Form(kind, value.dtype, value.shape) if plain and value.dtype.kind in NUMBERS else None


class Stretch:
    """Consecutive values of one form, from row `first` on: bytes end to end, or a list where the form is None."""

    def __init__(self, first: int, form: Form | None, store: bytearray | list):
        self.first, self.form, self.store = first, form, store
        self.step = 1 if form is None else form.dtype.itemsize * math.prod(form.shape)

    def append(self, value: Any) -> None:
        """Put one more value of this form behind the others."""
        if self.form is None:
            self.store.append(value)
        else:
            self.store += np.asarray(value, self.form.dtype).tobytes()

    def cut(self, first: int, last: int) -> Stretch:
        """Return a stretch of its own with the rows first..last - 1 of this one."""
        at = first - self.first
        return Stretch(first, self.form, self.store[at * self.step : (at + last - first) * self.step])

    def values(self, first: int, last: int) -> np.ndarray:
        """Return the numbers of rows first..last - 1 as one array of their own, (last - first, ...)."""
        form, at = self.form, (first - self.first) * self.step
        part = self.store[at : at + (last - first) * self.step]
        return np.ndarray((last - first, *form.shape), form.dtype, part)

    def __getitem__(self, row: int) -> Any:
        if self.form is None:
            return self.store[row - self.first]
        value = self.values(row, row + 1).reshape(self.form.shape)
        return value if self.form.type is np.ndarray else value.item() if self.form.type in PLAIN else value[()]


def _stretch(first, values):
    if values.dtype.kind in WORDS:
        return Stretch(first, None, list(values))
    kind = values.dtype.type if values.ndim == 1 else np.ndarray
    return Stretch(first, Form(kind, values.dtype, values.shape[1:]), bytearray(values.tobytes()))


class Column:
    """The values of one column, of which each history sees as many as it has rows."""

    def __init__(self, stretches: Iterable[Stretch] = ()):
        self.stretches = list(stretches)
        self.firsts = [stretch.first for stretch in self.stretches]

    @classmethod
    def of(cls, values: np.ndarray, shapes: np.ndarray, name: str = "this one") -> Column:
        """Return the column whose values lie end to end; shapes (rows, most axes) has their lengths, filled up with -1.

        Raises ValueError for values that are no numbers and no words, or that are more or fewer than the shapes say.

        >>> column = Column.of(np.arange(5), np.array([[2], [2], [-1]]))
        >>> column[1], int(column[2])
        (array([2, 3]), 4)
        """
        if values.dtype.kind not in NUMBERS + WORDS:
            raise ValueError(f"column {name} must hold numbers or words, got {values.dtype}.")
        firsts = np.flatnonzero(np.r_[True, (shapes[1:] != shapes[:-1]).any(axis=1)][: len(shapes)]).tolist()
        stretches, at = [], 0
        for first, last in pairwise([*firsts, len(shapes)]):
            shape = tuple(length for length in shapes[first].tolist() if length >= 0)
            end = at + (last - first) * math.prod(shape)
            if end > len(values):
                break
            stretches.append(_stretch(first, values[at:end].reshape(last - first, *shape)))
            at = end
        if at != len(values) or len(stretches) != len(firsts):
            raise ValueError(f"the shapes of column {name} must add up to its {len(values)} values.")
        return cls(stretches)

    def put(self, row: int, value: Any) -> None:
        """Make this the value of that row, and the last one."""
        last = self.stretches[-1].form if self.stretches else None
        # the same as below, and four times faster
        if type(value) in PACKS and last is not None and last.type is type(value):
            try:
                self.stretches[-1].store += PACKS[last.type](value)
                return
            except struct.error:  # a whole number that needs more than 8 bytes
                pass
        form = form_of(value)
        if not self.stretches or self.stretches[-1].form != form:
            self.stretches.append(Stretch(row, form, [] if form is None else bytearray()))
            self.firsts.append(row)
        self.stretches[-1].append(value)

    def within(self, n: int) -> Iterator[tuple[Stretch, int, int]]:
        """Yield each stretch that the first n rows touch, with the first of its rows and the one behind the last."""
        for stretch, last in zip(self.stretches, [*self.firsts[1:], n], strict=True):
            if stretch.first < n:
                yield stretch, stretch.first, min(last, n)

    def copy(self, n: int) -> Column:
        """Return a column of its own with the first n values."""
        return Column(stretch.cut(first, last) for stretch, first, last in self.within(n))

    def pieces(self, n: int) -> list[np.ndarray]:
        """Return the first n values as arrays (rows, ...), one for each stretch of numbers, and one for each other value."""
        found: list[np.ndarray] = []
        for stretch, first, last in self.within(n):
            if stretch.form is None:
                found += [np.asarray(stretch[row])[None] for row in range(first, last)]
            else:
                found.append(stretch.values(first, last))
        return found

    def __getitem__(self, row: int) -> Any:
        return self.stretches[bisect_right(self.firsts, row) - 1][row]


class Grown:
    """How long columns are that several histories share; one thread at a time may lengthen them."""

    def __init__(self, n: int):
        self.n, self.lock = n, threading.Lock()


class Rows(Sequence):
    """An immutable sequence of rows; `rows[i]` is a dictionary made when it is asked for, a slice is a tuple of such.

    >>> rows = Rows.of([{"epoch": 1, "loss": 0.5}]).with_row({"epoch": 2, "loss": 0.25})
    >>> len(rows), rows[-1], rows == ({"epoch": 1, "loss": 0.5}, {"epoch": 2, "loss": 0.25})
    (2, {'epoch': 2, 'loss': 0.25}, True)
    """

    def __init__(self, columns: Mapping[str, Column], n: int, grown: Grown | None = None):
        self.columns, self.n = columns, n
        self._grown = Grown(n) if grown is None else grown

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, Any]]) -> Rows:
        """Return these rows, packed; the first one says which columns there are.

        Raises ValueError for a row with other columns.
        """
        if isinstance(rows, cls):
            return rows
        found = cls({}, 0)
        for row in rows:
            found = found.with_row(row)
        return found

    def with_row(self, row: Mapping[str, Any]) -> Rows:
        """Return the rows with one more; raises ValueError when its names are not those of the rows before."""
        columns, grown = self.columns, self._grown
        if self.n and columns.keys() != row.keys():
            raise ValueError(f"a row must have the columns {sorted(columns)}, got {sorted(row)}.")
        with grown.lock:
            if not self.n:
                columns, grown = {name: Column() for name in row}, Grown(0)
            elif grown.n != self.n:
                columns, grown = self._copied(), Grown(self.n)
            grown.n = -1  # while values are being put, and for good if that fails
            for name, column in columns.items():
                column.put(self.n, row[name])
            grown.n = self.n + 1
        return Rows(columns, self.n + 1, grown)

    def _copied(self):
        return {name: column.copy(self.n) for name, column in self.columns.items()}

    def __reduce__(self) -> tuple:
        columns = self._copied()
        return _restored, (
            {name: [(s.first, s.form, s.store) for s in c.stretches] for name, c in columns.items()},
            self.n,
        )

    def __len__(self) -> int:
        return self.n

    def __getitem__(self, at: Any) -> Any:
        if isinstance(at, slice):
            return tuple(self[i] for i in range(*at.indices(self.n)))
        row = at.__index__() + (self.n if at < 0 else 0)
        if not 0 <= row < self.n:
            raise IndexError(f"there are {self.n} rows, got row {at}.")
        return {name: column[row] for name, column in self.columns.items()}

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(a == b for a, b in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment] # rows hold arrays

    def __repr__(self) -> str:
        return repr(tuple(self)) if self.n <= 2 else f"({self[0]}, ... {self.n} rows ..., {self[-1]})"


def _restored(columns, n):
    return Rows({name: Column(Stretch(*stretch) for stretch in stretches) for name, stretches in columns.items()}, n)
