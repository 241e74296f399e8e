"""Prune the pool's dead neurons, and let it grow new ones: `prune(net)`, `grow(net, neurons, rng=rng)`.

A hidden neuron is dead when no path of at most I steps leads from it to an output, or when neither an input nor any bias
reaches it, so that act(0) = 0 stays 0. It adds exactly zero to the outputs, so its removal changes nothing: bit
for bit where sums have a fixed order, a few eps where BLAS orders them.
A new neuron has random incoming weights and zero outgoing weights, so the function stays the same.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from minigrow.growth.basis import Move, append, keep
from minigrow.growth.contract import moved
from minigrow.growth.events import Event
from minigrow.growth.loop import Context
from minigrow.nn import validate
from minigrow.nn.door import door
from minigrow.urn.network import Network
from minigrow.urn.positions import places

DEAD = "without a path to an output, or reached by nothing (dead)"


def living(net: Network) -> np.ndarray:
    """Return which hidden neurons (H,) matter: something reaches them, and they reach an output within I steps.

    >>> net = Network.create(1, 1, size=4, rng=0)
    >>> net.params["Wyh"][...] = [[1.0, 0.0]]
    >>> net.params["Whh"][...] = 0
    >>> living(net)
    array([ True, False])
    """
    p = {name: block != 0 for name, block in net.params.items()}
    spoken, heard = p["Whx"].any(axis=1) | p["ch"], p["Wyh"].any(axis=0)
    for _ in range(min(net.iterations - 2, net.hidden)):
        spoken = spoken | (p["Whh"] & spoken).any(axis=1)
        heard = heard | (p["Whh"] & heard[:, None]).any(axis=0)
    return spoken & heard if net.iterations > 1 else np.zeros(net.hidden, bool)


@door
def prune(net: Network, reason: str = DEAD) -> tuple[Network, Event]:
    """Remove all dead hidden neurons, but never the last one; if none is dead, the event has 0 neurons and no moves.

    >>> net = Network.create(1, 1, size=4, rng=0)
    >>> net.params["Wyh"][...] = [[1.0, 0.0]]
    >>> net.params["Whh"][...] = 0
    >>> small, event = prune(net)
    >>> small.hidden, event.neurons
    (1, 1)
    """
    (d, H, _), kept = net.widths, np.flatnonzero(living(net))
    kept = kept if len(kept) else np.arange(min(H, 1))
    if len(kept) == H:
        return net, Event("prune", "h", 0, reason, H, H)
    moves = (Move("h", keep(kept, H)),)
    stay = np.r_[0:d, d + kept, d + H : net.size]
    return moved(net, moves, positions=places(net)[stay]), Event(
        "prune", "h", H - len(kept), reason, H, len(kept), moves
    )


@door
def grow(
    net: Network, neurons: int, *, rng: Any = None, scale: float = 1.0, reason: str = "asked for"
) -> tuple[Network, Event]:
    """Append new neurons whose incoming weights are N(0, scale^2 / S) and whose outgoing weights are zero.

    If the pool has positions, those of new neurons are drawn within the range of the inputs. Raises ValueError when neurons < 1.

    >>> net = Network.create(1, 1, size=4, rng=0)
    >>> wide, event = grow(net, 3, rng=0)
    >>> wide.hidden, event.after
    (5, 5)
    """
    validate.positive(scale, "scale", zero="new neurons hear nothing")
    d, H, _ = net.widths
    rng, moves, old = validate.generator(rng), (Move("h", append(H, neurons)),), places(net)
    ground = old[:d]
    fresh = rng.uniform(ground.min(axis=0), ground.max(axis=0), (neurons, ground.shape[1]))
    wide = moved(net, moves, positions=np.concatenate([old[: d + H], fresh, old[d + H :]]))
    for name, width in (("Whx", d), ("Whh", H)):
        block = wide.params[name][H:, :width]
        block[...] = scale / np.sqrt(wide.size) * rng.standard_normal(block.shape)
    return wide, Event("grow", "h", int(neurons), reason, H, wide.hidden, moves)


class Dead(NamedTuple):
    """A policy for the training loop that prunes dead neurons.

    >>> net = Network.create(1, 1, size=4, scale=0.0, rng=0)
    >>> small, events = Dead()(net)
    >>> small.hidden, len(events)
    (1, 1)
    """

    reason: str = DEAD

    def __call__(self, net: Network, context: Context | None = None) -> tuple[Network, tuple[Event, ...]]:
        """Return the pruned network and what happened."""
        net, event = prune(net, self.reason)
        return net, (event,) if event.neurons else ()
