"""What all growing networks share: the change of basis, the contract, events, the training loop, checkpoints, history.

Reading order: `basis` (the one idea), `contract` (what a network must have), `events`, `loop`, `plan`,
`batches`, `checkpoint`, `history`.
"""

from minigrow.growth.basis import (
    Change,
    Move,
    append,
    apply,
    carry,
    duplicate,
    flip,
    insert,
    keep,
    permute,
    rescale,
    rotate,
)
from minigrow.growth.batches import Shuffled, Whole
from minigrow.growth.checkpoint import Run, load, save
from minigrow.growth.contract import Network, check, moved
from minigrow.growth.events import Event, follow
from minigrow.growth.history import History
from minigrow.growth.loop import Context, Diverged, Plan, accept, evaluate, start, train, train_on
from minigrow.growth.snapshot import keep_snapshots, snapshot

__all__ = [
    "Change", "Context", "Diverged", "Event", "History", "Move", "Network", "Plan", "Run", "Shuffled", "Whole", "accept",
    "append", "apply", "carry", "check", "duplicate", "evaluate", "flip", "follow", "insert", "keep", "keep_snapshots",
    "load", "moved", "permute", "rescale", "rotate", "save", "snapshot", "start", "train", "train_on",
]  # fmt: skip
