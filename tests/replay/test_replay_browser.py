"""The pages in a real browser, headless Chromium: they load without an error and show the widths that were recorded."""

import numpy as np
import pytest
from browser_page import ask, click, complaints, frame, load, own_clock, plain, press, scrub, text, window

from minigrow.growth import Event, History
from minigrow.replay import write_page

pytest.importorskip("selenium", reason="selenium is not installed")
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

NEURON = (0x24, 0x27, 0x2D)  # --neuron of the light scheme
METHODS = ["isotropic.selfsizing", "nimble.anatomy", "differentiable_structure.neurons", "urn.lifetime"]
PAGES = [*METHODS, "isotropic.tasks", "isotropic.spectra"]


def discs(driver, path, least=1):
    """The middles (x, y) of all neurons in a screenshot of the network: connected patches of `least` pixels of their colour."""
    from matplotlib.image import imread

    driver.find_element(By.ID, "picture").screenshot(str(path))
    image = np.round(255 * imread(path)[: int(ask(driver, "replay.places().height")), :, :3]).astype(int)
    left = set(map(tuple, np.argwhere((image == NEURON).all(axis=2)).tolist()))
    middles = []
    while left:
        patch, work = [], [left.pop()]
        while work:
            y, x = work.pop()
            patch.append((x, y))
            near = {(y + dy, x + dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1)} & left
            left -= near
            work += near
        middles += [np.mean(patch, axis=0)] if len(patch) >= least else []
    return np.array(middles)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_loads_and_shows_the_recorded_widths(driver, pages, tmp_path, name):
    """At the start, in the middle, at the end: the numbers drawn, the words, and the patches in a screenshot."""
    address, history = pages(name)
    window(driver, (1920, 1080))  # room for every disc
    load(driver, address)
    plain(driver)
    assert driver.title == name
    n, thinned = len(history.rows), name == "isotropic.tasks"
    for f in (0, n // 3, n - 1):
        scrub(driver, f)
        widths = [128 if thinned and w == 192 else w for w in history["widths"][f].tolist()]
        assert frame(driver) == f
        assert ask(driver, "replay.drawn.counts") == widths
        if "gate.h1" not in history.rows[0]:  # a half-open gate is half-filled: its colour is another
            assert len(discs(driver, tmp_path / "a.png")) == sum(widths)
        words = driver.find_element(By.ID, "picture").get_attribute("aria-label")
        assert all(f" {w}" in words for w in history["widths"][f].tolist())
        drawn = any(np.size(row[key]) for row in history.rows[: f + 1] for key in row if key.startswith("weights."))
        if f or not drawn:  # before the first step all weights may be too small to be drawn
            assert (ask(driver, "replay.drawn.edges") > 0) == (drawn and min(widths) > 0)
    assert complaints(driver) == []


def test_each_layer_has_its_own_width_in_the_picture(driver, pages, tmp_path):
    address, history = pages("isotropic.selfsizing")
    window(driver, (1920, 1080))
    load(driver, address)
    plain(driver)
    middles = ask(driver, "replay.data.spaces.map(s => s.x * replay.places().width)")
    for f in (0, 40, 100, len(history.rows) - 1):
        scrub(driver, f)
        layer = np.abs(discs(driver, tmp_path / "a.png")[:, :1] - np.array(middles)).argmin(axis=1)
        assert np.bincount(layer, minlength=4).tolist() == history["widths"][f].tolist()


def test_an_open_gate_is_full_and_a_closed_one_is_not_there(driver, pages, tmp_path):
    address, history = pages("nimble.anatomy")
    load(driver, address)
    for f in (0, 60, len(history.rows) - 1):
        scrub(driver, f)
        gates = history["gates"][f]
        full = int((gates >= 0.9985).sum()) + 2  # input and output; half-open ones are half-filled, of another colour
        found = discs(driver, tmp_path / "a.png", least=200)  # more than a ring of radius 13
        assert full <= len(found) <= int((gates > 0).sum()) + 2


@pytest.mark.parametrize("name", ["urn.lifetime", "differentiable_structure.neurons"])
def test_the_edges_are_those_of_the_last_row_with_weights(driver, pages, name):
    address, history = pages(name)
    load(driver, address)
    names = [key for key in history.rows[0] if key.startswith("weights.")]
    greatest = {key: max(np.abs(row[key].astype(float)).max(initial=0) for row in history.rows) for key in names}
    for f in (0, 5, 10, 30, 99):
        scrub(driver, f)
        seen = max(row for row in range(f + 1) if len(history.rows[row][names[0]]))
        between = history.rows[seen]["step"], history.rows[f]["step"]
        gone = any(event.kind == "prune" and between[0] < event.step <= between[1] for event in history.events)
        count = sum(
            np.sum(np.round(np.abs(history.rows[seen][k].astype(float)) / greatest[k] * 127) > 0) for k in names
        )
        if count <= 400 and not gone:  # the page draws no more, and no edges of neurons that are gone
            assert ask(driver, "replay.drawn.edges") == count


def test_a_neuron_stays_in_its_place(driver, pages):
    """Nothing jumps: whoever lives at two moments is drawn at the same point."""
    load(driver, pages("differentiable_structure.neurons")[0])
    script = """return [...replay.lives.place].map((p, i) => [i, ...replay.places().xy[p]])
        .filter(([i]) => replay.alive(i, replay.frame))"""
    seen = {}
    for f in (0, 100, 101, 250, 499):
        scrub(driver, f)
        for life, *xy in driver.execute_script(script):
            assert seen.setdefault(life, xy) == xy


def test_between_two_moments_neurons_fade(driver, pages):
    """Halfway to fewer neurons some are half there: neither the colour of the paper nor the neurons'."""
    address, history = pages("isotropic.tasks")
    load(driver, address)
    plain(driver)
    own_clock(driver)
    click(driver, "play")
    half = 500 / ask(driver, "Math.min(24, Math.max(3, replay.data.rows.length / 28))")
    driver.execute_script("window.clock += arguments[0]; window.next(window.clock)", half)
    assert ask(driver, "replay.position") == pytest.approx(0.5)
    script = """const c = document.getElementById("picture").getContext("2d"), s = window.devicePixelRatio || 1, p = replay.lives;
        const i = [...p.last].findIndex((last, i) => last === arguments[0] && p.first[i] === 0);
        const [x, y] = replay.places().xy[p.place[i]];
        return c.getImageData(Math.round(x * s), Math.round(y * s), 1, 1).data[0]"""
    assert 100 < driver.execute_script(script, 1) < 180
    assert driver.execute_script(script, len(history.rows)) == NEURON[0]
    click(driver, "play")


def test_words_of_a_history_stay_words(driver, tmp_path):
    evil = "</script><script>document.title = 'broken'</script><b>bold</b>"
    row = {"step": 0, "loss": float("nan"), "widths": np.array([2, 1])}
    history = History(
        (row, row | {"step": 9}), (Event("grow", "h1", 1, evil, 0, 1, step=9), Event(evil, evil, 1, "", 1, 1, step=9))
    )
    write_page(history, tmp_path / "a.html", evil)
    load(driver, (tmp_path / "a.html").as_uri() + "#step=9")
    assert driver.title == evil
    assert driver.find_element(By.TAG_NAME, "h1").text == evil
    assert evil in text(driver, "happened")
    assert driver.find_elements(By.TAG_NAME, "b")[0].get_attribute("id") == "when"
    assert "loss none" in text(driver, "when")
    assert complaints(driver) == []


def test_one_row_is_a_still(driver, tmp_path):
    write_page(History(({"epoch": 1, "widths": np.array([2, 5, 1])},)), tmp_path / "a.html")
    load(driver, (tmp_path / "a.html").as_uri())
    click(driver, "play")
    assert not ask(driver, "replay.playing")
    assert ask(driver, "replay.drawn.counts") == [2, 5, 1]
    assert "observe=minigrow.growth.snapshot" in driver.find_element(By.CLASS_NAME, "hint").text
    assert complaints(driver) == []


def test_a_long_and_wide_life_is_thinned_and_says_so(driver, tmp_path):
    rng, rows = np.random.default_rng(0), []
    for i in range(20_000):
        rows.append({"step": i, "loss": float(rng.random()), "widths": np.array([64, 500, 10])})
    made = write_page(History(tuple(rows)), tmp_path / "a.html")
    load(driver, (tmp_path / "a.html").as_uri())
    driver.find_element(By.CSS_SELECTOR, "#left summary").click()
    said = text(driver, "left")
    assert all(words in said for words in made.left)
    assert len(made.left) == 2
    press(driver, Keys.END)
    assert ask(driver, "replay.row") == 19_999
    assert ask(driver, "replay.drawn.counts") == [64, 128, 10]
