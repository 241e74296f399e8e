"""The experiments on the third version at toy size: they run, judge and draw, and what they share is computed once."""

import types

import pytest

from minigrow.experiments import protocol
from minigrow.experiments.claims import VERDICTS
from minigrow.experiments.differentiable_structure import common, fixed, neurons, settings, size, strength, switching
from minigrow.experiments.registry import EXPERIMENTS

TOYS = [
    (size, {"repeats": 2, "hard_repeats": 3, "cycles": 200}),
    (fixed, {"repeats": 2, "variable_repeats": 3, "cycles": 200, "sizes": [3, 5], "without_pull": [3]}),
    (switching, {"repeats": 2, "cycles": 300}),
    (neurons, {"repeats": 2, "cycles": 300, "symbols": 100}),
    (strength, {"repeats": 2, "cycles": 100, "price": [0.01, 0.1], "pull": [1e-4]}),
]


def here(f, jobs):
    return [f(job) for job in jobs]


@pytest.mark.parametrize(("module", "config"), TOYS, ids=lambda value: getattr(value, "__name__", ""))
def test_experiment_runs_judges_and_draws(module, config, tmp_path):
    outcome = module.run(config, 0, here)
    rows = module.claims(outcome.data)
    module.draw(outcome.data, tmp_path)
    assert rows
    assert all(row.verdict in VERDICTS and row.criterion for row in rows)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(module.FIGURES)
    assert set(module.QUICK) == set(module.FULL) == set(config)
    assert all(40 < len(caption) < 240 and caption.endswith(".") for caption in module.FIGURES.values())
    assert protocol.problems(module) == []
    assert module.__name__.removeprefix("minigrow.experiments.") in {e.name for e in EXPERIMENTS}


def asked(module, config):
    found = []
    module.run(config, 0, lambda f, jobs: [found.append((f, job)) or common.curves(job) for job in jobs])
    return set(found)


def test_the_runs_of_the_variable_size_are_those_of_the_experiment_size():
    """A job that is the same is kept on disk and read back, so the longest runs are computed once."""
    both = asked(size, TOYS[0][1]) & asked(fixed, TOYS[1][1])
    assert len(both) == 3


def test_a_method_that_changes_without_a_reason_is_noticed(monkeypatch):
    module = types.SimpleNamespace(FULL={}, PROTOCOL=settings.method())
    assert protocol.problems(module) == []
    monkeypatch.setitem(common.LEARNING, "clip", 0.5)
    module.PROTOCOL = settings.method()
    assert "update" in protocol.problems(module)[0]
