"""Writing respects what is there: links, modes, devices and pipes; what a killed writer left is deleted, what another writes is not."""

import os
import signal
import stat
import subprocess
import sys
import threading

import pytest

from minigrow.growth import writing
from minigrow.growth.writing import atomic, descriptor, sweep

unix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")


def write(path, content=b"new"):
    with atomic(path) as file:
        file.write(content)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(autouse=True)
def _afresh():
    sweep.cache_clear()


@unix
@pytest.mark.parametrize("there", [True, False])
def test_a_link_stays_and_its_target_is_written(tmp_path, there):
    for name in ("far", "near"):
        (tmp_path / name).mkdir()
    target, link, second = tmp_path / "far" / "a", tmp_path / "near" / "b", tmp_path / "near" / "c"
    link.symlink_to("../far/a")
    second.symlink_to(link)
    if there:
        target.write_bytes(b"old")
    write(second)
    assert target.read_bytes() == b"new"
    assert link.is_symlink()
    assert second.is_symlink()
    assert names(tmp_path / "near") == ["b", "c"]


@unix
def test_links_in_a_circle_are_refused(tmp_path):
    for name, other in (("a", "b"), ("b", "a")):
        (tmp_path / name).symlink_to(other)
    with pytest.raises(OSError, match="leads back to itself"):
        write(tmp_path / "a")
    assert names(tmp_path) == ["a", "b"]


@unix
@pytest.mark.parametrize("before", [0o600, 0o640, 0o755])
def test_the_mode_of_a_replaced_file_is_kept_and_the_part_has_it_from_the_start(tmp_path, before):
    path = tmp_path / "a"
    path.write_bytes(b"old")
    path.chmod(before)
    with atomic(path) as file:
        (part,) = tmp_path.glob(".minigrow-*")
        assert mode(part) == before, "nobody else reads a private file while it is written"
        file.write(b"new")
    assert (mode(path), path.read_bytes()) == (before, b"new")


@unix
def test_a_writer_leaves_no_file_open(tmp_path):
    def lowest_free():
        number = os.open(tmp_path, os.O_RDONLY)
        os.close(number)
        return number

    before = lowest_free()
    write(tmp_path / "a")
    assert lowest_free() <= before


@unix
def test_a_new_file_follows_the_umask(tmp_path):
    old = os.umask(0o027)
    try:
        write(tmp_path / "a")
    finally:
        os.umask(old)
    assert mode(tmp_path / "a") == 0o640


@unix
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files away")
def test_the_owner_of_a_replaced_file_is_kept(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"old")
    os.chown(path, 12345, 12345)
    write(path)
    assert (path.stat().st_uid, path.stat().st_gid) == (12345, 12345)


def test_a_file_that_may_not_be_written_to_is_not_replaced(tmp_path, monkeypatch):
    path = tmp_path / "a"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "access", lambda path, way: False)  # root may write everything
    with pytest.raises(PermissionError, match="is write-protected"):
        write(path)
    assert (names(tmp_path), path.read_bytes()) == (["a"], b"old")


@unix
def test_a_pipe_is_written_to_and_stays_a_pipe(tmp_path):
    pipe, found = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: found.append(pipe.read_bytes()), daemon=True)
    reader.start()
    write(pipe)
    reader.join(60)
    assert found == [b"new"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert names(tmp_path) == ["pipe"]


@unix
def test_devices_are_written_to_and_stay_devices(tmp_path):
    """A terminal of our own, in whose folder nobody makes files: the machine's /dev/null must survive a mistake in `writing`."""
    reader, terminal = os.openpty()
    device = os.ttyname(terminal)
    (tmp_path / "screen").symlink_to(device)
    write(tmp_path / "screen")
    assert os.read(reader, 9) == b"new"
    assert stat.S_ISCHR(os.stat(device).st_mode)
    assert names(tmp_path) == ["screen"]
    for number in (reader, terminal):
        os.close(number)
    if os.path.exists("/dev/full"):
        with pytest.raises(OSError, match="No space left"):
            write("/dev/full")


@unix
@pytest.mark.parametrize("way", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "link"])
def test_what_goes_to_a_stream_does_not_replace_the_file_behind_it(tmp_path, way, capfd):
    """A shell opened that file: what was printed before stays, and what is printed afterwards follows."""
    if way.startswith("/proc") and not os.path.exists("/proc/self/fd/1"):
        pytest.skip("no /proc here")
    if way == "link":
        (tmp_path / "link").symlink_to("/dev/stdout")
        way = tmp_path / "link"
    assert descriptor(way) == 1
    print("before")
    write(way, b"here\n")
    print("after")
    sys.stdout.flush()
    assert capfd.readouterr().out == "before\nhere\nafter\n"


KILLED = """
import os, sys
from minigrow.growth.writing import atomic
with atomic(sys.argv[1]) as file:
    file.write(b"half"), file.flush()
    os.kill(os.getpid(), 9)
"""


@unix
def test_what_a_killed_writer_left_is_deleted_by_the_next_one(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"old")
    done = subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert path.read_bytes() == b"old"
    assert len(names(tmp_path)) == 2, "the part is there"
    mine = (".minigrow-notes.txt", ".a.part", "minigrow-1.part")
    for name in mine:
        (tmp_path / name).write_text("the user's")
    write(path)
    assert names(tmp_path) == sorted(["a", *mine])
    assert path.read_bytes() == b"new"


def test_a_part_that_somebody_writes_is_left_alone(tmp_path):
    with atomic(tmp_path / "a") as one:
        one.write(b"one")
        sweep.cache_clear()
        write(tmp_path / "b")
        assert len(list(tmp_path.glob(".minigrow-*"))) == 1
    assert names(tmp_path) == ["a", "b"]


def test_without_locks_a_part_is_abandoned_after_an_hour(tmp_path, monkeypatch):
    monkeypatch.setattr(writing, "fcntl", None)
    new, old = tmp_path / ".minigrow-1.part", tmp_path / ".minigrow-2.part"
    for path in (new, old):
        path.write_bytes(b"half")
    os.utime(old, (0, 0))
    write(tmp_path / "a")
    assert names(tmp_path) == [new.name, "a"]


@unix
def test_a_part_that_was_taken_for_abandoned_before_its_lock_is_made_again(tmp_path, monkeypatch):
    real, taken = writing.fcntl.flock, []

    def swept(number, how):
        if not taken:
            taken.extend(tmp_path.glob(".minigrow-*"))
            taken[0].unlink()
        return real(number, how)

    monkeypatch.setattr(writing.fcntl, "flock", swept)
    write(tmp_path / "a")
    assert taken
    assert names(tmp_path) == ["a"]


def test_a_file_system_without_locks_takes_files_all_the_same(tmp_path, monkeypatch):
    if writing.fcntl is None:
        pytest.skip("no locks here")

    def refuse(number, how):
        raise OSError("no locks available")

    monkeypatch.setattr(writing.fcntl, "flock", refuse)
    (tmp_path / ".minigrow-1.part").write_bytes(b"whose?")
    write(tmp_path / "a")
    assert names(tmp_path) == [".minigrow-1.part", "a"]


def test_a_name_as_long_as_may_be_is_written(tmp_path):
    write(tmp_path / ("a" * 250))
    assert names(tmp_path) == ["a" * 250]
