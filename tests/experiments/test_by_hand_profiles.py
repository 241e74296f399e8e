"""Isotropic experiments by hand, every job and every number of small cases: profiles of the activation, element-wise tanh."""

import numpy as np
import pytest
from noting import CORRECT, LENGTHS, RATES, SLOW, TEST, TRAIN, WIDE, A, B, C, caught, noting, pairs, right, undecided

from minigrow import nn
from minigrow.datasets import split
from minigrow.experiments.isotropic import (
    against_tanh,
    profiles,
)
from minigrow.experiments.isotropic.common import in_float64, network, tanh_network
from minigrow.growth import Plan
from minigrow.isotropic import Network

# --- profiles and element-wise tanh --------------------------------------------------------------------------------------


def test_a_profile_is_trained_and_moved(monkeypatch):
    seen = caught(monkeypatch, profiles)
    same = pairs(hidden=(6, 6), weight_decay=0.3, batch=9, **CORRECT)
    job = profiles.Job("digits", "isotropic_leaky", 0.02, 33, same, 4)
    found = profiles.one(job)
    net = Network.create([64, 6, 6, 10], "isotropic_leaky", rng=4, dtype=np.float32, **CORRECT)
    assert np.array_equal(seen[0].net.theta, net.theta)
    assert seen[0].net.activation == "isotropic_leaky"
    assert (seen[0].seed, seen[0].plan, seen[0].optimiser) == (4, Plan(steps=33, batch=9), SLOW)
    assert np.array_equal(seen[0].data.X, TRAIN.X)
    net = in_float64(net)
    assert found[0] == pytest.approx(right(net, WIDE))
    assert found[1] == pytest.approx(1, rel=1e-5)
    assert all(0 <= eps < 64 for eps in found[2:])
    assert len(found) == 5
    learn, held = split(TRAIN, 0.2, rng=4)
    assert profiles.validated(job) == pytest.approx(right(net, held))
    assert np.array_equal(seen[1].data.X, learn.X)


def test_moves_of_a_profile_are_told_in_eps_of_the_logits(monkeypatch):
    """Each move is made to add a tenth of the logits' length; the singular values are 8, 4, 2, 1 here."""
    caught(monkeypatch, profiles)
    asked = []

    def tenth(name):
        def move(net, layer, *more, **options):
            asked.append((name, layer, more, options))
            return net.with_params(net.params | {k: 1.1 * net.params[k] for k in ("W3", "b3", "psi2")}), None

        return move

    for name in ("grow", "diagonalise", "prune"):
        monkeypatch.setattr(profiles, name, tenth(name))
    monkeypatch.setattr(profiles, "singular_values", lambda net, layer: np.array([8.0, 4.0, 2.0, layer]))
    same = pairs(hidden=(5, 6), weight_decay=0.3, batch=9, **CORRECT)
    found = profiles.one(profiles.Job("digits", "isotropic_tanh", 0.02, 33, same, 4))
    assert asked == [("grow", 1, (5,), {"rng": 4}), ("diagonalise", 1, (), {}), ("prune", 1, (), {})]
    assert found[1:] == [8.0, *[pytest.approx(0.1 / np.finfo(float).eps)] * 3]


def tuned_answer(best, value):
    """Answer a job that chooses a rate by how near it is to the best, and one that is judged by value(job)."""

    def answer(job):
        return -abs(np.log(job.rate / best)) if job.seed == C else value(job)

    return answer


def test_profiles_are_tuned_and_judged_on_every_data_set():
    def five(job):
        return [job.seed % 7 + 1 / 3, *LENGTHS.tolist()]

    pmap, asked = noting(tuned_answer(0.02, five))
    config = profiles.QUICK | {"repeats": 2, "tuning": 1, "rates": RATES, "data": ["digits", "mnist-1d"], "steps": 9, "hidden": [5, 6],
                               "profiles": ["isotropic_tanh", "isotropic_leaky"]}  # fmt: skip
    found = profiles.run(config, 3, pmap).data
    same = pairs(hidden=(5, 6), weight_decay=1e-3, batch=48, o="trainable", psi="decay")
    keys = [(name, profile) for name in config["data"] for profile in config["profiles"]]
    assert asked == [
        *(("validated", profiles.Job(*key, rate, 9, same, C)) for key in keys for rate in RATES),
        *(("one", profiles.Job(*key, 0.02, 9, same, s)) for key in keys for s in (A, B)),
    ]
    values = {"test": [float(f"{s % 7 + 1 / 3:.5g}") for s in (A, B)], "condition": [1, 1], "growing": [2, 2], "diagonalising": [4, 4],
              "removing": [8, 8]}  # fmt: skip
    assert found == {
        "overlap": {"digits": 0.25, "mnist-1d": 0.0},
        "rows": [{"data": name, "profile": profile, "rate": 0.02, "edge": False} | values for name, profile in keys],
    }


def test_the_claims_on_profiles_by_hand():
    names = ("isotropic_tanh", "isotropic_identity", "isotropic_leaky")
    for edge, lost in ((None, []), (names[0], [3, 4]), (names[1], [3]), (names[2], [4])):
        rows = [
            {"data": "x", "profile": p, "edge": p == edge, "test": [90.0 - i, 91.0 + i], "condition": [2.0 + i, 8.0 + i],
             "growing": [1.0, 2.0 + i], "diagonalising": [5.0 - i, 3.0], "removing": [7.0, 6.0 + 2 * i]}
            for i, p in enumerate(names)
        ]  # fmt: skip
        found = profiles.claims({"overlap": {"x": 0.0}, "rows": rows})
        assert undecided(found)[-len(lost) :] == lost or not lost
        assert [i for i in undecided(found) if i > 2] == lost
    assert [claim.measured for claim in found] == pytest.approx([4.5, 8.5, 4, 0, 0])


def test_the_sides_of_the_comparison_with_tanh(monkeypatch):
    seen = caught(monkeypatch, against_tanh)
    same = pairs(weight_decay=0.3, batch=9, o="constant", psi="none")
    expected = {
        "isotropic tanh": network([64, 5, 6, 10], 4, o="constant", psi="none"),
        "element-wise tanh": tanh_network([64, 5, 6, 10], 4),
        "no hidden layer": tanh_network([64, 10], 4),
    }
    for i, (side, net) in enumerate(expected.items()):
        job = against_tanh.Job("digits", (5, 6), 33, 0.02, side, same, "test", 4)
        found = against_tanh.one(job)
        assert np.array_equal(seen[-1].net.theta, net.theta)
        assert type(seen[-1].net) is type(net)
        assert (seen[-1].seed, seen[-1].plan, seen[-1].optimiser) == (4, Plan(steps=33, batch=9), SLOW)
        assert found == (pytest.approx(right(net, TEST)), against_tanh.saturated(net, TEST.X))
        learn, held = split(TRAIN, 0.2, rng=4)
        assert against_tanh.validated(job._replace(judged_on="validation")) == pytest.approx(right(net, held))
        assert np.array_equal(seen[-1].data.X, learn.X)
        assert len(seen) == 2 * i + 2


def test_saturated_units_are_counted_in_all_hidden_layers():
    net = nn.MLP.create([1, 2, 1, 1], "tanh", rng=0)
    new = {"W1": np.array([[9.0], [0.1]]), "b1": np.zeros(2), "W2": np.array([[5.0, 0.0]]), "b2": np.array([-4.9])}
    net = net.with_params(net.params | new)
    X = np.array([[1.0], [-1.0]])
    # The first unit is at +-1 in both rows, the second never; the third is tanh(.1), and tanh(-9.9).
    assert against_tanh.saturated(net, X) == 50
    assert against_tanh.saturated(network([1, 2, 1], 0), X) == 0


def test_spirals_are_new_for_every_seed_and_standardised():
    learn, test = against_tanh.parts("spirals", 5)
    assert (learn.X.dtype, len(learn.classes), learn.X.shape, test.X.shape) == (np.float32, 5, (800, 2), (200, 2))
    np.testing.assert_allclose(learn.X.mean(axis=0), 0, atol=1e-5)
    assert not np.array_equal(learn.X, against_tanh.parts("spirals", 6)[0].X)
    assert np.array_equal(learn.X, against_tanh.parts("spirals", 5)[0].X)
    assert sorted(np.bincount(np.concatenate([learn.y, test.y]))) == [200] * 5
    assert [against_tanh.overlap(name) for name in ("spirals", "digits", "mnist-1d")] == [0, 0.25, 0]


def test_the_comparison_with_tanh_tunes_three_sides_and_trains_two_at_fixed_rates():
    def two(job):
        return job.rate + job.seed % 7, len(job.side)

    pmap, asked = noting(lambda job: -abs(np.log(job.rate / 0.02)) if job.judged_on == "validation" else two(job))
    config = against_tanh.QUICK | {"repeats": 2, "tuning": 1, "rates": RATES, "data": ["digits", "spirals"], "tuned": [[[5, 6], 9]],
                                   "fixed": [[[7], 8, 0.5], [[4], 3, 0.25]]}  # fmt: skip
    found = against_tanh.run(config, 3, pmap).data
    same = pairs(weight_decay=1e-3, batch=48, o="none", psi="none")
    tuned = [(name, (5, 6), 9, side) for name in config["data"] for side in against_tanh.SIDES]
    fixed = [(name, hidden, steps, side, rate) for name in config["data"] for hidden, steps, rate in (((7,), 8, 0.5), ((4,), 3, 0.25))
             for side in against_tanh.SIDES[:2]]  # fmt: skip
    cells = [(*key, 0.02) for key in tuned] + fixed
    assert asked == [
        *(
            ("validated", against_tanh.Job(*key[:3], rate, key[3], same, "validation", C))
            for key in tuned
            for rate in RATES
        ),
        *(("one", against_tanh.Job(*cell[:3], cell[4], cell[3], same, "test", s)) for cell in cells for s in (A, B)),
    ]
    more = {"edge": False, "rates": RATES, "validation": [-0.69315, 0.0, -0.69315]}
    assert found == {
        "overlap": {"digits": 0.25, "spirals": 0.0},
        "rows": [
            {"data": name, "hidden": list(hidden), "steps": steps, "side": side, "rate": rate, "tuned": rate == 0.02,
             "test": [float(f"{rate + s % 7:.5g}") for s in (A, B)], "saturated": [len(side)] * 2} | (more if rate == 0.02 else {})
            for name, hidden, steps, side, rate in cells
        ],
    }  # fmt: skip


def test_the_claims_on_tanh_by_hand():
    sides = against_tanh.SIDES
    for edge, lost in ((None, []), (sides[0], [0, 1, 2]), (sides[1], [0, 1]), (sides[2], [2])):
        rows = [
            {"data": "x", "hidden": [h], "steps": 9, "side": side, "rate": 0.1, "tuned": True, "edge": side == edge and h == 4,
             "test": [90.0 - 3 * i, 92.0 + h * (i == 1) - 4 * (i == 2)]}
            for h in (3, 4) for i, side in enumerate(sides)
        ]  # fmt: skip
        rows += [
            {"data": "x", "hidden": [5], "steps": 9, "side": side, "rate": rate, "tuned": False,
             "test": [80.0 + i, 81.0 - 4 * rate * i], "saturated": [10.0 * i + rate, 20.0]}
            for rate in (0.1, 0.5) for i, side in enumerate(sides[:2])
        ]  # fmt: skip
        found = against_tanh.claims({"overlap": {"x": 0.0}, "rows": rows})
        assert undecided(found) == lost
    assert [claim.measured for claim in found] == pytest.approx([-0.25, -0.25, 5, -0.3, 0.5, 15.25])
