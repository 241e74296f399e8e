"""Train wide and prune, or stay narrow from the start: what does each reach, and how soon is a pruned network back?

Five arms, all [d, h, h, K] at their own tuned rates, T steps unless told:

    unpruned              h = wide throughout
    pruned at once        wide until T/2, then pruned to narrow in one cut, trained on until T
    pruned step by step   the same in several cuts, evenly from T/4 to 3T/4
    narrow                h = narrow throughout
    narrow, equal work    the same for as many steps as make it the multiply-adds of "pruned at once"

Test accuracy is looked at every so many steps; a pruned network is back when it first has the accuracy from just before the
first cut. Source: Bird 2026 removes neurons; its authors' programs have no experiment on recovery, so this one is ours.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from minigrow.datasets import split
from minigrow.experiments.isotropic.common import accuracy, network, on
from minigrow.experiments.isotropic.recovery_claims import ARMS, EQUAL, NARROW, ONCE, STEPWISE
from minigrow.experiments.isotropic.recovery_claims import claims as claims
from minigrow.experiments.isotropic.recovery_figures import draw as draw
from minigrow.experiments.protocol import Setting
from minigrow.experiments.registry import Outcome
from minigrow.experiments.shared import overlap, parts, rounded, seeds_apart
from minigrow.experiments.tuning import over_seeds, tuned_each
from minigrow.growth import Plan, Run, accept, start
from minigrow.isotropic import prune
from minigrow.nn import AdamW

SAME = {"weight_decay": 1e-3, "batch": 48, "o": "trainable", "psi": "decay", "by": "sigma",
        "wide": 100, "narrow": 16, "steps": 5210, "cuts": 8, "every": 26}  # fmt: skip
FULL = SAME | {"repeats": 20, "data": ["digits", "mnist-1d"], "rates": [1e-3, 3e-3, 1e-2], "tuning": 2}
QUICK = FULL | {
    "repeats": 5,
    "wide": 24,
    "narrow": 8,
    "steps": 312,
    "cuts": 4,
    "every": 26,
    "rates": [1e-2, 3e-2, 1e-1],
    "tuning": 1,
}
FIGURES = {
    "recovery.png": (
        "Test accuracy over training steps of networks that are pruned at once or step by step, of unpruned ones and of narrow ones"
        " (means with 95 % bands; thin line: narrow ones at equal work), on each data set."
    ),
}
PROTOCOL = (
    Setting("repeats", "none: no experiment on recovery", "repeats", why="this experiment is ours", effect="intervals from 20 starts"),
    Setting("data", "CIFAR-10 and others", "data", why="these come with the package", effect="not measured"),
    Setting("neurons per layer before pruning", 100, "wide"),
    Setting("neurons per layer after pruning", "75 to 1 fewer, without training on", "narrow", why="a width that costs accuracy",
            effect="not measured for other widths"),
    Setting("steps", 52100, "steps", why="time: five of the authors' fifty epochs", effect="not measured"),
    Setting("cuts step by step", "none", "cuts", why="this experiment is ours", effect="see the claims"),
    Setting("steps between two looks", "an epoch (1042)", "every", why="to see when the accuracy is back", effect="none on training"),
    Setting("rates of AdamW tried", 1e-3, "rates", why="the arms differ in what suits them; a best rate on the edge widens the grid",
            effect="where it stays on the edge the verdict is undecided"),
    Setting("starts used for tuning alone", "none", "tuning", why="see above", effect="noise in the rates taken: not measured"),
    Setting("weight decay", 1e-3, "weight_decay"),
    Setting("samples in a batch", 48, "batch"),
    Setting("intrinsic length o", "trainable", "o"),
    Setting("correction psi", "decay", "psi"),
    Setting("criterion of removal", "sigma", "by"),
)  # fmt: skip
THIN = 5  # every so many looks are kept for the figure


class Job(NamedTuple):
    """One life: data set, arm, rate, the rest of the configuration as pairs, judged on "validation" or "test", seed."""

    data: str
    arm: str
    rate: float
    same: tuple[tuple[str, Any], ...]
    judged_on: str
    seed: int


class Life(NamedTuple):
    """Accuracies (%) at the looks, before the first cut, behind the last, at the end; steps until it was back; multiply-adds.

    The steps count from the first cut, and are -1 where the accuracy from before it never came back.
    """

    curve: list[float]
    before: float
    after: float
    end: float
    back: int
    work: float


def cuts(arm: str, c: dict[str, Any]) -> dict[int, int]:
    """Return {step: width from then on} of an arm.

    >>> cuts(STEPWISE, {"wide": 10, "narrow": 4, "steps": 100, "cuts": 3})
    {25: 8, 50: 6, 75: 4}
    """
    if arm == ONCE:
        return {c["steps"] // 2: c["narrow"]}
    if arm == STEPWISE:
        steps = np.linspace(c["steps"] / 4, 3 * c["steps"] / 4, c["cuts"]).round().astype(int)
        widths = np.linspace(c["wide"], c["narrow"], c["cuts"] + 1)[1:].round().astype(int)
        return dict(zip(steps.tolist(), widths.tolist(), strict=True))
    return {}


def lasting(arm: str, c: dict[str, Any], ends: tuple[int, int]) -> int:
    """Return the steps of an arm: T, or what makes a narrow network do the work of one pruned at once.

    >>> [lasting(arm, {"wide": 20, "narrow": 10, "steps": 100}, (5, 5)) for arm in (NARROW, EQUAL)]
    [100, 200]
    """
    if arm != EQUAL:
        return c["steps"]
    half = c["steps"] // 2
    wide, narrow = (network([ends[0], width, width, ends[1]], 0).cost for width in (c["wide"], c["narrow"]))
    return round((half * wide + (c["steps"] - half) * narrow) / narrow)


def pruned(run: Run, width: int, by: str) -> Run:
    """Return the run with both hidden layers pruned to a width, the second one first; its optimiser goes along."""
    for layer in (1, 0):
        run = accept(run, *prune(run.net, layer, run.net.widths[layer + 1] - width, by=by))
    return run


def one(job: Job) -> Life:
    """Live one life; every look is on the test set, or on a fifth of the training set that was held out."""
    c, (train, test) = dict(job.same), parts(job.data, job.seed)
    if job.judged_on == "validation":
        train, test = split(train, 0.2, rng=job.seed)
    ends, due = (train.X.shape[1], len(train.classes)), cuts(job.arm, c)
    steps, first = lasting(job.arm, c, ends), c["narrow"] if job.arm in (NARROW, EQUAL) else c["wide"]
    net = network([ends[0], first, first, ends[1]], job.seed, o=c["o"], psi=c["psi"])
    run = start(net, AdamW(rate=job.rate, weight_decay=c["weight_decay"]), rng=job.seed)
    looks = range(c["every"], c["steps"] + 1, c["every"]) if job.arm != EQUAL else ()
    seen, before, after = {}, np.nan, np.nan
    for step in sorted({*looks, *due, steps}):
        run = on(run, train, Plan(steps=step, batch=c["batch"]))
        seen[step] = accuracy(run.net, test)
        if step in due:
            before = seen[step] if step == min(due) else before
            run = pruned(run, due[step], c["by"])
            after = accuracy(run.net, test)
    return Life([seen[step] for step in looks][::THIN], before, after, seen[steps], _back(seen, due, before), run.work)


def _back(seen, due, before):
    """Steps from the first cut to the first look behind the last cut that is as good as before; -1 where there is none."""
    found = [step for step, value in seen.items() if due and step > max(due) and value >= before]
    return min(found) - min(due) if found else -1


def validated(job: Job) -> float:
    """Return the accuracy at the end alone, for tuning."""
    return one(job).end


def run(config: dict[str, Any], seed: int, pmap: Callable) -> Outcome:
    """Tune the rate of every arm on other starts and held-out rows, then let every arm live from the same seeds."""
    n, names, same = config["repeats"], config["data"], tuple((key, config[key]) for key in SAME)
    seeds, apart = seeds_apart(seed, n, config["tuning"])
    keys = [(name, arm) for name in names for arm in ARMS]
    score = over_seeds(pmap, validated, lambda key, rate, s: Job(*key, rate, same, "validation", s), apart)
    found = tuned_each(score, keys, config["rates"])
    lives = iter(pmap(one, [Job(*key, found[key].rate, same, "test", s) for key in keys for s in seeds]))
    rows: dict[str, dict[str, Any]] = {name: {} for name in names}
    for name, arm in keys:
        rows[name][arm] = _row([next(lives) for _ in seeds], found[name, arm])
    looks = list(range(config["every"], config["steps"] + 1, config["every"]))[::THIN]
    shown = {key: config[key] for key in ("wide", "narrow", "steps", "cuts")} | {"looks": looks}
    return Outcome(shown | {"overlap": {name: overlap(name) for name in names}, "rows": rows})


def _row(lives, tuned):
    columns = dict(zip(Life._fields, zip(*lives, strict=True), strict=True))
    row = {"rate": tuned.rate, "rates": list(tuned.rates), "edge": tuned.edge, "validation": rounded(tuned.scores)}
    known = {key: rounded(value, 4) for key, value in columns.items() if not np.isnan(np.sum(value[0]))}
    return row | known
