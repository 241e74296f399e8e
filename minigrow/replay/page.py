"""Write the page: `write_page(history, "growth.html", "my run")` returns what it holds and what was left out."""

from __future__ import annotations

import base64
import html
import json
import os
import zlib
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any, NamedTuple

from minigrow.growth.history import History
from minigrow.growth.outputs import GENERATOR
from minigrow.growth.writing import atomic
from minigrow.nn.door import door
from minigrow.replay.data import run


class Page(NamedTuple):
    """The page's text, how many frames, rows, events it stands for, and notes on what was left out."""

    html: str
    frames: int
    rows: int
    events: int
    left: tuple[str, ...]


@door
def page(histories: History | Sequence[History], title: str = "growth", names: Sequence[str] = ()) -> Page:
    """Return the page that plays one history, or two side by side, which may have `names`.

    Raises ValueError for a history that cannot be drawn, or for more than two.

    >>> page(History().with_row({"epoch": 1, "widths": (2, 3, 1)})).frames
    1
    """
    several = [histories] if isinstance(histories, History) else list(histories)
    if not 1 <= len(several) <= 2:
        raise ValueError(f"a page plays one history, or two side by side, got {len(several)}.")
    if len(names) not in (0, len(several)):
        raise ValueError(f"names must be one for each of the {len(several)} histories, got {len(names)}.")
    names = [*names] or ([title] if len(several) == 1 else [f"run {i + 1}" for i in range(len(several))])
    runs = [run(history, name) for history, name in zip(several, names, strict=True)]
    rows, events = (sum(made["total"][i] for made in runs) for i in (0, 1))
    left = [f"{made['name']}: {words}" if len(runs) > 1 else words for made in runs for words in made["left"]]
    text = _html(title, {"title": title, "runs": runs})
    return Page(text, sum(len(made["rows"]) for made in runs), rows, events, tuple(left))


@door
def write_page(
    histories: History | Sequence[History], path: str | os.PathLike, title: str = "growth", names: Sequence[str] = ()
) -> Page:
    """Write the page as one file, whole or not at all, and return it; see `page`. The file says that minigrow wrote it."""
    made = page(histories, title, names)
    with atomic(path) as file:
        file.write(made.html.replace("<title>", f"{GENERATOR}\n<title>", 1).encode("utf-8"))
    return made


def _html(title: str, data: Mapping[str, Any]) -> str:
    """Fill the template; what comes from the history is compressed JSON in base64, so it can close no tag."""
    parts = files("minigrow.replay")
    text = json.dumps(data, separators=(",", ":"), allow_nan=False)
    filled = {
        "TITLE": html.escape(title),
        "STYLE": parts.joinpath("style.css").read_text("utf-8"),
        "DATA": base64.b64encode(zlib.compress(text.encode("utf-8"), 9)).decode("ascii"),
    }
    made = parts.joinpath("template.html").read_text("utf-8")
    pieces = made.split("@@")  # text, NAME, text, NAME, ..: filled in one pass, so that no value is read as a name
    # the template names the scripts of the page, in their order: a piece such as player.js is that file
    scripts = {name: parts.joinpath(name).read_text("utf-8") for name in pieces[1::2] if name.endswith(".js")}
    return "".join((filled | scripts)[piece] if i % 2 else piece for i, piece in enumerate(pieces))
