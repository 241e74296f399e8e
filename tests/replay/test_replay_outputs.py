"""`minigrow replay` with two lives, a checkpoint, a film, a moment, and the browser; `minigrow demo`."""

import numpy as np
import pytest
from replay_cli import ROWS, run

from minigrow import demo, growth
from minigrow.commands import browser
from minigrow.growth import History, Plan
from minigrow.nn import MLP, SGD


@pytest.fixture(autouse=True)
def opened(monkeypatch, tmp_path):
    """The addresses that a browser was asked to open, none of them really; the commands write into an empty folder."""
    found = []
    monkeypatch.setattr(browser.webbrowser, "open", lambda url: found.append(url) or True)
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.chdir(tmp_path)
    return found


@pytest.fixture
def saved(tmp_path):
    path = tmp_path / "life.npz"
    History(ROWS).save(path)
    return path


def test_two_lives_are_one_page(saved, tmp_path, capsys):
    again = tmp_path / "more" / "life.npz"
    again.parent.mkdir()
    History(ROWS[:3]).save(again)
    assert run("replay", saved, again) == 0
    assert "growth.html: 8 moments of 8 rows" in capsys.readouterr().out
    assert "<title>life (1) and life (2)</title>" in (tmp_path / "growth.html").read_text("utf-8")
    assert run("replay", saved, again, saved) == 2
    assert "two side by side, got 3 files" in capsys.readouterr().err


def test_a_checkpoint_is_played_too(tmp_path, capsys):
    net = growth.start(MLP.create([2, 3, 2], rng=0), SGD(), rng=0)
    growth.train(net, np.eye(2), np.array([0, 1]), Plan(epochs=2, checkpoint=tmp_path / "run.npz"))
    assert run("replay", tmp_path / "run.npz", "-o", tmp_path / "a.html") == 0
    assert "a.html: 3 moments" in capsys.readouterr().out


def test_a_film_is_written_instead_of_a_page_or_beside_one(saved, tmp_path, capsys):
    assert run("replay", saved, "--film", "a.gif") == 0
    assert "a.gif: a film of 5 moments, 0." in capsys.readouterr().out
    assert (tmp_path / "a.gif").read_bytes().startswith(b"GIF89a")
    assert not (tmp_path / "growth.html").exists()
    assert run("replay", saved, "--film", "a.gif", "-o", "b.html") == 0
    assert (tmp_path / "b.html").exists()


def test_a_moment_is_a_picture(saved, tmp_path, capsys):
    assert run("replay", saved, "--moment", "2.5", "-o", "a.png") == 0
    assert "a.png: the moment step 2, 0." in capsys.readouterr().out
    assert run("replay", saved, "--moment", "2") == 0
    assert "<svg" in (tmp_path / "moment.svg").read_text("utf-8")
    assert run("replay", saved, "--moment", "2", "-o", "a.html") == 2
    assert "a moment is a file .svg or .png, got a.html" in capsys.readouterr().err


@pytest.mark.parametrize("way", [["-o"], ["--film"]])
def test_the_history_is_never_overwritten(saved, capsys, way):
    before = saved.read_bytes()
    assert run("replay", saved, *way, saved) == 2
    assert "which is read. Give another name" in capsys.readouterr().err
    assert saved.read_bytes() == before


def test_the_browser_opens_what_was_written(saved, tmp_path, opened, capsys):
    assert run("replay", saved, "--open") == 0
    assert opened == [(tmp_path / "growth.html").as_uri()]


def test_without_a_screen_the_file_is_named(saved, monkeypatch, opened, capsys):
    monkeypatch.setattr(browser.sys, "platform", "linux")
    monkeypatch.delenv("DISPLAY")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert run("replay", saved, "--open") == 0
    assert opened == []
    assert "open growth.html in one" in capsys.readouterr().out


def test_the_demo_writes_its_page_and_opens_it(monkeypatch, tmp_path, opened, capsys):
    short = demo.life(1, tuple(phase._replace(steps=24) for phase in demo.PHASES))
    monkeypatch.setattr(demo, "life", lambda seed=0: short)
    assert run("demo", "--seed", "1") == 0
    assert "growth.html: " in capsys.readouterr().out
    assert opened == [(tmp_path / "growth.html").as_uri()]
    assert demo.TITLE in (tmp_path / "growth.html").read_text("utf-8")
    assert run("demo", "--no-open", "-o", "b.html", "--film", "b.gif") == 0
    assert len(opened) == 1
    assert (tmp_path / "b.gif").read_bytes().startswith(b"GIF89a")
    assert run("demo", "--seed", "-1") == 2
