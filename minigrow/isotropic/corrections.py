"""Choose what takes over the constant of a removed neuron: the variants of the intrinsic length o and the linear correction psi.

A neuron whose incoming weights are zero still holds its bias b*. This constant is part of the length, rho^2 = ... + b*^2, and
is passed on as a(rho) W_{l+1,*} b*. So

    o_l <- o_l + b*^2        psi_l <- psi_l + W_{l+1,*} b*

keep the function exactly. The variants leave one or both out, hold them fixed, or let them be trained.
Source: Bird 2026, section on neurodegeneration. Departure: weight decay does not touch lambda = log o (it would pull o to 1).
"""

from __future__ import annotations

import math
from typing import NamedTuple

START = math.log(1e-6)
PENALTY = 0.1


class IntrinsicLength(NamedTuple):
    """A variant of o = exp(lambda): lambda at the start, whether it is trained, and the share of b*^2 it takes up."""

    start: float
    trained: bool
    absorbs: float


class LinearCorrection(NamedTuple):
    """A variant of psi: whether it is trained, its penalty (loss + penalty sum psi^2), and what takes up W b*.

    `absorbs` is "psi", "bias" (the next bias takes the mean of a(rho) times W b*, which needs data) or "nothing".
    """

    trained: bool
    penalty: float
    absorbs: str


O_VARIANTS = {
    "none": IntrinsicLength(-math.inf, False, 0.0),
    "constant": IntrinsicLength(START, False, 1.0),
    "trainable": IntrinsicLength(START, True, 1.0),
}
PSI_VARIANTS = {
    "none": LinearCorrection(False, 0.0, "nothing"),
    "constant": LinearCorrection(False, 0.0, "psi"),
    "trainable": LinearCorrection(True, 0.0, "psi"),
    "decay": LinearCorrection(True, PENALTY, "psi"),
    "expectation": LinearCorrection(False, 0.0, "bias"),
}
