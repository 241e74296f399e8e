"""The harness itself: each thing that it is there to notice is put into a made-up tutorial, and must be noticed."""

import base64
import copy
import json
import os
import subprocess
import sys

import build
import pytest
from test_tutorials import ROOT, differences, run
from tutorial_cells import answers, cells
from tutorial_rules import LEVELS, SECTIONS, of_notebook, of_text, words

CODE = """import matplotlib.pyplot as plt
import numpy as np

draw = np.random.default_rng(0)
x = np.arange(4.0)
print(f"mean {x.mean():.2f}, {x.size} numbers")
print("second line")"""
FIGURE = """fig, ax = plt.subplots()
ax.plot(x)
plt.show()"""
ANSWER = """### {title}

What is the sum of x?

<details><summary>Answer</summary>

Six, unless `x` was changed by the answer before, or a generator was used up.

```python
x += 1
print(f"sum {{x.sum():.1f}}, drawn {{draw.integers(1000)}}")
```

```text
sum 10.0, drawn 850
```

</details>"""


def made_up():
    """A tutorial of the right form, as (kind, source) pairs."""
    pairs = [("markdown", "# A title\n\n" + "word" + " word" * 1600), ("code", CODE), ("code", FIGURE)]
    for section in SECTIONS:
        pairs.append(("markdown", f"## {section}\n\nSome text, $a + b$."))
        if section == "Exercises":
            pairs += [("markdown", ANSWER.format(title=title)) for title in LEVELS]
    return pairs


def percent(pairs):
    """The percent-format text of (kind, source) pairs."""
    comment = {"markdown": lambda line: f"# {line}".rstrip(), "code": str}
    heads = {"markdown": "# %% [markdown]", "code": "# %%"}
    return "\n\n".join("\n".join([heads[k], *map(comment[k], source.split("\n"))]) for k, source in pairs) + "\n"


def notebook_of(pairs):
    """The notebook that the build would make."""
    code = iter([[stream("mean 1.50, 4 numbers\nsecond line\n")], [figure()]])
    made = {"cells": [], "metadata": build.METADATA, "nbformat": 4, "nbformat_minor": 5}
    for i, (kind, source) in enumerate(pairs):
        cell = {"cell_type": kind, "id": f"cell-{i:02d}", "metadata": {}, "source": source.splitlines(keepends=True)}
        made["cells"].append(cell | ({"outputs": next(code), "execution_count": i} if kind == "code" else {}))
    return made


def stream(text, name="stdout"):
    return {"output_type": "stream", "name": name, "text": text.splitlines(keepends=True)}


def figure():
    return {"output_type": "display_data", "data": {"image/png": "/tmp/"}, "metadata": {}}


def page(line="a life"):
    return {"output_type": "display_data", "data": {"text/html": "<iframe>", "text/plain": line}, "metadata": {}}


PAIRS = made_up()
TUTORIAL = cells(percent(PAIRS))
NOTEBOOK = notebook_of(PAIRS)


def changed(index, source):
    """The made-up tutorial with one cell's source replaced."""
    return cells(percent([*PAIRS[:index], (PAIRS[index][0], source), *PAIRS[index + 1 :]]))


def with_output(cell, output):
    """The made-up notebook with one more output in a cell."""
    made = copy.deepcopy(NOTEBOOK)
    made["cells"][cell]["outputs"].append(output)
    return made


def test_a_tutorial_that_is_well():
    assert [cell[:2] for cell in TUTORIAL] == PAIRS
    assert percent(PAIRS).splitlines()[TUTORIAL[1].line - 1] == "import matplotlib.pyplot as plt"
    assert of_text("02_x", TUTORIAL) == []
    assert of_notebook(TUTORIAL, NOTEBOOK, 1000) == []


@pytest.mark.parametrize(
    ("index", "source", "noticed"),
    [
        (0, "A title\n\n" + "word" + " word" * 1600, "title"),
        (0, "# A title\n\n" + "word" + " word" * 1400, "words"),
        (0, "# A title\n\n" + "word" + " word" * 3000, "words"),
        (1, "x = 1\nx", "bare value"),
        (1, "# only a comment", "without code"),
        (2, FIGURE.replace("\nplt.show()", ""), "plt.show()"),
        (3, "## The answer", "sections"),
        (4, "Text before.\n\n## The picture", "begin"),
        (-4, "### Exercise 1 (hard)" + ANSWER[11:], "exercises"),
    ],
)
def test_what_is_wrong_in_a_text_is_noticed(index, source, noticed):
    found = of_text("02_x", changed(index % len(PAIRS), source))
    assert len(found) == 1
    assert noticed in found[0]


def test_a_missing_section_and_the_opening_tutorials_own_heading_are_noticed():
    without = [cell for cell in TUTORIAL if "What breaks it" not in cell.source]
    assert "sections" in of_text("02_x", without)[0]
    assert "sections" in of_text("01_x", TUTORIAL)[0]


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("<details>", "<detail>", "0 blocks"),
        ("```python", "```py", "0 python"),
        ("```text", "```python", "2 python"),
        ("\n\n", "\n### Exercise 2 (medium)\n", "share a cell"),
    ],
)
def test_an_exercise_without_one_answer_is_an_error(old, new, error):
    with pytest.raises(ValueError, match=error):
        answers(changed(len(PAIRS) - 4, ANSWER.format(title=LEVELS[0]).replace(old, new, 1)))


def test_text_that_is_not_the_format_is_an_error():
    with pytest.raises(ValueError, match="line 1 stands before"):
        cells("import numpy\n# %%\n")
    with pytest.raises(ValueError, match="line 3 of a markdown cell"):
        cells("# %% [markdown]\n# fine\nx = 1\n")


def test_words_are_those_of_the_prose():
    assert words(["# One two\n\n$$a + b$$ three $x + y$ | five | - \n```python\nno no\n```"]) == 5
    assert words(["one <details><summary>\n"]) == 2
    assert words(["one\n<details><summary>Answer</summary>\n\nno no\n\n</details>\ntwo"]) == 2


@pytest.mark.parametrize(
    ("notebook", "noticed"),
    [
        (with_output(1, stream("careful", "stderr")), "stderr"),
        (with_output(1, {"output_type": "execute_result", "data": {"text/plain": "4"}}), "execute_result"),
        (with_output(1, {"output_type": "error", "evalue": "no"}), "error"),
        (with_output(1, stream("saved to /home/somebody/x.npz")), "path"),
        (with_output(1, stream("lib/site-packages/numpy")), "path"),
        (with_output(1, stream(r"C:\Users\somebody")), "path"),
        (with_output(1, stream(str(ROOT))), "path"),
        (with_output(1, figure()), "figures"),
        (with_output(1, page()), "pages"),
        ({**NOTEBOOK, "cells": [c | {"execution_count": None} for c in NOTEBOOK["cells"]]}, "executed"),
        ({**NOTEBOOK, "cells": NOTEBOOK["cells"][:-1]}, "out of step from cell 14"),
    ],
)
def test_what_is_wrong_in_a_notebook_is_noticed(notebook, noticed):
    found = of_notebook(TUTORIAL, notebook, 1000)
    assert len(found) == 1
    assert noticed in found[0]


def test_where_this_python_lives_is_a_path_too(monkeypatch):
    monkeypatch.setattr(sys, "prefix", "/opt/odd/place")
    assert "path" in of_notebook(TUTORIAL, with_output(1, stream("in /opt/odd/place/lib")), 1000)[0]


def test_a_changed_cell_and_a_notebook_that_is_too_large_are_noticed():
    assert "out of step from cell 1 " in of_notebook(changed(1, CODE.replace("4.0", "5.0")), NOTEBOOK, 1000)[0]
    assert "bytes" in of_notebook(TUTORIAL, NOTEBOOK, build.LIMIT + 1)[0]


@pytest.mark.parametrize("text", ["https://a.org/home/x", "pages/tmp/x", "home and work", "/ tmp", "arxiv.org/work/1"])
def test_what_is_no_path_of_a_machine(text):
    assert of_notebook(TUTORIAL, with_output(1, stream(text)), 1000) == []


def test_a_run_is_what_the_plain_script_prints_and_a_changed_number_is_noticed(tmp_path):
    path = tmp_path / "02_x.py"
    path.write_text(percent(PAIRS), encoding="utf-8")
    report = run(path, tmp_path)
    plain = subprocess.run(
        [sys.executable, "-W", "error", str(path)],
        cwd=tmp_path,
        env=os.environ | {"MPLBACKEND": "Agg"} | dict.fromkeys(("DISPLAY", "WAYLAND_DISPLAY"), ""),
        capture_output=True,
        text=True,
        check=sys.platform == "linux",  # elsewhere plt.show() warns that there is no window
    )
    assert plain.stdout == "".join(report["printed"]) == "mean 1.50, 4 numbers\nsecond line\n"
    assert differences(TUTORIAL, NOTEBOOK, report) == []
    more = with_output(1, stream("one more\n"))
    assert "code cell 1: printed 2 lines, stored 3" in differences(TUTORIAL, more, report)
    report["printed"][0] = report["printed"][0].replace("1.50", "1.52")
    assert "code cell 1: line 1" in differences(TUTORIAL, NOTEBOOK, report)[0]
    report["answers"][2] = "sum 11.0, drawn 850"
    assert "Exercise 3 (hard)" in differences(TUTORIAL, NOTEBOOK, report)[1]


@pytest.mark.parametrize("line", ["import warnings; warnings.warn('old')", "assert x.size == 5", "1 / 0"])
def test_a_tutorial_that_warns_or_fails_is_noticed(tmp_path, line):
    path = tmp_path / "02_x.py"
    path.write_text(percent([("code", CODE + "\n" + line)]), encoding="utf-8")
    with pytest.raises(AssertionError, match="did not run through"):
        run(path, tmp_path)


def test_names_of_tutorials(monkeypatch, tmp_path, capsys):
    for name in ("01_a.py", "02_b.py"):
        (tmp_path / name).touch()
    monkeypatch.setattr(build, "TUTORIALS", tmp_path)
    assert [p.stem for p in build.chosen([])] == ["01_a", "02_b"]
    assert [p.stem for p in build.chosen(["02_b.py"])] == ["02_b"]
    assert build.main(["03_c"]) == 1
    assert "no tutorial 03_c. Name some of: 01_a, 02_b" in capsys.readouterr().err


@pytest.fixture
def jupyter():
    for module in ("jupytext", "nbclient", "ipykernel"):
        pytest.importorskip(module)


@pytest.mark.tutorials
@pytest.mark.usefixtures("jupyter")
def test_a_build_is_in_step_and_twice_the_same(tmp_path):
    path = tmp_path / "02_x.py"
    path.write_text(percent(PAIRS), encoding="utf-8")
    build.build(path)
    first = path.with_suffix(".ipynb").read_bytes()
    notebook = json.loads(first)
    assert of_notebook(TUTORIAL, notebook, len(first)) == []
    picture = notebook["cells"][2]["outputs"][0]
    wide = int.from_bytes(base64.b64decode(picture["data"]["image/png"])[16:20], "big")
    assert abs(wide - 2 * picture["metadata"]["image/png"]["width"]) <= 1, "twice the resolution"
    build.build(path)
    assert path.with_suffix(".ipynb").read_bytes() == first
    assert sorted(p.name for p in tmp_path.iterdir()) == ["02_x.ipynb", "02_x.py"]


@pytest.mark.tutorials
@pytest.mark.usefixtures("jupyter")
@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("import sys; print('careful', file=sys.stderr)", "cell-00: stderr"),
        ("x.sum()", "execute_result"),
        ("import os; print(os.__file__)", "a path of this machine"),
        ("1 / 0", "ZeroDivisionError"),
    ],
)
def test_a_build_that_is_not_clean_leaves_the_old_notebook(tmp_path, line, message):
    path = tmp_path / "02_x.py"
    path.with_suffix(".ipynb").write_text("old", encoding="utf-8")
    path.write_text(percent([("code", CODE + "\n" + line)]), encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        build.build(path)
    assert path.with_suffix(".ipynb").read_text(encoding="utf-8") == "old"
