"""Isotropic experiments end to end at a tiny size: files, schema, figures from data alone."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from minigrow.experiments import registry, runner
from minigrow.experiments.isotropic import selfsizing
from minigrow.experiments.registry import find
from minigrow.growth import History

TINY = {
    "selfsizing": selfsizing.QUICK | {"repeats": 2, "steps": 60, "widths": [4, 8], "rates": [1e-3, 1e-2]},
}
FIGURES: dict[str, list[str]] = {}
LIVES = {"selfsizing"}
SCHEMA = {
    "experiment": str, "paper": str, "mode": str, "seed": int, "repeats": int, "seconds": float, "versions": dict,
    "config": dict, "protocol": list, "claims": list, "data": dict,
}  # fmt: skip
CLAIM = {"claim": str, "paper": str, "unit": str, "n": int, "criterion": str, "verdict": str}


def experiment(name):
    return find([f"isotropic.{name}"])[0]


def test_every_isotropic_experiment_is_tried_here_or_in_a_file_of_its_own():
    texts = [path.read_text() for path in Path(__file__).parent.glob("test_*.py")]
    for e in registry.EXPERIMENTS:
        name = e.name.removeprefix("isotropic.")
        elsewhere = [
            t for t in texts if re.search(rf"^from .*isotropic import .*\b{name}\b", t, re.M) and "end_to_end" in t
        ]
        assert e.method != "isotropic" or name in TINY or elsewhere, name


@pytest.mark.parametrize("name", TINY)
def test_end_to_end(name, tmp_path, monkeypatch):
    module = experiment(name).module
    monkeypatch.setattr(module, "QUICK", TINY[name])
    claims = runner.run(experiment(name), runner.Request(seed=1, out=tmp_path))
    folder = tmp_path / f"isotropic.{name}"
    figures = FIGURES.get(name, [f"{name}.png"])
    assert set(figures) == set(module.FIGURES)  # each has a caption
    expected = {"results.json", *figures} | ({"history.npz"} if name in LIVES else set())
    assert {path.name for path in folder.iterdir()} == expected
    results = json.loads((folder / "results.json").read_text())
    check_schema(results)
    assert results["config"] == TINY[name]
    assert len(results["claims"]) == len(claims)
    redraw_and_rejudge(module, results, tmp_path, figures)
    if name in LIVES:
        assert len(History.load(folder / "history.npz").rows) > 1


def check_schema(results):
    assert {key: type(value) for key, value in results.items()} == SCHEMA
    for claim in results["claims"]:
        assert {key: type(claim[key]) for key in CLAIM} == CLAIM
        assert set(claim) == {*CLAIM, "measured", "low", "high", "spread"}
        assert np.isfinite(claim["measured"])


def redraw_and_rejudge(module, results, tmp_path, figures):
    """What was written is enough: claims and figures come out of results.json again."""
    again = [json.loads(json.dumps(c._asdict())) for c in module.claims(results["data"])]
    assert [c["verdict"] for c in again] == [c["verdict"] for c in results["claims"]]
    module.draw(results["data"], tmp_path)
    for figure in figures:
        assert (tmp_path / figure).read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("name", ["QUICK", "FULL"])
def test_configurations_have_repeats_enough(name):
    for e in find(["isotropic"]):
        config = getattr(e.module, name)
        assert config["repeats"] >= 5
        assert json.loads(json.dumps(config)) == config
