"""Notebooks for students: no answers, nothing run, a cell for each answer and one that checks it."""

import json

import build
import pytest
from student import OPENING, without_answers
from test_tutorials import FILES

pytest.importorskip("jupytext")


def notebook(*sources):
    cells = [{"cell_type": "markdown", "source": source, "metadata": {}} for source in sources]
    return {
        "cells": [*cells, {"cell_type": "code", "source": "1", "metadata": {}, "outputs": [1], "execution_count": 7}]
    }


QUESTION = "### Exercise 1 (easy)\n\nInvent one.\n\nCheck your answer: `...`"
ANSWER = "\n\n<details><summary>Answer</summary>\n\nA secret.\n\n```python\nx = 1\n```\n\n</details>"


def test_the_answer_goes_and_two_cells_come():
    made = without_answers(notebook("## Exercises\n\nFolded away.", QUESTION + ANSWER), "02")["cells"]
    assert [cell["source"] for cell in made] == [
        OPENING,
        QUESTION,
        "def activation(z):\n    ...  # your answer",
        'from minigrow.labs import check\n\ncheck("02.1", activation)',
        "1",
    ]
    assert [(c["outputs"], c["execution_count"]) for c in made[2:]] == [([], None)] * 3


def test_what_happened_stays_and_an_exercise_without_answer_is_refused():
    text = "<details><summary>What happened</summary>\n\nThis.\n\n</details>"
    assert without_answers(notebook(text), "02")["cells"][0]["source"] == text
    with pytest.raises(ValueError, match=r"exercise 02\.1 has 0 answers"):
        without_answers(notebook(QUESTION), "02")
    with pytest.raises(ValueError, match=r"no exercise 02\.7"):
        without_answers(notebook(QUESTION.replace("1", "7") + ANSWER), "02")


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_every_tutorial_can_be_handed_out(path, tmp_path, capsys):
    assert build.main([path.stem, "--student", str(tmp_path / "class")]) == 0, capsys.readouterr().err
    made = json.loads((tmp_path / "class" / f"{path.stem}.ipynb").read_text(encoding="utf-8"))
    code = [cell for cell in made["cells"] if cell["cell_type"] == "code"]
    text = "".join("".join(cell["source"]) for cell in made["cells"])
    assert "<summary>Answer</summary>" not in text
    assert text.count("# your answer") == text.count(f'check("{path.stem[:2]}.') == 3
    assert not any(cell["outputs"] or cell["execution_count"] for cell in code)
    folded = [cell for cell in code if "hide-input" in cell["metadata"].get("tags", ())]
    assert all(cell["metadata"]["jupyter"] == {"source_hidden": True} for cell in folded)


def test_somebodys_notebook_is_left_alone(tmp_path, capsys):
    words = ["01_change_of_basis", "--student", str(tmp_path)]
    assert build.main(words) == build.main(words) == 0
    assert "left alone" not in capsys.readouterr().out, "what is the same may be written again"
    mine = tmp_path / "01_change_of_basis.ipynb"
    mine.write_text("my answers")
    assert build.main(words) == 0
    assert mine.read_text() == "my answers"
    assert "left alone, as yours differs" in capsys.readouterr().out
    assert build.main([words[0], "--student", str(mine)]) == 1, "a file is no folder"
    assert capsys.readouterr().err.count("\n") == 1
