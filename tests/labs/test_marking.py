"""Files of laws are marked: good ones pass, empty ones are told so, and nothing that a file does harms the marking."""

import json
from pathlib import Path

import pytest

from minigrow import cli, laws
from minigrow.labs import marking, report
from minigrow.labs.marking import LawMark, Mark, mark
from minigrow.labs.process import Conversation
from minigrow.labs.trial import Trial

EXAMPLE = Path(__file__).parents[2] / "tutorials" / "examples" / "my_law.py"
HEAD = "from minigrow.laws import law\n"
SUM = """
import numpy as np

def total(x):
    s = 0.0
    for number in x:
        s = s + number * 1.0
    return s / 2 - 1.0

def wrong(rng):
    x = rng.random(5)
    return abs(total(x) - x.sum()) / 1e-16

"""
GOOD = f"""{HEAD}{SUM}
@law("my.sum", tolerance=100, because="one sum", broken=wrong)
def check(rng):
    x = rng.random(5)
    return abs(total(x) - (x.sum() / 2 - 1)) / 1e-16
"""


@pytest.fixture
def marked(tmp_path):
    """Mark a text as a student's file, on few cases."""

    def of(text, cases=5):
        file = tmp_path / "mylaw.py"
        file.write_text(text)
        return mark(file, cases)

    return of


def outcomes(found):
    return {trial.outcome for trial in found.trials}


def test_a_good_law_notices_and_the_mistakes_are_named_by_line(marked):
    found = marked(GOOD)
    assert (found.error, found.code) == ("", 0)
    assert found.laws[0].twin_fails == 25
    assert found.counted >= 6
    assert found.noticed == found.counted, [trial for trial in found.trials if trial.outcome == "missed"]
    assert all(trial.function == "total" and trial.laws == ["my.sum"] for trial in found.trials if trial.laws)
    text = "\n".join(report.lines(found))
    assert "line 8 of mylaw.py: - for + in `s + number * 1.0` (my.sum)" in text
    assert text.endswith(f"all well (1 of 1 laws hold, {found.counted} of {found.counted} planted mistakes noticed)")


def test_a_law_that_asserts_nothing_is_told_that_it_notices_none(marked):
    found = marked(
        f"{HEAD}{SUM}\n@law('my.empty', tolerance=1, because='', broken=wrong)\ndef f(rng):\n    total(rng.random(5))\n    return 0.0\n"
    )
    assert found.code == 1
    assert found.noticed == 0 < len(found.of("missed"))
    assert "the laws notice none of the planted mistakes" in report.line(found)


def test_a_law_that_runs_nothing_has_nothing_to_notice(marked):
    found = marked(f"{HEAD}@law('my.zero', tolerance=1, because='', broken=lambda rng: 2.0)\ndef f(rng): return 0.0\n")
    assert (found.code, found.places, found.trials) == (1, 0, [])
    assert "there is nothing to notice" in report.line(found)
    assert "1 of 1 laws hold" in "\n".join(report.lines(found))


def test_a_twin_that_is_the_law_itself_does_not_count(marked):
    found = marked(f"{HEAD}{SUM}\nlaw('my.twin', tolerance=1e30, because='', broken=wrong)(wrong)\n")
    assert found.code == 1
    assert "my.twin: its broken twin is the law itself" in report.line(found)


def test_a_mistake_that_loops_is_ended_and_the_others_are_tried(marked, monkeypatch):
    monkeypatch.setattr(marking, "PATIENCE", 1.0)
    found = marked(
        GOOD.replace("for number in x:", "n = 0\n    while n < len(x):\n        number, n = x[n], n + 1\n       ")
    )
    endless = [trial for trial in found.trials if trial.error == "it does not end"]
    assert found.code == 0
    assert endless
    assert all("n + 1" in trial.words for trial in endless)
    assert found.noticed >= 6
    assert len({(trial.line, trial.words) for trial in found.trials}) == len(found.trials)


def test_a_mistake_that_ends_python_is_no_more_than_a_mistake(marked):
    found = marked(
        GOOD.replace(
            "    return s / 2 - 1.0", "    if s < 0:\n        __import__('os')._exit(3)\n    return s / 2 - 1.0"
        )
    )
    assert "it ends Python itself" in {trial.error for trial in found.trials}
    assert found.code == 0


def test_a_law_that_never_ends_is_told_so(tmp_path):
    file = tmp_path / "slow.py"
    file.write_text(f"{HEAD}@law('my.slow', tolerance=1, because='')\ndef f(rng):\n    while True: pass\n")
    job = {"task": "check", "file": str(file), "seed": 0, "cases": 1, "seconds": None}
    with Conversation(job, limit=60) as messages:
        spoken = iter(messages)
        assert next(spoken) == {"laws": ["my.slow"]}
        messages.limit = 0.5
        assert list(spoken) == [{"silent": 0.5}]


@pytest.mark.parametrize(("plain", "said"), [(False, "None"), (True, "1")])
def test_only_what_gets_mistakes_runs_without_the_compiler(tmp_path, monkeypatch, plain, said):
    monkeypatch.delenv("NUMBA_DISABLE_JIT", raising=False)
    file = tmp_path / "asks.py"
    file.write_text("import os\nraise ValueError(os.environ.get('NUMBA_DISABLE_JIT'))\n")
    with Conversation({"task": "check", "file": str(file)}, limit=60, plain=plain) as messages:
        assert next(iter(messages))["error"].endswith(f"ValueError: {said}")


def test_a_file_that_ends_python_prints_or_reads_does_no_harm(marked, capfd):
    assert "ended Python itself (exit code 7)" in marked("import os\nos._exit(7)\n").error
    found = marked(
        f"print('noise'); import sys; sys.stdin.read()\n{GOOD.replace('def check(rng):', 'def check(rng):' + chr(10) + '    print(1)')}"
    )
    assert found.code == 0
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "registers no law"),
        ("1 / 0", "line 1: ZeroDivisionError"),
        (
            f"{HEAD}@law('a.d', tolerance=1, because='')\ndef f(rng): return 1 / 0",
            "a.d (seed 0, case 0) raised ZeroDiv",
        ),
        (
            f"{HEAD}@law('a.n', tolerance=1, because='')\ndef f(rng): return None",
            "a.n (seed 0, case 0) raised TypeError",
        ),
    ],
)
def test_what_is_no_law_cannot_be_marked(marked, text, words):
    found = marked(text)
    assert words in found.error
    assert (found.code, found.laws, found.trials) == (2, (), ())


def test_the_example_is_all_well_and_leaves_no_law_behind():
    before = dict(laws.REGISTERED)
    found = mark(EXAMPLE, 5)
    assert (found.code, [row.law for row in found.laws]) == (0, ["mine.permute", "mine.gradient"])
    assert found.counted >= 10
    assert {"noticed", "stops"} <= outcomes(found)
    assert {"my_network.py"} <= {Path(trial.file).name for trial in found.trials}
    assert before == laws.REGISTERED


def test_laws_about_minigrow_itself_get_mistakes_in_its_functions(marked):
    found = marked(
        f"""{HEAD}
from minigrow.isotropic import Network, grow, prune
from minigrow.laws import EPS
from minigrow.nn import deviation

def gap(rng, change):
    net, X = Network.create([4, 3, 2], rng=rng), rng.standard_normal((9, 4))
    return deviation(change(net)(X), net(X)) / EPS

def cut(rng):
    return gap(rng, lambda net: prune(net, 0, 1)[0])

@law("mine.regrow", tolerance=256, because="sums in another order", broken=cut)
def back(rng):
    return gap(rng, lambda net: prune(grow(net, 0, 2, rng=rng)[0], 0, 2)[0])
"""
    )
    assert found.code == 0, list(report.lines(found))
    assert found.counted >= 10
    assert {"pruning.py", "basis.py"} <= {Path(trial.file).name for trial in found.trials}
    assert {"noticed", "no difference", "stops"} <= outcomes(found)


def test_several_files_are_marked_and_a_broken_one_stops_nobody(tmp_path, capsys):
    good, broken, out = tmp_path / "good.py", tmp_path / "broken.py", tmp_path / "marks.json"
    good.write_text(GOOD)
    broken.write_text("def (")
    assert cli.main(["verify", "--file", str(broken), str(good), "--cases", "3", "--json", str(out)]) == 2
    lines = capsys.readouterr().out.splitlines()
    assert "broken.py: cannot be marked" in lines[0]
    assert "good.py: all well" in lines[1]
    told = json.loads(out.read_text())
    assert [row["code"] for row in told["files"]] == [2, 0]
    second = told["files"][1]
    assert second["laws"][0]["twin_ok"] is True
    assert second["noticed"] == second["counted"] == sum(row["outcome"] == "noticed" for row in second["mistakes"])


# --- the verdict, without running anything -----------------------------------------------------------------------------


def marks(noticed=4, missed=8, **changes):
    law = LawMark("my.law", 1000, 1.0, 2.0, True, "", 13, 25)._replace(**changes)
    trial = Trial("home/net.py", 4, "f", "- for + in `a + b`", "noticed", ("my.law",))
    trials = [trial] * noticed + [trial._replace(outcome="missed", laws=())] * missed
    return Mark("a.py", "", [law], trials, 40, 25, 1.0)


@pytest.mark.parametrize(
    ("found", "code", "words"),
    [
        (marks(), 0, "all well"),
        (marks(3, 9), 1, "too few planted mistakes are noticed"),
        (marks(0, 12), 1, "the laws notice none of the planted mistakes"),
        (marks(0, 0), 1, "no planted mistake makes a difference"),
        (marks(1, 0), 0, "all well"),
        (marks(ok=False), 1, "these fail: my.law"),
        (marks(twin_fails=12), 1, "its broken twin fails in 12 of 25 cases"),
        (marks(twin_cases=0, twin_words="it has no broken twin"), 1, "my.law: it has no broken twin"),
    ],
)
def test_the_criterion_is_as_stated(found, code, words):
    assert found.code == code
    assert words in report.line(found)


def test_where_nothing_is_said_there_was_nothing():
    assert Mark("a.py", "no laws") == ("a.py", "no laws", (), (), 0, 0, 0.0)


def test_rows_say_which_law_fails_and_json_whether_enough_count():
    for holds, verdict in ((True, "ok"), (False, "FAILS")):
        (row,) = [row for row in report.lines(marks(ok=holds)) if row.startswith("my.law")]
        assert row.split()[4] == verdict
    assert [report.plain(marks(4, missed))["enough"] for missed in (7, 8)] == [False, True]


def test_code_that_laws_only_use_counts_only_where_there_is_nothing_else():
    found = marks(4, 0)
    used = [trial._replace(near=False) for trial in marks(0, 9).trials]
    both, only = found._replace(trials=[*found.trials, *used]), found._replace(trials=used)
    assert (both.noticed, both.counted, both.code) == (4, 4, 0)
    assert (only.noticed, only.counted, only.code) == (0, 9, 1)
    assert "9 not noticed, in code that the laws only use" in "\n".join(report.lines(both))


def test_a_law_about_a_change_is_not_blamed_for_what_its_network_computes(tmp_path):
    text = EXAMPLE.read_text()
    (tmp_path / "my_network.py").write_text((EXAMPLE.parent / "my_network.py").read_text())
    (tmp_path / "permute.py").write_text(text[: text.index("def wrong_sign")])
    found = mark(tmp_path / "permute.py", 5)
    assert found.code == 0
    assert {trial.near for trial in found.trials if Path(trial.file).name == "my_network.py"} == {False}
    assert {Path(trial.file).name for trial in found.counting} == {"basis.py", "places.py"}


def test_the_report_says_what_is_missing_in_the_explanation_and_when_few_count():
    found = marks(2, 1, explained="the docstring has no paragraph 'Needs'.")
    text = "\n".join(report.lines(found))
    assert "to explain my.law: the docstring has no paragraph" in text
    assert "only 3 count" in text
    assert report.CRITERION in text


def test_silence_and_death_have_words():
    assert "no sign of life for 60 s after my.law, case 3" in marking._said({"silent": 60.0}, "a.py", "my.law, case 3")
    assert "exit code -9" in marking._said({"died": -9}, "a.py", "its import")
