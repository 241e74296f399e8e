"""How commands end: a reader that has gone, a terminal with few letters, a full disk, a signal."""

import io
import os
import signal
import subprocess
import sys
import threading

import pytest

from minigrow import cli
from minigrow.commands import ending
from minigrow.experiments import registry

unix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals and devices")


def listed(**streams):
    command = [sys.executable, "-m", "minigrow", "list"]
    return subprocess.run(command, text=True, check=False, timeout=240, **streams)


@unix
def test_where_nobody_reads_on_it_ends_quietly():
    read, written = os.pipe()
    os.close(read)
    done = listed(stdout=written, stderr=subprocess.PIPE)
    os.close(written)
    assert (done.returncode, done.stderr) == (ending.PIPE, "")


@unix
@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no such device here")
def test_where_there_is_no_room_it_says_so_once():
    with open("/dev/full", "w") as full:
        done = listed(stdout=full, stderr=subprocess.PIPE)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert done.stderr.startswith("minigrow: ")
    assert "No space left" in done.stderr


def test_a_letter_that_a_terminal_lacks_costs_nothing(monkeypatch):
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    ending.plain()
    print("\u03c8 = 1 in f\u00fcr\udcff")
    ending.flush()
    assert raw.getvalue() == b"? = 1 in f?r?" + os.linesep.encode()


def test_a_stream_that_has_a_way_with_such_letters_keeps_it(monkeypatch):
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="backslashreplace")
    monkeypatch.setattr(sys, "stdout", stream)
    monkeypatch.setattr(sys, "stderr", strict := io.TextIOWrapper(io.BytesIO(), encoding="ascii"))
    ending.plain()
    assert (stream.errors, strict.errors) == ("backslashreplace", "replace")


class Strict(io.StringIO):
    """A strict stream, as some programs put in the place of stdout, that cannot be asked to be another one."""

    errors = "strict"


@pytest.mark.parametrize("stream", [None, io.StringIO(), Strict()])
def test_streams_of_other_kinds_are_left_alone(monkeypatch, stream):
    monkeypatch.setattr(sys, "stdout", stream)
    monkeypatch.setattr(sys, "stderr", stream)
    ending.plain()
    ending.flush()
    ending.say("words")


@unix
def test_what_cannot_be_printed_goes_nowhere_afterwards(monkeypatch, tmp_path):
    """Python would try again as it ends, and complain."""
    with open(tmp_path / "a", "w") as file:

        class Full(io.StringIO):
            def flush(self):
                raise OSError("no room")

            def fileno(self):
                return file.fileno()

        monkeypatch.setattr(sys, "stdout", Full())
        with pytest.raises(OSError, match="no room"):
            ending.flush()
        monkeypatch.undo()
        assert os.path.samestat(os.fstat(file.fileno()), os.stat(os.devnull))


def ends_in(monkeypatch, error):
    def fail(names):
        raise error

    monkeypatch.setattr(registry, "find", fail)
    return cli.main(["run", "all"])


def test_a_broken_pipe_in_the_middle_says_nothing(monkeypatch, capsys):
    error = BrokenPipeError("nobody reads")
    assert ends_in(monkeypatch, error) == ending.PIPE == 141

    def fail(*args):
        raise error

    monkeypatch.setattr("minigrow.motifs.command.main.read", fail)
    assert cli.main(["motifs", "graph.txt"]) == ending.PIPE
    assert capsys.readouterr().err == ""


@unix
@pytest.mark.parametrize("name", ending.STOPS)
def test_a_signal_is_a_line_and_its_code(monkeypatch, capsys, name):
    number = getattr(signal, name)
    monkeypatch.setattr(registry, "find", lambda names: os.kill(os.getpid(), number))
    mine = signal.signal(number, signal.SIG_DFL)  # under nohup a hangup would be ignored
    try:
        assert cli.main(["run", "all"]) == 128 + number
        assert capsys.readouterr().err == "\nminigrow: stopped; what was finished is kept\n"
        assert signal.getsignal(number) == signal.SIG_DFL, "the signal does again what it did"
    finally:
        signal.signal(number, mine)


@unix
def test_a_signal_that_somebody_handles_is_left_alone():
    mine = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
    try:
        with ending.stoppable():
            assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
            assert signal.getsignal(signal.SIGTERM) == ending._stop
    finally:
        signal.signal(signal.SIGHUP, mine)


def test_a_system_may_lack_one_of_the_signals(monkeypatch):
    """Windows has no SIGHUP."""
    monkeypatch.delattr(signal, "SIGHUP", raising=False)
    with ending.stoppable():
        assert signal.getsignal(signal.SIGTERM) == ending._stop


def test_in_a_thread_a_command_runs_without_signals():
    codes = []
    thread = threading.Thread(target=lambda: codes.append(cli.main(["list"])))
    thread.start()
    thread.join()
    assert codes == [0]
