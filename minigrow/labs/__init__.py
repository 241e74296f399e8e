"""Labs that mark themselves: what a student hands in is run, and the answer is in words.

`marking.mark` checks a file of laws, as `minigrow verify --file` does: the laws hold, their broken twins fail, and the laws notice
mistakes that are planted in the code they speak of (`mutants`: one edit of a Python source each, `subjects`: where to plant them).

`check("02.3", function)` checks the answer to an exercise in a notebook, `minigrow check 02.3 answer.py` one in a file.
"""

from minigrow.labs.asking import check

__all__ = ["check"]
