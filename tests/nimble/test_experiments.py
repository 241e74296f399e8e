"""The nimble experiments: small runs from end to end, verdicts on hand-made data, parts against witnesses."""

import json

import numpy as np
import pytest

from minigrow import nimble
from minigrow.experiments.nimble import anatomy, common, freed, sweeps, trials
from minigrow.growth import Plan
from minigrow.growth.files import plain

SMALL = {
    trials: {"repeats": 2, "tasks": ["quadratic", "step"]},
    sweeps: {"repeats": 2, "tasks": ["step"], "log10_lambda": [-2], "goals": [2]},
    anatomy: {"repeats": 2, "task": "step", "every": 1000, "mask_epochs": 200},
    freed: {
        "repeats": 2,
        "tasks": ["step"],
        "strengths": [0.0],
        "starts": [0.5, 8.5],
        "digits": {"repeats": 1, "epochs": 2, "starts": [2.5, 8.5], "goals": [[0.1, 10.0]]},
    },
}


def name_of(module):
    return module.__name__.rsplit(".", 1)[1]


@pytest.mark.parametrize("module", SMALL, ids=name_of)
def test_from_end_to_end(module, tmp_path):
    outcome = module.run(SMALL[module], 0, lambda f, jobs: [f(job) for job in jobs])
    backwards = module.run(SMALL[module], 0, lambda f, jobs: [f(job) for job in reversed(jobs)][::-1])
    assert plain(outcome.data) == plain(backwards.data), "the outcome must not depend on who runs which job when"
    claims = module.claims(outcome.data)
    assert claims
    assert all(isinstance(claim.holds, bool) for claim in claims)
    module.draw(outcome.data, tmp_path)
    assert (tmp_path / f"{name_of(module)}.png").stat().st_size > 10_000
    assert {path.name for path in tmp_path.iterdir()} == set(module.FIGURES)  # each has a caption
    again = json.loads(json.dumps(plain(outcome.data), allow_nan=False))
    assert [claim.holds for claim in module.claims(again)] == [claim.holds for claim in claims], (
        "claims need data alone"
    )


@pytest.mark.parametrize("module", SMALL, ids=name_of)
def test_modes_name_the_same_numbers(module):
    assert set(module.QUICK) == set(module.FULL) == set(SMALL[module])
    assert module.FULL["repeats"] >= module.QUICK["repeats"]


def holding(module, data):
    return [claim.holds for claim in module.claims(data)]


def trials_data(growing, grown, **more):
    kinds = {"growing": growing, "grown": grown}
    found = {kind: {"test": list(test), "size": [5.0] * len(test), "diverged": 0} for kind, test in kinds.items()}
    return {"tasks": {"cubic": found | more}}


def test_trials_verdicts_follow_the_data():
    rng = np.random.default_rng(0)
    low, high = 0.0252 * np.exp(0.3 * rng.standard_normal((2, 200)))
    assert holding(trials, trials_data(low, 3 * high))[:3] == [True, True, True]
    assert holding(trials, trials_data(3 * low, high))[:3] == [False, False, False]
    assert holding(trials, trials_data(low, high))[:3] == [False, False, False]
    assert holding(trials, trials_data(low, 0.0337 / 0.0252 * high))[3:] == [True, True, True, True]
    assert not holding(trials, trials_data(2 * low, high))[4]


def test_trials_heavy_tail_shows_in_the_mean_alone():
    rng = np.random.default_rng(1)
    growing = 0.01 * np.exp(0.1 * rng.standard_normal(200))
    grown = np.where(np.arange(200) % 10 == 0, 1.0, 0.01 * np.exp(0.1 * rng.standard_normal(200)))
    assert holding(trials, trials_data(growing, grown))[1]
    assert trials.claims(trials_data(growing, grown))[1].measured < 0.2
    assert trials.claims(trials_data(growing, grown))[0].measured > 0.9


def test_diverged_trials_are_counted_not_dropped():
    data = trials_data([0.1, None, 0.1], [0.2, 0.2, 0.2])
    data["tasks"]["cubic"]["growing"]["diverged"] = 1
    claims = trials.claims(data)
    assert claims[-1].measured == 1
    assert not claims[-1].holds
    assert claims[2].measured == pytest.approx(2 / 3)
    assert claims[2].n == 3
    assert np.isinf(claims[1].measured)


def test_loss_without_the_size_term_is_the_error_before_the_last_step():
    x = np.linspace(-1, 1, 30)[:, None]
    net = nimble.controller([1, 4, 1], rng=0)
    last = common.trained(net, (x, x**2, x, x**2), Plan(41, None, "mse", record=41))[1].rows[-1]
    before = nimble.fit(x, x**2, net, plan=Plan(40, None, "mse", record=40))[0]
    assert last["loss"] - last["size_term"] == pytest.approx(np.mean((before(x) - x**2) ** 2), rel=1e-12)
    assert last["validation_loss"] < last["loss"] - last["size_term"], "the last step comes after the loss"


def test_a_diverged_network_ends_at_its_last_good_record():
    x = np.linspace(-1, 1, 30)[:, None]
    net = nimble.controller([1, 5, 1], "static", activation="identity", rng=0)
    plan = Plan(20000, None, "mse", record=1)
    last, life = common.trained(net, (1e100 * x, x, x, x), plan, rate=1e50)
    assert np.isfinite(last.theta).all()
    assert np.isfinite(life["loss"]).all()
    assert life["epoch"][-1] < 20000


def test_trial_i_is_the_same_in_every_setting_and_cut():
    batches = common.pair("step")
    few = common.settings(batches, 2, 3, lambda f, jobs: map(f, jobs))
    many = common.settings(batches[:1], 3, 3, lambda f, jobs: map(f, jobs))
    assert many[0].test[:2] == few[0].test
    assert common.settings(batches[:1], 2, 4, lambda f, jobs: map(f, jobs))[0].test != few[0].test


def test_ratios_have_intervals_and_survive_infinity():
    rng = np.random.default_rng(0)
    a = np.exp(rng.standard_normal(300))
    e = common.ratio(a, 2 * a)
    assert e.value == pytest.approx(0.5)
    assert e.low < 0.5 < e.high or e.low == e.high == pytest.approx(0.5)
    assert common.ratio([np.inf, np.inf], [np.inf, np.inf]).value == 1.0
    g = common.geometric(a, 3 * a[::-1])
    assert g.low < 1 / 3 < g.high


def test_sweeps_count_wins_and_losses():
    def point(x, low, high):
        return {"x": x, "ratio": {"value": 1, "low": low, "high": high, "n": 3}, "size": [x, x], "diverged": [0, 0]}

    good = {"log10_lambda": [point(0, 0.5, 0.9)] * 2, "goals": [point(5, 0.5, 0.9)]}
    bad = {"log10_lambda": [point(0, 0.5, 1.1), point(1, 1.1, 1.2)], "goals": [point(5, 0.9, 1.1)]}
    assert holding(sweeps, {"tasks": {"cubic": good}}) == [True, True, True]
    assert holding(sweeps, {"tasks": {"cubic": bad}}) == [False, False, True]
    assert "loses at 1" in sweeps.claims({"tasks": {"cubic": bad}})[0].unit


def test_freed_spread_is_between_medians():
    assert freed.spread([[1.0, 1.0, 9.0], [3.0, 3.0, 0.0]]).value == 2.0


def test_anatomy_wants_the_goal_reached():
    sizes = {"growing": [[0.0, 5.0], [0.0, 5.01]], "grown": [[5.0, 5.0], [5.0, 5.01]]}
    data = {"size": sizes, "mask": {"s": [0.5, 1.0]}}
    assert holding(anatomy, data) == [True, True, True]
    sizes["growing"][0][1] = 4.0
    assert holding(anatomy, data) == [False, True, True]
    data["mask"]["s"][1] = 0.9
    assert holding(anatomy, data) == [False, True, False]
