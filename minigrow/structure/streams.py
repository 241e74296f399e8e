"""Find residual streams in a structure with `streams(found)`: wires of weight 1 that run past a branch which matters.

A stream leads from layer a to layer b >= a + 2, which is as wide (only the inputs may be more). Each neuron of layer b has exactly
one wire from layer a within WIRE = .1 of 1, no two from the same neuron, and at most half of the other pairs are joined: an
identity up to a permutation. The branch is all other paths from a to b. Its path norm, the sum over paths of the products of
|w|, bounds what it can add: with tanh or ReLU a change of the stream by at most e (in every neuron) changes a neuron of b
through the branch by at most path norm x e, and through the wire by |w| e. The branch matters if its path norm is at least
BRANCH = .1 of the wire's |w|, in the mean over layer b: below that, a wire that may itself be off by .1 tells as much.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

WIRE, OTHERS, BRANCH = 0.1, 0.5, 0.1


class Stream(NamedTuple):
    """It leads from layer `source` to layer `to`, over `width` neurons; branch: the mean path norm over the wire's |w|."""

    source: int
    to: int
    width: int
    branch: float


def streams(found: Any) -> list[Stream]:
    """Return all streams whose branch matters, in the order of their layers.

    >>> from minigrow.structure.reading import read
    >>> W = np.zeros((5, 5))
    >>> W[3, 0] = W[4, 1] = W[2, 0] = W[2, 1] = W[3, 2] = 1
    >>> streams(read(W, [0, 1], [3, 4]))
    [Stream(source=0, to=2, width=2, branch=1.0)]
    """
    ends = found.layer[found.edges]
    pairs = np.unique(ends[ends[:, 1] > ends[:, 0] + 1], axis=0)
    made = [Stream(int(a), int(b), found.widths[b], branch(found, a, b)) for a, b in pairs if is_identity(found, a, b)]
    return [stream for stream in made if stream.branch >= BRANCH]


def is_identity(found: Any, a: int, b: int) -> bool:
    """Return whether the wires from layer a to layer b are an identity up to a permutation of one of them."""
    here = np.all(found.layer[found.edges] == [a, b], axis=1)
    ones = here & (np.abs(found.weights - 1) <= WIRE)
    n, width = found.widths[a], found.widths[b]
    sources, targets = found.edges[ones].T
    fits = n >= width if a == 0 else n == width
    one_each = fits and width >= 2 and len(targets) == len(set(targets)) == len(set(sources)) == width
    return bool(one_each and np.sum(here) - width <= OTHERS * (n - 1) * width)


def branch(found: Any, a: int, b: int) -> float:
    """Return the path norm of all paths from layer a to b but the direct wires, over the wire's |w|, in the mean over layer b."""
    (source, to), size = found.edges.T, np.abs(found.weights)
    norm = (found.layer == a).astype(np.float64)
    wire = np.bincount(to, np.where(found.layer[source] == a, size, 0.0), minlength=len(norm))
    for l in range(a + 1, b + 1):
        into = (found.layer[to] == l) & (found.layer[source] >= a + (l == b)) & (found.layer[source] < l)
        norm += np.bincount(to[into], size[into] * norm[source[into]], minlength=len(norm))
    last = found.layer == b
    return float(np.mean(norm[last] / wire[last]))
