"""Timing and abundance: tiny runs, what a step and a ramp are, and every claim where it holds, is refuted and is undecided."""

import json

import numpy as np
import pytest

from minigrow.experiments import protocol
from minigrow.experiments.isotropic import abundance, common, timing
from minigrow.experiments.shared import parts
from minigrow.growth import Plan

VERDICTS = ("holds", "refuted", "undecided")


def verdicts(module, data):
    return [claim.verdict for claim in module.claims(data)]


def serially(f, jobs):
    return [f(job) for job in jobs]


@pytest.mark.parametrize("module", [timing, abundance])
def test_protocols_hold_what_runs(module):
    assert protocol.problems(module) == []
    assert set(module.QUICK) == set(module.FULL)


def test_abundance_decays_as_much_in_all_as_the_authors():
    for config in (abundance.FULL, abundance.QUICK):  # theirs: 104 200 steps of 1e-3 with a decay of 1e-3
        steps = sum(config["epochs"]) * config["epoch"]
        assert config["rate"] * config["weight_decay"] * steps == pytest.approx(0.1042, rel=0.03)


TINY = {
    timing: {"repeats": 2, "warm": 1, "steps": 2, "networks": [[8, 4, 4, 10], [9, 4, 4, 10]]},
    abundance: {"repeats": 2, "widths": [4, 6], "epochs": [1, 2, 1], "epoch": 2},
}


@pytest.mark.parametrize("module", TINY)
def test_end_to_end(module, tmp_path):
    outcome = module.run(module.FULL | TINY[module], 1, serially)
    data = json.loads(json.dumps(outcome.data))
    assert [c.verdict for c in module.claims(data)] == verdicts(module, outcome.data)
    assert all(np.isfinite(c.measured) for c in module.claims(data))
    module.draw(data, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(module.FIGURES)


# timing


def job(**other):
    usual = {"widths": [64, 4, 4, 10], "seed": 0, "repeats": 2, "warm": 1, "steps": 3, "batch": 48, "rate": 1e-3}
    return timing.Job(**{**usual, "weight_decay": 1e-3, "o": "trainable", "psi": "decay", **other})


def test_timing_takes_as_many_random_samples_as_an_epoch_has_steps():
    data = timing.data_for(job(widths=[80, 5, 4]))
    assert data.X.shape == (144, 80)
    assert data.X.dtype == np.float32
    assert np.bincount(data.y).tolist() == [36] * 4
    assert np.array_equal(data.X, timing.data_for(job(widths=[80, 5, 4])).X)


def test_a_step_is_an_epoch_over_its_batches():
    seconds = timing.measure(job())
    assert np.divide(seconds["epoch"], seconds["step"]) == pytest.approx([3, 3])
    assert all(len(values) == 2 for values in seconds.values())


def timing_data(spread=0.0, **seconds):
    usual = {"epoch": 30.0, "step": 1.0, timing.GROW: 0.5, timing.SVD: 20.0, timing.REFLECTION: 5.0, timing.CHECK: 3.0}
    rows = {k: np.full(9, v) for k, v in {**usual, **seconds}.items()}
    for name in seconds:
        rows[name] *= np.linspace(1 - spread, 1 + spread, 9)
    return {"networks": [[64, 3, 3, 10]], "steps": 30, "seconds": [{k: v.tolist() for k, v in rows.items()}]}


@pytest.mark.parametrize(
    ("seconds", "refuted"),
    [
        ({}, []),
        ({timing.GROW: 1.1}, [0]),
        ({timing.SVD: 31.0}, [1]),
        ({timing.SVD: 105.0}, [1, 2]),
        ({timing.GROW: 105.0}, [0, 3]),
        ({timing.REFLECTION: 21.0}, [4]),
        ({timing.CHECK: 31.0}, [5]),
    ],
)
def test_claims_of_timing(seconds, refuted):
    assert verdicts(timing, timing_data(**seconds)) == ["refuted" if i in refuted else "holds" for i in range(6)]


@pytest.mark.parametrize(
    ("name", "border", "index"),
    [
        (timing.GROW, 1.0, 0), (timing.SVD, 30.0, 1), (timing.SVD, 104.2, 2), (timing.GROW, 104.2, 3),
        (timing.REFLECTION, 20.0, 4), (timing.CHECK, 30.0, 5),
    ],
)  # fmt: skip
def test_claims_of_timing_are_undecided_at_their_border(name, border, index):
    assert verdicts(timing, timing_data(0.5, **{name: border}))[index] == "undecided"


def test_timing_judges_the_widest_network_of_few_inputs_and_the_last_one():
    data = timing_data()
    data["networks"].append([3072, 3, 3, 10])
    data["seconds"].append({name: [9.0] * 3 for name in data["seconds"][0]})
    claims = timing.claims(data)
    assert claims[0].measured == 0.5
    assert claims[2].measured == pytest.approx(100 / 1042)


# abundance


def test_the_ramp_is_the_authors_schedule():
    """Theirs: before epoch e = 15..89 is trained, the width becomes rint(linspace(first, last, 76))[e - 14]."""
    for first, last in ((7, 100), (100, 7), (25, 50), (10, 10)):
        ramp, wanted, theirs = abundance.Ramp(first, last, 15, 90, 200), first, []
        for e in range(100):
            if 15 <= e <= 89:
                wanted = int(np.rint(np.linspace(first, last, 76))[e - 14])
            theirs.append(wanted)
        assert [first] + [ramp.width(e) for e in range(1, 100)] == theirs


@pytest.mark.parametrize(("first", "last"), [(4, 9), (9, 4)])
def test_ramp_leads_both_layers_from_first_to_last(first, last):
    train = parts("digits", 0)[0]
    plan = Plan(steps=21, policies=(abundance.Ramp(first, last, 1, 6, 3),), every=3, record=3)
    history = common.trained(common.network([64, first, first, 10], 0), train, 0, plan).history
    middle = [abundance.Ramp(first, last, 1, 6, 3).width(e) for e in range(1, 8)]
    assert history["widths"][:, 1].tolist() == history["widths"][:, 2].tolist() == middle
    assert middle[-3:] == [last] * 3
    assert (np.diff(middle) * np.sign(last - first) >= 0).all()


def test_a_job_takes_its_steps_and_ends_at_its_width():
    training = abundance.Training([2, 3, 1], 4, 48, 1e-3, 1e-3, "trainable", "decay")
    plan = abundance.plan(abundance.Job("digits", 4, 7, 0, training))
    assert plan.steps == 24
    train = parts("digits", 0)[0]
    run = common.trained(common.network([64, 4, 4, 10], 0), train, 0, plan)
    assert run.step == 24
    assert run.net.widths == (64, 7, 7, 10)


def abundance_data(wider=1.0, tight=None, narrower=0.0, spread=0.01, overlap=0.0):
    shift = np.array([[0.0, narrower, narrower], [wider, 0.0, narrower], [wider, wider, 0.0]])
    shift[1:, 0] = wider if tight is None else tight
    shake = spread * np.array([-1.0, 0.0, 1.0])
    found = 95 + shift[:, :, None] + (1 - np.eye(3))[:, :, None] * shake
    return {"widths": [7, 10, 25], "overlap": {"digits": overlap}, "accuracy": {"digits": found.tolist()}}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, "hhh"),
        ({"wider": 0.2}, "rrh"),
        ({"wider": 1.4, "tight": 0.2}, "hrh"),
        ({"wider": 1.3, "tight": 0.6}, "hhh"),
        ({"narrower": -0.6}, "hhr"),
        ({"wider": 0.5, "narrower": -0.5, "spread": 0.1}, "uuu"),
    ],
)
def test_claims_of_abundance(change, expected):
    found = "".join(verdict[0] for verdict in verdicts(abundance, abundance_data(**change)))
    assert found == expected


def test_overlapping_splits_widen_the_intervals_of_abundance():
    alone, shared = (abundance.claims(abundance_data(spread=0.1, overlap=o))[0] for o in (0.0, 0.25))
    assert shared.high - shared.low == pytest.approx((alone.high - alone.low) * np.sqrt((1 / 3 + 0.25) / (1 / 3)))
