"""What programs made for scikit-learn expect of data and of errors, without scikit-learn: tables, labels, and its words for a mistake.

Such programs look for words in a message ("Reshape your data"), so the messages here hold them. Errors and warnings are of
scikit-learn's own classes where it is loaded, since its tools catch them by class, and otherwise of Python's.
"""

from __future__ import annotations

import sys
import warnings
from typing import Any

import numpy as np

KINDS = {"c": "Complex data not supported", "U": "words", "S": "bytes", "M": "dates", "m": "times"}


class NotFitted(ValueError, AttributeError):
    """A prediction was asked of an estimator that has not seen data yet."""


def known(name: str, otherwise: type) -> type:
    """Return scikit-learn's class of an error or a warning where scikit-learn is loaded, else the class that is given.

    >>> issubclass(known("NotFittedError", NotFitted), ValueError)
    True
    """
    return getattr(sys.modules.get("sklearn.exceptions"), name, otherwise)


def numbers(X: Any) -> np.ndarray:
    """Return a table, an array or nested lists as a finite matrix (n, d) of float64, or of float32 where X is.

    Raises TypeError for sparse data, ValueError for what is no such matrix, or has no rows or no columns.

    >>> numbers([[1, 2]])
    array([[1., 2.]])
    """
    if hasattr(X, "toarray"):
        raise TypeError(
            f"Sparse data is not supported, got {type(X).__name__}. The network's sums are dense: pass X.toarray()."
        )
    X = _unmasked(X, "X")
    if X.dtype.kind in KINDS:
        raise ValueError(f"X must hold real numbers, got {X.dtype}: {KINDS[X.dtype.kind]}.")
    try:
        X = X if X.dtype == np.float32 else X.astype(np.float64)
    except ValueError as error:  # a table's columns of words come as objects
        raise ValueError(f"X must hold real numbers: {error}. Code words as numbers first.") from None
    if X.ndim != 2:
        raise ValueError(
            f"X must be a matrix with one sample a row, got shape {X.shape}. Reshape your data: one sample is "
            "X.reshape(1, -1), one column X.reshape(-1, 1)."
        )
    for number, words in zip(X.shape, ("sample(s)", "feature(s)"), strict=True):
        if not number:
            raise ValueError(f"X has 0 {words} (shape={X.shape}) while a minimum of 1 is required.")
    if not np.isfinite(X).all():
        raise ValueError("X must be finite, got NaN or infinity (inf). Fill such entries or drop their rows.")
    return X


def _unmasked(values, name):
    if np.ma.is_masked(values):
        raise ValueError(f"{name} must have a value everywhere, got masked entries. Fill them, or drop their rows.")
    try:
        return np.asarray(values)
    except ValueError as error:  # rows of different lengths
        raise ValueError(f"{name} must be an array, a table or nested lists of equal length: {error}") from None


def classes(y: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return the classes (k,), sorted, and the number of each label's class (n,), for labels y (n,): words or whole numbers.

    Raises ValueError where there are none or they are no labels. A column (n, 1) is taken with a warning, as scikit-learn does.

    >>> classes(["yes", "no", "yes"])
    (array(['no', 'yes'], dtype='<U3'), array([1, 0, 1]))
    """
    if y is None:
        raise ValueError("fit requires y to be passed, but the target y is None. Pass a label for each row of X.")
    y = _unmasked(y, "y")
    if y.ndim == 2 and y.shape[1] == 1:
        words = "A column-vector y was passed when a 1d array was expected. Pass y.ravel()."
        warnings.warn(known("DataConversionWarning", UserWarning)(words), stacklevel=3)
        y = y[:, 0]
    if y.ndim != 1:
        raise ValueError(f"y should be a 1d array with a label for each row, got shape {y.shape}.")
    y = _labels(y)
    found, numbered = np.unique(y, return_inverse=True)
    if len(found) < 2:
        raise ValueError(f"y must name at least two classes to be told apart, got {len(found)} class.")
    return found, numbered


def _labels(y):
    """Return labels (n,) of one kind; a table may hold them as objects. Real numbers that are whole are labels too."""
    words = [isinstance(label, str) for label in y] if y.dtype.kind == "O" else []
    if any(words) and not all(words):
        raise ValueError("Unknown label type: y mixes words with something else. Labels must be of one kind.")
    y = np.array(y.tolist()) if words and not any(words) else y
    if y.dtype.kind not in "biufUS" and not all(words or [False]):
        raise ValueError(f"Unknown label type: {y.dtype}. Labels must be words or whole numbers.")
    if y.dtype.kind == "f" and not (np.isfinite(y).all() and (y == np.round(y)).all()):
        raise ValueError(
            "Unknown label type: y holds NaN, infinity or continuous numbers. Labels are words or whole numbers."
        )
    return y


def columns(X: Any) -> np.ndarray | None:
    """Return the names of a table's columns (d,) where all are words, None for an array.

    >>> columns(np.zeros((3, 2))) is None
    True
    """
    names = getattr(X, "columns", None)
    names = [] if names is None else list(names)
    return np.array(names, dtype=object) if names and all(isinstance(name, str) for name in names) else None


def same_columns(who: str, now: np.ndarray | None, then: np.ndarray | None) -> None:
    """Check that a table has the columns (d,) it had at the fit; warns where only one of the two was a table with names.

    Raises ValueError that names those that are new, missing or in another order.

    >>> same_columns("Classifier", np.array(["a", "b"]), np.array(["a", "b"]))
    """
    if now is None or then is None:
        if now is not None:
            warnings.warn(f"X has feature names, but {who} was fitted without feature names", stacklevel=3)
        if then is not None:
            warnings.warn(f"X does not have valid feature names, but {who} was fitted with feature names", stacklevel=3)
        return
    if list(now) == list(then):
        return
    message = "The feature names should match those that were passed during fit.\n"
    unseen, missing = sorted(set(now) - set(then)), sorted(set(then) - set(now))
    for names, title in ((unseen, "unseen at fit time"), (missing, "seen at fit time, yet now missing")):
        message += f"Feature names {title}:\n{_few(names)}" if names else ""
    if not unseen and not missing:
        message += "Feature names must be in the same order as they were in fit.\n"
    raise ValueError(message)


def _few(names):
    return "".join(f"- {name}\n" for name in names[:5]) + ("- ...\n" if len(names) > 5 else "")
