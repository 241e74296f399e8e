"""GradMax: silent neurons whose fan-out makes their first gradient as large as it can be, and the authors' numerical control.

    A = 0      B = c times the top k RIGHT singular vectors of M      |dL/dA|^2 = act'(0)^2 |M B'|^2 = c^2 act'(0)^2 sum s^2

That is the maximum over fan-outs of length c that are orthogonal to each other, B B' = c^2 1. To bound |B| alone would not do (the
field's survey prints both): k copies of the first vector have a larger gradient, k c^2 s_1^2, and are one neuron k times. ReLU
needs the derivative 1 at 0, where all new neurons stand: "relu1".

| | released program | here |
|---|---|---|
| length c | the mean length of the fan-outs there are, times a scale | the same mean, or `c` |
| biases | M without the row of the biases | M with it; `biases=False` leaves it out |
| control | starts at uniform(0, 1), all entries positive; Adam, 100 steps, lengths restored after each | the same |

The control does not find the maximum: at the top singular vector the gradient is steady and along B, but Adam takes its sign, entry by
entry. Its steps end where all entries of a fan-out have one size, or, at a small rate, near the random start.

Source: Evci, van Merrienboer, Unterthiner, Vladymyrov and Pedregosa 2022 (arXiv 2201.05125); program google-research/growneuron.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrow.addition.assumptions import require
from minigrow.addition.promises import fan_in_gradient
from minigrow.addition.proposal import Proposal, Seen, appended
from minigrow.nn import Adam
from minigrow.nn.door import door
from minigrow.nn.optimisers import start
from minigrow.nn.validate import generator, positive, whole


@door
def gradmax(seen: Seen, k: int = 1, rng: Any = None, c: float | None = None, biases: bool = True) -> Proposal:
    """Propose k silent neurons with fan-outs of length c (None: the mean of those there are) along the top singular vectors of M.

    `gradient` is |dL/dA|^2, with the biases of the new neurons. `rng` is not used.
    Raises ValueError for k above min(d + 1, p), and for an activation without act(0) = 0 and a slope there.

    >>> from minigrow.addition.proposal import look
    >>> from minigrow.nn import MLP
    >>> X, y = np.random.default_rng(0).standard_normal((50, 3)), np.arange(50) % 2
    >>> proposal = gradmax(look(MLP.create([3, 4, 2], rng=0), 0, X, y), c=2.0)
    >>> proposal.A.any(), round(float(np.linalg.norm(proposal.B)), 12)
    (np.False_, 2.0)
    """
    require(seen.block.act, "zero", "slope", rule="gradmax")
    M = _rows(seen, biases)
    if not 1 <= whole(k, "k", least=1) <= min(M.shape):
        raise ValueError(
            f"gradmax adds at most min(inputs, outputs) = {min(M.shape)} neurons at a time, got k = {k}: there are no more fan-outs "
            "that are orthogonal to each other and earn a gradient. Grow several times, or take another rule."
        )
    B = length(seen, c) * np.linalg.svd(M, full_matrices=False)[2][:k]
    return _silent("gradmax", seen, B)


@door
def gradmax_optimised(
    seen: Seen,
    k: int = 1,
    rng: Any = None,
    c: float | None = None,
    steps: int = 100,
    rate: float = 1e-3,
    biases: bool = True,
) -> Proposal:
    """Propose k silent neurons whose fan-outs climb f = |M B'| by Adam from a random start, and have length c after each step.

        df/dB = B M'M / f

    Raises ValueError as `gradmax` does, but k may exceed p, as nothing keeps fan-outs apart.

    >>> from minigrow.addition.proposal import look
    >>> from minigrow.nn import MLP
    >>> X, y = np.random.default_rng(0).standard_normal((50, 3)), np.arange(50) % 2
    >>> seen = look(MLP.create([3, 4, 2], rng=0), 0, X, y)
    >>> gradmax_optimised(seen, rng=0).gradient < gradmax(seen).gradient
    True
    """
    require(seen.block.act, "zero", "slope", rule="gradmax_optimised")
    M, c, adam = _rows(seen, biases), length(seen, c), Adam(rate=rate, eps=1e-7)
    B = of_length(c, generator(rng).random((whole(k, "k", least=1), seen.block.p)))
    state = start(adam, B.ravel())
    for _ in range(whole(steps, "steps")):
        theta, state = adam.step(state, B.ravel(), -norm_gradient(M, B).ravel())
        B = of_length(c, theta.reshape(B.shape))
    return _silent("gradmax_optimised", seen, B)


def norm_gradient(M: np.ndarray, B: np.ndarray) -> np.ndarray:
    """Return df/dB = B M'M / f (k, p) of f = |M B'|, 0 where f is 0.

    >>> norm_gradient(np.array([[2.0]]), np.array([[3.0]]))
    array([[2.]])
    """
    climb = M @ B.T
    return climb.T @ M / (np.linalg.norm(climb) or 1.0)


def length(seen: Seen, c: float | None) -> float:
    """Return c, or for None the mean length of the fan-outs there are (rows of W2).

    Raises ValueError for a c that is not positive, and where all of them are 0.
    """
    c = float(np.mean(np.linalg.norm(seen.block.W2[:-1], axis=1))) if c is None else positive(c, "c")
    if c == 0:
        raise ValueError(
            "all outgoing weights of the layer are 0, so their mean length says nothing. Name the length: c=1.0."
        )
    return c


def of_length(c: float, B: np.ndarray) -> np.ndarray:
    """Return the rows of B (k, p) stretched to length c; a row of zeros stays.

    >>> of_length(10.0, np.array([[3.0, 4.0]]))
    array([[6., 8.]])
    """
    norms = np.linalg.norm(B, axis=1, keepdims=True)
    return c * B / np.where(norms > 0, norms, 1.0)


def _rows(seen, biases):
    return seen.statistics.M if biases else seen.statistics.M[:-1]


def _silent(rule, seen, B):
    promise = fan_in_gradient(seen, B)
    reason = f"the new incoming weights have a large gradient (|dL/dA| = {np.sqrt(promise):.3g})"
    return appended(rule, seen, np.zeros((seen.block.d + 1, len(B))), B, kept=True, gradient=promise, reason=reason)
