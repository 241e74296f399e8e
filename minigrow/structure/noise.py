"""Tell weights from noise with `floor(graph, threshold)`: a stated rule for weights that are not exactly zero.

Each weight is measured against the largest one that its receiver hears or its sender sends, whichever is larger:

    r = |w_ij| / max(max_k |w_ik|, max_k |w_kj|)

Weights of one kind thin out towards zero in proportion: of those with r below .1 about a tenth have r below .01. Where more
than SHARE = .3 of them do, a second kind lies below .01, the noise. A receiver loses it if the whole group changes nothing that is
measurable there: its root of the sum of r^2 is at most .1, the tolerance that identity wires have too. Between two dead neurons
all weights are noise and r is large; so a weight that is at most LIKE = 6 times the mean noise of its receiver or of its sender
is noise too (6 means of |normal| are 4.8 standard deviations).
"""

from __future__ import annotations

import numpy as np

from minigrow.nn import validate
from minigrow.structure.graph import Graph

FLOOR, NEAR_FLOOR, SHARE, HEARD, LIKE = 0.01, 0.1, 0.3, 0.1, 6.0


def relative(graph: Graph) -> np.ndarray:
    """Return r (m,) of every edge.

    >>> from minigrow.structure.graph import graph_of
    >>> relative(graph_of([[0, 0, 0], [1, 0, 0], [0, 0.1, 0]]))
    array([1., 1.])
    """
    size, heard, sent = np.abs(graph.weight), np.zeros(graph.S), np.zeros(graph.S)
    np.maximum.at(heard, graph.to, size)
    np.maximum.at(sent, graph.source, size)
    return size / np.maximum(heard[graph.to], sent[graph.source])


def is_noise(graph: Graph) -> np.ndarray:
    """Return which edges (m,) the rule calls noise.

    >>> from minigrow.structure.graph import graph_of
    >>> is_noise(graph_of([[1, 1e-4], [1e-5, 2]]))
    array([False,  True,  True, False])
    """
    r = relative(graph)
    low = r < FLOOR
    if low.sum() <= SHARE * np.sum(r < NEAR_FLOOR):
        return np.zeros(len(r), bool)
    lost = np.bincount(graph.to, np.where(low, r * r, 0.0), minlength=graph.S)
    low &= (lost <= HEARD**2)[graph.to]
    level = np.maximum(_mean(graph, graph.to, low)[graph.to], _mean(graph, graph.source, low)[graph.source])
    return low | (np.abs(graph.weight) <= LIKE * level)


def _mean(graph, end, low):
    """Return the mean size of the low weights at each neuron (S,), 0 without any."""
    total = np.bincount(end[low], np.abs(graph.weight[low]), minlength=graph.S)
    return total / np.maximum(np.bincount(end[low], minlength=graph.S), 1)


def floor(graph: Graph, threshold: float | str | None) -> Graph:
    """Return the graph without noise: None drops only zeros, a number what is at most as large, "auto" what the rule calls noise.

    Raises ValueError for another word or a negative number.

    >>> from minigrow.structure.graph import graph_of
    >>> len(floor(graph_of([[0, 0.5], [2, 0]]), 0.5).weight)
    1
    """
    if threshold is None:
        return graph
    if isinstance(threshold, str):
        validate.choice(threshold, ("auto",), "threshold")
        return graph.where(~is_noise(graph))
    return graph.where(np.abs(graph.weight) > validate.positive(threshold, "threshold", zero="only zeros are dropped"))
