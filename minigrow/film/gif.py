"""Write pictures as a GIF that repeats: one palette for all, no dithering, so that what stands still takes no room."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import numpy as np

from minigrow.film.palette import colours
from minigrow.film.surface import tints
from minigrow.growth.outputs import NAME

COLOURS, CLASSES = 96, 8  # colours of the palette beside those of the page and of so many classes
STRIDE = 12  # the palette is made from every so many pictures
MILLISECONDS, HOLD = 100, 1800  # how long a picture stands, and the last one


def gif(figures: Iterator[Any], count: int) -> bytes:
    """Return `count` figures as one GIF. Raises ValueError without figures."""
    from PIL import Image

    pictures = [Image.fromarray(_pixels(figure)) for figure in figures]
    if not pictures:
        raise ValueError("a film needs at least one picture.")
    samples = pictures[:: max(1, count // STRIDE)]
    strip = Image.new("RGB", (samples[0].width, samples[0].height * len(samples)))
    for i, sample in enumerate(samples):
        strip.paste(sample, (0, i * sample.height))
    palette = _palette(strip)
    flat = [picture.quantize(palette=palette, dither=Image.Dither.NONE) for picture in pictures]
    buffer, times = io.BytesIO(), [MILLISECONDS] * (len(flat) - 1) + [HOLD]
    more = {"append_images": flat[1:], "duration": times, "loop": 0, "disposal": 1, "comment": NAME.encode()}
    flat[0].save(buffer, format="GIF", save_all=True, **more)
    return buffer.getvalue()


def _palette(picture):
    """Return a picture whose palette has the page's own colours exactly, and otherwise those that `picture` has most of."""
    from PIL import Image, ImageColor

    own = [channel for colour in colours().values() for channel in ImageColor.getrgb(colour)]
    own += np.rint(255 * tints(CLASSES)).astype(int).ravel().tolist()
    found = picture.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).getpalette()
    made = Image.new("P", (1, 1))
    made.putpalette([*own, *found])
    return made


def _pixels(figure):
    figure.canvas.draw()
    return np.asarray(figure.canvas.buffer_rgba())[..., :3].copy()
