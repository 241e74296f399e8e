"""Say what a growth step did: which layer, how many neurons, why, and the moves that optimiser state must follow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from minigrow.growth.basis import Move, carry
from minigrow.growth.contract import Network, check
from minigrow.growth.places import Places
from minigrow.nn.door import door, fields
from minigrow.nn.optimisers import Optimiser, State, checked
from minigrow.nn.params import flatten, views
from minigrow.nn.spaces import entries, space_of
from minigrow.nn.validate import said, whole


class Event(NamedTuple):
    """One structural change: `kind` (grow, prune, rotate...), the `space` it acted on, how many neurons, and the reason.

    `before` and `after` are the width of that space, `moves` the changes of basis in order, `step` when it happened
    (the training loop fills it in). `origin` is what a history keeps of the moves, see `sources`; () says that old neurons
    keep their places, with new ones behind them, or the last ones gone. `memory` is where the optimiser's memory of what is
    new starts.

    >>> Event("grow", "h1", 2, "asked for", 4, 6).kind
    'grow'
    """

    kind: str
    space: str
    neurons: int
    reason: str
    before: int
    after: int
    moves: tuple[Move, ...] = ()
    step: int = -1
    origin: tuple[int, ...] = ()
    memory: float = 0.0

    @property
    def sources(self) -> tuple[int, ...]:
        """Which neuron each one was before (after,), -1 for a new one.

        >>> Event("grow", "h1", 2, "asked for", 3, 5).sources
        (0, 1, 2, -1, -1)
        """
        return self.origin or _in_place(self.before, self.after)

    @property
    def recorded(self) -> Event:
        """The event as a history keeps it: the moves, which are for the optimiser, are reduced to `origin`.

        The places of all moves on `space` are composed. A rotation mixes neurons, so no new one IS an old one: by
        agreement neuron i stays neuron i then.

        >>> from minigrow.growth.basis import keep
        >>> Event("prune", "h1", 1, "least used", 3, 2, (Move("h1", keep([0, 2], 3)),)).recorded.origin
        (0, 2)
        """
        if not self.moves:
            return self
        own = [move.change for move in self.moves if move.space == self.space]
        found = np.arange(own[0].old if own else self.before)
        for change in own:
            found = np.append(found, -1)[_places(change.T)]
        origin = tuple(found.tolist())
        return self._replace(
            moves=(), memory=0.0, origin=() if origin == _in_place(self.before, self.after) else origin
        )


def _in_place(before, after):
    return tuple(i if i < before else -1 for i in range(after))


def _places(T):
    """Where each new neuron stood, -1 (the place behind the last) for nowhere."""
    return T.source if isinstance(T, Places) else np.array(_in_place(T.shape[1], T.shape[0]))


@door
def follow(
    events: Sequence[Event],
    optimiser: Optimiser,
    state: State,
    net: Network,
    mapping: Callable[..., dict[str, np.ndarray]] = carry,
) -> State:
    """Return the optimiser's state after the events; `net` is the network before them. Slots are vectors (trained,).

    First moments map like a gradient, second moments with squared entries (`basis.carry`; `growth.transport` has other mappings);
    what is new starts at the event's `memory`.
    Raises ValueError for a state that does not fit the network.

    >>> from minigrow.growth.basis import append
    >>> from minigrow.nn import MLP, Momentum
    >>> from minigrow.nn.optimisers import start
    >>> net = MLP.create([1, 2, 1], rng=0)
    >>> event = Event("grow", "h1", 1, "asked for", 2, 3, (Move("h1", append(2, 1)),))
    >>> follow([event], Momentum(), start(Momentum(), net.theta), net).slots[0].shape
    (10,)
    """
    fits(optimiser, state, net)
    shapes = {name: net.shapes[name] for name in net.trained}
    slots = [views(slot, shapes) for slot in state.slots]
    nothing = idle(net)
    for event in events:
        moves = [move for move in event.moves if move.space not in nothing]
        if moves:
            pairs = zip(slots, optimiser.orders, strict=True)
            slots = [mapping(moves, named, net.axes, order, event.memory) for named, order in pairs]
    return State(state.t, tuple(flatten(named) for named in slots))


def idle(net: Network) -> set[str]:
    """Return the spaces that no trained parameter joins: an optimiser remembers nothing of them.

    >>> from minigrow.nn import MLP
    >>> idle(MLP.create([4, 3, 2], rng=0))
    set()
    """
    return set(net.sizes) - {space_of(role) for name in net.trained for role in net.axes[name]}


def fits(optimiser: Optimiser, state: State, net: Network) -> None:
    """Check that the optimiser's state belongs to a network of this shape: a compiled step must never see other lengths.

    Raises ValueError that names `follow`, which carries a state along when a network is changed by hand.

    >>> from minigrow.nn import MLP, Momentum
    >>> from minigrow.nn.optimisers import start
    >>> fits(Momentum(), start(Momentum(), np.zeros(8)), MLP.create([4, 3, 2], rng=0))
    Traceback (most recent call last):
    ValueError: the optimiser's state has slots of (8,) entries, but the network trains 23. ...
    """
    checked(optimiser)
    P, found = entries(check(net), net.trained), [np.shape(slot) for slot in state.slots]
    if len(found) != len(optimiser.orders) or any(shape != (P,) for shape in found):
        lengths = ", ".join(map(str, found)) or "none"
        raise ValueError(
            f"the optimiser's state has slots of {lengths} entries, but the network trains {P}. After a change by hand the state "
            "must follow: growth.accept(run, net, event), or state=growth.follow([event], optimiser, state, net_before)."
        )
    if any(slot.dtype != net.theta.dtype for slot in state.slots):
        kinds = ", ".join(str(slot.dtype) for slot in state.slots)
        raise ValueError(
            f"the optimiser's slots must be {net.theta.dtype} as theta is, got {kinds}. growth.start makes them so."
        )
    whole(state.t, "the optimiser's step count t")


def explain(before: Any, after: Any, events: Sequence[Event], who: str) -> None:
    """Check that the events' moves lead from one network's sizes to the other's, and that each event counts rightly.

    Raises ValueError that names `who` made the change.

    >>> from minigrow.nn import MLP
    >>> explain(MLP.create([4, 3, 2], rng=0), MLP.create([4, 5, 2], rng=0), (), "my_rule")
    Traceback (most recent call last):
    ValueError: my_rule changed the sizes ... but its events explain ...
    """
    sizes = dict(before.sizes)
    for event in events:
        if not isinstance(event, Event):
            raise ValueError(f"{who} must return events of growth.Event, got {event!r}.")
        _plain_values(event, who)
        seen = sizes.get(event.space)
        for space, change in event.moves:
            if sizes.get(space) != change.old:
                raise ValueError(f"{who}: a move of {change.old} neurons on {space!r}, which has {sizes.get(space)}.")
            sizes[space] = change.new
        sign = {"grow": 1, "prune": -1}.get(event.kind, 0)
        counted = event.after - event.before == sign * event.neurons
        if (event.moves and (event.before, event.after) != (seen, sizes.get(event.space))) or (sign and not counted):
            raise ValueError(
                f"{who}: the event says {event.kind} {event.neurons}, {event.before} to {event.after} neurons of {event.space}; "
                f"its moves lead from {seen} to {sizes.get(event.space)}."
            )
    if sizes != dict(after.sizes):
        raise ValueError(
            f"{who} changed the sizes from {dict(before.sizes)} to {dict(after.sizes)}, but its events explain {sizes}. "
            "Return the Event, with its moves, of every change, so that the optimiser's state can follow."
        )
    if not events and not np.array_equal(before.theta, after.theta, equal_nan=True):
        raise ValueError(f"{who} changed parameters without an event. Return one that says what it did, and its moves.")
    if np.isfinite(before.theta).all() and not np.isfinite(after.theta).all():
        raise ValueError(f"{who} made parameters NaN or infinite.")
    if after.theta.dtype != before.theta.dtype:
        raise ValueError(f"{who} changed the float type from {before.theta.dtype} to {after.theta.dtype}. Keep it.")


def _plain_values(event, who):
    """A history must be able to hold the event."""
    if type(event.moves) not in (tuple, list) or not isinstance(event.origin, (tuple, list)):
        raise ValueError(
            f"{who}: an event's moves and origin must be tuples, got {said(event.moves)}, {said(event.origin)}."
        )
    for name in ("kind", "space", "reason"):
        if not isinstance(getattr(event, name), str):
            raise ValueError(f"{who}: an event's {name} must be a word, got {said(getattr(event, name))}.")
    for name in ("neurons", "before", "after"):
        whole(getattr(event, name), f"{who}: an event's {name}")
    fields(event)
