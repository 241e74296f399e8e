"""The tutorials' own answers pass the checks of their exercises, and each question names the function that is checked."""

import pytest
from test_tutorials import FILES
from tutorial_answer import answer_of
from tutorial_cells import EXERCISE, FOLDED, cells

from minigrow.labs.checking import judge, words
from minigrow.labs.exercises import every

EXERCISES = every()
each = pytest.mark.parametrize("number", EXERCISES)


def tutorial_of(number):
    path = next(path for path in FILES if path.stem.startswith(number[:2]))
    return cells(path.read_text(encoding="utf-8"))


@each
def test_the_tutorials_own_answer_is_right(number):
    asked = EXERCISES[number]
    function = answer_of(tutorial_of(number), int(number[-1]), asked.name)
    assert function is not None, f"the answer to {number} does not define {asked.call}"
    verdict = judge(asked, function)
    assert verdict.right, words(verdict)


@each
def test_the_question_names_the_function(number):
    questions = [cell.source for cell in tutorial_of(number) if EXERCISE.search(cell.source)]
    question = " ".join(FOLDED.sub("", questions[int(number[-1]) - 1]).split())
    assert f"`{EXERCISES[number].call}`" in question


TEXT = """# %%
import math
N = 3
data = math.sqrt(2)
def half(x):
    return x / 2
def later(x=data):
    return x

# %% [markdown]
# ### Exercise 1 (easy)
#
# <details><summary>Answer</summary>
#
# ```python
# def mine(x):
#     return half(x) + N
#
# print(data)
# ```
#
# </details>
"""


def test_what_an_answer_may_use():
    assert answer_of(cells(TEXT), 1, "mine")(4) == 5
    assert answer_of(cells(TEXT), 1, "half") is None
    for name in ("data", "later()"):
        with pytest.raises(NameError):
            answer_of(cells(TEXT.replace("half(x) + N", name)), 1, "mine")(4)
