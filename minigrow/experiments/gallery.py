"""Write the index page of a folder of results from its results.json files alone: `write("figures")` makes figures/README.md.

`collect` reads and checks, `page` turns what was read into Markdown, `write` does both. The documentation site uses the same
pieces: `summary`, `figures`, `claims`, `made`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from minigrow.experiments.registry import EXPERIMENTS, PAPERS, Experiment
from minigrow.growth.files import atomic

KEYS = ("experiment", "mode", "seed", "repeats", "seconds", "versions", "config", "claims", "data")
COLUMNS = ("claim", "paper", "measured", "unit", "n", "low", "high", "criterion", "holds")
POSTER = "One picture for each of the five methods, with what was measured: read the claims below beside it."


class Result(NamedTuple):
    """An experiment, what its results.json says, and its figures {file name: caption} that are there."""

    experiment: Experiment
    found: Mapping[str, Any]
    figures: Mapping[str, str]


def collect(root: str | os.PathLike) -> list[Result]:
    """Read the results of every experiment that has a folder in `root`, in the registry's order.

    Raises FileNotFoundError when none has, or a folder lacks its results.json; ValueError when one is damaged.

    >>> collect("nowhere")
    Traceback (most recent call last):
    FileNotFoundError: there are no results in nowhere. Make some: minigrow run all --out nowhere
    """
    root = Path(root)
    results = [read(root / e.name, e) for e in EXPERIMENTS if (root / e.name).is_dir()]
    if not results:
        raise FileNotFoundError(f"there are no results in {root}. Make some: minigrow run all --out {root}")
    return results


def read(folder: Path, experiment: Experiment) -> Result:
    """Read one experiment's folder; raises FileNotFoundError or ValueError that names the file and how to make it anew."""
    path, remedy = folder / "results.json", f"Run minigrow run {experiment.name} --out {folder.parent} again."
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise FileNotFoundError(f"there is no {path}: was the run interrupted? {remedy}") from None
    except (OSError, ValueError) as error:
        raise ValueError(f"{path} is damaged ({error}). {remedy}") from error
    problem = _problem(found, experiment.name)
    if problem:
        raise ValueError(f"{path} {problem}. {remedy}")
    captions = experiment.module.FIGURES
    return Result(experiment, found, {name: text for name, text in captions.items() if (folder / name).is_file()})


def _problem(found, name):
    if not isinstance(found, dict) or any(key not in found for key in KEYS):
        return f"lacks some of {', '.join(KEYS)}"
    if found["experiment"] != name:
        return f"is of {found['experiment']!r}, not of {name!r}"
    if not all(isinstance(row, dict) and set(COLUMNS) <= set(row) for row in found["claims"]):
        return f"has a claim that lacks some of {', '.join(COLUMNS)}"
    return None


def by_method(results: Sequence[Result]) -> dict[str, list[Result]]:
    """Return the results of each method, methods in the registry's order."""
    groups = {method: [r for r in results if r.experiment.method == method] for method in PAPERS}
    return {method: group for method, group in groups.items() if group}


def verdict(claim: Mapping[str, Any]) -> str:
    """Say in words whether a claim holds.

    >>> verdict({"holds": True}), verdict({"holds": False})
    ('holds', '**does not hold**')
    """
    return "holds" if claim["holds"] else "**does not hold**"


def measured(claim: Mapping[str, Any]) -> str:
    """Return value, interval and unit as text; what is null was not defined.

    >>> measured({"measured": 2.0, "low": 1.0, "high": 3.0, "unit": "neurons"})
    '2 [1, 3] neurons'
    >>> measured({"measured": None, "low": None, "high": None, "unit": "%"})
    'undefined %'
    """
    value = "undefined" if claim["measured"] is None else f"{claim['measured']:.4g}"
    known = claim["low"] is not None and claim["high"] is not None
    interval = f" [{claim['low']:.4g}, {claim['high']:.4g}]" if known else ""
    return f"{value}{interval} {claim['unit']}"


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


def verdicts(results: Sequence[Result]) -> dict[str, tuple[int, int]]:
    """Return {method: (claims that hold, claims that do not)} for the methods among the results."""
    held = {
        method: [bool(c["holds"]) for r in group for c in r.found["claims"]]
        for method, group in by_method(results).items()
    }
    return {method: (sum(holds), len(holds) - sum(holds)) for method, holds in held.items()}


def summary(results: Sequence[Result]) -> str:
    """Return the table method, paper, experiments, claims, how many hold, with a last row for all."""
    groups, counted = by_method(results), verdicts(results)
    counts = {method: (len(group), sum(counted[method]), counted[method][0]) for method, group in groups.items()}
    rows = [[f"[{method}](#{method})", PAPERS[method], *map(str, row)] for method, row in counts.items()]
    total = [str(sum(column)) for column in zip(*counts.values(), strict=True)]
    return table(["method", "paper", "experiments", "claims", "hold"], [*rows, ["all", "", *total]])


def claims(result: Result) -> str:
    """Return the table of a result's claims: verdict, claim, paper, measured, n, criterion."""
    rows = [
        [verdict(c), *map(escaped, (c["claim"], c["paper"], measured(c), str(c["n"]), c["criterion"]))]
        for c in result.found["claims"]
    ]
    return table(["verdict", "claim", "paper", "measured [95 % interval]", "n", "criterion"], rows)


def figures(result: Result, prefix: str = "") -> str:
    """Return every figure of a result as an image with its caption; `prefix` leads from the page to the folder of results."""
    name = result.experiment.name
    shown = [f"![{escaped(text)}]({prefix}{name}/{file})\n\n*{escaped(text)}*" for file, text in result.figures.items()]
    return "\n\n".join(shown)


def command(result: Result) -> str:
    """Return the command line that makes a result, options that are the default left out."""
    found, module = result.found, result.experiment.module
    config = module.FULL if found["mode"] == "full" else module.QUICK
    options = " --full" if found["mode"] == "full" else ""
    options += f" --seed {found['seed']}" if found["seed"] else ""
    options += f" --repeats {found['repeats']}" if found["repeats"] != config["repeats"] else ""
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
        "# Gallery: every figure, its claims, and whether they hold",
        "Written by `minigrow gallery` from the `results.json` files beside it; `minigrow run all --full --out figures` makes "
        "everything anew. A claim that does not hold is a result too; the method's page discusses it.",
        summary(results),
    ]
    if poster:
        parts.append(f"![{POSTER}](poster.png)")
    for method, group in by_method(results).items():
        parts += [f"## {method}", f"{PAPERS[method]}."]
        for r in group:
            parts += [f"### {r.experiment.name}", r.experiment.question, figures(r), claims(r), made(r)]
    return "\n\n".join(part for part in parts if part) + "\n"


def write(root: str | os.PathLike) -> Path:
    """Write the poster where its data are there, and README.md, into a folder of results; returns the page's path.

    Everything is read and checked before anything is written. Raises as `collect` does.
    """
    from minigrow.experiments import poster

    results, path = collect(root), Path(root) / "README.md"
    drawn = poster.write(results, Path(root))
    with atomic(path) as file:
        file.write(page(results, drawn).encode())
    return path
