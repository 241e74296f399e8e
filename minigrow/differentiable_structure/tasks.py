"""The paper's texts, seeded: `easy(length, rng=rng)` and `hard(length, rng=rng)`; switching is training on one after the other.

Both use the alphabet `()ab`, so one network can go from one to the other.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrow.nn import validate
from minigrow.nn.door import door

ALPHABET = "()ab"
LENGTH = 1_200_000  # characters, as long as the released text
CHANCE = 0.6  # of another "ab" in the released generator; the paper says .75
LETTERS = 6  # in a group of the released generator; an early version of the paper says 5


@door
def easy(length: int = LENGTH, chance: float = CHANCE, *, rng: Any) -> str:
    """Return groups "(ab...ab)", at least `length` symbols; after each "ab" another one follows with probability `chance`.

    Raises ValueError for length < 1 or a chance outside [0, 1).

    >>> easy(20, rng=0)
    '(abab)(ab)(ab)(ab)(abababab)'
    """
    length, rng = validate.whole(length, "length", least=1), validate.generator(rng)
    if not 0 <= chance < 1:
        raise ValueError(f"chance must lie in [0, 1), got {chance}. At 1 the first group would never end.")
    counts = rng.geometric(1 - chance, size=length // 4 + 1)
    needed = int(np.searchsorted(np.cumsum(2 * counts + 2), length)) + 1
    return "".join("(" + "ab" * count + ")" for count in counts[:needed])


@door
def hard(length: int = LENGTH, letters: int = LETTERS, *, rng: Any) -> str:
    """Return groups of letters, at least `length` symbols: each is the one before reversed, one letter at random flipped.

    The start, never shown, is abbaab (or as many of its letters, repeated). With u_i the group read forwards for even
    i and backwards for odd i, reversal disappears and u_i = u_{i-1} with one letter flipped: a running exclusive or.
    Raises ValueError for length < 1 or letters < 1.

    >>> hard(30, rng=0)
    '(aaabba)(abbbaa)(aaabba)(aabaaa)'
    """
    length, rng = validate.whole(length, "length", least=1), validate.generator(rng)
    letters = validate.whole(letters, "letters", least=1)
    groups = -(-length // (letters + 2))
    flips = np.zeros((groups + 1, letters), np.uint8)
    flips[0] = [letter == "b" for letter in ("abbaab" * letters)[:letters]]
    flips[np.arange(1, groups + 1), rng.integers(letters, size=groups)] = 1
    u = np.bitwise_xor.accumulate(flips, axis=0)
    u[1::2] = u[1::2, ::-1]
    codes = np.full((groups, letters + 2), ord(")"), np.uint8)
    codes[:, 0], codes[:, 1:-1] = ord("("), ord("a") + u[1:]
    return codes.tobytes().decode("ascii")
