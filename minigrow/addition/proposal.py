"""What a rule looks at and what it proposes: `look`, a rule, `apply`. Only `apply` touches a network, through a change of basis.

seen = look(net, 0, X, y)                   the block and its statistics
proposal = tiny(seen, k=2)                  a rule: which neurons, with which fan-in A and fan-out B, and what it promises
net, event = apply(net, 0, proposal, g=.1)  the change of basis, then A and B scaled by g
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from minigrow.addition.block import Block, block
from minigrow.addition.statistics import Statistics, gathered, statistics
from minigrow.growth.basis import Change, Move, append
from minigrow.growth.contract import moved
from minigrow.growth.events import Event
from minigrow.nn import validate
from minigrow.nn.door import door, fields


class NothingToAdd(ValueError):
    """A rule has nothing to propose for this network on these data just now; asked again after some training it may."""


class Seen(NamedTuple):
    """What a rule may look at: the block on some samples, and statistics of these or more."""

    block: Block
    statistics: Statistics


class Proposal(NamedTuple):
    """New neurons as a rule wants them. Letters as in `block`; `apply` scales A and B by g, and D by g^2.

    `change` is the change of basis of the hidden space, `places` the neurons (numbered after it) to whose weights A (d+1, k) and
    B (k, p) are added, D (h+1, p) what is added to the old outgoing weights and the biases behind. `kept` says that the function stays
    as it is. Promises, where a rule makes them: the loss falls by g^2 `slope` to first order; the squared norm of the new gradient
    is `gradient`; the loss changes by g^2 `curvature` / 2 to second order.
    """

    rule: str
    change: Change
    places: tuple[int, ...]
    A: np.ndarray
    B: np.ndarray
    D: np.ndarray | None = None
    kept: bool = False
    slope: float | None = None
    gradient: float | None = None
    curvature: float | None = None
    reason: str = ""

    @property
    def words(self) -> str:
        """Who proposes it, and why, for the event's reason."""
        return f"rule {self.rule}" + (f": {self.reason}" if self.reason else "")


@door
def look(net: Any, layer: int, X: np.ndarray, y: np.ndarray, loss: str = "softmax", samples: int | None = None) -> Seen:
    """Return the block of hidden layer `layer` on the first `samples` rows (None: all), and the statistics of all rows of X, y.

    >>> from minigrow.nn import MLP
    >>> seen = look(MLP.create([2, 3, 2], rng=0), 0, np.ones((5, 2)), np.array([0, 1, 0, 1, 0]), samples=2)
    >>> seen.block.n, seen.statistics.n
    (2, 5)
    """
    X = validate.inputs(X, net.widths[0], net.theta)
    if samples is None or samples >= len(X):
        own = block(net, layer, X, y, loss)
        return Seen(own, statistics(own))
    rows = validate.whole(samples, "samples", least=1)
    return Seen(block(net, layer, X[:rows], y[:rows], loss), gathered(net, layer, X, y, loss))


def appended(rule: str, seen: Seen, A: np.ndarray, B: np.ndarray, **fields: Any) -> Proposal:
    """Return a proposal of new neurons behind the old ones, with fan-in A (d+1, k) and fan-out B (k, p); `fields` as in `Proposal`.

    >>> from minigrow.nn import MLP
    >>> seen = look(MLP.create([2, 3, 2], rng=0), 0, np.eye(2), np.array([0, 1]))
    >>> appended("mine", seen, np.ones((3, 1)), np.zeros((1, 2))).places
    (3,)
    """
    h, k = seen.block.h, A.shape[1]
    return Proposal(rule, append(h, k), tuple(range(h, h + k)), A, B, **fields)


@door
def apply(net: Any, layer: int, proposal: Proposal, g: float = 1.0, reason: str | None = None) -> tuple[Any, Event]:
    """Return the network with the proposal carried out at amplitude g, and the event for the optimiser and the history.

    Raises ValueError for a proposal that is for a layer of another size, or an amplitude that is not finite.

    >>> from minigrow.nn import MLP
    >>> net = MLP.create([2, 3, 2], rng=0)
    >>> seen = look(net, 0, np.eye(2), np.array([0, 1]))
    >>> wider, event = apply(net, 0, appended("mine", seen, np.ones((3, 1)), np.zeros((1, 2))))
    >>> wider.widths, event.reason, bool(np.all(wider(np.eye(2)) == net(np.eye(2))))
    ((2, 4, 2), 'rule mine', True)
    """
    if not np.isfinite(g):
        raise ValueError(f"the amplitude g must be finite, got {g!r}.")
    fields(proposal)
    _check_shapes(net, net.hidden(layer), proposal)
    l, space = net.hidden(layer), f"h{net.hidden(layer)}"
    moves = (Move(space, proposal.change),)
    grown = moved(net, moves)
    p, places = grown.params, list(proposal.places)  # windows on a theta of its own
    p[f"W{l}"][places] += g * proposal.A[:-1].T
    p[f"b{l}"][places] += g * proposal.A[-1]
    p[f"W{l + 1}"][:, places] += g * proposal.B.T
    if proposal.D is not None:
        p[f"W{l + 1}"][:, : len(proposal.D) - 1] += g**2 * proposal.D[:-1].T
        p[f"b{l + 1}"][...] += g**2 * proposal.D[-1]
    before, after = proposal.change.old, proposal.change.new
    kind = "grow" if after > before else "prune" if after < before else "change"
    words = reason or proposal.words
    return grown, Event(kind, space, abs(after - before), words, before, after, moves)


def _check_shapes(net, l, proposal):
    """Refuse a proposal whose arrays do not fit the layers beside it; D is for the old neurons, or for those that stay."""
    (d, _, p), k, change = net.widths[l - 1 : l + 2], len(proposal.places), proposal.change
    h = change.new if proposal.D is not None and len(proposal.D) == change.new + 1 else change.old
    for name, shape in {"A": (d + 1, k), "B": (k, p), "D": (h + 1, p)}.items():
        found = getattr(proposal, name)
        if not (name == "D" and found is None) and not _floats(found, shape):
            raise ValueError(
                f"{name} of a proposal must be a finite array of floats of shape {shape}, got {validate.said(found)}."
            )
    if any(not 0 <= place < change.new for place in proposal.places):
        raise ValueError(f"places must be neurons 0..{change.new - 1}, got {validate.said(proposal.places)}.")


def _floats(array, shape):
    known = isinstance(array, np.ndarray) and array.shape == shape and array.dtype.kind == "f"
    return known and bool(np.isfinite(array).all())
