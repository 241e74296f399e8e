"""Draw figures that a lecturer can project: `with picture(path, columns=2) as axes: ...` writes one PNG, whole or not at all.

Colours are Okabe and Ito's, safe for colour-blind eyes; `look(i)` adds a line style and a marker, so that curves can be
told apart in greyscale too. matplotlib is imported only when something is drawn, always with the Agg canvas, and its
settings are changed only inside `picture`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from minigrow.growth.outputs import NAME
from minigrow.growth.writing import atomic
from minigrow.statistics import mean

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#56B4E9", "#E69F00", "#8C6D1F", "#999999")
LINES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)), (0, (1, 1)), (0, (6, 2, 1, 2)), (0, (2, 2)))
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*", "p")
GREY = "#666666"
STYLE = {
    "font.size": 15,
    "axes.titlesize": 16,
    "axes.titleweight": "bold",
    "axes.labelsize": 15,
    "legend.fontsize": 12.5,
    "legend.frameon": False,
    "lines.linewidth": 2.4,
    "lines.markersize": 7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.alpha": 0.3,
    "grid.linewidth": 0.8,
    "axes.axisbelow": True,
}
PANEL = (6.4, 4.8)  # inches
DPI = 110


@contextmanager
def picture(
    path: str | os.PathLike, columns: int = 1, rows: int = 1, panel: tuple[float, float] = PANEL, **share: Any
) -> Iterator[np.ndarray]:
    """Yield axes (rows, columns) to draw on; when the block ends well, `path` becomes the PNG.

    `panel` is the size of one panel in inches, `share` takes sharex and sharey.

    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with picture(Path(folder) / "a.png") as axes:
    ...         _ = axes[0, 0].plot([0, 1], [0, 1], **look(0))
    ...     sorted(p.name for p in Path(folder).iterdir()), axes.shape
    (['a.png'], (1, 1))
    """
    from matplotlib import rc_context

    with rc_context(STYLE):
        figure = blank((panel[0] * columns, panel[1] * rows))
        yield figure.subplots(rows, columns, squeeze=False, **share)
        save(figure, path)


def blank(size: tuple[float, float]) -> Any:
    """Return an empty figure of this size (inches) that needs no screen, for what `picture` cannot lay out.

    >>> blank((4, 3)).get_size_inches().tolist()
    [4.0, 3.0]
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=size, layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def save(figure: Any, path: str | os.PathLike, dpi: int = DPI) -> None:
    """Write a figure as PNG, whole or not at all."""
    with atomic(path) as file:
        figure.savefig(file, format="png", dpi=dpi, metadata={"Software": NAME})


def look(i: int) -> dict[str, Any]:
    """Return colour and line style of curve i; they repeat after nine.

    >>> look(1)
    {'color': '#D55E00', 'linestyle': '--'}
    """
    i %= len(COLOURS)
    return {"color": COLOURS[i], "linestyle": LINES[i]}


def marked(i: int) -> dict[str, Any]:
    """Return colour, line style and marker of curve i.

    >>> marked(1)["marker"]
    's'
    """
    return look(i) | {"marker": MARKERS[i % len(MARKERS)]}


def band(ax: Any, x: Sequence[float], repeats: Any, i: int, label: str | None = None) -> None:
    """Draw curve i: the mean of repeats (n, len(x)) with its 95 % interval as a band.

    >>> interval([[1.0, 2.0], [3.0, 2.0]])[0]
    array([2., 2.])
    """
    middle, half = interval(repeats)
    _band(ax, x, (middle - half, middle, middle + half), i, label)


def quartile_band(ax: Any, x: Sequence[float], repeats: Any, i: int, label: str | None = None) -> None:
    """Draw curve i: the median of repeats (n, len(x)) with the quartiles as a band."""
    _band(ax, x, np.percentile(repeats, (25, 50, 75), axis=0), i, label)


def _band(ax, x, curves, i, label):
    low, middle, high = curves
    ax.plot(x, middle, label=label, **look(i))
    ax.fill_between(x, low, high, color=COLOURS[i % len(COLOURS)], alpha=0.2, linewidth=0)


def bars(ax: Any, x: Sequence[float], repeats: Any, i: int, label: str | None = None, **other: Any) -> None:
    """Draw curve i with markers: the mean of repeats (n, len(x)) with its 95 % interval as error bars."""
    middle, half = interval(repeats)
    ax.errorbar(x, middle, half, label=label, capsize=4, **marked(i) | other)


def log_bars(ax: Any, x: Sequence[float], repeats: Any, i: int, label: str | None = None, **other: Any) -> None:
    """Draw curve i on a logarithmic axis: the geometric mean of positive repeats (n, len(x)) with its 95 % interval."""
    exponent, half = interval(np.log10(repeats))
    low, middle, high = 10 ** (exponent - half), 10**exponent, 10 ** (exponent + half)
    ax.errorbar(x, middle, (middle - low, high - middle), label=label, capsize=4, **marked(i) | other)
    ax.set_yscale("log")


def interval(repeats: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and half 95 % interval (Student's t; 0 for one repeat) of repeats (n, k) over their first axis.

    >>> [v.round(2) for v in interval([[1.0], [2.0], [3.0]])]
    [array([2.]), array([2.48])]
    """
    found = [mean(column) for column in np.asarray(repeats, dtype=np.float64).T]
    return np.array([e.value for e in found]), np.nan_to_num([e.high - e.value for e in found])


def name_curve(ax: Any, x: float, y: float, text: str, i: int) -> None:
    """Write a curve's name beside its end (x, y), in its colour: quicker to read than a legend."""
    ax.annotate(
        text,
        (x, y),
        xytext=(6, 0),
        textcoords="offset points",
        color=COLOURS[i % len(COLOURS)],
        va="center",
        fontsize=13,
    )


def phases(ax: Any, starts: Sequence[float], end: float, names: Sequence[str]) -> None:
    """Shade every second phase and write its name at the top; phases begin at `starts`, the last one stops at `end`."""
    stops = [*starts[1:], end]
    for i, (start, stop, name) in enumerate(zip(starts, stops, names, strict=True)):
        ax.axvspan(start, stop, color="0.92" if i % 2 else "1.0", zorder=-1, linewidth=0)
        ax.text((start + stop) / 2, 0.985, name, transform=ax.get_xaxis_transform(), ha="center", va="top", fontsize=12)
