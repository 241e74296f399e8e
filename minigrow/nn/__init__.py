"""The fixed network: activations, losses, initialisers, optimisers and what wraps them, a plain MLP, a gradient check.

Reading order: `spaces` (what a network is), `mlp` (the formulas), `losses`, `activations`, `radial`, `optimisers`, `wrappers`.
"""

from minigrow.nn.activations import ACTIVATIONS
from minigrow.nn.check import central_step, complex_step, deviation
from minigrow.nn.initialisers import INITIALISERS
from minigrow.nn.losses import LOSSES, accuracy, softmax
from minigrow.nn.mlp import MLP
from minigrow.nn.optimisers import OPTIMISERS, SGD, Adam, AdamW, Momentum, Nesterov, RMSProp, State, start
from minigrow.nn.radial import RADIAL
from minigrow.nn.spaces import Layered, Spaces
from minigrow.nn.wrappers import L1, Pull, bind

__all__ = [
    "ACTIVATIONS", "INITIALISERS", "L1", "LOSSES", "MLP", "OPTIMISERS", "RADIAL", "SGD", "Adam", "AdamW", "Layered",
    "Momentum", "Nesterov", "Pull", "RMSProp", "Spaces", "State", "accuracy", "bind", "central_step", "complex_step",
    "deviation", "softmax", "start",
]  # fmt: skip
