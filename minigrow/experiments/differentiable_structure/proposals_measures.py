"""What is measured of each proposal: at the end of the hard text, after its return, and after easy-hard-easy."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from minigrow.censored import first_passages
from minigrow.experiments.claims import Estimate
from minigrow.experiments.differentiable_structure.common import SOLVED, column, ends
from minigrow.experiments.differentiable_structure.switching import at

SETTLED = 500  # cycles after a change of text; before, the smoothed loss still holds that of the other text
DRAWS = 2000


def measures(data: dict[str, Any], name: str) -> dict[str, np.ndarray]:
    """Return for one variant what the claims and the figure need, each of every run (runs,).

    After the hard text: neurons and loss; births per thousand cycles of hard-easy-hard; `back`, how many cycles after the return
    the loss was first below 12, infinite where it never was; after easy-hard-easy: what stays of the size, and the easy loss.
    """
    runs, (hard, _, end) = data["runs"]["hard-easy-hard"][name], (stop for _, stop in data["parts"]["hard-easy-hard"])
    others, stops = data["runs"]["easy-hard-easy"][name], [stop for _, stop in data["parts"]["easy-hard-easy"]]
    times, seen = passages(data, name, 2)
    return {
        "neurons": at(runs, "neurons", hard),
        "loss": at(runs, "loss", hard),
        "births": np.array([1000 * each["births"] / end for each in runs]),
        "back": np.where(seen, times, np.inf),
        "kept": ends(others, "neurons") / at(others, "neurons", stops[1]),
        "easy loss": ends(others, "loss"),
    }


def passages(data: dict[str, Any], name: str, phase: int) -> tuple[list[float], list[bool]]:
    """Return how many cycles into a phase of hard-easy-hard each run is first below 12, and whether it ever is."""
    runs, stops = data["runs"]["hard-easy-hard"][name], [0, *(stop for _, stop in data["parts"]["hard-easy-hard"])]
    x = column(runs, "cycle")[0] - stops[phase]
    rows = (x > SETTLED) & (x <= stops[phase + 1] - stops[phase])
    return first_passages(x[rows], column(runs, "loss")[:, rows], SOLVED)


def earlier(a: Sequence[float], b: Sequence[float], level: float) -> Estimate:
    """Return the share of pairs in which the time in a (n,) is earlier than that in b (m,), ties count 1/2.

    The 1 - level interval is that of 2000 bootstrap draws of both groups (seed fixed), NaN where all pairs are ties.

    >>> earlier([1, 2, np.inf], [2, 3, 4], 0.05).value
    0.6111111111111112
    """
    a, b = np.asarray(a, dtype=np.float64)[:, None], np.asarray(b, dtype=np.float64)
    pairs = (a < b) + 0.5 * (a == b)
    n, m = pairs.shape
    if (pairs == 0.5).all():
        return Estimate(0.5, math.nan, math.nan, min(n, m))
    rng = np.random.default_rng(0)
    drawn = [rng.multinomial(k, np.full(k, 1 / k), size=DRAWS) / k for k in (n, m)]
    shares = ((drawn[0] @ pairs) * drawn[1]).sum(axis=1)
    low, high = np.percentile(shares, (50 * level, 100 - 50 * level))
    return Estimate(float(pairs.mean()), float(low), float(high), min(n, m))
