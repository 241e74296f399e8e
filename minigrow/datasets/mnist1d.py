"""`mnist1d()` makes MNIST-1D on the spot: 4000 training and 1000 test signals of 40 points, in which width matters.

Legend: n = 5000 signals, 500 per class; u uniform in [0, 1); N(0, 1) normal. Per signal, in this order of draws:

    x = template_y + 1e-8, then 36 + int(25 u) zeros, stretched to 72 points, times 1 + .4 (u - .5), turned by k = 0..47 points
    x_p = x_p where x_p != 0, else .25 (Gaussian filter of N(0, 1))_p        then x + .02 N(0, 1)
    x - .75 (u - .5) ramp        ramp = -.5 .. .5        squeezed to 40 points; all are shuffled and standardised together

Source: S. Greydanus, D. Kobak, Scaling down deep learning with MNIST-1D, ICML 2024, arXiv 2011.14439.
"""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import DTypeLike, NDArray

from minigrow.datasets.dataset import Dataset, Splits, check_dtype, numbered
from minigrow.nn.door import door

TEMPLATES = (
    (5, 6, 6.5, 6.75, 7, 7, 7, 7, 6.75, 6.5, 6, 5),
    (5, 3, 3, 3.4, 3.8, 4.2, 4.6, 5, 5.4, 5.8, 5, 5),
    (5, 6, 6.5, 6.5, 6, 5.25, 4.75, 4, 3.5, 3.5, 4, 5),
    (5, 6, 6.5, 6.5, 6, 5, 5, 6, 6.5, 6.5, 6, 5),
    (5, 4.4, 3.8, 3.2, 2.6, 2.6, 5, 5, 5, 5, 5, 5),
    (5, 3, 3, 3, 3, 5, 6, 6.5, 6.5, 6, 4.5, 5),
    (5, 4, 3.5, 3.25, 3, 3, 3, 3, 3.25, 3.5, 4, 5),
    (5, 7, 7, 6.6, 6.2, 5.8, 5.4, 5, 4.6, 4.2, 5, 5),
    (5, 4, 3.5, 3.5, 4, 5, 5, 4, 3.5, 3.5, 4, 5),
    (5, 4, 3.5, 3.5, 4, 5, 5, 5, 5, 4.7, 4.3, 5),
)
SEED, EACH, TRAIN = 42, 500, 4000
LONG, POINTS = 72, 40
SIGMA = 2  # of the Gaussian filter, in points; it is cut at 4 sigma


@door
def mnist1d(dtype: DTypeLike = np.float64) -> Splits:
    """Return the 4000 training and 1000 test signals as the authors publish them: X (n, 40), y (n,) the digit drawn by a line.

    Published test accuracies: logistic regression 32 %, perceptron 68 %, convolution 94 %. Nothing is downloaded or written.

    Raises ValueError when dtype is neither float64 nor float32.

    >>> train, test = mnist1d()
    >>> train.X.shape, test.X.shape, train.shape
    ((4000, 40), (1000, 40), (40,))

    Source: see the module.
    """
    dtype = check_dtype(dtype)
    X, y = _signals()
    parts = [(X[rows].astype(dtype), y[rows].copy()) for rows in (slice(TRAIN), slice(TRAIN, None))]
    return Splits(*(Dataset(*part, "mnist-1d", numbered(10), (POINTS,)) for part in parts))


@lru_cache(maxsize=1)
def _signals() -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return all signals (5000, 40), shuffled and standardised, with their classes; the generator is the authors' and local."""
    rng = np.random.RandomState(SEED)  # the published file comes from this generator, so no other will do
    y = np.repeat(np.arange(10, dtype=np.int64), EACH)
    clean, noise, shear = map(np.array, zip(*(_drawn(template, rng) for template in _templates()[y]), strict=True))
    X = np.where(clean != 0, clean, 0.25 * _filtered(noise[:, 0])) + 0.02 * noise[:, 1]
    X = X - 0.75 * (shear[:, None] - 0.5) * np.linspace(-0.5, 0.5, LONG)
    order = rng.permutation(len(X))
    X = np.array([_resampled(x, POINTS) for x in X[order]])
    return (X - X.mean()) / X.std(), y[order]


def _templates() -> NDArray[np.float64]:
    """Return the templates (10, 12): mean 0 and spread 1, then moved to start at 0, and divided by 6."""
    T = np.array(TEMPLATES)
    T = (T - T.mean(axis=1, keepdims=True)) / T.std(axis=1, keepdims=True)
    return (T - T[:, :1]) / 6


def _drawn(template: NDArray[np.float64], rng: Any) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Return what is drawn for one signal, in the authors' order: the turned signal (72,), two rows of normal noise, u."""
    x = _resampled(np.append(template + 1e-8, np.zeros(36 + int(25 * rng.rand()))), LONG)
    x = x * (1 + 0.4 * (rng.rand() - 0.5))
    k = rng.choice(48)
    return np.concatenate([x[LONG - k :], x[: LONG - k]]), rng.randn(2, LONG), rng.rand()


def _filtered(X: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return each row of X averaged over its neighbours with weights exp(-d^2 / 2 sigma^2), |d| <= 4 sigma, ends reflected."""
    d = np.arange(-4 * SIGMA, 4 * SIGMA + 1)
    weights = np.exp(-0.5 * (d / SIGMA) ** 2)
    padded = np.pad(X, ((0, 0), (4 * SIGMA, 4 * SIGMA)), mode="symmetric")
    return sliding_window_view(padded, len(d), axis=1) @ (weights / weights.sum())


def _resampled(x: NDArray[np.float64], n: int) -> NDArray[np.float64]:
    """Return n points, evenly spaced from the first to the last, on the line through the points of x."""
    return np.interp(_even(n), _even(len(x)), x)


@lru_cache(maxsize=64)
def _even(n: int) -> NDArray[np.float64]:
    """Return n evenly spaced points from 0 to 1."""
    return np.linspace(0, 1, n)
