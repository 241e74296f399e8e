"""The paper's first method: multipliers, against the plain network, the released numbers, and the compiled twin."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minigrow.differentiable_structure import Rule, easy, fit, grow, prune, sample, start, train
from minigrow.differentiable_structure.fast import kernels
from minigrow.differentiable_structure.fast.engine import numbers
from minigrow.differentiable_structure.fast.room import fill, get, put
from minigrow.differentiable_structure.multipliers import LEARNING, PATHS, RULE, Multiplied
from minigrow.differentiable_structure.rule import outgoing_norm
from minigrow.growth import Plan, accept, load, save
from minigrow.nn.optimisers import State
from minigrow.nn.params import views
from minigrow.nn.wrappers import bind

paths = pytest.mark.parametrize("path", PATHS)
seeds = st.integers(0, 2**32 - 1)


def drawn(seed, path, V=3, H=5):
    rng = np.random.default_rng(seed)
    net = Multiplied.create("abcdefgh"[:V], H, path=path, rng=rng)
    return net.with_theta(0.5 * rng.standard_normal(net.theta.size)), rng


def by_hand(net, x, y, h):
    """The loss of a chunk as the released programs write it, a loop over symbols."""
    p, loss = net.params, 0.0
    for a, b in zip(x, y, strict=True):
        heard = p["m"] * h if net.path == "all" else h
        h = np.tanh(p["Wxh"][:, a] + p["Whh"] @ heard + p["bh"])
        logits = p["Why"] @ (p["m"] * h) + p["by"]
        loss += np.log(np.exp(logits).sum()) - logits[b]
    return loss, h


@paths
def test_the_loss_is_that_of_the_released_program(path):
    net, rng = drawn(0, path)
    (x, y), h = rng.integers(3, size=(2, 9)), np.tanh(rng.standard_normal(5))
    loss, _, last = net.through_time(x, y, h)
    expected, state = by_hand(net, x, y, h)
    assert loss == pytest.approx(expected, rel=1e-13)
    np.testing.assert_allclose(last, state, rtol=1e-13)


@paths
def test_multipliers_of_one_are_the_plain_network(path):
    net = Multiplied.create("ab", 3, path=path, rng=0)
    assert np.array_equal(net.plain.theta, net.theta[:-3])
    assert np.array_equal(net("abba"), net.plain("abba"))


@paths
@pytest.mark.kernels
@given(seed=seeds, T=st.integers(1, 20), H=st.integers(1, 12))
def test_the_compiled_cycle_equals_the_readable_one(path, seed, T, H):
    net, rng = drawn(seed, path, H=H)
    (x, y), h = rng.integers(3, size=(2, T)).astype(np.int32), np.tanh(rng.standard_normal(H))
    q, memory = kernels.room(H, 3, T), rng.uniform(0.01, 1, net.theta.size)
    fill(q, net, memory, h)
    loss, g, last = net.through_time(x, y, h)
    c = numbers(LEARNING, net)
    assert kernels.forward(q, H, x, y, c.path) == pytest.approx(loss, rel=1e-12)
    kernels.backward(q, H, x, c.path)
    found = get(q.gE[:, :H], q.gW[:H, :H], q.gby, q.gM[:H])
    np.testing.assert_allclose(found, g, rtol=0, atol=1e-11 * max(1, np.abs(g).max()))
    np.testing.assert_allclose(q.hs[T, :H], last, rtol=0, atol=1e-13)
    put(views(g, net.shapes), q.gE[:, :H], q.gW[:H, :H], q.gby, q.gM[:H])
    kernels.update(q, H, c)
    twin, step_g = net.with_theta(net.theta.copy()), np.empty_like(g)
    step = bind(LEARNING, twin, step_g, "softmax")
    step.gradient(x, y, h.copy())
    state = step.update(State(0, (memory.copy(),)))
    np.testing.assert_allclose(get(q.E[:, :H], q.W[:H, :H], q.by, q.M[:H]), twin.theta, rtol=1e-11, atol=1e-13)
    np.testing.assert_allclose(get(q.mE[:, :H], q.mW[:H, :H], q.mby, q.mM[:H]), state.slots[0], rtol=1e-10)
    assert not q.M[H:].any()


def test_one_update_by_hand():
    """Adagrad from empty memories moves every entry by eta; the price alone decides for a multiplier without a gradient."""
    net = Multiplied.create("ab", 2, rng=0)
    net.params["m"][:] = (0.5, 0.06)
    net.params["Why"][...] = 0  # so no multiplier has a gradient of its own
    g = np.empty_like(net.theta)
    step = bind(LEARNING, net, g, "softmax")
    step.gradient(np.array([0]), np.array([1]), np.zeros(2))
    assert views(g, net.shapes)["m"] == pytest.approx([40 * 3e-5] * 2)
    step.update(State(0, (np.zeros_like(g),)))
    assert net.params["m"] == pytest.approx([0.4, 0.025], rel=1e-2)


def test_gradients_are_clipped_entry_by_entry():
    net, _ = drawn(0, "output")
    big = net.with_theta(net.theta * 30)
    g = np.empty_like(net.theta)
    bind(LEARNING, big, g, "softmax").gradient(np.zeros(40, int), np.ones(40, int), np.zeros(5))
    assert np.abs(g).max() == 5
    assert np.abs(big.gradient(np.zeros(40, int), np.ones(40, int), np.zeros(5))[1]).max() > 5


def test_a_newborn_is_the_released_one():
    run = start(Multiplied.create("()ab", 3, rng=0), rng=0, optimiser=LEARNING, memory=(0, 0))
    grown = accept(run, *grow(run.net, rng=0, rule=RULE))
    p = grown.net.params
    assert outgoing_norm(grown.net).tolist() == [1, 1, 1, 0.05]
    for weights in (p["Wxh"][3], p["Whh"][3], p["Why"][:, 3], p["Whh"][:, 3]):
        assert 0 < np.abs(weights).max() < 0.05
    assert p["bh"][3] == 0
    assert not grown.state.slots[0].any()
    assert prune(grown.net, [1])[0].params["m"].tolist() == [1, 1, 0.05]


@paths
def test_a_run_goes_through_births_and_deaths_and_a_checkpoint(path, tmp_path):
    text = easy(4000, rng=0)
    run = start(Multiplied.create("()ab", rng=0, path=path), rng=0, optimiser=LEARNING, memory=(0, 0))
    half = train(run, text, Plan(steps=400, record=100), rule=RULE)
    save(half, tmp_path / "run.npz")
    resumed = load(tmp_path / "run.npz", Multiplied)
    plan = Plan(steps=2000, record=100)
    whole, again = (train(each, text, plan, rule=RULE) for each in (half, resumed))
    assert np.array_equal(whole.net.theta, again.net.theta)
    assert {event.kind for event in whole.history.events} == {"grow", "prune"}
    assert whole.net.params["m"].min() >= 0.025
    assert whole.loss < 20
    assert whole.history["r"].shape == (20, max(whole.history["widths"][:, 1]))
    assert set(sample(whole.net, 50, rng=0)) <= set("()ab")


def test_a_path_that_there_is_not_is_refused():
    with pytest.raises(ValueError, match="path"):
        Multiplied.create("ab", path="inputs", rng=0)


def test_fit_takes_a_network_of_the_first_version():
    net, _ = fit(
        easy(900, rng=0), Multiplied.create("()ab", 2, rng=0), rng=0, plan=Plan(steps=20), rule=Rule(anytime=0)
    )
    assert net.priced == ("m",)
