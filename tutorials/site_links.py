"""Find links that lead nowhere, without a network: `python tutorials/site_links.py build/site` for a built site.

Of each HTML file every href and src that stays within the folder must name a file there, and its #anchor an id in that file.
Nothing may be loaded from the network, and every picture must have an alternative text.
"""

from __future__ import annotations

import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

MARKDOWN = re.compile(r"\]\(<?([^)<>\s]+)>?(?:\s+\"[^\"]*\")?\)")
FENCE = re.compile(r"^(`{3,}|~{3,}).*?^\1\s*$|`[^`\n]*`", re.M | re.S)


class Page(HTMLParser):
    """The links and the ids of one HTML file."""

    def __init__(self, text: str):
        super().__init__()
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.unnamed: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list) -> None:
        """Keep what may be linked to, what links, and pictures that say nothing to those who cannot see them."""
        said = dict(attrs)
        if tag == "img" and not (said.get("alt") or said.get("role") == "presentation"):
            self.unnamed.append(str(said.get("src")))
        for name, value in attrs:
            if value and (name == "id" or (name == "name" and tag == "a")):
                self.ids.add(value)
            elif value and name in ("href", "src"):
                self.links.append(value)


def broken(folder: Path) -> list[str]:
    """Return a line for each link of the folder's HTML files that leads nowhere, and for each that needs the network to show."""
    pages = {
        path.resolve(): Page(path.read_text(encoding="utf-8"))
        for path in sorted(folder.rglob("*.html"))
    }
    found = []
    for path, page in pages.items():
        for link in page.links:
            problem = _problem(path, link, pages)
            if problem:
                found.append(f"{path.relative_to(folder.resolve())}: {link}: {problem}")
    return found


def _problem(path, link, pages):
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return None
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if not target.exists():
        return "there is no such file"
    anchor = unquote(parts.fragment)
    if (
        anchor
        and target in pages
        and anchor not in pages[target].ids
        and "=" not in anchor
    ):
        return "there is no such anchor"
    return None


def remote(folder: Path) -> list[str]:
    """Return a line for each script, style sheet, image or frame that would be fetched from the network."""
    loaded = re.compile(
        r"<(?:script|img|iframe|source)[^>]+src=[\"'](?:https?:)?//[^>]+>|<link[^>]+href=[\"'](?:https?:)?//[^>]+>"
    )
    return [
        f"{path.relative_to(folder)}: {tag}"
        for path in sorted(folder.rglob("*.html"))
        for tag in loaded.findall(path.read_text(encoding="utf-8"))
        if 'rel="canonical"' not in tag
    ]


def unnamed(folder: Path) -> list[str]:
    """Return a line for each picture of the folder's HTML files without an alternative text."""
    return [
        f"{path.relative_to(folder)}: {picture}: a picture without alternative text"
        for path in sorted(folder.rglob("*.html"))
        for picture in Page(path.read_text(encoding="utf-8")).unnamed
    ]


def markdown_links(text: str) -> list[str]:
    """Return the targets of a Markdown text's links and images; code is left out.

    >>> markdown_links("[a](b.md#c) ![d](e.png) `[f](g)`")
    ['b.md#c', 'e.png']
    """
    return MARKDOWN.findall(FENCE.sub("", text))


def anchors(text: str) -> set[str]:
    """Return the anchors that GitHub and MyST give to a Markdown text's headings.

    >>> sorted(anchors("# A `b` c!"))
    ['a-b-c']
    """
    heads = re.findall(
        r"^#+ +(.+?)\s*$",
        re.sub(r"^(`{3,}).*?^\1\s*$", "", text, flags=re.M | re.S),
        re.M,
    )
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


if __name__ == "__main__":
    site = Path(sys.argv[1])
    problems = broken(site) + remote(site) + unnamed(site)
    print(
        "\n".join(problems)
        or "every link leads somewhere, nothing is loaded from the network, and every picture has words"
    )
    sys.exit(1 if problems else 0)
