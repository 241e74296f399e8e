"""Experiment 5: which details of the released program matter, that the paper does not mention or states otherwise?

Each variant changes one thing; its size and loss on the easy and the hard text are compared by rank with the method as listed:
four questions, each at the level .05 / 4, an interval of 98.75 %. A detail makes a difference if one of the four intervals leaves
0 out; it makes none that counts if all four lie within margins. The pull through the optimiser, and no pull, are in `strength`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from minigrow.experiments.claims import Claim, above, judge, within
from minigrow.experiments.differentiable_structure.common import Job, curves, ends
from minigrow.experiments.differentiable_structure.rank import rank_test, shift
from minigrow.experiments.differentiable_structure.settings import method
from minigrow.experiments.protocol import Setting
from minigrow.experiments.registry import Outcome
from minigrow.experiments.shared import child_seeds


class Variant(NamedTuple):
    """A name and what differs: the tasks' texts, numbers of learning and of the rule."""

    name: str
    easy: str = "easy"
    hard: str = "hard"
    learning: tuple[tuple[str, float], ...] = ()
    rule: tuple[tuple[str, Any], ...] = ()


VARIANTS = (
    Variant("as listed"),
    Variant("texts: .75, five letters", easy="easy75", hard="hard5"),
    Variant("all memories start at 0", learning=(("memory_in", 0.0),), rule=(("memory", 0.0),)),
    Variant("all memories start at .01", learning=(("memory_out", 0.01),)),
    Variant("newborn memories 0", rule=(("memory", 0.0),)),
    Variant("newborn as released", rule=(("newborn", "released"),)),
    Variant("no birth at any time", rule=(("anytime", 0.0),)),
    Variant("birth at any time 1e-3", rule=(("anytime", 1e-3),)),
    Variant("no clip", learning=(("clip", float("inf")),)),
    Variant("P_add .05, P_del .25", rule=(("add", 0.05), ("delete", 0.25))),
)
QUICK = {"repeats": 2, "cycles": 5_000, "variants": [0, 4, 5]}
FULL = {"repeats": 5, "cycles": 40_000, "variants": list(range(len(VARIANTS)))}
PROTOCOL = (
    Setting("runs of each variant and text", 20, "repeats", why="ten variants on two texts, two cores",
            effect="wider intervals, no bias"),
    Setting("cycles", 100_000, "cycles", why="two cores",
            effect="not measured; the method as listed is cut short too"),
    Setting("variants, one change each", "none", "variants", why="our question: what the paper leaves open", effect="the claims"),
    *method("printed: r = T_D; released: as a variant"),
)  # fmt: skip
FIGURES = {
    "details.png": (
        "Final size and loss of every run when one unmentioned detail is changed, on the easy and the hard text; "
        "bars are medians."
    ),
}
TASKS = ("easy", "hard")
MARGINS = {("easy", "neurons"): 3, ("easy", "loss"): 0.1, ("hard", "neurons"): 10, ("hard", "loss"): 1}
UNITS = {"neurons": ("neurons fewer", "neurons more"), "loss": ("nats a chunk lower", "nats a chunk higher")}
PAPER = "not mentioned"
LEVEL = 0.05 / 4  # of each of the four questions
ORDER = ("holds", "undecided", "refuted")  # one difference is enough; that there is none takes all four


def run(config: dict[str, Any], seed: int, pmap: Callable) -> Outcome:
    """Train every variant on both tasks, with the same seeds."""
    each, cycles = child_seeds(seed, config["repeats"]), config["cycles"]
    chosen = [VARIANTS[i] for i in config["variants"]]
    jobs = [
        Job(((getattr(v, task), cycles),), s, learning=v.learning, rule=v.rule, every=max(1, cycles // 20))
        for v in chosen
        for task in TASKS
        for s in each
    ]
    found = np.array(pmap(curves, jobs)).reshape(len(chosen), len(TASKS), len(each)).tolist()
    runs = [dict(zip(TASKS, pair, strict=True)) for pair in found]
    return Outcome({"names": [v.name for v in chosen], "runs": runs})


def claims(data: dict[str, Any]) -> list[Claim]:
    """Judge for each variant whether size or loss, on either text, differ, and whether all four stay within the margins."""
    base = data["runs"][0]
    others = list(zip(data["names"][1:], data["runs"][1:], strict=True))
    return [_differs(name, runs, base) for name, runs in others] + [_equal(name, runs, base) for name, runs in others]


def _differs(name, runs, base):
    asked = []
    for task, what in MARGINS:
        a, b = ends(runs[task], what), ends(base[task], what)
        found, units = shift(a, b, LEVEL), UNITS[what]
        unit, found = (units[1], found) if found.value >= 0 else (units[0], shift(b, a, LEVEL))
        claim = f"{name}: makes a difference ({task} text, {what}: {np.median(a):.4g} against {np.median(b):.4g})"
        row = judge(claim, PAPER, found, f"{unit} (98.75 % interval)", above(0))
        asked.append((ORDER.index(row.verdict), rank_test(a, b).p, row))
    return min(asked, key=lambda each: each[:2])[-1]


def _equal(name, runs, base):
    """Judge by the question that is furthest from its margin's inside."""
    asked = []
    for (task, what), margin in MARGINS.items():
        found = shift(ends(runs[task], what), ends(base[task], what), LEVEL)
        claim = f"{name}: makes no difference beyond the margins ({task} text, {what})"
        row = judge(claim, PAPER, found, f"{UNITS[what][1]} (98.75 % interval)", within(-margin, margin))
        asked.append((-ORDER.index(row.verdict), -max(-row.low, row.high) / margin, row))
    return min(asked, key=lambda each: each[:2])[-1]


def draw(data: dict[str, Any], folder: Path) -> None:
    """Draw `details.png`: size and loss of every run of each variant, with medians."""
    from minigrow.plotting import COLOURS, picture

    y = np.arange(len(data["names"]))[::-1]
    with picture(folder / "details.png", columns=2, panel=(7.5, 6), sharey=True) as axes:
        for ax, what, unit in ((axes[0, 0], "neurons", "neurons"), (axes[0, 1], "loss", "loss (nats a chunk of 40)")):
            for i, (task, marker) in enumerate(zip(TASKS, "os", strict=True)):
                for place, runs in zip(y, data["runs"], strict=True):
                    last = ends(runs[task], what)
                    at = place + 0.2 - 0.4 * i
                    ax.plot(last, np.full(len(last), at), marker, color=COLOURS[i], markersize=5, alpha=0.7,
                            label=f"{task} text" if place == 0 else None)  # fmt: skip
                    ax.vlines(np.median(last), at - 0.2, at + 0.2, color="black", linewidth=2)
            ax.set(xlabel=unit, yticks=y, yticklabels=data["names"])
        axes[0, 0].set_title("size")
        axes[0, 1].set_title("loss; bar: median")
        axes[0, 0].legend()
