"""Experiment 6: what is the gain of the mask network due to? Algorithm B on the Bessel sum, taken apart.

All arms share data and first weights, seed by seed, and stop when they have spent as many multiply-adds as the static
network does in its epochs (closed neurons cost nothing, so growing arms get more epochs); only "trained longer" gets more.
The rate of tuned arms is the best of a grid on seeds of their own. First weights are those of the released program; arms with
"Glorot" in their name start from Glorot's and zero biases instead, arms with "small weights" from N(0, 0.1^2).

| arm | what it has of the method |
|---|---|
| growing | all: mask, gradient of the task into c, extra input c |
| scalar gate | one gate for the whole layer, with the task's gradient |
| released | one gate, c follows its size term alone: the authors' released program |
| schedule | the mask, opened at fixed times: c follows its size term alone |
| unseen | the mask and the task's gradient, but neurons do not see c |
| extra input alone | c goes from 0 to 1 as an input, no gate |
| static | nothing; and with its rate tuned, trained longer, with other first weights |
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from minigrow.experiments.claims import Claim, Estimate, below, geometric, judge
from minigrow.experiments.nimble.ablation_arms import ARMS
from minigrow.experiments.nimble.ablation_figures import draw as draw
from minigrow.experiments.nimble.common import trained
from minigrow.experiments.protocol import Setting
from minigrow.experiments.registry import Outcome
from minigrow.experiments.shared import rounded, seeds_apart
from minigrow.experiments.tuning import over_seeds, settled, tuned_each
from minigrow.growth import History, Plan
from minigrow.nimble import controller, released

FULL = {
    "repeats": 20, "tuning": 5, "width": 10, "points": 1024, "epochs": 5000, "rate": 1e-3, "rates": [1e-3, 3e-3, 1e-2, 3e-2],
    "init": "fan_in_uniform",
}  # fmt: skip
QUICK = FULL | {"repeats": 4, "tuning": 1, "points": 256, "epochs": 1500, "rates": [1e-3, 1e-2, 1e-1]}
FIGURES = {
    "ablation.png": (
        "Final test error of every arm of the ablation, a mark a seed, a bar for the geometric mean; the number "
        "behind a tuned arm is its rate."
    ),
}
PROTOCOL = (
    Setting("task", "J_0 + J_1 + J_2, evenly spaced points, a random fifth for testing",
            ours="J_0 + J_1 + J_2, evenly spaced points, a random fifth for testing"),
    Setting("size term", "lambda = .32, goal c = 1", ours="lambda = .32, goal c = 1"),
    Setting("hidden layers", "one", ours="one"),
    Setting("arms", "released, static", ours="these and thirteen more", why="to see what the gain is due to", effect="more verdicts"),
    Setting("first weights", "W and b uniform in +-1/sqrt(inputs), the default of Equinox", "init",
            why="this is the same under our name", effect="none; the arms with Glorot's say what another choice does"),
    Setting("error", "test loss with the size term", ours="test loss without it", why="the size term is no error of the task",
            effect="none to speak of: c is within .001 of 1 at the end"),
    Setting("length", "equal epochs", ours="equal multiply-adds", why="closed neurons cost nothing, so growing gets more epochs",
            effect="growing gets a tenth more epochs (5500 for 5000)"),
    Setting("repeats", 100, "repeats", why="the other arms cost the time", effect="wider intervals"),
    Setting("seeds that choose the rate", "none", "tuning", why="no seed both chooses and judges", effect="not measured"),
    Setting("width", 10, "width"),
    Setting("points", 32768, "points", why="thirty times quicker", effect="not measured; the target has no noise"),
    Setting("epochs", 5000, "epochs"),
    Setting("rate of arms that are not tuned", 1e-3, "rate"),
    Setting("rates of tuned arms", "none", "rates", why="ours: is the gain still there when both are tuned?", effect="two verdicts"),
)  # fmt: skip


class Job(NamedTuple):
    """One network: arm, rate, width, points, epochs of the static network, the released first weights' name, seed."""

    arm: str
    rate: float
    width: int
    points: int
    epochs: int
    init: str
    seed: int


def one(job: Job) -> dict[str, float]:
    """Return training and test error at the arm's budget of multiply-adds, and how many epochs that were."""
    arm, rows = ARMS[job.arm], released.split80(*released.bessel(job.points), np.random.default_rng(job.seed))
    net = controller([1, job.width, 1], arm.rule, init=arm.init or job.init, rng=job.seed)
    spare = 1.5 if arm.rule in ("growing", "schedule", "unseen") else 1.0
    plan = Plan(round(job.epochs * arm.budget * spare), None, "mse", record=50)
    life = trained(net, rows, plan, job.rate)[1]
    return at_budget(life, arm.budget * job.epochs * 3 * len(rows.X) * job.width * 2)


def merit(job: Job) -> float:
    """Return -log of the test error, of which the mean over seeds chooses a rate."""
    return -math.log(one(job)["test"])


def at_budget(life: History, budget: float) -> dict[str, float]:
    """Return training error, test error and epoch of the last row that spent no more than `budget` multiply-adds.

    >>> row = {"epoch": 1, "loss": 2.5, "size_term": 0.5, "validation_loss": 3.0, "multiply_adds": 10.0}
    >>> at_budget(History().with_row(row).with_row(row | {"multiply_adds": 20.0, "epoch": 2}), 19.0)
    {'train': 2.0, 'test': 3.0, 'epochs': 1}
    """
    row = life.rows[max(int(np.searchsorted(life["multiply_adds"], budget, side="right")) - 1, 0)]
    train, test = row["loss"] - row["size_term"], row["validation_loss"]
    return {"train": rounded(train, 6), "test": rounded(test, 6), "epochs": int(row["epoch"])}


def run(config: dict[str, Any], seed: int, pmap: Callable) -> Outcome:
    """Tune the arms that are tuned on seeds of their own, then train every arm on every seed."""
    c, n = config, config["repeats"]
    seeds, apart = seeds_apart(seed, n, c["tuning"])

    def job(name, rate, s):
        return Job(name, rate, c["width"], c["points"], c["epochs"], c["init"], s)

    found = tuned_each(
        over_seeds(pmap, merit, job, apart), [name for name, arm in ARMS.items() if arm.tuned], c["rates"]
    )
    rates = {name: found[name].rate if name in found else c["rate"] for name in ARMS}
    rows = iter(pmap(one, [job(name, rate, s) for name, rate in rates.items() for s in seeds]))
    arms = {}
    for name, rate in rates.items():
        mine = [next(rows) for _ in range(n)]
        edge = name in found and found[name].edge
        arms[name] = {"rate": rate, "edge": edge} | {key: [row[key] for row in mine] for key in mine[0]}
    return Outcome({"arms": arms, "verdict": verdict(arms)})


def against(arms: dict[str, Any], a: str, b: str) -> Estimate:
    """Return the geometric mean ratio of the test errors of arms a and b over the seeds they share."""
    return settled(geometric(arms[a]["test"], arms[b]["test"]), arms[a]["edge"] or arms[b]["edge"])


ABSTRACT = "abstract 4: they consistently outperform static networks of equivalent final size"
PAIRS = (
    *(("growing", name, f"growing has the lower test error than: {name}", ABSTRACT) for name in (
        "static", "static, rate tuned", "static, 2x longer", "static, 4x longer", "static, small weights, tuned")),
    ("growing, rate tuned", "static, rate tuned", "growing beats static when both rates are tuned", ABSTRACT),
    ("growing, small weights, tuned", "static, small weights, tuned", "growing beats static when both start small and are tuned",
     ABSTRACT),
    ("growing", "schedule", "the task's gradient into c matters: growing beats the fixed schedule",
     "abstract 3: through the same gradient-descent algorithm that updates the network's weights"),
    ("growing", "scalar gate", "the mask matters: growing beats one gate for the whole layer",
     "abstract 2: a controller-generated mask modulates neuron participation"),
    ("growing", "unseen", "the extra input matters: growing beats the mask that neurons do not see", "(ours)"),
    ("growing", "extra input alone", "the gate matters: growing beats the extra input alone", "(ours)"),
    ("growing", "released", "growing as published beats growing as released", "(ours)"),
    ("released", "static", "growing as released beats static", ABSTRACT),
    ("growing, Glorot", "static, Glorot", "Glorot's first weights: growing beats static", ABSTRACT),
    ("growing, Glorot, tuned", "static, Glorot, tuned", "Glorot's first weights: growing beats static, both tuned", ABSTRACT),
    ("growing, Glorot", "scalar gate, Glorot", "Glorot's first weights: growing beats one gate for the whole layer", "(ours)"),
    ("growing, Glorot", "released, Glorot", "Glorot's first weights: growing as published beats growing as released", "(ours)"),
    ("growing, Glorot", "schedule, Glorot", "Glorot's first weights: growing beats the fixed schedule", "(ours)"),
    ("growing", "growing, Glorot", "growing is better off with the released first weights than with Glorot's", "(ours)"),
    ("static", "static, Glorot", "static is better off with the released first weights than with Glorot's", "(ours)"),
)  # fmt: skip


def claims(data: dict[str, Any]) -> list[Claim]:
    """Judge each explanation of the gain: the ratio of two arms' test errors."""
    arms = data["arms"]
    return [judge(words, paper, against(arms, a, b), f"{a} / {b}", below(1)) for a, b, words, paper in PAIRS]


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
