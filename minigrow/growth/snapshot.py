"""Take a picture of a network's weights for its history: `Plan(observe=snapshot)`, and `minigrow replay` draws the edges.

To record what the network computes, too, observe `growth.watch(X, y)` instead.

Columns, with the spaces that the network's own `axes` name:

    weights.FROM.TO   the matrix from space FROM to space TO, row after row (to, from), one vector
    size.SPACE        how many neurons the space has
    gate.SPACE        how far each neuron is open, 0..1, where the network has gates (a property `gated`)

Weights are stored as float16, which halves the file; its 11 bits (one part in 2048) are far more than a line's width shows.
Weights beyond its range are stored as its limit, +-65504. To add other columns, observe `lambda net: snapshot(net) | spectra(net)`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from minigrow.growth.history import History
from minigrow.nn.door import door
from minigrow.nn.validate import whole

PICTURED = ("weights.", "surface", "activity.")  # columns that are large, and drawn only now and then
MOST = float(np.finfo(np.float16).max)


@door
def snapshot(net: Any) -> dict[str, Any]:
    """Return the columns above for any network of the contract; two matrices between the same spaces are added.

    >>> from minigrow.nn import MLP
    >>> seen = snapshot(MLP.create([4, 3, 2], rng=0))
    >>> sorted(seen), seen["weights.h0.h1"].shape
    (['size.h0', 'size.h1', 'size.h2', 'weights.h0.h1', 'weights.h1.h2'], (12,))
    """
    matrices: dict[str, Any] = {}
    sizes: dict[str, int] = {}
    for to, source, W in net.wires:
        sizes |= {f"size.{to}": W.shape[0], f"size.{source}": W.shape[1]}
        key = f"weights.{source}.{to}"
        matrices[key] = matrices.get(key, 0) + np.ravel(W)
    gates = {f"gate.{space}": half(gate) for space, gate in net.gated.items()}
    return {key: half(W) for key, W in matrices.items()} | sizes | gates


def half(values: np.ndarray) -> np.ndarray:
    """Return values of any shape as float16, those beyond its range as its limit.

    >>> half(np.array([0.1, -1e9]))
    array([ 1.00e-01, -6.55e+04], dtype=float16)
    """
    return np.clip(np.real(values), -MOST, MOST).astype(np.float16)


def keep_snapshots(history: History, rows: int) -> History:
    """Return the history with weights at `rows` evenly spaced rows only, first and last among them; elsewhere they are empty.

    What `growth.watch` records, surfaces and activities, goes with the weights. The file of a long life then stays small, while
    its widths and losses stay complete; the row before the first step keeps everything. Raises ValueError for rows < 2.

    >>> life = History().with_row({"weights.a.b": np.ones(2)})
    >>> life = life.with_row(life.rows[0]).with_row(life.rows[0])
    >>> [len(row["weights.a.b"]) for row in keep_snapshots(life, 2).rows]
    [2, 0, 2]
    """
    n, whole_rows = len(history.rows), whole(rows, "rows", least=2)
    kept = set(np.linspace(0, n - 1, min(n, whole_rows)).round().astype(int).tolist())
    return replace(history, rows=tuple(row if i in kept else _thin(row) for i, row in enumerate(history.rows)))


def _thin(row):
    return {key: value[:0] if key.startswith(PICTURED) else value for key, value in row.items()}
