"""Make a student's notebook of a tutorial: the same cells, without the answers.

Each exercise keeps its question; below it are a cell for the answer, with the head of
the function that is asked for, and a cell that checks it. Nothing has been run: what
one is to predict must not stand below the question. "What happened" stays, folded.
"""

from __future__ import annotations

import re
from typing import Any

EXERCISE = re.compile(r"^### Exercise (\d)", re.M)
ANSWER = re.compile(
    r"\n*^<details><summary>Answer</summary>\n.*?^</details>$", re.M | re.S
)
HEADING = "## Exercises"
OPENING = (
    f"{HEADING}\n\nWrite each answer into the cell below its question, and run the cell "
    "after it: it says whether the answer is right and, if not, what to look at."
)


def without_answers(notebook: Any, tutorial: str) -> Any:
    """Return a notebook without answers and outputs; `tutorial` is its number, "02".

    Raises ValueError for an exercise that has no answer to take away, or no check.
    """
    made = []
    for cell in notebook["cells"]:
        made.append(cell)
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
        elif cell["source"].startswith(HEADING):
            cell["source"] = OPENING
        elif found := EXERCISE.findall(cell["source"]):
            made += _for_the_answer(cell, f"{tutorial}.{found[0]}")
    notebook["cells"] = made
    return notebook


def _for_the_answer(cell, number):
    """Take the answer out of an exercise's cell; return the two cells that follow."""
    from minigrow.labs.exercises import named

    asked = named(number)
    cell["source"], answers = ANSWER.subn("", cell["source"])
    if answers != 1:
        raise ValueError(f"exercise {number} has {answers} answers to take away, not 1")
    check = f'check("{number}", {asked.name})'
    return [
        _code(f"def {asked.call}:\n    ...  # your answer"),
        _code(f"from minigrow.labs import check\n\n{check}"),
    ]


def _code(source):
    cell = {"cell_type": "code", "source": source, "metadata": {}}
    return cell | {"outputs": [], "execution_count": None}
