"""Experiment 4: freed from its goal (lambda = 0 or small), which size does a network settle at?

Algorithm A starts from several sizes. With lambda = 0 and N = 0 the size never moves, since the smooth step starts flat and gives
the first neuron no gradient; so all starts have a half-open neuron. It then learns data sets (not in the paper) in mini-batches:
which N do they ask for, without and with a goal? Source: Radhakrishnan et al. 2025; the data sets and lambda = 0: ours.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from minigrow.experiments.claims import Claim, Estimate, below, bootstrap, judge, mean
from minigrow.experiments.nimble.common import Batch, settings
from minigrow.experiments.nimble.freed_figures import draw as draw
from minigrow.experiments.protocol import Setting
from minigrow.experiments.registry import Outcome
from minigrow.experiments.shared import child_seeds, overlap, parts, rounded
from minigrow.growth import Diverged, Plan, start, train
from minigrow.nimble import auxiliary, score
from minigrow.nn import SGD

QUICK = {
    "repeats": 6, "tasks": ["cubic", "step"], "strengths": [0.0, 0.001], "starts": [0.5, 4.5, 8.5],
    "data": ["digits", "mnist-1d"], "readings": 3, "steps": 400, "pulls": [0.0, 0.1], "goal": 10.0, "first": [2.5, 18.5],
    "hidden": 20, "rate": 0.05, "batch": 48, "spread": 0.2,
}  # fmt: skip
FULL = QUICK | {
    "repeats": 50, "tasks": ["cubic", "quadratic", "bessel", "step"], "readings": 10, "steps": 2000,
    "pulls": [0.0, 0.01, 0.1], "first": [2.5, 8.5, 18.5],
}  # fmt: skip
NONE = {
    "why": "the question is ours: every program has lambda > 0 and a goal",
    "effect": "there is no authors' number to compare with",
}
PROTOCOL = (
    Setting("trials from each start", "none", "repeats", **NONE),
    Setting("tasks", "none", "tasks", **NONE),
    Setting("lambda on the tasks", "0.1 (step: 0.01); the sweep: 0.01 to 100", "strengths", **NONE),
    Setting("first N on the tasks", "0 and 5", "starts", why="from N = 0 a freed size never moves",
            effect="all starts can move"),
    Setting("data sets", "none for algorithm A", "data", **NONE),
    Setting("networks from each start on a data set", "none", "readings", **NONE),
    Setting("steps on a data set", "none", "steps", **NONE),
    Setting("lambda on a data set", "none", "pulls", **NONE),
    Setting("N_goal on a data set", "none", "goal", **NONE),
    Setting("first N on a data set", "none", "first", **NONE),
    Setting("hidden neurons on a data set", "none", "hidden", **NONE),
    Setting("rate on a data set", "none", "rate", **NONE),
    Setting("rows in a batch of a data set", "none", "batch", **NONE),
    Setting("spread of the first weights on a data set", "1, on tasks of one input", "spread",
            why="with 40 or 64 inputs, weights up to 1 make pre-activations far beyond tanh's middle",
            effect="not measured"),
    Setting("epochs, rate, neurons, delta on the tasks", "as in nimble.trials"),
)  # fmt: skip
FIGURES = {
    "freed.png": (
        "Where the size N ends without or with a weak pull towards the goal, from three starts on four tasks, and "
        "N on two data sets over the steps (a line a seed)."
    ),
}
APART = 1.0  # neurons between the median sizes that count as one size


class Reading(NamedTuple):
    """One network on a data set: its name, first N, lambda, and the numbers of the configuration with these names; seed."""

    data: str
    first: float
    pull: float
    goal: float
    steps: int
    hidden: int
    rate: float
    batch: int
    spread: float
    seed: int


def read(job: Reading) -> dict[str, Any]:
    """Return N, 40 times over the training, and the test accuracy (%) at the end; a diverged network counts as 0 %."""
    training, test = parts(job.data, job.seed)
    widths = [training.X.shape[1], job.hidden, int(training.y.max()) + 1]
    net = auxiliary(widths, job.goal, job.pull, size=job.first, spread=job.spread, rng=job.seed)
    every = max(1, job.steps // 40)
    plan = Plan(
        steps=job.steps, batch=job.batch, record=every, quiet=True, observe=lambda net: {"s": float(net.s)}, backup=True
    )
    try:
        run = train(start(net, SGD(rate=job.rate), rng=job.seed), training.X, training.y, plan)
    except Diverged as stopped:
        return {"size": rounded(np.append(job.first, _column(stopped.run.history))), "accuracy": 0.0}
    accuracy = 100 * score(run.net, test.X, test.y, "softmax")
    return {"size": rounded(np.append(job.first, _column(run.history))), "accuracy": rounded(accuracy)}


def _column(history):
    return [row["s"] for row in history.rows]


def run(config: dict[str, Any], seed: int, pmap: Callable) -> Outcome:
    """Let N go free on the tasks and on the data sets."""
    names = [(task, strength) for task in config["tasks"] for strength in config["strengths"]]
    batches = [Batch(task, first, 5.0, lam) for task, lam in names for first in config["starts"]]
    found = iter(settings(batches, config["repeats"], seed, pmap))
    tasks: dict[str, Any] = {}
    for task, lam in names:
        tasks.setdefault(task, {})[f"{lam:g}"] = [next(found)._asdict() for _ in config["starts"]]
    jobs = [
        Reading(name, first, pull, *(config[key] for key in ("goal", "steps", "hidden", "rate", "batch", "spread")), s)
        for name in config["data"] for pull in config["pulls"] for first in config["first"]
        for s in child_seeds(seed, config["readings"])
    ]  # fmt: skip
    readings = [
        result | {"data": job.data, "start": job.first, "strength": job.pull}
        for job, result in zip(jobs, pmap(read, jobs), strict=True)
    ]
    shared_rows = {name: overlap(name) for name in config["data"]}
    return Outcome({"starts": config["starts"], "tasks": tasks, "readings": readings, "overlap": shared_rows, "goal": config["goal"],
                    "steps": config["steps"]})  # fmt: skip


def spread(groups: Sequence[Sequence[float]]) -> Estimate:
    """Return how far apart the median sizes of groups (starts, n) lie, greatest minus smallest; paired repeats are redrawn.

    >>> spread([[1.0, 1.0], [4.0, 4.0]]).value
    3.0
    """
    return bootstrap(np.transpose(groups), lambda x, axis: np.ptp(np.median(x, axis=axis), axis=-1))


def claims(data: dict[str, Any]) -> list[Claim]:
    """Judge whether the size ends the same wherever it started, and what a small start costs."""
    rows = []
    for task, by_strength in data["tasks"].items():
        for lam, groups in by_strength.items():
            rows.append(
                judge(f"{task}: freed (lambda = {lam}), N finds one size wherever it started",
                      "abstract 3: optimize network size through the same gradient-descent algorithm",
                      spread([_finite(group["size"]) for group in groups]), f"neurons between the medians from starts {data['starts']}",
                      below(APART))
            )  # fmt: skip
    for name, lam in dict.fromkeys((row["data"], row["strength"]) for row in data["readings"]):
        rows += _reading_claims(data, name, lam)
    return rows


def _finite(sizes):
    return [np.nan if size is None else size for size in sizes]


def _reading_claims(data, name, lam):
    rows = [row for row in data["readings"] if (row["data"], row["strength"]) == (name, lam)]
    starts = list(dict.fromkeys(row["start"] for row in rows))
    by_start = [[row for row in rows if row["start"] == first] for first in starts]
    gap = spread([[row["size"][-1] for row in group] for group in by_start])
    lost = [big["accuracy"] - small["accuracy"] for big, small in zip(by_start[-1], by_start[0], strict=True)]
    words = f"{name}, lambda = {lam:g}, goal {data['goal']:g}"
    return [
        judge(f"{words}: N finds one size wherever it started", "not in the paper", gap, "neurons between the medians",
              below(APART)),
        judge(f"{words}: a start at N = {starts[0]:g} costs less than 1 pp of accuracy against one at {starts[-1]:g}",
              "not in the paper",
              mean(lost, data["overlap"][name]), "pp of test accuracy lost", below(1)),
    ]  # fmt: skip
