"""A kept life is lived again: the same life, or an error, and nothing is written but its history."""

import json

import numpy as np
import pytest

from minigrow.experiments import histories
from minigrow.experiments.addition.comparison_growing import observer
from minigrow.experiments.addition.comparison_tasks import Task
from minigrow.experiments.histories import differences, relive
from minigrow.experiments.registry import find
from minigrow.experiments.results import KEYS
from minigrow.experiments.watching import watching, watching_three
from minigrow.growth import History, Plan, start, train
from minigrow.nn import MLP, SGD

SMALL = {"repeats": 1, "task": "cubic", "every": 4000, "mask_epochs": 100, "mask_points": 16}


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "nimble.anatomy"
    place.mkdir()
    known = {"experiment": "nimble.anatomy", "config": SMALL, "seed": 0, "claims": [], "data": {}}
    (place / "results.json").write_text(json.dumps(dict.fromkeys(KEYS) | known), encoding="utf-8")
    return tmp_path


def test_a_life_is_written_where_there_was_none_and_is_the_same_when_lived_again(folder):
    assert relive(folder, ["nimble.anatomy"]) == {"nimble.anatomy": {}}
    path = folder / "nimble.anatomy" / "history.npz"
    first = History.load(path)
    assert first.about["task"].startswith("Learn a curve")
    assert first["surface"].shape == (11, 132, 1)
    again = relive(folder, ["nimble.anatomy"])["nimble.anatomy"]
    assert again == dict.fromkeys(("step", "widths", "parameters", "loss"), 0.0)
    assert sorted(p.name for p in path.parent.iterdir()) == ["history.npz", "results.json"]


def test_the_command_says_what_it_did(folder, capsys):
    for said in ("nimble.anatomy: written", "nimble.anatomy: the same life, step within 0.0e+00, widths"):
        histories.main([str(folder), "nimble.anatomy"])
        assert capsys.readouterr().out.startswith(said)


def test_another_life_is_an_error_and_leaves_the_file(folder):
    relive(folder, ["nimble.anatomy"])
    path = folder / "nimble.anatomy" / "history.npz"
    life = History.load(path)
    rows = tuple(dict(row) | {"loss": 2 * row["loss"]} for row in life.rows)
    History(rows, life.events).save(path)
    with pytest.raises(ValueError, match=r"loss differs by .* it is another life"):
        relive(folder, ["nimble.anatomy"])
    History(rows[1:], life.events).save(path)
    with pytest.raises(ValueError, match="the life has 11 rows, but the file has 10"):
        relive(folder, ["nimble.anatomy"])
    assert len(History.load(path).rows) == 10


def test_no_number_equals_no_number_but_not_a_number():
    life = History().with_row({"step": 1, "loss": np.nan})
    assert differences(life, life) == {"step": 0, "loss": 0}
    with pytest.raises(ValueError, match="loss differs"):
        differences(life, History().with_row({"step": 1, "loss": 1.0}))
    assert differences(History(), History()) == {}


def test_every_experiment_that_keeps_a_history_can_live_it_again():
    able = {e.name for e in find(["all"]) if hasattr(e.module, "relive")}
    assert able == {
        "addition.comparison", "differentiable_structure.neurons", "isotropic.selfsizing", "isotropic.spectra", "isotropic.tasks",
        "nimble.anatomy", "urn.lifetime",
    }  # fmt: skip
    assert histories.FILE == "history.npz"


def test_scores_are_taken_at_the_same_rows_whether_or_not_the_start_is_looked_at():
    """The observer counts: the look before the first step must not shift the rows at which the score is taken."""
    X, y = np.eye(4), np.array([0, 1, 0, 1])
    given = Task(X, y, X, y, "softmax", 2)
    plan = Plan(steps=12, batch=None, record=2, quiet=True, observe=observer(given, {"stride": 3}))
    history = train(start(MLP.create([4, 2, 2], rng=0), SGD(), rng=0), X, y, plan).history
    assert np.isfinite(history["score"]).tolist() == [False, False, True] * 2
    assert np.isfinite(history.first["score"])


def test_samples_are_shown_as_they_were_before_they_were_standardised():
    seen = watching("digits", 3, samples=4)
    pictures = np.array([sample["image"] for sample in seen.about["samples"]])
    assert (pictures.shape, pictures.min(), pictures.max()) == ((4, 64), 0, 1)
    assert (pictures == 0).mean() > 0.2  # the paper around a digit, which is not one number after standardising
    assert watching("mnist-1d", 0).about["image"] == [1, 40]


def test_three_tasks_fill_each_its_own_third_of_the_picture():
    seen = watching_three("digits", 0)
    pictures = np.array([sample["image"] for sample in seen.about["samples"]]).reshape(3, 4, 3, 64)
    for k in range(3):
        filled = (pictures[k] > 0).any(axis=(0, 2))
        assert filled.tolist() == [j == k for j in range(3)]
