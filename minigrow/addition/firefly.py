"""Firefly: try a split of every neuron and many small new ones, train these a little, keep the few that help most (Wu et al. 2020).

    split of neuron i    (act(z_i + u) + act(z_i - u)) / 2 in the place of act(z_i), u = X v, |v| = small
    new neuron           act(X a) b, |a| = |b| = small

All of them change Y = H W2 only a little, so the loss changes by -1/n sum G * (change of Y) to first order in that change, and every
candidate has an effect of its own. With q = G W2_i' (n,), what neuron i should do more of, the effects and their slopes are

    split   s = -1/n sum q (act(z+u) + act(z-u) - 2 act(z))/2      ds/dv = -1/n X'( q (act'(z+u) - act'(z-u))/2 )
    new     s = -1/n sum (G b') act(X a)                           ds/da = -1/n X'( (G b') act'(X a) )       ds/db = -1/n G'act(X a)

The paper takes eps times the mean of dL/d eps over 0..eps for s, which is this change; its steps are on the loss itself. Where act(0)
is not 0, a small new neuron is hardly more than a constant. Letters as in `block`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from minigrow.addition.assumptions import NEEDS, require
from minigrow.addition.block import Block
from minigrow.addition.net2net import shared
from minigrow.addition.proposal import Proposal, Seen
from minigrow.addition.span import lengths
from minigrow.growth.basis import append
from minigrow.nn import validate
from minigrow.nn.door import door


class Candidates(NamedTuple):
    """Columns v (d+1, h) for the splits of all neurons, and a (d+1, m), b (p, m) of new ones."""

    v: np.ndarray
    a: np.ndarray
    b: np.ndarray


@door
def firefly(
    seen: Seen,
    k: int = 1,
    rng: int | np.random.Generator | None = None,
    new: int | None = None,
    small: float = 0.1,
    steps: int = 10,
    rate: float = 0.3,
) -> Proposal:
    """Propose the k best of h splits and `new` new neurons (None: h + k), after `steps` steps of descent on each one's effect.

    `small` is the length of v, a and b, compared with the mean fan-in of the layer; each step moves by `rate` times that length.
    Raises ValueError for an isotropic layer, or more neurons than candidates.

    >>> from minigrow.addition.example import exclusive_or
    >>> proposal = firefly(exclusive_or(), k=2, rng=0)
    >>> proposal.change.new, proposal.reason
    (5, '0 of 3 splits and 2 of 5 new neurons, which change the loss by -0.000254, -0.000253')

    Source: Wu, Liu, Stone and Liu, Firefly neural architecture descent, NeurIPS 2020, arXiv 2102.08574, eq. 4.
    """
    block, rng = seen.block, validate.generator(rng)
    k = validate.whole(k, "k", least=1)
    require(block.act, "element-wise", rule="firefly")
    m = block.h + k if new is None else validate.whole(new, "new")
    if k > block.h + m:
        raise ValueError(f"firefly has {block.h} splits and {m} new neurons to choose from, got k={k}. Raise `new`.")
    length = validate.positive(small, "small") * (np.linalg.norm(block.W1, axis=0).mean() or 1.0)
    shapes = (block.d + 1, block.h), (block.d + 1, m), (block.p, m)
    found = Candidates(*(sized(rng.standard_normal(shape), length) for shape in shapes))
    for _ in range(validate.whole(steps, "steps")):
        found = stepped(block, found, rate, length)
    return _kept(seen, found, k)


def sized(V: np.ndarray, length: float) -> np.ndarray:
    """Return V (m, c) with columns of this length; columns of zeros stay.

    >>> sized(np.array([[3.0, 0.0], [4.0, 0.0]]), 10)
    array([[6., 0.],
           [8., 0.]])
    """
    return V / lengths(V) * length


def stepped(block: Block, at: Candidates, rate: float, length: float) -> Candidates:
    """Return the candidates after a step downhill of `rate` times their length, brought back to it.

    >>> from minigrow.addition.example import exclusive_or
    >>> block, at = exclusive_or().block, Candidates(np.eye(3), np.eye(3), np.ones((2, 3)) * [[1], [-1]])
    >>> here = Candidates(*(sized(part, 1.0) for part in at))
    >>> bool(np.all(effects(block, stepped(block, here, 0.01, 1.0)) < effects(block, here)))
    True
    """
    return Candidates(*(sized(x - rate * sized(g, length), length) for x, g in zip(at, slopes(block, at), strict=True)))


def effects(block: Block, at: Candidates) -> np.ndarray:
    """Return by how much each candidate alone changes the loss (h + m,), to first order in the change of Y: splits, then new ones.

    >>> from minigrow.addition.example import exclusive_or
    >>> effects(exclusive_or().block, Candidates(np.zeros((3, 3)), np.zeros((3, 1)), np.zeros((2, 1))))
    array([0., 0., 0., 0.])
    """
    f, u = block.act.f, block.X @ at.v
    bent = (f(block.Z + u) + f(block.Z - u)) / 2 - f(block.Z)
    split, new = block.GH * bent, -(block.G @ at.b) * f(block.X @ at.a)
    return np.hstack([split.mean(axis=0), new.mean(axis=0)])


def slopes(block: Block, at: Candidates) -> Candidates:
    """Return the derivatives of the effects with respect to v, a and b; the formulas are at the top of this file.

    >>> from minigrow.addition.example import exclusive_or
    >>> slopes(exclusive_or().block, Candidates(np.zeros((3, 3)), np.zeros((3, 1)), np.ones((2, 1)))).v.any()
    np.False_
    """
    df, X, G, u, pre = block.act.df, block.X, block.G, block.X @ at.v, block.X @ at.a
    v = X.T @ (block.GH * (df(block.Z + u) - df(block.Z - u)) / 2)
    a = -X.T @ ((G @ at.b) * df(pre))
    return Candidates(v / block.n, a / block.n, -G.T @ block.act.f(pre) / block.n)


def _kept(seen: Seen, at: Candidates, k: int) -> Proposal:
    """The proposal of the k candidates with the least effects: halves at +-v in the place of a neuron, and new neurons behind."""
    block, h = seen.block, seen.block.h
    s = effects(block, at)
    best = np.argsort(s, kind="stable")[:k]
    split, new = best[best < h], best[best >= h] - h
    shares = np.ones(h)
    shares[split] = 0.5
    change = append(h, len(new)) if not len(split) else shared([*range(h), *split], [*shares, *shares[split]], h)
    if len(split) and len(new):
        change = change.then(append(change.new, len(new)))
    places = (*map(int, split), *range(h, h + k))
    A = np.hstack([at.v[:, split], -at.v[:, split], at.a[:, new]])
    B = np.vstack([np.zeros((2 * len(split), block.p)), at.b[:, new].T])
    return Proposal("firefly", change, places, A, B, reason=_said(s, best, h), **_promises(seen, at, split, new))


def _promises(seen, at, split, new):
    """What holds for amplitude g -> 0: g^2 slope by the new neurons, g^2 curvature/2 by the splits; nothing where new ones cannot."""
    block, act = seen.block, seen.block.act
    small = NEEDS["zero"][0](act) and NEEDS["derivative"][0](act)
    if len(new) and not small:
        return {}
    u, M = block.X @ at.v[:, split], block.X.T @ block.G / block.n
    curvature = float(np.sum(block.GH[:, split] * act.ddf(block.Z[:, split]) * u * u)) / block.n
    slope = act.slope * float(np.sum(at.a[:, new] * (M @ at.b[:, new])))
    return {"curvature": curvature, "slope": slope if small else None}


def _said(s, best, h):
    split = int(np.sum(best < h))
    changes = ", ".join(f"{s[i]:.3g}" for i in best)
    return (
        f"{split} of {h} splits and {len(best) - split} of {len(s) - h} new neurons, which change the loss by {changes}"
    )
