"""When does it happen, where some runs end before it has? The share of runs that have passed a border by a time, and the median time.

A run that ends before its passage is censored: it counts as long as it was watched, and not after. Kaplan and Meier's estimate is

    S(t) = product over passages t_i <= t of (1 - d_i / n_i)       d_i runs pass at t_i, n_i were watched and had not passed before

and passed(t) = 1 - S(t). Greenwood's variance, on the scale of log(-log S) so that the band stays within 0 and 1:

    v = sum d_i / (n_i (n_i - d_i)) / (log S)^2          95 % band: S^exp(+-1.96 sqrt(v))

Sources: E. L. Kaplan, P. Meier, J. Am. Stat. Assoc. 53, 1958; R. Brookmeyer, J. Crowley, Biometrics 38, 1982 (the median's interval).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from minigrow.statistics import Estimate, proportion

Z = 1.96


class Passed(NamedTuple):
    """At each time of a passage (k,): the share of runs that have passed, with its 95 % band; n runs in all."""

    time: np.ndarray
    share: np.ndarray
    low: np.ndarray
    high: np.ndarray
    n: int


def first_passages(
    x: Sequence[float], curves: Sequence[Sequence[float]], below: float
) -> tuple[list[float], list[bool]]:
    """Return for each curve (runs, rows) the first time x (rows,) at which it is below a border, and whether it ever is.

    A run that never is gets the last time, up to which it was watched.

    >>> first_passages([1, 2, 3], [[9, 7, 8], [9, 9, 8]], 8)
    ([2.0, 3.0], [True, False])
    """
    under = np.asarray(curves, dtype=np.float64) < below
    seen = under.any(axis=1)
    rows = np.where(seen, under.argmax(axis=1), under.shape[1] - 1)
    return np.asarray(x, dtype=np.float64)[rows].tolist(), seen.tolist()


def passed(times: Sequence[float], seen: Sequence[bool]) -> Passed:
    """Return the share that has passed, from times (n,) of which those not `seen` are the ends of runs without a passage.

    Raises ValueError for no runs, or where times and seen differ in number.

    >>> passed([3, 5, 5, 8], [True, True, False, False]).share
    array([0.25, 0.5 ])
    """
    t, seen = np.asarray(times, dtype=np.float64), np.asarray(seen, dtype=bool)
    if not len(t) or len(t) != len(seen):
        raise ValueError(f"every run needs a time and whether its passage was seen, got {len(t)} and {len(seen)}.")
    at = np.unique(t[seen])
    d, n = np.array([np.sum(t[seen] == x) for x in at]), np.array([np.sum(t >= x) for x in at])
    S = np.cumprod(1 - d / n)
    low, high = _band(S, d, n)
    return Passed(at, 1 - S, 1 - high, 1 - low, len(t))


def _band(S, d, n):
    """Return the lower and upper border of S; where nobody is left (S = 0) nothing is known of it: 0 and the border before."""
    low, high = np.zeros(len(S)), np.ones(len(S))
    v = np.cumsum([di / (ni * (ni - di)) if ni > di else 0.0 for di, ni in zip(d, n, strict=True)])
    for i, s in enumerate(S):
        if s > 0:
            half = math.exp(Z * math.sqrt(v[i]) / abs(math.log(s)))
            low[i], high[i] = s**half, s ** (1 / half)
        else:
            high[i] = high[i - 1] if i else 1.0
    return low, high


def median_time(curve: Passed) -> Estimate:
    """Return when half of the runs have passed, infinity where they never have, with its 95 % interval.

        value = first t with passed(t) >= 1/2        interval: the same of the band's upper and of its lower border

    Where no run has passed there is no band: then the interval is NaN unless Wilson's, of 0 hits among n, excludes one half.

    >>> median_time(passed([3, 5, 6, 8], [True, True, False, False]))[:3]
    (5.0, 3.0, inf)
    """
    value, low, high = (_first(curve.time, border) for border in (curve.share, curve.high, curve.low))
    unknown = not len(curve.time) and proportion([False] * curve.n).high >= 0.5
    return Estimate(value, math.nan if unknown else low, high, curve.n)


def _first(time, share):
    reached = np.flatnonzero(share >= 0.5 - 1e-12)
    return float(time[reached[0]]) if len(reached) else math.inf
