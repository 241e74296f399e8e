"""Train one arm of the comparison: `one(job)` returns, for each of its seeds, the score, the sizes, the cost, and the course.

Arms differ in the rule, the trigger or the method alone: the optimiser is Adam at a constant rate, batches and first weights follow
from the seed, and what is new in the optimiser's state starts at zero (growth.basis: the state follows the change). A wide input
(more than `wide`) has a first hidden layer that does not grow before the layer that does.
"""

from __future__ import annotations

import time
from typing import Any, NamedTuple

import numpy as np

from minigrow.addition.policy import Adding
from minigrow.experiments.addition import comparison_methods
from minigrow.experiments.addition.comparison_arms import Arm, arms, rule_of
from minigrow.experiments.addition.comparison_price import Size, asked, price
from minigrow.experiments.addition.comparison_tasks import Task, task
from minigrow.experiments.addition.comparison_triggers import trigger_of
from minigrow.growth import Plan, Run, start, train
from minigrow.growth.loop import Diverged
from minigrow.growth.plan import Observer
from minigrow.growth.watch import joined
from minigrow.nn import MLP, Adam

NOTHING = {
    "score": float("nan"),
    "width": 0,
    "parameters": 0,
    "work": 0.0,
    "growth": 0.0,
    "seconds": 0.0,
    "own": 0.0,
    "course": {},
}


class Job(NamedTuple):
    """One arm on one task: the numbers of the configuration as pairs, the rate, the seeds, whether rows are held out to tune."""

    task: str
    arm: str
    same: tuple[tuple[str, Any], ...]
    rate: float = 0.0
    seeds: tuple[int, ...] = ()
    held: bool = False

    @property
    def numbers(self) -> dict[str, Any]:
        """The configuration."""
        return dict(self.same)

    @property
    def what(self) -> Arm:
        """The arm."""
        return arms(self.numbers)[self.arm]


def one(job: Job) -> list[dict[str, Any]]:
    """Return what became of every seed: score, width, parameters, work, growth (of the work), seconds, refused, course."""
    return [_one(job, seed) for seed in job.seeds]


def _one(job, seed):
    given = task(job.task, seed, job.numbers, job.held)
    began, refused = time.process_time(), ""
    try:
        run = trained(job, given, seed)
    except Diverged as error:
        run, refused = error.run, "diverged"
    except (ValueError, np.linalg.LinAlgError) as error:
        return NOTHING | {"refused": f"{type(error).__name__}: {error}"}
    seconds, extra = time.process_time() - began, growth_work(job, given, run)
    hidden = int(sum(list(run.net.active.values())[1:-1]))
    return {
        "score": float("nan") if refused else given.score(run.net),
        "width": hidden - (wide_of(given, job.numbers) if job.what.kind != "method" else 0),
        "parameters": run.net.parameters,
        "work": float(run.work + sum(w for _, w in extra)),
        "growth": float(sum(w for _, w in extra)),
        "seconds": seconds,
        "own": own_share(job.what, run),
        "refused": refused,
        "course": course(run, extra),
    }


def own_share(arm: Arm, run: Run) -> float:
    """Return the share of the growths that the arm's rule proposed itself (see `comparison_arms.INSTEAD`); 1 for other arms."""
    name = arm.rule.removeprefix("paired ")
    return (
        float(np.mean([name in event.reason for event in run.history.events] or [1.0])) if arm.kind == "rule" else 1.0
    )


def course(run: Run, extra: list[tuple[int, float]]) -> dict[str, list[float]]:
    """Return steps, multiply-adds with those of growth, hidden neurons and scores, where a score was taken.

    >>> course(start(MLP.create([2, 2, 2], rng=0), Adam(), rng=0), [])
    {'step': [], 'work': [], 'width': [], 'score': []}
    """
    rows = [row for row in run.history.rows if np.isfinite(row["score"])]
    steps, works = (np.array([pair[i] for pair in extra] or [0.0]) for i in range(2))
    return {
        "step": [int(row["step"]) for row in rows],
        "work": [float(row["multiply_adds"] + works[steps <= row["step"]].sum()) for row in rows],
        "width": [int(row["widths"][1:-1].sum()) for row in rows],
        "score": [row["score"] for row in rows],
    }


def trained(job: Job, given: Task, seed: int, picture: Observer | None = None) -> Run:
    """Return the run of an arm; `picture(net)` gives more columns for its history."""
    arm, c = job.what, job.numbers
    observe = observer(given, c, picture)
    if arm.kind == "method":
        return comparison_methods.fit(arm.rule, given, c, job.rate, seed, observe)
    first = arm.width or c["start"]
    before = [c["first"]] if wide_of(given, c) else []
    net = MLP.create([given.X.shape[1], *before, first, given.outputs], arm.activation, rng=seed, dtype=np.float32)
    run = start(net, Adam(job.rate), rng=seed)
    long = job.arm == f"static {c['end']}" and not job.held  # its course says what other amounts of work would give
    steps = c["steps"] * (c["longer"] if long else 1)
    plan = Plan(steps=steps, batch=c["batch"], loss=given.loss, record=c["interval"], observe=observe, quiet=True)
    if arm.kind != "static":
        given, plan = with_growth(arm, given, plan, c, net, seed)
    return train(run, given.X, given.y, plan)


def with_growth(arm: Arm, given: Task, plan: Plan, c: dict[str, Any], net: MLP, seed: int) -> tuple[Task, Plan]:
    """Return the task (with rows held out where the trigger wants them) and the plan with its policy."""
    order = np.random.default_rng(seed).permutation(len(given.y))
    aside = order[: max(20, len(order) // 20)]
    held_out = (given.X[aside], given.y[aside])
    searched = order[-c["samples"] :]
    search = (given.X[searched], given.y[searched])
    if arm.trigger == "fra_grow":
        given = given._replace(X=np.delete(given.X, aside, axis=0), y=np.delete(given.y, aside, axis=0))
    if arm.trigger == "plateau":
        plan = plan._replace(validation=search)
    rule, amplitude = rule_of(arm.rule)
    layer = net.layers - 2
    when = trigger_of(arm.trigger, c, net, layer, (given.X, given.y), held_out, given.loss)
    policy = Adding(rule, when, (layer,), c["more"], c["end"], amplitude, search, c["samples"])
    return given, plan._replace(policies=(policy,), every=c["interval"])


def observer(given: Task, c: dict[str, Any], picture: Observer | None = None) -> Observer:
    """Return a function that notes the test score at every `stride`-th row, NaN between, and the columns of `picture`.

    It is asked before the first step, too, which is no row.
    """
    seen = [-1]

    def observe(net: Any) -> dict[str, Any]:
        seen[0] += 1
        score = given.score(net) if seen[0] % c["stride"] == 0 else float("nan")
        return {"score": score}

    return joined(observe, picture)


def wide_of(given: Task, c: dict[str, Any]) -> int:
    """Return the size of the first layer that does not grow: 0 where the inputs are few."""
    return c["first"] if given.X.shape[1] > c["wide"] else 0


def growth_work(job: Job, given: Task, run: Run) -> list[tuple[int, float]]:
    """Return (step, multiply-adds) of every proposal and every question to a trigger; [] for other arms."""
    arm, c = job.what, job.numbers
    if arm.kind not in ("rule", "trigger"):
        return []
    _, amplitude = rule_of(arm.rule)
    d, p, n = wide_of(given, c) or given.X.shape[1], given.outputs, min(c["samples"], len(given.y))
    below = given.X.shape[1] * d if wide_of(given, c) else 0

    def size(h: int, k: int) -> Size:
        return Size(n, d + 1, h, p, k, below + h * (d + p))

    found = [(e.step, price(arm.rule, size(e.before, e.neurons), amplitude)) for e in run.history.events]
    widths = {row["step"]: int(row["widths"][-2]) for row in run.history.rows}
    visits = [(step, h) for step, h in widths.items() if h < c["end"]]
    return found + [(step, asked(arm.trigger, size(h, c["more"]))) for step, h in visits]
