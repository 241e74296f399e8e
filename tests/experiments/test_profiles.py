"""Other isotropic profiles: the moves are exact on trained networks, and every claim holds, is refuted and is undecided."""

import json

import numpy as np
import pytest

from minigrow.experiments.isotropic import common, profiles
from minigrow.experiments.isotropic.profiles import PROFILES
from minigrow.experiments.isotropic.profiles_claims import IDENTITY, LIMIT, TANH
from minigrow.isotropic import Network, prune

TINY = profiles.QUICK | {"repeats": 2, "hidden": [6, 6], "steps": 3, "rates": [1e-3, 1e-2]}
SAME = tuple((name, tuple(v) if isinstance(v := TINY[name], list) else v) for name in profiles.SAME)


@pytest.mark.parametrize("profile", PROFILES)
def test_moves_are_exact_on_a_trained_network(profile):
    accuracy, condition, *eps = profiles.one(profiles.Job("digits", profile, 1e-2, 60, SAME, 0))
    assert accuracy > 30
    assert condition > 1.01
    assert max(eps) <= LIMIT


def test_a_neuron_that_still_carries_something_does_not_go_without_loss():
    X = np.random.default_rng(0).standard_normal((20, 4))
    net = Network.create([4, 5, 5, 3], init="glorot", rng=0)
    net = net.with_theta(net.theta + 0.3 * np.random.default_rng(1).standard_normal(net.theta.size))
    bare = profiles.emptied(net)
    assert np.linalg.matrix_rank(bare.params["W2"]) == 4
    assert common.moved_by(bare, prune(bare, 1)[0], X)[0] < 1e-12
    assert common.moved_by(net, prune(net, 1)[0], X)[0] > 1e-3
    assert common.moved_by(net, bare, X)[0] > 1e-3


def test_end_to_end(tmp_path):
    data = json.loads(json.dumps(profiles.run(TINY, 1, lambda f, jobs: [f(job) for job in jobs]).data))
    assert len(profiles.claims(data)) == 14
    profiles.draw(data, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(profiles.FIGURES)


def test_tuning_and_verdict_use_other_seeds():
    seen = {}

    def pmap(f, jobs):
        seen.setdefault(f, set()).update(job.seed for job in jobs)
        return [f(job) for job in jobs]

    profiles.run(TINY | {"data": ["digits"], "profiles": [TANH, IDENTITY]}, 0, pmap)
    assert len(seen[profiles.one]) == 2
    assert seen[profiles.one].isdisjoint(seen[profiles.validated])


def made(gap=0.0, spread=0.1, identity=-5.0, eps=2.0, condition=5.0, condition_spread=0.1, edge=()):
    around = np.linspace(-1, 1, 10)
    rows = [{"data": "mnist-1d", "profile": profile, "edge": profile in edge,
             "test": 60 + spread * around + (0 if profile == TANH else identity if profile == IDENTITY else gap),
             "growing": [eps, 1.0], "diagonalising": [1.0, 1.0], "removing": [eps, 1.0],
             "condition": condition * np.exp(condition_spread * around)} for profile in PROFILES]  # fmt: skip
    rows[0]["test"] = np.full(10, 60.0)
    return {"overlap": {"mnist-1d": 0.0}, "rows": rows}


def verdict(index, **change):
    return profiles.claims(made(**change))[index].verdict


@pytest.mark.parametrize(
    ("index", "refuted", "undecided"),
    [
        (2, {"condition": 1.5}, {"condition_spread": 5.0}),
        (3, {"identity": 5.0}, {"identity": 0.0}),
        (4, {"gap": 3.0}, {"spread": 5.0}),
        (5, {"gap": -3.0}, {"spread": 5.0}),
        (6, {"gap": 3.0}, {"gap": 1.0}),
    ],
)
def test_claims(index, refuted, undecided):
    assert [verdict(index, **change) for change in ({}, refuted, undecided)] == ["holds", "refuted", "undecided"]


@pytest.mark.parametrize("index", [0, 1])
def test_exactness_has_no_third_verdict(index):
    assert [verdict(index, eps=eps) for eps in (LIMIT, LIMIT + 1.0)] == ["holds", "refuted"]


@pytest.mark.parametrize(("edge", "expected"), [((TANH,), [3, 4, 5, 6]), ((PROFILES[2],), [4]), ((IDENTITY,), [3])])
def test_a_rate_at_the_edge_decides_nothing(edge, expected):
    found = profiles.claims(made(edge=edge))
    assert [i for i, claim in enumerate(found) if claim.verdict == "undecided"] == expected
