"""The protocol of every experiment fits the configuration that runs, and what does not fit is noticed."""

import types

import pytest

from minigrow.experiments import protocol
from minigrow.experiments.protocol import Setting
from minigrow.experiments.registry import EXPERIMENTS

FULL = {"repeats": 20, "steps": 9, "data": ["digits"]}
ROWS = (
    Setting("repeats", 20, "repeats"),
    Setting("steps", 52100, "steps", why="two cores", effect="not measured"),
    Setting("data", "CIFAR-10", "data", why="no files", effect="measured: none"),
    Setting("optimiser", "AdamW"),
)


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda e: e.name)
def test_every_protocol_fits_its_configuration(experiment):
    module = experiment.module
    if not hasattr(module, "PROTOCOL"):
        pytest.skip("this method's experiments have no protocol yet")
    assert protocol.problems(module) == []
    assert all(
        row.effect and row.why for row in module.PROTOCOL if row.ours and row.ours != protocol.words(row.authors)
    )


def module(rows=ROWS, full=FULL):
    made = types.ModuleType("made")
    made.FULL, made.PROTOCOL = full, tuple(rows)
    return made


def test_a_protocol_that_fits():
    assert protocol.problems(module()) == []


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (module(ROWS[1:]), "repeats has no row"),
        (module(full=FULL | {"rate": 0.1}), "rate has no row"),
        (module([*ROWS, Setting("rate", 0.1, "rate", "", "a reason", "none")]), "there is no rate in FULL"),
        (
            module([ROWS[0], ROWS[1]._replace(why=""), *ROWS[2:]]),
            "steps: 9 instead of 52100 needs a reason and its effect",
        ),
        (module([ROWS[0], ROWS[1]._replace(effect=""), *ROWS[2:]]), "steps: 9 instead of 52100 needs a reason"),
        (module([ROWS[0]._replace(ours="20"), *ROWS[1:]]), "must not be said again"),
        (module([*ROWS[:3], ROWS[3]._replace(ours="SGD")]), "optimiser: SGD instead of AdamW needs a reason"),
    ],
)
def test_what_does_not_fit_is_said(made, words):
    (problem,) = protocol.problems(made)
    assert words in problem


def test_rows_say_what_runs_and_not_what_was_written_once():
    rows = protocol.rows(ROWS, FULL | {"steps": 7})
    assert [row["ours"] for row in rows] == ["20", "7", "digits", "AdamW"]
    assert [row["authors"] for row in rows] == ["20", "52100", "CIFAR-10", "AdamW"]


def test_the_authors_values_go_in_where_they_are_of_the_same_kind():
    assert protocol.as_authors(ROWS, FULL) == {"repeats": 20, "steps": 52100, "data": ["digits"]}
    assert FULL["steps"] == 9, "the configuration itself stays as it was"
