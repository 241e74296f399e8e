"""May this file be written? What minigrow did not write, an input, a shared name and a place that takes no file are refused."""

import os
import socket
import sys
from pathlib import Path

import numpy as np
import pytest

from minigrow.film import write_film, write_still
from minigrow.growth import History
from minigrow.growth.files import write_json
from minigrow.growth.outputs import GENERATOR, MARKS, Output, check, check_folder, ours
from minigrow.motifs.graph import from_edges
from minigrow.motifs.places.occurrences import write_occurrences
from minigrow.motifs.places.roles import write_roles
from minigrow.motifs.show import page as motif_page
from minigrow.motifs.show.report import write_csv
from minigrow.motifs.show.report import write_json as write_motifs
from minigrow.motifs.statistics import summarise
from minigrow.plotting import picture
from minigrow.replay import write_page

unix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
LIFE = History(tuple({"step": i, "loss": 1.0 / (i + 1), "widths": np.array([2, 3, 1])} for i in range(2)))
GRAPH = from_edges([0, 1, 2], [1, 2, 0])


def found():
    from minigrow.motifs.esu import Census

    return summarise(Census(3, np.array([72]), np.array([9])), [])


def drawn(path):
    with picture(path) as axes:
        axes[0, 0].plot([0, 1])


WRITERS = {
    "page": [lambda path: write_page(LIFE, path), lambda path: motif_page.write_page(path, [(found(), {})])],
    "picture": [drawn, lambda path: write_still(LIFE, path, 0), lambda path: write_still(LIFE, path, 0)],
    "film": [lambda path: write_film(LIFE, path, moments=2)],
    "table": [
        lambda path: write_csv(path, found()),
        lambda path: write_occurrences(path, GRAPH, 3),
        lambda path: write_roles(path, GRAPH, 3),
    ],
    "motifs": [lambda path: write_motifs(path, found(), {"size": 3, "vertices": 3, "edges": 3})],
    "laws": [
        lambda path: write_json(path, {"seed": 0, "cases": 1, "laws": []}),
        lambda path: write_json(path, {"seed": 0, "files": []}),
    ],
    "marks": [lambda path: write_json(path, [{"file": "a.py", "right": True}])],
    "results": [lambda path: write_json(path, {"experiment": "urn.local"})],
    "history": [lambda path: LIFE.save(path)],
}
SUFFIX = {"film": [".gif"], "picture": [".png", ".svg", ".png"]}
CASES = [
    (kind, writer, SUFFIX.get(kind, [".x"] * 3)[i])
    for kind, writers in WRITERS.items()
    for i, writer in enumerate(writers)
]


@pytest.mark.parametrize(("kind", "writer", "suffix"), CASES)
def test_what_minigrow_writes_it_knows_again_as_that_kind_and_no_other(tmp_path, kind, writer, suffix):
    path = tmp_path / f"a{suffix}"
    writer(path)
    assert [name for name in MARKS if ours(path, name)] == [kind]
    check([Output("--x", path, kind)])


def test_every_kind_is_tried():
    assert {*WRITERS, "index"} == set(MARKS), "the index is tried where it is written"


FOREIGN = (
    b"# my notes about minigrow gallery",
    b"a,b\n1,2\n",
    b'{"size": 3}',
    b'[\n {\n  "name": 1}]',
    b"<!doctype html><title>minigrow</title>",
    b"\x89PNG\r\n\x1a\n....tEXtSoftware\0Matplotlib",
    b"GIF89a my holidays",
    b"PK\x03\x04",
)


@pytest.mark.parametrize("kind", MARKS)
@pytest.mark.parametrize("content", FOREIGN)
def test_a_file_of_the_users_is_never_replaced(tmp_path, kind, content):
    path = tmp_path / "a"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"^--x .*a is there and minigrow did not write it, so it is not replaced\. "):
        check([Output("--x", path, kind)])
    assert path.read_bytes() == content


def test_a_mark_counts_in_the_first_8192_bytes_alone(tmp_path):
    for length, known in ((8192, True), (8193, False)):
        (tmp_path / "a").write_bytes(GENERATOR.encode().rjust(length))
        assert ours(tmp_path / "a", "page") == known


def test_what_is_empty_may_be_filled_and_what_is_not_there_made(tmp_path):
    (tmp_path / "a").touch()
    check([Output("--x", tmp_path / "a", "table"), Output("--y", tmp_path / "new" / "b", "page")])
    assert [path.name for path in tmp_path.iterdir()] == ["a"], "nothing is made by asking"


def test_a_file_beside_one_of_ours_is_ours(tmp_path):
    (tmp_path / "a.png").write_bytes(b"an older picture")
    beside = Output("", tmp_path / "a.png", "picture", (tmp_path / "results.json", "results"))
    with pytest.raises(ValueError, match="minigrow did not write it"):
        check([beside])
    (tmp_path / "results.json").write_text("{}")
    with pytest.raises(ValueError, match="minigrow did not write it"):
        check([beside])
    write_json(tmp_path / "results.json", {"experiment": "urn.local"})
    check([beside])


def test_an_input_is_never_replaced_by_whatever_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("in").touch()
    names = ["in", "./in", str(tmp_path / "in")]
    if sys.platform != "win32":
        os.symlink("in", "link")
        os.link("in", "twin")
        names += ["link", "twin"]
    for name in names:
        with pytest.raises(ValueError, match=r"--x would replace .*, which is read\. Give another name"):
            check([Output("--x", Path(name), "table")], [Path("in")])
    with pytest.raises(ValueError, match="which is read"):
        check([Output("--x", Path("gone"), "table")], [Path("./gone")])
    check([Output("--x", Path("out"), "table")], [Path("in")])


def test_two_outputs_with_one_name_are_refused_however_it_is_spelled(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    spelled = ["a", "./a", str(tmp_path / "a"), "b/../a", "A"]
    if sys.platform != "win32":
        os.symlink("a", "link")
        spelled += ["link"]
    for name in spelled:
        with pytest.raises(ValueError, match="--x and --y would both write"):
            check([Output("--x", Path("a"), "table"), Output("--y", Path(name), "page")])
    with pytest.raises(ValueError, match="would both write"):
        check([Output("--x", Path("\u00e9"), "table"), Output("--y", Path("e\u0301"), "page")])
    check([Output("--x", Path("a"), "table"), Output("--y", Path("aa"), "page")])


@unix
def test_devices_pipes_and_streams_replace_nothing(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in ("/dev/null", tmp_path / "pipe", "/dev/stdout"):
        check([Output("--x", Path(path), "table"), Output("--y", Path(path), "page")])


@unix
def test_what_is_no_file_is_refused(tmp_path, monkeypatch):
    with pytest.raises(ValueError, match=r"an output must be a file, got the folder"):
        check([Output("--x", tmp_path, "table")])
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")
        with pytest.raises(ValueError, match="must be a file, a pipe or a stream, got socket"):
            check([Output("--x", Path("socket"), "table")])


def test_a_write_protected_file_is_refused(tmp_path):
    path = tmp_path / "a"
    path.touch()
    path.chmod(0o444)
    with pytest.raises(ValueError, match="a is write-protected, so it is not replaced"):
        check([Output("--x", path, "table")])
    path.chmod(0o644)


def test_a_place_that_takes_no_file_is_refused(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ValueError, match=r"file takes no new file .*Choose another place"):
        check([Output("--x", tmp_path / "file" / "deep" / "a", "table")])


def test_a_folder_is_made_and_tried(tmp_path):
    check_folder("--out", tmp_path / "new" / "deep")
    assert list((tmp_path / "new" / "deep").iterdir()) == []
    (tmp_path / "file").touch()
    with pytest.raises(ValueError, match="--out must be a folder, got the file"):
        check_folder("--out", tmp_path / "file")
    with pytest.raises(ValueError, match=r"--out .*new cannot be made \(.+\)\. Choose another place"):
        check_folder("--out", tmp_path / "file" / "new")
    if os.path.isdir("/proc/self"):
        with pytest.raises(ValueError, match=r"/proc/self/fd takes no new file"):
            check_folder("--out", Path("/proc/self/fd"))
