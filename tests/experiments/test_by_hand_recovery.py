"""Isotropic experiments by hand, every job and every number of small cases: recovery and depth."""

from types import SimpleNamespace

import numpy as np
import pytest
from noting import CORRECT, RATES, SLOW, TEST, TRAIN, WIDE, A, B, C, as_drawn, noting, pairs, right, undecided

from minigrow import nn
from minigrow.datasets import Dataset, split
from minigrow.experiments.isotropic import (
    depth,
    recovery,
)
from minigrow.experiments.isotropic.common import network, tanh_network
from minigrow.growth import Plan, start
from minigrow.isotropic import prune

# --- recovery ------------------------------------------------------------------------------------------------------------

RECOVERED = {
    "weight_decay": 0.3,
    "batch": 9,
    **CORRECT,
    "by": "product",
    "wide": 8,
    "narrow": 5,
    "steps": 40,
    "cuts": 3,
    "every": 3,
}


def lived(monkeypatch, arm, levels, judged_on="test"):
    """A life without training whose accuracy is levels[step], and 10 less right behind a cut."""
    state, plans = {}, []

    def on(run, data, plan):
        plans.append((plan, data))
        state.update(step=plan.steps, fresh=True)
        return run._replace(step=plan.steps, work=run.work + 1)

    def accuracy(net, test):
        state["test"] = test
        fresh, state["fresh"] = state["fresh"], False
        return levels.get(state["step"], 50.0) - (0 if fresh else 10)

    began = []

    def begin(net, optimiser, rng):
        began.append((net, optimiser, rng))
        return start(net, optimiser, rng=rng)

    for name, f in (("on", on), ("accuracy", accuracy), ("start", begin)):
        monkeypatch.setattr(recovery, name, f)
    life = recovery.one(recovery.Job("digits", arm, 0.02, tuple(RECOVERED.items()), judged_on, 4))
    return life, began[0], plans, state["test"]


def test_a_life_that_is_pruned_step_by_step(monkeypatch):
    """Cuts at 10, 20 and 30; looks every 3 steps, of which every fifth is kept; back at 36, 26 steps after the first cut."""
    levels = {10: 70.0, 20: 71.0, 30: 72.0, 33: 69.9, 36: 70.0, 39: 88.0, 40: 80.0, 3: 1.0, 18: 2.0}
    life, (net, optimiser, rng), plans, test = lived(monkeypatch, recovery.STEPWISE, levels)
    assert life == recovery.Life([1.0, 2.0, 69.9], 70.0, 62.0, 80.0, 26, 16)
    assert as_drawn(net, [64, 8, 8, 10], 4)
    assert (optimiser, rng) == (SLOW, 4)
    steps = sorted({*range(3, 40, 3), 10, 20, 30, 40})
    assert [plan for plan, _ in plans] == [Plan(steps=step, batch=9) for step in steps]
    assert np.array_equal(test.X, TEST.X)
    assert np.array_equal(plans[0][1].X, TRAIN.X)


def test_a_life_that_is_pruned_once_or_not_at_all(monkeypatch):
    life = lived(monkeypatch, recovery.ONCE, {20: 70.0, 21: 69.0, 39: 60.0, 40: 65.0})[0]
    assert life[1:] == (70.0, 60.0, 65.0, -1, 15)
    for arm, width in (("unpruned", 8), ("narrow", 5)):
        life, (net, *_), _, _ = lived(monkeypatch, arm, {40: 65.0})
        assert as_drawn(net, [64, width, width, 10], 4)
        assert np.isnan([life.before, life.after]).all()
        assert (life.end, life.back, life.work, life.curve) == (65.0, -1, 14, [50.0] * 3)
    wide, narrow = ((64 * w + w * w + w * 10) for w in (8, 5))
    steps = recovery.lasting(recovery.EQUAL, RECOVERED, (64, 10))
    assert steps == round(20 + 20 * network([64, 8, 8, 10], 0).cost / network([64, 5, 5, 10], 0).cost)
    assert abs(steps - 20 - 20 * wide / narrow) < 3
    assert recovery.lasting(recovery.EQUAL, RECOVERED | {"steps": 41}, (64, 10)) == steps + 1
    life, (net, *_), plans, _ = lived(monkeypatch, recovery.EQUAL, {steps: 65.0})
    assert (life.curve, life.end, life.work) == ([], 65.0, 1)
    assert [plan.steps for plan, _ in plans] == [steps]
    assert net.widths == (64, 5, 5, 10)


def test_a_life_that_chooses_a_rate_is_judged_on_held_out_rows(monkeypatch):
    _, _, plans, test = lived(monkeypatch, recovery.NARROW, {}, "validation")
    learn, held = split(TRAIN, 0.2, rng=4)
    assert np.array_equal(test.X, held.X)
    assert np.array_equal(plans[0][1].X, learn.X)
    assert (
        recovery.validated(recovery.Job("digits", recovery.NARROW, 0.02, tuple(RECOVERED.items()), "validation", 4))
        == 50.0
    )


def test_pruning_takes_the_second_layer_first_by_its_criterion(monkeypatch):
    seen = []
    monkeypatch.setattr(
        recovery,
        "prune",
        lambda net, layer, count, by: seen.append((layer, count, by)) or prune(net, layer, count, by=by),
    )
    run = recovery.pruned(start(network([64, 8, 7, 10], 4), SLOW, rng=0), 5, "product")
    assert seen == [(1, 2, "product"), (0, 3, "product")]
    assert run.net.widths == (64, 5, 5, 10)


def test_recovery_tunes_every_arm_and_keeps_what_is_known():
    def answer(job):
        if job.judged_on == "validation":
            assert job.seed == C
            return -abs(np.log(job.rate / 0.02))
        pruned = job.arm.startswith("pruned")
        x = job.seed % 7 + 1 / 3
        return recovery.Life([x], x if pruned else np.nan, x if pruned else np.nan, x + 1, 7, 10.0)

    pmap, asked = noting(answer)
    config = (
        recovery.QUICK
        | RECOVERED
        | {"repeats": 2, "tuning": 1, "rates": RATES, "data": ["digits", "mnist-1d"], "steps": 60}
    )
    found = recovery.run(config, 3, pmap).data
    same = tuple((key, config[key]) for key in recovery.SAME)
    keys = [(name, arm) for name in config["data"] for arm in recovery.ARMS]
    assert asked == [
        *(("validated", recovery.Job(*key, rate, same, "validation", C)) for key in keys for rate in RATES),
        *(("one", recovery.Job(*key, 0.02, same, "test", s)) for key in keys for s in (A, B)),
    ]
    x = [float(f"{s % 7 + 1 / 3:.4g}") for s in (A, B)]
    row = {"rate": 0.02, "rates": RATES, "edge": False, "validation": [-0.69315, 0.0, -0.69315], "curve": [[v] for v in x],
           "end": [float(f"{s % 7 + 4 / 3:.4g}") for s in (A, B)], "back": [7, 7], "work": [10, 10]}  # fmt: skip
    assert found == {
        "wide": 8, "narrow": 5, "steps": 60, "cuts": 3, "looks": [3, 18, 33, 48], "overlap": {"digits": 0.25, "mnist-1d": 0.0},
        "rows": {
            name: {arm: row | ({"before": x, "after": x} if arm.startswith("pruned") else {}) for arm in recovery.ARMS}
            for name in config["data"]
        },
    }  # fmt: skip


def test_an_edge_of_an_arm_takes_the_interval_of_its_comparisons_alone():
    touched = {None: [], "narrow": [3, 7], "narrow, equal work": [4], "unpruned": [5], "pruned step by step": [6, 7],
               "pruned at once": [3, 4, 5, 6]}  # fmt: skip
    for edge, lost in touched.items():
        rows = {arm: {"end": [90.0 + i, 92.0, 93.0], "edge": arm == edge} for i, arm in enumerate(recovery.ARMS)}
        rows["pruned at once"] |= {"before": [89.0, 90.0, 91.5], "after": [80.0, 82.0, 90.0], "back": [3, 1042, 1043]}
        data = {"wide": 9, "narrow": 4, "overlap": {"x": 0.0}, "rows": {"x": rows}}
        found = recovery.claims(data)
        assert undecided(found) == lost
    assert [claim.measured for claim in found] == pytest.approx(
        [-18.5 / 3, 5.5 / 3, 2 / 3, -2 / 3, -1, 1 / 3, 1 / 3, -1 / 3]
    )


# --- depth ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("side", depth.SIDES)
def test_depth_looks_at_the_network_before_and_after(monkeypatch, side):
    widths = [64, 12, 12, 10]
    net = network(widths, 4, o="none", psi="none") if side == "isotropic tanh" else tanh_network(widths, 4)
    turned = net.with_params(net.params | {"W3": 2 * net.params["W3"], "b3": np.arange(10.0)})
    seen = []

    def trained(net, data, seed, plan, optimiser):
        seen.append((net, data, seed, plan, optimiser))
        return SimpleNamespace(net=turned)

    monkeypatch.setattr(depth, "trained", trained)
    same = pairs(width=12, rate=0.02, weight_decay=0.3, batch=9, samples=7)
    found = depth.one(depth.Job("digits", side, 2, 33, same, 4))
    drawn, data, *rest = seen[0]
    assert np.array_equal(drawn.theta, net.theta)
    assert (drawn.activation, data.X.shape, rest) == (net.activation, (1438, 64), [4, Plan(steps=33, batch=9), SLOW])
    few = Dataset(WIDE.X[:7], TEST.y[:7], *TEST[2:])
    assert found["accuracy"] == pytest.approx(right(turned, TEST))
    for when, it in (("start", net), ("end", turned)):
        assert found[when] == depth.anatomy(it, few)
    it = depth.plain(turned)
    step, X = 1e-6, few.X
    J = np.stack([(it(X + step * e) - it(X - step * e)) / (2 * step) for e in np.eye(64)], axis=2)
    sigma = np.linalg.svd(J, compute_uv=False)
    assert found["end"]["jacobian"] == pytest.approx(np.log(sigma).mean() / 3, rel=1e-6)
    before = nn.MLP.create([64, 12, 12, 12], it.activation, rng=0)
    before = before.with_params(it.params | {"W3": np.eye(12), "b3": np.zeros(12)})
    assert found["end"]["length"] == pytest.approx(np.linalg.norm(before(X), axis=1).mean())
    g = it.gradient(X, few.y)[1]
    assert 10 ** found["end"]["gradient"][0] == pytest.approx(np.linalg.norm(g[: 64 * 12]))
    assert len(found["end"]["gradient"]) == 3


def test_depth_trains_every_depth_and_keeps_the_gradients_of_the_deepest():
    def answer(job):
        x = job.seed % 7 + 1 / 3
        return {"accuracy": x} | {
            w: {"jacobian": x + i, "length": job.depth, "gradient": [x, 2.0]} for i, w in enumerate(("start", "end"))
        }

    pmap, asked = noting(answer)
    config = depth.QUICK | {"repeats": 2, "depths": [1, 4], "steps": 9, "data": ["digits", "mnist-1d"]}
    found = depth.run(config, 3, pmap).data
    same = tuple((key, config[key]) for key in ("width", "rate", "weight_decay", "batch", "samples"))
    cells = [(name, side, d) for name in config["data"] for side in depth.SIDES for d in (1, 4)]
    assert asked == [("one", depth.Job(*cell, 9, same, s)) for cell in cells for s in (A, B)]

    def rows(more=0, digits=5):
        return [float(f"{s % 7 + 1 / 3 + more:.{digits}g}") for s in (A, B)]

    assert found["overlap"] == {"digits": 0.25, "mnist-1d": 0.0}
    assert found["rows"] == [
        {"data": name, "side": side, "depth": d, "accuracy": rows()}
        | {
            when: {"jacobian": rows(i), "length": [d, d]}
            | ({"gradient": [[x, 2] for x in rows(0, 4)]} if d == 4 else {})
            for i, when in enumerate(("start", "end"))
        }
        for name, side, d in cells
    ]


def test_the_claims_on_depth_by_hand():
    def row(side, d, accuracy, start, end):
        return {
            "data": "x",
            "side": side,
            "depth": d,
            "accuracy": accuracy,
            "start": {"jacobian": start},
            "end": {"jacobian": end},
        }

    rows = [
        row(depth.ISOTROPIC, 1, [80.0, 80.0], [9, 9], [9, 9]), row(depth.ISOTROPIC, 4, [60.0, 60.0], [9, 9], [9, 9]),
        row(depth.ISOTROPIC, 16, [20.0, 40.0], [0.1, 0.3], [0.5, 0.7]), row(depth.TANH, 16, [10.0, 15.0], [0.0, 0.1], [1.0, 2.0]),
    ]  # fmt: skip
    found = depth.claims({"overlap": {"x": 0.0}, "rows": rows})
    expected = [0.75, np.sqrt(0.25 * 0.5), 17.5, 0.2, 0.15, 0.6, -0.9]
    assert [claim.measured for claim in found] == pytest.approx(expected)
