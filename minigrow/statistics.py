"""Estimate a mean, a median, a ratio, a share or any statistic from repeats, with a 95 % interval.

Repeats that split one data set at random overlap, so they are not independent, and the usual interval is too narrow. `share` =
test rows / training rows widens it (0: the repeats share no choice of rows):

    variance of the mean = s^2 (1/n + share)

`experiments.claims` judges on these estimates and `plotting` draws them, so a table and its figure cannot disagree.
Source: C. Nadeau, Y. Bengio, Inference for the generalization error, Machine Learning 52, 2003 (the corrected variance).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from minigrow.nn.door import door
from minigrow.nn.validate import positive, said, whole

# Student's t, two-sided 95 %, for 1 to 30 degrees of freedom; beyond, the normal 1.96 is within 3 %.
T95 = (
    12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23, 2.20, 2.18, 2.16, 2.14, 2.13,
    2.12, 2.11, 2.10, 2.09, 2.09, 2.08, 2.07, 2.07, 2.06, 2.06, 2.06, 2.05, 2.05, 2.05, 2.04,
)  # fmt: skip


class Estimate(NamedTuple):
    """A value with a 95 % interval from n repeats, and the spread (standard deviation) between them; NaN where undefined.

    The spread of a geometric mean is a factor: values lie about within value / spread and value * spread.
    """

    value: float
    low: float
    high: float
    n: int
    spread: float = math.nan


@door
def mean(values: Sequence[float], share: float = 0.0) -> Estimate:
    """Return the mean of values (n,) with Student's 95 % interval, mean +- t s sqrt(1/n + share).

    >>> mean([1.0, 2.0, 3.0])
    Estimate(value=2.0, low=-0.48..., high=4.48..., n=3, spread=1.0)
    """
    x, share = _sample(values), positive(share, "share", zero="repeats share no rows")
    n = len(x)
    s = float(x.std(ddof=1)) if n > 1 else math.nan
    half = T95[min(n, len(T95) + 1) - 2] * s * math.sqrt(1 / n + share) if n > 1 else math.nan
    return Estimate(float(x.mean()), float(x.mean() - half), float(x.mean() + half), n, s)


@door
def geometric(a: Sequence[float], b: Sequence[float], share: float = 0.0) -> Estimate:
    """Return the geometric mean of a / b (n,) over paired repeats, with Student's 95 % interval on the logarithms.

    >>> geometric([1.0, 4.0], [1.0, 1.0]).value
    2.0
    """
    if np.shape(a) != np.shape(b):
        raise ValueError(f"a and b must be pairs, got shapes {np.shape(a)} and {np.shape(b)}.")
    with np.errstate(all="ignore"):  # the logarithm of what is not positive is undefined, and so is the mean
        found = mean(np.log(np.asarray(a, dtype=np.float64) / np.asarray(b, dtype=np.float64)), share)
        value, low, high, spread = np.exp([found.value, found.low, found.high, found.spread])
    return Estimate(float(np.round(value, 12)), float(low), float(high), found.n, float(spread))


@door
def median(values: Sequence[float], share: float = 0.0) -> Estimate:
    """Return the median of values (n,) with a 95 % percentile interval from 2000 bootstrap draws (seed fixed).

    >>> median([1.0, 2.0, 30.0]).value
    2.0
    """
    return bootstrap(values, np.median, share=share)


@door
def proportion(hits: Sequence[bool] | Sequence[float], z: float = 1.96) -> Estimate:
    """Return the share of n trials that hit, with Wilson's interval (z: 95 %), not empty when all or none hit; a tie is half a hit.

        centre = (p + z^2 / 2n) / (1 + z^2 / n)        half = z sqrt(p (1 - p) / n + z^2 / 4n^2) / (1 + z^2 / n)

    >>> [round(x, 2) for x in proportion([True] * 20)[:3]]
    [1.0, 0.84, 1.0]

    Source: E. B. Wilson, J. Am. Stat. Assoc. 22, 1927.
    """
    hits = _sample(hits)
    if hits.ndim != 1 or not ((hits >= 0) & (hits <= 1)).all():
        raise ValueError(f"hits must be a row of True, False or shares between them, 0.5 for a tie, got {said(hits)}.")
    n, p = len(hits), float(np.mean(hits))
    centre, half = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    low, high = (centre - half) / (1 + z * z / n), (centre + half) / (1 + z * z / n)
    return Estimate(p, low if p > 0 else 0.0, high if p < 1 else 1.0, n)  # exactly, or rounding decides `above(0)`


@door
def bootstrap(values: Sequence[float], statistic: Callable, draws: int = 2000, share: float = 0.0) -> Estimate:
    """Return statistic(values) with a percentile interval; values (n, ...) are resampled along their first axis.

    `statistic` takes the values and `axis=0` and reduces that axis. The draws have a fixed seed: the same data give
    the same interval. With a share, both ends move away from the value by the factor sqrt(1 + n share).

    >>> bootstrap([1.0, 1.0], np.mean)
    Estimate(value=1.0, low=1.0, high=1.0, n=2, spread=0.0)
    """
    x, share = _sample(values), positive(share, "share", zero="repeats share no rows")
    n, value = len(x), statistic(x, axis=0)
    if np.ndim(value) or not isinstance(value, (float, int, np.number, np.ndarray)):
        raise ValueError(f"the statistic of values {x.shape} must be one number, got {said(value)}.")
    value, draws = float(value), whole(draws, "draws", least=1)
    if n < 2:
        return Estimate(value, math.nan, math.nan, n)
    ends, wider = np.percentile(statistic(x[_drawn(n, draws)], axis=0), (2.5, 97.5)), math.sqrt(1 + n * share)
    low, high = ends if not share else value + wider * (ends - value)
    return Estimate(value, float(low), float(high), n, float(x.std(ddof=1)) if x.ndim == 1 else math.nan)


def _sample(values):
    """The values (n, ...) as floats, of which there is at least one."""
    x = np.asarray(values, dtype=np.float64)
    if not x.size:
        raise ValueError("an estimate needs at least one value, got none.")
    return x


@lru_cache(maxsize=1)
def _drawn(n, draws):
    return np.random.default_rng(0).integers(n, size=(n, draws))
