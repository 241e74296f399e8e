"""Grow when new neurons promise more than the old ones' outgoing weights can still gain: `BottleneckNorm`.

    what the old can gain   tr(D' H'G) / n = |H D|^2 / n        D = argmin |G - H D|
    what new ones can gain  sum s^2,  s the singular values of S^-1/2 N

Both are slopes of the loss: it falls by g^2 times this, to first order, when the change is scaled by g^2 (TINY's own scaling; new
neurons are taken as linear). R = G - H D is the expressivity bottleneck, what the old weights cannot do; sum s^2 is the part of
|R|^2 / n that new neurons on the same inputs can. Letters as in `block` and `statistics`. Source: Verbockhaven et al. 2024 (TINY).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from minigrow.addition.proposal import look
from minigrow.addition.statistics import Statistics, inverse_root
from minigrow.addition.triggers.decision import Decision
from minigrow.growth.plan import Context
from minigrow.nn import validate


def gains(found: Statistics, neurons: int | None = None) -> tuple[float, float]:
    """Return what the old outgoing weights can gain, and what the best `neurons` new ones can (None: any number).

    >>> from minigrow.addition.statistics import statistics
    >>> from minigrow.addition.block import block
    >>> from minigrow.nn import MLP
    >>> seen = block(MLP.create([2, 3, 2], rng=0), 0, np.eye(2), np.array([0, 1]))
    >>> gains(statistics(seen))[1] < 1e-20  # two samples: the old weights can do all that is wanted
    True
    """
    s = np.linalg.svd(inverse_root(found.S) @ found.N, compute_uv=False)[:neurons]
    return float(np.sum(found.D * found.HG)) / found.n, float(np.sum(s**2))


class BottleneckNorm(NamedTuple):
    """Grow when sum s^2 is more than `ratio` times |H D|^2 / n; of the singular values only the first `neurons` count, or all.

    >>> from minigrow.growth import History
    >>> from minigrow.nn import MLP
    >>> net, X, y = MLP.create([2, 1, 2], rng=0), np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 0])
    >>> BottleneckNorm(ratio=2)(net, 0, Context(1, 0, None, X, y, "softmax", History())).grow
    False
    """

    ratio: float = 1.0
    neurons: int | None = None

    def __call__(self, net: Any, layer: int, context: Context) -> Decision:
        """Return the decision; the value is the ratio of the gains. Raises ValueError for ratio <= 0 or neurons < 1."""
        ratio = validate.positive(self.ratio, "ratio")
        if self.neurons is not None:
            validate.whole(self.neurons, "neurons", least=1)
        old, new = gains(look(net, layer, context.X, context.y, context.loss).statistics, self.neurons)
        value = new / old if old > 0 else np.inf if new > 0 else 0.0
        compared = "more than" if value > ratio else "not more than"
        words = f"new neurons can gain {new:.3g}, the old ones' outgoing weights {old:.3g}: ratio {value:.3g}, {compared} {ratio:g}"
        return Decision(bool(value > ratio), words, value, ratio)
