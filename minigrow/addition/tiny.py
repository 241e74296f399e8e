"""TINY: the new neurons that best do what the next layer asks for, by one singular value decomposition; three versions.

    P = T^-1/2      U diag(s) V' = svd(P Q)      A = P U_k sqrt(s_k)      B = sqrt(s_k) V_k'

| rule | T | Q | with it | the loss falls by g^2 times |
|---|---|---|---|---|
| `tiny_free` | S | M | nothing | act'(0) sum s^2: X A B is the best rank-k fit to G |
| `tiny` | S | N | D | act'(0) <M, A B> + gain(D): X A B is the best rank-k fit to R = G - H D, which the old weights leave |
| `tiny_joint` | S - C K | N | D - act'(0) K A B | act'(0) sum s^2 + gain(D): the best of both together; K = argmin of |X - H K|^2 |

gain(D) = <H'G/n, D>. In `tiny` X A B may lie partly in the span of H, where D has been already: <M, A B> = sum s^2 + <C D, A B>, and
the cross term has either sign. A known library promises sum s^2. In `tiny_joint` only the part of X outside that span counts. With
act'(0) = 1 its step fits G better than that of `tiny`, always, and goes further down for its length; for the same g it need not.

Source: Verbockhaven, Rudkiewicz, Charpiat and Chevallier 2024, "Growing Tiny Networks: Spotting Expressivity Bottlenecks and Fixing
Them Optimally" (TMLR, arXiv 2405.19816); `tiny_free` is a library's flag rather than TINY, and `tiny_joint` is ours.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrow.addition.assumptions import require
from minigrow.addition.promises import gain, slope
from minigrow.addition.proposal import NothingToAdd, Proposal, Seen, appended
from minigrow.addition.statistics import THRESHOLD, inverse_root
from minigrow.nn.door import door
from minigrow.nn.validate import whole

RANK = 1e-9  # singular values up to this share of |G| / sqrt(n), the greatest possible one, are rounding


@door
def tiny_free(seen: Seen, k: int = 1, rng: Any = None) -> Proposal:
    """Propose k neurons whose X A B is the best rank-k fit to G, as if the old weights stood still; fewer where M has a lower rank.

    `rng` is not used. Raises ValueError for an activation without act(0) = 0 and a derivative there, and where M is 0.

    >>> from minigrow.addition.proposal import look
    >>> from minigrow.nn import MLP
    >>> X, y = np.random.default_rng(0).standard_normal((50, 3)), np.arange(50) % 2
    >>> proposal = tiny_free(look(MLP.create([3, 4, 2], rng=0), 0, X, y))
    >>> proposal.A.shape, proposal.B.shape, bool(proposal.slope > 0)
    ((4, 1), (1, 2), True)
    """
    A, B, words = _best("tiny_free", seen, inverse_root(seen.statistics.S), seen.statistics.M, k)
    return appended(
        "tiny_free", seen, A, B, slope=slope(seen, A, B), reason=f"fits best what the next layer wants (G){words}"
    )


@door
def tiny(seen: Seen, k: int = 1, rng: Any = None) -> Proposal:
    """Propose k neurons whose X A B is the best rank-k fit to what the old weights' best change D leaves undone, together with D.

    Takes and raises what `tiny_free` does, and raises ValueError where the old weights leave nothing undone.

    >>> from minigrow.addition.proposal import look
    >>> from minigrow.nn import MLP
    >>> X, y = np.random.default_rng(0).standard_normal((50, 3)), np.arange(50) % 2
    >>> tiny(look(MLP.create([3, 4, 2], rng=0), 0, X, y)).D.shape
    (5, 2)
    """
    s = seen.statistics
    A, B, words = _best("tiny", seen, inverse_root(s.S), s.N, k)
    return _with_old_weights("tiny", seen, A, B, s.D, words)


@door
def tiny_joint(seen: Seen, k: int = 1, rng: Any = None) -> Proposal:
    """Propose the k neurons and the change of the old weights that together fit G best.

    Takes and raises what `tiny` does.

    >>> from minigrow.addition.proposal import look
    >>> from minigrow.nn import MLP
    >>> X, y = np.random.default_rng(0).standard_normal((50, 3)), np.arange(50) % 2
    >>> seen = look(MLP.create([3, 4, 2], rng=0), 0, X, y)
    >>> left = [np.sum((seen.block.G - seen.block.H @ p.D - seen.block.X @ p.A @ p.B) ** 2) for p in (tiny_joint(seen), tiny(seen))]
    >>> bool(left[0] < left[1])
    True
    """
    s = seen.statistics
    K = s.HH_inverse @ s.XH.T
    outside = s.S - s.C @ K
    share = np.linalg.norm(s.S, 2) / max(np.linalg.norm(outside, 2), np.finfo(float).tiny)
    A, B, words = _best("tiny_joint", seen, inverse_root(outside, THRESHOLD * share), s.N, k)
    return _with_old_weights("tiny_joint", seen, A, B, s.D - seen.block.slope * K @ A @ B, words)


def _best(rule, seen, P, Q, k):
    """A and B of the best rank-k fit, and words that say how many neurons there are if not k."""
    require(seen.block.act, "zero", "derivative", "slope", rule=rule)
    k = whole(k, "k", least=1)
    U, s, V = np.linalg.svd(P @ Q, full_matrices=False)
    rank = int(np.sum(s > RANK * np.sqrt(np.trace(seen.statistics.E))))
    if not rank:
        raise NothingToAdd(
            f"{rule} needs something left to do, but no linear function of the inputs goes with what is wanted. "
            "Train on, or take a rule that looks for curved neurons (senn, firefly, cascade)."
        )
    few, k = f" with the {rank} neurons that help, not {k}" if rank < k else "", min(rank, k)
    root = np.sqrt(s[:k])
    return P @ U[:, :k] * root, root[:, None] * V[:k], few


def _with_old_weights(rule, seen, A, B, D, words):
    total, old = slope(seen, A, B, D), gain(seen, seen.statistics.D)
    reason = f"fits what old weights cannot do{words}: lowers the loss by {total - old:.3g}, old weights by {old:.3g}"
    return appended(rule, seen, A, B, D=D, slope=total, reason=reason)
