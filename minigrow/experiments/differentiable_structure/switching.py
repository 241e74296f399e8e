"""Experiment 3: does the size follow a task that becomes harder, and easier again?

The task goes from easy to hard to easy (at one third and two thirds), or from hard to easy (at one half); state and weights stay.
Source: Miconi 2016, figure 4.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from minigrow.experiments.claims import Claim, above, below, judge, median, within
from minigrow.experiments.differentiable_structure.common import (
    LIMITS,
    Job,
    column,
    curves,
    limit_lines,
)
from minigrow.experiments.differentiable_structure.settings import method
from minigrow.experiments.protocol import Setting
from minigrow.experiments.registry import Outcome
from minigrow.experiments.shared import child_seeds
from minigrow.plotting import quartile_band

QUICK = {"repeats": 3, "cycles": 20_000}
FULL = {"repeats": 20, "cycles": 100_000}
PROTOCOL = (
    Setting("runs of each order", 20, "repeats"),
    Setting("cycles", 100_000, "cycles"),
    Setting("orders", "easy-hard-easy", ours="easy-hard-easy, and hard-easy",
            why="the program knows both, the third version of the paper shows the first", effect="a verdict more"),
    Setting("switches", "at 33000 and 66000 cycles", ours="at one third and two thirds of the cycles; hard-easy at one half",
            why="a shorter run has them too", effect="none to speak of: 33333 and 66666 cycles"),
    *method(),
)  # fmt: skip
FIGURES = {
    "switching.png": (
        "Neurons and loss when the text changes from easy to hard and back, and from hard to easy: medians and "
        "quartiles; diamonds: the paper's figure 4 (read by pixels)."
    ),
}
FIGURE_4 = ((33, 14, 3), (66, 41, 8), (100, 20, 4))  # thousand cycles, neurons, margin of about a fifth; read by pixels
ORDERS = {"easy-hard-easy": ("easy", "hard", "easy"), "hard-easy": ("hard", "easy")}


def run(config: dict[str, Any], seed: int, pmap: Callable) -> Outcome:
    """Train both orders on the same seeds."""
    cycles, each = config["cycles"], child_seeds(seed, config["repeats"])
    every = max(1, cycles // 150)
    parts = {name: shared_out(tasks, cycles) for name, tasks in ORDERS.items()}
    found = pmap(curves, [Job(parts[name], s, every=every) for name in ORDERS for s in each])
    n = config["repeats"]
    runs = {name: found[i * n : (i + 1) * n] for i, name in enumerate(ORDERS)}
    return Outcome({"runs": runs, "parts": {name: [list(part) for part in parts[name]] for name in ORDERS}})


def shared_out(tasks: Sequence[str], cycles: int) -> tuple[tuple[str, int], ...]:
    """Return the parts of a job that gives every task the same number of cycles.

    >>> shared_out(("easy", "hard", "easy"), 90)
    (('easy', 30), ('hard', 60), ('easy', 90))
    """
    return tuple((task, (i + 1) * cycles // len(tasks)) for i, task in enumerate(tasks))


def at(runs: Sequence[dict[str, Any]], name: str, cycle: int) -> np.ndarray:
    """Return a curve's value at the last row up to a cycle, for every run (runs,)."""
    row = int(np.searchsorted(column(runs, "cycle")[0], cycle, side="right")) - 1
    return column(runs, name)[:, row]


def claims(data: dict[str, Any]) -> list[Claim]:
    """Judge the rise at the first switch, the fall after the second, the loss at the end, and the sizes at each end."""
    runs, ends = data["runs"]["easy-hard-easy"], [cycle for _, cycle in data["parts"]["easy-hard-easy"]]
    size, loss = (
        [at(runs, "neurons", cycle) for cycle in ends],
        [at(runs, "loss", cycle) for cycle in (ends[0], ends[2])],
    )
    other, half = data["runs"]["hard-easy"], [cycle for _, cycle in data["parts"]["hard-easy"]]
    drop = at(other, "neurons", half[0]) - at(other, "neurons", half[1])
    pairs, adapts = "neurons (median of pairs)", "version 3: the network successfully adapts its size to the complexity"
    phase = ("at the end of the first easy third", "at the end of the hard third", "at the end")
    return [
        judge("easy-hard-easy: the size rises with the hard text", "abstract 6: the method can dynamically increase network size in "
              "response to an abrupt complexification in the task", median(size[1] - size[0]), pairs, above(0)),
        judge("easy-hard-easy: the size falls after the return (outgoing L1, third version)", adapts, median(size[1] - size[2]),
              pairs, above(0)),
        judge("easy-hard-easy: it falls back to the size before the detour, up to 4 neurons", adapts, median(size[2] - size[0]),
              "neurons more than before (median of pairs)", within(-4, 4)),
        judge("easy-hard-easy: no loss of performance", "performance quickly returns to optimal levels", median(loss[1] - loss[0]),
              "nats a chunk more than before the detour (median of pairs)", below(0.1)),
        judge("easy-hard-easy: the easy text is solved at the end", "performance quickly returns to optimal levels",
              median(loss[1] - LIMITS["easy"]), "nats a chunk above the least possible (median)", below(0.1)),
        *(judge(f"easy-hard-easy: size {name}", f"{neurons} (figure 4, read by pixels)", median(found), "neurons (median)",
                within(neurons - margin, neurons + margin))
          for name, found, (_, neurons, margin) in zip(phase, size, FIGURE_4, strict=True)),
        judge("hard-easy: the size falls with the easy text", adapts, median(drop), pairs, above(0)),
        judge("hard-easy: the size at the end is that of an easy text", "14 (figure 1)",
              median(at(other, "neurons", half[1])), "neurons (median)", within(12, 16)),
    ]  # fmt: skip


def draw(data: dict[str, Any], folder: Path) -> None:
    """Draw `switching.png`: size and loss over time for both orders."""
    from minigrow.plotting import phases, picture

    units = {"neurons": "neurons", "loss": "loss (nats a chunk of 40)"}
    with picture(folder / "switching.png", columns=2, rows=2) as axes:
        for row, (name, runs) in enumerate(data["runs"].items()):
            tasks, ends = zip(*data["parts"][name], strict=True)
            x = column(runs, "cycle")[0] / 1000
            for ax, (what, unit) in zip(axes[row], units.items(), strict=True):
                quartile_band(ax, x, column(runs, what), row)
                phases(ax, [0, *(end / 1000 for end in ends[:-1])], ends[-1] / 1000, tasks)
                ax.set(xlabel="cycles (thousands)", ylabel=unit, title=f"{name}: {what}, median, quartiles")
            if name == "easy-hard-easy" and x[-1] >= 100:
                axes[row, 0].plot(*list(zip(*FIGURE_4, strict=True))[:2], "kD", label="the paper's figure 4", zorder=3)
                axes[row, 0].legend(loc="upper right", bbox_to_anchor=(1, 0.93))
            axes[row, 0].set_ylim(0, None)
            axes[row, 1].set_ylim(8, 26)
            limit_lines(axes[row, 1], x[-1])
