"""Give every neuron one place for its whole life, on the union of all states, so that nothing jumps.

Spaces stand in columns, those that feed before those that are fed. A space whose neurons feed each other stands on a ring, or,
where its history says in which layer each neuron is (column `layer.SPACE`), in as many columns as it has layers. Within
a column or ring a neuron takes the first place that was free before it came. Coordinates are shares of the picture, 0..1.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappop, heappush

import numpy as np

TALL = 36  # neurons in one upright line; more stand in several


def ranks(names: Sequence[str], pairs: Sequence[tuple[str, str]]) -> dict[str, int]:
    """Return the column of each space: the length of the longest path to it along the pairs (from, to), or its number without pairs.

    >>> ranks(["x", "h", "y"], [("x", "h"), ("h", "h"), ("h", "y"), ("x", "y")])
    {'x': 0, 'h': 1, 'y': 2}
    """
    if not pairs:
        return {name: i for i, name in enumerate(names)}
    rank = dict.fromkeys(names, 0)
    for _ in names:  # longest paths are settled after as many rounds; a cycle between spaces ends there too
        for a, b in pairs:
            if a != b and rank[b] <= rank[a] < len(names) - 1:
                rank[b] = rank[a] + 1
    return rank


def slots(first: np.ndarray, last: np.ndarray) -> np.ndarray:
    """Return a place (lives,) for lives that begin at `first` and end before `last`; no two share a place at any time.

    >>> slots(np.array([0, 0, 4]), np.array([9, 3, 9]))
    array([0, 1, 1])
    """
    place, busy, rested, count = (
        np.zeros(len(first), np.int64),
        [],
        [],
        0,
    )  # busy: (the frame from which it is free, place)
    for life in np.lexsort((np.arange(len(first)), first)).tolist():
        now = int(first[life])
        while busy and busy[0][0] < now:  # in a place left just now, a neuron still fades out
            heappush(rested, heappop(busy)[1])
        if rested:
            chosen = heappop(rested)
        elif busy and busy[0][0] == now:
            chosen = heappop(busy)[1]
        else:
            chosen, count = count, count + 1
        place[life] = chosen
        heappush(busy, (int(last[life]), chosen))
    return place


def upright(n: int, centred: bool) -> np.ndarray:
    """Return n points (n, 2) on a line from top to bottom, on several if n > TALL; x in -1..1, y in 0..1.

    If `centred`, the line is filled from the middle outwards, for a layer that grows; else from the top.

    >>> upright(3, centred=True)[:, 1].round(2)
    array([0.5 , 0.17, 0.83])
    """
    lines = -(-n // TALL)
    tall = -(-n // lines)
    row, line = np.arange(n) // lines, np.arange(n) % lines
    if centred:
        row = np.argsort(np.abs(np.arange(tall) - (tall - 1) / 2), kind="stable")[row]
    x = (2 * line - (lines - 1)) / max(lines - 1, 1)
    y = (row + 0.5 + 0.25 * (lines > 1) * (2 * (line % 2) - 1)) / tall
    return np.stack([x, y], axis=1)


def ring(n: int) -> np.ndarray:
    """Return n points (n, 2) on a circle about (0, 0.5), filled so that the first ones stand far apart; x in -1..1, y in 0..1.

    Point i is the one whose rank is that of the binary fraction of i read backwards: 0, 1/2, 1/4, 3/4, 1/8, ...

    >>> ring(4).round(2).tolist()
    [[0.0, 0.0], [0.0, 1.0], [1.0, 0.5], [-1.0, 0.5]]
    """
    bits = max(1, int(n - 1).bit_length())
    backwards = [int(f"{i:0{bits}b}"[::-1], 2) for i in range(n)]
    angle = 2 * np.pi * np.argsort(np.argsort(backwards)) / n
    return np.stack([np.sin(angle), 0.5 - 0.5 * np.cos(angle)], axis=1)


def positions(groups: Sequence[tuple[int, bool, str]]) -> tuple[list[np.ndarray], list[float]]:
    """Return for each group, left to right, its points (n, 2) and where its middle is; n places each.

    A group is (n, whether it is filled from the middle, "line" or "ring"); a ring or a group of several lines is wider.

    >>> points, middles = positions([(1, False, "line"), (1, True, "line")])
    >>> points[1].tolist(), middles
    ([[0.9, 0.5]], [0.1, 0.9])
    """
    shapes = [ring(n) if kind == "ring" else upright(n, centred) for n, centred, kind in groups]
    half = [_half(kind, xy) for (_, _, kind), xy in zip(groups, shapes, strict=True)]
    wide = sum(2 * h for h in half) + (len(groups) - 1)
    left, middles, points = 0.1, [], []
    for h, xy in zip(half, shapes, strict=True):
        middle = left + 0.8 * h / wide if wide else 0.5
        left = middle + 0.8 * (h + 1) / wide if wide else 0.5
        middles.append(round(middle, 4))
        points.append(np.stack([middle + xy[:, 0] * 0.8 * h / max(wide, 1), 0.04 + 0.92 * xy[:, 1]], axis=1))
    return points, middles


def _half(kind, xy):
    return 1.1 if kind == "ring" else 0.09 * (len(set(xy[:, 0].tolist())) - 1)
