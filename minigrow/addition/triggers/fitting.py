"""Grow fast where the network underfits and slowly where it overfits: `FraGrow`.

    risk = 100 (training accuracy - held-out accuracy)        I = I_max / (1 + exp(alpha - risk))        I_max = (E_T - E_F) / n

E_T is the length of the training, E_F what is kept for the end, n how many growths are planned; I is the interval between two of
them. The paper does not say in which unit the risk is: in percentage points alpha = 4 lies within its range, as a fraction of 1 it
does not, and I would stay between .018 and .047 of I_max whatever happens.
Source: Wu et al. 2024, "When To Grow?" (arXiv 2401.03104), FRAGrow, alpha = 4.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from minigrow.addition.triggers.decision import Decision, last_growth
from minigrow.growth.plan import Context
from minigrow.nn import validate
from minigrow.nn.losses import goodness

CLASSES = ("softmax", "binary", "blocks")


def interval(longest: float, risk: float, alpha: float = 4.0) -> float:
    """Return I_max / (1 + exp(alpha - risk)); the risk is in percentage points.

    >>> interval(100, 4.0), round(interval(100, 0.0), 2)
    (50.0, 1.8)
    """
    return longest * 0.5 * (1 + math.tanh((risk - alpha) / 2))  # the same, and nothing overflows


class FraGrow(NamedTuple):
    """Grow when the steps since the layer last grew have reached I; the formula is at the top of this file.

    `longest` is I_max in steps, `held_out` data (X, y) that are not trained on (the paper: 1 % of the training set).

    >>> from minigrow.growth import History
    >>> from minigrow.nn import MLP
    >>> net, X, y = MLP.create([2, 3, 2], rng=0), np.eye(2), np.array([0, 1])
    >>> FraGrow(100, (X, y))(net, 0, Context(1, 0, np.random.default_rng(0), X, y, "softmax", History())).reason
    'accuracy 100.0 % in training, 100.0 % held out, 0.0 points apart (risk): wait 1.8 of at most 100 steps; 1 have passed'
    """

    longest: float
    held_out: tuple[np.ndarray, np.ndarray]
    alpha: float = 4.0

    def __call__(self, net: Any, layer: int, context: Context) -> Decision:
        """Return the decision; the value is the steps since the last growth, the threshold I.

        Raises ValueError for a loss without classes, or longest <= 0.
        """
        if context.loss not in CLASSES:
            raise ValueError(
                f"FraGrow compares accuracies, and the loss {context.loss!r} has none. Take Plateau, or one of {', '.join(CLASSES)}."
            )
        X, y = (np.asarray(part) for part in self.held_out)
        inside, outside = goodness(net(context.X), context.y, context.loss), goodness(net(X), y, context.loss)
        risk, longest = 100 * (inside - outside), validate.positive(self.longest, "longest")
        passed, needed = context.step - last_growth(layer, context), interval(longest, risk, self.alpha)
        words = (
            f"accuracy {100 * inside:.1f} % in training, {100 * outside:.1f} % held out, {risk:.1f} points apart (risk): "
            f"wait {needed:.1f} of at most {longest:g} steps; {passed} have passed"
        )
        return Decision(passed >= needed, words, passed, needed)
