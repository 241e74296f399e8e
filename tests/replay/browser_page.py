"""Work a page in a browser: load it, ask its script, press keys, click, choose a window and a scheme; and lives to show."""

import numpy as np
import pytest

pytest.importorskip("selenium", reason="selenium is not installed")
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select, WebDriverWait

from minigrow.growth import Event, History, Plan, start, train, watch
from minigrow.nn import MLP, SGD
from minigrow.replay import write_page

WINDOWS = [(1366, 768), (1920, 1080), (390, 844)]


def load(driver, address):
    driver.get("about:blank")  # an address that differs in its # alone would not load anew
    driver.get_log("browser")
    driver.get(address)
    WebDriverWait(driver, 20).until(lambda d: d.execute_script("return Boolean(window.replay && window.replay.ready)"))


def shown(driver, folder, histories, hash_="", **more):
    """Write a page of these histories and load it."""
    write_page(histories, folder / "page.html", more.pop("title", "a life"), **more)
    load(driver, (folder / "page.html").as_uri() + hash_)


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


def choose(driver, name, value):
    Select(driver.find_element(By.ID, name)).select_by_value(value)


def text(driver, name):
    return driver.find_element(By.ID, name).text


def window(driver, size=None, dense=1):
    """Give the page a window of this size (width, height), or its own again."""
    if size is None:
        driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        return
    metrics = {"width": size[0], "height": size[1], "deviceScaleFactor": dense, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


def media(driver, scheme="light", motion=""):
    features = [{"name": "prefers-color-scheme", "value": scheme}, {"name": "prefers-reduced-motion", "value": motion}]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def complaints(driver):
    """What the browser's console has said against the page; advice about the tests' own reading of pixels is none."""
    said = [entry["message"] for entry in driver.get_log("browser") if entry["level"] != "INFO"]
    return [words for words in said if "willReadFrequently" not in words]


def pixel(driver, name, x, y):
    """The colour (r, g, b) of a canvas on white paper at a place (x, y)."""
    script = """const c = document.getElementById(arguments[0]), s = window.devicePixelRatio || 1;
        return [...c.getContext("2d").getImageData(Math.round(arguments[1] * s), Math.round(arguments[2] * s), 1, 1).data]"""
    *colour, alpha = driver.execute_script(script, name, x, y)
    return [round(255 + alpha / 255 * (part - 255)) for part in colour]


def grown(steps=(0, 100, 200, 300), born=2, reason="too few spare neurons"):
    """A life of widths 2-3-2 that gains a neuron at row `born`: a row for each step, with a loss that falls to rounding."""
    rows = [
        {"step": step, "loss": 10.0 ** -(6 * i), "widths": np.array([2, 3 + (i >= born), 2])}
        for i, step in enumerate(steps)
    ]
    return History(tuple(rows), (Event("grow", "h1", 1, reason, 3, 4, step=steps[born]),))


def plane(surfaces, size=9, **about):
    """A life in the plane with these surfaces (size, size, k), one a row."""
    rows = [
        {"step": 10 * i, "loss": 1.0, "widths": np.array([2, 3, 2]), "surface": surface.reshape(size * size, -1)}
        for i, surface in enumerate(surfaces)
    ]
    grid = {"x": [-1, 1], "y": [-1, 1], "size": size, "names": ["width", "height"]}
    return History(tuple(rows)).with_about(plane=grid, **about)


def pictures(epochs=3):
    """A small network that learns three random pictures of 4 x 4 pixels, watched on all of them."""
    X = np.random.default_rng(0).random((3, 16))
    seen = watch(
        X, np.arange(3), samples=3, image=(4, 4), classes=["ant", "bee", "cat"], task="Tell three animals apart."
    )
    plan = Plan(epochs=epochs, observe=seen, quiet=True)
    return train(start(MLP.create([16, 5, 3], rng=0), SGD(), rng=0), X, np.arange(3), plan).history


def plain(driver):
    """Neurons as discs, where the page would show their weights from an image."""
    if ask(driver, "document.getElementById('shows').value") != "plain":
        choose(driver, "shows", "plain")


def own_clock(driver):
    """A clock of our own: `window.clock` in milliseconds, and `window.next(window.clock)` draws."""
    driver.execute_script(
        "window.clock = 0; performance.now = () => window.clock; window.requestAnimationFrame = (f) => { window.next = f; }"
    )
