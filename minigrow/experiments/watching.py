"""Watch an experiment's network on a data set: the task in one sentence, pictures where inputs are pixels, a sample of each class."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrow.datasets import Dataset, split
from minigrow.datasets.blocks import three_tasks
from minigrow.datasets.named import load
from minigrow.experiments.isotropic.together import placed, task_parts
from minigrow.experiments.shared import parts
from minigrow.growth import watch
from minigrow.growth.watch import Watch

WORDS = {
    "digits": "Tell ten handwritten digits apart, given as 8 x 8 pixels.",
    "mnist-1d": "Tell ten kinds of curves apart, each given as 40 points.",
}
PHASE = "Three tasks come one by one, and two go again: handwritten digits, the same turned by a quarter, their pixels shuffled."


def watching(name: str, seed: int, **more: Any) -> Watch:
    """Return what to observe in a network that learns this data set on the seed's split (`shared.parts`); `more` as in `watch`.

    >>> watching("digits", 0).about["task"], watching("digits", 0).about["samples"][3]["words"]
    ('Tell ten handwritten digits apart, given as 8 x 8 pixels.', '3')
    """
    train, words = parts(name, seed)[0], WORDS.get(name, f"Tell the classes of {name} apart.")
    told = {"image": _image(train), "pictures": raw(name, seed).X, "classes": train.classes, "task": words}
    return watch(train.X, train.y, **told | {"samples": len(train.classes)} | more)


def watching_three(name: str, seed: int, **more: Any) -> Watch:
    """Return what to observe in a network that learns three tasks made of a data set; a sample shows some classes of each task.

    >>> seen = watching_three("digits", 0)
    >>> seen.about["image"], [sample["words"] for sample in seen.about["samples"]][:4]
    ([24, 8], ['task 1: 0', 'task 1: 1', 'task 1: 2', 'task 1: 3'])
    """
    tasks, drawn = task_parts(name, seed)[0], three_tasks(raw(name, seed), seed)
    few = [[int(np.flatnonzero(task.y == label)[0]) for label in range(4)] for task in tasks]
    X, pictures = (
        np.vstack([placed(task.X[rows], k, len(tasks)) for k, (task, rows) in enumerate(zip(sets, few, strict=True))])
        for sets in (tasks, drawn)
    )
    words = [f"task {k}: {task.classes[label]}" for k, task in enumerate(tasks, 1) for label in range(4)]
    rows, columns = _image(tasks[0]) or (1, tasks[0].X.shape[1])
    told = {"image": (3 * rows, columns), "pictures": pictures, "classes": words, "task": PHASE}
    return watch(X, np.arange(len(X)), **told | {"loss": "blocks", "samples": len(X)} | more)


def raw(name: str, seed: int) -> Dataset:
    """Return the training set of the seed's split as it was before it was standardised.

    >>> raw("digits", 0).X.min() >= 0
    np.True_
    """
    found = load(name, np.float32)
    return split(found, rng=seed)[0] if isinstance(found, Dataset) else found[0]


def _image(data):
    return data.shape if len(data.shape) == 2 else (1, data.X.shape[1]) if len(data.shape) == 1 else None
