"""Grow a perceptron of motifs' experiments epoch by epoch, and rotate one: `split_neurons`, `add_neurons`, `turned`."""

from typing import Any

import numpy as np

from minigrow import isotropic
from minigrow.growth import Event, Move, duplicate, moved, rotate
from minigrow.growth.plan import Context
from minigrow.nn.initialisers import orthogonal


def due(net: Any, epoch: int, full: tuple[int, ...]) -> list[int]:
    """Return the hidden layers, from 1, that get a neuron after this epoch: until full, layer 1 always, layer 2 every second time.

    >>> from minigrow.nn import MLP
    >>> due(MLP.create([31, 10, 5, 4], rng=0), 2, (20, 10)), due(MLP.create([31, 20, 10, 4], rng=0), 2, (20, 10))
    ([1, 2], [])
    """
    return [l for l, width in enumerate(full, 1) if net.widths[l] < width and epoch % l == 0]


def split_neurons(net: Any, context: Context, full: tuple[int, ...]) -> tuple[Any, list[Event]]:
    """Split a random neuron of each layer that is due into two halves with the same input weights (a policy; Net2Net).

    The halves get slightly unequal shares of the outgoing weights, or they would stay equal for ever.

    >>> from types import SimpleNamespace
    >>> from minigrow.nn import MLP
    >>> rng = np.random.default_rng(0)
    >>> split_neurons(MLP.create([31, 10, 5, 4], rng=rng), SimpleNamespace(epoch=1, rng=rng), (20, 10))[0].widths
    (31, 11, 5, 4)
    """
    events, rng = [], context.rng
    for l in due(net, context.epoch, full):
        m = net.widths[l]
        move = Move(f"h{l}", duplicate(m, int(rng.integers(m)), float(rng.uniform(0.3, 0.7))))
        events.append(Event("grow", f"h{l}", 1, "its turn in the timetable", m, m + 1, (move,)))
        net = moved(net, [move])
    return net, events


def add_neurons(net: Any, context: Context, full: tuple[int, ...]) -> tuple[Any, list[Event]]:
    """Append a neuron without input weights to each layer that is due (a policy; isotropic growth).

    >>> from types import SimpleNamespace
    >>> rng = np.random.default_rng(0)
    >>> net = isotropic.Network.create([31, 10, 5, 4], rng=rng)
    >>> add_neurons(net, SimpleNamespace(epoch=2, rng=rng), (20, 10))[0].widths
    (31, 11, 6, 4)
    """
    events = []
    for l in due(net, context.epoch, full):
        net, event = isotropic.grow(net, l - 1, 1, rng=context.rng, reason="its turn in the timetable")
        events.append(event)
    return net, events


def turned(net: Any, rng: np.random.Generator) -> Any:
    """Return the same isotropic network with both hidden layers in another, random basis.

    >>> rng = np.random.default_rng(0)
    >>> net = isotropic.Network.create([31, 4, 3, 4], rng=rng)
    >>> X = rng.standard_normal((5, 31))
    >>> np.allclose(turned(net, rng)(X), net(X))
    True
    """
    moves = [Move(f"h{l}", rotate(orthogonal(net.widths[l], net.widths[l], rng))) for l in (1, 2)]
    return moved(net, moves)
