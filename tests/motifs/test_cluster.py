"""`--cluster`: random graphs counted by the workers of a real Dask cluster, also when one of them is killed in the middle."""

import argparse
import os
import signal

import numpy as np
import pytest

from minigrow.laws.motifs.cases import draw_graph
from minigrow.motifs import NullModel, analyse, edges
from minigrow.motifs.command import add_arguments, run
from minigrow.motifs.command.cluster import Cluster, cluster
from minigrow.motifs.ensemble import random_censuses
from minigrow.motifs.statistics import summarise

distributed = pytest.importorskip("distributed", reason="dask is not installed: pip install 'minigrow[cluster]'")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")  # dask's own
RANDOM = 40  # of about .05 s each


@pytest.fixture(scope="module")
def scheduler():
    """Two worker processes on this machine, one thread each."""
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as local:
        yield local


@pytest.fixture
def graph():
    return draw_graph(np.random.default_rng(0), 150, 0.03)


def alike(one, other):
    assert all(np.array_equal(a, b, equal_nan=True) for a, b in zip(one[3:13], other[3:13], strict=True))
    assert one[:3] == other[:3]


@pytest.mark.parametrize("null", [NullModel(random=8), NullModel.fanmod(random=4)], ids=["uniform", "one chain"])
def test_a_cluster_finds_what_one_machine_finds(scheduler, graph, null):
    with cluster(scheduler.scheduler_address) as pool:
        alike(analyse(graph, 4, 3, null, pool=pool), analyse(graph, 4, 3, null))


def test_the_command_writes_the_same_file_with_a_cluster(scheduler, graph, tmp_path):
    np.savetxt(tmp_path / "graph.txt", np.transpose(edges(graph)), fmt="%d")
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    for name, more in (("here", []), ("there", ["--cluster", scheduler.scheduler_address])):
        words = [str(tmp_path / "graph.txt"), "--random", "6", "--json", str(tmp_path / name), *more]
        assert run(parser.parse_args(words)) == 0
    assert (tmp_path / "here").read_bytes() == (tmp_path / "there").read_bytes()


def pids(scheduler):
    with distributed.Client(scheduler.scheduler_address, set_as_default=False) as client:
        return set(client.run(os.getpid).values())


def test_a_worker_killed_in_the_middle_changes_nothing(scheduler, graph):
    """The worker dies when five results are there; what it had in hand, and the graph that it held, are made again."""
    killed, null = [], NullModel(random=RANDOM, switches=100)

    def disturbed(others):
        for number, census in enumerate(others):
            if number == 5:
                open_tasks = [task for task in scheduler.scheduler.tasks.values() if task.state != "memory"]
                assert len(open_tasks) > RANDOM / 4, "nothing is left to be lost"
                killed.append(sorted(pids(scheduler))[0])
                os.kill(killed[0], signal.SIGKILL)
            yield census

    rng = np.random.default_rng(3)
    own = next(random_censuses(graph, 4, rng, NullModel(random=1)))
    with cluster(scheduler.scheduler_address) as pool:
        state = rng.bit_generator.state
        found = summarise(own, disturbed(random_censuses(graph, 4, rng, null, pool=pool)))
    again = np.random.default_rng(3)
    next(random_censuses(graph, 4, again, NullModel(random=1)))
    assert again.bit_generator.state == state
    alike(found, summarise(own, random_censuses(graph, 4, again, null)))
    assert killed[0] not in pids(scheduler)


def test_nobody_at_the_address_is_a_mistake_with_a_reason(monkeypatch):
    monkeypatch.setattr("minigrow.growth.machines.PATIENCE", 1)
    with (
        pytest.raises(ValueError, match=r"no Dask scheduler answers at tcp://127.0.0.1:9"),
        cluster("tcp://127.0.0.1:9"),
    ):
        pass


def test_the_graph_travels_once(graph):
    """A client that counts what it is given: one task with the graph in it, all others without."""

    class Client:
        def __init__(self):
            self.sent = []

        def get_executor(self, pure):
            return self

        def submit(self, f, *load, pure=None):
            self.sent.append(sum(len(part) for part in load if isinstance(part, bytes)))
            return f

    pool, rng, null = Cluster(Client()), np.random.default_rng(0), NullModel()
    for _ in range(3):
        pool.submit(len, (graph, 3, null, None, rng))
    pool.submit(len, (graph._replace(pair=graph.pair.copy()), 3, null, None, rng))
    sent = pool._client.sent
    assert len(sent) == 6
    assert [size > graph.pair.nbytes for size in sent] == [True, False, False, False, True, False]
