"""Write the index page of a folder of results from its results.json files alone: `write("figures")` makes figures/README.md.

`page` turns what `results.collect` read into Markdown, `write` does both and draws the poster. The documentation site uses the
same pieces: `summary`, `figures`, `claims`, `made`.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from minigrow.experiments import poster
from minigrow.experiments.claims import VERDICTS
from minigrow.experiments.registry import PAPERS
from minigrow.experiments.results import Result, by_method, collect, verdicts
from minigrow.growth.outputs import Output, check
from minigrow.growth.writing import atomic

POSTER = "One measured picture for each of the six packages of methods, and how many claims of each held."


def verdict(claim: Mapping[str, Any]) -> str:
    """Return a claim's verdict as Markdown: what does not hold stands out.

    >>> verdict({"verdict": "holds"}), verdict({"verdict": "undecided"})
    ('holds', '**undecided**')
    """
    return claim["verdict"] if claim["verdict"] == "holds" else f"**{claim['verdict']}**"


def measured(claim: Mapping[str, Any]) -> str:
    """Return value, interval and unit as text; null becomes "undefined".

    >>> measured({"measured": 2.0, "low": 1.0, "high": 3.0, "unit": "neurons"})
    '2 [1, 3] neurons'
    >>> measured({"measured": None, "low": None, "high": None, "unit": "%"})
    'undefined %'
    """
    value = "undefined" if claim["measured"] is None else f"{claim['measured']:.4g}"
    known = claim["low"] is not None and claim["high"] is not None
    interval = f" [{claim['low']:.4g}, {claim['high']:.4g}]" if known else ""
    return f"{value}{interval} {claim['unit']}".rstrip()


def escaped(text: str) -> str:
    r"""Return plain text as Markdown that shows it unchanged, also inside a table.

    >>> print(escaped("sum |W| < 2 * T_D"))
    sum \|W\| \< 2 \* T\_D
    """
    return "".join("\\" + letter if letter in "\\`*_|<>[]$#~{}" else letter for letter in text)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table; cells are Markdown already.

    >>> print(table(["a", "b"], [["1", "2"]]))
    | a | b |
    |---|---|
    | 1 | 2 |
    """
    lines = [head, None, *rows]
    return "\n".join("|" + "---|" * len(head) if row is None else f"| {' | '.join(row)} |" for row in lines)


def summary(results: Sequence[Result]) -> str:
    """Return a table with method, paper, experiments, claims and how many of each verdict, and a last row for all methods."""
    groups, counted = by_method(results), verdicts(results)
    counts = {m: (len(group), sum(counted[m].values()), *counted[m].values()) for m, group in groups.items()}
    rows = [[f"[{method}](#{method})", PAPERS[method], *map(str, row)] for method, row in counts.items()]
    total = [str(sum(column)) for column in zip(*counts.values(), strict=True)]
    return table(["method", "paper", "experiments", "claims", *VERDICTS], [*rows, ["all", "", *total]])


def claims(result: Result) -> str:
    """Return the table of a result's claims: verdict, claim, paper, measured, spread between repeats, n, criterion."""
    rows = [
        [verdict(c), *map(escaped, (c["claim"], c["paper"], measured(c), _spread(c), str(c["n"]), c["criterion"]))]
        for c in result.found["claims"]
    ]
    return table(["verdict", "claim", "paper", "measured [95 % interval]", "spread", "n", "criterion"], rows)


def _spread(claim):
    return "" if claim["spread"] is None else f"{claim['spread']:.3g}"


def protocol(result: Result) -> str:
    """Return the table of a result's settings beside the authors', or nothing where there is none."""
    rows = [
        [escaped(row[key]) for key in ("setting", "authors", "ours", "why", "effect")]
        for row in result.found["protocol"]
    ]
    return table(["setting", "authors", "here", "why", "what the difference does"], rows) if rows else ""


def figures(result: Result, prefix: str = "") -> str:
    """Return every figure of a result as an image with its caption; `prefix` leads from the page to the folder of results."""
    name = result.experiment.name
    shown = [f"![{escaped(text)}]({prefix}{name}/{file})\n\n*{escaped(text)}*" for file, text in result.figures.items()]
    return "\n\n".join(shown)


def command(result: Result) -> str:
    """Return the command line that makes a result, without options that are the default."""
    found, module = result.found, result.experiment.module
    config = module.FULL if found["mode"] == "full" else module.QUICK
    options = " --full" if found["mode"] == "full" else ""
    options += f" --seed {found['seed']}" if found["seed"] else ""
    options += f" --repeats {found['repeats']}" if found["repeats"] != config["repeats"] else ""
    data = found["config"].get("data")
    options += f" --data {shlex.quote(data[0])}" if data is not None and data != config.get("data") else ""
    return f"minigrow run {result.experiment.name}{options}"


def made(result: Result) -> str:
    """Return how a result was made: command, mode, seed, repeats, seconds, versions."""
    found = result.found
    versions = ", ".join(f"{name} {version}" for name, version in found["versions"].items() if name != "machine")
    return (
        f"Made by `{command(result)}` ({found['mode']}, seed {found['seed']}, {found['repeats']} repeats, "
        f"{found['seconds']:.0f} s on {found['versions'].get('machine', 'a machine')}; {versions})."
    )


def page(results: Sequence[Result], poster: bool = False) -> str:
    """Return the index page as Markdown: summary, then each method's experiments with figures, claims and commands."""
    parts = [
        "# Gallery: every figure, its claims and their verdicts",
        "Written by `minigrow gallery` from the `results.json` files beside it; `minigrow run all --full --out figures` makes "
        "everything anew. A claim holds where its whole 95 % interval meets the criterion, is refuted where the whole interval misses "
        "it, and is undecided between. The spread is the standard deviation between repeats (of a ratio: a factor). The settings "
        "beside the authors' are in each results.json and on the methods' pages.",
        summary(results),
    ]
    if poster:
        parts.append(f"![{POSTER}](poster.png)")
    for method, group in by_method(results).items():
        parts += [f"## {method}", f"{PAPERS[method]}."]
        for r in group:
            parts += [f"### {r.experiment.name}", r.experiment.question, figures(r), claims(r), made(r)]
    return "\n\n".join(part for part in parts if part) + "\n"


def check_index(root: Path) -> None:
    """Raise ValueError where `write` would replace a page or a poster that minigrow did not write."""
    index = root / "README.md"
    check([Output("", index, "index"), Output("", root / "poster.png", "picture", (index, "index"))])


def write(root: str | os.PathLike) -> Path:
    """Write the poster where its data are there, and README.md, into a folder of results; returns the page's path.

    Everything is read and checked before anything is written. Raises as `collect` does, and as `check_index`.
    """
    check_index(Path(root))
    results, path = collect(root), Path(root) / "README.md"
    drawn = poster.write(results, Path(root))
    with atomic(path) as file:
        file.write(page(results, drawn).encode())
    return path
