"""What `growth.watch` chooses to show: the inputs of a surface, a few data points, and a few samples with their pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from minigrow.nn import validate
from minigrow.nn.activations import sigmoid
from minigrow.nn.losses import LABELS, LOSSES, softmax

POINTS, MARGIN, DIGITS = 400, 0.1, 4


def matrix(X: Any) -> np.ndarray | None:
    """Return X (n, d) as numbers, or None for what is no matrix of numbers, such as a text.

    >>> matrix("abab") is None, matrix([[1, 2]])
    (True, array([[1., 2.]]))
    """
    X = np.asarray(X)
    return X.astype(np.float64) if X.ndim == 2 and X.size and X.dtype.kind in "biuf" else None


def checked(X: Any, y: Any, names: Any, classes: Any) -> np.ndarray | None:
    """Return y (n, ...) as an array, or None, where it goes with X (n, d), finite and real, and `names` and `classes` can be written.

    Raises ValueError otherwise.

    >>> checked(np.eye(2), [0, 1], None, ["a"])
    Traceback (most recent call last):
    ValueError: classes must name each label 0..1, got ['a'].
    """
    given = {name: np.asarray(value) for name, value in {"X": X, "y": y}.items() if value is not None}
    for name, array in given.items():
        if np.iscomplexobj(array) or (array.dtype.kind == "f" and not np.isfinite(array).all()):
            raise ValueError(f"{name} must hold finite real numbers to be shown, got {validate.said(array)}.")
    if len(given) == 2 and given["X"].ndim:
        validate.same_rows(given["X"], given["y"])
    if names is not None and len(names) < 2:
        raise ValueError(f"names must be two words at least, one for each axis, got {validate.said(names)}.")
    if classes is not None:
        _check_classes(classes, given.get("y"))
    return given.get("y")


def _check_classes(classes, y):
    for name in classes:
        if not isinstance(name, str):
            validate.number(name, "each of classes that is no word")
    if y is not None and y.ndim == 1 and y.size and not 0 <= y.min() <= y.max() < len(classes):
        raise ValueError(f"classes must name each label {y.min()}..{y.max()}, got {validate.said(classes)}.")


def known(loss: str) -> str:
    """Return the name of a loss. Raises ValueError for one that there is not."""
    return validate.choice(loss, LOSSES, "loss")


def probable(output: np.ndarray, loss: str) -> np.ndarray:
    """Return the probabilities that the outputs (n, k) stand for under this loss, or the outputs where they stand for none.

    >>> probable(np.zeros((1, 2)), "softmax"), probable(np.zeros((1, 1)), "binary"), probable(np.zeros((1, 1)), "mse")
    (array([[0.5, 0.5]]), array([[0.5]]), array([[0.]]))
    """
    return {"softmax": softmax, "binary": sigmoid}.get(loss, np.asarray)(output)


def space(X: np.ndarray | None, grid: int, names: Sequence[str] | None) -> tuple[dict[str, Any], np.ndarray | None]:
    """Return what is said about the inputs of the surface, and the inputs (points, d): a plane, a line, or ({}, None).

    A tenth of the data's range is added on each side. On a line there are four times as many points as along a side of a plane.

    >>> about, points = space(np.array([[0.0, 0.0], [10.0, 1.0]]), 3, None)
    >>> about
    {'plane': {'x': [-1.0, 11.0], 'y': [-0.1, 1.1], 'size': 3, 'names': ['x1', 'x2']}}
    >>> points[:4].round(9).tolist()
    [[-1.0, -0.1], [5.0, -0.1], [11.0, -0.1], [-1.0, 0.5]]
    """
    g = validate.whole(grid, "grid", least=2)
    if X is None or X.shape[1] > 2:
        return {}, None
    ends = [_range(column) for column in X.T]
    if len(ends) == 1:
        x = np.linspace(*ends[0], 4 * g)
        return {"line": {"x": _short(x), "names": list(names or ("x", "y"))}}, x[:, None]
    x, y = (np.linspace(*end, g) for end in ends)
    points = np.stack([np.tile(x, g), np.repeat(y, g)], axis=1)
    return {"plane": {"x": ends[0], "y": ends[1], "size": g, "names": list(names or ("x1", "x2"))}}, points


def _range(column):
    low, high = float(column.min()), float(column.max())
    margin = MARGIN * (high - low) or 1.0
    return _short(np.array([low - margin, high + margin]))


def _short(values):
    """Return numbers with few digits: what is drawn needs no more, and stands in every page."""
    return [float(f"{value:.{DIGITS}g}") for value in np.ravel(values)]


def points(X: np.ndarray, y: np.ndarray, loss: str) -> list[list[float]]:
    """Return at most 400 rows [x1, x2, label or first target] or [x, y] of the data X (n, d), evenly chosen.

    >>> points(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([0, 1]), "softmax")
    [[1.0, 2.0, 0.0], [3.0, 4.0, 1.0]]
    """
    validate.same_rows(X, np.asarray(y))
    kept = np.unique(np.linspace(0, len(X) - 1, min(len(X), POINTS)).round().astype(int))
    return [_short(row) for row in np.column_stack([X, labels(y, loss)])[kept]]


def labels(y: np.ndarray, loss: str) -> np.ndarray:
    """Return one number for each row of y: the label, the class of a one-hot row, or the first target.

    >>> labels(np.array([[0, 1], [1, 0]]), "softmax"), labels(np.array([[0.5], [2.0]]), "mse")
    (array([1, 0]), array([0.5, 2. ]))
    """
    y = np.asarray(y)
    if y.ndim == 1:
        return y
    return y.argmax(axis=1) if loss in LABELS and y.shape[1] > 1 else y[:, 0]


def choose(X: np.ndarray | None, y: np.ndarray | None, samples: int) -> np.ndarray | None:
    """Return the numbers of `samples` rows: the first of each class, the second of each class, ..; without classes, evenly.

    >>> choose(np.zeros((5, 1)), np.array([0, 0, 0, 1, 2]), 4)
    array([0, 3, 4, 1])
    """
    count = validate.whole(samples, "samples")
    if X is None or not count:
        return None
    count = min(count, len(X))
    if y is None or np.asarray(y).dtype.kind == "f":
        return np.linspace(0, len(X) - 1, count).round().astype(int)
    y = labels(y, "softmax")
    turn = np.zeros(len(y), int)
    for label in np.unique(y):
        turn[y == label] = np.arange(np.sum(y == label))
    return np.lexsort((y, turn))[:count]


def picture(image: Sequence[int], X: np.ndarray | None) -> list[int]:
    """Return [rows, columns] of the pictures that the inputs are. Raises ValueError where the rows of X are of another size.

    >>> picture((8, 8), np.zeros((1, 64)))
    [8, 8]
    """
    if len(image) != 2:
        raise ValueError(f"image must be its numbers of rows and columns, got {validate.said(image)}.")
    rows, columns = (validate.whole(side, "a side of the image", least=1) for side in image)
    if X is not None and X.shape[1] != rows * columns:
        raise ValueError(f"an image of {rows} x {columns} has {rows * columns} pixels, but X has {X.shape[1]} columns.")
    return [rows, columns]


def described(
    X: np.ndarray,
    y: np.ndarray | None,
    chosen: np.ndarray,
    loss: str,
    image: Sequence[int] | None,
    classes: Sequence[Any] | None,
) -> list[dict[str, Any]]:
    """Return the words for each chosen row of X (n, d), and its picture where there is one, its darkest pixel 0 and lightest 1.

    >>> described(np.eye(2), np.array([0, 1]), np.array([1]), "softmax", (1, 2), ["left", "right"])
    [{'words': 'right', 'image': [0.0, 1.0]}]
    """
    made = []
    for i in chosen.tolist():
        words = {"words": _words(X[i], None if y is None else labels(y, loss)[i], loss, image, classes)}
        span = float(np.ptp(X[i])) or 1.0
        made.append(words | ({"image": np.round((X[i] - X[i].min()) / span, 2).tolist()} if image else {}))
    return made


def _words(x, label, loss, image, classes):
    if classes is not None and label is not None:
        return str(classes[int(label)])
    inputs = "" if image or len(x) > 8 else f"({', '.join(f'{value:.3g}' for value in x)})"
    if label is None:
        return inputs or "a sample"
    said = f"class {int(label)}" if loss in LABELS or loss == "binary" else f"target {label:.3g}"
    return f"{inputs}: {said}" if inputs else said
