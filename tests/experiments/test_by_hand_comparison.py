"""The comparison's measures on runs made by hand: a static run cut short, matched by work, one row of the table, its claims' parts."""

import math

import numpy as np
import pytest

from minigrow.experiments.addition import (
    ablations,
    comparison,
    comparison_claims,
    comparison_measures,
    comparison_ranking,
    comparison_tasks,
)
from minigrow.experiments.addition.comparison_arms import BASELINE, arms
from minigrow.experiments.addition.comparison_checklist import CONTROLS, checklist
from minigrow.experiments.addition.comparison_matrix import cells, helped
from minigrow.experiments.addition.comparison_measures import at_step, matched, middle
from minigrow.experiments.claims import mean
from minigrow.experiments.tuning import Tuned

CONFIG = comparison.QUICK | {"rules": ["tiny"], "steps": 20, "end": 6, "widths": [6], "methods": [], "triggers": []}


def run_of(score, work, steps=(10, 20, 40, 80), seconds=8.0, **more):
    """A run that recorded at these steps; score and work rise evenly to what is given."""
    part = np.arange(1, len(steps) + 1) / len(steps)
    course = {
        "step": list(steps),
        "work": (work * part).tolist(),
        "width": [6] * len(steps),
        "score": (score * part).tolist(),
    }
    ends = {"score": score, "width": 6, "parameters": 50, "work": work, "growth": 0.0, "seconds": seconds, "own": 1.0}
    return ends | {"refused": "", "course": course} | more


def test_a_longer_run_as_it_stood_at_a_step():
    found = at_step(run_of(80.0, 400.0), 20)
    assert found == run_of(80.0, 400.0) | {
        "course": {"step": [10, 20], "work": [100.0, 200.0], "width": [6, 6], "score": [20.0, 40.0]},
        "score": 40.0, "work": 200.0, "seconds": 2.0,
    }  # fmt: skip


def test_the_score_at_an_amount_of_work_lies_between_two_rows():
    run = run_of(80.0, 400.0)
    assert [matched(run, work) for work in (0, 100, 150, 400, 900)] == [20, 20, 30, 80, 80]


def test_the_mean_course_of_runs_that_recorded_at_the_same_steps():
    assert middle([run_of(80.0, 400.0), run_of(40.0, 200.0)]) == {
        "step": [10, 20, 40, 80], "work": [75, 150, 225, 300], "width": [6, 6, 6, 6], "score": [15, 30, 45, 60]}  # fmt: skip
    assert middle([run_of(80.0, 400.0), run_of(80.0, 400.0, (1, 2, 3))]) == {}
    assert middle([{"course": {}}, {"course": {}}]) == {}


def test_one_row_of_the_table():
    static = [run_of(80.0, 400.0), run_of(60.0, 400.0)]
    mine = [run_of(50.0, 300.0, (10, 20), growth=7.0, own=0.5), run_of(70.0, 500.0, (10, 20), width=4)]
    runs = {("teacher", "static 6"): static, ("teacher", "tiny"): mine}
    tuned = Tuned(0.01, (0.003, 0.01), (5.0, 6.123456), True)
    assert comparison_measures._row(CONFIG, ("teacher", "tiny"), tuned, runs) == {
        "task": "teacher", "arm": "tiny", "kind": "rule", "rate": 0.01, "edge": True, "refused": "", "tuning": 6.1235,
        "score": [50, 70], "width": [6, 4], "parameters": [50, 50], "work": [300, 500], "growth": [7, 0], "seconds": [8, 8],
        "own": [0.5, 1], "matched": [60, 60], "beyond": 0.5,
        "course": {"step": [10, 20], "work": [200, 400], "width": [6, 6], "score": [30, 60]},
    }  # fmt: skip
    row = comparison_measures._row(CONFIG, ("teacher", "static 6"), tuned._replace(edge=False), runs)
    assert (row["score"], row["work"], row["matched"], row["beyond"], row["seconds"]) == (
        [40, 30],
        [200, 200],
        [40, 30],
        0.0,
        [2, 2],
    )
    assert row["course"]["step"] == [10, 20]
    runs["teacher", "tiny"] = [run_of(1.0, 1.0), run_of(1.0, 1.0, refused="no"), run_of(1.0, 1.0, refused="never")]
    assert comparison_measures._row(CONFIG, ("teacher", "tiny"), tuned, runs) == {
        "task": "teacher", "arm": "tiny", "kind": "rule", "rate": 0.01, "edge": True, "refused": "no", "refusals": 2}  # fmt: skip


def test_jobs_of_tuning_and_measuring():
    """Seven seeds make groups of five and two; a heavy task has half as many; the tuning seeds are others, with rows held out."""
    config = CONFIG | {
        "repeats": 7,
        "tuning": 3,
        "data": ["stand-in"],
        "made": ["teacher"],
        "heavy": ["stand-in"],
        "rates": [0.1, 0.2],
    }
    asked = []

    def pmap(f, jobs):
        asked.extend(jobs)
        return [[{"score": float(k)} for k, _ in enumerate(job.seeds)] for job in jobs]

    tuned = comparison_measures.tune(config, 0, pmap)
    assert tuned["teacher", "tiny"] == Tuned(0.1, (0.05, 0.1, 0.2), (1.0, 1.0, 1.0), False)
    assert {(job.task, len(job.seeds), job.held) for job in asked} == {("teacher", 3, True), ("stand-in", 2, True)}
    apart, asked[:] = {seed for job in asked for seed in job.seeds}, []

    def stop(f, jobs):
        asked.extend(jobs)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        comparison_measures.measure(config, 0, stop, tuned)
    told = [(job.task, job.arm, len(job.seeds), job.held) for job in asked if job.arm == "tiny"]
    assert told == [("stand-in", "tiny", 4, False), ("teacher", "tiny", 5, False), ("teacher", "tiny", 2, False)]
    assert not apart & {seed for job in asked for seed in job.seeds}
    assert all(job.rate == tuned[job.task, job.arm].rate and "heavy" not in job.numbers for job in asked)


def row(task, arm, score, kind="rule", **more):
    fields = {
        "task": task,
        "arm": arm,
        "kind": kind,
        "refused": "",
        "edge": False,
        "beyond": 0.0,
        "tuning": 0.0,
        "own": [1.0],
    }
    return fields | {"score": list(score), "matched": [1.0, 2.0, 3.0]} | more


def test_differences_seed_by_seed():
    a, b = row("t", "a", (3.0, 5.0, 9.0)), row("t", "b", (2.0, 1.0, 3.0))
    assert comparison_claims.gap(a, b, 0.0).value == pytest.approx(11 / 3)
    assert comparison_claims.gap(a, b, 0.25) == pytest.approx(mean([1.0, 4.0, 6.0], 0.25))
    assert comparison_claims.lead(a, b, 0.0) == pytest.approx(mean([2.0, 3.0, 6.0]))
    five = comparison_claims.gap(a, b, 0.0, 5)
    assert five.high - five.value > mean([1.0, 4.0, 6.0]).high - five.value
    for one, two in ((a | {"edge": True}, b), (a, b | {"edge": True}), (a | {"beyond": 0.1}, b)):
        assert math.isnan(comparison_claims.lead(one, two, 0.0).low)
    assert math.isnan(comparison_claims.gap(a, b | {"edge": True}, 0.0).low)


def test_the_matrix_of_differences_to_random_growth():
    rows = [
        row("t", BASELINE, (1.0, 1.0, 2.0)), row("t", "tiny", (3.0, 4.0, 6.0), edge=True), row("t", "static 6", (1, 1, 1), "static"),
        row("t", "gradmax", (), refused="no"), row("t", "paired tiny (relu)", (1.0, 2.0, 3.0)),
        row("u", "tiny", (1.0, 2.0, 3.0), own=[1.0, 0.5]), row("u", "gradmax", (), refused="no", own=[0.0]),
    ]  # fmt: skip
    names, tasks, found = cells({"rows": rows, "overlap": {"t": 0.0, "u": 0.0}})
    assert (names, tasks) == (["tiny", "static 6"], ["t", "u"])
    assert {key: e.value for key, e in found.items()} == {
        ("tiny", "t"): pytest.approx(3),
        ("static 6", "t"): pytest.approx(-1 / 3),
    }
    assert math.isfinite(found["tiny", "t"].low), "the matrix shows what is at an edge, too"
    assert helped({"rows": rows}) == {("tiny", "u")}


def test_the_rules_that_ran_on_all_tasks_are_ranked():
    rows = [
        row("t", "tiny", (3.0, 4.0, 6.0)), row("t", "gradmax", (1.0, 9.0, 1.0)), row("t", "nest", (1.0, 1.0, 1.0)),
        row("u", "tiny", (6.0, 7.0)), row("u", "gradmax", (5.0, 5.0)), row("u", "nest", (), refused="no"),
        row("t", "static 6", (9, 9, 9), "static"), row("t", "tiny (relu)", (9, 9, 9)), row("u", "tiny (relu)", (9, 9, 9)),
    ]  # fmt: skip
    given = {"rows": rows, "overlap": {"t": 0.0, "u": 0.0}}
    names, scores = comparison_ranking.scores(given, ["t", "u"])
    assert names == ["tiny", "gradmax"]
    assert scores.tolist() == [[[3, 1], [6, 5]], [[4, 9], [7, 5]]]
    assert comparison_ranking.scores({"rows": []}, ["t"]) == ([], pytest.approx(np.zeros((0, 1, 0))))
    assert comparison_ranking.agreement(given).value == -1
    assert comparison_ranking.agreement(given | {"overlap": {"t": 0.0}}) is None
    assert comparison_ranking.agreement({"rows": [rows[0], rows[3]], "overlap": {"t": 0.0, "u": 0.0}}) is None
    leader, part, n = comparison_ranking.top(given, "t")
    assert (leader, n) == ("tiny", 3)
    drawn = np.random.default_rng(0).integers(3, size=(2000, 3))
    own, other = np.array([3.0, 4.0, 6.0])[drawn].mean(axis=1), np.array([1.0, 9.0, 1.0])[drawn].mean(axis=1)
    assert part == np.mean(own >= other)
    assert comparison_ranking.top({"rows": rows[:1]}, "t") is None


def test_the_controls_that_are_there():
    full = row("t", BASELINE, (1.0,), parameters=[1], seconds=[1.0]) | {"kind": "static"}
    assert [r["there"] for r in checklist([full, row("t", "tiny", (1.0,))])] == ["present"] * 8
    none = [r["there"] for r in checklist([])]
    assert none == ["missing"] * 6 + ["present"] * 2
    assert [(r["control"], r["where"]) for r in checklist([])] == [(name, where) for name, _, where in CONTROLS]


def test_arms_with_relu_have_a_static_net_of_their_own():
    found = arms(
        CONFIG | {"widths": [2, 6], "relu": ["tiny"], "timed": ["tiny"], "triggers": ["plateau"], "methods": ["urn"]}
    )
    assert {name: tuple(arm) for name, arm in found.items()} == {
        "static 2": ("static", "", "every", 2, "tanh"), "static 6": ("static", "", "every", 6, "tanh"),
        "tiny": ("rule", "tiny", "every", 0, "tanh"), "tiny, plateau": ("trigger", "tiny", "plateau", 0, "tanh"),
        "urn": ("method", "urn", "every", 0, "tanh"), "static 6 (relu)": ("static", "", "every", 6, "relu"),
        "tiny (relu)": ("rule", "tiny", "every", 0, "relu"),
    }  # fmt: skip


def test_without_a_number_all_images_of_the_stand_in_are_loaded(monkeypatch):
    asked, few = [], comparison_tasks.shared.parts("digits", 0)
    monkeypatch.setattr(comparison_tasks, "_images", lambda count: asked.append(count) or few)
    comparison_tasks.task("stand-in", 0, {})
    comparison_tasks.task("stand-in", 0, {"images": 30})
    assert asked == [60000, 30]


def test_a_difference_of_ablations_rests_on_both_rates():
    row = {"accuracy": [[1.0, 5.0], [2.0, 9.0]], "rate": 0.1, "edge": False}
    given = {"a": row, "b": row | {"accuracy": [[9.0, 1.0], [9.0, 2.0]]}}
    found = ablations.difference(given, "a", "b", 0.25)
    assert found == mean([4.0, 7.0], 0.25)
    for edge in "ab":
        assert math.isnan(ablations.difference(given | {edge: given[edge] | {"edge": True}}, "a", "b", 0.0).low)
