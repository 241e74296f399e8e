"""Experiment 1: a tiny run, what its parts measure, and every claim where it holds, is refuted and is undecided."""

import dataclasses
import json

import numpy as np
import pytest

from minigrow import isotropic
from minigrow.experiments import protocol
from minigrow.experiments.isotropic import changes, common, invariance, invariance_claims
from minigrow.experiments.isotropic.changes import UNCORRECTED, VARIANTS, Variant
from minigrow.experiments.shared import parts
from minigrow.growth import Plan
from minigrow.isotropic.formulas import forward

TINY = invariance.FULL | {"repeats": 2, "width": 30, "steps": 40, "seen": [10], "changes": [1, 0, -1, -5, -25]}


def serially(f, jobs):
    return [f(job) for job in jobs]


def random_net(widths, seed=0, **options):
    net = isotropic.Network.create(widths, init="glorot", rng=seed, **options)
    rng = np.random.default_rng(seed)
    return dataclasses.replace(net, theta=net.theta + 0.3 * rng.standard_normal(net.theta.size))


def flat(net):
    return isotropic.diagonalise(net, 1)[0]


def test_the_protocol_holds_what_runs():
    assert protocol.problems(invariance) == []
    assert set(invariance.QUICK) == set(invariance.FULL)
    assert invariance.QUICK["repeats"] >= 5
    assert invariance.FULL["repeats"] >= 10


def test_end_to_end(tmp_path):
    outcome = invariance.run(TINY, 1, serially)
    data = json.loads(json.dumps(outcome.data))
    assert data["steps"] == [10, 40]
    assert data["overlap"] == {"digits": 0.25, "mnist-1d": 0}
    assert list(data["measured"]["digits"]) == list(VARIANTS)
    claims = invariance.claims(data)
    assert claims == invariance.claims(outcome.data)
    assert all(np.isfinite(claim.measured) for claim in claims)
    assert [c.verdict for c in claims if "keep the function" in c.claim or "one-to-one" in c.claim] == ["holds"] * 4
    invariance.draw(data, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(invariance.FIGURES)


def test_one_data_set_alone_is_enough(tmp_path):
    data = invariance.run(TINY | {"data": ["mnist-1d"], "repeats": 1}, 1, serially).data
    assert {claim.verdict for claim in invariance.claims(data)[2:]} == {"undecided"}  # one repeat has no interval
    invariance.draw(data, tmp_path)


# parts


def test_doubled_logits_change_by_a_hundred_per_cent():
    test = parts("digits", 0, np.float64)[1]
    net = random_net([64, 6, 5, 10])
    params = {name: value.copy() for name, value in net.params.items()}
    for name in ("W3", "b3", "psi2"):
        params[name] *= 2
    change, sigma, epsilon, kl = changes.compare(changes.read(net, test), changes.read(net.with_params(params), test))
    assert (change, sigma) == (0, 0)
    assert epsilon == pytest.approx(100)
    total = 0.0
    for z in net(test.X):  # the sum of the definition, one sample and one class after the other
        p, q = np.exp(z) / np.exp(z).sum(), np.exp(2 * z) / np.exp(2 * z).sum()
        total += sum(a * np.log(a / b) for a, b in zip(p, q, strict=True))
    assert kl == pytest.approx(total / len(test.y))
    assert kl > 0.01


def test_comparison_sees_the_lost_singular_values_and_predictions():
    test = parts("digits", 0, np.float64)[1]
    net = random_net([64, 6, 5, 10], seed=2)
    other = changes.changed(flat(net), -3, "sigma", test.X, np.random.default_rng(0))
    change, sigma, _, _ = changes.compare(changes.read(net, test), changes.read(other, test))
    gone = np.linalg.svd(net.params["W2"], compute_uv=False)[2:].sum()
    right = [np.sum(n(test.X).argmax(axis=1) == test.y) for n in (net, other)]
    assert sigma == pytest.approx(-gone)
    assert right[0] != right[1]
    assert change == pytest.approx(100 * (right[1] - right[0]) / len(test.y))


@pytest.mark.parametrize(("change", "width"), [(4, 9), (0, 5), (-2, 3)])
def test_changes_resize_the_second_layer_of_a_diagonal_network(change, width):
    net = flat(random_net([64, 5, 5, 10]))
    other = changes.changed(net, change, "sigma", parts("digits", 0, np.float64)[0].X, np.random.default_rng(0))
    assert other.widths == (64, 5, width, 10)
    W = other.params["W2"]
    assert np.sum(np.abs(W) > 1e-12) == min(width, 5)  # the rest is rounding, eps sigma
    assert np.sum(np.abs(np.diag(W)) > 1e-12) == min(width, 5)


def test_removal_without_corrections_leaves_the_row_and_the_column_out():
    net = random_net([6, 5, 4, 3], seed=1)
    X = np.random.default_rng(0).standard_normal((7, 6))
    R = np.linalg.svd(net.params["W2"])[0][
        :, :-1
    ]  # the witness: z_2 loses its last direction, o and psi stay as they are
    z = (forward(net, X)[0][1] @ R) @ R.T
    a = np.tanh(np.sqrt(net.intrinsic[1] + np.sum(z * z, axis=1))) / np.sqrt(net.intrinsic[1] + np.sum(z * z, axis=1))
    logits = (a[:, None] * z) @ net.params["W3"].T + net.params["b3"] + a[:, None] * net.params["psi2"]
    other = changes.changed(flat(changes.under(net, UNCORRECTED)), -1, "sigma", X, np.random.default_rng(0))
    assert other(X) == pytest.approx(logits, abs=1e-12)
    corrected = changes.changed(flat(net), -1, "sigma", X, np.random.default_rng(0))
    assert np.abs(corrected(X) - logits).max() > 1e-3


@pytest.mark.parametrize("o", ["none", "constant", "trainable"])
@pytest.mark.parametrize("psi", ["none", "constant", "trainable", "decay", "expectation"])
def test_another_variant_is_the_same_function(o, psi):
    net, X = random_net([6, 5, 4, 3]), np.random.default_rng(0).standard_normal((7, 6))
    assert np.array_equal(changes.under(net, Variant(o, psi))(X), net(X))
    assert (changes.under(net, Variant(o, psi)).o, changes.under(net, Variant(o, psi)).psi) == (o, psi)


def test_variants_share_a_training_only_where_it_is_the_same():
    train = parts("digits", 0)[0]
    after = {}
    for label, (o, psi) in VARIANTS.items():
        net = common.network([64, 6, 6, 10], 0, o=o, psi=psi)
        after[label] = common.trained(net, train, 0, Plan(steps=40)).net.params
    groups = list(invariance.trainings().values())
    assert sorted(label for group in groups for label in group) == sorted(VARIANTS)
    for label, params in after.items():
        for other, found in after.items():
            same = all(np.array_equal(params[name], found[name]) for name in params)
            assert same == any({label, other} <= set(group) for group in groups)


def job(**other):
    return invariance.job(TINY | other, "mnist-1d", Variant("trainable", "none"), 3)


def test_the_gain_at_the_end_is_the_ratio_of_both_errors():
    for row in changes.one(job()):
        fewer = np.array(TINY["changes"]) < 0
        assert row["gain"][-1] == pytest.approx(np.array(row["uncorrected"]) / np.array(row["epsilon"])[fewer])
        assert np.shape(row["gain"]) == (2, 3)


def test_seeing_the_gain_on_the_way_changes_nothing():
    first, second = (changes.one(job(seen=seen)) for seen in ([], [5, 20]))
    assert [row["epsilon"] for row in first] == [row["epsilon"] for row in second]


def test_what_is_left_beside_the_diagonal():
    net = random_net([6, 4, 4, 3])
    assert changes.rest(flat(net)) < changes.ZERO
    assert changes.rest(net) > 0.1
    params = {name: value.copy() for name, value in flat(net).params.items()}
    params["W2"][0, 1] = 0.5 * params["W2"][0, 0]
    assert changes.rest(net.with_params(params)) == pytest.approx(0.5)
    params["W2"] = np.diag([1.0, 2.0, 0.5, 0.1])
    assert changes.rest(net.with_params(params)) == 1  # not in order


# claims, on hand-made data: each quantity is (value, how many e-fold three repeats differ by)

USUAL = {
    "keep": (1e-14, 0), "rest": (1e-15, 0), "least": (0.1, 0.01), "rise": (2, 0.01), "gain": (3, 0.01), "late": (2, 0.01),
    "product": (2, 0.01),
}  # fmt: skip


def hand_made(shift=(0, 0.01), flips=0.0, label=None, names=("digits",), **other):
    q = {key: value * np.exp(wide * np.array([-1, 0, 1])) for key, (value, wide) in (USUAL | other).items()}
    usual = {key: value * np.exp(wide * np.array([-1, 0, 1])) for key, (value, wide) in USUAL.items()}

    def row(q):
        removed = [q["least"], q["least"] * q["rise"], q["least"] * q["rise"] ** 2 * 1.5]
        moved = shift[0] + shift[1] * np.array([-1, 0, 1])
        return {
            "epsilon": np.array([q["keep"], q["keep"], *removed]).T.tolist(),
            "accuracy": np.array([moved * 0 + flips, moved * 0, moved, moved, moved]).T.tolist(),
            "rest": q["rest"].tolist(),
            "product": (np.array(removed) / q["product"]).T.tolist(),
            "gain": np.array([[q["gain"] / q["late"]] * 3, [q["gain"]] * 3]).T.swapaxes(1, 2).tolist(),
        }

    rows = {name: row(q if label in (None, name) else usual) for name in VARIANTS}
    head = {"changes": [1, 0, -1, -5, -25], "removals": [-1, -5, -25], "steps": [1500, 52100]}
    return head | {"overlap": dict.fromkeys(names, 0.0), "measured": dict.fromkeys(names, rows)}


GAINS, LATE, PRODUCTS = list(range(5, 14)), list(range(14, 21)), [21, 22, 23]
CASES = [
    ({"keep": (1e-10, 0)}, [0], "refuted"),
    ({"flips": 0.1}, [0], "refuted"),
    ({"rest": (1e-9, 0)}, [1], "refuted"),
    ({"rest": (1, 0)}, [1], "refuted"),
    ({"rise": (0.5, 0.01)}, [2], "refuted"),
    ({"rise": (1.1, 0.5)}, [2], "undecided"),
    ({"least": (5, 0.01)}, [3], "refuted"),
    ({"least": (0.9, 0.5)}, [3], "undecided"),
    ({"shift": (-1, 0.01)}, [4], "refuted"),
    ({"shift": (0, 1)}, [4], "undecided"),
    ({"gain": (0.5, 0.01)}, GAINS, "refuted"),
    ({"gain": (1.1, 0.5)}, GAINS, "undecided"),
    ({"late": (0.5, 0.01)}, LATE, "refuted"),
    ({"late": (1.1, 0.5)}, LATE, "undecided"),
    ({"product": (0.5, 0.01)}, PRODUCTS, "refuted"),
    ({"product": (1.1, 0.5)}, PRODUCTS, "undecided"),
]


def test_every_claim_holds_where_it_should():
    claims = invariance.claims(hand_made())
    assert [claim.verdict for claim in claims] == ["holds"] * 24
    assert [round(claims[i].measured, 6) for i in (2, 5, 14, 21)] == [2, 3, 2, 2]


@pytest.mark.parametrize(("change", "which", "expected"), CASES)
def test_claims(change, which, expected):
    found = [claim.verdict for claim in invariance.claims(hand_made(**change))]
    assert found == [expected if i in which else "holds" for i in range(24)]


def test_each_case_of_a_claim_that_has_an_interval_is_tried():
    for verdict in ("refuted", "undecided"):
        tried = {i for _, which, expected in CASES for i in which if expected == verdict}
        assert tried == set(range(24)) - ({0, 1} if verdict == "undecided" else set())  # facts are never undecided


@pytest.mark.parametrize("label", VARIANTS)
def test_each_variant_is_judged_alone(label):
    found = [claim.verdict for claim in invariance.claims(hand_made(label=label, gain=(0.5, 0.01)))]
    which = [5 + list(VARIANTS).index(label)] + ([12, 13] if label == invariance_claims.TRAINED else [])
    assert [i for i, verdict in enumerate(found) if verdict == "refuted"] == which


def test_each_data_set_is_judged_alone_and_overlapping_splits_widen_the_interval():
    data = hand_made(names=("digits", "mnist-1d"), gain=(3, 0.5))
    data["overlap"]["digits"] = 0.25
    claims = invariance.claims(data)
    assert [c.claim.split(":")[0] for c in claims] == ["digits"] * 24 + ["mnist-1d"] * 24
    assert claims[5].low < claims[29].low < claims[29].high < claims[5].high
    assert claims[5].low > 0
