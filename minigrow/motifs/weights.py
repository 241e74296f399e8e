"""Read any trained network as a coloured graph: `network_graph(net)`, or `layered_graph` and `square_graph` from matrices.

Weak weights are cut away, and the others get three colours (Zambra et al. 2020, section 2.2):

    1 strongly negative       2 mild, of either sign       3 strongly positive

`gaussian_cut` is the paper's rule: with mu and sigma of all weights pooled, cut where the fitted density
exceeds the share s of its maximum, that is where

    exp(-(w - mu)^2 / 2 sigma^2) > s      or      |w - mu| < sigma sqrt(-2 ln s),

and call a fifth of what remains on each side, the part next to the cut, mild. What remains ends at the extreme weight in the
paper, and at 1.1 times that in the authors' program, which is the default. `quantile_cut` keeps a given share instead.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from minigrow.motifs.graph import Graph, from_edges
from minigrow.nn.door import door

SHARE = 0.55  # the paper's, for its small networks; 0.1 for those of MNIST's size
MILD = 0.2
EXTENT = 1.1  # the authors' program: the range of strong weights ends at 1.1 times the extreme one


class Cut(NamedTuple):
    """Where colours begin: 1 for weights up to `negative`, 2 up to `lower`, none between, 2 from `upper`, 3 from `positive`."""

    negative: float
    lower: float
    upper: float
    positive: float


def pooled(weights: Sequence[np.ndarray]) -> np.ndarray:
    """Return all entries of the matrices in one vector (w,).

    Raises ValueError when there is no weight, or one is not finite.

    >>> pooled([np.ones((2, 2)), np.zeros((1, 2))]).tolist()
    [1.0, 1.0, 1.0, 1.0, 0.0, 0.0]
    """
    pool = np.concatenate([np.ravel(W) for W in weights]) if len(weights) else np.zeros(0)
    if not pool.size or not np.isfinite(pool).all():
        raise ValueError(
            f"a cut needs finite weights, got {pool.size} of which {int((~np.isfinite(pool)).sum())} are not."
        )
    return pool


def gaussian_cut(weights: Sequence[np.ndarray], share: float = SHARE, extent: float = EXTENT) -> Cut:
    """Return the paper's cut for matrices of any shapes: where a Gaussian fitted to all weights exceeds `share` of its maximum.

    The fifth that is mild is of the way from the cut to `extent` times the extreme weight.

    Raises ValueError when share is not in (0, 1) or extent is below 1, or `pooled` refuses the weights.

    >>> gaussian_cut([np.array([[-2.0, -1.0, 0.0, 1.0, 2.0]])], share=np.exp(-0.5), extent=1)
    Cut(negative=-1.53..., lower=-1.41..., upper=1.41..., positive=1.53...)
    """
    if not 0 < share < 1:
        raise ValueError(f"share must lie between 0 and 1, got {share}. The paper takes 0.55.")
    if not extent >= 1:
        raise ValueError(f"extent must be >= 1, got {extent}. 1 ends the range of strong weights at the extreme one.")
    pool = pooled(weights)
    reach = pool.std() * np.sqrt(-2 * np.log(share))
    lower, upper = pool.mean() - reach, pool.mean() + reach
    least, most = extent * pool.min(), extent * pool.max()
    negative, positive = lower - MILD * max(lower - least, 0), upper + MILD * max(most - upper, 0)
    return Cut(*map(float, (negative, lower, upper, positive)))


def published_cut(weights: Sequence[np.ndarray], share: float = SHARE) -> Cut:
    """Return the cut of the authors' program, to the last edge: `gaussian_cut`, but measured at weights.

    The maximum is that of the fitted density at the weights, so at the one nearest to their mean. Each fifth begins, in rising order,
    at the first weight that is cut away and at the first one above the cut. With these two all 39 graphs that
    the authors published come out of their stored weights, edge for edge; with `gaussian_cut` 7 have one edge in another colour.

    Raises ValueError as `gaussian_cut` does.

    >>> published_cut([np.linspace(-1, 1, 9)], share=np.exp(-0.5))
    Cut(negative=-0.64..., lower=-0.64..., upper=0.64..., positive=0.82...)
    """
    pool = pooled(weights)
    nearest = np.abs(pool - pool.mean()).min() / (pool.std() or 1.0)
    cut = gaussian_cut(weights, share * np.exp(-(nearest**2) / 2) if 0 < share < 1 else share)
    first, beyond = pool[pool > cut.lower].min(), pool[pool >= cut.upper].min(initial=pool.max())
    negative, positive = first - MILD * (first - EXTENT * pool.min()), beyond + MILD * (EXTENT * pool.max() - beyond)
    return cut._replace(negative=float(min(negative, cut.lower)), positive=float(max(positive, cut.upper)))


def quantile_cut(weights: Sequence[np.ndarray], keep: float = 0.25, mild: float = 0.5) -> Cut:
    """Keep the share `keep` of all weights, half at each end, and call the share `mild` of those mild.

    Raises ValueError when keep or mild is not in (0, 1), or `pooled` refuses the weights.

    >>> quantile_cut([np.arange(101.0)], keep=0.2, mild=0.5)
    Cut(negative=5.0, lower=10.0, upper=90.0, positive=95.0)
    """
    if not (0 < keep < 1 and 0 < mild < 1):
        raise ValueError(f"keep and mild must lie between 0 and 1, got {keep} and {mild}. 0.25 and 0.5 are usual.")
    half, strong = keep / 2, keep / 2 * (1 - mild)
    return Cut(*map(float, np.quantile(pooled(weights), [strong, half, 1 - half, 1 - strong])))


def colours(W: np.ndarray, cut: Cut) -> np.ndarray:
    """Return the colour of each weight, 0 where it is cut away; same shape as W (m, n).

    >>> colours(np.array([-3.0, -1.5, 0.0, 1.5, 3.0]), Cut(-2, -1, 1, 2)).tolist()
    [1, 2, 0, 2, 3]
    """
    W = np.asarray(W)
    return np.select([cut.negative >= W, cut.lower >= W, cut.positive <= W, cut.upper <= W], [1, 2, 3, 2], 0)


def layered_graph(weights: Sequence[np.ndarray], cut: Cut) -> Graph:
    """Return the graph of a feed-forward network with weights W_l (m_l, m_{l-1}); W_l[j, i] is the edge from neuron i below to j.

    Vertices are numbered layer by layer, inputs first; neurons that lost all weights do not appear.

    Raises ValueError when the matrices do not fit together, or no weight survives the cut.

    >>> graph = layered_graph([np.array([[2.0, 0.0], [0.0, -2.0]]), np.array([[0.0, 1.2]])], Cut(-1.5, -1, 1, 1.5))
    >>> from minigrow.motifs.graph import edges
    >>> [c.tolist() for c in edges(graph)]
    [[0, 1, 3], [2, 3, 4], [3, 1, 2]]
    """
    widths = [np.shape(weights[0])[1], *(len(W) for W in weights)]
    if any(np.shape(W) != shape for W, shape in zip(weights, zip(widths[1:], widths, strict=False), strict=True)):
        raise ValueError(f"each W must be (its layer, the layer below), got {[np.shape(W) for W in weights]}.")
    first = np.cumsum([0, *widths]).tolist()
    return _wired(zip(first[1:], first, weights, strict=False), cut)


def layers(graph: Graph, widths: Sequence[int]) -> np.ndarray:
    """Return the layer (n,) of each vertex of a `layered_graph`, 0 for inputs; these are blocks for a null model that keeps layers.

    Layer l has m_l = widths[l] names, from m_0 + ... + m_{l-1} on.

    Raises ValueError when a vertex is beyond the last layer.

    >>> graph = layered_graph([np.array([[2.0, 0.0], [0.0, -2.0]]), np.array([[0.0, 1.2]])], Cut(-1.5, -1, 1, 1.5))
    >>> layers(graph, [2, 2, 1]).tolist()
    [0, 0, 1, 1, 2]
    """
    ends = np.cumsum(widths)
    if graph.names[-1] >= ends[-1]:
        raise ValueError(
            f"widths {list(widths)} name vertices 0 to {ends[-1] - 1}, but there is a vertex {graph.names[-1]}. "
            "Give the widths of all layers, inputs first."
        )
    return np.searchsorted(ends, graph.names, side="right")


def square_graph(W: np.ndarray, cut: Cut) -> Graph:
    """Return the graph of a network with one matrix W (n, n) for all neurons: W[j, i] is the edge from i to j.

    The diagonal (a neuron's own past) is left out, since motifs have no self-loops.

    Raises ValueError when W is not square, or no weight survives the cut.

    >>> square_graph(np.array([[9.0, 0.0], [2.0, 0.0]]), Cut(-1.5, -1, 1, 1.5)).pair.tolist()
    [3, 24]
    """
    if np.ndim(W) != 2 or len(W) != np.shape(W)[1]:
        raise ValueError(f"one matrix for all neurons is square, got {np.shape(W)}. For layers take layered_graph.")
    return _wired([(0, 0, W)], cut)


def matrices(net: Any) -> list[np.ndarray]:
    """Return the weight matrices of a network, (to, from) each, which are W_1, W_2, ... if it is layered.

    >>> from minigrow.nn import MLP
    >>> [W.shape for W in matrices(MLP.create([4, 3, 2], rng=0))]
    [(3, 4), (2, 3)]
    """
    return [wire.W for wire in net.wires]


@door
def network_graph(net: Any, cut: Cut | None = None) -> Graph:
    """Return the graph of any network of the contract; without a cut, a Gaussian is fitted to its weights that are not 0.

    Vertices are numbered space by space, inputs first. Weights of exactly 0 are left out of that Gaussian, since they stand for
    wires that do not exist. Two matrices between the same spaces are added.

    Raises ValueError when no weight survives the cut.

    >>> from minigrow.nn import MLP
    >>> network_graph(MLP.create([4, 3, 2], rng=0)).vertices <= 9
    True
    """
    first = dict(zip(net.sizes, np.cumsum([0, *net.sizes.values()]).tolist(), strict=False))
    joined: dict[tuple[str, str], np.ndarray] = {}
    for to, source, W in net.wires:
        joined[to, source] = joined[to, source] + W if (to, source) in joined else W
    cut = gaussian_cut([W[W != 0] for W in joined.values()]) if cut is None else cut
    return _wired([(first[to], first[source], W) for (to, source), W in joined.items()], cut)


def _wired(blocks, cut):
    """Return the graph of matrices with the numbers of their first receiving and first sending neuron, without self-loops."""
    found = [(*np.nonzero(colours(W, cut)), to, source, W) for to, source, W in blocks]
    parts = [(i + source, j + to, colours(W[j, i], cut)) for j, i, to, source, W in found]
    source, target, colour = (np.concatenate(column) for column in zip(*parts, strict=True))
    other = source != target
    if not other.any():
        raise ValueError("no weight survives the cut. Take a larger share (gaussian_cut) or keep more (quantile_cut).")
    return from_edges(source[other], target[other], colour[other])
