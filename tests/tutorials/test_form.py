"""What a tutorial must have for a class, and that each missing piece is noticed."""

import pytest
from tutorial_cells import Cell, cells, printed
from tutorial_form import WIDTH, of_form
from tutorial_rules import of_outputs

TEXT = """# %% [markdown]
# # A title
#
# Takes about 20 minutes to read, 30 seconds to run.
#
# After this you can
#
# 1. name it (Exercise 1);
# 2. compute it, also where it is
#    long (Exercise 2);
# 3. derive it (Exercise 3).

# %% tags=["hide-input"]
notebook.replay(history)

# %% [markdown]
# ## The equation

# %% [markdown]
# **Predict, then run.** Which one?

# %%
notebook.move(draw, angle=[0, 1])

# %% [markdown]
# <details><summary>What happened</summary>
#
# This one.
#
# </details>

# %% [markdown]
# **Predict, then run.** And now?

# %%
print(1)

# %% [markdown]
# <details><summary>What happened</summary>
#
# That one.
#
# </details>

# %% [markdown]
# ### Exercise 2 (medium)
#
# Why?
#
# Check your answer: `minigrow check 03.2 answer.py`
#
# <details><summary>Answer</summary>
#
# Therefore.
#
# ```python
# x = 1
# ```
#
# </details>
"""


def test_a_tutorial_that_lacks_nothing_and_one_that_lacks_all():
    assert of_form("03_x", cells(TEXT)) == []
    assert len(of_form("03_x", cells("# %% [markdown]\n# # A title\n"))) == 5


@pytest.mark.parametrize(
    ("old", "new", "noticed"),
    [
        ("about 20 minutes to read,", "about an hour,", "Takes about N"),
        ("compute it, also where it is\n#    long (Exercise 2)", "compute it", "After this you can"),
        ("notebook.replay(history)", "print(history)", "replays a life"),
        ("notebook.move(draw, angle=[0, 1])", "draw(0)", "nothing to move"),
        ("**Predict, then run.** And", "And", "1 cells begin"),
        ("\n# %%\nnotebook.move", "\n# %% [markdown]\n# Text.\n\n# %%\nnotebook.move", "no code follows"),
        ("<summary>What happened</summary>\n#\n# That", "<summary>Well</summary>\n#\n# That", "nothing folds out"),
        ("check 03.2", "check 03.1", "exercise 2 lacks this line"),
        ("print(1)", f"print({'1' * WIDTH})", "characters"),
        ("# x = 1", f"# x = {'1' * WIDTH}", "characters"),
    ],
)
def test_each_missing_piece_is_noticed(old, new, noticed):
    assert TEXT.count(old) == 1
    found = of_form("03_x", cells(TEXT.replace(old, new)))
    assert len(found) == 1
    assert noticed in found[0]


def test_tags_are_read():
    assert [cell.tags for cell in cells(TEXT)][:3] == [(), ("hide-input",), ()]
    assert Cell("code", "x = 1", 1).tags == ()


def test_a_replay_stands_for_its_line_and_what_moves_leaves_a_row_of_pictures():
    page = {"output_type": "display_data", "data": {"text/html": ["<iframe>"], "text/plain": ["a life"]}}
    text = {"output_type": "stream", "name": "stdout", "text": ["then\n"]}
    picture = {"output_type": "display_data", "data": {"image/png": "=", "text/plain": ["<Figure>"]}}
    assert printed({"outputs": [page, picture, text]}) == "a life\nthen\n"
    assert of_outputs("c", "notebook.replay(h)", [page]) == []
    assert "pages" in of_outputs("c", "notebook.replay(h)", [])[0]
    assert of_outputs("c", "notebook.move(draw, N=[1, 2])", [picture, picture]) == []
    assert "moves" in of_outputs("c", "notebook.move(draw, N=[1, 2])", [])[0]
