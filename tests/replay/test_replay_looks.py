"""How the page looks, in a real browser: themes, windows, presentation, phases, cut axes; its drawing time; axe-core."""

import os
from pathlib import Path

import numpy as np
import pytest
from browser_page import (
    WINDOWS,
    ask,
    choose,
    click,
    complaints,
    grown,
    load,
    media,
    pictures,
    plane,
    press,
    scrub,
    shown,
    text,
    window,
)  # fmt: skip

from minigrow.growth import History

pytest.importorskip("selenium", reason="selenium is not installed")
from selenium.webdriver.common.by import By

AXE = os.environ.get("MINIGROW_AXE", "")
LIGHT, DARK = "rgb(255, 255, 255)", "rgb(20, 22, 26)"
PAPER = "getComputedStyle(document.body).backgroundColor"
FITS = "document.documentElement.scrollWidth <= window.innerWidth"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [*WINDOWS, (900, 800)])
def test_every_window_and_both_schemes_fit(driver, pages, tmp_path, size, scheme):
    """Nothing reaches beyond the window, and the paper has the scheme's colour."""
    media(driver, scheme, "reduce")
    window(driver, size, dense=2)
    address, history = pages("isotropic.selfsizing")
    load(driver, address)
    assert ask(driver, FITS)
    assert ask(driver, PAPER) == (LIGHT if scheme == "light" else DARK)
    assert ask(driver, "matchMedia('(prefers-reduced-motion: reduce)').matches")
    assert ask(driver, "replay.drawn.counts") == history["widths"][0].tolist()
    shown(driver, tmp_path, [grown(), grown()])
    assert ask(driver, FITS)


def test_the_theme_is_chosen_and_remembered(driver, tmp_path):
    shown(driver, tmp_path, grown())
    choose(driver, "theme", "dark")
    assert ask(driver, PAPER) == DARK
    load(driver, driver.current_url)
    assert ask(driver, PAPER) == DARK
    choose(driver, "theme", "auto")
    assert ask(driver, PAPER) == LIGHT
    media(driver, "dark")
    choose(driver, "theme", "light")
    assert ask(driver, PAPER) == LIGHT
    choose(driver, "theme", "auto")
    assert ask(driver, PAPER) == DARK


def test_a_viewer_without_storage_shows_the_page(driver, tmp_path):
    """In a frame with its own origin, as some notebooks have it, reading localStorage throws."""
    shown(driver, tmp_path, grown())
    made = (tmp_path / "page.html").read_text("utf-8").replace("&", "&amp;").replace('"', "&quot;")
    (tmp_path / "outer.html").write_text(f'<iframe sandbox="allow-scripts" srcdoc="{made}"></iframe>', "utf-8")
    driver.get((tmp_path / "outer.html").as_uri())
    driver.get_log("browser")
    driver.switch_to.frame(0)
    for _ in range(100):
        if ask(driver, "Boolean(window.replay && window.replay.ready)"):
            break
    choose(driver, "theme", "dark")
    assert ask(driver, PAPER) == DARK
    assert ask(driver, "replay.drawn.counts") == [2, 3, 2]
    driver.switch_to.default_content()


@pytest.mark.parametrize("two", [False, True])
def test_a_presentation_fits_into_a_small_window(driver, tmp_path, two):
    window(driver, (1366, 625))
    shown(driver, tmp_path, [pictures(), pictures()] if two else pictures())
    small = ask(driver, "parseFloat(getComputedStyle(document.documentElement).fontSize)")
    press(driver, "v")
    assert ask(driver, "parseFloat(getComputedStyle(document.documentElement).fontSize)") > small
    assert ask(driver, "document.documentElement.scrollHeight <= window.innerHeight")
    assert ask(driver, FITS)
    for part in driver.find_elements(
        By.CSS_SELECTOR, "#buttons button, #buttons select, .picture, .surface, #loss, #size"
    ):
        if part.is_displayed():
            box = part.rect
            assert box["x"] >= 0 <= box["y"]
            assert box["x"] + box["width"] <= 1366
            assert box["y"] + box["height"] <= 625
            assert box["height"] > 20
    assert not driver.find_element(By.ID, "words").is_displayed()
    click(driver, "present")
    assert driver.find_element(By.ID, "words").is_displayed()


def test_time_nought_and_the_task_are_said(driver, tmp_path):
    shown(driver, tmp_path, pictures())
    assert text(driver, "purpose") == "Tell three animals apart."
    assert text(driver, "when") == "step 0, before training"
    scrub(driver, 1)
    assert "loss" in text(driver, "when")


def test_phases_are_bands_with_words(driver, tmp_path):
    shown(driver, tmp_path, grown().with_about(phases=[[0, "easy"], [200, "hard"]]))
    assert ask(driver, "replay.timeline.phases") == [[0, 2, "easy"], [2, 3, "hard"]]
    assert ask(driver, "replay.charts.map((chart) => chart.laid.bands)") == [[[0, 200, "easy"], [200, 300, "hard"]]] * 2
    assert complaints(driver) == []


def test_the_axis_of_losses_ends_where_rounding_begins(driver, tmp_path):
    life = grown((0, 1, 2, 3, 4, 5))  # losses down to 1e-30
    shown(driver, tmp_path, life, "#step=5")
    assert ask(driver, "replay.charts[0].laid.s.low") == pytest.approx(2**-52)
    assert "loss below 2e−16" in text(driver, "when")
    assert ask(
        driver, "replay.charts[0].laid.points[0].every(([x, y]) => y <= replay.charts[0].laid.box.bottom + 1e-6)"
    )


def test_a_wide_net_shows_its_first_picture_at_once(driver, tmp_path):
    rng = np.random.default_rng(0)
    rows = [
        {"step": i, "loss": 1.0, "size.x": 8, "size.h": 8000, "size.y": 2, "weights.x.h": rng.normal(size=64_000),
         "weights.h.y": rng.normal(size=16_000)}
        for i in range(4)
    ]  # fmt: skip
    shown(driver, tmp_path, History(tuple(rows)))
    assert ask(driver, "replay.drawn.counts") == [8, 128, 2]
    assert ask(driver, "replay.ready") > 0  # milliseconds; `tests/benchmarks/bench_replay.py` measures them


def lives():
    surface = np.random.default_rng(0).dirichlet([1, 1, 1], size=(9, 9))
    seen = plane([surface, surface], task="Part the plane.", points=[[0, 0, 1]], phases=[[0, "one"], [10, "two"]])
    return {"plane": seen, "pictures": pictures(), "two": [grown(), grown()]}


@pytest.mark.skipif(not Path(AXE).is_file(), reason="MINIGROW_AXE names no axe.min.js (npm install axe-core)")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["plane", "pictures", "two"])
def test_axe_finds_no_violation(driver, tmp_path, name, scheme):
    """In every window: as it opens, with a card and the lists open, and in a presentation."""
    media(driver, scheme)
    axe = Path(AXE).read_text("utf-8")
    run = (
        "const done = arguments[0]; axe.run().then((r) => done(r.violations.map((v) => v.id + ' ' + v.nodes[0].html)))"
    )
    for size in WINDOWS:
        window(driver, size)
        shown(driver, tmp_path, lives()[name])
        driver.execute_cdp_cmd("Runtime.evaluate", {"expression": axe})
        assert driver.execute_async_script(run) == []
        driver.execute_script("""const card = replay.views[0].card; card.pin(card.walk.life);
            for (const more of document.querySelectorAll("details")) more.open = true""")
        assert driver.execute_async_script(run) == []
        click(driver, "present")
        assert driver.execute_async_script(run) == []


def test_every_control_has_a_name(driver, tmp_path):
    shown(driver, tmp_path, pictures())
    named = """return [...document.querySelectorAll("button, select, input, a")].filter((control) =>
        !(control.getAttribute("aria-label") || control.textContent.trim() || control.labels && control.labels.length)).length"""
    assert driver.execute_script(named) == 0
