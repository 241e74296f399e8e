"""Experiment 2: a tiny run, what its parts measure, and every claim where it holds, is refuted and is undecided."""

import json

import numpy as np
import pytest

from minigrow.experiments import protocol
from minigrow.experiments.isotropic import common, spectra
from minigrow.experiments.isotropic.stages import spaced, stages
from minigrow.experiments.shared import parts
from minigrow.growth import Plan
from minigrow.nn import AdamW

TINY = spectra.FULL | {"repeats": 2, "width": 6, "steps": 60, "points": 4}


def serially(f, jobs):
    return [f(job) for job in jobs]


def test_the_protocol_holds_what_runs():
    assert protocol.problems(spectra) == []
    assert set(spectra.QUICK) == set(spectra.FULL)
    assert spectra.QUICK["repeats"] >= 5
    assert spectra.FULL["repeats"] >= 10


def test_end_to_end(tmp_path):
    outcome = spectra.run(TINY, 1, serially)
    data = json.loads(json.dumps(outcome.data))
    assert data["steps"] == [0, *outcome.history["step"]]
    assert list(data["measured"]) == ["digits", "mnist-1d"]
    claims = spectra.claims(data)
    assert claims == spectra.claims(outcome.data)
    assert all(np.isfinite(claim.measured) for claim in claims)
    spectra.draw(data, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(spectra.FIGURES)


def test_another_seed_gives_other_numbers():
    first, second = (spectra.run(TINY | {"data": ["digits"]}, seed, serially) for seed in (0, 1))
    assert first.data != second.data


# parts


def test_spectra_start_at_one_and_keep_extremes():
    outcome = spectra.run(TINY | {"repeats": 1, "data": ["digits"]}, 0, serially)
    mine, history = outcome.data["measured"]["digits"]["isotropic tanh"], outcome.history
    for l in (1, 2, 3):
        assert mine[f"sigma{l}"][0] == pytest.approx(np.ones(5), abs=1e-3)
        assert mine[f"b{l}"][0] == [0] * 5
        sigma, b = history[f"sigma{l}"], history[f"b{l}"]
        assert np.array(mine[f"sigma{l}"])[1:, [0, -1]] == pytest.approx(np.sort(sigma)[:, [0, -1]], rel=1e-3)
        assert np.array(mine[f"b{l}"])[1:, 2] == pytest.approx(np.median(np.abs(b), axis=1), rel=1e-3)
        assert mine[f"condition{l}"][0][1:] == pytest.approx(sigma[:, 0] / sigma[:, -1], rel=1e-3)
        assert mine[f"size{l}"][0][1:] == pytest.approx(np.sqrt(np.mean(b**2, axis=1)), rel=1e-3)
        assert mine[f"small{l}"] == [int(np.sum(sigma[-1] <= 0.95))]
    assert mine["condition2"][0][-1] > 1.05
    assert "constant" not in outcome.data["measured"]["digits"]["element-wise tanh"]


def test_zeros_of_the_shape_alone_are_no_singular_values():
    found = spectra.spectrum(common.network([4, 7, 7, 3], 0))
    assert [found[f"sigma{l}"].shape for l in (1, 2, 3)] == [(4,), (7,), (3,)]
    assert found["sigma1"] == pytest.approx(np.ones(4))


def test_the_constant_of_the_least_neuron_is_its_rotated_bias():
    net = common.network([5, 4, 4, 3], 0, np.float64)
    rng = np.random.default_rng(1)
    net.params["W2"][...], net.params["b2"][...] = rng.standard_normal((4, 4)), rng.standard_normal(4)
    R, sigma, _ = np.linalg.svd(net.params["W2"])
    assert spectra.constant(net) == pytest.approx(abs(R[:, -1] @ net.params["b2"]) / sigma[-1])


def test_both_sides_start_from_the_same_weights():
    ours, tanh = common.network([64, 6, 6, 10], 5), common.tanh_network([64, 6, 6, 10], 5)
    assert all(np.array_equal(ours.params[f"W{l}"], tanh.params[f"W{l}"]) for l in (1, 2, 3))


def test_stages_are_one_training_seen_on_the_way():
    train, net = parts("mnist-1d", 0)[0], common.network([40, 6, 6, 10], 0)
    runs = list(stages(net, train, 3, [7, 100, 130], Plan(), AdamW()))
    whole = common.trained(net, train, 3, Plan(steps=130), AdamW())
    assert [run.step for run in runs] == [7, 100, 130]
    assert np.array_equal(runs[-1].net.theta, whole.net.theta)
    assert runs[-1].history["step"].tolist() == [7, 100, 130]


@pytest.mark.parametrize(("steps", "points"), [(41680, 60), (400, 12), (5, 3), (1, 4)])
def test_points_in_time_rise_and_end_with_the_last_step(steps, points):
    found = spaced(steps, points)
    assert found[-1] == steps
    assert found == sorted(set(found))
    assert len(found) <= points
    assert steps < 1000 or len(found) > 0.9 * points


# claims, on hand-made data: each quantity is (value, how many e-fold three repeats differ by)

USUAL = {
    "end": (8, 0.01),
    "tanh": (4, 0.01),
    "small": (20, 0),
    "grown1": (2, 0.01),
    "grown2": (2, 0.01),
    "constant": (9, 0.01),
}


def hand_made(**other):
    q = {key: value * np.exp(wide * np.array([-1, 0, 1])) for key, (value, wide) in (USUAL | other).items()}

    def side(end):
        return {f"condition{l}": np.array([end * 0 + 1, end * 0 + 1.5, end]).T.tolist() for l in (1, 2, 3)}

    mine = side(q["end"]) | {"small2": q["small"].tolist(), "constant": q["constant"].tolist()}
    mine |= {f"size{l}": np.array([0 * q["end"], 1 + 0 * q["end"], q[f"grown{l}"]]).T.tolist() for l in (1, 2)}
    sides = {"isotropic tanh": mine, "element-wise tanh": side(q["tanh"])}
    return {"steps": [0, 100, 1000], "tau": 0.95, "measured": {"digits": sides}}


CASES = [
    ({"end": (1.5, 0.01), "tanh": (1.2, 0.01)}, [0, 2, 4], "refuted"),
    ({"end": (2.2, 0.5), "tanh": (0.1, 0.01)}, [0, 2, 4], "undecided"),
    ({"tanh": (16, 0.01)}, [1, 3, 5], "refuted"),
    ({"tanh": (7.5, 0.5)}, [1, 3, 5], "undecided"),
    ({"small": (2, 0)}, [6], "refuted"),
    ({"small": (6, 0.5)}, [6], "undecided"),
    ({"grown1": (0.5, 0.01)}, [7], "refuted"),
    ({"grown1": (1.1, 0.5)}, [7], "undecided"),
    ({"grown2": (0.5, 0.01)}, [8], "refuted"),
    ({"grown2": (1.1, 0.5)}, [8], "undecided"),
    ({"constant": (0.5, 0.01)}, [9], "refuted"),
    ({"constant": (1.1, 0.5)}, [9], "undecided"),
]


def test_every_claim_holds_where_it_should():
    claims = spectra.claims(hand_made())
    assert [claim.verdict for claim in claims] == ["holds"] * 10
    assert [round(claim.measured, 6) for claim in claims[1:]] == [2, 8, 2, 8, 2, 20, 2, 2, 9]


@pytest.mark.parametrize(("change", "which", "expected"), CASES)
def test_claims(change, which, expected):
    found = [claim.verdict for claim in spectra.claims(hand_made(**change))]
    assert found == [expected if i in which else "holds" for i in range(10)]


def test_each_claim_is_tried_in_all_three_cases():
    for verdict in ("refuted", "undecided"):
        assert {i for _, which, expected in CASES for i in which if expected == verdict} == set(range(10))
