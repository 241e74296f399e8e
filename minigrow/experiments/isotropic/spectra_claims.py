"""Judge experiment 2 (`spectra`): do singular values spread, do small ones appear, and do biases grow?"""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrow.experiments.claims import Claim, above, geometric, judge, mean

SCAFFOLD = 5  # neurons that the authors keep below tau: only what is small beyond these can be removed
ISOTROPIC, TANH = "isotropic tanh", "element-wise tanh"


def claims(data: dict[str, Any]) -> list[Claim]:
    """Judge, on each data set, how far spectra spread, what may be removed, and how biases grow."""
    return [claim for name in data["measured"] for part in (_spread, _small, _biases) for claim in part(data, name)]


def _spread(data, name):
    found = []
    for l in (1, 2, 3):
        ours, tanh = (np.array(data["measured"][name][side][f"condition{l}"]) for side in (ISOTROPIC, TANH))
        found += [
            judge(f"{name}: training spreads the singular values of W_{l} ({data['steps'][-1]} steps)",
                  "abstract 3: simpler to assess the impact of individual connections", geometric(ours[:, -1], ours[:, 0]),
                  "times the condition number of the start", above(2)),
            judge(f"{name}: isotropic spectra of W_{l} spread further than those of element-wise tanh",
                  "figure 2: compared, not quantified", geometric(ours[:, -1], tanh[:, -1]),
                  "isotropic condition / tanh condition", above(1)),
        ]  # fmt: skip
    return found


def _small(data, name):
    count = mean(data["measured"][name][ISOTROPIC]["small2"])
    return [
        judge(f"{name}: more singular values of W_2 fall below tau = {data['tau']:g} than the scaffold holds",
              "abstract 4: Low-impact neurons can be removed", count, "neurons", above(SCAFFOLD)),
    ]  # fmt: skip


def _biases(data, name):
    """Do biases still grow over the last nine tenths of the steps, and is b* of the least neuron larger than its sigma*?"""
    mine, steps = data["measured"][name][ISOTROPIC], np.array(data["steps"])
    early = int(np.abs(steps - steps[-1] / 10).argmin())
    sizes = {l: np.array(mine[f"size{l}"]) for l in (1, 2)}
    grown = [
        judge(f"{name}: the biases of layer {l} go on growing (from step {steps[early]} to {steps[-1]})",
              "figure 2: biases evolve; not quantified", geometric(size[:, -1], size[:, early]),
              "times their root mean square", above(1))
        for l, size in sizes.items()
    ]  # fmt: skip
    constant = np.array(mine["constant"])
    return [
        *grown,
        judge(f"{name}: what the least neuron of layer 2 leaves behind, |b*|, is larger than its singular value",
              "abstract 9: 'intrinsic length', is introduced to improve this analytical invariance",
              geometric(constant, np.ones_like(constant)), "|b*| / sigma*", above(1)),
    ]  # fmt: skip
