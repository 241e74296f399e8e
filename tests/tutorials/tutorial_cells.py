"""Read a tutorial: the cells of a percent-format file, its exercises with their answers, and the text its notebook printed."""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

EXERCISE = re.compile(r"^### (Exercise \d \(\w+\))$", re.M)
DETAILS = re.compile(r"^<details><summary>Answer</summary>\n(.*?)^</details>$", re.M | re.S)
FOLDED = re.compile(r"^<details><summary>[^\n]*</summary>\n.*?^</details>$", re.M | re.S)
TAGS = re.compile(r"tags=(\[[^\]]*\])")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)


class Cell(NamedTuple):
    """One cell: "markdown" or "code", its source, the line of the file at which the source begins (from 1), and its tags."""

    kind: str
    source: str
    line: int
    tags: tuple[str, ...] = ()


class Answer(NamedTuple):
    """The answer to one exercise: its title, the code, and what the code prints (None when the answer does not say)."""

    title: str
    code: str
    text: str | None


def cells(text: str) -> list[Cell]:
    """Return the cells of a percent-format text: each begins at a line `# %%`, markdown is written as comments."""
    found: list[tuple[str, int, list[str], tuple[str, ...]]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith("# %%"):
            tags = TAGS.search(line)
            kind = "markdown" if "[markdown]" in line else "code"
            found.append((kind, number + 1, [], tuple(json.loads(tags[1])) if tags else ()))
        elif found:
            found[-1][2].append(line)
        elif line.strip():
            raise ValueError(f"line {number} stands before the first cell: {line}")
    return [_cell(*parts) for parts in found]


def _cell(kind, line, lines, tags):
    while lines and not lines[0]:
        lines, line = lines[1:], line + 1
    if kind == "markdown":
        for i, text in enumerate(lines):
            if text and not (text == "#" or text.startswith("# ")):
                raise ValueError(f"line {line + i} of a markdown cell is no comment: {text}")
        lines = [text[2:] for text in lines]
    return Cell(kind, "\n".join(lines).strip("\n"), line, tags)


def answers(tutorial: list[Cell]) -> list[Answer]:
    """Return the answers in the order of the exercises. Raises ValueError when one is missing or has not one python block."""
    found = []
    for cell in tutorial:
        titles = EXERCISE.findall(cell.source) if cell.kind == "markdown" else []
        if len(titles) > 1:
            raise ValueError(f"{titles} share a cell; give each a markdown cell of its own")
        found += [_answer(title, cell.source) for title in titles]
    return found


def _answer(title, source):
    hidden = DETAILS.findall(source)
    if len(hidden) != 1:
        raise ValueError(f"{title} has {len(hidden)} blocks <details><summary>Answer</summary> ... </details>, not one")
    blocks = FENCE.findall(hidden[0])
    code, text = ([body for language, body in blocks if language == name] for name in ("python", "text"))
    if len(code) != 1 or len(text) > 1:
        raise ValueError(f"{title} has {len(code)} python and {len(text)} text blocks; wanted: one, and one or none")
    return Answer(title, code[0], text[0] if text else None)


def printed(cell: dict[str, Any]) -> str:
    """Return all that a notebook's cell printed to stdout, and the line that stands for a replay where there is no notebook."""
    return "".join(map(_words, cell.get("outputs", ())))


def _words(output):
    if "text/html" in (data := output.get("data", {})):
        return "".join(data["text/plain"]).rstrip("\n") + "\n"
    return "".join(output["text"]) if output.get("name") == "stdout" else ""
