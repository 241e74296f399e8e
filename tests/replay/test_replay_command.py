"""`minigrow replay`: what it writes and says, and one clear line for every file that it cannot play."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from replay_cli import ROWS, run

from minigrow import growth
from minigrow.commands import replay
from minigrow.growth import History
from minigrow.nn import MLP, SGD


@pytest.fixture
def saved(tmp_path):
    path = tmp_path / "isotropic.example" / "history.npz"
    History(ROWS).save(path)
    return path


def test_it_writes_a_page_and_says_what_is_in_it(saved, tmp_path, capsys):
    assert run("replay", saved, "-o", tmp_path / "a.html") == 0
    out = capsys.readouterr().out
    assert re.search(r"a\.html: 5 moments of 5 rows, 0 events, 0\.\d\d MB\n", out)
    assert "left out" not in out
    assert "<title>isotropic.example</title>" in (tmp_path / "a.html").read_text("utf-8")


def test_it_says_what_was_left_out(tmp_path, capsys):
    History(tuple(row | {"widths": np.array([300, 1])} for row in ROWS)).save(tmp_path / "wide.npz")
    assert run("replay", tmp_path / "wide.npz", "--out", tmp_path / "a.html", "--title", "1 < 2") == 0
    assert "left out: 128 of 300 places of inputs (h0) are drawn" in capsys.readouterr().out
    assert "<title>1 &lt; 2</title>" in (tmp_path / "a.html").read_text("utf-8")


def test_the_page_has_a_name_unless_told(saved, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    named = saved.with_name("mine.npz")
    saved.rename(named)
    assert run("replay", named) == 0
    assert "<title>mine</title>" in (tmp_path / "growth.html").read_text("utf-8")
    assert replay._name(Path("/history.npz")) == "growth", "it is in no folder that has a name"


def test_help_shows_an_example(capsys):
    assert run("replay", "--help") == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "minigrow replay figures/isotropic.selfsizing/history.npz -o growth.html" in out
    assert "#step=120" in out


def cut(path):
    path.write_bytes(path.read_bytes()[:-200])


def rewritten(**changes):
    def write(path):
        with np.load(path) as archive:
            arrays = {name: archive[name] for name in archive.files}
        meta = json.loads(str(arrays["meta"]))
        table = {"history": meta["history"] | {key: changes[key] for key in changes if key in meta["history"]}}
        arrays["meta"] = np.array(json.dumps(meta | changes | table))
        np.savez(path, **arrays)

    return write


def misnamed(path):
    with np.load(path) as archive:
        arrays = {name.replace("column1.shapes", "column1.shapez"): archive[name] for name in archive.files}
    np.savez(path, **arrays)


def checkpoint(path):
    growth.save(growth.start(MLP.create([2, 2], rng=0), SGD(), rng=0), path)


EVENT = {"kind": "grow", "space": "h1", "neurons": 1, "reason": "x", "before": 3, "after": 4}
BAD = {
    "truncated": (cut, "is not a whole .* Was the copy cut short"),
    "empty": (lambda path: path.write_bytes(b""), "nothing to replay"),
    "another version": (rewritten(version=99), "has version 99, this minigrow reads 2. Use the minigrow that wrote it"),
    "a checkpoint": (checkpoint, "has no rows"),
    "a picture": (lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(99)), "nothing to replay"),
    "text": (lambda path: path.write_text("step,loss\n1,2\n"), "nothing to replay"),
    "any other archive": (lambda path: np.savez(path, a=np.ones(2)), "nothing to replay"),
    "a folder": (lambda path: (path.unlink(), path.mkdir()), "is a folder. Name the minigrow history file in it"),
    "missing": (lambda path: path.unlink(), "there is no file"),
    "a misnamed array": (
        misnamed,
        "damaged minigrow history file: column 'loss' .* there is no column1.shapes. Take an earlier copy",
    ),
    "an event without words": (rewritten(events=[EVENT | {"reason": None}]), "an event must have words"),
    "an event with a broken number": (rewritten(events=[EVENT | {"after": 4.5}]), "whole numbers else, got"),
    "no rows": (lambda path: History().save(path), "has no rows"),
    "no widths": (lambda path: History(({"loss": 1.0},)).save(path), "no column widths"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_cannot_be_played_gets_one_line(saved, tmp_path, capsys, name):
    damage, words = BAD[name]
    damage(saved)
    before = sorted(tmp_path.rglob("*"))
    assert run("replay", saved, "-o", tmp_path / "a.html") == 2
    said = capsys.readouterr().err
    assert said.startswith("minigrow: ")
    assert said.count("\n") == 1
    assert re.search(words, said)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_page_that_cannot_be_written_leaves_nothing(saved, tmp_path, capsys):
    before = saved.read_bytes()
    assert run("replay", saved, "-o", saved) == 2
    assert "which is read. Give another name" in capsys.readouterr().err
    assert saved.read_bytes() == before
    (tmp_path / "folder").mkdir()
    assert run("replay", saved, "-o", tmp_path / "folder") == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "isotropic.example"]
    assert run("replay") == 2
    assert "HISTORY.npz" in capsys.readouterr().err
