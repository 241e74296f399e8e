"""Grow by the clock, or when the loss falls no more: `Every(steps)` and `Plateau(window, tolerance)`.

Sources: every published comparison has the first; the second is "convergent growth", AutoGrow (Wen et al. 2020), there on accuracy.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from minigrow.addition.triggers.decision import Decision, last_growth
from minigrow.growth.plan import Context
from minigrow.nn import validate

LOSSES_OF_A_ROW = {"loss": "training loss", "validation_loss": "validation loss"}


class Every(NamedTuple):
    """Grow when at least `steps` training steps have passed since the layer last grew, or since the beginning.

    >>> from minigrow.growth import History
    >>> Every(100)(None, 0, Context(40, 1, np.random.default_rng(0), None, None, "softmax", History())).reason
    '40 of 100 steps since the last growth'
    """

    steps: int

    def __call__(self, net: Any, layer: int, context: Context) -> Decision:
        """Return the decision; the value is the number of steps since the last growth. Raises ValueError for steps < 1."""
        steps, passed = validate.whole(self.steps, "steps", least=1), context.step - last_growth(layer, context)
        return Decision(passed >= steps, f"{passed} of {steps} steps since the last growth", passed, steps)


class Plateau(NamedTuple):
    """Grow when the best loss of the last `window` rows is less than `tolerance` (relative) below the best of the rows before.

        value = (best before - best of the window) / |best before|          grow if value < tolerance

    Only rows behind the layer's last growth count, and at least one must lie before the window, so after a growth the network has
    window + 1 rows to settle. `column` is "loss" (training) or "validation_loss".

    >>> from minigrow.growth import History
    >>> history = History().with_row({"step": 1, "loss": 2.0}).with_row({"step": 2, "loss": 1.0}).with_row({"step": 3, "loss": 0.999})
    >>> Plateau(window=1, tolerance=0.01)(None, 0, Context(3, 3, np.random.default_rng(0), None, None, "softmax", history)).reason
    'training loss fell by 0.1 % (from 1 to 0.999) over 1 rows, less than 1 %'
    """

    window: int = 5
    tolerance: float = 0.01
    column: str = "loss"

    def __call__(self, net: Any, layer: int, context: Context) -> Decision:
        """Return the decision; the value is the relative fall. Raises ValueError for a column that the history does not have."""
        window = validate.whole(self.window, "window", least=1)
        tolerance = validate.positive(self.tolerance, "tolerance", zero="grow only when the loss rises")
        losses = self._since(layer, context)
        if len(losses) <= window:
            words = f"only {len(losses)} of the {window + 1} rows that a plateau takes since the last growth"
            return Decision(False, words, np.nan, tolerance)
        before, now = losses[:-window].min(), losses[-window:].min()
        value = float((before - now) / max(abs(before), np.finfo(float).tiny))
        compared = "less than" if value < tolerance else "at least"
        change = f"fell by {100 * value:.3g} %" if value >= 0 else f"rose by {-100 * value:.3g} %"
        said = f"{LOSSES_OF_A_ROW[self.column]} {change} (from {before:.4g} to {now:.4g}) over {window} rows"
        return Decision(bool(value < tolerance), f"{said}, {compared} {100 * tolerance:.3g} %", value, tolerance)

    def _since(self, layer, context):
        """The losses of the rows since the last growth, without those before the first epoch's end (NaN)."""
        column = validate.choice(self.column, LOSSES_OF_A_ROW, "column")
        rows = [row for row in context.history.rows if row["step"] > last_growth(layer, context)]
        if rows and column not in rows[0]:
            raise ValueError(
                f"the history has no column {column!r}. Give the plan a validation set: Plan(validation=(X, y))."
            )
        losses = np.array([row[column] for row in rows], dtype=float)
        return losses[~np.isnan(losses)]
