"""Optimisers as values, state in, state out: `step` is the formula in NumPy, `update` one compiled pass in place.

theta parameters (P,), g gradient (P,), t step count, eta rate; a slot is a vector (P,) that the optimiser remembers.
Each optimiser names its slots and their order in the gradient: 1 if a slot scales like g, 2 if like g^2. A change of
basis needs nothing more to carry them along (`minigrow.growth.basis`). Weight decay shrinks the entries that `decayed` names, as
rows [first, behind the last] (k, 2); None means all. What wraps an optimiser is in `minigrow.nn.wrappers`.
"""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

import numpy as np

from minigrow.nn import kernels
from minigrow.nn.door import fields
from minigrow.nn.validate import positive, said

Decayed = np.ndarray | None
NOTHING = np.zeros((0, 2), np.int64)


class State(NamedTuple):
    """What an optimiser remembers: t (a scalar) and its slots, vectors (P,)."""

    t: int
    slots: tuple[np.ndarray, ...]


class Optimiser(Protocol):
    """What the training loop asks of an optimiser."""

    rate: float
    orders: tuple[int, ...]

    def step(self, state: State, theta: np.ndarray, g: np.ndarray, decayed: Decayed = None) -> tuple[np.ndarray, State]:
        """Return new parameters and state from vectors (P,)."""

    def update(self, state: State, theta: np.ndarray, g: np.ndarray, decayed: Decayed = None) -> State:
        """Do the same in place: overwrites theta and the slots of a state that the caller owns."""


def start(optimiser: Optimiser, theta: np.ndarray) -> State:
    """Return the state before the first step: t = 0 and one vector of zeros (P,) for each slot.

    >>> start(Adam(), np.ones(2))
    State(t=0, slots=(array([0., 0.]), array([0., 0.])))
    """
    return State(0, tuple(np.zeros_like(theta) for _ in optimiser.orders))


def checked(optimiser: Optimiser) -> Optimiser:
    """Return the optimiser, and what it wraps, if its numbers make sense: rate > 0, decays >= 0, betas in [0, 1).

    Raises ValueError that names the field.

    >>> checked(SGD(rate=0.1))
    SGD(rate=0.1, decay=0.0)
    """
    if isinstance(optimiser, type) or not hasattr(optimiser, "orders") or not hasattr(optimiser, "_asdict"):
        raise ValueError(f"an optimiser must be one of {', '.join(OPTIMISERS)}, or wrap one, got {said(optimiser)}.")
    for name, value in optimiser._asdict().items():
        if name == "inner":
            checked(value)
            continue
        if not isinstance(value, (int, float, np.number)):
            if hasattr(optimiser, "update"):  # what wraps an optimiser may have fields of other kinds
                raise ValueError(f"{name} must be a number, got {said(value)}.")
            continue
        if name in ("beta", "beta1", "beta2") and not 0 <= value < 1:
            raise ValueError(f"{name} must lie in [0, 1), got {said(value)}.")
        if name not in ("clip", "limit"):
            positive(value, name, zero="off" if name != "rate" else "")
        elif not value > 0:
            raise ValueError(f"{name} must be > 0, or infinite for no clipping, got {said(value)}.")
    fields(optimiser)
    return optimiser


def _update(self, state: State, theta: np.ndarray, g: np.ndarray, decayed: Decayed = None) -> State:
    """Do `step` in place on vectors (P,), in one compiled pass."""
    self.kernel(theta, g, *state.slots, *_as(theta, *self.numbers(state.t)))
    return State(state.t + 1, state.slots)


class SGD(NamedTuple):
    """Gradient descent: theta <- theta - eta_t g with eta_t = eta / (1 + decay t); all vectors (P,).

    >>> SGD(rate=0.5).step(start(SGD(), np.ones(1)), np.ones(1), np.ones(1))
    (array([0.5]), State(t=1, slots=()))
    """

    rate: float = 0.01
    decay: float = 0.0
    orders, kernel, update = (), staticmethod(kernels.sgd), _update

    def numbers(self, t: int) -> tuple[float, ...]:
        """Return eta_t."""
        return (self.rate / (1 + self.decay * t),)

    def step(self, state: State, theta: np.ndarray, g: np.ndarray, decayed: Decayed = None) -> tuple[np.ndarray, State]:
        """Return new (theta, state) from vectors (P,); see the class."""
        (rate,) = _as(theta, *self.numbers(state.t))
        return theta - rate * g, State(state.t + 1, ())


class Momentum(NamedTuple):
    """Heavy ball: v <- beta v + g, theta <- theta - eta_t v; all vectors (P,) (Polyak 1964).

    >>> Momentum(rate=0.5).step(start(Momentum(), np.ones(1)), np.ones(1), np.ones(1))
    (array([0.5]), State(t=1, slots=(array([1.]),)))
    """

    rate: float = 0.01
    beta: float = 0.9
    decay: float = 0.0
    orders, kernel, update = (1,), staticmethod(kernels.momentum), _update

    def numbers(self, t: int) -> tuple[float, ...]:
        """Return eta_t and beta."""
        return self.rate / (1 + self.decay * t), self.beta

    def step(self, state: State, theta: np.ndarray, g: np.ndarray, decayed: Decayed = None) -> tuple[np.ndarray, State]:
        """Return new (theta, state) from vectors (P,); see the class."""
        rate, beta = _as(theta, *self.numbers(state.t))
        v = beta * state.slots[0] + g
        return theta - rate * v, State(state.t + 1, (v,))


class Nesterov(NamedTuple):
    """Momentum that looks ahead: v <- beta v + g, theta <- theta - eta_t (g + beta v); vectors (P,) (Sutskever 2013).

    >>> Nesterov(rate=0.5, beta=0.5).step(start(Nesterov(), np.ones(1)), np.ones(1), np.ones(1))
    (array([0.25]), State(t=1, slots=(array([1.]),)))
    """

    rate: float = 0.01
    beta: float = 0.9
    decay: float = 0.0
    orders, kernel, update, numbers = (1,), staticmethod(kernels.nesterov), _update, Momentum.numbers

    def step(self, state: State, theta: np.ndarray, g: np.ndarray, decayed: Decayed = None) -> tuple[np.ndarray, State]:
        """Return new (theta, state) from vectors (P,); see the class."""
        rate, beta = _as(theta, *self.numbers(state.t))
        v = beta * state.slots[0] + g
        return theta - rate * (g + beta * v), State(state.t + 1, (v,))


class Adagrad(NamedTuple):
    """s <- s + g^2, theta <- theta - eta g / sqrt(s + eps); all vectors (P,). Steps only ever shrink (Duchi et al. 2011).

    >>> Adagrad(rate=0.5).step(start(Adagrad(), np.ones(1)), np.ones(1), np.ones(1))[0].round(6)
    array([0.5])
    """

    rate: float = 0.1
    eps: float = 1e-8
    orders, kernel, update = (2,), staticmethod(kernels.adagrad), _update

    def numbers(self, t: int = 0) -> tuple[float, ...]:
        """Return eta and eps."""
        return self.rate, self.eps

    def step(self, state: State, theta: np.ndarray, g: np.ndarray, decayed: Decayed = None) -> tuple[np.ndarray, State]:
        """Return new (theta, state) from vectors (P,); see the class."""
        rate, eps = _as(theta, *self.numbers())
        s = state.slots[0] + g * g
        return theta - rate * g / np.sqrt(s + eps), State(state.t + 1, (s,))


class RMSProp(NamedTuple):
    """s <- s + (1 - beta)(g^2 - s), theta <- theta - clip(eta g / sqrt(s + eps), +-clip); all vectors (P,).

    Source: Tieleman and Hinton 2012; eps under the root, as there.

    >>> RMSProp(rate=0.5, clip=0.1).step(start(RMSProp(), np.ones(1)), np.ones(1), np.ones(1))[0]
    array([0.9])
    """

    rate: float = 0.01
    beta: float = 0.99
    eps: float = 1e-8
    clip: float = np.inf
    orders, kernel, update = (2,), staticmethod(kernels.rmsprop), _update

    def numbers(self, t: int = 0) -> tuple[float, ...]:
        """Return eta, 1 - beta, eps, clip; 1 - beta is the decimal that one reads: .01 for .99, not .010000000000000009."""
        return self.rate, round(1 - self.beta, 15), self.eps, self.clip

    def step(self, state: State, theta: np.ndarray, g: np.ndarray, decayed: Decayed = None) -> tuple[np.ndarray, State]:
        """Return new (theta, state) from vectors (P,); see the class."""
        rate, fresh, eps, clip = _as(theta, *self.numbers())
        s = state.slots[0] + fresh * (g * g - state.slots[0])
        return theta - np.clip(rate * g / np.sqrt(s + eps), -clip, clip), State(state.t + 1, (s,))


class AdamW(NamedTuple):
    """Adam with decoupled weight decay (Loshchilov and Hutter 2019); all vectors (P,).

        theta <- (1 - eta decay) theta                        on the `decayed` entries
        m <- m + (1 - beta1)(g - m),  v <- v + (1 - beta2)(g^2 - v)
        theta <- theta - eta m / (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) + eps)

    >>> AdamW(rate=0.5, weight_decay=0.0).step(start(AdamW(), np.ones(1)), np.ones(1), np.ones(1))[0]
    array([0.5])
    """

    rate: float = 1e-3
    weight_decay: float = 1e-3
    beta1: float = 0.9
    beta2: float = 0.999
    eps: float = 1e-8
    orders = (1, 2)

    def numbers(self, t: int) -> tuple[float, ...]:
        """Return 1 - eta decay, 1 - beta1, 1 - beta2, eta / (1 - beta1^(t+1)), (1 - beta2^(t+1))^-1/2, eps."""
        rate, scale = self.rate / (1 - self.beta1 ** (t + 1)), (1 - self.beta2 ** (t + 1)) ** -0.5
        return 1 - self.rate * self.weight_decay, 1 - self.beta1, 1 - self.beta2, rate, scale, self.eps

    def step(self, state: State, theta: np.ndarray, g: np.ndarray, decayed: Decayed = None) -> tuple[np.ndarray, State]:
        """Return new (theta, state) from vectors (P,); see the class."""
        (m, v), (shrink, fresh1, fresh2, rate, scale, eps) = state.slots, _as(theta, *self.numbers(state.t))
        theta = theta.copy()
        for first, last in _all(theta) if decayed is None else decayed:
            theta[first:last] *= shrink
        m = m + fresh1 * (g - m)
        v = v + fresh2 * (g * g - v)
        return theta - rate * m / (np.sqrt(v) * scale + eps), State(state.t + 1, (m, v))

    def update(self, state: State, theta: np.ndarray, g: np.ndarray, decayed: Decayed = None) -> State:
        """Do `step` in place on vectors (P,), in one compiled pass."""
        shrunk = _all(theta) if decayed is None else decayed
        kernels.adamw(theta, g, *state.slots, shrunk, *_as(theta, *self.numbers(state.t)))
        return State(state.t + 1, state.slots)


class Adam(NamedTuple):
    """AdamW without weight decay (Kingma and Ba 2015); all vectors (P,).

    >>> Adam(rate=0.5).step(start(Adam(), np.ones(1)), np.ones(1), np.ones(1))[0]
    array([0.5])
    """

    rate: float = 1e-3
    beta1: float = 0.9
    beta2: float = 0.999
    eps: float = 1e-8
    orders = (1, 2)

    def step(self, state: State, theta: np.ndarray, g: np.ndarray, decayed: Decayed = None) -> tuple[np.ndarray, State]:
        """Return new (theta, state) from vectors (P,); see `AdamW`."""
        return AdamW(self.rate, 0.0, *self[1:]).step(state, theta, g, NOTHING)

    def update(self, state: State, theta: np.ndarray, g: np.ndarray, decayed: Decayed = None) -> State:
        """Do `step` in place on vectors (P,)."""
        return AdamW(self.rate, 0.0, *self[1:]).update(state, theta, g, NOTHING)


def _all(theta):
    return np.array([[0, theta.size]])


def _as(theta, *numbers):
    """Scalars in theta's type, so that float32 stays float32."""
    return tuple(theta.dtype.type(number) for number in numbers)


OPTIMISERS: dict[str, Any] = {
    cls.__name__.lower(): cls for cls in (SGD, Momentum, Nesterov, Adagrad, RMSProp, Adam, AdamW)
}
