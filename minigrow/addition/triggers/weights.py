"""Grow when too few neurons are left over, as weights alone show it: `SingularValues` (isotropic) and `SparesLeft`.

Both want a fixed number of neurons in reserve, and ask for as many as are missing. Sources: Bird 2026 (`isotropic.adaptation`) and
the rule of differentiable structure (`differentiable_structure.rule`), whose chance of .01 a step is 1 here and whose norm is
1/2 (outgoing to the outputs + outgoing to the layer itself); a plain layer has only one kind, so the half falls away.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from minigrow.addition.triggers.decision import Decision
from minigrow.growth.plan import Context
from minigrow.nn import validate
from minigrow.nn.radial import RADIAL


class SingularValues(NamedTuple):
    """Grow an isotropic layer when fewer than `scaffold` of its m singular values (zeros included) are <= tau.

    >>> from minigrow.nn import MLP
    >>> SingularValues(tau=1e-3, scaffold=2)(MLP.create([4, 3, 2], "isotropic_tanh", rng=0), 0, None).reason
    'too few spare neurons: 0 of 2 with singular value (sigma) at most 0.001'
    """

    tau: float = 0.95
    scaffold: int = 5

    def __call__(self, net: Any, layer: int, context: Context | None) -> Decision:
        """Return the decision, with the number of missing neurons. Raises ValueError for an element-wise activation."""
        if net.activation not in RADIAL:
            raise ValueError(
                f"singular values belong to neurons only where layers may be rotated, and {net.activation} does not allow it. "
                "Take an isotropic activation, or SparesLeft."
            )
        l, tau = net.hidden(layer), validate.positive(self.tau, "tau")
        sigma = np.linalg.svd(net.params[f"W{l}"], compute_uv=False)
        spare = int(np.sum(sigma <= tau)) + net.widths[l] - len(sigma)
        return _wanted(spare, validate.whole(self.scaffold, "scaffold"), f"with singular value (sigma) at most {tau:g}")


class SparesLeft(NamedTuple):
    """Grow when fewer than `spares` neurons of the layer have r_i = sum_k |W2_ik| <= threshold, the sum of their outgoing weights.

    >>> from minigrow.nn import MLP
    >>> SparesLeft()(MLP.create([4, 3, 2], rng=0), 0, None).reason
    'too few spare neurons: 0 of 1 with outgoing weights (r) of at most 0.05'
    """

    threshold: float = 0.05
    spares: int = 1

    def __call__(self, net: Any, layer: int, context: Context | None) -> Decision:
        """Return the decision, with the number of missing neurons. Raises ValueError for a threshold < 0 or spares < 0."""
        threshold = validate.positive(
            self.threshold, "threshold", zero="only neurons without any outgoing weight are spare"
        )
        r = np.abs(net.params[f"W{net.hidden(layer) + 1}"]).sum(axis=0)
        words = f"with outgoing weights (r) of at most {threshold:g}"
        return _wanted(int(np.sum(r <= threshold)), validate.whole(self.spares, "spares"), words)


def _wanted(there, wanted, words):
    enough = "too few" if there < wanted else "enough"
    return Decision(
        there < wanted, f"{enough} spare neurons: {there} of {wanted} {words}", there, wanted, max(wanted - there, 0)
    )
