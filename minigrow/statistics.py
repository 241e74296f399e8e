"""Estimate a mean, a median or any statistic from independent repeats, with a 95 % interval.

`experiments.claims` judges on these estimates and `plotting` draws them, so a table and its figure cannot disagree.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

# Student's t, two-sided 95 %, for 1 to 30 degrees of freedom; beyond, the normal 1.96 is within 3 %.
T95 = (
    12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23, 2.20, 2.18, 2.16, 2.14, 2.13,
    2.12, 2.11, 2.10, 2.09, 2.09, 2.08, 2.07, 2.07, 2.06, 2.06, 2.06, 2.05, 2.05, 2.05, 2.04,
)  # fmt: skip


class Estimate(NamedTuple):
    """A value with a 95 % interval, all scalars, from n independent repeats (low = high = NaN when n < 2)."""

    value: float
    low: float
    high: float
    n: int


def mean(values: Sequence[float]) -> Estimate:
    """Return the mean of values (n,) with Student's 95 % interval, mean +- t s / sqrt(n).

    >>> mean([1.0, 2.0, 3.0])
    Estimate(value=2.0, low=-0.48..., high=4.48..., n=3)
    """
    x = np.asarray(values, dtype=np.float64)
    n = len(x)
    half = T95[min(n, len(T95) + 1) - 2] * x.std(ddof=1) / math.sqrt(n) if n > 1 else math.nan
    return Estimate(float(x.mean()), float(x.mean() - half), float(x.mean() + half), n)


def median(values: Sequence[float]) -> Estimate:
    """Return the median of values (n,) with a 95 % percentile interval from 2000 bootstrap draws (seed fixed).

    >>> median([1.0, 2.0, 30.0]).value
    2.0
    """
    return bootstrap(values, np.median)


def bootstrap(values: Sequence[float], statistic: Callable, draws: int = 2000) -> Estimate:
    """Return statistic(values) with a percentile interval; values (n, ...) are resampled along their first axis.

    `statistic` takes the values and `axis=0` and reduces that axis. The draws have a fixed seed: the same data give
    the same interval.

    >>> bootstrap([1.0, 1.0], np.mean)
    Estimate(value=1.0, low=1.0, high=1.0, n=2)
    """
    x = np.asarray(values, dtype=np.float64)
    n = len(x)
    if n < 2:
        return Estimate(float(statistic(x, axis=0)), math.nan, math.nan, n)
    low, high = np.percentile(statistic(x[_drawn(n, draws)], axis=0), (2.5, 97.5))
    return Estimate(float(statistic(x, axis=0)), float(low), float(high), n)


@lru_cache(maxsize=1)
def _drawn(n, draws):
    return np.random.default_rng(0).integers(n, size=(n, draws))
