"""Experiment 1: does the harder text grow the larger network, and does the network solve its text?

Networks start with one neuron and train on the easy or on the hard text; size and loss are shown over time as medians and
quartiles. Each run has a text and random numbers of its own. Runs of the hard text differ most in when they find its rule, so
the time at which the smoothed loss first falls below 12 and below 11 is shown too, with the runs that never do as censored.
Source: Miconi 2016, figures 1 and 2.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from minigrow.censored import Passed, first_passages, median_time, passed
from minigrow.experiments.claims import (
    Claim,
    Estimate,
    above,
    below,
    bootstrap,
    exactly,
    judge,
    median,
    proportion,
    within,
)
from minigrow.experiments.differentiable_structure.common import (
    LIMITS,
    SOLVED,
    Job,
    column,
    curves,
    ends,
    limit_lines,
    solved,
)
from minigrow.experiments.differentiable_structure.rank import shift
from minigrow.experiments.differentiable_structure.settings import method
from minigrow.experiments.protocol import Setting
from minigrow.experiments.registry import Outcome
from minigrow.experiments.shared import child_seeds
from minigrow.plotting import quartile_band

QUICK = {"repeats": 3, "hard_repeats": 6, "cycles": 15_000}
FULL = {"repeats": 20, "hard_repeats": 50, "cycles": 100_000}
PROTOCOL = (
    Setting("runs on the easy text", 20, "repeats"),
    Setting("runs on the hard text", 20, "hard_repeats", why="losses have two modes, so that shares of 20 runs are uncertain",
            effect="narrower intervals; the estimates are not shifted"),
    Setting("cycles", 100_000, "cycles"),
    *method(),
)  # fmt: skip
FIGURES = {
    "size.png": (
        "Neurons and loss over the cycles on the easy and the hard text, medians and quartiles, with what the paper's figure 1 "
        "shows for the hard text (read by pixels) and the last losses of five runs of the released program."
    ),
    "passages.png": (
        "The share of runs on the hard text whose smoothed loss has been below 12, and below 11, by each cycle: Kaplan and "
        "Meier's estimate with its 95 % band."
    ),
}
TASKS = ("easy", "hard")
BORDERS = (SOLVED, 11.0)
MIDDLE = 50  # thousand cycles, from which on figure 1 is below 12
FIGURE_1 = (
    (30, 30, 12.4),
    (50, 80, 10.7),
    (100, 100, 11.0),
)  # from, to (thousand cycles), median hard loss, read by pixels
MARGIN = 0.6  # nats: the spread of the paper's curve at its end
RELEASED = (13.19, 13.24, 13.54, 13.75, 13.76)  # hard loss of five runs of the author's program, not the paper's figure
PORT = 0.4  # share solved by an independent port: two of its five runs


def run(config: dict[str, Any], seed: int, pmap: Callable) -> Outcome:
    """Train both texts on the same seeds, the hard one on more of them."""
    n, cycles = config["repeats"], config["cycles"]
    runs = {"hard": config["hard_repeats"], "easy": n}
    jobs = [
        Job(((task, cycles),), s, every=max(1, cycles // 100)) for task in runs for s in child_seeds(seed, runs[task])
    ]
    found = pmap(curves, jobs)
    return Outcome({"easy": found[runs["hard"] :], "hard": found[: runs["hard"]]})


def claims(data: dict[str, Any]) -> list[Claim]:
    """Judge sizes, what is solved, and when; margins are those of the paper's figure and of the project's specification."""
    size, loss = (
        {task: ends(data[task], "neurons") for task in TASKS},
        {task: ends(data[task], "loss") for task in TASKS},
    )
    share = proportion(solved(data["hard"]))
    when = median_time(passages(data, SOLVED))
    contained = exactly(f"95 % interval contains {PORT:g}", share.low <= PORT <= share.high)
    return [
        judge("the hard text grows larger networks than the easy one", "abstract 5: the number of nodes in the final network "
              "correlates with task difficulty; 37 against 14", shift(size["hard"], size["easy"]),
              "neurons more (median of differences)", above(0)),
        judge("size on the easy text", "14 (figure 1); the released program: 12 to 15 in five runs", median(size["easy"]),
              "neurons (median)", within(12, 16)),
        judge("size on the hard text", "37 (figure 1); the released program: 21 to 49 in five runs", median(size["hard"]),
              "neurons (median)", within(25, 49)),
        judge("the easy text is solved", "abstract 4: grows networks that successfully solve the tasks",
              median(loss["easy"] - LIMITS["easy"]), "nats a chunk above the least possible (median)", below(0.1)),
        judge("more than half of the runs solve the hard text (loss below 12 at the end)",
              "abstract 4: grows networks that successfully solve the tasks", share, "share of runs", above(0.5)),
        judge("the share that solves the hard text is compatible with .4", "an independent port of the program: two of five",
              share, "share of runs", contained),
        judge("half of the runs have been below 12 within 50 thousand cycles", "figure 1: median 10.7 from 50 to 80 thousand",
              when, f"thousand cycles (median of first passages{never(when)})", below(MIDDLE)),
        judge("more than half of the runs have been below 11 by the end", "figure 1: median 10.7 from 50 to 80 thousand",
              by_the_end(data, BORDERS[1]), "share of runs", above(0.5)),
        *(judge(f"loss on the hard text at {a:g}" + (f" to {b:g}" if a < b else "") + " thousand cycles",
                f"{paper} (figure 1, read by pixels)", between(data["hard"], a, b), "nats a chunk (median over runs)",
                within(paper - MARGIN, paper + MARGIN))
          for a, b, paper in FIGURE_1),
        judge("the loss on the hard text ends as in five runs of the released program", "13.2, 13.2, 13.5, 13.8, 13.8",
              shift(loss["hard"], RELEASED), "nats a chunk more (median of differences)", within(-1, 1)),
    ]  # fmt: skip


def passages(data: dict[str, Any], border: float) -> Passed:
    """Return the share of hard runs whose loss has been below a border by each row, time in thousands of cycles."""
    x = column(data["hard"], "cycle")[0] / 1000
    return passed(*first_passages(x, column(data["hard"], "loss"), border))


def never(when: Estimate) -> str:
    """Say of a time, and of the end of its interval, that it is not reached where it is infinite.

    >>> never(Estimate(40.0, 30.0, np.inf, 9)), never(Estimate(40.0, 30.0, 50.0, 9))
    ('; interval from 30, not reached at its upper end', '')
    """
    if np.isinf(when.value):
        return "; not reached by half of the runs"
    return f"; interval from {when.low:g}, not reached at its upper end" if np.isinf(when.high) else ""


def by_the_end(data: dict[str, Any], border: float) -> Estimate:
    """Return the share of hard runs whose loss has been below a border at any row, with Wilson's interval."""
    return proportion((column(data["hard"], "loss") < border).any(axis=1))


def between(runs: list[dict[str, Any]], a: float, b: float) -> Estimate:
    """Return the median loss over runs, averaged over the rows from a to b (thousand cycles); NaN where the runs end before b.

    >>> between([{"cycle": [0, 5000, 9000], "loss": [9.0, x, 1.0]} for x in (2.0, 3.0, 4.0)], 5, 5).value
    3.0
    """
    x, loss = column(runs, "cycle")[0] / 1000, column(runs, "loss")
    rows = (x >= a) & (x <= b)
    if x[-1] < b:
        return Estimate(np.nan, np.nan, np.nan, len(runs))
    return bootstrap(loss[:, rows], lambda values, axis: np.median(values, axis=axis).mean(axis=-1))


def draw(data: dict[str, Any], folder: Path) -> None:
    """Draw `size.png`: size and loss of both tasks over time; `passages.png`: who has been below 12 and below 11 by when."""
    from minigrow.plotting import picture

    with picture(folder / "size.png", columns=2) as axes:
        for i, task in enumerate(TASKS):
            x, label = column(data[task], "cycle")[0] / 1000, f"{task} text, {len(data[task])} runs"
            quartile_band(axes[0, 0], x, column(data[task], "neurons"), i, label)
            quartile_band(axes[0, 1], x, column(data[task], "loss"), i)
        axes[0, 0].set(title="size (median, quartiles)", xlabel="cycles (thousands)", ylabel="neurons", ylim=(0, None))
        axes[0, 0].legend(loc="upper right", bbox_to_anchor=(1, 0.53))
        _draw_loss(axes[0, 1], x[-1])
    with picture(folder / "passages.png", panel=(8, 4.8)) as axes:
        _draw_passages(axes[0, 0], data)


def _draw_loss(ax, end):
    for i, (a, b, loss) in enumerate(FIGURE_1):
        label = "hard text, figure 1 of the paper" if i == 0 else None
        if b <= end:
            ax.plot([a, b], [loss, loss], "k-D", markersize=5, label=label, zorder=3)
    if end >= FIGURE_1[-1][1]:
        ax.plot([end] * len(RELEASED), RELEASED, "kx", label="hard text, released program", clip_on=False)
        ax.legend()
    limit_lines(ax, end)
    ax.set(
        title="loss (median, quartiles)", xlabel="cycles (thousands)", ylabel="loss (nats a chunk of 40)", ylim=(8, 26)
    )


def _draw_passages(ax, data):
    from minigrow.plotting import COLOURS, look

    end = column(data["hard"], "cycle")[0, -1] / 1000
    for i, border in enumerate(BORDERS):
        found = passages(data, border)
        x = np.concatenate([[0], found.time, [end]])
        low, share, high = (
            np.concatenate([[0], y, y[-1:] if len(y) else [0]]) for y in (found.low, found.share, found.high)
        )
        ax.step(x, share, where="post", label=f"below {border:g}", **look(i))
        ax.fill_between(x, low, high, step="post", color=COLOURS[i], alpha=0.2, linewidth=0)
    ax.axhline(0.5, color="black", linewidth=1, linestyle=":")
    ax.set(xlabel="cycles (thousands)", ylabel="share of runs", ylim=(0, 1), xlim=(0, end))
    ax.set_title(f"hard text: loss has been below 12, 11 ({found.n} runs, 95 % band)")
    ax.legend(loc="upper left")
