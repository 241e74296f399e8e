"""The arms of experiment 6 (`ablation`): each is a rule of algorithm B, with first weights and a budget."""

from __future__ import annotations

from typing import NamedTuple

RELEASED, GLOROT, SMALL = "", "glorot", "normal"  # first weights; "" stands for the configuration's


class Arm(NamedTuple):
    """A rule, the first weights' initialiser, how much of the budget it may spend, and whether its rate is tuned."""

    rule: str
    init: str = RELEASED
    budget: float = 1.0
    tuned: bool = False


ARMS = {
    "growing": Arm("growing"),
    "scalar gate": Arm("scalar"),
    "released": Arm("released"),
    "schedule": Arm("schedule"),
    "unseen": Arm("unseen"),
    "extra input alone": Arm("input_only"),
    "static": Arm("static"),
    "static, rate tuned": Arm("static", tuned=True),
    "growing, rate tuned": Arm("growing", tuned=True),
    "static, 2x longer": Arm("static", budget=2.0),
    "static, 4x longer": Arm("static", budget=4.0),
    "static, small weights, tuned": Arm("static", SMALL, tuned=True),
    "growing, small weights, tuned": Arm("growing", SMALL, tuned=True),
    "growing, Glorot": Arm("growing", GLOROT),
    "scalar gate, Glorot": Arm("scalar", GLOROT),
    "released, Glorot": Arm("released", GLOROT),
    "schedule, Glorot": Arm("schedule", GLOROT),
    "static, Glorot": Arm("static", GLOROT),
    "static, Glorot, tuned": Arm("static", GLOROT, tuned=True),
    "growing, Glorot, tuned": Arm("growing", GLOROT, tuned=True),
}
