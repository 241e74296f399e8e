"""Optimisers against closed forms and against loops written out number by number."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from minigrow.nn import L1, SGD, Adam, AdamW, Momentum, Nesterov, Pull, RMSProp
from minigrow.nn.optimisers import OPTIMISERS, Adagrad, State, checked, start

pytestmark = pytest.mark.kernels

FINITE = st.floats(-5, 5).filter(lambda g: g == 0 or abs(g) > 1e-3)
PLAIN = [cls for cls in OPTIMISERS.values() if hasattr(cls, "update")]  # what wraps one is in test_wrappers
GRADIENTS = arrays(np.float64, st.tuples(st.integers(1, 6), st.integers(1, 5)), elements=FINITE)
EACH = pytest.mark.parametrize("compiled", [False, True], ids=["formula", "compiled"])


def run(optimiser, theta, gradients, compiled, decayed=None):
    """Take one step for each row of gradients; return theta and state."""
    theta, state = theta.copy(), start(optimiser, theta)
    for g in gradients:
        if compiled:
            state = optimiser.update(state, theta, g.copy(), decayed)
        else:
            theta, state = optimiser.step(state, theta, g, decayed)
    return theta, state


def by_hand(kind, g, rate=0.1, beta=0.8, decay=0.0):
    """Return theta from 1, one number at a time, in the words of the papers."""
    theta, v, s = 1.0, 0.0, 0.0
    for t, g_t in enumerate(g):
        eta = rate / (1 + decay * t)
        v = beta * v + g_t
        s = beta * s + (1 - beta) * g_t**2
        theta -= {
            "sgd": eta * g_t,
            "momentum": eta * v,
            "nesterov": eta * (g_t + beta * v),
            "rmsprop": rate * g_t / math.sqrt(s + 1e-8),
        }[kind]
    return theta


@EACH
@given(gradients=GRADIENTS, decay=st.sampled_from([0.0, 0.5]))
def test_descent_and_its_momenta_by_hand(compiled, gradients, decay):
    for kind, optimiser in {
        "sgd": SGD(0.1, decay),
        "momentum": Momentum(0.1, 0.8, decay),
        "nesterov": Nesterov(0.1, 0.8, decay),
    }.items():
        theta, state = run(optimiser, np.ones(gradients.shape[1]), gradients, compiled)
        expected = [by_hand(kind, g, decay=decay) for g in gradients.T]
        np.testing.assert_allclose(theta, expected, rtol=1e-12, atol=1e-13)
        assert state.t == len(gradients)


@EACH
@given(gradients=GRADIENTS)
def test_rmsprop_by_hand(compiled, gradients):
    theta, _ = run(RMSProp(0.1, 0.8), np.ones(gradients.shape[1]), gradients, compiled)
    np.testing.assert_allclose(theta, [by_hand("rmsprop", g) for g in gradients.T], rtol=1e-11, atol=1e-12)


@EACH
@given(gradients=GRADIENTS, decayed=st.integers(0, 5))
def test_adamw_by_hand(compiled, gradients, decayed):
    n, decayed = gradients.shape[1], min(decayed, gradients.shape[1])
    theta, _ = run(AdamW(0.1, 0.5, 0.7, 0.9, 1e-3), np.ones(n), gradients, compiled, np.array([[0, decayed]]))
    expected = []
    for i in range(n):
        w, m, v = 1.0, 0.0, 0.0
        for t, g in enumerate(gradients[:, i], start=1):
            m, v = 0.7 * m + 0.3 * g, 0.9 * v + 0.1 * g * g
            w *= 1 - 0.1 * 0.5 if i < decayed else 1
            w -= 0.1 * (m / (1 - 0.7**t)) / (math.sqrt(v / (1 - 0.9**t)) + 1e-3)
        expected.append(w)
    np.testing.assert_allclose(theta, expected, rtol=1e-11, atol=1e-12)


@EACH
def test_weight_decay_touches_everything_unless_told(compiled):
    theta, _ = run(AdamW(0.1, 0.5), np.ones(3), np.zeros((1, 3)), compiled)
    np.testing.assert_allclose(theta, 0.95)
    theta, _ = run(AdamW(0.1, 0.5), np.ones(3), np.zeros((1, 3)), compiled, np.array([[0, 2]]))
    np.testing.assert_allclose(theta, [0.95, 0.95, 1])


@EACH
@given(edges=st.lists(st.integers(0, 12), min_size=0, max_size=8))
def test_weight_decay_shrinks_just_the_named_ranges(compiled, edges):
    edges = sorted(edges[: len(edges) // 2 * 2])
    ranges = np.array(edges, np.int64).reshape(-1, 2)
    theta, _ = run(AdamW(0.1, 0.5), np.ones(12), np.zeros((2, 12)), compiled, ranges)
    expected = np.ones(12)
    for first, last in ranges:
        expected[first:last] *= 0.95**2
    np.testing.assert_allclose(theta, expected)


@EACH
@given(g=arrays(np.float64, 4, elements=FINITE))
def test_adams_first_step_is_the_rate_times_the_sign(compiled, g):
    theta, _ = run(Adam(rate=0.25), np.zeros(4), g[None], compiled)
    np.testing.assert_allclose(theta, -0.25 * np.sign(g), rtol=1e-4)


@EACH
def test_adam_is_adamw_without_decay(compiled):
    gradients = np.random.default_rng(0).standard_normal((4, 3))
    adam = run(Adam(0.1, 0.5, 0.6, 1e-4), np.ones(3), gradients, compiled, np.array([[0, 1]]))
    adamw = run(AdamW(0.1, 0.0, 0.5, 0.6, 1e-4), np.ones(3), gradients, compiled)
    np.testing.assert_array_equal(adam[0], adamw[0])


@EACH
def test_adagrad_divides_by_all_gradients_so_far(compiled):
    gradients = np.array([[3.0], [4.0], [12.0]])
    theta, state = run(Adagrad(0.1, 0.0), np.zeros(1), gradients, compiled)
    assert state.slots[0] == pytest.approx([169.0])
    assert theta == pytest.approx([-0.1 * (3 / 3 + 4 / 5 + 12 / 13)])


@EACH
def test_rmsprop_first_step_and_clip(compiled):
    g = np.array([[2.0, -3.0, 1e-9]])
    free, _ = run(RMSProp(0.01, 0.99), np.zeros(3), g, compiled)
    np.testing.assert_allclose(free[:2], [-0.1, 0.1], rtol=1e-5)  # rate / sqrt(1 - beta)
    clipped, _ = run(RMSProp(0.01, 0.99, clip=0.02), np.zeros(3), g, compiled)
    np.testing.assert_allclose(clipped[:2], [-0.02, 0.02])
    assert clipped[2] == free[2]


@EACH
@pytest.mark.parametrize(("cls", "extra"), [(Momentum, 0), (Nesterov, 1)])
def test_momenta_on_a_quadratic_follow_their_linear_recurrence(compiled, cls, extra):
    """On L = c theta^2 / 2 momentum is the 2 x 2 map [v; theta] -> M [v; theta]; its powers are the path."""
    rate, beta, c = 0.1, 0.8, 3.0
    M = np.array([[beta, c], [-rate * beta * (1 + extra * (beta - 1)), 1 - rate * c * (1 + extra * beta)]])
    optimiser, theta = cls(rate, beta), np.ones(1)
    state, expected = start(optimiser, theta), np.array([0.0, 1.0])
    for _ in range(30):
        expected = M @ expected
        if compiled:
            state = optimiser.update(state, theta, c * theta)
        else:
            theta, state = optimiser.step(state, theta, c * theta)
        np.testing.assert_allclose([state.slots[0][0], theta[0]], expected, rtol=1e-10, atol=1e-12)


@EACH
def test_rate_decay_is_harmonic(compiled):
    theta, _ = run(SGD(1.0, decay=1.0), np.zeros(1), np.ones((5, 1)), compiled)
    assert theta[0] == pytest.approx(-(1 + 1 / 2 + 1 / 3 + 1 / 4 + 1 / 5))


@pytest.mark.parametrize("cls", PLAIN)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_formula_is_pure_and_compiled_pass_works_in_place(cls, dtype):
    optimiser, theta, g = cls(rate=0.1), np.ones(4, dtype), np.full(4, 0.5, dtype)
    _, state = optimiser.step(start(optimiser, theta), theta, g)
    slots = [slot.copy() for slot in state.slots]
    after, later = optimiser.step(state, theta, g)
    np.testing.assert_array_equal(theta, 1)
    for slot, kept in zip(state.slots, slots, strict=True):
        np.testing.assert_array_equal(slot, kept)
    assert state.t == 1
    assert after.dtype == dtype
    assert all(slot.dtype == dtype for slot in later.slots)
    moved, owned = theta.copy(), State(state.t, tuple(slots))
    updated = optimiser.update(owned, moved, g)
    assert updated.t == 2
    assert all(slot is kept for slot, kept in zip(updated.slots, slots, strict=True))
    np.testing.assert_allclose(moved, after, rtol=1e-6)
    np.testing.assert_array_equal(g, 0.5)


@pytest.mark.parametrize("cls", PLAIN)
def test_state_starts_at_zero_with_a_slot_for_each_order(cls):
    state = start(cls(), np.ones(3, np.float32))
    assert state.t == 0
    assert len(state.slots) == len(cls.orders)
    assert all(slot.dtype == np.float32 and not slot.any() for slot in state.slots)


@pytest.mark.parametrize("cls", PLAIN)
def test_orders_say_how_slots_scale_with_the_gradient(cls):
    optimiser, theta, g = cls(rate=0.1), np.zeros(3), np.array([1.0, -2.0, 0.5])
    one, three = (optimiser.step(start(optimiser, theta), theta, c * g)[1] for c in (1, 3))
    for a, b, order in zip(one.slots, three.slots, cls.orders, strict=True):
        np.testing.assert_allclose(b, 3**order * a)


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (SGD(rate=0.0), "rate must be a finite number > 0, got 0.0"),
        (SGD(rate=-1), "rate must be"),
        (SGD(rate=float("nan")), "rate must be"),
        (Adam(rate=float("inf")), "rate must be"),
        (SGD(decay=-0.1), "decay must be a finite number >= 0"),
        (Momentum(beta=1.0), r"beta must lie in \[0, 1\), got 1.0"),
        (Nesterov(beta=-0.1), r"beta must lie in \[0, 1\)"),
        (RMSProp(beta=2.0), r"beta must lie in \[0, 1\)"),
        (Adam(beta1=1.0), r"beta1 must lie"),
        (AdamW(beta2=1.5), r"beta2 must lie"),
        (AdamW(weight_decay=-1e-3), "weight_decay must be a finite number >= 0"),
        (AdamW(eps=-1.0), "eps must be"),
        (RMSProp(clip=-1.0), "clip must be > 0"),
        (RMSProp(clip=float("nan")), "clip must be > 0"),
        (SGD(rate="0.1"), "rate must be a number, got '0.1'"),
        (SGD(rate=None), "rate must be a number, got None"),
        (AdamW(beta1=float("nan")), "beta1 must lie"),
        (Pull(SGD(rate=-1), 0.1), "rate must be"),
        (Pull(SGD(), -0.1), "amount must be"),
        (L1(SGD(), float("nan")), "strength must be"),
        (L1(Pull(SGD(decay=-1), 0.1), 0.1), "decay must be"),
        (3, "an optimiser must be one of sgd, momentum"),
        (SGD, "an optimiser must be one of"),
    ],
)
def test_numbers_that_make_no_sense(bad, words):
    with pytest.raises(ValueError, match=words):
        checked(bad)


@pytest.mark.parametrize("cls", PLAIN)
def test_defaults_make_sense(cls):
    assert checked(cls()) == cls()
    assert OPTIMISERS[cls.__name__.lower()] is cls


def test_sgd_agrees_with_torch_when_it_is_installed():
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    start_at, gradients = rng.standard_normal(6), rng.standard_normal((5, 6))
    pairs = [
        (SGD(0.1), lambda p: torch.optim.SGD(p, 0.1)),
        (Momentum(0.1, 0.8), lambda p: torch.optim.SGD(p, 0.1, momentum=0.8)),
        (Nesterov(0.1, 0.8), lambda p: torch.optim.SGD(p, 0.1, momentum=0.8, nesterov=True)),
        (Adam(0.1), lambda p: torch.optim.Adam(p, 0.1)),
        (AdamW(0.1, 0.5), lambda p: torch.optim.AdamW(p, 0.1, weight_decay=0.5)),
    ]
    for ours, make in pairs:
        weight = torch.nn.Parameter(torch.tensor(start_at))
        theirs = make([weight])
        for g in gradients:
            weight.grad = torch.tensor(g)
            theirs.step()
        found, _ = run(ours, start_at, gradients, compiled=True)
        np.testing.assert_allclose(found, weight.detach().numpy(), rtol=1e-10)


def test_defaults_are_the_usual_ones():
    assert SGD() == SGD(0.01, 0.0)
    assert Momentum() == Momentum(0.01, 0.9, 0.0)
    assert Nesterov() == Nesterov(0.01, 0.9, 0.0)
    assert Adagrad() == Adagrad(0.1, 1e-8)
    assert RMSProp() == RMSProp(0.01, 0.99, 1e-8, np.inf)
    assert Adam() == Adam(1e-3, 0.9, 0.999, 1e-8)
    assert AdamW() == AdamW(1e-3, 1e-3, 0.9, 0.999, 1e-8)


@pytest.mark.parametrize("cls", PLAIN)
@pytest.mark.parametrize("lengths", [(4, 3), (3, 4), (4, 0)])
def test_the_compiled_pass_never_reads_behind_the_end(cls, lengths):
    n, other = lengths
    with pytest.raises(ValueError, match=r"must have one length.*growth\.follow"):
        cls(rate=0.1).update(start(cls(), np.ones(n)), np.ones(n), np.ones(other))
    for i in range(len(cls.orders)):
        slots = [np.zeros(other if i == j else n) for j in range(len(cls.orders))]
        with pytest.raises(ValueError, match="must have one length"):
            cls(rate=0.1).update(State(0, tuple(slots)), np.ones(n), np.ones(n))


@pytest.mark.parametrize("rows", [[[0, 5]], [[-1, 2]], [[0, 2], [3, 10**9]]])
def test_decay_stays_within_the_parameters(rows):
    with pytest.raises(ValueError, match="the rows of decayed must lie within"):
        AdamW().update(start(AdamW(), np.ones(4)), np.ones(4), np.ones(4), np.array(rows))
