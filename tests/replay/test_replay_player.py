"""The player: play, pause, steps, speed, keys, the list of events, the axis of the curves."""

import pytest
from browser_page import ask, choose, click, frame, load, own_clock, press, scrub, text

pytest.importorskip("selenium", reason="selenium is not installed")
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select, WebDriverWait


def test_it_plays_and_pauses(driver, pages):
    address, history = pages("isotropic.selfsizing")
    load(driver, address)
    last = len(history.rows) - 1
    assert frame(driver) == 0
    click(driver, "play")
    WebDriverWait(driver, 30).until(lambda _: frame(driver) >= 2)
    assert ask(driver, "replay.playing")
    assert driver.find_element(By.ID, "play").text.strip() == "Pause"
    click(driver, "play")
    stopped = frame(driver)
    assert not ask(driver, "replay.playing")
    assert ask(driver, "replay.position") == stopped
    assert ask(driver, "location.hash") == f"#step={history.rows[stopped]['step']}"
    click(driver, "last")
    assert frame(driver) == last
    click(driver, "play")  # from the end it begins anew
    WebDriverWait(driver, 30).until(lambda _: frame(driver) < last)
    click(driver, "play")


def test_speed_and_the_end(driver, pages):
    """A clock of our own: so many seconds of it move the film by so many frames."""
    address, history = pages("isotropic.selfsizing")
    load(driver, address)
    n = len(history.rows)
    own_clock(driver)
    moved = {}
    for speed in ("0.25", "1", "4"):
        scrub(driver, 10)
        choose(driver, "speed", speed)
        click(driver, "play")
        driver.execute_script("window.clock += 200; window.next(window.clock)")
        moved[speed] = ask(driver, "replay.position") - 10
        click(driver, "play")
    assert moved["1"] == pytest.approx(0.2 * n / 28)
    assert moved["0.25"] == pytest.approx(moved["1"] / 4)
    assert moved["4"] == pytest.approx(moved["1"] * 4)
    scrub(driver, n - 2)
    click(driver, "play")
    driver.execute_script("for (let i = 0; i < 9; i++) { window.clock += 250; window.next(window.clock); }")
    assert frame(driver) == n - 1
    assert not ask(driver, "replay.playing")


def test_steps_scrub_and_keys(driver, pages):
    address, history = pages("isotropic.selfsizing")
    load(driver, address)
    last = len(history.rows) - 1
    for name, wanted in [
        ("forward", 1), ("forward", 2), ("back", 1), ("last", last), ("forward", last), ("first", 0), ("back", 0),
    ]:  # fmt: skip
        click(driver, name)
        assert frame(driver) == wanted
    for key, wanted in [
        (Keys.ARROW_RIGHT, 1), (Keys.ARROW_RIGHT, 2), (Keys.ARROW_LEFT, 1), (Keys.END, last), (Keys.HOME, 0),
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
    assert slider.get_attribute("aria-valuetext") == f"step {history.rows[8]['step']}, epoch {history.rows[8]['epoch']}"


def test_events_are_told_marked_and_listed(driver, pages):
    address, history = pages("isotropic.selfsizing")
    load(driver, address)
    rows = sorted({history["step"].tolist().index(event.step) for event in history.events})
    assert ask(driver, "[...new Set(replay.data.events.map((e) => e[0]))]") == rows
    told = driver.find_element(By.ID, "happened")
    event = next(event for event in history.events if event.kind == "prune")
    scrub(driver, history["step"].tolist().index(event.step))
    assert (
        f"step {event.step:,}: ▼ hidden 1 loses 1 neuron, {event.before} → {event.after}: {event.reason}" in told.text
    )
    assert "fresh" in told.get_attribute("class")
    scrub(driver, frame(driver) + 1)
    assert "fresh" not in told.get_attribute("class")
    scrub(driver, rows[0])
    click(driver, "after")
    assert frame(driver) == rows[1]
    press(driver, "n")
    assert frame(driver) == rows[2]
    click(driver, "before")
    press(driver, "p")
    assert frame(driver) == rows[0]
    marks = driver.find_element(By.ID, "marks")
    x = ask(driver, f"8 + (document.getElementById('marks').clientWidth - 16) * {rows[-1]} / {len(history.rows) - 1}")
    mouse = webdriver.ActionChains(driver).move_to_element_with_offset(marks, x - marks.size["width"] / 2, 0)
    mouse.perform()
    assert "loses 1 neuron" in text(driver, "tip")
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
