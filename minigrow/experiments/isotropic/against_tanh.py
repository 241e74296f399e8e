"""Experiment 6: isotropic or element-wise tanh, both at their own best learning rate?

Both have the same widths, splits, epochs and batches; the isotropic side has o and psi in addition (1 to 4 % more parameters). Every
rate of a grid is tried; each side takes the rate with the best mean validation accuracy and is judged on the test set.
A replication saw "+14 pp" for isotropic tanh at a rate where 99.94 % of the tanh units were saturated; so the gap at the
largest rate is reported too, with the share of saturated units, |tanh z| > 0.99. A third side has no hidden layer at all.

What to expect: with gains a_l(x) and pi_k = a_k ... a_{L-1} (see `isotropic.fast.precompute`)

    logits = pi_0 A x + sum_k pi_k c_k,    A = W_L ... W_1

x enters through one fixed matrix A and otherwise only through L - 1 scalars: close to a linear classifier.
Source: Bird 2026; 6 data sets, 8 architectures, there at one rate.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from minigrow.datasets import Dataset, digits, spirals, split, standardised
from minigrow.experiments.claims import Claim, judge, mean
from minigrow.experiments.isotropic.common import accuracy, network, tanh_network, trained
from minigrow.experiments.registry import Outcome
from minigrow.experiments.shared import child_seeds, rounded
from minigrow.growth import Plan
from minigrow.nn import MLP, AdamW
from minigrow.nn.mlp import forward
from minigrow.plotting import COLOURS, GREY, MARKERS, bars, picture

RATES = [1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 3e-1]
QUICK = {
    "repeats": 5,
    "epochs": 20,
    "rates": RATES[1:],
    "hidden": [[32, 32], [32, 32, 32, 32]],
    "data": ["digits", "turned digits", "spirals"],
}
FULL = {
    "repeats": 10,
    "epochs": 60,
    "rates": RATES,
    "hidden": [[32], [32, 32], [100, 100], [32, 32, 32, 32]],
    "data": ["digits", "turned digits", "spirals"],
}
FIGURES = {
    "against_tanh.png": (
        "Test accuracy against the learning rate for isotropic tanh, element-wise tanh and no hidden layer on "
        "three tasks, and the share of saturated tanh units."
    ),
    "against_tanh_tuned.png": (
        "Accuracy of isotropic minus element-wise tanh, both at their tuned learning rates, for three tasks and "
        "four architectures (means with 95 % intervals)."
    ),
}
SIDES: dict[str, Callable] = {
    "isotropic tanh": network,
    "element-wise tanh": tanh_network,
    "no hidden layer": lambda widths, seed: tanh_network([widths[0], widths[-1]], seed),
}
ISOTROPIC, TANH, LINEAR = SIDES
MEASURES = ("validation", "test", "saturated")


def turned_at_random(data: Dataset, rng: np.random.Generator) -> Dataset:
    """Return every image turned by 0, 90, 180 or 270 degrees, at random: the same classes, harder to tell apart.

    >>> bool(turned_at_random(digits(), np.random.default_rng(0)).X.sum() == digits().X.sum())
    True
    """
    images, quarters = data.X.reshape(-1, *data.shape).copy(), rng.integers(4, size=len(data.y))
    for k in (1, 2, 3):
        images[quarters == k] = np.rot90(images[quarters == k], k, axes=(1, 2))
    return data._replace(X=images.reshape(data.X.shape), name="turned digits")


DATA: dict[str, Callable[[np.random.Generator], Dataset]] = {
    "digits": lambda rng: digits(np.float32),
    "turned digits": lambda rng: turned_at_random(digits(np.float32), rng),
    "spirals": lambda rng: spirals(200, arms=5, rng=rng, dtype=np.float32),
}


class Job(NamedTuple):
    """One training: data set, hidden widths, side, learning rate, epochs, seed."""

    data: str
    hidden: list[int]
    side: str
    rate: float
    epochs: int
    seed: int


def parts(name: str, seed: int) -> tuple[Dataset, Dataset, Dataset]:
    """Return training (64 %), validation (16 %) and test set (20 %), standardised.

    >>> [len(part.y) for part in parts("spirals", 0)]
    [640, 160, 200]
    """
    rng = np.random.default_rng(seed)
    rest, test = split(DATA[name](rng), 0.2, rng=rng)
    return standardised(*split(rest, 0.2, rng=rng), test)


def saturated(net: Any, X: np.ndarray) -> float:
    """Return the percentage of hidden tanh units with |tanh z| > 0.99, over X (n, d); NaN for other networks.

    >>> saturated(tanh_network([2, 3, 2], 0), np.zeros((1, 2), np.float32))
    0.0
    """
    if not isinstance(net, MLP) or net.layers == 1:
        return float("nan")
    Z, _ = forward(net, X)
    return 100 * float(np.mean(np.abs(np.tanh(np.hstack(Z[:-1]))) > 0.99))


def one(job: Job) -> tuple[float, float, float]:
    """Return validation and test accuracy (%) and the share of saturated units (%) at the end."""
    train, validation, test = parts(job.data, job.seed)
    net = SIDES[job.side]([train.X.shape[1], *job.hidden, len(train.classes)], job.seed)
    optimiser = AdamW(rate=job.rate, weight_decay=1e-3)
    net = trained(net, train, job.seed, Plan(epochs=job.epochs), optimiser).net
    return accuracy(net, validation), accuracy(net, test), saturated(net, test.X)


def run(config: dict[str, Any], seed: int, pmap: Callable) -> Outcome:
    """Try every rate for both sides; each measure of a cell and a side is (repeats, rates)."""
    seeds, rates = child_seeds(seed, config["repeats"]), config["rates"]
    cells = [(name, hidden) for name in config["data"] for hidden in config["hidden"]]
    jobs = [
        Job(*cell, side, rate, config["epochs"], s) for cell in cells for side in SIDES for s in seeds for rate in rates
    ]
    found = np.array(pmap(one, jobs)).reshape(len(cells), len(SIDES), len(seeds), len(rates), len(MEASURES))
    rows = [
        {"data": name, "hidden": hidden}
        | {side: dict(zip(MEASURES, rounded(np.moveaxis(mine[j], -1, 0)), strict=True)) for j, side in enumerate(SIDES)}
        for (name, hidden), mine in zip(cells, found, strict=True)
    ]
    return Outcome({"rates": rates, "cells": rows})


def best(side: dict[str, Any]) -> int:
    """Return the index of the rate with the best mean validation accuracy.

    >>> best({"validation": [[90.0, 95.0], [91.0, 94.0]]})
    1
    """
    return int(np.mean(side["validation"], axis=0).argmax())


def difference(cell: dict[str, Any], other: str, choose: Callable[[dict[str, Any]], int] = best) -> np.ndarray:
    """Return test accuracy of the isotropic side - that of the other (pp) for each repeat (n,), at the chosen rates.

    >>> side = {"validation": [[90.0, 95.0]], "test": [[91.0, 94.0]]}
    >>> difference({ISOTROPIC: side, TANH: side}, TANH)
    array([0.])
    """
    first, second = (np.array(cell[side]["test"])[:, choose(cell[side])] for side in (ISOTROPIC, other))
    return first - second


def largest(side: dict[str, Any]) -> int:
    """Return the index of the largest rate.

    >>> largest({"test": [[90.0, 91.0]]})
    1
    """
    return len(side["test"][0]) - 1


def claims(data: dict[str, Any]) -> list[Claim]:
    """Judge, for each data set, the differences at tuned rates and at the largest, where tanh saturates."""
    names = list(dict.fromkeys(cell["data"] for cell in data["cells"]))
    return [
        claim
        for name in names
        for claim in _judged(name, [c for c in data["cells"] if c["data"] == name], data["rates"][-1])
    ]


def _judged(name, cells, rate):
    at_best = mean(np.mean([difference(cell, TANH) for cell in cells], axis=0))
    over_linear = mean(np.mean([difference(cell, LINEAR) for cell in cells], axis=0))
    at_largest = mean(np.mean([difference(cell, TANH, largest) for cell in cells], axis=0))
    stuck = mean(np.mean([np.array(cell[TANH]["saturated"])[:, -1] for cell in cells], axis=0))
    each = [mean(difference(cell, TANH)) for cell in cells]
    counts = f"{sum(e.low > 0 for e in each)} better, {sum(e.high < 0 for e in each)} worse"
    unit = "pp of test accuracy"
    return [
        judge(f"{name}: isotropic beats element-wise tanh, each at its tuned rate", "isotropic tanh is better", at_best,
              unit, f"interval above 0 (of {len(cells)} architectures alone: {counts})", at_best.low > 0),
        judge(f"{name}: isotropic tanh beats no hidden layer, each at its tuned rate", "(ours) control", over_linear, unit,
              "interval above 0", over_linear.low > 0),
        judge(f"{name}: at rate {rate:g}, tuned for neither, isotropic tanh is far ahead", "+14 pp in a replication",
              at_largest, unit, "interval above 0 and mean at least 5", at_largest.low > 0 and at_largest.value >= 5),
        judge(f"{name}: at rate {rate:g} element-wise tanh is saturated", "99.94 % in a replication", stuck,
              "% of units with |tanh| > 0.99", "mean above 90", stuck.value > 90),
    ]  # fmt: skip


def draw(data: dict[str, Any], folder: Path) -> None:
    """Draw `against_tanh.png`, accuracy and saturation against rate, and `against_tanh_tuned.png`, the differences."""
    names = list(dict.fromkeys(cell["data"] for cell in data["cells"]))
    with picture(folder / "against_tanh.png", columns=len(names), panel=(6.4, 5.4), sharex=True) as axes:
        for ax, name in zip(axes[0], names, strict=True):
            _rates(ax, data["rates"], [cell for cell in data["cells"] if cell["data"] == name])
            ax.set(xscale="log", title=name, xlabel="learning rate of AdamW", ylim=(0, 103))
        axes[0, 0].set_ylabel("mean over architectures (%)")
        axes[0, 0].legend(loc="lower left", bbox_to_anchor=(0, 0.22))
    with picture(folder / "against_tanh_tuned.png", panel=(9.5, 1.6 + 0.5 * len(data["cells"]))) as axes:
        _differences(axes[0, 0], data["cells"], names)


def _rates(ax: Any, rates: list[float], cells: list[dict[str, Any]]) -> None:
    for i, side in enumerate(SIDES):
        bars(ax, rates, np.mean([cell[side]["test"] for cell in cells], axis=0), i, f"accuracy, {side}")
    share = np.mean([cell[TANH]["saturated"] for cell in cells], axis=(0, 1))
    ax.plot(rates, share, ":", color=GREY, label="saturated tanh units")


def _differences(ax: Any, cells: list[dict[str, Any]], names: list[str]) -> None:
    for row, cell in enumerate(reversed(cells)):
        e, i = mean(difference(cell, TANH)), names.index(cell["data"])
        error = [[e.value - e.low], [e.high - e.value]]
        ax.errorbar(e.value, row, xerr=error, fmt=MARKERS[i], color=COLOURS[i], capsize=4)
        ax.annotate(
            f"{e.value:+.1f}", (e.value, row), xytext=(0, 8), textcoords="offset points", ha="center", fontsize=12
        )
    labels = [f"{cell['data']}, {'-'.join(map(str, cell['hidden']))}" for cell in reversed(cells)]
    ax.set_yticks(range(len(labels)), labels)
    ax.set_ylim(-0.6, len(labels) - 0.3)
    ax.axvline(0, color="black", linewidth=1)
    ax.set(title="both at their tuned rates", xlabel="accuracy of isotropic - element-wise tanh (pp)")
