"""Make the slides of the lecture, one self-contained page: `python tutorials/slides.py build/slides.html`.

The source is `slides.md`: slides stand between lines `---`, titles begin with their minutes, `>` is a question to the
class, and the notes are folded. It is plain Markdown, of which this reads headings, lists, tables, pictures, quotes,
code and links. Pictures of figures/ go into the page with 256 colours; of one with a title "part 0 0 100 50" only that
part does (left, top, right, bottom in percent). A link to a history becomes a link to its replay page, written to
`replay/` beside the slides where it is not there yet.
"""

from __future__ import annotations

import base64
import html
import io
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
MINUTES = re.compile(r"^(\d+ to \d+): (.*)$")
BLOCK = re.compile(
    r"^```(\w*)\n(.*?)^```$|^<details><summary>(.*?)</summary>\n(.*?)^</details>$",
    re.M | re.S,
)
LINK = re.compile(r"\[([^\]]+)\]\(([^)]+)\)")
PICTURE = re.compile(r'!\[([^\]]+)\]\((\S+?)(?: "part ([\d. ]+)")?\)')
WHOLE = (0, 0, 100, 100)  # left, top, right, bottom in percent
SPAN = re.compile(r"(`[^`]+`|\[[^\]]+\]\([^)]+\)|\*\*[^*]+\*\*|\*[^*]+\*)")


class Slide(NamedTuple):
    """A slide: the minutes of the lecture ("" for the title), its title, and the Markdown below."""

    minutes: str
    title: str
    body: str


def slides(text: str) -> list[Slide]:
    r"""Return the slides of a Markdown text.

    >>> slides("# One\n\nx\n\n---\n\n## 0 to 5: Two\n\ny")
    [Slide(minutes='', title='One', body='x'), Slide(minutes='0 to 5', title='Two', body='y')]
    """
    text = re.sub(r"\A---\n.*?^---\n", "", text, flags=re.M | re.S)
    return [_slide(part.strip()) for part in re.split(r"^---$", text, flags=re.M)]


def _slide(text):
    heading, _, body = text.partition("\n")
    title = heading.lstrip("# ").strip()
    found = MINUTES.match(title)
    return Slide(found[1] if found else "", found[2] if found else title, body.strip())


def page(text: str, links: Callable[[str], str], pictures: Callable[..., str]) -> str:
    """Return the whole page; `links` and `pictures` turn the targets of the source into those of the page."""
    made = [
        _section(number, slide, links, pictures)
        for number, slide in enumerate(slides(text), start=1)
    ]
    css, js = (
        (HERE / f"slides.{kind}").read_text(encoding="utf-8") for kind in ("css", "js")
    )
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{html.escape(slides(text)[0].title)}</title><style>
{css}</style></head><body><main>
{"".join(made)}</main>
<nav aria-label="Slides"><button id="back">Back</button><span id="counter" role="status"></span><button id="on">Next</button>
<button id="notes">Notes</button></nav>
<script>
{js}</script></body></html>
"""


def _section(number, slide, links, pictures):
    minutes = f"<small>minutes {slide.minutes}</small>" if slide.minutes else ""
    kind = "shown" if "![" in slide.body or "|---" in slide.body else "said"
    body = "\n".join(_blocks(slide.body, links, pictures))
    title = html.escape(slide.title)
    return f"""<section class="{kind}" aria-labelledby="title{number}" data-title="{title}">
<h1 id="title{number}">{minutes}{title}</h1>
{body}
</section>
"""


def _blocks(text, links, pictures) -> Iterator[str]:
    """HTML of each block: fenced code and notes first, for they may hold what looks like others."""
    last = 0
    for found in BLOCK.finditer(text):
        yield from _plain(text[last : found.start()], links, pictures)
        if found[3] is None:
            yield _code(found[1], found[2])
        else:
            inner = "\n".join(_blocks(found[4], links, pictures))
            name = html.escape(found[3])
            yield f'<details><summary>{name}</summary><div tabindex="0" role="region" aria-label="{name}">{inner}</div></details>'
        last = found.end()
    yield from _plain(text[last:], links, pictures)


def _code(language, code):
    mark = _diff if language == "diff" else html.escape
    lines = "\n".join(map(mark, code.rstrip().splitlines()))
    return f'<pre tabindex="0"><code>{lines}</code></pre>'


def _diff(line):
    kind = "" if line.startswith("---") else {"-": "out", "+": "in"}.get(line[:1], "")
    return (
        f'<span class="{kind}">{html.escape(line)}</span>'
        if kind
        else html.escape(line)
    )


def _plain(text, links, pictures) -> Iterator[str]:
    for part in filter(None, map(str.strip, re.split(r"\n\s*\n", text))):
        yield next(make for begins, make in KINDS if begins(part))(
            part, links, pictures
        )


def _picture(part, links, pictures):
    alt, target, *box = PICTURE.fullmatch(part).groups()
    source = pictures(target, tuple(map(float, box[0].split())) if box[0] else WHOLE)
    return f'<figure><img src="{source}" alt="{html.escape(alt)}"></figure>'


def _quote(part, links, pictures):
    text = " ".join(line.removeprefix(">").strip() for line in part.splitlines())
    return f"<blockquote><p>{_inline(text, links)}</p></blockquote>"


def _list(part, links, pictures):
    items = re.split(r"^- ", part, flags=re.M)[1:]
    return (
        "<ul>"
        + "".join(
            f"<li>{_inline(' '.join(item.split()), links)}</li>" for item in items
        )
        + "</ul>"
    )


def _table(part, links, pictures):
    head, _, *rows = (
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in part.splitlines()
    )
    top = "".join(f'<th scope="col">{_inline(cell, links)}</th>' for cell in head)
    body = "".join(
        "<tr>" + "".join(f"<td>{_inline(cell, links)}</td>" for cell in row) + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def _paragraph(part, links, pictures):
    text = " ".join(part.split())
    big = ' class="big"' if re.fullmatch(r"\*\*[^*]+\*\*", text) else ""
    return f"<p{big}>{_inline(text, links)}</p>"


KINDS = (
    (lambda part: part.startswith("!["), _picture),
    (lambda part: part.startswith(">"), _quote),
    (lambda part: part.startswith("- "), _list),
    (lambda part: part.startswith("|"), _table),
    (lambda part: True, _paragraph),
)


def _inline(text, links):
    return "".join(_span(part, links) for part in SPAN.split(text))


def _span(part, links):
    if len(part) > 2 and part[0] == part[-1] == "`":
        return f"<code>{html.escape(part[1:-1])}</code>"
    if found := LINK.fullmatch(part):
        return (
            f'<a href="{html.escape(links(found[2]))}">{_inline(found[1], links)}</a>'
        )
    for mark, tag in (("**", "strong"), ("*", "em")):
        if len(part) > 2 * len(mark) and part.startswith(mark) and part.endswith(mark):
            return f"<{tag}>{html.escape(part[len(mark) : -len(mark)])}</{tag}>"
    return html.escape(part)


def embedded(target: str, part: Sequence[float] = WHOLE) -> str:
    """Return a picture, or the part of it in a box, as a data URI with 256 colours."""
    from PIL import Image

    with Image.open(HERE / target) as picture:
        sides = zip(part, picture.size * 2, strict=True)
        box = tuple(round(percent * side / 100) for percent, side in sides)
        cut = picture.convert("RGBA").crop(box)
    white = Image.new("RGBA", cut.size, "white")
    few = Image.alpha_composite(white, cut).convert("RGB").quantize(256)
    data = io.BytesIO()
    few.save(data, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(data.getvalue()).decode()


def linked(folder: Path) -> Callable[[str], str]:
    """Return what turns a link: histories into replay pages in `folder`, pages into those of the site beside the slides."""

    def link(target):
        path = (HERE / target).resolve()
        if path.suffix == ".npz":
            return _replay(path, folder / "replay")
        return (
            f"{path.stem}.html"
            if path.suffix == ".md" and path.parent == HERE
            else target
        )

    return link


def _replay(path, folder):
    from minigrow.growth import History
    from minigrow.replay import write_page

    out = folder / f"{path.parent.name}.html"
    if not out.exists():
        folder.mkdir(parents=True, exist_ok=True)
        write_page(History.load(path), out, path.parent.name)
    return f"replay/{out.name}"


def write(out: Path) -> Path:
    """Write the slides, and the replay pages that they link where they are not there yet."""
    out = Path(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    text = (HERE / "slides.md").read_text(encoding="utf-8")
    out.write_text(page(text, linked(out.parent), embedded), encoding="utf-8")
    return out


if __name__ == "__main__":
    print(write(Path(sys.argv[1] if len(sys.argv) > 1 else "build/slides.html")))
