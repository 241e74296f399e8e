"""The pool's experiments end to end at a tiny size, their claims on hand-made data, and their tasks against their words."""

import json

import numpy as np
import pytest

from minigrow.experiments import runner
from minigrow.experiments.registry import EXPERIMENTS, find
from minigrow.experiments.urn import difficulty, lifetime, locality, motifs, phases, residual
from minigrow.experiments.urn.common import Job, accuracy, one, strengths, trained
from minigrow.experiments.urn.tasks import TASKS, task
from minigrow.growth import History, start
from minigrow.nn import Adam
from minigrow.urn import Network

TINY = {
    "difficulty": {"repeats": 2, "l1": [0.003, 0.01], "large_l1": [0.003], "steps": 40},
    "locality": {"repeats": 2, "local": 0.003, "l1": 0.001, "steps": 40, "digit_steps": 8},
    "residual": {"repeats": 2, "activations": ["relu"], "l1": [0.001], "time": [0.0, 0.003], "steps": 40},
    "phases": {"repeats": 2, "l1": [0.01], "time": [0.0], "wire": [0.0, 0.003], "wire_l1": [0.001], "steps": 40},
    "lifetime": {"repeats": 2, "steps": 40, "every": 10},
    "motifs": {"repeats": 2, "random": 3, "steps": 8},
}
FIGURES = {
    "locality": ["locality.png", "locality_fields.png"],
    "lifetime": ["lifetime.png", "lifetime_film.png"],
}


def test_every_experiment_is_tried_here():
    assert {f"urn.{name}" for name in TINY} == {e.name for e in EXPERIMENTS if e.method == "urn"}


@pytest.mark.parametrize("name", TINY)
def test_end_to_end(name, tmp_path, monkeypatch):
    experiment = find([f"urn.{name}"])[0]
    monkeypatch.setattr(experiment.module, "QUICK", TINY[name])
    claims = runner.run(experiment, runner.Request(seed=1, out=tmp_path))
    folder = tmp_path / f"urn.{name}"
    figures = FIGURES.get(name, [f"{name}.png"])
    assert set(figures) == set(experiment.module.FIGURES)  # each has a caption
    extra = {"history.npz"} if name == "lifetime" else set()
    assert {path.name for path in folder.iterdir()} == {"results.json", *figures} | extra
    results = json.loads((folder / "results.json").read_text())
    assert [c.holds for c in experiment.module.claims(results["data"])] == [c["holds"] for c in results["claims"]]
    assert all(np.isfinite(claim.measured) for claim in claims)


@pytest.mark.parametrize("mode", ["QUICK", "FULL"])
def test_ten_seeds_at_least(mode):
    for e in find(["urn"]):
        config = getattr(e.module, mode)
        assert config["repeats"] >= 10
        assert json.loads(json.dumps(config)) == config


def test_the_film_has_matrices_sorted_by_layer():
    ends, history = lifetime.one(lifetime.Job(20, 10, 0))
    rows = history["widths"][2::3]  # a phase is 15 steps and 5 to settle: three rows
    assert [end["hidden"] for end in ends] == rows[:, 1].tolist()
    frames = lifetime.film(history, 20)
    assert len(frames) == 2 * len(lifetime.PHASES)
    assert all(len(f["matrix"]) == sum(f["layers"]) ** 2 for f in frames if sum(f["layers"]))
    assert isinstance(history, History)


def test_the_pool_is_filled_again_and_the_state_follows():
    small = start(Network.create(4, 1, 10, rng=0), Adam(), rng=0)
    full = lifetime.filled(small)
    assert full.net.size == lifetime.SIZE
    assert full.state.slots[0].shape == full.net.theta.shape
    assert full.history.events[0].kind == "grow"
    assert lifetime.filled(full) is full


def run_of(**values):
    usual = {
        "error": 1e-9, "accuracy": 100.0, "edges": 10, "neurons": 2, "depth": 2, "widths": [2, 2, 1], "skips": 0.0,
        "density": 1.0, "cycles": 0, "local": 0.9, "chance": 0.3, "wire": 5.0, "kind": "layered",
    }  # fmt: skip
    return usual | values


def failing(module, data):
    return [i for i, claim in enumerate(module.claims(data)) if not claim.holds]


def difficulty_data(**edges):
    found = {"linear": 4, "xor": 8, "parity3": 12, "parity4": 20, "spirals": 9, "digits": 400} | edges
    runs = {f"{t} {l1}": [run_of(edges=n - (l1 == 0.01))] * 10 for t, n in found.items() for l1 in (0.003, 0.01)}
    return {"l1": [0.003, 0.01], "large_l1": [0.003], "runs": runs}


def test_difficulty_claims():
    assert failing(difficulty, difficulty_data()) == []
    assert failing(difficulty, difficulty_data(xor=12)) == [0]
    data = difficulty_data()
    data["runs"]["parity4 0.01"] = [run_of(edges=20, error=0.1, accuracy=90.0)] * 10
    assert failing(difficulty, data) == [7, 8]


def locality_data(**shuffled):
    runs = {
        "free": [run_of(local=0.35)] * 10, "priced": [run_of(kind="local")] * 10,
        "shuffled": [run_of(wire=9.0, local=0.85) | shuffled] * 10,
        "digits free": [run_of(local=0.2)] * 10, "digits priced": [run_of(local=0.8, accuracy=99.0)] * 10,
    }  # fmt: skip
    return {"runs": runs, "shown": {}}


def test_locality_claims():
    assert failing(locality, locality_data()) == []
    assert failing(locality, locality_data(wire=4.0)) == [3, 4]
    assert failing(locality, locality_data(error=1.0)) == [4]
    assert failing(locality, locality_data(local=0.6)) == [5]
    assert failing(locality, locality_data(local=0.4)) == [5, 6]


def test_residual_claims():
    def data(hits, control, depth=2):
        runs = [run_of(kind="residual")] * hits + [run_of(kind="sparse")] * (10 - hits)
        other = [run_of(kind="residual")] * control + [run_of(kind="sparse")] * (10 - control)
        late = [run_of(kind="residual", depth=depth)] * 10
        cells = [("residual", 0.0, runs), ("residual", 0.1, late), ("branch", 0.0, other)]
        return {"cells": [[name, "relu", 0.001, time, r] for name, time, r in cells]}

    assert failing(residual, data(8, 2)) == []
    assert failing(residual, data(7, 3)) == [0, 2]
    assert failing(residual, data(10, 0, depth=3)) == [3]


def test_phase_claims():
    kinds = {"perceptron": "direct", "layered": "layered", "local": "local"}
    runs = {name: [run_of(kind=kind)] * 10 for name, kind in kinds.items()}
    runs |= {f"{name}, control": [run_of(kind="sparse")] * 10 for name in kinds}
    assert failing(phases, {"runs": runs}) == []
    assert failing(phases, {"runs": runs | {"layered": [run_of(depth=3)] * 10}}) == [2]
    assert failing(phases, {"runs": runs | {"local, control": [run_of(kind="local")] * 10}}) == [5]


def test_lifetime_claims():
    def data(edges):
        life = [{"edges": n, "accuracy": 100.0, "error": 1e-6} for n in edges]
        return {"ends": [life] * 10}

    assert failing(lifetime, data([4, 15, 4, 15, 9])) == []
    assert failing(lifetime, data([4, 15, 15, 15, 9])) == [1, 2, 9]


def test_motif_claims():
    loop, pair = motifs.name(motifs.FEEDFORWARD), "010100000"
    before, after = {loop: [0.1, 0.0], pair: [0.2, 1.0]}, {loop: [0.3, 5.0], pair: [0.0, 0.0]}
    data = {"runs": [{"before": before, "after": after}] * 10}
    assert failing(motifs, data) == []
    assert failing(motifs, {"runs": [{"before": after, "after": before}] * 10}) == [0, 1]


@pytest.mark.parametrize("name", TASKS)
def test_tasks_are_what_their_words_say(name):
    t = task(name, 3)
    assert len(t.X) == len(t.y)
    assert np.array_equal(task(name, 3).X, t.X)
    if name in ("xor", "parity3", "parity4"):
        assert np.array_equal(t.y[:, 0], (-1.0) ** (t.X < 0).sum(axis=1))
    if name in ("local", "shuffled"):
        assert np.array_equal(t.y[:, 1], t.X[:, 3] * t.X[:, 4])
        p = t.places(5, 0)
        assert sorted(p[:12, 0]) == list(range(12))
        assert (name == "local") == (list(p[:12, 0]) == list(range(12)))
    if name == "residual":
        assert np.allclose(t.y - task("branch", 3).y, t.X)
        assert abs(np.corrcoef(task("branch", 3).y[:, 0], t.X[:, 1])[0, 1]) < 0.3


def test_a_run_that_overflows_counts_as_what_it_was():
    job = Job("xor", strengths(), 0, size=60, iterations=60, activation="relu", steps=40)
    assert np.isfinite(trained(job)[0].theta).all()
    assert np.isfinite(one(job)["accuracy"])


def test_accuracy_of_classes_and_signs():
    assert accuracy(np.array([[1.0, 2.0], [3.0, 0.0]]), np.array([1, 1])) == 50
    assert accuracy(np.array([[1.0, -2.0]]), np.array([[3.0, 1.0]])) == 50
