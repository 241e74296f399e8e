"""Optimal removal, the inverse of addition: what it costs at least to do without a neuron, and the weights that attain it.

    min over V' of |H V - H_-j V'|^2 = |V_j|^2 / (H'H)^-1_jj        V'_i = V_i - V_j P_ij / P_jj,   P = (H'H)^-1

V = W2 are the outgoing weights with the biases as last row, so the constant helps; H_-j is H without column j. The neuron whose
removal costs least is the best to lose as far as the next layer's inputs go: a yardstick for every pruning criterion. Where neurons
depend on each other H'H is singular: its eigenvalues are kept above 1e-15 of the largest, and such a neuron costs nothing.
Letters as in `block`. An isotropic layer's outputs change when one of them goes: see `refit`.
Source: block elimination (Hassibi and Stork 1993 have the same quotient for a single weight, as the optimal brain surgeon).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrow.addition.proposal import Proposal, Seen, apply
from minigrow.growth.basis import keep
from minigrow.growth.events import Event
from minigrow.nn import validate
from minigrow.nn.activations import ElementWise
from minigrow.nn.door import door

FLOOR = 1e-15


@door
def costs(seen: Seen) -> np.ndarray:
    """Return for each neuron (h,) the least squared error, summed over samples and outputs, of doing without it.

    Raises ValueError for an isotropic layer.

    >>> from minigrow.addition.proposal import look
    >>> from minigrow.nn import MLP
    >>> net = MLP((1, 2, 1), "identity", np.array([1.0, 1.0, 0.0, 0.0, 3.0, 4.0, 0.0]))  # two equal neurons: one is enough
    >>> costs(look(net, 0, np.array([[1.0], [2.0], [4.0]]), np.zeros((3, 1)), "mse")).round(9)
    array([0., 0.])
    """
    return _costs(seen, *_inverse(seen))


def least(seen: Seen) -> int:
    """Return the neuron whose removal costs least.

    >>> from minigrow.addition.proposal import look
    >>> from minigrow.nn import MLP
    >>> net = MLP((1, 2, 1), "tanh", np.array([1.0, 1.0, 0.0, 2.0, 3.0, 0.0, 0.0]))  # the second one leads nowhere
    >>> least(look(net, 0, np.array([[1.0], [2.0], [4.0]]), np.zeros((3, 1)), "mse"))
    1
    """
    return int(np.argmin(costs(seen)))


def removal(seen: Seen, j: int) -> Proposal:
    """Return the proposal to remove neuron j and to give the others V'; `apply` it at g = 1.

    Raises ValueError for a neuron that there is not, for the last one, and for an isotropic layer.

    >>> from minigrow.addition.proposal import look
    >>> from minigrow.nn import MLP
    >>> net = MLP((1, 2, 1), "identity", np.array([1.0, 1.0, 0.0, 0.0, 3.0, 4.0, 0.0]))
    >>> seen = look(net, 0, np.array([[1.0], [2.0], [4.0]]), np.zeros((3, 1)), "mse")
    >>> apply(net, 0, removal(seen, 0))[0].params["W2"].round(9)
    array([[7.]])
    """
    h, V = seen.block.h, seen.block.W2
    j, others = checked(h, j), np.delete(np.arange(h + 1), j)
    P, scale = _inverse(seen)
    D = np.outer(-P[others, j] / P[j, j] * scale[j] / scale[others], V[j])
    return taken_out(seen.block.d, h, j, D, f"without neuron {j} the squared error is {_costs(seen, P, scale)[j]:.3g}")


@door
def removed(net: Any, layer: int, seen: Seen, j: int, reason: str | None = None) -> tuple[Any, Event]:
    """Return the network without neuron j of hidden layer `layer`, the others making up for it, and the event.

    Raises ValueError as `removal` does.

    >>> from minigrow.addition.proposal import look
    >>> from minigrow.nn import MLP
    >>> net, X = MLP.create([4, 3, 2], rng=0), np.eye(4)
    >>> small, event = removed(net, 0, look(net, 0, X, np.array([0, 1, 0, 1])), 1)
    >>> small.widths, event.kind, event.recorded.sources
    ((4, 2, 2), 'prune', (0, 2))
    """
    return apply(net, layer, removal(seen, j), 1.0, reason)


def taken_out(d: int, h: int, j: int, D: np.ndarray, reason: str) -> Proposal:
    """Return the proposal that drops neuron j of h and adds D (h, p) to the weights of the others and the biases.

    >>> taken_out(2, 3, 1, np.zeros((3, 2)), "mine").change.T.source
    array([0, 2])
    """
    none, p = (), D.shape[1]
    return Proposal(
        "removal", keep(np.delete(np.arange(h), j), h), none, np.zeros((d + 1, 0)), np.zeros((0, p)), D, reason=reason
    )


def checked(h: int, j: int) -> int:
    """Return j if it is one of h neurons, and not the only one.

    >>> checked(1, 0)
    Traceback (most recent call last):
    ValueError: the layer has one neuron, which must stay. Remove a neuron of a wider layer.
    """
    if h < 2:
        raise ValueError("the layer has one neuron, which must stay. Remove a neuron of a wider layer.")
    if not 0 <= validate.whole(j, "j") < h:
        raise ValueError(f"j must be a neuron of the layer, 0..{h - 1}, got {j}.")
    return int(j)


def _costs(seen, P, scale):
    """|V_j|^2 / (H'H)^-1_jj (h,) from what `_inverse` returns."""
    return np.sum(seen.block.W2[:-1] ** 2, axis=1) * (scale**2 / np.diag(P))[:-1]


def _inverse(seen):
    """The inverse of H'H with unit diagonal (h+1, h+1), and the lengths of H's columns (h+1,), 1 for a column of zeros."""
    if not isinstance(seen.block.act, ElementWise):
        raise ValueError(
            f"this formula takes the other neurons' outputs as given, but {seen.block.act.name} sees the length of the whole layer, "
            "which a removed neuron leaves. Take refit.refitted, which looks at the network without it."
        )
    HH = seen.statistics.HH
    scale = np.sqrt(np.diag(HH))
    scale = np.where(scale > 0, scale, 1.0)
    values, vectors = np.linalg.eigh(HH / np.outer(scale, scale))
    return (vectors / np.maximum(values, FLOOR * values[-1])) @ vectors.T, scale
