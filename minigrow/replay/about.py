"""Read what a history says of its whole life: the task, its phases, the shape of an image. What cannot be drawn is refused in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from minigrow.growth.history import History
from minigrow.replay.columns import times
from minigrow.replay.thinning import evenly

LETTERS, PHASES, POINTS = 300, 50, 400  # letters of a task; most phases; most data points


def task(about: Mapping[str, Any]) -> str:
    """Return the task in one sentence, or "" where none is recorded. Raises ValueError for anything but words.

    >>> task({"task": "two spirals"}), task({})
    ('two spirals', '')
    """
    found = about.get("task") or ""
    if not isinstance(found, str):
        raise ValueError(f"about's task must be a sentence, got {str(found)[:60]}.")
    return found if len(found) <= LETTERS else found[: LETTERS - 1] + "…"


def phases(history: History) -> list[list]:
    """Return [[x, words], ...] in the order of x, a step: where each phase of the task begins.

    Raises ValueError where they are no pairs of a step and words, or where the rows have no steps to show them at.

    >>> history = History().with_row({"step": 0}).with_row({"step": 9})
    >>> phases(history.with_about(phases=[[5, "fewer classes"], [0, "all classes"]]))
    [[0, 'all classes'], [5, 'fewer classes']]
    """
    found = list(history.about.get("phases") or [])
    pairs = all(isinstance(pair, (list, tuple)) and len(pair) == 2 and isinstance(pair[1], str) for pair in found)
    if not pairs or not all(isinstance(x, (int, float)) and np.isfinite(x) for x, _ in found):
        raise ValueError(f"about's phases must be pairs of a step and words, got {str(found)[:60]}.")
    if found and next(iter(times(history))) != "step":
        raise ValueError("about's phases begin at steps, but the rows have no column `step` that grows.")
    return [[x, words[:LETTERS]] for x, words in sorted(found, key=lambda pair: pair[0])[:PHASES]]


def image(about: Mapping[str, Any]) -> tuple[int, int] | None:
    """Return rows and columns of an input image, or None. Raises ValueError for anything but two whole numbers.

    >>> image({"image": [8, 8]}), image({})
    ((8, 8), None)
    """
    found = about.get("image")
    if found is None:
        return None
    if len(found) != 2 or not all(isinstance(n, int) and n > 0 for n in found):
        raise ValueError(f"about's image must be its rows and columns, two whole numbers, got {str(found)[:60]}.")
    return found[0], found[1]


def numbers(value: Any, shape: tuple[int, ...], name: str) -> np.ndarray:
    """Return an array of this shape, -1 for any length. Raises ValueError, with `name`, for anything that is not finite numbers.

    >>> numbers([1, 2], (2,), "x")
    array([1., 2.])
    """
    try:
        found = np.array(value, np.float64)
    except (ValueError, TypeError) as error:
        raise ValueError(f"about's {name} must hold numbers ({error}).") from error
    fits = found.ndim == len(shape) and all(want in (-1, n) for want, n in zip(shape, found.shape, strict=True))
    if not fits or not found.size or not np.isfinite(found).all():
        wanted = " x ".join("n" if n < 0 else str(n) for n in shape)
        raise ValueError(f"about's {name} must hold {wanted} finite numbers, got {str(value)[:60]}.")
    return found


def points(
    about: Mapping[str, Any], numbers_each: int, steps: np.ndarray | None = None
) -> tuple[list[list], list[str]]:
    """Return the data points to draw, each of so many numbers, and a note where there are too many for a picture.

    Where the task changes, a point has two numbers more: the step from which and the step before which it is part of the task. They
    are returned as numbers of frames, whose `steps` (F,) are then needed.

    >>> points({"points": [[0.5, 1], [0.25, 2]]}, 2)
    ([[0.5, 1], [0.25, 2]], [])
    >>> points({"points": [[0.5, 1, 0, 10], [0.25, 2, 10, 30]]}, 2, np.array([0, 5, 10, 20]))[0]
    [[0.5, 1, 0, 2], [0.25, 2, 2, 4]]
    """
    if not about.get("points"):
        return [], []
    timed = steps is not None and all(np.size(row) == numbers_each + 2 for row in about["points"])
    found = numbers(about["points"], (-1, numbers_each + 2 * timed), "points")
    if timed:
        found[:, numbers_each:] = np.searchsorted(steps, found[:, numbers_each:])
    kept = evenly(range(len(found)), POINTS)
    said = [f"{POINTS} of {len(found)} data points are drawn"] if len(kept) < len(found) else []
    rows = [[int(x) if x == round(x) else float(f"{x:.4g}") for x in row] for row in found[kept].tolist()]
    return rows, said


def labels(value: Any, count: int, name: str) -> list[str]:
    """Return so many words. Raises ValueError, with `name`, for another number of them, or for what is not words.

    >>> labels(["a", "b"], 2, "classes")
    ['a', 'b']
    """
    words = list(value)
    if len(words) != count or not all(isinstance(word, (str, int, float)) for word in words):
        raise ValueError(f"about's {name} must be {count} words, got {str(value)[:60]}.")
    return [str(word)[:LETTERS] for word in words]
