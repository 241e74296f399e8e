"""The rank test of Mann and Whitney, two-sided: are the values of one group larger than those of another?

    U = number of pairs (a, b) with a > b, ties count 1/2        mean n m / 2
    variance  n m / 12 ((n + m + 1) - sum (t^3 - t) / ((n + m)(n + m - 1)))     t: how many share a value

p comes from the normal approximation with continuity correction, or exactly, by counting, for small groups without ties. By how
much the values are larger is `shift`: the median of all a - b, with the interval of shifts that the exact test does not reject.
Sources: Mann and Whitney 1947; Hodges and Lehmann 1963.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from minigrow.statistics import Estimate

SMALL = 400  # n m up to which all arrangements are counted


class RankTest(NamedTuple):
    """U, two-sided p, and U / (n m): how often a value of the first group is the larger one."""

    U: float
    p: float
    share: float


def rank_test(a: Sequence[float], b: Sequence[float]) -> RankTest:
    """Compare values a (n,) with b (m,).

    Raises ValueError when a group is empty.

    >>> rank_test([3, 4, 5], [1, 2])
    RankTest(U=6.0, p=0.2, share=1.0)
    """
    a, b = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    n, m = len(a), len(b)
    if not n or not m:
        raise ValueError(f"both groups must have values, got {n} and {m}.")
    U = float(np.sum(a[:, None] > b) + 0.5 * np.sum(a[:, None] == b))
    ties = np.unique(np.concatenate([a, b]), return_counts=True)[1].astype(np.float64)
    if n * m <= SMALL and ties.max() == 1:
        return RankTest(U, _exact(n, m, int(max(U, n * m - U))), U / (n * m))
    variance = n * m / 12 * ((n + m + 1) - np.sum(ties**3 - ties) / ((n + m) * (n + m - 1)))
    z = max(0.0, abs(U - n * m / 2) - 0.5) / math.sqrt(variance) if variance > 0 else 0.0
    return RankTest(U, math.erfc(z / math.sqrt(2)), U / (n * m))


def shift(a: Sequence[float], b: Sequence[float], level: float = 0.05) -> Estimate:
    """Return the median of the differences a_i - b_j (n m,) with its 1 - level interval, NaN where n and m are too small for one.

        interval = [d_(k+1), d_(nm-k)] of the sorted differences d,  k the largest number with 2 P(U <= k) <= level

    The interval leaves 0 out where the exact two-sided test rejects at this level; ties widen it.

    >>> shift([13, 14, 15, 16], [1, 2, 3, 4])[:3], shift([1, 2], [1, 3]).low
    ((12.0, 9.0, 15.0), nan)
    """
    d = np.sort(np.subtract.outer(np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)), axis=None)
    k = _cut(len(a), len(b), level)
    low, high = (float(d[k]), float(d[-1 - k])) if k is not None else (math.nan, math.nan)
    return Estimate(float(np.median(d)), low, high, min(len(a), len(b)))


@lru_cache
def _cut(n, m, level):
    """Return the k of `shift`, or None where even k = 0 is too likely."""
    likely = (k for k in range(n * m // 2 + 1) if _exact(n, m, n * m - k) > level)
    first = next(likely, 0)
    return first - 1 if first else None


def _exact(n, m, U):
    """Return twice the share of arrangements with at least this U."""
    return min(1.0, 2 * sum(_counts(n, m)[U:]) / math.comb(n + m, n))


@lru_cache
def _counts(n, m):
    """Return in how many arrangements U is 0, 1, ..., nm; counts[i][u] is over i values of a among those seen so far."""
    counts = [[1] + [0] * (n * m)] + [[0] * (n * m + 1) for _ in range(n)]
    for seen in range(1, n + m + 1):
        for i in range(min(seen, n), 0, -1):
            below = seen - i  # values of b below the i-th value of a, if the largest one seen is of a
            if below <= m:
                shifted = [0] * below + counts[i - 1][: n * m + 1 - below]
                counts[i] = [x + y for x, y in zip(counts[i], shifted, strict=True)]
    return counts[n]
