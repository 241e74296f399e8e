"""Say what a growth step did: which layer, how many neurons, why, and the moves that optimiser state must follow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from minigrow.growth.basis import Move, Places, carry
from minigrow.nn.optimisers import Optimiser, State
from minigrow.nn.params import flatten, size, views


class Event(NamedTuple):
    """One structural change: `kind` (grow, prune, rotate...), the `space` it acted on, how many neurons, and the reason.

    `before` and `after` are the width of that space, `moves` the changes of basis in order, `step` when it happened
    (the training loop fills it in). `origin` is what a history keeps of the moves, see `sources`; () says that old neurons
    keep their places, with new ones behind them, or the last ones gone.

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
        return self._replace(moves=(), origin=() if origin == _in_place(self.before, self.after) else origin)


def _in_place(before, after):
    return tuple(i if i < before else -1 for i in range(after))


def _places(T):
    """Where each new neuron stood, -1 (the place behind the last) for nowhere."""
    return T.source if isinstance(T, Places) else np.array(_in_place(T.shape[1], T.shape[0]))


def follow(events: Sequence[Event], optimiser: Optimiser, state: State, net: Any) -> State:
    """Return the optimiser's state after the events; `net` is the network before them. Slots are vectors (trained,).

    First moments map like a gradient, second moments with squared entries; what is new starts at zero.

    >>> from minigrow.growth.basis import append
    >>> from minigrow.nn import MLP, Momentum, start
    >>> net = MLP.create([1, 2, 1], rng=0)
    >>> event = Event("grow", "h1", 1, "asked for", 2, 3, (Move("h1", append(2, 1)),))
    >>> follow([event], Momentum(), start(Momentum(), net.theta), net).slots[0].shape
    (10,)
    """
    shapes, moves = trained_shapes(net), [move for event in events for move in event.moves]
    slots = zip(state.slots, optimiser.orders, strict=True)
    return State(state.t, tuple(flatten(carry(moves, views(slot, shapes), net.axes, order)) for slot, order in slots))


def trained_shapes(net: Any) -> dict[str, tuple[int, ...]]:
    """Return the shapes of those leading parameters that are trained, `net.trained` entries in all.

    >>> from minigrow.nn import MLP
    >>> trained_shapes(MLP.create([1, 2], rng=0))
    {'W1': (2, 1), 'b1': (2,)}
    """
    named: dict[str, tuple[int, ...]] = {}
    for name, shape in net.shapes.items():
        if size(named) < net.trained:
            named[name] = shape
    return named
