"""Experiment 5: can half of the hidden parameters be rotated to zero, with the same function?

Train networks of several depths, diagonalise every second hidden-to-hidden matrix, and count what is left:
the share of entries |parameter| > 1e-4 in W_2 ... W_{L-1}, before and after. With D hidden layers of width w there are
D - 1 such matrices, of which floor(D / 2) become diagonal:

    share = 1 - floor(D / 2) / (D - 1) (1 - 1 / w)   ->   1/2 as D and w grow

Source: Bird 2026, alternating sparsification; 2 to 6 hidden layers of 500 or 1000. Here deeper ones as well.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from minigrow.experiments.claims import Claim, judge, mean
from minigrow.experiments.isotropic.common import accuracy, network, trained
from minigrow.experiments.registry import Outcome
from minigrow.experiments.shared import child_seeds, digit_parts, rounded
from minigrow.growth import Plan
from minigrow.isotropic import Network, sparsify
from minigrow.plotting import GREY, bars, interval, picture

QUICK = {"repeats": 5, "epochs": 5, "shapes": [[d, 64] for d in (2, 3, 4, 5, 6, 11, 21, 41)]}
FULL = {
    "repeats": 5,
    "epochs": 10,
    "shapes": [*([d, 64] for d in (2, 3, 4, 5, 6, 11, 21, 41)), *([d, 500] for d in (2, 3, 4, 5, 6))],
}
FIGURES = {
    "sparsification.png": (
        "Share of hidden-to-hidden weights that is left after rotating, against depth, and the accuracy before and"
        " after, which is the same."
    ),
}
THRESHOLD = 1e-4
LIMIT = 64  # units of eps for each diagonalised matrix


class Job(NamedTuple):
    """One network: hidden layers, width, epochs, seed."""

    depth: int
    width: int
    epochs: int
    seed: int


def share(net: Network) -> float:
    """Return the percentage of entries |W| > 1e-4 in the hidden-to-hidden matrices.

    >>> share(network([4, 3, 3, 3, 2], 0)) > 99
    True
    """
    entries = np.concatenate([net.params[f"W{l}"].ravel() for l in range(2, net.layers)])
    return 100 * float(np.mean(np.abs(entries) > THRESHOLD))


def predicted(depth: int, width: int) -> float:
    """Return the share (%) that the formula at the top of this file expects.

    >>> predicted(3, 8)
    56.25
    """
    return 100 * (1 - depth // 2 / (depth - 1) * (1 - 1 / width))


def one(job: Job) -> dict[str, float]:
    """Train and sparsify one network; the deviation is in eps of the largest logit."""
    train, test = digit_parts(job.seed, np.float64)
    net = network([64, *[job.width] * job.depth, 10], job.seed, np.float64)
    net = trained(net, train, job.seed, Plan(epochs=job.epochs)).net
    sparse, _ = sparsify(net)
    z, new = net(test.X), sparse(test.X)
    return {
        "before": share(net),
        "after": share(sparse),
        "accuracy": accuracy(net, test),
        "change": accuracy(sparse, test) - accuracy(net, test),
        "deviation": float(np.abs(new - z).max() / np.abs(z).max() / np.finfo(np.float64).eps),
    }


def run(config: dict[str, Any], seed: int, pmap: Callable) -> Outcome:
    """Train every shape from the same seeds."""
    seeds, shapes = child_seeds(seed, config["repeats"]), config["shapes"]
    found, n = pmap(one, [Job(*shape, config["epochs"], s) for shape in shapes for s in seeds]), len(seeds)
    rows = [
        {name: rounded([row[name] for row in found[i * n : (i + 1) * n]]) for name in found[0]}
        for i in range(len(shapes))
    ]
    return Outcome({"shapes": shapes, "measured": rows})


def claims(data: dict[str, Any]) -> list[Claim]:
    """Judge the share of the deepest network, the formula, and what happened to accuracy and logits."""
    shapes, rows = data["shapes"], data["measured"]
    deepest = max(range(len(shapes)), key=lambda i: shapes[i])
    left = mean(rows[deepest]["after"])
    off = mean([row["after"][i] - predicted(*shape) for shape, row in zip(shapes, rows, strict=True)
                for i in range(len(row["after"]))])  # fmt: skip
    worst = [
        max(row["deviation"][i] / (shape[0] // 2) for shape, row in zip(shapes, rows, strict=True))
        for i in range(len(rows[0]["deviation"]))
    ]
    change = np.array([row["change"] for row in rows])
    depth, width = shapes[deepest]
    return [
        judge(f"half of the hidden parameters become zero ({depth} hidden layers of {width})",
              "asymptotic 50 % parameter sparsification", left, "% of hidden weights not zero",
              "within 2 percentage points of 50", abs(left.value - 50) <= 2),
        judge("depth and width alone say how many are left", "1 - floor(D / 2) / (D - 1) (1 - 1 / w)", off,
              "pp, measured - predicted", "interval within +-0.5", off.low > -0.5 and off.high < 0.5),
        judge("accuracy stays exactly the same", "identically preserved function", mean(change.mean(axis=0)), "pp",
              "no network changed by a single sample", not change.any()),
        judge("the logits stay the same to rounding", "identically preserved function", mean(worst),
              "eps of the largest logit, for each diagonalised matrix", f"worst <= {LIMIT}", max(worst) <= LIMIT),
    ]  # fmt: skip


def draw(data: dict[str, Any], folder: Path) -> None:
    """Draw `sparsification.png`: the share left, and the accuracy before and after, against depth."""
    shapes, rows = data["shapes"], data["measured"]
    with picture(folder / "sparsification.png", columns=2, panel=(7.6, 5.4)) as axes:
        left, right = axes[0]
        for i, width in enumerate(sorted({width for _, width in shapes})):
            own = [(depth, row) for (depth, w), row in zip(shapes, rows, strict=True) if w == width]
            x = [depth for depth, _ in own]
            bars(left, x, np.array([row["after"] for _, row in own]).T, i, f"width {width}")
            bars(right, x, np.array([row["accuracy"] for _, row in own]).T, i, f"width {width}, before")
            after = np.array([np.add(row["accuracy"], row["change"]) for _, row in own]).T
            right.plot(x, interval(after)[0], "o", ms=16, mfc="none", color=GREY, label="after" if not i else None)
        left.axhline(50, color=GREY, linestyle=":")
        left.text(2, 51, "one half", color=GREY, va="bottom")
        left.set(title="hidden weights that are not zero", ylabel="% of the hidden-to-hidden entries", ylim=(0, 100))
        right.set(title="accuracy before and after", ylabel="test accuracy (%)")
        ticks = sorted({depth for depth, _ in shapes if depth not in (4, 5)})
        for ax in axes[0]:
            ax.set(xscale="log", xlabel="hidden layers")
            ax.set_xticks(ticks, ticks)
            ax.minorticks_off()
            ax.legend(loc="best")
