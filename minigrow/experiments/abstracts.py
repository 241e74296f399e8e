"""The sentences of the abstracts of Bird and of Radhakrishnan et al. that can be judged, and which claims judge them.

A claim names its sentence in its column `paper`: "abstract 5: asymptotic 50% parameter sparsification". Sentences that only describe
or hope have no number here. Sources: arXiv 2602.23405 v2 (2026) and 2501.18012 v2 (2025; "v1" is its first version's abstract).
"""

from __future__ import annotations

import re

ABSTRACTS: dict[str, dict[str, str]] = {
    "isotropic": {
        "abstract 2": "this diagonalises layers into one-to-one, ordered connections",
        "abstract 3": "This makes it simpler to assess the impact of individual connections on the function",
        "abstract 4": "Low-impact neurons can be removed (neurodegeneration), and a thresholded buffer of largely inactive "
        "'scaffold' neurons is maintained (neurogenesis)",
        "abstract 5": "function-invariant, demonstrated to be computationally identical during neurogenesis, arbitrarily well "
        "approximated during neurodegeneration, and enable asymptotic 50% parameter sparsification of dense networks with "
        "identically preserved function",
        "abstract 6": "real-time restructuring of the architecture in response to task demands, task appending, removal or "
        "changes is shown",
        "abstract 9": "'intrinsic length', is introduced to improve this analytical invariance, alongside a generalised "
        "isotropic-perceptron architecture that enables parallel precomputation of all matrix-vector products and displays a "
        "nested functional class",
        "abstract 10": "Diagonalisation is suggested to offer new possibilities for interpretability and monitoring",
    },
    "nimble": {
        "abstract 1": "two approaches for evolving small networks into larger ones during training",
        "abstract 2": "The first method employs an auxiliary weight that directly controls network size, while the second uses a "
        "controller-generated mask to modulate neuron participation",
        "abstract 3": "Both approaches optimize network size through the same gradient-descent algorithm that updates the "
        "network's weights and biases",
        "abstract 4": "on nonlinear regression and classification tasks, where they consistently outperform static networks of "
        "equivalent final size",
        "abstract 5": "explore the hyperparameter space of these networks to find associated scaling relations relative to their "
        "static counterparts",
        "abstract 6": "starting small and growing naturally may be preferable to simply starting large",
        "abstract v1": "nodes can be added (or subtracted) during training; minimal, appropriate, or optimal sizes; contrasts "
        "with pruning large networks after training",
    },
}


def about(paper: str) -> str | None:
    """Return which sentence of the abstract a claim's column `paper` names, or None.

    >>> about("abstract 5: computationally identical"), about("(ours)")
    ('abstract 5', None)
    """
    found = re.match(r"(abstract (?:\d+|v1)):", paper)
    return found and found.group(1)
