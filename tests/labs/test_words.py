"""Complete sentences: what is said of a value, of a file that never ends, of an error, and of a whole file of laws."""

import types

import numpy as np
import pytest

from minigrow.labs import handed_in, report, trial
from minigrow.labs.checking import Verdict, Wrong, exercise, judge, need, words
from minigrow.labs.exercises import named
from minigrow.labs.marking import LawMark, Mark
from minigrow.labs.tracebacks import line, own_lines
from minigrow.labs.trial import Trial
from minigrow.labs.values import RETURN, array, called, fresh, near, number, several, whole
from minigrow.laws import Law
from minigrow.nn import MLP

ROOT = "a division by zero, or a logarithm or root of a negative number"


# --- values ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda: called(lambda: None), ("it returns a value", "None", RETURN)),
        (lambda: several(3, "A", "B"), ("it returns 2 values: A, B", "one int", "return 2 values: A, B")),
        (
            lambda: several([1, 2, 3], "A", "B"),
            ("it returns 2 values: A, B", "3 values", "what stands behind return, and in which order"),
        ),
        (lambda: array("x" * 99, (2,), "A"), ("A is an array of numbers", f"str: '{'x' * 59}", RETURN)),
        (
            lambda: array(np.ones((3, 2)), tuple(np.array([2, 3])), "A"),
            ("A has the shape (2, 3)", "shape (3, 2)", "the order of the sizes, and .T"),
        ),
        (lambda: array([1], (2,), "A", "here"), ("A has the shape (2,)", "shape (1,)", "here")),
        (
            lambda: array([1, np.nan, -np.inf], (3,), "A"),
            ("all numbers of A are finite", "2 of 3 are nan or inf", ROOT),
        ),
        (lambda: number([1, 2], "N"), ("N has the shape ()", "shape (2,)", "return one number")),
        (lambda: number([[1]], "N"), ("N has the shape ()", "shape (1,)", "return one number")),
        (lambda: whole(2.5, "H"), ("H is a whole number", "2.5", "does it have to be rounded, and which way?")),
    ],
)
def test_what_is_wrong_with_a_value(ask, said):
    with pytest.raises(Wrong) as wrong:
        ask()
    assert wrong.value.args == said


def test_what_is_right_is_handed_on():
    assert several([1, "b"], "A", "B") == (1, "b")
    assert array([[1, 2]], (1, 2), "A").tolist() == [[1.0, 2.0]]
    assert [number(value, "N") for value in (2, [2], (2,), np.array([2]), np.float32(2))] == [2.0] * 5
    assert (whole(-3.0, "H"), type(whole(3.0, "H"))) == (-3, int)


def test_a_function_gets_copies_of_all_that_it_could_change():
    net, rng, x = MLP.create([2, 3, 2], rng=0), np.random.default_rng(0), np.zeros(2)
    values = [net, rng, x, [x], (x,), {"x": x}]
    for value in values:
        assert fresh(value) is not value
    fresh(net).theta[:] = 7
    fresh([x])[0][:] = fresh((x,))[0][:] = fresh({"x": x})["x"][:] = 7
    assert (net.theta != 7).all()
    assert x.tolist() == [0, 0]
    assert fresh(rng).random() == rng.random(), "it draws the same"
    for value in (np.float64(0.5), np.int64(3), np.bool_(True)):
        assert type(fresh(value)).__module__ == "builtins"
    assert fresh(text := "as it is") is text


def test_near_is_relative_to_the_largest_entry_of_the_second():
    assert near([1e9, 0], [1e9, 0.9])
    assert not near([1e9, 0], [1e9, 1.1])
    assert near(0, 0)
    assert near([], [])
    assert not near(1e-300, 0)
    assert not near([1.0], 1.0), "another shape"
    assert not near(np.nan, 1.0)
    assert near(1.0, 1.05, 0.05)
    assert not near([0, 1e-8], [0, 0])
    assert near(0.9, 1.0, 0.105)
    assert not near(1.0, 0.9, 0.105), "a tenth of the first, not of the second"


# --- verdicts ----------------------------------------------------------------------------------------------------------


def test_a_verdict_in_whole_lines():
    verdict = Verdict("00.1", "f(x)", False, 3, "rule", "came\nmore", "")
    assert words(verdict) == (
        "00.1  f(x): not right yet (random case 3)\n  rule  rule\n  came  came\n        more\n  look  "
    )
    assert words(verdict._replace(case=0)).splitlines()[0] == "00.1  f(x): not right yet"
    assert words(Verdict("00.1", "f(x)", True, 1)) == "00.1  f(x): right"
    assert words(Verdict("00.1", "f(x)", True, 2)) == "00.1  f(x): right in all 2 random cases"


def test_each_case_has_its_own_generator_and_the_first_wrong_one_ends_the_check():
    drawn = []
    odd = exercise("00.1", "f(x)", "asks", 5)(
        lambda f, rng: drawn.append(rng.random()) or need(len(drawn) < 3, 1, 2, 3)
    )
    assert (odd.name, odd.cases) == ("f", 5)
    assert judge(odd, lambda x: x) == Verdict("00.1", "f(x)", False, 3, 1, "2", 3)
    assert drawn == [np.random.default_rng(case).random() for case in (1, 2, 3)]
    assert exercise("00.1", "f(x)", "asks")(None).cases == 20


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (3, ("f is a function", "3", "give the function itself, without brackets")),
        (lambda x, y: x, ("it is called as f(x)", "it takes (x, y)", "the line that begins with def f")),
        (lambda: 1, ("it is called as f(x)", "it takes ()", "the line that begins with def f")),
    ],
)
def test_what_cannot_be_called_so_is_said_before_the_first_case(answer, said):
    asked = exercise("00.1", "f(x)", "asks")(lambda f, rng: None)
    assert judge(asked, answer) == Verdict("00.1", "f(x)", False, 0, *said)
    assert judge(asked, lambda *x: x).right
    assert judge(asked, max).right, "a function in C that does not say what it takes"
    assert judge(exercise("00.1", "f()", "asks")(lambda f, rng: None), lambda: 1).right


def test_warnings_of_an_answer_are_nobodys_business():
    quiet = exercise("00.1", "f(x)", "asks")(lambda f, rng: f(0.0))
    assert judge(quiet, lambda x: np.log(np.float64(x)) / np.float64(0)).right


# --- files -------------------------------------------------------------------------------------------------------------


def test_errors_are_told_with_the_lines_of_one_file(tmp_path):
    (path := tmp_path / "a.py").write_text("def f(x):\n    return g(x)\n\ndef g(x):\n    return 1 / x\n")
    module = handed_in.imported(path)
    with pytest.raises(ZeroDivisionError) as caught:
        module.f(0)
    assert own_lines(caught.value, str(path)) == (
        "ZeroDivisionError: division by zero",
        "line 2 of a.py:  return g(x)\nline 5 of a.py:  return 1 / x",
    )
    look = "what it returns: the check could not make sense of it; read the exercise's last sentence again"
    assert own_lines(caught.value, "other.py") == ("ZeroDivisionError: division by zero", look)
    assert line(str(path), 4) == "line 4 of a.py:  def g(x):"
    assert (
        line("<ipython-input-3>", 2) == line("/tmp/ipykernel_7/8.py", 2) == line("<stdin>", 2) == "line 2 of your cell:"
    )
    assert line(str(path), None) == "line None of a.py:"


def test_what_a_file_must_define(tmp_path):
    path, asked = tmp_path / "a.py", named("05.2")
    path.write_text("from math import sqrt\ndef one(): pass\nclass Two: pass\nthree = 3\n")
    look = "a line that begins with def cheapest"
    verdict = Verdict("05.2", asked.call, False, 0, "the file defines cheapest(A, B)", "it defines one, Two", look)
    assert handed_in.found(asked, path) == verdict
    path.write_text("x = 1\nraise SystemExit('enough')\n")
    verdict = Verdict("05.2", asked.call, False, 0, "the file can be imported", "SystemExit: enough", look)
    assert handed_in.found(asked, path) == verdict._replace(look="line 2 of a.py:  raise SystemExit('enough')")


@pytest.mark.parametrize(
    ("code", "stood", "said"),
    [
        (3, None, ("the file comes to its end", "Python ended with exit code 3",
                   "exit() and os._exit() end Python; an answer is a function")),
        (None, None, ("all random cases are done within 1.5 seconds", "it was still running",
                      "a loop that never ends, or far too much to do")),
        (1, 'File "elsewhere.py", line 2', ("all random cases are done within 1.5 seconds", "it was still running",
                                            "a loop that never ends, or far too much to do")),
        (1, 'File "PATH", line 2 in f\n  File "PATH", line 1', ("all random cases are done within 1.5 seconds",
                                                              "it was still running, at this line",
                                                              "line 2 of a.py:  x += 1")),
    ],
)  # fmt: skip
def test_what_is_said_of_a_file_that_did_not_come_to_an_end(tmp_path, code, stood, said):
    (path := tmp_path / "a.py").write_text("while True:\n    x += 1\n")
    stuck = tmp_path / "stuck.txt"
    if stood is not None:
        stuck.write_text(stood.replace("PATH", str(path.resolve())))
    asked = named("05.2")
    verdict = handed_in._without_verdict(asked, path, stuck, 1.5, code)
    assert verdict == Verdict("05.2", asked.call, False, 0, *said)


def test_much_that_is_printed_is_cut_and_only_then(tmp_path, monkeypatch):
    (path := tmp_path / "a.py").write_text("def cheapest(A, B): pass\n")
    for length in (2000, 2001):
        done = types.SimpleNamespace(stdout=b"x" * length, returncode=0)
        monkeypatch.setattr(handed_in.subprocess, "run", lambda *words, done=done, **more: done)
        printed = handed_in.marked(named("05.2"), path).printed
        assert printed == "x" * 2000 + (" ..." if length > 2000 else "")
    assert handed_in.Report("a", Verdict("n", "c", True, 2), "p", 1.26).as_json() == {
        "file": "a", "exercise": "n", "call": "c", "right": True, "case": 2, "rule": "", "came": "", "look": "",
        "printed": "p", "seconds": 1.3,
    }  # fmt: skip


# --- laws --------------------------------------------------------------------------------------------------------------

ROW = Trial("home/net.py", 4, "f", "- for + in `a + b`", "noticed", ("my.a", "my.b"))
TRIALS = [
    ROW,
    ROW._replace(outcome="missed", laws=(), line=5),
    ROW._replace(outcome="missed", laws=(), near=False, line=6),
    ROW._replace(outcome="no difference", laws=(), line=7),
    ROW._replace(outcome="stops", laws=(), error="IndexError", line=8),
]
LAWS = [
    LawMark("my.a", 1000, 0.5, 2.0, True, "it has no broken twin.", 13, 25),
    LawMark("my.b", 40, 3.25, 2.0, False, "", 0, 0, "it has no broken twin"),
]


def test_a_whole_report():
    assert "\n".join(report.lines(Mark("a.py", "", LAWS, TRIALS, 40, 25, 1.26))) == (
        """\
law                                cases  worst / eps  tolerance
my.a                                1000          0.5          2  ok     its broken twin fails in 13 of 25 cases
my.b                                  40         3.25          2  FAILS  it has no broken twin
  to explain my.a: it has no broken twin.
1 of 2 laws hold
5 mistakes were planted, one at a time, and the laws run on 25 cases each; of those that make a difference, in code that \
the laws speak of, at least 33 % must be noticed.
  1 not noticed
    line 5 of net.py: - for + in `a + b`
  1 noticed
    line 4 of net.py: - for + in `a + b` (my.a, my.b)
  1 not noticed, in code that the laws only use
    line 6 of net.py: - for + in `a + b`
  1 make no difference to anything that the laws compute
    line 7 of net.py: - for + in `a + b`
  1 stop the program by themselves, and need no law
  (only 2 count: there is no more to plant in the code that these laws run, or no more time)
a.py: these fail: my.b; my.b: it has no broken twin (1 of 2 laws hold, 1 of 2 planted mistakes noticed)"""
    )


def test_a_report_without_mistakes_and_one_with_enough():
    law = LAWS[0]._replace(explained="")
    nothing = (
        "there is nothing to notice: the laws run no code of yours or of minigrow's that they could be wrong about"
    )
    head, row = list(report.lines(Mark("a.py", "", [law], TRIALS)))[:2]
    last = f"a.py: {nothing} (1 of 1 laws hold, 0 of 0 planted mistakes noticed)"
    assert list(report.lines(Mark("a.py", "", [law]))) == [head, row, "1 of 1 laws hold", last]
    for count in (9, 10):
        told = list(report.lines(Mark("a.py", "", [law], [ROW] * count, 40, 25)))
        assert any(text.startswith(f"  (only {count} count") for text in told) is (count < 10)
        assert told[-1] == f"a.py: all well (1 of 1 laws hold, {count} of {count} planted mistakes noticed)"


def test_a_mark_as_plain_values():
    assert report.plain(Mark("a.py", "", LAWS[:1], TRIALS[:1], 40, 25, 1.26)) == {
        "file": "a.py",
        "code": 0,
        "verdict": "a.py: all well (1 of 1 laws hold, 1 of 1 planted mistakes noticed)",
        "error": "",
        "noticed": 1,
        "counted": 1,
        "enough": False,
        "laws": [
            {"law": "my.a", "cases": 1000, "worst_eps": 0.5, "tolerance_eps": 2.0, "ok": True, "twin_fails": 13,
             "explained": "it has no broken twin.", "twin_cases": 25, "twin_words": "", "twin_ok": True}
        ],
        "mistakes": [
            {"file": "home/net.py", "line": 4, "function": "f", "words": "- for + in `a + b`", "outcome": "noticed",
             "laws": ("my.a", "my.b"), "error": "", "near": True, "where": "line 4 of net.py"}
        ],
        "cases_per_mistake": 25,
        "seconds": 1.3,
    }  # fmt: skip


def test_a_deviation_exceeds_only_what_is_allowed():
    law = Law("mine.law", 2.0, "", None)
    assert [trial.exceeds(value, law) for value in (2.0, 2.0001, np.nan, np.inf, -9.0)] == [
        False,
        True,
        True,
        True,
        False,
    ]


def test_the_words_of_an_error_are_one_line_of_a_hundred_letters():
    def fails(rng):
        raise ValueError("a  b\n" * 60)

    bench = trial.Bench.laid([Law("mine.law", 1.0, "", fails)], [0], 0, lambda file: False)
    said = bench.clean["mine.law"].outcome
    assert (bench.laws, said) == ([], "ValueError: " + ("a b " * 25).strip())
    bench = trial.Bench.laid([Law("mine.law", 1.0, "", lambda rng: [][0])], [0], 0, lambda file: False)
    assert bench.clean["mine.law"].outcome == "IndexError: list index out of range"

    def asserts(rng):
        assert rng is None

    for check, outcome in ((asserts, "noticed"), (lambda rng: 2.0, "noticed"), (lambda rng: 1.0, "missed")):
        laid = trial.Bench.laid([Law("mine.law", 1.0, "", check)], [0, 1], 0, lambda file: False)
        assert laid.clean["mine.law"].outcome == outcome
        assert len(laid.laws) == (outcome == "missed")
