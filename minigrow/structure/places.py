"""Measure how far edges reach between neurons that have positions: `locality`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

NEAR = 2.0


def locality(edges: np.ndarray, inputs: Sequence[int], positions: Any, S: int, ends: Sequence[int]) -> dict[str, float]:
    """Return the share of edges from inputs that reach at most NEAR = 2, what chance gives, and the greatest length.

    Chance is the share of such pairs among all pairs (input, end) with positions; `ends` are the neurons that inputs could feed.

    >>> locality(np.array([[0, 2], [1, 2]]), [0, 1], [0.0, 9.0, 1.0], 3, [2])
    {'local': 0.5, 'chance': 0.5, 'reach': 8.0}
    """
    place = places(positions, S)
    from_inputs = edges[np.isin(edges[:, 0], inputs)]
    length = lengths(place[from_inputs[:, 0]], place[from_inputs[:, 1]])
    pairs = lengths(place[list(inputs)][:, None], place[list(ends)][None])
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


def places(positions: Any, S: int) -> np.ndarray:
    """Return positions (S, D), NaN where a neuron has none.

    Raises ValueError when there is not one for each neuron.

    >>> places((), 2)
    array([[nan],
           [nan]])
    """
    place = np.asarray(positions, dtype=np.float64)
    if place.size == 0:
        return np.full((S, 1), np.nan)
    place = place[:, None] if place.ndim == 1 else place
    if len(place) != S:
        raise ValueError(f"positions must be one for each of the {S} neurons, got {len(place)}.")
    return place
