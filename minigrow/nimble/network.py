"""The nimble network: draw one with `auxiliary` (algorithm A) or `controller` (B); its formulas are in `formulas`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from minigrow.nimble import formulas
from minigrow.nimble.fast import workspace
from minigrow.nimble.gates import GATES, reached, step
from minigrow.nimble.rules import AUXILIARY, RULES, Rule
from minigrow.nn import validate
from minigrow.nn.activations import ACTIVATIONS
from minigrow.nn.compiler import HAS_NUMBA
from minigrow.nn.door import door
from minigrow.nn.feeding import fed, ready
from minigrow.nn.initialisers import INITIALISERS, biases
from minigrow.nn.layered import Layered
from minigrow.nn.spaces import Axes

START = 1e-5  # spread of the controller's first value
MOST = 1e100  # of goal and strength


@dataclass(frozen=True, eq=False)
class Network(Layered):
    """Layers h0 (inputs), ..., hL (outputs), the names of activation and rule, goal and strength of the size term, and theta (P,).

    `theta` holds W_l, w_l, b_l of every layer and, last, the size s; `delta` is the width of algorithm A's smooth step.

    >>> net = auxiliary([1, 9, 1], rng=0)
    >>> net(np.zeros((5, 1))).shape, float(net.s)
    ((5, 1), 0.0)
    """

    sizes: dict[str, int]
    activation: str
    rule: str
    goal: float
    strength: float
    theta: np.ndarray
    delta: float = 1.0
    choices = {"activation": ACTIVATIONS, "rule": RULES}  # noqa: RUF012 (as in Spaces)

    def __post_init__(self) -> None:
        """Check the names and theta, and that goal, strength and delta are numbers."""
        super().__post_init__()
        for name in ("goal", "strength"):
            if validate.positive(getattr(self, name), name, zero="off") > MOST:
                raise ValueError(
                    f"{name} must be at most {MOST:g}, so that it can be squared, got {getattr(self, name)!r}."
                )
        validate.positive(self.delta, "delta")

    @property
    def parts(self) -> Rule:
        """The gate, what s follows, and whether neurons see it."""
        return RULES[self.rule]

    @property
    def s(self) -> float:
        """The current size: N of algorithm A, c of algorithm B (a scalar)."""
        return self.theta[-1]

    @cached_property
    def axes(self) -> Axes:
        """W_l, w_l and b_l produce layer l, W_l consumes layer l - 1, the outputs do not see s; s is a number of its own."""
        named: dict[str, tuple[str | int, ...]] = {}
        for l in range(1, self.layers + 1):
            named[f"W{l}"] = (f"+h{l}", f"-h{l - 1}")
            named |= {f"w{l}": (f"+h{l}",)} if l < self.layers else {}
            named[f"b{l}"] = (f"+h{l}",)
        return named | {"s": (1,)}

    @cached_property
    def trained(self) -> tuple[str, ...]:
        """All parameters, or all but s where s follows nothing."""
        return tuple(self.axes) if self.parts.follows != "nothing" else self.decayed

    @cached_property
    def decayed(self) -> tuple[str, ...]:
        """All but s: decay would close the gates."""
        return tuple(self.axes)[:-1]

    @door
    def gates(self, layer: int) -> tuple[np.ndarray, np.ndarray]:
        """Return gamma (m,) and gamma' (m,) of a hidden layer, counted from 0, in theta's float type."""
        gate, m = self.parts.gate, self.widths[self.hidden(layer)]
        gamma, slope = step(self.s, m, self.delta) if gate == "step" else GATES[gate].f(self.s, m)
        return gamma.astype(self.theta.dtype), slope.astype(self.theta.dtype)

    @property
    def gated(self) -> dict[str, np.ndarray]:
        """gamma (m,) of every hidden layer by the name of its space, as `minigrow.growth.snapshot` records it."""
        return {f"h{l}": self.gates(l - 1)[0] for l in range(1, self.layers)}

    @property
    def active(self) -> dict[str, int]:
        """How many neurons of each space are computed: those up to the last open one, or all where a layer shares one gate."""
        gate, s, hidden = self.parts.gate, float(self.theta[-1]), list(self.sizes)[1:-1]
        return self.sizes | {space: reached(gate, s, self.sizes[space]) for space in hidden}

    @property
    def cost(self) -> int:
        """Multiply-adds of one forward pass on one sample, closed neurons left out; the training loop asks for it at every step.

        The input s is the same for all samples, so it is added to the biases once and not counted.

        >>> [auxiliary([1, 9, 1], size=N, rng=0).cost for N in (0, 2.5, 9)]
        [0, 6, 18]
        """
        (gate, before, hidden, outputs), s, total = self._chain, float(self.theta[-1]), 0
        for m in hidden:
            on = reached(gate, s, m)
            total += on * before
            before = on
        return total + before * outputs

    @cached_property
    def _chain(self) -> tuple[str, int, list[int], int]:
        before, *hidden, outputs = self.sizes.values()
        return self.parts.gate, before, hidden, outputs

    def __call__(self, X: np.ndarray) -> np.ndarray:
        """Return the outputs y (n, k) for inputs X (n, d)."""
        return formulas.forward(self, validate.inputs(X, self.widths[0], self.theta))[1][-1]

    def activations(self, X: np.ndarray) -> dict[str, np.ndarray]:
        """Return what every layer says (n, m_l), X_0 to the outputs, 0 for closed neurons, for inputs X (n, d)."""
        found = formulas.forward(self, validate.inputs(X, self.widths[0], self.theta))[1]
        said = zip(self.sizes.items(), found, strict=True)
        return {space: np.pad(x, ((0, 0), (0, m - x.shape[1]))) for (space, m), x in said}

    @fed
    def gradient(self, X: np.ndarray, y: np.ndarray, loss: str = "mse") -> tuple[float, np.ndarray]:
        """Return the loss with its size term (a scalar) and dL/dtheta (P,) on a batch X (n, d), targets y."""
        return formulas.gradient(self, X, y, loss)

    def bound(self, g: np.ndarray, loss: str = "mse") -> Callable[[np.ndarray, np.ndarray], float]:
        """Return f(X, y) -> loss that writes dL/dtheta into g (P,): compiled where a kernel exists, else NumPy."""
        ready(self, g, loss)
        fast = HAS_NUMBA and loss in workspace.BINARY and workspace.fits_kernel(self)
        return workspace.bind(self, g, loss) if fast else super().bound(g, loss)


@door
def auxiliary(
    widths: Sequence[int] = (1, 9, 1),
    goal: float = 5.0,
    strength: float = 0.1,
    *,
    size: float = 0.0,
    rule: str = "auxiliary",
    spread: float = 1.0,
    delta: float = 1.0,
    rng: Any = None,
) -> Network:
    """Draw a network of algorithm A: weights uniform in [-spread, spread], N = `size`; the control "grown" has size = goal.

    `goal` and `size` count neurons, from 0 to the width of the widest hidden layer; `strength` is lambda >= 0; the paper's
    spread is 1, which is too much for many inputs; so is its `delta`, the width of the step with which a neuron opens: neuron i
    is fully open from s = i + delta on. Raises ValueError for numbers outside these ranges.

    >>> auxiliary([1, 9, 1], goal=5, size=5, rng=0).gates(0)[0]
    array([1., 1., 1., 1., 1., 0., 0., 0., 0.])
    """
    widths, rng = _with_hidden(widths), validate.generator(rng)
    most = max(widths[1:-1])
    for name, value in (("goal", goal), ("size", size)):
        if not 0 <= value <= most:
            raise ValueError(f"{name} must be in 0..{most}, the neurons there can be, got {value!r}. Widen the layer?")
    validate.choice(rule, AUXILIARY, "rule of algorithm A")
    validate.positive(spread, "spread")
    delta = float(validate.positive(delta, "delta"))
    net = _empty(widths, "tanh", rule, float(goal), strength, delta=delta)
    return _drawn(net, lambda shape, fan_in: rng.uniform(-spread, spread, shape), size)


@door
def controller(
    widths: Sequence[int],
    rule: str = "growing",
    *,
    activation: str = "tanh",
    strength: float = 0.32,
    init: str = "glorot",
    rng: Any = None,
    dtype: Any = np.float64,
) -> Network:
    """Draw a network of algorithm B: W, w, b from the initialiser (b = 0 in most), c ~ N(0, 1e-5^2), or c = 1 for the static control.

    Its goal is c = 1; `strength` is lambda >= 0. The same `rng` gives all rules the same first weights, c apart.
    Raises ValueError for an unknown rule, activation or initialiser.

    >>> net = controller([2, 8, 8, 3], rng=0)
    >>> net.active, net(np.zeros((4, 2))).shape
    ({'h0': 2, 'h1': 1, 'h2': 1, 'h3': 3}, (4, 3))
    """
    widths, rng = _with_hidden(widths), validate.generator(rng)
    validate.choice(rule, [name for name in RULES if name not in AUXILIARY], "rule of algorithm B")
    draw = INITIALISERS[validate.choice(init, INITIALISERS, "init")]
    small = START * rng.standard_normal()  # drawn for every rule, so that the weights behind it are the same
    first = 1.0 if RULES[rule].follows == "nothing" else small
    net = _empty(widths, activation, rule, 1.0, strength, dtype)

    def drawn(shape: tuple[int, ...], fan_in: int) -> np.ndarray:
        return draw(*shape, rng) if len(shape) == 2 else biases(init, *shape, fan_in, rng)

    return _drawn(net, drawn, first)


def _with_hidden(widths):
    widths = validate.widths(widths)
    if len(widths) < 3:
        raise ValueError(f"widths need a hidden layer whose size can change, like [1, 9, 1], got {list(widths)}.")
    return widths


def _empty(widths, activation, rule, goal, strength, dtype=np.float64, delta=1.0):
    strength = validate.positive(strength, "strength (lambda)", zero="the size is free")
    return Network(widths, activation, rule, goal, strength, validate.float_dtype(dtype), delta)


def _drawn(net, draw, first):
    """Fill a network by draw(shape, inputs): [W_l w_l] of each layer as one matrix, then b_l; s is `first`."""
    p = net.params
    for l in range(1, net.layers + 1):
        (m, before), extra = net.shapes[f"W{l}"], f"w{l}" in p
        drawn = draw((m, before + extra), before + extra)
        p[f"W{l}"][...] = drawn[:, :before]
        if extra:
            p[f"w{l}"][...] = drawn[:, -1]
        p[f"b{l}"][...] = draw((m,), before + extra)
    p["s"][0] = first
    return net
