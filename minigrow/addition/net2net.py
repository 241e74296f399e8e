"""Net2Wider: copy neurons and share out their outgoing weights, so that any element-wise activation keeps the function.

    act(x W_i) v_i = act(x W_i) q v_i + act(x W_i) (1 - q) v_i

The original keeps the share q, the copy gets 1 - q. With equal shares both get equal gradients for ever, and the layer never uses
what it was given: `wider` takes q different from 1/2, `wider_published` takes equal shares and a little noise, as the paper does.
Letters as in `block`. Depth is in `depth`. Source: Chen, Goodfellow and Shlens 2016, "Net2Net", arXiv 1511.05641, section 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

import numpy as np

from minigrow.addition.proposal import Proposal, Seen
from minigrow.growth.basis import Change, duplicate
from minigrow.growth.places import Places
from minigrow.nn import validate
from minigrow.nn.activations import ElementWise
from minigrow.nn.door import door


@door
def wider(
    seen: Seen, k: int = 1, rng: Any = None, q: float = 0.4, noise: float = 0.0, neurons: Sequence[int] | None = None
) -> Proposal:
    """Propose k copies, each with the share 1 - q of what its original has left; `neurons` (k,) names the originals, None draws them.

    `noise` is the standard deviation of what is added to the copies' fan-in, in units of that of W1; without it the function is kept.
    Raises ValueError for an isotropic layer, for q = 1/2, and where two copies of one neuron would be twins.

    >>> from minigrow.addition.proposal import apply, look
    >>> from minigrow.nn import MLP
    >>> net = MLP.create([2, 3, 2], rng=0)
    >>> proposal = wider(look(net, 0, np.eye(2), np.array([0, 1])), k=2, neurons=[1, 1])
    >>> proposal.change.Ut.factor.round(2).tolist(), bool(abs(apply(net, 0, proposal)[0](np.eye(2)) - net(np.eye(2))).max() < 1e-15)
    ([1.0, 0.16, 1.0, 0.6, 0.24], True)
    """
    rng, originals = _drawn(seen, k, rng, neurons, "wider")
    h = seen.block.h
    steps = (duplicate(h + i, int(neuron), q) for i, neuron in enumerate(originals))
    return _copies("wider", seen, reduce(Change.then, steps), originals, noise, rng, f"share (q) {q:g}")


@door
def wider_published(
    seen: Seen, k: int = 1, rng: Any = None, noise: float = 0.01, neurons: Sequence[int] | None = None
) -> Proposal:
    """Propose k copies as the paper does: all copies of one neuron share its fan-out equally, and noise tells them apart.

    Raises ValueError for an isotropic layer, and without noise: then the copies are twins.

    >>> from minigrow.addition.proposal import look
    >>> from minigrow.nn import MLP
    >>> seen = look(MLP.create([2, 3, 2], rng=0), 0, np.eye(2), np.array([0, 1]))
    >>> wider_published(seen, k=2, rng=0, neurons=[1, 1]).change.Ut.factor.round(3).tolist()
    [1.0, 0.333, 1.0, 0.333, 0.333]
    """
    if not noise:
        raise ValueError(
            "wider_published needs noise > 0: copies with equal shares get equal gradients and stay twins for ever. "
            "Take wider, whose shares differ, to keep the function exactly."
        )
    rng, originals = _drawn(seen, k, rng, neurons, "wider_published")
    source = np.append(np.arange(seen.block.h), originals)
    shares = 1 / np.bincount(source)[source]
    change = shared(source, shares, seen.block.h)
    return _copies("wider_published", seen, change, originals, noise, rng, "equal shares")


def shared(source: Sequence[int], shares: Sequence[float], h: int) -> Change:
    """Return the change that puts a copy of neuron source[i] of h in place i and gives it shares[i] of the outgoing weights.

    It keeps the function when the shares of each neuron add up to 1. Raises ValueError when they do not.

    >>> shared([0, 1, 0], [0.5, 1, 0.5], 2).Ut.factor
    array([0.5, 1. , 0.5])
    """
    source, shares = np.array(source, dtype=np.int64), np.array(shares, dtype=np.float64)
    total = np.bincount(source, shares, h)
    if not np.allclose(total, 1, rtol=0, atol=1e-12):
        raise ValueError(
            f"the shares of each neuron must add up to 1, got {total.tolist()}. Old neurons keep the rest."
        )
    return Change(Places(source, np.ones(len(source)), h), Places(source, shares, h))


def _drawn(seen, k, rng, neurons, rule):
    """The generator, and which neurons are copied."""
    act, h, k = seen.block.act, seen.block.h, validate.whole(k, "k", least=1)
    if not isinstance(act, ElementWise):
        raise ValueError(
            f"{rule} copies a neuron, and {act.name} depends on the length of the whole layer: the copy counts in it once more, so all "
            "outputs change. Append neurons with zero fan-in instead (growth.append; tiny, gradmax)."
        )
    rng = validate.generator(rng)
    originals = rng.integers(h, size=k) if neurons is None else np.array(neurons, dtype=np.int64)
    if originals.shape != (k,):
        raise ValueError(f"neurons must name k = {k} neurons to copy, got {originals.tolist()}.")
    return rng, originals


def _copies(rule, seen, change, originals, noise, rng, words):
    b, k = seen.block, len(originals)
    noise = validate.positive(noise, "noise", zero="no noise") if noise else 0.0
    pairs = list(zip(change.T.source.tolist(), change.Ut.factor.round(12).tolist(), strict=True))
    if not noise and len(set(pairs)) < len(pairs):
        raise ValueError(
            f"{rule}: two copies of one neuron would have equal shares, get equal gradients and stay twins for ever. "
            "Take another q, other neurons, or noise > 0."
        )
    A = noise * b.W1[:-1].std() * rng.standard_normal((b.d + 1, k))
    reason = f"copies of neuron {', '.join(map(str, originals.tolist()))}, {words}" + (
        f", noise {noise:g}" if noise else ""
    )
    return Proposal(rule, change, tuple(range(b.h, b.h + k)), A, np.zeros((k, b.p)), kept=not noise, reason=reason)
