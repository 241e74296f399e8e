"""Draw a structure on matplotlib axes: the weight matrix sorted by layer, the graph by layer, receptive fields.

Red with a minus is negative, blue positive, white an exact zero; the minus tells signs apart in greyscale.
The caller makes the axes, for instance with `minigrow.plotting.picture`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrow.structure.reading import Structure

NEGATIVE, POSITIVE = "#D55E00", "#0072B2"


def by_layer(found: Structure) -> np.ndarray:
    """Return the live neurons' numbers sorted by layer, then by number (live,).

    >>> from minigrow.structure.reading import from_layers, read
    >>> by_layer(read(*from_layers([np.ones((2, 1)), np.ones((1, 2))])))
    array([0, 1, 2, 3])
    """
    live = np.flatnonzero(found.layer >= 0)
    return live[np.argsort(found.layer[live], kind="stable")]


def matrix(ax: Any, W: np.ndarray, found: Structure) -> None:
    """Draw W (S, S) with its live neurons sorted by layer, a line between layers; rows receive, columns send."""
    order = by_layer(found)
    shown = _effective(W, found)[np.ix_(order, order)]
    signed(ax, shown)
    for cut in np.cumsum(found.widths)[:-1] - 0.5:
        ax.axhline(cut, color="0.3", linewidth=0.8)
        ax.axvline(cut, color="0.3", linewidth=0.8)
    ax.grid(False)
    ax.set(xticks=[], yticks=[], xlabel="from", ylabel="to")


def signed(ax: Any, W: np.ndarray) -> Any:
    """Shade W (rows, columns) by sign(w) sqrt(|w| / largest |w|), with a minus on each negative entry; returns the image.

    >>> from matplotlib.figure import Figure
    >>> signed(Figure().subplots(), np.array([[4.0, -1.0]])).get_array().tolist()
    [[1.0, -0.5]]
    """
    shade = np.sign(W) * np.sqrt(np.abs(W) / np.abs(W).max(initial=1e-12))
    image = ax.imshow(shade, cmap="RdBu", vmin=-1, vmax=1, interpolation="nearest")
    size = min(9.0, 90 / max(1, *W.shape))  # points: a minus stays inside its cell
    for dark, colour in ((True, "white"), (False, "black")):
        rows, columns = np.nonzero((shade < 0) & ((shade < -0.5) == dark))
        ax.plot(columns, rows, "_", color=colour, markersize=size, markeredgewidth=size / 5)
    return image


def scale(image: Any, axes: np.ndarray) -> None:
    """Put the colour scale of `signed` images beside the axes."""
    bar = axes.flat[0].figure.colorbar(image, ax=axes, shrink=0.8)
    bar.set_label("weight: sign(w) sqrt(|w| / largest)", fontsize=12)


def _effective(W, found):
    shown = np.zeros_like(W)
    shown[found.edges[:, 1], found.edges[:, 0]] = W[found.edges[:, 1], found.edges[:, 0]]
    return shown


def graph(ax: Any, W: np.ndarray, found: Structure) -> None:
    """Draw live neurons as dots in columns by layer, effective edges as lines: solid positive, dashed negative."""
    x, y = found.layer.astype(float), np.zeros(len(found.layer))
    for l, width in enumerate(found.widths):
        y[found.layer == l] = np.arange(width) - (width - 1) / 2
    top = np.abs(W).max(initial=1e-12)
    for source, to in found.edges:
        w = W[to, source] / top
        ax.plot(
            [x[source], x[to]],
            [y[source], y[to]],
            color=POSITIVE if w > 0 else NEGATIVE,
            linestyle="-" if w > 0 else "--",
            linewidth=0.5 + 2.5 * abs(w),
            alpha=0.7,
            zorder=1,
        )
    dots = found.layer >= 0
    ax.scatter(x[dots], y[dots], s=70, color="white", edgecolor="black", zorder=2)
    ax.grid(False)
    ax.set(xticks=range(len(found.widths)), yticks=[], xlabel="layer (longest path from an input)")


def receptive_fields(ax: Any, W: np.ndarray, found: Structure, inputs: int, positions: Any) -> Any:
    """Draw the effective weights from the inputs: one row per live neuron that inputs feed, sorted by the neurons' position.

    Returns the image, for `scale`.
    """
    heard = [i for i in by_layer(found) if i >= inputs and (found.edges[:, 0][found.edges[:, 1] == i] < inputs).any()]
    place = np.asarray(positions, dtype=float).reshape(len(W), -1)[:, 0]
    rows = sorted(heard, key=lambda i: np.inf if np.isnan(place[i]) else place[i])
    columns = np.argsort(place[:inputs], kind="stable")
    shown = _effective(W, found)[np.ix_(rows, columns)]
    image = signed(ax, shown)
    image.axes.set_aspect("auto")
    for row, i in enumerate(rows):
        if np.isfinite(place[i]):
            ax.plot(np.interp(place[i], place[columns], np.arange(inputs)), row, "o", color="white", mec="black", ms=6)
    ax.grid(False)
    ax.set(xlabel="input, by its place", ylabel="neuron, by its place (dot)", yticks=[])
    return image
