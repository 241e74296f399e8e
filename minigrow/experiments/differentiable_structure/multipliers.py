"""Experiment 8: the paper's first method, multipliers, on the path to the output and on all paths, beside its third.

Sizes and losses on the easy and the hard text, with the authors' lengths, and sizes where the text changes from easy to hard and
back, or from hard to easy. How much of the size stays is its ratio, end of the last phase to end of the phase before, per run.
Source: Miconi 2016, v1 and v2.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from minigrow.experiments.claims import Claim, above, below, judge, median, proportion, within
from minigrow.experiments.differentiable_structure.common import LIMITS, Job, column, curves, ends, limit_lines, solved
from minigrow.experiments.differentiable_structure.rank import shift
from minigrow.experiments.differentiable_structure.settings_v2 import LEARNING, RULES
from minigrow.experiments.differentiable_structure.switching import at
from minigrow.experiments.protocol import Setting
from minigrow.experiments.registry import Outcome
from minigrow.experiments.shared import child_seeds
from minigrow.plotting import quartile_band
from minigrow.shares import difference

QUICK = {"repeats": 2, "cycles": 6_000, "short_cycles": 4_500, "v3_cycles": 6_000}
FULL = {"repeats": 20, "cycles": 300_000, "short_cycles": 150_000, "v3_cycles": 100_000}
PROTOCOL = (
    Setting("runs", 20, "repeats"),
    Setting("cycles: one text, easy-hard-easy, hard-easy", 300_000, "cycles"),
    Setting("cycles: easy-hard-easy, both paths", 300_000, "short_cycles",
            why="the length at which an independent port was measured; the path output runs at both lengths",
            effect="measured for the path output: the claims stand side by side"),
    Setting("cycles: easy-hard-easy, v3", 100_000, "v3_cycles"),
    *LEARNING,
    *RULES,
)  # fmt: skip
FIGURES = {
    "multipliers.png": (
        "Neurons and loss on the easy and the hard text, with multipliers on the path to the output and on all paths: medians "
        "and quartiles."
    ),
    "side_by_side.png": (
        "Neurons when the text changes from easy to hard and back: multipliers on the path to the output (two lengths), on all "
        "paths, and the pull on outgoing weights of v3, each at its own length; medians and quartiles."
    ),
}
OUTPUT, ALL, V3 = "v2 output", "v2 all", "v3"
EHE, HE = ("easy", "hard", "easy"), ("hard", "easy")
RUNS = {  # name: version, tasks, which length
    "output, easy": (OUTPUT, ("easy",), "cycles"),
    "output, hard": (OUTPUT, ("hard",), "cycles"),
    "output, easy-hard-easy": (OUTPUT, EHE, "short_cycles"),
    "output, easy-hard-easy, long": (OUTPUT, EHE, "cycles"),
    "output, hard-easy": (OUTPUT, HE, "cycles"),
    "all, easy": (ALL, ("easy",), "cycles"),
    "all, hard": (ALL, ("hard",), "cycles"),
    "all, easy-hard-easy": (ALL, EHE, "short_cycles"),
    "v3, easy-hard-easy": (V3, EHE, "v3_cycles"),
}
LARGE = 0.7  # of the size with the hard text: a network that keeps more "remains large"
SIZES = {"easy": (6, 2), "hard": (27, 7)}  # neurons in v2, and our margin
NOTICEABLE = 0.5  # nats a chunk
ROWS = 60  # of each curve


def run(config: dict[str, Any], seed: int, pmap: Callable) -> Outcome:
    """Train every row of RUNS on the same seeds, the hard text first since it takes longest."""
    each = child_seeds(seed, config["repeats"])
    phases = {
        name: [[task, (i + 1) * config[length] // len(tasks)] for i, task in enumerate(tasks)]
        for name, (_, tasks, length) in RUNS.items()
    }
    order = sorted(RUNS, key=lambda name: "hard" not in phases[name][0])
    jobs = [
        Job(tuple(map(tuple, phases[name])), s, version=RUNS[name][0], every=max(1, config[RUNS[name][2]] // ROWS))
        for name in order
        for s in each
    ]
    found, n = pmap(curves, jobs), len(each)
    return Outcome({"phases": phases, "runs": {name: found[i * n : (i + 1) * n] for i, name in enumerate(order)}})


def sizes(data: dict[str, Any], name: str) -> list[np.ndarray]:
    """Return the size at the end of each phase, for every run: a list of (runs,)."""
    return [at(data["runs"][name], "neurons", end) for _, end in data["phases"][name]]


def stays(data: dict[str, Any], name: str) -> np.ndarray:
    """Return the size at the end over that at the end of the phase before, for every run (runs,)."""
    *_, before, after = sizes(data, name)
    return after / before


def claims(data: dict[str, Any]) -> list[Claim]:
    """Judge what v2 and its abstract say of sizes and losses; margins were fixed before the full run."""
    rows = []
    for path in ("output", "all"):
        rows += _one_text(data, path) + [_rises(data, path)]
    for name in ("output, easy-hard-easy", "output, easy-hard-easy, long", "output, hard-easy", "all, easy-hard-easy"):
        rows.append(_remains(data, name))
    return [*rows, _falls_further(data), *_lower_performance(data)]


def _one_text(data: dict[str, Any], path: str) -> list[Claim]:
    runs = {task: data["runs"][f"{path}, {task}"] for task in SIZES}
    size, name = {task: ends(runs[task], "neurons") for task in SIZES}, f"multipliers ({path})"
    above_least = median(ends(runs["easy"], "loss") - LIMITS["easy"])
    rows = [
        judge(f"{name}: the hard text grows larger networks than the easy one",
              "abstract 5: the number of nodes in the final network correlates with task difficulty; v2: 27 against 6",
              shift(size["hard"], size["easy"]), "neurons more (median of differences)", above(0)),
        judge(f"{name}: the easy text is solved", "abstract 4: grows networks that successfully solve the tasks", above_least,
              "nats a chunk above the least possible (median)", below(0.1)),
        judge(f"{name}: more than half of the runs solve the hard text (loss below 12 at the end)",
              "abstract 4: grows networks that successfully solve the tasks", proportion(solved(runs["hard"])),
              "share of runs", above(0.5)),
    ]  # fmt: skip
    for task, (paper, margin) in SIZES.items() if path == "output" else ():
        region = within(paper - margin, paper + margin)
        rows.append(
            judge(f"{name}: size on the {task} text", f"v2: {paper}", median(size[task]), "neurons (median)", region)
        )
    return rows


def _rises(data: dict[str, Any], path: str) -> Claim:
    first, second, _ = sizes(data, f"{path}, easy-hard-easy")
    paper = "abstract 6: can dynamically increase network size in response to an abrupt complexification in the task"
    found = median(second - first)
    return judge(f"multipliers ({path}), easy-hard-easy: the size rises with the hard text", paper, found,
                 "neurons (median of pairs)", above(0))  # fmt: skip


def _remains(data: dict[str, Any], name: str) -> Claim:
    cycles = data["phases"][name][-1][1]
    paper = "abstract v2: reduction in network size in response to task simplification is not evident; the network remains large"
    claim = f"multipliers ({name.replace(', long', '')}, {cycles} cycles): the network remains large with the easy text"
    return judge(claim, paper, median(stays(data, name)), "of the size with the hard text (median)", above(LARGE))


def _falls_further(data: dict[str, Any]) -> Claim:
    kept = [stays(data, name) for name in ("output, easy-hard-easy", "v3, easy-hard-easy")]
    paper = "v2: the network remains large; v3: the network successfully adapts its size"
    return judge("easy-hard-easy: more of the size stays with multipliers (output) than with the pull of v3", paper,
                 shift(*kept), "of the size with the hard text, more (median of differences)", above(0))  # fmt: skip


def _lower_performance(data: dict[str, Any]) -> list[Claim]:
    paper, runs = "v2: works, but produces noticeably lower performance", data["runs"]
    loss = {name: shift(ends(runs[f"all, {name}"], "loss"), ends(runs[f"output, {name}"], "loss")) for name in SIZES}
    share, unit = (
        [solved(runs[f"{path}, hard"]) for path in ("output", "all")],
        "nats a chunk more (median of differences)",
    )
    return [
        judge("multipliers on all paths have a noticeably higher loss on the hard text", paper, loss["hard"], unit,
              above(NOTICEABLE)),
        judge("multipliers on all paths have a higher loss on the easy text", paper, loss["easy"], unit, above(0)),
        judge("multipliers on all paths solve the hard text less often", paper, difference(*share), "share of runs less",
              above(0)),
    ]  # fmt: skip


def draw(data: dict[str, Any], folder: Path) -> None:
    """Draw `multipliers.png`: sizes and losses of both paths; `side_by_side.png`: sizes when the text changes."""
    from minigrow.plotting import phases, picture

    with picture(folder / "multipliers.png", columns=2) as axes:
        for i, name in enumerate(f"{path}, {task}" for task in SIZES for path in ("output", "all")):
            found = data["runs"][name]
            x = column(found, "cycle")[0] / 1000
            quartile_band(axes[0, 0], x, column(found, "neurons"), i, name)
            quartile_band(axes[0, 1], x, column(found, "loss"), i)
        axes[0, 0].set(title="size (median, quartiles)", xlabel="cycles (thousands)", ylabel="neurons", ylim=(0, None))
        axes[0, 0].legend(title="path, text", ncols=2, loc="upper left", bbox_to_anchor=(0.0, 0.52), fontsize=11)
        axes[0, 1].set(
            title="loss (median, quartiles)", xlabel="cycles (thousands)", ylabel="loss (nats a chunk of 40)"
        )
        axes[0, 1].set_ylim(8, 26)
        limit_lines(axes[0, 1], x[-1])
    titles = {"output, easy-hard-easy, long": "multipliers, output", "output, easy-hard-easy": "multipliers, output",
              "all, easy-hard-easy": "multipliers, all paths", "v3, easy-hard-easy": "pull on outgoing weights (v3)"}  # fmt: skip
    with picture(folder / "side_by_side.png", columns=2, rows=2, panel=(6.4, 4.2), sharey=True) as axes:
        for i, (ax, (name, title)) in enumerate(zip(axes.ravel(), titles.items(), strict=True)):
            tasks, stops = zip(*data["phases"][name], strict=True)
            x = column(data["runs"][name], "cycle")[0] / 1000
            quartile_band(ax, x, column(data["runs"][name], "neurons"), (0, 0, 1, 2)[i])
            phases(ax, [0, *(stop / 1000 for stop in stops[:-1])], stops[-1] / 1000, tasks)
            ax.set(title=f"{title}: {stops[-1]} cycles", xlabel="cycles (thousands)", ylabel="neurons")
        axes[0, 0].set_ylim(0, None)  # of all panels, once all curves are there
