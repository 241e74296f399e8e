"""Draw the paper's two synthetic data sets: `binary_tree(n, rng)` and `independent_clusters(n, rng)`; 31 inputs, 4 classes.

X (n, 31) and y (n,), after Zambra et al. 2020, section 2.1 (and Saxe et al. 2019 for the tree).
"""

import numpy as np

from minigrow.datasets import Dataset, from_arrays

LEFT = 0.7  # how often a node at +1 passes it to its left child
GROUPS = (8, 7, 9, 7)
CENTRES = ((1, 1), (1, 51), (51, 1), (51, 51))
VARIANCE = 8
NEAR = 4.0  # ours: points nearer than this are linked; the paper says "nearness" without a number
KEPT = 0.5  # ours: share of those links that thinning leaves


def binary_tree(n: int, rng: np.random.Generator) -> Dataset:
    """Draw n patterns of +-1 on a binary tree of 31 nodes in 5 levels, node i above nodes 2i + 1 and 2i + 2.

    The root is +-1 at random, its left child has the same sign, its right child the opposite. Below, -1 passes -1 to both children and
    +1 passes +1 to one of them, the left with probability 0.7, and -1 to the other. Class: which pattern the first 7
    nodes show; it has 4 values, told by the root and by which grandchild is +1.

    >>> data = binary_tree(5, np.random.default_rng(0))
    >>> data.X.shape, sorted(set(data.y.tolist())) <= [0, 1, 2, 3]
    ((5, 31), True)
    """
    X = np.empty((n, 31))
    X[:, 0] = rng.choice([-1, 1], n)
    X[:, 1], X[:, 2] = X[:, 0], -X[:, 0]
    for i in range(1, 15):
        left = rng.random(n) < LEFT
        X[:, 2 * i + 1] = np.where((X[:, i] > 0) & left, 1, -1)
        X[:, 2 * i + 2] = np.where((X[:, i] > 0) & ~left, 1, -1)
    grandchild = (X[:, 3] > 0) | (X[:, 5] > 0)  # of the one child at +1, is the left child +1?
    return from_arrays(X, 2 * (X[:, 0] > 0) + grandchild, "binary tree")


def independent_clusters(n: int, rng: np.random.Generator) -> Dataset:
    """Draw n patterns of 31 variables in 4 groups, each group a random DAG; a pattern switches one group on.

    In a pattern of group c the variables of c are max(1, number of their ancestors), all others are -1; the class is c.
    So there are four distinct patterns: the task is to tell groups apart, not to generalise.

    >>> data = independent_clusters(5, np.random.default_rng(0))
    >>> bool((data.X[data.y == data.y[0]] == data.X[0]).all()), float(data.X.min())
    (True, -1.0)
    """
    ancestors = [
        _ancestors(rng.normal(centre, np.sqrt(VARIANCE), (m, 2)), rng)
        for m, centre in zip(GROUPS, CENTRES, strict=True)
    ]
    group = np.repeat(np.arange(4), GROUPS)
    y = rng.integers(4, size=n)
    on = np.maximum(np.concatenate(ancestors), 1)
    return from_arrays(np.where(group == y[:, None], on, -1).astype(float), y, "independent clusters")


def _ancestors(points, rng):
    """Return the number of ancestors of each point (m,) in the DAG of links between near points, from lower to higher number."""
    m = len(points)
    distance = np.linalg.norm(points[:, None] - points[None, :], axis=2)
    link = np.triu((distance < NEAR) & (rng.random((m, m)) < KEPT), 1)
    reach = np.linalg.matrix_power(link.astype(int) + np.eye(m, dtype=int), m) > 0
    return reach.sum(axis=0) - 1


TASKS = {"tree": binary_tree, "clusters": independent_clusters}
