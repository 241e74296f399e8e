"""The rule in feed-forward layers and residual layers: gradients, newborns, and that it stops where it should."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minigrow.differentiable_structure import Network, Residual, Rule, prune
from minigrow.differentiable_structure.layers import SLOW, LayerSpares, grow_layer, layer_norm, prune_layer
from minigrow.differentiable_structure.residual import DepthSpares, depth_norm, grow_depth, prune_depth
from minigrow.growth import Plan, accept, load, save, snapshot, start, train
from minigrow.growth.plan import Context
from minigrow.nn import MLP, Pull, RMSProp, accuracy, complex_step, deviation
from minigrow.nn.optimisers import State
from minigrow.nn.wrappers import bind

seeds = st.integers(0, 2**32 - 1)
GREEDY = Rule(threshold=99, spares=0, delete=1, add=0, anytime=0)
FAST = Pull(RMSProp(rate=0.01, clip=1e-3), 1e-5)


def blobs(n=90):
    rng = np.random.default_rng(0)
    y = np.arange(n) % 3
    return rng.standard_normal((n, 4)) * 0.3 + np.eye(4)[y] * 3, y


def context(rng):
    return Context(0, 0, rng, None, None, "softmax", None)


def test_layers_grow_and_learn():
    X, y = blobs()
    plan = Plan(epochs=150, batch=40, every=1, policies=(LayerSpares(),), quiet=True)
    run = train(start(MLP.create([4, 1, 3], rng=0), FAST, rng=0), X, y, plan)
    assert run.net.widths[1] > 1
    assert run.history["loss"][-1] < 0.3 * run.history["loss"][0]
    assert {event.space for event in run.history.events} == {"h1"}


def test_pull_leaves_the_first_weights_and_biases_alone():
    net = MLP.create([3, 4, 4, 2], rng=0)
    before, optimiser = (
        net.params | {name: array.copy() for name, array in net.params.items()},
        SLOW._replace(amount=0.5),
    )
    bind(optimiser, net, np.zeros_like(net.theta), "softmax").update(State(0, (np.ones_like(net.theta),)))
    for name, array in net.params.items():
        pulled = 0.5 if name in ("W2", "W3") else 0.0
        np.testing.assert_allclose(before[name] - array, pulled * np.sign(before[name]), atol=1e-15)


@given(seeds)
def test_memories_and_weights_stay_with_their_neurons(seed):
    rng = np.random.default_rng(seed)
    net = MLP.create([3, 6, 5, 2], rng=rng)
    run = start(net, SLOW, rng=0)._replace(state=State(0, (np.abs(net.theta),)))
    policy = LayerSpares(Rule(threshold=3.0, spares=1, delete=0.4, add=0.5, anytime=0.3, memory=-1.0))
    for _ in range(10):
        run = accept(run, *policy(run.net, context(rng)))
    s, theta = run.state.slots[0], run.net.theta
    assert min(run.net.widths) >= 1
    assert np.array_equal(s[s >= 0], np.abs(theta[s >= 0]))


@given(seeds, st.integers(0, 1))
def test_newborn_has_threshold_norm(seed, layer):
    rng = np.random.default_rng(seed)
    grown, event = grow_layer(MLP.create([3, 4, 5, 2], rng=rng), layer, rng=rng)
    assert layer_norm(grown, layer)[-1] == pytest.approx(0.05, rel=1e-14)
    assert (event.space, event.memory) == (f"h{layer + 1}", 0.01)


def test_a_newborn_hears_little_has_no_bias_and_brings_its_own_memory_and_the_others_keep_theirs():
    """The spread of 10 000 draws of N(0, .01^2) is within 4 standard errors, 4 / sqrt(2 * 10 000) of it."""
    net = MLP.create([10_000, 3, 4], rng=0)
    run = start(net, SLOW, rng=0)._replace(state=State(0, (np.abs(net.theta) + 1,)))
    run = accept(run, *grow_layer(net, 0, rng=1))
    p, memory = run.net.params, run.net.with_theta(run.state.slots[0]).params
    assert p["W1"][-1].std() == pytest.approx(0.01, rel=0.029)
    assert abs(p["W1"][-1].mean()) < 4 * 0.01 / 100
    assert p["b1"][-1] == 0
    assert len(set(np.sign(p["W2"][:, -1]))) == 2, "outgoing weights have both signs"
    for name, old in net.params.items():
        same, theirs = (side[name][:, :3] if name == "W2" else side[name][: len(old)] for side in (p, memory))
        assert np.array_equal(same, old)
        assert np.array_equal(theirs, np.abs(old) + 1)
    assert [set(memory[name][own].ravel()) for name, own in (("W1", 3), ("b1", 3), ("W2", np.s_[:, 3]))] == [{0.01}] * 3


def test_wrong_layers_are_refused():
    net = MLP.create([3, 4, 2], rng=0)
    for act in (lambda: layer_norm(net, 1), lambda: grow_layer(net, -1, rng=0), lambda: prune_layer(net, 2, [0])):
        with pytest.raises(ValueError, match="layer must be"):
            act()
    with pytest.raises(ValueError, match=r"depth must be in 0\.\.1"):
        grow_depth(Residual.create(4, 8, 3, 1, 5, rng=0), 2, rng=0)


def test_a_layer_keeps_its_last_neuron_but_all_residual_layers_may_go():
    rng, net = np.random.default_rng(0), MLP.create([3, 6, 5, 2], rng=0)
    assert LayerSpares(GREEDY)(net, context(rng))[0].widths == (3, 1, 1, 2)
    deep = Residual.create(4, 8, 3, layers=4, neurons=5, rng=0)
    run = accept(start(deep, SLOW, rng=0), *DepthSpares(GREEDY)(deep, context(rng)))
    assert run.net.sizes["l"] == 0
    assert run.net.sizes["k"] == 5
    assert run.net(np.ones((2, 4))).shape == (2, 3)
    again = accept(run, *grow_depth(run.net, 0, rng=0))
    assert again.net.params["W"].shape == (1, 5, 8)


@given(seeds, st.integers(0, 3))
def test_residual_gradient_equals_complex_step(seed, layers):
    rng = np.random.default_rng(seed)
    net = Residual.create(3, 4, 3, layers, 2, rng=rng)
    net = net.with_theta(0.7 * rng.standard_normal(net.theta.size))
    X, y = rng.standard_normal((5, 3)), rng.integers(3, size=5)
    expected = complex_step(lambda theta: net.with_theta(theta).gradient(X, y)[0], net.theta)
    assert deviation(net.gradient(X, y)[1], expected) < 1e-12


def test_spare_residual_layers_do_nothing_and_come_and_go(tmp_path):
    X, y = blobs()
    net = Residual.create(4, 6, 3, layers=1, neurons=4, rng=0)
    silent = net.with_params(net.params | {"V": np.zeros((1, 6, 4))})
    assert np.array_equal(silent(X), prune_depth(net, [0])[0](X))
    lively = Rule(delete=0.5, add=0.5, anytime=0.05, most=5)
    plan = Plan(epochs=60, batch=40, every=1, policies=(DepthSpares(lively),), quiet=True, observe=snapshot)
    run = train(start(net, FAST, rng=0), X, y, plan)
    depth = run.history["widths"][:, 2]
    assert len(set(depth)) > 1
    assert max(depth) <= 5
    assert accuracy(run.net(X), y) > 0.9
    save(run, tmp_path / "run.npz")
    longer = plan._replace(epochs=65)
    again, straight = (train(r, X, y, longer) for r in (load(tmp_path / "run.npz", Residual), run))
    assert np.array_equal(again.net.theta, straight.net.theta)


def test_a_residual_layer_of_the_threshold_is_a_spare():
    net = Residual.create(4, 6, 3, layers=2, neurons=4, rng=0)
    net = net.with_params(net.params | {"V": np.stack([np.full((6, 4), 0.25), np.full((6, 4), 0.5)])})
    assert depth_norm(net).tolist() == [1.0, 2.0]
    kept, _ = DepthSpares(GREEDY._replace(threshold=1.0))(net, context(np.random.default_rng(0)))
    assert depth_norm(kept).tolist() == [2.0]
    event = prune_depth(net, [0])[1]
    assert (event.neurons, event.before, event.after) == (1, 2, 1)
    enough = GREEDY._replace(threshold=1.0, spares=1, add=1)
    assert DepthSpares(enough)(net, context(np.random.default_rng(0))) == (net, ()), "one spare is wanted, one is there"


def test_a_layer_in_the_middle_brings_its_own_memory_and_leaves_the_others():
    net = Residual.create(4, 6, 3, layers=2, neurons=4, rng=0)
    run = start(net, SLOW, rng=0)
    run = accept(run._replace(state=State(0, (np.abs(net.theta) + 1,))), *grow_depth(net, 1, rng=1))
    memory = run.net.with_theta(run.state.slots[0]).params
    assert np.all(memory["V"][1] == 0.01)
    assert np.array_equal(memory["V"][[0, 2]], np.abs(net.params["V"]) + 1)
    assert np.array_equal(run.net.params["W"][[0, 2]], net.params["W"])
    assert depth_norm(run.net)[1] == pytest.approx(0.05, rel=1e-12)


def test_a_new_residual_layer_comes_at_any_depth():
    net, policy = Residual.create(4, 6, 3, layers=2, neurons=4, rng=0), DepthSpares(Rule(delete=0, anytime=1))
    births = [policy(net, context(np.random.default_rng(seed)))[1][0] for seed in range(20)]
    assert {event.recorded.sources for event in births} == {(-1, 0, 1), (0, -1, 1), (0, 1, -1)}


def test_the_pull_of_a_residual_net_is_on_V_alone():
    net = Residual.create(3, 4, 2, 1, 2, rng=0)
    before = {name: array.copy() for name, array in net.params.items()}
    step = bind(SLOW._replace(amount=0.5), net, np.zeros_like(net.theta), "softmax")
    step.update(State(0, (np.zeros_like(net.theta),)))
    assert np.array_equal(net.params["W"], before["W"])
    np.testing.assert_allclose(before["V"] - net.params["V"], 0.5 * np.sign(before["V"]))


def test_wires_join_the_stream_and_all_layers():
    net = Residual.create(3, 4, 2, 2, 5, rng=0)
    assert [(wire.to, wire.source, wire.W.shape) for wire in net.wires] == [
        ("m", "x", (4, 3)), ("u", "m", (10, 4)), ("m", "u", (4, 10)), ("y", "m", (2, 4)),
    ]  # fmt: skip
    X = np.random.default_rng(0).standard_normal((2, 3))
    p, (A, W, V, B) = net.params, (wire.W for wire in net.wires)
    x = np.tanh(X @ A.T + p["a"])
    for l in range(2):
        x = x + np.tanh(x @ W[5 * l : 5 * l + 5].T + p["b"][l]) @ V[:, 5 * l : 5 * l + 5].T
    np.testing.assert_allclose(x @ B.T + p["c"], net(X), rtol=1e-12)


def test_unfolded_the_stream_passes_one_layer_after_another():
    net = Residual.create(3, 4, 2, 2, 5, rng=0)
    (sizes, wires), p = net.unfolded, net.params
    assert sizes == {"x": 3, "m0": 4, "u1": 5, "m1": 4, "u2": 5, "m2": 4, "y": 2}
    expected = {("m0", "x"): p["A"], ("y", "m2"): p["B"]}
    for l in (1, 2):
        expected |= {(f"u{l}", f"m{l - 1}"): p["W"][l - 1], (f"m{l}", f"u{l}"): p["V"][l - 1]}
        expected |= {(f"m{l}", f"m{l - 1}"): np.eye(4)}
    assert len(wires) == len(expected)
    assert all(np.array_equal(wire.W, expected[wire.to, wire.source]) for wire in wires)


def test_cost_counts_every_layer():
    assert Residual.create(3, 4, 2, 2, 5, rng=0).cost == 4 * 3 + 2 * (5 * 4 + 4 * 5) + 2 * 4


@pytest.mark.parametrize("gone", [[99], [-1], [0.5], [[0]], ["a"]])
def test_only_what_is_there_can_be_pruned(gone):
    recurrent, layers = Network.create("ab", 3, rng=0), Residual.create(4, 8, 3, 2, 5, rng=0)
    for prune_it in (
        lambda: prune(recurrent, gone),
        lambda: prune_layer(MLP.create([4, 3, 2], rng=0), 0, gone),
        lambda: prune_depth(layers, gone),
    ):
        with pytest.raises(
            ValueError,
            match=r"some of the \d that are there, counted from 0|each of \w+ must be a whole number",
        ):
            prune_it()
    assert prune(recurrent, [])[0].neurons == prune(recurrent, [1, 1])[0].neurons + 1 == 3
