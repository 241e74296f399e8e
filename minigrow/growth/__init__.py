"""What all growing networks share: the change of basis, events and history, the training loop, checkpoints."""

from minigrow.growth.basis import (
    Change,
    Move,
    append,
    apply,
    carry,
    duplicate,
    flip,
    keep,
    matrix,
    permute,
    rescale,
    rotate,
)
from minigrow.growth.events import Event, follow
from minigrow.growth.history import History, multiply_adds, parameters
from minigrow.growth.snapshot import keep_snapshots, snapshot
from minigrow.growth.training import Diverged, Plan, Run, evaluate, load, save, start, train

__all__ = [
    "Change", "Diverged", "Event", "History", "Move", "Plan", "Run", "append", "apply", "carry", "duplicate", "evaluate",
    "flip", "follow", "keep", "keep_snapshots", "load", "matrix", "multiply_adds", "parameters", "permute", "rescale",
    "rotate", "save", "snapshot", "start", "train",
]  # fmt: skip
