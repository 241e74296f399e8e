"""Isotropic experiments by hand, every job and every number: precomputed products, timing, spectra, changes, invariance."""

from types import SimpleNamespace

import numpy as np
import pytest
from noting import CORRECT, SLOW, TEST, TRAIN, WIDE, A, B, as_drawn, caught, noting, right

from minigrow.experiments.isotropic import (
    changes,
    common,
    invariance,
    precomputed,
    spectra,
    timing,
)
from minigrow.experiments.isotropic.common import in_float64, network, tanh_network
from minigrow.growth import History, Plan, start
from minigrow.isotropic import diagonalise, grow, prune, singular_values
from minigrow.nn import AdamW

# --- precomputed products and timing -------------------------------------------------------------------------------------


def test_precomputed_compares_and_times_both_passes(monkeypatch):
    seen, timed = caught(monkeypatch, precomputed), []
    monkeypatch.setattr(precomputed, "seconds_of", lambda f, X: timed.append((f, X)) or len(timed))
    monkeypatch.setattr(precomputed, "deviation", lambda z, other: (z, other))
    found = precomputed.one(precomputed.Job("digits", 4, 5, 2, 33, 0.02, (1, 500)))
    assert as_drawn(seen[0].net, [64, 5, 5, 10], 4, **CORRECT)
    assert (seen[0].seed, seen[0].plan, seen[0].optimiser) == (4, Plan(steps=33), AdamW(0.02, weight_decay=1e-3))
    assert found["seconds"] == {"layered": [1, 2], "products": [3, 4]}
    assert [X.shape for _, X in timed] == [(1, 64), (500, 64)] * 2
    assert np.array_equal(timed[1][1][359:], WIDE.X[:141])
    z = in_float64(seen[0].net)(WIDE.X)
    for kind in ("precomputed", "wider"):
        layered, other = found[kind]
        assert np.array_equal(layered, z)
        np.testing.assert_allclose(other, z, atol=1e-12)
    np.testing.assert_allclose(timed[2][0](WIDE.X), z, atol=1e-12)
    assert timed[0][0].widths == (64, 5, 5, 10)


def test_precomputed_runs_every_network_in_turn(monkeypatch):
    asked = []

    def one(job):
        asked.append(job)
        x = 1 / 3 + job.seed % 7
        return {"precomputed": x, "wider": 2.0, "seconds": {"layered": [x, 3.0], "products": [4.0, x]}}

    monkeypatch.setattr(precomputed, "one", one)
    config = {
        "repeats": 2,
        "data": ["digits", "mnist-1d"],
        "width": 5,
        "layers": 2,
        "steps": 33,
        "rate": 0.02,
        "rows": [1, 20],
    }
    found = precomputed.run(config, 3, None).data
    assert asked == [precomputed.Job(name, s, 5, 2, 33, 0.02, (1, 20)) for name in config["data"] for s in (A, B)]
    a, b = (float(f"{1 / 3 + s % 7:.5g}") for s in (A, B))
    row = {"precomputed": [a, b], "wider": [2, 2], "layered": [[a, 3], [b, 3]], "products": [[4, a], [4, b]]}
    assert found == {"rows": [1, 20], "measured": {"digits": row, "mnist-1d": row}}


def test_the_time_of_a_pass_is_the_median_of_fifteen(monkeypatch):
    clock, called = iter(np.cumsum([0, *[1, 2] * 50])), []
    monkeypatch.setattr(precomputed.time, "perf_counter", lambda: next(clock))
    assert precomputed.seconds_of(called.append, 7) == 1
    assert called == [7] * 15


TIMED = timing.Job([6, 5, 5, 3], 4, 2, 3, 10, 8, 0.02, 0.3, "constant", "decay")


def test_timing_warms_up_and_follows_each_epoch_with_every_move(monkeypatch):
    seen, count, plans = [], [], []

    def clocked(action):
        count.append(1)
        return float(len(count)), action()

    def trained(net, data, seed, plan, optimiser):
        seen.append((net, data, seed, plan, optimiser))
        return start(net, optimiser, rng=seed)._replace(feed={"epoch": 3})

    monkeypatch.setattr(timing, "clocked", clocked)
    monkeypatch.setattr(timing, "trained", trained)
    monkeypatch.setattr(
        timing, "on", lambda run, data, plan: plans.append(plan) or run._replace(feed={"epoch": plan.epochs})
    )
    found = timing.measure(TIMED)
    net, data, seed, plan, optimiser = seen[0]
    assert as_drawn(net, [6, 5, 5, 3], 4, o="constant", psi="decay")
    assert (seed, plan, optimiser, plans) == (
        4,
        Plan(epochs=3, batch=8),
        SLOW,
        [Plan(epochs=4, batch=8), Plan(epochs=5, batch=8)],
    )
    assert data.X.shape == (80, 6)
    assert np.bincount(data.y).tolist() == [27, 27, 26]
    names = ["epoch", *timing.MOVES, timing.CHECK]
    assert found == {name: [1.0 + i, 8.0 + i] for i, name in enumerate(names)} | {"step": [0.1, 0.8]}
    rng = np.random.default_rng(4)
    noise = rng.standard_normal((80, 6), dtype=np.float32)
    assert np.array_equal(data.X, noise)
    assert np.array_equal(data.y, rng.permutation(80) % 3)


def test_every_move_that_is_timed_does_what_it_says():
    run, rng = start(network([6, 5, 5, 3], 4), SLOW, rng=0), np.random.default_rng(0)
    widths = [timing._moved(move, run, rng)[0].widths for move in timing.MOVES.values()]
    assert widths == [(6, 5, 6, 3), (6, 5, 4, 3), (6, 5, 4, 3), (6, 5, 5, 3), (6, 5, 5, 3)]
    kinds = [move(run.net, rng)[1].kind for move in timing.MOVES.values()]
    assert kinds[:3] == ["grow", "prune", "prune"]
    state = timing._moved(timing.MOVES[timing.GROW], run, rng)[1]
    assert {len(slot) for slot in state.slots} == {grow(run.net, 1, 1, rng=0)[0].theta.size}


def test_timing_runs_its_networks_one_after_the_other(monkeypatch):
    asked = []
    monkeypatch.setattr(timing, "measure", lambda job: asked.append(job) or {"a": [1.23456]})
    config = {"repeats": 2, "warm": 1, "networks": [[6, 3], [7, 3]], "steps": 5, "batch": 4, "rate": 0.1, "weight_decay": 0.2,
              "o": "none", "psi": "decay"}  # fmt: skip
    found = timing.run(config, 3, None).data
    rest = (2, 1, 5, 4, 0.1, 0.2, "none", "decay")
    assert asked == [timing.Job([6, 3], A, *rest), timing.Job([7, 3], B, *rest)]
    assert found == {"networks": [[6, 3], [7, 3]], "steps": 5, "seconds": [{"a": [1.235]}] * 2}


def test_the_claims_on_times_are_ratios_of_medians():
    names = ["epoch", "step", *timing.MOVES, timing.CHECK]
    tables = [{name: [scale * (2.0 + i) ** 2] * 3 for i, name in enumerate(names)} for scale in (1, 10, 7)]
    for i, table in enumerate(tables):
        table["step"] = [5.0 + i] * 3
    data = {"networks": [[4, 9, 3], [4, 99, 3], [40, 9, 3]], "steps": 30, "seconds": tables}
    # Squares of 2 ... 8: epoch 4, append 16, SVD 25, last pair 36, check 81; ten times in the network that is judged first.
    expected = [160 / 6, 25 / 4, 100 * 7 * 25 / 7 / 1042, 100 * 7 * 16 / 7 / 1042, 36 / 25, 81 / 4]
    assert [claim.measured for claim in timing.claims(data)] == pytest.approx(expected)


# --- spectra -------------------------------------------------------------------------------------------------------------


def staged(monkeypatch, module, life):
    """Let `module` train nothing in its stages: what they were given is noted; runs are of the given network, with this life."""
    seen = []

    def stages(net, data, seed, steps, plan, optimiser):
        seen.append(SimpleNamespace(net=net, data=data, seed=seed, steps=steps, plan=plan, optimiser=optimiser))
        for _ in steps:
            yield SimpleNamespace(net=net, history=life(net))

    monkeypatch.setattr(module, "stages", stages)
    return seen


def spectral(net):
    row = {name: 2 * np.asarray(values) for name, values in spectra.spectrum(net).items()}
    return History([{"step": 3, **row}, {"step": 8, **row}])


@pytest.mark.parametrize("side", spectra.SIDES)
def test_spectra_have_the_start_in_front(monkeypatch, side):
    seen = staged(monkeypatch, spectra, spectral)
    job = spectra.Job("digits", side, 5, (3, 8), SLOW, 9, "constant", "decay", 4)
    history, columns, constant, accuracy = spectra.one(job)
    net = (
        network([64, 5, 5, 10], 4, o="constant", psi="decay")
        if side == "isotropic tanh"
        else tanh_network([64, 5, 5, 10], 4)
    )
    assert np.array_equal(seen[0].net.theta, net.theta)
    assert type(seen[0].net) is type(net)
    assert (seen[0].seed, seen[0].steps, seen[0].optimiser) == (4, (3, 8), SLOW)
    assert seen[0].plan == Plan(batch=9, observe=spectra.spectrum)
    assert np.array_equal(seen[0].data.X, TRAIN.X)
    assert sorted(columns) == ["b1", "b2", "b3", "sigma1", "sigma2", "sigma3"]
    assert columns["sigma2"] == pytest.approx(np.array([[1.0] * 5, [2.0] * 5, [2.0] * 5]), rel=1e-6)
    assert columns["b3"].shape == (3, 10)
    assert history["step"].tolist() == [3, 8]
    assert constant == 0 if side == "isotropic tanh" else np.isnan(constant)
    assert accuracy == pytest.approx(right(net, TEST))
    film = spectra.one(job._replace(film=True))
    assert film[1].keys() == columns.keys()
    assert "sigma1" in seen[1].plan.observe(net)
    assert seen[1].plan.observe is not spectra.spectrum


def test_the_constant_of_the_least_neuron_by_hand():
    """W_2 = diag(4, 2) in the basis it stands in already; the least neuron, sigma 2, has the bias -3."""
    net = network([2, 2, 2, 2], 0, np.float64)
    net = net.with_params(net.params | {"W2": np.diag([4.0, 2.0]), "b2": np.array([9.0, -3.0])})
    assert spectra.constant(net) == pytest.approx(1.5)
    assert spectra.spectrum(net)["sigma2"].tolist() == [4, 2]


def test_spectra_train_both_sides_from_the_same_seeds(monkeypatch):
    monkeypatch.setattr(spectra, "summary", lambda rows, tau: (rows, tau))
    life = History([{"step": i, "weights.a.b": np.ones(2)} for i in range(30)])
    pmap, asked = noting(lambda job: (life, job))
    config = spectra.QUICK | {
        "repeats": 2,
        "data": ["digits", "mnist-1d"],
        "width": 5,
        "steps": 100,
        "points": 2,
        "tau": 0.7,
    }
    outcome = spectra.run(config, 3, pmap)
    jobs = {
        name: {
            side: [
                spectra.Job(name, side, 5, (10, 100), AdamW(0.05, 1e-3), 48, "trainable", "decay", s) for s in (A, B)
            ]
            for side in spectra.SIDES
        }
        for name in config["data"]
    }
    jobs["digits"]["isotropic tanh"][0] = jobs["digits"]["isotropic tanh"][0]._replace(film=True)
    assert asked == [("one", job) for sides in jobs.values() for side in sides.values() for job in side]
    assert outcome.data == {
        "steps": [0, 10, 100], "tau": 0.7,
        "measured": {n: {side: ([(life, job) for job in some], 0.7) for side, some in sides.items()} for n, sides in jobs.items()},
    }  # fmt: skip
    assert sum(len(row["weights.a.b"]) > 0 for row in outcome.history.rows) == 13
    monkeypatch.setattr(spectra, "one", lambda job: (asked.append(job) or life,))
    assert len(spectra.relive(config, 3, {}).rows) == 30
    assert asked[-1] == jobs["digits"]["isotropic tanh"][0]


def test_the_summary_of_two_networks_by_hand():
    def columns(scale):
        found = {f"sigma{l}": scale * np.array([[1.0, 1.0, 1.0], [8.0, 2.0, 0.5]]) for l in (1, 2, 3)}
        return found | {f"b{l}": scale * np.array([[0.0, 0.0], [-3.0, 4.0]]) for l in (1, 2, 3)}

    rows = [(None, columns(1), 1 / 3, 90.0), (None, columns(2), 2 / 3, 200 / 3)]
    found = spectra.summary(rows, 1.0)
    assert found["accuracy"] == [90, 66.667]
    assert found["constant"] == [0.33333, 0.66667]
    for l in (1, 2, 3):
        assert found[f"sigma{l}"] == [[1, 1, 1.5, 2, 2], [0.5, 1.25, 3, 7, 16]]
        assert found[f"b{l}"] == [[0] * 5, [3, 3.75, 5, 6.5, 8]]
        assert found[f"condition{l}"] == [[1, 16], [1, 16]]
        assert found[f"small{l}"] == [1, 1]
        assert found[f"size{l}"] == [[0, 3.536], [0, 7.071]]
    assert "constant" not in spectra.summary([(None, columns(1), np.nan, 90.0)] * 2, 1.0)


# --- changes and invariance ----------------------------------------------------------------------------------------------


def test_changes_are_made_to_the_last_network_and_gains_seen_at_every_stage(monkeypatch):
    seen = staged(monkeypatch, changes, lambda net: None)
    both = (changes.Variant("none", "decay"), changes.Variant("trainable", "expectation"))
    job = changes.Job(
        "digits", changes.Variant("trainable", "none"), both, 5, (3, 8), SLOW, 9, (1, 0, -1, -2), (-2,), 4
    )
    monkeypatch.setattr(
        changes, "gains", lambda net, variants, removals, X, test: np.arange(2.0)[:, None] + len(removals)
    )
    asked = []
    monkeypatch.setattr(changes, "measured", lambda *given: asked.append(given) or {"accuracy": 1})
    found = changes.one(job)
    assert found == [{"accuracy": 1, "gain": [[1.0], [1.0]]}, {"accuracy": 1, "gain": [[2.0], [2.0]]}]
    assert as_drawn(seen[0].net, [64, 5, 5, 10], 4, o="trainable", psi="none")
    assert (seen[0].seed, seen[0].steps, seen[0].plan, seen[0].optimiser) == (4, (3, 8), Plan(batch=9), SLOW)
    for (net, variant, told, X, test), wanted in zip(asked, both, strict=True):
        assert (variant, told, net.theta.dtype, X.dtype, test.X.dtype) == (
            wanted,
            job,
            np.float64,
            np.float64,
            np.float64,
        )
        assert np.array_equal(X, TRAIN.X)
        assert np.array_equal(test.y, TEST.y)


def random_net(widths, seed=0, **options):
    net = network(widths, seed, np.float64, **options)
    rng = np.random.default_rng(seed)
    return net.with_params({k: v + 0.3 * rng.standard_normal(v.shape) for k, v in net.params.items()})


def test_what_is_measured_of_one_variant():
    net, X, variant = random_net([64, 5, 5, 10]), TRAIN.X.astype(np.float64), changes.Variant("constant", "decay")
    job = changes.Job("digits", variant, (variant,), 5, (3,), SLOW, 9, (2, 0, -1, -3), (-1,), 4)
    found = changes.measured(net, variant, job, X, WIDE)
    assert list(found) == ["before", "rest", "uncorrected", "product", "accuracy", "sigma", "epsilon", "kl"]
    assert found["before"] == pytest.approx(right(net, WIDE))
    assert 0 <= found["rest"] < 1e-12
    here = changes.under(net, variant)
    assert (here.o, here.psi) == variant
    flat, rng = diagonalise(here, 1)[0], np.random.default_rng(4)
    others = [grow(flat, 1, 2, rng=rng)[0], flat, prune(flat, 1, 1, X=X)[0], prune(flat, 1, 3, X=X)[0]]
    z, sigma = net(WIDE.X), singular_values(net, 1).sum()
    for i, other in enumerate(others):
        assert found["accuracy"][i] == pytest.approx(right(other, WIDE) - right(net, WIDE))
        assert found["sigma"][i] == pytest.approx(singular_values(other, 1).sum() - sigma)
        assert found["epsilon"][i] == pytest.approx(common.deviation(z, other(WIDE.X)), abs=1e-10)
        assert found["kl"][i] == pytest.approx(common.divergence(z, other(WIDE.X)), abs=1e-10)
    bare = diagonalise(changes.under(net, changes.UNCORRECTED), 1)[0]
    assert found["uncorrected"] == pytest.approx(
        [common.deviation(z, prune(bare, 1, k, X=X)[0](WIDE.X)) for k in (1, 3)]
    )
    best = [common.deviation(z, prune(flat, 1, k, by="product", X=X)[0](WIDE.X)) for k in (1, 3)]
    assert found["product"] == pytest.approx(best)
    gained = changes.gains(net, (variant,), (-1, -3), X, WIDE)[0]
    assert gained == pytest.approx(np.divide(found["uncorrected"], [found["epsilon"][2], found["epsilon"][3]]))


def test_what_stands_beside_a_falling_diagonal():
    def rest(W):
        net = network([2, 2, 2, 2], 0, np.float64)
        return changes.rest(net.with_params(net.params | {"W2": np.array(W)}))

    assert rest([[4.0, 0.0], [-1.0, 2.0]]) == 0.25
    assert rest([[2.0, 0.0], [0.0, 4.0]]) == 1.0
    assert rest([[4.0, 0.0], [0.0, 4.0]]) == 0.0


def test_comparing_two_readings_by_hand():
    before = changes.Reading(np.array([[3.0, 4.0]]), 90.0, 2.0)
    found = changes.compare(before, changes.Reading(np.array([[3.0, 4.5]]), 92.5, 1.75))
    assert found == (2.5, -0.25, 10.0, pytest.approx(common.divergence(before.z, np.array([[3.0, 4.5]]))))


def test_variants_share_a_training_where_psi_stays_0():
    V = changes.Variant
    assert invariance.trainings() == {
        V("none", "decay"): ["no o, psi decays"],
        V("constant", "decay"): ["o constant, psi decays"],
        V("trainable", "decay"): ["o trained, psi decays"],
        V("trainable", "none"): ["o trained, no psi", "o trained, psi constant", "o trained, psi expected"],
        V("trainable", "trainable"): ["o trained, psi trained"],
    }


def test_invariance_trains_every_group_and_puts_its_variants_in_order():
    def answer(job):
        x = job.seed % 7 + (job.data == "digits") / 3
        return [{"accuracy": x + i, "epsilon": [x, variant.psi == "decay"]} for i, variant in enumerate(job.variants)]

    pmap, asked = noting(answer)
    config = invariance.QUICK | {
        "repeats": 2,
        "data": ["digits", "mnist-1d"],
        "width": 5,
        "steps": 50,
        "seen": [10, 50, 90],
    }
    found = invariance.run(config, 3, pmap).data
    groups = invariance.trainings()
    assert asked == [
        ("one", changes.Job(name, group, tuple(changes.VARIANTS[label] for label in labels), 5, (10, 50), AdamW(1e-3, 1e-3), 48,
                            (5, 0, -1, -5, -25), (-1, -5, -25), s))
        for name in config["data"] for group, labels in groups.items() for s in (A, B)
    ]  # fmt: skip
    place = {label: i for labels in groups.values() for i, label in enumerate(labels)}

    def x(name, s, more=0):
        return float(f"{s % 7 + (name == 'digits') / 3 + more:.6g}")

    assert found == {
        "changes": [5, 0, -1, -5, -25], "removals": [-1, -5, -25], "steps": [10, 50], "overlap": {"digits": 0.25, "mnist-1d": 0.0},
        "measured": {
            name: {
                label: {
                    "accuracy": [x(name, s, place[label]) for s in (A, B)],
                    "epsilon": [[x(name, s), float(variant.psi == "decay")] for s in (A, B)],
                }
                for label, variant in changes.VARIANTS.items()
            }
            for name in config["data"]
        },
    }  # fmt: skip
    assert list(found["measured"]["digits"]) == list(changes.VARIANTS)
