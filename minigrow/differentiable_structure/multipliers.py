"""The paper's first method (v1, v2): every neuron has a multiplier m_i on its way out, and the price is on the multipliers.

    output:  p_t = softmax(Why (m * h_t) + by)          m acts on what a neuron sends to the output (the paper's choice)
    all:     and h_t = tanh(Wxh[:, x_t] + Whh (m * h_{t-1}) + bh)        m acts on all that a neuron sends

Both are the plain network with effective weights Why diag(m) (and Whh diag(m)): a rescaling that is learned. So the gradient
is that of the plain network and one more step of the chain rule. With dV the gradient of an effective V diag(m):

    dV <- dV diag(m)         dm_i = sum over the multiplied V of sum_k dV[k, i] V[k, i]

    net = Multiplied.create(alphabet_of(text), rng=0)
    run = train(start(net, rng=0, optimiser=LEARNING, memory=(0, 0)), text, Plan(steps=300_000), rule=RULE)

LEARNING is Adagrad on gradients clipped to +-5, with the price A = 3e-5 at each of 40 symbols, and multipliers of at least
M_min = .025. A neuron with m_i <= T_D is a spare; one is born with m = T_D and all weights N(0, .01^2). The state carried over is h.
Source: T. Miconi, arXiv 1606.06216, v1 and v2, and the released programs of that time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from minigrow.differentiable_structure.formulas import gradient
from minigrow.differentiable_structure.network import AXES, SCALE, Network
from minigrow.differentiable_structure.rule import Rule, born, outgoing_norm
from minigrow.growth.basis import Move
from minigrow.nn import validate
from minigrow.nn.optimisers import Adagrad
from minigrow.nn.params import flatten, views
from minigrow.nn.spaces import Axes
from minigrow.nn.wrappers import L1, Clip, Floor

PATHS = {"output": ("Why",), "all": ("Whh", "Why")}
CHUNK = 40
LEARNING = Floor(Clip(L1(Adagrad(rate=0.1), CHUNK * 3e-5), 5.0), 0.025)
RULE = Rule(delete=0.25, add=0.05, memory=0.0)


@dataclass(frozen=True, eq=False)
class Multiplied(Network):
    """A network with multipliers m (H,) on the path "output" or "all".

    >>> net = Multiplied.create("ab", neurons=3, rng=0)
    >>> net.params["m"], net.priced
    (array([1., 1., 1.]), ('m',))
    """

    path: str = "output"
    compiled = True

    @classmethod
    def create(
        cls, alphabet: str, neurons: int = 1, *, path: str = "output", rng: Any = None, dtype: Any = np.float64
    ) -> Multiplied:
        """Draw a network as `Network.create` does, with all multipliers 1.

        Raises ValueError as `Network.create`, and for an unknown path.

        >>> Multiplied.create("ab", rng=0, path="all").path
        'all'
        """
        validate.choice(path, PATHS, "path")
        net = Network.create(alphabet, neurons, rng=rng, dtype=dtype)
        return cls(net.sizes, alphabet, np.concatenate([net.theta, np.ones(net.neurons, net.theta.dtype)]), path)

    @property
    def axes(self) -> Axes:
        """Those of the plain network; multipliers consume the neurons, as outgoing weights do."""
        return {**AXES, "m": ("-h",)}

    @property
    def priced(self) -> tuple[str, ...]:
        """The multipliers alone."""
        return ("m",)

    @property
    def plain(self) -> Network:
        """The network with effective weights: every multiplied matrix times diag(m)."""
        p = {name: self.params[name] * (self.params["m"] if name in PATHS[self.path] else 1) for name in AXES}
        return Network(self.sizes, self.alphabet, flatten(p))

    def through_time(self, x: np.ndarray, y: np.ndarray, h: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        """Return the loss, dloss/dtheta (P,) and the last state (H,); the formulas are at the top of this file."""
        plain, p = self.plain, self.params
        loss, g, h = gradient(plain, x, y, h)
        d = {name: array.copy() for name, array in views(g, plain.shapes).items()}
        d["m"] = np.zeros(self.neurons, g.dtype)
        for name in PATHS[self.path]:
            d["m"] += (d[name] * p[name]).sum(axis=0)
            d[name] *= p["m"]
        return loss, flatten(d), h


@outgoing_norm.register
def _(net: Multiplied) -> np.ndarray:
    return np.abs(net.params["m"])


@born.register
def _(net: Multiplied, rule: Rule, rng: np.random.Generator) -> tuple[Network, tuple[Move, ...]]:
    p, H = net.params, net.neurons - 1
    p["Wxh"][H] = SCALE * rng.standard_normal(net.symbols)
    p["Whh"][H, :H] = SCALE * rng.standard_normal(H)
    p["Why"][:, H] = SCALE * rng.standard_normal(net.symbols)
    p["Whh"][:, H] = SCALE * rng.standard_normal(H + 1)
    p["m"][H] = rule.threshold
    return net, ()
