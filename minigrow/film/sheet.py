"""Put a frame together: title, network, what it computes, the event in words, and the curves; two runs stand side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from minigrow.film.charts import draw_loss, draw_size
from minigrow.film.fields import draw_fields
from minigrow.film.network import draw_network
from minigrow.film.palette import colours
from minigrow.film.reel import Reel, Shot
from minigrow.film.surface import draw_surface
from minigrow.film.words import happened, phase, when

DPI, WIDTH, HEIGHT = 100, 900, 568  # dots per inch, and pixels of one run
TOP, STAGE, CHARTS = 72, 398, 424  # pixels from the top: where the stage begins and ends, and where the charts begin
MARK = {"grow": "▲ ", "prune": "▼ "}
FONTS = {"font.family": "DejaVu Sans"}


def blank(runs: int) -> Any:
    """Return an empty figure for so many runs.

    >>> blank(2).get_size_inches().tolist()
    [18.0, 5.68]
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH * runs / DPI, HEIGHT / DPI), dpi=DPI, facecolor=colours()["paper"])
    FigureCanvasAgg(figure)
    return figure


def fill(figure: Any, runs: Sequence[Reel], shot: Shot, title: str = "") -> Any:
    """Draw a shot of the runs on a figure, in place of what was there, and return the figure."""
    from matplotlib import rc_context

    emptied = _emptied(figure)
    with rc_context(FONTS):
        for i, run in enumerate(runs):
            told = [frames[i] for frames in shot]
            _run(figure, emptied, run, told, (i * WIDTH, len(runs) * WIDTH), heads(run, title, len(runs) > 1))
    return figure


def heads(run: Reel, title: str, several: bool) -> tuple[str, str]:
    """Return two lines for the top of a run: its task, or the title, and what stands below where the task has no phases."""
    task, name = run.data["task"], run.data["name"] if several else title
    if several and task:
        return f"{name}: {task}", ""
    return task or name, name if task else ""


def _emptied(figure):
    """Take away all that was drawn, and return an iterator of the axes, which stay: their ticks take long to make."""
    for text in list(figure.texts):
        text.remove()
    for axes in figure.axes:
        for artist in [*axes.lines, *axes.collections, *axes.images, *axes.patches, *axes.texts]:
            artist.remove()
    return iter(list(figure.axes))


def _run(figure, emptied, run: Reel, frames, place, head):
    (f, before, older), (left, total) = frames, place

    def panel(x, y, width, height):
        box = ((left + x) / total, 1 - (y + height) / HEIGHT, width / total, height / HEIGHT)
        return next(emptied, None) or figure.add_axes(box)

    def write(x, y, words, **look):
        figure.text((left + x) / total, 1 - y / HEIGHT, words, va="baseline", **look)

    _words(write, run, f, before, head)
    side = STAGE - TOP - 28
    beside = bool(run.data["surface"] or run.data["fields"])
    stage = (WIDTH - side - 84 if beside else WIDTH - 24, STAGE - TOP)
    draw_network(panel(12, TOP, *stage), run, f, older, stage)
    if beside:
        draw = draw_surface if run.data["surface"] else draw_fields
        draw(panel(WIDTH - side - 16, TOP, side, side), run, f)
    wide = (WIDTH - 3 * 48) / 2
    top = CHARTS + 30
    draw_size(panel(44, top, wide, HEIGHT - top - 34), run, f)
    draw_loss(panel(44 + wide + 70, top, wide, HEIGHT - top - 34), run, f)


def _words(write, run, f, before, head):
    ink, (kind, said) = colours(), happened(run, before, f)
    write(14, 24, short(head[0], 88), size=13, weight="bold", color=ink["ink"])
    write(14, 47, short(phase(run, f) or head[1], 90), size=11.5, color=ink["accent"])
    write(WIDTH - 16, 47, when(run, f), size=10.5, color=ink["soft"], ha="right")
    tint = {"grow": "born", "prune": "gone"}.get(kind, "soft")
    write(14, STAGE + 20, short(MARK.get(kind, "") + said, 128), size=9.5, color=ink[tint])


def short(words: str, most: int) -> str:
    """Return words cut to so many letters.

    >>> short("a long sentence", 8)
    'a long …'
    """
    return words if len(words) <= most else words[: most - 1] + "…"
