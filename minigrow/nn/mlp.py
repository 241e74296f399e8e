"""A plain multi-layer perceptron of fixed size: the network that all others are compared with.

Legend: n batch, L layers of weights, widths (m_0 inputs, m_1, ..., m_L outputs); X_0 = X (n, m_0);
W_l (m_l, m_{l-1}), b_l (m_l), z_l pre-activation (n, m_l), g_l = dL/dz_l (n, m_l).

    Z_l = X_{l-1} W_l' + b_l     X_l = act(Z_l)     output = Z_L
    dL/dW_l = g_l' X_{l-1}       dL/db_l = sum over samples of g_l       dL/dX_{l-1} = g_l W_l
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from minigrow.nn import validate
from minigrow.nn.activations import ACTIVATIONS, ElementWise
from minigrow.nn.door import door
from minigrow.nn.feeding import fed
from minigrow.nn.initialisers import fill
from minigrow.nn.layered import Layered
from minigrow.nn.losses import LOSSES
from minigrow.nn.params import views
from minigrow.nn.radial import RADIAL, Radial, length
from minigrow.nn.signals import Signals
from minigrow.nn.spaces import Axes

EVERY_ACTIVATION: dict[str, ElementWise | Radial] = {**ACTIVATIONS, **RADIAL}


@dataclass(frozen=True, eq=False)
class MLP(Layered):
    """Layers h0 (inputs), ..., hL (outputs), the name of the hidden activation, and all parameters in one vector theta (P,).

    >>> net = MLP.create([4, 3, 2], rng=0)
    >>> net(np.ones((5, 4))).shape, net.params["W1"].shape
    ((5, 2), (3, 4))
    """

    sizes: dict[str, int]
    activation: str
    theta: np.ndarray
    choices = {"activation": EVERY_ACTIVATION}  # noqa: RUF012 (as in Spaces)

    @classmethod
    @door
    def create(
        cls,
        widths: Sequence[int],
        activation: str = "tanh",
        *,
        init: str = "glorot",
        rng: Any = None,
        dtype: Any = np.float64,
    ) -> MLP:
        """Draw a network: weights and `biases` from the initialiser. Raises ValueError for an unknown option or width.

        >>> MLP.create([4, 3, 2], "relu", init="he", rng=0).theta.shape
        (23,)
        """
        widths, rng = validate.widths(widths), validate.generator(rng)
        validate.choice(activation, EVERY_ACTIVATION, "activation")
        net = cls(widths, activation, validate.float_dtype(dtype))
        fill(net.params, init, rng)
        return net

    @cached_property
    def axes(self) -> Axes:
        """W_l produces layer l from layer l - 1, b_l produces layer l."""
        layers = range(1, self.layers + 1)
        return {k: v for l in layers for k, v in ((f"W{l}", (f"+h{l}", f"-h{l - 1}")), (f"b{l}", (f"+h{l}",)))}

    def __call__(self, X: np.ndarray) -> np.ndarray:
        """Return the outputs (n, m_L) for inputs (n, m_0)."""
        return forward(self, validate.inputs(X, self.widths[0], self.theta))[0][-1]

    def activations(self, X: np.ndarray) -> dict[str, np.ndarray]:
        """Return what every layer says (n, m_l): X_0 to X_{L-1} and the outputs Z_L, for inputs (n, m_0)."""
        Z, inputs = forward(self, validate.inputs(X, self.widths[0], self.theta))
        return dict(zip(self.sizes, [*inputs, Z[-1]], strict=True))

    @fed
    def gradient(self, X: np.ndarray, y: np.ndarray, loss: str = "softmax") -> tuple[float, np.ndarray]:
        """Return the loss (a scalar) and dL/dtheta (P,) on a batch X (n, m_0), y; see `minigrow.nn.losses`."""
        return gradient(self, X, y, loss)

    @fed
    def signals(self, X: np.ndarray, y: np.ndarray, loss: str = "softmax", back_to: int = 1) -> Signals:
        """Return what flows forwards and backwards on a batch, backwards to dL/dZ_l of l = `back_to`; see `minigrow.nn.signals`."""
        return signals(self, X, y, loss, self.backwards(back_to))


def forward(net: MLP, X: np.ndarray) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Return all pre-activations [Z_1, ..., Z_L] (n, m_l) and layer inputs [X_0, ..., X_{L-1}] (n, m_l).

    >>> Z, inputs = forward(MLP.create([4, 3, 2], rng=0), np.ones((5, 4)))
    >>> [z.shape for z in Z]
    [(5, 3), (5, 2)]
    """
    act, Z, inputs = EVERY_ACTIVATION[net.activation], [], [X]
    for layer in range(1, net.layers + 1):
        Z.append(inputs[-1] @ net.params[f"W{layer}"].T + net.params[f"b{layer}"])
        if layer < net.layers:
            inputs.append(act.forward(Z[-1]))
    return Z, inputs


def signals(net: MLP, X: np.ndarray, y: np.ndarray, loss: str = "softmax", back_to: int = 1) -> Signals:
    """Return what flows forwards and, to layer `back_to`, backwards on a batch X (n, m_0), y; the formulas are at the top of this file.

    >>> seen = signals(MLP.create([4, 3, 2], rng=0), np.ones((5, 4)), np.array([0, 1, 0, 1, 0]))
    >>> [g.shape for g in seen.g]
    [(5, 3), (5, 2)]
    """
    act, (Z, inputs) = EVERY_ACTIVATION[net.activation], forward(net, X)
    value, g = LOSSES[loss](Z[-1], y)
    slopes = [g]
    for layer in range(net.layers, back_to, -1):
        slopes.append(act.backward(Z[layer - 2], slopes[-1] @ net.params[f"W{layer}"]))
    gains = tuple(act.gain(length(z)) for z in Z[:-1]) if isinstance(act, Radial) else ()
    return Signals(value, inputs, Z, slopes[::-1], gains)


def gradient(net: MLP, X: np.ndarray, y: np.ndarray, loss: str = "softmax") -> tuple[float, np.ndarray]:
    """Return the loss (a scalar) and dL/dtheta (P,) by backpropagation; the formulas are at the top of this file.

    >>> value, g = gradient(MLP.create([4, 3, 2], rng=0), np.ones((5, 4)), np.array([0, 1, 0, 1, 0]))
    >>> g.shape
    (23,)
    """
    seen, out = signals(net, X, y, loss), np.empty_like(net.theta)
    grads = views(out, net.shapes)
    for layer, (x, g) in enumerate(zip(seen.inputs, seen.g, strict=True), 1):
        grads[f"W{layer}"][...] = g.T @ x
        grads[f"b{layer}"][...] = g.sum(axis=0)
    return seen.loss, out
