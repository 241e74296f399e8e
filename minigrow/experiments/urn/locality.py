"""Experiment 2: if wires cost their length, do local receptive fields emerge, and only where the task is local?

There are 12 bits on a line, 4 outputs, each the product of two neighbours, and 44 hidden neurons at random places. Three arms have
the same l1: no price on wire, a price on wire, and the same price with the inputs' places permuted (control: neighbours
in the task are not neighbours in space). The digits on their grid are trained as well, with and without the price.

Why the share of local edges alone does not tell the task from its control: a price on wire also chooses which of many
equivalent wires are kept, and short helper wires are cheap everywhere. What the control cannot avoid is the wire itself.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from minigrow.experiments.claims import Claim, above, below, judge, median, within
from minigrow.experiments.registry import Outcome
from minigrow.experiments.urn.common import OURS, OVERLAP, Job, child_seeds, column, one, share, strengths, trained

QUICK = {"repeats": 10, "local": 0.003, "l1": 0.001, "steps": 2000, "digit_steps": 500}
FULL = {"repeats": 20, "local": 0.003, "l1": 0.001, "steps": 2000, "digit_steps": 1000}
FIGURES = {
    "locality.png": (
        "Share of input edges that reach at most 2 places, and the wire that is paid for, without a price on wire,"
        " with it, and with shuffled inputs: every seed and the median."
    ),
    "locality_fields.png": (
        "Which inputs each neuron reads, one network for each of three arms: with a price on wire the weights lie "
        "along the diagonal; minus marks negative weights."
    ),
}
ARMS = ("free", "priced", "shuffled")
POOL: dict[str, Any] = {"size": 60, "iterations": 3}
DIGITS: dict[str, Any] = {"size": 104, "iterations": 3, "batch": 100}
DIGIT_L1, DIGIT_LOCAL, NEAR = 0.0003, 0.001, 2


def run(config: dict[str, Any], seed: int, pmap: Callable) -> Outcome:
    """Train the three arms, and the digits without and with the price, on the same seeds; keep one net of each arm."""
    seeds, l1, local = child_seeds(seed, config["repeats"]), config["l1"], config["local"]
    kinds = [("local", 0.0), ("local", local), ("shuffled", local)]
    jobs = [Job(task, strengths(l1=l1, local=w), s, **POOL, steps=config["steps"]) for task, w in kinds for s in seeds]
    jobs += [
        Job("digits", strengths(l1=DIGIT_L1, local=w), s, **DIGITS, steps=config["digit_steps"])
        for w in (0.0, DIGIT_LOCAL)
        for s in seeds
    ]
    found, n = pmap(one, jobs), len(seeds)
    names = (*ARMS, "digits free", "digits priced")
    shown = pmap(weights, [jobs[i * n] for i in range(3)])
    runs = {name: found[i * n : (i + 1) * n] for i, name in enumerate(names)}
    return Outcome({"runs": runs, "shown": dict(zip(ARMS, shown, strict=True))})


def weights(job: Job) -> dict[str, Any]:
    """Return the trained matrix and places of one job, for the picture; NaN places become null."""
    net, _ = trained(job)
    places = [None if np.isnan(p[0]) else round(p[0], 3) for p in net.positions]
    return {"W": net.W.round(4).tolist(), "places": places, "shape": [*net.widths, net.iterations]}


def claims(data: dict[str, Any]) -> list[Claim]:
    """Judge reach and wire against the two controls, at equal error."""
    runs = data["runs"]
    local, chance = {arm: column(runs[arm], "local") for arm in ARMS}, column(runs["free"], "chance")
    right = {arm: column(runs[arm], "error") < 1e-3 for arm in ARMS}
    extra = column(runs["shuffled"], "wire") - column(runs["priced"], "wire")
    digits = median(column(runs["digits priced"], "local") - column(runs["digits free"], "local"))
    loss = median(column(runs["digits free"], "accuracy") - column(runs["digits priced"], "accuracy"), OVERLAP)
    unit = f"share of the inputs' edges that reach at most {NEAR}"
    return [
        judge("with a price on wire, edges from inputs are local", OURS, median(local["priced"]), unit, above(0.8)),
        judge(f"without it, they are as local as chance ({np.median(chance):.2f})", OURS, median(local["free"] - chance),
              unit + ", above chance", within(-0.15, 0.15)),
        share("both solve the task (error below 1e-3)", right["free"] & right["priced"]),
        share("the shuffled control pays more wire at the same strengths", extra > 0),
        share("the shuffled control pays more wire at the same error (both below 1e-3)",
              (extra > 0) & right["priced"] & right["shuffled"]),
        judge("the share of local edges alone does not separate task and control", "(ours: a trial found no separation)",
              median(local["shuffled"]), unit + " in the control", above(0.8)),
        judge("yet even the control looks more local than chance: the share alone would mislead", OURS,
              median(local["shuffled"] - chance), unit + " in the control, above chance", above(0.2)),
        share("the pool is judged locally connected", [run["kind"] == "local" for run in runs["priced"]]),
        judge("digits: the price on wire makes receptive fields more local", OURS, digits, unit + ", gain", above(0)),
        judge("digits: at what cost", OURS, loss, "pp test accuracy lost (median)", below(2)),
    ]  # fmt: skip


def draw(data: dict[str, Any], folder: Path) -> None:
    """Draw `locality.png` (shares and wire) and `locality_fields.png` (receptive fields of one net per arm)."""
    from minigrow.plotting import COLOURS, MARKERS, picture

    runs, rng = data["runs"], np.random.default_rng(0)
    with picture(folder / "locality.png", columns=2, panel=(6.2, 4.8)) as axes:
        for ax, name in zip(axes[0], ("local", "wire"), strict=True):
            for i, arm in enumerate(ARMS):
                values = column(runs[arm], name)
                solved = column(runs[arm], "error") < 1e-3
                x = i + rng.uniform(-0.15, 0.15, len(values))
                ax.plot(x[solved], values[solved], MARKERS[i], color=COLOURS[i], label="solved" if i == 0 else None)
                ax.plot(x[~solved], values[~solved], MARKERS[i], color=COLOURS[i], mfc="none",
                        label="not solved" if i == 0 else None)  # fmt: skip
                ax.hlines(np.median(values), i - 0.3, i + 0.3, color="black", label="median" if i == 0 else None)
            ax.set_xticks(range(3), ["no price", "price on wire", "price, shuffled"])
        chance = float(np.median(column(runs["free"], "chance")))
        axes[0, 0].axhline(chance, color="0.4", linestyle=":", label="chance")
        axes[0, 0].set(title="edges from inputs that reach <= 2", ylabel="share", ylim=(0, 1.05))
        axes[0, 1].set(title="wire that is paid for", ylabel="sum |W| x distance (input steps)", yscale="log")
        axes[0, 0].legend(loc="lower right")
    _fields(data["shown"], folder / "locality_fields.png")


def _fields(shown, path):
    from minigrow.plotting import picture
    from minigrow.structure import pictures, read

    titles = {"free": "no price on wire", "priced": "price on wire", "shuffled": "price, inputs shuffled"}
    with picture(path, columns=3, panel=(5, 4.6)) as axes:
        for ax, (arm, net) in zip(axes[0], shown.items(), strict=True):
            W, places = np.array(net["W"]), [np.nan if p is None else p for p in net["places"]]
            d, H, k, steps = net["shape"]
            found = read(W, range(d), range(d + H, d + H + k), steps, places)
            image = pictures.receptive_fields(ax, W, found, d, places)
            ax.set_title(titles[arm])
        pictures.scale(image, axes)
