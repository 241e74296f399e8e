"""Experiment 1: does the harder text grow the larger network?

Networks start with one neuron and train on the easy or on the hard text; size and loss are shown over time as medians and
quartiles. Each run has a text and random numbers of its own. Source: Miconi 2016, figures 1 and 2.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from minigrow.experiments.claims import Claim, above, judge, median, proportion, within
from minigrow.experiments.differentiable_structure.common import (
    Job,
    column,
    curves,
    ends,
    limit_lines,
    seeds,
)
from minigrow.experiments.registry import Outcome
from minigrow.plotting import quartile_band

QUICK = {"repeats": 3, "cycles": 20_000}
FULL = {"repeats": 20, "cycles": 100_000}
FIGURES = {
    "size.png": (
        "Neurons and loss over the cycles on the easy and the hard text: medians and quartiles, with the loss "
        "that no predictor can beat."
    ),
}
TASKS = ("easy", "hard")
RELEASED = {"easy": ((12, 15), (9.61, 9.62)), "hard": ((21, 49), (13.19, 13.76))}  # 5 seeds of the author's program


def run(config: dict[str, Any], seed: int, pmap: Callable) -> Outcome:
    """Train both tasks on the same seeds."""
    every = max(1, config["cycles"] // 100)
    parts = {task: ((task, config["cycles"]),) for task in TASKS}
    jobs = [Job(parts[task], s, every=every) for task in TASKS for s in seeds(seed, config["repeats"])]
    found, n = pmap(curves, jobs), config["repeats"]
    return Outcome({task: found[i * n : (i + 1) * n] for i, task in enumerate(TASKS)})


def claims(data: dict[str, Any]) -> list[Claim]:
    """Judge the sizes against each other, and sizes and losses against the author's program."""
    size = {task: ends(data[task], "neurons") for task in TASKS}
    loss = {task: ends(data[task], "loss") for task in TASKS}
    rows = [
        judge("the hard text grows larger networks than the easy one", "37 against 14 after 100000 cycles",
              median(size["hard"] - size["easy"]), "neurons more (median of pairs)", above(0))
    ]  # fmt: skip
    for task, (sizes, losses) in RELEASED.items():
        text = f"author's program, 5 seeds: {sizes[0]} to {sizes[1]}"
        rows.append(judge(f"size on the {task} text", text, median(size[task]), "neurons", within(*sizes)))
        slack = 0.1 if task == "easy" else 0.0
        text = f"author's program, 5 seeds: {losses[0]} to {losses[1]}"
        range_ = within(losses[0] - slack, losses[1] + slack)
        rows.append(judge(f"loss on the {task} text", text, median(loss[task]), "nats a chunk, smoothed", range_))
    solved = proportion(loss["hard"] < 12)
    return [
        *rows,
        judge("runs that solve the hard text (loss below 12)", "author's program: 0 of 5", solved, "share of runs", above(0)),
    ]  # fmt: skip


def draw(data: dict[str, Any], folder: Path) -> None:
    """Draw `size.png`: size and loss of both tasks over time, medians and quartiles."""
    from minigrow.plotting import picture

    with picture(folder / "size.png", columns=2) as axes:
        for i, task in enumerate(TASKS):
            x = column(data[task], "cycle")[0] / 1000
            quartile_band(axes[0, 0], x, column(data[task], "neurons"), i, f"{task} text")
            quartile_band(axes[0, 1], x, column(data[task], "loss"), i, f"{task} text")
        n = len(data["easy"])
        axes[0, 0].set(title="size", xlabel="cycles (thousands)", ylabel="neurons", ylim=(0, None))
        axes[0, 0].legend(title=f"median, quartiles, {n} runs", loc="upper right", bbox_to_anchor=(1, 0.53))
        limit_lines(axes[0, 1], x[-1])
        axes[0, 1].set(title="loss; dotted: no predictor does better", xlabel="cycles (thousands)")
        axes[0, 1].set(ylabel="loss (nats a chunk of 40)", ylim=(8, 26))
