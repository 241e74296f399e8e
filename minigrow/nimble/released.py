"""Data as the authors' released programs of algorithm B make them: points evenly spaced, every axis scaled to [-1, 1], then split.

    curve:    x = -1 .. 1,   y = f(x) + noise N(0, 1),   then y scaled by its own extremes, noise included
    spirals:  r = 0 .. 5,    phi = 4 k .. 4 (k + 1) + .2 N(0, 1),   [r sin phi, r cos phi], each axis scaled by its extremes

Source: github.com/NonlinearArtificialIntelligenceLab/N3, src/n3/data (32768 points there, a random fifth for testing).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from minigrow.datasets.generated import spirals as arms_of_spirals
from minigrow.nimble.tasks import Samples, bessel_sum, bumps
from minigrow.nn.validate import whole

Pair = tuple[np.ndarray, np.ndarray]


def scaled(X: np.ndarray) -> np.ndarray:
    """Return each column of X (n, d) scaled so that its least value is -1 and its greatest is 1.

    Raises ValueError for a column of equal values.

    >>> scaled(np.array([[0.0], [1.0], [4.0]])).ravel()
    array([-1. , -0.5,  1. ])
    """
    low, high = X.min(axis=0), X.max(axis=0)
    if not np.all(high > low):
        raise ValueError("every column needs two different values to be scaled to [-1, 1]. Ask for more points?")
    return 2 * (X - low) / (high - low) - 1


def bessel(n: int) -> Pair:
    """Return n evenly spaced points x (n, 1) and the scaled sum of Bessel functions y (n, 1).

    >>> [part.shape for part in bessel(9)]
    [(9, 1), (9, 1)]
    """
    return _curve(bessel_sum, n, 0.0, np.random.default_rng(0))


def mixture(n: int, noise: float, rng: np.random.Generator) -> Pair:
    """Return n evenly spaced points x (n, 1) and the noisy, then scaled Gaussian mixture y (n, 1); noise is a standard deviation.

    >>> y = mixture(100, 0.5, np.random.default_rng(0))[1]
    >>> float(y.min()), float(y.max())
    (-1.0, 1.0)
    """
    return _curve(bumps, n, noise, rng)


def _curve(f: Callable, n: int, noise: float, rng: np.random.Generator) -> Pair:
    x = np.linspace(-1, 1, whole(n, "n", least=2))[:, None]
    return x, scaled(f(x) + noise * rng.standard_normal(x.shape))


def spirals(n: int, arms: int, rng: np.random.Generator) -> Pair:
    """Return the points X (n, 2), n // arms per arm, and the arm y (n,) of each.

    >>> X, y = spirals(30, 3, np.random.default_rng(0))
    >>> X.shape, int(y.max())
    ((30, 2), 2)
    """
    found = arms_of_spirals(n // arms, arms, rng=rng)
    return scaled(found.X), found.y


def split80(X: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> Samples:
    """Return a random four fifths of the rows for training, the other fifth for testing.

    >>> [part.shape for part in split80(*bessel(10), np.random.default_rng(0))]
    [(8, 1), (8, 1), (2, 1), (2, 1)]
    """
    order, cut = rng.permutation(len(X)), round(0.8 * len(X))
    train, test = order[:cut], order[cut:]
    return Samples(X[train], y[train], X[test], y[test])
