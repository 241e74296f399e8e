"""The pool: `Network.create(inputs, outputs, size, rng=rng)`; its formulas and letters are in `formulas`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from minigrow.nn import validate
from minigrow.nn.door import door
from minigrow.nn.feeding import fed, ready
from minigrow.nn.spaces import Spaces, entries
from minigrow.urn import formulas
from minigrow.urn.fast.workspace import bind
from minigrow.urn.positions import checked_positions

# Blocks that share their columns stand side by side, so that each pair can be read as one matrix (`fast.workspace`).
WEIGHTS = {"Whx": ("+h", "-x"), "Wyx": ("+y", "-x"), "Whh": ("+h", "-h"), "Wyh": ("+y", "-h")}


@dataclass(frozen=True, eq=False)
class Network(Spaces):
    """Sizes {x: d, h: H, y: k}, iterations I, activation, positions, and theta (P,): the weights Whx, Wyx, Whh, Wyh, the biases ch, cy.

    `positions` are () or one tuple of coordinates for each neuron (S, D), inputs first; NaN stands for a neuron without a position.

    >>> net = Network.create(2, 1, size=8, iterations=3, rng=0)
    >>> net(np.ones((5, 2))).shape, net.W.shape, net.hidden
    ((5, 1), (8, 8), 5)
    """

    sizes: dict[str, int]
    iterations: int
    activation: str
    positions: tuple
    theta: np.ndarray
    choices = {"activation": formulas.SLOPES}  # noqa: RUF012 (as in Spaces)

    axes = WEIGHTS | {"ch": ("+h",), "cy": ("+y",)}
    decayed = priced = tuple(WEIGHTS)

    def __post_init__(self) -> None:
        """Check theta, and that there is a position for each neuron or none at all."""
        validate.whole(self.iterations, "iterations", least=1)
        super().__post_init__()
        object.__setattr__(self, "positions", checked_positions(self.positions, self.size))

    @classmethod
    @door
    def create(
        cls,
        inputs: int,
        outputs: int,
        size: int,
        iterations: int = 4,
        activation: str = "tanh",
        *,
        positions: Sequence | np.ndarray = (),
        scale: float = 1.0,
        rng: Any = None,
        dtype: Any = np.float64,
    ) -> Network:
        """Draw a pool of `size` neurons: free weights from N(0, scale^2 / size), biases 0.

        Raises ValueError for a pool smaller than inputs plus outputs, iterations < 1, an unknown activation, or
        positions that are not one for each neuron.

        >>> Network.create(2, 1, size=8, rng=0).theta.shape
        (48,)
        """
        d, k = validate.whole(inputs, "inputs", least=1), validate.whole(outputs, "outputs", least=1)
        S, rng = validate.whole(size, "size", least=1), validate.generator(rng)
        if d + k > S:
            raise ValueError(
                f"size must be at least inputs + outputs = {d} + {k} = {d + k}, got {S}. Every input and output is a neuron."
            )
        steps = validate.whole(iterations, "iterations", least=1)
        validate.choice(activation, formulas.SLOPES, "activation")
        validate.positive(scale, "scale", zero="all weights start at zero")
        sizes = {"x": d, "h": S - d - k, "y": k}
        net = cls(sizes, steps, activation, positions, validate.float_dtype(dtype))
        weights = net.theta[: entries(net, net.priced)]
        weights[:] = scale / np.sqrt(S) * rng.standard_normal(weights.size)
        return net

    @property
    def inputs(self) -> int:
        """d, the number of inputs."""
        return self.sizes["x"]

    @property
    def hidden(self) -> int:
        """H, the number of hidden neurons."""
        return self.sizes["h"]

    @property
    def outputs(self) -> int:
        """k, the number of outputs."""
        return self.sizes["y"]

    @property
    def size(self) -> int:
        """S, the number of all neurons."""
        return sum(self.sizes.values())

    @cached_property
    def cost(self) -> int:
        """Multiply-adds for one sample: inputs and read-out count once, W_hh I - 2 times as h_0 is zero; only W_yx counts if I = 1."""
        d, H, k = self.widths
        return k * d if self.iterations == 1 else (H + k) * d + (self.iterations - 2) * H * H + k * H

    @property
    def W(self) -> np.ndarray:
        """The whole matrix (S, S), as a copy."""
        d, h, p = self.inputs, self.inputs + self.hidden, self.params
        W = np.zeros((self.size, self.size), self.theta.dtype)
        W[d:h, :d], W[h:, :d], W[d:h, d:h], W[h:, d:h] = (p[name] for name in self.priced)
        return W

    @property
    def c(self) -> np.ndarray:
        """The whole bias vector (S,), zero on the inputs."""
        return np.concatenate([np.zeros(self.inputs, self.theta.dtype), self.params["ch"], self.params["cy"]])

    @property
    def diagnosis(self) -> str:
        """The explanation to give when training diverged: ReLU states grow like rho^t once rho > 1; tanh keeps them in [-1, 1]."""
        return (
            f"The pool ran {self.iterations} iterations of {self.activation} with spectral radius {spectral_radius(self):.3g} "
            "of the hidden weights; a smaller scale, fewer iterations, a higher l1 or tanh may help. "
        )

    def __call__(self, X: np.ndarray) -> np.ndarray:
        """Return the outputs (n, k) for inputs X (n, d)."""
        return formulas.forward(self, validate.inputs(X, self.inputs, self.theta))[1][-1]

    def activations(self, X: np.ndarray) -> dict[str, np.ndarray]:
        """Return the inputs X (n, d), the hidden state that is read out last (n, H), and the outputs (n, k)."""
        X = validate.inputs(X, self.inputs, self.theta)
        h, y = formulas.forward(self, X)
        return {"x": X, "h": h[-1], "y": y[-1]}

    @fed
    def gradient(
        self, X: np.ndarray, y: np.ndarray, loss: str = "softmax", time: float = 0.0
    ) -> tuple[float, np.ndarray]:
        """Return the loss (a scalar) and dL/dtheta (P,) on a batch X (n, d), y; see `formulas.gradient`."""
        return formulas.gradient(self, X, y, loss, validate.positive(time, "time", zero="free"))

    def bound(
        self, g: np.ndarray, loss: str = "softmax", time: float = 0.0
    ) -> Callable[[np.ndarray, np.ndarray], float]:
        """Return f(X, y) -> loss that writes dL/dtheta into g (P,), on memory set aside once for each batch size."""
        ready(self, g, loss)
        return bind(self, g, loss, validate.positive(time, "time", zero="free"))


def spectral_radius(net: Any) -> float:
    """Return max |eigenvalue of W_hh| (a scalar), 0 without hidden neurons, inf where W_hh is not finite.

    >>> net = Network.create(1, 1, size=4, rng=0)
    >>> net.params["Whh"][...] = [[0.0, 2.0], [2.0, 0.0]]
    >>> round(spectral_radius(net), 9)
    2.0
    """
    W = net.params["Whh"]
    if not np.isfinite(W).all():
        return float("inf")
    return float(np.abs(np.linalg.eigvals(W)).max(initial=0.0))
