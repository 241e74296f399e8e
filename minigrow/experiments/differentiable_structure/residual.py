"""Experiment 7 (the paper's proposal): residual layers that come and go on digits, against fixed depths.

Networks have a stream of eight neurons. Some start with one layer and follow the rule, with a small or a tenfold pull; others
have a fixed depth. All have the same update and number of epochs.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from minigrow.differentiable_structure.residual import DepthSpares, Residual, depth_norm
from minigrow.experiments.claims import Claim, above, judge, mean, within
from minigrow.experiments.differentiable_structure.common import seeds
from minigrow.experiments.differentiable_structure.feedforward import OVERLAP, adapted, parts
from minigrow.experiments.registry import Outcome
from minigrow.nn import accuracy

QUICK = {"repeats": 3, "epochs": 30, "depths": [0, 1, 4], "width": 8}
FULL = {"repeats": 10, "epochs": 60, "depths": [0, 1, 2, 4, 8], "width": 8}
FIGURES = {
    "residual.png": (
        "Number of residual layers over the epochs for two pulls (means with 95 % bands), and accuracy against "
        "depth beside fixed depths."
    ),
}
PULLS = {"pull 3e-5": 3e-5, "pull 3e-4": 3e-4}


class Job(NamedTuple):
    """One network: layers at the start, whether they stay, the pull, width of the stream and the layers, epochs, seed."""

    layers: int
    fixed: bool
    pull: float
    width: int
    epochs: int
    seed: int


def one(job: Job) -> dict[str, Any]:
    """Return test accuracy (%), the depth after each epoch, and the norm of each layer at the end."""
    learn, test = parts(10, job.seed)
    net = Residual.create(64, job.width, 10, job.layers, job.width, rng=job.seed)
    run = adapted(net, job, learn, DepthSpares(), job.pull)
    return {
        "accuracy": round(100 * accuracy(run.net(test.X), test.y), 3),
        "depth": run.history["widths"][:, list(run.net.sizes).index("l")].tolist(),
        "norms": [round(float(r), 3) for r in depth_norm(run.net)],
    }


def run(config: dict[str, Any], seed: int, pmap: Callable) -> Outcome:
    """Train variable and fixed depths on the same splits."""
    each, n = seeds(seed, config["repeats"]), config["repeats"]
    kinds = {name: (1, False, pull) for name, pull in PULLS.items()}
    kinds |= {f"fixed {L}": (L, True, 3e-5) for L in config["depths"]}
    found = pmap(one, [Job(*kind, config["width"], config["epochs"], s) for kind in kinds.values() for s in each])
    runs = {name: found[i * n : (i + 1) * n] for i, name in enumerate(kinds)}
    return Outcome({"depths": config["depths"], "runs": runs})


def values(runs: list[dict[str, Any]], name: str) -> np.ndarray:
    """Return the accuracy, or the last depth (`depth`), of every run (runs,)."""
    return np.array([run["depth"][-1] if name == "depth" else run[name] for run in runs])


def claims(data: dict[str, Any]) -> list[Claim]:
    """Judge the depth that the rule finds, and its accuracy against the best fixed depth."""
    runs, paper, unit = data["runs"], "proposed, not tested", "pp of test accuracy more"
    fixed = {L: values(runs[f"fixed {L}"], "accuracy") for L in data["depths"]}
    best = max(fixed, key=lambda L: fixed[L].mean())
    gaps = {name: mean(values(runs[name], "accuracy") - fixed[best], OVERLAP) for name in PULLS}
    low, high = (values(runs[name], "depth").astype(float) for name in PULLS)
    return [
        *(judge(f"{name}: as accurate as the best fixed depth ({best})", paper, gap, unit, above(-0.5)) for name, gap in gaps.items()),
        judge("a stronger pull leaves fewer layers", paper, mean(low - high), "layers fewer", above(0)),
        judge(f"the stronger pull finds the best fixed depth ({best})", paper, mean(high - best), "layers more", within(-2, 2)),
    ]  # fmt: skip


def draw(data: dict[str, Any], folder: Path) -> None:
    """Draw `residual.png`: depth over time, and accuracy against depth."""
    from minigrow.plotting import COLOURS, MARKERS, band, bars, picture

    runs, depths = data["runs"], data["depths"]
    with picture(folder / "residual.png", columns=2, panel=(7, 5)) as axes:
        time, size = axes[0]
        bars(size, depths, np.array([values(runs[f"fixed {L}"], "accuracy") for L in depths]).T, 0, "fixed")
        for i, name in enumerate(PULLS, start=1):
            depth = np.array([run["depth"] for run in runs[name]])
            band(time, np.arange(1, depth.shape[1] + 1), depth, i, f"variable, {name}")
            at = values(runs[name], "depth") + 0.1 * (2 * i - 3)
            size.plot(at, values(runs[name], "accuracy"), MARKERS[i + 1], color=COLOURS[i], label=f"variable, {name}")
        time.set(title="depth; mean, 95 % interval", xlabel="epochs", ylabel="residual layers", ylim=(0, None))
        size.set(title="ten digits", xlabel="residual layers", ylabel="test accuracy (%)")
        time.legend()
        size.legend(loc="lower left")
