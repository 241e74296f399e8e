"""Tune a learning rate: a grid whose best rate stands on its edge is widened until it does not.

    tuned(score, rates)             one thing to tune; score(list of rates) -> list of scores
    tuned_each(score, keys, rates)  several at once; score(list of (key, rate)) -> list of scores, so that rounds are full

`over_seeds` makes such a score from a map over jobs. Larger scores are better; a NaN counts as the worst.
Where the best rate is on the edge even after the last widening, `edge` is True: the rate is not tuned, and claims that need
a tuned rate must say "undecided" (`settled` turns their estimate into one without an interval).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from typing import Any, NamedTuple

import numpy as np

from minigrow.statistics import Estimate

WIDENINGS = 4  # at most; each adds one rate at the edge


class Tuned(NamedTuple):
    """The best rate, every rate that was tried (ascending) with its score, and whether the best is at the edge of them."""

    rate: float
    rates: tuple[float, ...]
    scores: tuple[float, ...]
    edge: bool


def tuned(
    score: Callable[[list[float]], Sequence[float]],
    rates: Sequence[float],
    factor: float | None = None,
    widenings: int = WIDENINGS,
) -> Tuned:
    """Return the rate of the best score; `factor` is between an edge and the next rate (None: as between the grid's points).

    Of equal scores the one that is farthest from the edges is taken. Raises ValueError for a grid of fewer than two rates.

    >>> tuned(lambda rates: [1 - abs(rate - 8) for rate in rates], [1, 2, 4])
    Tuned(rate=8.0, rates=(1.0, 2.0, 4.0, 8.0, 16.0), scores=(-6.0, -5.0, -3.0, 1.0, -7.0), edge=False)
    """
    return tuned_each(lambda asked: score([rate for _, rate in asked]), [None], rates, factor, widenings)[None]


def tuned_each(
    score: Callable[[list[tuple[Any, float]]], Sequence[float]],
    keys: Sequence[Hashable],
    rates: Sequence[float],
    factor: float | None = None,
    widenings: int = WIDENINGS,
) -> dict[Any, Tuned]:
    """Tune every key on a grid of its own, in common rounds: a round asks for all rates that are missing, as one list.

    >>> found = tuned_each(lambda asked: [-abs(rate - best) for best, rate in asked], [2, 8], [1, 2, 4])
    >>> [(one.rate, one.edge) for one in found.values()]
    [(2.0, False), (8.0, False)]
    """
    grid = sorted({float(rate) for rate in rates})
    if len(grid) < 2 or grid[0] <= 0:
        raise ValueError(f"rates must be two positive numbers or more, got {list(rates)}: one rate alone is all edge.")
    found: dict[Any, dict[float, float]] = {key: {} for key in keys}
    missing = [(key, rate) for key in keys for rate in grid]
    for left in range(widenings, -1, -1):
        for (key, rate), value in zip(missing, score(missing) if missing else (), strict=True):
            found[key][rate] = -math.inf if math.isnan(value) else float(value)
        missing = [(key, beyond(mine, factor)) for key, mine in found.items() if at_edge(mine)] if left else []
    return {key: _told(mine) for key, mine in found.items()}


def best(found: dict[float, float]) -> float:
    """Return the rate of the best score, of equal ones that farthest from the edges.

    >>> best({1.0: 5.0, 2.0: 5.0, 4.0: 3.0})
    2.0
    """
    rates = sorted(found)
    inward = {rate: min(i, len(rates) - 1 - i) for i, rate in enumerate(rates)}
    return max(rates, key=lambda rate: (found[rate], inward[rate]))


def at_edge(found: dict[float, float]) -> bool:
    """Return whether the best rate is the smallest or the largest.

    >>> at_edge({1.0: 5.0, 2.0: 6.0, 4.0: 7.0}), at_edge({1.0: 5.0, 2.0: 6.0, 4.0: 3.0})
    (True, False)
    """
    return best(found) in (min(found), max(found))


def beyond(found: dict[float, float], factor: float | None = None) -> float:
    """Return the next rate outside the grid, on the side of the best: the edge times or divided by the factor.

    >>> beyond({1.0: 5.0, 2.0: 6.0, 4.0: 7.0})
    8.0
    """
    rates, top = sorted(found), best(found) == max(found)
    edge, inner = (rates[-1], rates[-2]) if top else (rates[0], rates[1])
    step = factor or max(edge / inner, inner / edge)
    return float(f"{edge * step if top else edge / step:.3g}")


def _told(found):
    rates = tuple(sorted(found))
    return Tuned(best(found), rates, tuple(found[rate] for rate in rates), at_edge(found))


def over_seeds(
    pmap: Callable, f: Callable[[Any], float], job: Callable[[Any, float, int], Any], seeds: Sequence[int]
) -> Callable[[list[tuple[Any, float]]], list[float]]:
    """Return the score of `tuned_each` that maps f over job(key, rate, seed) and takes the mean over the seeds.

    >>> score = over_seeds(lambda f, jobs: [f(job) for job in jobs], sum, lambda key, rate, seed: (key, rate, seed), [0, 2])
    >>> score([(10, 1.0), (20, 1.0)])
    [12.0, 22.0]
    """

    def score(asked):
        found = pmap(f, [job(key, rate, seed) for key, rate in asked for seed in seeds])
        return np.reshape(found, (len(asked), len(seeds))).mean(axis=1).tolist()

    return score


def settled(estimate: Estimate, edge: bool) -> Estimate:
    """Return the estimate, without its interval if a rate that it rests on is at an edge: then nothing can be decided.

    >>> settled(Estimate(1.0, 0.5, 1.5, 9), edge=True).low
    nan
    """
    return estimate._replace(low=math.nan, high=math.nan) if edge else estimate
