"""Experiment 9: grow to a size, or train a larger network and prune it to that size? Algorithm B, at equal training.

All arms end with H neurons, spend the same multiply-adds, and have a rate of their own, tuned on seeds of its own:

| arm | what it does |
|---|---|
| growing | the mask opens from 0 to H neurons; closed neurons cost nothing |
| static | H neurons from the start |
| pruned 2x, 4x | 2 H or 4 H neurons for half of the multiply-adds, pruned to H, then trained on for the other half |
| pruned 4x, late | 4 H neurons for nine tenths of the multiply-adds, pruned to H, trained on for the last tenth |

Pruning keeps the H neurons that contribute most to the outputs, by std(a_i) |W2_i| over the training set (a_i activation, W2_i the
weights that leave neuron i); the mean of what the others contributed goes into the outputs' biases.
Source: Radhakrishnan et al. 2025, abstract: growing "contrasts with pruning large networks after training"; the arms are ours.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from minigrow.experiments import shared
from minigrow.experiments.claims import Claim, above, below, geometric, judge, mean
from minigrow.experiments.nimble.common import trained
from minigrow.experiments.nimble.pruned_figures import draw as draw
from minigrow.experiments.nimble.twins import Job, is_curve, parts
from minigrow.experiments.protocol import Setting
from minigrow.experiments.registry import Outcome
from minigrow.experiments.tuning import over_seeds, settled, tuned_each
from minigrow.growth import Event, Move, Plan, keep, moved
from minigrow.growth.plan import Context
from minigrow.nimble import Network, controller
from minigrow.nimble.formulas import forward

QUICK = {
    "repeats": 3, "tuning": 1, "rates": [3e-3, 1e-2], "tasks": ["bessel"], "data": ["digits", "mnist-1d"], "points": 256,
    "hidden": {"bessel": 10, "data": 16}, "steps": {"bessel": 1000, "data": 200}, "batch": 100, "init": "fan_in_uniform",
}  # fmt: skip
FULL = QUICK | {
    "repeats": 10, "tuning": 2, "rates": [1e-3, 3e-3, 1e-2], "points": 1024, "steps": {"bessel": 5000, "data": 3000},
}  # fmt: skip
NONE = {
    "why": "pruning is named in the abstract, but no program does it",
    "effect": "there is no authors' number to compare with",
}
PROTOCOL = (
    Setting("repeats", "none", "repeats", **NONE),
    Setting("seeds that choose the rate", "none: one rate for all", "tuning", why="every arm deserves the best rate for it",
            effect="at one rate for all, the verdict would be about that rate"),
    Setting("rates", [1e-4, 3e-4, 1e-3], "rates", why="below 5e-4 growing is not finished after 5000 epochs",
            effect="all arms end at their full size; a grid is widened where its best rate is at its edge"),
    Setting("tasks", "none", "tasks", **NONE),
    Setting("data sets", "none", "data", **NONE),
    Setting("points of the Bessel sum", 32768, "points", why="32 times the time", effect="not measured here"),
    Setting("H", "none", "hidden", **NONE),
    Setting("steps of the static network", 5000, "steps", why="on data sets a step is a mini-batch", effect="not measured"),
    Setting("rows in a batch of a data set", "all", "batch", why="a full batch has 14 to 40 times as many rows",
            effect="not measured"),
    Setting("first weights: W and b uniform in +-1/sqrt(inputs)", "fan_in_uniform", "init"),
    Setting("optimiser", "Adam"),
)  # fmt: skip
FIGURES = {
    "pruned.png": (
        "Final test errors at equal multiply-adds and equal final size: networks that grow, that are static, and that are "
        "trained larger and pruned (a mark a seed, a bar for the mean)."
    ),
}


class Arm(NamedTuple):
    """A rule of algorithm B, how many times H neurons it starts with, and the share of the multiply-adds spent before pruning."""

    rule: str = "static"
    times: int = 1
    before: float = 0.0


ARMS = {
    "growing": Arm("growing"),
    "static": Arm(),
    "pruned 2x": Arm(times=2, before=0.5),
    "pruned 4x": Arm(times=4, before=0.5),
    "pruned 4x, late": Arm(times=4, before=0.9),
}
SPARE = 1.5  # steps that a growing network may take, over those of a static one, as closed neurons cost nothing


class Pruning(NamedTuple):
    """A policy that, from step `at` on, keeps the `neurons` that contribute most to the outputs.

    >>> policy, net = Pruning(2, 0), controller([1, 4, 1], "static", rng=0)
    >>> smaller, events = policy(net, Context(5, 5, None, np.linspace(-1, 1, 9)[:, None], None, "mse", None))
    >>> smaller.widths, events[0].neurons
    ((1, 2, 1), 2)
    """

    neurons: int
    at: int

    def __call__(self, net: Network, context: Context) -> tuple[Network, tuple[Event, ...]]:
        """Return the pruned network and the event, or the same network before its time and after it."""
        h = net.widths[1]
        if context.step < self.at or h <= self.neurons:
            return net, ()
        share, means = contributions(net, context.X)
        order = np.argsort(-share, kind="stable")
        kept, lost = np.sort(order[: self.neurons]), order[self.neurons :]
        moves = (Move("h1", keep(kept.tolist(), h)),)
        smaller = moved(net, moves)
        bias = smaller.params["b2"] + net.params["W2"][:, lost] @ means[lost]
        event = Event("prune", "h1", len(lost), "the least contribution", h, len(kept), moves)
        return smaller.with_params(smaller.params | {"b2": bias.astype(net.theta.dtype)}), (event,)


def contributions(net: Network, X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return std(a_i) |W2_i| and mean(a_i) of every hidden neuron, (m,) each, over the rows X (n, d).

    >>> net = controller([1, 3, 1], "static", rng=0)
    >>> [part.shape for part in contributions(net, np.zeros((5, 1)))]
    [(3,), (3,)]
    """
    a = forward(net, X)[1][1]
    return a.std(axis=0) * np.linalg.norm(net.params["W2"], axis=0), a.mean(axis=0)


def one(job: Job) -> dict[str, float]:
    """Return test error (mean squared, or share of wrong rows in per cent), multiply-adds per budget, and final neurons in use."""
    X, y, X_test, y_test = parts(job)
    arm, curve = ARMS[job.rule], is_curve(job.task)
    outputs = 1 if curve else int(y.max()) + 1
    net = controller([X.shape[1], arm.times * job.width, outputs], arm.rule, init=job.init, rng=job.seed, dtype=X.dtype)
    before = max(1, round(arm.before * job.steps / arm.times))
    steps = (
        before + round((1 - arm.before) * job.steps)
        if arm.before
        else round(job.steps * (SPARE if job.rule == "growing" else 1))
    )
    policies, every = ((Pruning(job.width, before),), before) if arm.before else ((), None)
    plan = Plan(
        1, job.batch, "mse" if curve else "softmax", policies, steps=steps, every=every, record=max(1, job.steps // 50)
    )
    life = trained(net, (X, y, X_test, y_test), plan, job.rate)[1]
    rows_per_step = len(X) / -(-len(X) // job.batch) if job.batch else len(X)
    budget = 3 * job.steps * rows_per_step * job.width * (X.shape[1] + outputs)
    within = [
        row for row in life.rows if row["multiply_adds"] <= 1.005 * budget
    ]  # a last batch may be smaller than the others
    if not within:
        return {"error": float(np.mean(y_test**2)) if curve else 100.0, "work": 0.0, "neurons": 0.0}
    row = within[-1]
    error = row["validation_loss"] if curve else max(100 * (1 - row["validation_accuracy"]), 50 / len(y_test))
    return {"error": float(error), "work": float(row["multiply_adds"] / budget), "neurons": float(row["widths"][1])}


def merit(job: Job) -> float:
    """Return -log of the error, of which the mean over seeds chooses a rate."""
    return -math.log(one(job)["error"])


def jobs_of(config: dict[str, Any]) -> list[Job]:
    """Return one job for each task and arm, without rate and seed.

    >>> [job.steps for job in jobs_of(QUICK | {"data": []})]
    [1000, 1000, 1000, 1000, 1000]
    """
    kinds = [("bessel", task) for task in config["tasks"]] + [("data", name) for name in config["data"]]
    return [
        Job(task, config["hidden"][kind], arm, config["points"], config["steps"][kind],
            None if kind == "bessel" else config["batch"], config["init"])
        for kind, task in kinds for arm in ARMS
    ]  # fmt: skip


def run(config: dict[str, Any], seed: int, pmap: Callable) -> Outcome:
    """Tune the rate of every arm on every task, then train all arms on all seeds."""
    jobs, n = jobs_of(config), config["repeats"]
    seeds, apart = shared.seeds_apart(seed, n, config["tuning"])
    held = lambda job, rate, s: job._replace(rate=rate, seed=s, held=not is_curve(job.task))  # noqa: E731
    rates = tuned_each(over_seeds(pmap, merit, held, apart), jobs, config["rates"])
    found = iter(pmap(one, [job._replace(rate=rates[job].rate, seed=s) for job in jobs for s in seeds]))
    data: dict[str, Any] = {}
    for job in jobs:
        rows = [next(found) for _ in range(n)]
        arm = {"rate": rates[job].rate, "edge": rates[job].edge}
        arm |= {key: shared.rounded([row[key] for row in rows]) for key in ("error", "work", "neurons")}
        data.setdefault(job.task, {})[job.rule] = arm
    overlap = {name: shared.overlap(name) for name in config["data"]}
    return Outcome({"tasks": data, "overlap": overlap, "hidden": config["hidden"]})


def claims(data: dict[str, Any]) -> list[Claim]:
    """Judge growing against every other arm, pruning against static, and that the comparison is one of equal sizes."""
    rows = []
    for task, arms in data["tasks"].items():
        for a, b, paper in (
            *(
                ("growing", b, "abstract 6: growing preferable to simply starting large; v1: contrasts with pruning")
                for b in list(arms)[2:]
            ),
            ("growing", "static", "abstract 4: consistently outperform static networks of equivalent final size"),
            *((a, "static", "(ours)") for a in list(arms)[2:]),
        ):
            rows.append(_lower(task, arms, a, b, paper, data["overlap"].get(task)))
        size = data["hidden"]["bessel" if is_curve(task) else "data"]
        off = mean(np.abs(np.concatenate([arm["neurons"] for arm in arms.values()]) - size))
        rows.append(
            judge(
                f"{task}: all arms end with {size} neurons",
                "(ours)",
                off,
                "neurons off, mean over all networks",
                below(0.05),
            )
        )
    return rows


def _lower(task, arms, a, b, paper, share):
    """Judge whether arm a has the lower test error; `share` is None for a curve, whose errors are compared as a ratio."""
    edge = arms[a]["edge"] or arms[b]["edge"]
    if share is None:
        found, unit, criterion = geometric(arms[a]["error"], arms[b]["error"]), f"{a} / {b}", below(1)
    else:
        found = mean(np.subtract(arms[b]["error"], arms[a]["error"]), share)
        unit, criterion = "pp of test accuracy gained", above(0)
    return judge(f"{task}: {a} ends better than {b}, both rates tuned", paper, settled(found, edge), unit, criterion)
