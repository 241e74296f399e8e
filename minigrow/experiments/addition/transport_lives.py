"""The lives behind `transport`: one network trains, every rule lets it grow once, and every transport carries its optimiser on."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from minigrow.addition import table
from minigrow.addition.proposal import Proposal, apply, look
from minigrow.datasets import Dataset, split
from minigrow.experiments.shared import parts
from minigrow.growth import Diverged, Plan, Run, accept, start, train
from minigrow.growth.loop import evaluate
from minigrow.nn import MLP, Adam, AdamW, Momentum

RULES = (
    "random_in", "random_small", "gradmax", "tiny", "senn", "north_pre", "wider", "splitting", "variance_transfer"
)  # fmt: skip
OPTIMISERS = {
    "momentum": lambda rate, c: Momentum(rate, beta=c["beta"]),
    "adam": lambda rate, c: Adam(rate),
    "adamw": lambda rate, c: AdamW(rate, weight_decay=c["weight_decay"]),
}
NEVER, WIDE = "never grown", "wide from the start"


class Job(NamedTuple):
    """One network and all that becomes of it: data set, optimiser, its rate, the rest of the configuration as pairs, seed."""

    data: str
    optimiser: str
    rate: float
    same: tuple[tuple[str, Any], ...]
    seed: int


class Life(NamedTuple):
    """Training losses at the looks, test accuracy (%) at the last, and the greatest relative difference from never having grown."""

    losses: list[float]
    accuracy: float
    gap: float = math.nan


class Parts(NamedTuple):
    """Rows to train on, rows held out for tuning and for the amplitude, and the test set."""

    train: Dataset
    held: Dataset
    test: Dataset


def parts_of(job: Job) -> Parts:
    """Return the data of a job; a fifth of the training set is held out."""
    whole, test = parts(job.data, job.seed, np.float64)
    return Parts(*split(whole, 0.2, rng=job.seed), test)


def begun(job: Job, data: Parts, wide: bool) -> Run:
    """Return a run before its first step: a tanh MLP of one hidden layer, with the new neurons in it from the start if `wide`."""
    c, classes = dict(job.same), len(data.train.classes)
    width = c["width"] + wide * neurons(c["new"], classes)
    net = MLP.create([data.train.X.shape[1], width, classes], "tanh", rng=job.seed)
    return start(net, OPTIMISERS[job.optimiser](job.rate, c), rng=job.seed)


def neurons(new: int, classes: int) -> int:
    """Return how many neurons are added: an even number that all rules can give, at most the rank of what the outputs ask for.

    The gradients of a softmax add up to 0 over the classes, so that rank is one less than their number.

    >>> [neurons(8, classes) for classes in (10, 6, 2)]
    [8, 4, 2]
    """
    return min(new, max(2, (classes - 1) // 2 * 2))


def on(run: Run, data: Parts, steps: int, batch: int) -> Run:
    """Train until this step."""
    return train(run, data.train.X, data.train.y, Plan(steps=steps, batch=batch, quiet=True))


def lived(run: Run, data: Parts, looks: Sequence[int], c: dict[str, Any]) -> Life:
    """Go on from a run and look at the loss on the first training rows so many steps later."""
    X, y, first, losses = data.train.X[: c["samples"]], data.train.y[: c["samples"]], run.step, []
    for step in looks:
        run = on(run, data, first + step, c["batch"])
        losses.append(evaluate(run.net, X, y)["validation_loss"])
    return Life(losses, 100 * evaluate(run.net, data.test.X, data.test.y)["validation_accuracy"])


def one(job: Job) -> dict[str, Any]:
    """Return the lives of a network: never grown, wide from the start, and by (rule, transport); and which rules kept the function."""
    c, data = dict(job.same), parts_of(job)
    half = on(begun(job, data, wide=False), data, c["before"], c["batch"])
    full = on(begun(job, data, wide=True), data, c["before"], c["batch"])
    never = lived(half, data, c["looks"], c)
    lives: dict[Any, Life] = {NEVER: never, WIDE: lived(full, data, c["looks"], c)}
    seen = look(half.net, 0, data.train.X[: c["samples"]], data.train.y[: c["samples"]])
    k, kept = neurons(c["new"], len(data.train.classes)), []
    for name in c["rules"]:
        proposal = table.RULES[name].propose(seen, k=k, rng=job.seed)
        net, event = apply(half.net, 0, proposal, amplitude(half.net, proposal, data, c["amplitudes"]))
        grown = {way: accept(half, net, event, transport=way) for way in c["transports"]}
        for way, life in each_once(grown, lambda run: lived(run, data, c["looks"], c)).items():
            gap = np.max(np.abs(np.divide(life.losses, never.losses) - 1))
            lives[name, way] = life._replace(gap=float(gap))
        kept += [name] * proposal.kept
    return {"lives": lives, "kept": kept}


def each_once(runs: dict[str, Run], live: Callable[[Run], Life]) -> dict[str, Life]:
    """Return the life of every run; of runs that remember the same, bit for bit, one lives for all (law growth.pad: pad and follow)."""
    found: dict[str, Life] = {}
    for way, run in runs.items():
        twins = [other for other in found if _equal(runs[other], run)]
        found[way] = found[twins[0]] if twins else live(run)
    return found


def _equal(a, b):
    slots = zip(a.state.slots, b.state.slots, strict=True)
    return a.optimiser == b.optimiser and a.state.t == b.state.t and all(np.array_equal(*pair) for pair in slots)


def amplitude(net: MLP, proposal: Proposal, data: Parts, amplitudes: Sequence[float]) -> float:
    """Return the amplitude that is best on the held-out rows; 1 where the function is kept, and for variance transfer.

    The least is above 0: with 0 the neurons would be there, and never get a gradient.
    """
    if proposal.kept or proposal.rule == "variance_transfer":
        return 1.0
    held = [evaluate(apply(net, 0, proposal, g)[0], data.held.X, data.held.y) for g in amplitudes]
    return amplitudes[int(np.argmin([found["validation_loss"] for found in held]))]


def static(job: Job) -> float:
    """Return minus the held-out loss of a network that is wide from the start, at the last look: what rates are tuned on."""
    c, data = dict(job.same), parts_of(job)
    try:
        run = on(begun(job, data, wide=True), data, c["before"] + c["looks"][-1], c["batch"])
    except Diverged:
        return math.nan
    return -evaluate(run.net, data.held.X, data.held.y)["validation_loss"]
