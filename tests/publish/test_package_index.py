"""What a package index gets: one version, two licences, links that lead somewhere without the repository beside them."""

import doctest
import importlib.util
import re
from pathlib import Path

import pytest

import minigrow

ROOT = Path(__file__).parents[2]
PROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
TEXTS = [
    *sorted((ROOT / ".github").rglob("*.*")),
    ROOT / "CHANGELOG.md",
    ROOT / "CITATION.cff",
    ROOT / "pyproject.toml",
]


@pytest.fixture(scope="module")
def backend():
    pytest.importorskip("setuptools", minversion="61")
    spec = importlib.util.spec_from_file_location("backend", ROOT / ".ci" / "backend.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_version_is_the_same_wherever_it_stands():
    version = minigrow.__version__
    assert re.search(r'^version = "(.+)"$', PROJECT, re.M).group(1) == version
    assert re.search(r"^version: (.+)$", (ROOT / "CITATION.cff").read_text("utf-8"), re.M).group(1) == version
    newest = re.search(r"^## \[(\d.+?)\] - (\d{4}-\d\d-\d\d)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.M)
    assert newest.group(1) == version
    released = re.search(r"^date-released: (.+)$", (ROOT / "CITATION.cff").read_text("utf-8"), re.M).group(1)
    assert released == newest.group(2)


def test_both_licences_are_named_and_there():
    assert 'license = "MIT AND CC-BY-4.0"' in PROJECT
    assert "License ::" not in PROJECT, "setuptools refuses a licence classifier beside an SPDX expression"
    for name in re.findall(r'"([^"]+)"', re.search(r"^license-files = \[(.+)\]$", PROJECT, re.M).group(1)):
        assert (ROOT / name).is_file(), name
    assert (ROOT / "LICENSE").read_text("utf-8").startswith("MIT License")
    text = (ROOT / "LICENSE-CC-BY-4.0").read_text("utf-8")
    assert "Attribution 4.0 International Public License" in text
    assert "Section 8" in text


@pytest.mark.parametrize("path", sorted((ROOT / "tutorials").glob("0*.py")), ids=lambda path: path.stem)
def test_each_tutorial_says_what_may_be_done_with_it(path):
    last = path.read_text(encoding="utf-8").rpartition("# %% [markdown]")[2]
    assert "Text and pictures: CC BY 4.0. Code: MIT." in last


def test_readme_has_no_relative_link_on_an_index(backend):
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    whole = backend.absolute(text, "https://github.com/OWNER/minigrow", "v1")
    relative = re.compile(r"\]\((?!https?://|#)")
    assert len(relative.findall(text)) > 20
    assert not relative.findall(whole)
    for target in re.findall(r"\]\(https://github.com/OWNER/minigrow/(?:blob|raw)/v1/([^)#]+)", whole):
        assert (ROOT / target).is_file(), target
    assert not doctest.testmod(backend).failed


def test_the_backend_offers_what_pip_calls(backend):
    hooks = {"build_wheel", "build_sdist", "build_editable", "prepare_metadata_for_build_wheel"}
    assert hooks <= {name for name in backend.__all__ if callable(getattr(backend, name))}
    assert Path(backend.manifest_maker.template) == Path(".ci/MANIFEST.in")
    assert (ROOT / ".ci/MANIFEST.in").is_file()


def test_the_placeholder_is_one_word_that_the_owner_replaces():
    """Every address of the repository is OWNER's, or, once the owner has filled it in, the same one everywhere."""
    found = {
        (path.name, owner)
        for path in TEXTS
        for owner in re.findall(r"github\.com/([\w-]+)/minigrow", path.read_text("utf-8"))
    }
    assert len(found) >= 3
    assert len({owner for _, owner in found}) == 1, found
