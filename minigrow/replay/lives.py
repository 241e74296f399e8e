"""Follow each neuron from birth to death through all events, so that a picture can keep it in its place.

A history has widths at rows and events between them. `shows.rows_of` says at which row each event shows; `follow` then goes through
one space row by row and applies the events to a vector that holds, for each neuron, the number of its life.
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

    `maker` and `ender` (lives,) say which event of the space, counted in the order of rows, began and ended a life, -1 if none did.
    """

    born: np.ndarray
    died: np.ndarray
    maker: np.ndarray
    ender: np.ndarray
    present: dict[int, np.ndarray]


class _Book:
    """A table (4, lives) of born, died, maker, ender that doubles when it is full: a life is a column."""

    def __init__(self, rows):
        self.rows, self.lives, self.table = rows, 0, np.zeros((4, 64), np.int64)

    def begin(self, count, row, event=-1):
        """Enter so many lives and return their numbers."""
        while self.lives + count > self.table.shape[1]:
            self.table = np.concatenate([self.table, np.zeros_like(self.table)], axis=1)
        fresh = np.arange(self.lives, self.lives + count)
        self.table[:, fresh] = np.array([[row], [self.rows], [event], [-1]])
        self.lives += count
        return fresh

    def end(self, lives, row, event):
        self.table[1, lives], self.table[3, lives] = row, event


def follow(sizes: np.ndarray, events: Mapping[int, Sequence[Event]], wanted: Sequence[int]) -> Walk:
    """Follow the lives of a space through its sizes (n,) and the events at each row, and record which are present at rows `wanted`.

    An event that does not fit the size at its row (one that counts open gates, say) has no effect. Where no event explains
    a size, neurons are added or removed at the end.

    >>> walk = follow(np.array([2, 2]), {1: [Event("change", "h", 1, "", 2, 2, origin=(1, -1))]}, [1])
    >>> walk.born.tolist(), walk.died.tolist(), walk.maker.tolist(), walk.present[1].tolist()
    ([0, 0, 1], [1, 2, 2], [-1, -1, 0], [1, 2])
    """
    asked, present, book, number = set(wanted), {}, _Book(len(sizes)), 0
    first = events.get(0, ())
    ids = book.begin(first[0].before if first and 0 <= first[0].before <= MOST else int(sizes[0]), 0)
    for row in sorted({0, *events, *asked, *(np.flatnonzero(np.diff(sizes)) + 1).tolist()}):
        for event in events.get(row, ()):
            ids = _after(ids, event, book, (row, number))
            number += 1
        ids = _fit(ids, int(sizes[row]), book, row)
        if row in asked:
            present[row] = ids  # never written to: each change makes a new vector
    return Walk(*book.table[:, : book.lives], present)


def _after(ids, event, book, when):
    """Return the life numbers after an event; the copy of a neuron is a new life. `when` is the row and the event's number."""
    if event.before != len(ids) or not 0 <= event.after <= MOST:
        return ids
    if not event.origin:
        return _fit(ids, event.after, book, *when)
    sources = np.array(event.origin)
    if len(sources) != event.after or sources.dtype.kind != "i" or sources.max(initial=-1) >= len(ids):
        return ids
    found = np.where(sources < 0, -1 - np.arange(len(sources)), sources)  # each new one differs from all others
    kept = np.zeros(len(sources), bool)
    kept[np.unique(found, return_index=True)[1]] = True
    kept &= sources >= 0
    gone = np.ones(len(ids), bool)
    gone[sources[kept]] = False
    book.end(ids[gone], *when)
    after = np.empty(len(sources), np.int64)
    after[kept] = ids[sources[kept]]
    after[~kept] = book.begin(int((~kept).sum()), *when)
    return after


def _fit(ids, size, book, row, event=-1):
    if len(ids) > size:
        book.end(ids[size:], row, event)
    return ids[:size] if len(ids) >= size else np.concatenate([ids, book.begin(size - len(ids), row, event)])
