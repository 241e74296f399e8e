"""Mark a student's file of laws: the laws hold, their broken twins fail, and planted mistakes are noticed.

All is well when every law holds in all cases, every broken twin fails in at least half of its 25 cases, and the laws together notice
at least one planted mistake in three of those that make a difference to them. Mistakes that stop the program by themselves need no
law, those that make no difference cannot be noticed, and code that the laws only use is not what they speak of: none of these
counts (but where there are no others, the code that they only use does).
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from minigrow.labs.process import DIED, SILENT, Conversation
from minigrow.labs.trial import MISSED, NOTICED, STOPS, Trial

CASES = 1000  # of each law of a student's file
WELL, WANTING, UNREADABLE = 0, 1, 2  # exit codes
COUNTED = 12  # mistakes that make a difference: then it is enough
SHARE = 1 / 3  # of them must be noticed
SECONDS = 40.0  # of computing for the cases, and for the mistakes beside them
HUNG = 4  # mistakes that hang or kill the process, before one gives up
SILENCE = 60.0  # seconds without a word after which a law, or its import, is taken not to end
PATIENCE, SLOWER = 3.0, 5.0  # a mistake may take this many seconds, and this many times what the laws take without it


class LawMark(NamedTuple):
    """A law: cases, worst deviation and tolerance in eps, whether it holds, on how many cases its twin fails, what is missing."""

    law: str
    cases: int
    worst_eps: float
    tolerance_eps: float
    ok: bool
    explained: str
    twin_fails: int = 0
    twin_cases: int = 0
    twin_words: str = ""

    @property
    def twin_ok(self) -> bool:
        """Whether the broken twin fails in at least half of its cases."""
        return self.twin_cases > 0 and 2 * self.twin_fails >= self.twin_cases


class Mark(NamedTuple):
    """What there is to say about a file: an error's words or its laws and the planted mistakes, and the seconds it took."""

    file: str
    error: str
    laws: Sequence[LawMark] = ()
    trials: Sequence[Trial] = ()
    places: int = 0
    cases: int = 0
    seconds: float = 0.0

    def of(self, outcome: str) -> list[Trial]:
        """Return the mistakes that had this outcome."""
        return [trial for trial in self.trials if trial.outcome == outcome]

    @property
    def counting(self) -> list[Trial]:
        """Mistakes that make a difference to the laws, in code that they speak of; where there are none, in what they use."""
        different = self.of(NOTICED) + self.of(MISSED)
        return [trial for trial in different if trial.near] or different

    @property
    def counted(self) -> int:
        """How many mistakes count."""
        return len(self.counting)

    @property
    def noticed(self) -> int:
        """How many of those that count are noticed."""
        return sum(trial.outcome == NOTICED for trial in self.counting)

    @property
    def enough(self) -> bool:
        """Whether enough of them are noticed."""
        return self.noticed > 0 and self.noticed >= SHARE * self.counted

    @property
    def code(self) -> int:
        """0 all well, 1 something is wanting, 2 there are no laws that could be marked."""
        if self.error:
            return UNREADABLE
        return WELL if all(row.ok and row.twin_ok for row in self.laws) and self.enough else WANTING


def mark(file: str | os.PathLike, cases: int | None = None, seed: int = 0) -> Mark:
    """Mark a file; `cases` of each law (default 1000, or as many as fit into 40 seconds of computing).

    Whatever the file does, this returns: its code runs in processes of its own, and leaves nothing in this one.

    >>> mark("nowhere.py").error
    'there is no file nowhere.py. Name a Python file with laws of your own.'
    """
    started = time.monotonic()
    job = {"file": os.fspath(file), "seed": seed}
    with ThreadPoolExecutor(2) as pool:
        planting = pool.submit(_plant, job)
        error, laws = _check({**job, "cases": cases or CASES, "seconds": None if cases else SECONDS})
        tally = planting.result()
    seconds = time.monotonic() - started
    return Mark(os.fspath(file), error, laws, () if error else tally.trials, tally.places, tally.cases, seconds)


def _check(job):
    """The words of an error, or "", and the laws."""
    rows, last = {}, "its import"
    with Conversation({**job, "task": "check"}, SILENCE) as messages:
        for message in messages:
            last = message.get("beat", last)
            if "law" in message:
                rows[message["law"]["law"]] = LawMark(**message["law"])
            elif "twin" in message:
                name = message["twin"].pop("law")
                rows[name] = rows[name]._replace(**message["twin"])
            elif not message.keys().isdisjoint(("error", SILENT, DIED)):
                return _said(message, job["file"], last), ()
    return "", tuple(rows.values())


def _said(message, file, last):
    """What went wrong, in words."""
    if "error" in message:
        return message["error"]
    if SILENT in message:
        return f"{file} does not end: no sign of life for {message[SILENT]:g} s after {last}."
    return f"{file} ended Python itself (exit code {message[DIED]})."


class _Tally:
    """What the planting processes have said so far, and the seconds that are left."""

    def __init__(self):
        self.trials, self.told, self.places, self.cases = [], {}, 0, 0
        self.pending, self.hung, self.seconds = None, 0, SECONDS

    def add(self, number, outcome, trial):
        self.told[number], self.pending = outcome, None
        if trial:
            self.trials.append(trial)

    @property
    def full(self):
        return sum(trial.outcome in (NOTICED, MISSED) for trial in self.trials) >= COUNTED


def _plant(job):
    """Plant one mistake after the other; a process that a mistake has hung or killed is begun anew behind it."""
    tally, again = _Tally(), True
    while again:
        told = {**job, "task": "plant", "told": tally.told, "seconds": tally.seconds}
        with Conversation(told, SILENCE, plain=True) as messages:
            again = _listen(messages, tally) and tally.hung < HUNG
    return tally


def _listen(messages, tally):
    """Whether to begin anew: True when a mistake has ended the process."""
    for message in messages:
        if "clean" in message:
            tally.places, tally.cases = message["places"], message["cases"]
            messages.limit = PATIENCE + SLOWER * message["clean"]
        elif "next" in message:
            tally.pending, tally.seconds = message, message["left"]
        elif "trial" in message:
            tally.add(message["number"], message["outcome"], message["trial"] and Trial(**message["trial"]))
        elif tally.pending and (SILENT in message or DIED in message):
            words = "it does not end" if SILENT in message else "it ends Python itself"
            tally.add(tally.pending["number"], STOPS, Trial(**tally.pending["next"], outcome=STOPS, error=words))
            tally.hung += 1
            return True
        if tally.full:
            return False
    return False
