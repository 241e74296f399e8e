"""Residual layers that come and go by the same rule, as the paper proposes: depth as a matter of spares.

    x_0 = tanh(A x + a)      x_l = x_{l-1} + V_l tanh(W_l x_{l-1} + b_l)      logits = B x_L + c

n batch, m width of the stream, k neurons of a layer; A (m, d), W_l (k, m), V_l (m, k), B (K, m). A layer whose V_l is small
does nothing: it is a spare. Its norm r_l = 4 mean |V_l| is pulled down by L1 as the neurons' r is; surplus spare layers are
pruned, a missing one is put in at a random depth with r = T_D. Backwards, g = dL/dx_l:

    dV_l = g' u_l    dz_l = (1 - u_l^2)(g V_l)    dW_l = dz_l' x_{l-1}    db_l = sum dz_l    dL/dx_{l-1} = g + dz_l W_l

All layers are alike, so W (L, k, m), b (L, k) and V (L, m, k) are one array each and the layers are a space of their own, l: a
layer comes or goes by a change of basis on it, as a neuron does on its layer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from minigrow.differentiable_structure.layers import arrives
from minigrow.differentiable_structure.rule import Rule
from minigrow.differentiable_structure.spares import surplus, why
from minigrow.growth.basis import Move, place
from minigrow.growth.contract import moved
from minigrow.growth.events import Event
from minigrow.growth.loop import Context
from minigrow.nn import validate
from minigrow.nn.door import door
from minigrow.nn.feeding import fed
from minigrow.nn.initialisers import glorot
from minigrow.nn.losses import LOSSES
from minigrow.nn.params import flatten
from minigrow.nn.spaces import Axes, Spaces, Wire

LAYERS = Rule(most=20)
AXES: Axes = {
    "A": ("+m", "-x"),
    "a": ("+m",),
    "W": ("+l", "+k", "-m"),
    "b": ("+l", "+k"),
    "V": ("+l", "+m", "-k"),
    "B": ("+y", "-m"),
    "c": ("+y",),
}


@dataclass(frozen=True, eq=False)
class Residual(Spaces):
    """Spaces x (inputs), m (the stream), l (the layers), k (a layer's neurons), y (outputs), and theta (P,).

    >>> net = Residual.create(4, 8, 3, layers=2, neurons=5, rng=0)
    >>> net.widths, net.params["V"].shape
    ((4, 8, 2, 5, 3), (2, 8, 5))
    """

    sizes: dict[str, int]
    theta: np.ndarray

    @classmethod
    @door
    def create(cls, inputs: int, width: int, outputs: int, layers: int, neurons: int, *, rng: Any = None) -> Residual:
        """Draw a network: A and B from Glorot's, layers as newborns with r = T_D.

        Raises ValueError for a size below 1 (layers below 0).

        >>> Residual.create(4, 8, 3, layers=0, neurons=5, rng=0)(np.ones((2, 4))).shape
        (2, 3)
        """
        rng = validate.generator(rng)
        sizes = {"x": inputs, "m": width, "l": layers, "k": neurons, "y": outputs}
        for space, size in sizes.items():
            validate.whole(size, f"the size of {space}", least=int(space != "l"))
        net = cls(sizes, np.dtype(np.float64))
        net.params["A"][...], net.params["B"][...] = glorot(width, inputs, rng), glorot(outputs, width, rng)
        for l in range(layers):
            _draw(net, l, LAYERS, rng)
        return net

    @property
    def axes(self) -> Axes:
        """Layer l produces the stream m from its k neurons, and those from the stream."""
        return AXES

    @property
    def priced(self) -> tuple[str, ...]:
        """V alone: what the layers give to the stream."""
        return ("V",)

    @property
    def wires(self) -> list[Wire]:
        """All layers' neurons side by side as one space u (L k,): A from x to m, W from m to u, V from u to m, B from m to y."""
        p, (L, k, m) = self.params, self.shapes["W"]
        V = p["V"].transpose(1, 0, 2).reshape(m, L * k)
        return [
            Wire("m", "x", p["A"]),
            Wire("u", "m", p["W"].reshape(L * k, m)),
            Wire("m", "u", V),
            Wire("y", "m", p["B"]),
        ]

    @property
    def unfolded(self) -> tuple[dict[str, int], list[Wire]]:
        """The stream as it passes the layers, m0, u1, m1, .., for `structure`: sizes, and wires with the identities m(l-1) -> m(l)."""
        p, (L, k, m) = self.params, self.shapes["W"]
        sizes = {"x": self.sizes["x"], "m0": m, "y": self.sizes["y"]}
        wires = [Wire("m0", "x", p["A"]), Wire("y", f"m{L}", p["B"])]
        for l in range(1, L + 1):
            sizes |= {f"u{l}": k, f"m{l}": m}
            wires += [Wire(f"u{l}", f"m{l - 1}", p["W"][l - 1]), Wire(f"m{l}", f"u{l}", p["V"][l - 1])]
            wires.append(Wire(f"m{l}", f"m{l - 1}", np.eye(m)))
        return sizes, wires

    def __call__(self, X: np.ndarray) -> np.ndarray:
        """Return the logits (n, K) for inputs X (n, d)."""
        return forward(self, validate.inputs(X, self.sizes["x"], self.theta))[2]

    @fed
    def gradient(self, X: np.ndarray, y: np.ndarray, loss: str = "softmax") -> tuple[float, np.ndarray]:
        """Return the loss (a scalar) and dL/dtheta (P,) on a batch X (n, d), y; the formulas are at the top of this file."""
        p, (x, u, logits) = self.params, forward(self, X)
        value, g = LOSSES[loss](logits, y)
        d = {"B": g.T @ x[-1], "c": g.sum(axis=0)} | {name: np.empty_like(p[name]) for name in ("W", "b", "V")}
        g = g @ p["B"]
        for l in range(len(p["b"]) - 1, -1, -1):
            dz = (1 - u[l] ** 2) * (g @ p["V"][l])
            d["W"][l], d["b"][l], d["V"][l] = dz.T @ x[l], dz.sum(axis=0), g.T @ u[l]
            g = g + dz @ p["W"][l]
        dz = (1 - x[0] ** 2) * g
        d |= {"A": dz.T @ X, "a": dz.sum(axis=0)}
        return value, flatten({name: d[name] for name in self.axes})


def forward(net: Residual, X: np.ndarray) -> tuple[list[np.ndarray], list[np.ndarray], np.ndarray]:
    """Return the stream [x_0, ..., x_L] (n, m), the layers' [u_1, ...] (n, k), the logits (n, K) for X (n, d).

    >>> forward(Residual.create(4, 8, 3, 2, 5, rng=0), np.ones((6, 4)))[2].shape
    (6, 3)
    """
    p = net.params
    x, u = [np.tanh(X @ p["A"].T + p["a"])], []
    for W, b, V in zip(p["W"], p["b"], p["V"], strict=True):
        u.append(np.tanh(x[-1] @ W.T + b))
        x.append(x[-1] + u[-1] @ V.T)
    return x, u, x[-1] @ p["B"].T + p["c"]


def depth_norm(net: Residual) -> np.ndarray:
    """Return r = 4 mean |V_l| of every layer (L,).

    >>> depth_norm(Residual.create(4, 8, 3, 2, 5, rng=0)).round(12)
    array([0.05, 0.05])
    """
    return np.array([4 * np.abs(V).mean() for V in net.params["V"]])


def prune_depth(net: Residual, layers: Any, reason: str = "asked for") -> tuple[Residual, Event]:
    """Remove layers (indices); all may go.

    Raises ValueError for a layer that is not there.

    >>> prune_depth(Residual.create(4, 8, 3, 2, 5, rng=0), [0, 1])[0].sizes["l"]
    0
    """
    L = net.sizes["l"]
    kept = validate.others(layers, L, "layers")
    moves = (Move("l", place(kept, L)),)
    return moved(net, moves), Event("prune", "l", L - len(kept), reason, L, len(kept), moves)


def grow_depth(
    net: Residual, depth: int, *, rng: Any = None, rule: Rule = LAYERS, reason: str = "asked for"
) -> tuple[Residual, Event]:
    """Put a new layer with r = T_D before layer `depth`, 0..L; unlike a neuron it has incoming weights of ordinary size.

    >>> depth_norm(grow_depth(Residual.create(4, 8, 3, 1, 5, rng=0), 0, rng=0)[0]).round(12)
    array([0.05, 0.05])
    """
    L = net.sizes["l"]
    if validate.whole(depth, "depth") > L:
        raise ValueError(f"depth must be in 0..{L}, the places between {L} layers, got {depth}.")
    moves = (Move("l", place(np.insert(np.arange(L), depth, -1), L)),)
    net = moved(net, moves)
    _draw(net, depth, rule, validate.generator(rng))
    return net, Event("grow", "l", 1, reason, L, L + 1, moves, memory=rule.memory)


def _draw(net, l, rule, rng):
    V = rng.standard_normal(net.params["V"].shape[1:])
    net.params["W"][l] = glorot(*net.params["W"].shape[1:], rng)
    net.params["V"][l] = V * rule.threshold / (4 * np.abs(V).mean())


class DepthSpares(NamedTuple):
    """The policy: surplus spare layers go, and perhaps one comes.

    >>> context = Context(0, 0, np.random.default_rng(0), None, None, "softmax", None)
    >>> DepthSpares(Rule(anytime=1.0))(Residual.create(4, 8, 3, 1, 5, rng=0), context)[0].sizes["l"]
    2
    """

    rule: Rule = LAYERS

    def __call__(self, net: Residual, context: Context) -> tuple[Residual, tuple[Event, ...]]:
        """Return the network after one structural step, and what happened."""
        rule, rng, L, events = self.rule, context.rng, net.sizes["l"], ()
        spares = np.flatnonzero(depth_norm(net) <= rule.threshold)
        gone = surplus(spares, L + 1, rule, rng)
        if len(gone):
            net, event = prune_depth(net, gone, why(len(spares), rule, "layers"))
            events += (event,)
        left = len(spares) - len(gone)
        if arrives(left, net.sizes["l"], rule, rng):
            depth, reason = int(rng.random() * (net.sizes["l"] + 1)), why(min(left, rule.spares), rule, "layers")
            net, event = grow_depth(net, depth, rng=rng, rule=rule, reason=reason)
            events += (event,)
        return net, events
