"""Call every public callable of minigrow with one or two arguments replaced by wrong values, and judge each call.

    tried(seed, seconds) -> (calls tried, failures in words)

Each right call (`calls`) is tried with every wrong value (`wrong`) in every argument's place, in an order that the seed shuffles; where
time is left, two arguments are replaced at once.
"""

from __future__ import annotations

import math
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from calls import ANYTHING, CALLS, Call, kinds
from judging import verdict
from wrong import WRONG, Wrong, twisted

Trial = tuple[Call, dict[str, Wrong]]


def trials() -> list[Trial]:
    """Return every right call with every wrong value in every place."""
    found: list[Trial] = []
    for call in CALLS:
        for name, right in call.arguments().items():
            if name != "self":
                values = (value for value in (*WRONG, *twisted(right)) if not _own_words(value, kinds(call, name)))
                found += [(call, {name: value}) for value in values]
    return found


def _own_words(value, asked):
    """`int` may be called as functions are, and then refuses its arguments itself, in Python's words; `Anything` does not."""
    return value.name == "a class" and "callable" in asked


def judged(call: Call, replaced: dict[str, Wrong]) -> str:
    """Return what is wrong with one trial in words, "" for nothing."""
    arguments = call.arguments() | {name: value.make() for name, value in replaced.items()}
    asked = {name: kinds(call, name) for name in replaced}
    refuse = any(not asked[name] & ANYTHING and not asked[name] & set(value.fits) for name, value in replaced.items())
    loose = call.options.get("loose", False) or any("nan" in value.fits for value in replaced.values())
    path = any("path" in found for found in asked.values()) or call.options.get("refused", False)
    said = verdict(call.act, arguments, refuse, loose, path)
    words = ", ".join(f"{name}={value.name}" for name, value in replaced.items())
    return f"{call.name}({words}): {said}" if said else ""


def right() -> list[str]:
    """Return which of the right calls are not right: without them nothing could be told."""
    found = []
    for call in CALLS:
        may = call.options.get("refused", False)  # there are no data to read
        said = verdict(call.act, call.arguments(), False, True, may, seconds=math.inf)  # a first call may compile
        found += [f"{call.name}: {said}"] if said and not may else []
    return found


def pairs(rng: np.random.Generator, single: list[Trial]) -> Iterator[Trial]:
    """Yield trials with two arguments replaced, for ever."""
    while True:
        call, replaced = single[rng.integers(len(single))]
        other, more = single[rng.integers(len(single))]
        if other is call:
            yield call, replaced | more


def some(order: Callable[[list[Trial]], Any], seconds: float) -> tuple[int, list[str]]:
    """Judge trials in an order until the time is over; return how many, and the failures."""
    count, failures, end = 0, right(), time.monotonic() + seconds
    for call, replaced in order(trials()):
        if time.monotonic() > end:
            break
        count, said = count + 1, judged(call, replaced)
        failures += [said] if said else []
    return count, failures


def tried(seed: int, seconds: float) -> tuple[int, list[str]]:
    """Return how many calls were tried, in at most about so many seconds, and the failures in words."""
    rng = np.random.default_rng(seed)

    def order(single):
        yield from (single[i] for i in rng.permutation(len(single)))
        yield from pairs(rng, single)

    with tempfile.TemporaryDirectory() as folder, chdir(folder):  # a word may be taken for the name of a file
        return some(order, seconds)


@contextmanager
def chdir(folder: str) -> Iterator[None]:
    """Work in another folder for the time of a block (contextlib.chdir needs Python 3.11)."""
    here = os.getcwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(here)
