"""Scheduled tasks: what a step deals, what a life is, and every claim where it holds, is refuted and is undecided."""

import json
import multiprocessing
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pytest

from minigrow.datasets import from_arrays
from minigrow.experiments import protocol
from minigrow.experiments.isotropic import tasks, tasks_claims, tasks_lives, together
from minigrow.experiments.isotropic.tasks_lives import ADAPTIVE, ARMS, PHASES, STATIC
from minigrow.experiments.jobs import parallel_map

RNG = np.random.default_rng(0)
TINY = tasks.FULL | {"repeats": 2, "widths": [5, 8], "phase": 6, "every": 2}


def toy(samples=7, inputs=3, classes=2):
    """Three tasks whose every input tells its task, sample and place."""
    places = np.arange(samples)[:, None] + np.arange(inputs) / 10
    return tuple(from_arrays(100.0 * (k + 1) + places, np.arange(samples) % classes) for k in range(3))


def test_each_step_has_as_many_samples_of_each_active_task_in_its_own_block():
    three = toy()
    source = together.Together(three, (0, 2), 3)
    feed = source.begin({})
    for X, t in source.deal(feed, np.random.default_rng(1), 5):
        assert X.shape == (6, 9)
        assert t.shape == (6, 3)
        for row, labels, k in zip(X, t, [0, 0, 0, 2, 2, 2], strict=True):
            own = row[3 * k : 3 * k + 3]
            sample = round(own[0] - 100 * (k + 1))
            assert np.array_equal(own, three[k].X[sample])
            assert np.count_nonzero(row) == 3
            assert labels[k] == three[k].y[sample]
            assert sorted(labels)[:2] == [-1, -1]


def test_an_epoch_shows_no_sample_twice_and_leaves_the_rest_out():
    source, rng = together.Together(toy(), (1,), 3), np.random.default_rng(2)
    feed = source.begin({})
    for epoch in range(3):
        assert source.until(feed, epoch + 1) == 2
        seen = []
        for number, batch in enumerate(source.deal(feed, rng, 2)):
            seen += batch[0][:, 3].tolist()
            source.hear(feed, 1.0 + number, batch)
        assert len(set(seen)) == 6
        assert (feed["epoch"], feed["loss"]) == (epoch + 1, 1.5)


def test_other_tasks_begin_with_new_orders_and_the_same_go_on():
    first, rng = together.Together(toy(), (0,), 3), np.random.default_rng(3)
    feed = first.begin({})
    next(first.deal(feed, rng, 1))
    assert together.Together(toy(), (0,), 3).begin(feed)["order"].shape == (1, 4)
    assert together.Together(toy(), (1,), 3).begin(feed)["order"].shape == (1, 0)


def test_a_task_smaller_than_a_batch_is_refused():
    with pytest.raises(ValueError, match="at least 8 samples, one batch, got 7"):
        together.Together(toy(), (0,), 8).begin({})


def test_a_folder_of_images_takes_the_place_of_the_data_sets(tmp_path):
    np.save(tmp_path / "X.npy", RNG.standard_normal((100, 4, 3)))
    np.save(tmp_path / "y.npy", np.arange(100) % 5)
    small = TINY | {"data": [str(tmp_path)], "batch": 16}
    data = tasks.run(small, 0, lambda f, jobs: [f(job) for job in jobs]).data
    assert data["overlap"] == {str(tmp_path): 0.25}
    assert [c.claim.startswith(str(tmp_path)) for c in tasks.claims(data)] == [True] * 10


def test_the_loss_is_the_mean_over_tasks_of_softmax_inside_their_blocks():
    """The sum of the definition, one sample after the other; samples of inactive tasks would have weight 0."""
    three = toy(inputs=4, classes=3)
    X, t = next((source := together.Together(three, (0, 1), 5)).deal(source.begin({}), RNG, 1))
    net = tasks_lives.network([12, 5, 9], 0, np.float64)
    outputs, losses = net(X / 100), []
    for k, rows in ((0, slice(0, 5)), (1, slice(5, 10))):
        scores = np.exp(outputs[rows, 3 * k : 3 * k + 3])
        right = scores[np.arange(5), t[rows, k]] / scores.sum(axis=1)
        losses.append(-np.log(right).mean())
    assert net.gradient(X / 100, t, "blocks")[0] == pytest.approx(np.mean(losses), rel=1e-12)


def test_accuracy_is_counted_inside_a_tasks_block():
    three = toy(samples=4)
    right = np.zeros((4, 3, 2))
    right[np.arange(4), 1, three[1].y] = 1
    right[:, 0] = 5  # another block's outputs are greater, which must not matter
    right[0, 1] = right[0, 1, ::-1]
    assert together.accuracies(lambda X: right.reshape(4, 6), three, (1,)) == [75]


def test_tasks_of_training_and_test_set_are_made_alike():
    for name, sizes in (("digits", (1438, 359)), ("mnist-1d", (4000, 1000))):
        sets = together.task_parts(name, 3)
        assert tuple(len(part[0].y) for part in sets) == sizes
        assert all(abs(task.X.mean()) < 1e-5 for task in sets[0])
        for part in sets:
            classes = np.random.default_rng(3).permutation(10)
            assert np.array_equal(part[1].y, classes[part[0].y])


def job(arm=ADAPTIVE, phase=4, **other):
    setup = tasks_lives.Setup(**{key: TINY[key] for key in tasks_lives.Setup._fields} | {"phase": phase, **other})
    return tasks_lives.Job("digits", arm, (6, 7, 8), 0, setup)


def test_each_phase_is_tested_on_its_own_tasks(monkeypatch):
    seen = []
    monkeypatch.setattr(tasks_lives, "accuracies", lambda net, sets, active: seen.append(active) or [0.0])
    life = tasks_lives.live(job())
    assert seen == list(PHASES.values())
    assert life.history["step"].tolist() == [2, 4, 6, 8, 10, 12, 14, 16]
    assert life.accuracy == [[0]] * 4


def test_only_the_static_network_keeps_its_widths_and_all_begin_alike():
    nets = [tasks_lives.begun(job(arm), together.task_parts("digits", 0)[0]).net for arm in ARMS]
    assert all(np.array_equal(net.theta, nets[0].theta) for net in nets)
    assert nets[0].psi == "decay"
    assert set(map(tuple, tasks_lives.live(job(STATIC)).history["widths"].tolist())) == {(192, 6, 7, 8, 30)}
    assert tasks_lives.live(job()).history["widths"][0].tolist() == [
        192,
        11,
        11,
        12,
        30,
    ]  # 5 more, but where one was spare


def test_stronger_decay_leaves_smaller_weights():
    strong, weak = (
        tasks_lives.live(job(phase=30, weight_decay=decay), tasks_lives.spectra).history for decay in (30.0, 1e-3)
    )
    assert strong["sigma1"][-1, 0] < 0.9 * weak["sigma1"][-1, 0]


def test_kept_points_hold_the_start_and_every_end_of_a_phase():
    setup = tasks_lives.Setup(**{key: tasks.FULL[key] for key in tasks_lives.Setup._fields})
    kept = tasks_lives.kept(setup)
    assert set(np.arange(5) * setup.phase // setup.every) <= set(kept.tolist())
    assert len(kept) == tasks_lives.POINTS + 1


def test_protocol_holds_what_runs():
    assert protocol.problems(tasks) == []
    assert set(tasks.QUICK) == set(tasks.FULL)
    for config in (tasks.FULL, tasks.QUICK):  # the authors' 0.15 a phase, and 150 adaptations in full mode
        assert config["rate"] * config["weight_decay"] * config["phase"] == pytest.approx(0.15, rel=2e-3)
    assert tasks.FULL["phase"] / tasks.FULL["every"] == 150


def test_end_to_end(tmp_path):
    outcome = tasks.run(TINY, 1, lambda f, jobs: [f(job) for job in jobs])
    data = json.loads(json.dumps(outcome.data))
    found = tasks.claims(data)
    assert [c.verdict for c in found] == [c.verdict for c in tasks.claims(outcome.data)]
    assert len(found) == 20
    assert all(np.isfinite(c.measured) for c in found)
    tasks.draw(data, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(tasks.FIGURES)
    assert len(outcome.history.rows) == 12
    assert outcome.history["sigma3"].shape[0] == 12
    for name in TINY["data"]:
        starts = [[row["start"] for row in data["runs"][name][arm]] for arm in ARMS]
        assert starts[0] == starts[1] == starts[2]


def test_processes_change_nothing():
    tiny = TINY | {"data": ["digits"]}
    alone = tasks.run(tiny, 3, lambda f, jobs: [f(job) for job in jobs])
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        shared = tasks.run(tiny, 3, lambda f, jobs: parallel_map(pool, "tasks", f, jobs))
    assert alone.data == shared.data
    assert np.array_equal(alone.history["sigma1"], shared.history["sigma1"], equal_nan=True)


def test_memory_is_the_slope_of_least_squares():
    rng = np.random.default_rng(0)
    starts, ends = rng.integers(5, 80, (9, 3)), rng.integers(5, 40, (9, 3))
    rows = [{"start": s, "ends": [[0, 0, 0], e]} for s, e in zip(starts.tolist(), ends.tolist(), strict=True)]
    found = tasks_claims.memory(rows)
    assert found.value == pytest.approx(np.polyfit(starts.sum(axis=1), ends.sum(axis=1), 1)[0])
    assert found.low < found.value < found.high
    assert tasks_claims._slope(np.array([[5.0, 1.0], [5.0, 3.0]])) == 0


def test_keeping_compares_a_task_with_itself():
    rows = [{"accuracy": [[90.0], [80.0, 70.0], [81.0, 74.0, 60.0], [75.0]]}]
    assert [tasks_claims.keeping(rows, phase).tolist() for phase in (1, 2, 3)] == [[-10], [2.5], [1]]


def made(
    changes=(9.0, 13.0, -6.0), slope=0.0, weak_slope=0.3, weak_last=0.0, ahead=0.0, kept=(0.0, 0.0, 0.0), shake=0.1
):
    """Data of 15 starts in which the measured numbers are these, up to a shake of mean 0 that differs from start to start."""
    starts = np.arange(10, 85, 5)
    noise = shake * np.resize([-1.0, 0.0, 1.0], len(starts))

    def one(start, e, changes, slope):
        last, rises = 20 + slope * start + 5 * e, np.add(changes, e)
        first, second, third, fourth = 90 + np.cumsum([0, *np.add(kept, e)])
        return {
            "start": [int(start)],
            "ends": [[float(last - rises[i:].sum())] for i in range(4)],
            "accuracy": [[first], [second, second], [third, third, third], [fourth]],
        }

    def arm(changes, slope, lead=0.0, sign=1):
        rows = [one(start, sign * e, changes, slope) for start, e in zip(starts, noise, strict=True)]
        for row in rows:
            row["accuracy"] = [[score + lead for score in phase] for phase in row["accuracy"]]
        return rows

    arms = (arm(changes, slope, ahead), arm(changes, slope, sign=-1), arm((0, 0, weak_last), weak_slope, sign=-1))
    return {"overlap": {"digits": 0.25}, "runs": {"digits": dict(zip(ARMS, arms, strict=True))}}


def verdicts(**change):
    return "".join(claim.verdict[0] for claim in tasks.claims(made(**change)))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, "hhhhhhhhhh"),
        ({"changes": (-9.0, 13.0, -6.0)}, "rhhhhhhhhh"),
        ({"changes": (9.0, -13.0, -6.0)}, "hrhhhhhhhh"),
        ({"changes": (9.0, 13.0, 6.0)}, "hhrhhrhhhh"),
        ({"slope": 0.2}, "hhhrhhhhhh"),
        ({"slope": -0.2}, "hhhrhhhhhh"),
        ({"weak_slope": 0.0}, "hhhhrhhhhh"),
        ({"weak_last": -9.0}, "hhhhhrhhhh"),
        ({"ahead": -2.0}, "hhhhhhrhhh"),
        ({"kept": (-2.0, 0.0, 0.0)}, "hhhhhhhrhh"),
        ({"kept": (0.0, -2.0, 0.0)}, "hhhhhhhhrh"),
        ({"kept": (0.0, 0.0, -2.0)}, "hhhhhhhhhr"),
        ({"changes": (0.0, 0.0, 0.0), "shake": 0.2}, "uuuhhuhhhh"),
        ({"slope": 0.05, "weak_slope": 0.05}, "hhhuuhhhhh"),
        ({"ahead": -1.0, "kept": (-1.0, -1.0, -1.0)}, "hhhhhhuuuu"),
    ],
)
def test_claims(change, expected):
    assert verdicts(**change) == expected


def test_both_data_sets_are_judged():
    data = made()
    data["runs"]["other"], data["overlap"]["other"] = made(ahead=-2.0)["runs"]["digits"], 0.0
    found = tasks.claims(data)
    assert len(found) == 20
    assert [c.claim.split(":")[0] for c in found] == ["digits"] * 10 + ["other"] * 10
    assert (found[6].verdict, found[16].verdict) == ("holds", "refuted")
