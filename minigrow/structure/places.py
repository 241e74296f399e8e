"""Is a layer local? `fields(found)` says so for every layer that feeds others, with positions or without.

Edges that leave layer a, where both ends of at least half of them have positions, are judged by their length: `near` is the
length that LOCAL = 80 % of them do not exceed, chance the share of all pairs of neurons that are as near. Else they are judged
by windows (see `windows`): a source stands where it was put, or in the middle of its own sources, or, if the net has no positions
at all, where the found order puts it. Local: the share is at least LOCAL, chance is at most CHANCE = .6, and
they are sqrt(ln(100) / 2 m) or more apart, as far as m edges or neurons come by chance once in 100 (Hoeffding 1963).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from minigrow.nn import validate
from minigrow.structure.windows import is_shared, read_windows

NEAR, LOCAL, CHANCE, ONCE = 2.0, 0.8, 0.6, 100


class Field(NamedTuple):
    """What layer `source` sends: shares local and chance; near, a length; window, its sides; m edges or neurons; shared weights."""

    source: int
    local: float
    chance: float
    near: float
    window: tuple[float, ...]
    m: int
    shared: bool = False

    @property
    def is_local(self) -> bool:
        """Whether the share of local ones is high, and higher than chance can make it."""
        beyond = np.sqrt(np.log(ONCE) / (2 * max(self.m, 1)))
        return bool(self.local >= LOCAL and self.chance <= min(CHANCE, self.local - beyond))


def fields(found: Any) -> tuple[Field, ...]:
    """Return one field for each layer 0..L - 1 of a structure.

    >>> from minigrow.structure.reading import from_layers, read
    >>> W = np.array([[float(j in (i, i + 1, i + 2)) for j in range(20)] for i in range(18)])
    >>> first = fields(read(*from_layers([W, np.ones((1, 18))])))[0]
    >>> first.is_local, first.window, first.m, first.shared
    (True, (3.0,), 18, True)
    """
    put, made = np.isfinite(found.places).all(axis=1), []
    middle = found.places.copy() if put.any() else None
    for a in range(len(found.widths) - 1):
        leave = (found.layer[found.edges] > [a - 1, a]).all(axis=1) & (found.layer[found.edges[:, 0]] == a)
        edges = found.edges[leave]
        if len(edges) and put[edges].all(axis=1).mean() >= 0.5:
            made.append(_by_length(found, a, edges[put[edges].all(axis=1)], put))
        else:
            made.append(_by_window(found, a, edges, found.weights[leave], middle))
        if middle is not None:
            _put_in_the_middle(middle, edges)
    return tuple(made)


def _by_length(found, a, edges, put):
    length = np.sort(lengths(found.places[edges[:, 0]], found.places[edges[:, 1]]))
    near = float(length[int(np.ceil(LOCAL * len(length))) - 1])
    here, ends = (found.places[put & where] for where in (found.layer == a, found.layer > a))
    pairs = lengths(here[:, None], ends[None])
    return Field(a, float(np.mean(length <= near)), float(np.mean(pairs <= near)), near, (), len(edges))


def _by_window(found, a, edges, weights, middle):
    sources = np.flatnonzero(found.layer == a)
    x = None if middle is None else middle[sources]
    if not len(edges) or (x is not None and not np.isfinite(x).all()):
        return Field(a, np.nan, np.nan, np.nan, (), 0)
    targets, row = np.unique(edges[:, 1], return_inverse=True)
    B = np.zeros((len(targets), len(sources)), bool)
    B[row, np.searchsorted(sources, edges[:, 0])] = True
    local, chance, window = read_windows(B, x)
    made = Field(a, local, chance, np.nan, window, int(np.sum(B.sum(axis=1) > 1)))
    return made._replace(shared=made.is_local and is_shared(np.split(weights, np.cumsum(np.bincount(row))[:-1])))


def _put_in_the_middle(middle, edges):
    """Give every target without a position the mean position of those sources of this layer that have one."""
    edges = edges[np.isfinite(middle[edges[:, 0]]).all(axis=1)]
    for target in np.unique(edges[:, 1]):
        if not np.isfinite(middle[target]).all():
            middle[target] = middle[edges[edges[:, 1] == target, 0]].mean(axis=0)


def locality(edges: np.ndarray, inputs: Sequence[int], places: np.ndarray, ends: Sequence[int]) -> dict[str, float]:
    """Return the share of edges from inputs that reach at most NEAR = 2, what chance gives, and the greatest length.

    Chance is the share of such pairs among all pairs (input, end) with positions; `ends` are the neurons that inputs could feed.

    >>> locality(np.array([[0, 2], [1, 2]]), [0, 1], np.array([[0.0], [9.0], [1.0]]), [2])
    {'local': 0.5, 'chance': 0.5, 'reach': 8.0}
    """
    from_inputs = edges[np.isin(edges[:, 0], inputs)]
    length = lengths(places[from_inputs[:, 0]], places[from_inputs[:, 1]])
    pairs = lengths(places[list(inputs)][:, None], places[list(ends)][None])
    return {
        "local": float(np.mean(length <= NEAR)) if len(length) else np.nan,
        "chance": float(np.mean(pairs <= NEAR)) if len(pairs) else np.nan,
        "reach": float(length.max()) if len(length) else np.nan,
    }


def lengths(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the Euclidean distances of positions a, b (.., D) as a list, without those where a position is missing.

    >>> lengths(np.array([[0.0], [np.nan]]), np.array([[2.0], [1.0]]))
    array([2.])
    """
    gap = a - b
    length = np.sqrt(np.sum(gap * gap, axis=-1))
    return length[np.isfinite(length)]


def placed(positions: Any, S: int, inputs: Sequence[int]) -> np.ndarray:
    """Return positions (S, D), NaN where a neuron has none; they may be given for all neurons or for the inputs alone.

    Raises ValueError for another number of them.

    >>> placed([7.0], 2, [0])
    array([[ 7.],
           [nan]])
    """
    place = validate.numbers(positions, "positions")
    if place.size == 0:
        return np.full((S, 1), np.nan)
    if np.iscomplexobj(place):
        raise ValueError(f"positions must be real coordinates, got {place.dtype}.")
    place = place.astype(np.float64)
    place = place[:, None] if place.ndim == 1 else place
    if place.ndim != 2 or len(place) not in (S, len(inputs)):
        raise ValueError(
            f"positions must be one for each of the {S} neurons, or of the {len(inputs)} inputs, got shape {place.shape}."
        )
    if len(place) < S:
        alone, place = place, np.full((S, place.shape[1]), np.nan)
        place[list(inputs)] = alone
    return place
