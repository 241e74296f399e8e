"""Turn what a caller hands over into clean arrays, or say what is wrong, what came and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from numbers import Real
from typing import Any

import numpy as np

GREATEST = float(np.finfo(np.float64).max)
MOST = 2**63 - 1  # 64 bits hold it; a motif of eight vertices needs 63 of them
FLOATS = (np.dtype(np.float32), np.dtype(np.float64))
HUGE = {dtype: float(np.finfo(dtype).max) ** 0.5 / 1e3 for dtype in FLOATS}  # sums of squares stay finite below


def float_dtype(dtype: Any) -> np.dtype:
    """Accept float32 or float64.

    Raises ValueError for any other type.

    >>> float_dtype("float32")
    dtype('float32')
    """
    try:
        found = np.dtype(dtype) if isinstance(dtype, (str, type, np.dtype)) else None  # NumPy reads None as float64
    except Exception:  # whatever NumPy says of what is no type
        found = None
    if found is None or found not in FLOATS:  # NumPy says that None equals float64
        raise ValueError(
            f"dtype must be float32 or float64, got {found or said(dtype)}. Half precision loses the laws this package is about."
        )
    return found


def said(value: Any) -> str:
    """Return a value as an error quotes it: in one short line, arrays by shape and type.

    >>> said("0.1"), said(np.ones((2, 3)))
    ("'0.1'", 'an array of shape (2, 3) and dtype float64')
    """
    if isinstance(value, np.ndarray) and value.ndim:
        return f"an array of shape {value.shape} and dtype {value.dtype}"
    words = " ".join(repr(value).split())
    return words if len(words) <= 100 else f"{words[:90]}... ({type(value).__name__})"


def numbers(values: Any, name: str, whole: bool = False) -> np.ndarray:
    """Return values as an array of numbers with at least one axis, or of whole numbers; NaN and complex numbers are kept.

    Raises ValueError for words, objects, rows of different lengths, sparse matrices, masked entries and single numbers.

    >>> numbers([[1, 2], [3, 4]], "X").shape
    (2, 2)
    """
    if np.ma.is_masked(values):
        raise ValueError(f"{name} must hold a number everywhere, got masked entries. Fill them in, or drop their rows.")
    try:
        array = np.asarray(values)
    except Exception:  # whatever the value's own conversion says
        raise ValueError(f"{name} must be an array of numbers with rows of one length, got {said(values)}.") from None
    if array.dtype.kind not in "biufc" or (whole and array.size and array.dtype.kind not in "iu"):
        raise ValueError(_not_numbers(array, name, whole))
    if not array.ndim:
        raise ValueError(f"{name} must be an array or a list, got the single value {said(values)}.")
    return array


def _not_numbers(array, name, whole=False):
    """Why an array is refused for its type."""
    kind = "whole numbers" if whole else "float32 or float64 (integers and booleans are converted)"
    if name == "y":
        kind = "labels 0, 1, ... or numbers"
    words = " Words become numbers with: names, y = numpy.unique(y, return_inverse=True)." if name == "y" else ""
    return f"{name} must hold {kind}, got dtype {array.dtype}.{words}"


def number(value: Any, name: str) -> float:
    """Return `value` if it is a real number and not NaN; what is neither int nor float becomes a float.

    Raises ValueError for anything else, True and False included.

    >>> number(3, "rate")
    3
    """
    found = _float(value)
    if found != found:
        raise ValueError(f"{name} must be a number, got {said(value)}.")
    return value if isinstance(value, (int, np.integer)) and abs(int(value)) <= MOST else found


def _float(value):
    """A real number as a float, NaN for what is none."""
    try:
        return float(value) if isinstance(value, Real) and not isinstance(value, (bool, np.bool_)) else np.nan
    except OverflowError:
        return np.nan


def matrix(X: Any, width: int | None = None, dtype: Any = None, name: str = "X") -> np.ndarray:
    """Return X as a finite float matrix (n, width); integers and booleans are converted, complex is kept.

    Raises ValueError for another number of axes, another width, no rows, float16, objects, NaN or infinity.

    >>> matrix([[1, 2], [3, 4]], width=2)
    array([[1., 2.],
           [3., 4.]])
    """
    array = numbers(X, name)
    if array.dtype == np.float16:
        raise ValueError(_not_numbers(array, name))
    if dtype is not None and np.dtype(dtype).kind != "c" and array.dtype.kind != "c":
        float_dtype(dtype)
    if array.dtype.kind == "c":
        dtype = np.complex64 if array.dtype == np.complex64 else np.complex128
    elif dtype is None:
        dtype = array.dtype if array.dtype in FLOATS else np.float64
    if array.ndim != 2 or not len(array):
        raise ValueError(
            f"{name} must be a matrix with one sample a row, got shape {array.shape}. One sample x: pass x[None, :]."
        )
    if width is not None and array.shape[1] != width:
        raise ValueError(f"{name} must have {width} columns, got {array.shape[1]} (shape {array.shape}).")
    with np.errstate(over="ignore"):  # what is too large for float32 becomes infinite, and is refused below
        array = np.ascontiguousarray(array, dtype=dtype)
    if not np.isfinite(array).all():
        row = int(np.flatnonzero(~np.isfinite(array).all(axis=1))[0])
        raise ValueError(f"{name} must be finite, got NaN or infinity first in row {row}. Clean or drop such rows.")
    if max(array.real.max(initial=0), -array.real.min(initial=0)) > HUGE[array.real.dtype]:
        raise ValueError(
            f"{name} must be small enough to be squared and summed, got {np.abs(array).max():.1e}. Scale it."
        )
    return array


def inputs(X: Any, width: int, theta: np.ndarray, name: str = "X") -> np.ndarray:
    """Return X as `matrix` does in the float type of theta; it may be complex where theta is, as a derivative check needs it.

    Raises ValueError as `matrix` does, and for a complex X where theta is real.

    >>> inputs([[1, 2]], 2, np.zeros(3, np.float32)).dtype
    dtype('float32')
    """
    X = matrix(X, width, theta.dtype, name)
    return X if np.iscomplexobj(theta) else real(X, name)


def real(array: np.ndarray, name: str) -> np.ndarray:
    """Return the array. Raises ValueError where it is complex.

    >>> real(np.zeros(2), "X")
    array([0., 0.])
    """
    if np.iscomplexobj(array):
        raise ValueError(f"{name} must be real, got {array.dtype}. Pass real and imaginary parts as columns.")
    return array


def outputs(p: Any) -> np.ndarray:
    """Return outputs p as a matrix (n, k) of numbers; NaN, which a run that diverges has, and complex numbers are kept.

    Raises ValueError for another number of axes, and for no rows or columns.

    >>> outputs([[0.0, 1.0]]).shape
    (1, 2)
    """
    array = numbers(p, "p")
    if array.ndim != 2 or 0 in array.shape:
        raise ValueError(f"p must be outputs (n, k), a row for each sample, got shape {array.shape}.")
    return array


def same_rows(X: np.ndarray, y: np.ndarray) -> None:
    """Check that data (n, d) and targets (n, ...) have a row each for every sample; raises ValueError if not.

    >>> same_rows(np.zeros((3, 2)), np.zeros(3))
    """
    if len(X) != len(y):
        raise ValueError(f"X and y must have as many rows, got {len(X)} and {len(y)}.")


def widths(values: Iterable[int]) -> tuple[int, ...]:
    """Return layer widths (inputs, hidden..., outputs) as a tuple of positive integers.

    Raises ValueError for fewer than two entries, or one that is not a whole number >= 1.

    >>> widths([64, 32, 10])
    (64, 32, 10)
    """
    if isinstance(values, (str, bytes, Mapping, set)) or not np.iterable(values):
        raise ValueError(f"widths must be a sequence of whole numbers, like [64, 32, 10], got {said(values)}.")
    found = tuple(values)
    if len(found) < 2:
        raise ValueError(f"widths must name at least inputs and outputs, like [64, 32, 10], got {said(list(found))}.")
    return tuple(whole(width, "each width", least=1) for width in found)


def whole(value: Any, name: str, least: int | None = 0) -> int:
    """Return `value` as an int that is at least `least` (None: of any sign).

    Raises ValueError when it is no whole number or too small, or so large that nothing could count so far.

    >>> whole(np.int64(3), "neurons", least=1)
    3
    """
    bound = "" if least is None else f" >= {least}"
    plain = isinstance(value, (int, np.integer)) and not isinstance(value, (bool, np.bool_))
    if not plain or (least is not None and value < least):
        raise ValueError(f"{name} must be a whole number{bound}, got {said(value)}.")
    if abs(int(value)) > MOST:
        raise ValueError(f"{name} must be a whole number whose size 64 bits can hold, got {said(value)}.")
    return int(value)


def others(chosen: Any, m: int, name: str) -> np.ndarray:
    """Return which of 0..m - 1 are not chosen, in order (k,).

    Raises ValueError when `chosen` holds anything but whole numbers in 0..m - 1; a number may come twice.

    >>> others([1, 1], 3, "neurons")
    array([0, 2])
    """
    given, chosen = chosen, np.zeros(0, np.intp) if np.size(chosen) == 0 else np.atleast_1d(chosen)
    right = (
        chosen.ndim == 1 and chosen.dtype.kind in "iu" and getattr(given, "ndim", 1) == 1 and not np.ma.is_masked(given)
    )
    if not right or (chosen.size and (chosen.min() < 0 or chosen.max() >= m)):
        raise ValueError(f"{name} must be some of the {m} that are there, counted from 0, got {said(given)}.")
    stay = np.ones(m, dtype=bool)
    stay[chosen.astype(np.intp)] = False
    return np.flatnonzero(stay)


def choice(value: str, options: Sequence[str] | Iterable[str], name: str) -> str:
    """Return `value` if it is one of `options`.

    Raises ValueError that lists the options otherwise.

    >>> choice("tanh", ["tanh", "relu"], "activation")
    'tanh'
    """
    options = list(options)
    if not isinstance(value, str) or value not in options:
        raise ValueError(f"{name} must be one of {', '.join(options)}, got {said(value)}.")
    return value


def positive(value: float, name: str, zero: str = "") -> float:
    """Return `value` if it is a finite number > 0 (>= 0 when `zero` says what zero means); raises ValueError otherwise.

    >>> positive(0.1, "rate")
    0.1
    """
    bound = ">= 0" if zero else "> 0"
    found = _float(value)
    if not 0 <= found <= GREATEST or (found == 0 and not zero):
        raise ValueError(f"{name} must be a finite number {bound}, got {said(value)}.")
    return found


def generator(rng: int | np.random.Generator | None) -> np.random.Generator:
    """Return a Generator: the one passed, one from a seed, or for None one that differs at every call.

    Raises ValueError for anything else: the global NumPy state is never used.

    >>> int(generator(0).integers(10))
    8
    """
    if rng is None or isinstance(rng, np.random.Generator):
        return np.random.default_rng() if rng is None else rng
    if isinstance(rng, (int, np.integer)) and not isinstance(rng, bool) and rng >= 0:
        return np.random.default_rng(rng)
    raise ValueError(f"rng must be a numpy.random.Generator, a seed >= 0 or None, got {said(rng)}. Try rng=0.")


def labels(y: Any) -> tuple[np.ndarray, int]:
    """Return class labels (n,) and how many classes there are, from labels 0, 1, ... (n,) or one-hot rows (n, k).

    Raises ValueError for words, and for a class that never occurs: its output would learn to be silent, and nothing more.

    >>> labels([0, 2, 1, 1])
    (array([0, 2, 1, 1]), 3)
    """
    y = np.asarray(y)
    if y.ndim == 2:
        return y, y.shape[1]
    if y.ndim != 1 or y.dtype.kind not in "biuf" or not len(y) or not np.isfinite(y).all() or y.max() < 1:
        raise ValueError(
            f"y must hold labels 0, 1, ... (n,) of at least two classes, or one-hot rows, got {y.dtype} {y.shape}. "
            "Words become numbers with: names, y = numpy.unique(y, return_inverse=True)."
        )
    k = int(y.max()) + 1
    missing = np.setdiff1d(np.arange(min(k, len(y) + 5)), y)  # n labels leave five of n + 5 out
    if len(missing):
        raise ValueError(
            f"labels must name every class 0..{k - 1}, got none of {missing[:5].tolist()}. "
            "Number them without gaps: names, y = numpy.unique(y, return_inverse=True)."
        )
    return y, k
