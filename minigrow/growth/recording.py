"""What a row of the history says about a run: how far it is, its loss, how large the network is, and what the plan observes.

The row before the first step, `History.first`, is written once, where a run begins. It has no loss and is not one of
`History.rows`: policies and experiments read the same rows as if it were not there.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import numpy as np

from minigrow.growth.checkpoint import Run
from minigrow.growth.plan import Observer


def row_of(run: Run, observe: Observer | None = None, scores: Mapping[str, float] | None = None) -> dict[str, Any]:
    """Return the row of a run where it stands: the loop's own columns, the validation's scores, and what is observed.

    Raises ValueError when what is observed is no mapping of columns.

    >>> from minigrow.nn import MLP, SGD
    >>> from minigrow.growth import start
    >>> row = row_of(start(MLP.create([4, 3, 2], rng=0), SGD(), rng=0), lambda net: {"norm": 1.0})
    >>> list(row), row["widths"]
    (['epoch', 'step', 'loss', 'widths', 'parameters', 'multiply_adds', 'norm'], array([4, 3, 2]))
    """
    return {
        "epoch": run.epoch,
        "step": run.step,
        "loss": run.loss,
        "widths": np.array(list(run.net.active.values())),
        "parameters": run.net.parameters,
        "multiply_adds": run.work,
        **(scores or {}),
        **({} if observe is None else seen(observe, run.net)),
    }


def seen(observe: Observer, net: Any) -> dict[str, Any]:
    """Return the columns that an observer makes of a network, copied; raises ValueError for what is no mapping.

    >>> seen(lambda net: {"norm": 1.0}, None)
    {'norm': 1.0}
    """
    found = observe(net)
    if not isinstance(found, Mapping):
        raise ValueError(f"observe(net) must return a dictionary of columns, got {str(found)[:100]}.")
    return copy.deepcopy(found)  # it may be a window on theta, which goes on changing


def begun(run: Run, observe: Observer | None = None) -> Run:
    """Return the run with what its observer says about the whole life and, before step 1, the network as it is then.

    An observer says it in a mapping `about` of its own (`growth.watch`); a later observer's words replace an earlier one's.

    >>> from minigrow.nn import MLP, SGD
    >>> from minigrow.growth import start
    >>> first = begun(start(MLP.create([4, 3, 2], rng=0), SGD(), rng=0)).history.first
    >>> first["step"], first["widths"].tolist(), "loss" in first
    (0, [4, 3, 2], False)
    """
    history = run.history.with_about(**getattr(observe, "about", {}))
    if run.step == 0 and not history.rows and history.first is None:
        history = history.with_first({name: value for name, value in row_of(run, observe).items() if name != "loss"})
    return run._replace(history=history)
