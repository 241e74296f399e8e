"""What wraps an optimiser: a gradient before its step, a pull after it; `bind` puts network, loss and optimiser together.

    theta, state --gradient--> g --inner step--> theta --pull--> theta

A wrapper is a named tuple with a field `inner` and a method `bind(net, g, loss, span)`; it returns what `bind` returns. Wrappers
nest, as in optax: `Pull(RMSProp(0.01), 1e-4)`. To let checkpoints hold one of your own, put it into `OPTIMISERS`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, get_type_hints

import numpy as np

from minigrow.nn.compiler import HAS_NUMBA
from minigrow.nn.optimisers import OPTIMISERS, Optimiser, State
from minigrow.nn.spaces import Spaces, entries, ranges


class Span(NamedTuple):
    """The steps for which a step is bound, `first` to `last`: a wrapper that changes in time changes from span to span."""

    first: int
    last: int


ONE = Span(0, 1)


class Bound(NamedTuple):
    """`gradient(*batch)` -> loss writes dL/dtheta (P,) into g; `update(state)` -> state takes one step in place."""

    gradient: Callable[..., float]
    update: Callable[[State], State]


def bind(optimiser: Optimiser, net: Spaces, g: np.ndarray, loss: str, span: Span = ONE) -> Bound:
    """Return one training step of this network with this optimiser, both working in place on net.theta and g (P,).

    >>> from minigrow.nn import MLP, SGD
    >>> from minigrow.nn.optimisers import start
    >>> net = MLP.create([2, 2], rng=0)
    >>> step = bind(SGD(), net, np.empty_like(net.theta), "softmax")
    >>> round(step.gradient(np.zeros((1, 2)), np.array([0])), 4), step.update(start(SGD(), net.theta)).t
    (0.6931, 1)
    """
    if hasattr(optimiser, "bind"):
        return optimiser.bind(net, g, loss, span)
    P = entries(net, net.trained)
    theta, slope, decayed = net.theta[:P], g[:P], ranges(net, net.decayed)
    step = optimiser.update if HAS_NUMBA else _readable(optimiser)
    return Bound(net.bound(g, loss), lambda state: step(state, theta, slope, decayed))


def _readable(optimiser):
    """The optimiser's `step` with `update`'s signature: without a compiler NumPy is quicker than the kernel's loop."""

    def update(state, theta, g, decayed):
        theta[...], state = optimiser.step(state, theta, g, decayed)
        return state

    return update


RATE = property(lambda wrapper: wrapper.inner.rate, doc="The inner optimiser's.")
ORDERS = property(lambda wrapper: wrapper.inner.orders, doc="The inner optimiser's.")


class L1(NamedTuple):
    """A price `strength` sum |w| in the loss: g <- g + strength sign(w) on the network's priced parameters, then `inner`.

    The price passes through the optimiser, so an adaptive one divides it by the steepness of the loss.
    """

    inner: Any
    strength: float

    rate, orders = RATE, ORDERS

    def bind(self, net: Spaces, g: np.ndarray, loss: str, span: Span) -> Bound:
        """Return a step whose gradient holds the price; the loss it returns does not."""
        gradient, update = bind(self.inner, net, g, loss, span)
        strength = float(self.strength)
        windows = [(net.theta[first:last], g[first:last]) for first, last in ranges(net, net.priced)]

        def priced(*batch: Any) -> float:
            value = gradient(*batch)
            for w, slope in windows:
                slope += strength * np.sign(w)
            return value

        return Bound(priced, update)


def _followed(inner: Bound, net: Spaces, change: Callable[[np.ndarray], None]) -> Bound:
    """Return the inner step, followed by a change of the priced parameters in place, window by window."""
    windows = [net.theta[first:last] for first, last in ranges(net, net.priced)]

    def update(state: State) -> State:
        state = inner.update(state)
        for w in windows:
            change(w)
        return state

    return Bound(inner.gradient, update)


class Pull(NamedTuple):
    """A fixed pull towards zero behind the inner step: w <- w - amount sign(w) on the network's priced parameters.

    The pull is the gradient of amount sum |w|, but it does not go through the optimiser: it is the same for every weight,
    however steep the loss (Miconi 2016).
    """

    inner: Any
    amount: float

    rate, orders = RATE, ORDERS

    def bind(self, net: Spaces, g: np.ndarray, loss: str, span: Span) -> Bound:
        """Return a step that ends with the pull."""
        amount = float(self.amount)

        def pull(w: np.ndarray) -> None:
            w -= amount * np.sign(w)

        return _followed(bind(self.inner, net, g, loss, span), net, pull)


class Clip(NamedTuple):
    """A limit to the gradient: g <- clip(g, +-limit) entry by entry, then `inner`; what stands inside it is clipped too."""

    inner: Any
    limit: float

    rate, orders = RATE, ORDERS

    def bind(self, net: Spaces, g: np.ndarray, loss: str, span: Span) -> Bound:
        """Return a step whose gradient is clipped."""
        gradient, update = bind(self.inner, net, g, loss, span)
        limit = float(self.limit)

        def clipped(*batch: Any) -> float:
            value = gradient(*batch)
            np.clip(g, -limit, limit, out=g)
            return value

        return Bound(clipped, update)


class Floor(NamedTuple):
    """A bound from below, behind the inner step: w <- max(w, least) on the network's priced parameters."""

    inner: Any
    least: float

    rate, orders = RATE, ORDERS

    def bind(self, net: Spaces, g: np.ndarray, loss: str, span: Span) -> Bound:
        """Return a step that ends at or above the floor."""

        def lift(w: np.ndarray) -> None:
            np.maximum(w, self.least, out=w)

        return _followed(bind(self.inner, net, g, loss, span), net, lift)


OPTIMISERS |= {"l1": L1, "pull": Pull, "clip": Clip, "floor": Floor}


def described(optimiser: Any) -> list[Any]:
    """Return an optimiser, and what it wraps, as a list of plain values, for a checkpoint.

    Raises ValueError for a class that `OPTIMISERS` does not hold.

    >>> from minigrow.nn import SGD
    >>> described(Pull(SGD(0.5), 0.1))
    ['pull', {'inner': ['sgd', {'rate': 0.5, 'decay': 0.0}], 'amount': 0.1}]
    """
    names = [name for name, cls in OPTIMISERS.items() if type(optimiser) is cls]
    if not names:
        raise ValueError(
            f"a checkpoint can hold the optimisers {', '.join(OPTIMISERS)}, got {type(optimiser).__name__}. "
            "Add yours: minigrow.nn.optimisers.OPTIMISERS['name'] = YourClass."
        )
    fields = {key: described(value) if key == "inner" else value for key, value in optimiser._asdict().items()}
    return [names[0], fields]


def restored(description: Any) -> Any:
    """Return the optimiser that `described` wrote down.

    Raises ValueError for anything else.

    >>> restored(["pull", {"inner": ["sgd", {"rate": 0.5}], "amount": 0.1}])
    Pull(inner=SGD(rate=0.5, decay=0.0), amount=0.1)
    """
    try:
        name, fields = description
        cls = OPTIMISERS[name]
        return cls(**{key: _value(key, value, get_type_hints(cls).get(key)) for key, value in fields.items()})
    except (KeyError, TypeError, ValueError, AttributeError, NameError) as error:
        raise ValueError(f"there is no such optimiser: {str(description)[:200]}.") from error


def _value(key, value, kind=None):
    """JSON knows no tuples: every list was one, at any depth, and a named one (the prices of the pool) where the class says so."""
    if key == "inner":
        return restored(value)
    if not isinstance(value, list):
        return value
    return kind(*value) if hasattr(kind, "_fields") else tuple(_value("", entry) for entry in value)
