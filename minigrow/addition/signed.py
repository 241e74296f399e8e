"""Signed splitting: offspring may have negative shares of the fan-out, so that a largest eigenvalue > 0 pays as well.

A neuron becomes offspring at w + g u_j with shares w_j;  sum w_j = 1, sum |w_j| <= c, sum w_j u_j = 0, |u_j| <= 1.
L changes by g^2/2 times sum w_j u_j'S u_j: the rate. Least rates, with the least and the greatest eigenvalue and their vectors v, v+:

| offspring | shares | displacements | rate |
|---|---|---|---|
| 2 positive | 1/2, 1/2 | v, -v | lambda |
| 2 negative | (c+1)/2, -(c-1)/2 | (c-1)/(c+1) v+, v+ | -(c-1)/(c+1) lambda+ |
| 3 positive | (c+1)/4 twice, -(c-1)/2 | v, -v, 0 | (c+1)/2 lambda |
| 3 negative | -(c-1)/4 twice, (c+1)/2 | v+, -v+, 0 | -(c-1)/2 lambda+ |
| 3 mixed | (c+1)/4 twice, -(c-1)/2 | r v+ + s v, r v+ - s v, v+ | (c+1)/2 s^2 lambda - (c-1)/2 (1-r) lambda+ |
| 4 | (c+1)/4 twice, -(c-1)/4 twice | v, -v, v+, -v+ | (c+1)/2 lambda - (c-1)/2 lambda+ |

with r = (c-1)/(c+1) and s^2 = 1 - r^2. A network is stable against all of them only where S = 0. The rows without r are even in g, so
their error is O(g^4), that of the two others O(g^3).
Source: Wu, Ye, Lei, Lee and Liu 2020, "Steepest neural architecture descent: escaping local optimum with signed neural splittings",
arXiv 2003.10392. Its text could not be looked up beyond the first page: the table is derived anew, and no search over shares and
displacements found less. "3 mixed" is needed for that; whether the paper has it is not known to us.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrow.addition.proposal import Proposal, Seen
from minigrow.addition.splitting import Split, fewest, halves, matrices, proposed
from minigrow.nn import validate
from minigrow.nn.door import door


@door
def signed_splitting(seen: Seen, k: int = 1, rng: Any = None, c: float = 3.0, offspring: int = 2) -> Proposal:
    """Propose to split k neurons into at most `offspring` (2, 3 or 4) each, with shares whose absolute values add up to c.

    With c = 1 all shares are positive, and it is `splitting`. Raises ValueError as `splitting`, and for c < 1.

    >>> from minigrow.addition.proposal import look
    >>> from minigrow.nn import MLP
    >>> seen = look(MLP.create([2, 3, 2], rng=0), 0, np.eye(2), np.array([0, 1]))
    >>> rates = [signed_splitting(seen, offspring=m).curvature for m in (2, 3, 4)]
    >>> rates == sorted(rates, reverse=True), signed_splitting(seen, offspring=4).change.new
    (True, 6)
    """
    if not (np.isfinite(c) and c >= 1):
        raise ValueError(
            f"c must be finite and >= 1, got {c!r}: the shares add up to 1, so their absolute values to at least that."
        )
    if validate.whole(offspring, "offspring", least=2) > 4:
        raise ValueError(f"offspring must be 2, 3 or 4, got {offspring}: more than 4 gain nothing.")
    S = matrices(seen)
    rates = [best(values, np.eye(len(values)), c, offspring).rate for values in np.linalg.eigvalsh(S)]
    chosen = fewest(np.array(rates), k, "signed_splitting")
    return proposed("signed_splitting", seen, {i: best(*np.linalg.eigh(S[i]), c, offspring) for i in chosen})


def best(values: np.ndarray, vectors: np.ndarray, c: float, offspring: int = 4) -> Split:
    """Return the split of least rate with at most so many offspring, for eigenvalues in ascending order and eigenvectors of S.

    >>> best(np.array([1.0, 4.0]), np.eye(2), c=3, offspring=2).rate
    -2.0
    """
    options = [halves(values, vectors)] + (schemes(values, vectors, c) if c > 1 else [])
    return min((split for split in options if len(split.shares) <= offspring), key=lambda split: split.rate)


def schemes(values: np.ndarray, vectors: np.ndarray, c: float) -> list[Split]:
    """Return the signed rows of the table at the top of this file, in its order.

    >>> [split.rate for split in schemes(np.array([-1.0, 4.0]), np.eye(2), c=3)]
    [-2.0, -2.0, -4.0, -3.5, -6.0]
    """
    low, high = float(values[0]), float(values[-1])
    v, up, zero, plus, minus = vectors[:, 0], vectors[:, -1], np.zeros(len(values)), (c + 1) / 2, (c - 1) / 2
    r = minus / plus
    s = (1 - r * r) ** 0.5
    rows = [
        ((plus, -minus), (r * up, up), -r * high),
        ((plus / 2, plus / 2, -minus), (v, -v, zero), plus * low),
        ((-minus / 2, -minus / 2, plus), (up, -up, zero), -minus * high),
        (
            (plus / 2, plus / 2, -minus),
            (r * up + s * v, r * up - s * v, up),
            plus * s * s * low - minus * (1 - r) * high,
        ),
        ((plus / 2, plus / 2, -minus / 2, -minus / 2), (v, -v, up, -up), plus * low - minus * high),
    ]
    return [Split(np.array(shares), np.stack(places), rate) for shares, places, rate in rows]
