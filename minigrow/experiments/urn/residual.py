"""Experiment 3: when a target is its input plus a change, does a residual net emerge, with identity wires and a branch?

The verdict is by weights (`identity`): each output has a wire within .1 of 1 from its own input, a hidden branch matters, and
the pool fits better than a linear map. There is one setting for all targets, found with other seeds on two targets: `stream`,
which was made for this question, and `duffing`, which is not judged. The judged targets (`targets`) are one step of seven systems,
products of pairs, and noisy images to clean ones. Controls: the same change without the identity, outputs permuted or
rotated, and no price on late activity.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from minigrow.experiments.claims import Claim, above, below, bootstrap, geometric, judge, mean, within
from minigrow.experiments.protocol import Setting
from minigrow.experiments.registry import Outcome
from minigrow.experiments.shared import rows_of, seeds_apart
from minigrow.experiments.tuning import over_seeds, settled, tuned_each
from minigrow.experiments.urn.common import OURS, at_most, column, share
from minigrow.experiments.urn.identity import HIDDEN, NEAR, Job, is_residual, one, perceptron
from minigrow.experiments.urn.protocols import AUTHORS, POOL
from minigrow.statistics import proportion

MADE = "stream"  # the target that was made for this question
FULL = {
    "repeats": 20,
    "controls": 6,
    "tuning": 3,
    "targets": [MADE, "products", "pendulum", "predator", "rigid body", "henon-heiles", "lorenz-96", "van der pol", "lorenz", "images"],
    "activations": ["relu", "tanh"],
    "l1": 3e-4,
    "time": 0.1,
    "iterations": 3,
    "steps": 2000,
    "batch": 256,
    "rate": 0.01,
    "rates": [0.003, 0.01, 0.03],
}  # fmt: skip
QUICK = FULL | {
    "repeats": 10, "controls": 2, "tuning": 1, "targets": [MADE, "rigid body"], "activations": ["relu"], "steps": 400
}  # fmt: skip
FIGURES = {
    "residual.png": (
        "For every target: how far the worst identity wire is from 1, how many seeds gave a residual net beside the "
        "controls, and the held-out error against that of a linear map and of a perceptron."
    ),
}
ABSTRACT = "abstract 2: residual networks can emerge dynamically from the same URN"
WHY = "the abstract names no task and no number"
PROTOCOL = (
    *POOL,
    Setting("seeds of a target", AUTHORS, "repeats", why=WHY, effect="the width of the intervals"),
    Setting("seeds of a control", AUTHORS, "controls", why="taken over all targets", effect="the width of the intervals"),
    Setting("tuning seeds", AUTHORS, "tuning", why="for the perceptron's rate; they are not judged", effect="not measured"),
    Setting("targets", AUTHORS, "targets", why=WHY, effect="each target is judged by itself"),
    Setting("activations", AUTHORS, "activations", why=WHY, effect="each is judged by itself"),
    Setting("price of a weight (l1)", AUTHORS, "l1", why="found on stream and duffing, 3 or 4 seeds that are not judged",
            effect="measured on duffing: from .0006 on tanh has all wires in 3 of 4 seeds or fewer, at .004 no branch is left"),
    Setting("price on late activity", AUTHORS, "time", why="as above",
            effect="measured there: without it 1 of 12 pools of stream and none of 12 of duffing had such wires"),
    Setting("iterations", AUTHORS, "iterations", why="as above", effect="measured there: 4 gives the same wires and more cycles"),
    Setting("steps", AUTHORS, "steps", why="two cores", effect="measured on duffing: 4000 bring no wire nearer to 1"),
    Setting("batch", AUTHORS, "batch", why="all rows of a system, a part of the images", effect="not measured"),
    Setting("rate of the pool", AUTHORS, "rate", why="as in all experiments of the pool", effect="not measured"),
    Setting("rates of the perceptron", AUTHORS, "rates", why="a control needs its own", effect="the best is taken"),
    Setting("size of the change", AUTHORS, ours="0.2 of the state's standard deviation, for every system", why=WHY,
            effect="a larger step moves the best linear wire from 1 (lorenz: 1.24 at .2, 1.13 at .1)"),
    Setting("hidden neurons", AUTHORS, ours=f"{HIDDEN} before pruning, as many in the perceptron", why=WHY, effect="not measured"),
)  # fmt: skip


def run(config: dict[str, Any], seed: int, pmap: Callable) -> Outcome:
    """Train every target with every activation, the controls with the first one, and a perceptron at its best rate."""
    seeds, apart = seeds_apart(seed, config["repeats"], config["tuning"])
    jobs = jobs_of(config, seeds)
    rows = [{"data": job.target, "form": job.form, "act": job.activation, "time": job.time, **found}
            for job, found in zip(jobs, pmap(one, jobs), strict=True)]  # fmt: skip
    keys = [(target, act) for target in config["targets"] for act in config["activations"]]
    score = over_seeds(
        lambda f, jobs: [-np.log(error) for error in pmap(f, jobs)],
        perceptron,
        lambda key, rate, i: job_of(config, *key, i)._replace(rate=rate),
        apart,
    )
    best = tuned_each(score, keys, config["rates"])
    errors = pmap(perceptron, [job_of(config, *key, i)._replace(rate=best[key].rate) for key in keys for i in seeds])
    dense = [
        {"data": target, "act": act, "rate": best[target, act].rate, "edge": best[target, act].edge,
         "errors": errors[i * len(seeds) : (i + 1) * len(seeds)]}
        for i, (target, act) in enumerate(keys)
    ]  # fmt: skip
    names = ("targets", "activations", "time")
    return Outcome({"rows": rows, "dense": dense} | {name: config[name] for name in names})


def job_of(config: dict[str, Any], target: str, activation: str, seed: int) -> Job:
    """Return the job of one target in the documented setting."""
    setting = (config[name] for name in ("l1", "time", "iterations", "steps", "batch"))
    return Job(target, "next", activation, *setting, seed, config["rate"])


def jobs_of(config: dict[str, Any], seeds: list[int]) -> list[Job]:
    """Return all jobs of pools: every target and activation, then the controls with the first activation."""
    targets, acts, few = config["targets"], config["activations"], seeds[: config["controls"]]
    jobs = [job_of(config, target, act, i) for target in targets for act in acts for i in seeds]
    for changes in ({"form": "difference"}, {"form": "permuted"}, {"form": "rotated"}, {"time": 0.0}):
        jobs += [job_of(config, target, acts[0], i)._replace(**changes) for target in targets for i in few]
    return jobs


def runs_of(data: dict[str, Any], target: str, act: str, form: str = "next", free: bool = False) -> list[dict]:
    """Return the rows of one target, activation and form; `free`: of the control without a price on late activity."""
    time = 0.0 if free else data["time"]
    return [
        row for row in rows_of(data["rows"], target) if (row["act"], row["form"]) == (act, form) and row["time"] == time
    ]


def hits(runs: list[dict], anywhere: bool = False) -> list[bool]:
    """Return for each run whether it is a residual net."""
    return [is_residual(run, anywhere) for run in runs]


def reached(table: np.ndarray, axis: int = 0) -> np.ndarray:
    """Return how many targets have a residual net in at least 8 of 10 seeds; table (seeds, ..., targets) holds hits.

    >>> int(reached(np.array([[1, 0], [1, 1]])))
    1
    """
    return np.sum(table.mean(axis=axis) >= 0.8, axis=-1)


def claims(data: dict[str, Any]) -> list[Claim]:
    """Judge every target by its seeds, how many targets succeed, the controls, and the fit against a perceptron."""
    first = data["activations"][0]
    made = [claim for act in data["activations"] for claim in _emerging(data, act)]
    return [*made, *_controls(data, first), *_fits(data, first), *map(partial(_agreed, data), data["activations"])]


def _emerging(data, act):
    made, table = [], []
    for target in data["targets"]:
        found = hits(runs_of(data, target, act))
        words = " (made for it)" if target == MADE else ""
        made.append(share(f"{target}{words}, {act}: a residual net emerges", found, paper=ABSTRACT))
        table += [found] if target != MADE else []
    count = bootstrap(np.array(table, float).T, reached)
    made.append(judge(f"{act}: targets not made for it that give a residual net in at least 8 of 10 seeds", ABSTRACT, count,
                      f"targets of {len(table)}", above(3.5)))  # fmt: skip
    return made


def _controls(data, act):
    def together(form, free=False, anywhere=False):
        return [hit for target in data["targets"] for hit in hits(runs_of(data, target, act, form, free), anywhere)]

    few = len(runs_of(data, data["targets"][0], act, "permuted"))
    base = [hit for target in data["targets"] for hit in hits(runs_of(data, target, act)[:few])]
    moved = np.subtract(together("permuted", anywhere=True), base, dtype=float)
    lever = np.subtract(base, together("next", free=True), dtype=float)
    return [
        at_most(f"control, {act}: no residual net where the target is the change alone", together("difference")),
        at_most(f"control, {act}: none in its place where outputs are permuted", together("permuted")),
        judge(f"control, {act}: where outputs are permuted, as often as before up to relabelling", OURS, mean(moved),
              "difference of shares", within(-0.1, 0.1)),
        at_most(f"control, {act}: none, even relabelled, where outputs are rotated", together("rotated", anywhere=True)),
        judge(f"{act}: the price on late activity makes residual nets more frequent", OURS, mean(lever),
              "difference of shares", above(0)),
    ]  # fmt: skip


def _fits(data, act):
    made = []
    for target in data["targets"]:
        (dense,) = [row for row in rows_of(data["dense"], target) if row["act"] == act]
        ratio = settled(geometric(column(runs_of(data, target, act), "error"), dense["errors"]), dense["edge"])
        made.append(judge(f"{target}, {act}: the pool fits as well as a dense perceptron of as many hidden neurons", OURS, ratio,
                          "times its held-out error", below(1.25)))  # fmt: skip
    return made


def _agreed(data, act):
    """Judge whether the structure reader, which also looks at cycles and at all other wires, says the same of these pools."""
    found = [run["kind"] for target in data["targets"] for run in runs_of(data, target, act) if is_residual(run)]
    agreed = [kind == "residual" for kind in found] or [False]
    return share(f"{act}: the structure reader calls these pools residual, too", agreed, unit="share of these pools")


def draw(data: dict[str, Any], folder: Path) -> None:
    """Draw `residual.png`: worst wires, shares of seeds with the controls, and errors, a row for each target."""
    from minigrow.plotting import picture

    names = data["targets"]
    with picture(folder / "residual.png", columns=3, panel=(5.6, 3.6 + 0.5 * len(names)), sharey=True) as axes:
        _wires(axes[0, 0], data)
        _shares(axes[0, 1], data)
        _errors(axes[0, 2], data)
        axes[0, 0].set_yticks(np.arange(len(names)), names)
        axes[0, 0].set_ylim(len(names) - 0.4, -0.6)
        for ax in axes[0]:
            ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.75 / (0.5 * len(names) + 1.7)), ncols=2, fontsize=10)


def _series(data):
    """Yield label, colour, marker and the runs of each target for what is drawn side by side."""
    from minigrow.plotting import COLOURS, MARKERS

    acts = data["activations"]
    table = [(act, act, "next", False) for act in acts]
    table += [("no price on late activity", acts[0], "next", True)]
    for i, (label, act, form, free) in enumerate(table):
        yield label, COLOURS[i], MARKERS[i], [runs_of(data, target, act, form, free) for target in data["targets"]]


def _wires(ax, data):
    for i, (label, colour, marker, table) in enumerate(_series(data)):
        for y, runs in enumerate(table):
            ax.plot(column(runs, "worst"), [y - 0.25 + 0.25 * i] * len(runs), marker, color=colour, mfc="none", ms=5,
                    label=label if y == 0 else None)  # fmt: skip
    ax.axvline(NEAR, color="0.3", linestyle="--")
    ax.set(xscale="log", xlabel="worst identity wire: |weight - 1|", title="every seed's wires")


CONTROLS = (
    ("change alone", "difference", False),
    ("rotated", "rotated", True),
    ("permuted, in its place", "permuted", False),
    ("permuted, relabelled", "permuted", True),
)


def _shares(ax, data):
    from minigrow.plotting import COLOURS, MARKERS

    act, drawn = data["activations"][0], [(label, table, False) for label, _, _, table in _series(data)]
    for label, form, anywhere in CONTROLS:
        drawn.append((label, [runs_of(data, target, act, form) for target in data["targets"]], anywhere))
    for i, (label, table, anywhere) in enumerate(drawn):
        found = [proportion(hits(runs, anywhere)) for runs in table]
        y = np.arange(len(table)) - 0.33 + 0.11 * i
        ends = [[e.value - e.low for e in found], [e.high - e.value for e in found]]
        ax.errorbar([e.value for e in found], y, xerr=ends, fmt=MARKERS[i % len(MARKERS)], color=COLOURS[i % len(COLOURS)],
                    ms=5, linewidth=1, label=label)  # fmt: skip
    ax.set(xlim=(-0.05, 1.05), xlabel="share of seeds, 95 %", title=f"residual nets, controls: {act}")


def _errors(ax, data):
    from minigrow.plotting import COLOURS, MARKERS

    act, y = data["activations"][0], np.arange(len(data["targets"]))
    runs = [runs_of(data, target, act) for target in data["targets"]]
    dense = [row for row in data["dense"] if row["act"] == act]
    drawn = {
        "linear map": [column(r, "linear") for r in runs],
        "branch cut": [column(r, "cut") for r in runs],
        "perceptron": [np.array(row["errors"]) for row in dense],
        "pool": [column(r, "error") for r in runs],
    }
    for i, (label, values) in enumerate(drawn.items()):
        ax.plot([np.median(v) for v in values], y - 0.2 + 0.13 * i, MARKERS[i], color=COLOURS[i], label=label, ms=7)
    ax.set(xscale="log", xlabel="held-out error (median)", title=f"errors ({act})")
