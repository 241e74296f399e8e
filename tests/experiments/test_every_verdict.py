"""Every claim of every experiment on data in which it holds, in which it is refuted, and in which it is undecided.

The data are those of figures/, shifted by hand at a place that the claim reads. A table in verdicts/ has for each experiment

    "kept": "hru"                                             the verdict of each claim on the kept data, by its first letter
    ["r..", [["rows", {"arm": "grown"}, "test"], ["add", 9]]]  the verdicts after a shift; a dot is a verdict that stays

So a verdict that no data can change, or that stands in the code as a constant, fails here.
"""

import importlib.util
import json
from functools import cache
from pathlib import Path

import pytest

from minigrow.experiments.registry import EXPERIMENTS, PAPERS

HERE = Path(__file__).parent
KEPT = HERE.parents[1] / "figures"
pytestmark = pytest.mark.skipif(not KEPT.is_dir(), reason="an installed package has no figures beside it")

_spec = importlib.util.spec_from_file_location("shifted", HERE / "shifted.py")
_module = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_module)
shifted, smaller = _module.shifted, _module.smaller


@cache
def table(method):
    return json.loads((HERE / "verdicts" / f"{method}.json").read_text(encoding="utf-8"))


def letters(claims):
    return "".join(claim.verdict[0] for claim in claims)


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda e: e.name)
def test_every_claim_holds_is_refuted_and_is_undecided(experiment):
    found = json.loads((KEPT / experiment.name / "results.json").read_text(encoding="utf-8"))
    data, said = smaller(experiment.name, found["data"]), table(experiment.method)[experiment.name]
    claims, kept = experiment.module.claims(data), said["kept"]
    assert letters(claims) == kept
    outcomes = [{letter} for letter in kept]
    for expected, *shifts in said["rows"]:
        other = data
        for place, change in shifts:
            other = shifted(other, place, change)
        verdicts = letters(experiment.module.claims(other))
        assert "".join("." if a == b else a for a, b in zip(verdicts, kept, strict=True)) == expected, shifts
        outcomes = [seen | {letter} for seen, letter in zip(outcomes, verdicts, strict=True)]
    for claim, seen in zip(claims, outcomes, strict=True):
        wanted = set("hru" if claim.criterion.startswith("interval") else "hr")  # a fact is never undecided
        assert seen == wanted, f"{claim.claim}: no data in which it is another than {seen}"


def test_every_experiment_has_its_table():
    assert {name for method in PAPERS for name in table(method)} == {e.name for e in EXPERIMENTS}
