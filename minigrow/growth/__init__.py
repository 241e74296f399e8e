"""What all growing networks share: the change of basis, the contract, events, the training loop, checkpoints, history.

Reading order: `basis` (the one idea), `contract` (what a network must have), `events`, `loop`, `plan`,
`batches`, `checkpoint`, `history`.
"""

from minigrow.growth.basis import Move, append, duplicate, keep, permute, rotate
from minigrow.growth.checkpoint import Run, load, save
from minigrow.growth.contract import moved
from minigrow.growth.events import Event, follow
from minigrow.growth.history import History
from minigrow.growth.loop import Diverged, accept, start, train, train_on
from minigrow.growth.plan import Plan
from minigrow.growth.snapshot import snapshot

__all__ = [
    "Diverged", "Event", "History", "Move", "Plan", "Run", "accept", "append", "duplicate", "follow", "keep", "load",
    "moved", "permute", "rotate", "save", "snapshot", "start", "train", "train_on",
]  # fmt: skip
