"""What does one neuron of the singular basis stand for? Silence it, and see which classes suffer.

Train [d, w, w, K] and silence each neuron of the second hidden layer alone (`ablation`). With D_ik the rise of the loss of class
k's test samples when neuron i is silent (nats, 0 where it falls):

    specificity     the largest share of one class in a neuron's damage, max_k D_ik / sum_k D_ik, from 1/K to 1, as a mean over
                    neurons, each with the weight of its damage ("weighted"), or all alike ("plain": a neuron that
                    does next to nothing then counts as much, and its shares are mostly noise)
    neurons used    exp(entropy of the neurons' shares in the whole damage) / w, from 1/w to 1

An isotropic network is measured in the singular basis of the layer and in random orthogonal bases, which are the same function;
an element-wise tanh network, which has no other basis, in its own.
Source: the abstract of Bird 2026 suggests the use for interpretability; there is no experiment on it, so this one is ours.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from minigrow.datasets import Dataset
from minigrow.experiments.claims import Claim, above, below, geometric, judge, mean
from minigrow.experiments.isotropic.ablation import answers, in_random_basis, in_singular_basis, losses
from minigrow.experiments.isotropic.common import accuracy, in_float64, network, tanh_network, trained
from minigrow.experiments.protocol import Setting
from minigrow.experiments.registry import Outcome
from minigrow.experiments.shared import child_seeds, overlap, parts, rounded
from minigrow.growth import Plan
from minigrow.nn import AdamW
from minigrow.plotting import bars, picture

SAME = {
    "width": 32,
    "steps": 10420,
    "rate": 1e-3,
    "weight_decay": 1e-3,
    "batch": 48,
    "o": "trainable",
    "psi": "decay",
    "bases": 10,
}
FULL = SAME | {"repeats": 20, "data": ["digits", "mnist-1d"]}
QUICK = FULL | {"repeats": 5, "width": 16, "steps": 1042, "bases": 3}
FIGURES = {
    "monitor.png": (
        "Which classes suffer when a neuron is silent: the rise of each class's loss (nats), neuron by neuron, in the singular and "
        "a random basis of one isotropic network and in an element-wise one."
    ),
    "monitor_specificity.png": (
        "The largest share of one class in a neuron's damage, and the share of neurons used, in the singular basis, in random bases "
        "and in element-wise networks (means with 95 % intervals)."
    ),
}
PROTOCOL = (
    Setting("repeats", "none: no experiment on monitoring", "repeats", why="this experiment is ours",
            effect="intervals from 20 networks"),
    Setting("data", "CIFAR-10 and others", "data", why="these come with the package", effect="not measured"),
    Setting("width of both hidden layers", 100, "width", why="so that a picture shows every neuron", effect="not measured"),
    Setting("steps", 52100, "steps", why="time: ten of the authors' fifty epochs", effect="not measured"),
    Setting("rate of AdamW, for both kinds of network", 1e-3, "rate"),
    Setting("weight decay", 1e-3, "weight_decay"),
    Setting("samples in a batch", 48, "batch"),
    Setting("intrinsic length o", "trainable", "o"),
    Setting("correction psi", "decay", "psi"),
    Setting("random bases for each network", "none", "bases", why="control of ours",
            effect="noise of the mean over them: not measured"),
    Setting("layer", "the second hidden layer (experiment 1)"),
)  # fmt: skip
LAYER = 1
SINGULAR, RANDOM, TANH = BASES = ("singular basis", "random basis", "element-wise tanh")
MEASURES = ("weighted", "plain", "used")


class Job(NamedTuple):
    """One repeat: data set, the rest of the configuration as pairs, seed."""

    data: str
    same: tuple[tuple[str, Any], ...]
    seed: int


def damage(net: Any, data: Dataset) -> np.ndarray:
    """Return D (m, K), the rise of each class's mean loss (nats, 0 where it falls) when each neuron is silent."""
    rise = losses(answers(net, LAYER, data.X), data.y) - losses(net(data.X), data.y)
    classes = np.unique(data.y)
    return np.maximum(np.stack([rise[:, data.y == k].mean(axis=1) for k in classes], axis=1), 0)


def measures(D: np.ndarray) -> list[float]:
    """Return specificity, weighted and plain, and the share of neurons used, from D (m, K); neurons without damage do not count.

    >>> measures(np.array([[1.0, 0.0], [0.5, 0.5]]))
    [0.75, 0.75, 1.0]
    >>> measures(np.array([[1.0, 0.0], [0.0, 0.0]]))
    [1.0, 1.0, 0.5]
    """
    m, total = len(D), D.sum(axis=1)
    D, total = D[total > 0], total[total > 0]
    if not len(total):
        return [1 / max(D.shape[1], 1), 1 / max(D.shape[1], 1), 1.0]
    share = total / total.sum()
    entropy = -np.sum(share * np.log(share))
    values = share @ (D.max(axis=1) / total), np.mean(D.max(axis=1) / total), np.exp(entropy) / m
    return [round(float(value), 12) for value in values]


def one(job: Job) -> dict[str, Any]:
    """Train an isotropic and an element-wise network; return their measures, D and accuracies, for each basis."""
    c, (train, test) = dict(job.same), parts(job.data, job.seed)
    widths = [train.X.shape[1], c["width"], c["width"], len(train.classes)]
    plan, optimiser = Plan(steps=c["steps"], batch=c["batch"]), AdamW(rate=c["rate"], weight_decay=c["weight_decay"])
    starts = network(widths, job.seed, o=c["o"], psi=c["psi"]), tanh_network(widths, job.seed)
    net, other = (in_float64(trained(net, train, job.seed, plan, optimiser).net) for net in starts)
    test, rng = test._replace(X=test.X.astype(np.float64)), np.random.default_rng(job.seed)
    drawn = [damage(in_random_basis(net, LAYER, rng), test) for _ in range(c["bases"])]
    found = {SINGULAR: damage(in_singular_basis(net, LAYER), test), RANDOM: drawn[0], TANH: damage(other, test)}
    of = {name: measures(D) for name, D in found.items()} | {
        RANDOM: np.mean([measures(D) for D in drawn], axis=0).tolist()
    }
    return {"measures": of, "damage": found, "accuracy": [accuracy(net, test), accuracy(other, test)]}


def run(config: dict[str, Any], seed: int, pmap: Callable) -> Outcome:
    """Train and measure every repeat on every data set; the first repeat's D are kept for the picture."""
    names, seeds, n = config["data"], child_seeds(seed, config["repeats"]), config["repeats"]
    same = tuple((key, config[key]) for key in SAME)
    found = pmap(one, [Job(name, same, s) for name in names for s in seeds])
    mine = {name: found[i * n : (i + 1) * n] for i, name in enumerate(names)}
    return Outcome({
        "overlap": {name: overlap(name) for name in names},
        "measured": {name: {b: rounded([one["measures"][b] for one in rows]) for b in BASES} for name, rows in mine.items()},
        "accuracy": {name: rounded([one["accuracy"] for one in rows]) for name, rows in mine.items()},
        "damage": {name: {b: rounded(rows[0]["damage"][b], 3) for b in BASES} for name, rows in mine.items()},
    })  # fmt: skip


def claims(data: dict[str, Any]) -> list[Claim]:
    """Judge, for each data set, how class-specific the neurons of the three bases are, and how many of them are used."""
    return [claim for name, share in data["overlap"].items() for claim in _judged(name, data["measured"][name], share)]


def _judged(name, measured, share):
    of = {(b, key): np.array(rows)[:, i] for b, rows in measured.items() for i, key in enumerate(MEASURES)}
    paper = "abstract 10: Diagonalisation is suggested to offer new possibilities for interpretability and monitoring"
    what = "share of one class in a neuron's damage"
    found = [judge(f"{name}: one class bears more than half of the damage of a neuron of the singular basis", paper,
                   mean(of[SINGULAR, "weighted"], share), what, above(0.5))]  # fmt: skip
    for key, words in (("weighted", "weighted by damage"), ("plain", "all neurons alike")):
        for other in (RANDOM, TANH):
            gap = mean(of[SINGULAR, key] - of[other, key], share)
            text = (
                f"{name}: neurons of the singular basis are more class-specific than those of {_those(other)} ({words})"
            )
            found.append(judge(text, paper, gap, f"difference of the {what}", above(0)))
    for other in (RANDOM, TANH):
        ratio = geometric(of[SINGULAR, "used"], of[other, "used"], share)
        text = f"{name}: the damage sits in fewer neurons of the singular basis than of {_those(other)}"
        found.append(judge(text, "abstract 3: simpler to assess the impact of individual connections", ratio,
                           "times as many neurons used", below(1)))  # fmt: skip
    return found


def _those(basis):
    return {RANDOM: "a random basis", TANH: "an element-wise tanh network"}[basis]


def draw(data: dict[str, Any], folder: Path) -> None:
    """Draw `monitor.png`, D of one network in three bases, and `monitor_specificity.png`, the measures of all networks."""
    names = list(data["overlap"])
    with picture(folder / "monitor.png", columns=len(BASES), rows=len(names), panel=(5.2, 5.2)) as axes:
        for row, name in zip(axes, names, strict=True):
            top = max(np.max(data["damage"][name][basis]) for basis in BASES)
            for ax, basis in zip(row, BASES, strict=True):
                D = np.array(data["damage"][name][basis])
                D = D[np.argsort(-D.sum(axis=1))]
                image = ax.imshow(np.sqrt(D / (top or 1)), aspect="auto", cmap="Blues", vmin=0, vmax=1)
                ax.set(title=f"{name}: {basis}", xlabel="class", ylabel="neuron, by damage")
                ax.grid(visible=False)
                bar = ax.figure.colorbar(image, ax=ax, ticks=[0, 0.5, 1])
                bar.ax.set_yticklabels([f"{top * t * t:.2g}" for t in (0, 0.5, 1)])
    with picture(folder / "monitor_specificity.png", columns=2, panel=(7.2, 4.8)) as axes:
        for i, name in enumerate(names):
            rows = [np.array(data["measured"][name][basis]) for basis in BASES]
            x = np.arange(len(BASES)) + 0.1 * (i - (len(names) - 1) / 2)
            for ax, key in zip(axes[0], ("weighted", "used"), strict=True):
                values = np.stack([row[:, MEASURES.index(key)] for row in rows], axis=1)
                bars(ax, x, values, i, name, linestyle="none")
        for ax, title in zip(axes[0], ("largest share of one class", "share of neurons used"), strict=True):
            ax.set(title=title, xlim=(-0.5, len(BASES) - 0.5), ylim=(0, None))
            ax.set_xticks(range(len(BASES)), [basis.replace(" ", "\n") for basis in BASES])
        axes[0, 0].legend(loc="best")
