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
    Job,
    column,
    curves,
    limit_lines,
    seeds,
)
from minigrow.experiments.registry import Outcome
from minigrow.plotting import quartile_band

QUICK = {"repeats": 3, "cycles": 30_000}
FULL = {"repeats": 20, "cycles": 100_000}
FIGURES = {
    "switching.png": (
        "Neurons and loss when the text changes from easy to hard and back, and from hard to easy: medians and "
        "quartiles."
    ),
}
ORDERS = {"easy-hard-easy": ("easy", "hard", "easy"), "hard-easy": ("hard", "easy")}


def run(config: dict[str, Any], seed: int, pmap: Callable) -> Outcome:
    """Train both orders on the same seeds."""
    cycles, each = config["cycles"], seeds(seed, config["repeats"])
    every = max(1, cycles // 150)
    parts = {name: _parts(tasks, cycles) for name, tasks in ORDERS.items()}
    found = pmap(curves, [Job(parts[name], s, every=every) for name in ORDERS for s in each])
    n = config["repeats"]
    runs = {name: found[i * n : (i + 1) * n] for i, name in enumerate(ORDERS)}
    return Outcome({"runs": runs, "parts": {name: [list(part) for part in parts[name]] for name in ORDERS}})


def _parts(tasks: Sequence[str], cycles: int) -> tuple[tuple[str, int], ...]:
    return tuple((task, (i + 1) * cycles // len(tasks)) for i, task in enumerate(tasks))


def at(runs: Sequence[dict[str, Any]], name: str, cycle: int) -> np.ndarray:
    """Return a curve's value at the last row up to a cycle, for every run (runs,)."""
    row = int(np.searchsorted(column(runs, "cycle")[0], cycle, side="right")) - 1
    return column(runs, name)[:, row]


def claims(data: dict[str, Any]) -> list[Claim]:
    """Judge the rise at the first switch, the fall after the second, and the loss at the end."""
    runs, ends = data["runs"]["easy-hard-easy"], [cycle for _, cycle in data["parts"]["easy-hard-easy"]]
    size = [at(runs, "neurons", cycle) for cycle in ends]
    rise, fall = median(size[1] - size[0]), median(size[1] - size[2])
    loss = [at(runs, "loss", ends[0]), at(runs, "loss", ends[2])]
    lost = median(loss[1] - loss[0])
    other, parts = data["runs"]["hard-easy"], data["parts"]["hard-easy"]
    drop = median(at(other, "neurons", parts[0][1]) - at(other, "neurons", parts[1][1]))
    return [
        judge("easy-hard-easy: the size rises with the hard text", "it jumps up", rise, "neurons (median of pairs)",
              above(0)),
        judge("easy-hard-easy: the size falls after the return", "it falls (an early version: hardly)", fall,
              "neurons (median of pairs)", above(0)),
        judge("easy-hard-easy: no loss of performance", "easy loss as before", lost,
              "nats a chunk more than before the detour", below(0.1)),
        judge("easy-hard-easy: size at the end", "author's program, 1 seed: 19", median(size[2]), "neurons", within(12, 26)),
        judge("easy-hard-easy: loss at the end", "author's program, 1 seed: 9.65", median(loss[1]), "nats a chunk, smoothed",
              within(9.55, 9.75)),
        judge("hard-easy: the size falls with the easy text", "it falls", drop, "neurons (median of pairs)",
              above(0)),
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
            axes[row, 0].set_ylim(0, None)
            axes[row, 1].set_ylim(8, 26)
            limit_lines(axes[row, 1], x[-1])
