"""Follow each neuron from birth to death through all events, so that a picture can keep it in its place.

A history has widths at rows and events between them. `rows_of` says at which row each event shows; `follow` then goes through
one space row by row and applies the events to a list that holds, for each neuron, the number of its life.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from minigrow.growth.events import Event
from minigrow.replay.columns import MOST


class Walk(NamedTuple):
    """The lives of a space: `born` and `died` (lives,) are the first row of a life and the first without it;
    `present` gives, at the rows asked for, the number of each neuron's life, in the order of the neurons.
    """

    born: np.ndarray
    died: np.ndarray
    present: dict[int, np.ndarray]


def rows_of(events: Sequence[Event], time: np.ndarray, shown: Mapping[str, np.ndarray]) -> list[int]:
    """Return for each event the row (of n) where it first shows; `shown` (n,) is the width of each space.

    An event of step s shows at the first row of time >= s. It shows at the next row if that row has the same time, but its
    width says that it was written before the event (a pool refilled after its last record).

    >>> rows_of([Event("grow", "h", 1, "", 2, 3, step=5)], np.array([0, 5, 10]), {"h": np.array([2, 2, 3])})
    [2]
    """
    found = [int(row) for row in np.searchsorted(np.maximum.accumulate(time), [event.step for event in events])]
    last = len(time) - 1
    for space, width in shown.items():
        numbers = [i for i, event in enumerate(events) if event.space == space]
        for group in _same(numbers, found):
            row = found[group[0]]
            if row < last:
                late = [i for i in group if events[i].step == time[row]]
                before = int(width[row - 1]) if row else events[group[0]].before
                for i in late[_fitting(events, group, len(late), (before, int(width[row]))) :]:
                    found[i] = row + 1
    return [min(row, last) for row in found]


def _same(numbers, found):
    """Cut the numbers into runs of the same row."""
    groups: dict[int, list[int]] = {}
    for i in numbers:
        groups.setdefault(found[i], []).append(i)
    return groups.values()


def _fitting(events, group, late, widths):
    """Return how many of the `late` last events of a row fit its width: as many as possible, or all if no number does."""
    before, width = widths
    for kept in range(late, -1, -1):
        done = group[: len(group) - late + kept]
        if (events[done[-1]].after if done else before) == width:
            return kept
    return late


def follow(sizes: np.ndarray, events: Mapping[int, Sequence[Event]], wanted: Sequence[int]) -> Walk:
    """Follow the lives of a space through its sizes (n,) and the events at each row, and record which are present at rows `wanted`.

    An event that does not fit the size at its row (one that counts open gates, say) has no effect. Where no event explains
    a size, neurons are added or removed at the end.

    >>> walk = follow(np.array([2, 2]), {1: [Event("change", "h", 1, "", 2, 2, origin=(1, -1))]}, [1])
    >>> walk.born.tolist(), walk.died.tolist(), walk.present[1].tolist()
    ([0, 0, 1], [1, 2, 2], [1, 2])
    """
    n, asked, present = len(sizes), set(wanted), {}
    first = events.get(0, ())
    ids = list(range(first[0].before if first and first[0].before <= MOST else int(sizes[0])))
    born, died = [0] * len(ids), [n] * len(ids)
    for row in sorted({0, *events, *asked, *(np.flatnonzero(np.diff(sizes)) + 1).tolist()}):
        after, known = ids, len(born)
        for event in events.get(row, ()):
            after = _after(after, event, born, row)
        after = _fit(after, int(sizes[row]), born, row)
        died += [n] * (len(born) - known)
        if after is not ids:
            for number in {*ids, *range(known, len(born))} - set(after):
                died[number] = row
        ids = after
        if row in asked:
            present[row] = np.array(ids, dtype=np.int64)
    return Walk(np.array(born, np.int64), np.array(died, np.int64), present)


def _after(ids, event, born, row):
    """Return the life numbers after an event; new lives get the next numbers and enter `born`, and the copy of a neuron is new."""
    if event.before != len(ids) or not 0 <= event.after <= MOST:
        return ids
    sources = event.sources
    if len(sources) != event.after or any(s >= len(ids) for s in sources):
        return ids
    after, used = [], set()
    for source in sources:
        if source < 0 or source in used:
            after.append(len(born))
            born.append(row)
        else:
            used.add(source)
            after.append(ids[source])
    return after


def _fit(ids, size, born, row):
    if len(ids) == size:
        return ids
    fresh = range(len(born), len(born) + max(0, size - len(ids)))
    born += [row] * len(fresh)
    return [*ids[:size], *fresh]
