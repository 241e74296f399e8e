"""Wrong values: what a caller may hand over by mistake, each under a name, made anew at every call.

`fits` says for which kinds of parameter (`calls.kind_of`) a value is no mistake at all, or one that cannot be seen; for every other
kind it must be refused. `twisted` makes mistakes out of a right array: a NaN in it, a row more, another type.
"""

from __future__ import annotations

import datetime
import decimal
import fractions
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np


class Wrong(NamedTuple):
    """A wrong value's name, a function that makes it, and the kinds of parameter that it fits after all."""

    name: str
    make: Callable[[], Any]
    fits: tuple[str, ...] = ()


class Sparse:
    """Something with a shape and a dtype that NumPy takes for one object, as SciPy's matrices are."""

    shape, dtype, ndim = (2, 2), np.dtype(float), 2

    def __repr__(self) -> str:
        """Print as SciPy's matrices do, over several lines."""
        return "  (0, 0)\t1.0\n  (1, 1)\t1.0"


class Stubborn:
    """Something that refuses to become an array."""

    def __array__(self, *args: Any, **more: Any) -> None:
        """Refuse."""
        raise RuntimeError("no")


class Anything:
    """A class whose objects are nothing, made of any arguments."""

    def __init__(self, *args: Any, **more: Any):
        pass


def circular() -> list:
    """Return a list that holds itself."""
    found: list = []
    found.append(found)
    return found


NUMBER = ("whole", "number")
ARRAYS = ("array", "values", "wholes", "labels", "X")
WRONG = (
    Wrong("None", lambda: None, ("none", "rng")),
    Wrong("True", lambda: True, ("flag",)),
    Wrong("numpy.False_", lambda: np.False_, ("flag",)),
    Wrong("a word", lambda: "no such name", ("text", "path", "letters")),
    Wrong("an empty word", lambda: "", ("text", "path", "letters")),
    Wrong("'0.1'", lambda: "0.1", ("text", "path", "letters")),
    Wrong("'3'", lambda: "3", ("text", "path", "letters")),
    Wrong("bytes", lambda: b"tanh"),
    Wrong("NaN", lambda: float("nan")),
    Wrong("numpy's NaN", lambda: np.float32("nan")),
    Wrong("infinity", lambda: float("inf"), ("number",)),
    Wrong("-infinity", lambda: float("-inf"), ("number",)),
    Wrong("-1", lambda: -1, NUMBER),
    Wrong("-7", lambda: -7, NUMBER),
    Wrong("-0.5", lambda: -0.5, ("number",)),
    Wrong("0", lambda: 0, (*NUMBER, "rng")),
    Wrong("0.0", lambda: 0.0, ("number",)),
    Wrong("2.5", lambda: 2.5, ("number",)),
    Wrong("3.0", lambda: 3.0, ("number",)),
    Wrong("99", lambda: 99, (*NUMBER, "rng")),
    Wrong("numpy.float16(2)", lambda: np.float16(2), ("number",)),
    Wrong("10**30", lambda: 10**30, (*NUMBER, "rng")),
    Wrong("1e300", lambda: 1e300, ("number",)),
    Wrong("5e-324", lambda: 5e-324, ("number",)),
    Wrong("1j", lambda: 1j),
    Wrong("a fraction", lambda: fractions.Fraction(1, 3), ("number",)),
    Wrong("a decimal", lambda: decimal.Decimal("0.1"), ("number",)),
    Wrong("a date", lambda: datetime.date(2026, 1, 1)),
    Wrong("numpy's date", lambda: np.datetime64("2026-01-01")),
    Wrong("an object", object),
    Wrong("a function", lambda: lambda *args, **more: None, ("callable",)),
    Wrong("a class", lambda: int, ("dtype",)),
    Wrong("a class that takes anything", lambda: Anything, ("callable",)),
    Wrong("a module", lambda: np.random),
    Wrong("an old generator", lambda: np.random.RandomState(0)),
    Wrong("an empty list", list, ("things", "wholes", "values")),
    Wrong("an empty tuple", tuple, ("things", "wholes", "values", "pair")),
    Wrong("an empty dict", dict, ("mapping",)),
    Wrong("a set", lambda: {1, 2}),
    Wrong("a generator", lambda: (i for i in range(2)), ("things", "wholes", "values")),
    Wrong("a range", lambda: range(3), ARRAYS),
    Wrong("a ragged list", lambda: [[1.0, 2.0], [3.0]]),
    Wrong("words in a list", lambda: ["a", "b"], ("names",)),
    Wrong("numbers as words", lambda: [["1", "2"]]),
    Wrong("None in a list", lambda: [None, 1]),
    Wrong("halves in a list", lambda: [0.5, 1.5], ("values", "array")),
    Wrong("bools in a list", lambda: [True, False], ("values", "array", "labels")),
    Wrong("the same twice", lambda: [0, 0], ARRAYS),
    Wrong("negative places", lambda: [-1, 0], ARRAYS),
    Wrong("places out of range", lambda: [0, 999], ARRAYS),
    Wrong("a list that holds itself", circular),
    Wrong("an empty array", lambda: np.zeros(0), ("values", "wholes", "array")),
    Wrong("an empty matrix", lambda: np.zeros((0, 2)), ("array",)),
    Wrong("an array of no axes", lambda: np.array(1.0), ("number",)),
    Wrong("a vector", lambda: np.array([1.0, 2.0, 3.0]), ("values", "array")),
    Wrong("a matrix", lambda: np.ones((2, 3)), ("array", "X", "values")),
    Wrong("a cube", lambda: np.ones((2, 2, 2)), ("array", "values")),
    Wrong("an array of NaN", lambda: np.full((4, 2), np.nan), ("nan",)),
    Wrong("an array of objects", lambda: np.array([[None, 1]], object)),
    Wrong("an array of words", lambda: np.array([["a", "b"]])),
    Wrong("a complex array", lambda: np.ones((4, 2)) * 1j, ("complex",)),
    Wrong("a masked array", lambda: np.ma.masked_array(np.ones((4, 2)), np.eye(4, 2))),
    Wrong("an array of dates", lambda: np.array(["2026-01-01"], "datetime64[D]")),
    Wrong("a structured array", lambda: np.zeros(2, [("a", float)])),
    Wrong("a sparse matrix", Sparse),
    Wrong("what is no array", Stubborn),
    Wrong("labels with gaps", lambda: np.array([0, 3, 3, 0]), ARRAYS),
    Wrong("negative labels", lambda: np.array([0, -1, 1, 0]), ARRAYS),
    Wrong("fractional labels", lambda: np.array([0, 0.5, 1, 0]), ("values", "array")),
    Wrong("labels out of range", lambda: np.array([0, 10**12, 1, 0]), ARRAYS),
)

# What may become of an array that was right; the kinds to which it is then no mistake, or one that cannot be seen.
TWISTED: dict[str, tuple[Callable[[np.ndarray], Any], tuple[str, ...]]] = {
    "with NaN": (lambda a: _with(a, np.nan), ("nan",)),
    "with infinity": (lambda a: _with(a, np.inf), ("nan",)),
    "complex": (lambda a: a + 1j, ("complex",)),
    "of words": (lambda a: a.astype(str), ()),
    "of objects": (lambda a: a.astype(object), ()),
    "of dates": (lambda a: a.astype("datetime64[D]"), ()),
    "half precise": (lambda a: a.astype(np.float16), ("labels", "array", "values")),
    "masked": (lambda a: np.ma.masked_array(a, np.arange(a.size).reshape(a.shape) == 0), ()),
    "with an axis more": (lambda a: a[None], ("array", "values", "complex", "nan")),
    "without axes": (lambda a: a.ravel()[0], ("number",)),
    "transposed": (lambda a: a.T.copy(), ARRAYS),
    "with a column more": (lambda a: np.concatenate([a, a[..., :1]], axis=-1), ARRAYS),
    "twice as long": (lambda a: np.concatenate([a, a]), ARRAYS),
    "flat": (lambda a: a.ravel().copy(), ARRAYS),
    "empty": (lambda a: a[:0], ("array", "values", "wholes")),
    "negative": (lambda a: -a.astype(float) - 1, ("array", "values", "X")),
    "too large": (lambda a: a * 1e300, ("array", "values", "X")),
    "of floats": (lambda a: a.astype(float), ARRAYS),
    "single": (lambda a: a.astype(np.float32), ARRAYS),
    "read only, in columns": (lambda a: _fixed(np.asfortranarray(a)), ARRAYS),
    "backwards": (lambda a: a[::-1], ARRAYS),
    "a list": (lambda a: a.tolist(), ARRAYS),
}


def twisted(right: Any) -> list[Wrong]:
    """Return the mistakes that a right array allows; none for what is no array."""
    if not isinstance(right, np.ndarray):
        return []
    return [Wrong(f"the right one {name}", _later(make, right), fits) for name, (make, fits) in TWISTED.items()]


def _later(make, right):
    return lambda: make(right.copy())


def _with(a, value):
    a = a.astype(float)
    a.ravel()[0] = value
    return a


def _fixed(a):
    a.flags.writeable = False
    return a
