"""Every exercise's check accepts right answers and refuses typical wrong ones, each with the words that help.

`answers/verdicts.txt` has all that is said of the wrong ones, for a reader to judge: `python tests/labs/test_answers.py` makes it.
"""

import importlib.util
import re
from pathlib import Path

import numpy as np
import pytest

from minigrow.labs.checking import Wrong, judge, words
from minigrow.labs.exercises import every, t01

EXERCISES = every()
FILES = sorted(Path(__file__).with_name("answers").glob("t*.py"))


def answers(path):
    spec = importlib.util.spec_from_file_location(f"answers_{path.stem}", path)
    spec.loader.exec_module(module := importlib.util.module_from_spec(spec))
    return module


MODULES = [answers(path) for path in FILES]
RIGHT = [(number, f) for module in MODULES for number, some in module.RIGHT.items() for f in some]
WRONG = [(number, *pair) for module in MODULES for number, some in module.WRONG.items() for pair in some]


VERDICTS = Path(__file__).with_name("answers") / "verdicts.txt"
NUMBERS = re.compile(
    r"(?<![A-Za-z_])([-+]?(\d+\.?\d*|nan|inf)(e[-+]?\d+)?[ ,]*)*[-+]?(\d+\.?\d*|nan|inf)(e[-+]?\d+)?(?![\w.])"
)


def said_of_wrong(number):
    """What is said of the wrong answers, word by word, in the order of WRONG, the same once; numbers, which are drawn, as #."""
    told = [words(judge(EXERCISES[number], function)) for other, function, _ in WRONG if other == number]
    return list(
        dict.fromkeys(number + NUMBERS.sub("#", text.removeprefix(number)).replace("[ #", "[#") for text in told)
    )


def named(value):
    return value if isinstance(value, str) else getattr(value, "__name__", None)


def test_three_exercises_in_each_tutorial():
    assert list(EXERCISES) == [f"{t:02d}.{k}" for t in range(1, 9) for k in (1, 2, 3)]
    assert {number for number, _ in RIGHT} == set(EXERCISES)


@pytest.mark.parametrize(("number", "function"), RIGHT, ids=named)
def test_a_right_answer(number, function):
    verdict = judge(EXERCISES[number], function)
    assert verdict.right, words(verdict)
    assert verdict.case == EXERCISES[number].cases


@pytest.mark.parametrize(("number", "function", "said"), WRONG, ids=named)
def test_a_wrong_answer_and_what_is_said_of_it(number, function, said):
    verdict = judge(EXERCISES[number], function)
    assert not verdict.right
    assert said in f"{words(verdict)}\n", words(verdict)
    assert all((verdict.rule, verdict.came, verdict.look)), "the rule, what came, what to look at"


@pytest.mark.parametrize("number", EXERCISES)
def test_the_whole_verdicts_are_those_that_somebody_has_read(number):
    read = VERDICTS.read_text(encoding="utf-8").rstrip("\n").split("\n\n")
    assert said_of_wrong(number) == [text for text in read if text.startswith(number)]


def test_rates_are_looked_at_after_each_of_thirty_steps(monkeypatch):
    seen, views = [], t01.views
    monkeypatch.setattr(t01, "views", lambda g, shapes: seen.append(g) or views(g, shapes))
    right = next(function for number, function in RIGHT if number == "01.2")
    EXERCISES["01.2"].test(right, np.random.default_rng(1))
    assert len(seen) == 2 * 30, "a gradient of each of the two networks"


class Drawn:
    """A generator that draws what it is told."""

    def __init__(self, *numbers):
        self.numbers = iter(numbers)

    def integers(self, *ends):
        return next(self.numbers)


@pytest.mark.parametrize(
    ("budget", "epochs", "look"),
    [  # 4 neurons, 500 samples: 3 x 500 x 200 multiply-adds an epoch, and 29e7 of them are 966.67
        (29, 2900, "the gradient costs twice as much again as the forward pass"),
        (29, 903, "sums of biases are left out of the price"),  # 50 H + H + 10 = 214
        (29, 120, "two matrices, 40 H and 10 H: their sizes are added"),
        (29, 967, "a part of an epoch is not a whole one"),
        (28, 934, "a part of an epoch is not a whole one"),  # 933.33, rounded up
        (28, 932, "F = 40 H + 10 H multiply-adds per sample, three times, for every sample"),
    ],
)
def test_what_an_epoch_costs_by_hand(budget, epochs, look):
    with pytest.raises(Wrong) as wrong:
        EXERCISES["07.1"].test(lambda H, samples, money: epochs, Drawn(4, 500, budget))
    whole, came = {29: 966, 28: 933}[budget], f"{epochs} for H = 4, 500 samples, a budget of 3e+08"
    assert wrong.value.args == (f"the budget pays {whole} whole epochs", came, look)
    EXERCISES["07.1"].test(lambda H, samples, money: whole, Drawn(4, 500, budget))


@pytest.mark.parametrize("number", EXERCISES)
def test_at_least_three_wrong_answers(number):
    assert sum(other == number for other, _, _ in WRONG) >= 3


if __name__ == "__main__":
    told = [text for number in EXERCISES for text in said_of_wrong(number)]
    VERDICTS.write_text("\n\n".join(told) + "\n", encoding="utf-8")
