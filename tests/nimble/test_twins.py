"""Width, scaling, classes and ablation: small runs from end to end, every claim on hand-made data, parts against witnesses."""

import json

import numpy as np
import pytest

from minigrow.experiments import protocol
from minigrow.experiments.nimble import ablation, classes, scaling, twins, width
from minigrow.growth import History
from minigrow.growth.files import plain

SMALL = {
    width: width.QUICK | {
        "repeats": 2, "bessel_points": 40, "bessel_steps": 60, "mixture_points": 40, "mixture_steps": 60,
        "spiral_points": 60, "steps": 5, "data": ["digits"],
    },
    classes: classes.QUICK | {"repeats": 2, "points": 60, "steps": 5, "data": ["digits"]},
    ablation: ablation.QUICK | {"repeats": 2, "width": 4, "points": 60, "epochs": 150},
}  # fmt: skip


def inline(f, jobs):
    return [f(job) for job in jobs]


def backwards(f, jobs):
    return [f(job) for job in reversed(jobs)][::-1]


@pytest.mark.parametrize("module", SMALL, ids=lambda module: module.__name__.rsplit(".", 1)[1])
def test_from_end_to_end(module, tmp_path):
    outcome = module.run(SMALL[module], 0, inline)
    assert plain(outcome.data) == plain(module.run(SMALL[module], 0, backwards).data), (
        "who runs which job must not matter"
    )
    found = module.claims(outcome.data)
    again = json.loads(json.dumps(plain(outcome.data), allow_nan=False))
    assert [c.verdict for c in module.claims(again)] == [c.verdict for c in found], "claims need the data alone"
    module.draw(outcome.data, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(module.FIGURES)
    assert all(path.stat().st_size > 10_000 for path in tmp_path.iterdir())
    assert protocol.problems(module) == []
    assert set(module.QUICK) == set(module.FULL)


def test_a_folder_takes_the_place_of_the_data_sets(tmp_path):
    rng = np.random.default_rng(0)
    np.save(tmp_path / "X.npy", rng.standard_normal((60, 3)))
    np.save(tmp_path / "y.npy", np.arange(60) % 3)
    config = SMALL[classes] | {"data": [str(tmp_path)], "arms": [3]}
    outcome = classes.run(config, 0, inline)
    assert outcome.data["tasks"][str(tmp_path)]["classes"] == [2, 3], "no more classes than there are"
    assert len(classes.claims(outcome.data)) == 4
    found = width.run(SMALL[width] | {"data": [str(tmp_path)], "arms": [3]}, 0, inline)
    assert str(tmp_path) in found.data["tasks"]


SHAKE = np.array([-0.02, -0.01, 0.0, 0.01, 0.02])
NOISE = np.array([-0.5, 0.6, -0.4, 0.5, -0.2])


def task(growing, static, noise=SHAKE, edge=False, overlap=0.0, widths=(4, 16, 64)):
    """Return a task whose errors are given per width, with multiplicative noise over five repeats, not the same in both twins."""

    def side(values, sign):
        return {"edge": [edge] * len(widths), "error": [list(v * np.exp(sign * noise)) for v in values]}

    return {"widths": list(widths), "overlap": overlap, "growing": side(growing, 1), "static": side(static, -1)}


def verdicts(module, name, found, **more):
    return [claim.verdict for claim in module.claims({"tasks": {name: found}, "range": [4, 64]} | more)]


@pytest.mark.parametrize("name", ["bessel", "mixture 0.1", "spirals 3", "digits"])
def test_width_claims_hold_are_refuted_and_are_undecided(name):
    assert verdicts(width, name, task([8, 4, 2], [16, 8, 4]))[:2] == ["holds"] * 2
    assert verdicts(width, name, task([16, 8, 4], [8, 4, 2]))[:2] == ["refuted"] * 2
    assert verdicts(width, name, task([8, 4, 2], [8, 4, 2], NOISE))[:2] == ["undecided"] * 2
    assert verdicts(width, name, task([8, 4, 4], [80, 40, 2]))[:2] == ["holds", "refuted"]
    assert verdicts(width, name, task([8, 4, 2], [16, 8, 4], edge=True))[:2] == ["undecided"] * 2
    worst = width.claims({"tasks": {name: task([8, 4, 4], [80, 40, 2])}, "range": [4, 64]})[1]
    assert "at width 64" in worst.unit


def test_overlapping_splits_widen_the_interval():
    apart, shared = (task([8, 4, 2], [16, 8, 4], NOISE, overlap=share) for share in (0.0, 0.25))
    one, two = (width.claims({"tasks": {"digits": found}, "range": [4, 64]})[0] for found in (apart, shared))
    assert two.high - two.low > 1.4 * (one.high - one.low)


def powers(exponent, widths=(4, 16, 64)):
    return [float(w) ** exponent for w in widths]


def test_scaling_claims_hold_are_refuted_and_are_undecided():
    """Order of the claims: growing falls, growing is a power law, static falls, static is a power law, growing no worse."""
    assert verdicts(scaling, "bessel", task(powers(-0.8), powers(-0.8))) == ["holds"] * 5
    assert verdicts(scaling, "bessel", task(powers(0.5), powers(0.3)))[::2] == ["refuted"] * 3
    bent = task([1, 3, 1], [1, 3, 1])
    assert verdicts(scaling, "bessel", bent)[1::2] == ["refuted"] * 2
    crooked = task(powers(-0.1), powers(-0.1))
    for rule, sign in (("growing", 1), ("static", -1)):
        crooked[rule]["error"] = [list(np.exp(sign * np.roll(NOISE, j))) for j in range(3)]
    assert verdicts(scaling, "bessel", crooked) == ["undecided"] * 5
    assert verdicts(scaling, "bessel", task(powers(-0.8), powers(-0.8), edge=True)) == ["undecided"] * 5


def test_two_widths_are_always_on_a_line_and_decide_nothing():
    found = task(powers(-0.8, (4, 16)), powers(-0.8, (4, 16)), widths=(4, 16))
    assert verdicts(scaling, "bessel", found) == ["holds", "undecided", "holds", "undecided", "holds"]


def test_slopes_are_those_of_polyfit_and_of_the_range_alone():
    rng = np.random.default_rng(0)
    widths = (2, 4, 8, 16, 32, 64, 128)
    found = task(np.exp(rng.standard_normal(7)), np.exp(rng.standard_normal(7)), NOISE, widths=widths)
    found["growing"]["error"] = np.exp(rng.standard_normal((7, 5))).tolist()
    slopes = scaling.slopes(found, [4, 64])
    each = {
        rule: [np.polyfit(np.log(widths[1:6]), np.log(np.array(found[rule]["error"])[1:6, i]), 1)[0] for i in range(5)]
        for rule in twins.RULES
    }
    for rule in twins.RULES:
        assert slopes[rule].value == pytest.approx(np.mean(each[rule]), rel=1e-9)
    assert slopes["difference"].value == pytest.approx(np.mean(each["growing"]) - np.mean(each["static"]), rel=1e-9)
    x, y = np.log(widths), rng.standard_normal(7)
    assert scaling.line(np.array(widths), y)[1] == pytest.approx(np.corrcoef(x, y)[0, 1] ** 2, rel=1e-9)


def class_task(growing, static, noise=SHAKE, edge=False):
    def side(values, sign):
        return {"edge": [edge] * 3, "error": [[100 - v + sign * e for e in noise] for v in values]}

    return {"classes": [2, 4, 6], "overlap": 0.0, "growing": side(growing, 1), "static": side(static, -1)}


def test_classes_claims_hold_are_refuted_and_are_undecided():
    """Order of the claims: more accurate, falls no faster."""
    assert verdicts(classes, "digits", class_task([90, 85, 80], [85, 80, 75])) == ["holds"] * 2
    assert verdicts(classes, "digits", class_task([85, 78, 70], [90, 88, 87])) == ["refuted"] * 2
    shaken = class_task([90, 85, 80], [90, 85, 80], NOISE)
    shaken["growing"]["error"] = [list(10 + 5 * j + 6 * np.roll(NOISE, j)) for j in range(3)]
    assert verdicts(classes, "digits", shaken) == ["undecided"] * 2
    assert verdicts(classes, "digits", class_task([90, 85, 80], [85, 80, 75], edge=True)) == ["undecided"] * 2
    fine = classes.compared(class_task([90, 85, 80], [85, 80, 75]))
    assert fine["growing"].value == pytest.approx(-2.5)
    assert classes.slopes([2, 4, 7], np.array([[90.0, 70.0, 75.0]]))[0] == pytest.approx(
        np.polyfit([2, 4, 7], [90, 70, 75], 1)[0]
    )


def arms(noise=SHAKE, edge=False, **tests):
    found = dict.fromkeys(ablation.ARMS, 1.0) | tests
    return {
        name: {"rate": 1e-3, "edge": edge, "test": list(value * np.exp((-1) ** i * noise))}
        for i, (name, value) in enumerate(found.items())
    }


@pytest.mark.parametrize("pair", ablation.PAIRS, ids=lambda pair: pair[2])
def test_every_claim_of_the_ablation_holds_is_refuted_and_is_undecided(pair):
    a, b, words, _ = pair

    def told(ratio, **more):
        found = arms(**more)
        found[a]["test"] = list(ratio * np.exp(more.get("noise", SHAKE)))
        found[b]["test"] = list(np.exp(-more.get("noise", SHAKE)))
        return next(c for c in ablation.claims({"arms": found}) if c.claim == words)

    assert told(0.5).verdict == "holds"
    assert told(2.0).verdict == "refuted"
    assert told(1.0, noise=NOISE).verdict == "undecided"
    assert told(0.5, edge=True).verdict == "undecided"
    assert told(0.5).measured == pytest.approx(0.5)


def test_every_arm_is_in_a_claim():
    assert {name for a, b, *_ in ablation.PAIRS for name in (a, b)} == set(ablation.ARMS)


def test_ablation_verdict_is_plain():
    text = ablation.verdict(arms(growing=0.1, released=2.0, schedule=0.1, unseen=0.05))
    assert "Growing ends with 0.1 times the test error of the untuned static network (less than it)." in text
    assert text.endswith("Not clearly behind growing: schedule; unseen.")
    assert "released" in text.split("Clearly behind growing:")[1].split(".")[0]
    assert "not clearly different" in ablation.verdict(arms())


def test_arms_stop_at_equal_multiply_adds():
    growing, static = (
        ablation.one(ablation.Job(arm, 1e-3, 4, 60, 300, "fan_in_uniform", 0)) for arm in ("growing", "static")
    )
    assert static["epochs"] == 300
    assert 300 < growing["epochs"] <= 450
    assert ablation.one(ablation.Job("static, 2x longer", 1e-3, 4, 60, 300, "fan_in_uniform", 0))["epochs"] == 600


def test_a_row_over_budget_is_not_taken():
    rows = [{"epoch": i, "loss": 2.0 / i, "size_term": 1.0 / i, "validation_loss": 2.0 / i} for i in (1, 2, 3)]
    life = History(tuple(row | {"multiply_adds": 10 * row["epoch"]} for row in rows))
    assert ablation.at_budget(life, 20.0) == {"train": 0.5, "test": 1.0, "epochs": 2}
    assert ablation.at_budget(life, 29.9)["epochs"] == 2
    assert ablation.at_budget(life, 1e9)["epochs"] == 3


JOB = twins.Job("mixture 0.5", 4, "growing", 50, 20, None, "fan_in_uniform", rate=1e-2, seed=7)


@pytest.mark.parametrize("name", ["bessel", "mixture 0.5", "spirals 3", "digits"])
def test_twins_share_their_data_and_seeds_differ(name):
    a, b, c = (twins.parts(JOB._replace(task=name, **more)) for more in ({}, {"rule": "static"}, {"seed": 8}))
    assert all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))
    assert not np.array_equal(a.X_test, c.X_test)
    assert not set(map(bytes, a.X)) & set(map(bytes, a.X_test)), "no row is in both sets"


def test_tuning_never_sees_the_test_set():
    whole, held = (twins.parts(JOB._replace(task="mnist-1d", held=held)) for held in (False, True))
    test, train = set(map(bytes, whole.X_test)), set(map(bytes, whole.X))
    assert set(map(bytes, held.X)) | set(map(bytes, held.X_test)) == train
    assert not test & set(map(bytes, held.X_test))
    assert len(held.X) == round(0.8 * len(whole.X))


def test_first_classes_are_kept_in_both_sets():
    found = twins.parts(JOB._replace(task="digits", classes=3))
    assert sorted(set(found.y)) == sorted(set(found.y_test)) == [0, 1, 2]


def test_error_is_that_of_the_trained_network():
    from minigrow import nimble
    from minigrow.growth import Plan
    from minigrow.nn import Adam

    rows = twins.parts(JOB)
    net = nimble.controller([1, 4, 1], init="fan_in_uniform", rng=7)
    net = nimble.fit(rows.X, rows.y, net, rng=0, optimiser=Adam(1e-2), plan=Plan(20, None, "mse"))[0]
    assert twins.error(JOB) == pytest.approx(np.mean((net(rows.X_test) - rows.y_test) ** 2), rel=1e-12)
    spiral = JOB._replace(task="spirals 3", points=300, batch=16)
    assert 0 < twins.error(spiral) <= 100
    assert twins.error(spiral._replace(steps=0)) <= 100


def test_a_perfect_classifier_still_has_a_logarithm():
    easy = JOB._replace(task="digits", width=64, rule="static", classes=2, steps=400, batch=64)
    rows = len(twins.parts(easy).y_test)
    assert twins.error(easy) == pytest.approx(50 / rows)
