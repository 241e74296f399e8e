"""One headless Chromium for all tests of the replay page, and a page of each committed history."""

import os
import shutil
from pathlib import Path

import pytest

from minigrow.growth import History
from minigrow.replay import write_page

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
DRIVER = shutil.which("chromedriver")
FIGURES = Path(os.environ.get("MINIGROW_FIGURES", Path(__file__).parents[2] / "figures"))
FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --disable-dev-shm-usage --hide-scrollbars --force-device-scale-factor=1 "
    "--window-size=1200,900"
)


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
    from selenium.webdriver.chrome.service import Service

    if not (CHROMIUM and DRIVER):
        pytest.skip("chromium and chromedriver are not both installed")
    options = webdriver.ChromeOptions()
    for flag in [*FLAGS.split(), f"--user-data-dir={tmp_path_factory.mktemp('browser')}"]:
        options.add_argument(flag)
    options.binary_location = CHROMIUM
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    yield driver
    driver.quit()


@pytest.fixture
def driver(browser):
    """The browser, light and as wide as it was, whatever the test before did."""
    from browser_page import media, window

    media(browser)
    window(browser)
    return browser


@pytest.fixture(scope="session")
def pages(tmp_path_factory):
    """A page of each committed history, written when first asked for; returns its address and a history, row f for frame f."""
    folder, made = tmp_path_factory.mktemp("pages"), {}

    def page(name):
        if name not in made:
            history = History.load(FIGURES / name / "history.npz")
            write_page(history, folder / f"{name}.html", name)
            rows = tuple(history.rows)
            if history.first is not None:  # it has no loss
                rows = (dict.fromkeys(rows[0], float("nan")) | dict(history.first), *rows)
            made[name] = ((folder / f"{name}.html").as_uri(), History(rows, history.events))
        return made[name]

    return page
