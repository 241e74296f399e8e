"""Experiment 4: does starting wide help ("neuroabundance")?

For every pair of a first and a last width, a network trains at the first for a while, then changes its width in a straight line to
the last by growth or removal, then trains on at the last. Networks that end equally wide are compared: those that started wider or
narrower with those that had that width all along (same split, same number of steps).
An epoch here is a number of steps, as the authors' is one pass of 1042 steps: training and changes keep their proportions.
Source: Bird 2026, neuroabundance; widths 7 to 100, 15 + 75 + 10 epochs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from minigrow.experiments.claims import Claim, above, judge, mean
from minigrow.experiments.isotropic.abundance_figures import draw as draw
from minigrow.experiments.isotropic.common import accuracy, network, trained
from minigrow.experiments.protocol import Setting
from minigrow.experiments.registry import Outcome
from minigrow.experiments.shared import child_seeds, overlap, parts, rounded
from minigrow.growth import Event, Plan
from minigrow.growth.plan import Context
from minigrow.isotropic import Network, grow, prune
from minigrow.nn import AdamW

FULL = {
    "repeats": 10, "data": ["digits", "mnist-1d"], "widths": [7, 25, 50, 100], "epochs": [15, 75, 10], "epoch": 160, "batch": 48,
    "rate": 1e-3, "weight_decay": 6.51e-3, "o": "trainable", "psi": "decay",
}  # fmt: skip
QUICK = FULL | {"repeats": 5, "widths": [7, 10, 25], "epoch": 6, "weight_decay": 0.17}
FIGURES = {
    "abundance.png": (
        "Test accuracy for every pair of starting and final width, and what starting at another width gains over "
        "the final width all along (means with 95 % intervals)."
    ),
}
PROTOCOL = (
    Setting(
        "data",
        "CIFAR-10, Caltech-256",
        "data",
        why="neither can be fetched here, nor trained on two cores",
        effect="not measured; the two data sets beside each other show how far it depends on the data",
    ),
    Setting("repeats", 4, "repeats", why="4 give wide intervals", effect="intervals only"),
    Setting(
        "widths",
        [7, 10, 25, 50, 75, 100],
        "widths",
        why="16 pairs instead of 36, for the time",
        effect="not measured; what is left out lies between widths that are there",
    ),
    Setting("epochs before, while and after the change", [15, 75, 10], "epochs"),
    Setting(
        "steps of an epoch",
        1042,
        "epoch",
        why="16 000 steps in all instead of 104 200, for the time",
        effect="digits, 3 repeats, 100 and 200 steps: going from 100 to 50 neurons gains 0.1 and 0.4 pp, from 100 to 7 "
        "-0.7 and -0.3 pp, from 7 to 50 0.2 and 0.3 pp; MNIST-1D, 100 steps: 0.9, -9.0 and 0.3 pp",
    ),
    Setting("batch", 48, "batch"),
    Setting("learning rate", 1e-3, "rate"),
    Setting(
        "weight decay",
        1e-3,
        "weight_decay",
        why="rate x decay x steps is the authors' 0.104 in fewer steps",
        effect="the total decay, by which unused directions die, is matched; at any one step it is 6.5 times as strong",
    ),
    Setting("intrinsic length o", "trainable", "o"),
    Setting("psi", "decay", "psi"),
    Setting("hidden layers", "2 of equal width"),
    Setting(
        "pairs",
        "each network has a seed of its own",
        ours="the networks of a repeat share split, seed and order of samples",
        why="paired differences have smaller intervals",
        effect="intervals only",
    ),
    Setting(
        "what decays",
        "all parameters, log o too",
        ours="all but log o",
        why="minigrow's decay leaves lambda = log o out",
        effect="not measured; the authors' log o would change by 10 % through decay alone",
    ),
)


class Ramp(NamedTuple):
    """A growth policy: both hidden layers go from width `first` to `last` in a straight line over epochs begin to end.

    `epoch` is the number of steps of an epoch. As in the authors' program the first change comes before the first of these
    epochs is trained, and the last before the last of them.

    >>> ramp = Ramp(first=10, last=20, begin=5, end=15, epoch=30)
    >>> [ramp.width(epoch) for epoch in (0, 4, 5, 9, 14, 30)]
    [10, 10, 11, 15, 20, 20]
    """

    first: int
    last: int
    begin: int
    end: int
    epoch: int

    def width(self, epoch: int) -> int:
        """Return the width with which training goes on after this many epochs."""
        share = min(max((epoch + 1 - self.begin) / (self.end - self.begin), 0), 1)
        return round(self.first + share * (self.last - self.first))

    def __call__(self, net: Network, context: Context) -> tuple[Network, tuple[Event, ...]]:
        """Return the network at the width of this epoch and what happened, last hidden layer first."""
        happened: tuple[Event, ...] = ()
        for layer in range(net.layers - 2, -1, -1):
            missing = self.width(context.step // self.epoch) - net.widths[layer + 1]
            if missing > 0:
                net, event = grow(net, layer, missing, rng=context.rng, reason="its turn in the timetable")
                happened += (event,)
            elif missing < 0:
                net, event = prune(net, layer, -missing, reason="its turn in the timetable")
                happened += (event,)
        return net, happened


class Training(NamedTuple):
    """What all networks share: epochs (before, while, after the change), steps of an epoch and so on as in FULL."""

    epochs: list[int]
    epoch: int
    batch: int
    rate: float
    weight_decay: float
    o: str
    psi: str


class Job(NamedTuple):
    """One network: data set, first and last width, seed, training."""

    data: str
    first: int
    last: int
    seed: int
    training: Training


def one(job: Job) -> float:
    """Return the test accuracy (%) at the end."""
    (train, test), t = parts(job.data, job.seed), job.training
    net = network([train.X.shape[1], job.first, job.first, len(train.classes)], job.seed, o=t.o, psi=t.psi)
    run = trained(net, train, job.seed, plan(job), AdamW(rate=t.rate, weight_decay=t.weight_decay))
    return accuracy(run.net, test)


def plan(job: Job) -> Plan:
    """Return how this network is trained, and how its width changes."""
    t, (before, ramp, _) = job.training, job.training.epochs
    policy = Ramp(job.first, job.last, before, before + ramp, t.epoch)
    return Plan(steps=sum(t.epochs) * t.epoch, batch=t.batch, policies=(policy,), every=t.epoch, record=t.epoch)


def run(config: dict[str, Any], seed: int, pmap: Callable) -> Outcome:
    """Try every pair on the same splits of each data set."""
    widths, seeds, names = config["widths"], child_seeds(seed, config["repeats"]), config["data"]
    training = Training(*(config[key] for key in Training._fields))
    jobs = [Job(name, first, last, s, training) for name in names for first in widths for last in widths for s in seeds]
    found = np.array(pmap(one, jobs)).reshape(len(names), len(widths), len(widths), len(seeds))
    scores = {name: rounded(each) for name, each in zip(names, found, strict=True)}
    return Outcome({"widths": widths, "overlap": {name: overlap(name) for name in names}, "accuracy": scores})


def gains(data: dict[str, Any], name: str, started: Callable[[int, int], bool]) -> np.ndarray:
    """Return the gain (pp) for each repeat (n,): mean over pairs of accuracy(first, last) - accuracy(last, last).

    >>> data = {"widths": [1, 2], "accuracy": {"digits": [[[90.0], [91.0]], [[92.0], [93.0]]]}}
    >>> gains(data, "digits", lambda first, last: first > last)
    array([2.])
    """
    widths, found = data["widths"], np.array(data["accuracy"][name])
    pairs = [(i, j) for i, a in enumerate(widths) for j, b in enumerate(widths) if started(a, b)]
    return np.mean([found[i, j] - found[j, j] for i, j in pairs], axis=0)


def claims(data: dict[str, Any]) -> list[Claim]:
    """Judge on each data set what a wider start is worth, and what a narrow start costs."""
    return [claim for name in data["accuracy"] for claim in _judged(data, name)]


def _judged(data, name):
    tightest, unit = min(data["widths"]), "pp of test accuracy"
    starts = (lambda a, b: a > b, lambda a, b: a > b == tightest, lambda a, b: a < b)
    wider, squeezed, narrower = (mean(gains(data, name, started), data["overlap"][name]) for started in starts)
    return [
        judge(f"{name}: starting wide and shrinking helps, against the final width all along",
              "(program) neuroabundance helps", wider, unit, above(0.5)),
        judge(f"{name}: starting wide helps networks that end with {tightest} neurons a layer",
              "(ours) the same, where it is tight", squeezed, unit, above(0.5)),
        judge(f"{name}: starting narrow and growing costs nothing, against the final width all along",
              "abstract 6: real-time restructuring of the architecture", narrower, unit, above(-0.5)),
    ]  # fmt: skip
