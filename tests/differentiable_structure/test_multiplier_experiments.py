"""The experiments on multipliers: tiny runs, every claim held, refuted and undecided by hand-made data, and versions as jobs."""

import numpy as np
import pytest

from minigrow.differentiable_structure import Rule, start, train
from minigrow.differentiable_structure.multipliers import LEARNING, RULE, Multiplied
from minigrow.experiments import protocol
from minigrow.experiments.claims import VERDICTS
from minigrow.experiments.differentiable_structure import multipliers, multipliers_fixed
from minigrow.experiments.differentiable_structure.common import LIMITS, Job, text, trained
from minigrow.experiments.differentiable_structure.versions import VERSIONS
from minigrow.growth import Plan

HOLDS, REFUTED, UNDECIDED = VERDICTS
N = 40
ONE, RAMP = np.ones(N), np.linspace(-1, 1, N)


def here(f, jobs):
    return [f(job) for job in jobs]


TOYS = [
    (multipliers, {"repeats": 2, "cycles": 240, "short_cycles": 240, "v3_cycles": 240}),
    (multipliers_fixed, {"repeats": 3, "fixed_repeats": 2, "cycles": 200, "sizes": [3, 27]}),
]


@pytest.mark.parametrize(("module", "config"), TOYS, ids=["multipliers", "fixed"])
def test_experiment_runs_judges_and_draws(module, config, tmp_path):
    outcome = module.run(config, 0, here)
    rows = module.claims(outcome.data)
    module.draw(outcome.data, tmp_path)
    assert rows
    assert {row.verdict for row in rows} <= set(VERDICTS)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(module.FIGURES)
    assert set(module.QUICK) == set(module.FULL) == set(config)
    assert protocol.problems(module) == []


def test_every_run_is_of_its_version_and_follows_its_phases():
    seen = []
    multipliers.run(multipliers.QUICK, 0, lambda f, jobs: [seen.append(job) or job for job in jobs])
    assert len(seen) == 2 * len(multipliers.RUNS)
    assert {job.version for job in seen} == {"v2 output", "v2 all", "v3"}
    assert (("easy", 2000), ("hard", 4000), ("easy", 6000)) in {job.parts for job in seen}


@pytest.mark.parametrize("path", ["output", "all"])
def test_a_job_of_the_second_version_is_a_run_of_the_package(path):
    run = trained(Job((("hard", 300),), seed=4, version=f"v2 {path}"))
    rng = np.random.default_rng(4)
    direct = start(Multiplied.create("()ab", path=path, rng=rng), rng=rng, optimiser=LEARNING, memory=(0, 0))
    direct = train(direct, text("hard", 4), Plan(steps=300, record=1000, quiet=True), rule=RULE)
    assert np.array_equal(run.net.theta, direct.net.theta)


def test_a_job_changes_single_numbers_of_its_versions_rule():
    assert VERSIONS["v2 output"].rule.delete == 0.25
    assert VERSIONS["v3"].rule == Rule()
    still = trained(Job((("hard", 400),), seed=0, version="v2 output", rule=(("add", 0.0), ("anytime", 0.0))))
    assert still.net.neurons == 1


def test_the_plain_network_of_the_second_version_learns_with_its_update_and_no_price():
    run = trained(Job((("easy", 300),), seed=0, neurons=5, fixed=True, version="v2 plain"))
    assert run.net.neurons == 5
    assert (run.optimiser.rate, run.optimiser.limit) == (LEARNING.rate, LEARNING.inner.limit)
    assert "m" not in run.net.params


def curves(sizes, losses):
    return [{"cycle": [1], "neurons": [s], "loss": [x]} for s, x in zip(sizes, losses, strict=True)]


def lives(*sizes):
    each = zip(*sizes, strict=True)
    return [{"cycle": [1, 2, 3][: len(row)], "neurons": list(row), "loss": [9] * len(row)} for row in each]


def multipliers_data(easy, hard, easy_loss, hard_loss, first, kept):
    """Sizes (N,) of both texts, losses (output, all) of both, size before the rise to 20, what stays (multipliers, v3)."""
    runs, phases = {}, {}
    for name, (_, tasks, _) in multipliers.RUNS.items():
        path, share = int(name.startswith("all")), kept[int(name.startswith("v3"))]
        of_text = {"easy": (easy, easy_loss[path]), "hard": (hard, hard_loss[path])}
        ends = {2: (20 * ONE, 20 * share), 3: (first, 20 * ONE, 20 * share)}
        runs[name] = curves(*of_text[tasks[0]]) if len(tasks) == 1 else lives(*ends[len(tasks)])
        phases[name] = [[task, i + 1] for i, task in enumerate(tasks)]
    return {"runs": runs, "phases": phases}


def some(low, high, of):
    """So many values `low`, the others `high`."""
    return np.where(np.arange(N) < of, low, high)


LEAST = LIMITS["easy"]
MADE = {
    HOLDS: (6 * ONE, 27 + RAMP, [LEAST + 0.01 + 0 * RAMP, LEAST + 0.03 + 0 * RAMP],
            [10 * ONE, some(11.5, 14.0, 30)], 5 + RAMP, [0.9 * ONE, 0.4 * ONE]),
    REFUTED: (50 * ONE, 40 + RAMP, [LEAST + 0.3 + 0 * RAMP] * 2, [13 * ONE, some(11.0, 12.5, 12)], 40 + RAMP,
              [0.5 * ONE, 0.6 * ONE]),
    UNDECIDED: (some(8, 9, 20), some(4, 36, 20), [LEAST + 0.1 + 0.1 * RAMP] * 2, [12 + 3 * RAMP, 12.5 + 3 * RAMP],
                20 + 9 * RAMP, [0.7 + 0.2 * RAMP] * 2),
}  # fmt: skip


@pytest.mark.parametrize("expected", VERDICTS)
def test_multipliers_claims(expected):
    claims = multipliers.claims(multipliers_data(*MADE[expected]))
    assert [claim.verdict for claim in claims] == [expected] * 18
    named = {claim.paper.split(":")[0] for claim in claims}
    assert {"abstract 4", "abstract 5", "abstract 6", "abstract v2"} <= named


def fixed_data(variable, *fixed):
    return {
        "sizes": [10, 27, 100],
        "variable": curves(ONE, variable),
        "fixed": [curves(ONE, losses) for losses in fixed],
    }


FIXED = {
    HOLDS: (9 * ONE, 14 * ONE, some(10, 13, 20), 16 * ONE),
    REFUTED: (15 * ONE, 10.5 * ONE, 11 * ONE, 10 * ONE),
    UNDECIDED: (12 + 3 * RAMP,) * 4,
}


@pytest.mark.parametrize("expected", VERDICTS)
def test_multipliers_fixed_claims(expected):
    assert [claim.verdict for claim in multipliers_fixed.claims(fixed_data(*FIXED[expected]))] == [expected] * 7


def test_the_claim_on_every_size_is_that_of_the_least_favourable():
    variable, _, best, hundred = FIXED[HOLDS]
    every, *each = multipliers_fixed.claims(fixed_data(variable, 8 * ONE, best, hundred))[:4]
    assert (every.verdict, every.measured) == (REFUTED, -1)
    assert [claim.verdict for claim in each] == [REFUTED, HOLDS, HOLDS]
    assert "98.3 %" in every.unit


def test_what_stays_is_the_ratio_of_the_last_two_phases():
    data = multipliers_data(*MADE[HOLDS])
    assert multipliers.stays(data, "output, hard-easy") == pytest.approx(0.9)
    assert multipliers.stays(data, "v3, easy-hard-easy") == pytest.approx(0.4)
