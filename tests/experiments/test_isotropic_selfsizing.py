"""Self-sizing: a tiny run with its history, matched work, and every claim in its three verdicts."""

import json

import numpy as np
import pytest

from minigrow.experiments import protocol
from minigrow.experiments.isotropic import selfsizing
from minigrow.experiments.tuning import Tuned

TINY = {"repeats": 2, "widths": [4, 6], "steps": 60, "rates": [1e-3, 1e-2], "tuning": 1}
SHAKE = np.array([-0.01, 0.0, 0.01, 0.0])
SWING = np.array([-9.0, 9.0, -9.0, 9.0])
SAME = tuple((key, selfsizing.FULL[key]) for key in selfsizing.SAME)


def serially(f, jobs):
    return [f(job) for job in jobs]


def job(arm, **other):
    return selfsizing.Job("digits", arm, 4, 3e-3, 30, SAME, "test", "widths", 0)._replace(**other)


def test_end_to_end(tmp_path):
    assert protocol.problems(selfsizing) == []
    assert set(selfsizing.QUICK) == set(selfsizing.FULL)
    outcome = selfsizing.run(selfsizing.FULL | TINY, 1, serially)
    data = json.loads(json.dumps(outcome.data))
    assert [c.verdict for c in selfsizing.claims(data)] == [c.verdict for c in selfsizing.claims(outcome.data)]
    assert all(np.isfinite(c.measured) for c in selfsizing.claims(data))
    selfsizing.draw(data, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(selfsizing.FIGURES)
    assert outcome.history["step"].tolist() == [30, 60]
    assert "weights.h0.h1" in outcome.history.rows[0]
    for row in data["rows"].values():
        adapting = row["work"][len(data["widths"])]
        assert row["equal_work"]["narrow"] == pytest.approx(adapting, rel=0.05)  # a step of so few is 2 % of them


def test_only_the_self_sizing_network_changes_its_width():
    widths = {arm: selfsizing.one(job(arm)).widths[-1] for arm in selfsizing.ARMS}
    assert widths[selfsizing.FIXED] == [4, 4]
    assert min(widths[selfsizing.AUTO]) > 4
    assert min(widths[selfsizing.PRODUCT]) > 4


def test_validation_rows_are_not_the_test_set():
    assert (
        selfsizing.one(job(selfsizing.FIXED)).score
        != selfsizing.one(job(selfsizing.FIXED, judged_on="validation")).score
    )


def test_the_best_width_is_chosen_by_validation_alone():
    found = {
        ("a", selfsizing.FIXED, w): Tuned(1.0, (1.0, 2.0), (s, 0.0), False)
        for w, s in ((4, 80.0), (8, 90.0), (16, 70.0))
    }
    assert selfsizing.chosen("a", [4, 8, 16], found) == 8


def data(edges=(False, False, False), **levels):
    usual = {
        "narrow": 80.0,
        "best": 90.0,
        "auto": 90.0,
        "product": 90.0,
        "equal_best": 90.0,
        "equal_narrow": 80.0,
    } | levels
    of = {}
    for key, level in usual.items():
        middle, swing = level if isinstance(level, tuple) else (level, 0.0)
        of[key] = (middle + SHAKE + swing * SWING).tolist()
    row = {"best": 8, "fixed": [of["narrow"], of["best"]], "auto": of["auto"], "product": of["product"],
           "equal": {"best": of["equal_best"], "narrow": of["equal_narrow"]}, "edges": list(edges)}  # fmt: skip
    return {"widths": [4, 8], "overlap": {"a": 0.25, "b": 0.0}, "rows": {"a": row, "b": row}}


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ({}, {}),
        ({"narrow": 89.5}, {0: "refuted"}),
        ({"narrow": (85.0, 1.0)}, {0: "undecided", 3: "undecided"}),
        ({"best": 92.0}, {1: "refuted"}),
        ({"best": (90.0, 1.0)}, {0: "undecided", 1: "undecided"}),
        ({"equal_best": 92.0}, {2: "refuted"}),
        ({"equal_best": (90.0, 1.0)}, {2: "undecided"}),
        ({"narrow": 91.0}, {0: "refuted", 3: "refuted"}),
        ({"equal_narrow": 91.0}, {4: "refuted"}),
        ({"equal_narrow": (89.0, 1.0)}, {4: "undecided"}),
        ({"product": 92.0}, {5: "refuted"}),
        ({"product": 88.0}, {5: "refuted"}),
        ({"product": (90.0, 1.0)}, {5: "undecided"}),
        ({"edges": (True, False, False)}, dict.fromkeys((0, 3, 4), "undecided")),
        ({"edges": (False, True, False)}, dict.fromkeys((0, 1, 2), "undecided")),
        ({"edges": (False, False, True)}, dict.fromkeys((1, 2, 3, 4, 5), "undecided")),
    ],
)
def test_claims(levels, expected):
    found = [claim.verdict for claim in selfsizing.claims(data(**levels))]
    assert found[:6] == found[6:] == [expected.get(i, "holds") for i in range(6)]
