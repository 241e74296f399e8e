"""Keep all parameters of a network in one flat vector and see them by name.

    theta = [ W1 | b1 | W2 | b2 | ... ]        views(theta, shapes)["W1"] is a window on theta, not a copy

One vector makes the optimiser one loop, the checkpoint one array and the gradient check one direction.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

Shapes = Mapping[str, tuple[int, ...]]


def size(shapes: Shapes) -> int:
    """Count the entries of all arrays with these shapes.

    >>> size({"W1": (3, 2), "b1": (3,)})
    9
    """
    return sum(math.prod(shape) for shape in shapes.values())


def views(theta: np.ndarray, shapes: Shapes) -> dict[str, np.ndarray]:
    """Cut a flat vector (P,) into named windows, in the order of `shapes`; writing to one writes to theta.

    Raises ValueError when theta is not a vector of just that length.

    >>> views(np.arange(9.0), {"W1": (3, 2), "b1": (3,)})["b1"]
    array([6., 7., 8.])
    """
    check_length(theta, shapes)
    named, start = {}, 0
    for name, shape in shapes.items():
        stop = start + math.prod(shape)
        named[name] = theta[start:stop].reshape(shape)
        start = stop
    return named


def flatten(params: Mapping[str, np.ndarray]) -> np.ndarray:
    """Write named arrays one behind the other into a fresh vector (P,), the inverse of `views`.

    >>> flatten({"W1": np.ones((1, 2)), "b1": np.zeros(1)})
    array([1., 1., 0.])
    """
    return np.concatenate([np.asarray(array).ravel() for array in params.values()])


def check_length(theta: np.ndarray, shapes: Shapes) -> None:
    """Refuse a theta (P,) that is not a vector of just the entries of these shapes.

    >>> check_length(np.ones(2), {"b1": (2,)})
    """
    if theta.shape != (size(shapes),):
        raise ValueError(f"theta must have shape ({size(shapes)},) to hold {dict(shapes)}, got {theta.shape}.")
