"""The fixed network: activations, losses, initialisers, optimisers and what wraps them, a plain MLP, a gradient check.

Reading order: `spaces` (what a network is), `mlp` (the formulas), `losses`, `activations`, `radial`, `optimisers`, `wrappers`.
"""

from minigrow.nn.check import complex_step, deviation
from minigrow.nn.layered import Layered
from minigrow.nn.losses import accuracy, softmax
from minigrow.nn.mlp import MLP
from minigrow.nn.optimisers import SGD, Adam, AdamW, Momentum, Nesterov, RMSProp
from minigrow.nn.spaces import Spaces
from minigrow.nn.wrappers import L1, Pull

__all__ = [
    "L1", "MLP", "SGD", "Adam", "AdamW", "Layered", "Momentum", "Nesterov", "Pull", "RMSProp", "Spaces", "accuracy",
    "complex_step", "deviation", "softmax",
]  # fmt: skip
