"""Growing against pruning: a small run from end to end, every claim judged three ways, what pruning keeps, equal training."""

import json

import numpy as np
import pytest

from minigrow.experiments import protocol
from minigrow.experiments.nimble import pruned
from minigrow.growth import Plan, start, train
from minigrow.growth.files import plain
from minigrow.growth.plan import Context
from minigrow.nimble import controller
from minigrow.nn import Adam

SMALL = pruned.QUICK | {
    "repeats": 2, "rates": [1e-3, 3e-3, 1e-2], "data": ["mnist-1d"], "points": 40, "hidden": {"bessel": 3, "data": 4},
    "steps": {"bessel": 60, "data": 40}, "init": "glorot",
}  # fmt: skip


def test_from_end_to_end(tmp_path):
    outcome = pruned.run(SMALL, 0, lambda f, jobs: [f(job) for job in jobs])
    claims = pruned.claims(outcome.data)
    pruned.draw(outcome.data, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(pruned.FIGURES)
    again = json.loads(json.dumps(plain(outcome.data), allow_nan=False))
    assert [claim.verdict for claim in pruned.claims(again)] == [claim.verdict for claim in claims], (
        "claims need data alone"
    )
    assert set(pruned.QUICK) == set(pruned.FULL) == set(SMALL)
    assert protocol.problems(pruned) == []


def made(better, worse, edge=False, neurons=0.0):
    """Arms whose errors are `better` for growing, `worse` for static and 1 between them for the pruned ones, each times noise."""
    noise = 1 + 0.02 * np.random.default_rng(0).standard_normal((5, 20))
    arms = {
        name: {
            "rate": 1e-3,
            "edge": edge,
            "error": list(level * noise[i]),
            "work": [1.0] * 20,
            "neurons": [4.0 + neurons] * 20,
        }
        for i, (name, level) in enumerate(zip(pruned.ARMS, (better, worse, 1.0, 1.0, 1.0), strict=True))
    }
    tasks = {"bessel": arms, "digits": arms, "mnist-1d": arms}
    return {"tasks": tasks, "overlap": {"digits": 0.25, "mnist-1d": 0.0}, "hidden": {"bessel": 4, "data": 4}}


@pytest.mark.parametrize(
    ("data", "verdict"), [(made(0.5, 2.0), "holds"), (made(2.0, 0.5), "refuted"), (made(1.0, 1.0), "undecided")]
)
def test_three_verdicts(data, verdict):
    found = [claim.verdict for claim in pruned.claims(data) if "neurons" not in claim.claim]
    assert found == [verdict] * 21


@pytest.mark.parametrize(("off", "verdict"), [([0.0], "holds"), ([1.0], "refuted"), ([0.0, 0.1], "undecided")])
def test_sizes_three_ways(off, verdict):
    data = made(1.0, 1.0)
    for arm in data["tasks"]["bessel"].values():
        arm["neurons"] = list(4.0 + np.resize(off, 20))
    claim = next(claim for claim in pruned.claims(data) if claim.claim.startswith("bessel: all arms end"))
    assert claim.verdict == verdict


def test_a_rate_at_the_edge_decides_nothing():
    found = [claim.verdict for claim in pruned.claims(made(0.5, 2.0, edge=True)) if "rates tuned" in claim.claim]
    assert found == ["undecided"] * 21


def context(net, X, step):
    return Context(step, step, None, X, None, "mse", None)


def test_neurons_that_say_the_same_of_every_row_are_pruned_first_and_nothing_is_lost():
    X, net = np.random.default_rng(0).uniform(-1, 1, (50, 2)), controller([2, 6, 3], "static", rng=1)
    net.params["W1"][[1, 4]] = 0.0  # they are tanh(w + b) in every row, however great their outgoing weights
    net.params["W2"][:, [1, 4]] = 9.0
    smaller, (event,) = pruned.Pruning(4, 10)(net, context(net, X, 10))
    assert event.recorded.origin == (0, 2, 3, 5)
    np.testing.assert_allclose(
        smaller(X), net(X), atol=1e-13
    )  # the constant part is in the biases: two sums in another order


def test_pruning_waits_for_its_time_and_happens_once():
    X, net = np.zeros((3, 2)), controller([2, 6, 3], "static", rng=1)
    assert pruned.Pruning(4, 10)(net, context(net, X, 9)) == (net, ())
    small = controller([2, 4, 3], "static", rng=1)
    assert pruned.Pruning(4, 10)(small, context(small, X, 10)) == (small, ())


def test_adams_memory_follows_the_neurons_that_stay():
    x = np.linspace(-1, 1, 20)[:, None]
    run = start(controller([1, 8, 1], "static", rng=0), Adam(1e-2), rng=0)
    run = train(run, x, x**2, Plan(12, None, "mse", (pruned.Pruning(3, 10),), every=10, quiet=True))
    assert run.net.widths == (1, 3, 1)
    assert {len(slot) for slot in run.state.slots} == {3 * 4 + 1}
    assert run.history.events[0].step == 10


@pytest.mark.parametrize("arm", pruned.ARMS)
def test_all_arms_spend_the_same_and_end_at_the_same_size(arm):
    job = next(job for job in pruned.jobs_of(SMALL | {"data": []}) if job.rule == arm)
    found = pruned.one(job._replace(rate=1e-2, steps=800, seed=3))
    assert 0.97 < found["work"] <= 1.005
    assert found["neurons"] == 3
