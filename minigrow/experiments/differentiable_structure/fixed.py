"""Experiment 2: does a network that sizes itself reach a lower loss on the hard text than networks of a fixed size?

All learn with the same update and the same pull. Seven sizes are compared with the variable one, so each interval is of
1 - .05/7: all seven hold together with 95 % (Bonferroni). Losses are compared by rank, shares of runs that solve the text by
Newcombe's interval. Two sizes are trained without the pull too. The runs of the variable size are those of the experiment size.
Source: Miconi 2016, figure 3.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from minigrow.experiments.claims import Claim, Estimate, above, judge, median, proportion, within
from minigrow.experiments.differentiable_structure.common import LIMITS, SOLVED, Job, column, curves, ends, solved
from minigrow.experiments.differentiable_structure.rank import shift
from minigrow.experiments.differentiable_structure.settings import method
from minigrow.experiments.protocol import Setting
from minigrow.experiments.registry import Outcome
from minigrow.experiments.shared import child_seeds
from minigrow.plotting import COLOURS, quartile_band
from minigrow.shares import difference

QUICK = {"repeats": 3, "variable_repeats": 6, "cycles": 10_000, "sizes": [10, 37], "without_pull": [10]}
FULL = {
    "repeats": 20, "variable_repeats": 50, "cycles": 100_000, "sizes": [10, 20, 30, 37, 50, 75, 100], "without_pull": [20, 37],
}  # fmt: skip
PROTOCOL = (
    Setting("runs of each fixed size", 20, "repeats"),
    Setting("runs of the variable size", 20, "variable_repeats", why="losses have two modes", effect="narrower intervals"),
    Setting("cycles", 100_000, "cycles"),
    Setting("fixed sizes", [20, 37, 50, 75, 100], "sizes", why="the text says from 10 on; 30 is between its two smallest",
            effect="two comparisons more, so intervals of 99.3 % instead of 99 %"),
    Setting("sizes without the pull", "none", "without_pull", why="what the pull does to a fixed size is not the paper's question",
            effect="verdicts of their own"),
    *method(),
)  # fmt: skip
FIGURES = {
    "fixed.png": (
        "Loss over the cycles of networks that size themselves beside every fixed size on the hard text, medians and quartiles; "
        "diamonds: where the paper's figure 3 ends (read by pixels)."
    ),
    "fixed_ends.png": (
        "Every run's last loss on the hard text by size, with medians, and the share of runs that end below 12, with Wilson's "
        "95 % interval."
    ),
}
FIGURE_3 = {"20": 13.4, "37": 13.3, "50": 14.1, "75": 14.1, "100": 15.5}  # median loss at the end, read by pixels
MARGIN = 0.6  # nats, the spread that the paper's figure 1 shows at its end
ABSTRACT = "abstract 7: variable-size networks outperform fixed-size networks of higher, lower or identical size"


def run(config: dict[str, Any], seed: int, pmap: Callable) -> Outcome:
    """Train the variable size, every fixed one, and some without the pull, on the same texts; the slowest jobs first."""
    c, parts = config, (("hard", config["cycles"]),)

    def job(H, s, **more):
        return Job(parts, s, neurons=H, fixed=True, every=max(1, c["cycles"] // 100), **more)

    each, many = (child_seeds(seed, c[name]) for name in ("repeats", "variable_repeats"))
    asked = {f"{H}": [job(H, s) for s in each] for H in sorted(c["sizes"], reverse=True)}
    asked |= {f"{H} without": [job(H, s, learning=(("pull", 0.0),)) for s in each] for H in c["without_pull"]}
    asked["variable"] = [job(1, s)._replace(fixed=False) for s in many]
    found = iter(pmap(curves, [one for jobs in asked.values() for one in jobs]))
    runs = {name: [next(found) for _ in jobs] for name, jobs in asked.items()}
    free = {f"{H}": runs[f"{H} without"] for H in c["without_pull"]}
    return Outcome(
        {"variable": runs["variable"], "fixed": {f"{H}": runs[f"{H}"] for H in c["sizes"]}, "without_pull": free}
    )


def claims(data: dict[str, Any]) -> list[Claim]:
    """Judge loss and share solved of the variable size against all sizes and each; figure 3; and what the pull does."""
    variable, fixed, n = data["variable"], data["fixed"], len(data["fixed"])
    loss, free = {H: ends(runs, "loss") for H, runs in fixed.items()}, data["without_pull"]
    lower = {H: shift(values, ends(variable, "loss"), 0.05 / n) for H, values in loss.items()}
    more = {H: difference(solved(variable), solved(runs), 0.05 / n) for H, runs in fixed.items()}
    nats, wide = "nats a chunk lower (median of differences", f"{100 - 5 / n:.3g} % interval)"
    rows = [judge("lower loss than every fixed size (the smallest of the differences)", ABSTRACT, least(lower),
                  f"{nats}, simultaneous)", above(0)),
            judge("more runs solve the text than of every fixed size (the smallest of the differences)", ABSTRACT, least(more),
                  "difference of shares (simultaneous)", above(0))]  # fmt: skip
    for H in fixed:
        rows += [judge(f"lower loss than {H} neurons (median {np.median(loss[H]):.2f})", ABSTRACT, lower[H], f"{nats}, {wide}",
                       above(0)),
                 judge(f"more runs solve the text than of {H} neurons ({shares(fixed[H])})", ABSTRACT, more[H],
                       f"difference of shares ({wide}", above(0))]  # fmt: skip
    rows += [judge(f"{H} neurons end at the loss of figure 3", f"{paper} (read by pixels)", median(loss[H]),
                   "nats a chunk (median)", within(paper - MARGIN, paper + MARGIN))
             for H, paper in FIGURE_3.items() if H in fixed]  # fmt: skip
    rows += [judge(f"{H} neurons: the pull lowers the loss", "(ours)", shift(ends(runs, "loss"), loss[H], 0.05 / len(free)),
                   f"{nats}, {100 - 5 / len(free):.3g} % interval)", above(0))
             for H, runs in free.items()]  # fmt: skip
    return rows


def least(found: dict[str, Estimate]) -> Estimate:
    """Return the smallest of several estimates; where their intervals hold together, so does that of their smallest ends.

    >>> least({"a": Estimate(3.0, 1.0, 5.0, 9), "b": Estimate(2.0, 0.0, 9.0, 9)})[:3]
    (2.0, 0.0, 5.0)
    """
    value, low, high, n = np.min([one[:4] for one in found.values()], axis=0).tolist()  # NaN where one of them is
    return Estimate(value, low, high, int(n))


def shares(runs: list[dict[str, Any]]) -> str:
    """Return how many runs solved the text, in words.

    >>> shares([{"loss": [9.0]}, {"loss": [13.0]}])
    '1 of 2'
    """
    return f"{int(solved(runs).sum())} of {len(runs)}"


def draw(data: dict[str, Any], folder: Path) -> None:
    """Draw `fixed.png`: the loss over time of each fixed size; `fixed_ends.png`: every run's last loss, and shares solved."""
    from minigrow.plotting import picture

    columns = min(4, len(data["fixed"]))
    with picture(folder / "fixed.png", columns, -(-len(data["fixed"]) // columns), panel=(4.8, 4.2)) as axes:
        for ax in axes.ravel()[len(data["fixed"]) :]:
            ax.axis("off")
        for ax, (H, found) in zip(axes.ravel(), data["fixed"].items(), strict=False):
            x = column(found, "cycle")[0] / 1000
            quartile_band(ax, x, column(data["variable"], "loss"), 0, "variable")
            quartile_band(ax, x, column(found, "loss"), 1, f"{H} neurons")
            if H in FIGURE_3 and x[-1] >= 100:
                ax.plot(100, FIGURE_3[H], "kD", label=f"{H}, figure 3", clip_on=False)
            ax.set(xlabel="cycles (thousands)", ylabel="loss (nats a chunk)", ylim=(8, 26))
            ax.legend()
    groups = {"variable": data["variable"], **data["fixed"]}
    groups |= {f"{H}\nno pull": runs for H, runs in data["without_pull"].items()}
    with picture(folder / "fixed_ends.png", columns=2, panel=(7.5, 4.8)) as axes:
        _draw_ends(axes[0, 0], groups)
        _draw_shares(axes[0, 1], groups)
        for ax in axes[0]:
            ax.set_xticks(range(len(groups)), [name.replace("variable", "var.") for name in groups], fontsize=12)
            ax.set_xlabel("neurons")


def _draw_ends(ax, groups):
    for i, found in enumerate(groups.values()):
        last = ends(found, "loss")
        ax.plot(
            i + np.linspace(-0.25, 0.25, len(last)),
            np.sort(last),
            "s" if i else "o",
            color=COLOURS[min(i, 1)],
            markersize=3.5,
        )
        ax.hlines(np.median(last), i - 0.4, i + 0.4, color="black", linewidth=2)
    ax.axhline(LIMITS["hard"], color="black", linewidth=1, linestyle=":")
    ax.axhline(SOLVED, color="black", linewidth=1, linestyle="--")
    ax.set(title="every run at the end; bar: median", ylabel="loss (nats a chunk)")


def _draw_shares(ax, groups):
    found = [proportion(solved(runs)) for runs in groups.values()]
    p, low, high = np.array([one[:3] for one in found]).T
    ax.errorbar(range(len(found)), p, (p - low, high - p), fmt="o", color="black", capsize=4)
    ax.set(title="share of runs below 12 (dashed) at the end", ylabel="share of runs", ylim=(0, 1))
