"""Write a film of a life, or of two lives on one clock: `write_film(history, "growth.gif")`, or `.webm` where there is ffmpeg."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tqdm import tqdm

from minigrow.film.gif import gif
from minigrow.film.reel import Reel, reels, shots
from minigrow.film.sheet import blank, fill
from minigrow.film.webm import webm
from minigrow.growth.history import History
from minigrow.growth.writing import atomic
from minigrow.nn import validate

MOMENTS, BYTES = 120, 1_500_000
FEWEST = 12
WRITERS = {".gif": gif, ".webm": webm}


def write_film(
    histories: History | Sequence[History],
    path: str | os.PathLike,
    title: str = "growth",
    names: Sequence[str] = (),
    *,
    moments: int = MOMENTS,
    size: int = BYTES,
) -> int:
    """Write the film as GIF or WebM, whole or not at all, and return how many moments it shows.

    It shows at most `moments` moments; where the file would be larger than `size` bytes it shows fewer. The same history and
    libraries give the same bytes. How far it is appears on stderr, where that is a terminal.
    Raises ValueError for a file of another kind, for a history that cannot be drawn, and where WebM lacks ffmpeg.
    """
    kind = Path(path).suffix.lower()
    if kind not in WRITERS:
        raise ValueError(f"a film is a file .gif or .webm, got {Path(path).name}. Name it growth.gif, for example.")
    runs, most = reels(histories, names), validate.whole(moments, "moments", least=1)
    while True:
        chosen = shots(runs, most)
        made = WRITERS[kind](_drawn(runs, chosen, title), len(chosen))
        if len(made) <= size or len(chosen) <= FEWEST:
            break
        most = max(FEWEST, min(len(chosen) - 1, int(0.95 * len(chosen) * size / len(made))))
    with atomic(path) as file:
        file.write(made)
    return len(chosen)


def _drawn(runs: Sequence[Reel], chosen: Sequence[Any], title: str) -> Iterator[Any]:
    """Yield the figure after each shot; it is the same figure, filled anew."""
    figure = blank(len(runs))
    for shot in tqdm(chosen, unit="picture", disable=None):
        yield fill(figure, runs, shot, title)
