"""Compute Z, p and what they prove, class by class: `summarise(own, others)`; then `profile(z)`.

For a class with share f of all subgraphs in the graph, and f_1 .. f_R in R random graphs (0 where it does not occur):

    mean = sum f_r / R      std^2 = sum (f_r - mean)^2 / (R - 1)      Z = (f - mean) / std
    p = (1 + #{r: f_r >= f}) / (R + 1)      p_low = (1 + #{r: f_r <= f}) / (R + 1)

Z is undefined (nan) where std is 0, that is where all f_r are equal and the null model says nothing about spread.
Many classes are judged at once, so that some p are small by chance: see `familywise` and q in `significance`.
"""

from collections.abc import Iterable
from itertools import chain
from typing import NamedTuple

import numpy as np

from minigrow.motifs.classes import Layout
from minigrow.motifs.esu import Census
from minigrow.motifs.shares import blocks, collect
from minigrow.motifs.significance import benjamini_hochberg, familywise, p_strictly, p_values, pooled_z
from minigrow.nn.door import door
from minigrow.nn.validate import said

LEAST = 5


class Motifs(NamedTuple):
    """What was found, class by class (c,), in rising order of `ids`; frequency, mean and std are shares, 0..1.

    `random` is R. If R = 0, mean, std, z and all p are nan (undefined); if R = 1, only std and z are.
    Classes that occur in random graphs only have count 0. `p_low` is p for classes that are rare where p is for frequent ones.
    `family` (c,) says which classes were judged: those with at least `least` occurrences in at least one of the R + 1 graphs.
    `q` (false discovery rate) and `familywise` are nan outside the family. `layout` says how `ids` are written.
    """

    size: int
    total: int | float
    random: int
    ids: np.ndarray
    counts: np.ndarray
    frequency: np.ndarray
    mean: np.ndarray
    std: np.ndarray
    z: np.ndarray
    p: np.ndarray
    p_low: np.ndarray
    q: np.ndarray
    familywise: np.ndarray
    family: np.ndarray
    least: int = LEAST
    layout: Layout = Layout()


ROWS = ("counts", "frequency", "mean", "std", "z", "p", "p_low", "pooled", "family")


def summarise(own: Census, others: Iterable[Census], least: int = LEAST, strict: bool = False) -> Motifs:
    """Compare a census with those of R random graphs, which are taken in one at a time.

    All is computed from shares, as FANMOD prints them, not from counts: a random graph may have more subgraphs than the graph.

    least    occurrences that a class needs in one of the R + 1 graphs at least to be judged. The default, 5, is the usual rule
             for expected counts: below it a count can take so few values that Z is no measure (one graph of 100 with a single
             occurrence makes Z = 20 of two). The random graphs are asked as the graph is, so that all remain exchangeable.
    strict   FANMOD's p: the share of random graphs with f_r > f; then p_low, q and familywise are nan

    Raises ValueError when least < 1, or when the censuses differ in size or in layout.

    >>> own, same = Census(3, np.array([1, 65]), np.array([3, 1])), Census(3, np.array([1]), np.array([9]))
    >>> found = summarise(own, [same, own, own])
    >>> found.mean.round(3).tolist(), found.z.round(3).tolist(), found.p.round(3).tolist()
    ([0.833, 0.167], [-0.577, 0.577], [1.0, 0.75])
    >>> found.family.tolist(), found.familywise.tolist()
    ([True, False], [1.0, nan])
    """
    if least < 1:
        raise ValueError(f"the least count must be >= 1, got {least}. A class that occurs nowhere cannot be judged.")
    kept = collect(chain([own], others))
    columns, largest = np.zeros((len(ROWS), kept.ids.size)), np.zeros(len(kept.places))
    for some, counts, F in blocks(kept):
        family = counts.max(0) >= least
        Y = np.zeros_like(F)
        Y[:, family] = pooled_z(F[:, family])
        largest = np.maximum(largest, np.abs(Y).max(1))
        columns[:, some] = [counts[0], F[0], *_moments(F), *_ranks(F, strict), np.abs(Y[0]), family]
    row = dict(zip(ROWS, columns, strict=True))
    counts, family = row["counts"].astype(np.asarray(own.counts).dtype), row["family"].astype(bool)
    judged, q, whole = family & np.isfinite(row["p_low"]), np.full(family.size, np.nan), np.full(family.size, np.nan)
    q[judged] = benjamini_hochberg(np.minimum(2 * np.minimum(row["p"], row["p_low"]), 1)[judged])
    whole[judged] = familywise(row["pooled"][judged], largest)
    shares = [row[name] for name in ("frequency", "mean", "std", "z", "p", "p_low")]
    R = largest.size - 1
    return Motifs(own.size, own.total, R, kept.ids, counts, *shares, q, whole, family, least, own.layout)


def _moments(F: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return mean, std and Z (c,) of shares F (R + 1, c), row 0 against the others."""
    undefined = np.full(F.shape[1], np.nan)
    if len(F) == 1:
        return undefined, undefined, undefined
    low = F[1:].min(0)
    D = F[1:] - low  # equal shares become exactly 0, and small differences keep their digits
    mean, std = low + D.mean(0), D.std(0, ddof=1) if len(F) > 2 else undefined
    return mean, std, np.divide(F[0] - mean, std, out=undefined.copy(), where=std > 0)


def _ranks(F: np.ndarray, strict: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return p and p_low (c,) of shares F (R + 1, c)."""
    undefined = np.full(F.shape[1], np.nan)
    if len(F) == 1:
        return undefined, undefined
    return (p_strictly(F), undefined) if strict else p_values(F)


@door
def profile(z: np.ndarray) -> np.ndarray:
    """Return the significance profile (c,): Z over the length of the vector of all defined Z (Milo et al. 2004, Science).

    >>> profile(np.array([3.0, np.nan, -4.0])).tolist()
    [0.6, nan, -0.8]
    """
    if z.ndim != 1 or np.isinf(z).any() or np.iscomplexobj(z):
        raise ValueError(
            f"z must be a row (c,) of finite real numbers, or NaN where a Z is not defined, got {said(z)}."
        )
    scale = np.nanmax(np.abs(z), initial=0.0)
    z = z / scale if scale > 0 else z  # or the squares of large numbers would overflow
    length = np.sqrt(np.nansum(np.square(z)))
    return z / length if length > 0 else np.full(np.shape(z), np.nan)
