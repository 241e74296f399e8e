"""What each command prints, word by word, in one case made by hand; and the two streams and codes of `check`."""

import contextlib
import io
import json
import os
import sys

import numpy as np
import pytest

from minigrow import cli, datasets, demo, laws
from minigrow.commands import browser
from minigrow.commands.replay import distinct
from minigrow.experiments.registry import EXPERIMENTS
from minigrow.growth import History
from minigrow.labs import handed_in, marking, report
from minigrow.labs.exercises import every
from minigrow.labs.trial import Trial

RIGHT = "def cheapest(A, B):\n    return (B / A) ** 0.5\n"
WRONG = "print('one')\nprint('two')\ndef cheapest(A, B):\n    return 0\n"
LIFE = History(tuple({"step": i, "loss": 1.0, "widths": np.array([2, 3 + i, 4, 1])} for i in range(3)))


@pytest.fixture(autouse=True)
def here(monkeypatch, tmp_path):
    """An empty folder to work in, and a browser that writes down what it is asked to open."""
    opened = []
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(browser.webbrowser, "open", lambda url: opened.append(url) or True)
    monkeypatch.setenv("DISPLAY", ":0")
    return opened


def run(capsys, *argv):
    """The exit code, what is printed, and what is said on stderr."""
    capsys.readouterr()
    try:
        code = cli.main([str(word) for word in argv])
    except SystemExit as stop:
        code = stop.code
    return (code, *capsys.readouterr())


def test_a_list_of_every_exercise_is_what_check_prints_without_one(capsys):
    lines = "".join(f"{each.number}  {each.call}\n" for each in every().values())
    assert lines.startswith("01.1  append_neuron(W, b, V, bias, v)\n01.2  rates(net, scale, eta)\n")
    assert run(capsys, "check", "--list") == run(capsys, "check") == (0, lines, "")
    assert run(capsys, "check", "05.2", "--list") == (0, lines, "")


def test_check_says_what_is_asked_for(capsys):
    asked = every()["05.2"].asks
    wanted = f"05.2  cheapest(A, B)\n\n{asked}\n\nCheck it: minigrow check 05.2 answer.py\n"
    assert run(capsys, "check", "05.2") == (0, wanted, "")


@pytest.fixture
def times(monkeypatch):
    """Files are marked in this process; a list of the seconds that each of them was given."""
    given = []

    def marked(asked, path, seconds):
        given.append(seconds)
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            verdict = handed_in.found(asked, path)
        return handed_in.Report(str(path), verdict, printed.getvalue(), 0.26)

    monkeypatch.setattr(handed_in, "marked", marked)
    return given


def test_check_prints_the_verdict_of_a_file_and_names_only_several(times, capsys, tmp_path):
    (tmp_path / "a.py").write_text(RIGHT)
    (tmp_path / "b.py").write_text(WRONG)
    right = "05.2  cheapest(A, B): right in all 20 random cases\n"
    wrong = """your file printed
  | one
  | two
05.2  cheapest(A, B): not right yet (random case 1)
  rule  q > 0
  came  0.000
  look  a negative q would turn the ReLU round
"""
    assert run(capsys, "check", "05.2", "a.py") == (0, right, "")
    assert run(capsys, "check", "05.2", "b.py") == (1, wrong, "")
    both = f"a.py:\n{right}b.py:\n{wrong}1 of 2 right\n"
    assert run(capsys, "check", "05.2", "a.py", "b.py", "--json", "marks.json", "--seconds", "50") == (1, both, "")
    found = json.loads((tmp_path / "marks.json").read_text())
    verdict = {"seconds": 0.3, "exercise": "05.2", "call": "cheapest(A, B)"}
    assert found == [
        {"file": "a.py", **verdict, "right": True, "case": 20, "rule": "", "came": "", "look": "", "printed": ""},
        {"file": "b.py", **verdict, "right": False, "case": 1, "rule": "q > 0", "came": "0.000",
         "look": "a negative q would turn the ReLU round", "printed": "one\ntwo\n"},
    ]  # fmt: skip
    assert run(capsys, "check", "05.2", "a.py", "a.py")[:2] == (0, f"a.py:\n{right}" * 2 + "2 of 2 right\n")
    assert times == [60, 60, 50, 50, 60, 60]


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["check", "05.2", "no.py", "."], "there is no file no.py, .. Name Python files with answers."),
        (["check", "05.2", "no.py", "--seconds", "0"], "argument --seconds: must be a whole number >= 1, got 0."),
        (["demo", "--seed", "-1"], "argument --seed: must be a whole number >= 0, got -1."),
        (["demo", "--seed", "x"], "argument --seed: must be a whole number >= 0, got x."),
        (["run", "all", "--jobs", "0"], "argument --jobs: must be a whole number >= 1, got 0."),
        (["run", "all", "--repeats", "0"], "argument --repeats: must be a whole number >= 1, got 0."),
        (["verify", "--cases", "0"], "argument --cases: must be a whole number >= 1, got 0."),
        (["verify", "--seed", "1.5"], "argument --seed: must be a whole number >= 0, got 1.5."),
        (["replay", "a.npz", "b.npz", "c.npz"], "replay plays one life, or two side by side, got 3 files."),
    ],
)
def test_a_mistake_is_one_whole_line(argv, said, capsys):
    code, out, err = run(capsys, *argv)
    more = f" Try: minigrow {argv[0]} --help" if said.startswith("argument") else ""
    assert (code, out, err) == (2, "", f"minigrow: {said}{more}\n")


def test_the_demo_says_what_it_does_and_what_it_wrote(monkeypatch, here, capsys, tmp_path):
    seeds = []
    monkeypatch.setattr(demo, "life", lambda seed=5: seeds.append(seed) or LIFE)
    first = "training a network that grows and shrinks with its task, a few seconds ...\n"
    last = "growth.html: 0 growth events; its hidden layers had up to 5 and 4 neurons\n"
    assert run(capsys, "demo") == (0, first + last, "")
    assert here == [(tmp_path / "growth.html").as_uri()]
    code, out, err = run(capsys, "demo", "--no-open", "--seed", "0", "-o", "b.html", "--film", "b.gif")
    size = f"{(tmp_path / 'b.gif').stat().st_size / 1e6:.2f} MB"
    assert out == first + last.replace("growth.html", "b.html") + f"b.gif: a film of 3 moments, {size}\n"
    assert (code, err, len(here), seeds) == (0, "", 1, [5, 0])


def test_replay_says_what_it_wrote_whatever_was_asked_for(here, capsys, tmp_path):
    LIFE.save("history.npz")

    def size(name):
        return f"{(tmp_path / name).stat().st_size / 1e6:.2f} MB"

    def written(*argv):
        code, out, err = run(capsys, "replay", "history.npz", *argv)
        assert (code, err) == (0, "")
        return out

    assert written() == f"growth.html: 3 moments of 3 rows, 0 events, {size('growth.html')}\n"
    assert f"<title>{tmp_path.name}</title>" in (tmp_path / "growth.html").read_text("utf-8")
    (tmp_path / "growth.html").unlink()
    assert written("--moment", "1", "--film", "a.gif") == (
        f"a.gif: a film of 3 moments, {size('a.gif')}\nmoment.svg: the moment step 1, {size('moment.svg')}\n"
    )
    assert written("--moment", "2") == f"moment.svg: the moment step 2, {size('moment.svg')}\n", "ours is replaced"
    assert written("--film", "b.gif", "--open") == f"b.gif: a film of 3 moments, {size('b.gif')}\n"
    assert here == [(tmp_path / "b.gif").as_uri()]
    assert written("-o", "c.html", "--title", "My own") == f"c.html: 3 moments of 3 rows, 0 events, {size('c.html')}\n"
    assert "<title>My own</title>" in (tmp_path / "c.html").read_text("utf-8")
    assert {path.name for path in tmp_path.iterdir()} == {"history.npz", "a.gif", "b.gif", "c.html", "moment.svg"}


@pytest.fixture
def few_laws(monkeypatch):
    """Two laws, of which the second fails."""
    fake = [
        laws.Law("nn.first", 1.0, "test", lambda rng: 0.25),
        laws.Law("nn.second", 2.0, "test", lambda rng: 1234.5678),
    ]
    monkeypatch.setattr(laws, "all_laws", lambda: fake)


def test_verify_prints_a_row_for_each_law_on_25_cases(few_laws, capsys, tmp_path):
    head = "law                                cases  worst / eps  tolerance\n"
    first = "nn.first                              25         0.25          1  ok\n"
    second = "nn.second                             25     1.23e+03          2  FAILS\n"
    last = "1 of 2 laws hold; these fail: nn.second\n"
    assert run(capsys, "verify") == (1, head + first + second + last, "")
    assert run(capsys, "verify", "--json", "a.json")[0] == 1
    told = json.loads((tmp_path / "a.json").read_text())
    assert (told["seed"], told["cases"], [row["cases"] for row in told["laws"]]) == (0, 25, [25, 25])


def mark_of(file, *, error="", outcome="noticed"):
    law = marking.LawMark("my.law", 3, 1.0, 2.0, True, "", 25, 25)
    trial = Trial(file, 4, "f", "- for + in `a + b`", outcome, ("my.law",))
    return marking.Mark(file, error, () if error else [law], () if error else [trial] * 12, 40, 25, 1.26)


def test_verify_names_each_of_several_files_and_ends_with_the_worst_code(monkeypatch, capsys, tmp_path):
    given, found = (
        [],
        {"a.py": mark_of("a.py"), "b.py": mark_of("b.py", outcome="missed"), "c.py": mark_of("c.py", error="no")},
    )
    monkeypatch.setattr(marking, "mark", lambda file, cases, seed: given.append((cases, seed)) or found[str(file)])
    texts = {name: "\n".join(report.lines(row)) for name, row in found.items()}
    assert run(capsys, "verify", "--file", "a.py") == (0, f"{texts['a.py']}\n", "")
    assert run(capsys, "verify", "--file", "c.py") == (2, "", "minigrow: no\n")
    several = (["a.py", "a.py"], 0), (["b.py", "a.py"], 1), (["a.py", "c.py", "b.py"], 2), (["c.py", "a.py"], 2)
    for names, code in several:
        said = "".join(f"{report.line(found[name])}\n" for name in names)
        said += "".join(f"\n{name}\n{texts[name]}\n" for name in names)
        assert run(capsys, "verify", "--file", *names, "--cases", "7", "--seed", "3", "--json", "m.json") == (
            code,
            said,
            "",
        )
        told = json.loads((tmp_path / "m.json").read_text())
        assert told == {"seed": 3, "files": [json.loads(json.dumps(report.plain(found[name]))) for name in names]}
    assert given == [(None, 0)] * 2 + [(7, 3)] * 9


def test_what_a_command_takes_where_nothing_else_is_said():
    def taken(*words):
        args = vars(cli.parser().parse_args(words))
        return {name: value for name, value in args.items() if name not in ("act", "command")}

    folders = {name: cli.fetch.Path(name) for name in ("growth.html", "runs", "data", "figures")}
    assert taken("demo") == {"out": folders["growth.html"], "film": None, "no_open": False, "seed": None}
    assert taken("fetch", "x") == {"name": "x", "to": folders["data"]}
    assert taken("gallery") == {"folder": folders["figures"], "judge": None}
    assert taken("check") == {"exercise": None, "files": [], "list": False, "seconds": 60, "json": None}
    assert taken("verify") == {"cases": None, "seed": 0, "json": None, "file": None, "explain": None}
    assert taken("list") == {}
    assert taken("run", "all") == {
        "names": ["all"], "full": False, "seed": 0, "repeats": None, "jobs": os.cpu_count(), "cluster": None,
        "out": folders["runs"], "data": None,
    }  # fmt: skip
    assert taken("replay", "growth.html") == {
        "histories": [folders["growth.html"]], "out": None, "title": None, "film": None, "moment": None, "open": False,
    }  # fmt: skip


def test_names_are_numbered_only_where_two_are_alike():
    assert distinct(["b", "a"]) == ["b", "a"]
    assert distinct(["a"]) == ["a"]
    assert distinct(["a", "a"]) == ["a (1)", "a (2)"]


@pytest.mark.parametrize(
    ("system", "names", "opens", "tried"),
    [
        ("linux", [], True, False),
        ("linux", ["DISPLAY"], True, True),
        ("linux", ["WAYLAND_DISPLAY"], True, True),
        ("linux", ["DISPLAY"], False, True),
        ("darwin", [], True, True),
        ("win32", [], True, True),
    ],
)
def test_a_browser_is_tried_where_there_is_a_screen(monkeypatch, capsys, tmp_path, system, names, opens, tried):
    asked = []
    monkeypatch.setattr(browser.sys, "platform", system)
    monkeypatch.setattr(browser.webbrowser, "open", lambda url: asked.append(url) or opens)
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.setenv(name, ":0") if name in names else monkeypatch.delenv(name, raising=False)
    address = (tmp_path / "a.html").as_uri()
    shown = browser.show(tmp_path / "a.html")
    assert (shown, asked) == (tried and opens, [address] if tried else [])
    assert capsys.readouterr().out == (
        "" if shown else f"no browser was found here: open {tmp_path / 'a.html'} in one\n"
    )


def test_list_gives_each_experiment_two_lines(capsys):
    code, out, err = run(capsys, "list")
    lines = out.splitlines()
    assert (code, err, len(lines)) == (0, "", 2 * len(EXPERIMENTS))
    for e, first, second in zip(EXPERIMENTS, lines[::2], lines[1::2], strict=True):
        assert first == f"{e.name.ljust(36)} {e.question}"
        minutes = f"{e.full / 60:.0f}"
        assert second == f"{' ' * 37}{e.paper}; quick about {e.quick:.0f} s, full about {minutes} min"


def test_fetch_takes_the_folder_data_unless_another_is_named(monkeypatch, capsys):
    monkeypatch.setattr(datasets, "fetch", lambda name, to: [to / name])
    assert run(capsys, "fetch", "mnist") == (0, str(cli.fetch.Path("data") / "mnist") + "\n", "")
    assert run(capsys, "fetch", "mnist", "--to", "b") == (0, str(cli.fetch.Path("b") / "mnist") + "\n", "")


def test_the_help_has_all_commands_in_their_order(capsys):
    code, out, _ = run(capsys, "--help")
    names = ["demo", "list", "run", "gallery", "verify", "check", "motifs", "replay", "tutorials", "fetch"]
    found = [line.split()[0] for line in out.splitlines() if line.startswith("    ") and line[4] != " "]
    assert (code, found) == (0, names)
    assert sys.modules["minigrow.cli"].COMMANDS[0].__name__ == "minigrow.commands.demo"
