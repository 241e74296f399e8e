"""Judge a paper's claim on measured values: an estimate with its 95 % interval, a criterion fixed beforehand, a verdict.

The criterion names the region in which the claim is true. The verdict compares the whole interval with it:

    holds       the interval lies inside the region
    refuted     the interval lies outside the region
    undecided   the interval crosses the region's border, or there is no interval: more repeats, or an open question

"As good as" needs a margin, named before the run: `above(-1)` (not worse by 1) or `within(-1, 1)` (equivalent up to 1).
A fact without sampling error, such as "every bit agrees", is judged by `exactly`, and is never undecided.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from minigrow.statistics import Estimate, bootstrap, geometric, mean, median, proportion

__all__ = [
    "Claim", "Criterion", "Estimate", "above", "below", "bootstrap", "exactly", "geometric", "judge", "mean", "median", "proportion",
    "verdict", "within",
]  # fmt: skip

VERDICTS = ("holds", "refuted", "undecided")


class Criterion(NamedTuple):
    """The region low..high in which a claim is true, in words; `open` leaves the ends out; `fact` is a verdict of its own."""

    words: str
    low: float = -math.inf
    high: float = math.inf
    open: bool = True
    fact: bool | None = None


class Claim(NamedTuple):
    """One line of the table: what the paper says, what was measured, in which unit, and whether it holds by the criterion.

    `low` and `high` are the 95 % interval of the measured value from n repeats, `spread` is what one repeat differs by.
    """

    claim: str
    paper: str
    measured: float
    unit: str
    n: int
    low: float
    high: float
    spread: float
    criterion: str
    verdict: str


def above(limit: float) -> Criterion:
    """Return the criterion that the interval lies above a limit."""
    return Criterion(f"interval above {limit:g}", low=limit)


def below(limit: float) -> Criterion:
    """Return the criterion that the interval lies below a limit."""
    return Criterion(f"interval below {limit:g}", high=limit)


def within(low: float, high: float) -> Criterion:
    """Return the criterion that the interval lies between two limits, ends included."""
    words = f"interval within +-{high:g}" if low == -high else f"interval within {low:g} to {high:g}"
    return Criterion(words, low, high, open=False)


def exactly(words: str, fact: bool) -> Criterion:
    """Return the criterion of a fact that needs no interval; the caller has looked whether it is true."""
    return Criterion(words, fact=bool(fact))


def verdict(estimate: Estimate, criterion: Criterion) -> str:
    """Return "holds", "refuted" or "undecided".

    >>> [verdict(Estimate(2, low, high, 9), above(0)) for low, high in ((1, 3), (-3, -1), (-1, 3))]
    ['holds', 'refuted', 'undecided']
    """
    if criterion.fact is not None:
        return VERDICTS[not criterion.fact]
    low, high = estimate.low, estimate.high
    if math.isnan(low) or math.isnan(high):
        return "undecided"
    if criterion.open:
        under, over = (
            criterion.low == -math.inf,
            criterion.high == math.inf,
        )  # no limit there, so an infinite end is inside too
        inside = (under or criterion.low < low) and (over or high < criterion.high)
        outside = (not under and high <= criterion.low) or (not over and low >= criterion.high)
    else:
        inside, outside = criterion.low <= low and high <= criterion.high, high < criterion.low or low > criterion.high
    return "holds" if inside else ("refuted" if outside else "undecided")


def judge(claim: str, paper: str, estimate: Estimate, unit: str, criterion: Criterion) -> Claim:
    """Return a table line with its verdict.

    >>> judge("it grows", "yes", mean([2.0, 2.1, 2.2]), "neurons", above(0)).verdict
    'holds'
    """
    e = estimate
    found = verdict(e, criterion)
    return Claim(claim, paper, e.value, unit, e.n, e.low, e.high, e.spread, criterion.words, found)
