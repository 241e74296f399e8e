"""Which criterion of pruning predicts the damage that a neuron's removal does?

Train [d, w, w, K], turn the second hidden layer into its singular basis, remove each neuron alone, with the corrections of o and
psi, and measure on the test set what that changes:

    epsilon    100 / n sum |z' - z| / |z| (%), of the logits         loss    L' - L (nats)         accuracy    what is lost (pp)

Each criterion of `minigrow.isotropic.criteria` gives every neuron a score, from the weights or from the training set. A
criterion predicts damage as well as its scores order the neurons: Spearman's correlation over the neurons of a network; for
epsilon also Pearson's correlation of the logarithms. The unit of repetition is the trained network.
Source: Bird 2026 orders neurons by sigma; its authors' programs have no experiment on criteria, so this one is ours.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from minigrow.datasets import Dataset
from minigrow.experiments.claims import Claim, above, judge, mean
from minigrow.experiments.isotropic.ablation import answers, in_singular_basis, losses
from minigrow.experiments.isotropic.common import in_float64, network, trained
from minigrow.experiments.protocol import Setting
from minigrow.experiments.registry import Outcome
from minigrow.experiments.shared import child_seeds, overlap, parts, rounded
from minigrow.growth import Plan
from minigrow.isotropic import Network
from minigrow.isotropic.criteria import SCORES, scores
from minigrow.nn import AdamW
from minigrow.plotting import COLOURS, MARKERS, bars, picture

SAME = {"rate": 1e-3, "weight_decay": 1e-3, "batch": 48, "o": "trainable", "psi": "decay"}
FULL = SAME | {"repeats": 20, "data": ["digits", "mnist-1d"], "widths": [16, 32, 100], "steps": 10420}
QUICK = FULL | {"repeats": 5, "widths": [8, 16], "steps": 1042}
FIGURES = {
    "criteria.png": (
        "How well each criterion orders the neurons by the damage of their removal, against width: Spearman correlations with the"
        " change of logits and of the loss on each data set (means with 95 % intervals)."
    ),
    "criteria_neurons.png": (
        "Every neuron of one network on each data set: the change of logits when it is removed against its singular value and "
        "against the product criterion."
    ),
}
PROTOCOL = (
    Setting("repeats", "none: no experiment on criteria", "repeats", why="this experiment is ours",
            effect="intervals from 20 networks"),
    Setting("data", "CIFAR-10 and others", "data", why="these come with the package", effect="not measured"),
    Setting("widths of both hidden layers", 100, "widths", why="to see whether it depends on the width",
            effect="that is what the figure shows"),
    Setting("steps", 52100, "steps", why="time: ten of the authors' fifty epochs",
            effect="on two nets 32 wide, Spearman with the change of logits at 52 100 steps: sigma .78 instead of .61 (digits), "
            ".95 instead of .75 (mnist-1d); product .89 for .81, .98 for .89; activation falls behind product on mnist-1d"),
    Setting("rate of AdamW", 1e-3, "rate"),
    Setting("weight decay", 1e-3, "weight_decay"),
    Setting("samples in a batch", 48, "batch"),
    Setting("intrinsic length o", "trainable", "o"),
    Setting("correction psi", "decay", "psi"),
    Setting("layer", "the second hidden layer (experiment 1)"),
)  # fmt: skip
LAYER = 1
TINY = 1e-300  # logarithms of zeros: a neuron with sigma = 0 has no damage
MEASURES = ("epsilon", "loss", "accuracy", "log epsilon")
COMPARED = {  # measure: the pairs (better, worse) that the claims compare
    "epsilon": (("product", "sigma"), ("activation", "product"), ("optimal", "product")),
    "loss": (("product", "sigma"), ("activation", "product"), ("optimal", "product"), ("taylor", "product")),
    "accuracy": (("product", "sigma"),),
    "log epsilon": (("product", "sigma"),),
}


class Job(NamedTuple):
    """One network: data set, width, steps, the rest of the configuration as pairs, seed."""

    data: str
    width: int
    steps: int
    same: tuple[tuple[str, Any], ...]
    seed: int


def ranks(x: np.ndarray) -> np.ndarray:
    """Return the ranks (n,) of x (n,), the least first; equal values share the mean of their ranks.

    >>> ranks(np.array([5.0, 1.0, 5.0]))
    array([2.5, 1. , 2.5])
    """
    _, place, count = np.unique(x, return_inverse=True, return_counts=True)
    return (np.cumsum(count) - (count - 1) / 2)[place]


def pearson(x: np.ndarray, y: np.ndarray) -> float:
    """Return the correlation of x (n,) and y (n,); 0 where one of them does not vary, since it then predicts nothing.

    >>> round(pearson(np.array([1.0, 2.0]), np.array([3.0, 1.0])), 9), pearson(np.ones(2), np.arange(2.0))
    (-1.0, 0.0)
    """
    x, y = x - x.mean(), y - y.mean()
    size = np.linalg.norm(x) * np.linalg.norm(y)
    return float(x @ y / size) if size > 0 else 0.0


def spearman(x: np.ndarray, y: np.ndarray) -> float:
    """Return Spearman's correlation, that of the ranks.

    >>> spearman(np.array([1.0, 2.0, 9.0]), np.array([0.1, 0.2, 0.3]))
    1.0
    """
    return round(pearson(ranks(x), ranks(y)), 12)


def damage(net: Network, data: Dataset) -> dict[str, np.ndarray]:
    """Return what the removal of each neuron (m,) of the second hidden layer does: epsilon (%), loss (nats), accuracy lost (pp)."""
    z, new, y = net(data.X), answers(net, LAYER, data.X), data.y
    moved = np.linalg.norm(new - z, axis=2) / np.linalg.norm(z, axis=1)
    hits = np.mean(new.argmax(axis=2) == y, axis=1)
    return {
        "epsilon": 100 * moved.mean(axis=1),
        "loss": (losses(new, y) - losses(z, y)).mean(axis=1),
        "accuracy": 100 * (np.mean(z.argmax(axis=1) == y) - hits),
    }


def correlations(score: np.ndarray, harm: dict[str, np.ndarray]) -> list[float]:
    """Return how well a score (m,) goes with each of `MEASURES`.

    >>> correlations(np.array([1.0, 2.0]), {key: np.array([1.0, 3.0]) for key in MEASURES[:3]})
    [1.0, 1.0, 1.0, 1.0]
    """
    logs = [np.log(np.maximum(v, TINY)) for v in (score, harm["epsilon"])]
    return [*(spearman(score, harm[name]) for name in MEASURES[:3]), round(pearson(*logs), 12)]


def one(job: Job) -> dict[str, Any]:
    """Train a network; return {criterion: correlations} under "found", and scores and epsilon of its neurons."""
    c, (train, test) = dict(job.same), parts(job.data, job.seed)
    widths = [train.X.shape[1], job.width, job.width, len(train.classes)]
    net = network(widths, job.seed, o=c["o"], psi=c["psi"])
    plan, optimiser = Plan(steps=job.steps, batch=c["batch"]), AdamW(rate=c["rate"], weight_decay=c["weight_decay"])
    net = in_singular_basis(in_float64(trained(net, train, job.seed, plan, optimiser).net), LAYER)
    harm = damage(net, test._replace(X=test.X.astype(np.float64)))
    score = {by: scores(net, LAYER, by, train.X.astype(np.float64), train.y) for by in SCORES}
    neurons = {by: rounded(score[by], 4) for by in ("sigma", "product")} | {"epsilon": rounded(harm["epsilon"], 4)}
    return {"found": {by: correlations(score[by], harm) for by in SCORES}, "neurons": neurons}


def run(config: dict[str, Any], seed: int, pmap: Callable) -> Outcome:
    """Train every width on every data set, from the same seeds."""
    names, widths, seeds = config["data"], config["widths"], child_seeds(seed, config["repeats"])
    same = tuple((key, config[key]) for key in SAME)
    found = iter(pmap(one, [Job(n, w, config["steps"], same, s) for n in names for w in widths for s in seeds]))
    rows = [[[next(found) for _ in seeds] for _ in widths] for _ in names]
    measured = {
        name: {by: rounded([[one["found"][by] for one in nets] for nets in mine], 4) for by in SCORES}
        for name, mine in zip(names, rows, strict=True)
    }
    neurons = {name: mine[-1][0]["neurons"] for name, mine in zip(names, rows, strict=True)}
    data = {"widths": widths, "overlap": {name: overlap(name) for name in names}}
    return Outcome(data | {"measured": measured, "neurons": neurons})


def claims(data: dict[str, Any]) -> list[Claim]:
    """Judge, for each data set, how well sigma predicts, and the paired differences between criteria, over all widths."""
    return [claim for name in data["overlap"] for claim in _judged(name, data["measured"][name], data["overlap"][name])]


def _judged(name, measured, overlapping):
    """Each network's correlations are averaged over the widths first, so that the seeds are the repeats."""
    of = {
        (by, m): np.array(rows)[:, :, i].mean(axis=0) for by, rows in measured.items() for i, m in enumerate(MEASURES)
    }
    found = []
    for measure, pairs in COMPARED.items():
        unit, what = ("Pearson, of logarithms" if "log" in measure else "Spearman"), _words(measure)
        if measure != "accuracy":
            paper = "abstract 3: simpler to assess the impact of individual connections on the function"
            text = f"{name}: singular values predict {what} of a removal: correlation above .5"
            found.append(
                judge(text, paper, mean(of["sigma", measure], overlapping), f"correlation ({unit})", above(0.5))
            )
        for better, worse in pairs:
            gain = mean(of[better, measure] - of[worse, measure], overlapping)
            text = f"{name}: {better} predicts {what} of a removal better than {worse}"
            found.append(judge(text, PAPERS[better, worse], gain, f"difference of correlations ({unit})", above(0)))
    return found


PAPERS = {
    ("product", "sigma"): "(replication) .859 product, .815 sigma",
    ("activation", "product"): "(ours) data know more than weights",
    ("optimal", "product"): "(ours) the yardstick of optimal removal",
    ("taylor", "product"): "(ours) the loss's own slope",
}


def _words(measure):
    return {"epsilon": "the change of logits", "loss": "the change of the loss", "accuracy": "the loss of accuracy",
            "log epsilon": "the size of the change of logits"}[measure]  # fmt: skip


def draw(data: dict[str, Any], folder: Path) -> None:
    """Draw `criteria.png`, correlations against width, and `criteria_neurons.png`, every neuron of one network."""
    names, widths = list(data["overlap"]), data["widths"]
    with picture(folder / "criteria.png", columns=2, rows=len(names), panel=(7.2, 4.8)) as axes:
        for row, name in zip(axes, names, strict=True):
            for ax, measure in zip(row, MEASURES, strict=False):
                for i, (by, rows) in enumerate(data["measured"][name].items()):
                    x = np.array(widths) * 1.03 ** (i - 2.5)  # beside each other
                    bars(ax, x, np.array(rows)[:, :, MEASURES.index(measure)].T, i, by)
                ax.set(title=f"{name}: {_words(measure)}", xlabel="neurons per layer", xscale="log", ylim=(None, 1.02))
                ax.set_xticks(widths, widths)
                ax.minorticks_off()
            row[0].set_ylabel("Spearman correlation")
        axes[0, 0].legend(loc="lower left", ncols=2)
    with picture(folder / "criteria_neurons.png", columns=len(names), panel=(7.2, 4.8)) as axes:
        for ax, name in zip(axes[0], names, strict=True):
            neurons = data["neurons"][name]
            for i, by in enumerate(("sigma", "product")):
                score = np.maximum(neurons[by], 1e-9) / np.max(neurons[by])
                ax.plot(score, neurons["epsilon"], MARKERS[i], color=COLOURS[i], mfc=("none", COLOURS[i])[i], label=by)
            ax.set(title=f"{name}: one network", xlabel="score / its largest", xscale="log", yscale="log")
            ax.set_ylabel("change of logits (%)")
            ax.legend(loc="best")
