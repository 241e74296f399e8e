"""`minigrow run --cluster`: two real workers of Dask, one of them killed in the middle, find the same bits as one process here."""

import builtins
import concurrent.futures
import json
import os
import signal
import time
import types
from concurrent.futures import Executor, Future

import pytest

from minigrow import cli
from minigrow.experiments import cluster as clusters
from minigrow.experiments import jobs

NAME = "nimble.delta"
SAME = ("config", "claims", "data", "protocol")  # of results.json; the rest is how long it took and where

distributed = pytest.importorskip("distributed", reason="dask is not installed: pip install 'minigrow[cluster]'")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")  # dask's own


@pytest.fixture(scope="module")
def scheduler():
    """Two worker processes on this machine, each with a nanny that sets one BLAS thread and starts another when it dies."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None, silence_logs=50
    ) as local:
        yield local


def run(out, *more):
    assert cli.main(["run", NAME, "--repeats", "25", "--out", str(out), *more]) == 0
    results = json.loads((out / NAME / "results.json").read_text())
    return {name: json.dumps(results[name]) for name in SAME}


def pids(scheduler):
    return {nanny.pid for nanny in scheduler.workers.values()}


def test_a_worker_killed_in_the_middle_changes_no_bit(scheduler, tmp_path, monkeypatch):
    """It is killed while both workers have jobs in hand and none has answered."""
    killed, before = [], pids(scheduler)

    def killing(asked):
        workers, end = list(scheduler.scheduler.workers.values()), time.monotonic() + 10
        while not all(worker.processing for worker in workers) and time.monotonic() < end:
            time.sleep(0.01)
        assert all(worker.processing for worker in workers), "both must have a job to lose"
        killed.append(scheduler.workers[workers[0].name].pid)
        os.kill(killed[0], signal.SIGKILL)
        return concurrent.futures.as_completed(asked)

    monkeypatch.setattr(clusters, "as_completed", killing)
    there = run(tmp_path / "there", "--cluster", scheduler.scheduler_address)
    assert set(killed) == before - pids(scheduler), "in place of the worker that was killed there is another process"
    assert there == run(tmp_path / "here", "--jobs", "1")
    assert not (tmp_path / "there" / jobs.FOLDER).exists()


def half(job):
    return job / 2


def test_results_are_kept_here_as_they_come_and_not_asked_for_again(scheduler, tmp_path):
    paths = [tmp_path / f"{number}.pickle" for number in range(4)]
    jobs.kept(lambda job: "from a run that was stopped", paths[1], 1)
    paths[3].write_bytes(b"damaged")
    with clusters.cluster(scheduler.scheduler_address) as executor:
        assert list(executor.bring(half, paths, range(4))) == [0, "from a run that was stopped", 1, 1.5]
        assert [jobs.read(path) for path in paths] == [0, "from a run that was stopped", 1, 1.5]
        with pytest.raises(TypeError, match="unsupported operand"):  # what a job itself raises comes back
            list(executor.bring(half, [tmp_path / "x.pickle"], ["word"]))


def test_a_worker_with_other_source_is_refused(scheduler, monkeypatch):
    monkeypatch.setattr(clusters, "fingerprint", lambda: "another")
    with (
        pytest.raises(
            ValueError, match=r"cannot help \(the worker on .* has other source of minigrow than this machine"
        ),
        clusters.cluster(scheduler.scheduler_address),
    ):
        pass


@pytest.mark.parametrize(
    ("nthreads", "blas", "words"),
    [(2, "1", "runs 2 jobs at a time. Start it with --nthreads 1"), (1, "2", "gives BLAS several threads")],
)
def test_a_worker_that_shares_its_process_is_refused(nthreads, blas, words, monkeypatch):
    state = types.SimpleNamespace(state=types.SimpleNamespace(nthreads=nthreads))
    monkeypatch.setattr(distributed, "get_worker", lambda: state)
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", blas)
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    with pytest.raises(ValueError, match=words):
        clusters.carried_out(jobs.fingerprint(), half, 1)
    state.state.nthreads = 1
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    assert clusters.carried_out(jobs.fingerprint(), half, 1) == 0.5


class Lost(Executor):
    """A cluster's client whose every job ends with this error."""

    def __init__(self, error=None):
        self.error = error

    def get_executor(self, pure):
        return self

    def submit(self, f, *args):
        future = Future()
        if self.error is None:
            future.cancel()
            future.set_running_or_notify_cancel()
        else:
            future.set_exception(self.error)
        return future


def test_lost_workers_and_a_lost_scheduler_are_one_sentence(tmp_path):
    worker = types.SimpleNamespace(address="tcp://one")
    killed = distributed.KilledWorker("half-1", worker, 3)
    for client, error, words in (
        (
            Lost(killed),
            ChildProcessError,
            "given up, since its workers died one after another: .* What was finished is kept",
        ),
        (Lost(), ConnectionError, "the scheduler at tcp://there is lost. What was finished is kept"),
    ):
        with pytest.raises(error, match=words):
            list(clusters.Cluster(client, "tcp://there").bring(half, [tmp_path / "x.pickle"], [1]))


def test_nobody_at_the_address_and_no_dask_are_one_sentence(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("minigrow.growth.machines.PATIENCE", 1)
    asked = ["run", NAME, "--out", str(tmp_path), "--cluster", "tcp://127.0.0.1:9"]
    assert cli.main(asked) == 2
    assert "no Dask scheduler answers at tcp://127.0.0.1:9" in capsys.readouterr().err
    imported = builtins.__import__

    def without(name, *more):
        if name.split(".")[0] == "dask":
            raise ImportError(name)
        return imported(name, *more)

    monkeypatch.setattr(builtins, "__import__", without)
    assert cli.main(asked) == 2
    monkeypatch.undo()
    said = capsys.readouterr().err.strip().splitlines()
    assert said == ["minigrow: a cluster needs dask: pip install 'minigrow[cluster]', here and on all workers."]
