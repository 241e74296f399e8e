"""The pages that the documentation site writes from other files: nothing is lost, nothing drifts, links lead somewhere."""

import doctest
import importlib
import json
import os
import re
from pathlib import Path

import pytest
import site_docstrings
import site_links
import site_pages
import site_reference

from minigrow import laws
from minigrow.experiments import gallery
from minigrow.growth import basis

ROOT = Path(__file__).parents[2]
HERE, FIGURES = ROOT / "tutorials", ROOT / "figures"
FOLDER = HERE / "generated"


@pytest.mark.parametrize("module", [site_docstrings, site_links, site_pages])
def test_examples(module):
    found = doctest.testmod(module, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert found.attempted
    assert not found.failed


def test_a_heading_in_a_fence_is_no_heading():
    assert site_pages.sections("## a\n```sh\n## b\n```\nc\n## d\n") == {"a": "```sh\n## b\n```\nc", "d": ""}


def test_a_section_that_is_gone_is_named(tmp_path):
    (tmp_path / "x.md").write_text("# t\n## here\ntext\n")
    assert site_pages.section(tmp_path / "x.md", "here") == "text"
    with pytest.raises(ValueError, match=r"x\.md has no section 'there', only \['here'\]"):
        site_pages.section(tmp_path / "x.md", "there")


def test_differences_hold_every_row_of_every_methods_page():
    page = site_pages.differences(FOLDER)
    for method in site_pages.METHODS:
        rows = site_pages.section(HERE / f"{method}.md", site_pages.DIFFERENCES)
        lines = [line for line in rows.splitlines() if line.startswith("| ")]
        assert len(lines) > 5
        assert "../../figures" not in rows
        assert set(lines) <= set(page.splitlines())
    assert page.count("\n## ") == 6


def test_results_hold_every_claim_and_the_gallery_every_figure():
    found = gallery.collect(FIGURES)
    results, shown = site_pages.results(FOLDER), site_pages.gallery(FOLDER)
    for r in found:
        assert gallery.claims(r) in results
        assert gallery.command(r) in shown
        for file in r.figures:
            assert f"(../../figures/{r.experiment.name}/{file})" in shown
    assert "../../figures/poster.png" in shown


def test_the_start_page_is_the_readmes():
    page = site_pages.start(FOLDER)
    assert site_pages.section(ROOT / "README.md", "The one idea") in page
    assert "(isotropic.md)" in page
    assert all(f"(examples/{path.name})" in page for path in (HERE / "examples").glob("*.py"))
    assert "(../figures/poster.png)" in page
    assert "replay/growth.html" in page


def test_every_generated_page_links_to_files_that_are_there():
    for page in (site_pages.differences, site_pages.results, site_pages.gallery):
        check_links(page(FOLDER), FOLDER, also={"gallery.md", "results.md"})
    check_links(site_pages.start(FOLDER), HERE, also={"generated/replays.md", "generated/tutorials.md"})


@pytest.mark.parametrize(
    "path", [*sorted(HERE.glob("*.md")), ROOT / "README.md", FIGURES / "README.md"], ids=lambda p: p.name
)
def test_every_page_links_to_files_and_headings_that_are_there(path):
    check_links(path.read_text(encoding="utf-8"), path.parent)


@pytest.mark.parametrize("path", sorted(HERE.glob("*.ipynb")), ids=lambda p: p.name)
def test_every_notebook_links_to_files_that_are_there(path):
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "markdown":
            check_links("".join(cell["source"]), HERE, anchored=False)


def check_links(text, folder, also=(), anchored=True):
    for link in site_links.markdown_links(text):
        target, _, anchor = link.partition("#")
        if re.match(r"[a-z]+:", link) or target in also:
            continue
        file = Path(os.path.normpath(folder / target))  # the folder itself need not be there yet
        assert not target or file.exists(), link
        if anchor and anchored and (not target or target.endswith(".md")):
            there = file.read_text(encoding="utf-8") if target else text
            assert anchor in site_links.anchors(there), link


def test_tutorials_list_what_is_there():
    notebooks = sorted(HERE.glob("0*.ipynb"))
    page = site_pages.tutorials(FOLDER, notebooks)
    assert "\n" + "\n".join(f"../{path.stem}" for path in notebooks) + "\n" in page
    for path in notebooks:
        assert f"`notebook <../{path.name}>`" in page
        assert f"`script <../{path.stem}.py>`" in page


def test_replays_are_embedded_and_linked():
    page = site_pages.replays({"isotropic.tasks": "isotropic.tasks.html"})
    assert page.count("../replay/isotropic.tasks.html") == 2
    assert "none in this version" in site_pages.replays({})


def test_writing_twice_changes_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(site_pages, "replay_pages", lambda folder: {})
    monkeypatch.setattr(site_pages.slides, "write", lambda path: path)
    site_pages.write(tmp_path)
    first = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in tmp_path.rglob("*.*") if path.is_file()}
    assert {
        "start.md",
        "differences.md",
        "results.md",
        "gallery.md",
        "laws.rst",
        "tutorials.md",
        "replays.md",
        "index.rst",
    } <= {path.name for path in first}
    (tmp_path / "api" / "minigrow.gone.rst").write_text("of a module that was there once")
    site_pages.write(tmp_path)
    assert not (tmp_path / "api" / "minigrow.gone.rst").exists()
    assert first == {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in first}


def test_every_law_is_there_with_its_tolerance():
    page = site_reference.laws(FOLDER)
    for law in laws.all_laws():
        assert f"\n{law.name}\n{'~' * len(law.name)}\n" in page
        assert f"*Tolerance*: {law.tolerance:g} eps: {site_docstrings.inline(law.because)}." in page


def test_every_public_module_has_a_page_that_its_package_lists_and_that_leads_back():
    pages = site_reference.api()
    names = site_reference.modules()
    assert {"minigrow.growth.basis", "minigrow.isotropic.network", "minigrow.experiments.gallery"} <= set(names)
    assert {f"{name}.rst" for name in names} | {"index.rst"} == set(pages)
    for name in names:
        package = name.rpartition(".")[0]
        above = "index" if package == "minigrow" else package
        assert f"\n- :doc:`{name}`: " in pages[f"{above}.rst"]
        assert f"\nPart of :doc:`{above}`.\n" in pages[f"{name}.rst"]
        assert f".. automodule:: {name}\n" in pages[f"{name}.rst"]
    assert ":py:class:`Network <minigrow.isotropic.network.Network>`" in pages["minigrow.isotropic.rst"]


# Docstrings


def test_the_basis_reads_as_it_looks():
    lines = site_docstrings.rest(basis.__doc__.splitlines())
    equation = lines.index("    W -> T W      b -> T b      V -> V U")
    assert lines[equation - 2] == ".. code-block:: text"
    assert lines[equation + 2].strip().startswith("V U act(T W x + T b)"), "one block with a blank line in it"
    assert "   * - ``rotate(R)``" in lines
    assert any("*dual*" in line for line in lines)
    assert sum(line.startswith("   * - ") for line in lines) == 8, "a head and seven changes"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see `a`.", "see ``a``."),
        ("see ``a``.", "see ``a``."),
        ("W_ and *args", r"W\_ and \*args"),
        ("a *word* here", "a *word* here"),
        ("a * b * c", r"a \* b \* c"),
        ("x`y`z", r"x\ ``y``\ z"),
        ("as::", r"as:\:"),
        ("|W|", r"\|W\|"),
    ],
)
def test_running_text(text, expected):
    assert site_docstrings.inline(text) == expected


@pytest.mark.parametrize(
    "text", ["S. Golkar 2019", "- is minus", "(a) first", "1.5 times", "--json FILE", "i) x", "... and so on"]
)
def test_text_is_never_taken_for_markup(text):
    docutils = pytest.importorskip("docutils.core")
    shown = docutils.publish_string(
        "\n".join(site_docstrings._paragraph(text).split("\n")),
        writer="pseudoxml",
        settings_overrides={"halt_level": 2},
    ).decode()
    assert f"<paragraph>\n        {text}\n" in shown


def test_a_length_at_the_start_of_a_line_is_no_table():
    assert site_docstrings.rest(["it is", "|z|^2, and", "|a| b"]) == ["it is", r"\|z\|^2, and", r"\|a\| b", ""]


def test_examples_and_lists():
    lines = ["Do it:", "- first", "  line", "- second", "", ">>> 1", "1", "after"]
    assert site_docstrings.rest(lines) == [
        "Do it:", "", ["- first", "  line"][0], "  line", "- second", "",
        ".. code-block:: pycon", "", "    >>> 1", "    1", "    after", "",
    ]  # fmt: skip


def test_every_docstring_of_the_package_is_valid(capsys):
    docutils = pytest.importorskip("docutils.core")
    directives = pytest.importorskip("docutils.parsers.rst.directives")
    assert directives
    for name in site_reference.modules():
        module = importlib.import_module(name)
        for thing in (module, *(v for v in vars(module).values() if getattr(v, "__module__", None) == name)):
            text = "\n".join(site_docstrings.rest((getattr(thing, "__doc__", None) or "").expandtabs().splitlines()))
            docutils.publish_doctree(text, settings_overrides={"halt_level": 2, "report_level": 2})


# Links


def test_broken_links_of_a_site_are_found(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "a.html").write_text(
        '<p id="x"></p><a href="sub/b.html#y">1</a><a href="#x">2</a><a href="https://a.b">3</a>'
    )
    (tmp_path / "sub" / "b.html").write_text('<p id="y"></p><a href="../a.html#x">1</a><img src="../a.html">')
    assert site_links.broken(tmp_path) == []
    assert site_links.remote(tmp_path) == []
    (tmp_path / "c.html").write_text('<a href="d.html"></a><a href="a.html#no"></a><a href="#no"></a><img src="e.png">')
    assert [line.split(": ")[1:] for line in site_links.broken(tmp_path)] == [
        ["d.html", "there is no such file"],
        ["a.html#no", "there is no such anchor"],
        ["#no", "there is no such anchor"],
        ["e.png", "there is no such file"],
    ]
    (tmp_path / "g.html").write_text('<img src="a.html"><img src="a.html" alt="words"><img src="a.html" alt="">')
    assert len(site_links.unnamed(tmp_path / ".")) == 4  # e.png, sub/b.html's, and two of these
    (tmp_path / "f.html").write_text('<script src="https://cdn.example/x.js"></script><link href="//fonts.example/a">')
    assert len(site_links.remote(tmp_path)) == 2


# Equations


@pytest.mark.parametrize(
    ("tex", "inside"),
    [
        (r"\big( x \big)", "<mi>x</mi>"),
        (r"a &= b \\ c &= d", "<mtable"),
        (r"a \tag{3}", "(3)"),
        (r"g'", "<mi>′</mi>"),
        (r"W'^\top", "<mi>⊤</mi>"),
        (r"\text{it's } x", "it's"),
        (r"\frac{\partial L}{\partial W}", "<mfrac>"),
        (r"\tfrac12 \sum_i x_i", "<mn>1</mn>"),
        (r"i = 1, \dots, n", "…"),
        (r"x \iff y", "⟺"),
        (r"a \mathrel{+}= b", "<mo>+</mo><mo>=</mo>"),
        (r"a~b \ c < d \& e", "&lt;"),
        (r"\underbrace{x}_{y}", "<munder><munder><mi>x</mi><mo>⏟</mo></munder><mi>y</mi></munder>"),
        (r"\begin{array}{cc} 1 & 2 \\ 3 & 4 \end{array}", "<mtable"),
        (r"2 \sin x", '<mn>2</mn><mspace width="0.17em" /><mi>sin</mi><mo rspace="0.17em">\u2061</mo><mi>x</mi>'),
        (r"x = \sin(y)", "<mo>=</mo><mi>sin</mi><mo>\u2061</mo><mo stretchy"),
        (r"y \cos^2(x)", '<mspace width="0.17em" /><msup><mi>cos</mi>'),
    ],
)
def test_equations_become_mathml(tex, inside):
    pytest.importorskip("sphinx")
    import site_math

    shown = site_math.mathml(tex, block=True)
    assert shown.startswith("<math ")
    assert 'display="block"' in shown
    assert inside in re.sub(r"\s*\n\s*", "", shown)
    assert 'display="block"' not in site_math.mathml("x", block=False)


def test_an_equation_that_cannot_be_read_is_an_error():
    pytest.importorskip("sphinx")
    import site_math

    with pytest.raises(site_math.MathError, match="nonsense"):
        site_math.mathml(r"\nonsense", block=False)


FORMULA = re.compile(r"\$\$(.+?)\$\$|(?<![\\$])\$(?=\S)([^$]*?\S)\$(?![\d$])", re.S)


def formulas(text):
    return [a or b for a, b in FORMULA.findall(site_links.FENCE.sub("", text))]


@pytest.mark.parametrize("path", [*sorted(HERE.glob("*.md")), *sorted(HERE.glob("*.ipynb"))], ids=lambda p: p.name)
def test_every_equation_of_every_page_can_be_written(path):
    pytest.importorskip("sphinx")
    import site_math

    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        cells = json.loads(text)["cells"]
        text = "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    for tex in formulas(text):
        assert site_math.mathml(tex, block=False).startswith("<math "), tex
