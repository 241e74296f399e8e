"""Experiment 7 (ours): is a network that sizes itself as good as the best width one could have chosen?

Fixed networks [64, w, w, 10] of several widths are compared with auto-adaptation that starts at the smallest, on the same
random 80/20 splits, for the same number of epochs, all with AdamW 3e-3 and weight decay 0.1. The best fixed width is chosen
with hindsight, on test accuracy, so the comparison favours the fixed side.
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
from minigrow.growth import History, Plan, snapshot
from minigrow.isotropic import AutoAdapt, Network
from minigrow.isotropic.fit import spectra
from minigrow.nn import AdamW
from minigrow.plotting import COLOURS, bars, name_curve, picture

QUICK = {"repeats": 5, "epochs": 150, "widths": [4, 6, 8, 12, 16, 32, 64]}
FULL = {"repeats": 20, "epochs": 150, "widths": [4, 6, 8, 12, 16, 32, 64]}
FIGURES = {
    "selfsizing.png": (
        "Test accuracy of fixed widths beside that of networks that size themselves, and how the widths of those "
        "went over the epochs."
    ),
}
OPTIMISER = AdamW(rate=3e-3, weight_decay=0.1)
POLICIES: dict[str, tuple] = {"fixed": (), "auto": (AutoAdapt(tau=0.95, scaffold=5),)}
REFERENCE = 32


class Job(NamedTuple):
    """One network: the name of its policy, starting width, epochs, seed."""

    policy: str
    width: int
    epochs: int
    seed: int


def seen(net: Network) -> dict[str, Any]:
    """Return what a history row shows of the network: singular values, and the weights for replay.

    >>> len(seen(network([4, 3, 3, 2], 0)))
    9
    """
    return spectra(net) | snapshot(net)


def one(job: Job) -> tuple[float, History]:
    """Return the test accuracy (%) at the end, and the history."""
    train, test = digit_parts(job.seed)
    plan = Plan(epochs=job.epochs, policies=POLICIES[job.policy], observe=seen if job.policy == "auto" else spectra)
    run = trained(network([64, job.width, job.width, 10], job.seed), train, job.seed, plan, OPTIMISER)
    return accuracy(run.net, test), run.history


def run(config: dict[str, Any], seed: int, pmap: Callable) -> Outcome:
    """Train all fixed widths and the self-sizing network on each split."""
    seeds, widths = child_seeds(seed, config["repeats"]), config["widths"]
    kinds = [*(("fixed", width) for width in widths), ("auto", min(widths))]
    found, n = pmap(one, [Job(*kind, config["epochs"], s) for kind in kinds for s in seeds]), len(seeds)
    scores = np.array([score for score, _ in found]).reshape(len(kinds), n)
    lives = [history for _, history in found[-n:]]
    data = {
        "widths": widths,
        "fixed": rounded(scores[:-1]),
        "auto": rounded(scores[-1]),
        "auto_widths": [history["widths"][:, 1:-1].T.tolist() for history in lives],
        "work": rounded([found[i * n][1]["multiply_adds"][-1] for i in range(len(widths))]),
        "auto_work": rounded([history["multiply_adds"][-1] for history in lives]),
    }
    return Outcome(data, lives[0])


def claims(data: dict[str, Any]) -> list[Claim]:
    """Judge the reference network, the narrow one, and the self-sizing one against the best fixed width."""
    widths, fixed = data["widths"], np.array(data["fixed"])
    best, narrow = int(fixed.mean(axis=1).argmax()), mean(fixed[widths.index(min(widths))])
    gap, gain = mean(data["auto"] - fixed[best]), mean(data["auto"] - fixed[widths.index(min(widths))])
    reference = mean(fixed[widths.index(REFERENCE)])
    unit = "% test accuracy"
    return [
        judge("[64, 32, 32, 10] reaches 96 % on the digits", "(ours) at least 96 %", reference, unit, "mean >= 96",
              reference.value >= 96),
        judge(f"fixed at width {min(widths)} is too narrow", "(ours) 85 to 92 %", narrow, unit, "mean in 85..92",
              85 <= narrow.value <= 92),
        judge(f"started at width {min(widths)} and adapted: within 1 point of the best fixed width ({widths[best]})",
              "(ours) within 1 point", gap, "pp", "mean >= -1", gap.value >= -1),
        judge(f"adapting is better than staying at width {min(widths)}", "the network sizes itself", gain, "pp",
              "interval above 0", gain.low > 0),
    ]  # fmt: skip


def draw(data: dict[str, Any], folder: Path) -> None:
    """Draw `selfsizing.png`: accuracy of fixed widths and of self-sizing networks, and how their widths went."""
    with picture(folder / "selfsizing.png", columns=2, panel=(7.6, 5.4)) as axes:
        left, right = axes[0]
        bars(left, data["widths"], np.array(data["fixed"]).T, 0, "fixed width")
        auto, final = mean(data["auto"]), np.mean([np.array(w)[:, -1].mean() for w in data["auto_widths"]])
        left.axhspan(auto.low, auto.high, color=COLOURS[1], alpha=0.2)
        left.axhline(auto.value, color=COLOURS[1], linestyle="--")
        left.plot(final, auto.value, "*", color=COLOURS[1], ms=22, label=f"sizes itself, from {min(data['widths'])}")
        left.set(
            title="fixed widths and self-sizing",
            xlabel="neurons a layer (star: where it ended)",
            ylabel="test accuracy (%)",
            xscale="log",
        )
        left.set_xticks(data["widths"], data["widths"])
        left.minorticks_off()
        left.legend(loc="lower right")
        for layer in (0, 1):
            lives = np.array([w[layer] for w in data["auto_widths"]])
            x = np.arange(1, lives.shape[1] + 1)
            right.plot(x, lives.T, color=COLOURS[layer], alpha=0.4, linewidth=1.2)
            right.plot(x, lives.mean(axis=0), color=COLOURS[layer], linestyle=("-", "--")[layer])
            name_curve(right, x[-1], lives[:, -1].mean() + 0.4 * layer, f"layer {layer + 1}", layer)
        right.set(
            title="their widths: every run thin, the mean thick", xlabel="epoch", ylabel="neurons", ylim=(0, None)
        )
        right.set_xlim(0, 1.18 * x[-1])
