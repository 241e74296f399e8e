"""Experiment 0: what does growing or pruning cost against a training step and an epoch?

Networks are timed one after the other. After five epochs to warm up, each timed epoch is followed by every move once, so
that ratios compare times taken close together. A move includes carrying AdamW's state along.
Departure from the paper: it times [3072, 500, 500, 10] on CIFAR-10; here the inputs of that size are random numbers
(time does not depend on their values), and as many of them as there are digits.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from minigrow.datasets import Dataset, from_arrays
from minigrow.experiments.claims import Claim, Estimate, judge, median
from minigrow.experiments.isotropic.common import network, on, trained
from minigrow.experiments.registry import Outcome
from minigrow.experiments.shared import child_seeds, digit_parts, rounded
from minigrow.growth import Plan, Run, follow
from minigrow.isotropic import diagonalise, grow, left_diagonalise, prune, singular_values
from minigrow.plotting import COLOURS, MARKERS, picture

QUICK = {"repeats": 7, "warm": 2, "networks": [[64, 32, 32, 10], [64, 100, 100, 10], [64, 500, 500, 10]]}
FULL = {"repeats": 25, "warm": 5, "networks": [[64, 32, 32, 10], [64, 500, 500, 10], [3072, 500, 500, 10]]}
FIGURES = {
    "timing.png": (
        "Milliseconds of an epoch, a training step and every change of the network, in three networks: medians "
        "with 95 % intervals on a logarithmic axis."
    ),
}
BATCH, PAPER_STEPS = 48, 1042  # 50 000 images of CIFAR-10 in batches of 48
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
    """One network: its widths, how many epochs to warm up and to time, and its seed."""

    widths: list[int]
    warm: int
    repeats: int
    seed: int


def data_for(inputs: int, seed: int) -> Dataset:
    """Return the training digits, or as many random samples (1438, inputs) where that is not 64.

    >>> data_for(100, 0).X.shape
    (1438, 100)
    """
    train = digit_parts(seed)[0]
    if inputs == train.X.shape[1]:
        return train
    noise = np.random.default_rng(seed).standard_normal((len(train.y), inputs), dtype=np.float32)
    return from_arrays(noise, train.y)


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
    data, rng = data_for(job.widths[0], job.seed), np.random.default_rng(job.seed)
    run = trained(network(job.widths, job.seed), data, job.seed, Plan(epochs=job.warm))
    seconds: dict[str, list[float]] = {name: [] for name in ("epoch", "step", *MOVES, CHECK)}
    for _ in range(job.repeats):
        took, run = clocked(lambda run=run: on(run, data, Plan(epochs=run.epoch + 1)))
        seconds["epoch"].append(took)
        seconds["step"].append(took / -(-len(data.y) // BATCH))
        for name, move in MOVES.items():
            seconds[name].append(clocked(lambda move=move, run=run: _moved(move, run, rng))[0])
        seconds[CHECK].append(clocked(lambda run=run: [singular_values(run.net, layer) for layer in (0, 1)])[0])
    return seconds


def _moved(move: Callable, run: Run, rng: np.random.Generator) -> Any:
    net, event = move(run.net, rng)
    return net, follow((event,), run.optimiser, run.state, run.net)


def run(config: dict[str, Any], seed: int, pmap: Callable) -> Outcome:
    """Time every network, one at a time: jobs that run side by side would disturb each other's clock."""
    networks = config["networks"]
    seeds = child_seeds(seed, len(networks))
    jobs = [Job(widths, config["warm"], config["repeats"], s) for widths, s in zip(networks, seeds, strict=True)]
    return Outcome({"networks": networks, "seconds": [rounded_seconds(measure(job)) for job in jobs]})


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
    """Judge the costs on the widest network of the digits."""
    widths, seconds = [pair for pair in zip(data["networks"], data["seconds"], strict=True) if pair[0][0] == 64][-1]
    grown, cut = ratio(seconds, GROW, "step"), ratio(seconds, SVD, "epoch")
    short, check = ratio(seconds, REFLECTION, SVD), ratio(seconds, CHECK, "epoch")
    wide, widest = data["networks"][-1], data["seconds"][-1]
    paper_sized = median(100 * np.divide(widest[SVD], widest["step"]) / PAPER_STEPS)
    below = "upper end of the interval <= 1"
    paper = "the network is restructured while it trains"
    return [
        judge(f"appending one neuron to {widths} costs no more than one training step", paper, grown, "steps", below,
              grown.high <= 1),
        judge(f"removing one neuron from {widths} costs less than an epoch of the digits", paper, cut, "epochs", below,
              cut.high <= 1),
        judge(f"removing one neuron from {wide} is cheap beside an epoch as long as the paper's ({PAPER_STEPS} steps)",
              paper, paper_sized, "% of such an epoch", "upper end of the interval <= 10", paper_sized.high <= 10),
        judge("finding the last singular pair alone is cheaper than the whole SVD", "(ours) removal needs only the least "
              "singular pair", short, "of the SVD's time", below, short.high <= 1),
        judge("watching the singular values of both layers costs less than an epoch", paper, check, "epochs", below,
              check.high <= 1),
    ]  # fmt: skip


def draw(data: dict[str, Any], folder: Path) -> None:
    """Draw `timing.png`: the time of every move beside a step and an epoch, one panel for each network."""
    with picture(
        folder / "timing.png", columns=len(data["networks"]), panel=(4.8, 5.0), sharex=True, sharey=True
    ) as axes:
        for ax, widths, seconds in zip(axes[0], data["networks"], data["seconds"], strict=True):
            for row, (name, values) in enumerate(reversed(seconds.items())):
                e = median(1e3 * np.array(values))
                i = 0 if name in ("epoch", "step") else 1  # training, or a move
                error = [[e.value - e.low], [e.high - e.value]]
                ax.errorbar(e.value, row, xerr=error, fmt=MARKERS[i], color=COLOURS[i], capsize=4)
                text = f"{rounded(e.value, 2):g}"
                ax.annotate(text, (e.high, row), xytext=(7, -5), textcoords="offset points", fontsize=13)
            ax.set(xscale="log", title=str(widths), xlabel="milliseconds, one thread", ylim=(-0.6, len(seconds) - 0.4))
            ax.set_yticks(range(len(seconds)), list(reversed(seconds)))
            ax.margins(x=0.2)
