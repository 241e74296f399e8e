"""Whatever a function returns, a check says in words that it is wrong; it never crashes and never takes it for right."""

import numpy as np
import pytest

from minigrow.labs.checking import judge, words
from minigrow.labs.exercises import every

ODD = {
    "nothing": None,
    "zero": 0,
    "minus one": -1.0,
    "nan": float("nan"),
    "complex": 1j,
    "word": "word",
    "empty list": [],
    "empty dict": {},
    "zeros": np.zeros((2, 3)),
    "two": (0.0, 0.0),
    "three": [np.zeros((1, 1)), None, "x"],
    "four": ([[1, 2], [3]], 0, 1, 2),
    "ragged": [[1, 2], [3]],
    "pairs": {(0, 1), (1, 2)},
    "class": object,
}


@pytest.mark.parametrize("number", every())
@pytest.mark.parametrize("odd", ODD)
def test_an_odd_answer(number, odd):
    verdict = judge(every()[number], lambda *arguments: ODD[odd])
    assert not verdict.right
    assert all((verdict.rule, verdict.came, verdict.look)), words(verdict)
    assert "could not make sense" not in verdict.look
