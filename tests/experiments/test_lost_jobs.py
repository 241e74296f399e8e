"""What is said of a job whose process was killed, and that a pool that is broken off takes its workers along."""

import os
import signal
from concurrent.futures import BrokenExecutor
from types import SimpleNamespace

import pytest

from minigrow.experiments import jobs, runner

NUMBERS = [3, 4, 5]


class Broken:
    """An executor that breaks while its processes do some of the jobs: {job: process}."""

    def __init__(self, codes, doing):
        self._processes = {process: SimpleNamespace(exitcode=code) for process, code in codes.items()}
        self.doing = doing

    def map(self, f, *columns):
        if len(columns) == 2:
            for path, job in zip(*columns, strict=True):
                if job in self.doing:
                    path.with_suffix(f".{self.doing[job]}.now").touch()
        raise BrokenExecutor("abruptly")


def lost(codes, doing, folder):
    with pytest.raises(ChildProcessError) as found:
        jobs.parallel_map(Broken(codes, doing), "t", abs, NUMBERS, folder)
    return str(found.value).removesuffix(jobs.ADVICE).strip()


@pytest.mark.parametrize(
    ("codes", "doing", "words"),
    [
        ({11: -9, 12: -15}, {3: 12, 5: 11}, "t: the process of job 3 of 3 was killed (signal 9)."),
        ({11: -9, 12: 0}, {3: 11, 5: 12}, "t: the process of job 1 of 3 was killed (signal 9)."),
        ({11: 1, 12: -15}, {3: 12, 5: 11}, "t: the process of job 3 of 3 was killed."),
        ({11: -15, 12: -15}, {3: 12, 5: 11}, "t: the process of job 1 or 3 of 3 was killed."),
        ({}, {4: 11}, "t: the process of job 2 of 3 was killed."),
        ({11: -9}, {}, "t: a process that worked on the jobs was killed."),
    ],
)
def test_the_job_of_a_killed_process_is_named_and_its_mark_deleted(tmp_path, codes, doing, words):
    assert lost(codes, doing, tmp_path) == words
    assert list(tmp_path.iterdir()) == []


def test_without_a_folder_nothing_is_known_of_jobs():
    assert lost({11: -9}, {}, None) == "t: a process that worked on the jobs was killed."


def test_marks_of_a_run_that_was_killed_are_not_believed(tmp_path):
    paths = [jobs.path_of(tmp_path, abs, job) for job in NUMBERS]
    paths[0].with_suffix(".11.now").touch()
    others = tmp_path / f"{'0' * 32}.12.now"
    others.touch()
    assert lost({11: -9, 12: -9, 13: -9}, {5: 13}, tmp_path) == "t: the process of job 3 of 3 was killed (signal 9)."
    assert list(tmp_path.iterdir()) == [others], "another run's"


def test_an_exit_code_is_waited_for():
    """A process that is ending closes its files before the system gives its code."""

    class Ending:
        codes = [None, None, -9]  # noqa: RUF012

        @property
        def exitcode(self):
            return self.codes.pop(0) if len(self.codes) > 1 else self.codes[0]

    assert jobs._code(Ending()) == -9


def test_a_job_under_way_is_marked_by_its_process(tmp_path):
    path, seen = jobs.path_of(tmp_path, abs, 1), []
    assert jobs.kept(lambda job: seen.extend(tmp_path.iterdir()) or 7, path, 1) == 7
    assert [found.name for found in seen] == [f"{path.stem}.{os.getpid()}.now"]
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="Windows has no such owners")
def test_a_job_that_somebody_else_kept_is_not_unpickled(tmp_path, monkeypatch):
    path = jobs.path_of(tmp_path, abs, -1)
    assert jobs.kept(abs, path, -1) == 1
    assert jobs.kept(lambda job: "again", path, -1) == 1
    me = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: me + 1)
    assert jobs.kept(lambda job: "again", path, -1) == "again"


@pytest.mark.parametrize("place", range(0, 40, 3))
def test_a_kept_job_with_one_flipped_bit_is_computed_again(tmp_path, place):
    path = jobs.path_of(tmp_path, abs, -1)
    jobs.kept(abs, path, -1)
    whole = path.read_bytes()
    place %= len(whole)
    path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
    assert jobs.kept(lambda job: "again", path, -1) == "again"


def test_only_kept_jobs_are_forgotten(tmp_path):
    folder = jobs.folder_of(tmp_path, "t", {}, 0)
    jobs.kept(abs, jobs.path_of(folder, abs, -1), -1)
    (folder / "notes.txt").write_text("the user's")
    (folder / f".minigrow-{'0' * 32}.part").write_bytes(b"half")
    jobs.forget(folder)
    assert [path.name for path in folder.iterdir()] == ["notes.txt"]


class Pool:
    """A pool that forgets its workers when it is shut down, as Python's does."""

    def __init__(self, *args, **more):
        self.ended = []
        self._processes = {i: SimpleNamespace(terminate=lambda i=i: self.ended.append(i)) for i in range(2)}

    def shutdown(self, **more):
        self._processes = None


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, ValueError])
def test_a_pool_that_is_broken_off_takes_its_workers_along(monkeypatch, error):
    monkeypatch.setattr(runner, "ProcessPoolExecutor", Pool)
    with pytest.raises(error), runner.processes(2) as pool:
        raise error
    assert pool.ended == [0, 1]


def test_a_worker_ignores_ctrl_c_and_leaves_with_its_parent(monkeypatch):
    done, before = [], signal.getsignal(signal.SIGINT)
    parent = SimpleNamespace(join=lambda: done.append("the parent is gone"))
    monkeypatch.setattr(runner.multiprocessing, "parent_process", lambda: parent)
    monkeypatch.setattr(runner.os, "_exit", done.append)
    monkeypatch.setattr(runner.threading.Thread, "start", lambda thread: thread.run())
    try:
        runner._begin()
        assert signal.getsignal(signal.SIGINT) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
    assert done == ["the parent is gone", 1]
