"""Films and stills of lives: which moments, which bytes, which words, and pixels where something must be seen."""

import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from minigrow.film import film as films
from minigrow.film import gif, webm, write_film, write_still
from minigrow.film.palette import class_colour, colours
from minigrow.film.reel import edges_at, presence, reels, shots
from minigrow.film.sheet import HEIGHT, WIDTH, blank, fill, heads
from minigrow.film.words import happened, phase, when
from minigrow.growth import Event, History, Plan, snapshot, start, train, watch
from minigrow.nn import MLP, SGD
from minigrow.replay import page


def trained(X, y, widths, loss="softmax", **options):
    run = start(MLP.create(widths, "tanh", rng=0), SGD(0.1), rng=0)
    seen = watch(X, y, loss=loss, grid=9, **options)
    return train(run, X, y, Plan(epochs=3, batch=None, loss=loss, observe=seen, quiet=True)).history


X = np.random.default_rng(0).standard_normal((30, 2))
PLANE = trained(X, (X[:, 0] * X[:, 1] > 0).astype(int), [2, 3, 2], task="A cross.")
ONE = trained(X, X[:, :1] * X[:, 1:], [2, 3, 1], "mse")
LINE = trained(X[:, :1], X[:, :1] ** 2, [1, 3, 1], "mse")
IMAGES = trained(np.eye(4), np.arange(4) % 2, [4, 3, 2], image=(2, 2))
GREW = (
    Event("grow", "h1", 1, "too few", 2, 3, step=2),
    Event("grow", "h1", 2, "too few", 3, 5, step=2),
    Event("prune", "h1", 1, "one too many", 5, 4, step=4),
)
ROWS = tuple({"step": i, "loss": 10.0**-i, "widths": np.array([2, n, 1])} for i, n in enumerate((2, 2, 5, 5, 4)))
LIFE = History(ROWS, GREW).with_about(task="Any.", phases=[[0, "early"], [3, "late"]])
WIRED = {"x.h": 2, "h.h": 4, "h.y": 2, "x.y": 1, "y.h": 2}  # to itself, past a column, and back
LOOPS = History().with_row(
    {"step": 1, "size.x": 1, "size.h": 2, "size.y": 1} | {f"weights.{pair}": np.ones(n) for pair, n in WIRED.items()}
)
EVERY = {
    "loops": LOOPS,
    "plane": PLANE,
    "one output": ONE,
    "line": LINE,
    "images": IMAGES,
    "plain": LIFE,
    "no about": History(ROWS),
}


@pytest.mark.parametrize("name", EVERY)
def test_every_kind_of_life_makes_a_picture(name, tmp_path):
    assert write_still(EVERY[name], tmp_path / "a.png", 2).startswith("step ")
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.size == (2 * WIDTH, 2 * HEIGHT)


def test_an_svg_is_the_same_bytes_each_time(tmp_path):
    for name in ("a.svg", "b.svg"):
        write_still(PLANE, tmp_path / name, 99)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    assert b"<svg" in (tmp_path / "a.svg").read_bytes()


def test_a_film_shows_every_moment_and_is_the_same_bytes_each_time(tmp_path):
    assert [write_film(LIFE, tmp_path / name) for name in ("a.gif", "b.gif")] == [5, 5]
    assert (tmp_path / "a.gif").read_bytes() == (tmp_path / "b.gif").read_bytes()
    with Image.open(tmp_path / "a.gif") as picture:
        assert (picture.n_frames, picture.size, picture.info["loop"]) == (5, (WIDTH, HEIGHT), 0)


def test_a_film_that_is_too_large_shows_fewer_moments(tmp_path, monkeypatch):
    monkeypatch.setattr(films, "FEWEST", 2)
    monkeypatch.setitem(films.WRITERS, ".gif", lambda figures, count: b"x" * 100 * count)
    assert write_film(LIFE, tmp_path / "a.gif", size=300) == 2
    assert (tmp_path / "a.gif").stat().st_size == 200
    assert write_film(LIFE, tmp_path / "a.gif", size=10) == 2, "not fewer than FEWEST"
    assert write_film(LIFE, tmp_path / "a.gif", moments=3) == 3


@pytest.mark.parametrize(("write", "kinds"), [(write_film, ".gif or .webm"), (write_still, ".svg or .png")])
def test_other_files_are_refused_and_nothing_is_written(write, kinds, tmp_path):
    with pytest.raises(ValueError, match=f"{kinds}, got a.mp4"):
        write(LIFE, tmp_path / "a.mp4", *([1] if write is write_still else []))
    assert list(tmp_path.iterdir()) == []


def test_webm_needs_ffmpeg_and_says_where_to_get_it(tmp_path, monkeypatch):
    from matplotlib.animation import FFMpegWriter

    monkeypatch.setattr(FFMpegWriter, "isAvailable", lambda: False)
    with pytest.raises(ValueError, match=r"needs the program ffmpeg.*apt install ffmpeg.*\.gif"):
        write_film(LIFE, tmp_path / "a.webm")
    assert list(tmp_path.iterdir()) == []


def test_webm_is_what_ffmpeg_makes(monkeypatch, tmp_path):
    """A stand-in for ffmpeg writes down how many bytes of pictures it was given."""
    program = tmp_path / "ffmpeg"
    program.write_text(
        f"#!{sys.executable}\nimport sys\nopen(sys.argv[-1], 'w').write(str(len(sys.stdin.buffer.read())))\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    figures = iter([fill(blank(1), reels(LIFE), shot) for shot in shots(reels(LIFE), 2)])
    assert int(webm.webm(figures, 2)) == WIDTH * HEIGHT * 4 * (2 + gif.HOLD // gif.MILLISECONDS)


def test_an_empty_film_is_refused():
    with pytest.raises(ValueError, match="at least one picture"):
        gif.gif(iter([]), 0)


def test_two_runs_keep_one_clock():
    late = History(tuple(row | {"step": row["step"] + 2} for row in ROWS))
    runs = reels([LIFE, late], ["a", "b"])
    assert [shot.frames for shot in shots(runs, 99)] == [(0, 0), (1, 0), (2, 0), (3, 1), (4, 2), (4, 3), (4, 4)]
    assert [shot.before for shot in shots(runs, 99)][:3] == [(-1, -1), (0, 0), (1, 0)]
    picture = Image.fromarray(gif._pixels(fill(blank(2), runs, shots(runs, 2)[1])))
    assert picture.size == (2 * WIDTH, HEIGHT)
    assert [shot.frames for shot in shots(runs, 1)] == [(0, 0)]


def test_a_reel_is_what_the_page_plays():
    (run,) = reels(PLANE)
    assert run.frames == page(PLANE).frames
    ends, levels = edges_at(run, 3)
    assert len(ends) == len(levels) == 2 * 3 + 3 * 2 == len(run.levels) // 4
    assert np.abs(levels).max() <= 1
    assert edges_at(reels(LIFE)[0], 2)[0].shape == (0, 2)
    assert presence(reels(LIFE)[0], 2).sum() == 2 + 5 + 1


def test_a_gate_is_how_far_a_neuron_is_seen():
    class Half:
        def __call__(self, net):
            return snapshot(net) | {"gate.h1": np.array([0.5, 1.0, 0.0])}

    run = start(MLP.create([2, 3, 2], rng=0), SGD(), rng=0)
    life = train(run, np.eye(2), np.array([0, 1]), Plan(epochs=2, observe=Half(), quiet=True)).history
    (told,) = reels(life)
    assert sorted(set(presence(told, 1).round(2).tolist())) in ([0.5, 1.0], [0.0, 0.5, 1.0])
    assert fill(blank(1), [told], shots([told], 2)[1]).axes


def test_words_say_when_which_phase_and_what_happened():
    (run,) = reels(LIFE)
    assert [phase(run, f) for f in (0, 2, 3, 4)] == ["early", "early", "late", "late"]
    assert when(run, 2) == "step 2"
    assert happened(run, 0, 1) == ("", "No growth event yet.")
    assert happened(run, 1, 2) == ("grow", "hidden 1 grows by 3 neurons, 2 → 5: too few")
    assert happened(run, 2, 3) == happened(run, 1, 2), "it stays until the next"
    assert happened(run, 3, 4) == ("prune", "hidden 1 loses 1 neuron, 5 → 4: one too many")
    assert happened(reels(History(ROWS))[0], 0, 1) == ("", "")
    assert phase(reels(History(ROWS))[0], 1) == ""


def test_the_head_names_the_run_where_there_are_two():
    (told,), (silent,) = reels(LIFE, ["mine"]), reels(History(ROWS), ["mine"])
    assert heads(told, "a title", False) == ("Any.", "a title")
    assert heads(told, "a title", True) == ("mine: Any.", "")
    assert heads(silent, "a title", False) == ("a title", "")
    assert heads(silent, "a title", True) == ("mine", "")


def count(picture, colour):
    wanted = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)])
    return int((np.abs(picture.astype(int) - wanted).max(axis=-1) < 12).sum())


def test_births_and_removals_have_halos_for_a_few_pictures():
    runs = reels(LIFE)
    drawn = [gif._pixels(fill(blank(1), runs, shot))[80:340, :] for shot in shots(runs, 99)]
    assert [count(picture, colours()["born"]) > 50 for picture in drawn] == [False, False, True, True, True]
    assert [count(picture, colours()["gone"]) > 20 for picture in drawn] == [False, False, False, False, True]


def test_the_surface_follows_the_network():
    """Pixels of a class's colour are there exactly where the network's answer is that class at some point of the grid."""
    (run,) = reels(PLANE)
    pixels = gif._pixels(fill(blank(1), [run], shots([run], 99)[-1]))[90:360, 600:880]
    for label in (0, 1):
        assert count(pixels, class_colour(label)) > 30, "the data's marks"
    net_says = PLANE.rows[-1]["surface"].argmax(axis=1)
    assert set(net_says.tolist()) == {0, 1}


def test_points_are_shown_while_they_belong_to_the_task():
    points = [[0.0, 0.0, 1, 0, 2], [1.0, 1.0, 0, 2, 9]]
    (run,) = reels(PLANE.with_about(points=points))
    assert [point[3:] for point in run.data["surface"]["points"]] == [[0, 2], [2, 4]]
    shown = [gif._pixels(fill(blank(1), [run], shot))[90:360, 600:880] for shot in shots([run], 99)]
    assert [count(p, class_colour(1)) > 5 for p in shown] == [True, True, False, False]
    assert [count(p, class_colour(0)) > 5 for p in shown] == [False, False, True, True]


def test_the_palette_has_the_page_s_own_colours_exactly(tmp_path):
    with Image.open(io.BytesIO(gif.gif((fill(blank(1), reels(PLANE), s) for s in shots(reels(PLANE), 2)), 2))) as film:
        seen = {colour for _, colour in film.convert("RGB").getcolors(1 << 24)}
    for name in ("paper", "ink", "neuron"):
        assert tuple(int(colours()[name][i : i + 2], 16) for i in (1, 3, 5)) in seen


def test_importing_the_page_loads_no_matplotlib():
    code = (
        "import sys, minigrow.film, minigrow.commands.replay\nprint('matplotlib' in sys.modules, 'PIL' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


def test_the_readme_s_film_is_small_and_sharp():
    path = Path(__file__).parents[2] / "figures" / "growth.gif"
    if not path.is_file():
        pytest.skip("an installed package has no figures beside it")
    assert path.stat().st_size <= films.BYTES
    with Image.open(path) as picture:
        assert (picture.size, picture.n_frames > 60) == ((WIDTH, HEIGHT), True)
