"""The same rule in each hidden layer of a multi-layer perceptron, as the paper proposes: `train(net, X, y, ...)`.

    r_i = 4 mean_k |W_{l+1}[k, i]|               layer l, neuron i: four times its mean outgoing weight

which is what the recurrent r is, too: 1/2 (sum over 4 symbols + 4 times a mean over neurons) of |outgoing weights|. Every
step: RMSProp with clipped steps, the L1 pull on all weights that leave a hidden layer, then each hidden layer deletes
surplus spares and replenishes missing ones. A newborn has incoming weights N(0, .01^2), zero bias and r = T_D.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from minigrow.differentiable_structure.learning import Learning
from minigrow.differentiable_structure.network import SCALE
from minigrow.differentiable_structure.rule import RULE, Rule
from minigrow.growth.basis import Change, Move, append, apply, carry, keep
from minigrow.nn import validate
from minigrow.nn.mlp import MLP, gradient
from minigrow.nn.optimisers import RMSProp, State
from minigrow.nn.spaces import flatten, views

SLOW = Learning(rate=1e-3, clip=1e-3, pull=1e-5)  # a tenth of the recurrent numbers: digits need finer steps


class Trained(NamedTuple):
    """The network, and after each epoch its widths and mean loss (nats a sample)."""

    net: MLP
    widths: list[tuple[int, ...]]
    loss: list[float]


def outgoing_norm(net: MLP, layer: int) -> np.ndarray:
    """Return r (m_l,) of hidden layer l = 1, 2, ...

    >>> outgoing_norm(MLP.create([4, 3, 2], rng=0), 1).shape
    (3,)
    """
    return 4 * np.abs(net.params[f"W{layer + 1}"]).mean(axis=0)


def train(
    net: MLP,
    X: np.ndarray,
    y: np.ndarray,
    epochs: int,
    *,
    rng: Any,
    learning: Learning = SLOW,
    rule: Rule | None = RULE,
) -> Trained:
    """Return the network after `epochs` passes over X (n, d), labels y (n,), in batches of `learning.steps`.

    `rule=None` keeps the widths. Raises ValueError as the parts do.

    >>> train(MLP.create([2, 1, 2], rng=0), np.eye(2), np.array([0, 1]), 3, rng=0).net.widths[0]
    2
    """
    rng, s, widths, losses = validate.generator(rng), np.zeros_like(net.theta), [], []
    for _ in range(epochs):
        order, total = rng.permutation(len(X)), 0.0
        for first in range(0, len(X), learning.steps):
            rows = order[first : first + learning.steps]
            loss, g = gradient(net, X[rows], y[rows])
            net, s = update(net, s, g, learning)
            if rule is not None:
                net, s = restructure(net, s, rule, rng)
            total += loss * len(rows)
        widths.append(net.widths)
        losses.append(total / len(X))
    return Trained(net, widths, losses)


def update(net: MLP, s: np.ndarray, g: np.ndarray, c: Learning) -> tuple[MLP, np.ndarray]:
    """Return network and memories s (P,) after RMSProp on g (P,) and the pull on W_2, W_3, ...

    >>> net = MLP.create([2, 1, 2], rng=0)
    >>> update(net, np.zeros(7), np.ones(7), SLOW)[1].round(2)
    array([0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01])
    """
    theta, state = RMSProp(c.rate, 1 - c.fresh, c.eps, c.clip).step(State(0, (s,)), net.theta, g)
    moved = MLP(net.widths, net.activation, theta)
    for layer in range(2, net.layers + 1):
        W = moved.params[f"W{layer}"]
        W -= c.pull * np.sign(W)
    return moved, state.slots[0]


def restructure(net: MLP, s: np.ndarray, rule: Rule, rng: np.random.Generator) -> tuple[MLP, np.ndarray]:
    """Return network and memories after the rule has visited every hidden layer, the last one first.

    >>> net = MLP.create([2, 1, 2], rng=0)
    >>> restructure(net, np.zeros(7), Rule(anytime=1.0), np.random.default_rng(0))[0].widths
    (2, 2, 2)
    """
    for layer in range(net.layers - 1, 0, -1):
        r = outgoing_norm(net, layer)
        spares = np.flatnonzero(r <= rule.threshold)
        doomed = condemned(spares, len(r), rule, rng)
        if len(doomed):
            net, s = _move(net, s, layer, keep(np.setdiff1d(np.arange(len(r)), doomed), len(r)), rule)
        if arrives(len(spares) - len(doomed), net.widths[layer], rule, rng):
            net, s = add(net, s, layer, rule, rng)
    return net, s


def condemned(spares: np.ndarray, H: int, rule: Rule, rng: np.random.Generator) -> Sequence[int]:
    """Return which of the spares (indices) are deleted: beyond a random k, each with P_del; one of the H always stays.

    >>> condemned(np.array([0, 2]), 3, Rule(delete=1.0), np.random.default_rng(0))
    array([2])
    """
    surplus = rng.permutation(spares)[rule.spares :]
    return surplus[rng.random(len(surplus)) < rule.delete][: H - 1]


def arrives(spares: int, H: int, rule: Rule, rng: np.random.Generator) -> bool:
    """Return whether a neuron is added: with P_add when spares are missing, and with a small chance at any time.

    >>> arrives(0, 1, Rule(add=1.0), np.random.default_rng(0))
    True
    """
    chance, anyway = rng.random(2) < (rule.add, rule.anytime)
    return bool(rule.most > H and ((spares < rule.spares and chance) or anyway))


def add(net: MLP, s: np.ndarray, layer: int, rule: Rule, rng: np.random.Generator) -> tuple[MLP, np.ndarray]:
    """Return network and memories with one more neuron in hidden layer l, with r = T_D.

    >>> grown, s = add(MLP.create([2, 1, 2], rng=0), np.zeros(7), 1, RULE, np.random.default_rng(0))
    >>> grown.widths, outgoing_norm(grown, 1)[-1].round(12)
    ((2, 2, 2), np.float64(0.05))
    """
    grown, s = _move(net, s, layer, append(net.widths[layer], 1), rule)
    p = grown.params
    p[f"W{layer}"][-1] = SCALE * rng.standard_normal(p[f"W{layer}"].shape[1])
    out = rng.standard_normal(len(p[f"W{layer + 1}"]))
    p[f"W{layer + 1}"][:, -1] = out * rule.newborn * rule.threshold / (4 * np.abs(out).mean())
    return grown, s


def _move(net: MLP, s: np.ndarray, layer: int, change: Change, rule: Rule):
    """Apply a change to layer l; what is new among the memories starts at the rule's `memory`."""
    moves, H = (Move(f"h{layer}", change),), net.widths[layer]
    moved = net.with_params(apply(moves, net.params, net.axes))
    slots = carry(moves, views(s, net.shapes), net.axes, order=2)
    if change.new > H:
        for memory in (slots[f"W{layer}"][H:], slots[f"b{layer}"][H:], slots[f"W{layer + 1}"][:, H:]):
            memory[...] = rule.memory
    return moved, flatten({name: slots[name] for name in moved.shapes})
