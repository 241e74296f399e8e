"""Judge `profiles`: do other isotropic profiles keep the function as isotropic tanh does, and do they learn as well?"""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrow.experiments.claims import Claim, above, below, exactly, geometric, judge, mean, within
from minigrow.experiments.shared import rows_of
from minigrow.experiments.tuning import settled

TANH, IDENTITY = "isotropic_tanh", "isotropic_identity"
LIMIT = 64  # units of eps: what the laws allow one move
MOVES = ("growing", "diagonalising", "removing")
MARGIN = 1.0  # pp: what counts as equally good


def claims(data: dict[str, Any]) -> list[Claim]:
    """Judge, for each data set, exactness over all profiles, accuracy against isotropic tanh, and the spread of singular values."""
    return [
        claim
        for name, overlapping in data["overlap"].items()
        for claim in _judged(name, {row["profile"]: row for row in rows_of(data["rows"], name)}, overlapping)
    ]


def _judged(name, rows, overlapping):
    exact = np.max([[row["growing"], row["diagonalising"]] for row in rows.values()], axis=(0, 1))
    lossless = np.max([row["removing"] for row in rows.values()], axis=0)
    least, unit = (
        np.min([row["condition"] for row in rows.values()], axis=0),
        "eps of the logits' length, worst profile",
    )
    found = [
        judge(f"{name}: growing and diagonalising keep the function, whatever the profile", "abstract 5: function-invariant",
              mean(exact), unit, exactly(f"worst <= {LIMIT}", exact.max() <= LIMIT)),
        judge(f"{name}: a neuron of singular value 0 goes without loss, whatever the profile",
              "abstract 5: arbitrarily well approximated during neurodegeneration", mean(lossless), unit,
              exactly(f"worst <= {LIMIT}", lossless.max() <= LIMIT)),
        judge(f"{name}: training spreads the singular values of W_2, whatever the profile", "abstract 4: low-impact neurons",
              factor(least), "condition number, least of the profiles (1 at the start)", above(2)),
    ]  # fmt: skip
    for profile in [profile for profile in rows if profile != TANH]:
        row, of, unit = rows[profile], rows[TANH], "pp of test accuracy"
        gap = settled(mean(np.subtract(row["test"], of["test"]), overlapping), row["edge"] or of["edge"])
        if profile == IDENTITY:
            text = f"{name}: the identity, the same network without a gain, is less accurate than isotropic tanh"
            found.append(judge(text, "(ours) control", gap, unit, below(0)))
        else:
            text = (
                f"{name}: the profile {short(profile)} is as accurate as tanh, to {MARGIN:g} pp, each at its tuned rate"
            )
            found.append(judge(text, "(ours) tanh is one choice of many", gap, unit, within(-MARGIN, MARGIN)))
    return found


def short(profile: str) -> str:
    """Return a profile's name without what they all begin with.

    >>> short("isotropic_tanh")
    'tanh'
    """
    return profile.removeprefix("isotropic_")


def factor(values: list[float]) -> Any:
    """Return the geometric mean of positive values (n,) with its interval.

    >>> factor([1.0, 4.0]).value
    2.0
    """
    return geometric(values, np.ones(len(values)))
