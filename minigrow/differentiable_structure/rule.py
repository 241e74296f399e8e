"""The rule that grows and prunes neurons: `Spares(rule)` is the policy, visited at every step; `grow` and `prune` are its moves.

    r_i = 1/2 ( sum_k |Why[k, i]| + (V/H) sum_j |Whh[j, i]| )            spare: r_i <= T_D

More than k spares: k of them, drawn at random, are safe; each other one is pruned with probability P_del. Fewer than k
spares: a neuron is grown with probability P_add; besides, at any time with probability 1e-4, up to `most` neurons.
A new neuron gets incoming weights N(0, .01^2), zero bias and state, and random outgoing weights, half of r to Why and
half to Whh, so that r = T_D. (The paper has 4/H, for its four symbols; V/H is the same there and works for any alphabet.)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from minigrow.differentiable_structure.network import SCALE, Network
from minigrow.growth.basis import Move, append, keep
from minigrow.growth.contract import moved
from minigrow.growth.events import Event
from minigrow.growth.loop import Context
from minigrow.nn.validate import generator, others, positive, whole


class Rule(NamedTuple):
    """Threshold T_D, spares k, probabilities P_del and P_add and at any time, the most neurons there may be.

    `newborn` is the norm of a new neuron in units of T_D, `memory` where its memories start.

    >>> Rule().threshold, Rule().most
    (0.05, 99)
    """

    threshold: float = 0.05
    spares: int = 1
    delete: float = 0.05
    add: float = 0.01
    anytime: float = 1e-4
    most: int = 99
    newborn: float = 1.0
    memory: float = 0.01


RULE = Rule()


class Decision(NamedTuple):
    """What one step decides: which neurons are pruned, whether one is born, and how many spares there were."""

    pruned: Sequence[int]
    born: bool
    spares: int
    by_chance: bool = False


def checked(rule: Rule, neurons: int = 1) -> Rule:
    """Return the rule's numbers as floats and ints if they make sense for a network of `neurons`.

    Raises ValueError that names the field.

    >>> checked(Rule(delete=1)).delete
    1.0
    """
    for name in ("delete", "add", "anytime"):
        if not 0 <= getattr(rule, name) <= 1:
            raise ValueError(f"{name} is a probability and must lie in [0, 1], got {getattr(rule, name)}.")
    for name in ("threshold", "newborn", "memory"):
        positive(getattr(rule, name), name, zero="off")
    if whole(rule.most, "most", least=1) < neurons:
        raise ValueError(f"most must be at least the {neurons} neurons there are, got {rule.most}. Prune them first.")
    exact = {"spares": whole(rule.spares, "spares"), "most": int(rule.most)}
    return Rule(**{name: exact.get(name, float(value)) for name, value in rule._asdict().items()})


def outgoing_norm(net: Network) -> np.ndarray:
    """Return r (H,), what each neuron gives to the others and to the output; the equation is at the top of this file.

    >>> outgoing_norm(Network.create("ab", neurons=3, rng=0)).shape
    (3,)
    """
    Y, W = np.abs(net.params["Why"]).sum(axis=0), np.abs(net.params["Whh"]).sum(axis=0)
    return 0.5 * (Y + (net.symbols / net.neurons) * W)


def prune(net: Network, neurons: Sequence[int], reason: str = "asked for") -> tuple[Network, Event]:
    """Remove neurons (indices): their rows and columns; memories and state follow the event.

    Raises ValueError for a neuron that is not there, and when none would be left.

    >>> net, event = prune(Network.create("ab", neurons=3, rng=0), [1])
    >>> net.neurons, event.before, event.after
    (2, 3, 2)
    """
    H = net.neurons
    kept = others(neurons, H, "neurons")
    moves = (Move("h", keep(kept, H)),)
    return moved(net, moves), Event("prune", "h", H - len(kept), reason, H, len(kept), moves)


def grow(net: Network, *, rng: Any = None, rule: Rule = RULE, reason: str = "asked for") -> tuple[Network, Event]:
    """Append a neuron with r = newborn T_D; the optimiser's memories of it start at the rule's `memory`.

    >>> net, event = grow(Network.create("ab", rng=0), rng=0)
    >>> net.neurons, round(float(outgoing_norm(net)[-1]), 12)
    (2, 0.05)
    """
    rng, H, V, r = generator(rng), net.neurons, net.symbols, rule.newborn * rule.threshold
    moves = (Move("h", append(H, 1)),)
    net = moved(net, moves)
    p = net.params
    p["Wxh"][H] = SCALE * rng.standard_normal(V)
    p["Whh"][H, :H] = SCALE * rng.standard_normal(H)
    p["Why"][:, H] = _spread(rng.standard_normal(V), r)
    p["Whh"][:, H] = _spread(rng.standard_normal(H + 1), r * (H + 1) / V)
    return net, Event("grow", "h", 1, reason, H, H + 1, moves, memory=rule.memory)


def decide(net: Network, rule: Rule, rng: np.random.Generator) -> Decision:
    """Draw the structural decision of one step; its compiled twin `fast.cycles.decide` takes the same draws in the same order.

    >>> decide(Network.create("ab", rng=0), Rule(anytime=1.0), np.random.default_rng(0)).born
    True
    """
    H, spares = net.neurons, np.flatnonzero(outgoing_norm(net) <= rule.threshold)
    n, pruned = len(spares), _surplus(spares, H, rule, rng) if len(spares) > rule.spares else []
    if H - len(pruned) >= rule.most:
        return Decision(pruned, False, n)
    few, chance = n - len(pruned) < rule.spares, rng.random() < rule.add
    anyway = rng.random() < rule.anytime
    return Decision(pruned, (few and chance) or anyway, n, not (few and chance))


def act(net: Network, decision: Decision, rule: Rule, rng: np.random.Generator) -> tuple[Network, tuple[Event, ...]]:
    """Carry a decision out; returns the network and what happened.

    >>> act(Network.create("ab", neurons=2, rng=0), Decision([0], True, 2), RULE, np.random.default_rng(0))[0].neurons
    2
    """
    events: tuple[Event, ...] = ()
    reason = f"{decision.spares} spares, {rule.spares} wanted"
    if len(decision.pruned):
        net, event = prune(net, decision.pruned, reason)
        events += (event,)
    if decision.born:
        net, event = grow(net, rng=rng, rule=rule, reason="at any time" if decision.by_chance else reason)
        events += (event,)
    return net, events


class Spares(NamedTuple):
    """The policy of the training loop: one decision at each visit, carried out.

    >>> Spares(Rule(most=4))
    Spares(rule=Rule(threshold=0.05, spares=1, delete=0.05, add=0.01, anytime=0.0001, most=4, newborn=1.0, memory=0.01))
    """

    rule: Rule = RULE

    def __call__(self, net: Network, context: Context) -> tuple[Network, tuple[Event, ...]]:
        """Return the network after one decision and what happened."""
        return act(net, decide(net, self.rule, context.rng), self.rule, context.rng)


def _surplus(spares, H, rule, rng):
    """Draw the safe ones to the front, then let each other one live or go; the last neuron always stays."""
    for i in range(rule.spares):
        j = i + int(rng.random() * (len(spares) - i))
        spares[i], spares[j] = spares[j], spares[i]
    pruned: list[int] = []
    for neuron in spares[rule.spares :].tolist():
        if rng.random() < rule.delete and len(pruned) < H - 1:
            pruned.append(neuron)
    return pruned


def _spread(weights, total):
    """Scale weights so that their absolute values, summed in order, are `total`."""
    return weights * (total / np.cumsum(np.abs(weights))[-1])
