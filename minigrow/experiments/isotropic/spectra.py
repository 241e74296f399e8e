"""Experiment 2: does training spread the singular values, with isotropic tanh and with element-wise tanh?

Both start orthogonal, so every singular value of the hidden-to-hidden matrix W_2 starts at 1, and so does the condition
number sigma_max / sigma_min. Only when they spread is there something small enough to remove.
Source: Bird 2026, spectra over training.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from minigrow.experiments.claims import Claim, judge, mean
from minigrow.experiments.isotropic.common import accuracy, network, tanh_network, trained
from minigrow.experiments.registry import Outcome
from minigrow.experiments.shared import child_seeds, digit_parts, rounded
from minigrow.growth import History, Plan
from minigrow.isotropic import singular_values
from minigrow.plotting import band, look, name_curve, picture

QUICK = {"repeats": 5, "width": 32, "epochs": 24}
FULL = {"repeats": 20, "width": 32, "epochs": 100}
FIGURES = {
    "spectra.png": (
        "Singular values of one layer over the epochs, isotropic and element-wise tanh, and how the ratio of the "
        "largest to the smallest grows in all runs (means with 95 % bands)."
    ),
}
SIDES = {"isotropic tanh": network, "element-wise tanh": tanh_network}
LAYER = 1  # the hidden-to-hidden matrix W_2


class Job(NamedTuple):
    """One network: which side, width, epochs, seed."""

    side: str
    width: int
    epochs: int
    seed: int


def spectrum(net: Any) -> dict[str, np.ndarray]:
    """Return the singular values of both hidden layers, as history columns, for either kind of network.

    >>> sorted(spectrum(tanh_network([4, 3, 3, 2], 0)))
    ['sigma1', 'sigma2']
    """
    return {f"sigma{layer + 1}": singular_values(net, layer) for layer in (0, LAYER)}


def one(job: Job) -> tuple[History, list[list[float]], float]:
    """Train one network; return its history, the spectra of W_2 (epochs + 1, w) from the start on, its test accuracy."""
    train, test = digit_parts(job.seed)
    net = SIDES[job.side]([64, job.width, job.width, 10], job.seed)
    run = trained(net, train, job.seed, Plan(epochs=job.epochs, observe=spectrum))
    spectra = np.vstack([singular_values(net, LAYER), run.history[f"sigma{LAYER + 1}"]])
    return run.history, rounded(spectra, 4), accuracy(run.net, test)


def run(config: dict[str, Any], seed: int, pmap: Callable) -> Outcome:
    """Train both sides from the same seeds; the data hold one whole spectrum per side and every condition number."""
    seeds = child_seeds(seed, config["repeats"])
    found = pmap(one, [Job(side, config["width"], config["epochs"], s) for side in SIDES for s in seeds])
    data, n = {}, len(seeds)
    for i, side in enumerate(SIDES):
        mine = found[i * n : (i + 1) * n]
        spectra = np.array([row[1] for row in mine])
        data[side] = {
            "spectrum": mine[0][1],
            "condition": rounded(spectra[:, :, 0] / spectra[:, :, -1]),
            "least": rounded(spectra[:, :, -1]),
            "accuracy": rounded([row[2] for row in mine]),
        }
    return Outcome(data, found[0][0])


def claims(data: dict[str, Any]) -> list[Claim]:
    """Judge whether the isotropic spectrum spreads, and faster than the element-wise one."""
    isotropic, tanh = (np.array(data[side]["condition"]) for side in SIDES)
    end, ratio = mean(isotropic[:, -1] / isotropic[:, 0]), mean(isotropic[:, -1] / tanh[:, -1])
    least, epochs = mean(np.array(data["isotropic tanh"]["least"])[:, -1]), isotropic.shape[1] - 1
    return [
        judge(f"training spreads the singular values of W_2 ({epochs} epochs)",
              "they spread (replication: condition 1.2 at the start, 8 after 24 epochs)", end,
              "times the condition number of the start", "interval above 2", end.low > 2),
        judge("some singular values fall, so that neurons can be removed", "low-impact neurons appear", least,
              "least singular value (1 at the start)", "interval below 0.95, the tau of auto-adaptation", least.high < 0.95),
        judge("isotropic spectra spread further than those of element-wise tanh", "compared, not quantified", ratio,
              "isotropic condition / tanh condition", "interval above 1", ratio.low > 1),
    ]  # fmt: skip


def draw(data: dict[str, Any], folder: Path) -> None:
    """Draw `spectra.png`: one spectrum over the epochs for each side, and the condition numbers of all."""
    with picture(folder / "spectra.png", columns=3) as axes:
        spectra = [data[side]["spectrum"] for side in SIDES]
        limits = [0.95 * np.min(spectra), 1.05 * np.max(spectra)]
        for i, (ax, side) in enumerate(zip(axes[0], SIDES, strict=False)):
            ax.plot(data[side]["spectrum"], color=look(i)["color"], linewidth=1.2)
            ax.set(title=side, xlabel="epoch", ylabel="singular values of $W_2$", ylim=limits)
        ax = axes[0, 2]
        for i, side in enumerate(SIDES):
            conditions = np.array(data[side]["condition"])
            band(ax, np.arange(conditions.shape[1]), conditions, i)
            name_curve(ax, conditions.shape[1] - 1, conditions[:, -1].mean(), side.replace(" ", "\n"), i)
        ax.set(title="how far they spread", ylabel=r"condition $\sigma_{max} / \sigma_{min}$", yscale="log")
        ax.set(xlabel="epoch", xlim=(0, 1.3 * (conditions.shape[1] - 1)))
