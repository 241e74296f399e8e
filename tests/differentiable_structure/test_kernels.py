"""The compiled kernels against their NumPy twins."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minigrow.differentiable_structure.batches import Text
from minigrow.differentiable_structure.fast import decide as compiled
from minigrow.differentiable_structure.fast import kernels
from minigrow.differentiable_structure.fast.engine import numbers
from minigrow.differentiable_structure.fast.room import fill, get, put
from minigrow.differentiable_structure.formulas import gradient
from minigrow.differentiable_structure.multipliers import LEARNING, Multiplied
from minigrow.differentiable_structure.network import Network
from minigrow.differentiable_structure.rule import SAFE, Rule, checked
from minigrow.differentiable_structure.spares import Decision, Spares, act, decide, surplus
from minigrow.growth import Plan, start
from minigrow.nn import L1, SGD, Adam, Pull, RMSProp
from minigrow.nn.optimisers import State
from minigrow.nn.params import views
from minigrow.nn.wrappers import Clip, bind

pytestmark = pytest.mark.kernels
seeds = st.integers(0, 2**32 - 1)


def drawn(rng, V, H, scale=0.5):
    net = Network.create("abcdefgh"[:V], H, rng=rng)
    net = net.with_theta(scale * rng.standard_normal(net.theta.size))
    return net, rng.uniform(0.01, 1, net.theta.size), np.tanh(rng.standard_normal(H))


def filled(net, memory, h, T=40, most=0):
    q = kernels.room(max(net.neurons, most), net.symbols, T)
    fill(q, net, memory, h)
    return q


@given(seeds, st.integers(1, 8), st.integers(1, 20), st.integers(1, 12))
def test_forward_and_backward_equal_numpy(seed, V, H, T):
    rng = np.random.default_rng(seed)
    net, memory, state = drawn(rng, V, H)
    x, y = rng.integers(V, size=(2, T)).astype(np.int32)
    loss, g, h = gradient(net, x, y, state)
    q = filled(net, memory, state, T)
    found = kernels.forward(q, H, x, y, 0)
    kernels.backward(q, H, x, 0)
    assert found == pytest.approx(loss, rel=1e-12, abs=1e-12)
    np.testing.assert_allclose(q.hs[T, :H], h, rtol=0, atol=1e-13)
    np.testing.assert_allclose(get(q.gE[:, :H], q.gW[:H, :H], q.gby), g, rtol=0, atol=1e-11 * max(1, np.abs(g).max()))
    assert not q.gE[:, H:].any()
    assert not q.hs[:, H:].any()


@given(seeds, st.integers(1, 5), st.integers(1, 20), st.sampled_from([0.0, 1e-3]))
def test_update_equals_the_wrapped_optimiser(seed, V, H, price):
    rng = np.random.default_rng(seed)
    (net, memory, h), optimiser = drawn(rng, V, H), Pull(L1(RMSProp(0.02, clip=0.01), price), 0.01)
    x, y = rng.integers(V, size=(2, 6)).astype(np.int32)
    q, g = filled(net, memory, h, 6), gradient(net, x, y, h)[1]
    put(views(g, net.shapes), q.gE[:, :H], q.gW[:H, :H], q.gby, q.gM[:H])
    kernels.update(q, H, numbers(optimiser, net))
    twin = net.with_theta(net.theta.copy())
    step = bind(optimiser, twin, np.empty_like(g), "softmax")
    step.gradient(x, y, h.copy())
    state = step.update(State(0, (memory.copy(),)))
    np.testing.assert_allclose(get(q.E[:, :H], q.W[:H, :H], q.by), twin.theta, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(get(q.mE[:, :H], q.mW[:H, :H], q.mby), state.slots[0], rtol=1e-11)


def test_the_engine_knows_which_optimisers_it_can_take():
    net = Network.create("ab", rng=0)
    assert numbers(RMSProp(0.1), net) == (0.1, 0.01, 1e-8, np.inf, 0, 0, np.inf, 0, 0)
    assert numbers(L1(RMSProp(0.1), 2.0), net).price == 2
    released = (0.1, 0, 1e-8, np.inf, 0, 40 * 3e-5, 5, 0.025, 2)
    assert numbers(LEARNING, Multiplied.create("ab", path="all", rng=0)) == released
    for unknown in (SGD(), Pull(Adam(), 1.0), L1(Pull(RMSProp(), 1.0), 1.0), L1(Clip(RMSProp(), 1.0), 1.0)):
        assert numbers(unknown, net) is None


def test_the_engine_runs_wherever_it_can_and_nowhere_else():
    """Twins that are compared with themselves would always agree."""

    def compiled_run(policies=(), every=1, optimiser=RMSProp(), dtype="float64"):  # noqa: B008 (a tuple of numbers)
        run = start(Network.create("ab", rng=0, dtype=dtype), optimiser, rng=0)
        plan = Plan(steps=1, policies=policies, every=every)
        return Text(np.zeros(9, np.int32), 4, np.zeros(1), 0.0).compiled(run, plan)

    assert compiled_run().rule.most == 0
    assert compiled_run((Spares(Rule(most=5)),)).rule.most == 5
    assert compiled_run(every=2) is not None
    for other in ({"policies": (Spares(), Spares())}, {"policies": (print,)}, {"policies": (Spares(),), "every": 2},
                  {"optimiser": SGD()}, {"dtype": "float32"}):  # fmt: skip
        assert compiled_run(**other) is None


@given(
    seeds,
    st.integers(1, 5),
    st.integers(1, 12),
    st.builds(
        Rule,
        threshold=st.floats(0, 3),
        spares=st.integers(0, 4),
        delete=st.sampled_from([0.0, 0.3, 1.0]),
        add=st.sampled_from([0.0, 0.5, 1.0]),
        anytime=st.sampled_from([0.0, 0.2]),
        most=st.integers(12, 14),
        newborn=st.just("released"),  # "printed": r = T_D to the last digit, and rounding would decide what is a spare
        safe=st.sampled_from(SAFE),
        memory=st.just(0.01),
    ),
)
def test_the_decision_equals_numpy_draw_for_draw(seed, V, H, chosen):
    rng = np.random.default_rng(seed)
    net, chosen = drawn(rng, V, H)[0], checked(chosen)
    compiled_draws, draws = np.random.default_rng(seed), np.random.default_rng(seed)
    for _ in range(10):
        H = net.neurons
        q, counts = filled(net, np.zeros_like(net.theta), np.zeros(H), most=chosen.most), np.zeros(7, np.int64)
        counts[compiled.H_] = H
        something = compiled.decide(q, counts, compiled.chances(chosen), compiled_draws, 0)
        expected = decide(net, chosen, draws)
        _, _, _, spares, pruned, born, chance = counts.tolist()
        found = Decision(q.marks[:pruned].tolist(), bool(born), spares, bool(chance))
        assert found._replace(by_chance=False) == expected._replace(pruned=sorted(expected.pruned), by_chance=False)
        assert found.by_chance == expected.by_chance or not found.born
        assert something == bool(found.pruned or found.born)
        net, _ = act(net, found, chosen, compiled_draws)
        act(net, Decision([], found.born, 0), chosen, draws) if found.born else None
        draws.bit_generator.state = compiled_draws.bit_generator.state
        assert 1 <= net.neurons <= chosen.most


def test_a_network_that_is_as_large_as_may_be_draws_nothing():
    chosen, draws = checked(Rule(threshold=0, add=1, anytime=1, most=3)), np.random.default_rng(0)
    net, before = drawn(draws, 2, 3)[0], draws.bit_generator.state
    q, counts = filled(net, np.zeros_like(net.theta), np.zeros(3)), np.array([3, 0, 0, 0, 0, 0, 0])
    assert not compiled.decide(q, counts, compiled.chances(chosen), draws, 0)
    assert draws.bit_generator.state == before


@pytest.mark.parametrize("safe", SAFE)
def test_the_same_spares_are_safe(safe):
    rule, spares = checked(Rule(spares=2, delete=1, safe=safe)), np.array([0, 2, 4, 5])
    marks = spares.copy()
    pruned = compiled.surplus(marks, 4, 6, compiled.chances(rule), np.random.default_rng(0))
    assert marks[:pruned].tolist() == sorted(surplus(spares, 6, rule, np.random.default_rng(0)))


def test_padding_stays_zero_when_a_room_is_filled_again():
    rng = np.random.default_rng(0)
    big, small = drawn(rng, 3, 12), drawn(rng, 3, 5)
    q = filled(*big)
    fill(q, *small)
    assert not q.E[:, 5:].any()
    assert not q.W[5:].any()
    assert not q.W[:, 5:].any()
    assert not q.mW[5:].any()
    assert not q.hs[0, 5:].any()
