"""Write pictures as WebM (VP9), which every browser plays and no browser needs a plug-in for; needs the program ffmpeg."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from minigrow.film.gif import HOLD, MILLISECONDS
from minigrow.growth.outputs import NAME

ARGUMENTS = ("-pix_fmt", "yuv420p", "-b:v", "0", "-crf", "32", "-fflags", "+bitexact", "-flags:v", "+bitexact")
MISSING = (
    "a film .webm needs the program ffmpeg, which is not found. Install it (apt install ffmpeg, brew install ffmpeg, "
    "winget install ffmpeg), or write a .gif, which needs nothing more."
)


def webm(figures: Iterator[Any], count: int) -> bytes:
    """Return `count` figures as one WebM, the last one held. Raises ValueError where ffmpeg is missing."""
    from matplotlib.animation import FFMpegWriter

    if not FFMpegWriter.isAvailable():
        raise ValueError(MISSING)
    writer = FFMpegWriter(
        fps=1000 / MILLISECONDS, codec="libvpx-vp9", extra_args=[*ARGUMENTS], metadata={"comment": NAME}
    )
    figure = next(figures)
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder, "film.webm")
        with writer.saving(figure, str(made), dpi=figure.dpi):
            for _ in chain([figure], figures, [figure] * (HOLD // MILLISECONDS)):
                writer.grab_frame()
        return made.read_bytes()
