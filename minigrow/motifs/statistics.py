"""Compute Z, p and significance profiles: `summarise(own, others)`; then `profile`, `most_changed`, `strongest_coloured`.

For a class with frequency f in the graph and f_1 .. f_R in R random graphs (0 where it does not occur):

    mean = sum f_r / R      std^2 = sum (f_r - mean)^2 / (R - 1)
    Z = (f - mean) / std    p = share of random graphs with f_r >= f

Z is undefined (nan) where std is 0, that is where all f_r are equal and the null model says nothing about spread.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from minigrow.motifs.classes import colour_blind_classes
from minigrow.motifs.esu import Census


class Motifs(NamedTuple):
    """What was found, class by class (c,), in rising order of `ids`; frequency, mean and std are shares, 0..1.

    `random` is R. If R = 0, mean, std, z and p are nan (undefined); if R = 1, only std and z are.
    Classes that occur in random graphs only have count 0.
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


class Sums(NamedTuple):
    """Running sums over the random graphs, for classes `ids` (c,); sums (6, c) as `ROWS` names them."""

    ids: np.ndarray
    sums: np.ndarray


ROWS = ("seen", "difference", "square", "lowest", "highest", "at_least")


def _spread(ids: np.ndarray, values: np.ndarray, wider: np.ndarray) -> np.ndarray:
    """Return the values of classes `ids` at their places among the classes `wider`, which holds them all; 0 elsewhere."""
    out = np.zeros((*values.shape[:-1], wider.size), values.dtype)
    out[..., np.searchsorted(wider, ids)] = values
    return out


def _widen(sums: Sums, ids: np.ndarray) -> Sums:
    """Make room for classes `ids` (d,) that have not been met so far."""
    at = np.searchsorted(sums.ids, ids)
    new = ids[np.append(sums.ids, -1)[at] != ids]
    if not new.size:
        return sums
    wider = np.sort(np.concatenate([sums.ids, new]))
    out = _spread(sums.ids, sums.sums, wider)
    out[ROWS.index("lowest"), np.searchsorted(wider, new)] = np.inf
    return Sums(wider, out)


def _absorb(sums: Sums, own: Census, other: Census) -> Sums:
    """Add one random graph; the sums are of differences to the graph's own frequency f, so that squares stay accurate."""
    sums = _widen(sums, other.ids)
    at = np.searchsorted(sums.ids, other.ids)
    f, own_f = other.frequencies, _spread(own.ids, own.frequencies, sums.ids)[at]
    seen, difference, square, lowest, highest, at_least = sums.sums[:, at]
    new = (seen + 1, difference + f - own_f, square + (f - own_f) ** 2, np.minimum(lowest, f), np.maximum(highest, f))
    out = sums.sums.copy()
    out[:, at] = [*new, at_least + (f >= own_f)]
    return Sums(sums.ids, out)


def summarise(own: Census, others: Iterable[Census]) -> Motifs:
    """Compare a census with those of random graphs, which are taken in one at a time and not kept.

    >>> own, same = Census(3, np.array([1, 65]), np.array([3, 1])), Census(3, np.array([1]), np.array([9]))
    >>> found = summarise(own, [same, own, own])
    >>> found.mean.round(3).tolist(), found.z.round(3).tolist(), found.p.round(3).tolist()
    ([0.833, 0.167], [-0.577, 0.577], [1.0, 0.667])
    """
    sums, n = _widen(Sums(np.zeros(0, np.int64), np.zeros((len(ROWS), 0))), own.ids), 0
    for other in others:
        sums, n = _absorb(sums, own, other), n + 1
    frequency = _spread(own.ids, own.frequencies, sums.ids)
    counts = _spread(own.ids, own.counts, sums.ids)
    mean, std, p = _moments(frequency, sums.sums, n)
    with np.errstate(invalid="ignore", divide="ignore"):
        z = np.where(std > 0, (frequency - mean) / std, np.nan)
    return Motifs(own.size, own.total, n, sums.ids, counts, frequency, mean, std, z, p)


def _moments(f: np.ndarray, sums: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return mean, std and p (c,) from the sums over those of the n random graphs in which the class occurs."""
    undefined = np.full(f.size, np.nan)
    if n == 0:
        return undefined, undefined.copy(), undefined.copy()
    seen, difference, square, lowest, highest, at_least = sums
    absent = n - seen  # in these graphs f_r = 0, and f_r >= f only where f = 0 too
    shift, square = (difference - absent * f) / n, square + absent * f**2
    equal = np.where(absent > 0, 0, lowest) == np.where(seen > 0, highest, 0)
    variance = np.where(equal, 0, np.maximum(square - n * shift**2, 0)) / max(n - 1, 1)
    std = np.sqrt(variance) if n > 1 else undefined
    return f + shift, std, (at_least + absent * (f == 0)) / n


def profile(z: np.ndarray) -> np.ndarray:
    """Return the significance profile (c,): Z over the length of the vector of all defined Z (Milo et al. 2004, Science).

    >>> profile(np.array([3.0, np.nan, -4.0])).tolist()
    [0.6, nan, -0.8]
    """
    length = np.sqrt(np.nansum(np.square(z)))
    return z / length if length > 0 else np.full(np.shape(z), np.nan)


def paired(before: Motifs, after: Motifs) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the classes (c,) whose Z is defined in both, and their Z before (c,) and after (c,).

    >>> own = Census(3, np.array([1, 65]), np.array([3, 1]))
    >>> same = summarise(own, [own, own])
    >>> [a.tolist() for a in paired(same, same)]
    [[], [], []]
    """
    ids, i, j = np.intersect1d(before.ids, after.ids, assume_unique=True, return_indices=True)
    defined = np.isfinite(before.z[i]) & np.isfinite(after.z[j])
    return ids[defined], before.z[i][defined], after.z[j][defined]


def most_changed(before: Motifs, after: Motifs, number: int = 10) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the classes with the largest |Z after - Z before|, largest first, in the form of `paired`, (number,) each.

    >>> own, other = (Census(3, np.array([1, 65]), np.array([n, 1])) for n in (3, 9))
    >>> low, high = summarise(own, [own, other]), summarise(other, [own, other])
    >>> [a.round(2).tolist() for a in most_changed(low, high, 1)]
    [[1], [-0.71], [0.71]]
    """
    ids, z0, z1 = paired(before, after)
    order = np.argsort(-np.abs(z1 - z0), kind="stable")[:number]
    return ids[order], z0[order], z1[order]


def strongest_coloured(found: Motifs) -> dict[int, int]:
    """Return for each shape (class without colours) the coloured class with the largest |Z|, where one is defined.

    >>> own, other = (Census(3, np.array([1, 65]), np.array([n, 1])) for n in (3, 9))
    >>> strongest_coloured(summarise(own, [own, other]))
    {1: 1, 65: 65}
    """
    best: dict[int, int] = {}
    order = np.argsort(-np.abs(found.z), kind="stable")  # nan goes last
    shapes = colour_blind_classes(found.ids, found.size)
    for i in order[np.isfinite(found.z[order])]:
        best.setdefault(int(shapes[i]), int(found.ids[i]))
    return dict(sorted(best.items()))
