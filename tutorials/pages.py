"""Write the results into the methods' pages: `python tutorials/pages.py` fills tutorials/isotropic.md and the others from figures/.

Between the two marks on a page stands, for each experiment: its question, its figures, its claims with verdicts, its settings beside
the authors', and the command that makes it. Prose is outside the marks and is written by hand. `python tutorials/pages.py --check`
writes nothing and says which page is not up to date.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from minigrow.experiments import gallery
from minigrow.experiments.abstracts import ABSTRACTS, about
from minigrow.experiments.registry import PAPERS
from minigrow.experiments.results import Result, by_method, collect
from minigrow.growth.writing import atomic

HERE = Path(__file__).parent
BEGIN = "<!-- begin: written by tutorials/pages.py from figures/, do not edit -->"
END = "<!-- end: written by tutorials/pages.py -->"
METHODS = tuple(PAPERS)


def sentences(method: str, results: Sequence[Result]) -> str:
    """Return the table of the abstract's sentences, each with the claims that judge it and their verdicts."""
    rows = []
    for key, sentence in ABSTRACTS[method].items():
        claims = [
            (r.experiment.name, c)
            for r in results
            for c in r.found["claims"]
            if about(c["paper"]) == key
        ]
        verdicts = "<br>".join(
            f"{gallery.verdict(c)}: {gallery.escaped(c['claim'])} (`{name}`)"
            for name, c in claims
        )
        rows.append([gallery.escaped(f"{key}: {sentence}"), verdicts or "not judged"])
    return gallery.table(["the abstract says", "claims that judge it"], rows)


def section(method: str, results: Sequence[Result]) -> str:
    """Return what stands between the marks of a method's page, as Markdown."""
    found = gallery.verdicts(results)[method]
    counted = ", ".join(f"{number} {verdict}" for verdict, number in found.items())
    parts = [
        f"Of {sum(found.values())} claims: {counted}. Brackets are 95 % intervals."
    ]
    if method in ABSTRACTS:
        parts += ["### The abstract, sentence by sentence", sentences(method, results)]
    for r in results:
        parts += [
            f"### `{r.experiment.name}`",
            r.experiment.question,
            gallery.figures(r, "../figures/"),
        ]
        parts += [gallery.claims(r), gallery.protocol(r), gallery.made(r)]
    return "\n\n".join(part for part in parts if part)


def filled(text: str, content: str) -> str:
    r"""Return a page's text with new content between the marks; raises ValueError where a mark is missing.

    >>> filled(f"a\n{BEGIN}\nold\n{END}\nb", "new").split("\n")[2::2]
    ['', '', 'b']
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(
            f"the page needs the two marks {BEGIN} and {END}, each on a line of its own."
        )
    return f"{before}{BEGIN}\n\n{content}\n\n{END}{after}"


def main(arguments: Sequence[str]) -> int:
    """Write the pages, or with --check return 1 when one is not up to date."""
    groups, stale = by_method(collect(HERE.parent / "figures")), []
    for method in METHODS:
        path = HERE / f"{method}.md"
        text = path.read_text(encoding="utf-8")
        new = filled(text, section(method, groups[method]))
        stale += [path.name] * (new != text)
        if new != text and "--check" not in arguments:
            with atomic(path) as file:
                file.write(new.encode())
    print(
        f"not up to date: {', '.join(stale)}"
        if "--check" in arguments and stale
        else f"{len(METHODS)} pages"
    )
    return int(bool(stale) and "--check" in arguments)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
