"""Isotropic experiments by hand, every job and every number of small cases: ablation, monitor, abundance, sparsification, criteria."""

from types import SimpleNamespace

import numpy as np
import pytest
from noting import SAME, SLOW, TEST, TRAIN, WIDE, A, B, as_drawn, caught, noting, pairs, right

from minigrow.experiments.isotropic import (
    ablation,
    abundance,
    common,
    criteria,
    monitor,
    sparsification,
)
from minigrow.experiments.isotropic.common import in_float64, network, tanh_network
from minigrow.experiments.isotropic.stages import spaced, stages
from minigrow.growth import Plan, start, train
from minigrow.growth.plan import Context
from minigrow.isotropic import Network, sparsify
from minigrow.isotropic.criteria import SCORES, scores
from minigrow.nn import AdamW

# --- what they share -----------------------------------------------------------------------------------------------------


def test_training_is_the_authors_unless_told(monkeypatch):
    monkeypatch.setattr(common, "train", lambda *given: given)
    net, plan = network([64, 3, 10], 4), Plan(epochs=3)
    run, X, y, told = common.trained(net, TRAIN, 7, plan)
    assert (run.net, run.optimiser, told) == (net, AdamW(rate=1e-3, weight_decay=1e-3), plan._replace(quiet=True))
    assert X is TRAIN.X
    assert y is TRAIN.y
    assert run.rng.bit_generator.state == np.random.default_rng(7).bit_generator.state
    assert common.trained(net, TRAIN, 7, plan, SLOW)[0].optimiser == SLOW


def test_networks_are_drawn_by_the_seed_in_float32():
    net = network([6, 4, 3], 5, o="constant", psi="none")
    assert np.array_equal(net.theta, Network.create([6, 4, 3], o="constant", psi="none", rng=5, dtype=np.float32).theta)
    other = tanh_network([6, 4, 3], 5)
    assert (other.activation, other.theta.dtype) == ("tanh", np.float32)
    W = other.params["W1"]
    np.testing.assert_allclose(W @ W.T, np.eye(4), atol=1e-6)


def test_how_far_logits_and_probabilities_are_apart():
    z, new = np.array([[3.0, 4.0], [0.0, 2.0]]), np.array([[3.0, 4.5], [0.0, 3.0]])
    assert common.deviation(z, new) == pytest.approx((10 + 50) / 2)
    p, q = (np.exp(v) / np.exp(v).sum(axis=1, keepdims=True) for v in (z, new))
    assert common.divergence(z, new) == pytest.approx(np.mean(np.sum(p * np.log(p / q), axis=1)))
    two = SimpleNamespace(z=z, new=new)
    assert common.moved_by(lambda X: two.z, lambda X: two.new, None) == (
        common.deviation(z, new),
        common.divergence(z, new),
    )


def test_stages_are_one_training():
    net, plan = network([64, 5, 10], 4), Plan(batch=30, every=2)
    found = list(stages(net, TRAIN, 7, [3, 8], plan, SLOW))
    straight = train(start(net, SLOW, rng=7), TRAIN.X, TRAIN.y, plan._replace(steps=8, quiet=True))
    assert np.array_equal(found[-1].net.theta, straight.net.theta)
    assert [run.step for run in found] == [3, 8]
    assert found[-1].history["step"].tolist() == [3, 8]


def test_stages_are_spaced_by_the_logarithm():
    assert spaced(1000, 4, 1) == [1, 10, 100, 1000]
    assert spaced(5, 3) == [5]
    assert spaced(40, 3) == [10, 20, 40]
    assert spaced(12, 9) == [10, 11, 12]


# --- ablation and monitor ------------------------------------------------------------------------------------------------


def test_a_silenced_neuron_hears_nothing_and_leaves_the_network_as_it_was():
    net = network([4, 3, 3, 3, 2], 0)
    net = net.with_params(net.params | {"psi1": np.arange(1.0, 4), "psi2": np.ones(3)})
    other = ablation.silenced(net, 1, 2)
    assert other.params["W2"][2].tolist() == [0, 0, 0]
    assert other.params["psi1"].tolist() == [1, 2, 0]
    assert other.params["psi2"].tolist() == [1, 1, 1]
    assert np.array_equal(other.params["W2"][:2], net.params["W2"][:2])
    assert net.params["W2"][2].any()
    assert net.params["psi1"].tolist() == [1, 2, 3]
    assert ablation.answers(net, 1, np.ones((5, 4), np.float32)).shape == (3, 5, 2)


def test_the_measures_of_two_neurons_by_hand():
    D = np.array([[3.0, 1.0, 0.0], [1.0, 0.0, 1.0], [0.0, 0.0, 0.0], [0.0, 2.0, 0.0]])
    share = np.array([4, 2, 2]) / 8
    weighted, plain, used = monitor.measures(D)
    assert weighted == pytest.approx(share @ [0.75, 0.5, 1])
    assert plain == pytest.approx(0.75)
    assert used == pytest.approx(np.exp(-share @ np.log(share)) / 4)
    assert monitor.measures(np.zeros((3, 4))) == [0.25, 0.25, 1.0]


def test_monitor_trains_both_networks_and_measures_the_isotropic_one_in_many_bases(monkeypatch):
    seen = caught(monkeypatch, monitor)
    found = monitor.one(monitor.Job("digits", pairs(width=5, steps=33, bases=2, **SAME), 4))
    net, other = network([64, 5, 5, 10], 4), tanh_network([64, 5, 5, 10], 4)
    assert [np.array_equal(one.net.theta, same.theta) for one, same in zip(seen, (net, other), strict=True)] == [
        True,
        True,
    ]
    assert [(one.seed, one.plan, one.optimiser) for one in seen] == [(4, Plan(steps=33, batch=9), SLOW)] * 2
    assert all(np.array_equal(one.data.X, TRAIN.X) for one in seen)
    net, other, rng = in_float64(net), in_float64(other), np.random.default_rng(4)
    drawn = [monitor.damage(ablation.in_random_basis(net, 1, rng), WIDE) for _ in range(2)]
    expected = [monitor.damage(ablation.in_singular_basis(net, 1), WIDE), drawn[0], monitor.damage(other, WIDE)]
    for name, D in zip(monitor.BASES, expected, strict=True):
        np.testing.assert_allclose(found["damage"][name], D, atol=1e-12)
    assert found["measures"][monitor.RANDOM] == pytest.approx(np.mean([monitor.measures(D) for D in drawn], axis=0))
    assert found["measures"][monitor.TANH] == pytest.approx(monitor.measures(expected[2]))
    assert found["measures"][monitor.SINGULAR] == pytest.approx(monitor.measures(expected[0]))
    assert found["accuracy"] == pytest.approx([right(net, WIDE), right(other, WIDE)])


def test_monitor_keeps_the_damage_of_the_first_repeat():
    def answer(job):
        x = job.seed % 7 + (job.data == "digits") + 1 / 3
        return {
            "measures": {b: [x, i, 1.0] for i, b in enumerate(monitor.BASES)},
            "damage": {b: [[x + i]] for i, b in enumerate(monitor.BASES)},
            "accuracy": [x, 2 * x],
        }

    pmap, asked = noting(answer)
    config = monitor.QUICK | {"repeats": 2, "data": ["mnist-1d", "digits"]}
    found = monitor.run(config, 3, pmap).data
    same = tuple((key, config[key]) for key in monitor.SAME)
    assert asked == [("one", monitor.Job(name, same, s)) for name in config["data"] for s in (A, B)]

    def x(name, s, digits=5):
        return float(f"{s % 7 + (name == 'digits') + 1 / 3:.{digits}g}")

    assert found == {
        "overlap": {"mnist-1d": 0.0, "digits": 0.25},
        "measured": {
            n: {b: [[x(n, s), i, 1] for s in (A, B)] for i, b in enumerate(monitor.BASES)} for n in config["data"]
        },
        "accuracy": {n: [[x(n, s), pytest.approx(2 * x(n, s), rel=1e-4)] for s in (A, B)] for n in config["data"]},
        "damage": {n: {b: [[x(n, A + 7 * i, 3) + i]] for i, b in enumerate(monitor.BASES)} for n in config["data"]},
    }


# --- abundance and sparsification ----------------------------------------------------------------------------------------

TRAINING = abundance.Training([2, 3, 4], 10, 9, 0.02, 0.3, "constant", "none")


def test_a_ramp_changes_both_hidden_layers_the_last_first():
    net, rng = network([6, 4, 7, 3], 0, np.float64), np.random.default_rng(0)
    ramp = abundance.Ramp(4, 6, 1, 3, 10)
    assert [ramp.width(epoch) for epoch in range(4)] == [4, 5, 6, 6]
    for step, width in ((9, 4), (10, 5), (29, 6)):
        context = Context(step, 0, rng, np.eye(6), None, "softmax", None)
        other, events = ramp(net, context)
        assert other.widths == (6, width, width, 3)
        assert [event.kind for event in events] == (["prune", "grow"] if width > 4 else ["prune"])
        assert {event.reason for event in events} == {"its turn in the timetable"}
        assert [event.neurons for event in events] == [7 - width, *([width - 4] if width > 4 else [])]
    assert ramp(network([6, 4, 4, 3], 0), context._replace(step=0))[1] == ()


def test_abundance_trains_at_the_first_width_with_a_ramp_to_the_last(monkeypatch):
    seen = caught(monkeypatch, abundance)
    job = abundance.Job("digits", 5, 7, 4, TRAINING)
    assert abundance.one(job) == pytest.approx(right(network([64, 5, 5, 10], 4, o="constant", psi="none"), TEST))
    assert as_drawn(seen[0].net, [64, 5, 5, 10], 4, o="constant", psi="none")
    policy = abundance.Ramp(5, 7, 2, 5, 10)
    assert seen[0].plan == Plan(steps=90, batch=9, policies=(policy,), every=10, record=10)
    assert (seen[0].seed, seen[0].optimiser) == (4, SLOW)
    assert np.array_equal(seen[0].data.X, TRAIN.X)


def test_abundance_tries_every_pair_of_widths_on_every_data_set():
    def number(job):
        return job.first / 3 + 10 * job.last + 100 * (job.data == "digits") + job.seed % 7

    pmap, asked = noting(number)
    config = abundance.QUICK | {"repeats": 2, "widths": [4, 6], "data": ["digits", "mnist-1d"]}
    found = abundance.run(config, 3, pmap).data
    training = abundance.Training(
        *(config[name] for name in ("epochs", "epoch", "batch", "rate", "weight_decay", "o", "psi"))
    )
    table = [
        [[[abundance.Job(name, a, b, s, training) for s in (A, B)] for b in (4, 6)] for a in (4, 6)]
        for name in config["data"]
    ]
    assert [job for _, job in asked] == [job for name in table for a in name for b in a for job in b]
    scores = [[[[float(f"{number(job):.5g}") for job in b] for b in a] for a in name] for name in table]
    assert found == {
        "widths": [4, 6], "overlap": {"digits": 0.25, "mnist-1d": 0.0}, "accuracy": dict(zip(config["data"], scores, strict=True)),
    }  # fmt: skip


def test_what_another_width_at_the_start_gains():
    """Of widths 1, 2, 3 the final one all along has 10, 20, 30; the others gain what is written here, one repeat."""
    gained = {(1, 2): 1.0, (1, 3): 2.0, (2, 3): 6.0, (2, 1): 0.5, (3, 1): 1.5, (3, 2): 4.0}
    table = [[[10.0 * b + gained.get((a, b), 0)] * 2 for b in (1, 2, 3)] for a in (1, 2, 3)]
    data = {"widths": [1, 2, 3], "overlap": {"x": 0.0}, "accuracy": {"x": table}}
    assert [claim.measured for claim in abundance.claims(data)] == pytest.approx([2, 1, 3])


def test_shares_of_parameters_above_the_threshold():
    net = network([2, 2, 2, 2, 2], 0, np.float64)
    net = net.with_params(
        net.params | {"W2": np.array([[1.0, -2e-4], [1e-4, 0]]), "W3": np.array([[0.0, 0.5], [3.0, -3]])}
    )
    assert sparsification.share(net, ["W2"]) == 50
    assert sparsification.share(net, ["W2", "W3"]) == 62.5
    assert sparsification.share(net, ["W2"], 0.5) == 25
    assert [sparsification.predicted(d, 4) for d in (2, 3, 4, 5)] == pytest.approx([25, 62.5, 50, 62.5])
    assert sparsification.predicted(4, 4, 96) == 75


def test_sparsification_trains_a_shape_and_turns_it(monkeypatch):
    seen = caught(monkeypatch, sparsification)
    same = pairs(threshold=0.05, **SAME)
    found = sparsification.one(sparsification.Job("digits", (3, 5, 21), same, 4))
    assert as_drawn(seen[0].net, [64, 5, 5, 5, 10], 4)
    assert (seen[0].seed, seen[0].plan, seen[0].optimiser) == (4, Plan(steps=21, batch=9), SLOW)
    net = in_float64(seen[0].net)
    sparse = sparsify(net)[0]
    for name, it in (("before", net), ("after", sparse)):
        assert found[f"all_{name}"] == sparsification.share(it, net.axes, 0.05)
        assert found[f"hidden_{name}"] == sparsification.share(it, ["W2", "W3"], 0.05)
    assert found["parameters"] == net.theta.size
    assert found["accuracy"] == pytest.approx(right(net, WIDE))
    assert (found["flipped"], found["epsilon"] < 1e-10, abs(found["kl"]) < 1e-10) == (0, True, True)
    assert len(found) == 9
    monkeypatch.setattr(
        sparsification, "sparsify", lambda net: (net.with_params(net.params | {"W4": -net.params["W4"]}), ())
    )
    other = sparsification.one(sparsification.Job("digits", (3, 5, 21), same, 4))
    z = net(WIDE.X)
    assert other["flipped"] == np.sum(z.argmax(axis=1) != z.argmin(axis=1))
    assert other["epsilon"] == pytest.approx(200)


def test_sparsification_trains_every_shape_on_every_data_set():
    pmap, asked = noting(
        lambda job: (
            {m: i + job.seed % 7 / 3 for i, m in enumerate(sparsification.MEASURES)} | {"parameters": job.shape[1]}
        )
    )
    config = sparsification.QUICK | {"repeats": 2, "shapes": [[2, 4, 5], [3, 6, 7]], "data": ["digits", "mnist-1d"]}
    found = sparsification.run(config, 3, pmap).data
    same = tuple((key, config[key]) for key in ("rate", "weight_decay", "batch", "o", "psi", "threshold"))
    cells = [(name, shape) for name in config["data"] for shape in config["shapes"]]
    assert asked == [("one", sparsification.Job(name, tuple(shape), same, s)) for name, shape in cells for s in (A, B)]
    assert found["rows"] == [
        {"data": name, "shape": shape, "parameters": shape[1]}
        | {m: [float(f"{i + s % 7 / 3:.5g}") for s in (A, B)] for i, m in enumerate(sparsification.MEASURES)}
        for name, shape in cells
    ]


# --- criteria ------------------------------------------------------------------------------------------------------------


def test_correlations_of_a_score_by_hand():
    score, harm = np.array([1.0, 2.0, 4.0]), {"epsilon": np.array([1.0, 4.0, 16.0]), "loss": np.array([3.0, 2.0, 1.0])}
    harm["accuracy"] = np.array([0.0, 5.0, 0.0])
    assert criteria.correlations(score, harm) == [1.0, -1.0, 0.0, 1.0]
    assert criteria.ranks(np.array([3.0, 1.0, 3.0, 3.0, 2.0])).tolist() == [4, 1, 4, 4, 2]
    flat = criteria.correlations(np.array([0.0, 2.0, 4.0]), harm | {"epsilon": np.array([0.0, 1.0, 2.0])})
    assert flat[3] == pytest.approx(1, abs=1e-3), "a zero counts as tiny, on both sides"


def test_criteria_score_the_neurons_of_the_singular_basis(monkeypatch):
    seen = caught(monkeypatch, criteria)
    found = criteria.one(criteria.Job("digits", 5, 33, pairs(**SAME), 4))
    assert as_drawn(seen[0].net, [64, 5, 5, 10], 4)
    assert (seen[0].seed, seen[0].plan, seen[0].optimiser) == (4, Plan(steps=33, batch=9), SLOW)
    net = ablation.in_singular_basis(in_float64(seen[0].net), 1)
    harm = criteria.damage(net, WIDE)
    X = TRAIN.X.astype(np.float64)
    assert list(found["found"]) == list(SCORES)
    for by in ("outgoing", "product", "activation", "optimal", "taylor"):
        expected = criteria.correlations(scores(net, 1, by, X, TRAIN.y), harm)
        assert found["found"][by] == pytest.approx(expected, abs=1e-6), by
    assert found["neurons"]["epsilon"] == pytest.approx(harm["epsilon"], rel=1e-3)
    assert found["neurons"]["sigma"] == pytest.approx(scores(net, 1, "sigma", X, TRAIN.y), rel=1e-3)
    assert found["neurons"]["product"] == pytest.approx(scores(net, 1, "product", X, TRAIN.y), rel=1e-3)
    assert all(len(f"{v:g}".replace(".", "").lstrip("0")) <= 4 for v in found["neurons"]["epsilon"])


def test_criteria_keep_the_neurons_of_the_widest_network():
    def number(job, by):
        return job.width / 3 + job.seed % 7 + len(by)

    pmap, asked = noting(
        lambda job: {"found": {by: [number(job, by)] * 4 for by in SCORES}, "neurons": (job.data, job.width, job.seed)}
    )
    config = criteria.QUICK | {"repeats": 2, "widths": [4, 6], "steps": 5, "data": ["digits", "mnist-1d"]}
    found = criteria.run(config, 3, pmap).data
    same = tuple((key, config[key]) for key in ("rate", "weight_decay", "batch", "o", "psi"))
    table = {name: [[criteria.Job(name, w, 5, same, s) for s in (A, B)] for w in (4, 6)] for name in config["data"]}
    assert asked == [("one", job) for rows in table.values() for row in rows for job in row]
    assert found == {
        "widths": [4, 6],
        "overlap": {"digits": 0.25, "mnist-1d": 0.0},
        "measured": {
            name: {by: [[[float(f"{number(job, by):.4g}")] * 4 for job in row] for row in rows] for by in SCORES}
            for name, rows in table.items()
        },
        "neurons": {name: (name, 6, A) for name in config["data"]},
    }
