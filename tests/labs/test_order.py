"""In which order mistakes are planted, whose code is whose, and what the planting has said so far: made-up cases, nothing runs."""

from pathlib import Path

import pytest

import minigrow
from minigrow.labs import marking, worker
from minigrow.labs.marking import _listen, _Tally
from minigrow.labs.mutants import Mistake
from minigrow.labs.subjects import Function, Subject, in_turn, together, whose

PACKAGE = Path(minigrow.__file__).resolve().parent


def subject(name, group, *kinds):
    """A function with one mistake of each of these kinds, numbered from 0."""
    rows = [Mistake(number, 10 + number, 10 + number, name, kind, kind) for number, kind in enumerate(kinds)]
    return Subject(Function("a.py", name, 1, 9, False, False), group, tuple(rows))


def test_near_functions_have_their_turn_first_and_each_kind_once_before_any_twice():
    f = subject("f", 1, "constant", "constant", "sign", "logic")
    g = subject("g", 0, "order", "term")
    far = subject("h", 2, "sign", "sign")
    kernel = subject("k", 3, "logic")
    dealt = [(row.function.name, mistake.kind, mistake.number) for row, mistake in in_turn([far, f, g, kernel])]
    assert dealt == [
        ("f", "sign", 2), ("g", "term", 1), ("f", "constant", 0), ("g", "order", 0), ("f", "logic", 3),
        ("f", "constant", 1), ("h", "sign", 0), ("k", "logic", 0), ("h", "sign", 1),
    ]  # fmt: skip


def test_of_many_functions_eight_have_their_turns_before_the_ninth():
    rows = [subject(f"f{i}", 1, "sign", "sign") for i in range(9)]
    names = [row.function.name for row, _ in in_turn(rows)]
    assert names == [f"f{i}" for i in range(8)] * 2 + ["f8"] * 2


def test_a_function_that_several_laws_run_is_there_once_as_near_as_to_the_nearest():
    one, other = subject("f", 2, "sign", "term"), subject("f", 1, "sign")
    found = together([[one, subject("g", 2, "sign")], [other, subject("h", 0, "sign")]])
    assert [(row.function.name, row.group, row.near, len(row.mistakes)) for row in found] == [
        ("h", 0, True, 1), ("f", 1, True, 2), ("g", 2, False, 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "who"),
    [
        (PACKAGE / "growth" / "basis.py", "minigrow"),
        (PACKAGE / "nn" / "check.py", "minigrow"),
        (PACKAGE / "nn" / "door.py", ""),
        (PACKAGE / "nn" / "feeding.py", ""),
        (PACKAGE / "laws" / "urn" / "prices.py", ""),
        (PACKAGE / "labs" / "values.py", ""),
        ("HOME/net.py", "own"),
        ("HOME/deep/net.py", "own"),
        ("HOME/.venv/site-packages/net.py", ""),
        ("HOME/dist-packages/net.py", ""),
        ("HOME/../net.py", ""),
        ("<string>", ""),
    ],
)
def test_whose_a_file_is(tmp_path, file, who):
    assert whose(tmp_path, str(file).replace("HOME", str(tmp_path))) == who


def test_the_next_mistake_is_near_and_in_a_statement_of_which_little_was_told():
    near, far = subject("f", 1, *["sign"] * 3), subject("h", 2, "sign")
    same = near.mistakes[1]._replace(statement=10)  # two in the statement of line 10
    found = [(far, far.mistakes[0]), (near, near.mistakes[0]), (near, same), (near, same), (near, near.mistakes[2])]
    assert worker._next(found, {}) == 1
    assert worker._next(found, {1: "missed"}) == 4
    assert worker._next(found, {1: "missed", 4: "missed"}) == 2
    assert worker._next(found, {1: "missed", 4: "missed", 2: "missed"}) == 0
    assert worker._next(found, {1: "stops", 4: "stops", 2: "stops"}) == 3, "what stops has told nothing"
    assert worker._next(found, {0: "missed", 1: "missed", 2: "missed", 4: "missed"}) == 3
    assert worker._next(found, dict.fromkeys(range(5), "missed")) is None


class Told(list):
    """Messages, and the limit that is set while they are read."""

    limit = 60.0


PLACE = {"file": "a.py", "line": 3, "function": "f", "words": "- for +", "near": True}


def trial(number, outcome):
    return {"number": number, "outcome": outcome, "trial": PLACE | {"outcome": outcome}}


def test_what_the_planting_says_is_kept_and_a_hung_process_is_begun_anew():
    tally, following = _Tally(), {"number": 2, "next": PLACE, "left": 17.5}
    messages = Told([{"laws": ["a"]}, {"clean": 0.5, "cases": 25, "places": 9}, trial(0, "missed"), following])
    assert not _listen(messages, tally)
    assert (messages.limit, tally.cases, tally.places, tally.seconds) == (3.0 + 5.0 * 0.5, 25, 9, 17.5)
    assert (tally.told, tally.hung, tally.pending) == ({0: "missed"}, 0, following)
    for said, words in (({"silent": 3}, "it does not end"), ({"died": -9}, "it ends Python itself")):
        assert _listen(Told([following, said, trial(3, "missed")]), tally)
        last = marking.Trial(**PLACE, outcome="stops", error=words)
        assert (tally.trials[-1], tally.told[2], tally.pending) == (last, "stops", None)
    assert (tally.hung, len(tally.trials)) == (2, 3)
    assert not _listen(Told([{"silent": 3}]), tally), "the laws themselves hang: no mistake was planted"
    assert not _listen(Told([{"number": 5, "outcome": "stops", "trial": None}]), tally)
    assert (tally.told[5], len(tally.trials)) == ("stops", 3), "one that cannot be planted is no trial"


def test_twelve_that_make_a_difference_are_enough():
    tally = _Tally()
    assert not _listen(Told(trial(i, ("missed", "noticed", "stops", "no difference")[i % 4]) for i in range(21)), tally)
    assert (tally.full, len(tally.trials)) == (False, 21)
    assert not _listen(Told([trial(22, "noticed"), trial(23, "missed"), trial(24, "missed")]), tally)
    assert (tally.full, len(tally.trials)) == (True, 22), "what comes after the twelfth is not read"
