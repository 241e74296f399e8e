"""The explicit download against a server on the loopback address: whole, resumed, refused, broken off."""

import hashlib
import http.server
import io
import re
import threading
from typing import NamedTuple
from urllib.error import HTTPError

import numpy as np
import pytest

from minigrow.datasets import fetch, internet
from minigrow.datasets.internet import download
from minigrow.datasets.sources import SOURCES, Remote

CONTENT = np.random.default_rng(0).bytes(200_000)
DIGEST = hashlib.sha256(CONTENT).hexdigest()


class Asked(NamedTuple):
    path: str
    range: str | None
    sent: int


class Server:
    """Serves `content` under every path; `ranges`: does it know Range, `stop`: breaks off after so many bytes."""

    def __init__(self):
        self.content, self.ranges, self.stop, self.length, self.status = CONTENT, True, None, True, None
        self.asked = []
        self.lie = None

    def answer(self, handler):
        wanted = handler.headers["Range"]
        start = int(re.fullmatch(r"bytes=(\d+)-", wanted)[1]) if wanted and self.ranges else 0
        if self.status or (start and start >= len(self.content)):
            self.asked.append(Asked(handler.path, wanted, 0))
            return handler.send_error(self.status or 416)
        body = self.content[start:]
        self.asked.append(Asked(handler.path, wanted, len(body[: self.stop])))
        handler.send_response(206 if start or self.lie else 200)
        if start or self.lie:
            handler.send_header(
                "Content-Range", self.lie or f"bytes {start}-{len(self.content) - 1}/{len(self.content)}"
            )
        if self.length:
            handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        return handler.wfile.write(body[: self.stop])


@pytest.fixture
def server(monkeypatch):
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, "127.0.0.1")
    told = Server()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            told.answer(self)

        def log_message(self, *ignored):
            pass

    class Quiet(http.server.ThreadingHTTPServer):
        def handle_error(self, *ignored):
            """A client that hangs up in the middle is what some tests are about."""

    with Quiet(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        told.base = f"http://127.0.0.1:{running.server_port}/data/"
        yield told
        running.shutdown()
        thread.join()


@pytest.fixture
def remote(server):
    return Remote("things.gz", len(CONTENT), DIGEST, (server.base,))


def files(folder):
    return {p.name: p.read_bytes() for p in folder.iterdir()}


def test_a_full_download(tmp_path, server, remote, capsys):
    path = download(remote, tmp_path / "new" / "folder")
    assert path == tmp_path / "new" / "folder" / "things.gz"
    assert files(path.parent) == {"things.gz": CONTENT}
    assert server.asked == [("/data/things.gz", None, len(CONTENT))]
    assert capsys.readouterr() == ("", "")  # no terminal, no progress bar


def test_what_is_there_is_checked_and_not_fetched_again(tmp_path, server, remote):
    (tmp_path / "things.gz").write_bytes(CONTENT)
    assert download(remote, tmp_path) == tmp_path / "things.gz"
    (tmp_path / "things.gz").write_bytes(b"mine")
    with pytest.raises(ValueError, match=r"is there, but its SHA-256 must be .* Move it away"):
        download(remote, tmp_path)
    assert files(tmp_path) == {"things.gz": b"mine"}
    assert server.asked == []


def test_a_broken_connection_leaves_a_part_that_the_next_call_goes_on_from(tmp_path, server, remote):
    server.stop = 70_000
    with pytest.raises(ConnectionError, match="broke off after 70000 of 200000 bytes; the same call again goes on"):
        download(remote, tmp_path)
    assert files(tmp_path) == {"things.gz.part": CONTENT[:70_000]}
    server.stop = None
    download(remote, tmp_path)
    assert files(tmp_path) == {"things.gz": CONTENT}
    assert server.asked[1] == ("/data/things.gz", "bytes=70000-", 130_000)


def test_a_resumed_download_may_break_off_again(tmp_path, server, remote):
    """More bytes are there than the second answer promised, but not yet all."""
    (tmp_path / "things.gz.part").write_bytes(CONTENT[:150_000])
    server.stop = 45_000
    with pytest.raises(ConnectionError, match="broke off after 195000 of 200000 bytes"):
        download(remote, tmp_path)
    assert files(tmp_path) == {"things.gz.part": CONTENT[:195_000]}


def test_a_broken_connection_is_noticed_by_the_known_size_too(tmp_path, server, remote):
    server.stop, server.length = 70_000, False
    with pytest.raises(ConnectionError, match="broke off after 70000 of 200000 bytes"):
        download(remote, tmp_path)
    server.stop = None
    assert download(remote._replace(size=None), tmp_path).read_bytes() == CONTENT


def test_a_server_without_ranges_starts_over(tmp_path, server, remote):
    (tmp_path / "things.gz.part").write_bytes(CONTENT[:50])
    server.ranges = False
    download(remote, tmp_path)
    assert files(tmp_path) == {"things.gz": CONTENT}
    assert server.asked == [("/data/things.gz", "bytes=50-", len(CONTENT))]


def test_a_part_that_only_wants_its_name_needs_no_server(tmp_path, server, remote):
    (tmp_path / "things.gz.part").write_bytes(CONTENT)
    assert download(remote, tmp_path).read_bytes() == CONTENT
    assert server.asked == []


def test_a_part_that_is_too_long_is_fetched_anew(tmp_path, server, remote):
    (tmp_path / "things.gz.part").write_bytes(CONTENT + b"more")
    download(remote, tmp_path)
    assert files(tmp_path) == {"things.gz": CONTENT}
    assert [asked.range for asked in server.asked] == [f"bytes={len(CONTENT) + 4}-", None]


def test_a_server_that_sends_another_piece_is_asked_for_the_whole(tmp_path, server, remote):
    (tmp_path / "things.gz.part").write_bytes(CONTENT[:50])
    server.lie = "bytes 7-9/10"
    with pytest.raises(ConnectionError, match=r"asked for the whole file, got a piece of it \(bytes 7-9/10\)"):
        download(remote, tmp_path)
    assert [asked.range for asked in server.asked] == ["bytes=50-", None]
    assert files(tmp_path) == {"things.gz.part": CONTENT[:50]}
    server.lie = "bytes 0-9/10"  # and nobody had asked for a piece
    with pytest.raises(ConnectionError, match=r"got a piece of it \(bytes 0-9/10\)"):
        download(remote, tmp_path / "new")


def test_a_server_that_refuses_the_whole_as_a_piece_is_asked_once(tmp_path, remote, monkeypatch):
    answers = iter([HTTPError(remote.bases[0], 416, "no such piece", {}, None), OSError("asked again")])

    def refuse(*_, **__):
        raise next(answers)

    monkeypatch.setattr(internet, "urlopen", refuse)
    with pytest.raises(ConnectionError, match="no such piece"):
        download(remote, tmp_path)


def test_the_answer_of_a_server_that_refuses_is_closed(tmp_path, remote, monkeypatch):
    page = io.BytesIO(b"there is no such file")

    def refuse(*_, **__):
        raise HTTPError(remote.bases[0], 404, "not found", {}, page)

    monkeypatch.setattr(internet, "urlopen", refuse)
    with pytest.raises(ConnectionError, match="not found"):
        download(remote, tmp_path)
    assert page.closed


@pytest.mark.parametrize("before", [b"", b"a stale beginning"])
def test_a_wrong_digest_deletes_the_part_and_says_so(tmp_path, server, remote, before):
    if before:
        (tmp_path / "things.gz.part").write_bytes(before)
    else:
        server.content = CONTENT[::-1]
    with pytest.raises(ValueError, match=f"SHA-256 must be {DIGEST}, got .* the part was deleted"):
        download(remote, tmp_path)
    assert files(tmp_path) == {}


def test_a_server_that_offers_more_than_the_known_size_gets_nothing_written(tmp_path, server, remote):
    """Content-Length tells before a byte is read; 10 MB that are offered for 200 kB stay where they are."""
    server.content = bytes(10_000_000)
    with pytest.raises(ValueError, match="the file has 200000 bytes, the server offers 10000000; nothing was fetched"):
        download(remote, tmp_path)
    assert files(tmp_path) == {}


@pytest.mark.parametrize("more", [1, 30_000_000])
@pytest.mark.parametrize("before", [b"", CONTENT[:150_000]])
def test_a_server_that_does_not_say_how_much_it_sends_is_stopped_beyond_the_known_size(
    tmp_path, server, remote, before, more
):
    server.content, server.length = CONTENT + bytes(more), False
    if before:
        (tmp_path / "things.gz.part").write_bytes(before)
    with pytest.raises(ValueError, match="the file has 200000 bytes, the server sends more; the part was deleted"):
        download(remote, tmp_path)
    assert files(tmp_path) == {}


def test_what_a_server_says_cannot_steer_the_terminal(tmp_path, server, remote):
    server.lie = "\x1b[2J\x1b]0;owned\x07\x9b31m" + "x" * 5000
    with pytest.raises(ConnectionError, match="got a piece of it") as caught:
        download(remote, tmp_path)
    assert str(caught.value).isprintable()
    assert "?[2J" in str(caught.value)
    assert len(str(caught.value)) < 1000
    assert internet.printable("x" * 5000) == "x" * 300


def test_a_missing_file_says_where_to_put_it_by_hand(tmp_path, server, remote):
    server.status = 404
    with pytest.raises(ConnectionError) as caught:
        download(remote, tmp_path)
    for part in (f"{server.base}things.gz", "404", f"put things.gz into {tmp_path} yourself", DIGEST):
        assert part in str(caught.value)
    assert files(tmp_path) == {}


def test_nobody_listening_says_where_to_put_it_and_keeps_the_part(tmp_path, remote):
    (tmp_path / "things.gz.part").write_bytes(CONTENT[:50])
    closed = remote._replace(bases=("http://127.0.0.1:9/",), sha256=None)
    with pytest.raises(ConnectionError, match=r"put things.gz into .* yourself\.$"):
        download(closed, tmp_path)
    assert files(tmp_path) == {"things.gz.part": CONTENT[:50]}


@pytest.mark.parametrize("first", ["http://127.0.0.1:9/", "file:///etc/", "ftp://127.0.0.1/"])
def test_the_next_place_is_tried(tmp_path, server, remote, first):
    assert download(remote._replace(bases=(first, server.base)), tmp_path).read_bytes() == CONTENT


def test_only_web_addresses_are_opened(tmp_path, remote):
    (tmp_path / "things.gz").write_bytes(CONTENT)
    with pytest.raises(ValueError, match="mirrors must start with http:// or https://, got file:"):
        download(remote._replace(bases=(tmp_path.as_uri(),)), tmp_path / "copy")


def test_without_a_published_digest_it_says_unchecked(tmp_path, server, remote, capsys):
    unchecked = remote._replace(sha256=None)
    for _ in range(2):
        assert download(unchecked, tmp_path).read_bytes() == CONTENT
    out = capsys.readouterr().out
    assert out.count("UNCHECKED") == 1
    assert DIGEST in out
    assert len(server.asked) == 1


def test_a_stopped_download_keeps_what_it_has(tmp_path, remote, monkeypatch):
    """Ctrl-C in the middle: a part, no file, and the next call goes on."""
    from minigrow.datasets.internet import tqdm

    blocks = []

    def interrupt(bar, size):
        blocks.append(size)
        if len(blocks) == 2:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(tqdm, "update", interrupt)
        with pytest.raises(KeyboardInterrupt):
            download(remote, tmp_path)
    assert files(tmp_path) == {"things.gz.part": CONTENT[: sum(blocks)]}
    assert download(remote, tmp_path).read_bytes() == CONTENT


def test_progress_counts_from_what_is_there(tmp_path, remote, monkeypatch):
    from minigrow.datasets.internet import tqdm

    (tmp_path / "things.gz.part").write_bytes(CONTENT[:150_000])
    seen = []
    monkeypatch.setattr(tqdm, "update", lambda bar, size: seen.append((bar.n, bar.total, bar.disable, size)))
    download(remote, tmp_path)
    assert seen == [(150_000, 200_000, True, 50_000)]


@pytest.mark.parametrize("mirrors", [str, lambda base: [base]])
def test_fetch_puts_a_datasets_files_into_its_folder(tmp_path, server, monkeypatch, mirrors):
    known = tuple(Remote(f"{kind}.gz", None, DIGEST, ("http://127.0.0.1:9/",)) for kind in ("images", "labels"))
    monkeypatch.setitem(SOURCES, "mnist", known)
    paths = fetch("MNIST", tmp_path, mirrors=mirrors(server.base.rstrip("/")))
    assert paths == [tmp_path / "mnist" / "images.gz", tmp_path / "mnist" / "labels.gz"]
    assert files(tmp_path / "mnist") == {"images.gz": CONTENT, "labels.gz": CONTENT}
    assert fetch("mnist", tmp_path) == paths  # all there: the known, unreachable places are not needed


def test_fetch_refuses_what_a_real_file_is_not(tmp_path, server):
    with pytest.raises(ValueError, match="SHA-256 must be 440fcabf"):
        fetch("mnist", tmp_path, mirrors=[server.base])
    assert files(tmp_path / "mnist") == {}


def test_an_unknown_dataset_lists_the_known_ones(tmp_path):
    with pytest.raises(
        ValueError, match="one of mnist, fashion-mnist, cifar-10, cifar-100, emnist-letters, got 'svhn'"
    ):
        fetch("svhn", tmp_path)


def test_every_known_file_has_a_size_a_digest_and_a_place():
    remotes = [remote for known in SOURCES.values() for remote in known]
    assert len(remotes) == 11
    assert len({remote.sha256 for remote in remotes}) == 11
    for remote in remotes:
        assert re.fullmatch("[0-9a-f]{64}", remote.sha256)
        assert remote.size > 4000
        assert all(base.startswith("http") and base.endswith("/") for base in remote.bases)


def test_sizes_are_the_published_ones():
    sizes = {name: [remote.size for remote in known] for name, known in SOURCES.items()}
    assert sizes == {
        "mnist": [9912422, 28881, 1648877, 4542],
        "fashion-mnist": [26421880, 29515, 4422102, 5148],
        "cifar-10": [170052171],
        "cifar-100": [168513733],
        "emnist-letters": [561753746],
    }
