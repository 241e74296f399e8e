"""What the experiments on differentiable structure ask for and how they put the answers together: every job, every number.

Nothing is trained where it need not be: `noting` answers jobs with numbers made of them, `caught` notes what would be trained.
"""

from types import SimpleNamespace

import numpy as np
import pytest
from noting import noting

from minigrow.datasets import from_arrays
from minigrow.differentiable_structure import Network, Rule, easy, hard, sample, start, train
from minigrow.differentiable_structure.area_rule import AreaSpares
from minigrow.differentiable_structure.layers import LayerSpares
from minigrow.differentiable_structure.residual import DepthSpares, Residual
from minigrow.experiments.claims import Estimate
from minigrow.experiments.differentiable_structure import (
    areas,
    areas_claims,
    common,
    details,
    feedforward,
    fixed,
    layered,
    multipliers,
    multipliers_fixed,
    neurons,
    proposals,
    proposals_measures,
    residual,
    size,
    strength,
    switching,
)
from minigrow.experiments.differentiable_structure.common import Job
from minigrow.experiments.shared import child_seeds, parts
from minigrow.growth import History, Plan
from minigrow.growth.events import Event
from minigrow.nn import L1, MLP, Pull, RMSProp

A, B, C, D = child_seeds(3, 4)


# --- recurrent networks --------------------------------------------------------------------------------------------------


def test_size_trains_the_hard_text_first_and_on_more_seeds():
    pmap, asked = noting()
    found = size.run({"repeats": 2, "hard_repeats": 3, "cycles": 9900}, 3, pmap).data
    jobs = {
        task: [Job(((task, 9900),), s, every=99) for s in seeds]
        for task, seeds in (("hard", (A, B, C)), ("easy", (A, B)))
    }
    assert asked == [("curves", job) for job in jobs["hard"] + jobs["easy"]]
    assert found == jobs
    assert size.run({"repeats": 1, "hard_repeats": 1, "cycles": 50}, 3, pmap).data["easy"][0].every == 1


def test_fixed_trains_the_largest_first_then_without_the_pull_then_the_variable_size():
    pmap, asked = noting()
    config = {"repeats": 2, "variable_repeats": 3, "cycles": 9900, "sizes": [4, 9], "without_pull": [9]}
    found = fixed.run(config, 3, pmap).data
    parts = (("hard", 9900),)
    still = {H: [Job(parts, s, neurons=H, fixed=True, every=99) for s in (A, B)] for H in (9, 4)}
    free = [Job(parts, s, neurons=9, fixed=True, every=99, learning=(("pull", 0.0),)) for s in (A, B)]
    variable = [Job(parts, s, every=99) for s in (A, B, C)]
    assert asked == [("curves", job) for job in [*still[9], *still[4], *free, *variable]]
    assert found == {"variable": variable, "fixed": {"4": still[4], "9": still[9]}, "without_pull": {"9": free}}
    assert list(found["fixed"]) == ["4", "9"]
    assert fixed.run(config | {"cycles": 30}, 3, pmap).data["variable"][0].every == 1


def test_switching_gives_every_text_its_share():
    pmap, asked = noting()
    found = switching.run({"repeats": 2, "cycles": 22350}, 3, pmap).data
    parts = {
        "easy-hard-easy": (("easy", 7450), ("hard", 14900), ("easy", 22350)),
        "hard-easy": (("hard", 11175), ("easy", 22350)),
    }
    runs = {name: [Job(part, s, every=149) for s in (A, B)] for name, part in parts.items()}
    assert asked == [("curves", job) for jobs in runs.values() for job in jobs]
    assert found == {"runs": runs, "parts": {name: [list(one) for one in part] for name, part in parts.items()}}
    assert switching.run({"repeats": 1, "cycles": 90}, 3, pmap).data["runs"]["hard-easy"][0].every == 1


def test_a_curve_is_read_at_the_last_row_up_to_a_cycle():
    runs = [{"cycle": [10, 20, 30], "loss": [1, 2, 3]}, {"cycle": [10, 20, 30], "loss": [4, 5, 6]}]
    assert [switching.at(runs, "loss", cycle).tolist() for cycle in (10, 19, 20, 99)] == [
        [1, 4],
        [1, 4],
        [2, 5],
        [3, 6],
    ]


def test_details_train_every_variant_on_both_texts():
    pmap, asked = noting(lambda job: {"job": job})
    found = details.run({"repeats": 2, "cycles": 380, "variants": [1, 2]}, 3, pmap).data
    runs = [
        {
            "easy": [Job((("easy75", 380),), s, every=19) for s in (A, B)],
            "hard": [Job((("hard5", 380),), s, every=19) for s in (A, B)],
        },
        {
            task: [
                Job(((task, 380),), s, every=19, learning=(("memory_in", 0.0),), rule=(("memory", 0.0),))
                for s in (A, B)
            ]
            for task in ("easy", "hard")
        },
    ]
    assert asked == [("curves", job) for pair in runs for jobs in pair.values() for job in jobs]
    assert found["names"] == ["texts: .75, five letters", "all memories start at 0"]
    assert found["runs"] == [{task: [{"job": job} for job in jobs] for task, jobs in pair.items()} for pair in runs]
    details.run({"repeats": 1, "cycles": 10, "variants": [0]}, 3, pmap)
    assert asked[-1][1].every == 1


def test_proposals_train_every_variant_in_both_orders():
    pmap, asked = noting()
    config = {"repeats": 3, "ehe_repeats": 2, "hard": 22000, "away": 50, "back": 300, "ehe_cycles": 30}
    found = proposals.run(config, 3, pmap).data
    hard = (("hard", 22000), ("easy", 22050), ("hard", 22350))
    easy = (("easy", 10), ("hard", 20), ("easy", 30))
    variants = {
        "as it is": {}, "oldest spares safe": {"rule": (("safe", "oldest"),)},
        "youngest spares safe": {"rule": (("safe", "youngest"),)}, "newborns inherit": {"version": "inheriting"},
    }  # fmt: skip
    runs = {
        "hard-easy-hard": {name: [Job(hard, s, every=149, **v) for s in (A, B, C)] for name, v in variants.items()},
        "easy-hard-easy": {name: [Job(easy, s, every=1, **v) for s in (A, B)] for name, v in variants.items()},
    }
    assert asked == [("curves", job) for order in runs.values() for jobs in order.values() for job in jobs]
    assert found["runs"] == runs
    assert found["parts"] == {
        "hard-easy-hard": [list(part) for part in hard],
        "easy-hard-easy": [list(part) for part in easy],
    }


def test_what_a_proposal_is_measured_by_worked_out_by_hand():
    """Rows at most 500 cycles after a change of text do not count; from the return at 3000 on the run is below 12 after 900."""
    life = {"cycle": [1000, 2000, 2400, 3000, 3500, 3900, 4500], "births": 9}
    life |= {"neurons": [3, 5, 6, 7, 8, 9, 10], "loss": [13, 11.5, 11, 10, 11, 11.9, 11.8]}
    other = {"cycle": [10, 20, 30], "neurons": [4, 20, 5], "loss": [9, 13, 10]}
    parts = {"hard-easy-hard": [["hard", 2000], ["easy", 3000], ["hard", 4500]]}
    parts |= {"easy-hard-easy": [["easy", 10], ["hard", 20], ["easy", 30]]}
    data = {"runs": {"hard-easy-hard": {"x": [life]}, "easy-hard-easy": {"x": [other]}}, "parts": parts}
    found = {name: values.tolist() for name, values in proposals_measures.measures(data, "x").items()}
    assert found == {"neurons": [5], "loss": [11.5], "births": [2.0], "back": [900], "kept": [0.25], "easy loss": [10]}
    assert proposals_measures.passages(data, "x", 0) == ([2000], [True])
    assert proposals_measures.passages(data, "x", 1) == ([1000], [True])
    life["loss"][-2:] = [12, 13]
    assert proposals_measures.measures(data, "x")["back"].tolist() == [np.inf]
    found = proposals_measures.earlier([1, 2, 9], [2, 5], 0.1)
    assert (found.value, found.n) == ((1 + 1 + 0.5 + 1) / 6, 2)


def test_strength_trains_both_kinds_on_both_texts():
    pmap, asked = noting(lambda job: {"neurons": [0, job], "loss": [0, job.seed]})
    found = strength.run({"repeats": 2, "cycles": 60, "price": [0.01, 0.1], "pull": [1e-4]}, 3, pmap).data

    def job(kind, task, s, amount):
        learning = (("price", amount * (kind == "price")), ("pull", amount * (kind == "pull")))
        return Job(((task, 60),), s, learning=learning, every=60)

    asked_for = {"price": [0.01, 0.1], "pull": [1e-4]}
    rows = {
        kind: {task: [[job(kind, task, s, x) for x in amounts] for s in (A, B)] for task in ("easy", "hard")}
        for kind, amounts in asked_for.items()
    }
    assert asked == [
        ("curves", one) for tasks in rows.values() for table in tasks.values() for row in table for one in row
    ]
    assert found["strengths"] == asked_for
    assert found["runs"] == {
        kind: {
            task: {"neurons": table, "loss": [[one.seed for one in row] for row in table]}
            for task, table in tasks.items()
        }
        for kind, tasks in rows.items()
    }


def strengths(price, pull):
    """Data whose sizes are these, price (repeats, 3) and pull (repeats, 2) of both texts."""
    runs = {
        kind: {task: {"neurons": values[i], "loss": values[i]} for i, task in enumerate(("easy", "hard"))}
        for kind, values in (("price", price), ("pull", pull))
    }
    return {"strengths": {"price": [1e-3, 1e-2, 1e-1], "pull": [1e-5, 1e-4]}, "runs": runs}


def test_the_price_that_matches_the_published_pull():
    data = strengths([[[9, 5, 1]] * 2, [[8, 6, 2]] * 2], [[[9, 7]] * 2, [[9, 4]] * 2])
    both = strength.sizes(data)
    assert both.tolist() == [[[9, 5, 1, 9, 7], [8, 6, 2, 9, 4]]] * 2
    found = [strength.matched(both, 0, text, [1e-3, 1e-2, 1e-1], [1e-5, 1e-4]) for text in (0, 1)]
    assert found == [pytest.approx(-2.5), pytest.approx(-1.5)]
    easy, hard = np.array([-2.0, -0.5, -0.5, -3.5]), np.array([-2.5, -0.5, -1.0, -3.5])
    np.testing.assert_array_equal(strength.apart(easy, hard, [1e-3, 1e-2, 1e-1]), [0.5, np.nan, 0.5, np.nan])
    assert strength.power(Estimate(-2.0, -3.0, 1.0, 7, 4.0))[:4] == pytest.approx((0.01, 0.001, 10.0, 7))
    assert strength._range([1, 10, 100], [False, True, True]) == "10 to 100"
    assert strength._range([1, 10, 100], [True, False, False]) == "1 to 1"
    assert strength._range([1, 10], [False, False]) == "none"
    assert strength.is_near(np.array([[0.05, 0.1, 0.2], [0.05, 0.1, 0.01], [9.0, 0.1, 0.01]]), axis=0).tolist() == [
        True,
        False,
        True,
    ]


def test_multipliers_train_the_hard_text_first_for_the_length_of_each_row():
    pmap, asked = noting()
    found = multipliers.run({"repeats": 2, "cycles": 600, "short_cycles": 240, "v3_cycles": 30}, 3, pmap).data
    easy, hard, ehe, he = (("easy", 600),), (("hard", 600),), ("easy", "hard", "easy"), (("hard", 300), ("easy", 600))

    def thirds(n):
        return tuple((task, (i + 1) * n // 3) for i, task in enumerate(ehe))

    rows = {
        "output, easy": ("v2 output", easy, 10), "output, hard": ("v2 output", hard, 10),
        "output, easy-hard-easy": ("v2 output", thirds(240), 4), "output, easy-hard-easy, long": ("v2 output", thirds(600), 10),
        "output, hard-easy": ("v2 output", he, 10), "all, easy": ("v2 all", easy, 10), "all, hard": ("v2 all", hard, 10),
        "all, easy-hard-easy": ("v2 all", thirds(240), 4), "v3, easy-hard-easy": ("v3", thirds(30), 1),
    }  # fmt: skip
    runs = {name: [Job(part, s, version=v, every=every) for s in (A, B)] for name, (v, part, every) in rows.items()}
    assert found["runs"] == runs
    assert found["phases"] == {name: [list(one) for one in part] for name, (_, part, _) in rows.items()}
    first = [name for name, (_, part, _) in rows.items() if part[0][0] == "hard"]
    order = first + [name for name in rows if name not in first]
    assert asked == [("curves", job) for name in order for job in runs[name]]
    assert list(found["runs"]) == order


def test_multipliers_fixed_train_the_largest_first():
    pmap, asked = noting()
    config = {"repeats": 1, "fixed_repeats": 2, "cycles": 3540, "sizes": [4, 9]}
    found = multipliers_fixed.run(config, 3, pmap).data
    parts = (("hard", 3540),)
    still = {H: [Job(parts, s, H, fixed=True, every=59, version="v2 plain") for s in (A, B)] for H in (9, 4)}
    variable = [Job(parts, A, every=59, version="v2 output")]
    assert asked == [("curves", job) for job in [*still[9], *still[4], *variable]]
    assert found == {"sizes": [4, 9], "fixed": [still[4], still[9]], "variable": variable}
    more = multipliers_fixed.run(config | {"repeats": 3, "cycles": 30}, 3, pmap).data
    assert [(job.seed, job.every) for job in more["variable"]] == [(A, 1), (B, 1), (C, 1)]


def test_a_job_is_trained_text_by_text_with_its_own_numbers():
    learning = {"rate": 0.02, "clip": 0.03, "pull": 2e-4, "price": 0.1, "memory_in": 0.5, "memory_out": 0.25}
    seen = []
    job = Job((("easy75", 60), ("hard5", 120)), 4, neurons=3, learning=tuple(learning.items()), rule=(("add", 0.3),), every=50,
              observe=lambda net: seen.append(net.neurons) or {"H": net.neurons})  # fmt: skip
    run, rng = common.trained(job), np.random.default_rng(4)
    direct = start(Network.create("()ab", 3, rng=rng), rng=rng, optimiser=Pull(L1(RMSProp(0.02, clip=0.03), 0.1), 2e-4),
                   memory=(0.5, 0.25))  # fmt: skip
    texts = easy(chance=0.75, rng=np.random.default_rng([4, 1])), hard(letters=5, rng=np.random.default_rng([4, 3]))
    for text, until in zip(texts, (60, 120), strict=True):
        direct = train(direct, text, Plan(steps=until, record=50, quiet=True), rule=Rule()._replace(add=0.3))
    assert np.array_equal(run.net.theta, direct.net.theta)
    assert run.history["step"].tolist() == direct.history["step"].tolist()
    assert run.history["H"].tolist() == run.history["widths"][:, 1].tolist()
    still = common.trained(job._replace(parts=(("easy75", 9),), fixed=True, observe=None))
    assert still.net.neurons == 3
    assert still.history.events == ()


def test_curves_are_the_rows_of_the_history_and_count_neurons_not_events(monkeypatch):
    events = [Event(kind, "h", n, "", 9, 9, step=1) for kind, n in (("grow", 1), ("grow", 2), ("prune", 4))]
    rows = [{"step": 10, "widths": (4, 2, 4), "loss": 9.123456}, {"step": 20, "widths": (4, 5, 4), "loss": 8.0}]
    monkeypatch.setattr(common, "trained", lambda job: SimpleNamespace(history=History(rows).with_events(events)))
    assert common.curves(None) == {
        "cycle": [10, 20],
        "neurons": [2, 5],
        "loss": [9.1235, 8.0],
        "births": 3,
        "deaths": 4,
    }


def test_sizes_losses_and_passages_of_three_hard_runs():
    runs = [
        {"cycle": [1000, 2000, 3000], "neurons": [1, 2, 3], "loss": list(loss)}
        for loss in ((13, 11.5, 12.5), (14, 13, 12), (15, 12.5, 10.5))
    ]
    assert common.solved(runs).tolist() == [False, False, True]
    assert common.solved(runs, 12.5).tolist() == [False, True, True]
    data = {"hard": runs}
    found = size.passages(data, 12.0)
    assert found.time.tolist() == [2, 3]
    assert found.share.tolist() == pytest.approx([1 / 3, 2 / 3])
    assert [size.by_the_end(data, border).value for border in (12.0, 11.0)] == pytest.approx([2 / 3, 1 / 3])
    assert size.between(runs, 2, 3).value == pytest.approx((12.5 + 12) / 2)
    assert size.between(runs, 1.5, 2).value == 12.5
    assert np.isnan(size.between(runs, 2, 3.1).value)
    assert size.between(runs, 2, 3.1).n == 3
    assert size.never(Estimate(np.inf, 30.0, np.inf, 9)) == "; not reached by half of the runs"


def test_of_several_estimates_the_least_counts():
    found = {"a": Estimate(3.0, 1.0, 5.0, 9, 2.0), "b": Estimate(2.0, 1.5, 4.0, 7, 3.0)}
    assert fixed.least(found)[:4] == (2.0, 1.0, 4.0, 7)
    assert np.isnan(fixed.least(found | {"c": Estimate(9.0, np.nan, np.nan, 9, 1.0)}).low)


# --- neurons -------------------------------------------------------------------------------------------------------------


def test_neurons_follow_one_life_count_in_all_and_let_all_write(monkeypatch):
    history = History([{"step": 3, "widths": (4, 2, 4), "r": np.array([0.12345, 0.5])}])

    def answer(job):
        if not isinstance(job, Job):
            return {"writes": job[1], "seed": job[0].seed}
        return history if job.every == 499 else {"births": job.seed, "deaths": 7, "loss": []}

    pmap, asked = noting(answer)
    outcome = neurons.run({"repeats": 2, "cycles": 249501, "symbols": 50}, 3, pmap)
    order = (("easy", 83167), ("hard", 166334), ("easy", 249501))
    assert asked == [
        ("life", Job(order, A, every=499)),
        *(("curves", Job(order, s, every=1663)) for s in (A, B)),
        *(("written", (Job((("hard", 249501),), s, every=249501), 50)) for s in (A, B)),
    ]
    assert outcome.data == {
        "order": [["easy", 83167], ["hard", 166334], ["easy", 249501]],
        "rows": [{"cycle": 3, "ids": [0, 1], "r": [0.1234, 0.5]}],
        "lives": [{"births": A, "deaths": 7}, {"births": B, "deaths": 7}],
        "written": [{"writes": 50, "seed": A}, {"writes": 50, "seed": B}],
    }
    assert outcome.history is history
    monkeypatch.setattr(neurons, "life", lambda job: job)
    assert neurons.relive({"repeats": 2, "cycles": 90}, 3, {}) == Job(
        (("easy", 30), ("hard", 60), ("easy", 90)), A, every=1
    )


def test_a_life_keeps_a_row_every_so_many_cycles_and_knows_its_phases():
    found = neurons.life(Job((("easy", 40), ("hard", 80)), 3, every=20))
    assert found["step"].tolist() == [20, 40, 60, 80]
    assert list(found.about["phases"]) == [[0, "easy text"], [40, "hard text"]]
    assert found.about["task"] == neurons.TASK
    assert "r" in found.rows[0]


def test_what_a_network_writes():
    job = Job((("easy", 60),), 3, every=60)
    found, run = neurons.written((job, 500)), common.trained(job)
    text = sample(run.net, 500, ")", rng=3)
    assert found == {"text": text[:400], "loss": round(run.loss, 3), "neurons": run.net.neurons} | neurons.obedience(
        text
    )


def test_the_claims_on_neurons_are_medians():
    data = {
        "written": [{"obeys": x, "whole": 1 - x} for x in (0.1, 0.3, 0.4)],
        "lives": [{"births": b, "deaths": d} for b, d in ((9, 5), (3, 1), (1, 2))],
    }
    assert [claim.measured for claim in neurons.claims(data)] == pytest.approx([0.7, 0.3, 0.5])


# --- layers, depth, areas ------------------------------------------------------------------------------------------------


SAME = (("steps", 2450), ("batch", 8), ("every", 3), ("pull", 0.5), ("add", 0.2), ("width", 5), ("pulls", [0.1, 0.7]), ("places", 5),
        ("T", 3), ("delete", 0.4), ("anytime", 1e-3), ("area", 0.25), ("hidden", {"tasks": 6, "data": 2}), ("points", 30))  # fmt: skip


def test_a_network_is_trained_with_its_policy_and_a_pull_in_units_of_the_rate(monkeypatch):
    monkeypatch.setattr(layered, "train", lambda *given: given)
    data, net = from_arrays(np.ones((6, 2)), np.arange(6) % 2), MLP.create([2, 3, 2], rng=0)
    job = layered.Job("digits", "grown", SAME, rate=0.02, seed=4)
    for policy, observe in (("a policy", None), (None, len)):
        run, X, y, plan = layered.adapted(job, net, data, policy, 0.5, observe)
        assert X is data.X
        assert y is data.y
        assert run.net is net
        assert run.optimiser == Pull(RMSProp(rate=0.02, clip=0.02), 0.01)
        assert run.rng.bit_generator.state == np.random.default_rng(4).bit_generator.state
        assert plan == Plan(steps=2450, batch=8, every=3 if policy else None, record=49, policies=(policy,) if policy else (),
                            observe=observe, quiet=True)  # fmt: skip
    short = layered.adapted(job._replace(same=(("steps", 9), ("batch", 8), ("every", 3))), net, data, None, 0.5)
    assert short[-1].record == 1


def test_rows_are_held_out_by_the_seed():
    job = layered.Job("digits", "", (), seed=2, held=True)
    whole, test = layered.data_of(job._replace(held=False))
    assert np.array_equal(whole.X, parts("digits", 2)[0].X)
    assert np.array_equal(test.X, parts("digits", 2)[1].X)
    learn, held = layered.data_of(job)
    assert (len(learn.y), len(held.y)) == (1150, 288)
    assert {row.tobytes() for row in held.X} <= {row.tobytes() for row in whole.X}


def test_a_bench_tunes_on_held_rows_widens_and_measures():
    """The score falls with the distance of the rate from .02; of the fixed arms the largest is best until there are 16."""
    config = {"repeats": 2, "tuning": 1, "rates": [0.01, 0.02, 0.04], "data": ["a"], "steps": 5}

    def answer(job):
        n = int(job.arm.split()[1])
        if job.held:
            return {"accuracy": -abs(np.log(job.rate / 0.02)) - abs(np.log(n / 16)) / 10}
        return {"accuracy": 1 / 3 + job.seed % 3, "kept": [n]}

    pmap, asked = noting(answer)
    bench = layered.Bench(config, 3, pmap, lambda job: None)
    found = bench.widened("a", [2, 8])
    same = (("repeats", 2), ("tuning", 1), ("steps", 5))
    assert [job for _, job in asked] == [
        layered.Job("a", f"fixed {n}", same, rate, C, held=True) for n in (2, 8, 16, 32) for rate in config["rates"]
    ]
    assert [(key, one.rate, one.edge) for key, one in found.items()] == [
        (("a", f"fixed {n}"), 0.02, False) for n in (2, 8, 16, 32)
    ]
    del asked[:]
    rows = bench.measure(found)
    assert [job for _, job in asked] == [
        layered.Job("a", f"fixed {n}", same, 0.02, s) for n in (2, 8, 16, 32) for s in (A, B)
    ]
    assert rows == [
        {
            "data": "a", "arm": f"fixed {n}", "rate": 0.02, "edge": False,
            "accuracy": [float(f"{1 / 3 + s % 3:.5g}") for s in (A, B)], "kept": [[n], [n]],
        }
        for n in (2, 8, 16, 32)
    ]  # fmt: skip


class Columns(dict):
    """A history: its columns, and events."""

    events = ()


def caught(monkeypatch, module, history, events=()):
    """Let `module` train nothing: what `adapted` was given is noted, and the network comes back with this history."""
    seen, life = [], Columns(history)
    life.events = events

    def adapted(job, net, learn, policy, pull, observe=None):
        seen.append((job, net, learn, policy, pull, observe))
        return SimpleNamespace(net=net, history=life, loss=0.125)

    monkeypatch.setattr(module, "adapted", adapted)
    return seen


def right(net, test):
    return 100 * np.mean(np.argmax(net(test.X), axis=1) == test.y)


def digits(seed=4):
    return parts("digits", seed)


@pytest.mark.parametrize(
    ("arm", "hidden", "classes"),
    [("grown", (1,), 10), ("grown, two classes", (1,), 2), ("grown, two layers", (1, 1), 10), ("fixed 6", (6,), 10)],
)
def test_what_a_perceptron_of_each_arm_is_and_what_is_kept_of_it(monkeypatch, arm, hidden, classes):
    widths = np.array([[64, *[k] * len(hidden), classes] for k in (2, 3)])
    seen = caught(monkeypatch, feedforward, {"widths": widths})
    job = layered.Job("digits", arm, SAME, rate=0.02, seed=4)
    found = feedforward.one(job)
    _, net, learn, policy, pull, observe = seen[0]
    same = MLP.create([64, *hidden, classes], rng=4, dtype=np.float32)
    assert np.array_equal(net.theta, same.theta)
    train_set, test = digits()
    if classes == 2:
        assert set(learn.y) == {0, 1}
        assert len(learn.y) == np.sum(train_set.y < 2)
        test = test._replace(X=test.X[test.y < 2], y=test.y[test.y < 2])
    else:
        assert np.array_equal(learn.X, train_set.X)
    grown = arm.startswith("grown")
    assert (policy, pull, observe) == (LayerSpares(Rule(add=0.2)) if grown else None, 0.5, None)
    kept = [[k] * len(hidden) for k in (2, 3)] if grown else [[6]]
    assert found == {"accuracy": pytest.approx(right(same, test)), "loss": 0.125, "hidden": kept}


@pytest.mark.parametrize(
    ("arm", "layers", "pull"), [("weak pull", 1, 0.1), ("strong pull", 1, 0.7), ("fixed 2", 2, 0.1)]
)
def test_what_a_residual_network_of_each_arm_is_and_what_is_kept_of_it(monkeypatch, arm, layers, pull):
    same = Residual.create(64, 5, 10, layers, 5, rng=4)
    place = list(same.sizes).index("l")
    widths = np.arange(2 * len(same.sizes)).reshape(2, -1)
    seen = caught(monkeypatch, residual, {"widths": widths})
    found = residual.one(layered.Job("digits", arm, SAME, rate=0.02, seed=4))
    _, net, learn, policy, given, _ = seen[0]
    assert np.array_equal(net.theta, same.theta.astype(np.float32))
    assert net.theta.dtype == np.float32
    assert np.array_equal(learn.X, digits()[0].X)
    grown = arm.endswith("pull")
    assert (policy, given) == (DepthSpares() if grown else None, pull)
    assert found["depth"] == widths[:, place].tolist()[0 if grown else 1 :]
    assert found["accuracy"] == pytest.approx(right(net, digits()[1]))
    norms = residual.depth_norm(net)
    assert found["norms"] == [round(float(r), 3) for r in norms]
    assert len(norms) == layers


def test_points_of_a_task_are_drawn_by_the_seed_half_as_many_for_the_test():
    learn, test = areas.sets_of(layered.Job("spirals", "", SAME, seed=4))
    rng = np.random.default_rng([4, 5])
    assert np.array_equal(learn.X, areas.spirals(30, rng).X)
    assert np.array_equal(test.X, areas.spirals(15, rng).X)
    learn, test = areas.sets_of(layered.Job("spirals", "", SAME, seed=4, held=True))
    assert (len(learn.y), len(test.y)) == (24, 6)
    assert np.array_equal(areas.sets_of(layered.Job("digits", "", SAME, seed=4))[1].X, digits()[1].X)


def test_points_of_a_spiral_follow_its_equation():
    found, rng = areas.spirals(7, np.random.default_rng(2)), np.random.default_rng(2)
    r, noise = rng.uniform(0.1, 1, 7), rng.standard_normal((7, 2))
    for i, (x, y) in enumerate(found.X - 0.02 * noise):
        turn = 2 * np.pi * (1.5 * r[i] + (i % 3) / 3)
        assert (x, y) == (
            pytest.approx(2 * r[i] * np.cos(turn), abs=1e-6),
            pytest.approx(2 * r[i] * np.sin(turn), abs=1e-6),
        )
    assert found.X.dtype == np.float32


@pytest.mark.parametrize(
    ("arm", "data", "steps", "births"),
    [("areas", "spirals", 1, 0.25), ("no births", "digits", 1, 0.0), ("recurrent", "spirals", 3, 0.25)],
)
def test_what_a_network_of_areas_starts_as_and_what_is_kept_of_it(monkeypatch, arm, data, steps, births):
    events = [SimpleNamespace(before=b, after=a) for b, a in ((0, 1), (0, 1), (1, 0), (2, 3))]
    seen = caught(monkeypatch, areas, {"working": np.array([1, 2])}, events)
    job = layered.Job(data, arm, SAME, rate=0.02, seed=4)
    found = areas.one(job)
    _, net, learn, policy, pull, observe = seen[0]
    learned, test = areas.sets_of(job)
    ends = (2, 3) if data == "spirals" else (64, 10)
    same = areas.seedling(*ends, 5, steps, 4)
    assert np.array_equal(learn.X, learned.X)
    assert np.array_equal(net.theta, same.theta)
    assert (net.edges, net.steps, net.living) == (same.edges, steps, ("a3",))
    rule = Rule(delete=0.4, add=0.2, anytime=1e-3)
    assert policy == AreaSpares(rule, births)
    assert pull == 0.5
    assert observe(net) == {"working": len(net.living) - len(areas.spare_areas(net, rule))}
    assert found == {
        "accuracy": pytest.approx(right(net, test)), "parameters": net.parameters, "working": [1, 2], "depth": net.depth,
        "births": 2, "deaths": 1,
        "graph": {
            "sizes": {"a3": 1}, "level": net.paths,
            "edges": [edge for edge in net.edges if edge in {("a3", "x"), ("y", "a3"), ("y", "x")}],
        },
    }  # fmt: skip
    assert len(found["graph"]["edges"]) == 3


@pytest.mark.parametrize(
    ("arm", "data", "inner"), [("fixed 1", "spirals", 6), ("fixed 2", "digits", 1), ("fixed 0", "digits", 0)]
)
def test_a_chain_of_areas_has_the_parameters_of_one_area(monkeypatch, arm, data, inner):
    seen = caught(monkeypatch, areas, {})
    found = areas.one(layered.Job(data, arm, SAME, rate=0.02, seed=4))
    _, net, _, policy, pull, _ = seen[0]
    (d, k), number = (2, 3) if data == "spirals" else (64, 10), int(arm[-1])
    hidden = {"spirals": 6, "digits": 2}[data]
    assert np.array_equal(net.theta, areas.chain(d, k, number, (d + 1) * hidden + (hidden + 1) * k, 4).theta)
    assert (policy, pull) == (None, 0.5)
    assert (found["working"], found["depth"], found["births"], found["deaths"]) == ([number], number, 0, 0)
    assert found["graph"] == {}
    assert net.sizes.get("a1", 0) == inner


def benches(arms, wide):
    """Answer every job so that all rates are tuned at .02 and the fixed arm `wide` is best."""

    def answer(job):
        n = int(job.arm.split()[1]) if job.arm.startswith("fixed") else wide
        return {"accuracy": -abs(np.log(job.rate / 0.02)) - abs(n - wide)}

    return noting(answer)


@pytest.mark.parametrize(
    ("module", "config", "more"),
    [
        (feedforward, {"sizes": [4, 8], "steps": 2450}, {"record": 49}),
        (residual, {"depths": [4, 8], "steps": 2450, "pulls": [0.1, 0.7]}, {"record": 49, "pulls": [0.1, 0.7]}),
    ],
    ids=["feedforward", "residual"],
)
def test_every_arm_is_tuned_and_measured_on_every_data_set(module, config, more):
    pmap, asked = benches(module.GROWN, 4)
    config = (
        module.QUICK | config | {"repeats": 2, "tuning": 1, "rates": [0.01, 0.02, 0.04], "data": ["digits", "mnist-1d"]}
    )
    found = module.run(config, 3, pmap).data
    cells = [(name, arm) for name in config["data"] for arm in module.GROWN]
    cells += [(name, f"fixed {n}") for name in config["data"] for n in (4, 8)]
    rows = [{"data": name, "arm": arm, "rate": 0.02, "edge": False} for name, arm in cells]
    assert [{key: row[key] for key in rows[0]} for row in found["rows"]] == rows
    assert {key: value for key, value in found.items() if key != "rows"} == {
        "overlap": {"digits": 0.25, "mnist-1d": 0.0}
    } | more
    judged = [job for _, job in asked if not job.held]
    assert [(job.data, job.arm, job.seed) for job in judged] == [(*cell, s) for cell in cells for s in (A, B)]
    assert {name for name, _ in judged[0].same} == set(config) - {"data", "rates"}
    assert module.run(config | {"steps": 20, "data": ["digits"]}, 3, pmap).data["record"] == 1


def test_areas_are_measured_on_tasks_and_data_sets_recurrent_ones_on_tasks_alone():
    pmap, asked = benches(areas.GROWN, 2)
    config = areas.QUICK | {"repeats": 2, "tuning": 1, "rates": [0.01, 0.02, 0.04], "data": ["digits"], "steps": 2450}
    found = areas.run(config, 3, pmap).data
    arms = ["areas", "no births", "fixed 0", "fixed 1", "fixed 2", "fixed 3"]
    cells = [(name, arm) for name in ("spirals", "digits") for arm in arms] + [("spirals", "recurrent")]
    assert [(row["data"], row["arm"], row["rate"]) for row in found["rows"]] == [(*cell, 0.02) for cell in cells]
    assert {key: value for key, value in found.items() if key != "rows"} == {
        "overlap": {"spirals": 0.0, "digits": 0.25}, "tasks": ["spirals"], "record": 49,
    }  # fmt: skip
    assert areas.run(config | {"steps": 20}, 3, pmap).data["record"] == 1
    assert {job.seed for _, job in asked if job.held} == {C}


def row(name, arm, accuracy, edge=False, **more):
    return {"data": name, "arm": arm, "accuracy": accuracy, "edge": edge, "rate": 0.01} | more


def test_claims_on_layers_measure_what_they_say():
    """The wide layer's median is 6, nearest among 4, 8, 32 in ratio is 8, and 32 is best but the largest: not known to be best."""
    rows = [
        row("digits", "grown", [90.0, 92.0, 94.0], hidden=[[[1, 9], [5, 9]], [[6, 9]], [[7, 9]]]),
        row("digits", "grown, two classes", [99.0] * 3, hidden=[[[2]], [[4]], [[9]]]),
        row("digits", "grown, two layers", [91.0, 92.0, 95.0], hidden=[[[2, 2]]] * 3),
        *(row("digits", f"fixed {H}", [a] * 3, hidden=[]) for H, a in ((4, 80.0), (8, 93.0), (32, 95.0))),
    ]
    data = {"overlap": {"digits": 0.0}, "rows": rows}
    wider, near, top, deep = feedforward.claims(data)
    assert "(6 against 4)" in wider.claim
    assert [one.measured for one in (wider, near, top, deep)] == pytest.approx([2, -1, -3, 2 / 3])
    assert "(8)" in near.claim
    assert "(32)" in top.claim
    assert [np.isnan(one.low) for one in (wider, near, top, deep)] == [False, False, True, False]
    for i, touched in ((0, [1, 2, 3]), (2, [2, 3]), (3, [2]), (4, [1, 2])):
        edged = [one | {"edge": i == j} for j, one in enumerate(rows)]
        found = feedforward.claims(data | {"rows": edged})
        assert [k for k in range(4) if np.isnan(found[k].low)] == touched, i


def test_claims_on_depth_measure_what_they_say():
    rows = [
        row("digits", "weak pull", [90.0, 92.0], depth=[[1, 5], [1, 6]]),
        row("digits", "strong pull", [91.0, 92.0], depth=[[1, 3], [1, 2]]),
        *(row("digits", f"fixed {n}", [a, a + 1], depth=[]) for n, a in ((1, 80.0), (2, 93.0), (4, 85.0))),
    ]
    data = {"overlap": {"digits": 0.0}, "rows": rows}
    found = residual.claims(data)
    assert [one.measured for one in found] == pytest.approx([-2.5, -2, 3, 0.5])
    assert not np.isnan([one.low for one in found]).any()
    for i, touched in ((0, [0]), (1, [1]), (2, []), (3, [0, 1, 3])):
        edged = [one | {"edge": i == j} for j, one in enumerate(rows)]
        found = residual.claims(data | {"rows": edged})
        assert [k for k in range(4) if np.isnan(found[k].low)] == touched, i
    found = residual.claims(data | {"rows": rows[:-1]})
    assert [k for k in range(4) if np.isnan(found[k].low)] == [0, 1, 3], (
        "the deepest is best: a deeper one might be better"
    )


def test_claims_on_areas_measure_what_they_say():
    def grown(name, arm, accuracy, working, depth, deaths, edge=False):
        return row(name, arm, accuracy, edge, working=[[0, w] for w in working], depth=depth, deaths=deaths)

    rows = [
        grown("spirals", "areas", [90.0, 94.0], [3, 1], [3, 2], [0, 2]), grown("digits", "areas", [80.0, 84.0], [1, 1], [1, 1], [0, 0]),
        grown("spirals", "no births", [60.0, 61.0], [1, 1], [1, 1], [0, 0]),
        grown("spirals", "recurrent", [91.0, 96.0], [1, 1], [1, 1], [0, 0]),
        *(row(name, f"fixed {n}", [a, a + 1]) for name in ("spirals", "digits") for n, a in ((1, 50.0), (2, 95.0))),
    ]  # fmt: skip
    data = {"overlap": {"spirals": 0.0, "digits": 0.25}, "tasks": ["spirals"], "rows": rows}
    found = areas_claims.claims(data)
    assert [one.measured for one in found] == pytest.approx([-3.5, 0.5, 0.5, 45, 31.5, 1.5, -13.5, 0, 0, 1, 1.5])
    for i, touched in ((0, [0, 4, 5]), (1, [6]), (2, [4]), (3, [5]), (4, [3]), (5, [0, 3]), (6, []), (7, [6])):
        edged = [one | {"edge": i == j} for j, one in enumerate(rows)]
        judged = areas_claims.claims(data | {"rows": edged})
        assert [k for k in range(11) if np.isnan(judged[k].low)] == touched, i


def test_the_interval_of_what_is_earlier_leaves_half_the_level_out_on_either_side():
    a, b = np.arange(97.0), np.arange(89.0) + 3.5
    found, rng = proposals_measures.earlier(a, b, 0.5), np.random.default_rng(0)
    drawn = [rng.multinomial(k, np.full(k, 1 / k), size=2000) / k for k in (97, 89)]
    shares = np.sort([[(x[:, None] * y * (a[:, None] < b)).sum()] for x, y in zip(*drawn, strict=True)], axis=0)[:, 0]
    low, high = np.interp([0.25 * 1999, 0.75 * 1999], np.arange(2000), shares)
    assert (found.low, found.high) == (pytest.approx(low, abs=1e-12), pytest.approx(high, abs=1e-12))
    assert found.value == np.mean(a[:, None] < b)
    near = np.interp([0.255 * 1999, 0.745 * 1999], np.arange(2000), shares)
    assert low < near[0] < near[1] < high, "one per cent more would be noticed"


def test_a_detail_is_judged_by_the_question_that_is_furthest_from_its_margin():
    def runs(a, b):
        return {task: [{"neurons": [n + i], "loss": [9.0]} for i in range(5)] for task, n in (("easy", a), ("hard", b))}

    for a, b, asked in ((20.0, 64.0, "hard"), (29.0, 40.0, "easy"), (-1.0, -1.0, "easy"), (14.0, -90.0, "hard")):
        found = details.claims({"names": ["as listed", "other"], "runs": [runs(14.0, 14.0), runs(a, b)]})[1]
        assert f"({asked} text, neurons)" in found.claim


def test_of_nothing_but_ties_neither_is_earlier():
    found = proposals_measures.earlier([2, 2, 2], [2, 2], 0.05)
    np.testing.assert_array_equal(found, (0.5, np.nan, np.nan, 2, np.nan))
