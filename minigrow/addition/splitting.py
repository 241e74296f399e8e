"""Splitting: replace a neuron by offspring around it, along the direction in which the loss curves down.

    S_i = 1/n sum over samples of (dl/dh_i) act''(z_i) x x'      (h matrices of (d+1, d+1))
    two offspring at w_i + g v and w_i - g v, each with half the fan-out:  L changes by g^2 v'S_i v / 2 + O(g^4)

v is the unit eigenvector of the least eigenvalue, so a neuron pays if that is negative. To first order nothing happens, since the
offspring's mean stays: splitting helps where gradient descent has come to rest. dl/dh_i is the gradient at the neuron's OUTPUT
(`Block.GH`); with the pre-activation's, which holds one more factor act', the promise is wrong (a survey prints it so). ReLU has
act'' = 0 almost everywhere, so S = 0. Letters as in `block`; offspring with signs are in `signed`.
Source: Liu, Wu and Wang 2019, "Splitting steepest descent for growing neural architectures", arXiv 1910.02366, eq. 3 and theorem 2.4.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from minigrow.addition.assumptions import require
from minigrow.addition.net2net import shared
from minigrow.addition.proposal import Proposal, Seen
from minigrow.nn import validate
from minigrow.nn.activations import ElementWise
from minigrow.nn.door import door


class Split(NamedTuple):
    """Offspring of one neuron: shares (m,) that add up to 1, displacements (m, d+1) with mean 0, and rate = sum of share v'S v."""

    shares: np.ndarray
    displacements: np.ndarray
    rate: float


def matrices(seen: Seen) -> np.ndarray:
    """Return the splitting matrices S (h, d+1, d+1).

    Raises ValueError for an activation without curvature or an isotropic one.

    >>> from minigrow.addition.proposal import look
    >>> from minigrow.nn import MLP
    >>> matrices(look(MLP.create([2, 3, 2], rng=0), 0, np.eye(2), np.array([0, 1]))).shape
    (3, 3, 3)
    """
    b = seen.block
    needs_curvature(b.act, "splitting")
    pull = b.GH * b.act.ddf(b.Z) / b.n
    return np.stack([b.X.T @ (pull[:, i : i + 1] * b.X) for i in range(b.h)])


@door
def splitting(seen: Seen, k: int = 1, rng: Any = None) -> Proposal:
    """Propose to split the k neurons with the least eigenvalues into halves at +-g v; `apply(..., g)` says how far.

    Where even the least eigenvalue is not negative the network is "splitting stable", which the reason says, and growing will not pay.
    Raises ValueError for more neurons than there are, or an activation without curvature. Nothing is drawn from `rng`.

    >>> from minigrow.addition.proposal import look
    >>> from minigrow.nn import MLP
    >>> proposal = splitting(look(MLP.create([2, 3, 2], rng=0), 0, np.eye(2), np.array([0, 1])))
    >>> proposal.change.Ut.factor.min(), proposal.curvature < 0, bool(np.all(proposal.A[:, 0] == -proposal.A[:, 1]))
    (np.float64(0.5), True, True)
    """
    S = matrices(seen)
    chosen = fewest(np.linalg.eigvalsh(S)[:, 0], k, "splitting")
    return proposed("splitting", seen, {i: halves(*np.linalg.eigh(S[i])) for i in chosen})


def halves(values: np.ndarray, vectors: np.ndarray) -> Split:
    """Return the split at +-v for eigenvalues (d+1,) in ascending order and eigenvectors (d+1, d+1) of S.

    >>> halves(np.array([-2.0, 1.0]), np.eye(2)).rate
    -2.0
    """
    v = vectors[:, 0]
    return Split(np.array([0.5, 0.5]), np.stack([v, -v]), float(values[0]))


def fewest(rates: np.ndarray, k: int, rule: str) -> list[int]:
    """Return the k neurons with the least rates (h,), the least first; only for these are eigenvectors needed.

    >>> fewest(np.array([3.0, -1.0, 2.0]), 2, "splitting")
    [1, 2]
    """
    if validate.whole(k, "k", least=1) > len(rates):
        raise ValueError(
            f"{rule} can split each of the {len(rates)} neurons once, got k={k}. Split again after some training."
        )
    return np.argsort(rates, kind="stable")[:k].tolist()


def proposed(rule: str, seen: Seen, splits: Mapping[int, Split]) -> Proposal:
    """Return the proposal that splits these neurons.

    The first offspring takes the neuron's place, the others stand behind all the old neurons. As the offspring's mean stays, the
    losses' changes add up to second order.
    """
    h = seen.block.h
    source, shares, places, A = list(range(h)), np.ones(h).tolist(), [], []
    for i, split in splits.items():
        shares[i], *others = split.shares.tolist()
        places += [i, *range(len(source), len(source) + len(others))]
        source += [i] * len(others)
        shares += others
        A.extend(split.displacements)
    rate = float(sum(split.rate for split in splits.values()))
    stable = "" if rate < 0 else ", splitting stable: no split lowers the loss"
    words = f"splits neuron {', '.join(map(str, splits))}: the loss changes by {rate:.3g} times half its amplitude squared{stable}"
    B = np.zeros((len(places), seen.block.p))
    return Proposal(rule, shared(source, shares, h), tuple(places), np.array(A).T, B, curvature=rate, reason=words)


def needs_curvature(act: Any, rule: str) -> None:
    """Refuse an activation that splitting is not for: isotropic, or without a curvature.

    >>> from minigrow.nn.activations import ACTIVATIONS
    >>> needs_curvature(ACTIVATIONS["relu"], "splitting")
    Traceback (most recent call last):
    ValueError: splitting needs a curvature act'' ... Take softplus in the place of ReLU.
    """
    if not isinstance(act, ElementWise):
        raise ValueError(
            f"{rule} is for neurons with outputs of their own, and {act.name} sees the length of the layer: half a neuron "
            "twice has another length, which changes the function by itself. "
            "Take a rule that appends small neurons (tiny, gradmax, nest)."
        )
    require(act, "curvature", rule=rule)
