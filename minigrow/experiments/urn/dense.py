"""The control of `layers`: a perceptron of the depth and width that emerged, trained as long; and what counts as fully connected."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from minigrow.experiments.urn.common import accuracy
from minigrow.experiments.urn.plain import prepared
from minigrow.experiments.urn.tasks import Task
from minigrow.growth import Diverged, Plan, start, train
from minigrow.nn import MLP, Adam
from minigrow.nn.losses import LOSSES
from minigrow.urn import Settling

KINDS = ("direct", "layered", "bottleneck")  # a bottleneck is layered, with a narrow layer


class Dense(NamedTuple):
    """One perceptron of ReLU: task, hidden widths, learning rate, seed, steps, batch (None: all samples)."""

    task: str
    hidden: tuple[int, ...]
    rate: float
    seed: int
    steps: int
    batch: int | None


def full(run: Mapping[str, Any], depth: int) -> bool:
    """Return whether a run became a fully connected net of this depth: layers without skips, half of their wires or more.

    >>> full({"kind": "layered", "depth": 2, "density": 0.9}, 2), full({"kind": "direct", "depth": 1, "density": 0.4}, 1)
    (True, False)
    """
    return run["kind"] in KINDS and run["depth"] == depth and run["density"] >= 0.5


def score(t: Task, error: float, right: float) -> float:
    """Return the accuracy (%) for classes; for targets of variance 1, how much of it (%) is explained: 100 (1 - error)."""
    return float(right if t.y.ndim == 1 else 100 * (1 - error))


def dense(job: Dense) -> float:
    """Train a perceptron at its rate, falling to a hundredth over the last quarter of the steps as a pool's, and score it."""
    t = prepared(job.task, job.seed)
    net = MLP.create([t.X.shape[1], *job.hidden, t.outputs], "relu", rng=job.seed)
    run, fixed = start(net, Adam(job.rate), rng=job.seed), job.steps - job.steps // 4
    plan = Plan(batch=job.batch, loss=t.loss, quiet=True, steps=fixed, record=50)
    try:
        run = train(run, t.X, t.y, plan)
        settling = Settling(Adam(job.rate), fixed, job.steps)
        run = train(run._replace(optimiser=settling), t.X, t.y, plan._replace(steps=job.steps))
    except Diverged as stopped:
        run = stopped.run
    with np.errstate(all="ignore"):
        output = run.net(t.test[0])
        return score(t, float(LOSSES[t.loss](output, t.test[1])[0]), accuracy(output, t.test[1]))
