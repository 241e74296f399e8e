"""Which rule for adding neurons wins, on which task, at which cost? All rules, triggers and methods of the package on six tasks.

A tanh network with one hidden layer grows from 2 to 64 neurons, two at a time at equal intervals over the first half of its
training, as GradMax's authors grow theirs, and trains on at its final size. Arms differ in the rule, in the trigger, or are other
methods of the package; static networks of several widths stand beside them. Everybody has the same steps and a rate of its own. What
growing costs (statistics, searches) is estimated in multiply-adds and charged (`comparison_price`). Each arm is compared with the
static network of the final size at the same steps and at the same multiply-adds (`comparison_measures`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from minigrow.experiments.addition.comparison_arms import BASELINE, METHODS, RULES, TRIGGERS, arms
from minigrow.experiments.addition.comparison_checklist import checklist
from minigrow.experiments.addition.comparison_claims import claims as claims
from minigrow.experiments.addition.comparison_figures import draw as draw
from minigrow.experiments.addition.comparison_growing import Job, trained
from minigrow.experiments.addition.comparison_measures import measure, names, numbers, tune
from minigrow.experiments.addition.comparison_protocol import PROTOCOL as PROTOCOL
from minigrow.experiments.addition.comparison_tasks import share, task
from minigrow.experiments.registry import Outcome
from minigrow.experiments.shared import seeds_apart
from minigrow.experiments.watching import watching
from minigrow.growth import History
from minigrow.growth.snapshot import keep_snapshots

FULL = {
    "repeats": 20, "tuning": 2, "data": ["mnist-1d", "digits", "stand-in"], "made": ["spirals", "teacher", "spectrum"],
    "heavy": ["stand-in"], "rates": [3e-3, 1e-2, 3e-2], "steps": 1200, "batch": 50,
    "start": 2, "end": 64, "more": 2, "interval": 20, "samples": 400, "stride": 3, "longer": 4, "widths": [2, 8, 16, 32, 64],
    "rules": list(RULES), "triggers": list(TRIGGERS), "timed": ["random_in"], "methods": list(METHODS),
    "relu": ["random_in", "paired tiny"], "images": 3000, "points": 1000, "arms": 5, "planted": 16, "first": 32, "wide": 500,
}  # fmt: skip
QUICK = FULL | {
    "repeats": 2, "tuning": 1, "data": ["mnist-1d", "digits"], "made": ["teacher"], "heavy": [],
    "steps": 40, "interval": 10, "end": 8, "stride": 1, "samples": 100, "widths": [2, 8],
    "rules": ["random_in", "gradmax", "tiny", "north_select"], "triggers": ["plateau"], "methods": ["nimble"], "relu": [],
    "points": 200,
}  # fmt: skip
FIGURES = {
    "comparison.png": (
        "Score on the test set against multiply-adds, growth's own cost included, for chosen rules on every task, with "
        "static networks of several widths after the same steps."
    ),
    "comparison_matrix.png": (
        "Every rule, trigger and method on every task: mean score minus that of random growth at the same steps, with 95 % "
        "half-widths; bold where the interval leaves 0 out; * where another rule had to make some of the growths."
    ),
    "comparison_cost.png": (
        "Every growing arm on every task: score minus that of the static network of the final size after the same "
        "multiply-adds, against the multiply-adds spent; open where the static network has not spent as many."
    ),
}
PICTURES = 40  # rows of the replay with weights


def run(config: dict[str, Any], seed: int, pmap: Callable) -> Outcome:
    """Tune every arm on every task, measure all of them, and keep one growing network's life."""
    tuned = tune(config, seed, pmap)
    rows = measure(config, seed, pmap, tuned)
    data = {"rows": rows, "overlap": {name: share(name) for name in names(config)}, "checklist": checklist(rows)}
    return Outcome(data | {"end": config["end"]}, life(config, seed, tuned[followed(config)].rate))


def followed(config: dict[str, Any]) -> tuple[str, str]:
    """Return which network's life is kept: the first task, and the first of the known rules there is."""
    return names(config)[0], next(rule for rule in ("gradmax", BASELINE) if rule in arms(config))


def life(config: dict[str, Any], seed: int, rate: float) -> History:
    """Return the history of the network that is followed."""
    first, arm = followed(config)
    job = Job(first, arm, numbers(config), rate)
    one_seed = seeds_apart(seed, config["repeats"], config["tuning"])[0][0]
    history = trained(job, task(first, one_seed, config), one_seed, watching(first, one_seed)).history
    return keep_snapshots(history, min(PICTURES, max(2, len(history.rows))))


def relive(config: dict[str, Any], seed: int, data: dict[str, Any]) -> History:
    """Return the history that is kept, at the rate that was tuned for it."""
    (rate,) = (row["rate"] for row in data["rows"] if (row["task"], row["arm"]) == followed(config))
    return life(config, seed, rate)
