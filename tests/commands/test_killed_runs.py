"""Real runs of real processes: killed, told to stop, orphaned, and taken up again where they were."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from minigrow.experiments import runner
from minigrow.experiments.jobs import FOLDER

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
PATIENCE = 240.0  # seconds, on a machine that is busy


def until(found):
    """Return what `found()` returns as soon as it is true."""
    end = time.monotonic() + PATIENCE
    while not (value := found()):
        assert time.monotonic() < end, "it does not happen"
        time.sleep(0.02)
    return value


def alive(process):
    """Whether a process is there and is not a zombie that nobody buried."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{process}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"


class Runs:
    """Starts the run again and again: the same command, the last time with one process."""

    def __init__(self, folder):
        self.out, self.place = folder / "out", folder / "place"
        self.place.mkdir()
        self.started = []

    def start(self):
        """Start it and wait until two workers do the jobs 2 and 3; return it and {job: process}."""
        before = set(self.place.iterdir())
        last = (self.place / "go").exists()
        words = ["run", "all", "--jobs", "1" if last else "2", "--out", str(self.out)]
        surroundings = os.environ | {"SQUARES": str(self.place), "PYTHONIOENCODING": "ascii"}
        run = subprocess.Popen(
            [sys.executable, str(Path(__file__).parent / "squares.py"), *words],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=surroundings,
        )  # fmt: skip
        self.started.append(run)
        if last:
            return run, {}
        until(lambda: run.poll() is not None or len(self._began(before)) == 2)
        return run, self._began(before)

    def _began(self, before):
        new = [path.name.split(".") for path in set(self.place.iterdir()) - before]
        return {int(job): int(process) for job, process in new if int(job) > 1}

    def kept(self):
        return len(list((self.out / FOLDER).glob("*/*.pickle")))


@pytest.fixture
def runs(tmp_path):
    found = Runs(tmp_path)
    yield found
    for run in found.started:
        run.kill()
        run.communicate()


def ended(run, workers):
    """Return what a run that ends by itself said, once its workers are gone too."""
    out, err = run.communicate(timeout=PATIENCE)
    until(lambda: not any(map(alive, workers.values())))
    return out, err


def test_a_run_is_killed_in_every_way_and_goes_on_where_it_was(runs):
    run, workers = runs.start()
    os.kill(workers[3], signal.SIGKILL)
    out, err = ended(run, workers)
    assert run.returncode == 2
    assert "fake.squares: the process of job 4 of 4 was killed (signal 9)." in err
    assert "the same command goes on" in err
    assert err.count("\n") == 1
    assert runs.kept() == 2, "what was finished is kept"

    run, workers = runs.start()
    run.terminate()
    out, err = ended(run, workers)
    assert run.returncode == 128 + signal.SIGTERM
    assert "2 of 4 jobs are there from a run that was stopped" in err
    assert err.endswith("minigrow: stopped; what was finished is kept\n")
    assert "Traceback" not in err

    run, workers = runs.start()
    run.kill()
    ended(run, workers)

    (runs.place / "go").touch()
    damaged = sorted((runs.out / FOLDER).glob("*/*.pickle"))[0]
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"?")
    run, _ = runs.start()
    out, err = run.communicate(timeout=PATIENCE)
    assert run.returncode == 0, err
    assert "holds         ? grows" in out, "a letter that the terminal lacks costs nothing"
    found = json.loads((runs.out / "fake.squares" / "results.json").read_text(encoding="utf-8"))
    assert found["data"] == {"squares": [0, 1, 4, 9]}
    assert "\u03c8" in found["claims"][0]["claim"]
    assert sorted(path.name for path in runs.out.iterdir()) == ["README.md", "fake.squares"], "nothing is left over"
    began = [path.name.split(".")[0] for path in runs.place.iterdir()]
    assert sorted((began.count("0"), began.count("1"))) == [1, 2], "of the finished jobs the damaged one is done again"


def test_windows_waits_for_61_processes_at_most(monkeypatch):
    asked = []

    class Pool:
        def __init__(self, count, **more):
            asked.append(count)

        def shutdown(self):
            pass

    monkeypatch.setattr(runner, "ProcessPoolExecutor", Pool)
    for system, jobs in (("win32", 64), ("win32", 4), ("linux", 64)):
        monkeypatch.setattr(runner.sys, "platform", system)
        with runner.processes(jobs):
            pass
    assert asked == [61, 4, 64]
