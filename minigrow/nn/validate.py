"""Turn what a caller hands over into clean arrays, or say what is wrong, what came and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

FLOATS = (np.dtype(np.float32), np.dtype(np.float64))


def float_dtype(dtype: Any) -> np.dtype:
    """Accept float32 or float64.

    Raises ValueError for any other type.

    >>> float_dtype("float32")
    dtype('float32')
    """
    found = np.dtype(dtype)
    if found not in FLOATS:
        raise ValueError(
            f"dtype must be float32 or float64, got {found}. Half precision loses the laws this package is about."
        )
    return found


def matrix(X: Any, width: int | None = None, dtype: Any = None, name: str = "X") -> np.ndarray:
    """Return X as a finite float matrix (n, width); integers and booleans are converted, complex is kept.

    Raises ValueError for another number of axes, another width, no rows, float16, objects, NaN or infinity.

    >>> matrix([[1, 2], [3, 4]], width=2)
    array([[1., 2.],
           [3., 4.]])
    """
    array = np.asarray(X)
    if array.dtype.kind not in "biufc" or array.dtype == np.float16:
        raise ValueError(
            f"{name} must hold float32 or float64 (integers and booleans are converted), got dtype {array.dtype}."
        )
    if array.dtype.kind == "c":
        dtype = array.dtype
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
    return array


def same_rows(X: np.ndarray, y: np.ndarray) -> None:
    """Check that data (n, d) and targets (n, ...) have one row each for every sample.

    Raises ValueError when they differ.

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
    found = tuple(values)
    if len(found) < 2:
        raise ValueError(f"widths must name at least inputs and outputs, like [64, 32, 10], got {list(found)}.")
    return tuple(whole(width, "each width", least=1) for width in found)


def whole(value: Any, name: str, least: int = 0) -> int:
    """Return `value` as an int that is at least `least`.

    Raises ValueError when it is no whole number or too small.

    >>> whole(np.int64(3), "neurons", least=1)
    3
    """
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, np.integer)) or value < least:
        raise ValueError(f"{name} must be a whole number >= {least}, got {value!r}.")
    return int(value)


def others(chosen: Any, m: int, name: str) -> np.ndarray:
    """Return which of 0..m - 1 are not chosen, in order (k,).

    Raises ValueError when `chosen` holds anything but whole numbers in 0..m - 1; a number may come twice.

    >>> others([1, 1], 3, "neurons")
    array([0, 2])
    """
    chosen = np.atleast_1d(np.asarray(chosen))
    if chosen.size and (chosen.dtype.kind not in "iu" or chosen.ndim > 1 or chosen.min() < 0 or chosen.max() >= m):
        raise ValueError(
            f"{name} must be some of the {m} that are there, counted from 0, got {str(chosen.tolist())[:200]}."
        )
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
    if value not in options:
        raise ValueError(f"{name} must be one of {', '.join(options)}, got {value!r}.")
    return value


def positive(value: float, name: str, zero: str = "") -> float:
    """Return `value` if it is a finite number > 0 (>= 0 when `zero` says what zero means).

    Raises ValueError otherwise.

    >>> positive(0.1, "rate")
    0.1
    """
    bound = ">= 0" if zero else "> 0"
    if not np.isfinite(value) or value < 0 or (value == 0 and not zero):
        raise ValueError(f"{name} must be a finite number {bound}, got {value!r}.")
    return float(value)


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
    raise ValueError(f"rng must be a numpy.random.Generator, a seed >= 0 or None, got {rng!r}. Try rng=0.")


def ends(X: Any, y: Any, loss: str) -> tuple[int, int, np.dtype]:
    """Return what a new network has to know of X (n, d) and y: inputs d, outputs k, and the float type, float64 unless X is float32.

    Raises ValueError for an X that is no matrix, and for labels as `labels` does where the loss is "softmax".

    >>> ends(np.ones((3, 2)), [0, 1, 2], "softmax"), ends(np.ones((3, 2)), [0.0, 1.0, 2.0], "mse")[1]
    ((2, 3, dtype('float64')), 1)
    """
    X, y = np.asarray(X), np.asarray(y)
    if X.ndim != 2:
        raise ValueError(f"X must be a matrix with one sample a row, got shape {X.shape}.")
    k = labels(y)[1] if loss == "softmax" else 1 if y.ndim == 1 else y.shape[-1]
    return X.shape[1], k, np.dtype(np.float32 if X.dtype == np.float32 else np.float64)


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
    missing = np.setdiff1d(np.arange(k), y)
    if len(missing):
        raise ValueError(
            f"labels must name every class 0..{k - 1}, got none of {missing[:5].tolist()}. "
            "Number them without gaps: names, y = numpy.unique(y, return_inverse=True)."
        )
    return y, k
