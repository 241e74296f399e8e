"""What is said of a strength is said of a range: does the size fall over it, how wide is the range that serves, which strengths match?

Values are (repeats, strengths), strengths ascending; each repeat is one seed, so the bootstrap draws whole rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from minigrow.statistics import Estimate, bootstrap, mean, proportion


def ranks(values: Sequence[float]) -> np.ndarray:
    """Return the rank of every value (n,), from 1; values that are equal share their mean rank.

    >>> ranks([5, 9, 5])
    array([1.5, 3. , 1.5])
    """
    x = np.asarray(values, dtype=np.float64)
    return np.array([np.sum(x < value) + 0.5 * (np.sum(x == value) + 1) for value in x])


def trend(values: np.ndarray) -> Estimate:
    """Return Spearman's rank correlation of values (repeats, strengths) with the strength, one for each repeat, and their mean.

    A repeat in which all values are equal has no order and counts as 0.

    >>> trend(np.array([[9, 5, 2], [8, 8, 3]])).value
    -0.93...
    """
    a = ranks(np.arange(values.shape[1]))
    return mean([0.0 if np.ptp(row) == 0 else float(np.corrcoef(a, ranks(row))[0, 1]) for row in values])


def longest(serves: Sequence[bool]) -> tuple[int, int]:
    """Return the first and the last index of the longest unbroken range that serves; (0, -1) where nothing does.

    >>> longest([True, False, True, True]), longest([False])
    ((2, 3), (0, -1))
    """
    best, first = (0, -1), None
    for i, good in enumerate([*serves, False]):
        if good and first is None:
            first = i
        if not good and first is not None:
            best, first = max(best, (first, i - 1), key=lambda ends: ends[1] - ends[0]), None
    return best


def decades(values: np.ndarray, strengths: Sequence[float], serves: Callable[..., np.ndarray]) -> Estimate:
    """Return log10(last / first) of the longest range in which `serves(values, axis=0)` is true, 0 for a single strength or none.

    >>> decades(np.array([[1, 2, 9], [1, 2, 9]]), [0.01, 0.1, 1.0], lambda v, axis: v.mean(axis=axis) < 5).value
    1.0
    """
    return bootstrap(values, lambda v, axis: np.apply_along_axis(width, -1, serves(v, axis=axis), strengths))


def width(serves: Sequence[bool], strengths: Sequence[float]) -> float:
    """Return the decades of the longest range that serves.

    >>> width([True, True, False], [0.1, 1.0, 10.0])
    1.0
    """
    first, last = longest(serves)
    return float(np.log10(strengths[last] / strengths[first])) if last > first else 0.0


def decades_of_shares(hits: np.ndarray, strengths: Sequence[float], least: float) -> Estimate:
    """Return the decades of the longest range in which the share of hits (repeats, strengths) is above `least`.

    The interval's ends are the ranges in which the lower, and the upper, end of Wilson's 95 % interval of each strength is above
    it: a bootstrap of runs that all fail would have no width.

    >>> decades_of_shares(np.array([[True, True, False]] * 20), [0.1, 1.0, 10.0], 0.3)[:3]
    (1.0, 1.0, 1.0)
    """
    shares = np.array([proportion(column)[:3] for column in hits.T])
    return Estimate(*(width(share > least, strengths) for share in shares.T), len(hits))


def crossing(medians: np.ndarray, strengths: Sequence[float], target: float) -> float:
    """Return the log10 of the strength at which falling medians (strengths,) pass a target, between the points on a straight line.

    Half a decade beyond the edge where they never do: so far at least, and perhaps further.

    >>> crossing(np.array([9.0, 5.0, 1.0]), [1, 10, 100], 3.0), crossing(np.array([9.0, 5.0, 1.0]), [1, 10, 100], 20.0)
    (1.5, -0.5)
    """
    x, above = np.log10(strengths), np.flatnonzero(medians >= target)
    if not len(above):
        return float(x[0] - 0.5)
    i = above[-1]
    if i == len(x) - 1:
        return float(x[-1] + 0.5)
    return float(x[i] + (x[i + 1] - x[i]) * (medians[i] - target) / (medians[i] - medians[i + 1]))
