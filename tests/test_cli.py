"""The command line: what it prints and writes, and which exit code it gives, also when the user or a law is wrong."""

import json
import math
import os
import runpy
import subprocess
import sys
import types

import numpy as np
import pytest

from minigrow import cli, laws
from minigrow.experiments import registry, results
from minigrow.experiments.claims import VERDICTS, Claim, above, judge, mean
from minigrow.experiments.protocol import Setting
from minigrow.experiments.registry import EXPERIMENTS, Experiment, Outcome
from minigrow.growth import History


def run(*argv):
    """Run the command and return its exit code, however it ends."""
    try:
        return cli.main(argv)
    except SystemExit as stop:
        return stop.code


@pytest.fixture
def two_laws(monkeypatch):
    """Two quick laws: the first returns 0.25, the second whatever is put in the list."""
    second = [0.5]
    fake = [
        laws.Law("nn.first", 1.0, "test", lambda rng: 0.25),
        laws.Law("nn.second", 1.0, "test", lambda rng: second[0]),
    ]
    monkeypatch.setattr(laws, "all_laws", lambda: fake)
    return second


def claim(verdict):
    return Claim("it grows", "yes", 2.0, "neurons", 3, 1.0, 3.0, 0.4, "interval above 0", verdict)


@pytest.fixture
def fake_experiment(monkeypatch):
    """An experiment that records how it was called and returns its squares."""
    calls, module = [], types.ModuleType("minigrow.experiments.fake.one")
    module.QUICK, module.FULL = {"repeats": 2, "size": 3}, {"repeats": 5, "size": 9}

    def measure(config, seed, pmap):
        calls.append((config, seed))
        history = History().with_row({"loss": 1.0})
        return Outcome({"squares": pmap(abs, [-1, 2]), "array": np.array([1.0, np.nan])}, history)

    module.FIGURES = {"figure.txt": "a figure"}
    module.run = measure
    module.claims = lambda data: [claim(verdict) for verdict in VERDICTS]
    module.draw = lambda data, folder: (folder / "figure.txt").write_text(str(data["squares"]))
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setitem(registry.PAPERS, "fake", "Nobody 2000")
    for module in (registry, results):
        monkeypatch.setattr(module, "EXPERIMENTS", (Experiment("fake.one", "Does it?", 1, 60),))
    return calls


def test_list_names_every_experiment(capsys):
    assert run("list") == 0
    out = capsys.readouterr().out
    for experiment in EXPERIMENTS:
        assert experiment.name in out
        assert experiment.question in out
        assert experiment.paper in out


@pytest.mark.parametrize("command", [[], ["list"], ["run"], ["verify"], ["replay"], ["fetch"]])
def test_help_teaches(command, capsys):
    assert run(*command, "--help") == 0
    out = capsys.readouterr().out
    assert "usage: minigrow" in out
    assert len(out) > (80 if command == ["list"] else 200)


def test_help_names_every_command(capsys):
    run("--help")
    out = capsys.readouterr().out
    assert all(command in out for command in ("list", "run", "verify", "fetch"))


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        ([], "COMMAND"),
        (["dance"], "invalid choice: 'dance'"),
        (["run"], "NAME"),
        (["run", "nonsense"], "there is no experiment 'nonsense'. Take all, or one of:"),
        (["run", "all", "--seed", "-1"], "--seed: must be"),
        (["run", "all", "--seed", "x"], "--seed"),
        (["run", "all", "--repeats", "0"], "--repeats: must be"),
        (["run", "all", "--jobs", "0"], "--jobs: must be"),
        (["run", "all", "--fast"], "unrecognized arguments: --fast"),
        (["verify", "--cases", "0"], "--cases: must be"),
        (["verify", "--cases", "1.5"], "--cases"),
        (["verify", "--seed", "-3"], "--seed: must be"),
        (["fetch"], "name"),
        (["fetch", "imagenet"], "dataset must be one of mnist"),
    ],
)
def test_a_users_mistake_is_one_line_and_code_2(argv, words, capsys):
    assert run(*argv) == 2
    out, err = capsys.readouterr()
    assert words in err
    assert err.startswith("minigrow: ")
    assert err.count("\n") == 1
    assert "Traceback" not in out + err
    assert "_at_least" not in err


def test_no_traceback_in_a_process_of_its_own():
    done = subprocess.run(
        [sys.executable, "-m", "minigrow", "run", "nonsense"], capture_output=True, text=True, env=dict(os.environ)
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("minigrow: there is no experiment 'nonsense'")


def test_module_and_command_are_the_same(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["minigrow", "list"])
    with pytest.raises(SystemExit) as stop:
        runpy.run_module("minigrow", run_name="__main__")
    assert stop.value.code == 0
    assert "isotropic" in capsys.readouterr().out


def test_verify_prints_a_table_and_writes_json(two_laws, tmp_path, capsys):
    path = tmp_path / "deep" / "laws.json"
    assert run("verify", "--cases", "3", "--seed", "7", "--json", str(path)) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["law", "cases", "worst", "/", "eps", "tolerance"]
    assert lines[1].split() == ["nn.first", "3", "0.25", "1", "ok"]
    assert lines[-1] == "2 of 2 laws hold"
    assert json.loads(path.read_text()) == {
        "seed": 7,
        "cases": 3,
        "laws": [
            {"law": "nn.first", "cases": 3, "worst_eps": 0.25, "tolerance_eps": 1.0, "ok": True},
            {"law": "nn.second", "cases": 3, "worst_eps": 0.5, "tolerance_eps": 1.0, "ok": True},
        ],
    }


@pytest.mark.parametrize(("value", "written"), [(1.5, 1.5), (math.nan, None), (math.inf, None)])
def test_a_failing_law_is_code_1_and_named(two_laws, tmp_path, capsys, value, written):
    two_laws[0] = value
    assert run("verify", "--cases", "2", "--json", str(tmp_path / "laws.json")) == 1
    out = capsys.readouterr().out
    assert "FAILS" in out
    assert out.endswith("1 of 2 laws hold; these fail: nn.second\n")
    row = json.loads((tmp_path / "laws.json").read_text())["laws"][1]
    assert row["ok"] is False
    assert row["worst_eps"] == written


def test_verify_of_the_real_laws():
    assert next(law.name for law in laws.all_laws()).startswith("nn.")
    names = {law.name.split(".")[0] for law in laws.all_laws()}
    assert names >= {"nn", "growth", "isotropic"}


def test_ctrl_c_is_130(monkeypatch, capsys):
    def interrupt(names):
        raise KeyboardInterrupt

    monkeypatch.setattr(registry, "find", interrupt)
    assert run("run", "all") == 130
    assert "interrupted; what was finished is kept" in capsys.readouterr().err


@pytest.mark.parametrize("error", [ValueError("bad"), FileNotFoundError("bad"), ArithmeticError("bad")])
def test_errors_with_a_message_are_shown_without_traceback(monkeypatch, capsys, error):
    def fail(names):
        raise error

    monkeypatch.setattr(registry, "find", fail)
    assert run("run", "all") == 2
    assert capsys.readouterr().err == "minigrow: bad\n"


def test_bugs_are_not_hidden(monkeypatch):
    def fail(names):
        raise TypeError("a bug")

    monkeypatch.setattr(registry, "find", fail)
    with pytest.raises(TypeError):
        cli.main(["run", "all"])


def test_run_writes_results_and_prints_the_claims(fake_experiment, tmp_path, capsys):
    assert run("run", "fake", "--seed", "4", "--jobs", "1", "--out", str(tmp_path)) == 0
    assert fake_experiment == [({"repeats": 2, "size": 3}, 4)]
    out = capsys.readouterr().out
    assert out.startswith("fake.one: Does it?\n  holds         it grows\n")
    assert "\n  refuted       it grows\n" in out
    assert "\n  undecided     it grows\n" in out
    assert "here:  2 [1, 3] neurons (n = 3); criterion: interval above 0\n" in out
    assert f"written to {tmp_path / 'fake.one'}" in out
    assert out.endswith(f"index: {tmp_path / 'README.md'}\n")
    assert "fake.one" in (tmp_path / "README.md").read_text()
    folder = tmp_path / "fake.one"
    assert sorted(path.name for path in folder.iterdir()) == ["figure.txt", "history.npz", "results.json"]
    found = json.loads((folder / "results.json").read_text())
    assert list(found) == [
        "experiment", "paper", "mode", "seed", "repeats", "seconds", "versions", "config", "protocol", "claims", "data",
    ]  # fmt: skip
    assert (found["experiment"], found["mode"], found["seed"], found["repeats"]) == ("fake.one", "quick", 4, 2)
    assert found["data"] == {"squares": [1, 2], "array": [1.0, None]}
    assert [row["verdict"] for row in found["claims"]] == ["holds", "refuted", "undecided"]
    assert found["protocol"] == [], "this experiment has none"
    assert found["versions"]["commit"]
    assert History.load(folder / "history.npz")["loss"].tolist() == [1.0]


def test_full_mode_and_repeats(fake_experiment, tmp_path):
    assert run("run", "all", "--full", "--repeats", "7", "--jobs", "1", "--out", str(tmp_path)) == 0
    assert fake_experiment == [({"repeats": 7, "size": 9}, 0)]
    assert json.loads((tmp_path / "fake.one" / "results.json").read_text())["mode"] == "full"


def test_a_neighbours_damage_does_not_fail_a_run(fake_experiment, monkeypatch, tmp_path, capsys):
    two = (*registry.EXPERIMENTS, registry.EXPERIMENTS[0]._replace(name="fake.two"))
    monkeypatch.setattr(results, "EXPERIMENTS", two)
    (tmp_path / "fake.two").mkdir()
    (tmp_path / "fake.two" / "results.json").write_text("{")
    assert run("run", "all", "--jobs", "1", "--out", str(tmp_path)) == 0
    err = capsys.readouterr().err
    assert "minigrow: the index is as it was" in err
    assert str(tmp_path / "fake.two" / "results.json") in err
    assert not (tmp_path / "README.md").exists()


@pytest.fixture
def with_data(fake_experiment, monkeypatch):
    """The fake experiment, made to count the rows and classes of the data sets that it is given."""
    from minigrow.experiments.shared import parts

    module = sys.modules["minigrow.experiments.fake.one"]

    def measure(config, seed, pmap):
        found = {}
        for name in config["data"]:
            train, test = parts(name, seed)
            found[name] = [*train.X.shape, len(test.y), len(train.classes)]
        return Outcome({"found": found, "steps": config["steps"]})

    module.QUICK = module.FULL = {"repeats": 2, "steps": 5, "data": ["digits"]}
    module.PROTOCOL = (
        Setting("repeats", 24, "repeats", why="time", effect="wider intervals"),
        Setting("steps", 52100, "steps", why="time", effect="not measured"),
        Setting("data", "CIFAR-10", "data", why="no files", effect="not measured"),
    )
    module.run, module.draw = measure, lambda data, folder: None
    return module


@pytest.fixture
def arrays(tmp_path):
    """A folder of your own arrays: 12 samples of 2 x 3 numbers, 3 classes, 9 for training and 3 for testing."""
    folder, rng = tmp_path / "mine", np.random.default_rng(0)
    folder.mkdir()
    for part, n in (("train", 9), ("test", 3)):
        np.save(folder / f"X_{part}.npy", rng.standard_normal((n, 2, 3)))
        np.save(folder / f"y_{part}.npy", np.arange(n) % 3)
    return folder


@pytest.mark.parametrize(
    ("mode", "steps", "repeats"), [([], 5, 2), (["--full"], 52100, 24), (["--full", "--repeats", "3"], 52100, 3)]
)
def test_data_of_yours_take_the_place_of_ours(with_data, arrays, tmp_path, mode, steps, repeats):
    """In full mode the authors' sizes take the place of ours too, but for what the command line says."""
    assert run("run", "fake", *mode, "--data", str(arrays), "--jobs", "1", "--out", str(tmp_path / "out")) == 0
    found = json.loads((tmp_path / "out" / "fake.one" / "results.json").read_text())
    assert found["data"] == {"found": {str(arrays): [9, 6, 3, 3]}, "steps": steps}
    assert found["config"] == {"repeats": repeats, "steps": steps, "data": [str(arrays)]}
    assert [row["ours"] for row in found["protocol"]] == [str(repeats), str(steps), str(arrays)]


def test_data_that_are_not_there_are_named(with_data, tmp_path, capsys):
    assert run("run", "fake", "--data", str(tmp_path / "gone"), "--jobs", "1", "--out", str(tmp_path / "out")) == 2
    err = capsys.readouterr().err
    assert err.startswith("minigrow: data must be digits, mnist-1d, stand-in, or a folder that exists, got")
    assert str(tmp_path / "gone") in err
    assert "minigrow fetch" in err
    (tmp_path / "empty").mkdir()
    assert run("run", "fake", "--data", str(tmp_path / "empty"), "--jobs", "1", "--out", str(tmp_path / "out")) == 2
    assert "None is there. With a network run: minigrow fetch NAME --to" in capsys.readouterr().err
    assert not (tmp_path / "out" / "fake.one").exists()


@pytest.mark.parametrize("names", [["fake.one"], ["all"]])
def test_data_where_an_experiment_makes_its_own_are_refused(
    fake_experiment, monkeypatch, arrays, tmp_path, capsys, names
):
    """Also where of several experiments none takes data: nothing would be run, and that must be said."""
    if names == ["all"]:
        monkeypatch.setattr(registry, "EXPERIMENTS", registry.EXPERIMENTS * 2)
    assert run("run", *names, "--data", str(arrays), "--jobs", "1", "--out", str(tmp_path / "out")) == 2
    assert capsys.readouterr().err == f"minigrow: fake.one makes its own data, so --data {arrays} is nothing for it.\n"
    assert fake_experiment == []


def test_of_several_experiments_those_that_take_data_run(with_data, monkeypatch, arrays, tmp_path):
    other = types.ModuleType("minigrow.experiments.fake.two")
    other.FULL = other.QUICK = {"repeats": 2}
    monkeypatch.setitem(sys.modules, other.__name__, other)
    two = (*registry.EXPERIMENTS, registry.EXPERIMENTS[0]._replace(name="fake.two"))
    for module in (registry, results):
        monkeypatch.setattr(module, "EXPERIMENTS", two)
    assert run("run", "all", "--data", str(arrays), "--jobs", "1", "--out", str(tmp_path / "out")) == 0
    assert [path.name for path in (tmp_path / "out").iterdir() if path.is_dir()] == ["fake.one"]


def test_without_data_of_yours_all_experiments_run(with_data, monkeypatch, tmp_path, capsys):
    other = types.ModuleType("minigrow.experiments.fake.two")
    other.FULL = other.QUICK = {"repeats": 2}
    other.FIGURES, other.draw, other.claims = {}, lambda data, folder: None, lambda data: []
    other.run = lambda config, seed, pmap: Outcome({"none": 0})
    monkeypatch.setitem(sys.modules, other.__name__, other)
    two = (*registry.EXPERIMENTS, registry.EXPERIMENTS[0]._replace(name="fake.two"))
    for module in (registry, results):
        monkeypatch.setattr(module, "EXPERIMENTS", two)
    assert run("run", "all", "--jobs", "1", "--out", str(tmp_path / "out")) == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["README.md", "fake.one", "fake.two"]


def test_data_are_judged_again_by_todays_criteria(fake_experiment, tmp_path, capsys):
    """Only claims and the protocol are made anew, our values from the file itself; what was measured stays, to the byte."""
    module, path = sys.modules["minigrow.experiments.fake.one"], tmp_path / "fake.one" / "results.json"
    assert run("run", "all", "--jobs", "1", "--out", str(tmp_path)) == 0
    before = json.loads(path.read_text())
    old = {key: value for key, value in before.items() if key != "protocol"}
    old["claims"] = [{"claim": "it grows", "criterion": "mean > 0", "holds": True}]
    path.write_text(json.dumps(old))
    assert run("gallery", str(tmp_path)) == 2
    assert f"Judge its data again: minigrow gallery {tmp_path} --judge fake.one" in capsys.readouterr().err
    module.claims = lambda data: [judge("it grows", "yes", mean(data["squares"]), "neurons", above(1))]
    module.PROTOCOL = (Setting("size", 9, "size", why="time", effect="none"),)
    assert run("gallery", str(tmp_path), "--judge", "fake") == 0
    assert capsys.readouterr().out == f"fake.one: 0 holds, 0 refuted, 1 undecided\n{tmp_path / 'README.md'}\n"
    after = json.loads(path.read_text())
    assert list(after) == list(before)
    assert {key for key in after if after[key] != before[key]} == {"claims", "protocol"}
    assert after["claims"][0]["verdict"] == "undecided"
    assert after["protocol"][0]["ours"] == "3", "of the file's own configuration, not of today's"
    assert len(fake_experiment) == 1, "nothing is measured again"
    module.PROTOCOL = (Setting("size", 9, "size", why="haste", effect="none"),)
    assert run("gallery", str(tmp_path), "--judge") == 0
    assert json.loads(path.read_text())["protocol"][0]["why"] == "haste", "reasons are today's"
    whole, module.PROTOCOL = path.read_bytes(), ()
    assert run("gallery", str(tmp_path), "--judge") == 0, "a table that today's code has not stays"
    assert path.read_bytes() == whole


def test_data_that_cannot_be_judged_leave_everything_as_it_was(fake_experiment, monkeypatch, tmp_path, capsys):
    """Two experiments: the second's data are of another version, so the first is not written either."""
    module = sys.modules["minigrow.experiments.fake.one"]
    two = (*registry.EXPERIMENTS, registry.EXPERIMENTS[0]._replace(name="fake.two"))
    monkeypatch.setitem(sys.modules, "minigrow.experiments.fake.two", module)
    for where in (registry, results):
        monkeypatch.setattr(where, "EXPERIMENTS", two)
    assert run("run", "all", "--jobs", "1", "--out", str(tmp_path)) == 0
    paths = [tmp_path / name / "results.json" for name in ("fake.one", "fake.two")]
    found = json.loads(paths[1].read_text())
    paths[1].write_text(json.dumps(found | {"data": {"cubes": [1]}}))
    before = [path.read_bytes() for path in paths]
    module.claims = lambda data: [judge("it grows", "yes", mean(data["squares"]), "neurons", above(0))]
    capsys.readouterr()
    assert run("gallery", str(tmp_path), "--judge") == 2
    err = capsys.readouterr().err
    assert (
        f"minigrow: {paths[1]} cannot be judged by today's code: something in it is missing or misnamed ('squares')."
        in err
    )
    assert f"minigrow run fake.two --out {tmp_path}" in err
    assert [path.read_bytes() for path in paths] == before
    assert run("gallery", str(tmp_path), "--judge", "fake.one") == 0, "the other one alone can be judged"


@pytest.mark.parametrize(("names", "words"), [(["nonsense"], "there is no experiment 'nonsense'"),
                                              (["fake"], "there are no results of fake in")])  # fmt: skip
def test_a_name_to_judge_that_is_not_there_is_said(fake_experiment, tmp_path, capsys, names, words):
    assert run("gallery", str(tmp_path), "--judge", *names) == 2
    assert words in capsys.readouterr().err
    assert not any(tmp_path.iterdir())


def test_the_parser_keeps_blas_to_one_thread():
    assert os.environ["OPENBLAS_NUM_THREADS"]


def test_fetch_prints_what_it_has(monkeypatch, tmp_path, capsys):
    from minigrow import datasets

    monkeypatch.setattr(datasets, "fetch", lambda name, to: [to / name / "a", to / name / "b"])
    assert run("fetch", "mnist", "--to", str(tmp_path)) == 0
    assert capsys.readouterr().out.splitlines() == [str(tmp_path / "mnist" / name) for name in "ab"]
