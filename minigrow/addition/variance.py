"""Variance transfer: new neurons in pairs that cancel, old weights scaled down to make room, and a rate for each stage of growth.

    fan-in (V, V), fan-out (Z, -Z):  act(X V) Z - act(X V) Z = 0, for any element-wise act
    V ~ N(0, 1/d), biases 0.  The layer behind has h inputs before and h + k after; its old weights are multiplied by `scale`:

| the layer behind | variance of its weights | Z | scale |
|---|---|---|---|
| hidden | 1 / fan-in | N(0, 1/(h+k)) | sqrt(h / (h+k)) |
| output | 1 / fan-in^2, as in maximal-update parametrisation | N(0, 1/(h+k)^2) | h / (h+k) |
| kept | as hidden | N(0, 1/(h+k)) | 1: the function is kept |

So the variance that the weights had by their initialisation for h inputs becomes that for h + k. Biases are not scaled, and neither is
W1, whose fan-in does not change. Pairs are no twins: dL/dV and -dL/dV drive them apart in the first step. Letters as in `block`.
Source: Yuan, Savarese and Maire 2023, "Accelerated training via incrementally growing neural networks using variance transfer and
learning rate adaptation", arXiv 2306.12700, section 3.1, as gromo's notes (the root) and growing_wiki (the ratio and the output's
variance) report it: each has one row of the table for all layers. Rates by stage are in `rates`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from minigrow.addition.assumptions import require
from minigrow.addition.pairs import cancelling
from minigrow.addition.proposal import Proposal, Seen, appended
from minigrow.nn import validate
from minigrow.nn.door import door


class Behind(NamedTuple):
    """The layer behind: the factor of its old weights and the standard deviation of the new ones, from widths before and after."""

    scale: Callable[[int, int], float]
    deviation: Callable[[int, int], float]


BEHIND = {
    "hidden": Behind(lambda h, new: (h / new) ** 0.5, lambda h, new: new**-0.5),
    "output": Behind(lambda h, new: h / new, lambda h, new: 1 / new),
    "kept": Behind(lambda h, new: 1.0, lambda h, new: new**-0.5),
}


@door
def variance_transfer(seen: Seen, k: int = 2, rng: Any = None, behind: str = "output") -> Proposal:
    """Propose k new neurons, k even, in cancelling pairs; `behind` is a row of the table at the top of this file.

    What it promises is for amplitude g = 1, which scales the old weights just so.
    Raises ValueError for an odd k, and for an isotropic layer, where a new neuron's length changes all outputs.

    >>> from minigrow.addition.proposal import apply, look
    >>> from minigrow.nn import MLP
    >>> net = MLP.create([2, 3, 2], rng=0)
    >>> seen = look(net, 0, np.eye(2), np.array([0, 1]))
    >>> grown, _ = apply(net, 0, variance_transfer(seen, k=2, rng=0, behind="output"))
    >>> bool(abs(grown(np.eye(2)) - 0.6 * net(np.eye(2))).max() < 1e-15)
    True
    """
    b, k = seen.block, validate.whole(k, "k", least=2)
    require(b.act, "element-wise", rule="variance_transfer")
    if k % 2:
        raise ValueError(
            f"k must be even, got {k}: variance transfer adds neurons in pairs (V, V) / (Z, -Z) that cancel."
        )
    row = BEHIND[validate.choice(behind, BEHIND, "behind")]
    rng, pairs, new = validate.generator(rng), k // 2, b.h + k
    V = np.vstack([rng.standard_normal((b.d, pairs)) / np.sqrt(b.d), np.zeros((1, pairs))])
    Z, scale = row.deviation(b.h, new) * rng.standard_normal((pairs, b.p)), row.scale(b.h, new)
    reason = f"pairs that cancel; the old weights into the {behind} layer behind are scaled by {scale:.3g}"
    proposal = cancelling(appended("variance_transfer", seen, V, Z, reason=reason))
    if scale == 1:
        return proposal
    D = np.vstack([(scale - 1) * b.W2[:-1], np.zeros((1, b.p))])
    return proposal._replace(D=D, kept=False, slope=None)
