"""The recurrent network: `Network.create(alphabet, neurons, rng=rng)`; its formulas are in `formulas`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from minigrow.differentiable_structure import text as texts
from minigrow.differentiable_structure.formulas import gradient, predictions, states
from minigrow.nn import validate
from minigrow.nn.door import door
from minigrow.nn.feeding import ready
from minigrow.nn.spaces import Axes, Spaces

AXES: Axes = {"Wxh": ("+h", "-x"), "Whh": ("+h", "-h"), "Why": ("+y", "-h"), "bh": ("+h",), "by": ("+y",)}
SCALE = 0.01


@dataclass(frozen=True, eq=False)
class Network(Spaces):
    """Spaces x (the symbol read), h (the neurons), y (the next symbol), the alphabet, and all parameters in one vector theta (P,).

    >>> net = Network.create("()ab", neurons=3, rng=0)
    >>> net.params["Whh"].shape, net.theta.size
    ((3, 3), 40)
    """

    sizes: dict[str, int]
    alphabet: str
    theta: np.ndarray
    compiled = True  # the engine knows this class; a class of yours takes the readable steps unless it says so

    @classmethod
    @door
    def create(cls, alphabet: str, neurons: int = 1, *, rng: Any = None, dtype: Any = np.float64) -> Network:
        """Draw a network: all weights N(0, .01^2), biases zero.

        Raises ValueError for neurons < 1 or an alphabet that is empty or names a symbol twice.

        >>> Network.create("ab", neurons=2, rng=0).params["bh"]
        array([0., 0.])
        """
        V, rng = len(texts.checked_alphabet(alphabet)), validate.generator(rng)
        sizes = {"x": V, "h": validate.whole(neurons, "neurons", least=1), "y": V}
        net = cls(sizes, alphabet, validate.float_dtype(dtype))
        for name in ("Wxh", "Whh", "Why"):
            net.params[name][...] = SCALE * rng.standard_normal(net.shapes[name])
        return net

    @property
    def axes(self) -> Axes:
        """Wxh leads from symbols to neurons, Whh from neurons to neurons, Why from neurons to symbols."""
        return AXES

    @property
    def symbols(self) -> int:
        """V, the size of the alphabet."""
        return self.sizes["x"]

    @property
    def neurons(self) -> int:
        """H, the number of neurons."""
        return self.sizes["h"]

    @property
    def plain(self) -> Network:
        """The network whose weights are what neurons really send: itself, where nothing multiplies them."""
        return self

    def __call__(self, text: str) -> np.ndarray:
        """Return the predictions p (n, V) after each of the n symbols of a text, from the zero state.

        Raises ValueError for a symbol outside the alphabet.
        """
        if not isinstance(text, str):
            raise ValueError(f"text must be a string, got {validate.said(text)}.")
        h = states(self.plain, texts.encode(text, self.alphabet), np.zeros(self.neurons, self.theta.dtype))
        return predictions(self.plain, h[1:])

    def through_time(self, x: np.ndarray, y: np.ndarray, h: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        """Return the loss (nats, a scalar), dloss/dtheta (P,) and the last state (H,) of a chunk x, y (T,) from the state h (H,)."""
        return gradient(self, x, y, h)

    def gradient(self, x: np.ndarray, y: np.ndarray, h: np.ndarray, loss: str = "softmax") -> tuple[float, np.ndarray]:
        """Return the loss of a chunk (nats, a scalar) and dloss/dtheta (P,) for symbols x, y (T,) from the state h (H,).

        Raises ValueError for another loss, for symbols that the alphabet has not, and for arrays of other lengths.
        """
        validate.choice(loss, ["softmax"], "loss of a text")
        return self.through_time(*self._chunk(x, y, h))[:2]

    def _chunk(self, x, y, h):
        """A chunk whose symbols and state fit the network."""
        x, y = (validate.numbers(symbols, name, whole=True) for name, symbols in (("x", x), ("y", y)))
        inside = all(symbols.min(initial=0) >= 0 and symbols.max(initial=0) < self.symbols for symbols in (x, y))
        if x.ndim != 1 or not x.size or x.shape != y.shape or not inside:
            raise ValueError(
                f"x and y must be symbols 0..{self.symbols - 1} in two vectors of one length, got {validate.said(x)} "
                f"and {validate.said(y)}."
            )
        return x, y, validate.inputs(validate.numbers(h, "h")[None], self.neurons, self.theta, "h")[0]

    def bound(self, g: np.ndarray, loss: str = "softmax") -> Callable[..., float]:
        """Return f(x, y, h) -> loss that writes the gradient into g (P,) and the last state of the chunk into h (H,)."""
        validate.choice(loss, ["softmax"], "loss of a text")
        ready(self, g, loss)

        def step(x: np.ndarray, y: np.ndarray, h: np.ndarray) -> float:
            value, g[...], h[...] = self.through_time(x, y, h)
            return value

        return step
