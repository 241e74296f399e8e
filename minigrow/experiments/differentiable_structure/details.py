"""Experiment 5: which details of the released program matter, that the paper does not mention or states otherwise?

Each variant changes one thing; its size and loss on the easy and the hard text are compared by rank with the method as listed:
four questions, each at the level .05 / 4, an interval of 98.75 %.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from minigrow.experiments.claims import Claim, above, judge
from minigrow.experiments.differentiable_structure.common import Job, curves, ends, seeds
from minigrow.experiments.differentiable_structure.rank import rank_test, shift
from minigrow.experiments.registry import Outcome


class Variant(NamedTuple):
    """A name and what differs: the tasks' texts, numbers of learning and of the rule."""

    name: str
    easy: str = "easy"
    hard: str = "hard"
    learning: tuple[tuple[str, float], ...] = ()
    rule: tuple[tuple[str, float], ...] = ()


VARIANTS = (
    Variant("as listed"),
    Variant("texts: .75, five letters", easy="easy75", hard="hard5"),
    Variant("all memories start at 0", learning=(("memory_in", 0.0),), rule=(("memory", 0.0),)),
    Variant("all memories start at .01", learning=(("memory_out", 0.01),)),
    Variant("newborn memories 0", rule=(("memory", 0.0),)),
    Variant("newborn r = T_D / 2", rule=(("newborn", 0.5),)),
    Variant("no birth at any time", rule=(("anytime", 0.0),)),
    Variant("birth at any time 1e-3", rule=(("anytime", 1e-3),)),
    Variant("pull through RMSProp", learning=(("pull", 0.0), ("price", 0.03))),
    Variant("no pull", learning=(("pull", 0.0),)),
    Variant("no clip", learning=(("clip", float("inf")),)),
    Variant("P_add .05, P_del .25", rule=(("add", 0.05), ("delete", 0.25))),
)
QUICK = {"repeats": 2, "cycles": 5_000, "variants": [0, 4, 5, 6]}
FULL = {"repeats": 5, "cycles": 100_000, "variants": list(range(len(VARIANTS)))}
FIGURES = {
    "details.png": (
        "Final size and loss of every run when one unmentioned detail is changed, on the easy and the hard text; "
        "bars are medians."
    ),
}
TASKS = ("easy", "hard")
UNITS = {"neurons": ("neurons fewer", "neurons more"), "loss": ("nats a chunk lower", "nats a chunk higher")}
LEVEL = 0.05 / 4  # of each of the four questions
ORDER = ("holds", "undecided", "refuted")  # one difference is enough; that there is none takes all four


def run(config: dict[str, Any], seed: int, pmap: Callable) -> Outcome:
    """Train every variant on both tasks, with the same seeds."""
    each, cycles = seeds(seed, config["repeats"]), config["cycles"]
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
    """Judge for each variant whether size or loss, on either text, differ from the method as listed: by the clearest of the four."""
    others = zip(data["names"][1:], data["runs"][1:], strict=True)
    return [_differs(name, runs, data["runs"][0]) for name, runs in others]


def _differs(name, runs, base):
    asked = []
    for task in TASKS:
        for what, units in UNITS.items():
            a, b = ends(runs[task], what), ends(base[task], what)
            found = shift(a, b, LEVEL)
            unit, found = (units[1], found) if found.value >= 0 else (units[0], shift(b, a, LEVEL))
            claim = f"{name}: makes a difference ({task} text, {what}: {np.median(a):.4g} against {np.median(b):.4g})"
            row = judge(claim, "not mentioned", found, f"{unit} (98.75 % interval)", above(0))
            asked.append((ORDER.index(row.verdict), rank_test(a, b).p, row))
    return min(asked, key=lambda each: each[:2])[-1]


def draw(data: dict[str, Any], folder: Path) -> None:
    """Draw `details.png`: size and loss of every run of each variant, with medians."""
    from minigrow.plotting import COLOURS, picture

    y = np.arange(len(data["names"]))[::-1]
    with picture(folder / "details.png", columns=2, panel=(7.5, 6.5), sharey=True) as axes:
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
