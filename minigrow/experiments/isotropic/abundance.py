"""Experiment 4: does starting wide help ("neuroabundance")?

For every pair of a first and a last width, a network trains at the first for a while, then changes its width linearly to the
last by growth or removal after each epoch, then trains on at the last. Networks that end equally wide are compared: those that
started wider or narrower with those that had that width all along (same split, same number of epochs).
Source: Bird 2026, neuroabundance; widths 7 to 100, 15 + 75 + 10 epochs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from minigrow.experiments.claims import Claim, judge, mean
from minigrow.experiments.isotropic.common import accuracy, network, trained
from minigrow.experiments.registry import Outcome
from minigrow.experiments.shared import child_seeds, digit_parts, rounded
from minigrow.growth import Event, Plan
from minigrow.growth.plan import Context
from minigrow.isotropic import Network, grow, prune
from minigrow.plotting import bars, picture

QUICK = {"repeats": 5, "widths": [7, 10, 25, 100], "epochs": [10, 50, 10]}
FULL = {"repeats": 10, "widths": [7, 10, 25, 50, 75, 100], "epochs": [15, 75, 10]}
FIGURES = {
    "abundance.png": (
        "Test accuracy for every pair of starting and final width, and what starting at another width gains over "
        "the final width all along (means with 95 % intervals)."
    ),
}


class Ramp(NamedTuple):
    """A growth policy: both hidden layers go from width `first` to `last` in a straight line over epochs begin to end.

    >>> ramp = Ramp(first=10, last=20, begin=5, end=15)
    >>> [ramp.width(epoch) for epoch in (0, 5, 10, 15, 30)]
    [10, 10, 15, 20, 20]
    """

    first: int
    last: int
    begin: int
    end: int

    def width(self, epoch: int) -> int:
        """Return the width after this epoch."""
        share = min(max((epoch - self.begin) / (self.end - self.begin), 0), 1)
        return round(self.first + share * (self.last - self.first))

    def __call__(self, net: Network, context: Context) -> tuple[Network, tuple[Event, ...]]:
        """Return the network at the width of this epoch and what happened, last hidden layer first."""
        happened: tuple[Event, ...] = ()
        for layer in range(net.layers - 2, -1, -1):
            missing = self.width(context.epoch) - net.widths[layer + 1]
            if missing > 0:
                net, event = grow(net, layer, missing, rng=context.rng, reason="schedule")
                happened += (event,)
            elif missing < 0:
                net, event = prune(net, layer, -missing, reason="schedule")
                happened += (event,)
        return net, happened


class Job(NamedTuple):
    """One network: its first and last width, epochs (before, while, after), seed."""

    first: int
    last: int
    epochs: list[int]
    seed: int


def one(job: Job) -> float:
    """Return the test accuracy (%) at the end."""
    train, test = digit_parts(job.seed)
    before, ramp, _ = job.epochs
    plan = Plan(epochs=sum(job.epochs), policies=(Ramp(job.first, job.last, before, before + ramp),))
    run = trained(network([64, job.first, job.first, 10], job.seed), train, job.seed, plan)
    return accuracy(run.net, test)


def run(config: dict[str, Any], seed: int, pmap: Callable) -> Outcome:
    """Try every pair on the same splits."""
    widths, seeds = config["widths"], child_seeds(seed, config["repeats"])
    jobs = [Job(first, last, config["epochs"], s) for first in widths for last in widths for s in seeds]
    found = np.array(pmap(one, jobs)).reshape(len(widths), len(widths), len(seeds))
    return Outcome({"widths": widths, "accuracy": rounded(found)})


def gains(data: dict[str, Any], started: Callable[[int, int], bool]) -> np.ndarray:
    """Return the gain (pp) for each repeat (n,): mean over pairs of accuracy(first, last) - accuracy(last, last).

    >>> data = {"widths": [1, 2], "accuracy": [[[90.0], [91.0]], [[92.0], [93.0]]]}
    >>> gains(data, lambda first, last: first > last)
    array([2.])
    """
    widths, found = data["widths"], np.array(data["accuracy"])
    pairs = [(i, j) for i, a in enumerate(widths) for j, b in enumerate(widths) if started(a, b)]
    return np.mean([found[i, j] - found[j, j] for i, j in pairs], axis=0)


def claims(data: dict[str, Any]) -> list[Claim]:
    """Judge what a wider start is worth, and what a narrow start costs."""
    wider, narrower = mean(gains(data, lambda a, b: a > b)), mean(gains(data, lambda a, b: a < b))
    tightest = min(data["widths"])
    squeezed = mean(gains(data, lambda a, b: a > b == tightest))
    return [
        judge("starting wide and shrinking helps, against the final width all along",
              "neuroabundance helps (replication: +0.14 pp, that is no)", wider, "pp of test accuracy",
              "interval above 0 and mean at least 0.5", wider.low > 0 and wider.value >= 0.5),
        judge(f"starting wide helps networks that end with {tightest} neurons a layer", "(ours) the same, where it is tight",
              squeezed, "pp of test accuracy", "interval above 0", squeezed.low > 0),
        judge("starting narrow and growing costs nothing, against the final width all along",
              "growth keeps what was learned", narrower, "pp of test accuracy", "interval above -0.5", narrower.low > -0.5),
    ]  # fmt: skip


def draw(data: dict[str, Any], folder: Path) -> None:
    """Draw `abundance.png`: accuracy for every pair of widths, and the gain over the final width all along."""
    widths, found = data["widths"], np.array(data["accuracy"])
    matched = found[np.arange(len(widths)), np.arange(len(widths))]
    x = np.arange(len(widths))
    with picture(folder / "abundance.png", columns=2, panel=(7.6, 5.8)) as axes:
        _grid(axes[0, 0], widths, found)
        ax = axes[0, 1]
        for i, width in enumerate(widths):
            shift = 0.1 * (i - (len(widths) - 1) / 2)
            bars(ax, x + shift, (found[:, i] - matched[i]).T, i, f"{width} at the end")
        ax.axhline(0, color="black", linewidth=1)
        ax.set_xticks(x, widths)
        ax.set(
            title="gain over that width all along", xlabel="neurons a layer at the start", ylabel="test accuracy (pp)"
        )
        ax.legend(ncols=2)


def _grid(ax: Any, widths: Sequence[int], found: np.ndarray) -> None:
    means, errors = found.mean(axis=2), found.std(axis=2, ddof=min(1, found.shape[2] - 1)) / np.sqrt(found.shape[2])
    ax.imshow(means, cmap="cividis", origin="lower", aspect="auto")
    ax.grid(False)
    for i, j in np.ndindex(means.shape):
        dark = means[i, j] < (means.min() + means.max()) / 2
        ax.text(j, i, f"{means[i, j]:.1f}\n±{errors[i, j]:.1f}", ha="center", va="center", fontsize=12.5,
                color="white" if dark else "black")  # fmt: skip
    ax.set_xticks(range(len(widths)), widths)
    ax.set_yticks(range(len(widths)), widths)
    ax.set(
        title="test accuracy (%), ± standard error",
        xlabel="neurons a layer at the end",
        ylabel="neurons a layer at the start",
    )
