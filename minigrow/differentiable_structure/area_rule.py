"""The rule in every area, and the same rule for areas: `AreaSpares(rule, area)` is the policy.

An area sizes itself as a layer does (`layers`). An area of which every neuron is a spare is a spare area. One spare area, drawn
at random, is safe; in each other one all neurons are surplus, each goes with probability P_del, and with the last one the
area goes, unless others would be cut off. Where no spare area is left, one is born with probability `area` on the bud's edge;
besides, at any time with the rule's small probability.

    net = with_bud(Areas.create(64, 10, (0,) * 7, [("y", "x")], rng=0), rng=0)
    run = train(start(net, SLOW, rng=0), X, y, Plan(epochs=60, batch=40, every=1, policies=(AreaSpares(),)))
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from minigrow.differentiable_structure.area_moves import area_norm, bud, grow_in, prune_in, stands_without, with_bud
from minigrow.differentiable_structure.areas import Areas
from minigrow.differentiable_structure.layers import arrives
from minigrow.differentiable_structure.rule import RULE, Rule
from minigrow.differentiable_structure.spares import surplus, why
from minigrow.growth.events import Event
from minigrow.growth.loop import Context

SPARE_AREA = "a spare area goes: there is another one, and all its neurons have small outgoing weights (r)"


class AreaSpares(NamedTuple):
    """The policy: first perhaps an area is born, then the rule visits every older area, the last one first.

    `area` is the probability of a birth per visit where no spare area is left; with 0 the areas are those of the start.

    >>> context = Context(0, 0, np.random.default_rng(0), None, None, "softmax", None)
    >>> net = with_bud(Areas.create(2, 2, (0, 0, 0), [("y", "x")], rng=0), rng=0)
    >>> AreaSpares(area=1.0)(net, context)[0].living
    ('a2',)
    """

    rule: Rule = RULE
    area: float = 0.001

    def __call__(self, net: Areas, context: Context) -> tuple[Areas, tuple[Event, ...]]:
        """Return the network after the rule has visited every area, with a new bud where the areas changed, and what happened."""
        rng, before = context.rng, net
        spare = spare_areas(net, self.rule)
        safe = [spare[int(rng.random() * len(spare))]] if spare else []
        events: tuple[Event, ...] = ()
        if self.area and bud(net) and arrives(len(spare), 0, self.rule._replace(spares=1, add=self.area), rng):
            reason = why(min(len(spare), 1), self.rule._replace(spares=1), "areas")
            net, event = grow_in(net, bud(net), rng=rng, rule=self.rule, reason=reason)
            events += (event,)
        for area in reversed(before.living):
            net, found = visit(net, area, self.rule, rng, area in spare and area not in safe)
            events += found
        return (net if net.living == before.living else with_bud(net, rng=rng) if self.area else net), events


def spare_areas(net: Areas, rule: Rule) -> list[str]:
    """Return the areas of which every neuron is a spare.

    >>> spare_areas(Areas.create(4, 2, (3,), [("a1", "x"), ("y", "a1")], rng=0), Rule(threshold=99))
    ['a1']
    """
    return [area for area in net.living if (area_norm(net, area) <= rule.threshold).all()]


def visit(
    net: Areas, area: str, rule: Rule, rng: np.random.Generator, may_go: bool = False
) -> tuple[Areas, Sequence[Event]]:
    """Prune surplus spares of one area and perhaps grow a neuron; if it may go, all its spares are surplus.

    >>> net = Areas.create(4, 2, (3,), [("a1", "x"), ("y", "a1"), ("y", "x")], rng=0)
    >>> visit(net, "a1", Rule(threshold=99, delete=1), np.random.default_rng(0), may_go=True)[0].living
    ()
    """
    m, spares, events = net.sizes[area], np.flatnonzero(area_norm(net, area) <= rule.threshold), ()
    goes = may_go and stands_without(net, area)
    gone = surplus(spares, m + goes, rule._replace(spares=0) if goes else rule, rng)
    if len(gone):
        net, event = prune_in(net, area, gone, SPARE_AREA if may_go else why(len(spares), rule))
        events += (event,)
    left = len(spares) - len(gone)
    if net.sizes[area] and not may_go and arrives(left, net.sizes[area], rule, rng):
        net, event = grow_in(net, area, rng=rng, rule=rule, reason=why(min(left, rule.spares), rule))
        events += (event,)
    return net, events
