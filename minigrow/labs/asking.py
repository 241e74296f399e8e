"""Check an answer to an exercise where it stands, in a notebook: `check("02.3", function)`."""

from __future__ import annotations

from collections.abc import Callable

from minigrow.labs.checking import judge, words
from minigrow.labs.exercises import named


def check(number: str, function: Callable) -> None:
    """Check an answer in a notebook: print whether it is right and, if not, what is wrong.

    >>> check("05.2", lambda A, B: (B / A) ** 0.5)
    05.2  cheapest(A, B): right in all 20 random cases
    """
    print(words(judge(named(number), function)))
