"""Growing and static twins of algorithm B: one network of a task and a width is a `Job`, and `swept` tunes and trains all of them.

Tasks are "bessel", "mixture 0.1" (noise), "spirals 3" (arms), as the released programs make them, or the name or folder of a
data set. Curves are learnt from all rows at once, classes in mini-batches, by Adam. Twins share data and first weights (c apart).
The rate of each job is the best of a grid on seeds of its own; for data sets it is judged on a fifth held out of the training set.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

from minigrow.datasets.dataset import Dataset, split, take
from minigrow.experiments import shared
from minigrow.experiments.nimble.common import trained
from minigrow.experiments.tuning import over_seeds, tuned_each
from minigrow.growth import Plan
from minigrow.nimble import controller, released
from minigrow.nimble.tasks import Samples

RULES = ("growing", "static")
CURVES = ("bessel", "mixture")


class Job(NamedTuple):
    """One network: task, width, rule, points (of generated tasks), steps, rows of a batch, initialiser, the number of classes.

    `classes` None means all of them; `rate` and `seed` follow later; `held` asks for the error on rows held out for tuning.
    """

    task: str
    width: int
    rule: str
    points: int
    steps: int
    batch: int | None
    init: str
    classes: int | None = None
    rate: float = 0.0
    seed: int = 0
    held: bool = False


def is_curve(task: str) -> bool:
    """Return whether a task has real targets; the others have classes.

    >>> is_curve("mixture 0.1"), is_curve("spirals 3")
    (True, False)
    """
    return task.split()[0] in CURVES


def parts(job: Job) -> Samples:
    """Return the training and test set of a job.

    >>> job = Job("mixture 0.1", 4, "static", 100, 1, None, "glorot")
    >>> [part.shape for part in parts(job)]
    [(80, 1), (80, 1), (20, 1), (20, 1)]
    """
    rng, (name, *number) = np.random.default_rng(job.seed), job.task.split()
    if name == "bessel":
        return released.split80(*released.bessel(job.points), rng)
    if name == "mixture":
        return released.split80(*released.mixture(job.points, float(number[0]), rng), rng)
    if name == "spirals":
        X, y = released.spirals(job.points, int(number[0]), rng)
        return released.split80(X.astype(np.float32), y, rng)
    train, test = shared.parts(job.task, job.seed)
    train, test = (only(part, job.classes) for part in (train, test))
    train, test = split(train, rng=job.seed) if job.held else (train, test)
    return Samples(train.X, train.y, test.X, test.y)


def only(data: Dataset, classes: int | None) -> Dataset:
    """Return the rows of the first `classes` classes (None: all).

    >>> only(Dataset(np.eye(3), np.array([0, 2, 1]), "", (), (3,)), 2).y
    array([0, 1])
    """
    return data if classes is None else take(data, data.y < classes)


def error(job: Job) -> float:
    """Return the final test error: mean squared, or the share of wrong rows in per cent (at least half a row, for logarithms).

    A run that diverged counts from its last good record, or as the output 0 where it has none.
    """
    X, y, X_test, y_test = parts(job)
    curve, outputs = is_curve(job.task), 1 if is_curve(job.task) else int(y.max()) + 1
    net = controller([X.shape[1], job.width, outputs], job.rule, init=job.init, rng=job.seed, dtype=X.dtype)
    plan = Plan(1, job.batch, "mse" if curve else "softmax", steps=job.steps, record=max(job.steps // 10, 1))
    last = trained(net, (X, y, X_test, y_test), plan, job.rate)[1].rows[-1:]
    if curve:
        return last[0]["validation_loss"] if last else float(np.mean(y_test**2))
    return max(100 * (1 - last[0]["validation_accuracy"] if last else 1.0), 50 / len(y_test))


def merit(job: Job) -> float:
    """Return -log of the error, of which the mean over seeds chooses a rate.

    >>> merit(Job("bessel", 2, "static", 20, 9, None, "glorot", rate=1e-3)) < 9
    True
    """
    return -math.log(error(job))


def swept(jobs: Iterable[Job], config: Mapping[str, Any], seed: int, pmap: Callable) -> list[dict[str, Any]]:
    """Return for every job (without rate and seed) its tuned rate, whether that is at the grid's edge, and an error per repeat.

    The configuration gives `rates`, `repeats` and `tuning`, the number of seeds that choose the rate.
    """
    jobs, n = list(jobs), config["repeats"]
    seeds, apart = shared.seeds_apart(seed, n, config["tuning"])
    score = over_seeds(
        pmap, merit, lambda job, rate, s: job._replace(rate=rate, seed=s, held=not _generated(job.task)), apart
    )
    found = tuned_each(score, jobs, config["rates"])
    errors = iter(pmap(error, [job._replace(rate=found[job].rate, seed=s) for job in jobs for s in seeds]))
    return [
        {"rate": found[job].rate, "edge": found[job].edge, "error": shared.rounded([next(errors) for _ in seeds])}
        for job in jobs
    ]


def _generated(task: str) -> bool:
    return is_curve(task) or task.split()[0] == "spirals"
