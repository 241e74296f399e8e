"""The rule by which neurons come and go: its numbers, a neuron's norm r, and the two moves `grow` and `prune`.

    r_i = 1/2 ( sum_k |Why[k, i]| + (V/H) sum_j |Whh[j, i]| )            spare: r_i <= T_D

`spares` decides how many spares there may be. A new neuron gets incoming weights N(0, .01^2), zero bias and state, and random
outgoing weights, half of r to Why and half to Whh, so that r = T_D. (The paper has 4/H, for its four symbols; V/H is the same
there and works for any alphabet.)

Neurons stand in the order of their births, since a newborn is put last and those that stay keep their order. So to choose by
age, which the paper proposes, needs no memory. What differs between kinds of networks
(multipliers, newborns that inherit) is registered with `outgoing_norm`, `born` and `laid_to_rest`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import singledispatch
from typing import Any, NamedTuple

import numpy as np

from minigrow.differentiable_structure.network import SCALE, Network
from minigrow.growth.basis import Move, append, keep
from minigrow.growth.contract import moved
from minigrow.growth.events import Event
from minigrow.nn.door import door, fields
from minigrow.nn.validate import choice, generator, others, positive, whole

SAFE = ("random", "oldest", "youngest")
NEWBORN = ("printed", "released")


class Rule(NamedTuple):
    """Threshold T_D, spares k, probabilities P_del and P_add and at any time, the most neurons there may be.

    `newborn` is the norm of a new neuron: "printed", r = T_D; "released", as the program of v3 has it, r = T_D/4 (1 + H/(H + 1)) where
    H neurons were there before. `memory` is where its memories start. `safe` says which k spares are safe: "random" ones,
    the "oldest" or the "youngest".

    >>> Rule().threshold, Rule().most
    (0.05, 99)
    """

    threshold: float = 0.05
    spares: int = 1
    delete: float = 0.05
    add: float = 0.01
    anytime: float = 1e-4
    most: int = 99
    newborn: str = "printed"
    memory: float = 0.01
    safe: str = "random"


RULE = Rule()


def checked(rule: Rule, neurons: int = 1) -> Rule:
    """Return the rule's numbers as floats and ints if they make sense for a network of `neurons`.

    Raises ValueError that names the field.

    >>> checked(Rule(delete=1)).delete
    1.0
    """
    fields(rule)
    for name in ("delete", "add", "anytime"):
        if not 0 <= getattr(rule, name) <= 1:
            raise ValueError(f"{name} is a probability and must lie in [0, 1], got {getattr(rule, name)}.")
    for name in ("threshold", "memory"):
        positive(getattr(rule, name), name, zero="off")
    choice(rule.newborn, NEWBORN, "newborn")
    choice(rule.safe, SAFE, "safe")
    if whole(rule.most, "most", least=1) < neurons:
        raise ValueError(f"most must be at least the {neurons} neurons there are, got {rule.most}. Prune them first.")
    floats = {name: float(getattr(rule, name)) for name in ("threshold", "delete", "add", "anytime", "memory")}
    return rule._replace(spares=whole(rule.spares, "spares"), most=int(rule.most), **floats)


@singledispatch
def outgoing_norm(net: Network) -> np.ndarray:
    """Return r (H,), what each neuron gives to the others and to the output; the equation is at the top of this file.

    Of a network with multipliers r_i is |m_i|.

    >>> outgoing_norm(Network.create("ab", neurons=3, rng=0)).shape
    (3,)
    """
    Y, W = np.abs(net.params["Why"]).sum(axis=0), np.abs(net.params["Whh"]).sum(axis=0)
    return 0.5 * (Y + (net.symbols / net.neurons) * W)


@door
def prune(net: Network, neurons: Sequence[int], reason: str = "asked for") -> tuple[Network, Event]:
    """Remove neurons (indices): their rows and columns; memories and state follow the event.

    Raises ValueError for a neuron that is not there, and when none would be left.

    >>> net, event = prune(Network.create("ab", neurons=3, rng=0), [1])
    >>> net.neurons, event.before, event.after
    (2, 3, 2)
    """
    H = net.neurons
    kept = others(neurons, H, "neurons")
    small, more = laid_to_rest(net, kept)
    moves = (Move("h", keep(kept, H)), *more)
    return small, Event("prune", "h", H - len(kept), reason, H, len(kept), moves)


@singledispatch
def laid_to_rest(net: Network, kept: np.ndarray) -> tuple[Network, tuple[Move, ...]]:
    """Return the network with only these neurons, and the moves on other spaces than h: none here.

    >>> laid_to_rest(Network.create("ab", neurons=3, rng=0), np.array([0, 2]))[0].neurons
    2
    """
    return moved(net, (Move("h", keep(kept, net.neurons)),)), ()


@door
def grow(net: Network, *, rng: Any = None, rule: Rule = RULE, reason: str = "asked for") -> tuple[Network, Event]:
    """Append a neuron, with r = T_D if the rule's newborn is the printed one; the optimiser's memories of it start at `rule.memory`.

    >>> net, event = grow(Network.create("ab", rng=0), rng=0)
    >>> net.neurons, round(float(outgoing_norm(net)[-1]), 12)
    (2, 0.05)
    """
    H, first = net.neurons, Move("h", append(net.neurons, 1))
    net, more = born(moved(net, (first,)), rule, generator(rng))
    return net, Event("grow", "h", 1, reason, H, H + 1, (first, *more), memory=rule.memory)


@singledispatch
def born(net: Network, rule: Rule, rng: np.random.Generator) -> tuple[Network, tuple[Move, ...]]:
    """Write the weights of the last neuron into theta, in place, as nobody else has it yet; returns (net, moves on other spaces).

    >>> net, _ = born(Network.create("ab", neurons=2, rng=0), RULE, np.random.default_rng(0))
    >>> round(float(outgoing_norm(net)[-1]), 12)
    0.05
    """
    p, V, H, T_D = net.params, net.symbols, net.neurons - 1, rule.threshold
    p["Wxh"][H] = SCALE * rng.standard_normal(V)
    p["Whh"][H, :H] = SCALE * rng.standard_normal(H)
    y, h = (T_D, T_D * (H + 1) / V) if rule.newborn == "printed" else (T_D / 2, T_D / 2 * H / V)
    p["Why"][:, H] = _spread(rng.standard_normal(V), y)
    p["Whh"][:, H] = _spread(rng.standard_normal(H + 1), h)
    return net, ()


def _spread(weights, total):
    """Scale weights so that their absolute values, summed in order, are `total`."""
    return weights * (total / np.cumsum(np.abs(weights))[-1])
