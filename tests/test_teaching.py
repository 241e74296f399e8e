"""The page for teachers is honest: commands parse, edits break what they say they break, numbers and answers are right.

The edits run in a scratch copy of the package, made as the page says, without the compiler: three through `python -m minigrow
verify`, the others on the named laws alone.
"""

import contextlib
import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from minigrow import cli, laws
from minigrow.experiments.registry import EXPERIMENTS, find
from minigrow.labs.exercises import named as exercise
from minigrow.laws.explain import named

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "tutorials" / "teaching.md"
if not PAGE.is_file():
    pytest.skip("installed without its repository", allow_module_level=True)
TEXT = PAGE.read_text(encoding="utf-8")
NAMES = {law.name for law in laws.all_laws()}
WHOLE = ("minigrow/isotropic/pruning.py", "minigrow/nimble/formulas.py", "minigrow/growth/checkpoint.py")
CHECK = """
import sys
from minigrow import laws
there = [law for law in laws.all_laws() if law.name in sys.argv[1:]]
laws.all_laws = lambda: there
for row in laws.verify(3, 0):
    print(row.law, row.cases, f"{row.worst_eps:.3g}", f"{row.tolerance_eps:.3g}", "ok" if row.ok else "FAILS")
"""


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)


def commands():
    """Every command of ours on the page: the lines of sh blocks, and code in the text that begins with `minigrow `."""
    lines = [line for block in blocks("sh") for line in block.splitlines() if line not in SCRATCH.splitlines()]
    found = re.findall(r"`(?:python -m )?(minigrow [^`]+)`", TEXT)
    return sorted({*lines, *(" ".join(command.split()) for command in found)})


(SCRATCH,) = [block for block in blocks("sh") if "copytree" in block]


def edits():
    """(file, line, new line, what verify printed) of every edit."""
    return re.findall(r"^```diff\n--- (\S+)\n-(.*)\n\+(.*)\n```\n\n```text\n((?:.*\n)*?)```", TEXT, re.MULTILINE)


def answers():
    """(code, what it prints) of every Python block."""
    found = re.findall(r"^```python\n(.*?)^```$(?:\n\n```text\n(.*?)^```$)?", TEXT, re.DOTALL | re.MULTILINE)
    assert len(found) == len(blocks("python"))
    return found


def failing(printed):
    """{law: deviation} of the rows that fail, in what verify printed."""
    return {name: float(worst) for name, worst in re.findall(r"^(\S+) +3 +(\S+) +\S+ +FAILS$", printed, re.MULTILINE)}


@pytest.mark.parametrize("command", commands())
def test_commands_parse_and_name_what_is_there(command):
    words = shlex.split(command)
    assert words[0] == "minigrow"
    args = cli.parser().parse_args(words[1:])
    if words[1] == "run":
        assert find(args.names)
    if getattr(args, "explain", None):
        assert named(args.explain)
    if words[1] == "replay" and words[2] != "history.npz":
        assert all((ROOT / path).is_file() for path in args.histories)
    if words[1] == "check" and args.exercise:
        assert exercise(args.exercise)


def test_every_law_and_experiment_named_is_there():
    mentioned = set(re.findall(rf"`((?:{'|'.join(laws.MODULES)})\.[a-z_0-9]+)`", TEXT)) - {"growth.html"}
    assert len(mentioned) > 15
    assert mentioned <= NAMES | {experiment.name for experiment in EXPERIMENTS}


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#][^)]*)\)", TEXT))))
def test_links_lead_to_files(link):
    if link.endswith(".ipynb") and not (PAGE.parent / link).is_file():
        pytest.skip("this tutorial is not written yet")
    assert (PAGE.parent / link).is_file()


def test_links_within_the_page_lead_to_headings():
    headings = [
        re.sub(r"[^\w\- ]", "", line.lstrip("# ").lower()).replace(" ", "-")
        for line in TEXT.splitlines()
        if line[:1] == "#"
    ]
    for anchor in re.findall(r"\]\(#([^)]+)\)", TEXT):
        assert anchor in headings


def test_there_are_enough_of_everything():
    topics = re.findall(r"^### Topic (\d)", TEXT, re.MULTILINE)
    assert topics == list("12345678")
    questions = re.findall(r"^### (\d+)\. (\w+)", TEXT, re.MULTILINE)
    assert [int(number) for number, _ in questions] == list(range(1, len(questions) + 1))
    assert len(questions) >= 12
    assert {kind for _, kind in questions} >= {"Recall", "Derive", "Design", "By"}
    assert TEXT.count("<details><summary>Answer</summary>") == TEXT.count("</details>") == len(questions)
    assert len(edits()) == len(blocks("diff")) >= 7


@pytest.mark.parametrize(("code", "printed"), answers(), ids=lambda text: str(text).partition("\n")[0][:40])
def test_the_code_of_answers_runs_and_prints_what_the_page_says(code, printed):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(code, "answer", "exec"), {"__name__": "answer"})
    assert out.getvalue() == printed


def test_measured_numbers_are_those_of_the_figures():
    quoted = re.findall(r'`([a-z_]+\.[a-z_]+)`, "([^"]+)" = (-?[\d.]+)', " ".join(TEXT.split()))
    assert len(quoted) >= 6
    for name, claim, number in quoted:
        results = json.loads((ROOT / "figures" / name / "results.json").read_text(encoding="utf-8"))
        (measured,) = [row["measured"] for row in results["claims"] if row["claim"] == claim]
        digits = len(number.partition(".")[2])
        assert f"{measured:.{digits}f}" == number, (name, claim)


def found_in(folder, *argv):
    """What Python prints in this folder; plain Python, so that nothing is compiled anew, and no bytecode that could be stale."""
    env = {**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONDONTWRITEBYTECODE": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, "-W", "ignore", *argv], cwd=folder, env=env, capture_output=True, text=True)
    return done.stdout, done.returncode, done.stderr


@pytest.fixture(scope="module")
def scratch(tmp_path_factory):
    """A copy of the package that may be broken, made by the page's own command."""
    python, option, code = shlex.split(SCRATCH.splitlines()[0])
    assert (python, option) == ("python", "-c")
    folder = tmp_path_factory.mktemp("class")
    assert found_in(folder, "-c", code)[1:] == (0, "")
    return folder / "scratch"


def test_the_copy_runs_and_not_what_is_installed(scratch):
    assert SCRATCH.splitlines()[1:] == ["cd scratch", "python -m minigrow verify --cases 3"]
    (ask,) = re.findall(r'`python -c "(import minigrow; [^`]+)"`', TEXT)
    assert Path(found_in(scratch, "-c", ask)[0].strip()) == scratch / "minigrow" / "__init__.py"
    package = scratch / "minigrow" / "__main__.py"
    text = package.read_text(encoding="utf-8")
    package.write_text("print('the copy')", encoding="utf-8")
    assert found_in(scratch, "-m", "minigrow", "verify")[0] == "the copy\n"
    package.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(("file", "line", "other", "printed"), edits(), ids=lambda text: str(text)[:60])
def test_each_edit_breaks_just_the_laws_that_the_page_names(scratch, file, line, other, printed):
    path = scratch / file
    before = path.read_text(encoding="utf-8")
    assert before.count(line) == [own.strip() for own in before.splitlines()].count(line) == 1
    path.write_text(before.replace(line, other), encoding="utf-8")
    expected = failing(printed)
    try:
        if file in WHOLE:
            out, code, err = found_in(scratch, "-m", "minigrow", "verify", "--cases", "3")
            assert code == 1, err
            assert out.splitlines()[-1] == printed.splitlines()[-1]
        else:
            out, _, err = found_in(scratch, "-c", CHECK, *expected)
    finally:
        shutil.copy2(ROOT / file, path)
    found = failing(out)
    assert found.keys() == expected.keys(), err
    for name, worst in expected.items():
        assert found[name] == worst or 0.1 < found[name] / worst < 10, name
