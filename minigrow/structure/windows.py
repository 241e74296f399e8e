"""Do neurons read short windows? `read_windows(B, x)` for known places x, `found_order(B)` where nobody knows the order.

Legend: B (m, n) booleans, row i = what target i reads among n sources; x (n, D) places. A target's box is the smallest one
around its sources. Its window is short if the box holds at most half of all sources, and filled if it reads at least two
thirds of those. Targets that read a single source say nothing and are left out.

The order: two sources are as close as they have readers in common. If any order makes every target's sources neighbours, the
eigenvector of the second smallest eigenvalue of that graph's Laplacian, sorted, is one (Atkins, Boman and Hendrickson 1998).
"""

from __future__ import annotations

import numpy as np

from minigrow.structure.cycles import components

SHORT, FILLED, COMMON, REWIRED, LEAST, TWIN = 0.5, 2 / 3, 0.5, 4, 8, 0.03


def boxes(B: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return which targets' windows are short and filled (m,), and the boxes' sides (m, D), in distinct places.

    >>> boxes(np.array([[1, 1, 0, 0], [1, 0, 0, 1]], bool), np.arange(4.0)[:, None])
    (array([ True, False]), array([[2],
           [4]]))
    """
    inside, sides = np.ones(B.shape, bool), []
    for axis in x.T:
        low, high = np.where(B, axis, np.inf).min(axis=1), np.where(B, axis, -np.inf).max(axis=1)
        inside &= (axis >= low[:, None]) & (axis <= high[:, None])
        places = np.unique(axis)
        sides.append(np.searchsorted(places, high, side="right") - np.searchsorted(places, low))
    held = inside.sum(axis=1)
    return (held <= SHORT * B.shape[1]) & (B.sum(axis=1) >= FILLED * held), np.stack(sides, axis=1)


def found_order(B: np.ndarray) -> np.ndarray:
    """Return places (n, 1) in which targets' sources are neighbours, if any order can do that; equal readers share a place.

    >>> found_order(np.array([[1, 0, 1], [0, 1, 1]], bool)).ravel().tolist() in ([0, 2, 1], [2, 0, 1])
    True
    """
    near = B.T.astype(np.float64) @ B
    np.fill_diagonal(near, 0)
    place, first = np.zeros(len(near), np.int64), 0
    to, source = np.nonzero(near)
    for part in components(len(near), source, to):
        inner = near[np.ix_(part, part)]
        vector = np.linalg.eigh(np.diag(inner.sum(axis=0)) - inner)[1][:, min(1, len(part) - 1)]
        values, rank = np.unique(np.round(vector, 9), return_inverse=True)
        place[part], first = first + rank, first + len(values)
    return place[:, None].astype(np.float64)


def read_windows(B: np.ndarray, x: np.ndarray | None = None) -> tuple[float, float, tuple[float, ...]]:
    """Return the share of targets with short, filled windows, that share by chance, and the windows' sides in the median.

    Chance: each target reads as many sources drawn at random, REWIRED times; without places the order is found anew each
    time, if at least half of the real windows are short (else chance is NaN).

    >>> B = np.array([[j in (i, i + 1, i + 2) for j in range(20)] for i in range(18)])
    >>> share, chance, window = read_windows(B)
    >>> share, chance < 0.4, window
    (1.0, True, (3.0,))
    """
    B = B[B.sum(axis=1) > 1]
    if not len(B) or (x is None and B.shape[1] < LEAST):
        return np.nan, np.nan, ()
    good, sides = boxes(B, found_order(B) if x is None else x)
    chance = np.nan
    if x is not None or good.mean() >= COMMON:
        rng, degrees = np.random.default_rng(0), np.sort(B.sum(axis=1))
        drawn = (_rewired(degrees, B.shape[1], rng) for _ in range(REWIRED))
        chance = float(np.mean([boxes(R, found_order(R) if x is None else x)[0].mean() for R in drawn]))
    return float(good.mean()), chance, tuple(float(side) for side in np.median(sides, axis=0))


def _rewired(degrees, n, rng):
    return np.argsort(np.argsort(rng.random((len(degrees), n)), axis=1), axis=1) < degrees[:, None]


def is_shared(weights: list[np.ndarray]) -> bool:
    """Return whether most targets have a twin with the same weights, up to their order: a convolution, not only local connections.

    Only targets with the most frequent number of weights count; two are twins if no weight differs by more than 3 % of the largest.

    >>> is_shared([np.array([1.0, 2.0]), np.array([1.0, 2.0])]), is_shared([np.array([1.0, 2.0]), np.array([1.0, 3.0])])
    (True, False)
    """
    number = [len(w) for w in weights]
    usual = max(sorted(set(number), reverse=True), key=number.count)
    rows = np.sort([w for w in weights if len(w) == usual], axis=1)
    gap = np.zeros((len(rows), len(rows)))
    for column in rows.T:
        np.maximum(gap, np.abs(column[:, None] - column), out=gap)
    twins = np.sum(gap <= TWIN * np.abs(rows).max(axis=1), axis=1) > 1
    return bool(twins.mean() > 0.5)
