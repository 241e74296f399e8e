"""One life of experiment 3 (`tasks`): three tasks come one by one, two go again, and the widths adapt, or stay."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from minigrow.experiments.isotropic.common import network
from minigrow.experiments.isotropic.together import Together, accuracies, task_parts
from minigrow.experiments.shared import rounded
from minigrow.experiments.watching import watching_three
from minigrow.growth import History, Plan, Run, start, train_on
from minigrow.growth.snapshot import keep_snapshots
from minigrow.isotropic import AutoAdapt
from minigrow.isotropic.fit import spectra
from minigrow.nn import AdamW

PHASES = {"task 1": (0,), "tasks 1, 2": (0, 1), "tasks 1, 2, 3": (0, 1, 2), "task 2 only": (1,)}
ADAPTIVE, STATIC, WEAK = ARMS = ("adaptive", "static", "weak")
PICTURES = 37  # rows of the history that keep their weights, for replay
POINTS = 120  # of the widths over time that are kept for the figures


class Setup(NamedTuple):
    """How a network is trained and adapted: steps of a phase, steps from one adaptation to the next, and so on as in FULL."""

    phase: int
    every: int
    batch: int
    rate: float
    weight_decay: float
    tau: float
    scaffold: int
    counted: str
    o: str
    psi: str


class Job(NamedTuple):
    """One network: data set, arm, hidden widths to start from, seed, set-up."""

    data: str
    arm: str
    widths: tuple[int, ...]
    seed: int
    setup: Setup


class Life(NamedTuple):
    """A network's life: its history, and the accuracies (%) on the active tasks of the test set at the end of each phase."""

    history: History
    accuracy: list[list[float]]


def live(job: Job, observe: Callable | None = None) -> Life:
    """Live through the phases. The network adapts before it is tested, at a phase's end too."""
    (train, test), scores = task_parts(job.data, job.seed), []
    run = begun(job, train)
    for number, active in enumerate(PHASES.values(), 1):
        run = train_on(run, Together(train, active, job.setup.batch), plan(job, number, observe))
        scores.append(rounded(accuracies(run.net, test, active)))
    return Life(run.history, scores)


def begun(job: Job, tasks: Any) -> Run:
    """Return the run before its first step; arms of one seed begin with the same weights."""
    s, T = job.setup, len(tasks)
    ends = T * tasks[0].X.shape[1], T * len(tasks[0].classes)
    net = network([ends[0], *job.widths, ends[1]], job.seed, o=s.o, psi=s.psi)
    return start(net, AdamW(rate=s.rate, weight_decay=s.weight_decay), rng=job.seed)


def plan(job: Job, number: int, observe: Callable | None = None) -> Plan:
    """Return the plan up to the end of this phase."""
    s = job.setup
    policies = () if job.arm == STATIC else (AutoAdapt(tau=s.tau, scaffold=s.scaffold, counted=s.counted),)
    return Plan(steps=number * s.phase, loss="blocks", policies=policies, every=s.every, record=s.every, observe=observe,
                quiet=True)  # fmt: skip


def one(job: Job) -> dict[str, Any]:
    """Return widths at the start, now and then, and at the end of each phase, and the accuracies there."""
    life, setup = live(job), job.setup
    widths = np.vstack([job.widths, life.history["widths"][:, 1:-1]]).astype(int)
    ends = np.arange(1, len(PHASES) + 1) * setup.phase // setup.every
    return {
        "start": list(job.widths),
        "ends": widths[ends].tolist(),
        "widths": widths[kept(setup)].T.tolist(),
        "accuracy": life.accuracy,
    }


def shown(job: Job) -> History:
    """Return one network's life with its singular values and, at some rows, all that `growth.watch` sees."""
    phases = [(number * job.setup.phase, words) for number, words in enumerate(PHASES)]
    seen = watching_three(job.data, job.seed, phases=phases, extra=spectra)
    return keep_snapshots(live(job, seen).history, PICTURES)


def kept(setup: Setup) -> np.ndarray:
    """Return which adaptations the figures show, 0 being the start."""
    last = len(PHASES) * setup.phase // setup.every
    return np.unique(np.linspace(0, last, min(last, POINTS) + 1).astype(int))
