"""The rule that adds and deletes neurons: `outgoing_norm(net)`, `delete`, `add`, and `restructure`, the step of a cycle.

    r_i = 1/2 ( sum_k |Why[k, i]| + (V/H) sum_j |Whh[j, i]| )            spare: r_i <= T_D

More than k spares: k of them, drawn at random, are safe; each other one is deleted with probability P_del. Fewer than k
spares: a neuron is added with probability P_add; besides, at any time with probability 1e-4, up to `most` neurons.
A new neuron gets incoming weights N(0, .01^2), zero bias and state, and random outgoing weights, half of r to Why and
half to Whh, so that r = T_D. (The paper has 4/H, for its four symbols; V/H is the same there and works for any alphabet.)
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from minigrow.differentiable_structure.network import AXES, SCALE, Network
from minigrow.growth.basis import Move, append, apply, carry, keep
from minigrow.growth.events import Event
from minigrow.nn.spaces import flatten, views
from minigrow.nn.validate import positive, whole


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


class Parts(NamedTuple):
    """What a neuron takes with it: the network, memories s (P,), state h (H,), each neuron's number of birth ids (H,)."""

    net: Network
    s: np.ndarray
    h: np.ndarray
    ids: np.ndarray


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


def delete(parts: Parts, neurons: np.ndarray, reason: str = "asked for") -> tuple[Parts, Event]:
    """Remove neurons (indices): their rows, columns, memories, state and numbers.

    Raises ValueError when none would be left.

    >>> parts = whole_parts(Network.create("ab", neurons=3, rng=0))
    >>> delete(parts, [1])[0].ids
    array([0, 2])
    """
    H = parts.net.neurons
    moves = (Move("h", keep(np.setdiff1d(np.arange(H), neurons), H)),)
    after = _move(parts, moves)
    return after, Event("prune", "h", H - after.net.neurons, reason, H, after.net.neurons, moves)


def add(
    parts: Parts, rng: np.random.Generator, rule: Rule = RULE, number: int = -1, reason: str = "asked for"
) -> tuple[Parts, Event]:
    """Append a neuron with r = newborn T_D, whose number of birth is `number`; the twin of `structure.add`.

    >>> parts, event = add(whole_parts(Network.create("ab", rng=0)), np.random.default_rng(0))
    >>> parts.net.neurons, round(float(outgoing_norm(parts.net)[-1]), 12)
    (2, 0.05)
    """
    H, V = parts.net.neurons, parts.net.symbols
    moves = (Move("h", append(H, 1)),)
    after = _move(parts, moves)
    p, s = after.net.params, views(after.s, after.net.shapes)
    p["Wxh"][H] = SCALE * rng.standard_normal(V)
    p["Whh"][H, :H] = SCALE * rng.standard_normal(H)
    p["Why"][:, H] = _spread(rng.standard_normal(V), rule.newborn * rule.threshold)
    p["Whh"][:, H] = _spread(rng.standard_normal(H + 1), rule.newborn * rule.threshold * (H + 1) / V)
    for memory in (s["Wxh"][H], s["Whh"][H], s["Whh"][:, H], s["Why"][:, H], s["bh"][H:]):
        memory[...] = rule.memory
    after.ids[H] = number
    return after, Event("grow", "h", 1, reason, H, H + 1, moves)


def restructure(parts: Parts, born: int, rule: Rule, rng: np.random.Generator) -> tuple[Parts, tuple[Event, ...]]:
    """Return the network after one structural step and what happened; `born` is the next number of birth.

    The readable twin of `structure.restructure`: both take the same draws from rng, in the same order.

    >>> restructure(whole_parts(Network.create("ab", rng=0)), 1, Rule(anytime=1.0), np.random.default_rng(0))[0].ids
    array([0, 1])
    """
    spares = np.flatnonzero(outgoing_norm(parts.net) <= rule.threshold)
    doomed = _doomed(spares, parts.net.neurons, rule, rng) if len(spares) > rule.spares else []
    events: tuple[Event, ...] = ()
    if doomed:
        parts, event = delete(parts, doomed, f"{len(spares)} spares, {rule.spares} wanted")
        events += (event,)
    if parts.net.neurons < rule.most:
        few, chance = len(spares) - len(doomed) < rule.spares, rng.random() < rule.add
        anyway = rng.random() < rule.anytime
        if (few and chance) or anyway:
            reason = f"{len(spares)} spares, {rule.spares} wanted" if few and chance else "at any time"
            parts, event = add(parts, rng, rule, born, reason)
            events += (event,)
    return parts, events


def whole_parts(net: Network) -> Parts:
    """Return a network with zero memories and state, its neurons numbered from 0.

    >>> whole_parts(Network.create("ab", neurons=2, rng=0)).ids
    array([0, 1])
    """
    dtype = net.theta.dtype
    return Parts(net, np.zeros_like(net.theta), np.zeros(net.neurons, dtype), np.arange(net.neurons, dtype=np.int64))


def _doomed(spares, H, rule, rng):
    """Draw the safe ones to the front, then let each other one live or die; the last neuron always lives."""
    for i in range(rule.spares):
        j = i + int(rng.random() * (len(spares) - i))
        spares[i], spares[j] = spares[j], spares[i]
    doomed = []
    for neuron in spares[rule.spares :]:
        if rng.random() < rule.delete and len(doomed) < H - 1:
            doomed.append(neuron)
    return doomed


def _move(parts, moves):
    net = parts.net.with_params(apply(moves, parts.net.params, AXES))
    s = flatten(carry(moves, views(parts.s, parts.net.shapes), AXES, order=2))
    rest = apply(moves, {"h": parts.h, "ids": parts.ids}, {"h": ("+h",), "ids": ("+h",)})
    return Parts(net, s, rest["h"], rest["ids"])


def _spread(weights, total):
    """Scale weights so that their absolute values sum to `total`."""
    return weights * (total / np.abs(weights).sum())
