"""Random controls, without which no rule is judged: random fan-in, random fan-out, both small.

| control | A | B | function | promise |
|---|---|---|---|---|
| `random_in` | random directions of length c | 0 | kept | |dL/dB|^2 = |act(X A)'G/n|^2 |
| `random_out` | 0 | random directions of length c | kept if act(0) = 0 | |dL/dA|^2 = act'(0)^2 |M B'|^2, as for GradMax |
| `random_small` | random | random, as large as the layer's | - | the loss falls by g^2 act'(0) <M, A B>, of either sign |

c is the mean length of the fan-ins or fan-outs there are, as in GradMax's program (google-research/growneuron), so that a rule and its
control differ in direction alone. That program draws each weight from uniform(0, 1) (`draw="uniform"`), so that all are positive;
normal draws, the default here, prefer no direction.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrow.addition.assumptions import require
from minigrow.addition.gradmax import length, of_length
from minigrow.addition.promises import fan_in_gradient, fan_out_gradient, slope
from minigrow.addition.proposal import Proposal, Seen, appended
from minigrow.nn.door import door
from minigrow.nn.validate import choice, generator, positive, whole

DRAWS = {"normal": np.random.Generator.standard_normal, "uniform": np.random.Generator.random}


@door
def random_in(seen: Seen, k: int = 1, rng: Any = None, c: float | None = None, draw: str = "normal") -> Proposal:
    """Propose k neurons with random fan-in of length c and bias 0 (None: the mean of those there are) and no fan-out yet.

    `gradient` is |dL/dB|^2. Raises ValueError for an isotropic layer, where a fan-in alone changes the function.

    >>> from minigrow.addition.proposal import look
    >>> from minigrow.nn import MLP
    >>> seen = look(MLP.create([2, 3, 2], rng=0), 0, np.eye(2), np.array([0, 1]))
    >>> proposal = random_in(seen, c=2.0, rng=0)
    >>> round(float(np.linalg.norm(proposal.A)), 12), proposal.B.any()
    (2.0, np.False_)
    """
    require(seen.block.act, "element-wise", rule="random_in")
    A = _fan_in(seen, k, rng, c, draw)
    B, promise = np.zeros((k, seen.block.p)), fan_out_gradient(seen, A)
    reason = f"drawn at random, heard by nobody yet (|dL/dB| = {np.sqrt(promise):.3g})"
    return appended("random_in", seen, A, B, kept=True, gradient=promise, reason=reason)


@door
def random_out(seen: Seen, k: int = 1, rng: Any = None, c: float | None = None, draw: str = "normal") -> Proposal:
    """Propose k neurons with no fan-in yet and random fan-out of length c, the length that GradMax takes.

    `gradient` is |dL/dA|^2. Raises ValueError for an activation without act(0) = 0 and a slope there.

    >>> from minigrow.addition.proposal import look
    >>> from minigrow.nn import MLP
    >>> seen = look(MLP.create([2, 3, 2], rng=0), 0, np.eye(2), np.array([0, 1]))
    >>> round(float(np.linalg.norm(random_out(seen, c=2.0, rng=0).B)), 12)
    2.0
    """
    require(seen.block.act, "zero", "slope", rule="random_out")
    B = of_length(length(seen, c), _drawn(rng, draw, whole(k, "k", least=1), seen.block.p))
    promise = fan_in_gradient(seen, B)
    reason = f"drawn at random, hears nothing yet (|dL/dA| = {np.sqrt(promise):.3g})"
    return appended("random_out", seen, np.zeros((seen.block.d + 1, k)), B, kept=True, gradient=promise, reason=reason)


@door
def random_small(seen: Seen, k: int = 1, rng: Any = None, c: float | None = None, draw: str = "normal") -> Proposal:
    """Propose k neurons with random fan-in and fan-out of the lengths there are (or c for both), to be made small by the amplitude.

    `slope` is negative in half of the draws. Raises ValueError for an activation without act(0) = 0 and a derivative there.

    >>> from minigrow.addition.proposal import look
    >>> from minigrow.nn import MLP
    >>> seen = look(MLP.create([2, 3, 2], rng=0), 0, np.eye(2), np.array([0, 1]))
    >>> falls = [random_small(seen, rng=seed).slope > 0 for seed in range(100)]
    >>> 30 < sum(falls) < 70
    True
    """
    require(seen.block.act, "zero", "derivative", "slope", rule="random_small")
    rng = generator(rng)
    A = _fan_in(seen, k, rng, c, draw)
    B = of_length(length(seen, c), _drawn(rng, draw, k, seen.block.p))
    return appended("random_small", seen, A, B, slope=slope(seen, A, B), reason="drawn at random, with small weights")


def _fan_in(seen, k, rng, c, draw):
    """Random fan-in (d+1, k) whose weights have length c; the biases are 0."""
    c = float(np.mean(np.linalg.norm(seen.block.W1[:-1], axis=0))) if c is None else positive(c, "c")
    weights = of_length(c, _drawn(rng, draw, whole(k, "k", least=1), seen.block.d))
    return np.vstack([weights.T, np.zeros((1, k))])


def _drawn(rng, draw, *shape):
    return DRAWS[choice(draw, DRAWS, "draw")](generator(rng), shape)
