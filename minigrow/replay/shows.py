"""Say at which row of a history each event first shows, from its step and from the widths that were recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from minigrow.growth.events import Event


def rows_of(events: Sequence[Event], time: np.ndarray, shown: Mapping[str, np.ndarray]) -> list[int]:
    """Return for each event the row (of n) where it first shows; `shown` (n,) is the width of each space.

    An event of step s shows at the first row of time >= s. It shows at the next row if that row has the same time, but its
    width says that it was written before the event (a pool refilled after its last record).

    >>> rows_of([Event("grow", "h", 1, "", 2, 3, step=5)], np.array([0, 5, 10]), {"h": np.array([2, 2, 3])})
    [2]
    """
    found = np.searchsorted(np.maximum.accumulate(time), [event.step for event in events]).tolist()
    last, groups = len(time) - 1, {}
    for i, event in enumerate(events):
        groups.setdefault((event.space, found[i]), []).append(i)
    for (space, row), group in groups.items():
        if space in shown and row < last:
            late = [i for i in group if events[i].step == time[row]]
            before = int(shown[space][row - 1]) if row else events[group[0]].before
            for i in late[_fitting(events, group, len(late), (before, int(shown[space][row]))) :]:
                found[i] = row + 1
    return [min(row, last) for row in found]


def _fitting(events, group, late, widths):
    """Return how many of the `late` last events of a row fit its width: as many as possible, or all if no number does."""
    before, width = widths
    for kept in range(late, -1, -1):
        done = len(group) - late + kept
        if (events[group[done - 1]].after if done else before) == width:
            return kept
    return late
