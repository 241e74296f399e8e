"""`addition.transport`: a tiny run from end to end, and every claim on hand-made data in which it holds, is refuted, is undecided."""

import copy

import numpy as np
import pytest

from minigrow.experiments import protocol
from minigrow.experiments.addition import transport
from minigrow.experiments.addition.transport_claims import claims
from minigrow.experiments.addition.transport_lives import (
    NEVER,
    RULES,
    WIDE,
    Job,
    Life,
    amplitude,
    each_once,
    neurons,
    one,
    parts_of,
)
from minigrow.growth import start
from minigrow.nn import MLP, Adam

TINY = transport.QUICK | {
    "rules": list(RULES), "width": 4, "new": 4, "before": 8, "looks": [0, 5, 10], "samples": 150, "repeats": 2, "data": ["digits"],
    "optimisers": ["momentum", "adamw"], "rates": [1e-2, 3e-2], "amplitudes": [0.25, 0.5],
}  # fmt: skip


def tiny(**other):
    return tuple((key, (TINY | other)[key]) for key in transport.SAME)


@pytest.fixture(scope="module")
def outcome():
    return transport.run(TINY, 0, lambda f, jobs: [f(job) for job in jobs])


def test_a_tiny_run_from_end_to_end(outcome, tmp_path):
    data = outcome.data
    row = data["rows"]["digits"]["momentum"]
    assert set(row["arms"]) == set(RULES)
    assert set(row["kept"]) == {"random_in", "gradmax", "senn", "north_pre", "wider"}
    assert all(set(ways) == {"reset", "pad", "follow", "metric"} for ways in row["arms"].values())
    assert (
        np.shape(row["curves"][NEVER]) == np.shape(row["curves"]["metric"]) == np.shape(row["curves"][WIDE]) == (2, 3)
    )
    assert row["arms"]["random_in"]["pad"] == row["arms"]["random_in"]["follow"]
    assert row["arms"]["wider"]["pad"] != row["arms"]["wider"]["follow"]
    assert max(row["arms"][rule]["metric"]["gap"][0] for rule in row["kept"]) < 1e-12
    assert row["arms"]["random_in"]["follow"]["gap"][0] > 1e-6
    judged = claims(data)
    assert len(judged) == 6 + 7
    assert {c.verdict for c in judged if "under the metric" in c.claim} == {"holds"}
    transport.draw(data, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(transport.FIGURES)


def test_it_is_reproducible_and_its_numbers_are_plain(outcome):
    first, again = (one(Job("digits", "momentum", 0.03, tiny(rules=["wider"]), 5))["lives"] for _ in range(2))
    np.testing.assert_equal(first, again)
    assert isinstance(outcome.data["rows"]["digits"]["adamw"]["arms"]["tiny"]["reset"]["first"][0], float)


def test_what_all_rules_can_give():
    assert [neurons(8, classes) for classes in (2, 3, 4, 5, 9, 10, 100)] == [2, 2, 2, 4, 8, 8, 8]


def test_the_amplitude_is_the_best_of_the_grid_and_one_for_what_keeps_the_function():
    from minigrow.addition import table
    from minigrow.addition.proposal import apply, look
    from minigrow.growth.loop import evaluate

    data = parts_of(Job("digits", "adam", 0.01, tiny(), 0))
    net = MLP.create([64, 4, 10], "tanh", rng=0)
    seen = look(net, 0, data.train.X[:200], data.train.y[:200])
    proposal, grid = table.RULES["tiny"].propose(seen, k=2), [0.01, 0.3, 30.0]
    losses = [evaluate(apply(net, 0, proposal, g)[0], data.held.X, data.held.y)["validation_loss"] for g in grid]
    assert amplitude(net, proposal, data, grid) == grid[int(np.argmin(losses))] == 0.3
    assert amplitude(net, table.RULES["senn"].propose(seen, k=2), data, grid) == 1.0
    assert amplitude(net, table.RULES["variance_transfer"].propose(seen, k=2, rng=0), data, grid) == 1.0
    assert len(data.held.X) == round(0.2 * (len(data.held.X) + len(data.train.X)))


def test_equal_memories_live_once():
    run, lived = start(MLP.create([2, 3, 2], rng=0), Adam(), rng=0), []
    other = run._replace(state=run.state._replace(t=3))

    def live(run):
        lived.append(run.state.t)
        return Life([float(len(lived))], 0.0)

    found = each_once({"a": run, "b": other, "c": run._replace()}, live)
    assert lived == [0, 3]
    assert found["a"] is found["c"]
    assert found["b"] is not found["a"]
    assert len(each_once({"a": run, "b": run._replace(optimiser=Adam(0.5))}, live)) == 2
    assert lived == [0, 3, 0, 0]


def test_the_protocol_fits_and_captions_are_captions():
    assert protocol.problems(transport) == []
    assert all(40 <= len(words) <= 240 and words.endswith(".") for words in transport.FIGURES.values())
    assert set(transport.QUICK) == set(transport.FULL)


# --- claims on hand-made data ------------------------------------------------------------------------------------------

NONE = [0.0, 0.0, 0.0, 0.0]


def made(optimiser, **effects):
    """Data in which follow has a loss of 1, never grown 1.1; each effect is (way, number, values in % or pp for four networks)."""
    ways = {
        way: {"first": [1.0] * 4, "last": [1.0] * 4, "accuracy": [80.0] * 4, "gap": [0.0] * 4}
        for way in transport.SAME["transports"]
    }
    ways["metric"]["last"] = [1.1] * 4
    for way, (key, values) in effects.items():
        base = np.array(ways[way][key])
        ways[way][key] = (
            base + values if key in ("accuracy", "gap") else base * np.exp(np.divide(values, 100))
        ).tolist()
    never = {"first": [1.0] * 4, "last": [1.1] * 4, "accuracy": [70.0] * 4}
    row = {
        "edge": False,
        "kept": ["random_in", "wider"],
        "never": never,
        "arms": {rule: copy.deepcopy(ways) for rule in ("random_in", "wider")},
    }
    return {
        "rules": ["random_in", "wider"],
        "looks": [0, 50, 500],
        "overlap": {"digits": 0.25},
        "rows": {"digits": {optimiser: row}},
    }


MORE, LESS, MIXED, SMALL, GREAT = [5, 6, 5, 6], [-5, -6, -5, -6], [-5, 5, -5, 5], [0.1, -0.1, 0.1, 0.0], [9, 9.1, 9, 9]
TABLE = {
    0: ("reset", "first", MORE, LESS, MIXED),
    1: ("reset", "last", SMALL, GREAT, MIXED),
    2: ("reset", "accuracy", SMALL, GREAT, MIXED),
    3: ("metric", "last", NONE, [-30, -31, -30, -31], [-9.5, 9, -19, -28]),
    4: ("pad", "first", SMALL, GREAT, MIXED),
}


@pytest.mark.parametrize("optimiser", ["momentum", "adam"])
@pytest.mark.parametrize("verdict", ["holds", "refuted", "undecided"])
@pytest.mark.parametrize("index", TABLE)
def test_every_claim_can_hold_be_refuted_and_stay_open(index, verdict, optimiser):
    way, key, *cases = TABLE[index]
    data = made(optimiser, **{way: (key, cases[["holds", "refuted", "undecided"].index(verdict)])})
    assert claims(data)[index].verdict == verdict
    assert claims(data)[index].claim.startswith(f"digits, {optimiser}: ")


@pytest.mark.parametrize(("gap", "verdict"), [(1e-12, "holds"), (1e-3, "refuted")])
def test_the_metric_is_exact_or_it_is_not(gap, verdict):
    """A fact, never undecided; Adam is judged on appended neurons alone."""
    for optimiser, rules in (("momentum", "random_in, wider"), ("adam", "random_in")):
        claim = claims(made(optimiser, metric=("gap", [0, 0, gap, 0])))[5]
        assert claim.verdict == verdict
        assert claim.claim.endswith(f"for {rules}")
        assert claim.measured == gap


@pytest.mark.parametrize(("values", "verdict"), [(SMALL, "holds"), (GREAT, "refuted"), (MIXED, "undecided")])
def test_copies_under_adam_are_measured_against_never_having_grown(values, verdict):
    claim = claims(made("adamw", metric=("last", values)))[6]
    assert claim.verdict == verdict
    assert "wider ends within 1 % of never having grown" in claim.claim
    assert len(claims(made("momentum"))) == 6


def test_an_untuned_rate_decides_nothing():
    data = made("adam", reset=("first", MORE))
    data["rows"]["digits"]["adam"]["edge"] = True
    found = claims(data)
    assert {c.verdict for i, c in enumerate(found) if i != 5} == {"undecided"}
    assert found[5].verdict == "holds"  # the law does not ask for a tuned rate


def test_a_configuration_without_copies_or_kept_functions_has_fewer_claims():
    data = made("adam")
    data["rules"] = ["random_in"]
    data["rows"]["digits"]["adam"]["kept"] = []
    assert len(claims(data)) == 4
