"""Laws of the nimble network's size: closed neurons are not there, masks add up, and who may move the size."""

from __future__ import annotations

import numpy as np

from minigrow.growth.loop import Plan, start, train
from minigrow.laws import EPS, law
from minigrow.laws.nimble.network import _auxiliary, _task
from minigrow.nimble.formulas import gradient
from minigrow.nimble.gates import GATES, neurons_on
from minigrow.nimble.network import auxiliary, controller
from minigrow.nn import MLP, SGD, deviation


def _hidden_gap(rng, first):
    """Change everything about the neurons from `first(net)` on; return how much of the output and gradient notices."""
    net = _auxiliary(rng, widths=[2, 8, 2], size=rng.uniform(1, 6))
    p, on = {name: array.copy() for name, array in net.params.items()}, first(net)
    for name in ("W1", "w1", "b1"):
        p[name][on:] = rng.standard_normal(p[name][on:].shape)
    p["W2"][:, on:] = rng.standard_normal(p["W2"][:, on:].shape)
    other, (X, y) = net.with_params(p), _task(rng, 2, 2, "mse")
    (value, g), (changed, h) = gradient(net, X, y), gradient(other, X, y)
    closed = max(float(np.abs(net.with_theta(g).params[name][on:]).max()) for name in ("W1", "w1", "b1"))
    return max(abs(value - changed), float(np.abs(g - h).max()), closed) / EPS


def _half_open(rng):
    """The last open neuron is changed as well.

    By hand: N = 1.5 opens three neurons by 1, sin^2(pi/4) = 0.5 and 0. Adding 2 to the second one's outgoing weight moves the
    output by 2 x 0.5 x tanh(z_2), adding it to the third one's by 0.

    >>> GATES["step"].f(1.5, 3)[0].round(9).tolist()
    [1.0, 0.5, 0.0]
    """
    return _hidden_gap(rng, lambda net: net.active["h1"] - 1)


@law(
    "nimble.closed",
    tolerance=0,
    because="closed neurons are skipped, so nothing of them enters any sum",
    broken=_half_open,
)
def closed_neurons(rng: np.random.Generator) -> float:
    """Neurons with gate 0 change no output, no gradient, and get gradient exactly 0.

    Needs gamma = 0, and with it gamma' = 0.

    Proof. In the formulas X_i = 0 act(Z_i) = 0, so W_{l+1} X and dL/dW_{l+1} = g X' get nothing from neuron i; its own gradients
    carry the factor gamma act' g_X = 0; and dL/ds gets gamma'_i (...) = 0, for theta' = 0 where theta = 0.
    In the code closed neurons stand behind the last open one, and both passes cut the layer there: what they hold is not
    even read, and their places in the gradient keep the zeros it was created with. So all three hold to the bit.
    What could break it: a gate that is 0 with a slope that is not, or a product over the whole row (0 x NaN is NaN).
    """
    return _hidden_gap(rng, lambda net: net.active["h1"])


def _mask_gap(rng, gate):
    m, c = int(rng.integers(2, 200)), rng.uniform(-1.5, 1.5)
    return abs(gate(c, m).sum() - neurons_on(c, m)[0]) / m / EPS


def _mask(c, m):
    return GATES["mask"].f(c, m)[0]


def _all_at_once(c, m):
    return np.full(m, np.clip(neurons_on(c, m)[0], 0, 1))


def _one_gate_for_all(rng):
    """The mask forgets which neuron it is at: every neuron gets clip(p, 0, 1).

    By hand: m = 5, c = 1/2: p = 2.5. The mask is 1, 1, 0.5, 0, 0; without "- i" it is clip(2.5, 0, 1) = 1, five times.

    >>> p = neurons_on(0.5, 5)[0]
    >>> [float(gates.sum().round(9)) for gates in (GATES["mask"].f(0.5, 5)[0], np.full(5, np.clip(p, 0, 1)))]
    [2.5, 5.0]
    """
    return _mask_gap(rng, _all_at_once)


@law(
    "nimble.mask_sum",
    tolerance=4,
    because="ones add up exactly and the fraction is p minus a whole number; measured relative to the width",
    broken=_one_gate_for_all,
)
def mask_sums(rng: np.random.Generator) -> float:
    """The mask sums to p = m sin^2(pi c / 2): whole neurons, one fraction, zeros.

    Needs one gate for each neuron.

    Proof. Write p = k + r with a whole k and 0 <= r < 1; p <= m, as sin^2 <= 1.
    clip(p - i, 0, 1) is 1 for i < k (there p - i >= 1), r for i = k, and 0 for i > k (there p - i < 0).
    The sum is k + r = p; if p = m, all m gates are 1 and r = 0.
    In floating point p - k is exact, since p lies in [k, k+1), and ones add up exactly: one rounding is left.
    """
    return _mask_gap(rng, _mask)


def _pinned_gap(rng, rule):
    """Train a network with N = k and a plain one that sees N as a constant input; compare all open weights."""
    d, m, steps = int(rng.integers(1, 3)), 6, 20
    k = int(rng.integers(1, m))
    net = auxiliary([d, m, 1], goal=m, strength=0.2, size=k, rule=rule, rng=rng)
    X, y = _task(rng, d, 1, "mse", n=6)
    p = net.params
    W = np.column_stack([p["W1"][:k], p["w1"][:k]])
    plain = MLP.create([d + 1, k, 1], rng=rng).with_params(
        {"W1": W, "b1": p["b1"][:k], "W2": p["W2"][:, :k], "b2": p["b2"]}
    )
    net = _descend(net, X, y, steps)
    plain = _descend(plain, np.column_stack([X, np.full(len(X), float(k))]), y, steps)
    found = net.params
    both = [
        np.concatenate([np.ravel(w) for w in (found["W1"][:k], found["b1"][:k], found["W2"][:, :k], found["b2"])]),
        np.concatenate([np.ravel(w) for w in (plain.params["W1"][:, :d], *list(plain.params.values())[1:])]),
    ]
    return deviation(*both) / EPS


def _descend(net, X, y, steps):
    plan = Plan(steps=steps, batch=None, loss="mse", every=steps, record=steps, quiet=True)
    return train(start(net, SGD(rate=0.01), rng=0), X, y, plan).net


def _free_size(rng):
    """N follows the whole loss, as in algorithm A itself.

    By hand: N = 3, goal 6, lambda 0.2: the size term alone pulls with 2 x 0.2 x (3 - 6) = -1.2, so a first step of rate 0.01
    makes N = 3.012, and a fourth neuron opens by sin^2(0.006 pi).

    >>> from minigrow.nimble.formulas import pull
    >>> round(float(pull(auxiliary([1, 6, 1], goal=6, strength=0.2, size=3, rng=0), 0.0)), 9)
    -1.2
    """
    return _pinned_gap(rng, "auxiliary")


@law(
    "nimble.pinned",
    tolerance=128,
    because="20 steps, each of which may differ by a few eps between the compiled layer and BLAS",
    broken=_free_size,
)
def pinned_is_static(rng: np.random.Generator) -> float:
    """With N held at k, training equals that of the plain k-neuron network with N as a constant input.

    Needs N to follow nothing.

    Proof. N = k stays, so the gates stay 1 for k neurons and 0 for the others: the output is that of nimble.whole_size.
    k is an input that is always k, with weights w_0: its gradient k sum g_Z is that of any input's weight, g_Z' X.
    The size term lambda (N - goal)^2 has a derivative by N only, which is not applied.
    Closed neurons have gradient 0 (nimble.closed) and stay closed. So equal weights make equal steps; induction over 20.
    """
    return _pinned_gap(rng, "auxiliary_pinned")


def _deaf_gap(rng, rule):
    """How much the controller's path depends on the task: 20 steps on two different sets of targets."""
    net = controller([1, 5, 1], rule, rng=rng)
    X, paths = rng.uniform(-1, 1, (7, 1)), []
    theta = net.theta.copy()
    theta[-1] = 0.3
    for _ in range(2):
        paths.append(_descend(net.with_theta(theta), X, rng.standard_normal((7, 1)), 20).s)
    return abs(paths[0] - paths[1]) / EPS


def _hearing_the_task(rng):
    """The rule "growing" of the paper: c hears the error too.

    By hand: two tasks on which the error's derivative by c is 0.25 and -0.25. c is pulled apart by 0.5, the released program's
    by nothing.

    >>> from minigrow.nimble.formulas import pull
    >>> nets = [controller([1, 5, 1], rule, rng=0) for rule in ("growing", "released")]
    >>> [round(float(pull(net, 0.25) - pull(net, -0.25)), 9) for net in nets]
    [0.5, 0.0]
    """
    return _deaf_gap(rng, "growing")


@law(
    "nimble.released",
    tolerance=0,
    because="the size term is a function of c alone",
    broken=_hearing_the_task,
)
def released_is_deaf(rng: np.random.Generator) -> float:
    """In the released program c goes the same way whatever the task: it follows lambda (c - 1)^2 alone.

    Needs the error's derivative by c to be left out, as there.

    Proof. `pull` returns 2 lambda (c - 1) for this rule: no weight, input or target stands in it.
    So c_{t+1} = c_t - 2 eta lambda (c_t - 1), the same numbers whatever the task, hence the same bits.
    In closed form 1 - c_t = (1 - 2 eta lambda)^t (1 - c_0): every network is fully open in the end.
    """
    return _deaf_gap(rng, "released")
