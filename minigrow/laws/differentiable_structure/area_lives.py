"""Laws of areas that come and go: what a birth and a death change, and that nothing else moves."""

from __future__ import annotations

import numpy as np

from minigrow.differentiable_structure.area_moves import bud, grow_in, outgoing, prune_in, stands_without
from minigrow.differentiable_structure.area_rule import AreaSpares
from minigrow.growth.events import explain, follow
from minigrow.growth.plan import Context
from minigrow.laws import EPS, law
from minigrow.laws.differentiable_structure.areas import _data, _draw
from minigrow.laws.differentiable_structure.network import LIVELY
from minigrow.nn import RMSProp
from minigrow.nn.check import deviation
from minigrow.nn.optimisers import State


def _silenced(net, area, factor):
    """The same network with the outgoing weights of an area, to others and to itself, times a factor."""
    net = net.with_theta(net.theta.copy())
    for W in outgoing(net, area):
        W *= factor
    return net


def _birth_gap(rng, factor):
    net = _draw(rng)
    while not bud(net):
        net = _draw(rng)
    area, X = bud(net), _data(rng)[0]
    new, event = grow_in(net, area, rng=rng)
    explain(net, new, [event], "grow_in")
    silent = _silenced(new, area, factor)
    kept = [name for name in net.shapes if area not in name]
    moved = max(deviation(silent.params[name], net.params[name]) for name in kept)
    return max(deviation(silent(X), net(X)), moved) / EPS


def _born_speaking(rng):
    """The newborn keeps its outgoing weights.

    By hand: r = .05 and two outputs mean |weight| = .0125 each; with h = tanh 1 = .762 a logit moves by .0095.

    >>> round(0.05 / 4 * float(np.tanh(1)), 4)
    0.0095
    """
    return _birth_gap(rng, 1.0)


@law(
    "differentiable_structure.areas_birth",
    tolerance=0,
    because="the newborn adds exact zeros",
    broken=_born_speaking,
)
def birth_keeps_the_function(rng: np.random.Generator) -> float:
    """An area that is born between two others with outgoing weights 0 changes no output, and no other parameter.

    Needs the edge on which it is born to stay, and its outgoing weights to be 0.

    Proof. The birth is append(0, 1) on its space: [1; 0] with nothing to keep. Every other space has no move, so its rows stay.
    Whoever hears it adds h 0 = 0 to the same sum, and x + 0 = x in floating point, too; the old edge still says what it said.
    """
    return _birth_gap(rng, 0.0)


def _death_gap(rng, factor):
    net, X = _draw(rng), _data(rng)[0]
    mortal = [area for area in net.living if stands_without(net, area)]
    area = mortal[int(rng.integers(len(mortal)))]
    net = _silenced(net, area, factor)
    gone, event = prune_in(net, area, range(net.sizes[area]))
    explain(net, gone, [event], "prune_in")
    named = any(area in edge for edge in gone.edges) or area in gone.living
    return deviation(gone(X), net(X)) / EPS + (np.inf if named else 0.0)


def _dying_while_speaking(rng):
    """The area that goes has outgoing weights.

    By hand: h = tanh 1 = .762 with outgoing weight 1: a logit .762 becomes 0.

    >>> round(float(np.tanh(1)), 3)
    0.762
    """
    return sum(_death_gap(rng, 1.0) for _ in range(3))


@law(
    "differentiable_structure.areas_death",
    tolerance=0,
    because="what goes was a sum of exact zeros",
    broken=_dying_while_speaking,
)
def death_of_a_silent_area(rng: np.random.Generator) -> float:
    """An area whose outgoing weights are all 0 goes, with all its edges, and no output changes.

    Needs all its outgoing weights to be 0, and every other area to lie on a path from x to y without it.

    Proof. Whoever heard it heard 0 h = 0, and loses a term 0 of a sum: x + 0 = x.
    What it heard only mattered through it. All other weights keep their places, since no other space has a move.
    """
    return _death_gap(rng, 0.0)


def _alignment_gap(rng, shift):
    """Give every neuron a number; each weight and each memory tells it; let areas come and go, then compare."""
    net, optimiser = _draw(rng), RMSProp()
    ids = {space: 10 * i + np.arange(m) for i, (space, m) in enumerate(net.sizes.items())}
    state = State(0, (_named(net, ids, 0),))
    net = net.with_theta(_named(net, ids, 0))
    policy = AreaSpares(LIVELY._replace(memory=-1.0, threshold=200.0, delete=0.3, most=5), area=0.5)
    for _ in range(20):
        before, (net, events) = net, policy(net, Context(0, 0, rng, None, None, "softmax", None))
        explain(before, net, events, "the law")
        state = follow(events, optimiser, state, before)
        for event in events:
            ids[event.space] = np.append(ids[event.space], -1)[list(event.recorded.sources)]
    expected = _named(net, {space: np.where(one >= 0, one + shift, -1) for space, one in ids.items()}, -1)
    old = expected >= 0
    return max(deviation(state.slots[0], expected), deviation(net.theta[old], expected[old])) / EPS


def _named(net, ids, new):
    """Return a vector (P,) in which each entry names its neurons, 1000 to + from; `new` where a newborn takes part."""
    parts = []
    for name, roles in net.axes.items():
        numbers = [ids[role[1:]] for role in roles]
        to, source = numbers if len(roles) == 2 else (numbers[0], np.zeros(1, int))
        values = np.where((to[:, None] >= 0) & (source >= 0), 1000 * to[:, None] + source, new)
        parts.append(values.reshape(net.shapes[name]).ravel())
    return np.concatenate(parts).astype(float)


def _the_next_neurons(rng):
    """Each neuron is expected to hold what the next one held.

    By hand: of the neurons 0, 1, 2 of an area the first goes. Those that are left were 1 and 2, and so are their memories.

    >>> from minigrow.differentiable_structure.areas import Areas
    >>> net = Areas.create(1, 1, (3,), [("a1", "x"), ("y", "a1")], rng=0)
    >>> prune_in(net, "a1", [0])[1].recorded.sources
    (1, 2)
    """
    return sum(_alignment_gap(rng, 1) for _ in range(3))


@law(
    "differentiable_structure.areas_memories",
    tolerance=0,
    because="neurons are moved, never computed with",
    broken=_the_next_neurons,
)
def nothing_else_moves(rng: np.random.Generator) -> float:
    """Through births and deaths of neurons and of areas every other weight stays as it is, and each memory with its weight.

    Needs weights and memories to be moved by the same changes of basis, and edges to come and go only where they have no entries.

    Proof. A death is `place` on one space, a birth `append`, also from 0 and to 0; both take rows and columns from their old places.
    Edges come and go at empty places alone, where a matrix has no entries, and theta lists the others in the order of the places.
    Give each weight and each memory the names of its two neurons, and -1 to newborns' memories. After 20 structural steps the
    events' origins say which names must stand where. No entry is computed with, so the tolerance is 0.
    """
    return _alignment_gap(rng, 0)
