"""Experiment 5: can half of the parameters be rotated to zero, with the same function?

Train networks of several depths, diagonalise every second hidden-to-hidden matrix, and count the parameters |p| > 1e-4 before
and after: all of them, as the authors' program does, and those of W_2 ... W_{L-1} alone. With D hidden layers of width w there
are D - 1 such matrices, of which floor(D / 2) become diagonal. So of P parameters in all there stay

    hidden to hidden   1 - floor(D / 2) / (D - 1) (1 - 1 / w)        all   1 - floor(D / 2) (w^2 - w) / P

Both tend to 1/2 as D and w grow; at the authors' sizes (500 or 1000 wide, 784 to 12288 inputs) 63 to 96 % of all stay.
Training is in float32; the rotation and the comparison with the net as it was are in float64.
Source: Bird 2026, alternating sparsification; 2 to 6 hidden layers of 500 or 1000. Here much deeper ones as well.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from minigrow.experiments.claims import Claim, exactly, judge, mean, within
from minigrow.experiments.isotropic.common import accuracy, in_float64, moved_by, network, trained
from minigrow.experiments.isotropic.sparsification_figures import draw as draw
from minigrow.experiments.protocol import Setting
from minigrow.experiments.registry import Outcome
from minigrow.experiments.shared import child_seeds, parts, rounded, rows_of
from minigrow.growth import Plan
from minigrow.isotropic import Network, sparsify
from minigrow.nn import AdamW

SAME = {"rate": 1e-3, "weight_decay": 1e-3, "batch": 48, "o": "trainable", "psi": "decay", "threshold": 1e-4}
DEPTHS = (2, 3, 4, 5, 6)
QUICK = SAME | {
    "repeats": 5,
    "data": ["digits", "mnist-1d"],
    "shapes": [*([d, 64, 60] for d in DEPTHS), [41, 64, 20]],
}
FULL = SAME | {
    "repeats": 10,
    "data": ["digits", "mnist-1d"],
    "shapes": [*([d, 100, 2605] for d in DEPTHS), *([d, 250, 521] for d in DEPTHS), [41, 64, 521]],
}
FIGURES = {
    "sparsification.png": (
        "Share of parameters that is left after rotating, of all and of those between hidden layers, against depth, and the"
        " accuracy before and after, for each data set."
    ),
}
PROTOCOL = (
    Setting("repeats", 5, "repeats", why="intervals from 5 repeats are wide", effect="narrower intervals"),
    Setting("data", "CIFAR-10, CIFAR-100, Caltech-256", "data", why="they come with the package, those must be downloaded",
            effect="fewer inputs, so fewer parameters that no rotation can remove: with 3072 inputs, 500 wide, 73 to 88 % of all "
            "stay by the formula; here 44 to 87 % (10 outputs, 40 or 64 inputs, 250 wide)"),
    Setting("hidden layers, width, steps", [[d, w, 26050] for w in (500, 1000) for d in DEPTHS], "shapes",
            why="time: 26 050 steps of 1000 wide take an hour a net; the deepest are added since the claim is about a limit in depth",
            effect="steps: none on the share of one [3, 100] net: 64.4, 64.3, 63.8 % of all stay on the digits and 61.1, 61.1, 61.1 on "
            "MNIST-1D after 1042, 5210, 26050; width and depth: the formulas say what"),
    Setting("learning rate of AdamW", 1e-3, "rate"),
    Setting("weight decay", 1e-3, "weight_decay"),
    Setting("samples in a batch", 48, "batch"),
    Setting("intrinsic length o", "trainable", "o"),
    Setting("correction psi", "decay", "psi"),
    Setting("a parameter counts when it is larger than", 1e-4, "threshold"),
    Setting("weight decay on log o", "yes", ours="no", why="decay would pull o to 1",
            effect="none on the count: log o stays far from 0"),
    Setting("number type", "float32", ours="float32 in training, float64 in rotation and comparison",
            why="so that exactness is judged in eps of float64",
            effect="none on the count; the error of rotating falls from 1e-6 to 1e-15"),
)  # fmt: skip
LIMIT = 64  # units of eps for each diagonalised matrix
MEASURES = ("all_before", "all_after", "hidden_before", "hidden_after", "accuracy", "flipped", "epsilon", "kl")


class Job(NamedTuple):
    """One network: data set, hidden layers, width and steps, the rest of the configuration as pairs, seed."""

    data: str
    shape: tuple[int, int, int]
    same: tuple[tuple[str, Any], ...]
    seed: int


def share(net: Network, names: Any, threshold: float = 1e-4) -> float:
    """Return the percentage of the named parameters that are larger than the threshold.

    >>> share(network([4, 3, 3, 3, 2], 0), ["W2", "W3"]) > 99
    True
    """
    entries = np.concatenate([net.params[name].ravel() for name in names])
    return 100 * float(np.mean(np.abs(entries) > threshold))


def hidden(net: Network) -> list[str]:
    """Return the names of the hidden-to-hidden matrices.

    >>> hidden(network([4, 3, 3, 3, 2], 0))
    ['W2', 'W3']
    """
    return [f"W{l}" for l in range(2, net.layers)]


def predicted(depth: int, width: int, parameters: int | None = None) -> float:
    """Return the share (%) left by the formulas at the top: of all P `parameters`, or (None) of the hidden-to-hidden ones.

    >>> predicted(3, 8), predicted(3, 8, 560)
    (56.25, 90.0)
    """
    return 100 * (1 - depth // 2 * (width * width - width) / (parameters or (depth - 1) * width * width))


def one(job: Job) -> dict[str, float]:
    """Train and sparsify one network: shares, accuracy, predictions that change, epsilon (%) and KL (nats) of the rotation."""
    (depth, width, steps), c = job.shape, dict(job.same)
    train, test = parts(job.data, job.seed)
    net = network([train.X.shape[1], *[width] * depth, len(train.classes)], job.seed, o=c["o"], psi=c["psi"])
    optimiser = AdamW(rate=c["rate"], weight_decay=c["weight_decay"])
    net = in_float64(trained(net, train, job.seed, Plan(steps=steps, batch=c["batch"]), optimiser).net)
    sparse, X = sparsify(net)[0], test.X.astype(np.float64)
    found = {f"{name}_{when}": share(it, names, c["threshold"]) for name, names in (("all", net.axes), ("hidden", hidden(net)))
             for when, it in (("before", net), ("after", sparse))}  # fmt: skip
    flipped = float(np.sum(net(X).argmax(axis=1) != sparse(X).argmax(axis=1)))
    moved = dict(zip(("epsilon", "kl"), moved_by(net, sparse, X), strict=True))
    return (
        found
        | {"accuracy": accuracy(net, test._replace(X=X)), "flipped": flipped, "parameters": net.theta.size}
        | moved
    )


def run(config: dict[str, Any], seed: int, pmap: Callable) -> Outcome:
    """Train every shape on every data set from the same seeds."""
    seeds, shapes = child_seeds(seed, config["repeats"]), config["shapes"]
    same = tuple((name, config[name]) for name in SAME)
    cells = [(name, shape) for name in config["data"] for shape in shapes]
    found, n = pmap(one, [Job(name, tuple(shape), same, s) for name, shape in cells for s in seeds]), len(seeds)
    rows = [
        {"data": name, "shape": shape, "parameters": mine[0]["parameters"]}
        | {measure: rounded([row[measure] for row in mine]) for measure in MEASURES}
        for i, (name, shape) in enumerate(cells)
        for mine in [found[i * n : (i + 1) * n]]
    ]
    return Outcome({"rows": rows})


def claims(data: dict[str, Any]) -> list[Claim]:
    """Judge, for each data set, the shares, the formulas, and that the function is the same to rounding."""
    names = dict.fromkeys(row["data"] for row in data["rows"])
    return [claim for name in names for claim in _judged(name, rows_of(data["rows"], name))]


def _judged(name, rows):
    deepest, shallow = max(rows, key=lambda row: row["shape"]), [row for row in rows if row["shape"][0] in DEPTHS]
    depth, width, _ = deepest["shape"]
    worst = np.max([row["hidden_after"] for row in shallow or rows], axis=0)
    off = np.mean([np.subtract(row[f"{kind}_after"], predicted(*row["shape"][:2], count))
                   for row in rows for kind, count in (("hidden", None), ("all", row["parameters"]))], axis=0)  # fmt: skip
    eps = [row["shape"][0] // 2 * np.finfo(np.float64).eps for row in rows]  # one unit for each rotated matrix
    epsilon = np.max([np.divide(row["epsilon"], 100 * unit) for row, unit in zip(rows, eps, strict=True)], axis=0)
    kl = np.max([np.abs(row["kl"]) / unit for row, unit in zip(rows, eps, strict=True)], axis=0)
    flipped = np.sum([row["flipped"] for row in rows], axis=0)
    half, same = "abstract 5: asymptotic 50% parameter sparsification", "abstract 5: identically preserved function"
    return [
        judge(f"{name}: half of the weights between hidden layers become zero ({depth} hidden layers of {width})", half,
              mean(deepest["hidden_after"]), "% of the hidden-to-hidden weights stay", within(48, 52)),
        judge(f"{name}: half of all parameters become zero ({depth} hidden layers of {width})", half,
              mean(deepest["all_after"]), "% of all parameters stay", within(45, 55)),
        judge(f"{name}: in each of the shallower shapes at least half of the weights between hidden layers become zero", half,
              mean(worst), "% of the hidden-to-hidden weights stay, in the worst shape", within(0, 52)),
        judge(f"{name}: depth and widths alone say how many are left, of all and between hidden layers",
              "(ours) the formulas of this page", mean(off), "pp, measured - predicted", within(-0.5, 0.5)),
        judge(f"{name}: the logits stay the same to rounding", same, mean(epsilon),
              "eps of the logits' length for each rotated matrix, worst shape", exactly(f"worst <= {LIMIT}", epsilon.max() <= LIMIT)),
        judge(f"{name}: the probabilities stay the same to rounding", same, mean(kl),
              "eps (KL in nats) for each rotated matrix, worst shape", exactly(f"worst <= {LIMIT}", kl.max() <= LIMIT)),
        judge(f"{name}: no test sample gets another class", same, mean(flipped), "predictions that change, all shapes",
              exactly("none, in any network", not flipped.any())),
    ]  # fmt: skip
