"""Unpack one run of the replay page into arrays, and answer who is seen at a frame, and with which edges.

Legend, as on the page: F frames, f one of them; a life is one neuron from birth to death; a picture is a frame with weights.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from minigrow.growth.history import History
from minigrow.replay.data import run
from minigrow.replay.thinning import evenly, unpack

HALO = 3  # pictures of a film for which a halo stays


class Reel(NamedTuple):
    """A run: `data` as the page has it; per life its space, place, first frame and first frame without it, each (lives,).

    Picture i owns edges starts[i]..starts[i + 1] of `ends` (edges, 2) and `levels` (edges,) in -1..1; `gates` maps a life to its
    gate at each frame (F,), 0..1.
    """

    data: Mapping[str, Any]
    space: np.ndarray
    place: np.ndarray
    first: np.ndarray
    last: np.ndarray
    ends: np.ndarray
    levels: np.ndarray
    gates: Mapping[int, np.ndarray]

    @property
    def frames(self) -> int:
        """How many frames there are."""
        return len(self.data["rows"])

    @property
    def clock(self) -> str:
        """The name of the time that phases and events count in: step, where steps were recorded."""
        return next(iter(self.data["times"]))

    @property
    def times(self) -> np.ndarray:
        """The time of every frame (F,)."""
        return np.array(self.data["times"][self.clock], float)


class Shot(NamedTuple):
    """The frame of each run at one moment; what happened behind the frames `before` is told in words, behind `older` by halos."""

    frames: tuple[int, ...]
    before: tuple[int, ...]
    older: tuple[int, ...]


def reels(histories: History | Sequence[History], names: Sequence[str] = ()) -> list[Reel]:
    """Return the reels of one history, or of several, which may have `names`. Raises ValueError as the page does."""
    several = [histories] if isinstance(histories, History) else list(histories)
    names = [*names] or [f"run {i + 1}" for i in range(len(several))]
    return [reel(run(history, name)) for history, name in zip(several, names, strict=True)]


def shots(runs: Sequence[Reel], most: int) -> list[Shot]:
    """Return at most `most` moments, evenly chosen from the times of all frames; each run shows its last frame until then."""
    moments = np.unique(np.concatenate([run.times for run in runs]))
    chosen = moments[evenly(range(len(moments)), most)]
    frames = [tuple(max(0, latest(run.times, t)) for run in runs) for t in chosen]
    old = [(-1,) * len(runs)] * HALO + frames
    return [Shot(now, old[i + HALO - 1], old[i]) for i, now in enumerate(frames)]


def reel(data: Mapping[str, Any]) -> Reel:
    """Return the reel of one run of the page's data (`replay.page`)."""
    lives, edges, gates = data["lives"], data["edges"], data["gates"]
    gated = unpack(gates["lives"], "u2").tolist()
    values = unpack(gates["values"], "u1").reshape(len(data["rows"]), len(gated)) / 255
    return Reel(
        data,
        unpack(lives["space"], "u1"),
        *(unpack(lives[key], "u2").astype(int) for key in ("place", "first", "last")),
        unpack(edges["ends"], "u2").astype(int).reshape(-1, 2),
        unpack(edges["levels"], "i1") / 127,
        dict(zip(gated, values.T, strict=True)),
    )


def presence(run: Reel, f: int) -> np.ndarray:
    """Return how visible each life is at a frame (lives,): 0 where it does not live, its gate where it has one, else 1."""
    seen = ((run.first <= f) & (f < run.last)).astype(float)
    for life, gate in run.gates.items():
        seen[life] *= gate[f]
    return seen


def edges_at(run: Reel, f: int) -> tuple[np.ndarray, np.ndarray]:
    """Return ends (m, 2) and levels (m,) of the edges at a frame: those of the last picture at or before it."""
    i, starts = latest(run.data["edges"]["at"], f), run.data["edges"]["starts"]
    part = slice(0, 0) if i < 0 else slice(starts[i], starts[i + 1])
    return run.ends[part], run.levels[part]


def latest(values: Sequence[float], x: float) -> int:
    """Return the number of the last of some rising values that is at most x, -1 where all are greater.

    >>> latest([0, 5, 9], 6), latest([2], 1)
    (1, -1)
    """
    return bisect_right(values, x) - 1


def events_within(run: Reel, before: int, f: int) -> list[list]:
    """Return the page's events of the frames behind `before` up to f, or else those of the last frame before that has any."""
    past = [event for event in run.data["events"] if event[0] <= f]
    found = [event for event in past if event[0] > before]
    return found or [event for event in past if event[0] == past[-1][0]]
