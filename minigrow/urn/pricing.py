"""Pay the prices of the general loss: two wrappers around an optimiser, `Priced` while structure is sought, then `Settling`.

    theta --inner step--> theta --soft threshold--> theta --block soft threshold--> theta        (Priced)
    theta --inner step, at a falling rate--> theta --zeros stay zeros--> theta                   (Settling)

Each price is paid after the optimiser's step, in the optimiser's own step size (`metric`), so that a weight which is not worth
its price becomes exactly zero. What a wire costs by the path norm is computed anew at every step (`paths`). Then zeros are
frozen and prices are switched off, so that the weights that are left are fitted without the bias that prices leave behind
(our choice). The time term is smooth, so it is part of the gradient.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from minigrow.nn.optimisers import OPTIMISERS, Optimiser, State
from minigrow.nn.spaces import entries
from minigrow.nn.wrappers import ORDERS, RATE, Bound, Span, bind
from minigrow.urn.blocks import shrink_blocks
from minigrow.urn.fast import paths
from minigrow.urn.strengths import Strengths, checked, outgoing, prices, shrink

FALL = 0.01  # the settling rate ends at this share of the optimiser's


def metric(optimiser: Optimiser, state: State, theta: np.ndarray) -> np.ndarray:
    """Return how far one unit of gradient moves each parameter in a step (P,): the unit in which prices are paid.

        SGD          eta_t                  Momentum, Nesterov   eta_t / (1 - beta)
        RMSProp      eta / sqrt(s + eps)    Adam, AdamW          eta / (sqrt(v / (1 - beta2^t)) + eps)

    Thresholds in this metric make the fixed points those of the stated loss: a weight stays at zero exactly when the
    gradient there is smaller than its price. A bare threshold rate x price would compare the price with Adam's
    normalised step instead, whose size says nothing about how useful a weight is. Under momentum a gradient that stays the
    same moves a weight 1 / (1 - beta) times as far in a step. A step that RMSProp clips still pays the whole price.

    >>> from minigrow.nn import Adam, Momentum
    >>> metric(Adam(rate=0.5), State(1, (np.zeros(1), np.array([0.004]))), np.zeros(1)).round(2)
    array([0.25])
    >>> metric(Momentum(rate=0.5, beta=0.75), State(1, (np.zeros(1),)), np.zeros(1))
    array([2.])
    """
    number = theta.dtype.type
    if hasattr(optimiser, "beta2"):
        unbiased = np.sqrt(state.slots[1] / number(1 - optimiser.beta2**state.t))
        return number(optimiser.rate) / (unbiased + number(optimiser.eps))
    if optimiser.orders == (2,):
        return number(optimiser.rate) / np.sqrt(state.slots[0] + number(optimiser.eps))
    rate, *beta = optimiser.numbers(max(state.t - 1, 0))
    return np.full_like(theta, rate / (1 - (beta[0] if beta else 0.0)))


class Priced(NamedTuple):
    """Take the inner step, then the soft threshold r (l1 + local distance + loop + path G) and the block one (`blocks`), r = `metric`.

    G is the path norm's derivative at the weights before the step (`paths` says to which loss the fixed points belong).
    The strengths grow linearly over the `ramp` steps after step `since`. They are constant from one stop of the training
    loop to the next, at the value of the last of these steps.
    """

    inner: Any
    strengths: Strengths
    since: int = 0
    ramp: int = 0

    rate, orders = RATE, ORDERS

    def at(self, step: int) -> Strengths:
        """Return the strengths at a step.

        >>> from minigrow.nn import Adam
        >>> Priced(Adam(), Strengths(l1=1.0), ramp=100).at(25).l1
        0.25
        """
        share = min(1.0, max(0.0, (step - self.since) / self.ramp)) if self.ramp else 1.0
        return Strengths(*(share * float(value) for value in self.strengths))

    def bind(self, net: Any, g: np.ndarray, loss: str, span: Span) -> Bound:
        """Return a step that pays the prices; its gradient includes the time term.

        Raises ValueError for an inner wrapper: it has no step size of its own.
        """
        checked(self.strengths)
        if hasattr(self.inner, "bind"):
            raise ValueError(
                f"Priced must wrap an optimiser, whose step size is the unit of prices, got {type(self.inner).__name__}."
            )
        s, update = self.at(span.last), bind(self.inner, net, g, loss, span).update
        cost, out = prices(net, s), outgoing(net, net.theta)
        through = paths.bind(net) if s.path else None

        def paid(state: State) -> State:
            wire = cost + s.path * through() if through else cost
            state = update(state)
            unit = metric(self.inner, state, net.theta)
            if s.l1 or s.local or s.loop or s.path:
                shrink(net.theta, wire * unit)
            if s.group:
                shrink_blocks(out, s.group, outgoing(net, unit))
            return state

        return Bound(net.bound(g, loss, s.time), paid)


class Settling(NamedTuple):
    """Take the inner step without prices and with zeros frozen, at a rate that falls to a hundredth of the optimiser's.

    The rate falls from step `since` to step `until`. It is constant from one stop of the training loop to the next, at the
    value of the first of these steps.
    """

    inner: Any
    since: int
    until: int

    rate, orders = RATE, ORDERS

    def at(self, step: int) -> float:
        """Return the rate at a step.

        >>> from minigrow.nn import Adam
        >>> round(Settling(Adam(rate=1.0), 0, 100).at(50), 6)
        0.1
        """
        left = (self.until - step) / max(self.until - self.since, 1)
        return self.inner.rate * FALL ** (1 - left)

    def bind(self, net: Any, g: np.ndarray, loss: str, span: Span) -> Bound:
        """Return a step that keeps at zero all weights that are zero now."""
        gradient, update = bind(self.inner._replace(rate=self.at(span.first)), net, g, loss, span)
        zeros = np.flatnonzero(net.theta[: entries(net, net.priced)] == 0)

        def settled(state: State) -> State:
            state = update(state)
            net.theta[zeros] = 0
            return state

        return Bound(gradient, settled)


OPTIMISERS |= {"priced": Priced, "settling": Settling}
