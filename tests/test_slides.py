"""The slides cover the lecture's table minute by minute, and what they show is there; in a browser keys turn them."""

import json
import os
import re
import shlex
from itertools import pairwise
from pathlib import Path

import pytest

from minigrow import cli
from minigrow.experiments.registry import find

AXE = os.environ.get("MINIGROW_AXE", "")  # the path of axe.min.js: npm install axe-core
ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "tutorials" / "slides.md"
if not SOURCE.is_file():
    pytest.skip("installed without its repository", allow_module_level=True)

import slides  # noqa: E402  (of tutorials/, which pytest finds)

TEXT = SOURCE.read_text(encoding="utf-8")
TEACHING = (ROOT / "tutorials" / "teaching.md").read_text(encoding="utf-8")
SLIDES = slides.slides(TEXT)


def rows():
    """{minutes: the row} of the lecture's table."""
    return dict(re.findall(r"^\| (\d+ to \d+) \| (.*) \|$", TEACHING, re.M))


def commands(text):
    lines = [line for block in re.findall(r"^```sh\n(.*?)^```$", text, re.M | re.S) for line in block.splitlines()]
    return [line.removeprefix("python -m ") for line in lines + re.findall(r"`((?:python -m )?minigrow [^`]+)`", text)]


def test_every_minute_of_the_lecture_has_its_slides_in_order():
    minutes = [slide.minutes for slide in SLIDES]
    assert minutes[0] == ""
    assert list(dict.fromkeys(minutes[1:])) == list(rows())
    ends = [tuple(map(int, row.split(" to "))) for row in rows()]
    assert (ends[0][0], ends[-1][1]) == (0, 90)
    assert all(before[1] == after[0] for before, after in pairwise(ends))


@pytest.mark.parametrize("minutes", rows())
def test_pictures_and_commands_of_a_row_are_on_its_slides(minutes):
    body = " ".join(slide.body for slide in SLIDES if slide.minutes == minutes)
    for picture in re.findall(r"\((\.\./figures/[^)]+\.png)\)", rows()[minutes]):
        assert picture in body
    for command in commands(rows()[minutes]):
        assert command in commands(body)


def test_every_slide_has_a_title_and_folded_notes():
    assert all(slide.title and slide.body.count("<details><summary>Notes</summary>") == 1 for slide in SLIDES)
    assert sum(slide.body.count("\n> ") + slide.body.startswith("> ") for slide in SLIDES) >= 8


@pytest.mark.parametrize("command", sorted(set(commands(TEXT))))
def test_commands_parse(command):
    args = cli.parser().parse_args(shlex.split(command)[1:])
    if args.command == "run":
        assert find(args.names)


def test_pictures_and_links_lead_to_files():
    targets = re.findall(r"\]\(([^)\s]+)", TEXT)
    assert len(targets) > 9
    assert all((SOURCE.parent / target).is_file() for target in targets)


def test_the_broken_line_and_what_it_prints_are_those_of_the_page():
    (edit,) = re.findall(r"^```diff\n.*?^```$", TEXT, re.M | re.S)
    assert edit in TEACHING
    (printed,) = re.findall(r"^```text\n(growth.*?)^```$", TEXT, re.M | re.S)
    assert printed in TEACHING


def test_numbers_are_those_of_the_figures():
    quoted = re.findall(r'`([a-z_]+\.[a-z_]+)`, "([^"]+)" = (-?[\d.]+)', " ".join(TEXT.split()))
    assert len(quoted) == 2
    for name, claim, number in quoted:
        results = json.loads((ROOT / "figures" / name / "results.json").read_text(encoding="utf-8"))
        (measured,) = [row["measured"] for row in results["claims"] if row["claim"] == claim]
        assert f"{measured:.3f}" == number


def made(text):
    return slides.page(text, lambda target: target, lambda target, part: f"{target}#{part}")


def test_the_maker_reads_its_markdown():
    page = made(
        "# A < B\n\n**all bold**\n\na `x < y` *b* **c** [d](e.md)\n\n- one\n  more\n- two\n\n> why\n> so?\n\n"
        '| p | q |\n|---|---|\n| 1 | 2 |\n\n![pic](f.png "part 0 0 50 50")\n\n```diff\n--- file\n-a\n+b\n c\n```\n\n'
        "<details><summary>Notes</summary>\n\n`n`\n\n</details>\n\n---\n\n## 0 to 5: Next\n\n![all](g.png)"
    )
    for part in (
        '<h1 id="title1">A &lt; B</h1>',
        '<p class="big"><strong>all bold</strong></p>',
        '<p>a <code>x &lt; y</code> <em>b</em> <strong>c</strong> <a href="e.md">d</a></p>',
        "<ul><li>one more</li><li>two</li></ul>",
        "<blockquote><p>why so?</p></blockquote>",
        '<th scope="col">p</th>',
        "<td>1</td><td>2</td>",
        '<img src="f.png#(0.0, 0.0, 50.0, 50.0)" alt="pic">',
        '--- file\n<span class="out">-a</span>\n<span class="in">+b</span>\n c</code>',
        "<summary>Notes</summary>",
        '<h1 id="title2"><small>minutes 0 to 5</small>Next</h1>',
        '<img src="g.png#(0, 0, 100, 100)" alt="all">',
    ):
        assert part in page


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return slides.write(tmp_path_factory.mktemp("slides") / "slides.html")


def test_the_page_needs_nothing_else(built):
    text = built.read_text(encoding="utf-8")
    assert built.stat().st_size < 2e6
    assert text.count("data:image/png;base64,") == TEXT.count("![")
    assert not re.search(r'(?:src|href)="(?:https?:)?//', text)
    links = set(re.findall(r'href="([^"]+)"', text))
    assert {"replay/isotropic.selfsizing.html", "replay/isotropic.tasks.html", "teaching.html"} <= links
    assert all((built.parent / link).is_file() for link in links if link.startswith("replay/"))
    before = (built.parent / "replay" / "isotropic.tasks.html").stat().st_mtime_ns
    slides.write(built)
    assert (built.parent / "replay" / "isotropic.tasks.html").stat().st_mtime_ns == before


@pytest.fixture(scope="module")
def browser(built):
    """A headless Chromium; where there is none the page is only read above."""
    webdriver = pytest.importorskip("selenium.webdriver")
    from selenium.common.exceptions import WebDriverException

    options = webdriver.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    os.environ.setdefault("SE_OFFLINE", "true")
    try:
        driver = webdriver.Chrome(options=options)
    except WebDriverException as error:
        pytest.skip(f"no browser: {error.msg}")
    driver.get(f"{built.as_uri()}#3")
    yield driver
    driver.quit()


def press(driver, key):
    from selenium.webdriver.common.action_chains import ActionChains

    ActionChains(driver).send_keys(key).perform()


def test_keys_turn_the_slides_and_open_the_notes(browser):
    from selenium.webdriver.common.keys import Keys

    def shown():
        return browser.execute_script("return slides.findIndex((s) => getComputedStyle(s).display !== 'none')")

    assert shown() == 2
    for key, at in (
        (Keys.ARROW_RIGHT, 3),
        (Keys.ARROW_LEFT, 2),
        (Keys.END, len(SLIDES) - 1),
        (Keys.PAGE_DOWN, len(SLIDES) - 1),
    ):
        press(browser, key)
        assert shown() == at
    press(browser, Keys.HOME)
    assert (shown(), browser.execute_script("return location.hash")) == (0, "#1")
    assert browser.execute_script("return [back.disabled, on.disabled]") == [True, False]
    press(browser, "n")
    assert browser.execute_script("return slides[0].querySelector('details').open")
    press(browser, "n")
    browser.execute_script("location.hash = '#5'")
    browser.execute_async_script("setTimeout(arguments[0], 50)")
    assert shown() == 4


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1366, 625), (1920, 1080)])
def test_nothing_is_cut_on_a_projector(browser, width, height):
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False},
    )
    cut = browser.execute_script(
        "return slides.map((s, i) => { show(i); return [i + 1, s.scrollHeight - s.clientHeight, s.scrollWidth - s.clientWidth,"
        " Math.min(999, ...[...s.querySelectorAll('figure img')].map((p) => p.clientHeight))]; })"
        ".filter(([, down, across, picture]) => down > 1 || across > 1 || picture < 200)"
    )
    assert cut == []
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


@pytest.mark.skipif(not Path(AXE).is_file(), reason="MINIGROW_AXE names no axe.min.js (npm install axe-core)")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation(browser, scheme):
    browser.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    )
    browser.execute_cdp_cmd("Runtime.evaluate", {"expression": Path(AXE).read_text(encoding="utf-8")})
    for number in range(len(SLIDES)):
        browser.execute_script(f"show({number}); fold()")
        found = browser.execute_async_script(
            "const done = arguments[0]; axe.run().then((r) => done(r.violations.map((v) => v.id + ' ' + v.nodes[0].html)))"
        )
        assert found == [], number + 1
