"""Laws of nimble networks: the gradient by hand, and gates that open smoothly from one whole size to the next."""

from __future__ import annotations

import dataclasses

import numpy as np

from minigrow.laws import EPS, law
from minigrow.nimble.formulas import gradient
from minigrow.nimble.gates import GATES, smooth_step
from minigrow.nimble.network import auxiliary, controller
from minigrow.nn import MLP, complex_step, deviation

LOSS = ("mse", "binary", "softmax")


def _task(rng, d, k, loss, n=None):
    n = int(rng.integers(1, 9)) if n is None else n
    X = rng.uniform(-2, 2, (n, d))
    if loss == "softmax":
        return X, rng.integers(0, k, n)
    return X, rng.integers(0, 2, (n, k)).astype(float) if loss == "binary" else rng.standard_normal((n, k))


def _widths(rng, most=6):
    return [int(m) for m in rng.integers(1, most, rng.integers(3, 5))]


def _auxiliary(rng, size=None, widths=None):
    widths = _widths(rng) if widths is None else widths
    most = max(widths[1:-1])
    size = rng.uniform(0, most) if size is None else size
    return auxiliary(widths, goal=rng.uniform(0, most), strength=rng.uniform(0, 1), size=size, rng=rng)


def _any_network(rng):
    """A network whose size follows the whole loss, of either algorithm, with s anywhere between closed and open."""
    if rng.random() < 0.5:
        net = _auxiliary(rng)
        return dataclasses.replace(net, delta=float(net.goal % 2 + 0.25))  # any width of the step, from 0.25 to 2.25
    rule, activation = rng.choice(["growing", "scalar", "unseen", "input_only"]), rng.choice(["tanh", "silu"])
    net = controller(_widths(rng), str(rule), activation=str(activation), rng=rng)
    theta = net.theta + 0.1 * rng.standard_normal(net.theta.size)
    theta[-1] = rng.uniform(0.05, 1.2)
    return net.with_theta(theta)


def _gradient_gap(rng, change):
    net, loss = _any_network(rng), str(rng.choice(LOSS))
    X, y = _task(rng, net.widths[0], net.widths[-1], loss)
    expected = complex_step(lambda theta: gradient(net.with_theta(theta), X, y, loss)[0], net.theta)
    return deviation(gradient(change(net), X, y, loss)[1], expected) / EPS


def _deaf(net):
    """The same weights with a size that is deaf to the task and pulled by lambda + 0.1; algorithm A gets B's mask as well."""
    rule = "released" if net.parts.gate == "scalar" else "schedule"
    return dataclasses.replace(net, rule=rule, strength=net.strength + 0.1)


def _deaf_size(rng):
    """The size follows its own term alone, with lambda + 0.1, whatever the task says of it.

    By hand: s = 0, goal 5, lambda 0.1, and the error falls by dE/ds = 0.25: dL/ds = 0.25 - 2 x 0.1 x 5 = -0.75. The deaf one
    has -2 x 0.2 x 5 = -2.

    >>> from minigrow.nimble.formulas import pull
    >>> net = auxiliary([1, 9, 1], goal=5, strength=0.1, rng=0)
    >>> [round(float(pull(n, 0.25)), 12) for n in (net, _deaf(net))]
    [-0.75, -2.0]
    """
    return _gradient_gap(rng, _deaf)


@law(
    "nimble.gradient",
    tolerance=128,
    because="sums over a few samples and layers, relative to the greatest entry; the complex step is exact to an eps",
    broken=_deaf_size,
)
def hand_gradient(rng: np.random.Generator) -> float:
    """The gradient by hand, dL/ds = sum_l [gamma'_l . sum(act(Z_l) g_X) + w_l . sum g_Z] + 2 lambda (s - goal), is the derivative.

    Needs a size s that follows the whole loss, task and size term.

    Proof. With s fixed, X_l = gamma_l act(Z_l) is a layer whose activation is gamma act: g_Z = gamma act'(Z) g_X, and
    dL/dW_l = g_Z' X_{l-1}, dL/db_l = sum g_Z as in nn.gradient; w_l is the weight of an input that is always s: s sum g_Z.
    s itself enters in three places: in gamma_l, where it moves X_l by gamma'_l act(Z_l); in Z_l, where it moves by w_l; in
    lambda (s - goal)^2. The chain rule adds the three up, over layers and samples.
    The witness is the complex step, as in nn.gradient: it never forms these terms.
    """
    return _gradient_gap(rng, lambda net: net)


def _joint_gap(rng, gate):
    """Look at a gate in units of its width delta, a power of 2, so that no rounding of q = delta u hides the joint."""
    joint, u, inside = float(rng.integers(2)), np.sort(rng.uniform(-1, 2, 50)), rng.uniform(0, 1, 1)
    delta = 2.0 ** int(rng.integers(-3, 4))
    left, right = (gate(delta * np.array([joint + side * EPS]), delta) for side in (-1, 1))
    fall = np.max(-np.diff(gate(delta * u, delta)[0]), initial=0.0)
    expected = complex_step(lambda z: gate(delta * z, delta)[0].sum(), inside)
    slopes = abs(left[1] - right[1])[0], abs(gate(delta * inside, delta)[1] - expected / delta)[0]
    return max(abs(left[0] - right[0])[0], fall, *(delta * gap for gap in slopes)) / EPS


def _ramp(q, delta=1.0):
    """theta(q) = clip(q / delta, 0, 1) and its slope."""
    u = q / delta
    inside = (u.real >= 0) & (u.real <= 1)
    return np.where(inside, u, u.real > 1), inside / delta


def _straight_ramp(rng):
    """The step is a straight ramp, theta(q) = q: continuous, but with corners.

    By hand: slopes at q = -0.01 and 0.01 are 0 and 1; those of sin^2 are 0 and (pi/2) sin(0.01 pi) = 0.05.

    >>> q = np.array([-0.01, 0.01])
    >>> _ramp(q)[1].tolist(), smooth_step(q)[1].round(2).tolist()
    ([0.0, 1.0], [0.0, 0.05])
    """
    return _joint_gap(rng, _ramp)


@law(
    "nimble.smooth_step",
    tolerance=16,
    because="slopes of two points 2 eps apart differ by pi^2 eps, and theta' is within an eps or two of the derivative",
    broken=_straight_ramp,
)
def step_is_smooth(rng: np.random.Generator) -> float:
    """theta(q) = sin^2(pi q / 2 delta) on [0, delta], constant outside, is monotone and C1, whatever the width delta > 0.

    Needs a step that starts and ends flat.

    Proof. theta is the step of width 1 at u = q / delta, and its slope in q is that in u over delta: let delta = 1. Then
    theta' = 2 (pi/2) sin(pi q/2) cos(pi q/2) = (pi/2) sin(pi q), which is >= 0 on [0, 1]: monotone. theta(0) = 0 and
    theta(1) = 1 meet the constants outside, theta'(0) = (pi/2) sin 0 = 0 and theta'(1) = (pi/2) sin pi = 0 their slope 0.
    It is not C2: theta'' = (pi^2/2) cos(pi q) jumps to pi^2/2 at 0. Two points eps either side of a joint therefore differ
    in slope by about (pi^2/2) eps, which is what the tolerance leaves room for.
    """
    return _joint_gap(rng, smooth_step)


def _whole_gap(rng, excess):
    m = int(rng.integers(2, 9))
    k = int(rng.integers(1, m))
    net = _auxiliary(rng, size=k + excess, widths=[int(rng.integers(1, 4)), m, int(rng.integers(1, 3))])
    p = net.params
    small = MLP.create([net.widths[0], k, net.widths[2]], rng=rng).with_params(
        {"W1": p["W1"][:k], "b1": k * p["w1"][:k] + p["b1"][:k], "W2": p["W2"][:, :k], "b2": p["b2"]}
    )
    X = rng.uniform(-2, 2, (5, net.widths[0]))
    return deviation(net(X), small(X)) / EPS


def _half_a_neuron(rng):
    """N = k + 1/2: one more neuron is half open.

    By hand: of three neurons at N = 2 the gates are 1, 1, 0; at N = 2.5 the third has sin^2(pi/4) = 1/2.

    >>> [GATES["step"].f(N, 3)[0].round(9).tolist() for N in (2.0, 2.5)]
    [[1.0, 1.0, 0.0], [1.0, 1.0, 0.5]]
    """
    return _whole_gap(rng, 0.5)


@law(
    "nimble.whole_size",
    tolerance=4,
    because="the same operations on the same numbers; BLAS may read the shorter rows in another order",
    broken=_half_a_neuron,
)
def whole_size(rng: np.random.Generator) -> float:
    """At N = k the network is the plain network of k neurons with biases b + k w_0.

    Needs a whole number N, since between whole numbers one neuron is partly open, and a step no wider than 1, for the same reason.

    Proof. Neuron i has the gate theta(k - i). For i <= k-1, k - i >= 1 and theta = 1; for i >= k, k - i <= 0 and theta = 0.
    sin^2(pi/2) = 1 and sin^2(0) = 0 also in floating point, so the gates are exactly 1 and 0.
    Closed neurons are skipped, open ones compute tanh(w x + N w_0 + b): with N = k the two last terms are the constant
    b + k w_0. So both networks do the same operations on the same numbers.
    """
    return _whole_gap(rng, 0.0)


def _slope_jump(rng, gate, joint):
    """How much d(output)/ds jumps where neuron `joint` of 5 begins to open, relative to the slopes about."""
    W, v = rng.uniform(-1, 1, (3, 5)), rng.uniform(0.5, 1, 5)
    scale = max(abs(_slope(gate, W, v, joint + h)) for h in (-0.3, 0.3))
    after, before = (_slope(gate, W, v, joint * (1 + side * 4 * EPS)) for side in (1, -1))
    return abs(after - before) / max(scale, 0.1) / EPS


def _slope(gate, W, v, s):
    """d(output)/ds of sum_i v_i gamma_i(s) tanh(W_0i + W_1i + s W_2i): weights (3, m) of the input 1, of the bias and of s."""
    (gamma, dgamma), a = GATES[gate].f(s, v.size), np.tanh(W[0] + W[1] + s * W[2])
    return np.sum(v * (dgamma * a + gamma * (1 - a * a) * W[2]))


def _mask_at_a_whole_number(rng):
    """Algorithm B's mask, looked at where p = m sin^2(pi c / 2) is a whole number.

    By hand: m = 2, c = 1/2: p = 1. dp/dc = (pi/2) 2 sin(pi/2) = pi belongs to neuron 0 just below, to neuron 1 just above.

    >>> [GATES["mask"].f(c, 2)[1].round(2).tolist() for c in (0.499, 0.501)]
    [[3.14, 0.0], [0.0, 3.14]]
    """
    return _slope_jump(rng, "mask", 2 / np.pi * np.arcsin(np.sqrt(rng.integers(1, 5) / 5)))


@law(
    "nimble.continuous",
    tolerance=2048,
    because="the two points are up to 40 eps apart and the second derivative is at most about 50 times the slope",
    broken=_mask_at_a_whole_number,
)
def continuous_in_size(rng: np.random.Generator) -> float:
    """The output's slope in N passes through every whole number without a jump (C1).

    Needs a gate with continuous slope; the mask, clip(p - i, 0, 1), has corners.

    Proof. y(N) = sum_i v_i theta(N - i) tanh(w_i x + N w_i0 + b_i). theta is C1 (nimble.smooth_step) and tanh is smooth, so
    each product is C1, and so is the sum; deeper layers put C1 functions into C1 functions.
    At N = i the neuron that opens has theta' = 0 from both sides: it comes in with slope 0.
    The mask's neuron i has slope dp/ds above p = i and 0 below, and neuron i-1 the other way round: there dy/ds jumps by
    dp/ds (v_i a_i - v_{i-1} a_{i-1}).
    """
    return _slope_jump(rng, "step", float(rng.integers(1, 5)))
