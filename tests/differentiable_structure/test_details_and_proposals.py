"""Details of the program and proposals of the paper: tiny runs, and every claim held, refuted and undecided by hand-made data."""

import numpy as np
import pytest

from minigrow.experiments import protocol
from minigrow.experiments.claims import VERDICTS
from minigrow.experiments.differentiable_structure import details, proposals
from minigrow.experiments.differentiable_structure.proposals_measures import earlier, measures, passages
from minigrow.experiments.differentiable_structure.rank import rank_test

HOLDS, REFUTED, UNDECIDED = VERDICTS
N = 40
ONE, RAMP = np.ones(N), np.linspace(-1, 1, N)
TOYS = [
    (details, {"repeats": 2, "cycles": 100, "variants": [0, 1, 5, 8, 9]}),
    (proposals, {"repeats": 2, "ehe_repeats": 2, "hard": 600, "away": 100, "back": 800, "ehe_cycles": 300}),
]


@pytest.mark.parametrize(("module", "config"), TOYS, ids=["details", "proposals"])
def test_experiment_runs_judges_and_draws(module, config, tmp_path):
    outcome = module.run(config, 0, lambda f, jobs: [f(job) for job in jobs])
    rows = module.claims(outcome.data)
    module.draw(outcome.data, tmp_path)
    assert rows
    assert {row.verdict for row in rows} <= set(VERDICTS)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(module.FIGURES)
    assert set(module.QUICK) == set(module.FULL) == set(config)
    assert protocol.problems(module) == []


def curve(values, losses):
    return [{"neurons": [1, v], "loss": [20.0, x]} for v, x in zip(values, losses, strict=True)]


def details_data(neurons, loss):
    base = {task: curve(np.full(5, 14.0), np.full(5, 9.0)) for task in details.TASKS}
    other = {task: curve(neurons, loss) if task == "hard" else base[task] for task in details.TASKS}
    return {"names": ["as listed", "other"], "runs": [base, other]}


@pytest.mark.parametrize(
    ("data", "differs", "unit", "equal"),
    [
        (([14.0] * 5, [9.0] * 5), REFUTED, "neurons more", HOLDS),
        (([20.0, 21, 22, 23, 24], [9.0] * 5), HOLDS, "neurons more", HOLDS),
        (([2.0, 3, 4, 5, 6], [9.0] * 5), HOLDS, "neurons fewer", UNDECIDED),
        (([14.0] * 5, [10.0, 11, 12, 13, 14]), HOLDS, "nats a chunk higher", UNDECIDED),
        (([14.0] * 5, [1.0, 2, 3, 4, 5]), HOLDS, "nats a chunk lower", REFUTED),
        (([20.0, 21, 22, 23, 14], [9.0] * 5), UNDECIDED, "neurons more", HOLDS),
        (([34.0, 36, 37, 38, 39], [9.0] * 5), HOLDS, "neurons more", REFUTED),
    ],
)
def test_details(data, differs, unit, equal):
    """A detail can make a difference that is too small to count."""
    first, second = details.claims(details_data(*data))
    assert (first.verdict, first.unit) == (differs, f"{unit} (98.75 % interval)")
    assert first.measured >= 0
    assert second.verdict == equal
    assert first.claim.startswith("other: makes a difference")
    assert second.claim.startswith("other: makes no difference beyond the margins")


def test_every_variant_of_details_changes_something():
    changed = [variant._replace(name="") for variant in details.VARIANTS]
    assert len(set(changed)) == len(changed)


STOPS = {"hard-easy-hard": [2000, 3000, 6000], "easy-hard-easy": [1, 2, 3]}


def proposals_data(made):
    """Of each variant: loss after the hard text, births per thousand, cycles until it is back (rows of 1000), what stays, easy loss."""
    runs = {order: {} for order in STOPS}
    for name, (loss, births, back, kept, easy) in made.items():
        x = [1000, 2000, 3000, 4000, 5000, 6000]
        runs["hard-easy-hard"][name] = [
            {"cycle": x, "neurons": [9] * 6, "loss": [20, a, 9.7] + [11.0 if c - 3000 >= t else 13.0 for c in x[3:]],
             "births": b * 6}
            for a, b, t in zip(loss, births, back, strict=True)
        ]  # fmt: skip
        runs["easy-hard-easy"][name] = [
            {"cycle": [1, 2, 3], "neurons": [5, 20, 20 * k], "loss": [9, 9, e]} for k, e in zip(kept, easy, strict=True)
        ]
    parts = {order: [["", stop] for stop in stops] for order, stops in STOPS.items()}
    return {"runs": runs, "parts": parts}


BASE = (some := 12 + 2 * RAMP, 6 + RAMP, 2000 * ONE, 0.7 + 0.1 * RAMP, 9.7 + 0.1 * RAMP)
MADE = {
    HOLDS: (11 + 0.5 * RAMP, 4 + RAMP, 1000 * ONE, 0.4 + 0.1 * RAMP, 9.7 + 0.02 * RAMP),
    REFUTED: (14 + RAMP, 8 + RAMP, 3000 * ONE, 0.95 + 0.1 * RAMP, 10.1 + 0.1 * RAMP),
    UNDECIDED: (some, 6 + RAMP, np.where(RAMP > 0, 1000, 3000), 0.7 + 0.1 * RAMP, 9.8 + 0.3 * RAMP),
}


@pytest.mark.parametrize("expected", VERDICTS)
def test_proposals_claims(expected):
    made = {name: BASE if name == proposals.BASE else MADE[expected] for name in proposals.VARIANTS}
    assert [claim.verdict for claim in proposals.claims(proposals_data(made))] == [expected] * 18


def test_what_is_measured_of_a_proposal():
    never = (BASE[0], BASE[1], [np.inf] * N, BASE[3], BASE[4])
    data = proposals_data({proposals.BASE: BASE, "newborns inherit": never})
    found = measures(data, proposals.BASE)
    np.testing.assert_allclose(found["births"], BASE[1])
    np.testing.assert_allclose(found["kept"], BASE[3])
    np.testing.assert_allclose(found["loss"], BASE[0])
    np.testing.assert_allclose(found["back"], 2000)
    assert np.isinf(measures(data, "newborns inherit")["back"]).all()
    assert passages(data, proposals.BASE, 0) == ([2000.0] * N, (BASE[0] < 12).tolist())


def test_jobs_follow_their_proposal():
    seen = []

    def noted(f, jobs):
        seen.extend(jobs)
        return [None] * len(jobs)

    proposals.run(proposals.QUICK, 0, noted)
    assert {(job.version, job.rule) for job in seen} == {
        ("v3", ()), ("inheriting", ()), ("v3", (("safe", "oldest"),)), ("v3", (("safe", "youngest"),)),
    }  # fmt: skip
    assert len({job.seed for job in seen}) == proposals.QUICK["repeats"]


def test_the_share_of_earlier_times_is_that_of_the_rank_test():
    """Witness: U / nm of Mann and Whitney; without a difference the interval is as wide as U's own deviation says."""
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal(200), rng.standard_normal(150)
    found, reverse = earlier(a, b, 0.05), earlier(b, a, 0.05)
    assert found.value == pytest.approx(1 - rank_test(a, b).share)
    assert found.value + reverse.value == pytest.approx(1)
    deviation = np.sqrt((200 + 150 + 1) / (12 * 200 * 150))
    assert (found.high - found.low) / 2 == pytest.approx(1.96 * deviation, rel=0.1)
    wider = earlier(a, b, 0.05 / 3)
    assert wider.low < found.low < found.high < wider.high
    assert np.isnan(earlier([np.inf] * 5, [np.inf] * 4, 0.05).low), "where nobody is ever there, nothing is known"
