"""A file that is handed in is imported in a process of its own; whatever it does, a verdict in words comes back."""

import json
from pathlib import Path

import numpy as np
import pytest

from minigrow import labs
from minigrow.cli import main
from minigrow.labs import handed_in
from minigrow.labs.checking import Verdict, exercise, judge, need, words
from minigrow.labs.exercises import named
from minigrow.labs.tracebacks import own_lines

RIGHT = "def cheapest(A, B):\n    print('a thought')\n    return (B / A) ** 0.5\n"


@pytest.fixture
def file(tmp_path):
    def written(text, name="answer.py"):
        (path := tmp_path / name).write_text(text, encoding="utf-8")
        return path

    return written


def test_right_wrong_and_what_the_file_printed(file, capsys, tmp_path):
    paths = [str(file(RIGHT)), str(file("def cheapest(A, B):\n    return 1", "other.py"))]
    assert main(["check", "05.2", paths[0]]) == 0
    out = capsys.readouterr().out
    assert "  | a thought" in out
    assert "05.2  cheapest(A, B): right in all 20 random cases" in out
    assert main(["check", "05.2", *paths, "--json", str(tmp_path / "marks.json")]) == 1
    assert "1 of 2 right" in capsys.readouterr().out
    marks = json.loads((tmp_path / "marks.json").read_text(encoding="utf-8"))
    assert [(Path(mark["file"]).name, mark["right"]) for mark in marks] == [("answer.py", True), ("other.py", False)]
    assert "no other q is cheaper" in marks[1]["rule"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "def cheapest(A, B):\n    return helper(A)\ndef helper(A):\n    return A / 0",
            "line 4 of answer.py:  return A / 0",
        ),
        ("def cheapest(A, B)\n    return 1", "line 1 of answer.py:  def cheapest(A, B)"),
        ("import nothing_like_this", "line 1 of answer.py:  import nothing_like_this"),
        ("def dearest(A, B):\n    return 1", "it defines dearest"),
        ("raise SystemExit(0)", "SystemExit"),
        ("def cheapest(A, B):\n    return 'q'", "q is an array of numbers"),
        ("cheapest = 3", "cheapest is a function"),
        ("def cheapest(A):\n    return A", "it takes (A)"),
        ("", "it defines no function"),
    ],
)
def test_what_can_go_wrong_in_a_file(file, text, said):
    verdict = handed_in.found(named("05.2"), file(text))
    assert not verdict.right
    assert said in words(verdict)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = input('q? ')", "EOFError"),
        ("def cheapest(A, B):\n    import os\n    os._exit(3)", "Python ended with exit code 3"),
        ("def cheapest(A, B):\n    raise KeyboardInterrupt", "Python ended"),
    ],
)
def test_what_ends_its_process(file, capsys, text, said):
    assert main(["check", "05.2", str(file(text))]) == 1
    assert said in capsys.readouterr().out


def test_a_loop_that_never_ends_is_ended_and_its_line_is_told(file):
    path = file("def cheapest(A, B):\n    while True:\n        A += 1\n")
    verdict = handed_in.marked(named("05.2"), path, 1).verdict
    assert not verdict.right
    assert "within 1 seconds" in verdict.rule
    assert "of answer.py:" in verdict.look


def test_one_that_cannot_even_be_asked_is_ended_too(file, monkeypatch):
    monkeypatch.setattr(handed_in, "GRACE", -0.5)
    verdict = handed_in.marked(named("05.2"), file("def cheapest(A, B):\n    while True: pass\n"), 1).verdict
    assert verdict.came == "it was still running"


def test_a_file_may_import_the_one_beside_it_and_print_much(file, monkeypatch):
    monkeypatch.setattr(handed_in, "GRACE", 0)  # the limit alone is time enough
    file("def root(x):\n    return x**0.5\n", "beside.py")
    path = file("from beside import root\nprint('x' * 9000)\ndef cheapest(A, B):\n    return root(B / A)\n")
    report = handed_in.marked(named("05.2"), path)
    assert report.verdict.right
    assert report.printed.endswith("x ...")


def test_what_is_asked_for_is_told(capsys):
    assert main(["check", "--list"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 24
    assert main(["check", "02.2"]) == 0
    assert "02.2  without(net, neuron)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("typed", "said"), [(["02.9"], "02.1, 02.2"), (["x"], "no exercise x"), (["02.1", "no.py"], "no.py")]
)
def test_no_such_exercise_or_file(typed, said, capsys):
    assert main(["check", *typed]) == 2
    assert said in capsys.readouterr().err


def test_the_process_of_a_file_writes_its_verdict(file, tmp_path):
    told, stuck = tmp_path / "told.json", tmp_path / "stuck.txt"
    handed_in.main("05.2", str(file(RIGHT)), str(told), str(stuck), "60")
    assert Verdict(**json.loads(told.read_text(encoding="utf-8"))).right
    assert not stuck.exists()


def test_in_a_notebook(capsys):
    labs.check("05.2", lambda A, B: np.sqrt(A / B))
    assert "not right yet (random case 1)" in capsys.readouterr().out
    with pytest.raises(ValueError, match="no exercise 05\\.9"):
        labs.check("05.9", np.sqrt)


def test_a_result_that_breaks_the_check_is_no_crash():
    odd = exercise("00.1", "f(x)", "")(lambda f, rng: need(f(1) > 0, "r", "c", "l"))
    verdict = judge(odd, str)
    assert "TypeError" in verdict.came
    assert "could not make sense" in verdict.look
    assert "rule  the function runs" in words(verdict)


def test_a_word_is_no_number():
    assert "str: 'q'" in judge(named("05.2"), lambda A, B: "q").came


def test_lines_of_a_cell_of_a_notebook():
    function = {}
    exec(compile("def f():\n    return 1 / 0", "/tmp/ipykernel_7/1.py", "exec"), function)
    with pytest.raises(ZeroDivisionError) as caught:
        function["f"]()
    assert own_lines(caught.value, "/tmp/ipykernel_7/1.py")[1] == "line 2 of your cell:"
