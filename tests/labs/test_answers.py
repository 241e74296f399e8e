"""Every exercise's check accepts right answers and refuses typical wrong ones, each with the words that help."""

import importlib.util
from pathlib import Path

import pytest

from minigrow.labs.checking import judge, words
from minigrow.labs.exercises import every

EXERCISES = every()
FILES = sorted(Path(__file__).with_name("answers").glob("t*.py"))


def answers(path):
    spec = importlib.util.spec_from_file_location(f"answers_{path.stem}", path)
    spec.loader.exec_module(module := importlib.util.module_from_spec(spec))
    return module


MODULES = [answers(path) for path in FILES]
RIGHT = [(number, f) for module in MODULES for number, some in module.RIGHT.items() for f in some]
WRONG = [(number, *pair) for module in MODULES for number, some in module.WRONG.items() for pair in some]


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
def test_at_least_three_wrong_answers(number):
    assert sum(other == number for other, _, _ in WRONG) >= 3
