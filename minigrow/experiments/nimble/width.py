"""Experiment 5: how do error and accuracy scale with the width of a mask network, growing against static? Algorithm B.

The tasks are the Bessel sum, a Gaussian mixture with noise (one hidden layer), and spirals with 3 to 9 arms (two hidden layers that
share c). Training is by full-batch Adam, rate 1e-3; both twins have the same 80/20 split and first weights (c apart).
Source: Radhakrishnan et al. 2025: widths 2 to 1024, 10 repeats, 32768 points; ours: 1024 points, so that it ends within minutes.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from minigrow.datasets import spirals, split
from minigrow.experiments.claims import Claim, judge, mean
from minigrow.experiments.nimble.common import geometric, rounded, trained
from minigrow.experiments.registry import Outcome
from minigrow.growth import Plan
from minigrow.nimble import TASKS, controller

QUICK = {
    "repeats": 3, "points": 512, "epochs": 2000, "tasks": {"bessel": [2, 8, 32], "mixture 0.1": [2, 8, 32]},
    "arms": [3], "spiral_widths": [4, 16], "spiral_epochs": 1000,
}  # fmt: skip
MIXTURE = [2, 4, 8, 16, 32, 64]
FULL = {
    "repeats": 10, "points": 1024, "epochs": 3000,
    "tasks": {
        "bessel": [2, 4, 8, 16, 32, 64, 128, 256, 1024],
        "mixture 0.01": MIXTURE, "mixture 0.1": MIXTURE, "mixture 0.5": MIXTURE,
    },
    "arms": [3, 5, 7, 9], "spiral_widths": [4, 8, 16, 32], "spiral_epochs": 1500,
}  # fmt: skip
FIGURES = {
    "width.png": (
        "Test error, or accuracy for the spirals, against width: growing and static networks on eight tasks (means"
        " with 95 % intervals)."
    ),
}
RULES = ("growing", "static")


class Job(NamedTuple):
    """One network: task, width of its hidden layers, rule, points, epochs, seed."""

    task: str
    width: int
    rule: str
    points: int
    epochs: int
    seed: int


def parts(job: Job) -> tuple[np.ndarray, ...]:
    """Return X, y, X_test, y_test (80/20) of a job; "spirals 3" has 100 points per arm, "mixture 0.1" noise of spread 0.1.

    >>> [part.shape for part in parts(Job("mixture 0.1", 4, "static", 100, 1, 0))]
    [(80, 1), (80, 1), (20, 1), (20, 1)]
    """
    rng = np.random.default_rng(job.seed)
    name, *number = job.task.split()
    if name == "spirals":
        training, test = split(spirals(100, int(number[0]), rng=rng), rng=rng)
        return training.X, training.y, test.X, test.y
    x = rng.uniform(-1, 1, (job.points, 1))
    y = TASKS[name].f(x) + float(*number or [0]) * rng.standard_normal(x.shape)
    cut = round(0.8 * len(x))
    return x[:cut], y[:cut], x[cut:], y[cut:]


def one(job: Job) -> float:
    """Return the final test error; for spirals the test accuracy in per cent."""
    rows, plan = parts(job), Plan(job.epochs, None, "mse", record=job.epochs)
    if job.task.startswith("spirals"):
        net = controller([2, job.width, job.width, int(job.task.split()[1])], job.rule, rng=job.seed)
        return 100 * trained(net, rows, plan._replace(loss="softmax"))[1]["validation_accuracy"][-1]
    net = controller([1, job.width, 1], job.rule, rng=job.seed)
    return float(trained(net, rows, plan)[1]["validation_loss"][-1])


def run(config: dict[str, Any], seed: int, pmap: Callable) -> Outcome:
    """Train both twins of every task at every width."""
    tasks = {task: (widths, config["epochs"]) for task, widths in config["tasks"].items()}
    tasks |= {f"spirals {arms}": (config["spiral_widths"], config["spiral_epochs"]) for arms in config["arms"]}
    jobs = [
        Job(task, width, rule, config["points"], epochs, 1000 * seed + i)
        for task, (widths, epochs) in tasks.items() for rule in RULES for i in range(config["repeats"]) for width in widths
    ]  # fmt: skip
    found = iter(pmap(one, jobs))
    data = {}
    for task, (widths, _) in tasks.items():
        rows = {rule: [[rounded(next(found)) for _ in widths] for _ in range(config["repeats"])] for rule in RULES}
        data[task] = {"widths": widths} | rows
    return Outcome({"tasks": data})


def claims(data: dict[str, Any]) -> list[Claim]:
    """Judge growing against static over all widths of a task, and how many widths each side wins."""
    rows = []
    for task, found in data["tasks"].items():
        growing, static = (np.array(found[rule]) for rule in RULES)
        if task.startswith("spirals"):
            gain = mean((growing - static).mean(axis=1))
            rows.append(
                judge(f"{task} arms: growing is more accurate than static, mean over widths", "growing outperforms static",
                      gain, "pp of test accuracy", "interval above 0", gain.low > 0)
            )  # fmt: skip
            continue
        over = geometric(np.exp(np.log(growing / static).mean(axis=1)), np.ones(len(growing)))
        each = [geometric(growing[:, j], static[:, j]) for j in range(growing.shape[1])]
        wins = [w for w, e in zip(found["widths"], each, strict=True) if e.high < 1]
        losses = [w for w, e in zip(found["widths"], each, strict=True) if e.low > 1]
        rows.append(
            judge(f"{task}: growing has the lower test error, geometric mean over widths (wins at widths {wins}, loses at "
                  f"{losses})", "growing outperforms static", over, "growing / static", "interval below 1", over.high < 1)
        )  # fmt: skip
    return rows


def draw(data: dict[str, Any], folder: Path) -> None:
    """Draw `width.png`: test error, and accuracy for spirals, against width."""
    from minigrow.plotting import bars, log_bars, picture

    tasks = data["tasks"]
    columns = min(4, len(tasks))
    with picture(folder / "width.png", columns=columns, rows=-(-len(tasks) // columns), panel=(5.2, 4.6)) as axes:
        for ax, (task, found) in zip(axes.ravel(), tasks.items(), strict=False):
            spiral = task.startswith("spirals")
            for i, rule in enumerate(RULES):
                (bars if spiral else log_bars)(ax, found["widths"], found[rule], i, rule)
            ax.set_xscale("log", base=2)
            ax.set_xticks(found["widths"], found["widths"], fontsize=12)
            ax.set(title=task + (" arms" if spiral else ""), xlabel="neurons in a hidden layer")
            ax.set_ylabel("test accuracy (%)" if spiral else "test error")
            ax.legend()
        for ax in axes.ravel()[len(tasks) :]:
            ax.set_axis_off()
