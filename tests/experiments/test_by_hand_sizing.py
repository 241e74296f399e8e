"""Isotropic experiments by hand, every job and every number of small cases: networks that size themselves, scheduled tasks."""

import numpy as np
import pytest
from noting import CORRECT, RATES, SLOW, TEST, TRAIN, WIDE, A, B, C, as_drawn, caught, noting, right, undecided

from minigrow.datasets import Dataset, split
from minigrow.experiments.isotropic import (
    depth,
    invariance_claims,
    precomputed,
    profiles,
    selfsizing,
    sparsification,
    tasks,
    tasks_claims,
    tasks_lives,
    together,
)
from minigrow.experiments.isotropic.common import network
from minigrow.experiments.tuning import Tuned
from minigrow.growth import History, Plan
from minigrow.isotropic import AutoAdapt

# --- networks that size themselves ---------------------------------------------------------------------------------------

SIZED = {"weight_decay": 0.3, "batch": 9, **CORRECT, "tau": 0.7, "scaffold": 3, "every": 6}


@pytest.mark.parametrize(("arm", "by"), [("fixed", None), ("adapting", "sigma"), ("adapting, by product", "product")])
def test_a_network_that_sizes_itself_or_does_not(monkeypatch, arm, by):
    life = History([{"step": 6, "widths": (64, 4, 5, 10)}, {"step": 12, "widths": (64, 6, 5, 10)}])
    seen = caught(monkeypatch, selfsizing, work=77.0, history=life)
    job = selfsizing.Job("digits", arm, 4, 0.02, 33, tuple(SIZED.items()), "test", "widths", 4)
    net = network([64, 4, 4, 10], 4)
    assert selfsizing.one(job) == (pytest.approx(right(net, TEST)), 77.0, [[4, 5], [6, 5]], None)
    assert as_drawn(seen[0].net, [64, 4, 4, 10], 4)
    policies = (AutoAdapt(tau=0.7, scaffold=3, by=by),) if by else ()
    assert seen[0].plan == Plan(steps=33, batch=9, policies=policies, every=6, record=6)
    assert (seen[0].seed, seen[0].optimiser) == (4, SLOW)
    learn, held = split(TRAIN, 0.2, rng=4)
    assert selfsizing.validated(job._replace(judged_on="validation")) == pytest.approx(right(net, held))
    assert np.array_equal(seen[1].data.X, learn.X)
    watched = selfsizing.one(job._replace(watched="weights"))
    assert watched.history is life
    assert "sigma1" in seen[2].plan.observe(net)
    caught(monkeypatch, selfsizing, work=0.0, history=History())
    assert selfsizing.one(job).widths == []


def test_fixed_widths_are_tuned_and_the_best_trained_again_at_equal_work():
    """Validation likes width 8 best; the adapting network does 3 times a fixed one's work, the best is trained 3 T steps."""
    work = {("fixed", 4): 10.0, ("fixed", 8): 20.0, ("adapting", 4): 30.0, ("adapting, by product", 4): 40.0}

    def score(job):
        return job.width + len(job.arm) / 3 + job.seed % 7 + job.steps / 1000

    def answer(job):
        if job.judged_on == "validation":
            return job.width - abs(np.log(job.rate / 0.02))
        life = History([{"step": 1, "weights.a.b": np.ones(1)}]) if job.watched == "weights" else None
        return selfsizing.Life(score(job), work[job.arm, job.width] * job.steps / 90, [[1, 2], [3, 4]], life)

    pmap, asked = noting(answer)
    config = selfsizing.QUICK | SIZED | {"repeats": 2, "tuning": 1, "rates": RATES, "data": ["digits", "mnist-1d"], "steps": 90,
                                         "widths": [4, 8]}  # fmt: skip
    outcome = selfsizing.run(config, 3, pmap)
    same = tuple((key, config[key]) for key in selfsizing.SAME)
    kinds = [("fixed", 4), ("fixed", 8), ("adapting", 4)]

    def job(name, kind, s, rate=0.02, judged_on="test", steps=90, watched="widths"):
        return selfsizing.Job(name, *kind, rate, steps, same, judged_on, watched, s)

    tuning = [
        ("validated", job(name, kind, C, rate, "validation"))
        for name in config["data"]
        for kind in kinds
        for rate in RATES
    ]
    keys = [(name, kind) for name in config["data"] for kind in kinds]
    keys += [(name, ("adapting, by product", 4)) for name in config["data"]]
    first = [("one", job(*key, s)) for key in keys for s in (A, B)]
    first = [
        ("one", j._replace(watched="weights")) if (j.data, j.arm, j.seed) == ("digits", "adapting", A) else (f, j)
        for f, j in first
    ]
    again = [
        ("one", job(name, ("fixed", w), s, steps=steps))
        for name in config["data"]
        for w, steps in ((8, 135), (4, 270))
        for s in (A, B)
    ]
    assert asked == tuning + first + again

    def told(kind, steps=90):
        return [float(f"{score(job('x', kind, s, steps=steps)):.4g}") for s in (A, B)]

    assert outcome.data == {
        "widths": [4, 8],
        "every": 6,
        "overlap": {"digits": 0.25, "mnist-1d": 0.0},
        "rows": {
            name: {
                "best": 8,
                "fixed": [told(kinds[0]), told(kinds[1])],
                "auto": told(kinds[2]),
                "product": told(("adapting, by product", 4)),
                "equal": {"best": told(("fixed", 8), 135), "narrow": told(("fixed", 4), 270)},
                "work": [10, 20, 30, 40],
                "equal_work": {"best": 30, "narrow": 30},
                "rates": [0.02] * 3,
                "edges": [False] * 3,
                "validation": [4, 8, 4],
                "widths": [[[1, 3], [2, 4]]] * 2,
            }
            for name in config["data"]
        },
    }
    assert len(outcome.history.rows) == 1


def test_the_life_that_is_kept_can_be_lived_again(monkeypatch):
    asked = []
    monkeypatch.setattr(
        selfsizing, "one", lambda job: asked.append(job) or selfsizing.Life(0, 0, [], History([{"step": 1}]))
    )
    config = selfsizing.QUICK | {
        "repeats": 2,
        "tuning": 1,
        "data": ["digits", "mnist-1d"],
        "steps": 90,
        "widths": [8, 4],
    }
    found = selfsizing.relive(config, 3, {"rows": {"digits": {"rates": [0.1, 0.2, 0.3]}}})
    same = tuple((key, config[key]) for key in selfsizing.SAME)
    assert asked == [selfsizing.Job("digits", "adapting", 4, 0.3, 90, same, "test", "weights", A)]
    assert len(found.rows) == 1


def test_the_best_width_has_the_best_score_at_any_rate():
    found = {
        ("a", "fixed", w): Tuned(1.0, (1.0, 2.0), tuple(s), False)
        for w, s in ((4, (80.0, 91.0)), (8, (90.0, 10.0)), (16, (85.0, 85.0)))
    }
    assert selfsizing.chosen("a", [4, 8, 16], found) == 4
    assert [selfsizing.matched(100, 50.0, wanted) for wanted in (150.0, 0.1)] == [300, 1]


def test_the_claims_on_self_sizing_by_hand():
    for edge, lost in ((None, []), (0, [0, 3, 4]), (1, []), (2, [0, 1, 2]), (3, [1, 2, 3, 4, 5])):
        row = {
            "best": 16, "fixed": [[80.0, 81.0], [85.0, 87.0], [90.0, 93.0]], "auto": [88.0, 92.0], "product": [87.0, 90.0],
            "equal": {"best": [91.0, 92.0], "narrow": [82.0, 84.0]}, "edges": [i == edge for i in range(4)],
        }  # fmt: skip
        found = selfsizing.claims({"widths": [4, 8, 16], "overlap": {"x": 0.0}, "rows": {"x": row}})
        assert undecided(found) == lost
    assert [claim.measured for claim in found] == pytest.approx([11, -1.5, -1.5, 9.5, 7, -1.5])


# --- scheduled tasks -----------------------------------------------------------------------------------------------------

SETUP = tasks_lives.Setup(60, 20, 9, 0.02, 0.3, 0.7, 3, "released", "constant", "decay")
LIVED = tasks_lives.Job("digits", "adaptive", (5, 6, 7), 4, SETUP)


def test_a_life_of_four_phases(monkeypatch):
    seen = []

    def train_on(run, source, plan):
        seen.append((run, source, plan))
        life = run.history.with_row({"step": plan.steps, "widths": (192, len(seen), 6, 7, 30)})
        return run._replace(history=life, step=plan.steps)

    monkeypatch.setattr(tasks_lives, "train_on", train_on)
    monkeypatch.setattr(
        tasks_lives, "accuracies", lambda net, test, active: [100 / 3 + k for k in active] + [len(test[0].y)]
    )
    life = tasks_lives.live(LIVED)
    assert [source.active for _, source, _ in seen] == [(0,), (0, 1), (0, 1, 2), (1,)]
    assert [source.batch for _, source, _ in seen] == [9] * 4
    policies = (AutoAdapt(tau=0.7, scaffold=3, counted="released"),)
    same = Plan(loss="blocks", policies=policies, every=20, record=20, quiet=True)
    assert [plan for *_, plan in seen] == [same._replace(steps=60 * n) for n in (1, 2, 3, 4)]
    assert seen[0][1].tasks[0].X.shape == (1438, 64)
    run = seen[0][0]
    assert as_drawn(run.net, [192, 5, 6, 7, 30], 4, o="constant", psi="decay")
    assert run.optimiser == SLOW
    assert run.rng.bit_generator.state == np.random.default_rng(4).bit_generator.state
    assert life.history["step"].tolist() == [60, 120, 180, 240]
    assert life.accuracy == [[33.333, 359], [33.333, 34.333, 359], [33.333, 34.333, 35.333, 359], [34.333, 359]]
    assert tasks_lives.plan(LIVED._replace(arm="static"), 2, len) == same._replace(steps=120, policies=(), observe=len)
    assert tasks_lives.plan(LIVED._replace(arm="weak"), 1) == same._replace(steps=60)


def test_what_is_kept_of_a_life(monkeypatch):
    """Twelve adaptations, three in each phase; the widths at the ends are those behind the third, sixth, ninth and last."""
    rows = [{"step": 20 * k, "widths": (192, k, 10 + k, 20 + k, 30)} for k in range(1, 13)]
    monkeypatch.setattr(tasks_lives, "live", lambda job, observe=None: tasks_lives.Life(History(rows), [[90.0]]))
    found = tasks_lives.one(LIVED)
    assert found == {
        "start": [5, 6, 7],
        "ends": [[k, 10 + k, 20 + k] for k in (3, 6, 9, 12)],
        "widths": [[5, *range(1, 13)], [6, *range(11, 23)], [7, *range(21, 33)]],
        "accuracy": [[90.0]],
    }
    assert tasks_lives.kept(SETUP).tolist() == list(range(13))
    assert len(tasks_lives.kept(SETUP._replace(phase=6000))) == 121
    assert tasks_lives.kept(SETUP._replace(phase=6000))[[0, 1, -1]].tolist() == [0, 10, 1200]
    asked = []

    def live(job, observe):
        asked.append((job, observe))
        return tasks_lives.Life(History([{"step": k, "weights.a.b": np.ones(1)} for k in range(99)]), [])

    monkeypatch.setattr(tasks_lives, "live", live)
    shown = tasks_lives.shown(LIVED)
    assert sum(len(row["weights.a.b"]) for row in shown.rows) == 37
    assert asked[0][0] is LIVED
    seen = asked[0][1](network([192, 5, 6, 7, 30], 4, o="constant", psi="decay"))
    assert "sigma1" in seen


def test_every_arm_starts_from_the_same_widths():
    pmap, asked = noting(lambda job: job)
    config = tasks.QUICK | {
        "repeats": 2,
        "widths": [5, 8],
        "layers": 2,
        "phase": 60,
        "every": 20,
        "weight_decay": 0.3,
        "weak_decay": 0.1,
    }
    outcome = tasks.run(config, 3, pmap)
    starts = np.random.default_rng(3).integers(5, 9, (2, 2)).tolist()
    setup = tasks_lives.Setup(60, 20, 48, 1e-3, 0.3, 0.95, 5, "all", "trainable", "decay")
    jobs = {
        name: {
            arm: [
                tasks_lives.Job(
                    name, arm, tuple(widths), s, setup._replace(weight_decay=0.1) if arm == "weak" else setup
                )
                for widths, s in zip(starts, (A, B), strict=True)
            ]
            for arm in ("adaptive", "static", "weak")
        }
        for name in ("digits", "mnist-1d")
    }
    flat = [job for arms in jobs.values() for rows in arms.values() for job in rows]
    assert asked == [*(("one", job) for job in flat), ("shown", flat[0])]
    assert outcome.data == {
        "phase": 60, "kept": list(range(0, 241, 20)), "overlap": {"digits": 0.25, "mnist-1d": 0.0}, "runs": jobs,
    }  # fmt: skip
    assert outcome.history == flat[0]


def test_the_first_life_can_be_lived_again(monkeypatch):
    monkeypatch.setattr(tasks, "shown", lambda job: job)
    config = tasks.QUICK | {"repeats": 2}
    assert tasks.relive(config, 3, {}) == tasks.made(config, 3)[0]


def test_the_claims_on_scheduled_tasks_by_hand():
    def rows(ends, accuracy):
        return [
            {
                "start": [10 * i, 5],
                "ends": [[a + i, 1] for a in ends],
                "accuracy": [[x + i for x in phase] for phase in accuracy],
            }
            for i in (1, 2, 4)
        ]

    adaptive = rows([4, 6, 9, 5], [[90.0], [91.0, 80.0], [92.0, 82.0, 70.0], [81.0]])
    static = rows([4, 4, 4, 4], [[89.0], [90.0, 78.0], [90.0, 81.0, 70.0], [85.0]])
    weak = rows([4, 6, 9, 8], [[1.0], [1.0, 1.0], [1.0, 1.0, 1.0], [1.0]])
    for i, row in enumerate(weak):
        row["ends"][-1][0] = 8 + 3 * i
    data = {"overlap": {"x": 0.0}, "runs": {"x": {"adaptive": adaptive, "static": static, "weak": weak}}}
    found = [claim.measured for claim in tasks.claims(data)]
    slope = np.polyfit([10, 20, 40], [8, 11, 14], 1)[0]
    fell = np.mean([-4 - (8 + 3 * i - 9 - k) for i, k in enumerate((1, 2, 4))])
    ahead = (1 + 1.5 + 1 - 4) / 4
    assert found == pytest.approx([2, 3, -4, 0.1, slope, fell, ahead, 1, 1.5, -1])


def test_the_slope_of_starts_that_agree_is_0():
    pairs = np.array([[[1.0, 5.0], [4.0, 1.0]], [[1.0, 7.0], [4.5, 3.0]]])
    assert tasks_claims._slope(pairs).tolist() == [0, 4]
    assert tasks_claims._slope(np.array([[1.0, 3.0], [3.0, 9.0]])) == 3


def test_what_is_kept_is_judged_with_the_change_by_0():
    changed = {"epsilon": [[3 * 100 * np.finfo(float).eps, 0.0, 9.0]], "accuracy": [[0.0, 0.0, 5.0]], "rest": [1e-15]}
    data = {"changes": [0, 2, -1], "overlap": {"x": 0.0}, "measured": {"x": {"a": changed, "b": changed}}}
    kept, order = invariance_claims._kept(data, "x")
    assert (kept.measured, kept.verdict) == (pytest.approx(3), "holds")
    assert (order.measured, order.verdict) == (1e-15, "holds")
    assert invariance_claims._kept(data | {"changes": [-1, 2, 0]}, "x")[0].verdict == "refuted"


def toy(samples=7):
    X = np.arange(2.0 * samples).reshape(-1, 2)
    return tuple(Dataset(X + 100 * k, np.arange(samples) % 3, *TEST[2:]) for k in range(3))


def test_what_a_source_of_several_tasks_remembers():
    three = toy()
    source = together.Together(three, (0, 2), 3)
    assert [a is b.X for a, b in zip(source.X, three, strict=True)] == [True] * 3
    assert [a is b.y for a, b in zip(source.y, three, strict=True)] == [True] * 3
    feed = source.begin({})
    assert list(feed) == ["epoch", "loss", "total", "active", "order"]
    assert (feed["epoch"], feed["total"], feed["active"].tolist(), feed["order"].shape) == (0, 0.0, [0, 2], (2, 0))
    assert np.isnan(feed["loss"])
    rng, same = np.random.default_rng(5), np.random.default_rng(5)
    batches = list(source.deal(feed, rng, 1))
    order = np.array([same.permutation(7), same.permutation(7)])
    assert np.array_equal(feed["order"], order[:, 3:])
    X, t = batches[0]
    assert np.array_equal(X[:3, :2], three[0].X[order[0, :3]])
    assert np.array_equal(X[3:, 4:], three[2].X[order[1, :3]])
    assert not X[:3, 2:].any()
    assert not X[3:, :4].any()
    labels = [[[y, -1, -1] for y in three[0].y[order[0, :3]]], [[-1, -1, y] for y in three[2].y[order[1, :3]]]]
    assert t.tolist() == labels[0] + labels[1]
    assert (source.until(feed, 1), source.until(feed, 3)) == (1, 5)
    source.hear(feed, 1.5, batches[0])
    assert (feed["total"], feed["epoch"]) == (1.5, 0)
    batches += source.deal(feed, rng, 1)
    source.hear(feed, 2.5, batches[1])
    assert (feed["total"], feed["epoch"], feed["loss"], source.until(feed, 3)) == (4.0, 1, 2.0, 4)
    again = source.begin(feed)
    assert (again["epoch"], again["loss"], again["total"], again["order"].shape) == (1, 2.0, 4.0, (2, 1))
    other = together.Together(three, (1,), 3).begin(feed)
    assert (other["epoch"], other["loss"], other["total"], other["order"].shape) == (1, 2.0, 4.0, (1, 0))
    next(source.deal(again, rng, 1))
    assert again["total"] == 0.0


EPS = np.finfo(float).eps


@pytest.mark.parametrize(("units", "verdict"), [(64, "holds"), (65, "refuted")])
def test_what_is_exact_may_be_64_units_off_and_no_more(units, verdict):
    rows = {"precomputed": [1.0, units], "wider": [units, 1.0], "layered": [[1.0]] * 2, "products": [[1.0]] * 2}
    found = precomputed.claims({"rows": [1], "measured": {"x": rows}})
    assert [claim.verdict for claim in found[:2]] == [verdict] * 2
    shape = {
        "data": "x",
        "shape": [4, 9, 5],
        "parameters": 999,
        "epsilon": [100 * 2 * EPS * units] * 2,
        "kl": [-2 * EPS * units] * 2,
    }
    shape |= {"hidden_after": [50.0, 50.0], "all_after": [50.0, 50.0], "flipped": [0, 0]}
    found = sparsification.claims({"rows": [shape]})
    assert [(claim.measured, claim.verdict) for claim in found[4:]] == [(units, verdict)] * 2 + [(0, "holds")]
    row = {"data": "x", "profile": "isotropic_tanh", "edge": False, "test": [9.0, 9.0], "condition": [3.0, 4.0]}
    row |= {"growing": [1.0, units], "diagonalising": [2.0, 3.0], "removing": [units, 1.0]}
    assert [claim.verdict for claim in profiles.claims({"overlap": {"x": 0.0}, "rows": [row]})[:2]] == [verdict] * 2


def test_gradients_and_singular_values_of_0_have_a_logarithm(monkeypatch):
    monkeypatch.setattr(depth, "gradients", lambda net, data: np.array([0.0, 0.01]))
    monkeypatch.setattr(depth, "jacobians", lambda net, X: np.zeros((2, 3, 3)))
    found = depth.anatomy(network([64, 5, 10], 4, o="none", psi="none"), WIDE)
    assert found["gradient"] == pytest.approx([-300, -2])
    assert found["jacobian"] == pytest.approx(-300 * np.log(10) / 2)
