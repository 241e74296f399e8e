"""Every tutorial: its form and its notebook (quick, no Jupyter needed), and all that it prints (marker `tutorials`)."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tutorial_cells import answers, cells, printed
from tutorial_compare import difference
from tutorial_form import of_form
from tutorial_rules import of_notebook, of_text, paths_in

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "tutorials").glob("0*.py"))
RUNNER = Path(__file__).with_name("tutorial_run.py")
each = pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])


def run(path, folder):
    """Run a tutorial and its answers in a process of its own, from another folder; return its report."""
    report = folder / "report.json"
    extra = {"PYTHONPATH": str(ROOT), "MPLBACKEND": "Agg", "OPENBLAS_NUM_THREADS": "1", "PYTHONUTF8": "1"}
    command = [sys.executable, str(RUNNER), str(path), str(report)]
    done = subprocess.run(command, cwd=folder, env=os.environ | extra, capture_output=True, text=True, timeout=1200)
    assert done.returncode == 0, f"{path.name} did not run through:\n{done.stderr[-3000:]}"
    return json.loads(report.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def reports(request, tmp_path_factory):
    """{path: (the folder it runs in, a future with its report)} of the tutorials asked for, as many at a time as there are cores."""
    asked = [item for item in request.session.items if "reports" in getattr(item, "fixturenames", ())]
    folders = {item.callspec.params["path"]: tmp_path_factory.mktemp("tutorial") for item in asked}
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        yield {path: (folder, pool.submit(run, path, folder)) for path, folder in folders.items()}
        pool.shutdown(cancel_futures=True)


def differences(tutorial, notebook, report):
    """Where what a run printed is not what the notebook and the answers' text blocks say, in words."""
    stored = [printed(cell) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    named = [(f"code cell {i}", *pair) for i, pair in enumerate(zip(report["printed"], stored, strict=True), start=1)]
    for answer, said in zip(answers(tutorial), report["answers"], strict=True):
        named.append((answer.title, said, answer.text or ""))
    return [f"{where}: {found}" for where, ours, theirs in named if (found := difference(ours, theirs))]


@each
def test_the_text_follows_the_format(path):
    tutorial = cells(path.read_text(encoding="utf-8"))
    found = of_text(path.stem, tutorial) + of_form(path.stem, tutorial)
    assert not found, "\n".join(found)


@each
def test_the_notebook_is_in_step(path):
    notebook = path.with_suffix(".ipynb")
    assert notebook.is_file(), f"python tutorials/build.py {path.stem} makes it"
    data = notebook.read_bytes()
    found = of_notebook(cells(path.read_text(encoding="utf-8")), json.loads(data), len(data))
    assert not found, "\n".join(found)


@each
def test_no_path_of_a_machine(path):
    assert paths_in(path.read_text(encoding="utf-8")) == []


def test_every_notebook_has_its_file():
    assert sorted((ROOT / "tutorials").glob("*.ipynb")) == [path.with_suffix(".ipynb") for path in FILES]


@pytest.mark.tutorials
@each
def test_every_printed_number_is_reproduced(path, reports, cpu_seconds):
    folder, future = reports[path]
    report = future.result()
    cpu_seconds[path.stem] = (report["seconds"], report["of_answers"])
    notebook = json.loads(path.with_suffix(".ipynb").read_text(encoding="utf-8"))
    found = differences(cells(path.read_text(encoding="utf-8")), notebook, report)
    assert not found, "\n".join(found)
    assert [p.name for p in folder.iterdir()] == ["report.json"], "a tutorial writes no files"
