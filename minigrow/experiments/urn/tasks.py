"""Make the tasks of the pool: `task(name, seed)` returns inputs, targets, loss and, for some, places.

Bits are -1 and 1. linear: a weighted sum of 4 bits; xor, parity3, parity4: the product of 2, 3, 4 bits; half_xor: half of
xor; spirals: two arms; digits: 8x8 pixels; local: 4 products of neighbouring pairs among 12 bits on a line; shuffled: the
same with the places permuted; residual: y_i = x_i + 0.5 |x_{i+1} + x_{i+2}|; branch: the same without x_i.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from minigrow.datasets import digits, spirals
from minigrow.experiments.shared import parts
from minigrow.urn import positions


class Task(NamedTuple):
    """X (n, d), y (n, k) or labels (n,), the loss, held-out (X, y), and places(hidden, rng) -> (S, D) or None."""

    X: np.ndarray
    y: np.ndarray
    loss: str
    test: tuple[np.ndarray, np.ndarray]
    places: Callable | None = None

    @property
    def outputs(self) -> int:
        """How many outputs the network needs."""
        return int(self.y.max()) + 1 if self.y.ndim == 1 else self.y.shape[1]


def bits(d: int) -> np.ndarray:
    """Return all 2^d patterns of -1 and 1 (2^d, d).

    >>> bits(1)
    array([[-1.],
           [ 1.]])
    """
    return ((np.arange(2**d)[:, None] >> np.arange(d)[::-1]) & 1) * 2.0 - 1


def linear() -> Task:
    """Return the task y = 0.5 x_1 - x_2 + 0.8 x_3 + 0.2 x_4, which is never zero, so that its sign is a class."""
    X = bits(4)
    return _regression(X, X @ np.array([[0.5], [-1.0], [0.8], [0.2]]))


def parity(d: int, height: float = 1.0) -> Task:
    """Return the task y = height times the product of d bits."""
    return _regression(bits(d), height * np.prod(bits(d), axis=1, keepdims=True))


def four_bits(kind: str) -> Task:
    """Return the easy or hard task of a lifetime, both on 4 bits: linear, or the product of the first three."""
    X = bits(4)
    return linear() if kind == "easy" else _regression(X, np.prod(X[:, :3], axis=1, keepdims=True))


def two_spirals(seed: int) -> Task:
    """Return two spiral arms of 100 points each (and 100 others as test set), with inputs scaled to [-2, 2]."""
    train, test = (spirals(100, 2, 0.1, rng=np.random.default_rng([seed, part])) for part in (0, 1))
    return Task(2 * train.X, train.y, "softmax", (2 * test.X, test.y))


def pixels(seed: int) -> Task:
    """Return the digits as training and test set, with pixels on the 8x8 grid."""
    train, test = parts("digits", seed, np.float64)
    rows, columns = digits().shape
    places = lambda hidden, rng: positions.grid(rows, columns, hidden, 10, rng=rng)  # noqa: E731
    return Task(train.X, train.y, "softmax", (test.X, test.y), places)


def pairs(seed: int, shuffled: bool) -> Task:
    """Return the task y_j = x_{3j} x_{3j+1}, j = 0..3, for 256 patterns of 12 bits; if shuffled, inputs swap positions at random."""
    rng = np.random.default_rng(seed)
    X = np.sign(rng.standard_normal((512, 12)))
    y = X[:, 0::3] * X[:, 1::3]
    order = rng.permutation(12) if shuffled else np.arange(12)

    def places(hidden, rng):
        p = positions.line(12, hidden, 4, rng=rng)
        p[:12] = p[:12][order]
        return p

    return Task(X[:256], y[:256], "mse", (X[256:], y[256:]), places)


def stream(seed: int, identity: float) -> Task:
    """Return the task y_i = identity x_i + 0.5 |x_{i+1} + x_{i+2}| of 4 uniform inputs, with 128 samples (test set: 128 others).

    The small term is even, so no direct wire from an input can replace it.
    """
    X = np.random.default_rng(seed).uniform(-1, 1, (256, 4))
    y = identity * X + even(X)
    return Task(X[:128], y[:128], "mse", (X[128:], y[128:]))


def even(X: np.ndarray) -> np.ndarray:
    """Return 0.5 |x_{i+1} + x_{i+2}| (n, d).

    >>> even(np.eye(3))
    array([[0. , 0.5, 0.5],
           [0.5, 0. , 0.5],
           [0.5, 0.5, 0. ]])
    """
    return 0.5 * np.abs(np.roll(X, -1, axis=1) + np.roll(X, -2, axis=1))


def _regression(X, y):
    return Task(X, y, "mse", (X, y))


TASKS: dict[str, Callable[[int], Task]] = {
    "linear": lambda seed: linear(),
    "xor": lambda seed: parity(2),
    "half_xor": lambda seed: parity(2, 0.5),
    "parity3": lambda seed: parity(3),
    "parity4": lambda seed: parity(4),
    "spirals": two_spirals,
    "digits": pixels,
    "local": lambda seed: pairs(seed, False),
    "shuffled": lambda seed: pairs(seed, True),
    "residual": lambda seed: stream(seed, 1.0),
    "branch": lambda seed: stream(seed, 0.0),
}


def task(name: str, seed: int) -> Task:
    """Return a task by name; random ones follow the seed.

    >>> task("xor", 0).X.shape, task("digits", 0).outputs
    ((4, 2), 10)
    """
    return TASKS[name](seed)
