"""What wraps an optimiser: one step by hand, nesting, any ranges, and descriptions that come back."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minigrow import isotropic
from minigrow.nn import L1, MLP, SGD, Adam, AdamW, Momentum, Pull, RMSProp
from minigrow.nn.optimisers import OPTIMISERS, Adagrad, checked, start
from minigrow.nn.spaces import entries
from minigrow.nn.wrappers import ORDERS, RATE, Bound, Clip, Floor, Span, bind, described, restored

RNG = np.random.default_rng(0)
X, Y = RNG.standard_normal((6, 4)), RNG.integers(2, size=6)
RULES = [cls(rate=0.01) for cls in OPTIMISERS.values() if hasattr(cls, "update")]


@dataclass(frozen=True, eq=False)
class WeightsOnly(MLP):
    """Decay and prices act on the weight matrices: the ranges do not lead, and b1 stands between."""

    @cached_property
    def decayed(self):
        return ("W1", "W2")

    @cached_property
    def priced(self):
        return ("W2",)


def net(cls=MLP, seed=0):
    drawn = MLP.create([4, 3, 2], rng=seed)
    return cls(drawn.sizes, drawn.activation, drawn.theta + 0.1)


def stepped(optimiser, network, steps=1):
    """Copies of theta and state after some bound steps on one batch, and the loss that each step told."""
    network = network.with_theta(network.theta.copy())
    state, losses = start(optimiser, network.theta[: entries(network, network.trained)]), []
    gradient, update = bind(optimiser, network, np.empty_like(network.theta), "softmax")
    for _ in range(steps):
        losses.append(gradient(X, Y))
        state = update(state)
    return network, state, losses


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: type(rule).__name__)
@pytest.mark.parametrize("cls", [MLP, WeightsOnly])
@pytest.mark.parametrize("compiler", [True, False])
def test_a_bound_step_is_the_formula(rule, cls, compiler, monkeypatch):
    """`bind` hands the network's own ranges to the rule, with a compiler and without one; here `step` gets them by hand."""
    monkeypatch.setattr("minigrow.nn.wrappers.HAS_NUMBA", compiler)
    network, ranges = net(cls), {MLP: [[0, 23]], WeightsOnly: [[0, 12], [15, 21]]}[cls]
    theta, state = network.theta, start(rule, network.theta)
    for _ in range(3):
        theta, state = rule.step(state, theta, network.with_theta(theta).gradient(X, Y)[1], np.array(ranges))
    found, found_state, _ = stepped(rule, network, 3)
    np.testing.assert_allclose(found.theta, theta, rtol=1e-13, atol=1e-15)
    for a, b in zip(found_state.slots, state.slots, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-13, atol=1e-18)
    assert found_state.t == 3


def test_decay_leaves_alone_what_is_not_named():
    rule, network = AdamW(1e-12, weight_decay=1e11), net(WeightsOnly)
    found = stepped(rule, network)[0]
    for name, array in found.params.items():
        np.testing.assert_allclose(array, network.params[name] * (0.9 if name in ("W1", "W2") else 1), rtol=1e-9)


@pytest.mark.parametrize("rule", [SGD(0.1), RMSProp(0.01), Momentum(0.1)])
def test_a_pull_is_the_step_and_then_the_pull(rule):
    network = net()
    plain, _, losses = stepped(rule, network)
    pulled, _, told = stepped(Pull(rule, 0.003), network)
    W = plain.params["W2"]
    np.testing.assert_array_equal(pulled.params["W2"], W - 0.003 * np.sign(W))
    for name in ("W1", "b1", "b2"):
        np.testing.assert_array_equal(pulled.params[name], plain.params[name])
    assert losses == told


def test_a_pull_moves_no_zero():
    network = MLP((4, 3, 2), "tanh", np.dtype(float))  # hidden neurons say 0, so W2 has no gradient
    assert not stepped(Pull(SGD(0.1), 0.5), network)[0].params["W2"].any()


def test_a_price_is_part_of_the_gradient_and_not_of_the_loss():
    network = net(WeightsOnly)
    value, g = network.gradient(X, Y)
    price = np.zeros_like(g)
    price[15:21] = 0.02 * np.sign(network.theta[15:21])
    found, _, losses = stepped(L1(SGD(0.1), 0.02), network)
    np.testing.assert_allclose(found.theta, network.theta - 0.1 * (g + price), rtol=1e-14)
    assert losses == [value]


def test_a_price_goes_through_the_optimiser_and_a_pull_does_not():
    """Adam's first step is rate sign(g): a price drowns in it, a pull adds its amount whatever the slope."""
    network = net()
    plain = stepped(Adam(0.01), network)[0].params["W2"]
    priced = stepped(L1(Adam(0.01), 1e-9), network)[0].params["W2"]
    np.testing.assert_allclose(priced, plain, atol=1e-7)
    np.testing.assert_allclose(stepped(Pull(Adam(0.01), 1e-3), network)[0].params["W2"], plain - 1e-3 * np.sign(plain))


def test_wrappers_nest_in_either_order():
    network = net()
    _, g = network.gradient(X, Y)
    w = network.params["W2"].ravel()
    after = w - 0.1 * (g[15:21] + 0.02 * np.sign(w))
    expected = after - 0.003 * np.sign(after)
    for nested in (Pull(L1(SGD(0.1), 0.02), 0.003), L1(Pull(SGD(0.1), 0.003), 0.02)):
        np.testing.assert_allclose(stepped(nested, network)[0].theta[15:21], expected, rtol=1e-14)
        assert nested.rate == 0.1
        assert nested.orders == ()
    assert Pull(AdamW(), 0.1).orders == (1, 2)


def test_a_limit_clips_the_gradient_with_the_price_in_it():
    network = net(WeightsOnly)
    _, g = network.gradient(X, Y)
    price, limit = np.zeros_like(g), float(np.abs(g).max() / 3)
    price[15:21] = 0.02 * np.sign(network.theta[15:21])
    found = stepped(Clip(L1(SGD(0.1), 0.02), limit), network)[0]
    np.testing.assert_allclose(found.theta, network.theta - 0.1 * np.clip(g + price, -limit, limit), rtol=1e-14)
    assert np.sum(np.abs(g + price) > limit) > 2
    inside = stepped(L1(Clip(SGD(0.1), limit), 0.02), network)[0]
    np.testing.assert_allclose(inside.theta, network.theta - 0.1 * (np.clip(g, -limit, limit) + price), rtol=1e-14)


def test_a_floor_holds_priced_parameters_alone():
    network = net(WeightsOnly)
    plain = stepped(SGD(0.1), network)[0].params
    least = float(np.median(plain["W2"]))
    raised = stepped(Floor(SGD(0.1), least), network)[0].params
    np.testing.assert_array_equal(raised["W2"], np.maximum(plain["W2"], least))
    np.testing.assert_array_equal(raised["W1"], plain["W1"])
    assert plain["W2"].min() < least < plain["W2"].max()


@pytest.mark.parametrize("nested", [Clip(SGD(0.1), 2.0), Floor(Clip(L1(Adagrad(0.1), 0.1), 5.0), 0.025)])
def test_limits_and_floors_can_be_written_down(nested):
    assert restored(described(nested)) == nested
    assert nested.rate == 0.1


def test_only_what_is_trained_is_seen_by_the_rule():
    network = isotropic.Network.create([4, 3, 2], o="constant", psi="constant", rng=0)
    found, state, _ = stepped(Pull(Momentum(0.1), 0.01), network, 2)
    assert [len(slot) for slot in state.slots] == [entries(network, network.trained)]
    for name in ("psi1", "lambda"):
        np.testing.assert_array_equal(found.params[name], network.params[name])


class Warmup(NamedTuple):
    """A user's own wrapper: the step counts from the span that it is bound for."""

    inner: Any
    tags: tuple = ("a",)
    rate, orders = RATE, ORDERS

    def bind(self, net, g, loss, span):
        gradient, update = bind(self.inner, net, g, loss, span)

        def scaled(*batch):
            value = gradient(*batch)
            g[...] *= span.first + 1
            return value

        return Bound(scaled, update)


def test_a_wrapper_of_ones_own_knows_its_span():
    network = net()
    _, g = network.gradient(X, Y)
    changed = network.with_theta(network.theta.copy())
    gradient, update = bind(Warmup(SGD(0.1)), changed, np.empty_like(g), "softmax", Span(4, 9))
    gradient(X, Y)
    update(start(SGD(), g))
    np.testing.assert_allclose(changed.theta, network.theta - 0.5 * g, rtol=1e-13)


NESTED = st.recursive(
    st.sampled_from(RULES),
    lambda inner: st.builds(Pull, inner, st.floats(0, 1)) | st.builds(L1, inner, st.floats(0, 1)),
    max_leaves=4,
)


@given(NESTED)
def test_descriptions_come_back(optimiser):
    assert restored(described(optimiser)) == optimiser
    assert type(restored(described(optimiser))) is type(optimiser)


def test_descriptions_of_ones_own(monkeypatch):
    with pytest.raises(ValueError, match=r"got Warmup\. Add yours: minigrow\.nn\.optimisers\.OPTIMISERS"):
        described(Pull(Warmup(SGD()), 0.1))
    monkeypatch.setitem(OPTIMISERS, "warmup", Warmup)
    optimiser = Pull(Warmup(SGD(), ("x", "y")), 0.1)
    assert restored(described(optimiser)) == optimiser


@pytest.mark.parametrize(
    "bad", [None, [], ["sgd"], ["nothing", {}], ["sgd", {"speed": 1}], ["pull", {"inner": 3, "amount": 1}], 3, "sgd", [[], {}],
            ["sgd", 3]],
)  # fmt: skip
def test_no_such_optimiser(bad):
    with pytest.raises(ValueError, match="there is no such optimiser"):
        restored(bad)


def test_an_infinite_limit_is_no_limit():
    free = Clip(SGD(0.1), float("inf"))
    assert checked(free) == free
    np.testing.assert_array_equal(stepped(free, net())[0].theta, stepped(SGD(0.1), net())[0].theta)
    with pytest.raises(ValueError, match="limit must be > 0"):
        checked(Clip(SGD(0.1), 0.0))
