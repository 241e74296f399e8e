"""Let a network size itself: keep exactly k scaffold neurons, those with singular value <= tau, in every hidden layer.

If there are fewer than k, the layer is using them, so more are added; if there are more than k, the least are removed. Weight
decay lets singular values fall below tau when they are no longer needed, so it is weight decay that forgets. Layers are adapted
from the last to the first, since removal in layer l changes the input of layer l + 1, and a later psi must be settled by then.
Source: Bird 2026, auto-adaptation.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from minigrow.growth.events import Event
from minigrow.growth.loop import Context
from minigrow.isotropic.diagonalise import singular_values
from minigrow.isotropic.growing import grow
from minigrow.isotropic.network import Network
from minigrow.isotropic.pruning import prune
from minigrow.nn import validate


def adapt(
    net: Network, layer: int, tau: float = 0.95, scaffold: int = 5, *, rng: Any = None, X: np.ndarray | None = None
) -> tuple[Network, tuple[Event, ...]]:
    """Grow or prune hidden layer `layer` until just `scaffold` of its singular values are <= tau (one neuron always stays).

    X (n, m_0) is needed for psi="expectation" only. Raises ValueError for tau <= 0 or scaffold < 0.

    >>> net, events = adapt(Network.create([4, 3, 2], rng=0), 0, tau=0.5, scaffold=2, rng=1)
    >>> net.widths, events[0].reason
    ((4, 5, 2), '0 of 2 scaffold neurons with sigma <= 0.5')
    """
    sigma = singular_values(net, layer)
    spare = int(np.sum(sigma <= validate.positive(tau, "tau")))
    missing = validate.whole(scaffold, "scaffold") - spare
    reason = f"{spare} of {scaffold} scaffold neurons with sigma <= {tau}"
    if missing > 0:
        net, event = grow(net, layer, missing, rng=rng, reason=reason)
        return net, (event,)
    surplus = min(-missing, len(sigma) - 1)
    if surplus > 0:
        net, event = prune(net, layer, surplus, X=X, reason=reason)
        return net, (event,)
    return net, ()


class AutoAdapt(NamedTuple):
    """A growth policy for the training loop: adapt all hidden layers after every `every` epochs; X as in `adapt`.

    >>> from minigrow.growth import Plan, start, train
    >>> from minigrow.nn import SGD
    >>> run = start(Network.create([2, 3, 2], rng=0), SGD(), rng=0)
    >>> train(run, np.eye(2), np.array([0, 1]), Plan(epochs=1, policies=(AutoAdapt(tau=0.5, scaffold=2),))).net.widths
    (2, 4, 2)
    """

    tau: float = 0.95
    scaffold: int = 5
    every: int = 1
    X: np.ndarray | None = None

    def __call__(self, net: Network, context: Context) -> tuple[Network, tuple[Event, ...]]:
        """Return the adapted network and what happened, last hidden layer first. Raises ValueError for every < 1."""
        happened: tuple[Event, ...] = ()
        due = context.epoch % validate.whole(self.every, "every", least=1) == 0
        for layer in range(net.layers - 2, -1, -1) if due else ():
            net, events = adapt(net, layer, self.tau, self.scaffold, rng=context.rng, X=self.X)
            happened += events
        return net, happened
