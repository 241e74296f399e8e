"""Isotropic against element-wise tanh: both sides alike but for the activation, tuned apart; every claim in three verdicts."""

import json

import numpy as np
import pytest

from minigrow.experiments.isotropic import against_tanh, common
from minigrow.experiments.isotropic.against_tanh_claims import ISOTROPIC, LINEAR, SIDES, TANH
from minigrow.nn import MLP

TINY = against_tanh.QUICK | {
    "repeats": 2, "fixed": [[[4], 4, 1e-3], [[4], 3, 0.3]], "tuned": [[[4], 3]], "rates": [1e-2, 1e-1],
}  # fmt: skip
SAME = tuple((name, TINY[name]) for name in against_tanh.SAME)


def job(**change):
    usual = {
        "data": "digits",
        "hidden": (8,),
        "steps": 60,
        "rate": 1e-2,
        "side": TANH,
        "same": SAME,
        "judged_on": "test",
        "seed": 0,
    }
    return against_tanh.Job(**usual | change)


def test_sides_start_from_the_same_weights():
    mine, other = (against_tanh.create(side, [6, 5, 4, 3], 7, "none", "none") for side in SIDES[:2])
    assert all(np.array_equal(mine.params[name], other.params[name]) for name in other.axes)
    assert mine.intrinsic.tolist() == [0, 0]


def test_the_third_side_has_no_hidden_layer():
    assert against_tanh.create(LINEAR, [4, 8, 8, 3], 0, "none", "none").widths == (4, 3)


@pytest.mark.parametrize("name", ["digits", "mnist-1d", "spirals"])
def test_test_rows_are_no_training_rows(name):
    train, test = against_tanh.parts(name, 3)
    rows = {row.tobytes() for row in train.X}
    assert len(train.y) > 3 * len(test.y)
    common_rows = sum(row.tobytes() in rows for row in test.X)
    assert common_rows <= (4 if name == "spirals" else 0)  # five arms begin at the same point


def test_spirals_are_new_in_each_repeat():
    first, again, other = (against_tanh.parts("spirals", seed)[0].X for seed in (0, 0, 1))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert [against_tanh.overlap(name) for name in ("spirals", "digits")] == [0, 0.25]


def test_tuning_never_sees_the_test_set(monkeypatch):
    seen = []
    monkeypatch.setattr(against_tanh, "accuracy", lambda net, data: seen.append(data) or 0.0)
    against_tanh.one(job(judged_on="validation", steps=1))
    against_tanh.one(job(steps=1))
    train, test = against_tanh.parts("digits", 0)
    assert np.array_equal(seen[1].X, test.X)
    assert len(seen[0].y) == round(0.2 * len(train.y))
    assert {row.tobytes() for row in seen[0].X} <= {row.tobytes() for row in train.X}


def test_seeds_for_tuning_are_not_those_of_the_verdict():
    seen = {"validation": set(), "test": set()}

    def pmap(f, jobs):
        for one in jobs:
            seen[one.judged_on].add(one.seed)
        return [f(one) for one in jobs]

    against_tanh.run(TINY | {"data": ["spirals"]}, 0, pmap)
    assert seen["validation"].isdisjoint(seen["test"])
    assert len(seen["test"]) == 2


def test_saturation_counts_units_beyond_ninety_nine_per_cent():
    net = MLP.create([1, 3, 2], rng=0)
    net.params["W1"][...] = [[5.0], [1.0], [-5.0]]
    assert against_tanh.saturated(net, np.array([[1.0], [-1.0]])) == pytest.approx(100 * 2 / 3)
    assert against_tanh.saturated(common.network([1, 2, 2], 0), np.ones((1, 1), np.float32)) == 0


def test_the_rate_of_the_job_is_the_rate_of_the_training():
    still, moving = (against_tanh.one(job(rate=rate))[0] for rate in (1e-9, 3e-2))
    assert still < 30
    assert moving > 70


def test_end_to_end(tmp_path):
    data = json.loads(json.dumps(against_tanh.run(TINY, 1, lambda f, jobs: [f(job) for job in jobs]).data))
    claims = against_tanh.claims(data)
    assert len(claims) == 18
    assert len({claim.claim for claim in claims}) == 18
    against_tanh.draw(data, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(against_tanh.FIGURES)


def made(gap=0.0, spread=0.1, linear=50.0, stuck=95.0, stuck_spread=0.1, edge=None, overlap=0.0):
    around = np.linspace(-1, 1, 10)
    level = {ISOTROPIC: 90 + gap + spread * around, TANH: np.full(10, 90.0), LINEAR: np.full(10, linear)}
    rows = [{"data": "mnist-1d", "hidden": [8], "steps": 9, "side": side, "rate": 0.1, "tuned": True, "test": level[side],
             "edge": side == edge} for side in SIDES]  # fmt: skip
    rows += [{"data": "mnist-1d", "hidden": [8], "steps": 9, "side": side, "rate": rate, "tuned": False, "test": level[side],
              "saturated": stuck + stuck_spread * around} for rate in (1e-3, 0.3) for side in SIDES[:2]]  # fmt: skip
    return {"overlap": {"mnist-1d": overlap}, "rows": rows}


@pytest.mark.parametrize(
    ("index", "holds", "refuted", "undecided"),
    [
        (0, {"gap": 2.0}, {"gap": -2.0}, {"spread": 5.0}),
        (1, {"gap": 0.3}, {"gap": 3.0}, {"spread": 5.0}),
        (2, {}, {"linear": 95.0}, {"linear": 90.0}),
        (3, {"gap": 2.0}, {"gap": -2.0}, {"spread": 5.0}),
        (4, {"gap": 2.0}, {"gap": -2.0}, {"spread": 5.0}),
        (5, {}, {"stuck": 50.0}, {"stuck": 90.0}),
    ],
)
def test_claims(index, holds, refuted, undecided):
    found = [against_tanh.claims(made(**change))[index].verdict for change in (holds, refuted, undecided)]
    assert found == ["holds", "refuted", "undecided"]


@pytest.mark.parametrize(("edge", "expected"), [(ISOTROPIC, [0, 1, 2]), (TANH, [0, 1]), (LINEAR, [2])])
def test_a_rate_at_the_edge_decides_nothing(edge, expected):
    usual, found = (against_tanh.claims(made(gap=0.5, edge=e)) for e in (None, edge))
    assert all(claim.verdict != "undecided" for claim in usual)
    assert [i for i, claim in enumerate(found) if claim.verdict == "undecided"] == expected


def test_overlapping_splits_widen_intervals():
    alone, shared = (against_tanh.claims(made(overlap=overlap))[0] for overlap in (0.0, 0.25))
    assert shared.high - shared.low == pytest.approx((alone.high - alone.low) * np.sqrt(1 + 10 * 0.25))
