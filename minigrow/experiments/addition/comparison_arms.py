"""The arms of the comparison by name: `ARMS["tiny"]`. Rules come from `addition.table`.

Every growing arm starts with the same few neurons, takes the same steps, and may have the same final size. Rules grow by the clock;
triggers have a rule each that keeps the function where it can, so that the difference is in the when. An arm of another method of
the package (`comparison_methods`) sizes itself. Static arms have one size for ever.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from minigrow.addition import table
from minigrow.addition.pairs import antisymmetric
from minigrow.addition.proposal import NothingToAdd

# in the order of the figures: controls, copies, then rules that look at data
RULES = (
    "random_in", "random_small", "random_out", "variance_transfer", "wider", "wider_published", "splitting", "signed_splitting",
    "firefly", "gradmax", "gradmax_optimised", "nest", "nest_published", "tiny", "tiny_free", "tiny_joint", "senn",
    "north_select", "north_pre", "north_random", "north_weight", "cascade", "cascade_silent",
)  # fmt: skip
SEARCHED = (
    "tiny",
    "tiny_free",
    "tiny_joint",
    "nest",
    "nest_published",
    "splitting",
    "signed_splitting",
    "cascade",
)  # amplitude
OPTIONS = {
    "cascade": {"steps": 30},
    "cascade_silent": {"steps": 30},
    "gradmax_optimised": {"steps": 50},
}  # for the sake of time
# where a rule has nothing left to add, its own error names the rule to go on with; both stop at a width of about d
INSTEAD = {"north_pre": "north_select", "north_weight": "north_random"}
BASELINE = "random_in"
TRIGGERS = ("plateau", "senn_ratio", "north_rank", "fra_grow", "bottleneck_norm", "spares_left")
METHODS = ("isotropic", "nimble", "layer_spares", "urn")


class Arm(NamedTuple):
    """What is trained: kind ("static", "rule", "trigger" or "method"), the rule, the trigger, a static width, the activation."""

    kind: str
    rule: str = ""
    trigger: str = "every"
    width: int = 0
    activation: str = "tanh"


def arms(config: dict[str, Any]) -> dict[str, Arm]:
    """Return the arms that a configuration names, in the order of the figures.

    >>> arms({"widths": [2, 64], "rules": ["tiny"], "triggers": ["plateau"], "timed": ["tiny"], "methods": ["nimble"], "relu": []})
    {'static 2': Arm(...), 'static 64': Arm(...), 'tiny': Arm(...), 'tiny, plateau': Arm(...), 'nimble': Arm(...)}
    """
    found = {f"static {width}": Arm("static", width=width) for width in config["widths"]}
    found |= {rule: Arm("rule", rule) for rule in config["rules"]}
    found |= {f"{rule}, {when}": Arm("trigger", rule, when) for rule in config["timed"] for when in config["triggers"]}
    found |= {method: Arm("method", method) for method in config["methods"]}
    if config["relu"]:
        top = max(config["widths"])
        found[f"static {top} (relu)"] = Arm("static", width=top, activation="relu")
    return found | {f"{rule} (relu)": Arm("rule", rule, activation="relu") for rule in config["relu"]}


def rule_of(name: str) -> tuple[Callable[..., Any], float | str]:
    """Return a rule f(seen, k, rng) -> Proposal, and its amplitude; "paired tiny" adds every neuron with its negative.

    The rules of `INSTEAD` go on with another one where they have nothing to add.

    >>> rule_of("tiny")[1], rule_of("gradmax")[1]
    ('search', 1.0)
    """
    if name.startswith("paired "):
        inner, amplitude = rule_of(name.removeprefix("paired "))
        return partial(_halved, antisymmetric(inner)), amplitude
    rule, options = table.RULES[name].propose, OPTIONS.get(name, {})
    rule = partial(rule, **options) if options else rule
    if name in INSTEAD:
        rule = partial(_else, rule, table.RULES[INSTEAD[name]].propose)
    return rule, "search" if name in SEARCHED else 1.0


def _else(rule, other, seen, k=1, rng=None):
    """The rule's proposal, or that of the other one where it has none."""
    try:
        return rule(seen, k, rng)
    except NothingToAdd:
        return other(seen, k, rng)


def _halved(rule, seen, k=1, rng=None):
    """A rule that adds 2 k neurons, asked for half as many."""
    return rule(seen, max(1, k // 2), rng)
