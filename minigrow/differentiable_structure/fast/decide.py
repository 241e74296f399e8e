"""The decision about structure, compiled: which spares are pruned, whether a neuron is born; the readable twin is `spares.decide`."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from minigrow.differentiable_structure.fast.kernels import compiled, padded
from minigrow.differentiable_structure.rule import SAFE, Rule

H_, PLACE, EPOCH, SPARES, PRUNED, BORN, CHANCE = range(7)  # places in `counts` (7,)
RANDOM, _, YOUNGEST = range(len(SAFE))


class Chances(NamedTuple):
    """What of a `Rule` the compiled decision reads; `safe` is the word's place in `SAFE`."""

    threshold: float
    spares: int
    delete: float
    add: float
    anytime: float
    most: int
    safe: int


def chances(rule: Rule) -> Chances:
    """Return the numbers of a rule.

    >>> chances(Rule(safe="youngest")).safe
    2
    """
    return Chances(*(getattr(rule, name) for name in Chances._fields[:-1]), SAFE.index(rule.safe))


@compiled
def decide(q, counts, rule, rng, path):
    """Draw one structural decision on the neurons in q; returns whether anything is to be done."""
    H, spares = counts[H_], 0
    outgoing_norms(q, H, path)
    for i in range(H):
        if q.r[i] <= rule.threshold:
            q.marks[spares] = i
            spares += 1
    pruned = surplus(q.marks, spares, H, rule, rng) if spares > rule.spares else 0
    born = by_chance = False
    if rule.most > H - pruned:
        chance = rng.random() < rule.add
        anyway = rng.random() < rule.anytime
        wanted = spares - pruned < rule.spares and chance
        born, by_chance = wanted or anyway, not wanted
    counts[SPARES], counts[PRUNED], counts[BORN], counts[CHANCE] = spares, pruned, born, by_chance
    return pruned > 0 or born


@compiled
def surplus(marks, n, H, rule, rng):
    """Put the safe ones of the n spares in marks first, let chance take of the others; the pruned are in marks[:pruned], ascending."""
    if rule.safe == YOUNGEST:
        marks[:n] = marks[:n][::-1].copy()
    for i in range(rule.spares if rule.safe == RANDOM else 0):
        j = i + int(rng.random() * (n - i))
        marks[i], marks[j] = marks[j], marks[i]
    pruned = 0
    for i in range(rule.spares, n):
        if rng.random() < rule.delete and pruned < H - 1:
            marks[pruned] = marks[i]
            pruned += 1
    marks[:pruned].sort()
    return pruned


@compiled
def outgoing_norms(q, H, path):
    """r_i = 1/2 (sum_k |Why[k, i]| + (V/H) sum_j |Whh[j, i]|), or |m_i| where there are multipliers, into q.r (H,)."""
    V, P = q.by.size, padded(H)
    if path > 0:
        q.r[:H] = np.abs(q.M[:H])
        return
    q.r[:P] = 0.0
    q.dh[:P] = 0.0
    for k in range(V, 2 * V):
        for i in range(P):
            q.r[i] += abs(q.E[k, i])
    for j in range(H):
        for i in range(P):
            q.dh[i] += abs(q.W[j, i])
    for i in range(P):
        q.r[i] = 0.5 * (q.r[i] + (V / H) * q.dh[i])
