"""The unstructured recursive network (Golkar 2019): one weight matrix from which layers, locality and skips emerge.

Start with `fit`, or draw a pool with `Network.create` and `train` a run of it on the general loss with `Strengths`; `prune` and
`grow` change its size, and `minigrow.structure` reads what has emerged. Known architectures go in with `minigrow.urn.embedding`.

Reading order: `formulas` (beside the paper), `network`, `strengths` (the general loss), `paths`, `blocks` and `pricing` (how it is
paid), `pool`, `batches`, `fit`, then `positions` and `embedding`; the folder `fast` may be skipped.
"""

from minigrow.urn.fit import fit, predict, score, train
from minigrow.urn.network import Network
from minigrow.urn.pool import Dead, grow, prune
from minigrow.urn.positions import grid, line
from minigrow.urn.pricing import Priced, Settling
from minigrow.urn.strengths import Strengths, penalty

__all__ = [
    "Dead", "Network", "Priced", "Settling", "Strengths", "fit", "grid", "grow", "line", "penalty", "predict",
    "prune", "score", "train",
]  # fmt: skip
