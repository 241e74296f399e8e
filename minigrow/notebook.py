"""What a notebook shows and a script can still run: `sharp()` figures, `replay(history)`, and `move(draw, angle=...)`.

All three do something sensible without IPython: a tutorial is a plain Python file that runs by itself. `MINIGROW_STATIC=1` in
the environment says that a notebook is being built, where nobody is there to move a slider: then `move` shows still pictures.
`small()` says whether long runs are to be shortened, as in a browser.
"""

from __future__ import annotations

import html
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

from minigrow.growth.history import History

HEIGHT = 780  # pixels of the frame that a replay fills
UNNAMED = "A network's life"
STILLS = 3
NO_SLIDER = "For a slider in place of these pictures: python -m pip install ipywidgets"


def sharp() -> None:
    """Make the figures of a notebook twice as fine, so that they are sharp on a projector; elsewhere do nothing.

    >>> sharp()
    """
    if _live():
        from matplotlib_inline.backend_inline import set_matplotlib_formats

        set_matplotlib_formats("retina")


def small() -> bool:
    """Say whether long runs are to be shortened: MINIGROW_SMALL=1, as in a browser, where kernels run as plain Python.

    A tutorial writes `epochs = 10 if small() else 60` for a run that would take minutes there. What it prints then differs from
    what its text quotes.

    >>> small()
    False
    """
    return os.environ.get("MINIGROW_SMALL") == "1"


def replay(histories: History | Sequence[History], title: str = "", height: int = HEIGHT) -> None:
    """Play one history, or two side by side, in a notebook; elsewhere print one line for each.

    `title` is what the page is called, `height` the pixels of its frame.
    Raises ValueError for a history that cannot be drawn.

    >>> replay(History().with_row({"epoch": 1, "widths": (2, 3, 1)}))
    played ≈ History(...)
    """
    several = [histories] if isinstance(histories, History) else histories
    lines = "\n".join(f"played ≈ {history!r}" for history in several)  # ≈: another machine rounds otherwise
    if not _live():
        print(lines)
        return
    from IPython.display import display

    display({"text/html": framed(histories, title, height), "text/plain": lines}, raw=True)


def framed(histories: History | Sequence[History], title: str = "", height: int = HEIGHT) -> str:
    """Return the replay page in a frame of its own, as HTML that a notebook can show.

    The whole page is the attribute `srcdoc` of an iframe, so the notebook needs no second file, and neither of the two can disturb
    the other's styles.

    >>> framed(History().with_row({"epoch": 1, "widths": (2, 3, 1)}))[:12]
    '<div><iframe'
    """
    from minigrow.replay import page

    made = page(histories, title or UNNAMED).html
    escaped = made.replace("&", "&amp;").replace("'", "&#39;")  # the page is full of ", and has few '
    named = html.escape(f"Replay: {title or UNNAMED}")
    return (
        f'<div><iframe title="{named}" width="100%" height="{height:d}" style="border:0" allow="fullscreen" '
        f"srcdoc='{escaped}'></iframe></div>"
    )


def move(draw: Callable[..., Any], *, stills: Sequence[Any] | None = None, **values: Sequence[Any]) -> None:
    """Show `draw(name=value)` with a slider over the values of that name, or as a few still pictures.

    `draw` makes one matplotlib figure from one named value. There is a slider in a notebook that somebody runs and where
    ipywidgets is installed; it starts at the first of `stills`, or at the first value. Elsewhere, and while notebooks are built,
    there are pictures for `stills`: three of the values, the first and the last among them, unless you name others.
    Raises ValueError unless exactly one name with at least one value is given.

    >>> move(lambda angle: print(f"a figure at {angle} degrees"), angle=range(0, 91, 15), stills=[0, 45])
    a figure at 0 degrees
    a figure at 45 degrees
    """
    if len(values) != 1 or not len(next(iter(values.values()))):
        raise ValueError(
            f"move(draw, name=values) moves one thing with at least one value, got {sorted(values) or 'no name'}. "
            "Fix the others inside draw, such as move(draw, angle=range(0, 91, 15))."
        )
    (name, choices), live = next(iter(values.items())), _live() and os.environ.get("MINIGROW_STATIC") != "1"
    if live and _slider(draw, name, list(choices), stills):
        return
    import matplotlib.pyplot as plt

    for value in _few(list(choices)) if stills is None else stills:
        draw(**{name: value})
        plt.show()
    if live:
        print(NO_SLIDER)


def _few(choices):
    """Return the first, the middle and the last of the values, or all of them if there are no more than three."""
    last = len(choices) - 1
    return [choices[i] for i in sorted({round(last * part / (STILLS - 1)) for part in range(STILLS)})]


def _slider(draw, name, choices, stills):
    """Show a slider whose value `draw` draws; return False where ipywidgets is not installed."""
    try:
        import ipywidgets
    except ImportError:
        return False
    from IPython.display import display

    options = [(f"{value:g}" if isinstance(value, float) else str(value), value) for value in choices]
    first = next((i for i, value in enumerate(choices) if stills and value == stills[0]), 0)
    slider = ipywidgets.SelectionSlider(options=options, index=first, description=name)
    display(slider, ipywidgets.interactive_output(draw, {name: slider}))
    return True


def _live():
    """Return whether this runs in a notebook: a shell of IPython that is not the one in a terminal."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    return shell is not None and type(shell).__name__ != "TerminalInteractiveShell"
