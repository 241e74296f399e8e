"""The network: every activation, several layers, float32, the shared training loop, and what it refuses."""

import itertools

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from minigrow import growth, nimble
from minigrow.nimble.formulas import gradient
from minigrow.nimble.gates import neurons_on
from minigrow.nimble.rules import RULES
from minigrow.nn import SGD, Adam, complex_step, deviation
from minigrow.nn.activations import ACTIVATIONS
from minigrow.nn.check import central_step

NAMES = sorted(RULES)


def moved(net, s, seed=0):
    theta = net.theta + 0.2 * np.random.default_rng(seed).standard_normal(net.theta.size)
    theta[-1] = s
    return net.with_theta(theta)


@pytest.mark.parametrize("rule", ["growing", "scalar", "input_only", "unseen"])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_gradient_for_every_activation_and_two_hidden_layers(activation, rule):
    rng = np.random.default_rng(5)
    net = moved(nimble.controller([2, 5, 4, 3], rule, activation=activation, rng=rng), 0.43)
    X, y = rng.standard_normal((6, 2)), rng.integers(0, 3, 6)

    def loss(theta):
        return gradient(net.with_theta(theta), X, y, "softmax")[0]

    found = gradient(net, X, y, "softmax")[1]
    if ACTIVATIONS[activation].analytic:
        assert deviation(found, complex_step(loss, net.theta)) < 1e-13
    else:
        assert deviation(found, central_step(loss, net.theta)) < 1e-8


def test_outputs_written_out_neuron_by_neuron():
    net = nimble.auxiliary([2, 4, 1], goal=2, size=1.25, rng=0)
    p, x, N = net.params, np.array([0.3, -0.7]), 1.25
    theta = [1.0, np.sin(np.pi * 0.25 / 2) ** 2, 0.0, 0.0]
    y = p["b2"][0]
    for m in range(1, 5):
        h = np.tanh(p["b1"][m - 1] + N * p["w1"][m - 1] + x @ p["W1"][m - 1])
        y += p["W2"][0, m - 1] * theta[m - 1] * h
    assert net(x[None, :])[0, 0] == pytest.approx(y, rel=1e-14)


@pytest.mark.parametrize("rule", sorted(RULES))
def test_every_rule_written_out_neuron_by_neuron(rule):
    """Which gate each rule has, and that its neurons see s once or not at all."""
    s, auxiliary = 0.55, "auxiliary" in rule
    first = (
        nimble.auxiliary([2, 3, 1], goal=2, rule=rule, rng=0)
        if auxiliary
        else nimble.controller([2, 3, 1], rule, rng=0)
    )
    net = moved(first, s)
    on = np.sin(np.pi * s / 2) ** 2
    mask = [min(max(3 * on - i, 0.0), 1.0) for i in range(3)]
    gates = {"auxiliary": [on, 0.0, 0.0], "static": [1.0] * 3, "input_only": [1.0] * 3}
    gates |= {"growing": mask, "schedule": mask, "unseen": mask, "released": [on] * 3, "scalar": [on] * 3}
    p, x, seen = net.params, np.array([0.3, -0.7]), 0.0 if rule == "unseen" else s
    gamma = gates["auxiliary" if auxiliary else rule]
    y = p["b2"][0] + sum(
        p["W2"][0, i] * gamma[i] * np.tanh(p["b1"][i] + seen * p["w1"][i] + x @ p["W1"][i]) for i in range(3)
    )
    assert net(x[None, :])[0, 0] == pytest.approx(y, rel=1e-13)


def test_size_gradient_written_out_as_in_the_paper():
    rng = np.random.default_rng(2)
    net = nimble.auxiliary([1, 4, 1], goal=3, strength=0.2, size=2.6, rng=rng)
    p, N = net.params, 2.6
    X, t = rng.uniform(-1, 1, (7, 1)), rng.standard_normal((7, 1))
    delta, total = 2 * (net(X) - t)[:, 0] / 7, 0.0
    for m in range(1, 5):
        q = N - m + 1
        theta = 0.0 if q < 0 else (1.0 if q > 1 else np.sin(np.pi * q / 2) ** 2)
        slope = np.pi / 2 * np.sin(np.pi * q) if 0 <= q <= 1 else 0.0
        h = np.tanh(p["b1"][m - 1] + N * p["w1"][m - 1] + X[:, 0] * p["W1"][m - 1, 0])
        w3, w20 = p["W2"][0, m - 1], p["w1"][m - 1]
        total += np.sum(delta * (w3 * slope * h + w3 * theta * (1 - h * h) * w20))
    assert gradient(net, X, t)[1][-1] == pytest.approx(total + 2 * 0.2 * (N - 3), rel=1e-12)


def test_rules_say_what_the_size_follows():
    X, y = np.ones((3, 1)), np.zeros((3, 1))
    nets = {rule: moved(nimble.controller([1, 3, 1], rule, rng=0), 0.4) for rule in RULES if "auxiliary" not in rule}
    ds = {rule: gradient(net, X, y)[1][-1] for rule, net in nets.items()}
    own = 2 * 0.32 * (0.4 - 1)
    assert ds["released"] == ds["schedule"] == pytest.approx(own)
    assert all(abs(ds[rule] - own) > 1e-6 for rule in ("growing", "scalar", "input_only", "unseen"))
    for rule, net in nets.items():
        theta = net.theta.copy()
        net.with_theta(theta).params["w1"][...] += 1.0
        assert np.array_equal(net(X), net.with_theta(theta)(X)) == (rule == "unseen")
        assert net.decayed == ("W1", "w1", "b1", "W2", "b2")
        assert net.trained == net.decayed + (() if rule == "static" else ("s",))
    assert nimble.controller([1, 3, 1], "static", rng=0).s == 1.0


def test_float32_stays_float32():
    net = nimble.controller([2, 6, 1], rng=0, dtype=np.float32)
    X = np.random.default_rng(0).standard_normal((20, 2)).astype(np.float32)
    plan = growth.Plan(50, None, "mse", record=25)
    trained, history = nimble.fit(X, X[:, :1] ** 2, net, plan=plan)
    assert trained.theta.dtype == trained(X).dtype == np.float32
    assert gradient(net, X, X[:, :1])[1].dtype == np.float32
    assert history["loss"][-1] < history["loss"][0]


def test_shared_training_loop_trains_it_in_mini_batches_and_goes_on_bit_for_bit(tmp_path):
    rng = np.random.default_rng(0)
    X = rng.standard_normal((60, 2))
    y, net = (X[:, 0] > 0).astype(int), nimble.auxiliary([2, 6, 2], goal=4, strength=0.1, rng=1)
    plan = growth.Plan(epochs=6, batch=20, quiet=True, observe=lambda net: {"s": float(net.s)})
    whole = growth.train(growth.start(net, SGD(0.05), rng=3), X, y, plan)
    half = growth.train(growth.start(net, SGD(0.05), rng=3), X, y, plan._replace(epochs=3))
    growth.save(half, tmp_path / "half.npz")
    rest = growth.train(growth.load(tmp_path / "half.npz", nimble.Network), X, y, plan)
    assert np.array_equal(rest.net.theta, whole.net.theta)
    assert whole.history["s"][-1] > whole.history["s"][0] > 0


def test_change_of_basis_knows_its_axes():
    net = nimble.controller([2, 5, 1], "static", rng=0)
    order = [3, 1, 4, 0, 2]
    X = np.random.default_rng(0).standard_normal((4, 2))
    permuted = growth.moved(net, [growth.Move("h1", growth.permute(order))])
    np.testing.assert_allclose(permuted(X), net(X), rtol=1e-13)


def test_closed_neurons_may_be_appended_in_every_layer_and_nobody_notices():
    net = nimble.auxiliary([2, 4, 3, 1], goal=3, size=2.5, rng=0)
    moves = [growth.Move("h1", growth.append(4, 2)), growth.Move("h2", growth.append(3, 1))]
    wide, X = growth.moved(net, moves), np.random.default_rng(0).standard_normal((4, 2))
    assert (wide.widths, wide.active) == ((2, 6, 4, 1), {"h0": 2, "h1": 3, "h2": 3, "h3": 1})
    assert np.array_equal(wide(X), net(X))
    assert wide.cost == net.cost


def naive_cost(net):
    """Go through the layers and count what is between neurons that must be computed."""
    on, total = net.widths[0], 0
    for layer, m in enumerate(net.widths[1:]):
        before, on = on, m
        if layer < net.layers - 1 and net.parts.gate in ("step", "mask"):
            count = net.s if net.parts.gate == "step" else neurons_on(net.s, m)[0]
            on = int(np.clip(np.ceil(count), 0, m))
        total += on * before
    return total


@given(s=st.floats(-2, 12), widths=st.lists(st.integers(1, 12), min_size=3, max_size=5), rule=st.sampled_from(NAMES))
def test_cost_equals_its_naive_twin(s, widths, rule):
    make = nimble.auxiliary if rule.startswith("auxiliary") else nimble.controller
    net = make(widths, rule=rule, rng=0, **({"goal": 0} if rule.startswith("auxiliary") else {}))
    on = [neurons_on(s, m)[0] for m in net.widths[1:-1]] if net.parts.gate == "mask" else []
    assume(all(abs(p - round(float(p))) > 1e-12 for p in on))  # two sines may differ in the last digit
    net.params["s"][...] = s
    assert net.cost == naive_cost(net)
    if net.parts.gate != "scalar" and (s == 0 or s > 1e-9):
        active = list(net.active.values())
        assert net.cost == sum(a * b for a, b in itertools.pairwise(active)), (
            "and it is the cost between active neurons"
        )


@pytest.mark.parametrize(("rule", "s", "cost"), [("growing", 0.0, 0), ("growing", 1.0, 20), ("scalar", 0.0, 20)])
def test_cost_at_both_ends(rule, s, cost):
    net = nimble.controller([1, 10, 1], rule, rng=0)
    net.params["s"][...] = s
    assert net.cost == cost


def test_activations_are_the_inputs_what_gates_let_through_and_the_outputs():
    net, X = nimble.auxiliary([2, 9, 4, 1], goal=3, size=2.5, rng=0), np.ones((5, 2))
    said, p = net.activations(X), net.params
    assert {space: x.shape for space, x in said.items()} == {"h0": (5, 2), "h1": (5, 9), "h2": (5, 4), "h3": (5, 1)}
    expected = net.gates(0)[0] * np.tanh(X @ p["W1"].T + 2.5 * p["w1"] + p["b1"])
    np.testing.assert_allclose(said["h1"], expected, atol=1e-15)
    assert np.array_equal(said["h0"], X)
    assert np.array_equal(said["h3"], net(X))


def test_hidden_layers_are_counted_from_0_and_others_refused():
    net = nimble.auxiliary([2, 9, 4, 1], goal=3, size=2.5, rng=0)
    assert [len(net.gates(layer)[0]) for layer in (0, 1)] == [9, 4]
    assert {space: len(gamma) for space, gamma in net.gated.items()} == {"h1": 9, "h2": 4}
    assert np.array_equal(net.gated["h2"], net.gates(1)[0])
    for layer in (2, -1, 0.0):
        with pytest.raises(ValueError, match="layer must be a"):
            net.gates(layer)


def test_first_weights_are_spread_as_in_the_paper_where_nothing_else_is_said():
    assert np.array_equal(nimble.auxiliary(rng=0).theta, nimble.auxiliary(spread=1, rng=0).theta)


def test_the_step_is_as_wide_as_the_paper_has_it_where_nothing_else_is_said():
    net = nimble.auxiliary([2, 4, 1], goal=3, size=2.5, rng=0)
    plain = nimble.Network(net.sizes, net.activation, net.rule, net.goal, net.strength, net.theta)
    assert plain.delta == net.delta == 1.0


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (
            lambda: nimble.auxiliary([1, 9, 1], goal=10, rng=0),
            r"goal must be in 0..9, the neurons there can be, got 10",
        ),
        (lambda: nimble.auxiliary([1, 9, 1], goal=-1, rng=0), r"goal must be in 0..9"),
        (lambda: nimble.auxiliary([9, 3, 1], goal=5, rng=0), r"goal must be in 0..3"),
        (lambda: nimble.auxiliary([1, 9, 1], goal=float("nan"), rng=0), r"goal must be a number, got nan"),
        (lambda: nimble.auxiliary([1, 9, 1], size=9.5, rng=0), r"size must be in 0..9"),
        (lambda: nimble.auxiliary([1, 0, 1], goal=0, rng=0), r"each width must be a whole number >= 1, got 0"),
        (lambda: nimble.auxiliary([1, 1], rng=0), r"need a hidden layer"),
        (lambda: nimble.auxiliary([1, 9, 1], strength=-0.1, rng=0), r"strength \(lambda\) must be .* got -0.1"),
        (lambda: nimble.auxiliary(rule="growing", rng=0), r"rule of algorithm A must be one of auxiliary"),
        (lambda: nimble.controller([1, 9, 1], "auxiliary", rng=0), r"rule of algorithm B must be one of growing"),
        (lambda: nimble.controller([1, 9, 1], activation="sin", rng=0), r"activation must be one of"),
        (lambda: nimble.controller([1, 9, 1], strength=float("inf"), rng=0), r"strength"),
    ],
)
def test_bad_networks_are_refused_with_a_reason(make, says):
    with pytest.raises(ValueError, match=says):
        make()


def trial(**changes):
    rows = nimble.sample("cubic", np.random.default_rng(0))._replace(**changes.pop("rows", {}))
    rate = changes.pop("rate", 1e-3)
    plan = growth.Plan(10, None, "mse", record=5)._replace(**changes)
    return nimble.descend_all([nimble.auxiliary(rng=0)], [rows], plan, rate)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"loss": "softmax"}, "loss of a trial must be one of mse, binary"),
        ({"loss": "binary"}, "labels of the binary loss must be 0 or 1"),
        ({"rate": 0.0}, "rate must be a finite number > 0"),
        ({"rate": float("nan")}, "rate must be a number, got nan"),
        ({"epochs": 0}, "epochs must be a whole number >= 1"),
        ({"epochs": 7}, "multiple of record"),
        ({"record": 0}, "record must be a whole number >= 1"),
        ({"policies": (nimble.Gates(),)}, "a trial takes epochs, loss, record, quiet of a plan, got policies as well"),
        ({"batch": 16}, "got batch as well"),
        ({"steps": 5}, "got steps as well"),
        ({"rows": {"y": np.zeros((32, 2))}}, "targets must have the shape of the output"),
        ({"rows": {"y": np.zeros(32)}}, "y must be a matrix"),
        ({"rows": {"y": np.zeros((31, 1))}}, "as many rows"),
        ({"rows": {"X": np.zeros((32, 2))}}, "X must have 1 columns"),
        ({"rows": {"X": np.full((32, 1), np.nan)}}, "X must be finite"),
    ],
)
def test_bad_trials_are_refused_with_a_reason(changes, says):
    with pytest.raises(ValueError, match=says):
        trial(**changes)


def test_a_trial_whose_plan_names_no_interval_records_every_epoch():
    assert trial(record=None).traces.shape[:2] == (1, 11)


def test_trials_need_alike_networks_and_samples_for_each():
    rows = nimble.sample("cubic", np.random.default_rng(0))
    nets = [nimble.auxiliary(goal=goal, rng=0) for goal in (3, 4)]
    with pytest.raises(ValueError, match="alike networks"):
        nimble.descend_all(nets, [rows, rows], growth.Plan(10, None, "mse", record=10))
    with pytest.raises(ValueError, match="samples of its own"):
        nimble.descend_all(nets, [rows], growth.Plan(10, None, "mse", record=10))
    with pytest.raises(ValueError, match=r"call fit\(...\)"):
        nimble.descend_all(
            [nimble.auxiliary([1, 3, 3, 1], goal=1, rng=0)], [rows], growth.Plan(10, None, "mse", record=10)
        )


def test_bad_data_for_fit():
    net, x = nimble.controller([1, 3, 1], rng=0), np.zeros((4, 1))
    with pytest.raises(ValueError, match="y must have 1 columns"):
        nimble.fit(x, np.zeros((4, 2)), net)
    with pytest.raises(ValueError, match="0 or 1"):
        nimble.fit(x, np.full(4, 0.5), net, plan=growth.Plan(loss="binary", batch=None))
    with pytest.raises(ValueError, match="rate"):
        nimble.fit(x, x, net, optimiser=Adam(rate=-1.0))
    with pytest.raises(ValueError, match="epochs"):
        nimble.fit(x, x, net, plan=growth.Plan(epochs=-1, loss="mse"))
    with pytest.raises(ValueError, match="X must be a matrix"):
        nimble.fit(x[:, 0], x)
    with pytest.raises(ValueError, match=r"plan.loss must be one of mse, binary, softmax"):
        nimble.fit(x, x, plan=growth.Plan(loss="hinge"))
    with pytest.raises(ValueError, match="labels must name every class"):
        nimble.fit(x, [0, 2, 2, 0], plan=growth.Plan(loss="softmax"))
