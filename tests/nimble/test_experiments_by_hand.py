"""What the nimble experiments ask for and how they put the answers together: every job and every number of small cases.

The runs are made with a `pmap` that trains nothing: it notes the jobs and answers with numbers made of them. The numbers of networks
that are really trained, for a few steps, are those of the first run that was looked through; they agree on any machine up to rounding.
"""

import numpy as np
import pytest
from noting import noting, undecided

from minigrow import nimble
from minigrow.experiments.nimble import (
    ablation,
    anatomy,
    classes,
    common,
    delta,
    freed,
    pruned,
    subtracted,
    sweeps,
    trials,
    twins,
    width,
)
from minigrow.experiments.nimble.common import Batch, Found
from minigrow.experiments.shared import child_seeds
from minigrow.growth import Diverged, History, Plan
from minigrow.nimble.trials import Trials
from minigrow.nn import Adam

CLOSE = 1e-4  # relative: rounding of some hundred steps stays far below


FIRST, SECOND = child_seeds(3, 2)


def two_errors(job):
    """Two trials, 10 (s + 1) + goal and twice that; the growing ones have a third that diverged."""
    test = [10 * (job.size + 1) + job.goal, 2 * (10 * (job.size + 1) + job.goal)]
    return Found(test, [job.size, job.size + 1], int(job.size == 0))


# --- algorithm A ---------------------------------------------------------------------------------------------------------


def test_trials_train_both_twins_of_every_task_in_jobs_of_25():
    pmap, asked = noting(lambda job: Found([job.size + job.strength] * job.trials, [job.trials], int(job.size == 0)))
    found = trials.run({"repeats": 27, "tasks": ["cubic", "step"]}, 3, pmap).data
    assert asked == [
        ("one_batch", Batch(task, size, 5.0, strength, 1.0, 0, count, seed))
        for task, strength in (("cubic", 0.1), ("step", 0.01))
        for size in (0.0, 5.0)
        for count, seed in ((25, FIRST), (2, SECOND))
    ]
    assert found == {
        "tasks": {
            task: {
                "lambda": strength,
                "growing": {"test": [strength] * 27, "size": [25, 2], "diverged": 2},
                "grown": {"test": [5 + strength] * 27, "size": [25, 2], "diverged": 0},
            }
            for task, strength in (("cubic", 0.1), ("step", 0.01))
        }
    }


def test_delta_trains_both_twins_with_every_width_of_the_step():
    pmap, asked = noting(lambda job: Found([job.size, job.delta], [job.goal], 0))
    found = delta.run({"repeats": 1, "tasks": ["step"], "deltas": [0.5, 1.0]}, 3, pmap).data
    assert asked == [
        ("one_batch", Batch("step", size, 5.0, 0.01, width, 0, 1, FIRST)) for width in (0.5, 1.0) for size in (0.0, 5.0)
    ]
    both = {
        name: {
            kind: {"test": [size, width], "size": [5.0], "diverged": 0}
            for kind, size in (("growing", 0.0), ("grown", 5.0))
        }
        for name, width in (("0.5", 0.5), ("1", 1.0))
    }
    assert found == {"tasks": {"step": {"lambda": 0.01, "deltas": both}}}


def test_sweeps_train_every_strength_for_its_epochs_and_every_goal_for_the_tasks():
    pmap, asked = noting(two_errors)
    config = {"repeats": 2, "tasks": ["arc"], "log10_lambda": [-1, 0], "epochs": 7, "goals": [2]}
    found = sweeps.run(config, 3, pmap).data["tasks"]["arc"]
    assert asked == [
        ("one_batch", Batch("arc", size, goal, strength, 1.0, epochs, 2, FIRST))
        for goal, strength, epochs in ((5.0, 0.1, 7), (5.0, 1.0, 7), (2.0, 0.1, 0))
        for size in (0.0, goal)
    ]
    assert set(found) == {"log10_lambda", "goals"}
    points = found["log10_lambda"]["points"] + found["goals"]["points"]
    assert [(p["x"], p["size"], p["diverged"]) for p in points] == [
        (-1, [0.5, 5.5], [1, 0]), (0, [0.5, 5.5], [1, 0]), (2, [0.5, 2.5], [1, 0]),
    ]  # fmt: skip
    # Growing: 15 and 30 with N = 0 and 1 (goal 2: 12 and 24); grown: 65 and 130 with N = 5 and 6 (goal 2: 32 and 64).
    assert [p["median"]["value"] for p in points] == pytest.approx([15 / 65, 15 / 65, 12 / 32])
    means = [
        (45 + 0.1 * (25 + 16)) / (195 + 0.1 * (0 + 1)),
        (45 + 1.0 * (25 + 16)) / (195 + 1.0 * (0 + 1)),
        (36 + 0.1 * (4 + 1)) / (96 + 0.1 * (0 + 1)),
    ]
    assert [p["mean"]["value"] for p in points] == pytest.approx(means)
    assert found["log10_lambda"]["over"]["median"]["value"] == pytest.approx(15 / 65)
    assert found["log10_lambda"]["over"]["mean"]["value"] == pytest.approx(np.sqrt(means[0] * means[1]))
    assert [found[sweep]["share"]["value"] for sweep in ("log10_lambda", "goals")] == [1, 1]
    assert [found[sweep]["worst"]["value"] for sweep in ("log10_lambda", "goals")] == [4.5, 1.5]


def test_a_sweep_counts_the_points_at_which_growing_loses_less_and_takes_the_worst_size():
    rows = [
        (common.pair("cubic", goal=goal), Found([test], [goal - off], 0), Found([1.0], [goal], 0))
        for goal, test, off in ((1.0, 0.4, 0.1), (3.0, 0.1, 1.0), (5.0, 1.5, 0.5))
    ]
    found = sweeps.whole(rows)
    losses = [0.4 + 0.1 * 0.01, 0.1 + 0.1 * 1, 1.5 + 0.1 * 0.25]
    assert found["share"]["value"] == pytest.approx(2 / 3)
    assert found["worst"]["value"] == 1.0
    assert found["over"]["mean"]["value"] == pytest.approx(np.prod(losses) ** (1 / 3))
    assert found["over"]["median"]["value"] == pytest.approx(0.06 ** (1 / 3))


def test_the_interval_of_a_sweep_is_that_of_the_trials_not_of_the_points():
    """At one point the ratio is a hundredth, at the other a hundred; every trial says so up to a few per cent."""
    noise = np.linspace(0.98, 1.02, 9)
    rows = [
        (common.pair("cubic"), Found(list(level * noise), [5.0] * 9, 0), Found([1.0] * 9, [5.0] * 9, 0))
        for level in (0.01, 100.0)
    ]
    same = [(common.pair("cubic"), Found([1.0, 2.0], [5.0] * 2, 0), Found([1.0, 2.0], [5.0] * 2, 0))]
    assert sweeps.whole(same)["share"]["value"] == 0, "as much is not less"
    for found in sweeps.whole(rows)["over"].values():
        assert 0.95 < found["low"] < found["value"] < found["high"] < 1.05


def test_subtraction_trains_its_four_arms_from_their_sizes_to_their_goals():
    pmap, asked = noting(lambda job: {"test": [job.size], "size": [job.goal], "work": [job.trials]})
    found = subtracted.run({"repeats": 26, "tasks": ["step"], "goals": [2, 5], "start": 8.0}, 3, pmap).data
    ends = {
        goal: {"shrinking": (8.0, goal), "grown": (goal, goal), "growing": (0.0, goal), "large": (8.0, 8.0)}
        for goal in (2.0, 5.0)
    }
    assert asked == [
        ("one", Batch("step", size, to, 0.01, 1.0, 0, count, seed))
        for arms in ends.values()
        for size, to in arms.values()
        for count, seed in ((25, FIRST), (1, SECOND))
    ]
    assert found["points"] == [
        {
            "task": "step",
            "goal": goal,
            "arms": {
                arm: {"test": [size, size], "size": [to, to], "work": [25, 1]} for arm, (size, to) in ends[goal].items()
            },
        }
        for goal in (2, 5)
    ]


def test_a_shrinking_network_stops_where_its_neurons_have_cost_what_the_goals_would():
    """Four records later all sizes are 9, 6, 3, 3, 3: between them 7.5, 4.5, 3, 3 neurons are in use, 12 of which the goal allows."""
    net = nimble.auxiliary([1, 9, 1], goal=3, rng=0)
    traces = np.zeros((2, 5, net.theta.size))
    traces[1, :, -1] = [9.0, 5.5, 2.5, 2.5, 2.5]
    plan = Plan(80, None, "mse", record=20)
    found = Trials((net, net), traces, np.zeros(2), np.zeros(2), np.full(2, -1), plan)
    assert subtracted.stop(found, 1, 3.0) == (2, 1.0)
    assert subtracted.stop(found, 1, 4.5) == (4, 1.0)
    assert subtracted.stop(found, 1, 2.0) == (1, 7.5 / 8)
    assert subtracted.stop(found, 0, 3.0) == (4, 0.0)
    assert subtracted.stop(found, 1, 1.0) == (0, 0.0)


def test_trials_of_a_short_training():
    """The network stops at the record at which its nine neurons have cost nine tenths of what two would in all epochs."""
    job = Batch("step", 3.0, 5.0, 0.01, 2.0, epochs=80, trials=2, seed=1)
    found = common.one_batch(job)
    assert found.test == pytest.approx([0.563634, 0.741672], rel=CLOSE)
    assert found.size == pytest.approx([3.26518, 3.48408], rel=CLOSE)
    assert found.diverged == 0
    found = subtracted.one(Batch("step", 9.0, 2.0, 0.01, epochs=80, trials=2, seed=1))
    assert found["test"] == pytest.approx([0.654816, 0.75123], rel=CLOSE)
    assert found["size"] == pytest.approx([8.829, 8.81899], rel=CLOSE)
    assert found["work"] == [0.9, 0.9]


def made(tests, diverged):
    """Trials of two networks that end at N = 0, with these errors; one of them is 0 everywhere."""
    nets = (nimble.auxiliary(rng=0),) * len(tests)
    traces = np.zeros((len(tests), 3, nets[0].theta.size))
    return Trials(nets, traces, np.zeros(len(tests)), np.array(tests), np.array(diverged), Plan(2, record=1))


def test_a_trial_that_diverged_is_counted_from_its_first_epoch_on(monkeypatch):
    monkeypatch.setattr(common, "trials_of", lambda job: made([1.2345678, np.inf, np.inf], [-1, 0, 7]))
    assert common.one_batch(Batch("step", 0.0, 5.0, 0.1)) == Found([1.23457, np.inf, np.inf], [0.0] * 3, 2)
    monkeypatch.setattr(subtracted, "trials_of", lambda job: made([1.0, 1.0], [-1, 0]))
    found = subtracted.one(Batch("quadratic", 0.0, 5.0, 0.1, trials=2, seed=4))
    rows = nimble.sample("quadratic", np.random.default_rng(4).spawn(2)[0])
    assert found["test"] == [pytest.approx(np.mean(rows.y_test**2), rel=1e-5), np.inf]
    assert found["work"] == found["size"] == [0.0, 0.0]
    net = nimble.auxiliary([1, 9, 1], goal=3, rng=0)
    traces = np.full((1, 3, net.theta.size), 1.23456789)
    one = Trials((net,), traces, np.zeros(1), np.zeros(1), np.array([-1]), Plan(2, record=1))
    monkeypatch.setattr(subtracted, "trials_of", lambda job: one)
    monkeypatch.setattr(subtracted, "stop", lambda found, trial, goal: (2, 0.123456))
    found = subtracted.one(Batch("quadratic", 0.0, 5.0, 0.1, trials=1, seed=4))
    error = np.mean((net.with_theta(traces[0, 2])(rows.X_test) - rows.y_test) ** 2)
    assert found == {"test": [float(f"{error:.6g}")], "size": [1.23457], "work": [0.1235]}


def test_anatomy_keeps_the_first_life_and_everybodys_sizes_errors_and_controllers():
    names = ("epoch", "s", "loss", "W1", "w1", "b1", "W2", "b2", "gates")

    def answer(job):
        if len(job) == 3 and job[0] == 40:  # algorithm B
            return {"epoch": [1, 2], "s": [0.5, job[2]], "test_loss": [3.0, 4.0]}
        shift = {"growing": job[2], "grown": -job[2]}
        return {
            kind: History([{"step": k, **{name: 10.0 * i + k + by for i, name in enumerate(names)}} for k in (0, 1)])
            for kind, by in shift.items()
        }

    pmap, asked = noting(answer)
    config = {"repeats": 2, "task": "step", "every": 1000, "mask_epochs": 40, "mask_points": 20}
    outcome = anatomy.run(config, 3, pmap)
    assert asked == [
        ("lives", ("step", 1000, FIRST)), ("lives", ("step", 1000, SECOND)),
        ("masked", (40, 20, FIRST)), ("masked", (40, 20, SECOND)),
    ]  # fmt: skip
    f, s = FIRST, SECOND

    def digits(number):
        return float(f"{number:.6g}")

    assert outcome.data["shown"] == {
        kind: {name: [digits(10.0 * i + by), digits(10.0 * i + 1 + by)] for i, name in enumerate(names)}
        for kind, by in (("growing", f), ("grown", -f))
    }
    for name, first in (("size", 10), ("loss", 20)):
        assert outcome.data[name] == {
            kind: [[digits(first + sign * by), digits(first + 1 + sign * by)] for by in (f, s)]
            for kind, sign in (("growing", 1), ("grown", -1))
        }
    assert outcome.data["mask"] == answer((40, 20, FIRST))
    assert outcome.data["c"] == [f, s]
    assert outcome.history["s"].tolist() == [10 + f, 11 + f]


def test_anatomy_of_two_short_lives():
    found = anatomy.masked((100, 40, 2))
    assert found["epoch"] == [50.0, 100.0]
    assert found["s"] == pytest.approx([0.0496676, 0.0984368], rel=CLOSE)
    assert found["test_loss"] == pytest.approx([0.413749, 0.385963], rel=CLOSE)
    found = anatomy.lives(("step", 2500, 2))
    assert [life["epoch"].tolist() for life in found.values()] == [[0, 2500, 5000, 7500, 10000]] * 2
    assert found["growing"]["s"][:3] == pytest.approx([0.0, 4.882252, 5.003188], rel=CLOSE)
    assert found["grown"]["s"][:3] == pytest.approx([5.0, 5.015212, 5.007545], rel=CLOSE)
    assert found["growing"]["loss"][:2] == pytest.approx([0.833278, 0.569703], rel=CLOSE)
    assert found["growing"].about["points"][0] == [-0.4768, 0.0], "the data are drawn before the weights"
    again = anatomy.relive({"task": "step", "every": 5000, "repeats": 1}, 3, {})
    assert np.array_equal(again["s"], anatomy.lives(("step", 5000, FIRST))["growing"]["s"])


READING = freed.Reading("digits", 2.5, 0.1, 4.0, 80, 6, 0.05, 48, 0.2, 1)


def test_freed_networks_start_where_they_are_told_on_tasks_and_on_data_sets():
    def answer(job):
        if isinstance(job, Batch):
            return Found([job.strength], [job.size], 0)
        return {"size": [job.first, job.seed], "accuracy": job.pull}

    pmap, asked = noting(answer)
    config = freed.QUICK | {
        "repeats": 1, "tasks": ["cubic", "step"], "strengths": [0.0, 0.001], "starts": [0.5, 8.5], "data": ["digits", "mnist-1d"],
        "readings": 2, "pulls": [0.0, 0.25], "first": [2.5, 18.5],
    }  # fmt: skip
    found = freed.run(config, 3, pmap).data
    rest = (10.0, 400, 20, 0.05, 48, 0.2)
    readings = [
        (name, first, pull, s)
        for name in ("digits", "mnist-1d") for pull in (0.0, 0.25) for first in (2.5, 18.5) for s in (FIRST, SECOND)
    ]  # fmt: skip
    assert asked == [
        *(
            ("one_batch", Batch(task, first, 5.0, strength, trials=1, seed=FIRST))
            for task in ("cubic", "step") for strength in (0.0, 0.001) for first in (0.5, 8.5)
        ),
        *(("read", freed.Reading(name, first, pull, *rest, s)) for name, first, pull, s in readings),
    ]  # fmt: skip
    assert found == {
        "starts": [0.5, 8.5],
        "tasks": {
            task: {
                name: [{"test": [strength], "size": [first], "diverged": 0} for first in (0.5, 8.5)]
                for name, strength in (("0", 0.0), ("0.001", 0.001))
            }
            for task in ("cubic", "step")
        },
        "readings": [
            {"size": [first, s], "accuracy": pull, "data": name, "start": first, "strength": pull}
            for name, first, pull, s in readings
        ],
        "overlap": {"digits": 0.25, "mnist-1d": 0.0},
        "goal": 10.0,
        "steps": 400,
    }


def test_a_freed_reading_has_the_first_size_and_forty_more_and_fails_with_0():
    found = freed.read(READING)
    assert len(found["size"]) == 41
    assert [found["size"][i] for i in (0, 1, 2, 20, 40)] == pytest.approx(
        [2.5, 2.5302, 2.5613, 3.0084, 3.3342], rel=CLOSE
    )
    assert found["accuracy"] == pytest.approx(30.641, abs=0.3)  # a row of 359
    assert [len(freed.read(READING._replace(steps=steps))["size"]) for steps in (30, 79)] == [31, 80]
    failed = freed.read(READING._replace(rate=1e9, steps=400))
    assert failed["accuracy"] == 0.0
    assert failed["size"][0] == 2.5
    assert len(failed["size"]) < 41


def test_training_of_one_network_is_adams_with_its_batches_in_the_order_of_seed_0():
    x = np.linspace(-1, 1, 30)[:, None]
    net = nimble.controller([1, 4, 1], rng=0)
    last, life = common.trained(net, (x, x**2, x[:9], x[:9]), Plan(3, 10, "mse", record=2), rate=0.02)
    plan = Plan(3, 10, "mse", record=2, validation=(x[:9], x[:9]))
    same, other = nimble.fit(x, x**2, net, rng=0, optimiser=Adam(0.02), plan=plan)
    assert np.array_equal(last.theta, same.theta)
    assert life["validation_loss"].tolist() == other["validation_loss"].tolist()
    assert list(life["step"]) == [2, 4, 6, 8, 9]
    default = common.trained(net, (x, x**2, x, x), Plan(1, None, "mse"))[0]
    assert np.array_equal(
        default.theta, nimble.fit(x, x**2, net, rng=0, optimiser=Adam(1e-3), plan=Plan(1, None, "mse"))[0].theta
    )


# --- algorithm B ---------------------------------------------------------------------------------------------------------


def caught(monkeypatch, module, rows):
    """Let `module` train nothing: its networks, data, plans and rates are noted, and every history has these rows."""
    seen = []

    def trained(net, parts, plan, rate):
        seen.append((net, parts, plan, rate))
        return net, History([{"step": i, **row} for i, row in enumerate(rows)])

    monkeypatch.setattr(module, "trained", trained)
    return seen


JOB = twins.Job("digits", 7, "static", 0, 90, 50, "glorot", rate=0.02, seed=5, classes=4)


def test_the_error_of_a_twin_is_that_of_the_last_row(monkeypatch):
    rows = [{"validation_accuracy": 0.2, "validation_loss": 9.0}, {"validation_accuracy": 0.75, "validation_loss": 8.0}]
    seen = caught(monkeypatch, twins, rows)
    assert twins.error(JOB) == 25.0
    net, (*_, y_test), plan, rate = seen[0]
    assert (net.widths, rate, net.theta.dtype) == ((64, 7, 4), 0.02, np.float32)
    assert plan == Plan(1, 50, "softmax", steps=90, record=9)
    assert np.array_equal(
        net.theta, nimble.controller([64, 7, 4], "static", init="glorot", rng=5, dtype=np.float32).theta
    )
    curve = twins.Job("mixture 0.5", 3, "growing", 50, 8, None, "glorot", rate=0.1, seed=5)
    assert twins.error(curve) == 8.0
    assert twins.merit(curve) == pytest.approx(-np.log(8))
    net, _, plan, _ = seen[1]
    assert (net.widths, plan) == ((1, 3, 1), Plan(1, None, "mse", steps=8, record=1))
    assert twins.error(JOB._replace(task="spirals 5", points=50, classes=None)) == 25.0
    assert seen[-1][0].widths == (2, 7, 5)
    caught(monkeypatch, twins, [{"validation_accuracy": 1.0}])
    assert twins.error(JOB) == 50 / len(y_test), "half a row"
    caught(monkeypatch, twins, [])
    assert twins.error(JOB) == 100.0, "the share of wrong rows of a network that says nothing"
    assert twins.error(curve) == pytest.approx(np.mean(twins.parts(curve).y_test ** 2))


def test_data_sets_are_split_by_the_seed_and_tuned_on_a_fifth_of_the_training_rows():
    assert [len(part) for part in twins.parts(JOB._replace(classes=None))] == [1438, 1438, 359, 359]
    assert [len(part) for part in twins.parts(JOB._replace(classes=None, held=True))] == [1150, 1150, 288, 288]
    a, b = (twins.parts(JOB._replace(held=True, seed=seed)) for seed in (5, 6))
    assert not np.array_equal(a.y_test, b.y_test)
    spiral = twins.parts(JOB._replace(task="spirals 3", points=60))
    assert (spiral.X.dtype, spiral.X.shape, spiral.X_test.shape) == (np.float32, (48, 2), (12, 2))


def test_twins_are_tuned_on_seeds_of_their_own_and_trained_at_the_best_rate():
    """The error is least at rate .02 for spirals (held only where rows are few), and least at the edge for the data set."""

    def answer(job):
        return -abs(np.log(job.rate / 0.02)) if job.rate in RATES and job.seed in apart else job.rate + job.seed % 7

    pmap, asked = noting(answer)
    s1, s2, *apart = child_seeds(3, 4)
    jobs = [twins.Job(task, 4, "growing", 60, 9, 10, "glorot") for task in ("spirals 3", "bessel", "digits")]
    found = twins.swept(iter(jobs), {"repeats": 2, "tuning": 2, "rates": RATES}, 3, pmap)
    tuning = [
        ("merit", job._replace(rate=rate, seed=s, held=job.task == "digits"))
        for job in jobs
        for rate in RATES
        for s in apart
    ]
    assert asked == tuning + [("error", job._replace(rate=0.02, seed=s)) for job in jobs for s in (s1, s2)]
    assert found == [{"rate": 0.02, "edge": False, "error": [0.02 + s1 % 7, 0.02 + s2 % 7]}] * 3


RATES = [0.01, 0.02, 0.04]


def test_every_task_has_its_widths_its_rows_and_both_twins():
    config = width.QUICK | {
        "noise": [0.1, 0.5], "arms": [3, 5], "data": ["digits"], "bessel_widths": [2, 3], "bessel_points": 40, "bessel_steps": 50,
        "mixture_widths": [4], "mixture_points": 60, "mixture_steps": 70, "spiral_widths": [5], "spiral_points": 80,
        "data_widths": [6, 7], "steps": 90, "batch": 10, "init": "glorot",
    }  # fmt: skip
    assert list(width.planned(config)) == [
        twins.Job(task, w, rule, points, steps, rows, "glorot")
        for task, widths, points, steps, rows in (
            ("bessel", [2, 3], 40, 50, None), ("mixture 0.1", [4], 60, 70, None), ("mixture 0.5", [4], 60, 70, None),
            ("spirals 3", [5], 80, 90, 10), ("spirals 5", [5], 80, 90, 10), ("digits", [6, 7], 0, 90, 10),
        )
        for rule in ("growing", "static")
        for w in widths
    ]  # fmt: skip


def swept(jobs, config, seed, pmap):
    """Answer each job by its width, and say whose it is."""
    number = {"growing": 100, "static": 200}
    return [{"rate": j.width, "edge": j.rule == "static", "error": [number[j.rule] + j.width, seed]} for j in jobs]


def test_width_keeps_every_width_of_both_twins(monkeypatch):
    monkeypatch.setattr(width, "swept", swept)
    config = width.QUICK | {"data": ["digits"], "arms": [3], "noise": [], "range": [4, 9], "bessel_widths": [2, 3],
                            "spiral_widths": [5], "data_widths": [6, 7]}  # fmt: skip

    def task(widths, overlap=0.0):
        return {
            "widths": widths,
            "overlap": overlap,
            "growing": {"rate": widths, "edge": [False] * len(widths), "error": [[100 + w, 8] for w in widths]},
            "static": {"rate": widths, "edge": [True] * len(widths), "error": [[200 + w, 8] for w in widths]},
        }

    found = width.run(config, 8, None).data
    assert found == {
        "tasks": {"bessel": task([2, 3]), "spirals 3": task([5]), "digits": task([6, 7], 0.25)},
        "range": [4, 9],
    }


def test_classes_keep_both_twins_for_every_number_of_classes(monkeypatch):
    config = classes.QUICK | {"arms": [3, 5], "points": 80, "data": ["digits"], "classes": [2, 4, 10, 12], "width": 6, "steps": 90,
                              "batch": 10, "init": "glorot"}  # fmt: skip
    asked = [("spirals", arms, f"spirals {arms}", 80, None) for arms in (3, 5)]
    asked += [("digits", k, "digits", 0, kept) for k, kept in ((2, 2), (4, 4), (10, None))]
    assert classes.planned(config) == {
        (name, k, rule): twins.Job(task, 6, rule, points, 90, 10, "glorot", kept)
        for name, k, task, points, kept in asked
        for rule in ("growing", "static")
    }
    monkeypatch.setattr(classes, "swept", swept)

    def task(numbers, overlap):
        n = len(numbers)
        return {
            "classes": numbers,
            "overlap": overlap,
            "growing": {"rate": [6] * n, "edge": [False] * n, "error": [[106, 8]] * n},
            "static": {"rate": [6] * n, "edge": [True] * n, "error": [[206, 8]] * n},
        }

    assert classes.run(config, 8, None).data == {
        "tasks": {"spirals": task([3, 5], 0.0), "digits": task([2, 4, 10], 0.25)}
    }


def test_classes_are_compared_repeat_by_repeat():
    task = {
        "classes": [2, 4], "overlap": 0.0,
        "growing": {"error": [[10.0, 11.0], [14.0, 19.0]]}, "static": {"error": [[12.0, 12.0], [20.0, 24.0]]},
    }  # fmt: skip
    found = classes.compared(task)
    assert {name: one.value for name, one in found.items()} == {
        "accuracy": pytest.approx((2 + 6 + 1 + 5) / 4), "slope": 2.0, "growing": -3.0, "static": -5.0,
    }  # fmt: skip
    assert classes.accuracies(task, "growing").tolist() == [[90, 86], [89, 81]]
    assert np.isnan(classes.slopes([3], np.array([[90.0], [80.0]]))).tolist() == [True, True]


# --- pruning and ablation -------------------------------------------------------------------------------------------------


def test_what_pruning_keeps_is_the_spread_of_a_neuron_times_its_outgoing_length():
    net = nimble.controller([1, 2, 2], "static", rng=0)
    net = net.with_params(
        net.params
        | {
            "W1": np.array([[1.0], [0.0]]),
            "w1": np.zeros(2),
            "b1": np.array([0.0, 0.5]),
            "W2": np.array([[3.0, 1], [4, 1]]),
        }
    )
    share, means = pruned.contributions(net, np.array([[-2.0], [2.0]]))
    np.testing.assert_allclose(share, [5 * np.tanh(2), 0], atol=1e-15)
    np.testing.assert_allclose(means, [0, np.tanh(0.5)], atol=1e-15)


@pytest.mark.parametrize(
    ("arm", "neurons", "at", "steps"),
    [
        ("growing", 4, None, 150), ("static", 4, None, 100), ("pruned 2x", 8, 25, 75), ("pruned 4x", 16, 12, 62),
        ("pruned 4x, late", 16, 22, 32),
    ],
)  # fmt: skip
def test_how_each_arm_is_trained_and_what_counts_of_it(monkeypatch, arm, neurons, at, steps):
    """1150 rows in batches of at most 100 are 12 steps of 95.83 rows; a step of four neurons costs 3 * 95.83 * 4 * (64 + 10)."""
    budget = 3 * 100 * 1150 / 12 * 4 * (64 + 10)
    rows = [
        {
            "multiply_adds": share * budget,
            "validation_accuracy": right,
            "validation_loss": 3.0,
            "widths": (64, neurons, 10),
        }
        for share, right in ((0.5, 0.5), (1.004, 0.875), (1.006, 0.9))
    ]
    seen = caught(monkeypatch, pruned, rows)
    job = twins.Job("digits", 4, arm, 0, 100, 100, "glorot", rate=0.02, seed=5, held=True)
    assert pruned.one(job) == {"error": 12.5, "work": pytest.approx(1.004), "neurons": neurons}
    net, _, plan, rate = seen[0]
    rule = "growing" if arm == "growing" else "static"
    assert np.array_equal(
        net.theta, nimble.controller([64, neurons, 10], rule, init="glorot", rng=5, dtype=np.float32).theta
    )
    policies = (pruned.Pruning(4, at),) if at else ()
    assert plan == Plan(1, 100, "softmax", policies, steps=steps, every=at, record=2)
    assert rate == 0.02
    for lost in ([], [rows[2]]):
        caught(monkeypatch, pruned, lost)
        assert pruned.one(job) == {"error": 100.0, "work": 0.0, "neurons": 0.0}


def test_an_arm_on_a_curve_is_judged_by_its_squared_error(monkeypatch):
    budget = 3 * 100 * 80 * 4 * 2
    row = {"multiply_adds": budget, "validation_loss": 0.125, "widths": (1, 4, 1)}
    seen = caught(monkeypatch, pruned, [row])
    job = twins.Job("bessel", 4, "pruned 2x", 100, 100, None, "glorot", rate=0.02, seed=5)
    assert pruned.one(job) == {"error": 0.125, "work": 1.0, "neurons": 4.0}
    assert pruned.merit(job) == pytest.approx(np.log(8))
    assert seen[0][2] == Plan(1, None, "mse", (pruned.Pruning(4, 25),), steps=75, every=25, record=2)
    pruned.one(job._replace(rule="static", steps=2450))
    assert seen[-1][2] == Plan(1, None, "mse", steps=2450, record=49)
    caught(monkeypatch, pruned, [])
    assert pruned.one(job) == {
        "error": pytest.approx(np.mean(twins.parts(job).y_test ** 2)),
        "work": 0.0,
        "neurons": 0.0,
    }
    caught(monkeypatch, pruned, [row | {"validation_accuracy": 1.0, "multiply_adds": 1.0}])
    perfect = pruned.one(job._replace(task="digits", batch=100))
    assert perfect["error"] == 50 / 359, "half a row"


def test_pruning_starts_from_the_mean_of_what_goes():
    """Three neurons, of which one is constant at tanh(1) and one is silent: the outputs' bias takes tanh(1) times its weight."""
    net = nimble.controller([1, 3, 1], "static", rng=0)
    new = {
        "W1": np.array([[0.0], [1], [0]]),
        "w1": np.zeros(3),
        "b1": np.array([1.0, 0, 0]),
        "W2": np.array([[2.0, 1, 7]]),
        "b2": np.ones(1),
    }
    net, X = net.with_params(net.params | new), np.array([[-1.0], [1.0]])
    context = pruned.Context(5, 5, None, X, None, "mse", None)
    smaller, (event,) = pruned.Pruning(1, 5)(net, context)
    assert smaller.params["W1"].tolist() == [[1.0]]
    assert smaller.params["b2"] == pytest.approx([1 + 2 * np.tanh(1)])
    assert (event.kind, event.neurons, event.before, event.after) == ("prune", 2, 3, 1)


def test_pruned_networks_are_tuned_and_trained_on_the_same_seeds():
    config = pruned.QUICK | {"repeats": 2, "tuning": 1, "rates": [0.01, 0.02, 0.04], "data": ["digits"], "points": 40, "batch": 9,
                             "hidden": {"bessel": 3, "data": 4}, "steps": {"bessel": 60, "data": 50}, "init": "glorot"}  # fmt: skip
    s1, s2, apart = child_seeds(3, 3)

    def answer(job):
        if job.seed == apart:
            return -abs(np.log(job.rate / 0.02))
        return {"error": job.seed % 7 + len(job.rule), "work": 0.5, "neurons": job.width}

    pmap, asked = noting(answer)
    found = pruned.run(config, 3, pmap).data
    jobs = [twins.Job("bessel", 3, arm, 40, 60, None, "glorot") for arm in pruned.ARMS]
    jobs += [twins.Job("digits", 4, arm, 0, 50, 9, "glorot") for arm in pruned.ARMS]
    jobs = [job._replace(points=40) for job in jobs]
    assert asked == [
        *(
            ("merit", job._replace(rate=r, seed=apart, held=job.task == "digits"))
            for job in jobs
            for r in (0.01, 0.02, 0.04)
        ),
        *(("one", job._replace(rate=0.02, seed=s)) for job in jobs for s in (s1, s2)),
    ]
    arms = {
        task: {
            arm: {
                "rate": 0.02,
                "edge": False,
                "error": [s % 7 + len(arm) for s in (s1, s2)],
                "work": [0.5] * 2,
                "neurons": [H] * 2,
            }
            for arm in pruned.ARMS
        }
        for task, H in (("bessel", 3), ("digits", 4))
    }
    assert found == {"tasks": arms, "overlap": {"digits": 0.25}, "hidden": {"bessel": 3, "data": 4}}


@pytest.mark.parametrize(
    ("arm", "rule", "init", "epochs", "spent"),
    [
        ("growing", "growing", "zero", 150, 100), ("schedule, Glorot", "schedule", "glorot", 150, 100),
        ("unseen", "unseen", "zero", 150, 100), ("static, 2x longer", "static", "zero", 200, 200),
        ("released", "released", "zero", 100, 100), ("static, small weights, tuned", "static", "normal", 100, 100),
    ],
)  # fmt: skip
def test_how_each_part_of_the_method_is_trained_and_what_counts_of_it(monkeypatch, arm, rule, init, epochs, spent):
    init = "fan_in_uniform" if init == "zero" else init
    cost = 3 * 48 * 4 * 2  # of an epoch: 48 of 60 rows, four neurons between one input and one output
    rows = [
        {"epoch": e, "loss": 3.0 + e, "size_term": 1.0, "validation_loss": 2.0 * e, "multiply_adds": e * cost}
        for e in (spent - 1, spent, spent + 1)
    ]
    seen = caught(monkeypatch, ablation, rows)
    job = ablation.Job(arm, 0.02, 4, 60, 100, "fan_in_uniform", 3)
    assert ablation.one(job) == {"train": 2.0 + spent, "test": 2.0 * spent, "epochs": spent}
    assert ablation.merit(job) == pytest.approx(-np.log(2.0 * spent))
    net, parts, plan, rate = seen[0]
    assert (plan, rate) == (Plan(epochs, None, "mse", record=50), 0.02)
    assert np.array_equal(net.theta, nimble.controller([1, 4, 1], rule, init=init, rng=3).theta)
    rows = nimble.released.split80(*nimble.released.bessel(60), np.random.default_rng(3))
    assert all(np.array_equal(a, b) for a, b in zip(parts, rows, strict=True))


def test_the_ablation_tunes_the_tuned_arms_alone_and_trains_all():
    s1, s2, apart = child_seeds(3, 3)

    def answer(job):
        best = 0.02 if "growing" in job.arm else 1e9
        return (
            -abs(np.log(job.rate / best))
            if job.seed == apart
            else {"train": job.seed % 5, "test": job.seed % 7, "epochs": len(job.arm)}
        )

    pmap, asked = noting(answer)
    config = {
        "repeats": 2,
        "tuning": 1,
        "width": 4,
        "points": 60,
        "epochs": 150,
        "rate": 0.5,
        "rates": [0.01, 0.02, 0.04],
        "init": "glorot",
    }
    outcome = ablation.run(config, 3, pmap).data
    tuned = [name for name, arm in ablation.ARMS.items() if arm.tuned]
    assert len(tuned) == 6
    rates = {name: (0.02 if "growing" in name else 0.64) if name in tuned else 0.5 for name in ablation.ARMS}
    first = [
        ("merit", ablation.Job(name, r, 4, 60, 150, "glorot", apart)) for name in tuned for r in (0.01, 0.02, 0.04)
    ]
    last = [
        ("one", ablation.Job(name, rate, 4, 60, 150, "glorot", s)) for name, rate in rates.items() for s in (s1, s2)
    ]
    assert (asked[: len(first)], asked[-len(last) :]) == (first, last)
    assert outcome["arms"] == {
        name: {
            "rate": rate, "edge": rate == 0.64, "train": [s1 % 5, s2 % 5], "test": [s1 % 7, s2 % 7], "epochs": [len(name)] * 2,
        }
        for name, rate in rates.items()
    }  # fmt: skip
    assert outcome["verdict"] == ablation.verdict(outcome["arms"])


def test_a_network_that_diverges_comes_back_as_it_was_last(monkeypatch):
    run, seen = type("Run", (), {"net": "the net", "history": "its life"}), []

    def stops(X, y, net, *, rng, optimiser, plan):
        seen.append((X, y, net, rng, optimiser.inner, plan._replace(observe=None)))
        raise Diverged("the loss is nan", run)

    monkeypatch.setattr(common, "fit", stops)
    assert common.trained("a net", (1, 2, 3, 4), Plan(1), 0.5) == ("the net", "its life")
    assert seen == [(1, 2, "a net", 0, Adam(0.5), Plan(1, validation=(3, 4), quiet=True, backup=True))]


# --- rates at an edge -----------------------------------------------------------------------------------------------------


def test_a_rate_at_an_edge_takes_the_interval_of_the_claims_that_rest_on_it():
    def side(edge, level, step):
        return {"rate": [1, 1, 1], "edge": edge, "error": [[level, level + step]] * 2 + [[4.0, 4.0 + step]]}

    def task(growing, static):  # growing does worst at the first two widths
        return {"widths": [4, 8, 99], "overlap": 0.0, "growing": side(growing, 5.0, 1), "static": side(static, 2.0, 2)}

    free, first, outside = [False] * 3, [True, False, False], [False, False, True]
    for edges, wide, scale in (
        ((free, free), [], [1, 3]),  # two widths within the range are always on a line
        ((first, free), [0, 1], [0, 1, 3, 4]), ((free, first), [0, 1], [1, 2, 3, 4]), ((outside, free), [0], [1, 3]),
    ):  # fmt: skip
        found = width.claims({"tasks": {"digits": task(*edges)}, "range": [4, 64]})
        assert undecided(found[:2]) == wide
        assert undecided(found[2:]) == scale
        assert undecided(width.claims({"tasks": {"bessel": task(*edges)}, "range": [4, 64]})[:2]) == wide
    assert width.at_edge(task(free, first))
    assert not width.at_edge(task(free, free))
    numbers = {"classes": [2, 4, 6]}
    for edges, lost in (((free, free), []), ((first, free), [0, 1]), ((free, outside), [0, 1])):
        assert undecided(classes.claims({"tasks": {"digits": task(*edges) | numbers}})) == lost


def test_an_arm_at_an_edge_takes_the_interval_of_its_claims_alone():
    names = list(pruned.ARMS)
    for edge in (None, *names):
        arms = {
            name: {"rate": 0.1, "edge": name == edge, "error": [1.0 + i, 2.0], "neurons": [4.0, 4.0]}
            for i, name in enumerate(names)
        }
        data = {
            "tasks": {"bessel": arms, "digits": arms},
            "overlap": {"digits": 0.25},
            "hidden": {"bessel": 4, "data": 3},
        }
        found = pruned.claims(data)
        pairs = [("growing", b) for b in names[2:]] + [("growing", "static")] + [(a, "static") for a in names[2:]]
        lost = [i for i, pair in enumerate(pairs) if edge in pair]
        assert undecided(found) == lost + [i + len(pairs) + 1 for i in lost]
        assert [found[i].measured for i in (7, 15)] == [0, 1]
    assert [claim.measured for claim in found[8:15]] == pytest.approx([1.0, 1.5, 2.0, 0.5, -0.5, -1.0, -1.5])
    assert found[3].measured == pytest.approx(np.sqrt(1 / 2))
    assert found[4].measured == pytest.approx(np.sqrt(3 / 2))
    for edge in (None, "growing", "static"):
        arms = {name: {"rate": 0.1, "edge": name == edge, "test": [1.0, 2.0]} for name in ablation.ARMS}
        assert undecided(ablation.claims({"arms": arms})) == [
            i for i, pair in enumerate(ablation.PAIRS) if edge in pair[:2]
        ]
