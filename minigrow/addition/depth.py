"""Net2Deeper: put a layer behind a hidden one that hands on what it gets, exactly where the activation allows it.

Hidden layer `layer` gives H (n, h); W the matrix that consumed H, b its biases. The new layer has fan-in F, biases c, and W' behind it:

| function | F, c | W' | keeps the function |
|---|---|---|---|
| `deeper` | 1, 0 | W | exactly where act(act(z)) = act(z): relu, identity |
| `deeper_pairs` | [1; -1], 0 | [W, -W] | exactly (to rounding) where act(z) - act(-z) = z: softplus, silu, gelu, relu |
| `deeper_near` | s 1, 0 | W / (s act'(0)) | nearly: tanh leaves s^2 H^3 / 3 of H out, and W' is 1/s times as large |

For tanh and sigmoid no layer of any width is exact: a sum of bounded analytic functions that is a line on an interval is that line
everywhere, and a line is not bounded. A zero second matrix (the other remedy of the field) needs a skip connection around it, which
an MLP has not: here it would make the output a constant.
Source: Chen, Goodfellow and Shlens 2016, arXiv 1511.05641, section 2.3 (`deeper`); the pairs are ours, by x Phi(x) + x Phi(-x) = x.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrow.addition.assumptions import IDEMPOTENT, KINKED
from minigrow.nn.activations import ElementWise
from minigrow.nn.mlp import EVERY_ACTIVATION, MLP
from minigrow.nn.params import flatten, views
from minigrow.nn.validate import positive

PAIRED = ("relu", "relu1", "softplus", "silu", "gelu")


def deeper(net: MLP, layer: int) -> MLP:
    """Return the network with an identity layer behind hidden layer `layer`; it gives the same outputs, bit for bit.

    Raises ValueError for an activation that is not idempotent: see `deeper_pairs` and `deeper_near`.

    >>> net = MLP.create([4, 3, 2], "relu", rng=0)
    >>> deep = deeper(net, 0)
    >>> deep.widths, bool(np.all(deep(np.eye(4)) == net(np.eye(4))))
    ((4, 3, 3, 2), True)
    """
    _allowed(net, IDEMPOTENT, "deeper", "act(act(z)) = act(z)")
    W = net.params[f"W{net.hidden(layer) + 1}"]
    return _inserted(net, layer, np.eye(W.shape[1]), W, net.params[f"b{net.hidden(layer) + 1}"])


def deeper_pairs(net: MLP, layer: int) -> MLP:
    """Return the network with a layer of pairs act(H), act(-H) behind hidden layer `layer`, whose difference is H.

    Raises ValueError for an activation with act(z) - act(-z) other than z.

    >>> net = MLP.create([4, 3, 2], "gelu", rng=0)
    >>> deep = deeper_pairs(net, 0)
    >>> deep.widths, bool(abs(deep(np.eye(4)) - net(np.eye(4))).max() < 1e-15)
    ((4, 3, 6, 2), True)
    """
    _allowed(net, PAIRED, "deeper_pairs", "act(z) - act(-z) = z")
    W, one = net.params[f"W{net.hidden(layer) + 1}"], np.eye(net.widths[net.hidden(layer)])
    return _inserted(net, layer, np.vstack([one, -one]), np.hstack([W, -W]), net.params[f"b{net.hidden(layer) + 1}"])


def deeper_near(net: MLP, layer: int, s: float = 0.01) -> MLP:
    """Return the network with a layer that works near 0, where every smooth activation is nearly a line: NOT exact.

    Its error falls as s^2 (tanh, sigmoid) or s, while W' grows as 1/s, and with it the gradients of the new layer.
    Raises ValueError for s <= 0, and for an activation without a slope at 0.

    >>> net = MLP.create([4, 3, 2], "tanh", rng=0)
    >>> gap = [float(abs(deeper_near(net, 0, s)(np.eye(4)) - net(np.eye(4))).max()) for s in (0.1, 0.01)]
    >>> round(gap[0] / gap[1])
    100
    """
    _plain(net, "deeper_near")
    act = EVERY_ACTIVATION[net.activation]
    if act.name in KINKED:
        raise ValueError(
            f"deeper_near needs an activation that is nearly a line around 0, not {act.name}. Take deeper."
        )
    l, s = net.hidden(layer), positive(s, "s")
    W = net.params[f"W{l + 1}"] / net.theta.dtype.type(s * act.slope)
    b = net.params[f"b{l + 1}"] - net.theta.dtype.type(act.at_zero) * W.sum(axis=1)
    return _inserted(net, layer, s * np.eye(W.shape[1]), W, b)


def renamed(net: MLP, deep: MLP, layer: int) -> dict[str, str]:
    """Return {new name: old name} of the parameters that only got another number when `deep` was made of `net`.

    >>> net = MLP.create([4, 3, 2], "relu", rng=0)
    >>> renamed(net, deeper(net, 0), 0)
    {'W1': 'W1', 'b1': 'b1', 'W3': 'W2', 'b3': 'b2'}
    """
    l, names = net.hidden(layer), {}
    for old in net.shapes:
        number = int(old[1:])
        new = f"{old[0]}{number + (number > l)}"
        if np.array_equal(net.params[old], deep.params[new]):
            names[new] = old
    return names


def follow_deeper(state: Any, net: MLP, deep: MLP, layer: int) -> Any:
    """Return the optimiser's state of `net` for `deep`: renamed parameters keep their moments, all others start at 0.

    A change of basis cannot say this, for it knows no new spaces, so training goes on with a run that is started anew:
    `growth.start(deep, optimiser)._replace(state=follow_deeper(...))`.

    >>> from minigrow.nn.optimisers import Momentum, start
    >>> net = MLP.create([4, 3, 2], "relu", rng=0)
    >>> state = start(Momentum(), net.theta)._replace(t=5, slots=(np.ones(23),))
    >>> later = follow_deeper(state, net, deeper(net, 0), 0)
    >>> later.t, later.slots[0].size, later.slots[0].sum()
    (5, 35, np.float64(23.0))
    """
    names, slots = renamed(net, deep, layer), []
    for slot in state.slots:
        old = views(slot, net.shapes)
        slots.append(
            flatten(
                {
                    new: old[names[new]] if new in names else np.zeros(shape, slot.dtype)
                    for new, shape in deep.shapes.items()
                }
            )
        )
    return state._replace(slots=tuple(slots))


def _plain(net, rule):
    """Refuse networks that are no chains, and activations that mix the neurons of a layer."""
    if not isinstance(net, MLP):
        raise ValueError(f"{rule} is for an MLP, a chain of layers with one activation, got {type(net).__name__}.")
    if not isinstance(EVERY_ACTIVATION[net.activation], ElementWise):
        raise ValueError(
            f"{rule} needs an activation that treats each neuron alone: {net.activation} sees the length of the layer, and shrinks a "
            "second time what it gets back. Take relu, softplus, silu or gelu."
        )


def _allowed(net, names, rule, needs):
    _plain(net, rule)
    if net.activation not in names:
        other = "deeper_pairs" if net.activation in PAIRED else "deeper_near, which is not exact,"
        raise ValueError(
            f"{rule} needs {needs}, which holds for {', '.join(names)}, but the network has {net.activation}. Take {other} "
            "or one of these activations."
        )


def _inserted(net, layer, F, W, b):
    """The network with fan-in F (m, h) and zero biases behind hidden layer `layer`, then W and b; what is behind is renumbered."""
    l, params = net.hidden(layer), net.params
    new = {f"W{l + 1}": F, f"b{l + 1}": np.zeros(len(F)), f"W{l + 2}": W, f"b{l + 2}": b}
    for i in range(1, net.layers + 1):
        if i != l + 1:
            new |= {f"{name}{i + (i > l)}": params[f"{name}{i}"] for name in "Wb"}
    widths = [*net.widths[: l + 1], len(F), *net.widths[l + 1 :]]
    deep = MLP(widths, net.activation, net.theta.dtype)
    for name, window in deep.params.items():
        window[...] = new[name]
    return deep
