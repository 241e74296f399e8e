"""The colours of a film: those of the replay page in its light theme, read from its style sheet, so that the two agree."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

NAMES = ("paper", "ink", "soft", "line", "panel", "band", "positive", "negative", "neuron", "born", "gone", "accent")
DECLARED = re.compile(r"--([\w-]+):\s*(#[0-9a-fA-F]{6})\b")


@cache
def colours() -> dict[str, str]:
    """Return the page's colours by name, each in its first declaration, which is that of the light theme.

    >>> colours()["paper"], set(NAMES) <= set(colours())
    ('#ffffff', True)
    """
    sheet = files("minigrow.replay").joinpath("style.css").read_text("utf-8")
    found: dict[str, str] = {}
    for name, colour in DECLARED.findall(sheet):
        found.setdefault(name, colour)
    return found


def class_colour(number: int) -> str:
    """Return the colour of a class, --class0 and so on in the sheet, again from the first one when there are more classes than colours.

    >>> class_colour(0) == class_colour(len([name for name in colours() if name.startswith("class")]))
    True
    """
    several = sum(name.startswith("class") for name in colours())
    return colours()[f"class{number % several}"]
