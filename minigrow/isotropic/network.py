"""The isotropic network: `Network.create(widths, rng=rng)`; its formulas are in `formulas`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from minigrow.isotropic import formulas
from minigrow.isotropic.aligned import aligned
from minigrow.isotropic.corrections import O_VARIANTS, PSI_VARIANTS
from minigrow.isotropic.fast.workspace import bind
from minigrow.nn import validate
from minigrow.nn.compiler import HAS_NUMBA
from minigrow.nn.door import door
from minigrow.nn.feeding import fed, ready
from minigrow.nn.initialisers import fill
from minigrow.nn.layered import Layered
from minigrow.nn.radial import RADIAL
from minigrow.nn.signals import Signals
from minigrow.nn.spaces import Axes


@dataclass(frozen=True, eq=False)
class Network(Layered):
    """Layers h0 (inputs), ..., hL (outputs), the names of activation and variants, and all parameters in one vector theta (P,).

    >>> net = Network.create([64, 32, 32, 10], rng=0)
    >>> net(np.ones((5, 64))).shape, net.params["W2"].shape, net.params["psi1"].shape
    ((5, 10), (32, 32), (32,))
    """

    sizes: dict[str, int]
    activation: str
    o: str
    psi: str
    theta: np.ndarray
    choices = {"activation": RADIAL, "o": O_VARIANTS, "psi": PSI_VARIANTS}  # noqa: RUF012 (as in Spaces)

    @classmethod
    @door
    def create(
        cls,
        widths: Sequence[int],
        activation: str = "isotropic_tanh",
        *,
        o: str = "trainable",
        psi: str = "trainable",
        init: str = "orthogonal",
        rng: Any = None,
        dtype: Any = np.float64,
    ) -> Network:
        """Draw a network: W and b from the initialiser (b = 0 in most), psi = 0, o = 1e-6 (0 for o="none").

        Raises ValueError for an unknown activation or variant, or a width below 1.

        >>> Network.create([4, 3, 2], rng=0).params["lambda"].round(2)
        array([-13.82])
        """
        widths, rng = validate.widths(widths), validate.generator(rng)
        validate.choice(activation, RADIAL, "activation")
        validate.choice(o, O_VARIANTS, "o")
        validate.choice(psi, PSI_VARIANTS, "psi")
        net = cls(widths, activation, o, psi, validate.float_dtype(dtype))
        fill(net.params, init, rng)
        net.params["lambda"][...] = O_VARIANTS[o].start
        return net

    @cached_property
    def axes(self) -> Axes:
        """W_l, b_l and psi_{l-1} produce layer l, W_l consumes layer l - 1; lambda has an entry for each hidden layer."""
        L, named = self.layers, {}
        for l in range(1, L + 1):
            named |= {f"W{l}": (f"+h{l}", f"-h{l - 1}"), f"b{l}": (f"+h{l}",)}
        psi, lam = {f"psi{l}": (f"+h{l + 1}",) for l in range(1, L)}, {"lambda": (L - 1,)}
        return named | (psi | lam if PSI_VARIANTS[self.psi].trained else lam | psi)

    @cached_property
    def trained(self) -> tuple[str, ...]:
        """All W and b, psi and lambda where their variant is trained."""
        frozen = [] if O_VARIANTS[self.o].trained else ["lambda"]
        frozen += [] if PSI_VARIANTS[self.psi].trained else [f"psi{l}" for l in range(1, self.layers)]
        return tuple(name for name in self.axes if name not in frozen)

    @cached_property
    def decayed(self) -> tuple[str, ...]:
        """All that are trained but lambda: decay would pull o to 1."""
        return tuple(name for name in self.trained if name != "lambda")

    @property
    def intrinsic(self) -> np.ndarray:
        """o_l = exp(lambda_l) of every hidden layer, (L - 1,)."""
        return np.exp(self.params["lambda"])

    def __call__(self, X: np.ndarray) -> np.ndarray:
        """Return the logits (n, m_L) for inputs X (n, m_0)."""
        return formulas.forward(self, validate.inputs(X, self.widths[0], self.theta))[0][-1]

    def activations(self, X: np.ndarray) -> dict[str, np.ndarray]:
        """Return what every layer says (n, m_l): X, the x_l = a_l z_l, and the logits, for inputs X (n, m_0)."""
        X = validate.inputs(X, self.widths[0], self.theta)
        Z, rho = formulas.forward(self, X)
        hidden = [formulas.profile(self).gain(r)[:, None] * z for r, z in zip(rho, Z[:-1], strict=True)]
        return dict(zip(self.sizes, [X, *hidden, Z[-1]], strict=True))

    @property
    def singular(self) -> dict[str, np.ndarray]:
        """The singular value of each hidden neuron (m_l,), NaN in a layer that is not in its singular basis; see `aligned`."""
        return {f"h{l}": aligned(self.params[f"W{l}"]) for l in range(1, self.layers)}

    @fed
    def gradient(self, X: np.ndarray, y: np.ndarray, loss: str = "softmax") -> tuple[float, np.ndarray]:
        """Return the loss (a scalar) and dL/dtheta (P,) on a batch X (n, m_0), y; see `formulas.gradient`."""
        return formulas.gradient(self, X, y, loss)

    @fed
    def signals(self, X: np.ndarray, y: np.ndarray, loss: str = "softmax", back_to: int = 1) -> Signals:
        """Return what flows forwards and backwards on a batch; see `minigrow.nn.signals`."""
        return formulas.signals(self, X, y, loss, self.backwards(back_to))

    def bound(self, g: np.ndarray, loss: str = "softmax") -> Callable[[np.ndarray, np.ndarray], float]:
        """Return f(X, y) -> loss that writes dL/dtheta into g (P,), compiled; of the losses, only "softmax" is compiled too."""
        ready(self, g, loss)
        return bind(self, g, loss) if HAS_NUMBA else super().bound(g, loss)
