"""Two runs side by side on one clock, and the place in the link, in a real browser."""

import numpy as np
import pytest
from browser_page import ask, choose, click, complaints, frame, grown, load, scrub, shown, text

from minigrow.growth import Event, History

pytest.importorskip("selenium", reason="selenium is not installed")
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

FRAMES = "[replay.clock.values[replay.player.moment], ...replay.views.map((view) => view.run.time(view.frame))]"


def test_each_run_shows_its_last_frame_so_far_and_stays_at_its_end(driver, tmp_path):
    shown(driver, tmp_path, [grown(), grown((0, 150, 200, 500))], names=["short", "long"])
    seen = []
    for moment in range(6):
        scrub(driver, moment)
        seen.append(ask(driver, FRAMES))
    assert seen == [[0, 0, 0], [100, 100, 0], [150, 100, 150], [200, 200, 200], [300, 300, 200], [500, 300, 500]]
    names = [text(driver, name) for name in ("name", "name-2")]
    assert names == ["short", "long"]
    assert text(driver, "when").startswith("step 300")
    assert text(driver, "when-2").startswith("step 500")
    scrub(driver, 3)
    assert "hidden 1 grows by 1 neuron, 3 → 4: too few spare neurons" in text(driver, "happened")
    assert "fresh" in driver.find_element(By.ID, "happened-2").get_attribute("class")
    assert complaints(driver) == []


def test_runs_of_other_clocks_share_the_number_of_the_frame(driver, tmp_path):
    epochs = History(tuple({"epoch": i, "widths": np.array([1, 1])} for i in range(3)))
    shown(driver, tmp_path, [grown(), epochs])
    click(driver, "last")
    assert ask(driver, "replay.views.map((view) => view.frame)") == [3, 2]
    assert ask(driver, "replay.clock.unit") == "frame"
    assert [option.text for option in driver.find_elements(By.CSS_SELECTOR, "#axis option")] == ["frame"]
    assert complaints(driver) == []


@pytest.mark.parametrize(
    ("name", "hash_", "step"),
    [
        ("isotropic.selfsizing", "#step=120", 120), ("isotropic.selfsizing", "#step=130", 120),
        ("isotropic.selfsizing", "#epoch=9", 270),
        ("isotropic.selfsizing", "#step=999999", 4500), ("isotropic.selfsizing", "#speed=2&step=120", 120),
        ("differentiable_structure.neurons", "#step=2000", 2000),
    ],
)  # fmt: skip
def test_a_link_opens_at_its_moment(driver, pages, name, hash_, step):
    address, history = pages(name)
    load(driver, address + hash_)
    assert history.rows[frame(driver)]["step"] == step


ODD = ["#%", "#__proto__=1", "#constructor", "#constructor=2", "#step=", "#step=NaN", "#step", "#=", "#&&", "#speed=9", "#by=__proto__",
       "#%E0%A4%A", "#nonsense", "#step=x", "#toString=1&hasOwnProperty=2"]  # fmt: skip


@pytest.mark.parametrize("hash_", ODD)
def test_an_odd_link_shows_the_first_picture(driver, tmp_path, hash_):
    shown(driver, tmp_path, grown(), hash_)
    assert frame(driver) == 0
    assert ask(driver, "replay.drawn.counts") == [2, 3, 2]
    assert ask(driver, "[document.getElementById('speed').value, document.getElementById('axis').value]") == [
        "1",
        "step",
    ]
    assert complaints(driver) == []


@pytest.mark.parametrize("name", ["constructor", "__proto__", "toString", "hasOwnProperty", "a>b"])
def test_an_odd_name_of_a_space_is_a_name(driver, tmp_path, name):
    rows = tuple(
        {"step": i, "size.x": 2, f"size.{name}": 1 + i, "size.y": 1, f"weights.x.{name}": np.ones(2 + 2 * i),
         f"weights.{name}.y": np.ones(1 + i)}
        for i in (0, 1)
    )  # fmt: skip
    life = History(rows, (Event("grow", name, 1, "", 1, 2, step=1), Event("constructor", name, 0, "", 1, 1, step=1)))
    shown(driver, tmp_path, life, "#step=1", title=name)
    assert ask(driver, "replay.drawn.counts") == [2, 2, 1]
    assert "hidden 1 grows by 1 neuron" in text(driver, "happened")
    assert "constructor" in text(driver, "happened")
    assert complaints(driver) == []


def test_speed_axis_and_place_are_in_the_link(driver, pages):
    address, history = pages("isotropic.selfsizing")
    load(driver, address + "#step=120")
    click(driver, "forward")
    assert ask(driver, "location.hash") == "#step=150"
    choose(driver, "speed", "2")
    choose(driver, "axis", "epoch")
    assert ask(driver, "location.hash") == "#step=150&speed=2&by=epoch"
    assert driver.find_element(By.ID, "link").get_attribute("href").endswith("#step=150&speed=2&by=epoch")
    driver.execute_script("location.hash = '#epoch=31&speed=0.5&by=parameters'")
    WebDriverWait(driver, 20).until(lambda _: history.rows[frame(driver)]["epoch"] == 31)
    assert ask(driver, "['speed', 'axis'].map((id) => document.getElementById(id).value)") == ["0.5", "parameters"]
