"""Find for each drawn life the event that made it and the one that ended it, by its number in the page's list of events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from minigrow.replay.cast import Cast
from minigrow.replay.scene import Scene
from minigrow.replay.story import Story


def births(told: Scene, stage: Cast, tale: Story, gated: Mapping[str, np.ndarray]) -> dict[str, list[int]]:
    """Return `born` and `gone`, a number of an event for each drawn life; -1 where no event tells of it.

    `gated` is what `cast.gates` returns: a neuron with a gate is born when it opens, and gone when it shuts for good.

    >>> from minigrow.growth import Event, History
    >>> from minigrow.replay.cast import cast
    >>> from minigrow.replay.scene import scene
    >>> from minigrow.replay.story import story
    >>> rows = ({"step": 0, "widths": (1, 2)}, {"step": 5, "widths": (1, 3)})
    >>> told = scene(History(rows, (Event("grow", "h1", 1, "asked for", 2, 3, step=5),)))
    >>> stage = cast(told.history, told.found, told.walks, told.frames)
    >>> births(told, stage, story(told), {"lives": np.zeros(0, int), "values": np.zeros((2, 0))})["born"]
    [-1, -1, -1, 0]
    """
    born, gone = np.full((2, len(stage.place)), -1)
    for name, walk in told.walks.items():
        lives, known = stage.number[name], np.append(tale.number[told.numbers[name]], -1)
        shown = lives >= 0
        born[lives[shown]], gone[lives[shown]] = known[walk.maker[shown]], known[walk.ender[shown]]
    for life, made, ended in _of_gates(tale.events, [told.found.names[i] for i in stage.space], gated):
        born[life], gone[life] = made, ended
    return {"born": born.tolist(), "gone": gone.tolist()}


def _of_gates(events: Sequence[Sequence[Any]], space: Sequence[str], gated: Mapping[str, np.ndarray]):
    """Yield each life with a gate, the event that grows its space at the frame where the gate opens first, and the one that
    prunes it where the gate shuts for good.
    """
    at: dict[tuple, int] = {}
    for i, (frame, kind, name, *_) in enumerate(events):
        at.setdefault((frame, kind, name), i)
    for life, values in zip(gated["lives"].tolist(), gated["values"].T, strict=True):
        opened = np.flatnonzero(values).tolist()
        if opened:
            name = space[life]
            yield life, at.get((opened[0], "grow", name), -1), at.get((opened[-1] + 1, "prune", name), -1)
