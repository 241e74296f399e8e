"""Choose the rows that become frames, and pack numbers for the page: what is left out is counted, never silent.

A page holds FRAMES frames at most: the first and the last row, the least and greatest value of every curve, rows that show an
event, and rows with weights. Any frames left show the least and the greatest loss of equal stretches.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

FRAMES, EVENTS, PICTURES = 1000, 600, 250  # frames; of them at most so many for events, and so many with weights


def choose(n: int, curves: Mapping[str, np.ndarray], events: Sequence[int], pictures: Sequence[int]) -> np.ndarray:
    """Return the rows to draw (F,), ascending: all n if there are at most FRAMES, else those named above.

    `events` and `pictures` are rows; more than EVENTS and PICTURES of them are thinned evenly.

    >>> len(choose(5000, {"loss": np.arange(5000.0)}, [17], [])), 17 in choose(5000, {"loss": np.arange(5000.0)}, [17], [])
    (997, True)
    """
    if n <= FRAMES:
        return np.arange(n)
    kept = {0, n - 1, *evenly(sorted(set(events)), EVENTS), *evenly(pictures, PICTURES)}
    for values in curves.values():
        kept |= set(extremes(values, 0, n))
    cuts = np.linspace(0, n, max(1, (FRAMES - len(kept)) // 2) + 1).astype(int)
    first = next(iter(curves.values()), np.zeros(n))
    for start, stop in pairwise(cuts.tolist()):
        kept |= set(extremes(first, start, stop))
    return np.array(sorted(kept))


def evenly(values: Sequence[int], most: int) -> list[int]:
    """Return at most `most` of the values, evenly spaced, the first and the last among them.

    >>> evenly(range(100), 3)
    [0, 50, 99]
    """
    values = list(values)
    return [int(values[i]) for i in np.linspace(0, len(values) - 1, min(most, len(values))).round().astype(int)]


def chosen(frames: Sequence[int], marked: Sequence[int], most: int) -> list[int]:
    """Return at most `most` of the frames: up to half of them for those that are marked as well, the others evenly spaced.

    >>> chosen(range(100), [17, 200], 4)
    [0, 17, 50, 99]
    """
    own = evenly(sorted(set(frames) & set(marked)), most // 2)
    return sorted({*own, *evenly(frames, most - len(own))})


def extremes(values: np.ndarray, start: int, stop: int) -> list[int]:
    """Return the rows of the least and the greatest finite value in start..stop - 1, or `start` where none is finite.

    >>> extremes(np.array([3.0, np.nan, 1.0, 5.0]), 0, 4)
    [2, 3]
    """
    part = values[start:stop]
    finite = np.flatnonzero(np.isfinite(part))
    if not len(finite):
        return [start]
    return [start + int(finite[part[finite].argmin()]), start + int(finite[part[finite].argmax()])]


def pack(values: np.ndarray, kind: str) -> str:
    """Return numbers as base64 of little-endian bytes; `kind` is a NumPy type such as "u2" or "i1".

    >>> unpack(pack(np.array([1, 513]), "u2"), "u2")
    array([  1, 513], dtype=uint16)
    """
    return base64.b64encode(np.asarray(values).astype(np.dtype(kind).newbyteorder("<")).tobytes()).decode("ascii")


def unpack(text: str, kind: str) -> np.ndarray:
    """Return what `pack` packed.

    >>> unpack("AQI=", "u1")
    array([1, 2], dtype=uint8)
    """
    return np.frombuffer(base64.b64decode(text), np.dtype(kind).newbyteorder("<")).astype(kind)


def ragged(parts: Sequence[np.ndarray], kind: str) -> tuple[list[int], str]:
    """Return where each of the vectors starts and where the last one ends, and all of them packed end to end.

    >>> ragged([np.array([1, 2]), np.array([3])], "u1")
    ([0, 2, 3], 'AQID')
    """
    starts = np.cumsum([0, *(len(part) for part in parts)]).tolist()
    return starts, pack(np.concatenate([np.zeros(0), *(np.ravel(part) for part in parts)]), kind)


def short(values: np.ndarray) -> list[float | int | None]:
    """Return numbers for JSON with five digits, whole ones as integers, None for what is not finite.

    >>> short(np.array([1.0, 1 / 3, np.nan]))
    [1, 0.33333, None]
    """
    return [_short(float(value)) for value in values]


def _short(value):
    if not np.isfinite(value):
        return None
    if value == round(value) and abs(value) < 2**53:
        return int(value)
    found = float(f"{value:.5g}")  # this rounds the greatest float up to infinity
    return found if np.isfinite(found) else value
