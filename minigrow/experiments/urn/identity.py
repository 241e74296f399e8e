"""Is a pool a residual net? Its direct wires by their weights, its hidden branch by what is lost without it.

Legend: x (n, d), y (n, k) with k = d; V = W_yx the direct wires; an identity wire has |V_ii - 1| <= NEAR. A pool is a residual net
when

    wires      every output has its identity wire
    branch     with W_yh = 0 (and the outputs' biases fitted anew) the held-out error is at least BRANCH times as large
    fit        the held-out error is at most FIT times that of the best linear map

The last is there so that a pool that has learnt nothing but a linear map does not count. "Relabelled" wants
the wires in any one-to-one order. What is measured here of one pool is judged in `residual`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from minigrow.experiments.shared import rounded
from minigrow.experiments.urn.common import RATE, strengths, summary
from minigrow.experiments.urn.targets import change
from minigrow.experiments.urn.tasks import Task
from minigrow.growth import Diverged, Plan, start
from minigrow.growth.loop import train_on
from minigrow.nn import MLP, Adam
from minigrow.urn import Network, Settling, train
from minigrow.urn.batches import Dealt
from minigrow.urn.fit import EVERY

NEAR, BRANCH, FIT = 0.1, 2.0, 0.5
HIDDEN = 20  # hidden neurons of the pool before any are pruned, and of the perceptron


class Job(NamedTuple):
    """One network: target, form, activation, the prices of a weight and of late activity, iterations, steps, batch, seed."""

    target: str
    form: str
    activation: str
    l1: float
    time: float
    iterations: int
    steps: int
    batch: int
    seed: int
    rate: float = RATE


def one(job: Job) -> dict[str, Any]:
    """Train a pool, and return what is measured of it; a picklable job for `pmap`."""
    t = change(job.target, job.form, job.seed)
    return measured(trained(job, t), t)


def trained(job: Job, t: Task) -> Network:
    """Return the pool after its life with prices (which rise over the first half) and without (the last quarter)."""
    d, k = t.X.shape[1], t.outputs
    net = Network.create(d, k, d + k + HIDDEN, job.iterations, job.activation, rng=job.seed)
    plan = Plan(batch=job.batch, loss="mse", quiet=True, steps=job.steps)
    prices = strengths(l1=job.l1, time=job.time)
    try:
        run = train(start(net, Adam(job.rate), rng=job.seed), t.X, t.y, plan, prices, job.steps // 2, job.steps // 4)
    except Diverged as stopped:
        run = stopped.run
    return run.net


def measured(net: Network, t: Task) -> dict[str, Any]:
    """Return the numbers that are kept: `worst` |V_ii - 1|, `relabelled`, errors of the pool, without its branch, of a linear map."""
    V = net.params["Wyx"]
    found = summary(net, t)
    kept = {name: found[name] for name in ("error", "edges", "neurons", "depth", "kind")}
    return kept | {
        "worst": rounded(np.abs(np.diag(V) - 1).max()),
        "relabelled": relabelled(V),
        "cut": rounded(without_branch(V, t)),
        "linear": rounded(linear(t)),
    }


def relabelled(V: np.ndarray) -> bool:
    """Return whether the wires within NEAR of 1 in V (k, d) give every output one input of its own.

    >>> relabelled(np.array([[0.0, 1.05], [0.95, 0.0]])), relabelled(np.array([[1.0, 0.0], [1.0, 0.0]]))
    (True, False)
    """
    near = np.abs(V - 1) <= NEAR
    return bool(near.any(axis=1).all() and len(set(near.argmax(axis=1))) == len(V))


def without_branch(V: np.ndarray, t: Task) -> float:
    """Return the held-out error (a scalar) of V x + b with the bias b that fits the training rows best."""
    b = (t.y - t.X @ V.T).mean(axis=0)
    return float(np.mean((t.test[0] @ V.T + b - t.test[1]) ** 2))


def linear(t: Task) -> float:
    """Return the held-out error (a scalar) of the linear map that fits the training rows best.

    >>> linear(change("stream", "next", 0)) > 0.01
    True
    """
    centre, height = t.X.mean(axis=0), t.y.mean(axis=0)
    M = np.linalg.lstsq(t.X - centre, t.y - height, rcond=None)[0]
    return float(np.mean(((t.test[0] - centre) @ M + height - t.test[1]) ** 2))


def is_residual(run: dict[str, Any], anywhere: bool = False) -> bool:
    """Return whether one pool's numbers are those of a residual net; `anywhere` lets outputs be relabelled.

    >>> is_residual({"worst": 0.05, "relabelled": True, "error": 0.001, "cut": 0.02, "linear": 0.02})
    True
    """
    wires = run["relabelled"] if anywhere else run["worst"] <= NEAR
    return bool(wires and run["cut"] >= BRANCH * run["error"] and run["error"] <= FIT * run["linear"])


def perceptron(job: Job) -> float:
    """Return the held-out error (a scalar) of a dense net of two layers of weights, trained on the pool's schedule without prices."""
    t = change(job.target, job.form, job.seed)
    net = MLP.create([t.X.shape[1], HIDDEN, t.outputs], job.activation, rng=job.seed)
    batches, inner, last = Dealt(t.X, t.y, min(job.batch, len(t.X))), Adam(job.rate), job.steps - job.steps // 4
    plan = Plan(loss="mse", quiet=True, steps=last, every=EVERY, record=job.steps, backup=True)
    try:
        run = train_on(start(net, inner, rng=job.seed), batches, plan)
        run = run._replace(optimiser=Settling(inner, last, job.steps))
        net = train_on(run, batches, plan._replace(steps=job.steps, since=last)).net
    except Diverged as stopped:
        net = stopped.run.net
    return float(np.mean((net(t.test[0]) - t.test[1]) ** 2))
