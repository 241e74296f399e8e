"""A run that was stopped goes on: jobs that are done are kept, whole, for this code and configuration, until all is written."""

import json
import pickle
import re
import subprocess
import sys
import types

import pytest

import minigrow
from minigrow import cli
from minigrow.experiments import jobs, registry, results, runner
from minigrow.experiments.registry import EXPERIMENTS, Experiment, Outcome

CALLED, STOPPED = [], []


def square(job):
    """The work of a job (size, number); it stops where it was told to, once."""
    if job in STOPPED:
        STOPPED.remove(job)
        raise KeyboardInterrupt
    CALLED.append(job)
    return job[1] ** 2


@pytest.fixture(autouse=True)
def _afresh():
    CALLED.clear()
    STOPPED.clear()


@pytest.fixture
def squares(monkeypatch):
    """An experiment of four jobs."""
    module = types.ModuleType("minigrow.experiments.fake.squares")
    module.QUICK = module.FULL = {"repeats": 4, "size": 3}
    module.FIGURES = {}

    def measure(config, seed, pmap):
        return Outcome({"squares": pmap(square, [(config["size"], i) for i in range(config["repeats"])])})

    module.run, module.claims, module.draw = measure, lambda data: [], lambda data, folder: None
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setitem(registry.PAPERS, "fake", "Nobody 2000")
    for where in (registry, results):
        monkeypatch.setattr(where, "EXPERIMENTS", (Experiment("fake.squares", "Does it?", 1, 60),))
    return module


def run(out):
    return cli.main(["run", "all", "--jobs", "1", "--out", str(out)])


def stopped(out, at):
    STOPPED.append((3, at))
    assert run(out) == 130
    return sorted((out / jobs.FOLDER).glob("*/*"))


def test_what_was_done_is_not_done_again(squares, tmp_path, capsys):
    assert len(stopped(tmp_path, at=2)) == 2
    assert not (tmp_path / "fake.squares").exists(), "nothing is written of an experiment that is not whole"
    CALLED.clear()
    assert run(tmp_path) == 0
    assert CALLED == [(3, 2), (3, 3)]
    assert "fake.squares: 2 of 4 jobs are there from a run that was stopped" in capsys.readouterr().err
    found = json.loads((tmp_path / "fake.squares" / "results.json").read_text())
    assert found["data"] == {"squares": [0, 1, 4, 9]}
    assert not (tmp_path / jobs.FOLDER).exists(), "kept jobs are deleted at the end"
    CALLED.clear()
    assert run(tmp_path) == 0
    assert len(CALLED) == 4, "a run that ended leaves nothing behind to be taken for new"


def test_another_configuration_does_not_take_them(squares, tmp_path):
    stopped(tmp_path, at=2)
    CALLED.clear()
    squares.QUICK = squares.QUICK | {"size": 5}
    assert run(tmp_path) == 0
    assert len(CALLED) == 4


def test_other_code_does_not_take_them(squares, tmp_path, monkeypatch):
    stopped(tmp_path, at=2)
    CALLED.clear()
    monkeypatch.setattr(jobs, "fingerprint", lambda: "of other sources")
    assert run(tmp_path) == 0
    assert len(CALLED) == 4


def test_another_function_does_not_take_them(tmp_path):
    assert jobs.path_of(tmp_path, square, 1) != jobs.path_of(tmp_path, abs, 1) != jobs.path_of(tmp_path, abs, 2)


def test_every_line_of_the_package_is_in_the_fingerprint(tmp_path, monkeypatch):
    (tmp_path / "inner").mkdir()
    file = tmp_path / "inner" / "a.py"
    file.write_text("x = 1\n")
    monkeypatch.setattr(minigrow, "__file__", str(tmp_path / "__init__.py"))
    found = []
    for act in (lambda: None, lambda: file.write_text("x = 2\n"), lambda: file.rename(tmp_path / "a.py")):
        act()
        found.append(jobs.fingerprint.__wrapped__())
    assert len(set(found)) == 3


LOST = b"cminigrow.experiments.gone\nRow\n."  # a pickle of a class whose module is no more


@pytest.mark.parametrize("content", [b"", b"\x80", b"nonsense", LOST, LOST.replace(b"gone", b"jobs")])
def test_a_damaged_file_is_computed_again(tmp_path, content):
    assert jobs.kept(square, jobs.path_of(tmp_path, square, (3, 5)), (3, 5)) == 25
    path = jobs.path_of(tmp_path, square, (3, 5))
    path.write_bytes(content)
    assert jobs.kept(square, jobs.path_of(tmp_path, square, (3, 5)), (3, 5)) == 25
    assert CALLED == [(3, 5)] * 2
    assert pickle.loads(path.read_bytes()) == 25


def test_a_file_cut_short_anywhere_is_computed_again(tmp_path):
    path = jobs.path_of(tmp_path, list, range(3))
    jobs.kept(list, jobs.path_of(tmp_path, list, range(3)), range(3))
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        assert jobs.kept(list, jobs.path_of(tmp_path, list, range(3)), range(3)) == [0, 1, 2]
        assert path.read_bytes() == whole


def test_a_job_that_fails_leaves_no_file(tmp_path):
    with pytest.raises(TypeError):
        jobs.parallel_map(None, "t", len, [[1], 2], tmp_path)
    assert [pickle.loads(path.read_bytes()) for path in tmp_path.iterdir()] == [1]


def test_side_by_side_is_in_turn(tmp_path):
    """Worker processes find the files of the parent's jobs under the same names."""
    with runner.processes(2) as executor:
        assert jobs.parallel_map(executor, "t", abs, [-1, 2, -3], tmp_path) == [1, 2, 3]
    assert {path.name for path in tmp_path.iterdir()} == {jobs.path_of(tmp_path, abs, j).name for j in (-1, 2, -3)}


class Asked(Exception):
    """Raised in place of running jobs, to look at them."""


def asked(module):
    def look(f, tasks):
        raise Asked(f, list(tasks))

    with pytest.raises(Asked) as found:
        module.run(module.QUICK, 0, look)
    return found.value.args


CLOCKS = ("isotropic.timing", "isotropic.precomputed")  # a clock measures in its own process, one after another
WITH_JOBS = [e for e in EXPERIMENTS if e.name not in CLOCKS]


@pytest.mark.parametrize("experiment", WITH_JOBS, ids=lambda e: e.name)
def test_jobs_of_every_experiment_find_their_file_again(experiment, tmp_path):
    """A job asked for twice, or that went to a worker and was unpickled there, has the same digest; different jobs have not."""
    (f, first), (_, second) = asked(experiment.module), asked(experiment.module)
    names = [jobs.path_of(tmp_path, f, job).name for job in first]
    assert names == [jobs.path_of(tmp_path, f, job).name for job in second]
    assert names == [jobs.path_of(tmp_path, f, pickle.loads(pickle.dumps(job))).name for job in first]
    assert len(set(names)) == len(first)


# The commit


def test_the_commit_is_in_the_versions():
    if not (runner.Path(minigrow.__file__).parents[1] / ".git").exists():
        pytest.skip("an installed package is in no repository")
    assert re.fullmatch(r"[0-9a-f]{12,}(-dirty)?", runner.versions()["commit"])


@pytest.mark.parametrize("error", [FileNotFoundError("git"), subprocess.CalledProcessError(128, "git"),
                                   subprocess.TimeoutExpired("git", 10)])  # fmt: skip
def test_without_git_the_commit_is_unknown(monkeypatch, error):
    def fail(*args, **more):
        raise error

    monkeypatch.setattr(subprocess, "run", fail)
    assert runner.commit() == "unknown"


def test_installed_inside_another_repository_the_commit_is_unknown(monkeypatch, tmp_path):
    monkeypatch.setattr(minigrow, "__file__", str(tmp_path / "minigrow" / "__init__.py"))
    assert runner.commit() == "unknown"
