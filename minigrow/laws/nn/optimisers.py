"""The law of compiled optimisers: they do what their formulas in NumPy do."""

from __future__ import annotations

import numpy as np

from minigrow.laws import law
from minigrow.laws.cases import in_eps
from minigrow.nn import Momentum, Nesterov
from minigrow.nn.optimisers import OPTIMISERS, start

DECAYED = np.array([[0, 20], [40, 50]])


def _twin_gap(rng, dtype, optimiser, compiled):
    theta = rng.standard_normal(50).astype(dtype)
    fast, state, fast_state = theta.copy(), start(optimiser, theta), start(compiled, theta)
    for _ in range(5):
        g = rng.standard_normal(50).astype(dtype)
        theta, state = optimiser.step(state, theta, g, DECAYED)
        fast_state = compiled.update(fast_state, fast, g, DECAYED)
    return max(in_eps(fast, theta), *map(in_eps, fast_state.slots, state.slots), float(state.t != fast_state.t))


def _twins(rng, dtype):
    plain = [cls for cls in OPTIMISERS.values() if hasattr(cls, "update")]  # what wraps one has no rule of its own
    drawn = [cls(rate=float(rng.uniform(0.001, 0.1))) for cls in plain]
    return max(_twin_gap(rng, dtype, optimiser, optimiser) for optimiser in drawn)


def _another_rule(rng):
    """The formula is heavy-ball momentum, the compiled update Nesterov's.

    By hand: rate 0.01, beta 0.9, gradient 1. Momentum's first step is 0.01 v = 0.01; Nesterov's 0.01 (1 + 0.9 v) = 0.019.

    >>> [rule.step(start(rule, np.ones(1)), np.zeros(1), np.ones(1))[0].item() for rule in (Momentum(0.01), Nesterov(0.01))]
    [-0.01, -0.019]
    """
    return _twin_gap(rng, np.float64, Momentum(0.01), Nesterov(0.01))


@law(
    "nn.optimisers",
    tolerance=8,
    because="the same operations; a compiler may fuse a product and a sum (here it does not: worst of 1000 is 0)",
    broken=_another_rule,
)
def optimiser_twins(rng: np.random.Generator) -> float:
    """Every optimiser's compiled update equals its formula in NumPy, in float64 and in float32.

    Needs the same rule, the same scalars in theta's own float type, and decay on the same entries.

    Proof. `step` and `update` take their scalars from the same place (`_as`, `_scalars`, `_decayed_rate`), cast to theta's type.
    The kernel treats each entry alone and does to it what the NumPy line does, in that order; no sum crosses entries.
    IEEE arithmetic rounds every operation by itself, so equal operands in equal order give equal bits, step after step.
    What could break it: a scalar left in float64, a slot read after it was overwritten, a product and a sum fused into one.
    """
    return max(_twins(rng, np.float64), _twins(rng, np.float32))
