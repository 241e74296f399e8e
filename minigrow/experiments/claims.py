"""Judge a paper's claim on measured values: a claim has an estimate, a 95 % interval, a criterion in words, and a verdict."""

from __future__ import annotations

from typing import NamedTuple

from minigrow.statistics import Estimate, bootstrap, mean, median

__all__ = ["Claim", "Estimate", "bootstrap", "judge", "mean", "median"]


class Claim(NamedTuple):
    """One line of the table: what the paper says, what was measured, in which unit, and whether the criterion holds."""

    claim: str
    paper: str
    measured: float
    unit: str
    n: int
    low: float
    high: float
    criterion: str
    holds: bool


def judge(claim: str, paper: str, estimate: Estimate, unit: str, criterion: str, holds: bool) -> Claim:
    """Return a table line from an estimate and a criterion that the caller has evaluated on it.

    >>> judge("it grows", "yes", mean([1.0, 2.0, 3.0]), "neurons", "mean > 0", True).holds
    True
    """
    return Claim(claim, paper, estimate.value, unit, estimate.n, estimate.low, estimate.high, criterion, bool(holds))
