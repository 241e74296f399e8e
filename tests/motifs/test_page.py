"""The page: one file that needs nothing else, every name escaped, every drawing well-formed, tables that sort."""

import re
import shutil
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser
from types import SimpleNamespace

import numpy as np
import pytest

from minigrow.motifs.esu import Census
from minigrow.motifs.show.page import page, write_page
from minigrow.motifs.show.svg import svg
from minigrow.motifs.statistics import summarise

NAME = """<script>alert("1")</script> & 'Ü'"""
ABOUT = {"graph": NAME, "vertices": 9, "edges": 20, "notes": [NAME], "null": NAME, "mixing": "mixing: settled <b>."}


def findings():
    """Class 65 never occurs by chance, 520 varies, 72 fills up, 66 is too rare; then a size without random graphs."""
    own = Census(3, np.array([65, 66, 72, 520]), np.array([7, 2, 61, 30]))
    others = [Census(3, np.array([72, 520]), np.array([80 - r % 3, 20 + r % 3])) for r in range(40)]
    return [(summarise(own, others), ABOUT), (summarise(Census(4, np.array([1]), np.array([3])), []), {})]


class Reader(HTMLParser):
    """Collects tags that were opened but not closed, the text outside scripts, and what elements refer to."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.text, self.references = [], [], "", []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.references += [value for name, value in attributes if name in ("src", "href", "srcset", "action")]
        if tag not in ("meta", "wbr", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_startendtag(self, tag, attributes):
        self.tags.append(tag)

    def handle_data(self, data):
        if self.open and self.open[-1] not in ("script", "style"):
            self.text += data


def test_the_page_is_one_well_formed_file_without_references():
    text = page(findings())
    read = Reader(text)
    assert read.open == []
    assert read.references == []
    assert "@import" not in text
    assert "url(" not in text
    assert (read.tags.count("script"), read.tags.count("section"), read.tags.count("tr")) == (1, 2, 1 + 4 + 1 + 1)


def test_names_are_shown_as_they_are_and_never_as_html():
    read = Reader(page(findings()))
    assert read.text.count(NAME) == 4  # title, heading, note, null model
    assert "Mixing: settled <b>." in read.text


def test_rows_come_in_the_order_of_the_table_with_what_it_says():
    text = page(findings())
    rows = re.findall(r'<tr class="(\w*)"><td data-v="\d+">(\d+)</td>.*?<td class="count" data-v="([^"]*)">', text)
    assert rows == [
        ("out", "1", "7.0"),
        ("out", "2", "61.0"),
        ("out", "3", "30.0"),
        ("rare", "4", "2.0"),
        ("", "1", "3.0"),
    ]
    assert re.search(r'<td class="z" data-v="44\.11[0-9]*">&gt; 44\.11<', text)  # the bound is what the column sorts by
    assert "3 classes of these stand out" in text
    assert "The first 2 of 4 classes." in page(findings(), top=2)
    assert "The first" not in text


@pytest.mark.parametrize("k", range(3, 9))
def test_drawings_show_each_edge_and_each_vertex_inside_the_frame(k):
    rng = np.random.default_rng(k)
    a = rng.integers(0, 8, (k, k)) * (rng.random((k, k)) < 0.5)
    for paint, plain in ((0, False), (15, False), (3, True)):
        b = np.triu(a, 1) + np.triu(a, 1).T if plain else a * ~np.eye(k, dtype=bool)
        lines = np.count_nonzero(b) // (2 if plain else 1)
        drawing = ElementTree.fromstring(svg(b + paint * np.eye(k, dtype=int), plain))
        count = {tag: len(drawing.findall(tag)) for tag in ("path", "polygon", "circle", "text")}
        assert count == {"path": lines, "polygon": lines * (not plain), "circle": k, "text": k * (paint > 0)}
        places = " ".join([e.get("d", "") + e.get("points", "") for e in drawing])
        side = float(drawing.get("width"))
        assert all(0 <= float(x) <= side for x in re.findall(r"-?\d+\.\d", places))


def test_the_file_is_written_whole_or_not_at_all(tmp_path):
    write_page(tmp_path / "a.html", findings())
    before = (tmp_path / "a.html").read_bytes()
    with pytest.raises(AttributeError):
        write_page(tmp_path / "a.html", [(SimpleNamespace(), {})])
    assert (tmp_path / "a.html").read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["a.html"]


def test_a_click_sorts_and_what_is_undefined_stays_last(tmp_path):
    webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if not (chromium and shutil.which("chromedriver")):
        pytest.skip("chromium and chromedriver are not both installed")
    options = webdriver.ChromeOptions()
    for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'browser'}"):
        options.add_argument(flag)
    options.binary_location = chromium
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    write_page(tmp_path / "a.html", findings())
    service = webdriver.ChromeService(shutil.which("chromedriver"))
    with webdriver.Chrome(options=options, service=service) as driver:
        driver.get((tmp_path / "a.html").as_uri())
        click = "document.querySelectorAll('th button')[arguments[0]].click()"
        column = "return [...document.querySelector('tbody').rows].map(row => row.cells[arguments[0]].textContent)"
        seen = []
        for head, cell in ((1, 3), (1, 3), (6, 8), (0, 0)):
            driver.execute_script(click, head)
            seen.append(driver.execute_script(column, cell))
        assert seen[0] == ["61", "30", "7", "2"]
        assert seen[1] == ["2", "7", "30", "61"]
        assert seen[2][-1] == "too rare"
        assert seen[3] == ["1", "2", "3", "4"]
        assert driver.get_log("browser") == []
