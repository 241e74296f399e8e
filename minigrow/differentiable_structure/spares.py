"""How many spares there may be: `Spares(rule)` is the policy of the training loop, visited at every step.

More than k spares: k of them are safe; each other one is pruned with probability P_del. Fewer than k spares: a neuron is
grown with probability P_add; besides, at any time with probability 1e-4, up to `most` neurons.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from minigrow.differentiable_structure.network import Network
from minigrow.differentiable_structure.rule import RULE, Rule, grow, outgoing_norm, prune
from minigrow.growth.events import Event
from minigrow.growth.loop import Context


class Decision(NamedTuple):
    """What one step decides: which neurons are pruned, whether one is born, and how many spares there were."""

    pruned: Sequence[int]
    born: bool
    spares: int
    by_chance: bool = False


def decide(net: Network, rule: Rule, rng: np.random.Generator) -> Decision:
    """Draw the structural decision of one step; its compiled twin `fast.decide.decide` takes the same draws in the same order.

    >>> decide(Network.create("ab", rng=0), Rule(anytime=1.0), np.random.default_rng(0)).born
    True
    """
    H, spares = net.neurons, np.flatnonzero(outgoing_norm(net) <= rule.threshold)
    n, pruned = len(spares), surplus(spares, H, rule, rng)
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
    if len(decision.pruned):
        net, event = prune(net, decision.pruned, why(decision.spares, rule))
        events += (event,)
    if decision.born:
        left = rule.spares if decision.by_chance else decision.spares - len(decision.pruned)
        net, event = grow(net, rng=rng, rule=rule, reason=why(left, rule))
        events += (event,)
    return net, events


def why(spares: int, rule: Rule, called: str = "neurons") -> str:
    """Return why the rule acts when there are so many spares: too few of them, too many, or, where there are enough, by chance.

    >>> why(0, RULE)
    'too few spare neurons: 0 with outgoing weights (r) of at most 0.05, 1 wanted'
    """
    if spares == rule.spares:
        return f"by chance: at any time the rule adds one with a probability of {rule.anytime:g}"
    few = "few" if spares < rule.spares else "many"
    return f"too {few} spare {called}: {spares} with outgoing weights (r) of at most {rule.threshold:g}, {rule.spares} wanted"


class Spares(NamedTuple):
    """The policy of the training loop: one decision at each visit, carried out.

    >>> Spares(Rule(most=4)).rule.most
    4
    """

    rule: Rule = RULE

    def __call__(self, net: Network, context: Context) -> tuple[Network, tuple[Event, ...]]:
        """Return the network after one decision and what happened."""
        return act(net, decide(net, self.rule, context.rng), self.rule, context.rng)


def surplus(spares: Sequence[int], H: int, rule: Rule, rng: np.random.Generator) -> list[int]:
    """Return which of the spares (indices, ascending) are pruned: beyond k safe ones, each with P_del; the last of the H always stays.

    >>> surplus(np.array([0, 2, 5]), 6, Rule(delete=1.0, safe="oldest"), np.random.default_rng(0))
    [2, 5]
    """
    spares, k = [int(i) for i in spares], min(rule.spares, len(spares))
    if rule.safe == "youngest":
        spares.reverse()
    for i in range(k if rule.safe == "random" and len(spares) > k else 0):
        j = i + int(rng.random() * (len(spares) - i))
        spares[i], spares[j] = spares[j], spares[i]
    pruned: list[int] = []
    for neuron in spares[k:]:
        if rng.random() < rule.delete and len(pruned) < H - 1:
            pruned.append(neuron)
    return pruned
