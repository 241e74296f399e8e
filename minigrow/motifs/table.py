"""A compiled counter for integer keys: `tally(table, key, shift)` adds one, `enlarge` makes room, `listed` reads it.

Open addressing: the table (2^b, 2) holds key and count side by side; a key is looked for at the top b of the lower 63 bits of
its product with a large odd number (`shift` = 64 - b), then in the slots after. Key 0 marks an empty slot.
"""

import numpy as np

from minigrow.nn.compiler import njit

SPREAD = 0x9E3779B97F4A7C15 - 2**64  # 2^64 divided by the golden ratio, as a signed integer
LOWER = 2**63 - 1
FIRST_BITS = 8  # small, as a table is made, read and thrown away for every graph


@njit(cache=True, nogil=True)
def first_slot(key, shift):
    """Return where a key is looked for first; int() makes plain Python keep all bits, of which compiled code keeps the lower 64."""
    return (int(key) * SPREAD & LOWER) >> shift - 1


@njit(cache=True, nogil=True)
def tally(table, key, shift):
    """Count key once more and return 1 if it is new, else 0. The naive twin is `counts[key] += 1` on a dictionary."""
    mask = table.shape[0] - 1
    slot = first_slot(key, shift)
    while table[slot, 0] != key:
        if table[slot, 0] == 0:
            table[slot, 0] = key
            table[slot, 1] = 1
            return 1
        slot = slot + 1 & mask
    table[slot, 1] += 1
    return 0


@njit(cache=True, nogil=True)
def enlarge(table, room, shift):
    """Return a table in which `room` keys fill at most half the slots, and its shift; the keys keep their counts."""
    bits = 64 - shift
    while 2 * room > 1 << bits:
        bits += 1
    new, mask = np.zeros((1 << bits, 2), np.int64), (1 << bits) - 1
    for row in table:
        if row[0] != 0:
            slot = first_slot(row[0], 64 - bits)
            while new[slot, 0] != 0:
                slot = slot + 1 & mask
            new[slot, 0], new[slot, 1] = row[0], row[1]
    return new, 64 - bits


@njit(cache=True, nogil=True)
def listed(table):
    """Return the keys (c,) in the table (2^b, 2) and their counts (c,).

    >>> table = np.zeros((8, 2), np.int64)
    >>> [tally(table, key, 61) for key in (5, 9, 5)]
    [1, 1, 0]
    >>> dict(zip(*[column.tolist() for column in listed(table)])) == {5: 2, 9: 1}
    True
    """
    full = table[:, 0] != 0
    return table[full, 0], table[full, 1]
