"""What a rule takes for granted about the activation, and what to do where it is not so.

For a small fan-in A, act(X A) B = act(0) 1'B + act'(0) X A B + ...: first-order promises need act(0) = 0 and a slope at 0.
"""

from __future__ import annotations

from minigrow.nn.activations import ElementWise
from minigrow.nn.radial import Radial

PAIR = "Take the pair (addition.pairs.antisymmetric), whose sum is odd: act(0) cancels, and every activation will do."
KINKED = ("relu", "relu1")
IDEMPOTENT = ("identity", *KINKED)  # act(act(z)) = act(z); these are the ones without curvature, too
# Word: whether an activation has it, how it is called, what to do.
NEEDS = {
    "zero": (lambda act: act.at_zero == 0, "act(0) = 0", PAIR),
    "slope": (
        lambda act: isinstance(act, Radial) or act.slope != 0,
        "a slope act'(0) that is not 0",
        PAIR,
    ),
    "derivative": (lambda act: act.name not in KINKED, "an act(z) that is linear for small z of both signs", PAIR),
    "curvature": (
        lambda act: isinstance(act, ElementWise) and act.name not in IDEMPOTENT,
        "a curvature act'' that is not 0 almost everywhere",
        "Take softplus in the place of ReLU.",
    ),
    "element-wise": (
        lambda act: isinstance(act, ElementWise),
        "an activation that treats each neuron alone",
        "Take a rule that looks at small neurons only (tiny, gradmax, nest).",
    ),
    "idempotent": (lambda act: act.name in IDEMPOTENT, "act(act(z)) = act(z)", "Take relu."),
}


def require(act: ElementWise | Radial, *words: str, rule: str) -> None:
    """Raise ValueError if the activation lacks what the rule needs; the words are those of `NEEDS`.

    A rule that promises a gradient at 0 needs "zero" and "slope"; one that promises a fall of the loss for small neurons needs
    "derivative" as well, which ReLU has in neither version.

    >>> from minigrow.nn.activations import ACTIVATIONS
    >>> require(ACTIVATIONS["tanh"], "zero", "slope", rule="tiny")
    >>> require(ACTIVATIONS["sigmoid"], "zero", rule="tiny")
    Traceback (most recent call last):
    ValueError: tiny needs act(0) = 0, which sigmoid does not have (act(0) = 0.5, act'(0) = 0.25). Take ...
    """
    for word in words:
        has, called, remedy = NEEDS[word]
        if not has(act):
            value = f"act(0) = {act.at_zero:g}, act'(0) = {act.slope:g}"
            value += ", and no derivative there" if act.name in KINKED else ""
            raise ValueError(f"{rule} needs {called}, which {act.name} does not have ({value}). {remedy}")
