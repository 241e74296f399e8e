"""Remember which class a key belongs to: `classify(keys, counts, size)`, `classes_of_keys(keys, size, layout)`.

Random graphs of one graph share most of their keys, so that most need not be put into canonical form again. For each size and
layout there is a table as in `table`, with the class in the place of the count. A table that is there is never changed, only
replaced by a larger one, so that threads may read it while another one learns new keys.
"""

from threading import Lock

import numpy as np

from minigrow.motifs.canonical import sorted_ids
from minigrow.motifs.classes import Layout, add_up, classes_of, layout_for
from minigrow.motifs.table import FIRST_BITS, enlarge, first_slot
from minigrow.nn.compiler import njit

MOST = 1 << 15  # keys remembered for one size and layout: a megabyte, so that looking up stays in the cache
EMPTY = np.zeros((1 << FIRST_BITS, 2), np.int64), 64 - FIRST_BITS, 0
LEARNT: dict[tuple[int, Layout], tuple[np.ndarray, int, int]] = {}
LOCK = Lock()


@njit(cache=True, nogil=True)
def _place(table, shift, key):
    """Return the slot that holds the key, or the empty one where it belongs."""
    slot = first_slot(key, shift)
    while table[slot, 0] != key and table[slot, 0] != 0:
        slot = slot + 1 & table.shape[0] - 1
    return slot


@njit(cache=True, nogil=True)
def _look_up(table, shift, keys, classes):
    """Write the class of each key (c,) that the table holds into classes (c,), 0 where it holds none; return how many those are."""
    missing = 0
    for i in range(keys.size):
        slot = _place(table, shift, keys[i])
        classes[i] = table[slot, 1]
        missing += table[slot, 0] == 0
    return missing


@njit(cache=True, nogil=True)
def _learn(table, shift, keys, classes):
    """Write keys (c,) and their classes (c,) into the table and return how many are new."""
    new = 0
    for i in range(keys.size):
        slot = _place(table, shift, keys[i])
        new += table[slot, 0] == 0
        table[slot, 0], table[slot, 1] = keys[i], classes[i]
    return new


def classes_of_keys(keys: np.ndarray, size: int, layout: Layout) -> np.ndarray:
    """Return the class (c,) of each key (c,); new keys are put into canonical form, and remembered while there is room.

    >>> from minigrow.motifs.classes import key_of
    >>> path = [key_of(np.array(a)) for a in ([[0, 1, 0], [0, 0, 1], [0, 0, 0]], [[0, 0, 1], [0, 0, 0], [0, 1, 0]])]
    >>> classes_of_keys(np.array(path), 3, Layout()).tolist()
    [72, 72]
    """
    keys = np.ascontiguousarray(keys, np.int64)
    classes = np.empty_like(keys)
    table, shift, _ = LEARNT.get((size, layout), EMPTY)
    if _look_up(table, shift, keys, classes):
        new = classes == 0
        ids, place = np.unique(sorted_ids(keys[new], size, *layout), return_inverse=True)
        classes[new] = classes_of(ids, size, layout)[place]
        _remember(keys[new], classes[new], (size, layout))
    return classes


def _remember(keys, classes, kind):
    with LOCK:
        table, shift, used = LEARNT.get(kind, EMPTY)
        if used + keys.size <= MOST:
            table, shift = enlarge(table, used + keys.size, shift)
            LEARNT[kind] = table, shift, used + _learn(table, shift, keys, classes)


def classify(
    keys: np.ndarray, counts: np.ndarray, size: int, layout: Layout | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return classes (d,) in rising order and their counts (d,), from keys (c,) and how often each occurred (c,).

    >>> from minigrow.motifs.classes import key_of
    >>> path = [key_of(np.array(a)) for a in ([[0, 1, 0], [0, 0, 1], [0, 0, 0]], [[0, 0, 1], [0, 0, 0], [0, 1, 0]])]
    >>> [a.tolist() for a in classify(np.array(path), np.array([2, 3]), 3)]
    [[72], [5]]
    """
    return add_up(classes_of_keys(keys, size, layout or layout_for(size)), counts)
