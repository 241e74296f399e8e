"""The compiled kernels against their NumPy twins and against the C library."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minigrow.differentiable_structure import kernels, rule, structure, workspace
from minigrow.differentiable_structure import learning as learnings
from minigrow.differentiable_structure.hyperbolic import tanh
from minigrow.differentiable_structure.learning import Learning
from minigrow.differentiable_structure.network import Network, gradient
from minigrow.differentiable_structure.rule import Parts, Rule
from minigrow.nn.spaces import views

pytestmark = pytest.mark.kernels
seeds = st.integers(0, 2**32 - 1)


def random_parts(rng, V, H, scale=0.5):
    net = Network.create("abcdefgh"[:V], H, rng=rng)
    net = net.with_params(views(scale * rng.standard_normal(net.theta.size), net.shapes))
    s = rng.uniform(0.01, 1, net.theta.size)
    return Parts(net, s, np.tanh(rng.standard_normal(H)), np.arange(H, dtype=np.int64))


@given(seeds, st.floats(-12, 2))
def test_tanh_is_within_a_few_eps_of_the_library(seed, magnitude):
    z = 10**magnitude * np.random.default_rng(seed).standard_normal(200)
    assert np.max(np.abs(tanh(z) / np.tanh(z) - 1)) <= 8 * np.finfo(float).eps


def test_tanh_at_the_ends():
    assert np.array_equal(tanh(np.array([np.inf, -np.inf, 1e300, 0.0, -0.0])), [1, -1, 1, 0, 0])
    assert np.isnan(tanh(np.array([np.nan])))[0]


@given(seeds, st.integers(1, 8), st.integers(1, 20), st.integers(1, 12))
def test_forward_and_backward_equal_numpy(seed, V, H, T):
    rng = np.random.default_rng(seed)
    parts = random_parts(rng, V, H)
    x, y = rng.integers(V, size=(2, T)).astype(np.int32)
    loss, g, h = gradient(parts.net, x, y, parts.h)
    q = workspace.fill(parts, Learning(steps=T), None)
    found = kernels.forward(q, H, x, y)
    kernels.backward(q, H, x)
    assert found == pytest.approx(loss, rel=1e-12, abs=1e-12)
    np.testing.assert_allclose(q.hs[T, :H], h, rtol=0, atol=1e-13)
    np.testing.assert_allclose(
        workspace.get(q.gE[:, :H], q.gW[:H, :H], q.gby), g, rtol=0, atol=1e-11 * max(1, np.abs(g).max())
    )
    assert not q.gE[:, H:].any()
    assert not q.hs[:, H:].any()


@given(seeds, st.integers(1, 5), st.integers(1, 20), st.sampled_from([0.0, 1e-3]))
def test_update_equals_numpy(seed, V, H, in_gradient):
    rng = np.random.default_rng(seed)
    parts, c = random_parts(rng, V, H), Learning(pull=0.01, pull_in_gradient=in_gradient)
    g = rng.standard_normal(parts.s.size)
    net, s = learnings.update(parts.net, parts.s, g, c)
    q = workspace.fill(parts, c, None)
    workspace.put(views(g, parts.net.shapes), q.gE[:, :H], q.gW[:H, :H], q.gby)
    kernels.update(q, H, c)
    found = workspace.read(q, H, parts.net.alphabet)
    np.testing.assert_allclose(found.net.theta, net.theta, rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(found.s, s, rtol=1e-13)


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
        newborn=st.just(0.9),  # at 1, r = T_D to the last digit, and rounding would decide what is a spare
        memory=st.just(0.01),
    ),
)
def test_structural_step_equals_numpy_draw_for_draw(seed, V, H, chosen):
    rng = np.random.default_rng(seed)
    twin, chosen = random_parts(rng, V, H), rule.checked(chosen)
    q, counts = workspace.fill(twin, Learning(), chosen), np.array([H, 0, H, 0, 0], np.int64)
    compiled_draws, draws, born = np.random.default_rng(seed), np.random.default_rng(seed), H
    for _ in range(10):
        structure.restructure(q, counts, chosen, compiled_draws)
        twin, events = rule.restructure(twin, born, chosen, draws)
        born += sum(event.kind == "grow" for event in events)
    found = workspace.read(q, int(counts[0]), twin.net.alphabet)
    assert compiled_draws.bit_generator.state == draws.bit_generator.state
    assert np.array_equal(found.ids, twin.ids)
    assert 1 <= counts[0] <= chosen.most
    assert counts[2] - counts[4] == counts[0]
    assert np.array_equal(found.h, twin.h)
    assert np.array_equal(found.s, twin.s)
    np.testing.assert_allclose(found.net.theta, twin.net.theta, rtol=1e-13)
    assert not q.E[:, counts[0] :].any()
    assert not q.W[counts[0] :].any()
    assert not q.W[:, counts[0] :].any()
