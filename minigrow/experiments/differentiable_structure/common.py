"""What the experiments share: one run as a job, curves of many runs, the loss that no predictor can beat."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from minigrow.differentiable_structure import easy, hard, train
from minigrow.experiments.differentiable_structure.versions import VERSIONS, begin
from minigrow.growth import Plan, Run

LIMITS = {"easy": 9.614, "hard": 8.959}  # least nats per chunk of 40 symbols for any predictor: 40/7 h(.6)/.4, 5 log 6
SOLVED = 12.0  # nats per chunk: a run that ends below it has solved the hard text
LEARNING = {"rate": 0.01, "clip": 0.01, "pull": 1e-4, "price": 0.0, "memory_in": 0.01, "memory_out": 0.0}


class Job(NamedTuple):
    """One run: parts ((task, until cycle), ...), seed, neurons at the start, numbers that differ from the method's.

    A task is easy, easy75 (the paper's chance of .75), hard or hard5 (groups of five letters); `observe` as in `Plan`. `learning` may
    name rate, clip, pull, price (L1 in the loss), and where memories of incoming and of other weights start: memory_in, memory_out.
    `version` is a name in `versions.VERSIONS`.
    """

    parts: tuple[tuple[str, int], ...]
    seed: int
    neurons: int = 1
    fixed: bool = False
    learning: tuple[tuple[str, float], ...] = ()
    rule: tuple[tuple[str, Any], ...] = ()
    every: int = 1000
    observe: Callable[[Any], dict[str, Any]] | None = None
    version: str = "v3"


TEXTS = {
    "easy": easy,
    "easy75": lambda rng: easy(chance=0.75, rng=rng),
    "hard": hard,
    "hard5": lambda rng: hard(letters=5, rng=rng),
}


def text(task: str, seed: int) -> str:
    """Return a text of this task, the same whenever it is asked for with this seed.

    >>> len(text("hard", 0))
    1200000
    """
    return TEXTS[task](rng=np.random.default_rng([seed, list(TEXTS).index(task)]))


def trained(job: Job) -> Run:
    """Train a network as the job says and return its run.

    >>> trained(Job((("easy", 20), ("hard", 40)), seed=0)).step
    40
    """
    rule = None if job.fixed else VERSIONS[job.version].rule._replace(**dict(job.rule))
    run = begin(job.version, job.neurons, LEARNING | dict(job.learning), np.random.default_rng(job.seed))
    for task, cycles in job.parts:
        plan = Plan(steps=cycles, record=job.every, quiet=True, observe=job.observe)
        run = train(run, text(task, job.seed), plan, rule=rule)
    return run


def curves(job: Job) -> dict[str, list]:
    """Return size and smoothed loss per chunk (nats) at each row of the history, and the total of births and of deaths.

    >>> sorted(curves(Job((("easy", 20),), seed=0, every=10)))
    ['births', 'cycle', 'deaths', 'loss', 'neurons']
    """
    history = trained(job).history
    counted = {kind: sum(event.neurons for event in history.events if event.kind == kind) for kind in ("grow", "prune")}
    loss = [round(float(value), 4) for value in history["loss"]]
    found = {"cycle": history["step"].tolist(), "neurons": history["widths"][:, 1].tolist(), "loss": loss}
    return found | {"births": counted["grow"], "deaths": counted["prune"]}


def column(runs: Sequence[dict[str, Any]], name: str) -> np.ndarray:
    """Return one curve of every run (runs, rows).

    >>> column([{"neurons": [1, 2]}, {"neurons": [1, 3]}], "neurons")
    array([[1, 2],
           [1, 3]])
    """
    return np.array([run[name] for run in runs])


def ends(runs: Sequence[dict[str, Any]], name: str) -> np.ndarray:
    """Return the last value of a curve for every run (runs,).

    >>> ends([{"neurons": [1, 2]}, {"neurons": [1, 3]}], "neurons")
    array([2, 3])
    """
    return column(runs, name)[:, -1]


def solved(runs: Sequence[dict[str, Any]], below: float = SOLVED) -> np.ndarray:
    """Return for every run whether its last loss is below this (runs,).

    >>> solved([{"loss": [20.0, 11.0]}, {"loss": [11.0, 12.0]}])
    array([ True, False])
    """
    return ends(runs, "loss") < below


def limit_lines(ax: Any, end: float) -> None:
    """Draw the loss that no predictor can beat as a dotted line for each text, and say which is which; `end` is the last x."""
    for limit in LIMITS.values():
        ax.axhline(limit, color="black", linewidth=1, linestyle=":")
    ax.text(
        end, min(LIMITS.values()), "limits: easy text (upper), hard text (lower)", ha="right", va="top", fontsize=10.5
    )
