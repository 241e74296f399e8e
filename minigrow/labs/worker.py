"""The process in which a student's file runs, so that nothing it does can harm the marking: it may print, exit, or never end.

A job is one line of JSON on the standard input; what is found goes line by line, as JSON, to the standard output. Two tasks:

    check    every law on all cases, and its broken twin on a few
    plant    one planted mistake after the other, without those that are `told` already {number: outcome}
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from minigrow.labs.subjects import in_turn, subjects, together, whose
from minigrow.labs.tracing import Trace
from minigrow.labs.trial import STOPS, Bench, exceeds, tried, value
from minigrow.laws import load_file
from minigrow.laws.explain import explanation

FEW, TRACED = 25, 5  # cases of a broken twin and of a planted mistake; cases that are traced
CLEAN = 1.5  # seconds for the few cases without a mistake: a slow law gets fewer
BEAT = 1.0  # seconds between signs of life
LEAST = 3  # cases, however slow the law
TWICE = 2  # mistakes in one statement near the law, before those further away have their turn

Message = dict[str, Any]


def main() -> None:
    """Do the job that stands on the standard input; nothing that the student's file prints gets in between."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    for message in answers(json.loads(sys.stdin.readline())):
        print(json.dumps(message), file=out, flush=True)


def answers(job: Message) -> Iterator[Message]:
    """Yield what is found; the last message is {"done": ...} or {"error": words}.

    >>> list(answers({"task": "check", "file": "nowhere.py"}))
    [{'error': 'there is no file nowhere.py. Name a Python file with laws of your own.'}]
    """
    try:
        laws = load_file(job["file"])
        yield {"laws": [row.name for row in laws]}
        yield from TASKS[job["task"]](laws, job)
    except ValueError as error:
        yield {"error": str(error)}


def _check(laws, job):
    for row in laws:
        share = np.inf if job["seconds"] is None else job["seconds"] / len(laws)
        yield from _checked(row, job, share)
        yield {"twin": {"law": row.name, **_twin(row, job["seed"])}}
    yield {"done": True}


def _checked(law, job, seconds):
    """The law on all its cases, or as many as fit into the seconds, with a sign of life now and then."""
    worst, number = -np.inf, 0
    started, last = time.process_time(), time.monotonic()
    while number < job["cases"] and (number < LEAST or time.process_time() < started + seconds):
        try:
            found = value(law, job["seed"], number)
        except Exception as error:
            where = f"{law.name} (seed {job['seed']}, case {number})"
            raise ValueError(f"{where} raised {type(error).__name__}: {error}") from error
        worst, number = (found if np.isnan(found) or found > worst else worst), number + 1
        if time.monotonic() > last + BEAT:
            last = time.monotonic()
            yield {"beat": f"{law.name}, case {number - 1}"}
    told = {"law": law.name, "cases": number, "worst_eps": worst, "tolerance_eps": law.tolerance}
    yield {"law": {**told, "ok": not exceeds(worst, law), "explained": _explained(law)}}


def _explained(law):
    """What the law's page still needs, or "" when it is complete."""
    try:
        return "" if explanation(law).removed else "it has no broken twin."
    except ValueError as error:
        return str(error)


def _twin(law, seed):
    """On how many of a few cases the broken twin fails, and why it cannot count where it cannot."""
    if law.broken is None or law.broken is law.check:
        words = "it has no broken twin" if law.broken is None else "its broken twin is the law itself"
        return {"twin_words": words}
    twin = law._replace(check=law.broken)
    try:
        found = [value(twin, seed, number) for number in range(FEW)]
    except Exception as error:
        return {"twin_words": f"its broken twin raised {type(error).__name__}: {error}"}
    return {"twin_fails": sum(exceeds(deviation, law) for deviation in found), "twin_cases": FEW}


def _plant(laws, job):
    """One planted mistake after the other, near ones first, until the marking has seen enough and ends this process."""
    folder = Path(job["file"]).resolve().parent
    started = time.monotonic()
    cases = _few(laws, job["seed"])
    bench = Bench.laid(laws, cases, job["seed"], lambda file: whose(folder, file) == "own")
    seconds = time.monotonic() - started
    found = in_turn(_subjects(bench, folder)) if bench.laws else []
    yield {"clean": seconds, "cases": len(cases), "places": len(found)}
    told = {int(number): outcome for number, outcome in job["told"].items()}
    while (left := job["seconds"] - time.process_time()) > 0 and (number := _next(found, told)) is not None:
        subject, mistake = found[number]
        place = {
            "file": subject.function.file,
            "line": mistake.line,
            "function": mistake.function,
            "words": mistake.words,
        }
        yield {"number": number, "next": {**place, "near": subject.near}, "left": left}
        trial = _trial(subject, mistake, bench)
        told[number] = trial["outcome"] if trial else STOPS
        yield {"number": number, "outcome": told[number], "trial": trial}
    yield {"done": True}


def _next(found, told):
    """The next mistake: in turn, but first where few in the same statement have told something, and near the law."""
    spots = [(subject.function.file, mistake.statement) for subject, mistake in found]
    seen = Counter(spots[number] for number, outcome in told.items() if outcome != STOPS)

    def late(number):
        times = seen[spots[number]]
        return not (found[number][0].near and times < TWICE), times, number

    return min((number for number in range(len(found)) if number not in told), key=late, default=None)


def _few(laws, seed):
    """As many cases as fit into a second or two."""
    started, cases = time.process_time(), []
    while len(cases) < LEAST or (len(cases) < FEW and time.process_time() < started + CLEAN):
        _ = [value(row, seed, len(cases)) for row in laws]
        cases.append(len(cases))
    return cases


def _subjects(bench, folder):
    """The functions that the laws run in the first few cases, as subjects."""
    names = [f.__name__ for row in bench.laws for f in (row.check, row.broken) if f is not None]
    return together(subjects(_traced(row, bench, folder), folder, names) for row in bench.laws)


def _traced(law, bench, folder):
    with Trace(lambda file: bool(whose(folder, file))) as trace:
        _ = [value(law, bench.seed, number) for number in range(TRACED)]
    return trace


def _trial(subject, mistake, bench):
    try:
        return tried(subject, mistake, bench)._asdict()
    except ValueError:  # it cannot be planted in a running program
        return None


TASKS = {"check": _check, "plant": _plant}
