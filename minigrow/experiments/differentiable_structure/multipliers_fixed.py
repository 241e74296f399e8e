"""Experiment 9: does the size that multipliers find beat each fixed size? The second version's own comparison.

All learn the hard text with Adagrad and clipped gradients; networks of fixed size have no multipliers and pay no price, as in the
released program. Six comparisons of two groups by rank, each at the level .05 / 6. A sentence on all sizes is judged by its least
favourable comparison. Source: Miconi 2016, v2.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from minigrow.experiments.claims import Claim, above, judge
from minigrow.experiments.differentiable_structure.common import LIMITS, Job, column, curves, ends, solved
from minigrow.experiments.differentiable_structure.rank import shift
from minigrow.experiments.differentiable_structure.settings_v2 import LEARNING, RULES
from minigrow.experiments.protocol import Setting
from minigrow.experiments.registry import Outcome
from minigrow.experiments.shared import child_seeds
from minigrow.shares import difference

QUICK = {"repeats": 4, "fixed_repeats": 3, "cycles": 2_000, "sizes": [10, 27, 50]}
FULL = {"repeats": 12, "fixed_repeats": 6, "cycles": 60_000, "sizes": [10, 22, 27, 50, 70, 100]}
PROTOCOL = (
    Setting("runs of variable size", 20, "repeats", why="two cores", effect="wider intervals, no bias"),
    Setting("runs of each fixed size", 20, "fixed_repeats", why="two cores", effect="wider intervals, no bias"),
    Setting("cycles", 300_000, "cycles", why="two cores",
            effect="not measured for fixed sizes; the variable size at 300 000 is in the experiment multipliers"),
    Setting("fixed sizes", [10, 22, 27, 50, 70, 100], "sizes"),
    *LEARNING,
    *RULES,
)  # fmt: skip
FIGURES = {
    "multipliers_fixed.png": (
        "Loss on the hard text over the cycles of networks that size themselves by multipliers (v2) and of fixed sizes with the "
        "same update, medians, and the last loss of every run."
    ),
}
BEST, POOREST = 27, 100  # in v2
SAID = "v2: the variable-size network actually outperforms fixed-size networks of any size"
ORDER = ("refuted", "undecided", "holds")


def run(config: dict[str, Any], seed: int, pmap: Callable) -> Outcome:
    """Train the variable size and each fixed one, the largest first, on the same texts."""
    parts, every = (("hard", config["cycles"]),), max(1, config["cycles"] // 60)
    each = child_seeds(seed, max(config["repeats"], config["fixed_repeats"]))
    jobs = [Job(parts, s, H, fixed=True, every=every, version="v2 plain")
            for H in sorted(config["sizes"], reverse=True) for s in each[: config["fixed_repeats"]]]  # fmt: skip
    jobs += [Job(parts, s, every=every, version="v2 output") for s in each[: config["repeats"]]]
    found = list(zip(jobs, pmap(curves, jobs), strict=True))
    fixed = [[curve for job, curve in found if job.fixed and job.neurons == H] for H in config["sizes"]]
    return Outcome(
        {"sizes": config["sizes"], "fixed": fixed, "variable": [curve for job, curve in found if not job.fixed]}
    )


def claims(data: dict[str, Any]) -> list[Claim]:
    """Judge the variable size against all fixed ones and each, and the sentences on the best and the poorest fixed size."""
    variable, level = ends(data["variable"], "loss"), 0.05 / len(data["sizes"])
    fixed = {H: ends(runs, "loss") for H, runs in zip(data["sizes"], data["fixed"], strict=True)}
    each = _pairs("multipliers: lower loss than {} neurons", SAID, {H: (x, variable) for H, x in fixed.items()}, level)
    rows = [_least("multipliers: lower loss than every fixed size", each), *each]
    if BEST in fixed:
        pairs = {H: (loss, fixed[BEST]) for H, loss in fixed.items() if H != BEST}
        asked = _pairs("{}", "v2: the best-performing fixed-size network is the one with 27 neurons", pairs, level)
        rows += [_least(f"{BEST} neurons: lower loss than every other fixed size", asked), _more_often(data)]
    if POOREST in fixed:
        pairs = {H: (fixed[POOREST], loss) for H, loss in fixed.items() if H != POOREST}
        asked = _pairs("{}", "v2: 100 neurons produce the poorest performance", pairs, level)
        rows.append(_least(f"{POOREST} neurons: higher loss than every other fixed size", asked))
    return rows


def _pairs(claim: str, paper: str, pairs: Mapping[int, tuple], level: float) -> list[Claim]:
    """Judge for each size whether the first of its two groups of losses is higher than the second."""
    unit = f"nats a chunk (median of differences, {100 - 100 * level:.3g} % interval)"
    return [judge(claim.format(H), paper, shift(*losses, level), unit, above(0)) for H, losses in pairs.items()]


def _least(claim: str, rows: list[Claim]) -> Claim:
    """Return the least favourable of several comparisons as the claim on all of them."""
    worst = min(rows, key=lambda row: (ORDER.index(row.verdict), row.measured))
    return worst._replace(claim=f"{claim} (the least favourable of {len(rows)} comparisons)")


def _more_often(data: Mapping[str, Any]) -> Claim:
    runs = dict(zip(data["sizes"], data["fixed"], strict=True))[BEST]
    found = difference(solved(data["variable"]), solved(runs))
    claim = f"multipliers: solve the hard text (loss below 12) more often than {BEST} neurons"
    return judge(claim, SAID, found, "share of runs more", above(0))


def draw(data: dict[str, Any], folder: Path) -> None:
    """Draw `multipliers_fixed.png`: median losses over time, and every run at the end."""
    from minigrow.plotting import COLOURS, look, picture

    groups = {"variable": data["variable"]} | {
        str(H): runs for H, runs in zip(data["sizes"], data["fixed"], strict=True)
    }
    with picture(folder / "multipliers_fixed.png", columns=2) as axes:
        for i, (name, runs) in enumerate(groups.items()):
            loss, last = np.median(column(runs, "loss"), axis=0), np.sort(ends(runs, "loss"))
            axes[0, 0].plot(column(runs, "cycle")[0] / 1000, loss, label=name, **look(i))
            axes[0, 1].plot(i + np.linspace(-0.25, 0.25, len(last)), last, "o", color=COLOURS[i], markersize=3.5)
            axes[0, 1].hlines(np.median(last), i - 0.4, i + 0.4, color="black", linewidth=2)
        for ax in axes[0]:
            ax.axhline(LIMITS["hard"], color="black", linewidth=1, linestyle=":")
            ax.set_ylabel("loss (nats a chunk of 40)")
        axes[0, 0].set(title="hard text, medians", xlabel="cycles (thousands)", ylim=(8, 30))
        axes[0, 0].legend(title="neurons", ncols=2)
        axes[0, 1].set_xticks(range(len(groups)), ["var.", *data["sizes"]])
        axes[0, 1].set(title="every run at the end; bar: median", xlabel="neurons", ylim=axes[0, 0].get_ylim())
