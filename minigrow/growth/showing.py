"""Show a history as one short line, and, where HTML can be seen, as its replay: what a notebook makes of a bare `history`.

The replay stands above this package: it reads histories, and they know nothing of it. So that a history can show itself without
being told by whom, the function that frames the replay is called by the name in FRAME, looked up when a notebook asks and not
before: training loads nothing that draws, and without that module a history is still its line.
"""

from __future__ import annotations

from pkgutil import resolve_name
from typing import Any

import numpy as np

FRAME = "minigrow.notebook:framed"  # f(history, title) -> HTML; ValueError for a history that cannot be drawn


def line(kind: str, history: Any) -> str:
    """Return a history in one line: how long it is, how wide the network is in the end, its loss, how many events.

    >>> from minigrow.growth.history import History
    >>> line("History", History().with_row({"step": 20, "widths": (4, 3), "loss": 0.25}))
    'History(1 row up to step 20, widths 4-3, loss 0.25, 0 events)'
    >>> line("History", History())
    'History(no rows yet)'
    """
    if not history.rows:
        return f"{kind}(no rows yet)"
    last, said = history.rows[-1], [counted(len(history.rows), "row")]
    said[0] += next((f" up to {name} {last[name]}" for name in ("step", "epoch") if name in last), "")
    if "widths" in last:
        said.append(f"widths {'-'.join(f'{width:g}' for width in np.ravel(last['widths']).tolist())}")
    if np.size(last.get("loss", ())) == 1:
        said.append(f"loss {float(last['loss']):.4g}")
    return f"{kind}({', '.join([*said, counted(len(history.events), 'event')])})"


def counted(n: int, noun: str) -> str:
    """Return a number with its noun.

    >>> counted(1, "row"), counted(2, "row")
    ('1 row', '2 rows')
    """
    return f"{n} {noun}{'' if n == 1 else 's'}"


def framed(history: Any) -> str | None:
    """Return the replay of a history as HTML, or None for one that cannot be drawn: then its line is shown.

    >>> from minigrow.growth.history import History
    >>> framed(History()) is None, framed(History().with_row({"epoch": 1, "widths": (2, 3, 1)}))[:12]
    (True, '<div><iframe')
    """
    try:
        return resolve_name(FRAME)(history)
    except ValueError:
        return None
