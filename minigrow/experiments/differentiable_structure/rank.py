"""The rank test of Mann and Whitney, two-sided: are the values of one group larger than those of another?

    U = number of pairs (a, b) with a > b, ties count 1/2        mean n m / 2
    variance  n m / 12 ((n + m + 1) - sum (t^3 - t) / ((n + m)(n + m - 1)))     t: how many share a value

p comes from the normal approximation with continuity correction, or exactly, by counting, for small groups without ties.
Source: Mann and Whitney 1947.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

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


def _exact(n, m, U):
    """Return twice the share of arrangements with at least this U; counts[i][u] is over i values of a among those seen so far."""
    counts = [[1] + [0] * (n * m)] + [[0] * (n * m + 1) for _ in range(n)]
    for seen in range(1, n + m + 1):
        for i in range(min(seen, n), 0, -1):
            below = seen - i  # values of b below the i-th value of a, if the largest one seen is of a
            if below <= m:
                shifted = [0] * below + counts[i - 1][: n * m + 1 - below]
                counts[i] = [x + y for x, y in zip(counts[i], shifted, strict=True)]
    return min(1.0, 2 * sum(counts[n][U:]) / math.comb(n + m, n))
