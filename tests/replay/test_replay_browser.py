"""The pages in a real browser, headless Chromium: they load without an error, play, and show the widths that were recorded."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from minigrow.growth import Event, History
from minigrow.replay import write_page

webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
from selenium.webdriver.chrome.service import Service  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402
from selenium.webdriver.support.ui import Select, WebDriverWait  # noqa: E402

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
DRIVER = shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="chromium and chromedriver are not both installed")

FIGURES = Path(__file__).parents[2] / "figures"
FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --disable-dev-shm-usage --hide-scrollbars --force-device-scale-factor=1 "
    "--window-size=1200,900"
)
NEURON = (0x24, 0x27, 0x2D)  # --neuron of the light scheme
METHODS = ["isotropic.selfsizing", "nimble.anatomy", "differentiable_structure.neurons", "urn.lifetime"]
PAGES = [*METHODS, "isotropic.tasks", "isotropic.spectra"]


@pytest.fixture(scope="session")
def driver(tmp_path_factory):
    options = webdriver.ChromeOptions()
    for flag in [*FLAGS.split(), f"--user-data-dir={tmp_path_factory.mktemp('browser')}"]:
        options.add_argument(flag)
    options.binary_location = CHROMIUM
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    light = {"features": [{"name": "prefers-color-scheme", "value": "light"}]}
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", light)
    yield driver
    driver.quit()


@pytest.fixture(scope="session")
def pages(tmp_path_factory):
    """A page of each committed history, written when first asked for; returns its address and the history."""
    folder, made = tmp_path_factory.mktemp("pages"), {}

    def page(name):
        if name not in made:
            history = History.load(FIGURES / name / "history.npz")
            write_page(history, folder / f"{name}.html", name)
            made[name] = ((folder / f"{name}.html").as_uri(), history)
        return made[name]

    return page


def load(driver, address):
    driver.get("about:blank")  # an address that differs in its # alone would not load anew
    driver.get_log("browser")
    driver.get(address)


def ask(driver, what):
    return driver.execute_script(f"return {what}")


def frame(driver):
    return ask(driver, "replay.frame")


def scrub(driver, f):
    script = "const s = document.getElementById('scrub'); s.value = arguments[0]; s.dispatchEvent(new Event('input'))"
    driver.execute_script(script, f)


def press(driver, *keys):
    for key in keys:
        driver.find_element(By.TAG_NAME, "body").send_keys(key)


def click(driver, name):
    driver.find_element(By.ID, name).click()


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
    load(driver, address)
    assert driver.title == name
    n, thinned = len(history.rows), name == "isotropic.tasks"
    for f in (0, n // 3, n - 1):
        scrub(driver, f)
        widths = [128 if thinned and w == 192 else w for w in history["widths"][f].tolist()]
        assert frame(driver) == ask(driver, "replay.row") == f
        assert ask(driver, "replay.drawn.counts") == widths
        if "gate.h1" not in history.rows[0]:  # a half-open gate is half-filled: its colour is another
            assert len(discs(driver, tmp_path / "a.png")) == sum(widths)
        words = driver.find_element(By.ID, "picture").get_attribute("aria-label")
        assert all(f" {w}" in words for w in history["widths"][f].tolist())
        assert (ask(driver, "replay.drawn.edges") > 0) == (name in METHODS and min(widths) > 0)
    assert [entry for entry in driver.get_log("browser") if entry["level"] != "INFO"] == []


def test_each_layer_has_its_own_width_in_the_picture(driver, pages, tmp_path):
    address, history = pages("isotropic.selfsizing")
    load(driver, address)
    middles = ask(driver, "replay.data.spaces.map(s => s.x * replay.places().width)")
    for f in (0, 40, 100, 149):
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


def test_it_plays_and_pauses(driver, pages):
    load(driver, pages("isotropic.selfsizing")[0])
    assert frame(driver) == 0
    click(driver, "play")
    WebDriverWait(driver, 30).until(lambda _: frame(driver) >= 2)
    assert ask(driver, "replay.playing")
    assert driver.find_element(By.ID, "play").text.strip() == "Pause"
    click(driver, "play")
    stopped = frame(driver)
    assert not ask(driver, "replay.playing")
    assert ask(driver, "replay.position") == stopped
    assert ask(driver, "location.hash") == f"#step={30 * (stopped + 1)}"
    click(driver, "last")
    assert frame(driver) == 149
    click(driver, "play")  # from the end it begins anew
    WebDriverWait(driver, 30).until(lambda _: frame(driver) < 149)
    click(driver, "play")


def test_speed_and_the_end(driver, pages):
    """A clock of our own: so many seconds of it move the film by so many frames."""
    load(driver, pages("isotropic.selfsizing")[0])
    driver.execute_script(
        "window.clock = 0; performance.now = () => window.clock; window.requestAnimationFrame = (f) => { window.next = f; }"
    )
    moved = {}
    for speed in ("0.25", "1", "4"):
        scrub(driver, 10)
        Select(driver.find_element(By.ID, "speed")).select_by_value(speed)
        click(driver, "play")
        driver.execute_script("window.clock += 200; window.next(window.clock)")
        moved[speed] = ask(driver, "replay.position") - 10
        click(driver, "play")
    assert moved["1"] == pytest.approx(0.2 * 150 / 28)
    assert moved["0.25"] == pytest.approx(moved["1"] / 4)
    assert moved["4"] == pytest.approx(moved["1"] * 4)
    scrub(driver, 148)
    click(driver, "play")
    driver.execute_script("for (let i = 0; i < 9; i++) { window.clock += 250; window.next(window.clock); }")
    assert frame(driver) == 149
    assert not ask(driver, "replay.playing")


def test_between_two_moments_neurons_fade(driver, pages):
    """Halfway from 4 to 9 neurons some are half there: neither the colour of the paper nor the neurons'."""
    load(driver, pages("isotropic.tasks")[0])
    driver.execute_script(
        "window.clock = 0; performance.now = () => window.clock; window.requestAnimationFrame = (f) => { window.next = f; }"
    )
    click(driver, "play")
    half = 500 / ask(driver, "Math.min(24, Math.max(3, replay.data.rows.length / 28))")
    driver.execute_script("window.clock += arguments[0]; window.next(window.clock)", half)
    assert ask(driver, "replay.position") == pytest.approx(0.5)
    script = """const c = document.getElementById("picture").getContext("2d"), s = window.devicePixelRatio || 1, p = replay.lives;
        const i = [...p.last].findIndex((last, i) => last === arguments[0] && p.first[i] === 0);
        const [x, y] = replay.places().xy[p.place[i]];
        return c.getImageData(Math.round(x * s), Math.round(y * s), 1, 1).data[0]"""
    assert 100 < driver.execute_script(script, 1) < 180
    assert driver.execute_script(script, 600) == NEURON[0]
    click(driver, "play")


def test_steps_scrub_and_keys(driver, pages):
    load(driver, pages("isotropic.selfsizing")[0])
    for name, wanted in [
        ("forward", 1),
        ("forward", 2),
        ("back", 1),
        ("last", 149),
        ("forward", 149),
        ("first", 0),
        ("back", 0),
    ]:
        click(driver, name)
        assert frame(driver) == wanted
    for key, wanted in [
        (Keys.ARROW_RIGHT, 1), (Keys.ARROW_RIGHT, 2), (Keys.ARROW_LEFT, 1), (Keys.END, 149), (Keys.HOME, 0),
    ]:  # fmt: skip
        driver.find_element(By.ID, "first").send_keys(key)
        assert frame(driver) == wanted
    driver.find_element(By.ID, "forward").send_keys(Keys.SPACE)  # presses the button that has the focus
    assert (frame(driver), ask(driver, "replay.playing")) == (1, False)
    driver.execute_script("document.activeElement.blur()")
    press(driver, Keys.SPACE)
    assert ask(driver, "replay.playing")
    press(driver, Keys.SPACE)
    assert not ask(driver, "replay.playing")
    speed = driver.find_element(By.ID, "speed")
    press(driver, Keys.ARROW_UP)
    assert speed.get_attribute("value") == "2"
    press(driver, Keys.ARROW_DOWN, Keys.ARROW_DOWN)
    assert speed.get_attribute("value") == "0.5"
    slider = driver.find_element(By.ID, "scrub")
    scrub(driver, 7)
    slider.send_keys(Keys.ARROW_RIGHT)
    assert frame(driver) == 8
    assert slider.get_attribute("aria-valuetext") == "step 270, epoch 9"


def test_events_are_told_marked_and_listed(driver, pages):
    address, history = pages("isotropic.selfsizing")
    load(driver, address)
    rows = sorted({history["step"].tolist().index(event.step) for event in history.events})
    assert ask(driver, "[...new Set(replay.data.events.map((e) => e[0]))]") == rows
    told = driver.find_element(By.ID, "happened")
    event = next(event for event in history.events if event.kind == "prune")
    scrub(driver, history["step"].tolist().index(event.step))
    assert (
        f"step {event.step:,}: ▼ hidden 1 (h1) loses 1 neuron, {event.before} → {event.after}: {event.reason}"
        in told.text
    )
    assert "fresh" in told.get_attribute("class")
    scrub(driver, frame(driver) + 1)
    assert "fresh" not in told.get_attribute("class")
    click(driver, "first")
    click(driver, "after")
    assert frame(driver) == rows[1]
    press(driver, "n")
    assert frame(driver) == rows[2]
    click(driver, "before")
    press(driver, "p")
    assert frame(driver) == rows[0]
    marks = driver.find_element(By.ID, "marks")
    x = ask(driver, f"8 + (document.getElementById('marks').clientWidth - 16) * {rows[-1]} / 149")
    mouse = webdriver.ActionChains(driver).move_to_element_with_offset(marks, x - marks.size["width"] / 2, 0)
    mouse.perform()
    assert "loses 1 neuron" in driver.find_element(By.ID, "tip").text
    mouse.click().perform()
    assert frame(driver) == rows[-1]
    driver.find_element(By.CSS_SELECTOR, "#events summary").click()
    buttons = WebDriverWait(driver, 20).until(lambda d: d.find_elements(By.CSS_SELECTOR, "#events button"))
    assert len(buttons) == len(history.events)
    driver.execute_script("arguments[0].click()", buttons[2])
    assert frame(driver) == ask(driver, "replay.data.events[2][0]")


def test_the_axis_can_be_changed(driver, pages):
    load(driver, pages("isotropic.selfsizing")[0])
    axis = Select(driver.find_element(By.ID, "axis"))
    assert [option.text for option in axis.options] == ["step", "epoch", "parameters"]
    scrub(driver, 60)
    pictures = {}
    for name in ("step", "epoch", "parameters"):
        axis.select_by_visible_text(name)
        script = """const c = document.getElementById("size"), pen = c.getContext("2d");
            return [c.toDataURL(), pen.getImageData(0, 0, c.width, 0.7 * c.height).data.join()]"""
        pictures[name] = driver.execute_script(script)
    assert len({whole for whole, _ in pictures.values()}) == 3
    assert pictures["step"][1] == pictures["epoch"][1] != pictures["parameters"][1]  # above the names: the curves
    assert frame(driver) == 60
    load(driver, pages("differentiable_structure.neurons")[0])
    assert [option.text for option in Select(driver.find_element(By.ID, "axis")).options] == list(pictures)


@pytest.mark.parametrize(
    ("name", "hash_", "wanted"),
    [
        ("isotropic.selfsizing", "#step=120", 3), ("isotropic.selfsizing", "#step=130", 3), ("isotropic.selfsizing", "#epoch=9", 8),
        ("isotropic.selfsizing", "#step=999999", 149), ("isotropic.selfsizing", "#nonsense", 0), ("isotropic.selfsizing", "#step=x", 0),
        ("differentiable_structure.neurons", "#step=2000", 9),
    ],
)  # fmt: skip
def test_a_link_opens_at_its_moment(driver, pages, name, hash_, wanted):
    load(driver, pages(name)[0] + hash_)
    assert frame(driver) == wanted


def test_the_address_follows_and_leads(driver, pages):
    load(driver, pages("isotropic.selfsizing")[0] + "#step=120")
    click(driver, "forward")
    assert ask(driver, "location.hash") == "#step=150"
    assert driver.find_element(By.ID, "link").get_attribute("href").endswith("#step=150")
    driver.execute_script("location.hash = '#epoch=31'")
    WebDriverWait(driver, 20).until(lambda _: frame(driver) == 30)


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
    assert evil in driver.find_element(By.ID, "happened").text
    assert driver.find_elements(By.TAG_NAME, "b")[0].get_attribute("id") == "when"
    assert "loss none" in driver.find_element(By.ID, "when").text
    assert [entry for entry in driver.get_log("browser") if entry["level"] != "INFO"] == []


def test_one_row_is_a_still(driver, tmp_path):
    write_page(History(({"epoch": 1, "widths": np.array([2, 5, 1])},)), tmp_path / "a.html")
    load(driver, (tmp_path / "a.html").as_uri())
    click(driver, "play")
    assert not ask(driver, "replay.playing")
    assert ask(driver, "replay.drawn.counts") == [2, 5, 1]
    assert "observe=minigrow.growth.snapshot" in driver.find_element(By.CLASS_NAME, "hint").text
    assert [entry for entry in driver.get_log("browser") if entry["level"] != "INFO"] == []


def test_a_long_and_wide_life_is_thinned_and_says_so(driver, tmp_path):
    rng, rows = np.random.default_rng(0), []
    for i in range(20_000):
        rows.append({"step": i, "loss": float(rng.random()), "widths": np.array([64, 500, 10])})
    made = write_page(History(tuple(rows)), tmp_path / "a.html")
    load(driver, (tmp_path / "a.html").as_uri())
    driver.find_element(By.CSS_SELECTOR, "#left summary").click()
    said = driver.find_element(By.ID, "left").text
    assert all(words in said for words in made.left)
    assert len(made.left) == 2
    press(driver, Keys.END)
    assert ask(driver, "replay.row") == 19_999
    assert ask(driver, "replay.drawn.counts") == [64, 128, 10]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 900])
def test_narrow_windows_and_both_schemes_fit(driver, pages, width, scheme):
    """Nothing reaches beyond the window, and the paper has the scheme's colour."""
    media = [{"name": "prefers-color-scheme", "value": scheme}, {"name": "prefers-reduced-motion", "value": "reduce"}]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": media})
    size = {"width": width, "height": 800, "deviceScaleFactor": 2, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    try:
        address, history = pages("isotropic.selfsizing")
        load(driver, address)
        assert ask(driver, "document.documentElement.scrollWidth") <= width
        paper = ask(driver, "getComputedStyle(document.body).backgroundColor")
        assert paper == ("rgb(255, 255, 255)" if scheme == "light" else "rgb(20, 22, 26)")
        assert ask(driver, "matchMedia('(prefers-reduced-motion: reduce)').matches")
        assert ask(driver, "replay.drawn.counts") == history["widths"][0].tolist()
    finally:
        driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        light = {
            "features": [
                {"name": "prefers-color-scheme", "value": "light"},
                {"name": "prefers-reduced-motion", "value": ""},
            ]
        }
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", light)
