"""The exercises of the tutorials, three in each: `t01.py` has the checks of the first. Read them, nothing is hidden."""

from __future__ import annotations

from importlib import import_module

from minigrow.labs.checking import Exercise

TUTORIALS = range(1, 9)


def every() -> dict[str, Exercise]:
    """Return all exercises by number.

    >>> list(every())[:4], len(every())
    (['01.1', '01.2', '01.3', '02.1'], 24)
    """
    return {each.number: each for tutorial in TUTORIALS for each in _those_of(tutorial)}


def _those_of(tutorial):
    module = import_module(f"{__name__}.t{tutorial:02d}")
    found = [value for value in vars(module).values() if isinstance(value, Exercise)]
    return sorted(found, key=lambda each: each.number)


def named(number: str) -> Exercise:
    """Return one exercise. Raises ValueError for a number that there is not.

    >>> named("02.1").call
    'activation(z)'
    """
    tutorial = int(number[:2]) if number[:2].isdecimal() else 0
    found = {each.number: each for each in (_those_of(tutorial) if tutorial in TUTORIALS else ())}
    if number not in found:
        raise ValueError(f"there is no exercise {number}. Name one of: {', '.join(every())}")
    return found[number]
