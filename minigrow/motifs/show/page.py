"""Write one page with drawings that a browser shows offline: `write_page(path, [(found, about), ...])`."""

import html
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from minigrow.growth.writing import atomic
from minigrow.motifs.classes import matrices_of
from minigrow.motifs.places.words import motif_word
from minigrow.motifs.show.conclusion import LEVEL, conclusion
from minigrow.motifs.show.drawing import undirected
from minigrow.motifs.show.ranking import bounds, ranked
from minigrow.motifs.show.report import numbers, probability
from minigrow.motifs.show.svg import svg
from minigrow.motifs.statistics import Motifs

TOP = 50
COLUMNS = ("count", "frequency", "mean", "std", "z", "familywise", "p", "p_low", "q")
HEADS = ("count", "frequency", "mean", "std", "Z", "familywise p", "p", "p low", "q")
Findings = Sequence[tuple[Motifs, Mapping[str, Any]]]


def write_page(path: Path, findings: Findings, top: int = TOP) -> None:
    """Write `page` as one file, whole or not at all.

    Raises OSError when it cannot be written.

    >>> import tempfile
    >>> from minigrow.motifs.esu import Census
    >>> from minigrow.motifs.statistics import summarise
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_page(Path(folder) / "a.html", [(summarise(Census(3, np.array([72]), np.array([9])), []), {})])
    ...     "No random graphs were drawn" in (Path(folder) / "a.html").read_text(encoding="utf-8")
    True
    """
    text = page(findings, top)
    with atomic(path) as file:
        file.write(text.encode())


def page(findings: Findings, top: int = TOP) -> str:
    """Return the page: for each size what was counted, against what, what follows, and the first `top` classes with drawings.

    `about` is what `report.write_json` gets; of its entries, graph (a name), vertices, edges, undirected, notes (sentences), and
    sampling, null and mixing (a sentence each) are shown, where they are given. All text is escaped.
    """
    named = next((about["graph"] for _, about in findings if about.get("graph")), "")
    title = html.escape(f"Motifs of {named}" if named else "Network motifs")
    colours = set().union(*(_colours(found, ranked(found)[:top]) for found, _ in findings))
    body = "\n".join([_whole(findings), _legend(sorted(colours)), *(_section(*finding, top) for finding in findings)])
    frame = files("minigrow.motifs.show").joinpath("page.html").read_text(encoding="utf-8")
    head, tail = frame.replace("TITLE", title).split("BODY\n")
    return head + body + "\n" + tail


def _whole(findings: Findings) -> str:
    """Return what holds for all sizes: the graph, and the notes of its reader."""
    about = findings[0][1] if findings else {}
    kind = "undirected edges" if about.get("undirected") else "edges"
    graph = f"{about['vertices']} vertices, {about['edges']} {kind}." if "vertices" in about else ""
    notes = "".join(f"<li>{html.escape(str(note))}</li>" for note in about.get("notes", ()))
    return f'<p class="soft">{graph}</p>' + (f"<ul>{notes}</ul>" if notes else "")


def _section(found: Motifs, about: Mapping[str, Any], top: int) -> str:
    """Return the part of one size."""
    classes = np.count_nonzero(found.counts)
    null = about.get("null") or f"{found.random} random graphs"
    said = [
        f"{found.total:.0f} connected subgraphs of {found.size} vertices, {classes} classes. Compared with: {null}."
    ]
    said += [str(about[name])[:1].upper() + str(about[name])[1:] for name in ("sampling", "mixing") if about.get(name)]
    order, plain = ranked(found)[:top], about.get("undirected", undirected(found))
    matrices = matrices_of(found.ids[order], found.size, found.layout)
    rows = "\n".join(
        _row(found, int(i), rank, svg(matrix, plain), motif_word(matrix))
        for rank, (i, matrix) in enumerate(zip(order, matrices, strict=True), 1)
    )
    left = f'<p class="soft">The first {order.size} of {found.ids.size} classes.</p>' * (order.size < found.ids.size)
    heads = "".join(_head(name, column) for name, column in zip(HEADS, COLUMNS, strict=True))
    return (
        f"<section>\n<h2>Motifs of {found.size} vertices</h2>\n"
        + "".join(f"<p>{html.escape(sentence)}</p>\n" for sentence in said)
        + f'<p class="conclusion">{html.escape(conclusion(found))}</p>\n{left}'
        + f'<div class="wide"><table>\n<thead><tr>{_head("", "rank")}<th scope="col">motif</th><th scope="col">rows</th>{heads}'
        + f"</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table></div>\n</section>"
    )


def _head(name: str, column: str) -> str:
    first = "up" if column in ("rank", "p", "p_low", "q", "familywise") else "down"
    return f'<th scope="col" data-first="{first}"><button type="button">{name or "#"}</button></th>'


def _row(found: Motifs, i: int, rank: int, drawing: str, word: str) -> str:
    """Return the line of class number i; `data-v` holds the number by which the line is sorted."""
    words = dict(zip(("count", "frequency", "mean", "std", "z", "p", "familywise"), numbers(found, i), strict=True))
    words |= {name: probability(getattr(found, name)[i], found.random) for name in ("p_low", "q")}
    values = {name: getattr(found, "counts" if name == "count" else name)[i] for name in COLUMNS}
    bound = bounds(found)[i]
    values["z"] = bound if np.isfinite(bound) else values["z"]
    keys = {name: "" if np.isnan(value) else repr(float(value)) for name, value in values.items()}
    kind = "out" if found.familywise[i] <= LEVEL else "rare" if found.random and not found.family[i] else ""
    cells = "".join(f'<td class="{name}" data-v="{keys[name]}">{html.escape(words[name])}</td>' for name in COLUMNS)
    rows = word.replace("/", "/<wbr>")
    return (
        f'<tr class="{kind}"><td data-v="{rank}">{rank}</td><td>{drawing}</td><td><code>{rows}</code></td>{cells}</tr>'
    )


def _colours(found: Motifs, order: np.ndarray) -> set[int]:
    matrices = matrices_of(found.ids[order], found.size, found.layout)
    return set(np.unique(matrices * ~np.eye(found.size, dtype=bool)).tolist()) - {0}


def _legend(colours: list[int]) -> str:
    """Return the lines of the colours in use, if there is more than one."""
    line = '<svg viewBox="0 0 40 10" width="40" height="10"><path class="e c{0}" d="M0,5 L40,5"/></svg>'
    shown = "".join(f"<span>{line.format(c)} colour {c}</span>" for c in colours)
    return f'<div class="legend">{shown}</div>' if len(colours) > 1 else ""
