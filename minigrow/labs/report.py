"""A mark in words: one line a file, its laws, and each planted mistake with what became of it; and as plain values for JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from minigrow.labs.marking import COUNTED, SHARE, Mark
from minigrow.labs.trial import MISSED, NOTICED, SAME, STOPS

AT_LEAST = 10  # mistakes: with fewer, the report says why
CRITERION = (
    f"of those that make a difference, in code that the laws speak of, at least {round(100 * SHARE)} % must be noticed"
)


def line(mark: Mark) -> str:
    """Return the verdict on one line.

    >>> line(Mark("a.py", "a.py registers no law."))
    'a.py: cannot be marked: a.py registers no law.'
    """
    if mark.error:
        return f"{mark.file}: cannot be marked: {mark.error}"
    wanting = "; ".join(_wanting(mark))
    return f"{mark.file}: {wanting or 'all well'} ({_laws(mark)}, {mark.noticed} of {mark.counted} planted mistakes noticed)"


def _laws(mark):
    held = [row.law for row in mark.laws if row.ok]
    return f"{len(held)} of {len(mark.laws)} laws hold"


def _wanting(mark):
    """What is not well, one phrase each."""
    failing = [row.law for row in mark.laws if not row.ok]
    if failing:
        yield f"these fail: {', '.join(failing)}"
    for row in mark.laws:
        if not row.twin_ok:
            yield f"{row.law}: {_twin(row)}"
    if not mark.enough and not failing:
        yield _unnoticed(mark)


def _twin(row):
    return row.twin_words or f"its broken twin fails in {row.twin_fails} of {row.twin_cases} cases"


def _unnoticed(mark):
    if not mark.places:
        return (
            "there is nothing to notice: the laws run no code of yours or of minigrow's that they could be wrong about"
        )
    if not mark.counted:
        return "no planted mistake makes a difference to the laws: they notice none"
    return "too few planted mistakes are noticed" if mark.noticed else "the laws notice none of the planted mistakes"


def lines(mark: Mark) -> Iterator[str]:
    """Yield the whole report, line by line: a table of the laws, the planted mistakes, the verdict.

    >>> list(lines(Mark("a.py", "a.py registers no law.")))
    ['a.py: cannot be marked: a.py registers no law.']
    """
    if not mark.error:
        yield f"{'law':34s} {'cases':>5s} {'worst / eps':>12s} {'tolerance':>10s}"
        yield from map(_row, mark.laws)
        yield from (f"  to explain {row.law}: {row.explained}" for row in mark.laws if row.explained)
        yield _laws(mark)
        yield from _mistakes(mark)
    yield line(mark)


def _row(row):
    verdict = "ok" if row.ok else "FAILS"
    table = f"{row.law:34s} {row.cases:5d} {row.worst_eps:12.3g} {row.tolerance_eps:10.3g}"
    return f"{table}  {verdict:5s}  {_twin(row)}"


def _mistakes(mark):
    """The planted mistakes, those that nobody noticed first."""
    if not mark.trials:
        return
    yield f"{len(mark.trials)} mistakes were planted, one at a time, and the laws run on {mark.cases} cases each; {CRITERION}."
    for outcome, near, title in TITLES:
        these = [trial for trial in mark.of(outcome) if trial.near in near]
        if these:
            yield f"  {len(these)} {title}"
            yield from (f"    {_mistake(trial)}" for trial in these)
    stopped = len(mark.of(STOPS))
    if stopped:
        yield f"  {stopped} stop the program by themselves, and need no law"
    if mark.counted < AT_LEAST:
        yield f"  (only {mark.counted} count: there is no more to plant in the code that these laws run, or no more time)"


def _mistake(trial):
    by = f" ({', '.join(trial.laws)})" if trial.laws else ""
    return f"{trial.where}: {trial.words}{by}"


ALL = (True, False)
TITLES = (
    (MISSED, (True,), "not noticed"),
    (NOTICED, ALL, "noticed"),
    (MISSED, (False,), "not noticed, in code that the laws only use"),
    (SAME, ALL, "make no difference to anything that the laws compute"),
)


def plain(mark: Mark) -> dict[str, Any]:
    """Return a mark as what JSON knows.

    >>> plain(Mark("a.py", "a.py registers no law."))["code"]
    2
    """
    laws = [{**row._asdict(), "twin_ok": row.twin_ok} for row in mark.laws]
    counts = {"noticed": mark.noticed, "counted": mark.counted, "enough": mark.counted >= COUNTED}
    trials = [{**trial._asdict(), "where": trial.where} for trial in mark.trials]
    told = {"file": mark.file, "code": mark.code, "verdict": line(mark), "error": mark.error, **counts}
    return {
        **told,
        "laws": laws,
        "mistakes": trials,
        "cases_per_mistake": mark.cases,
        "seconds": round(mark.seconds, 1),
    }
