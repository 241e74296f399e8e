"""What the network computes, in a real browser: surfaces, graphs, weights from an image, activity; a card for each neuron."""

import numpy as np
import pytest
from browser_page import ask, choose, complaints, frame, grown, pictures, pixel, plane, scrub, shown, text

from minigrow.growth import History

pytest.importorskip("selenium", reason="selenium is not installed")
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

BLUE, ORANGE = (0x00, 0x72, 0xB2), (0xE6, 0x9F, 0x00)  # --class0 and --class1 of the light scheme


def halves(left, size=9):
    """Two classes that part the plane at the middle: `left` is the probability of class 0 on the left, and of 1 on the right."""
    first = np.where(np.arange(size) < size // 2, left, 1 - left)
    return np.broadcast_to(np.stack([first, 1 - first], axis=1), (size, size, 2))


def place(driver, x, y):
    """The colour of the surface at a point of the plane -1..1 x -1..1."""
    box = ask(driver, "replay.views[0].computes.box")
    return pixel(
        driver, "surface", box["left"] + box["wide"] * (x + 1) / 2, box["top"] + box["tall"] * (1 - (y + 1) / 2)
    )


def mixed(colour, share):
    return pytest.approx([255 + share * (part - 255) for part in colour], abs=3)


def test_a_surface_has_the_colour_of_the_class_and_is_stronger_where_it_is_surer(driver, tmp_path):
    life = plane([halves(0.95), halves(0.55)], classes=["sea", "sand"], points=[[-0.5, 0.5, 0], [0.5, -0.5, 1]])
    shown(driver, tmp_path, life)
    strong, weak = 0.2 + 0.65 * 0.9, 0.2 + 0.65 * 0.1
    assert place(driver, -0.5, -0.5) == mixed(BLUE, strong)
    assert place(driver, 0.5, 0.5) == mixed(ORANGE, strong)
    assert max(place(driver, -0.5, 0.5)) < 60 < max(place(driver, -0.5, 0.2))  # a data point is dark
    scrub(driver, 1)
    assert place(driver, -0.5, -0.5) == mixed(BLUE, weak)
    driver.execute_script("replay.player.position = 0.5; replay.player.draw()")
    assert place(driver, -0.5, -0.5) == mixed(BLUE, (strong + weak) / 2)
    assert "sea" in text(driver, "classes")
    assert "sand" in text(driver, "classes")
    assert complaints(driver) == []


def test_rows_of_a_surface_go_up(driver, tmp_path):
    """Class 1 is above y = 0 only; where the answer changes, there is a dark line."""
    shown(driver, tmp_path, plane([halves(0.9).transpose(1, 0, 2)]))
    assert place(driver, 0.3, -0.8) == mixed(BLUE, 0.72)
    assert place(driver, 0.3, 0.8) == mixed(ORANGE, 0.72)
    box = ask(driver, "replay.views[0].computes.box")
    column = [place(driver, 0.3, y) for y in np.linspace(-0.4, 0.4, 81)]
    assert min(max(colour) for colour in column) < 90
    assert box["wide"] == box["tall"] > 100


def test_one_output_is_pale_where_low_and_dark_where_high(driver, tmp_path):
    slope = np.broadcast_to(np.linspace(-2, 2, 9)[None, :, None], (9, 9, 1))
    shown(driver, tmp_path, plane([slope]))
    grey = [sum(place(driver, x, 0.5)) for x in (-0.9, -0.5, 0.4, 0.9)]
    assert grey == sorted(grey, reverse=True)
    assert "pale −2, dark 2" in text(driver, "classes").replace("-", "−")


def test_a_function_of_one_input_is_a_graph_with_its_targets(driver, tmp_path):
    x = np.linspace(0, 1, 21)
    rows = [{"step": i, "widths": np.array([1, 2, 1]), "surface": (i * x)[:, None]} for i in (0, 1)]
    about = {"line": {"x": x.tolist(), "names": ["time", "height"]}, "points": [[0.0, 0.0], [1.0, 1.0]]}
    shown(driver, tmp_path, History(tuple(rows)).with_about(**about))
    script = """const v = replay.views[0], b = v.computes.box, y = v.computes.y;
        return [b.left + b.wide / 2, b.top + b.tall * (y[1] - arguments[0]) / (y[1] - y[0])]"""
    paper = [255, 255, 255]
    for f, value in ((0, 0.0), (1, 0.5)):  # halfway along x the graph passes through value, and not through the other
        scrub(driver, f)
        assert pixel(driver, "surface", *driver.execute_script(script, value)) != paper
        assert pixel(driver, "surface", *driver.execute_script(script, 0.5 - value)) == paper
    assert complaints(driver) == []


def test_pictures_of_weights_and_activity_fill_the_neurons(driver, tmp_path):
    life = pictures()
    shown(driver, tmp_path, life)
    assert ask(driver, "document.getElementById('shows').value") == "fields"
    assert text(driver, "computes").startswith("What hidden 1 looks for")
    options = [option.text for option in driver.find_elements(By.CSS_SELECTOR, "#shows option")]
    assert options[:2] == ["plain", "weights from the image"]
    assert len(options) == 5
    middle = """const v = replay.views[0], i = replay.lives.space.indexOf(1); return v.picture.stage.xy[replay.lives.place[i]]"""
    seen = [pixel(driver, "picture", *driver.execute_script(middle))]
    assert driver.find_element(By.ID, "sample").is_displayed() is False
    for value in ("activity:0", "activity:1", "plain"):
        choose(driver, "shows", value)
        seen.append(pixel(driver, "picture", *driver.execute_script(middle)))
        assert driver.find_element(By.ID, "sample").is_displayed() == value.startswith("activity")
    assert seen[-1] == [0x24, 0x27, 0x2D]
    assert len({tuple(colour) for colour in seen}) == 4
    assert complaints(driver) == []


def test_activity_is_the_networks_own(driver, tmp_path):
    life = pictures()
    shown(driver, tmp_path, life)
    choose(driver, "shows", "activity:2")
    last = len(life.rows)  # frame 0 is the network before its first step
    scrub(driver, last)
    told = [ask(driver, f"replay.runs[0].activation(replay.lives.space.indexOf(1) + {i}, {last}, 2)") for i in range(5)]
    assert told == pytest.approx(life.rows[-1]["activity.h1"][2].astype(float), abs=0.01)


def test_a_card_tells_a_neurons_life_on_hover_and_stays_when_clicked(driver, tmp_path):
    shown(driver, tmp_path, grown(), "#step=200")
    card, picture = driver.find_element(By.ID, "card"), driver.find_element(By.ID, "picture")
    x, y = ask(driver, "replay.places().xy[replay.lives.place[[...replay.lives.first].findIndex((f) => f === 2)]]")
    size = picture.size
    mouse = webdriver.ActionChains(driver).move_to_element_with_offset(
        picture, x - size["width"] / 2, y - size["height"] / 2
    )
    assert not card.is_displayed()
    mouse.perform()
    assert card.is_displayed()
    assert "hidden 1 (h1), neuron 4" in card.text
    assert "at step 200: too few spare neurons" in card.text
    assert "to the last moment" in card.text
    mouse.click().move_by_offset(0, 40).perform()
    assert card.is_displayed()
    scrub(driver, 0)
    assert "not born yet" in card.text
    driver.find_element(By.CSS_SELECTOR, "#card button").click()
    assert not card.is_displayed()


def test_the_keyboard_walks_through_the_neurons(driver, tmp_path):
    shown(driver, tmp_path, grown(), "#step=300")
    button = driver.find_element(By.CSS_SELECTOR, "#neurons button")
    assert len(driver.find_elements(By.CSS_SELECTOR, "#neurons button")) == 1
    named = "document.activeElement.getAttribute('aria-label').split('.')[0]"
    button.send_keys(Keys.NULL)
    seen = [ask(driver, named)]
    for key in (Keys.ARROW_UP,) * 4 + (Keys.ARROW_DOWN,) * 4 + (Keys.ARROW_RIGHT, Keys.ARROW_LEFT, Keys.ARROW_LEFT):
        driver.switch_to.active_element.send_keys(key)
        seen.append(ask(driver, named))
    assert {words for words in seen if words.startswith("hidden 1")} == {
        f"hidden 1 (h1), neuron {i}" for i in (1, 2, 3, 4)
    }
    assert seen[-1].startswith("inputs")
    assert any(words.startswith("outputs") for words in seen)
    assert frame(driver) == 3  # the arrow keys moved no film
    assert driver.find_element(By.ID, "card").is_displayed()
    driver.switch_to.active_element.send_keys(Keys.ENTER)
    assert "pinned" in driver.find_element(By.ID, "card").get_attribute("class")
    driver.switch_to.active_element.send_keys(Keys.ESCAPE)
    assert not driver.find_element(By.ID, "card").is_displayed()


def test_a_card_keeps_the_last_recorded_numbers(driver, tmp_path):
    """Weights are recorded at the second row only; the card of the third still knows their norms."""
    rows = [{"step": i, "size.x": 1, "size.h": 1, "size.y": 1, "weights.x.h": np.array([3.0] * (i == 1)),
             "weights.h.y": np.array([4.0] * (i == 1)), "sigma.h": np.array([0.5 + i])} for i in range(3)]  # fmt: skip
    shown(driver, tmp_path, History(tuple(rows)), "#step=2")
    life = ask(driver, "replay.lives.space.indexOf(1)")
    told = ask(driver, f"replay.runs[0].norms({life}, 2)")
    assert told == {"into": 3, "out": 4, "sigma": 2.5}
    driver.execute_script("replay.views[0].card.pin(arguments[0])", life)
    words = text(driver, "card")
    assert all(part in words for part in ("Singular value", "2.5", "Norm of weights in", "Norm of weights out"))
