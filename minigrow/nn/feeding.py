"""Feed a network: `data` checks X and y against the network and the loss, and `@fed` puts that before a network's gradient.

The training loop checks its data once and then goes around this door: `nn.spaces.Spaces.bound` unwraps the gradient.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

import numpy as np

from minigrow.nn import validate
from minigrow.nn.losses import LABELS, LOSSES

F = TypeVar("F", bound=Callable)


def data(net: Any, X: np.ndarray, y: np.ndarray, loss: str) -> tuple[np.ndarray, np.ndarray]:
    """Return X (n, d) in the network's float type and y as the loss takes it: labels (n,) or (n, tasks), or targets (n, k).

    Raises ValueError for what does not fit the network, the loss or each other.

    >>> from minigrow.nn import MLP
    >>> data(MLP.create([2, 2], rng=0), [[1, 2]], [1], "softmax")
    (array([[1., 2.]]), array([1]))
    """
    X, y = checked(net, X, y, loss)
    return validate.real(X, "X"), y


def checked(net: Any, X: np.ndarray, y: np.ndarray, loss: str) -> tuple[np.ndarray, np.ndarray]:
    """Return X and y as `data` does, but let X be complex where theta is, as a derivative check needs it; y is real.

    >>> from minigrow.nn import MLP
    >>> checked(MLP.create([2, 2], rng=0), [[1, 2]], [1.0, 2.0], "mse")
    Traceback (most recent call last):
    ValueError: y must have 2 columns, got 1 (shape (2, 1)).
    """
    validate.choice(loss, LOSSES, "loss")
    X = validate.inputs(X, net.widths[0], net.theta)
    y = validate.numbers(y, "y")
    if np.iscomplexobj(y):
        raise ValueError(f"y must hold real numbers, got {y.dtype}. Pass real and imaginary parts as columns.")
    if loss in LABELS:
        y = LABELS[loss](y, net.widths[-1])
    else:
        y = validate.matrix(y[:, None] if y.ndim == 1 else y, net.widths[-1], net.theta.real.dtype, name="y")
        with np.errstate(all="ignore"):
            LOSSES[loss](np.zeros(y.shape, y.dtype), y)  # complains about labels that do not fit
    validate.same_rows(X, y)
    return X, y


def ends(X: Any, y: Any, loss: str) -> tuple[int, int, np.dtype]:
    """Return what a new network has to know of X (n, d) and y: inputs d, outputs k, and the float type, float64 unless X is float32.

    Raises ValueError for an X that is no matrix, and for labels as `validate.labels` does where the loss is "softmax".

    >>> ends(np.ones((3, 2)), [0, 1, 2], "softmax"), ends(np.ones((3, 2)), [0.0, 1.0, 2.0], "mse")[1]
    ((2, 3, dtype('float64')), 1)
    """
    X, y = validate.numbers(X, "X"), validate.numbers(y, "y")
    if X.ndim != 2:
        raise ValueError(f"X must be a matrix with one sample a row, got shape {X.shape}.")
    k = validate.labels(y)[1] if loss == "softmax" else 1 if y.ndim == 1 else y.shape[-1]
    return X.shape[1], k, np.dtype(np.float32 if X.dtype == np.float32 else np.float64)


def ready(net: Any, g: np.ndarray, loss: str) -> None:
    """Check what a network's `bound` is given: g (P,) for the gradient in theta's float type, and the name of a loss.

    >>> from minigrow.nn import MLP
    >>> ready(MLP.create([2, 2], rng=0), np.zeros(5), "mse")
    Traceback (most recent call last):
    ValueError: g must be an array like theta, shape (6,) and dtype float64, got an array of shape (5,) and dtype float64.
    """
    validate.choice(loss, LOSSES, "loss")
    if (
        not isinstance(g, np.ndarray)
        or isinstance(g, np.ma.MaskedArray)
        or g.shape != net.theta.shape
        or g.dtype != net.theta.dtype
    ):
        raise ValueError(
            f"g must be an array like theta, shape {net.theta.shape} and dtype {net.theta.dtype}, got {validate.said(g)}."
        )


def fed(gradient: F) -> F:
    """Return a method f(self, X, y, loss, ...) of a network behind the check of its data by `checked`.

    >>> from minigrow.nn import MLP
    >>> MLP.create([2, 2], rng=0).gradient([[1.0, 2.0, 3.0]], [1])
    Traceback (most recent call last):
    ValueError: X must have 2 columns, got 3 (shape (1, 3)).
    """
    usual = inspect.signature(gradient).parameters["loss"].default

    @wraps(gradient)
    def entered(self: Any, X: np.ndarray, y: np.ndarray, loss: str = usual, *args: Any, **more: Any) -> Any:
        return gradient(self, *checked(self, X, y, loss), loss, *args, **more)

    return cast(F, entered)
