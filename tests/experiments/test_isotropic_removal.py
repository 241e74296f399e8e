"""Ablation, criteria, recovery and monitor: parts against witnesses, tiny runs, every claim in its three verdicts."""

import json

import numpy as np
import pytest

from minigrow import isotropic
from minigrow.experiments import protocol
from minigrow.experiments.isotropic import ablation, common, criteria, monitor, recovery, recovery_claims
from minigrow.experiments.shared import parts
from minigrow.growth import start
from minigrow.nn import AdamW
from minigrow.nn.losses import softmax_cross_entropy

VERDICTS = ("holds", "refuted", "undecided")
DATA = {"a": 0.25, "b": 0.0}  # name: overlap
SHAKE = np.array([-0.001, 0.0, 0.001, 0.0])
SWING = np.array([-1.0, 1.0, -1.0, 1.0])
TINY = {
    criteria: {"repeats": 2, "widths": [4, 5], "steps": 5},
    recovery: {
        "repeats": 2,
        "wide": 9,
        "narrow": 4,
        "steps": 40,
        "cuts": 2,
        "every": 7,
        "rates": [1e-3, 1e-2],
        "tuning": 1,
    },
    monitor: {"repeats": 2, "width": 5, "steps": 5, "bases": 2},
}


def verdicts(module, data):
    return [claim.verdict for claim in module.claims(data)]


def serially(f, jobs):
    return [f(job) for job in jobs]


@pytest.fixture(scope="module")
def trained():
    """A trained float64 network with o and psi, and test rows."""
    train, test = parts("digits", 0)
    net = common.network([64, 7, 6, 10], 0, psi="decay")
    net = common.in_float64(common.trained(net, train, 0, common.Plan(steps=300), AdamW(rate=1e-2)).net)
    return net, test._replace(X=test.X.astype(np.float64))


@pytest.mark.parametrize("module", TINY)
def test_end_to_end(module, tmp_path):
    assert protocol.problems(module) == []
    assert set(module.QUICK) == set(module.FULL)
    outcome = module.run(module.FULL | TINY[module], 1, serially)
    data = json.loads(json.dumps(outcome.data))
    assert verdicts(module, data) == verdicts(module, outcome.data)
    assert list(data["overlap"]) == module.FULL["data"]
    assert all(np.isfinite(claim.measured) for claim in module.claims(data))
    module.draw(data, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(module.FIGURES)


# ablation


@pytest.mark.parametrize("layer", [0, 1])
def test_a_silenced_neuron_is_a_removed_one_with_its_corrections(trained, layer):
    """The witness is `prune`, which takes the last neuron of the singular basis out and corrects o and psi; 1e-12 is rounding."""
    net, test = trained
    turned = ablation.in_singular_basis(net, layer)
    removed = isotropic.prune(net, layer)[0](test.X)
    assert np.allclose(ablation.answers(turned, layer, test.X)[-1], removed, rtol=0, atol=1e-12 * np.abs(removed).max())
    assert not np.allclose(removed, net(test.X), rtol=0, atol=1e-3)


def test_a_silenced_tanh_neuron_says_the_same_to_every_input():
    net = common.tanh_network([3, 2, 2], 0, np.float64)
    net = net.with_params(dict(net.params) | {"b1": np.array([0.3, -0.2])})
    X = np.random.default_rng(0).standard_normal((5, 3))
    H = np.tanh(X @ net.params["W1"].T + net.params["b1"])
    H[:, 1] = np.tanh(-0.2)
    expected = H @ net.params["W2"].T + net.params["b2"]
    assert np.allclose(ablation.answers(net, 0, X)[1], expected, rtol=0, atol=1e-15)


def test_losses_average_to_the_loss_of_training():
    z, y = np.random.default_rng(0).standard_normal((2, 6, 3)), np.array([0, 1, 2, 0, 1, 2])
    expected = [softmax_cross_entropy(one, y)[0] for one in z]
    assert np.allclose(ablation.losses(z, y).mean(axis=1), expected, rtol=1e-14)


# criteria


def test_spearman_against_the_textbook_formula():
    rng = np.random.default_rng(0)
    x, y = rng.permutation(9), rng.permutation(9)
    assert criteria.spearman(x, y) == pytest.approx(1 - 6 * np.sum((x - y) ** 2) / (9 * 80))
    assert criteria.spearman(x, -x) == -1


def test_pearson_against_numpy():
    x, y = np.random.default_rng(0).standard_normal((2, 20))
    assert criteria.pearson(x, y) == pytest.approx(np.corrcoef(x, y)[0, 1], abs=1e-14)


def test_damage_against_one_neuron_by_hand(trained):
    net, test = trained
    net = ablation.in_singular_basis(net, 1)
    harm = criteria.damage(net, test)
    other = ablation.silenced(net, 1, 2)
    assert harm["epsilon"][2] == pytest.approx(common.moved_by(net, other, test.X)[0])
    assert harm["accuracy"][2] == pytest.approx(common.accuracy(net, test) - common.accuracy(other, test))
    assert harm["loss"][2] == pytest.approx(
        softmax_cross_entropy(other(test.X), test.y)[0] - softmax_cross_entropy(net(test.X), test.y)[0]
    )


def criteria_data(**levels):
    """Correlations of every criterion, by measure: a level, or (level, swing)."""
    usual = {"sigma": 0.8, "product": 0.85, "outgoing": 0.9, "activation": 0.9, "optimal": 0.9, "taylor": 0.9} | levels
    measured = {}
    for by, level in usual.items():
        middle, swing = level if isinstance(level, tuple) else (level, 0.0)
        rows = middle + SHAKE + swing * SWING
        measured[by] = np.tile(rows[None, :, None], (2, 1, 4)).tolist()
    return {"widths": [4, 8], "overlap": DATA, "measured": dict.fromkeys(DATA, measured)}


SIGMA, PRODUCT = (0, 4, 10), (1, 5, 9, 11)


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ({}, dict.fromkeys(range(12), "holds")),
        ({"sigma": 0.3}, dict.fromkeys(SIGMA, "refuted")),
        ({"sigma": (0.6, 0.3), "product": (0.7, 0.3)}, dict.fromkeys(SIGMA, "undecided")),
        ({"product": 0.7}, dict.fromkeys(PRODUCT, "refuted")),
        ({"product": (0.81, 0.3)}, dict.fromkeys((*PRODUCT, 2, 3, 6, 7, 8), "undecided")),
        ({"activation": 0.1}, dict.fromkeys((2, 6), "refuted")),
        ({"activation": (0.85, 0.2)}, dict.fromkeys((2, 6), "undecided")),
        ({"optimal": 0.1}, dict.fromkeys((3, 7), "refuted")),
        ({"optimal": (0.85, 0.2)}, dict.fromkeys((3, 7), "undecided")),
        ({"taylor": 0.1}, {8: "refuted"}),
        ({"taylor": (0.85, 0.2)}, {8: "undecided"}),
    ],
)
def test_criteria_claims(levels, expected):
    found = verdicts(criteria, criteria_data(**levels))
    assert len(found) == 24
    for i, verdict in expected.items():
        assert found[i] == found[12 + i] == verdict
    if "sigma" not in levels and "product" not in levels:
        assert [i for i, v in enumerate(found[:12]) if v != "holds"] == [i for i, v in expected.items() if v != "holds"]


# recovery


def test_equal_work_is_equal_to_a_step():
    lives = {}
    for arm in (recovery.ONCE, recovery.EQUAL):
        same = tuple((recovery.FULL | TINY[recovery])[key] for key in recovery.SAME)
        same = tuple(zip(recovery.SAME, same, strict=True))
        lives[arm] = recovery.one(recovery.Job("digits", arm, 1e-3, same, "test", 0))
    step = 3 * 48 * common.network([64, 4, 4, 10], 0).cost
    assert abs(lives[recovery.ONCE].work - lives[recovery.EQUAL].work) < 2 * step
    assert lives[recovery.EQUAL].curve == []


def test_pruning_a_run_takes_the_optimiser_along():
    run = start(common.network([64, 9, 8, 10], 0), AdamW(), rng=0)
    assert recovery.pruned(run, 4, "sigma").net.widths == (64, 4, 4, 10)
    assert recovery.cuts(recovery.NARROW, {}) == {}


def test_back_is_the_first_look_behind_the_last_cut_that_is_as_good():
    seen = {10: 50.0, 20: 60.0, 30: 55.0, 40: 60.0, 50: 70.0}
    assert recovery._back(seen, {20: 3}, 60.0) == 20
    assert recovery._back(seen, {20: 5, 40: 3}, 60.0) == 30
    assert recovery._back(seen, {20: 3}, 99.0) == -1


def recovery_data(edges=(), **ends):
    usual = {"UNPRUNED": 90.0, "ONCE": 90.0, "STEPWISE": 91.0, "NARROW": 85.0, "EQUAL": 85.0} | ends
    rows = {}
    for key, level in usual.items():
        if key in ("before", "after", "back"):
            continue
        middle, swing = level if isinstance(level, tuple) else (level, 0.0)
        rows[getattr(recovery_claims, key)] = {"end": (middle + SHAKE + swing * SWING).tolist(), "edge": key in edges}
    rows[recovery.ONCE] |= {
        "before": (ends.get("before", 90.0) + SHAKE[::-1]).tolist(),
        "after": (ends.get("after", 90.0) + SHAKE).tolist(),
        "back": ends.get("back", [26] * 4),
    }
    return {"wide": 9, "narrow": 4, "overlap": DATA, "rows": dict.fromkeys(DATA, rows)}


@pytest.mark.parametrize(
    ("ends", "expected"),
    [
        ({"back": [26, -1, 1043, 26]}, {2: "undecided"}),
        ({"back": [26] * 12}, {}),
        ({"back": [-1, 1043] * 6}, {2: "refuted"}),
        ({"back": [26] * 12, "after": 80.0}, {0: "refuted"}),
        ({"back": [26] * 12, "after": 89.0}, {0: "undecided"}),
        ({"back": [26] * 12, "before": 92.0, "after": 92.0}, {1: "refuted"}),
        ({"back": [26] * 12, "before": 91.0, "after": 91.0}, {1: "undecided"}),
        ({"back": [26] * 12, "NARROW": 92.0}, {3: "refuted", 7: "refuted"}),
        ({"back": [26] * 12, "NARROW": (89.0, 9.0)}, {3: "undecided", 7: "undecided"}),
        ({"back": [26] * 12, "EQUAL": 92.0}, {4: "refuted"}),
        ({"back": [26] * 12, "EQUAL": (89.0, 9.0)}, {4: "undecided"}),
        ({"back": [26] * 12, "UNPRUNED": 99.0}, {5: "refuted"}),
        ({"back": [26] * 12, "UNPRUNED": (90.0, 9.0)}, {5: "undecided"}),
        ({"back": [26] * 12, "STEPWISE": 89.0}, {6: "refuted"}),
        ({"back": [26] * 12, "STEPWISE": (90.5, 2.0)}, {6: "undecided"}),
        ({"back": [26] * 12, "edges": ("EQUAL",)}, {4: "undecided"}),
        ({"back": [26] * 12, "edges": ("ONCE",)}, dict.fromkeys((3, 4, 5, 6), "undecided")),
    ],
)
def test_recovery_claims(ends, expected):
    found = verdicts(recovery, recovery_data(**ends))
    assert found[:8] == found[8:] == [expected.get(i, "holds") for i in range(8)]


# monitor


def test_damage_of_one_neuron_class_by_class(trained):
    net, test = trained
    D, k = monitor.damage(net, test), 3
    mine, other = test.y == k, ablation.silenced(net, 1, 4)
    rise = (
        softmax_cross_entropy(other(test.X[mine]), test.y[mine])[0]
        - softmax_cross_entropy(net(test.X[mine]), test.y[mine])[0]
    )
    assert D.shape == (6, 10)
    assert D.min() >= 0
    assert D[4, k] == pytest.approx(max(rise, 0))


def test_measures_at_their_ends():
    assert monitor.measures(np.eye(4)) == [1, 1, 1]
    assert monitor.measures(np.ones((3, 5))) == [0.2, 0.2, 1]
    assert monitor.measures(np.zeros((3, 5))) == [0.2, 0.2, 1]
    assert monitor.measures(np.outer([1.0, 0, 0], [1, 1])) == [0.5, 0.5, pytest.approx(1 / 3)]


def monitor_data(**levels):
    """Measures [weighted, plain, used] of each basis: levels, or (level, swing)."""
    usual = {"SINGULAR": (0.8, 0.7, 0.3), "RANDOM": (0.4, 0.4, 0.6), "TANH": (0.5, 0.5, 0.7)} | levels
    measured = {}
    for key, values in usual.items():
        pairs = [v if isinstance(v, tuple) else (v, 0.0) for v in values]
        measured[getattr(monitor, key)] = np.stack([m + SHAKE + s * SWING for m, s in pairs], axis=1).tolist()
    return {"overlap": DATA, "measured": dict.fromkeys(DATA, measured)}


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ({}, {}),
        ({"SINGULAR": (0.2, 0.2, 0.9)}, dict.fromkeys(range(7), "refuted")),
        ({"SINGULAR": ((0.5, 0.3), (0.5, 0.3), (0.65, 0.3))}, dict.fromkeys(range(7), "undecided")),
        ({"RANDOM": (0.9, 0.4, 0.6)}, {1: "refuted"}),
        ({"TANH": (0.9, 0.5, 0.7)}, {2: "refuted"}),
        ({"RANDOM": (0.4, 0.9, 0.6)}, {3: "refuted"}),
        ({"TANH": (0.5, 0.9, 0.7)}, {4: "refuted"}),
        ({"RANDOM": (0.4, 0.4, 0.1)}, {5: "refuted"}),
        ({"TANH": (0.5, 0.5, 0.1)}, {6: "refuted"}),
    ],
)
def test_monitor_claims(levels, expected):
    found = verdicts(monitor, monitor_data(**levels))
    assert found[:7] == found[7:] == [expected.get(i, "holds") for i in range(7)]
