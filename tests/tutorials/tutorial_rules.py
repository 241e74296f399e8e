"""Say what in a tutorial is not as the format asks; an empty list means that all is well."""

from __future__ import annotations

import ast
import re
from typing import Any

from build import LIMIT
from tidying import MACHINE, complaints, kept
from tutorial_cells import FENCE, FOLDED, Cell, answers

SECTIONS = [
    "The question",
    "The picture",
    "The equation",
    "The code that is the equation",
    "An invariant, checked live",
    "The paper's claim at small scale",
    "What breaks it",
    "Exercises",
    "Further reading",
]
OPENING = [name.replace("The paper's claim", "The claim") for name in SECTIONS]
LEVELS = ["Exercise 1 (easy)", "Exercise 2 (medium)", "Exercise 3 (hard)"]
WORDS = (1500, 3000)
DRAWING = {"subplots", "figure", "subplot_mosaic", "plot", "imshow", "scatter", "bar"}


def of_text(name: str, tutorial: list[Cell]) -> list[str]:
    """Return what is wrong in the file itself: title, sections, length, exercises, cells that show no figure or a bare value."""
    markdown = [cell.source for cell in tutorial if cell.kind == "markdown"]
    found = []
    if not (tutorial and tutorial[0].kind == "markdown" and tutorial[0].source.startswith("# ")):
        found.append("the first cell is not markdown with a title `# ...`")
    sections = [line[3:] for source in markdown for line in plain(source).splitlines() if line.startswith("## ")]
    expected = OPENING if name.startswith("01_") else SECTIONS
    if sections != expected:
        found.append(f"the sections are {sections}, not {expected}")
    if late := [s for s in sections if not any(source.startswith(f"## {s}") for source in markdown)]:
        found.append(f"these sections do not begin a markdown cell: {late}")
    if not WORDS[0] <= (n := words(markdown)) <= WORDS[1]:
        found.append(f"{n} words, not {WORDS[0]} to {WORDS[1]}")
    titles = [answer.title for answer in answers(tutorial)]
    if titles != LEVELS:
        found.append(f"the exercises are {titles}, not {LEVELS}")
    return found + [line for cell in tutorial if cell.kind == "code" for line in of_code(cell)]


def of_code(cell: Cell) -> list[str]:
    """Return what is wrong in one code cell: a figure that is not shown, a last line whose value would be displayed."""
    body = ast.parse(cell.source).body
    if not body:
        return [f"line {cell.line}: a code cell without code"]
    last, found = body[-1], []
    if isinstance(last, ast.Expr) and not isinstance(last.value, ast.Call):
        found.append(f"line {cell.line}: the cell ends in a bare value; print it: {ast.unparse(last)}")
    if draws(body) and "plt.show()" not in map(ast.unparse, body):
        found.append(f"line {cell.line}: the cell draws a figure and never calls plt.show()")
    return found


def draws(body: list[ast.stmt]) -> bool:
    """Say whether statements of a cell call plt.subplots and its like, outside of functions they define."""
    outside = [node for node in body if not isinstance(node, (ast.FunctionDef, ast.ClassDef))]
    calls = (node.func for part in outside for node in ast.walk(part) if isinstance(node, ast.Call))
    named = (func for func in calls if isinstance(func, ast.Attribute) and func.attr in DRAWING)
    return any(ast.unparse(func.value) == "plt" for func in named)


def plain(source: str) -> str:
    """Return markdown without what is folded away, code fences and displayed equations."""
    return re.sub(r"\$\$.*?\$\$", " ", FENCE.sub(" ", FOLDED.sub(" ", source)), flags=re.S)


def words(markdown: list[str]) -> int:
    r"""Count words: what stands between blanks and has a letter or digit, an inline equation being one word.

    Headings, captions, tables, questions of exercises and reading lists count; code, folded text and displayed equations do not.
    """
    text = re.sub(r"\$[^$]+\$", " x ", " ".join(map(plain, markdown)))
    return sum(any(c.isalnum() for c in word) for word in text.split())


def of_notebook(tutorial: list[Cell], notebook: dict[str, Any], size: int) -> list[str]:
    """Return what is wrong in the notebook: out of step with the file, not executed, errors, values, paths, missing figures."""
    there = [(cell["cell_type"], "".join(cell["source"])) for cell in notebook["cells"]]
    here = [(cell.kind, cell.source) for cell in tutorial]
    if there != here:
        first = next(
            (i for i, (a, b) in enumerate(zip(there, here, strict=False)) if a != b), min(len(there), len(here))
        )
        return [
            f"out of step from cell {first} (of {len(here)}, notebook: {len(there)}); run python tutorials/build.py"
        ]
    found = complaints(notebook)
    for cell, made in zip(tutorial, notebook["cells"], strict=True):
        if made["metadata"] != kept({"tags": cell.tags}):
            found.append(f"{made['id']}: its tags are not those of the file; run python tutorials/build.py")
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    if [cell["execution_count"] for cell in code] != list(range(1, len(code) + 1)):
        found.append("not every code cell has been executed once, in order")
    for cell in code:
        found += of_outputs(cell["id"], "".join(cell["source"]), cell["outputs"])
    if size > LIMIT:
        found.append(f"the notebook has {size} bytes, at most {LIMIT}")
    return found


def of_outputs(name: str, source: str, outputs: list[dict[str, Any]]) -> list[str]:
    """Return what is missing in a cell's outputs: a figure for each plt.show(), a page for each replay, a row of what moves."""
    shown = [output.get("data", {}) for output in outputs]
    pictures, pages = (sum(kind in data for data in shown) for kind in ("image/png", "text/html"))
    wanted, moves = source.count("plt.show()"), source.count("notebook.move(")
    found = []
    if (pictures <= wanted) if moves else (pictures != wanted):
        found.append(f"{name}: {pictures} figures in the outputs, not one for each plt.show() and some for what moves")
    if pages != (replays := source.count("notebook.replay(")):
        found.append(f"{name}: {pages} pages in the outputs, not one for each of {replays} notebook.replay")
    return found


def paths_in(text: str) -> list[str]:
    """Return the paths of a machine in a text, each as the few characters that gave it away."""
    return MACHINE.findall(text)
