"""Whatever call the disk fails at: the old file stays whole, no part is left, and the error is the disk's own, or one sentence."""

import hashlib
import http.server
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from failing import failing

from minigrow import cli
from minigrow.datasets.internet import download
from minigrow.datasets.sources import Remote
from minigrow.growth import History, Plan, load, save, start, train
from minigrow.growth.files import load_arrays, write_json
from minigrow.growth.writing import sweep
from minigrow.nn import MLP, Adam
from minigrow.replay import write_page

FIGURES = Path(__file__).resolve().parents[2] / "figures"
MANY = 200


def run_of(steps):
    X = np.random.default_rng(0).standard_normal((6, 3))
    net = MLP.create([3, 4, 2], rng=0)
    return train(start(net, Adam(), rng=0), X, np.arange(6) % 2, Plan(steps=steps, record=1, quiet=True))


OLD, NEW = run_of(2), run_of(5)


def theta(path):
    return load(path, MLP).net.theta.tobytes()


# name: how the old and the new file are written, and what shows that a file is whole
WRITERS = {
    "checkpoint.npz": (lambda path: save(OLD, path), lambda path: save(NEW, path), theta),
    "history.npz": (
        OLD.history.save, NEW.history.save, lambda path: repr(History.load(path)["step"].tolist()),
    ),
    "results.json": (
        lambda path: write_json(path, {"data": [1.0] * 9}), lambda path: write_json(path, {"data": [2.0] * 5000}), Path.read_bytes,
    ),
    "page.html": (
        lambda path: write_page(OLD.history, path), lambda path: write_page(NEW.history, path), Path.read_bytes,
    ),
}  # fmt: skip


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("error", ["full", "broken"])
@pytest.mark.parametrize("name", WRITERS)
def test_the_old_file_is_whole_whichever_call_fails(tmp_path, name, error):
    old, new, whole = WRITERS[name]
    path, reached = tmp_path / name, False
    new(path)
    expected = whole(path)
    old(path)
    before = whole(path), path.read_bytes()
    for k in range(1, MANY):
        sweep.cache_clear()  # as a new process would begin
        said = ""
        try:
            with failing(tmp_path, k, error) as calls:
                new(path)
        except OSError as raised:
            said = str(raised)
        if said:
            assert re.search("No space left|Input/output error", said)
            assert (whole(path), path.read_bytes()) == before
            assert names(tmp_path) == [name]
        elif calls.count < k:  # the disk was never asked so often
            reached = True
            break
        else:
            old(path)  # a call whose failure does no harm
    assert reached
    assert whole(path) == expected
    assert k > 5, "open, lock, write, fsync, replace"


@pytest.mark.parametrize("name", WRITERS)
def test_a_part_that_could_not_be_deleted_is_gone_after_the_next_writing(tmp_path, name):
    old, new, whole = WRITERS[name]
    path = tmp_path / name
    old(path)
    before, left = whole(path), 0
    for k in range(1, 8):
        sweep.cache_clear()
        with pytest.raises(OSError, match="No space left"), failing(tmp_path, k, stubborn=True):
            new(path)
        assert whole(path) == before
        left += len(names(tmp_path)) > 1
    assert left
    sweep.cache_clear()
    new(path)
    assert names(tmp_path) == [name]


@pytest.mark.skipif(not FIGURES.is_dir(), reason="installed without its repository")
@pytest.mark.parametrize("command", ["replay", "gallery"])
def test_a_command_says_it_in_one_sentence(tmp_path, capsys, command):
    NEW.history.save(tmp_path / "history.npz")
    if command == "gallery":
        shutil.copytree(FIGURES / "nimble.anatomy", tmp_path / "nimble.anatomy")
    argv = {
        "replay": ["replay", f"{tmp_path}/history.npz", "-o", f"{tmp_path}/a.html"],
        "gallery": ["gallery", str(tmp_path)],
    }
    seen = []
    for k in range(1, MANY):
        sweep.cache_clear()
        with failing(tmp_path, k) as calls:
            code = cli.main(argv[command])
        err = capsys.readouterr().err
        if calls.count < k:
            break
        seen.append(code)
        assert (code == 0) == (not err)
        assert code in (0, 2)
        assert err.count("\n") == (code == 2), err
        assert not list(tmp_path.glob(".minigrow-*"))
    assert code == 0
    assert seen.count(2) > 3


CONTENT = bytes(range(256)) * 1200


@pytest.fixture
def place(monkeypatch):
    """A server on this machine that serves CONTENT, for as long as the test runs."""
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, "127.0.0.1")

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            found = re.fullmatch(r"bytes=(\d+)-", self.headers["Range"] or "")
            first = int(found[1]) if found else 0
            self.send_response(206 if found else 200)
            if found:
                self.send_header("Content-Range", f"bytes {first}-{len(CONTENT) - 1}/{len(CONTENT)}")
            self.send_header("Content-Length", str(len(CONTENT) - first))
            self.end_headers()
            try:
                self.wfile.write(CONTENT[first:])
            except ConnectionError:
                return  # the reader went away, as its disk is full

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def test_a_download_that_the_disk_stops_is_never_taken_for_the_file(tmp_path, place):
    remote = Remote("a.bin", len(CONTENT), hashlib.sha256(CONTENT).hexdigest(), (place,))
    failed = 0
    for k in range(1, MANY):
        folder = tmp_path / str(k)
        folder.mkdir()
        said = ""
        try:
            with failing(folder, k) as calls:
                path = download(remote, folder / "deep")
        except OSError as error:
            said = str(error)
        if said:
            failed += 1
            assert "\n" not in said
            assert not (folder / "deep" / "a.bin").exists()
            path = download(remote, folder / "deep")  # the same call again goes on
            assert names(path.parent) == ["a.bin"]
        assert path.read_bytes() == CONTENT
        if calls.count < k:
            break
    assert failed > 3


KILLED = """
import os, signal, sys
sys.path.insert(0, sys.argv[2])
os.fsync = lambda number: os.kill(os.getpid(), signal.SIGKILL)
from minigrow.growth.files import save_arrays
import numpy as np
save_arrays(sys.argv[1], {"x": np.ones(5000)}, {"file": "example", "version": 1})
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no kill -9 there")
def test_a_save_killed_in_its_midst_leaves_the_old_file_and_a_part_that_the_next_one_deletes(tmp_path):
    from minigrow.growth.files import save_arrays

    path = tmp_path / "a.npz"
    save_arrays(path, {"x": np.zeros(2)}, {"file": "example", "version": 1})
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", KILLED, path, root], env={**os.environ, "NUMBA_DISABLE_JIT": "1"})
    assert done.returncode == -signal.SIGKILL
    assert load_arrays(path, "example", 1)[0]["x"].tolist() == [0.0, 0.0]
    assert len(names(tmp_path)) == 2
    sweep.cache_clear()
    save_arrays(path, {"x": np.ones(3)}, {"file": "example", "version": 1})
    assert names(tmp_path) == ["a.npz"]
    assert load_arrays(path, "example", 1)[0]["x"].tolist() == [1.0, 1.0, 1.0]
