"""Write replay pages from random histories with hostile names: each is valid, whole HTML, and no name or task text becomes a script.

    tried(seed, seconds) -> (pages, failures in words)

A parser reads each page: every element is closed, there are as many scripts, links and the like as on the page of a history of plain
words, no element has a handler, nothing asks the network, and the data are JSON.
"""

from __future__ import annotations

import json
import re
import tempfile
import time
from html.parser import HTMLParser
from pathlib import Path

import numpy as np

from minigrow import growth, replay
from minigrow.growth import Event, History
from minigrow.nn import MLP

HOSTILE = (
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "<!--",
    "]]>",
    "'; alert(1); //",
    "javascript:alert(1)",
    "\u2028\u2029",
    "&lt;script&gt;",
    "</title><h1>",
    "<!--<script>",
    "\\",
    "é ß 网 🙂",
    "a" * 300,
    "\x00\x1b[31m",
    "{{title}}",
    "$&",
    "\\u003c/script>",
)
VOID = {"meta", "link", "br", "hr", "img", "input", "wbr", "source"}


class Reader(HTMLParser):
    """Counts elements, and notes what is not closed, handlers, and what would ask the network."""

    def __init__(self) -> None:
        super().__init__()
        self.open, self.counts, self.faults, self.title, self.texts = [], {}, [], "", []

    def handle_starttag(self, tag: str, attributes: list) -> None:
        """Count it, and look at its attributes."""
        self.counts[tag] = self.counts.get(tag, 0) + 1
        self.open += [tag] if tag not in VOID else []
        for name, value in attributes:
            if name.startswith("on") or (name in ("src", "href") and not (value or "").startswith(("#", "data:"))):
                self.faults.append(f"<{tag} {name}={value!r}>")

    def handle_startendtag(self, tag: str, attributes: list) -> None:
        """Count what closes itself, as in SVG."""
        self.handle_starttag(tag, attributes)
        self.open = self.open[:-1] if tag not in VOID else self.open

    def handle_endtag(self, tag: str) -> None:
        """Check that it closes the last one that is open, but for those that need not be closed."""
        while self.open and self.open[-1] in ("p", "li", "option", "tr", "td", "th", "tbody") and self.open[-1] != tag:
            self.open.pop()
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes nothing")

    def handle_data(self, data: str) -> None:
        """Keep the title and the scripts' texts."""
        if self.open and self.open[-1] == "title":
            self.title += data
        if self.open and self.open[-1] == "script":
            self.texts.append(data)


def life(rng: np.random.Generator, words: list[str]) -> History:
    """A history of a random net that grows and shrinks, with these words wherever a text may stand."""
    widths = [int(m) for m in rng.integers(1, 6, rng.integers(2, 5))]
    about = {"task": words[0], "inputs": [words[1]] * widths[0], "classes": [words[2]] * widths[-1]}
    history, drawn = History().with_about(**about), rng.random() < 0.7
    for step in range(int(rng.integers(1, 8))):
        row = growth.snapshot(MLP.create(widths, rng=rng)) if drawn else {"widths": np.array(widths)}
        loss = rng.choice([rng.random(), np.nan, np.inf, 0.0])
        history = history.with_row(row | {"epoch": step, "step": 10 * step, "loss": float(loss)})
        if len(widths) > 2 and rng.random() < 0.6:
            l = int(rng.integers(1, len(widths) - 1))
            event = Event("grow", f"h{l}", 1, words[3], widths[l], widths[l] + 1, step=10 * step + 1)
            history, widths[l] = history.with_events([event]), widths[l] + 1
    return history


def faults(page: str, plain: dict[str, int]) -> list[str]:
    """Return what is wrong with a page, whose counts of elements should be those of a plain one."""
    reader = Reader()
    reader.feed(page)
    reader.close()
    found = list(reader.faults)
    found += [f"{reader.open} is never closed"] if reader.open not in ([], ["html"]) and reader.open else []
    for tag in ("script", "iframe", "object", "embed", "base", "form", "img", "link", "svg", "h1", "meta"):
        if reader.counts.get(tag, 0) > plain.get(tag, 0):
            found.append(f"{reader.counts[tag]} <{tag}> instead of {plain.get(tag, 0)}")
    if not page.lower().startswith("<!doctype html>") or "</html>" not in page:
        found.append("is no whole HTML page")
    return found


def written(history: History, path: Path, title: str) -> str:
    """Return the page that is written for a history."""
    replay.write_page(history, path, title)
    return path.read_text(encoding="utf-8")


def counts(page: str) -> dict[str, int]:
    """Return how many elements of each kind a page has."""
    reader = Reader()
    reader.feed(page)
    return reader.counts


def data_of(page: str) -> list:
    """Return what the page's own data blocks hold: each must be JSON."""
    return [
        json.loads(text) for text in re.findall(r'<script[^>]*type="application/json"[^>]*>(.*?)</script>', page, re.S)
    ]


def tried(seed: int, seconds: float, most: int = 10**6) -> tuple[int, list[str]]:
    """Return how many pages were written in about so many seconds, at most so many, and the failures in words."""
    rng, count, failures, end = np.random.default_rng(seed), 0, [], time.monotonic() + seconds
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "page.html")
        while count < most and time.monotonic() < end:
            words = [str(HOSTILE[i]) for i in rng.integers(len(HOSTILE), size=5)]
            state = rng.bit_generator.state
            history = life(rng, words)
            rng.bit_generator.state = state
            plain = life(rng, ["words"] * 5)
            count += 1
            try:
                page, alike = written(history, path, words[4]), written(plain, path, "words")
                found = faults(page, counts(alike))
                data_of(page)
            except Exception as error:
                found = [f"{type(error).__name__}: {error}"]
            failures += [f"page {count} of seed {seed}, with {words}: {fault}" for fault in found[:3]]
    return count, failures
