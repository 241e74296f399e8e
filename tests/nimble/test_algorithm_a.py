"""The experiments on algorithm A: small runs from end to end, every claim judged three ways on hand-made data, parts by witnesses."""

import json

import numpy as np
import pytest

from minigrow import nimble
from minigrow.experiments import protocol
from minigrow.experiments.nimble import anatomy, common, delta, freed, subtracted, sweeps, trials
from minigrow.growth.files import plain

SMALL = {
    trials: {"repeats": 2, "tasks": ["quadratic", "step"]},
    sweeps: {"repeats": 2, "tasks": ["arc"], "log10_lambda": [-2, 0], "epochs": 1700, "goals": [2]},
    delta: {"repeats": 2, "tasks": ["step"], "deltas": [1.0, 2.0]},
    subtracted: {"repeats": 2, "tasks": ["step"], "goals": [5], "start": 9.0},
    anatomy: {"repeats": 2, "task": "step", "every": 1000, "mask_epochs": 200, "mask_points": 40},
    freed: freed.QUICK
    | {
        "repeats": 2,
        "tasks": ["step"],
        "strengths": [0.0],
        "starts": [0.5, 8.5],
        "readings": 2,
        "steps": 20,
        "pulls": [0.1],
    },
}


def name_of(module):
    return module.__name__.rsplit(".", 1)[1]


@pytest.mark.parametrize("module", SMALL, ids=name_of)
def test_from_end_to_end(module, tmp_path):
    outcome = module.run(SMALL[module], 0, lambda f, jobs: [f(job) for job in jobs])
    backwards = module.run(SMALL[module], 0, lambda f, jobs: [f(job) for job in reversed(list(jobs))][::-1])
    assert plain(outcome.data) == plain(backwards.data), "the outcome must not depend on who runs which job when"
    claims = module.claims(outcome.data)
    module.draw(outcome.data, tmp_path)
    assert (tmp_path / f"{name_of(module)}.png").stat().st_size > 10_000
    assert {path.name for path in tmp_path.iterdir()} == set(module.FIGURES)  # each has a caption
    again = json.loads(json.dumps(plain(outcome.data), allow_nan=False))
    assert [claim.verdict for claim in module.claims(again)] == [claim.verdict for claim in claims], (
        "claims need data alone"
    )


@pytest.mark.parametrize("module", SMALL, ids=name_of)
def test_modes_and_protocol_name_the_same_numbers(module):
    assert set(module.QUICK) == set(module.FULL) == set(SMALL[module])
    assert module.FULL["repeats"] >= max(module.QUICK["repeats"], 20)
    assert protocol.problems(module) == []


def verdicts(module, data):
    return [claim.verdict for claim in module.claims(data)]


def three(module, maker, count, *, facts=()):
    """Every claim of `maker`'s data holds, is refuted and is undecided; a claim in `facts` is a fact and never undecided."""
    for kind in ("holds", "refuted", "undecided"):
        found = verdicts(module, maker(kind))
        expected = [("holds" if kind != "refuted" else kind) if i in facts else kind for i in range(count)]
        assert found == expected, kind


RNG = np.random.default_rng(0)
SHAKE = np.exp(0.3 * RNG.standard_normal((2, 200)))


def test_trials_three_ways():
    def made(kind):
        factor = {"holds": 0.5, "refuted": 2.0, "undecided": 1.0}[kind]
        size = {"holds": [5.0] * 200, "refuted": [4.0] * 200, "undecided": [4.0, 5.0] * 100}[kind]
        growing, grown = 0.03 * factor * SHAKE[0], 0.03 * SHAKE[1]
        sides = {"growing": growing, "grown": grown}
        found = {
            name: {"test": list(test), "size": size, "diverged": int(kind == "refuted")} for name, test in sides.items()
        }
        return {"tasks": {"quadratic 2": found | {"lambda": 0.1 if kind != "refuted" else 0.0}}}

    three(trials, made, 5, facts=(4,))


@pytest.mark.parametrize(
    ("factor", "spread", "verdict"), [(1.0, 0.1, "holds"), (3.0, 0.1, "refuted"), (1.4, 1.0, "undecided")]
)
def test_trials_reproduction_three_ways(factor, spread, verdict):
    test = {
        kind: list(trials.REFERENCE["cubic"][i] * factor * SHAKE[i] ** (spread / 0.3))
        for i, kind in enumerate(trials.KINDS)
    }
    found = {kind: {"test": test[kind], "size": [5.0] * 200, "diverged": 0} for kind in trials.KINDS}
    claims = trials.claims({"tasks": {"cubic": found | {"lambda": 0.1}}})
    assert [claim.verdict for claim in claims[4:6]] == [verdict] * 2


def test_the_size_term_is_charged_as_the_authors_do():
    found = nimble.run_trials(nimble.TASKS["step"]._replace(epochs=80), 3, size=0.0, rng=np.random.default_rng(5))
    for net, test, size, charged in zip(
        found.networks,
        found.test,
        found.size,
        common.charged({"test": found.test, "size": found.size}, 0.01),
        strict=True,
    ):
        assert charged == pytest.approx(test + 0.01 * (float(net.s) - 5) ** 2, rel=1e-12)
        assert float(net.s) == size
    assert charged > test + 0.1, "after 80 epochs N is far from its goal"


def test_trials_heavy_tail_shows_in_the_mean_alone():
    rng = np.random.default_rng(1)
    growing = 0.01 * np.exp(0.1 * rng.standard_normal(200))
    grown = np.where(np.arange(200) % 10 == 0, 1.0, 0.01 * np.exp(0.1 * rng.standard_normal(200)))
    found = {
        kind: {"test": list(test), "size": [5.0] * 200, "diverged": 0}
        for kind, test in (("growing", growing), ("grown", grown))
    }
    claims = trials.claims({"tasks": {"cubic": found | {"lambda": 0.1}}})
    assert claims[0].verdict == "holds"
    assert claims[0].measured < 0.2
    assert claims[1].measured > 0.9


def test_diverged_trials_are_counted_not_dropped():
    sides = {"growing": [0.1, None, 0.1], "grown": [0.2, 0.2, 0.2]}
    found = {
        kind: {"test": test, "size": [5.0, 5.0 if test[1] else None, 5.0], "diverged": int(None in test)}
        for kind, test in sides.items()
    }
    claims = trials.claims({"tasks": {"cubic": found | {"lambda": 0.1}}})
    assert (claims[-1].measured, claims[-1].verdict) == (1, "refuted")
    assert claims[2].measured == pytest.approx(2 / 3)
    assert claims[2].n == 3
    assert np.isinf(claims[0].measured)


def estimate(value, low, high):
    return {"value": value, "low": low, "high": high, "n": 9, "spread": 1.0}


def test_sweeps_three_ways():
    def made(kind):
        ends = {"holds": (0.5, 0.9), "refuted": (1.1, 1.2), "undecided": (0.5, 1.2)}[kind]
        share = {"holds": (0.6, 0.9), "refuted": (0.1, 0.4), "undecided": (0.4, 0.6)}[kind]
        worst = {"holds": (0.0, 0.1), "refuted": (1.0, 2.0), "undecided": (0.1, 0.4)}[kind]
        point = {"x": -1, "median": estimate(1, *ends), "mean": estimate(1, *ends), "size": [5, 5], "diverged": [0, 0]}
        sweep = {
            "points": [point],
            "over": {"median": estimate(1, *ends), "mean": estimate(1, *ends)},
            "share": estimate(0.5, *share),
            "worst": estimate(0.1, *worst),
        }
        return {"tasks": {"arc": {"log10_lambda": sweep, "goals": sweep}}}

    three(sweeps, made, 8)


def twins(*ratios):
    """A sweep of 200 trials whose twins differ by these factors at its points, all the size 5."""
    pair = common.pair("cubic")
    rows = [
        (common.Found(list(r * SHAKE[0]), [5.0] * 200, 0), common.Found(list(SHAKE[1]), [5.0] * 200, 0)) for r in ratios
    ]
    return [(pair, *row) for row in rows]


def test_a_sweep_as_a_whole():
    found = sweeps.whole(twins(0.25, 1.0, 4.0))
    base = float(np.median(SHAKE[0]) / np.median(SHAKE[1]))
    assert found["over"]["median"]["value"] == pytest.approx(base), "the geometric mean of the three ratios"
    assert found["over"]["median"]["low"] < base < found["over"]["median"]["high"]
    assert found["share"]["value"] in (1 / 3, 2 / 3)
    assert found["worst"]["value"] == 0
    assert sweeps.whole(twins(0.25, 0.5))["share"] == {
        "value": 1.0,
        "low": 1.0,
        "high": 1.0,
        "n": 200,
        "spread": pytest.approx(np.nan, nan_ok=True),
    }


def test_delta_three_ways():
    def made(kind):
        factor = {"holds": 0.5, "refuted": 2.0, "undecided": 1.0}[kind]
        other = {"holds": 1.0, "refuted": 2.0, "undecided": 1.25}[kind]
        size = {"holds": [5.0] * 200, "refuted": [4.0] * 200, "undecided": [4.0, 5.0] * 100}[kind]

        def side(test):
            return {"test": list(test), "size": size, "diverged": 0}

        one = {"growing": side(factor * SHAKE[0]), "grown": side(SHAKE[1])}
        two = {"growing": side(factor * other * SHAKE[0][::-1]), "grown": side(other * SHAKE[1])}
        return {"tasks": {"cubic": {"lambda": 0.0, "deltas": {"1": one, "2": two}}}}

    three(delta, made, 5)


def test_subtracted_three_ways():
    def made(kind):
        factor = {"holds": 0.5, "refuted": 2.0, "undecided": 1.25}[kind]
        size = {"holds": [5.0] * 200, "refuted": [8.0] * 200, "undecided": [5.0, 8.0] * 100}[kind]
        arms = {name: {"test": list(SHAKE[1]), "size": size, "work": [1.0]} for name in subtracted.ARMS}
        arms["shrinking"] = arms["shrinking"] | {"test": list(factor * SHAKE[0])}
        return {"points": [{"task": "cubic", "goal": 5, "arms": arms}]}

    three(subtracted, made, 4)


def test_subtraction_stops_at_equal_multiply_adds_and_scores_the_network_it_stops_at():
    shrinking, grown, growing, large = (
        subtracted.one(job._replace(epochs=2000, trials=3, seed=4)) for job in subtracted.batches("step", 5.0, 9.0)
    )
    assert all(0.8 < work <= 1 for work in shrinking["work"])
    assert growing["work"] < grown["work"], "the growing one has closed neurons"
    assert large["work"] == [1.0] * 3
    job = subtracted.batches("step", 5.0, 9.0)[3]._replace(epochs=2000, trials=3, seed=4)
    np.testing.assert_allclose(large["test"], common.trials_of(job).test, rtol=1e-5)


def test_anatomy_three_ways():
    def made(kind):
        last = {"holds": [5.0] * 4, "refuted": [4.0] * 4, "undecided": [4.0, 5.0, 4.5, 5.2]}[kind]
        away = {"holds": [0.0] * 4, "refuted": [1.0, 1.1, 1.2, 1.1], "undecided": [0.0, 1.0, 0.2, 0.9]}[kind]
        c = {"holds": [1.0] * 4, "refuted": [0.5] * 4, "undecided": [0.5, 1.0, 0.9, 1.1]}[kind]
        size = {"growing": [[0.0, n] for n in last], "grown": [[5.0, 5 + a] for a in away]}
        return {"size": size, "c": c}

    three(anatomy, made, 3)


def test_freed_three_ways():
    def made(kind):
        gap = {"holds": 0.2, "refuted": 3.0, "undecided": 1.0}[kind]
        lost = {"holds": 0.0, "refuted": 5.0, "undecided": 1.0}[kind]
        noise = RNG.standard_normal((4, 20)) * 0.3
        groups = [{"size": list(4 + noise[0])}, {"size": list(4 + gap + noise[1])}]
        rows = [
            {"data": name, "strength": 0.1, "start": first, "size": [first, 10 + k * gap + noise[k][i]],
             "accuracy": 90 + k * lost + noise[2 + k][i]}
            for name in ("digits", "mnist-1d") for k, first in enumerate((2.5, 18.5)) for i in range(20)
        ]  # fmt: skip
        overlap = {"digits": 0.25, "mnist-1d": 0.0}
        return {
            "starts": [0.5, 8.5],
            "tasks": {"cubic": {"0": groups}},
            "readings": rows,
            "overlap": overlap,
            "goal": 10.0,
        }

    three(freed, made, 5)


def test_freed_spread_is_between_medians_and_has_an_interval():
    assert freed.spread([[1.0, 1.0, 9.0], [3.0, 3.0, 0.0]]).value == 2.0
    found = freed.spread(np.random.default_rng(0).normal([[1.0], [4.0]], 0.1, (2, 50)))
    assert found.low < 3.0 < found.high < 3.2


def test_trial_i_is_the_same_in_every_setting_and_cut():
    batches = common.pair("step")
    few = common.settings(batches, 2, 3, lambda f, jobs: map(f, jobs))
    many = common.settings(batches[:1], 3, 3, lambda f, jobs: map(f, jobs))
    assert many[0].test[:2] == few[0].test
    assert common.settings(batches[:1], 2, 4, lambda f, jobs: map(f, jobs))[0].test != few[0].test


def test_ratios_have_intervals_and_survive_infinity():
    a = np.exp(np.random.default_rng(0).standard_normal(300))
    e = common.ratio(a, 2 * a[::-1])
    assert e.value == pytest.approx(0.5)
    assert e.low < 0.5 < e.high
    assert common.ratio([np.inf, np.inf], [np.inf, np.inf]).value == 1.0
