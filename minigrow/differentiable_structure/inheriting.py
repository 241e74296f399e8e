"""Newborns that inherit, as the paper proposes: a network that remembers the incoming weights of neurons that died.

"Deleted neurons could be partially preserved, so that newly added neurons could actually inherit connectivity of previously deleted
ones, rather than being randomly initialized." What is preserved here is what a neuron heard:

    Gx (g, V), Gh (g, H), gb (g,)         rows of Wxh, Whh and bh of the g neurons that died last and have no heir yet

These are parameters that are not trained, on a space g of their own, so that one change of basis keeps them aligned: a grave
comes with a death, goes with a birth, and forgets what it heard of a neighbour that dies. A newborn takes the incoming weights of
one grave, drawn at random; its outgoing weights are those of any newborn, so that r = T_D. What the neuron said, its outgoing
weights, were below T_D when it died; they are not kept (our choice, as is everything that the one sentence leaves open).

    run = train(start(Inheriting.create(alphabet_of(text), rng=0), rng=0), text, Plan(steps=100_000))

Source: T. Miconi, arXiv 1606.06216, conclusion of all versions; not tested there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from minigrow.differentiable_structure.formulas import gradient
from minigrow.differentiable_structure.network import AXES, Network
from minigrow.differentiable_structure.rule import Rule, born, laid_to_rest
from minigrow.growth.basis import Move, keep, place
from minigrow.growth.contract import moved
from minigrow.nn import validate
from minigrow.nn.spaces import Axes, Wire, entries

GRAVES: Axes = {"Gx": ("+g", "-x"), "Gh": ("+g", "-h"), "gb": ("+g",)}
HEARD = {"Gx": "Wxh", "Gh": "Whh", "gb": "bh"}


@dataclass(frozen=True, eq=False)
class Inheriting(Network):
    """A network with at most `graves` graves, of neurons that died; it begins with none.

    >>> net = Inheriting.create("ab", neurons=3, rng=0)
    >>> net.sizes, net.trained
    ({'x': 2, 'h': 3, 'g': 0, 'y': 2}, ('Wxh', 'Whh', 'Why', 'bh', 'by'))
    """

    graves: int = 16
    compiled = True

    @classmethod
    def create(
        cls, alphabet: str, neurons: int = 1, *, graves: int = 16, rng: Any = None, dtype: Any = np.float64
    ) -> Inheriting:
        """Draw a network as `Network.create` does.

        Raises ValueError as `Network.create`, and for graves < 1.

        >>> Inheriting.create("ab", graves=4, rng=0).graves
        4
        """
        net, most = Network.create(alphabet, neurons, rng=rng, dtype=dtype), validate.whole(graves, "graves", least=1)
        return cls({"x": net.symbols, "h": net.neurons, "g": 0, "y": net.symbols}, alphabet, net.theta, most)

    @property
    def axes(self) -> Axes:
        """Those of the plain network, and the graves, which heard symbols and neurons."""
        return {**AXES, **GRAVES}

    @property
    def trained(self) -> tuple[str, ...]:
        """The living alone."""
        return tuple(AXES)

    @property
    def priced(self) -> tuple[str, ...]:
        """What the living say: Whh and Why."""
        return self.plain.priced

    @property
    def wires(self) -> list[Wire]:
        """The matrices of the living."""
        return self.plain.wires

    @property
    def cost(self) -> int:
        """Multiply-adds of one step in time: the graves take no part."""
        return self.plain.cost

    @property
    def plain(self) -> Network:
        """The network of the living, a window on theta."""
        sizes = {space: self.sizes[space] for space in "xhy"}
        return Network(sizes, self.alphabet, self.theta[: entries(self, self.trained)])

    def through_time(self, x: np.ndarray, y: np.ndarray, h: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        """Return the loss, dloss/dtheta (P,), zero for the graves, and the last state (H,)."""
        loss, g, h = gradient(self.plain, x, y, h)
        return loss, np.concatenate([g, np.zeros(self.theta.size - g.size, g.dtype)]), h


@laid_to_rest.register
def _(net: Inheriting, kept: np.ndarray) -> tuple[Network, tuple[Move, ...]]:
    G, gone = net.sizes["g"], np.setdiff1d(np.arange(net.neurons), kept)[-net.graves :]
    stay = [*range(G), *[-1] * len(gone)][-net.graves :]
    burial = Move("g", place(stay, G))
    small = moved(net, (Move("h", keep(kept, net.neurons)), burial))
    if len(gone):
        small.params["Gx"][-len(gone) :] = net.params["Wxh"][gone]
        small.params["Gh"][-len(gone) :] = net.params["Whh"][np.ix_(gone, kept)]
        small.params["gb"][-len(gone) :] = net.params["bh"][gone]
    return small, (burial,)


@born.register
def _(net: Inheriting, rule: Rule, rng: np.random.Generator) -> tuple[Network, tuple[Move, ...]]:
    born.dispatch(Network)(net, rule, rng)
    G, H = net.sizes["g"], net.neurons - 1
    if not G:
        return net, ()
    heir_of = int(rng.random() * G)
    for grave, heard in HEARD.items():
        if heard == "Whh":  # the column to itself is said as much as heard, and counts in r: it stays as drawn
            net.params[heard][H, :H] = net.params[grave][heir_of, :H]
        else:
            net.params[heard][H] = net.params[grave][heir_of]
    freed = Move("g", place(np.delete(np.arange(G), heir_of), G))
    return moved(net, (freed,)), (freed,)
