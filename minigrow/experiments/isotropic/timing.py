"""Experiment 0: what does growing or pruning cost against a training step and an epoch?

Networks are timed one after the other. After some epochs to warm up, each timed epoch is followed by every move once, so
that ratios compare times taken close together. A move includes carrying AdamW's state along.
What is measured is speed, which does not depend on what the inputs are: they are random numbers, so there is no choice of data.
Source: Bird 2026, timing on CIFAR-10.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from minigrow.datasets import Dataset, from_arrays
from minigrow.experiments.claims import Claim, Estimate, below, judge, median
from minigrow.experiments.isotropic.common import network, on, trained
from minigrow.experiments.isotropic.timing_figures import draw as draw
from minigrow.experiments.protocol import Setting
from minigrow.experiments.registry import Outcome
from minigrow.experiments.shared import child_seeds, rounded
from minigrow.growth import Plan, Run, follow
from minigrow.isotropic import diagonalise, grow, left_diagonalise, prune, singular_values
from minigrow.nn import AdamW

FULL = {
    "repeats": 25, "warm": 5, "networks": [[64, 32, 32, 10], [64, 500, 500, 10], [3072, 500, 500, 10]], "steps": 30, "batch": 48,
    "rate": 1e-3, "weight_decay": 1e-3, "o": "trainable", "psi": "decay",
}  # fmt: skip
QUICK = FULL | {"repeats": 7, "warm": 2, "networks": [[64, 32, 32, 10], [64, 100, 100, 10], [64, 500, 500, 10]]}
FIGURES = {
    "timing.png": (
        "Milliseconds of an epoch, a training step and every change of the network, in three networks: medians "
        "with 95 % intervals on a logarithmic axis."
    ),
}
PAPER_STEPS = 1042  # of an epoch: 50 000 images of CIFAR-10 in batches of 48
PROTOCOL = (
    Setting(
        "data",
        "CIFAR-10",
        ours="random inputs and labels of the same size",
        why="speed does not depend on what they are",
        effect="none",
    ),
    Setting(
        "networks",
        [[3072, 500, 500, 10]],
        "networks",
        why="two small ones show how the ratios depend on size",
        effect="claims name the network that they judge",
    ),
    Setting("timed epochs", 25, "repeats"),
    Setting("epochs to warm up", 5, "warm"),
    Setting(
        "steps of an epoch",
        PAPER_STEPS,
        "steps",
        why="25 epochs of 1042 steps would take hours on two cores",
        effect="shares of an epoch are told for 30 steps, and for 1042 by the time of a step",
    ),
    Setting("batch", 48, "batch"),
    Setting("learning rate", 1e-3, "rate"),
    Setting("weight decay", 1e-3, "weight_decay"),
    Setting("intrinsic length o", "trainable", "o"),
    Setting("psi", "decay", "psi"),
    Setting(
        "moves",
        "one addition or removal an epoch, in runs of their own, so that widths drift from 500 to 530 or 470",
        ours="every move once behind each epoch, its result thrown away",
        why="all are timed on the same network",
        effect="not measured; widths 6 % apart",
    ),
    Setting(
        "machine",
        "RTX 3080",
        ours="one thread of a processor",
        why="NumPy",
        effect="the authors' own output has 0.2 % of an epoch for a removal and for an addition",
    ),
)
GROW, SVD, REFLECTION = "append one", "remove one, whole SVD", "remove one, last pair"
MOVES: dict[str, Callable] = {
    GROW: lambda net, rng: grow(net, 1, 1, rng=rng),
    SVD: lambda net, rng: prune(net, 1, 1),
    REFLECTION: lambda net, rng: prune(net, 1, 1, by="reflection"),
    "left-diagonalise": lambda net, rng: left_diagonalise(net, 1),
    "diagonalise fully": lambda net, rng: diagonalise(net, 1),
}
CHECK = "read both spectra"


class Job(NamedTuple):
    """One network: its widths, its seed, and the rest as in FULL."""

    widths: list[int]
    seed: int
    repeats: int
    warm: int
    steps: int
    batch: int
    rate: float
    weight_decay: float
    o: str
    psi: str


def data_for(job: Job) -> Dataset:
    """Return random samples (steps * batch, inputs) with random classes, so that an epoch has that many steps.

    >>> data_for(Job([100, 8, 10], 0, 1, 1, 30, 48, 1e-3, 1e-3, "none", "none")).X.shape
    (1440, 100)
    """
    rng, n = np.random.default_rng(job.seed), job.steps * job.batch
    noise = rng.standard_normal((n, job.widths[0]), dtype=np.float32)
    return from_arrays(noise, rng.permutation(n) % job.widths[-1])


def clocked(action: Callable[[], Any]) -> tuple[float, Any]:
    """Return the seconds an action takes, and what it returns.

    >>> clocked(lambda: 3)[1]
    3
    """
    began = time.perf_counter()
    result = action()
    return time.perf_counter() - began, result


def measure(job: Job) -> dict[str, list[float]]:
    """Return the seconds (repeats,) of an epoch, of one step, of every move, and of reading the singular values."""
    data, rng = data_for(job), np.random.default_rng(job.seed)
    net = network(job.widths, job.seed, o=job.o, psi=job.psi)
    run = trained(net, data, job.seed, _plan(job, job.warm), AdamW(rate=job.rate, weight_decay=job.weight_decay))
    seconds: dict[str, list[float]] = {name: [] for name in ("epoch", "step", *MOVES, CHECK)}
    for _ in range(job.repeats):
        took, run = clocked(lambda run=run: on(run, data, _plan(job, run.epoch + 1)))
        seconds["epoch"].append(took)
        seconds["step"].append(took / job.steps)
        for name, move in MOVES.items():
            seconds[name].append(clocked(lambda move=move, run=run: _moved(move, run, rng))[0])
        seconds[CHECK].append(clocked(lambda run=run: [singular_values(run.net, layer) for layer in (0, 1)])[0])
    return seconds


def _plan(job, epochs):
    return Plan(epochs=epochs, batch=job.batch)


def _moved(move: Callable, run: Run, rng: np.random.Generator) -> Any:
    net, event = move(run.net, rng)
    return net, follow((event,), run.optimiser, run.state, run.net)


def run(config: dict[str, Any], seed: int, pmap: Callable) -> Outcome:
    """Time every network, one at a time: jobs that run side by side would disturb each other's clock."""
    networks = config["networks"]
    seeds = child_seeds(seed, len(networks))
    rest = [config[key] for key in Job._fields[2:]]
    jobs = [Job(widths, s, *rest) for widths, s in zip(networks, seeds, strict=True)]
    return Outcome(
        {"networks": networks, "steps": config["steps"], "seconds": [rounded_seconds(measure(job)) for job in jobs]}
    )


def rounded_seconds(seconds: dict[str, list[float]]) -> dict[str, list[float]]:
    """Return the same seconds with four significant digits.

    >>> rounded_seconds({"a": [1.23456]})
    {'a': [1.235]}
    """
    return {name: rounded(values, 4) for name, values in seconds.items()}


def ratio(seconds: dict[str, list[float]], name: str, to: str) -> Estimate:
    """Return the median over repeats of seconds[name] / seconds[to], with its interval.

    >>> ratio({"a": [1.0, 2.0], "b": [2.0, 4.0]}, "a", "b").value
    0.5
    """
    return median(np.divide(seconds[name], seconds[to]))


def claims(data: dict[str, Any]) -> list[Claim]:
    """Judge the costs on the widest network with few inputs, and on the last one, which is of the authors' size in full mode."""
    narrow = min(widths[0] for widths in data["networks"])
    pairs = zip(data["networks"], data["seconds"], strict=True)
    widths, seconds = [pair for pair in pairs if pair[0][0] == narrow][-1]
    wide, widest = data["networks"][-1], data["seconds"][-1]
    paper_sized = [median(100 * np.divide(widest[move], widest["step"]) / PAPER_STEPS) for move in (SVD, GROW)]
    paper, epoch = "abstract 6: real-time restructuring of the architecture", f"an epoch of {data['steps']} steps"
    return [
        judge(f"appending one neuron to {widths} costs less than one training step", paper, ratio(seconds, GROW, "step"), "steps",
              below(1)),
        judge(f"removing one neuron from {widths} costs less than {epoch}", paper, ratio(seconds, SVD, "epoch"), "epochs",
              below(1)),
        *(judge(f"{act} {wide} is cheap beside an epoch as long as the paper's ({PAPER_STEPS} steps)",
                paper, found, "% of such an epoch", below(10))
          for act, found in zip(("removing one neuron from", "appending one neuron to"), paper_sized, strict=True)),
        judge("finding the last singular pair alone is cheaper than the whole SVD", "(ours) removal needs only the least "
              "singular pair", ratio(seconds, REFLECTION, SVD), "of the SVD's time", below(1)),
        judge(f"watching the singular values of both layers costs less than {epoch}", paper, ratio(seconds, CHECK, "epoch"),
              "epochs", below(1)),
    ]  # fmt: skip
