"""What the nimble experiments share: jobs of a few trials each, ratios of errors with intervals, training of one mask network.

A job carries its own seed, so the outcome depends neither on who runs it nor on how many run at once. Each job uses one
thread: the caller's `pmap` runs jobs side by side. `growing` starts at N = 0, `grown` (the control) at N = N_goal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from minigrow.experiments.claims import Estimate, bootstrap, median, proportion
from minigrow.experiments.shared import child_seeds, rounded
from minigrow.growth import Diverged, History, Plan
from minigrow.nimble import TASKS, Network, fit, run_trials
from minigrow.nimble.formulas import size_term
from minigrow.nimble.trials import Trials
from minigrow.nn import Adam
from minigrow.nn.optimisers import State
from minigrow.nn.wrappers import ORDERS, RATE, Bound, Span, bind

CHUNK = 25  # trials in a job
Array = np.ndarray


class Batch(NamedTuple):
    """Some trials of one setting: task, first size, goal, lambda, width of the step, epochs (0: the task's), trials, their seed."""

    task: str
    size: float
    goal: float
    strength: float
    delta: float = 1.0
    epochs: int = 0
    trials: int = 0
    seed: int = 0


class Found(NamedTuple):
    """The results of trials: final test errors (infinite where diverged), final sizes N, how many diverged."""

    test: list[float]
    size: list[float]
    diverged: int


def one_batch(job: Batch) -> Found:
    """Train the trials of a job on one thread.

    >>> one_batch(Batch("step", 0.0, 5.0, 0.01, epochs=40, trials=1)).diverged
    0
    """
    found = trials_of(job)
    return Found(rounded(found.test, 6), rounded(found.size, 6), int(np.sum(found.diverged >= 0)))


def trials_of(job: Batch) -> Trials:
    """Return the trials of a job with their traces.

    >>> trials_of(Batch("step", 0.0, 5.0, 0.01, epochs=40, trials=2)).test.shape
    (2,)
    """
    task = TASKS[job.task]
    task = task._replace(epochs=job.epochs or task.epochs)
    numbers = {"size": job.size, "goal": job.goal, "strength": job.strength, "delta": job.delta}
    return run_trials(task, job.trials, **numbers, rng=np.random.default_rng(job.seed), threads=1)


def settings(batches: Sequence[Batch], trials: int, seed: int, pmap: Callable) -> list[Found]:
    """Run `trials` trials of every setting, cut into jobs; trial i sees the same data and weights in all settings.

    >>> batch = Batch("step", 0.0, 5.0, 0.01, epochs=40)
    >>> [found.diverged for found in settings([batch], 2, 0, lambda f, jobs: map(f, jobs))]
    [0]
    """
    groups = cut(one_batch, batches, trials, seed, pmap)
    return [Found(_joined(g, "test"), _joined(g, "size"), sum(part.diverged for part in g)) for g in groups]


def cut(f: Callable[[Batch], Any], batches: Sequence[Batch], trials: int, seed: int, pmap: Callable) -> list[list[Any]]:
    """Return for every setting [f(job), ...] of the jobs of at most CHUNK trials into which it is cut.

    >>> cut(lambda job: job.trials, [Batch("step", 0.0, 5.0, 0.01)], 60, 0, map)
    [[25, 25, 10]]
    """
    sizes = [min(CHUNK, trials - first) for first in range(0, trials, CHUNK)]
    seeds = child_seeds(seed, len(sizes))
    jobs = [b._replace(trials=n, seed=s) for b in batches for n, s in zip(sizes, seeds, strict=True)]
    parts = list(pmap(f, jobs))
    return [parts[i : i + len(sizes)] for i in range(0, len(parts), len(sizes))]


def _joined(parts, name):
    return [value for part in parts for value in getattr(part, name)]


def pair(
    task: str, strength: float | None = None, goal: float = 5.0, delta: float = 1.0, epochs: int = 0
) -> list[Batch]:
    """Return the two settings to compare: growing from N = 0, and grown, N = goal from the start.

    >>> [batch.size for batch in pair("cubic")]
    [0.0, 5.0]
    """
    strength = TASKS[task].strength if strength is None else strength
    return [Batch(task, size, goal, strength, delta, epochs) for size in (0.0, goal)]


def errors(values: Sequence[float | None]) -> Array:
    """Return test errors (n,) as floats; a diverged trial (None in a file) counts as infinite, it is not dropped.

    >>> errors([0.5, None])
    array([0.5, inf])
    """
    found = np.array(values, dtype=np.float64)
    return np.where(np.isnan(found), np.inf, found)


def ratio(growing: Sequence[float], grown: Sequence[float], statistic: Callable = np.median) -> Estimate:
    """Return statistic(growing) / statistic(grown) of paired errors (n,), with a bootstrap interval over the trials.

    >>> ratio([1.0, 1.0, 1.0], [2.0, 2.0, 2.0])[:4]
    (0.5, 0.5, 0.5, 3)
    """
    both = np.stack([errors(growing), errors(grown)], axis=-1)

    def of(x, axis):
        with np.errstate(invalid="ignore"):
            return np.nan_to_num(
                statistic(x[..., 0], axis=axis) / statistic(x[..., 1], axis=axis), nan=1.0, posinf=np.inf
            )

    with np.errstate(invalid="ignore"):  # an interval that reaches a diverged trial is NaN, and then nothing holds
        return bootstrap(both, of)


def middle(values: Sequence[float | None]) -> Estimate:
    """Return the median of errors (n,), diverged trials infinite, with a bootstrap interval.

    >>> middle([1.0, 2.0, None]).value
    2.0
    """
    with np.errstate(invalid="ignore"):
        return median(errors(values))


def charged(found: Mapping[str, Any], strength: float, goal: float = 5.0) -> Array:
    """Return the test errors (n,) with the size term lambda (N - goal)^2, as the authors report them.

    >>> charged({"test": [1.0, None], "size": [4.0, 5.0]}, 0.1).tolist()
    [1.1, inf]
    """
    with np.errstate(invalid="ignore"):
        term = strength * (np.array(found["size"], dtype=np.float64) - goal) ** 2
    return errors(found["test"]) + np.nan_to_num(term, nan=np.inf)


def better(growing: Sequence[float], grown: Sequence[float]) -> Estimate:
    """Return in what share of the pairs growing has the smaller error, ties half, with Wilson's interval.

    >>> better([1.0, 3.0, 1.0, 2.0], [2.0, 2.0, 2.0, 2.0]).value
    0.625
    """
    a, b = errors(growing), errors(grown)
    return proportion((a < b) + 0.5 * (a == b))


class Noting(NamedTuple):
    """An optimiser that notes the size term before each step in `noted`: the part of that step's loss that is not the error."""

    inner: Any
    noted: list[float]

    rate, orders = RATE, ORDERS

    def bind(self, net: Network, g: Array, loss: str, span: Span) -> Bound:
        """Return the inner step, with the note before it."""
        gradient, update = bind(self.inner, net, g, loss, span)

        def noting(state: State) -> State:
            self.noted[:] = [size_term(net)]
            return update(state)

        return Bound(gradient, noting)

    def observe(self, net: Network) -> dict[str, float]:
        """Return the last note as a column of the history; before the first step there is none."""
        return {"size_term": self.noted[0] if self.noted else np.nan}


def trained(net: Network, parts: Sequence[Array], plan: Plan, rate: float = 1e-3) -> tuple[Network, History]:
    """Train a mask network with full-batch Adam on (X, y, X_test, y_test); a diverged run ends at its last good record.

    In the history, "loss" minus "size_term" is the training error, and "validation_loss" is the test error.

    >>> from minigrow.nimble import controller
    >>> x = np.zeros((4, 1))
    >>> trained(controller([1, 2, 1], rng=0), (x, x, x, x), Plan(10, None, "mse", record=5))[1]["epoch"]
    array([ 5, 10])
    """
    noting = Noting(Adam(rate), [])
    plan = plan._replace(validation=tuple(parts[2:]), observe=noting.observe, quiet=True, backup=True)
    try:
        return fit(*parts[:2], net, rng=0, optimiser=noting, plan=plan)
    except Diverged as stopped:
        return stopped.run.net, stopped.run.history
