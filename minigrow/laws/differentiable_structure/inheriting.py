"""The law of newborns that inherit: an heir hears what its ancestor heard, from those who are still there."""

from __future__ import annotations

import numpy as np

from minigrow.differentiable_structure.inheriting import Inheriting
from minigrow.differentiable_structure.rule import grow, prune
from minigrow.laws import EPS, law
from minigrow.nn.check import deviation


def _inheritance_gap(rng, shift):
    """Let several neurons die one after the other, then one be born; its bias tells whose heir it is."""
    H = int(rng.integers(4, 10))
    net, living = Inheriting.create("ab", H, rng=rng), np.arange(H)
    net = net.with_theta(rng.standard_normal(net.theta.size))
    old = net.params
    for _ in range(int(rng.integers(1, H - 2))):
        gone = int(rng.integers(len(living)))
        net, living = prune(net, [gone])[0], np.delete(living, gone)
    heir = grow(net, rng=rng)[0].params
    ancestor = int(np.flatnonzero(old["bh"] == heir["bh"][-1])[0])
    rows = (
        (heir["Whh"][-1, :-1], old["Whh"][ancestor, np.roll(living, shift)]),
        (heir["Wxh"][-1], old["Wxh"][ancestor]),
    )
    return max(deviation(found, wanted) for found, wanted in rows) / EPS


def _of_the_neighbour(rng):
    """What was heard of one neighbour is taken for what was heard of the next.

    By hand: neuron 2 hears 5 of neuron 0 and 7 of neuron 1, and dies. Its heir must hear 5 and 7, not 7 and 5.

    >>> net = Inheriting.create("ab", 3, rng=0)
    >>> net.params["Whh"][2] = [5, 7, 1]
    >>> grow(prune(net, [2])[0], rng=0)[0].params["Whh"][-1, :-1].tolist()
    [5.0, 7.0]
    """
    return _inheritance_gap(rng, 1)


@law(
    "differentiable_structure.inheritance",
    tolerance=0,
    because="rows are moved, never computed with",
    broken=_of_the_neighbour,
)
def heirs_hear_what_was_heard(rng: np.random.Generator) -> float:
    """An heir's incoming weights are its ancestor's, from every neuron that is still alive, however many died in between.

    Needs the graves' columns to be moved by the change of basis that moves the neurons.

    Proof. At a death the row of Whh is copied without the columns of those who go: its axis -h is aligned with the living then.
    Gh declares that axis, so each later death takes the same column from it as from Whh, and each birth adds one to both.
    By induction over the changes column j of Gh belongs to neuron j, and the heir takes the row as it is.
    """
    return _inheritance_gap(rng, 0)
