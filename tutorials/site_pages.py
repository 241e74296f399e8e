"""Write the pages of the documentation site that follow from other files, so that they cannot drift: `write(folder)`.

What was said once is shown again: sections of README.md and of the method pages, verdicts and figures of `figures/`, replays,
notebooks, and, by `site_reference.py`, laws and docstrings. Everything goes to `tutorials/generated/`, which git ignores; `conf.py`
calls `write` when a build begins.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import site_reference
import slides

from minigrow.experiments.registry import PAPERS

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
METHODS = tuple(PAPERS)
DIFFERENCES = re.compile(r"(?:Paper|Source)\b.*minigrow", re.I)
LINK = re.compile(r"(\]\(<?)([^)<>\s]+)")


def write(folder: Path) -> None:
    """Write every generated page and file into `folder`, tutorials/generated."""
    made = {
        "start.md": start,
        "differences.md": differences,
        "results.md": results,
        "gallery.md": gallery,
        "laws.rst": site_reference.laws,
    }
    for name, page in made.items():
        _save(folder / name, page(folder))
    _save(folder / "tutorials.md", tutorials(folder, sorted(HERE.glob("0*.ipynb"))))
    modules = site_reference.api()
    for name, text in modules.items():
        _save(folder / "api" / name, text)
    for path in set((folder / "api").glob("*.rst")) - {
        folder / "api" / name for name in modules
    }:
        path.unlink()  # of a module that is gone
    slides.write(folder / "extra" / "lecture.html")
    _save(folder / "replays.md", replays(replay_pages(folder / "extra" / "replay")))


def _save(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    if (
        not path.exists() or path.read_text(encoding="utf-8") != text
    ):  # what did not change is not built again
        path.write_text(text, encoding="utf-8")


def sections(text: str) -> dict[str, str]:
    r"""Return {heading: text below it} for the `## ` headings of a Markdown text; fenced code is not searched.

    >>> sections("# t\n\n## a\n\none\n\n## b\n\n### c\n")
    {'a': 'one', 'b': '### c'}
    """
    found: dict[str, list[str]] = {}
    body, fenced = None, False
    for line in text.splitlines():
        fenced ^= line.startswith("```")
        if line.startswith("## ") and not fenced:
            body = found.setdefault(line[3:].strip(), [])
        elif body is not None:
            body.append(line)
    return {heading: "\n".join(lines).strip() for heading, lines in found.items()}


def section(path: Path, heading: str | re.Pattern) -> str:
    """Return the text below one heading of a file; raises ValueError with the headings that there are."""
    found = sections(path.read_text(encoding="utf-8"))
    for name, text in found.items():
        if heading == name or (isinstance(heading, re.Pattern) and heading.match(name)):
            return text
    raise ValueError(
        f"{path.name} has no section {heading!r}, only {list(found)}. Was it renamed?"
    )


def moved(text: str, old: Path, new: Path) -> str:
    """Return a Markdown text of folder `old` with its relative links and images as seen from folder `new`.

    >>> moved("[a](b.md#c) [d](https://e.f) [g](#h)", Path("x"), Path("x/y"))
    '[a](../b.md#c) [d](https://e.f) [g](#h)'
    """

    def turned(found):
        target, hash_, anchor = found.group(2).partition("#")
        if not target or re.match(r"[a-z]+:", target):
            return found.group()
        return (
            found.group(1)
            + Path(os.path.relpath(old / target, new)).as_posix()
            + hash_
            + anchor
        )

    return LINK.sub(turned, text)


def title(path: Path) -> str:
    """Return a Markdown page's first heading."""
    return re.search(r"^# +(.+)$", path.read_text(encoding="utf-8"), re.M).group(1)


def start(folder: Path) -> str:
    """Return the README's idea, commands, methods and example files, for the start page."""
    readme = ROOT / "README.md"
    opening = readme.read_text(encoding="utf-8").split("\n\n")[1]
    life = (
        '<iframe class="replay" src="replay/growth.html" loading="lazy" '
        'title="Replay: a network grows and shrinks with its task"></iframe>'
    )
    parts = [
        opening,
        f"```{{raw}} html\n{life}\n```",
        "*A network that sizes itself, trained by `minigrow demo`. Press play, or take "
        "a neuron by the hand. [More lives](tutorials/generated/replays.md), [eight tutorials]"
        '(tutorials/generated/tutorials.md), <a href="lecture.html">slides for a lecture</a>.*',
        "![One picture for each package of methods, and how many of its claims hold]"
        "(figures/poster.png)",
    ]
    for heading in (
        "The one idea",
        "Two commands",
        "The methods",
        "A method in one sitting",
    ):
        parts += [f"## {heading}", section(readme, heading)]
    return moved("\n\n".join(parts), ROOT, HERE) + "\n"


def differences(folder: Path) -> str:
    """Return the page paper / released code / minigrow for all methods, from the section of each method's page."""
    parts = [
        "# Paper / released code / minigrow",
        "Every place where minigrow differs from what a paper says or from what its authors released, and why. The tables are "
        "those of the methods' pages.",
    ]
    for method in METHODS:
        path = HERE / f"{method}.md"
        parts += [
            f"## [{title(path)}](../{method}.md)",
            moved(section(path, DIFFERENCES), HERE, folder),
        ]
    return "\n\n".join(parts) + "\n"


def results(folder: Path) -> str:
    """Return the page with every claim and its verdict."""
    from minigrow.experiments import gallery as g

    found = g.collect(ROOT / "figures")
    parts = [
        "# Every claim and its verdict",
        "What the papers say and what we asked besides (ours), judged on full runs by a criterion that is stated. Many are refuted "
        "or undecided; the methods' pages discuss them. Figures are in the [gallery](gallery.md).",
        g.summary(found),
    ]
    for method, group in g.by_method(found).items():
        parts += [
            f"## {method}",
            f"{g.PAPERS[method]}; [the method's page](../{method}.md).",
        ]
        for r in group:
            parts += [
                f"### {r.experiment.name}",
                r.experiment.question,
                g.claims(r),
                g.protocol(r),
                g.made(r),
            ]
    return "\n\n".join(parts) + "\n"


def gallery(folder: Path) -> str:
    """Return the page with every figure, its question, its verdicts in short and its command."""
    from minigrow.experiments import gallery as g

    prefix = Path(os.path.relpath(ROOT / "figures", folder)).as_posix() + "/"
    parts = ["# Gallery", "Every figure, drawn from full runs. `minigrow run all --full --out figures` makes them anew.",
             f"![{g.POSTER}]({prefix}poster.png)"]  # fmt: skip
    for method, group in g.by_method(g.collect(ROOT / "figures")).items():
        parts.append(f"## {method}")
        for r in group:
            hold = sum(c["verdict"] == "holds" for c in r.found["claims"])
            name = r.experiment.name
            anchor = name.replace(".", "")
            parts += [f"### {name}", f"{r.experiment.question} [{hold} of {len(r.found['claims'])} claims hold]"
                      f"(results.md#{anchor}). `{g.command(r)}`", g.figures(r, prefix)]  # fmt: skip
    return "\n\n".join(parts) + "\n"


TAKE = (
    "`minigrow tutorials --to DIR` copies all of them out of the installed package, with the methods' pages, the page for "
    "teachers and recorded lives to play; `minigrow check 02.1 answer.py` marks the first exercise of the second."
)


def tutorials(folder: Path, notebooks: Iterable[Path]) -> str:
    """Return the page of tutorials: the notebooks that there are, and the page for teachers."""
    names = [path.stem for path in notebooks]
    names += [n for n in ("notation", "teaching") if (HERE / f"{n}.md").is_file()]
    text = (
        "Each begins with a question, shows the equation and the ten lines of code that are it, checks an invariant before your "
        "eyes, judges the paper's claim at small scale, breaks what it built, and ends with exercises."
    )
    if not names:
        return "# Tutorials\n\nThere are none in this version.\n"
    table = [
        "| tutorial | time | to take along |",
        "|---|---|---|",
        *map(_row, notebooks),
    ]
    toc = ["```{toctree}", ":maxdepth: 1", "", *(f"../{name}" for name in names), "```"]
    return "\n".join(["# Tutorials", "", text, "", *table, "", TAKE, "", *toc]) + "\n"


def _row(notebook):
    """One tutorial: its title, how long it takes, and its notebook and script as files."""
    script = notebook.with_suffix(".py").read_text(encoding="utf-8")
    name = re.search(r"^# # (.+)$", script, re.M).group(1)
    takes = re.search(r"^# Takes (about .+?)\.$", script, re.M)
    files = f"{{download}}`notebook <../{notebook.name}>`, {{download}}`script <../{notebook.stem}.py>`"
    return f"| [{name}](../{notebook.name}) | {takes.group(1) if takes else ''} | {files} |"


def replay_pages(folder: Path) -> dict[str, str]:
    """Write a replay page for every history in figures/ and return {experiment: file name}; besides, the demo's."""
    from minigrow.demo import TITLE, life
    from minigrow.growth import History
    from minigrow.replay import write_page

    folder.mkdir(parents=True, exist_ok=True)
    write_page(life(), folder / "growth.html", TITLE)
    made = {
        path.parent.name: path
        for path in sorted((ROOT / "figures").glob("*/history.npz"))
    }
    for name, path in made.items():
        write_page(History.load(path), folder / f"{name}.html", name)
    return {name: f"{name}.html" for name in made}


def replays(pages: Mapping[str, str]) -> str:
    """Return the page with the replays, each embedded and linked."""
    parts = ["# Replays: watch networks grow"]
    if not pages:
        return "\n\n".join([*parts, "There are none in this version."]) + "\n"
    parts.append("Each is one file that needs no network; `minigrow replay HISTORY.npz -o growth.html` makes one of a run of yours. "
                 "Keys: space plays, arrows step.")  # fmt: skip
    for name, file in pages.items():
        frame = f'<iframe class="replay" src="../replay/{file}" title="Replay of {name}" loading="lazy"></iframe>'
        link = f'<p><a href="../replay/{file}">Open it alone</a>: from <code>figures/{name}/history.npz</code>.</p>'
        parts += [f"## {name}", f"```{{raw}} html\n{frame}\n{link}\n```"]
    return "\n\n".join(parts) + "\n"
