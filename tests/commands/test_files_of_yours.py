"""No command replaces a file that minigrow did not write, nor one that it reads, and none writes two outputs to one place."""

import json
import sys
import types
from pathlib import Path

import numpy as np
import pytest

from minigrow import cli, laws
from minigrow.experiments import registry, results
from minigrow.experiments.claims import Claim
from minigrow.experiments.registry import Experiment, Outcome
from minigrow.growth import History

MINE = "# my project\n\nNothing that minigrow wrote.\n"
LIFE = History(tuple({"step": i, "loss": 1.0, "widths": np.array([2, 3, 1])} for i in range(2)))
unix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")


def run(*argv):
    try:
        return cli.main([str(word) for word in argv])
    except SystemExit as stop:
        return stop.code


def contents(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """A folder with a file for each command to read, and a file of the user's."""
    monkeypatch.chdir(tmp_path)
    Path("graph.txt").write_text("0 1\n1 2\n2 0\n2 3\n")
    Path("life.npz").parent.mkdir(exist_ok=True)
    LIFE.save("life.npz")
    Path("answer.py").write_text("def turned(x):\n    return x\n")
    Path("mine").write_text(MINE)
    return tmp_path


@pytest.fixture
def worked(monkeypatch):
    """An experiment, and a list of what was worked on: nothing may be where a file is refused."""
    done, module = [], types.ModuleType("minigrow.experiments.fake.one")
    module.QUICK = module.FULL = {"repeats": 2}
    module.FIGURES = {"figure.png": "a figure"}

    def measure(config, seed, pmap):
        done.append(seed)
        return Outcome({"squares": pmap(abs, [1, 2])}, LIFE)

    module.run, module.draw = measure, lambda data, folder: (folder / "figure.png").write_bytes(b"an older picture")
    module.claims = lambda data: [Claim("it grows", "yes", 2.0, "neurons", 3, 1.0, 3.0, 0.4, "above 0", "holds")]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setitem(registry.PAPERS, "fake", "Nobody 2000")
    for where in (registry, results):
        monkeypatch.setattr(where, "EXPERIMENTS", (Experiment("fake.one", "Does it?", 1, 60),))
    monkeypatch.setattr(laws, "all_laws", lambda: [laws.Law("nn.first", 1.0, "t", lambda rng: done.append(0) or 0.25)])
    monkeypatch.setattr("minigrow.demo.life", lambda seed=0: done.append(seed) or LIFE)
    return done


MOTIFS = ("motifs", "graph.txt", "--size", 3, "--random", 2)
LIVES = ("replay", "life.npz")
WAYS = {
    "motifs --csv": (*MOTIFS, "--csv"),
    "motifs --json": (*MOTIFS, "--json"),
    "motifs --html": (*MOTIFS, "--html"),
    "motifs --occurrences": (*MOTIFS, "--occurrences"),
    "motifs --roles": (*MOTIFS, "--roles"),
    "demo -o": ("demo", "--no-open", "-o"),
    "demo --film": ("demo", "--no-open", "--film"),
    "replay -o": (*LIVES, "-o"),
    "replay --film": (*LIVES, "--film"),
    "replay --moment": (*LIVES, "--moment", 1, "-o"),
    "verify --json": ("verify", "--cases", 1, "--json"),
    "check --json": ("check", "01.1", "answer.py", "--json"),
}
READ = {"motifs": "graph.txt", "replay": "life.npz", "check": "answer.py"}


@pytest.mark.parametrize("way", WAYS)
def test_a_file_of_yours_is_not_replaced(way, here, worked, capsys):
    before = contents(here)
    assert run(*WAYS[way], "mine") == 2
    said = capsys.readouterr().err
    assert (
        "mine is there and minigrow did not write it, so it is not replaced. Give another name, or move it away."
        in said
    )
    assert said.count("\n") == 1
    assert contents(here) == before
    assert worked == [], "it is said before any work"


@pytest.mark.parametrize("way", [way for way in WAYS if way.split()[0] in READ])
def test_what_a_command_reads_is_not_replaced(way, here, worked, capsys):
    before = contents(here)
    assert run(*WAYS[way], f"./{READ[way.split()[0]]}") == 2
    assert f"would replace {READ[way.split()[0]]}, which is read" in capsys.readouterr().err
    assert contents(here) == before


def test_verify_does_not_replace_the_laws_that_it_marks(here, capsys):
    before = contents(here)
    assert run("verify", "--file", "answer.py", "--json", "answer.py") == 2
    assert "--json would replace answer.py, which is read" in capsys.readouterr().err
    assert contents(here) == before


@pytest.mark.parametrize(
    "way", ["motifs --csv", "motifs --json", "motifs --html", "motifs --roles", "replay -o", "verify --json"]
)
def test_what_minigrow_wrote_is_replaced(way, here, worked):
    assert run(*WAYS[way], "ours") == 0
    assert run(*WAYS[way], "ours") == 0


@unix
def test_two_outputs_of_replay_and_demo_are_two_files(here, worked, capsys):
    Path("link.gif").symlink_to("life.gif")
    for words in (LIVES, ("demo", "--no-open")):
        assert run(*words, "-o", "life.gif", "--film", "./link.gif") == 2
        assert "--film and -o would both write" in capsys.readouterr().err.replace("-o and --film", "--film and -o")
    assert worked == []


@unix
def test_the_folder_of_an_output_is_tried_before_the_work(here, worked, capsys):
    assert run("demo", "--no-open", "-o", "mine/growth.html") == 2
    assert "mine takes no new file" in capsys.readouterr().err
    assert worked == []


# Folders of results


def test_an_index_of_yours_stops_a_run_before_it_works(here, worked, capsys):
    Path("README.md").write_text(MINE)
    before = contents(here)
    assert run("run", "all", "--jobs", 1, "--out", ".") == 2
    assert "README.md is there and minigrow did not write it" in capsys.readouterr().err
    assert contents(here) == before
    assert worked == []


@pytest.mark.parametrize("name", ["results.json", "figure.png", "history.npz"])
def test_a_result_of_yours_stops_a_run_before_it_works(here, worked, capsys, name):
    (here / "out" / "fake.one").mkdir(parents=True)
    (here / "out" / "fake.one" / name).write_text(MINE)
    before = contents(here)
    assert run("run", "all", "--jobs", 1, "--out", "out") == 2
    assert f"{name} is there and minigrow did not write it" in capsys.readouterr().err
    assert contents(here) == before
    assert worked == []


def test_all_experiments_are_looked_at_before_the_first_works(here, worked, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "minigrow.experiments.fake.two", sys.modules["minigrow.experiments.fake.one"])
    two = tuple(Experiment(name, "Does it?", 1, 60) for name in ("fake.one", "fake.two"))
    monkeypatch.setattr(registry, "EXPERIMENTS", two)
    (here / "out").mkdir()
    (here / "out" / "fake.two").write_text(MINE)
    assert run("run", "all", "--jobs", 1, "--out", "out") == 2
    assert "takes no new file" in capsys.readouterr().err
    assert worked == []


@pytest.mark.parametrize("out", ["mine", "mine/deep"])
def test_a_folder_that_cannot_be_is_said_before_the_work(here, worked, capsys, out):
    assert run("run", "all", "--jobs", 1, "--out", out) == 2
    said = capsys.readouterr().err
    assert said.startswith(
        {"mine": "minigrow: --out must be a folder, got the file mine."}.get(out, "minigrow: --out mine")
    )
    assert said.count("\n") == 1
    assert worked == []


def test_a_run_replaces_its_own_results_and_leaves_the_rest(here, worked):
    for _ in range(2):
        assert run("run", "all", "--jobs", 1, "--out", "out") == 0
        (here / "out" / "fake.one" / "notes.txt").write_text(MINE)
        (here / "out" / ".jobs").mkdir(exist_ok=True)
        (here / "out" / ".jobs" / "mine").write_text(MINE)
    assert worked == [0, 0]
    assert run("gallery", "out") == 0
    assert (here / "out" / "fake.one" / "notes.txt").read_text() == MINE
    assert (here / "out" / ".jobs" / "mine").read_text() == MINE, "a folder of that name may be the user's"


def test_jobs_of_another_run_are_kept(here, worked, monkeypatch):
    """A stopped run goes on, though another one of the same experiment ended meanwhile."""
    module = sys.modules["minigrow.experiments.fake.one"]
    whole = module.run

    def stopped(config, seed, pmap):
        pmap(abs, [1])
        raise KeyboardInterrupt

    module.run = stopped
    assert run("run", "all", "--jobs", 1, "--out", "out", "--seed", 1) == 130
    module.run = whole
    assert run("run", "all", "--jobs", 1, "--out", "out") == 0
    assert len(list((here / "out" / ".jobs").glob("*/*.pickle"))) == 1
    assert run("run", "all", "--jobs", 1, "--out", "out", "--seed", 1) == 0
    assert not (here / "out" / ".jobs").exists()


def test_the_gallery_replaces_its_own_index_and_no_other(here, worked, capsys):
    assert run("run", "all", "--jobs", 1, "--out", "out") == 0
    index = here / "out" / "README.md"
    ours = index.read_text(encoding="utf-8")
    index.write_text(MINE)
    capsys.readouterr()
    sys.modules["minigrow.experiments.fake.one"].claims = lambda data: []  # judged again, the results would be others
    path = here / "out" / "fake.one" / "results.json"
    before = path.read_bytes()
    assert run("gallery", "out", "--judge") == 2
    assert "README.md is there and minigrow did not write it" in capsys.readouterr().err
    assert (index.read_text(), path.read_bytes()) == (MINE, before)
    index.write_text(ours, encoding="utf-8")
    assert run("gallery", "out") == 0


def test_a_poster_is_ours_where_the_index_is(here, worked, capsys):
    assert run("run", "all", "--jobs", 1, "--out", "out") == 0
    (here / "out" / "poster.png").write_bytes(b"an older poster")
    assert run("gallery", "out") == 0
    (here / "out" / "README.md").unlink()
    assert run("gallery", "out") == 2
    assert "poster.png is there and minigrow did not write it" in capsys.readouterr().err


@unix
def test_a_run_writes_through_links(here, worked):
    (here / "elsewhere").mkdir()
    (here / "out").symlink_to("elsewhere")
    assert run("run", "all", "--jobs", 1, "--out", "out") == 0
    assert (here / "out").is_symlink()
    found = json.loads((here / "elsewhere" / "fake.one" / "results.json").read_text())
    assert found["data"] == {"squares": [1, 2]}


@unix
def test_the_json_of_the_laws_may_go_to_the_screen(worked, capfd):
    assert run("verify", "--cases", 1, "--json", "/dev/stdout") == 0
    out = capfd.readouterr().out
    assert '"laws": [' in out
    assert out.endswith("1 of 1 laws hold\n")
