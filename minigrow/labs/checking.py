"""Say whether a student's function is right and, if not, what is wrong in words: `check("02.1", activation)`.

Nothing is hidden: `exercises/t02.py` has the three checks of the second tutorial, for everyone to read. A check is a function of the
student's function and of random numbers; it draws a case, asks for the exercise's invariant and raises `Wrong` with three
sentences: the rule, what came instead, and what to look at.
"""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from minigrow.labs.tracebacks import own_lines

Check = Callable[[Callable, np.random.Generator], None]


class Wrong(Exception):
    """What is wrong with an answer: the rule, what came, and what to look at."""


class Exercise(NamedTuple):
    """One exercise: its number ("02.1"), how the function is called, what it must do, its check and how many cases are drawn."""

    number: str
    call: str
    asks: str
    test: Check
    cases: int

    @property
    def name(self) -> str:
        """The name of the function that is asked for."""
        return self.call.partition("(")[0]


class Verdict(NamedTuple):
    """What a check found: right or not; if not, in which random case (from 1), the rule, what came and what to look at."""

    exercise: str
    call: str
    right: bool
    case: int
    rule: str = ""
    came: str = ""
    look: str = ""


def exercise(number: str, call: str, asks: str, cases: int = 20) -> Callable[[Check], Exercise]:
    """Return a decorator that makes an exercise of its check.

    >>> @exercise("00.1", "double(x)", "Return twice x.")
    ... def doubled(double, rng):
    ...     need(double(3) == 6, "double(3) is 6", double(3), "multiply")
    >>> doubled.name
    'double'
    """
    return lambda test: Exercise(number, call, asks, test, cases)


def need(holds: Any, rule: str, came: Any, look: str) -> None:
    """Do nothing if something holds; otherwise say what is wrong.

    Raises Wrong with the rule, what came instead and what to look at.

    >>> need(1 + 1 == 3, "the sum is 3", 2, "the second number")
    Traceback (most recent call last):
    minigrow.labs.checking.Wrong: ('the sum is 3', '2', 'the second number')
    """
    if not holds:
        raise Wrong(rule, str(came), look)


def judge(asked: Exercise, function: Any) -> Verdict:
    """Return what a check finds in so many random cases; it stops at the first that is wrong."""
    case = 0
    try:
        _takes(asked, function)
        for case in range(1, asked.cases + 1):
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                asked.test(function, np.random.default_rng(case))
    except Wrong as wrong:
        return Verdict(asked.number, asked.call, False, case, *wrong.args)
    except Exception as error:
        where = getattr(getattr(function, "__code__", None), "co_filename", "")
        rule = "the function runs for every case of the exercise"
        return Verdict(asked.number, asked.call, False, case, rule, *own_lines(error, where))
    return Verdict(asked.number, asked.call, True, asked.cases)


def _takes(asked, function):
    """The answer is a function that can be called with so many arguments."""
    need(
        callable(function), f"{asked.name} is a function", repr(function), "give the function itself, without brackets"
    )
    arguments = asked.call.partition("(")[2].rstrip(")").split(", ")
    try:
        takes = inspect.signature(function)
    except ValueError:  # functions written in C do not say
        return
    try:
        takes.bind(*filter(None, arguments))
    except TypeError:
        need(False, f"it is called as {asked.call}", f"it takes {takes}", f"the line that begins with def {asked.name}")


def words(verdict: Verdict) -> str:
    """Return a verdict as text for a person.

    >>> print(words(Verdict("05.2", "cheapest(A, B)", False, 1, "the price is least at q", "q = 1 costs 3", "the slope")))
    05.2  cheapest(A, B): not right yet (random case 1)
      rule  the price is least at q
      came  q = 1 costs 3
      look  the slope
    """
    if verdict.right:
        cases = f" in all {verdict.case} random cases" if verdict.case > 1 else ""
        return f"{verdict.exercise}  {verdict.call}: right{cases}"
    where = f" (random case {verdict.case})" if verdict.case else ""
    lines = [f"{verdict.exercise}  {verdict.call}: not right yet{where}"]
    for name in ("rule", "came", "look"):
        said = getattr(verdict, name).splitlines() or [""]
        lines += [f"  {name}  {said[0]}", *(f"        {line}" for line in said[1:])]
    return "\n".join(lines)
