"""A method in one sitting: the example files do what they say, and a user's own laws are checked like the package's."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from minigrow import cli
from minigrow.growth import History
from minigrow.growth.contract import check
from minigrow.growth.plan import Context
from minigrow.nn import MLP

EXAMPLES = Path(__file__).parents[1] / "tutorials" / "examples"


def ran(name, *arguments):
    done = subprocess.run([sys.executable, EXAMPLES / name, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def imported(monkeypatch, name):
    monkeypatch.syspath_prepend(str(EXAMPLES))
    return __import__(name)


def test_the_rule_grows_the_perceptron_and_says_why():
    first, second = ran("my_rule.py")
    hidden = int(first.split(",")[1])
    assert hidden > 5
    assert float(first.split("%")[0].split()[-1]) > 85
    assert second.endswith("h1, the loss stood still")
    assert f"{hidden - 2} births" in second


def test_the_rule_keeps_the_function_and_its_bound(monkeypatch):
    policy, net = imported(monkeypatch, "my_rule").SplitOnPlateau(most=4), MLP.create([3, 3, 2], rng=0)
    still = History().with_row({"loss": 1.0}).with_row({"loss": 1.0})
    context, X = Context(0, 0, np.random.default_rng(0), None, None, "softmax", still), np.eye(3)
    wide, events = policy(net, context)
    np.testing.assert_allclose(wide(X), net(X), rtol=1e-13)
    assert (wide.widths, events[0].neurons) == ((3, 4, 2), 1)
    assert policy(wide, context) == (wide, ())
    falling = context._replace(history=History().with_row({"loss": 1.0}).with_row({"loss": 0.5}))
    assert policy(net, falling) == (net, ())


def test_the_network_goes_through_everything(tmp_path):
    lines = ran("my_network.py", str(tmp_path))
    assert lines == [
        "resumed from the file, bit for bit: True",
        "hidden 4, cost 28 multiply-adds, mean squared error below 1e-3: True",
        "the replay has 30 rows and 3 events",
        "structure: widths (3, 4, 1)",
        "motifs of three neurons: 2 classes",
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["growth.html", "run.npz"]


def test_the_network_keeps_the_contract(monkeypatch):
    net = check(imported(monkeypatch, "my_network").Product.create(3, 2, 1, rng=0))
    assert (net.widths, net.cost, net.trained) == ((3, 2, 1), 14, ("W", "b", "U", "c", "V", "e"))


def test_verify_checks_the_laws_of_a_file(capsys):
    assert cli.main(["verify", "--file", str(EXAMPLES / "my_law.py"), "--cases", "5"]) == 0
    assert "2 of 2 laws hold" in capsys.readouterr().out
    assert cli.main(["verify", "--file", str(EXAMPLES / "my_law.py"), "--explain", "mine.permute"]) == 0
    assert "both factors to be permuted alike" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("", 2, "registers no law"),
        ("1 / 0", 2, "line 1: ZeroDivisionError"),
        ("def (", 2, "SyntaxError"),
        (
            "from minigrow.laws import law\n@law('a.b', tolerance=1, because='')\ndef f(rng): return 2.0",
            1,
            "these fail: a.b",
        ),
        (
            "from minigrow.laws import law\n@law('a.c', tolerance=1, because='')\ndef f(rng): return 0.5",
            1,
            "it has no broken twin; there is nothing to notice",
        ),
        (
            "from minigrow.laws import law\n@law('a.d', tolerance=1, because='')\ndef f(rng): return 1 / 0",
            2,
            "a.d (seed 0, case 0)",
        ),
    ],
)
def test_a_users_law_never_crashes_verify(tmp_path, capsys, text, code, words):
    file = tmp_path / "laws.py"
    file.write_text(text)
    assert cli.main(["verify", "--file", str(file), "--cases", "2"]) == code
    seen = capsys.readouterr()
    assert words in seen.out + seen.err
    assert "Traceback" not in seen.err


def test_a_missing_file_is_told(capsys):
    assert cli.main(["verify", "--file", "nowhere.py"]) == 2
    assert "there is no file nowhere.py" in capsys.readouterr().err
