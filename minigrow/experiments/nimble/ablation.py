"""Experiment 6: what is the gain of the mask network due to? Algorithm B on the Bessel sum, taken apart.

All arms share data and first weights, seed by seed, and stop when they have spent as many multiply-adds as the static
network does in its epochs (closed neurons cost nothing, so growing arms get more epochs); only "trained longer" gets more.
The rate of tuned arms is the one of a grid with the lowest median training error: the test set has no say.

| arm | what it has of the method |
|---|---|
| growing | all: mask, gradient of the task into c, extra input c |
| scalar gate | one gate for the whole layer, with the task's gradient |
| released | one gate, c follows its size term alone: the authors' released program |
| schedule | the mask, opened at fixed times: c follows its size term alone |
| unseen | the mask and the task's gradient, but neurons do not see c |
| extra input alone | c goes from 0 to 1 as an input, no gate |
| static | nothing; and with its rate tuned, trained longer, with smaller first weights N(0, 0.1^2) |
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from minigrow.experiments.claims import Claim, Estimate, judge
from minigrow.experiments.nimble.common import geometric, rounded, trained
from minigrow.experiments.registry import Outcome
from minigrow.growth import History, Plan
from minigrow.nimble import controller
from minigrow.nimble.tasks import bessel_sum

QUICK = {"repeats": 6, "width": 10, "points": 512, "epochs": 3000, "rates": [1e-3, 1e-2]}
FULL = {"repeats": 20, "width": 10, "points": 1024, "epochs": 5000, "rates": [3e-4, 1e-3, 3e-3, 1e-2, 3e-2]}
FIGURES = {
    "ablation.png": (
        "Final test error of every arm of the ablation, a mark a seed, a bar for the geometric mean: static "
        "networks trained longer or at a tuned rate reach the growing ones."
    ),
}


class Arm(NamedTuple):
    """A rule, the first weights' initialiser, how much of the budget it may spend, and whether its rate is tuned."""

    rule: str
    init: str = "glorot"
    budget: float = 1.0
    tuned: bool = False


ARMS = {
    "growing": Arm("growing"),
    "scalar gate": Arm("scalar"),
    "released": Arm("released"),
    "schedule": Arm("schedule"),
    "unseen": Arm("unseen"),
    "extra input alone": Arm("input_only"),
    "static": Arm("static"),
    "static, rate tuned": Arm("static", tuned=True),
    "growing, rate tuned": Arm("growing", tuned=True),
    "static, 2x longer": Arm("static", budget=2.0),
    "static, 4x longer": Arm("static", budget=4.0),
    "static, small weights": Arm("static", init="normal"),
    "growing, small weights": Arm("growing", init="normal"),
    "static, small weights, tuned": Arm("static", init="normal", tuned=True),
    "growing, small weights, tuned": Arm("growing", init="normal", tuned=True),
}


class Job(NamedTuple):
    """One network: arm, rate, width, points, epochs of the static network, seed."""

    arm: str
    rate: float
    width: int
    points: int
    epochs: int
    seed: int


def one(job: Job) -> dict[str, float]:
    """Return training and test error at the arm's budget of multiply-adds, and how many epochs that were."""
    arm, rng = ARMS[job.arm], np.random.default_rng(job.seed)
    x = rng.uniform(-1, 1, (job.points, 1))
    y, cut = bessel_sum(x), round(0.8 * job.points)
    net = controller([1, job.width, 1], arm.rule, init=arm.init, rng=job.seed)
    spare = 1.5 if arm.rule in ("growing", "schedule", "unseen") else 1.0
    plan = Plan(round(job.epochs * arm.budget * spare), None, "mse", record=50)
    life = trained(net, (x[:cut], y[:cut], x[cut:], y[cut:]), plan, job.rate)[1]
    return at_budget(life, arm.budget * job.epochs * 3 * cut * job.width * 2)


def at_budget(life: History, budget: float) -> dict[str, float]:
    """Return training error, test error and epoch of the last row that spent no more than `budget` multiply-adds.

    >>> row = {"epoch": 1, "loss": 2.5, "size_term": 0.5, "validation_loss": 3.0, "multiply_adds": 10.0}
    >>> at_budget(History().with_row(row).with_row(row | {"multiply_adds": 20.0, "epoch": 2}), 19.0)
    {'train': 2.0, 'test': 3.0, 'epochs': 1}
    """
    row = life.rows[max(int(np.searchsorted(life["multiply_adds"], budget, side="right")) - 1, 0)]
    train, test = row["loss"] - row["size_term"], row["validation_loss"]
    return {"train": rounded(train), "test": rounded(test), "epochs": int(row["epoch"])}


def run(config: dict[str, Any], seed: int, pmap: Callable) -> Outcome:
    """Train every arm on every seed; tuned arms at every rate."""
    seeds = [1000 * seed + i for i in range(config["repeats"])]
    plan = [(name, rate) for name, arm in ARMS.items() for rate in (config["rates"] if arm.tuned else [1e-3])]
    jobs = [
        Job(name, rate, config["width"], config["points"], config["epochs"], s) for name, rate in plan for s in seeds
    ]
    found = iter(pmap(one, jobs))
    tried: dict[str, dict[float, list]] = {}
    for name, rate in plan:
        tried.setdefault(name, {})[rate] = [next(found) for _ in seeds]
    data = {}
    for name, by_rate in tried.items():
        rate = min(by_rate, key=lambda r: np.median([row["train"] for row in by_rate[r]]))
        rows = by_rate[rate]
        data[name] = {"rate": rate, **{key: [row[key] for row in rows] for key in ("train", "test", "epochs")}}
    return Outcome({"arms": data, "verdict": verdict(data)})


def against(arms: dict[str, Any], a: str, b: str) -> Estimate:
    """Return the geometric mean ratio of the test errors of arms a and b over the seeds they share."""
    return geometric(arms[a]["test"], arms[b]["test"])


def claims(data: dict[str, Any]) -> list[Claim]:
    """Judge each explanation of the gain."""
    arms, rows = data["arms"], []
    for name in ("static", "static, rate tuned", "static, 2x longer", "static, 4x longer", "static, small weights",
                 "static, small weights, tuned"):  # fmt: skip
        e = against(arms, "growing", name)
        rows.append(
            judge(f"growing has the lower test error than: {name}", "growing outperforms static of equal final size", e,
                  "growing / it", "interval below 1", e.high < 1)
        )  # fmt: skip
    for extra, what in (
        ("rate tuned", "both rates are tuned"),
        ("small weights, tuned", "both start small and are tuned"),
    ):
        e = against(arms, f"growing, {extra}", f"static, {extra}")
        rows.append(judge(f"growing beats static when {what}", "(ours)", e, "growing / static", "interval below 1",
                          e.high < 1))  # fmt: skip
    for name, what in {
        "schedule": "the task's gradient into c matters: growing beats the fixed schedule",
        "scalar gate": "the mask matters: growing beats one gate for the whole layer",
        "unseen": "the extra input matters: growing beats the mask that neurons do not see",
        "extra input alone": "the gate matters: growing beats the extra input alone",
        "released": "growing as published beats growing as released",
    }.items():
        e = against(arms, "growing", name)
        rows.append(judge(what, "(ours)", e, f"growing / {name}", "interval below 1", e.high < 1))
    e = against(arms, "released", "static")
    rows.append(judge("growing as released beats static", "the released program's result", e, "released / static",
                      "interval below 1", e.high < 1))  # fmt: skip
    return rows


def verdict(arms: dict[str, Any]) -> str:
    """Say in plain words what growing gains, which arms gain as much, and which do not."""
    gain = against(arms, "growing", "static")
    word = "less than" if gain.high < 1 else ("more than" if gain.low > 1 else "not clearly different from")
    others = [name for name in arms if name not in ("growing", "static")]
    behind = [name for name in others if against(arms, "growing", name).high < 1]
    level = [name for name in others if name not in behind]
    return (
        f"Growing ends with {gain.value:.2g} times the test error of the untuned static network ({word} it). "
        f"Clearly behind growing: {'; '.join(behind) or 'none'}. "
        f"Not clearly behind growing: {'; '.join(level) or 'none'}."
    )


def draw(data: dict[str, Any], folder: Path) -> None:
    """Draw `ablation.png`: the test errors of every arm, seed by seed, with their geometric mean."""
    from minigrow.plotting import COLOURS, picture

    arms = data["arms"]
    names = sorted(arms, key=lambda name: np.mean(np.log(arms[name]["test"])))
    with picture(folder / "ablation.png", panel=(10.5, 7.2)) as axes:
        ax = axes[0, 0]
        for i, name in enumerate(names):
            test, kind = np.array(arms[name]["test"]), ARMS[name].rule
            colour = COLOURS[0] if kind == "growing" else (COLOURS[1] if kind == "static" else COLOURS[2])
            marker = "o" if kind == "growing" else ("s" if kind == "static" else "^")
            ax.plot(test, np.full(len(test), i) + np.linspace(-0.2, 0.2, len(test)), marker, color=colour, alpha=0.55)
            ax.plot(np.exp(np.mean(np.log(test))), i, "|", color="black", markersize=26, markeredgewidth=3)
        ax.set_yticks(range(len(names)), [f"{n} ({arms[n]['rate']:g})" if ARMS[n].tuned else n for n in names])
        ax.set_xscale("log")
        ax.set(title="what is the gain due to?", xlabel="final test error at equal multiply-adds (bar: geometric mean)")
        for kind, colour, marker in (("growing", 0, "o"), ("parts of it", 2, "^"), ("static", 1, "s")):
            ax.plot([], [], marker, color=COLOURS[colour], label=kind)
        ax.legend(loc="lower right")
