"""Experiment 10: what do the paper's proposals do, that it did not test: deletion by age, and newborns that inherit?

    oldest spares safe       of the spares beyond k the youngest go
    youngest spares safe     of the spares beyond k the oldest go
    newborns inherit         a newborn hears what one that died has heard (`Inheriting`)

Each is compared with the method as it is (random spares go, random newborns) on the hard text, which then gives way to the easy one
and returns, and on easy-hard-easy. When a run is first below 12 after the return is compared by how often it is earlier; runs that
never are count as latest. Three proposals are asked each question, so each answer is at the level .05 / 3.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from minigrow.experiments.claims import Claim, above, judge
from minigrow.experiments.differentiable_structure.common import SOLVED, Job, curves
from minigrow.experiments.differentiable_structure.proposals_figures import draw
from minigrow.experiments.differentiable_structure.proposals_measures import earlier, measures
from minigrow.experiments.differentiable_structure.rank import shift
from minigrow.experiments.differentiable_structure.settings import method
from minigrow.experiments.protocol import Setting
from minigrow.experiments.registry import Outcome
from minigrow.experiments.shared import child_seeds
from minigrow.shares import difference

__all__ = ["FIGURES", "FULL", "PROTOCOL", "QUICK", "claims", "draw", "run"]

QUICK = {"repeats": 2, "ehe_repeats": 2, "hard": 3_000, "away": 1_000, "back": 1_500, "ehe_cycles": 4_500}
FULL = {"repeats": 10, "ehe_repeats": 6, "hard": 60_000, "away": 10_000, "back": 20_000, "ehe_cycles": 100_000}
OURS = "proposed in all versions, not tested"
PROTOCOL = (
    Setting("runs", OURS, "repeats", why="our choice", effect="intervals"),
    Setting("runs of easy-hard-easy", OURS, "ehe_repeats", why="our choice, two cores", effect="wider intervals, no bias"),
    Setting("cycles of the hard text", 100_000, "hard", why="two cores", effect="fewer runs have solved it by then, all arms alike"),
    Setting("cycles of the easy text between", OURS, "away", why="our choice", effect="not measured"),
    Setting("cycles after the hard text returns", OURS, "back", why="our choice", effect="later runs count as never below 12"),
    Setting("cycles of easy-hard-easy", 100_000, "ehe_cycles"),
    Setting("neurons remembered for inheritance", OURS, ours="the last 16 that died and have no heir", why="our choice",
            effect="not measured"),
    Setting("which spares go", "random ones; proposed: biased by age, in which direction is left open",
            ours="random ones, or strictly by age", why="the strongest bias there can be, in both directions", effect="the claims"),
    *method(),
)  # fmt: skip
FIGURES = {
    "proposals.png": (
        "Each proposal beside the method as it is: loss and size of every run after the hard text, births per thousand cycles, "
        "and size at the end of easy-hard-easy; bars are medians."
    ),
    "relearning.png": (
        "The share of runs whose loss has been below 12 by each cycle: on the hard text at first, and after it has returned "
        "(Kaplan and Meier's estimate)."
    ),
}
BASE = "as it is"
VARIANTS: dict[str, dict[str, Any]] = {
    BASE: {},
    "oldest spares safe": {"rule": (("safe", "oldest"),)},
    "youngest spares safe": {"rule": (("safe", "youngest"),)},
    "newborns inherit": {"version": "inheriting"},
}
LEVEL = 0.05 / (len(VARIANTS) - 1)


def run(config: dict[str, Any], seed: int, pmap: Callable) -> Outcome:
    """Train every variant through hard-easy-hard and easy-hard-easy, on the same seeds and texts."""
    each, stops = child_seeds(seed, config["repeats"]), np.cumsum([config[name] for name in ("hard", "away", "back")])
    hard = tuple(zip(("hard", "easy", "hard"), stops.tolist(), strict=True))
    easy = tuple((task, (i + 1) * config["ehe_cycles"] // 3) for i, task in enumerate(("easy", "hard", "easy")))
    orders = {"hard-easy-hard": (hard, each), "easy-hard-easy": (easy, each[: config["ehe_repeats"]])}
    keys = [(order, name, s) for order, (_, some) in orders.items() for name in VARIANTS for s in some]
    jobs = [
        Job(orders[order][0], s, every=max(1, orders[order][0][-1][1] // 150), **VARIANTS[name])
        for order, name, s in keys
    ]
    found = list(zip(keys, pmap(curves, jobs), strict=True))
    runs = {
        order: {name: [curve for key, curve in found if key[:2] == (order, name)] for name in VARIANTS}
        for order in orders
    }
    return Outcome(
        {"runs": runs, "parts": {order: [list(part) for part in parts] for order, (parts, _) in orders.items()}}
    )


def claims(data: dict[str, Any]) -> list[Claim]:
    """Judge each proposal against the method as it is: in the direction that would speak for it, which the paper leaves open."""
    return [claim for name in list(VARIANTS)[1:] for claim in _proposal(data, name)]


def _proposal(data: dict[str, Any], name: str) -> list[Claim]:
    measured, base = measures(data, name), measures(data, BASE)
    against = {key: shift(base[key], measured[key], LEVEL) for key in ("loss", "births", "kept", "easy loss")}
    level = f"{100 - 100 * LEVEL:.3g} % interval"
    share = difference(measured["loss"] < SOLVED, base["loss"] < SOLVED, LEVEL)
    sooner = earlier(measured["back"], base["back"], LEVEL)
    return [
        judge(f"{name}: more runs solve the hard text (loss below 12 at the end)", OURS, share, f"share of runs more ({level})",
              above(0)),
        judge(f"{name}: lower loss on the hard text", OURS, against["loss"], f"nats a chunk lower ({level})", above(0)),
        judge(f"{name}: fewer births", OURS, against["births"], f"births fewer per thousand cycles ({level})", above(0)),
        judge(f"{name}: below 12 sooner when the hard text returns", OURS, sooner, f"share of pairs of runs ({level})", above(0.5)),
        judge(f"{name}: less of the size stays after easy-hard-easy", OURS, against["kept"],
              f"of the size with the hard text, less ({level})", above(0)),
        judge(f"{name}: the easy loss after easy-hard-easy is not higher by .1", OURS, against["easy loss"],
              f"nats a chunk lower ({level})", above(-0.1)),
    ]  # fmt: skip
