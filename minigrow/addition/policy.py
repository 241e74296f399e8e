"""`Adding`: a policy of the training loop that grows an MLP or an isotropic network by any rule of this package.

    policy = Adding("tiny", Every(200), neurons=2, most=64, amplitude="search", held_out=(X_held, y_held))
    run = train(run, X, y, Plan(steps=4000, policies=(policy,), every=100))

At a visit each layer's trigger decides; where it says yes, the rule looks at some training samples and proposes, and the proposal is
carried out at an amplitude. The policy remembers nothing and takes its random numbers from a generator of its own, made from the
run's without moving it (`sampling`): a run resumes bit for bit, and runs that differ in the rule alone see the same batches.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from minigrow.addition.amplitude import line_search
from minigrow.addition.proposal import NothingToAdd, Proposal, apply, look
from minigrow.addition.sampling import own_generator, sampled
from minigrow.addition.table import RULES
from minigrow.addition.triggers.decision import Decision, Trigger
from minigrow.growth.events import Event
from minigrow.growth.plan import Context
from minigrow.nn import validate
from minigrow.nn.door import fields


class Adding(NamedTuple):
    """Grow hidden `layers` by a rule when `trigger` says so, `neurons` at a time, to at most `most` neurons each.

    `rule` is a name in `table.RULES` or a function f(seen, k, rng) -> Proposal, such as functools.partial(tiny, ...) for one with
    options. A trigger that asks for a number of neurons gets it instead of `neurons`. `amplitude` is a number, or "search" for the line
    search on `held_out` data (X, y), where 0 means that the layer does not grow. The rule sees `samples` rows of the training set,
    drawn without replacement (None: all). Where it has nothing to add the layer stays as it is, and is asked again at the next visit.

    >>> from minigrow.addition.triggers.schedule import Every
    >>> from minigrow.growth import History
    >>> from minigrow.nn import MLP
    >>> X, y = np.random.default_rng(0).standard_normal((50, 4)), np.arange(50) % 2
    >>> context = Context(100, 5, np.random.default_rng(0), X, y, "softmax", History())
    >>> wide, (event,) = Adding("gradmax", Every(100), neurons=2)(MLP.create([4, 3, 2], rng=0), context)
    >>> wide.widths, event.reason[:52]
    ((4, 5, 2), '100 of 100 steps since the last growth; rule gradmax')
    """

    rule: str | Callable[..., Proposal]
    trigger: Trigger
    layers: tuple[int, ...] = (0,)
    neurons: int = 1
    most: int = 64
    amplitude: float | str = 1.0
    held_out: tuple[np.ndarray, np.ndarray] | None = None
    samples: int | None = 1000

    def __call__(self, net: Any, context: Context) -> tuple[Any, tuple[Event, ...]]:
        """Return the network and what happened, layer by layer. Raises ValueError for settings that make no sense."""
        check_adding(self)
        happened: tuple[Event, ...] = ()
        for layer in self.layers:
            net, events = self._visit(net, layer, context)
            happened += events
        return net, happened

    def _visit(self, net, layer, context):
        room = self.most - net.widths[net.hidden(layer)]
        if room < 1:
            return net, ()
        rng = own_generator(context, layer)
        context = sampled(context, self.samples, rng)
        decision = self.trigger(net, layer, context)
        if not isinstance(decision, Decision):
            raise ValueError(f"a trigger must return an addition.Decision, got {validate.said(decision)}.")
        if not decision.grow:
            return net, ()
        proposal = self._proposed(net, layer, context, decision.neurons or self.neurons, room, rng)
        return (net, ()) if proposal is None else self._carried_out(net, layer, context, decision, proposal)

    def _proposed(self, net, layer, context, wanted, room, rng):
        """The rule's proposal for as many neurons as are wanted and fit, for fewer where it adds more than k (pairs), or None."""
        seen = look(net, layer, context.X, context.y, context.loss)
        rule = RULES[self.rule].propose if isinstance(self.rule, str) else self.rule
        for k in range(min(wanted, room), 0, -1):
            try:
                proposal = rule(seen, k, rng)
            except NothingToAdd:
                return None
            except ValueError:
                if k == wanted:
                    raise
                rule(seen, wanted, rng)  # raises where the rule refuses altogether, not just so few (one of a pair)
                continue
            if not isinstance(proposal, Proposal):
                raise ValueError(f"a rule must return an addition.Proposal, got {validate.said(proposal)}.")
            if proposal.change.new <= self.most:
                return proposal
        return None

    def _carried_out(self, net, layer, context, decision: Decision, proposal):
        g, words = self.amplitude, [decision.reason, proposal.words]
        if g == "search":
            found = line_search(net, layer, proposal, *self.held_out, context.loss)
            g, words = found.g, [*words, found.reason]
        if g == 0:
            return net, ()
        grown, event = apply(net, layer, proposal, g, "; ".join(words))
        return grown, (event,)


def check_adding(policy: Adding) -> None:
    """Refuse settings that make no sense.

    >>> check_adding(Adding(print, print, amplitude="search"))
    Traceback (most recent call last):
    ValueError: amplitude="search" needs data that the rule does not see: pass held_out=(X, y).
    """
    for name in ("neurons", "most"):
        validate.whole(getattr(policy, name), name, least=1)
    if policy.samples is not None:
        validate.whole(policy.samples, "samples", least=2)
    if isinstance(policy.amplitude, str) and policy.amplitude == "search":
        if policy.held_out is None:
            raise ValueError('amplitude="search" needs data that the rule does not see: pass held_out=(X, y).')
    elif not isinstance(policy.amplitude, (int, float, np.number)) or not 0 < abs(float(policy.amplitude)) < np.inf:
        raise ValueError(
            f'amplitude must be a finite number that is not 0, or "search", got {validate.said(policy.amplitude)}.'
        )
    if isinstance(policy.rule, str):
        validate.choice(policy.rule, RULES, "rule")
    elif not callable(policy.rule):
        raise ValueError(
            f"rule must be a name in addition.table.RULES or a function f(seen, k, rng), got {validate.said(policy.rule)}."
        )
    if not callable(policy.trigger):
        raise ValueError(
            f"trigger must be a function f(net, layer, context), got {validate.said(policy.trigger)}. See minigrow.addition.triggers."
        )
    fields(policy)
    if policy.held_out is not None:
        validate.same_rows(*policy.held_out)
