"""The nimble network: build it with `auxiliary` (algorithm A) or `controller` (B), run it, take its gradient by hand.

    Z_l = X_{l-1} W_l' + s w_l + b_l      X_l = gamma_l act(Z_l)      l = 1..L-1, X_0 = X; gamma_l depends on s alone
    y = X_{L-1} W_L' + b_L                loss = error(y, t) + lambda (s - goal)^2

Backwards, with g_X = dloss/dX_l (n, m_l), starting from g = derror/dy:

    g_Z = gamma act'(Z) g_X     dL/dW_l = g_Z' X_{l-1}     dL/db_l = sum g_Z     dL/dw_l = s sum g_Z     (sums over samples)
    dL/ds = sum_l [ gamma'_l . sum(act(Z_l) g_X)  +  w_l . sum g_Z ] + 2 lambda (s - goal)

The first term is the pull on the neurons that are just opening, the second the extra input, the third the size term.
A neuron with gamma = 0 is skipped, forwards and backwards: it costs nothing and its gradient is exactly 0.
Letters: `minigrow.nimble.gates`. Source: Radhakrishnan et al. 2025, arXiv 2501.18012.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from minigrow.nimble.gates import GATES
from minigrow.nimble.rules import AUXILIARY, RULES, Rule
from minigrow.nn import validate
from minigrow.nn.activations import ACTIVATIONS
from minigrow.nn.initialisers import INITIALISERS
from minigrow.nn.losses import LOSSES
from minigrow.nn.spaces import flatten, size, views

START = 1e-5  # spread of the controller's first value


@dataclass(frozen=True, eq=False)
class Network:
    """Widths (d, m_1, ..., k), the names of activation and rule, goal and strength of the size term, and theta (P,).

    `theta` holds W_l, w_l, b_l of every layer and, last, the size s. Build one with `auxiliary` or `controller`.

    >>> net = auxiliary([1, 9, 1], rng=0)
    >>> net(np.zeros((5, 1))).shape, float(net.s)
    ((5, 1), 0.0)
    """

    widths: tuple[int, ...]
    activation: str
    rule: str
    goal: float
    strength: float
    theta: np.ndarray

    @property
    def layers(self) -> int:
        """L, the number of weight matrices."""
        return len(self.widths) - 1

    @property
    def parts(self) -> Rule:
        """The gate, what s follows, and whether neurons see it."""
        return RULES[self.rule]

    @property
    def s(self) -> float:
        """The size as it stands: N of algorithm A, c of algorithm B (a scalar)."""
        return self.theta[-1]

    @cached_property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape of every parameter, in the order in which theta holds them."""
        return _shapes(self.widths)

    @cached_property
    def params(self) -> dict[str, np.ndarray]:
        """Windows on theta: W1, w1, b1, ..., WL, bL, s."""
        return views(self.theta, self.shapes)

    @cached_property
    def axes(self) -> dict[str, tuple[str, ...]]:
        """Which space each axis produces (+) or consumes (-); see `minigrow.growth.basis`."""
        named: dict[str, tuple[str, ...]] = {"s": ("",)}
        for layer in range(1, self.layers + 1):
            named[f"W{layer}"] = (f"+h{layer}", f"-h{layer - 1}")
            named[f"w{layer}"] = named[f"b{layer}"] = (f"+h{layer}",)
        return named

    @property
    def trained(self) -> int:
        """How many leading entries of theta are trained: all, or all but s where s follows nothing."""
        return self.theta.size - (self.parts.follows == "nothing")

    @property
    def decayed(self) -> int:
        """How many leading entries of theta weight decay touches: all but s."""
        return self.theta.size - 1

    def gates(self, layer: int) -> tuple[np.ndarray, np.ndarray]:
        """Return gamma (m,) and gamma' (m,) of hidden layer `layer` = 1..L-1, in theta's float type."""
        gamma, slope = GATES[self.parts.gate].f(self.s, self.widths[layer])
        return gamma.astype(self.theta.dtype), slope.astype(self.theta.dtype)

    @property
    def gated(self) -> dict[str, np.ndarray]:
        """gamma (m,) of every hidden layer by the name of its space, as `minigrow.growth.snapshot` records it."""
        return {f"h{layer}": self.gates(layer)[0] for layer in range(1, self.layers)}

    def active(self, layer: int = 1) -> int:
        """Count the neurons of hidden layer `layer` = 1..L-1 up to the last one whose gate is not 0."""
        return int(np.flatnonzero(np.append(1, self.gates(layer)[0]))[-1])

    def with_params(self, params: dict[str, np.ndarray]) -> Network:
        """Return the same kind of network around new arrays W_l, w_l, b_l, s; widths follow them.

        >>> net = auxiliary(rng=0)
        >>> bool(np.all(net.with_params(net.params).theta == net.theta))
        True
        """
        widths = (params["W1"].shape[1], *(params[f"b{layer}"].size for layer in range(1, self.layers + 1)))
        theta = flatten({name: params[name] for name in self.shapes})
        return Network(widths, self.activation, self.rule, self.goal, self.strength, theta)

    def __call__(self, X: np.ndarray) -> np.ndarray:
        """Return the outputs y (n, k) for inputs X (n, d)."""
        return forward(self, validate.matrix(X, self.widths[0], self.theta.dtype))[1][-1]

    def gradient(self, X: np.ndarray, y: np.ndarray, loss: str = "mse") -> tuple[float, np.ndarray]:
        """Return the loss with its size term (a scalar) and dL/dtheta (P,) on a batch X (n, d), targets y."""
        return gradient(self, X, y, loss)

    def bound(self, g: np.ndarray, loss: str = "mse") -> Callable[[np.ndarray, np.ndarray], float]:
        """Return f(X, y) -> loss that writes dL/dtheta into g (P,): compiled where a kernel exists, else NumPy."""
        from minigrow.nimble.workspace import bind

        return bind(self, g, loss)


def _shapes(widths):
    named = {}
    for layer in range(1, len(widths)):
        named[f"W{layer}"] = (widths[layer], widths[layer - 1])
        if layer < len(widths) - 1:
            named[f"w{layer}"] = (widths[layer],)
        named[f"b{layer}"] = (widths[layer],)
    return {**named, "s": (1,)}


def auxiliary(
    widths: Sequence[int] = (1, 9, 1),
    goal: float = 5.0,
    strength: float = 0.1,
    *,
    size: float = 0.0,
    rule: str = "auxiliary",
    spread: float = 1.0,
    rng: Any,
) -> Network:
    """Draw a network of algorithm A: weights uniform in [-spread, spread], N = `size`; the control "grown" has size = goal.

    `goal` and `size` count neurons, 0..H with H the widest hidden layer; `strength` is lambda >= 0; the paper's spread is 1,
    too much for many inputs. Raises ValueError for numbers outside these ranges.

    >>> auxiliary([1, 9, 1], goal=5, size=5, rng=0).gates(1)[0]
    array([1., 1., 1., 1., 1., 0., 0., 0., 0.])
    """
    widths, rng = _hidden(widths), validate.generator(rng)
    most = max(widths[1:-1])
    for name, value in (("goal", goal), ("size", size)):
        if not 0 <= value <= most:
            raise ValueError(f"{name} must be in 0..{most}, the neurons there can be, got {value!r}. Widen the layer?")
    validate.choice(rule, AUXILIARY, "rule of algorithm A")
    validate.positive(spread, "spread")
    pull = (float(goal), strength)
    return _draw(widths, "tanh", rule, pull, lambda shape: rng.uniform(-spread, spread, shape), size)


def controller(
    widths: Sequence[int],
    rule: str = "growing",
    *,
    activation: str = "tanh",
    strength: float = 0.32,
    init: str = "glorot",
    rng: Any,
    dtype: Any = np.float64,
) -> Network:
    """Draw a network of algorithm B: W, w from the initialiser, b = 0, c ~ N(0, 1e-5^2), or c = 1 for the static control.

    Its goal is c = 1; `strength` is lambda >= 0. Raises ValueError for an unknown rule, activation or initialiser.

    >>> net = controller([2, 8, 8, 3], rng=0)
    >>> net.active(1), net(np.zeros((4, 2))).shape
    (1, (4, 3))
    """
    widths, rng = _hidden(widths), validate.generator(rng)
    validate.choice(rule, [name for name in RULES if name not in AUXILIARY], "rule of algorithm B")
    validate.choice(activation, ACTIVATIONS, "activation")
    draw = INITIALISERS[validate.choice(init, INITIALISERS, "init")]
    start = 1.0 if RULES[rule].follows == "nothing" else START * rng.standard_normal()

    def weights(shape):
        return draw(*shape, rng) if len(shape) == 2 else np.zeros(shape)

    return _draw(widths, activation, rule, (1.0, strength), weights, start, dtype)


def _hidden(widths):
    widths = validate.widths(widths)
    if len(widths) < 3:
        raise ValueError(f"widths need a hidden layer whose size can change, like [1, 9, 1], got {list(widths)}.")
    return widths


def _draw(widths, activation, rule, pull, draw, start, dtype=np.float64):
    """Draw each layer's [W_l w_l] as one matrix, then b_l."""
    strength = validate.positive(pull[1], "strength (lambda)", zero="the size is free")
    theta = np.zeros(size(_shapes(widths)), validate.float_dtype(dtype))
    net = Network(widths, activation, rule, pull[0], strength, theta)
    for layer in range(1, net.layers + 1):
        W, last = net.params[f"W{layer}"], layer == net.layers
        drawn = draw((W.shape[0], W.shape[1] + (not last)))
        W[...] = drawn[:, : W.shape[1]]
        if not last:
            net.params[f"w{layer}"][...] = drawn[:, -1]
        net.params[f"b{layer}"][...] = draw(W.shape[:1])
    theta[-1] = start
    return net


def forward(net: Network, X: np.ndarray) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Return pre-activations [Z_1, ..., Z_{L-1}] (n, active) and [X_0, ..., X_{L-1}, y]; closed neurons are left out.

    >>> Z, X = forward(auxiliary([1, 9, 1], size=2.5, rng=0), np.zeros((5, 1)))
    >>> Z[0].shape, X[1].shape, X[2].shape
    ((5, 3), (5, 3), (5, 1))
    """
    act, p, Z, Xs = ACTIVATIONS[net.activation], net.params, [], [X]
    for layer in range(1, net.layers):
        on, before = net.active(layer), Xs[-1].shape[1]
        seen = (net.parts.seen * net.s).astype(net.theta.dtype)
        shift = seen * p[f"w{layer}"][:on] + p[f"b{layer}"][:on]
        Z.append(Xs[-1] @ p[f"W{layer}"][:on, :before].T + shift)
        Xs.append(net.gates(layer)[0][:on] * act.forward(Z[-1]))
    Xs.append(Xs[-1] @ p[f"W{net.layers}"][:, : Xs[-1].shape[1]].T + p[f"b{net.layers}"])
    return Z, Xs


def gradient(net: Network, X: np.ndarray, y: np.ndarray, loss: str = "mse") -> tuple[float, np.ndarray]:
    """Return the loss with its size term (a scalar) and dL/dtheta (P,); the formulas are at the top of this file.

    >>> value, g = gradient(auxiliary([1, 9, 1], size=2.5, rng=0), np.zeros((5, 1)), np.zeros((5, 1)))
    >>> views(g, _shapes((1, 9, 1)))["W2"][:, 3:]
    array([[0., 0., 0., 0., 0., 0.]])
    """
    (Z, Xs), act, p = forward(net, X), ACTIVATIONS[net.activation], net.params
    value, g = LOSSES[loss](Xs[-1], y)
    out = np.zeros_like(net.theta)
    d, ds = views(out, net.shapes), 0.0
    for layer in range(net.layers, 0, -1):
        on, before = g.shape[1], Xs[layer - 1].shape[1]
        d[f"W{layer}"][:on, :before] = g.T @ Xs[layer - 1]
        d[f"b{layer}"][:on] = g.sum(axis=0)
        if layer < net.layers:
            d[f"w{layer}"][:on] = net.parts.seen * net.s * d[f"b{layer}"][:on]
            ds += net.parts.seen * p[f"w{layer}"][:on] @ d[f"b{layer}"][:on]
        if layer > 1:
            gamma, slope = (row[:before] for row in net.gates(layer - 1))
            g_X = g @ p[f"W{layer}"][:on, :before]
            ds += slope @ np.sum(act.forward(Z[layer - 2]) * g_X, axis=0)
            g = gamma * act.backward(Z[layer - 2], g_X)
    d["s"][0] = pull(net, ds)
    return value + size_term(net), out


def size_term(net: Network) -> float:
    """Return lambda (s - goal)^2 (a scalar).

    >>> size_term(auxiliary([1, 9, 1], goal=5, strength=0.1, rng=0))
    2.5
    """
    term = net.strength * (net.s - net.goal) ** 2
    return term if np.iscomplexobj(term) else float(term)


def pull(net: Network, ds: float) -> float:
    """Return dL/ds (a scalar) from the error's own derivative `ds`: a rule whose s follows the size term ignores it.

    >>> float(pull(auxiliary([1, 9, 1], goal=5, strength=0.1, rng=0), 0.25))
    -0.75
    """
    return (ds if net.parts.follows == "loss" else 0.0) + 2 * net.strength * (net.s - net.goal)


def with_theta(net: Network, theta: np.ndarray) -> Network:
    """Return the same kind of network around another theta (P,), which may be complex for a derivative check.

    >>> float(with_theta(auxiliary(rng=0), np.zeros(38)).s)
    0.0
    """
    return Network(net.widths, net.activation, net.rule, net.goal, net.strength, theta)
