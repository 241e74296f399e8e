"""What all growing networks share: the change of basis, the contract, events, the training loop, checkpoints, history.

Reading order: `basis` (the one idea), `contract` (what a network must have), `events`, `loop`, `plan`,
`batches`, `checkpoint`, `history`, `watch`.

**What is the same bit for bit**, on one machine with the same versions and the same number of BLAS threads (`OPENBLAS_NUM_THREADS=1`
is safest): the same seed gives the same parameters, history, events and results, twice in one process or in two, whatever
PYTHONHASHSEED is, with any number of jobs, and whether a run went through or was stopped and resumed from its checkpoint. A plan that
ends between two visits of a policy visits it once more at its end, so it is another plan. `tests/growth/test_determinism.py` checks it.

**What is not**: another processor, BLAS, version of NumPy or number of threads may add in another order, and differ in the last
bits; plain Python in place of numba does too (within 1e-6 relative after short runs, as `tests/test_without_numba.py` checks). Training
multiplies such differences, and a decision to grow that stands on the edge may then fall the other way: compare medians over seeds.
"""

from minigrow.growth.basis import Move, append, duplicate, keep, permute, rotate
from minigrow.growth.checkpoint import Run, load, save
from minigrow.growth.contract import moved
from minigrow.growth.events import Event, follow
from minigrow.growth.history import History
from minigrow.growth.loop import Diverged, accept, start, train, train_on
from minigrow.growth.plan import Plan
from minigrow.growth.snapshot import snapshot
from minigrow.growth.watch import watch

__all__ = [
    "Diverged", "Event", "History", "Move", "Plan", "Run", "accept", "append", "duplicate", "follow", "keep", "load",
    "moved", "permute", "rotate", "save", "snapshot", "start", "train", "train_on",
    "watch",
]  # fmt: skip
