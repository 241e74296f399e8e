"""Isotropic adaptive networks (Bird 2026): rotate, order by singular value, grow and prune exactly.

Start with `fit`, or with `Network.create` and the moves `grow`, `prune`, `left_diagonalise`, `diagonalise`, `adapt`.

Reading order: `formulas` (beside the paper), `network`, `corrections`, `diagonalise`, `growing`, `criteria`, `reflection`, `pruning`,
`ends`, `adaptation`, `fit`, `classifier`; the folder `fast` may be skipped.
"""

from minigrow.isotropic.adaptation import AutoAdapt, adapt
from minigrow.isotropic.classifier import Classifier
from minigrow.isotropic.diagonalise import diagonalise, left_diagonalise, singular_values, sparsify
from minigrow.isotropic.fit import fit, predict, score
from minigrow.isotropic.growing import embed, grow
from minigrow.isotropic.network import Network
from minigrow.isotropic.pruning import prune

__all__ = [
    "AutoAdapt", "Classifier", "Network", "adapt", "diagonalise", "embed", "fit", "grow", "left_diagonalise", "predict", "prune",
    "score", "singular_values", "sparsify",
]  # fmt: skip
