"""Say what a tutorial lacks for a class: the time it takes, objectives, a replay, a thing to move, predictions, checks, short lines."""

from __future__ import annotations

import re

from tutorial_cells import FENCE, Cell

WIDTH = 88  # characters of a line of code: a page without sideways scrolling
TAKES = re.compile(r"^Takes about \d+ minutes to read, \d+ (?:seconds|minutes) to run\.", re.M)
PREDICT = "**Predict, then run.**"
HAPPENED = "<details><summary>What happened</summary>"
CAN = re.compile(
    r"^After this you can\n\n1\. .+?\(Exercise 1\);\n2\. .+?\(Exercise 2\);\n3\. .+?\(Exercise 3\)\.$", re.M | re.S
)
EXERCISE = re.compile(r"^### Exercise (\d)", re.M)


def of_form(name: str, tutorial: list[Cell]) -> list[str]:
    """Return what is missing, in words."""
    return [*_opening(tutorial), *_predictions(tutorial), *_checks(name[:2], tutorial), *_long_lines(tutorial)]


def _opening(tutorial):
    code = [cell.source for cell in tutorial if cell.kind == "code"]
    equation = next((i for i, cell in enumerate(tutorial) if cell.source.startswith("## The equation")), len(tutorial))
    if not TAKES.search(tutorial[0].source):
        yield "the first cell has no line `Takes about N minutes to read, S seconds to run.`"
    if not CAN.search(tutorial[0].source):
        yield "the first cell has no list `After this you can`, an objective for each of the three exercises"
    if not any("notebook.replay(" in cell.source for cell in tutorial[:equation]):
        yield "no cell before `## The equation` replays a life: notebook.replay(history)"
    if not any("notebook.move(" in source for source in code):
        yield "there is nothing to move: notebook.move(draw, name=values)"


def _predictions(tutorial):
    places = [i for i, cell in enumerate(tutorial) if cell.source.startswith(PREDICT)]
    if len(places) < 2:
        yield f"{len(places)} cells begin with {PREDICT}, not two or more"
    for i, end in zip(places, [*places[1:], len(tutorial)], strict=False):
        after = tutorial[i + 1 : end]
        if not (after and after[0].kind == "code"):
            yield f"line {tutorial[i].line}: no code follows the question to predict"
        if not any(HAPPENED in cell.source for cell in after if cell.kind == "markdown"):
            yield f"line {tutorial[i].line}: nothing folds out after the prediction: {HAPPENED}"


def _checks(number, tutorial):
    for cell in tutorial:
        for k in EXERCISE.findall(cell.source) if cell.kind == "markdown" else ():
            line = f"Check your answer: `minigrow check {number}.{k} answer.py`"
            if line not in cell.source.partition("<details>")[0].splitlines():
                yield f"exercise {k} lacks this line before its answer: {line}"


def _long_lines(tutorial):
    for cell in tutorial:
        code = [cell.source] if cell.kind == "code" else [body for _, body in FENCE.findall(cell.source)]
        for line in "\n".join(code).splitlines():
            if len(line) > WIDTH:
                yield f"cell at line {cell.line}: {len(line)} characters, not {WIDTH} at most: {line[:40]} ..."
