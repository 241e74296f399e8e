"""The course: everything in the checkout is in the wheel's list, copies stand alone, and nothing of the user's is replaced."""

import json
import re
from pathlib import Path, PurePosixPath

import pytest

from minigrow import cli, course

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.skipif(not (ROOT / "pyproject.toml").is_file(), reason="needs the checkout")


def test_the_wheel_takes_just_what_the_command_copies():
    tomllib = pytest.importorskip("tomllib")  # Python 3.11
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["data-files"]
    taken = {}
    for folder, patterns in listed.items():
        for path in (path for pattern in patterns for path in ROOT.glob(pattern)):
            taken[f"{folder.removeprefix(course.SHARE)}/{path.name}"] = path
    assert taken == course.sources()


def test_an_installed_package_finds_its_copies(monkeypatch, tmp_path):
    class Entry(PurePosixPath):
        _flavour = getattr(PurePosixPath, "_flavour", None)

        def locate(self):
            return tmp_path / self.name

    monkeypatch.setattr(course.minigrow, "__file__", str(tmp_path / "minigrow" / "__init__.py"))
    share = "../../../share/minigrow/tutorials"  # pip compiles what it installs, and lists that too
    files = [
        Entry(f"{share}/teaching.md"),
        Entry(f"{share}/__pycache__/build.cpython-311.pyc"),
        Entry("minigrow/cli.py"),
    ]
    monkeypatch.setattr(course.metadata, "files", lambda name: files)
    assert course.sources() == {"tutorials/teaching.md": tmp_path / "teaching.md"}
    monkeypatch.setattr(course.metadata, "files", lambda name: None)
    with pytest.raises(ValueError, match="came without its tutorials"):
        course.sources()


def test_copies_hold_no_link_out_of_the_course(tmp_path):
    course.copied(tmp_path)
    for path in [*tmp_path.rglob("*.md"), *tmp_path.rglob("*.ipynb")]:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".ipynb":
            cells = json.loads(text)["cells"]
            text = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
        for target in re.findall(r"\]\(([^)\s#]+)", text):
            if not re.match(r"[a-z]+:", target):
                assert (path.parent / target).resolve().is_file(), f"{path.name}: {target}"


def test_only_the_text_cells_of_a_notebook_are_changed():
    link = "é [basis](../minigrow/growth/basis.py)\n"
    cells = [{"source": [link, "b"], "cell_type": "markdown"}, {"source": ["# ", link], "cell_type": "code"}]
    text = "é basis (`minigrow/growth/basis.py`)\n"
    wanted = {
        "cells": [{"cell_type": "markdown", "source": [text, "b"]}, {"cell_type": "code", "source": ["# ", link]}]
    }
    found = course.rooted("a.ipynb", json.dumps({"cells": cells}).encode())
    assert found.decode() == json.dumps(wanted, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    assert course.rooted("a.py", link.encode()) == link.encode()


def test_what_is_there_is_left_alone(tmp_path, capsys):
    assert cli.main(["tutorials", "--to", str(tmp_path / "course")]) == 0
    mine = tmp_path / "course" / "tutorials" / "01_change_of_basis.py"
    mine.write_text("my own work")
    assert cli.main(["tutorials", "--to", str(tmp_path / "course")]) == 0
    said = capsys.readouterr().out
    assert mine.read_text() == "my own work"
    assert "left alone, as yours differs" in said
    assert said.count("left alone") == 1
    assert re.search(r"course: 0 files written, \d+ were there already", said)


def test_a_folder_that_cannot_be_is_one_sentence(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert cli.main(["tutorials", "--to", str(tmp_path / "file")]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_the_example_history_plays(tmp_path):
    course.copied(tmp_path)
    history = tmp_path / "figures" / "isotropic.selfsizing" / "history.npz"
    page = tmp_path / "growth.html"
    assert cli.main(["replay", str(history), "-o", str(page)]) == 0
    assert page.stat().st_size > 10_000


def test_a_notebook_keeps_its_code_and_loses_links_in_its_text():
    link = "[basis](../minigrow/growth/basis.py)"
    cells = [
        {"cell_type": "markdown", "source": ["A \u03c8\n", f"see {link}, [b](b.md)\n"]},
        {"cell_type": "code", "source": [f"# {link}\n", "x = 1"]},
    ]
    content = json.dumps({"nbformat": 4, "cells": cells}).encode()
    cells[0]["source"][1] = "see basis (`minigrow/growth/basis.py`), [b](b.md)\n"
    wanted = json.dumps({"cells": cells, "nbformat": 4}, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    assert course.rooted("tutorials/a.ipynb", content) == wanted.encode("utf-8")
    assert course.rooted("tutorials/a.py", link.encode()) == link.encode()


def test_what_was_written_was_there_and_is_yours(monkeypatch, tmp_path):
    for name in "abc":
        (tmp_path / name).write_text(name)
    monkeypatch.setattr(course, "sources", lambda: {f"x/{name}": tmp_path / name for name in "abc"})
    (tmp_path / "to" / "x" / "c").mkdir(parents=True)
    (tmp_path / "to" / "x" / "b").write_text("b")
    assert course.copied(tmp_path / "to") == (["x/a"], ["x/b"], ["x/c"])
    assert (tmp_path / "to" / "x" / "a").read_text() == "a"
