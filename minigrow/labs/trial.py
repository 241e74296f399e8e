"""Try one planted mistake: do the laws of a file notice it, and if not, does it make a difference at all?

noticed          a law's deviation exceeds its tolerance (or is no number) in one of the cases
missed           no law notices, although the numbers that the laws get to see are others than before
no difference    every number that the laws get to see is bit for bit what it was
stops            the mistake stops the program by itself: an error, for instance of shapes
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from minigrow.labs.fingerprint import Seen
from minigrow.labs.mutants import Mistake
from minigrow.labs.planting import mistaken
from minigrow.labs.subjects import Subject
from minigrow.laws import Law, case

NOTICED, MISSED, SAME, STOPS = "noticed", "missed", "no difference", "stops"
LONG = 100  # characters of an error that is quoted


class Trial(NamedTuple):
    """What became of a mistake: where and what it is, the outcome, the laws that notice it, and an error's words.

    `near` says whether it is in code that the laws speak of, not in code that they only use.
    """

    file: str
    line: int
    function: str
    words: str
    outcome: str
    laws: tuple[str, ...] = ()
    error: str = ""
    near: bool = True

    @property
    def where(self) -> str:
        """The place in words.

        >>> Trial("home/my_network.py", 41, "forward", "- for +", NOTICED).where
        'line 41 of my_network.py'
        """
        return f"line {self.line} of {Path(self.file).name}"


class End(NamedTuple):
    """How a law's run on all cases ends: noticed, missed, or the words of an error; and a digest of the numbers it saw."""

    outcome: str
    digest: bytes


class Bench(NamedTuple):
    """The laws to try on, their cases, which files are the student's own, and how each law ends without a mistake."""

    laws: Sequence[Law]
    cases: Sequence[int]
    seed: int
    own: Callable[[str], bool]
    clean: Mapping[str, End]

    @classmethod
    def laid(cls, laws: Sequence[Law], cases: Sequence[int], seed: int, own: Callable[[str], bool]) -> Bench:
        """Run the laws without a mistake; those that do not hold then are no use."""
        bench = cls(laws, cases, seed, own, {})
        clean = {row.name: _end(row, bench) for row in laws}
        return bench._replace(laws=[row for row in laws if clean[row.name].outcome == MISSED], clean=clean)


def value(law: Law, seed: int, number: int) -> float:
    """Return the law's deviation in one case; a mistake may overflow, that is what it is for."""
    with np.errstate(all="ignore"):
        return float(law.check(case(law.name, seed, number)))


def exceeds(deviation: float, law: Law) -> bool:
    """Say whether a deviation breaks a law: it is above the tolerance, or no number.

    >>> exceeds(float("nan"), Law("mine.law", 1.0, "", None))
    True
    """
    return math.isnan(deviation) or deviation > law.tolerance


def tried(subject: Subject, mistake: Mistake, bench: Bench) -> Trial:
    """Plant a mistake, run the laws, and say what became of it.

    Raises ValueError when it cannot be planted in a running program.
    """
    file = subject.function.file
    told = Trial(file, mistake.line, mistake.function, mistake.words, NOTICED, near=subject.near)
    with mistaken(file, mistake.number):
        ends = {row.name: _end(row, bench) for row in bench.laws}
    noticed = tuple(name for name, end in ends.items() if end.outcome == NOTICED)
    errors = [end.outcome for end in ends.values() if end.outcome not in (NOTICED, MISSED)]
    if noticed or errors:
        return told._replace(laws=noticed) if noticed else told._replace(outcome=STOPS, error=errors[0])
    return told._replace(outcome=SAME if all(bench.clean[name] == end for name, end in ends.items()) else MISSED)


def _end(law, bench):
    outcome = MISSED
    with Seen(bench.own) as seen:
        try:
            for number in bench.cases:
                found = value(law, bench.seed, number)
                seen.add(found)
                if exceeds(found, law):
                    outcome = NOTICED
                    break
        except AssertionError:  # a law may also say it so
            outcome = NOTICED
        except Exception as error:
            outcome = f"{type(error).__name__}: {' '.join(str(error).split())[:LONG]}".rstrip(": ")
    return End(outcome, seen.digest)
