"""`Removing`: a policy of the training loop that takes out neurons the others can stand in for, the inverse of `Adding`.

    cost of neuron j = min over V' of |H V - H_-j V'|^2 / |Y - mean Y|^2         Y = H V, the next layer's pre-activations

The cheapest neuron goes while its cost is at most `tolerance`, and the others get the V' that attains it (`removal`). Letters as in
`block`. Like `Adding` the policy remembers nothing and leaves the run's generator where it is.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from minigrow.addition.proposal import Seen, look
from minigrow.addition.removal import costs, removed
from minigrow.addition.sampling import own_generator, sampled
from minigrow.growth.events import Event
from minigrow.growth.plan import Context
from minigrow.nn import validate

ROUNDING = 1e-10  # of the variance: a cost up to this is 0


class Removing(NamedTuple):
    """Remove from hidden `layers` what costs at most `tolerance` of the next layer's variance, `neurons` at a visit, `fewest` stay.

    It looks at `samples` rows of the training set, drawn without replacement (None: all). Needs an element-wise activation.

    >>> from minigrow.growth import History
    >>> from minigrow.nn import MLP
    >>> net = MLP((1, 2, 1), "identity", np.array([1.0, 1.0, 0.0, 0.0, 3.0, 4.0, 0.0]))  # two equal neurons: one is enough
    >>> context = Context(1, 0, np.random.default_rng(0), np.array([[1.0], [2], [4]]), np.zeros((3, 1)), "mse", History())
    >>> Removing()(net, context)[1][0].reason
    'not needed: without neuron 0 the next layer loses 0 % of what it hears, at most 0.1 %'
    """

    layers: tuple[int, ...] = (0,)
    tolerance: float = 1e-3
    neurons: int = 1
    fewest: int = 1
    samples: int | None = 1000

    def __call__(self, net: Any, context: Context) -> tuple[Any, tuple[Event, ...]]:
        """Return the network and what happened, layer by layer. Raises ValueError for settings that make no sense."""
        for name in ("neurons", "fewest"):
            validate.whole(getattr(self, name), name, least=1)
        validate.positive(self.tolerance, "tolerance", zero="only what costs nothing goes")
        happened: tuple[Event, ...] = ()
        for layer in self.layers:
            seen_by = sampled(context, self.samples, own_generator(context, layer))
            for _ in range(self.neurons):
                net, events = self._one(net, layer, seen_by)
                happened += events
        return net, happened

    def _one(self, net, layer, context):
        if net.widths[net.hidden(layer)] <= self.fewest:
            return net, ()
        seen = look(net, layer, context.X, context.y, context.loss)
        shares = shares_lost(seen)
        j = int(np.argmin(shares))
        if shares[j] > max(self.tolerance, ROUNDING):
            return net, ()
        lost = 100 * shares[j] if shares[j] > ROUNDING else 0.0
        words = f"not needed: without neuron {j} the next layer loses {lost:.3g} % of what it hears, at most {100 * self.tolerance:g} %"
        small, event = removed(net, layer, seen, j, words)
        return small, (event,)


def shares_lost(seen: Seen) -> np.ndarray:
    """Return for each neuron (h,) which share of the next pre-activations' variance is lost at least without it.

    >>> from minigrow.addition.example import exclusive_or
    >>> bool(np.all(shares_lost(exclusive_or()) >= 0))
    True
    """
    Y = seen.block.H @ seen.block.W2
    total = float(np.sum((Y - Y.mean(axis=0)) ** 2))
    return costs(seen) / max(total, np.finfo(float).tiny)
