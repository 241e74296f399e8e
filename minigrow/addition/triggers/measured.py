"""Grow when the neurons' outputs say so: `SennRatio`, by how much a new one would raise the natural gradient, and `NorthRank`.

    SENN    max over A of J(A) / eta > tau              the ratio is `addition.senn.ratio`
    NORTH   T = max(0, floor(h (phi - gamma phi_0)))    phi: `addition.north.rank`, phi_0 its value in the network before training

NORTH's T is also how many neurons are added; the paper prints min for max, which would never grow.
Sources: Mitchell et al. 2024 (SENN); Maile et al. 2022 (NORTH), gamma = .9 to .99.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from minigrow.addition.north import rank
from minigrow.addition.proposal import look
from minigrow.addition.senn import ratio, senn, value
from minigrow.addition.triggers.decision import Decision
from minigrow.growth.plan import Context
from minigrow.nn import validate

ROUNDING = 1e-9  # 10 (1 - .9) is 1 neuron, which in floats is .9999999999999998


class SennRatio(NamedTuple):
    """Grow when the best `neurons` new ones raise the natural gradient's norm eta by more than tau eta.

    >>> from minigrow.growth import History
    >>> from minigrow.nn import MLP
    >>> import numpy as np
    >>> X = np.random.default_rng(0).standard_normal((50, 2))
    >>> context = Context(1, 0, None, X, (X[:, 0] * X[:, 1] > 0).astype(int), "softmax", History())
    >>> SennRatio(tau=0.1)(MLP.create([2, 2, 2], rng=0), 0, context).grow
    True
    """

    tau: float = 0.1
    neurons: int = 1

    def __call__(self, net: Any, layer: int, context: Context) -> Decision:
        """Return the decision; the value is J / eta, J of the fan-in that the rule `senn` finds. Raises ValueError for tau <= 0."""
        tau, seen = validate.positive(self.tau, "tau"), look(net, layer, context.X, context.y, context.loss)
        A = senn(seen, self.neurons, 0).A
        found, J = ratio(seen, A), value(seen, A)
        compared = "more than" if found > tau else "not more than"
        words = (
            f"{self.neurons} new would add {J:.3g} to the natural gradient's norm (eta), {100 * found:.3g} % of it, "
            f"{compared} {100 * tau:g} %"
        )
        return Decision(bool(found > tau), words, float(found), tau)


class NorthRank(NamedTuple):
    """Grow by T neurons when T is at least 1; phi_0 is one number, or one for each hidden layer.

    >>> from minigrow.growth import History
    >>> from minigrow.nn import MLP
    >>> import numpy as np
    >>> X = np.random.default_rng(0).standard_normal((50, 4))
    >>> context = Context(1, 0, None, X, np.zeros(50, dtype=int), "softmax", History())
    >>> NorthRank(0.5, 1.0)(MLP.create([4, 4, 2], rng=0), 0, context).reason
    'outputs have rank (phi) 1 of 1, against 0.5 times 1 at the start: room for 2 more than the 4 neurons'
    """

    gamma: float
    phi_0: float | tuple[float, ...]

    def __call__(self, net: Any, layer: int, context: Context) -> Decision:
        """Return the decision; the value is h (phi - gamma phi_0), and T neurons are asked for. Raises ValueError for gamma <= 0."""
        gamma, h = validate.positive(self.gamma, "gamma"), net.widths[net.hidden(layer)]
        phi = rank(look(net, layer, context.X, context.y, context.loss).block)
        phi_0 = self.phi_0[layer] if isinstance(self.phi_0, tuple) else self.phi_0
        excess = h * (phi - gamma * phi_0)
        T = max(0, math.floor(excess + ROUNDING))
        words = (
            f"outputs have rank (phi) {phi:.3g} of 1, against {gamma:g} times {phi_0:.3g} at the start: "
            f"room for {T} more than the {h} neurons"
        )
        return Decision(T > 0, words, float(excess), 1.0, T)
