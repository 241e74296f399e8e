"""The same rule in each hidden layer of a multi-layer perceptron, as the paper proposes: `LayerSpares(rule)` is the policy.

    r_i = 4 mean_k |W_{l+1}[k, i]|               layer l, neuron i: four times its mean outgoing weight

which is the recurrent r, too: 1/2 (sum over 4 symbols + 4 times a mean over neurons) of |outgoing weights|. After every step of
RMSProp with clipped steps and the L1 pull on weights that leave hidden layers, each layer prunes surplus spares and adds missing ones:

    run = start(MLP.create([64, 1, 10], rng=0), SLOW, rng=0)
    run = train(run, X, y, Plan(epochs=60, batch=40, every=1, policies=(LayerSpares(),)))
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from minigrow.differentiable_structure.network import SCALE
from minigrow.differentiable_structure.rule import RULE, Rule
from minigrow.differentiable_structure.spares import surplus, why
from minigrow.growth.basis import Move, append, keep
from minigrow.growth.contract import moved
from minigrow.growth.events import Event
from minigrow.growth.loop import Context
from minigrow.nn.mlp import MLP
from minigrow.nn.optimisers import RMSProp
from minigrow.nn.validate import generator, others
from minigrow.nn.wrappers import Pull

SLOW = Pull(RMSProp(rate=1e-3, clip=1e-3), amount=1e-5)  # a tenth of the recurrent numbers: digits need finer steps


def layer_norm(net: MLP, layer: int) -> np.ndarray:
    """Return r (m,) of hidden layer `layer`, counted from 0.

    >>> layer_norm(MLP.create([4, 3, 2], rng=0), 0).shape
    (3,)
    """
    return 4 * np.abs(net.params[f"W{net.hidden(layer) + 1}"]).mean(axis=0)


def arrives(spares: int, H: int, rule: Rule, rng: np.random.Generator) -> bool:
    """Return whether a neuron is born: with P_add when spares are missing, and with a small chance at any time.

    >>> arrives(0, 1, Rule(add=1.0), np.random.default_rng(0))
    True
    """
    chance, anyway = rng.random(2) < (rule.add, rule.anytime)
    return bool(rule.most > H and ((spares < rule.spares and chance) or anyway))


def prune_layer(net: MLP, layer: int, neurons: Sequence[int], reason: str = "asked for") -> tuple[MLP, Event]:
    """Remove neurons (indices) of hidden layer `layer`.

    Raises ValueError for a neuron that is not there, and when none would be left.

    >>> prune_layer(MLP.create([4, 3, 2], rng=0), 0, [1])[0].widths
    (4, 2, 2)
    """
    l = net.hidden(layer)
    H = net.widths[l]
    kept = others(neurons, H, "neurons")
    moves = (Move(f"h{l}", keep(kept, H)),)
    return moved(net, moves), Event("prune", f"h{l}", H - len(kept), reason, H, len(kept), moves)


def grow_layer(
    net: MLP, layer: int, *, rng: Any = None, rule: Rule = RULE, reason: str = "asked for"
) -> tuple[MLP, Event]:
    """Append a neuron with r = T_D to hidden layer `layer`: incoming weights N(0, .01^2), zero bias.

    >>> net, event = grow_layer(MLP.create([2, 1, 2], rng=0), 0, rng=0)
    >>> net.widths, layer_norm(net, 0)[-1].round(12)
    ((2, 2, 2), np.float64(0.05))
    """
    l, rng = net.hidden(layer), generator(rng)
    H, moves = net.widths[l], (Move(f"h{l}", append(net.widths[l], 1)),)
    net = moved(net, moves)
    W, V = net.params[f"W{l}"], net.params[f"W{l + 1}"]
    W[-1] = SCALE * rng.standard_normal(W.shape[1])
    out = rng.standard_normal(len(V))
    V[:, -1] = out * rule.threshold / (4 * np.abs(out).mean())
    return net, Event("grow", f"h{l}", 1, reason, H, H + 1, moves, memory=rule.memory)


class LayerSpares(NamedTuple):
    """The policy: the rule visits every hidden layer, the last one first.

    >>> context = Context(0, 0, np.random.default_rng(0), None, None, "softmax", None)
    >>> LayerSpares(Rule(anytime=1.0))(MLP.create([2, 1, 2], rng=0), context)[0].widths
    (2, 2, 2)
    """

    rule: Rule = RULE

    def __call__(self, net: MLP, context: Context) -> tuple[MLP, tuple[Event, ...]]:
        """Return the network after the rule has visited every hidden layer, and what happened."""
        rule, rng, events = self.rule, context.rng, ()
        for layer in range(net.layers - 2, -1, -1):
            r = layer_norm(net, layer)
            spares = np.flatnonzero(r <= rule.threshold)
            gone = surplus(spares, len(r), rule, rng)
            if len(gone):
                net, event = prune_layer(net, layer, gone, why(len(spares), rule))
                events += (event,)
            left = len(spares) - len(gone)
            if arrives(left, net.widths[layer + 1], rule, rng):
                net, event = grow_layer(net, layer, rng=rng, rule=rule, reason=why(min(left, rule.spares), rule))
                events += (event,)
        return net, events
