"""The worker's two tasks, asked in this process: what it says, which mistakes it plants, and in which functions of a law."""

import importlib
import sys

import pytest

from minigrow import laws
from minigrow.labs import worker
from minigrow.labs.subjects import subjects
from minigrow.labs.tracing import Trace
from minigrow.labs.trial import MISSED, NOTICED, SAME, STOPS

SMALL = """
from minigrow.laws import law

def outer(x):
    return 2.0 * inner(x) + 0.0 * x[0]

def inner(x):
    return float(x[0] + 1e-3)

def wrong(rng):
    return 5.0

@law("my.outer", tolerance=1, because="it is rough", broken=wrong)
def check(rng):
    x = [rng.random()]
    return abs(outer(x) - 2 * x[0])

@law("my.alone", tolerance=1, because="it is alone")
def alone(rng):
    return 1.0 + rng.random()
"""


@pytest.fixture
def asked(tmp_path, monkeypatch):
    """Return (task, ...) -> the messages of the worker about a small file; afterwards the package's laws are as they were."""
    laws.all_laws()  # the package's are registered before a copy is made
    monkeypatch.setattr(laws, "REGISTERED", dict(laws.REGISTERED))
    file = tmp_path / "mylaw.py"
    file.write_text(SMALL)
    yield lambda task, **job: list(worker.answers({"task": task, "file": str(file), "seed": 0, **job}))
    for name in [name for name in sys.modules if name.startswith(laws.USERS)]:
        del sys.modules[name]


def test_checking_tells_the_worst_case_and_on_how_many_cases_the_twin_fails(asked):
    found = asked("check", cases=8, seconds=None)
    assert (found[0], found[-1]) == ({"laws": ["my.outer", "my.alone"]}, {"done": True})
    outer, alone = (message["law"] for message in found if "law" in message)
    assert (outer["law"], outer["cases"], outer["ok"]) == ("my.outer", 8, True)
    assert outer["worst_eps"] == pytest.approx(2e-3)
    assert (alone["ok"], alone["tolerance_eps"]) == (False, 1)
    assert alone["worst_eps"] == max(1 + laws.case("my.alone", 0, number).random() for number in range(8))
    assert [message["twin"] for message in found if "twin" in message] == [
        {"law": "my.outer", "twin_fails": 25, "twin_cases": 25},
        {"law": "my.alone", "twin_words": "it has no broken twin"},
    ]


def test_planting_tells_what_becomes_of_each_mistake_near_ones_first(asked):
    _, clean, *found, done = asked("plant", told={"0": SAME}, seconds=1e6)
    assert done == {"done": True}
    assert 3 <= clean["cases"] <= 25
    assert 0 <= clean["clean"] < 60
    trials = [message["trial"] for message in found if "trial" in message]
    assert len(trials) == clean["places"] - 1  # number 0 had been told
    assert [message["outcome"] for message in found if "trial" in message] == [trial["outcome"] for trial in trials]
    assert [message["next"]["words"] for message in found if "next" in message] == [t["words"] for t in trials]
    told = {(trial["line"], trial["words"]): (trial["outcome"], trial["laws"], trial["error"]) for trial in trials}
    assert told[5, "4 for 2 in `2.0 * inner(x)`"] == (NOTICED, ("my.outer",), "")
    assert told[5, "the term `0.0 * x[0]` left out in `2.0 * inner(x) + 0.0 * x[0]`"] == (SAME, (), "")
    assert told[8, "0.002 for 0.001 in `x[0] + 1e-3`"] == (MISSED, (), "")
    assert told[8, "1 for 0 in `x[0] + 1e-3`"] == (STOPS, (), "IndexError: list index out of range")
    assert [trial["function"] for trial in trials[:4]] == ["inner", "outer", "inner", "outer"]


NETS = """
from kernels import twice

class Net:
    @classmethod
    def create(cls):
        return [cls(), 1 + 1][0]

    def __call__(self, x):
        return self.after(x) + 1

    def after(self, x):
        return x * 2

def grown(net):
    return called_by_grown(net) * 2

def called_by_grown(net):
    return 3 + twice(net(1.0))
"""


def test_named_functions_come_before_methods_and_kernels_and_nearer_ones_before_those_they_call(tmp_path, monkeypatch):
    (tmp_path / "nets.py").write_text(NETS)
    (tmp_path / "kernels.py").write_text("def twice(x):\n    return x + x\n")
    monkeypatch.syspath_prepend(tmp_path)
    try:
        nets = importlib.import_module("nets")
        with Trace(lambda file: file.startswith(str(tmp_path))) as trace:
            nets.grown(nets.Net.create())
    finally:
        sys.modules.pop("nets", None), sys.modules.pop("kernels", None)
    found = [(row.function.name, row.group, row.near) for row in subjects(trace, tmp_path)]
    assert found == [
        ("grown", 1, True),
        ("called_by_grown", 1, True),
        ("Net.__call__", 1, True),
        ("Net.after", 1, True),
        ("twice", 3, False),
    ]
