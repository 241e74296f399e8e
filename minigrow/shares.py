"""How much do two shares differ? Newcombe's interval of p_a - p_b, made of the Wilson intervals of both.

    low  = p_a - p_b - sqrt((p_a - low_a)^2 + (high_b - p_b)^2)
    high = p_a - p_b + sqrt((high_a - p_a)^2 + (p_b - low_b)^2)

Source: R. G. Newcombe, Statistics in Medicine 17, 1998, method 10.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist

from minigrow.nn.door import door
from minigrow.statistics import Estimate, proportion


@door
def difference(a: Sequence[bool], b: Sequence[bool], level: float = 0.05) -> Estimate:
    """Return the share of hits in a (n,) minus that in b (m,), with its 1 - level interval; the groups are independent.

    >>> [round(x, 4) for x in difference([True] * 56 + [False] * 14, [True] * 48 + [False] * 32)[:3]]
    [0.2, 0.0524, 0.3339]
    """
    if not 1e-12 <= level < 1:
        raise ValueError(f"level must lie between 0 and 1, by 1e-12 at least, got {level!r}.")
    z = NormalDist().inv_cdf(1 - level / 2)
    a, b = proportion(a, z), proportion(b, z)
    low = math.hypot(a.value - a.low, b.high - b.value)
    high = math.hypot(a.high - a.value, b.value - b.low)
    gap = a.value - b.value
    return Estimate(gap, gap - low, gap + high, min(a.n, b.n))
