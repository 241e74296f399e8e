"""Sparsification: shares, formulas and exactness against independent counts; every claim holds, is refuted and is undecided."""

import json

import numpy as np
import pytest

from minigrow import isotropic
from minigrow.experiments.isotropic import sparsification
from minigrow.experiments.isotropic.sparsification import predicted, share

TINY = sparsification.QUICK | {"repeats": 2, "shapes": [[2, 6, 3], [3, 6, 3]]}
SAME = tuple((name, TINY[name]) for name in sparsification.SAME)


def random_net(widths, seed=0):
    net = isotropic.Network.create(widths, init="glorot", rng=seed)
    rng = np.random.default_rng(seed)
    return net.with_theta(net.theta + 0.3 * rng.standard_normal(net.theta.size))


def test_share_counts_only_large_parameters_of_the_names_given():
    net = isotropic.Network.create([4, 2, 2, 3], rng=0)
    net.params["W2"][...] = [[1.0, -1.0], [0.9e-4, -0.9e-4]]
    assert share(net, ["W2"]) == 50
    net.params["W2"][...] = [[1.1e-4, -1.0], [-1.1e-4, 0.0]]
    assert share(net, ["W2"]) == 75
    assert share(net, ["W2"], 1e-3) == 25
    by_hand = sum(abs(float(p)) > 1e-4 for p in net.theta) / len(net.theta)
    assert share(net, net.axes) == pytest.approx(100 * by_hand)


@pytest.mark.parametrize("depth", [2, 3, 4, 5, 8])
def test_predicted_shares_are_what_sparsify_leaves(depth):
    net = random_net([4, *[7] * depth, 3])
    sparse, _ = isotropic.sparsify(net)
    assert share(sparse, sparsification.hidden(sparse)) == pytest.approx(predicted(depth, 7))
    assert share(sparse, sparse.axes) == pytest.approx(predicted(depth, 7, net.theta.size), abs=0.5)


@pytest.mark.parametrize("data", ["digits", "mnist-1d"])
def test_sparsified_networks_answer_as_before(data):
    found = sparsification.one(sparsification.Job(data, (3, 8, 30), SAME, 0))
    assert found["flipped"] == 0
    assert found["hidden_before"] > 99
    assert found["hidden_after"] == pytest.approx(predicted(3, 8), abs=2)
    assert 0 < found["epsilon"] < 100 * 64 * np.finfo(np.float64).eps
    assert abs(found["kl"]) < 64 * np.finfo(np.float64).eps


def test_end_to_end(tmp_path):
    data = sparsification.run(TINY, 1, lambda f, jobs: [f(job) for job in jobs]).data
    again = json.loads(json.dumps(data))
    assert len(sparsification.claims(again)) == 14
    assert {claim.claim.split(":")[0] for claim in sparsification.claims(again)} == {"digits", "mnist-1d"}
    sparsification.draw(again, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(sparsification.FIGURES)


def made(shift=0.0, spread=0.01, all_shift=0.0, epsilon=1e-15, kl=1e-17, flipped=0.0, depth=41):
    rows = []
    for shape, count in (([3, 64, 9], 20000), ([depth, 64, 9], 10**6)):
        around = spread * np.array([-1.0, 0.0, 1.0])
        hidden, every = (
            predicted(*shape[:2]) + shift + around,
            predicted(*shape[:2], count) + shift + all_shift + around,
        )
        rows.append({"data": "mnist-1d", "shape": shape, "parameters": count, "hidden_after": hidden, "all_after": every,
                     "epsilon": [epsilon, 0, 0], "kl": [kl, 0, 0], "flipped": [flipped, 0, 0]})  # fmt: skip
    rows[-1]["all_after"] = 50 + shift + all_shift + spread * np.array([-1.0, 0.0, 1.0])  # whatever the formula says
    return {"rows": rows}


def verdict(index, **change):
    return sparsification.claims(made(**change))[index].verdict


@pytest.mark.parametrize(
    ("index", "refuted", "undecided"),
    [
        (0, {"shift": 9.0}, {"spread": 2.0}),
        (1, {"all_shift": 9.0}, {"spread": 3.0}),
        (2, {"shift": 9.0}, {"spread": 2.0}),
    ],
)
def test_shares(index, refuted, undecided):
    assert [verdict(index, **change) for change in ({}, refuted, undecided)] == ["holds", "refuted", "undecided"]


@pytest.mark.parametrize(
    ("off", "spread", "expected"), [(0, 0.01, "holds"), (2, 0.01, "refuted"), (0, 1.0, "undecided")]
)
def test_formulas(off, spread, expected):
    data = made(spread=spread, shift=off)
    data["rows"] = data["rows"][:1]
    assert sparsification.claims(data)[3].verdict == expected


@pytest.mark.parametrize(("index", "worse"), [(4, {"epsilon": 1e-9}), (5, {"kl": -1e-9}), (6, {"flipped": 1.0})])
def test_exactness(index, worse):
    assert verdict(index) == "holds"
    assert verdict(index, **worse) == "refuted"
