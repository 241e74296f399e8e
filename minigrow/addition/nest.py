"""NeST: connect the input and the output that go together most, through a new neuron; the one-entry form and the published one.

    one entry   (i, j) = argmax |M_ij|, r = sqrt(eta |M_ij|), e = +-1:  A_i = e sign(M_ij) r,  B_j = e r
    published   the share beta of all (i, j) with the largest |M_ij|, each with a random sign e_ij, summed into ONE neuron:
                A_i = sum_j e_ij sign(M_ij) sqrt|M_ij|,  B_j = sum_i e_ij sqrt|M_ij|, then both rescaled to a mean weight of the layer

The first makes the loss fall by eta act'(0) M_ij^2. In the second every A_i meets every B_j: besides the pairs that were meant there
are cross terms of random sign, and the loss RISES to first order for some percent of the draws of the signs. One sign for all pairs
of a neuron (`signs="one"`) leaves nothing to chance but the sign of the whole neuron, which changes no promise, and is no remedy: with
softmax, where the gradients add up to 0 over the outputs, it rises more often still. The slope says so beforehand.

Source: Dai, Yin and Jha 2019, "NeST: A Neural Network Synthesis Tool Based on a Grow-and-Prune Paradigm" (arXiv 1711.02017),
algorithm 1 as the growing_wiki states it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrow.addition.assumptions import require
from minigrow.addition.promises import slope
from minigrow.addition.proposal import Proposal, Seen, appended
from minigrow.nn.door import door
from minigrow.nn.validate import choice, generator, positive, whole


@door
def nest(seen: Seen, k: int = 1, rng: Any = None, eta: float = 1.0) -> Proposal:
    """Propose k neurons, each of which connects one input (or the bias) to one output: the k largest entries of |M|.

    `rng` draws the signs e. Raises ValueError for an activation without act(0) = 0 and a derivative there, for k above the number of
    entries of M that are not 0, and for an eta that is not positive.

    >>> from minigrow.addition.proposal import look
    >>> from minigrow.nn import MLP
    >>> X, y = np.random.default_rng(0).standard_normal((50, 3)), np.arange(50) % 2
    >>> proposal = nest(look(MLP.create([3, 4, 2], rng=0), 0, X, y), k=2, rng=0)
    >>> np.count_nonzero(proposal.A, axis=0), np.count_nonzero(proposal.B, axis=1)
    (array([1, 1]), array([1, 1]))
    """
    require(seen.block.act, "zero", "derivative", "slope", rule="nest")
    M, k = seen.statistics.M, _among(seen, k)
    i, j = np.unravel_index(np.argsort(-np.abs(M), axis=None, kind="stable")[:k], M.shape)
    e, r = generator(rng).choice([-1.0, 1.0], k), np.sqrt(positive(eta, "eta") * np.abs(M[i, j]))
    A, B = np.zeros((len(M), k)), np.zeros((k, M.shape[1]))
    A[i, range(k)], B[range(k), j] = e * np.sign(M[i, j]) * r, e * r
    pairs = ", ".join(f"({a}, {b})" for a, b in zip(i, j, strict=True))
    reason = f"joins inputs and outputs that go together: {pairs}, strength (|M|) up to {np.abs(M[i[0], j[0]]):.3g}"
    return appended("nest", seen, A, B, slope=slope(seen, A, B), reason=reason)


@door
def nest_published(
    seen: Seen,
    k: int = 1,
    rng: Any = None,
    beta: float = 0.1,
    birth_strength: float = 0.3,
    signs: str = "random",
) -> Proposal:
    """Propose k neurons by algorithm 1: the share `beta` of the entries of |M|, summed into each, its weights as large as others.

    The mean size of the weights of A that are not 0 becomes `birth_strength` times that of the layer's, and B's likewise. With
    signs="one" all k neurons would be the same, so k must be 1. `slope` may be negative. Raises ValueError as `nest` does, and for
    beta outside (0, 1].

    >>> from minigrow.addition.proposal import look
    >>> from minigrow.nn import MLP
    >>> X, y = np.random.default_rng(0).standard_normal((50, 3)), np.arange(50) % 2
    >>> seen = look(MLP.create([3, 4, 2], rng=0), 0, X, y)
    >>> proposal = nest_published(seen, rng=0, beta=0.3)
    >>> [round(float(np.abs(w[w != 0]).mean() / np.abs(old[old != 0]).mean()), 9) for w, old in
    ...  ((proposal.A, seen.block.W1), (proposal.B, seen.block.W2))]
    [0.3, 0.3]
    """
    require(seen.block.act, "zero", "derivative", "slope", rule="nest_published")
    choice(signs, ("random", "one"), "signs")
    _among(seen, 1)
    if whole(k, "k", least=1) > 1 and signs == "one":
        raise ValueError(f'with signs="one" nothing differs between the k = {k} neurons. Take k=1, or signs="random".')
    M, rng = chosen(seen.statistics.M, beta), generator(rng)
    e = rng.choice([-1.0, 1.0], (k, *M.shape) if signs == "random" else (1, 1, 1))
    root = e * np.sqrt(np.abs(M))
    born = positive(birth_strength, "birth_strength")
    A = _as_large(np.sum(root * np.sign(M), axis=2).T, born, seen.block.W1)
    B = _as_large(np.sum(root, axis=1), born, seen.block.W2)
    falls, count = slope(seen, A, B), np.count_nonzero(M)
    words = "one sign" if signs == "one" else "random signs"
    reason = f"joins {count} pairs with {words}: at first the loss {'falls' if falls > 0 else 'RISES'}"
    return appended("nest_published", seen, A, B, slope=falls, reason=reason)


def chosen(M: np.ndarray, beta: float) -> np.ndarray:
    """Return M (d+1, p) with all but the share `beta` of its largest entries, rounded up, set to 0; ties are all kept.

    Raises ValueError for a beta outside (0, 1].

    >>> chosen(np.array([[1.0, -3.0], [2.0, 0.0]]), 0.3)
    array([[ 0., -3.],
           [ 2., 0.]])
    """
    if not 0 < beta <= 1:
        raise ValueError(f"beta is the share of the pairs that are joined and must lie in (0, 1], got {beta!r}.")
    size = np.abs(M)
    least = np.sort(size, axis=None)[-int(np.ceil(beta * M.size))]
    return np.where(size >= least, M, 0.0)


def _as_large(w, share, old):
    """w, stretched so that its entries that are not 0 have `share` times the mean size of those of `old`."""
    size, there = (np.abs(v[v != 0]).mean() if v.any() else 1.0 for v in (w, old))
    return share * there / size * w


def _among(seen, k):
    there = np.count_nonzero(seen.statistics.M)
    if whole(k, "k", least=1) > there:
        raise ValueError(
            f"nest joins an input and an output for each neuron, and M has {there} entries that are not 0, got k = {k}. "
            "Ask for fewer neurons; where M is 0 no small neuron helps to first order."
        )
    return k
