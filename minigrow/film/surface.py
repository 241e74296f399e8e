"""Draw what the network computes at one frame: the winning class in the plane, how sure it is, and the data; or a function's graph."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrow.film.palette import class_colour, colours
from minigrow.film.reel import Reel, latest
from minigrow.replay.thinning import unpack

FINER, BANDS = 6, 4  # grid points between two recorded ones; steps of colour from unsure to sure
MARKS = "os^Dvphx8"  # one for each class, so that they can be told apart in grey
PALE, DEEP = 0.15, 0.6  # how much of its colour a class has where the network is least and most sure


def draw_surface(axes: Any, run: Reel, f: int) -> None:
    """Draw the surface of frame f: that of the last frame at or before f that has one, or the first."""
    from matplotlib.ticker import MaxNLocator

    surface = run.data["surface"]
    (_plane if surface["kind"] == "plane" else _line)(axes, surface, max(0, latest(surface["at"], f)), f)
    axes.set_xlabel(surface["names"][0], size=10, color=colours()["soft"], labelpad=1)
    axes.set_ylabel(surface["names"][1], size=10, color=colours()["soft"], labelpad=1)
    axes.xaxis.set_major_locator(MaxNLocator(3))
    axes.yaxis.set_major_locator(MaxNLocator(3))
    axes.tick_params(labelsize=8.5, colors=colours()["soft"], length=2)
    for spine in axes.spines.values():
        spine.set_color(colours()["line"])


def _plane(axes, surface, i, f):
    g, classes, ink = surface["size"], len(surface["classes"]), colours()
    part = slice(i * g * g, (i + 1) * g * g)
    winner, level = (unpack(surface[key], "u1")[part].reshape(g, g) for key in ("class", "level"))
    each = probabilities(winner, level / 255, max(1, classes))
    picture, (x, y) = painted(each), (np.linspace(*surface[key], each.shape[1]) for key in "xy")
    half = (x[1] - x[0]) / 2, (y[1] - y[0]) / 2
    extent = (x[0] - half[0], x[-1] + half[0], y[0] - half[1], y[-1] + half[1])
    axes.imshow(picture, extent=extent, origin="lower", interpolation="nearest", aspect="auto")
    for c in range(len(each) if len(each) > 2 else 1):  # where the answer changes, a dark line: it is seen in grey, too
        ahead = each[c] - np.delete(each, c, axis=0).max(axis=0)
        if ahead.min() < 0 < ahead.max():
            axes.contour(x, y, ahead, levels=[0], colors=[ink["ink"]], linewidths=1)
    axes.set(xlim=surface["x"], ylim=surface["y"])
    points = _points(surface, 3, f)
    for label in np.unique(points[:, 2]).astype(int).tolist() if classes else [None]:
        at = points if label is None else points[points[:, 2] == label]
        look = (
            {"c": ink["ink"], "marker": "o"}
            if label is None
            else {"c": class_colour(label), "marker": MARKS[label % len(MARKS)]}
        )
        axes.scatter(*at[:, :2].T, s=22, edgecolors=ink["ink"], linewidths=0.8, zorder=3, **look)


def _points(surface, numbers, f):
    """Return the data points (points, numbers) of the task at frame f: one that says from which frame to which is there only then."""
    kept = [p[:numbers] for p in surface["points"] if len(p) == numbers or p[numbers] <= f < p[numbers + 1]]
    return np.array(kept, float).reshape(-1, numbers)


def probabilities(winner: np.ndarray, sure: np.ndarray, classes: int) -> np.ndarray:
    """Return the probability of each class (classes, n, n) from the winner (g, g) and its probability (g, g), on a finer grid.

    Between recorded points each probability is drawn straight; the winner's is known, and the others are taken to share the rest.
    With one output, `sure` is its value in 0..1, and there are two classes, high and low.

    >>> probabilities(np.array([[0, 0], [1, 1]]), np.ones((2, 2)), 3)[:, 0, 0]
    array([1., 0., 0.])
    """
    if classes == 1:
        return np.stack([finer(sure), finer(1 - sure)])
    share = (1 - sure) / (classes - 1)
    return np.stack([finer(np.where(winner == c, sure, share)) for c in range(classes)])


def painted(each: np.ndarray) -> np.ndarray:
    """Return a picture (n, n, 3) of probabilities (classes, n, n): the winner's colour, the deeper the surer, in BANDS steps.

    There are few colours, so that films are small.

    >>> painted(np.array([[[1.0]], [[0.0]]])).shape
    (1, 1, 3)
    """
    chance = 1 / len(each)
    band = np.clip(np.floor(BANDS * (each.max(axis=0) - chance) / (1 - chance)), 0, BANDS - 1)
    return tints(len(each))[each.argmax(axis=0), band.astype(int)]


def tints(classes: int) -> np.ndarray:
    """Return the colours (classes, BANDS, 3) of each class from unsure to sure, 0..1.

    >>> tints(3).shape
    (3, 4, 3)
    """
    from matplotlib.colors import to_rgb

    full = np.array([to_rgb(class_colour(c)) for c in range(classes)])
    return 1 - np.linspace(PALE, DEEP, BANDS)[None, :, None] * (1 - full[:, None])


def finer(values: np.ndarray) -> np.ndarray:
    """Return values (g, g) with FINER - 1 more between each two, on straight lines along both sides.

    >>> finer(np.array([[0.0, 6.0], [0.0, 6.0]]))[0]
    array([0., 1., 2., 3., 4., 5., 6.])
    """
    g = len(values)
    fine, at = np.linspace(0, g - 1, FINER * (g - 1) + 1), np.arange(g)
    wide = np.stack([np.interp(fine, at, row) for row in values])
    return np.stack([np.interp(fine, at, column) for column in wide.T], axis=1)


def _line(axes, surface, i, f):
    x, k, points = np.array(surface["x"]), surface["outputs"], _points(surface, 2, f)
    values = unpack(surface["values"], "i2").reshape(len(surface["at"]), len(x), k) * (surface["scale"] / 32767)
    axes.scatter(*points.T, s=12, color=colours()["soft"], alpha=0.6, linewidths=0)
    for output in range(k):
        axes.plot(x, values[i, :, output], color=class_colour(output), linewidth=2)
    every = np.concatenate([values.ravel(), *(point[1:2] for point in surface["points"])])
    margin = 0.06 * np.ptp(every) or 1.0
    axes.set(xlim=(x.min(), x.max()), ylim=(every.min() - margin, every.max() + margin))
