"""Let a network size itself: keep exactly k scaffold neurons, those with singular value <= tau, in every hidden layer.

If there are fewer than k, the layer is using them, so more are added; if there are more than k, the least are removed. Weight
decay lets singular values fall below tau when they are no longer needed, so it is weight decay that forgets. Layers are adapted
from the last to the first, since removal in layer l changes the input of layer l + 1, and a later psi must be settled by then.

W_l (m, d) has min(m, d) singular values. With counted="all" each of the m neurons has one, and those that W_l lacks are zeros,
which are spare; with counted="released" only the min(m, d) count. Where m > d the released rule does not see the neurons it has
added, and adds more each time for as long as more than d - k are above tau. Source: Bird 2026, and its released program.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from minigrow.growth.events import Event
from minigrow.growth.loop import Context
from minigrow.isotropic.diagonalise import singular_values
from minigrow.isotropic.growing import grow
from minigrow.isotropic.network import Network
from minigrow.isotropic.pruning import prune
from minigrow.nn import validate
from minigrow.nn.door import door, fields


def of_neurons(net: Network, layer: int) -> np.ndarray:
    """Return a singular value for each neuron (m,), falling, zeros included.

    >>> of_neurons(Network.create([2, 3, 2], rng=0), 0).round(6)
    array([1., 1., 0.])
    """
    return singular_values(net, layer)


def of_matrix(net: Network, layer: int) -> np.ndarray:
    """Return the singular values (min(m, d),) of W (m, d), falling: the zeros of neurons beyond d are none of them.

    >>> of_matrix(Network.create([2, 3, 2], rng=0), 0).round(6)
    array([1., 1.])
    """
    return singular_values(net, layer)[: min(net.params[f"W{net.hidden(layer)}"].shape)]


COUNTED: dict[str, Callable[..., np.ndarray]] = {"all": of_neurons, "released": of_matrix}
BY = ("sigma", "product")


@door
def adapt(
    net: Network,
    layer: int,
    tau: float = 0.95,
    scaffold: int = 5,
    *,
    rng: Any = None,
    X: np.ndarray | None = None,
    counted: str = "all",
    by: str = "sigma",
) -> tuple[Network, tuple[Event, ...]]:
    """Grow or prune hidden layer `layer` until just `scaffold` of its singular values are <= tau (one neuron always stays).

    `counted` is "all" or "released"; `by`, "sigma" or "product", says who goes (how many, sigma says either way). X (n, m_0) is
    needed for psi="expectation" only. Raises ValueError for tau <= 0, scaffold < 0 or an unknown choice.

    >>> net, events = adapt(Network.create([4, 3, 2], rng=0), 0, tau=0.5, scaffold=2, rng=1)
    >>> net.widths, events[0].reason
    ((4, 5, 2), 'too few spare neurons: 0 of 2 with singular value (sigma) at most 0.5')
    """
    _check(tau, scaffold, counted, by)
    X = X if X is None else validate.inputs(X, net.widths[0], net.theta)
    spare = int(np.sum(COUNTED[counted](net, layer) <= tau))
    missing = scaffold - spare
    words = f"too few spare neurons: {spare} of" if missing > 0 else f"too many spare neurons: {spare} instead of"
    reason = f"{words} {scaffold} with singular value (sigma) at most {tau:g}"
    change = max(missing, 1 - net.widths[layer + 1])
    if change == 0:
        return net, ()
    if change > 0:
        net, event = grow(net, layer, change, rng=rng, reason=reason)
    else:
        net, event = prune(net, layer, -change, by=by, X=X, reason=reason)
    return net, (event,)


def _check(tau, scaffold, counted, by):
    validate.positive(tau, "tau")
    validate.whole(scaffold, "scaffold")
    validate.choice(counted, COUNTED, "counted")
    validate.choice(by, BY, "by")


class AutoAdapt(NamedTuple):
    """A growth policy for the training loop: adapt all hidden layers after every `every` epochs; the rest as in `adapt`.

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
    counted: str = "all"
    by: str = "sigma"

    def __call__(self, net: Network, context: Context) -> tuple[Network, tuple[Event, ...]]:
        """Return the adapted network and what happened, last hidden layer first.

        Raises ValueError for every < 1, and at the first visit for whatever `adapt` refuses, be it due or not.
        """
        due = context.epoch % validate.whole(self.every, "every", least=1) == 0
        fields(self)
        _check(self.tau, self.scaffold, self.counted, self.by)
        how = {"rng": context.rng, "X": self.X, "counted": self.counted, "by": self.by}
        happened: tuple[Event, ...] = ()
        for layer in range(net.layers - 2, -1, -1) if due else ():
            net, events = adapt(net, layer, self.tau, self.scaffold, **how)
            happened += events
        return net, happened
