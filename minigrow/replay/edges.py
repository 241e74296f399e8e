"""Choose the edges to draw: at each row with weights the strongest, each weight in 1/127 of the greatest of its matrix.

An edge's strength is |gate of the sender x weight|, in units of the greatest one between the same two spaces over the
whole life, so that no matrix drowns the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from minigrow.growth.history import History
from minigrow.replay.columns import Spaces, gate, weights

EDGES, BUDGET = 400, 120_000  # at most so many edges per frame, and per page
LEVELS = 127


class Edges(NamedTuple):
    """`starts` (pictures + 1,): picture i owns edges starts[i]..starts[i + 1]; `ends` (m, 2) lives (from, to); `levels` (m,)
    weights in -127..127; `scales` the weight that 127 stands for, by (from, to); `most` edges at once, `kept` of them.
    """

    starts: np.ndarray
    ends: np.ndarray
    levels: np.ndarray
    scales: dict[tuple[str, str], float]
    most: int
    kept: int


def strongest(
    history: History, found: Spaces, rows: Sequence[int], lives: Mapping[str, Mapping[int, np.ndarray]]
) -> Edges:
    """Return the strongest edges at each of the rows; lives[space][row] are the drawn lives (neurons,), -1 for one not drawn.

    >>> strongest(History(), Spaces((), np.zeros((0, 0)), np.zeros((0, 0)), (), ()), [], {}).starts
    array([0])
    """
    scales: dict[tuple[str, str], float] = {}
    for row in rows:
        for (a, b), W in _effective(history, found, row).items():
            scales[a, b] = max(scales.get((a, b), 0.0), float(np.abs(W).max(initial=0)))
    most, total, pictures = min(EDGES, BUDGET // max(len(rows), 1)), 0, []
    for row in rows:
        ends, levels = _picture(_effective(history, found, row), row, scales, lives)
        total = max(total, len(levels))
        pictures.append(_cut(ends, levels, most))
    starts = np.cumsum([0, *(len(levels) for _, levels in pictures)])
    ends = np.concatenate([np.zeros((0, 2), np.int64), *(ends for ends, _ in pictures)])
    levels = np.concatenate([np.zeros(0), *(levels for _, levels in pictures)])
    return Edges(starts, ends, levels, {key: value for key, value in scales.items() if value}, total, min(most, total))


def _effective(history, found, row):
    """Return the matrices (to, from) of a row, with each column times the gate of its sender."""
    seen = {}
    for a, b, name in found.pairs:
        size = dict(zip(found.names, found.sizes[:, row].tolist(), strict=True))
        W = weights(history.rows[row], name, (size[b], size[a]))
        if W is not None:
            seen[a, b] = W * gate(history.rows[row], a, size[a]) if a in found.gated else W
    return seen


def _picture(matrices, row, scales, lives):
    ends, levels = [np.zeros((0, 2), np.int64)], [np.zeros(0)]
    for (a, b), W in matrices.items():
        scale = scales[a, b]
        source, to = (np.flatnonzero(lives[end][row] >= 0) for end in (a, b))
        level = np.round(W[np.ix_(to, source)] / (scale or 1) * LEVELS)
        i, j = np.nonzero(level)
        ends.append(np.stack([lives[a][row][source[j]], lives[b][row][to[i]]], axis=1))
        levels.append(level[i, j])
    return np.concatenate(ends), np.concatenate(levels)


def _cut(ends, levels, most):
    """Return the `most` strongest edges in the order (from, to), since the player merges two pictures in this order."""
    chosen = np.argsort(-np.abs(levels), kind="stable")[:most]
    chosen = chosen[np.lexsort((ends[chosen, 1], ends[chosen, 0]))]
    return ends[chosen], levels[chosen]
