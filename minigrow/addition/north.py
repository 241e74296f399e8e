"""NORTH: new neurons whose outputs the old ones cannot make, with outgoing weights 0 (Maile et al. 2022).

    phi = share of the singular values of H/sqrt(n) above 0.01      (the layer is used up when phi stays high: time to grow)

| rule | fan-in A |
|---|---|
| Select | random candidates, of which those are kept whose outputs act(X A) lie most outside the span of H |
| Pre | the same, but candidates' pre-activations are orthogonal to the old ones and of mean 0: Z'X A = 0, 1'X A = 0 |
| Random | random |
| Weight | random, made orthogonal to the old fan-ins: W1'A = 0 |

Pre's candidates: X has an orthonormal basis U = X T, and K = null space of [Z 1]'U; then A = T K (random). So the rank of X must be
above that of [Z 1]. (Without the 1 a candidate may be a constant, which the bias behind makes as well.) All fan-ins get the mean
length of the old ones. The best is taken first, and the next must lie outside of it too.
Letters as in `block`; H is without its ones in phi, and with them where neurons are chosen.
"""

from __future__ import annotations

import numpy as np

from minigrow.addition.assumptions import require
from minigrow.addition.block import Block
from minigrow.addition.promises import fan_out_gradient
from minigrow.addition.proposal import NothingToAdd, Proposal, Seen, appended
from minigrow.addition.span import lengths, outside, span
from minigrow.nn import validate
from minigrow.nn.door import door

Rng = int | np.random.Generator | None


def rank(block: Block, threshold: float = 0.01) -> float:
    """Return phi, the share of singular values of H/sqrt(n) (n, h) that lie above `threshold`, in 0..1; H without its ones.

    Raises ValueError when there are not more samples than neurons, since then phi cannot reach 1.

    >>> from minigrow.addition.example import exclusive_or
    >>> round(rank(exclusive_or().block), 2)  # three nearly linear neurons with two inputs
    0.67

    Source: Maile et al. 2022. Their PyTorch library (NeurOps) divides by sqrt(h) instead.
    """
    if block.n <= block.h:
        raise ValueError(f"phi needs more samples than neurons, got {block.n} samples for {block.h}. Look at more.")
    return float(np.mean(np.linalg.svd(block.H[:, :-1], compute_uv=False) / np.sqrt(block.n) > threshold))


def weight_rank(block: Block, threshold: float = 0.01) -> float:
    """Return the same for the fan-ins without biases: the share of the h singular values of W1/sqrt(d) above `threshold`.

    >>> from minigrow.addition.example import exclusive_or
    >>> round(weight_rank(exclusive_or().block), 2)  # 3 neurons with 2 inputs
    0.67
    """
    return float(np.sum(np.linalg.svd(block.W1[:-1], compute_uv=False) / np.sqrt(block.d) > threshold)) / block.h


def free(block: Block) -> int:
    """Return how many directions X has that the pre-activations leave free: where it is 0, `north_pre` can add nothing.

    >>> from minigrow.addition.example import exclusive_or
    >>> free(exclusive_or().block)
    0
    """
    return _orthogonal(block).shape[1]


@door
def north_select(seen: Seen, k: int = 1, rng: Rng = None, candidates: int = 0) -> Proposal:
    """Propose the k of `candidates` random neurons (0: 100 k) whose outputs lie most outside the span of H.

    Raises ValueError for an isotropic layer, or fewer candidates than k.

    >>> from minigrow.addition.example import exclusive_or
    >>> north_select(exclusive_or(), k=2, rng=0).A.shape
    (3, 2)
    """
    block, rng = seen.block, validate.generator(rng)
    k, candidates = _counts(k, candidates)
    require(block.act, "element-wise", rule="north_select")
    return _selected("north_select", seen, k, scaled(block, rng.standard_normal((block.d + 1, candidates))))


@door
def north_pre(seen: Seen, k: int = 1, rng: Rng = None, candidates: int = 0) -> Proposal:
    """Propose the k of `candidates` neurons (0: 100 k) with [Z 1]'X A = 0 whose outputs lie most outside the span of H.

    Raises ValueError for an isotropic layer, fewer candidates than k, and where no direction of X is free.

    >>> from minigrow.addition.example import exclusive_or
    >>> north_pre(exclusive_or())
    Traceback (most recent call last):
    minigrow.addition.proposal.NothingToAdd: north_pre needs a direction of the inputs that the 3 neurons leave free, ...
    """
    block, rng = seen.block, validate.generator(rng)
    k, candidates = _counts(k, candidates)
    require(block.act, "element-wise", rule="north_pre")
    basis = _orthogonal(block)
    if not basis.shape[1]:
        r = span(block.X).shape[1]
        raise NothingToAdd(
            f"north_pre needs a direction of the inputs that the {block.h} neurons leave free, but the inputs have rank {r}. "
            "Take north_select."
        )
    return _selected("north_pre", seen, k, scaled(block, basis @ rng.standard_normal((basis.shape[1], candidates))))


@door
def north_random(seen: Seen, k: int = 1, rng: Rng = None) -> Proposal:
    """Propose k random neurons of the old ones' mean length: what NORTH's other rules are compared with.

    Raises ValueError for an isotropic layer.

    >>> from minigrow.addition.example import exclusive_or
    >>> bool(north_random(exclusive_or(), k=2, rng=0).B.any())
    False
    """
    block, rng = seen.block, validate.generator(rng)
    require(block.act, "element-wise", rule="north_random")
    return _silent("north_random", seen, scaled(block, rng.standard_normal((block.d + 1, _counts(k, 0)[0]))))


@door
def north_weight(seen: Seen, k: int = 1, rng: Rng = None) -> Proposal:
    """Propose k random fan-ins, biases apart orthogonal to those of the old neurons.

    Raises ValueError for an isotropic layer, and where the old fan-ins span all d directions (the authors' program is random then).

    >>> from minigrow.addition.example import exclusive_or
    >>> north_weight(exclusive_or())
    Traceback (most recent call last):
    minigrow.addition.proposal.NothingToAdd: north_weight needs fewer independent fan-ins than inputs, ...
    """
    block, rng = seen.block, validate.generator(rng)
    require(block.act, "element-wise", rule="north_weight")
    Q = span(block.W1[:-1])
    if Q.shape[1] >= block.d:
        raise NothingToAdd(
            f"north_weight needs fewer independent fan-ins than inputs, but the {block.h} neurons span all {block.d}. "
            "Take north_random."
        )
    A = rng.standard_normal((block.d + 1, _counts(k, 0)[0]))
    A[:-1] -= Q @ (Q.T @ A[:-1])
    return _silent("north_weight", seen, scaled(block, A))


def scaled(block: Block, A: np.ndarray) -> np.ndarray:
    """Return A (d+1, m) with columns as long as the old fan-ins are on average, or of length 1 where those are all 0.

    >>> from minigrow.addition.example import exclusive_or
    >>> block = exclusive_or().block
    >>> bool(abs(np.linalg.norm(scaled(block, np.eye(3)), axis=0) / np.linalg.norm(block.W1, axis=0).mean() - 1).max() < 1e-15)
    True
    """
    return A / lengths(A) * (np.linalg.norm(block.W1, axis=0).mean() or 1.0)


def _counts(k, candidates):
    k, candidates = validate.whole(k, "k", least=1), validate.whole(candidates, "candidates")
    if 0 < candidates < k:
        raise ValueError(f"candidates must be at least k = {k}, got {candidates}. Pass 0 for 100 k.")
    return k, candidates or 100 * k


def _orthogonal(block):
    """The fan-ins A (d+1, r - rank [Z 1]) with [Z 1]'X A = 0 for which the columns of X A are orthonormal."""
    values, vectors = np.linalg.eigh(block.X.T @ block.X)
    kept = values > 1e-10 * values[-1]
    T = vectors[:, kept] / np.sqrt(values[kept])
    old = np.hstack([block.Z / lengths(block.Z), np.full((block.n, 1), block.n**-0.5)])
    _, found, V = np.linalg.svd(old.T @ (block.X @ T))
    return T @ V[int(np.sum(found > 1e-10)) :].T


def _selected(rule, seen, k, A):
    """The k columns of A whose outputs lie most outside the span of H, and then of H and those already taken."""
    Q, V, chosen = span(seen.block.H), seen.block.new(A), []
    shares = first = outside(Q, V)
    for _ in range(k):
        chosen.append(int(np.argmax(shares)))
        Q = span(np.hstack([Q, V[:, chosen[-1:]]]))
        shares = np.where(np.isin(np.arange(A.shape[1]), chosen), -1.0, outside(Q, V))
    shares = ", ".join(f"{share:.3g}" for share in first[chosen])
    said = f"say what the old neurons cannot, shares {shares} (mean of {len(first)} candidates {first.mean():.3g})"
    return _silent(rule, seen, A[:, chosen], said)


def _silent(rule, seen, A, reason=""):
    """The proposal of fan-in A and outgoing weights 0, with the latter's gradient."""
    B = np.zeros((A.shape[1], seen.block.p))
    return appended(rule, seen, A, B, kept=True, gradient=fan_out_gradient(seen, A), reason=reason)
