"""What the JupyterLite site is made of; the whole of it is built by `.ci/run`, and runs in a browser with Pyodide."""

import json
import zipfile

import lite
import pytest


def test_a_slim_wheel_has_no_course_and_a_list_of_files_that_is_true(tmp_path):
    wheel = tmp_path / "minigrow-1-py3-none-any.whl"
    share = "minigrow-1.data/data/share/minigrow/tutorials/01.ipynb"
    with zipfile.ZipFile(wheel, "w") as file:
        file.writestr("minigrow/__init__.py", "")
        file.writestr(share, "long")
        file.writestr("minigrow-1.dist-info/RECORD", f"minigrow/__init__.py,,\n{share},,\n")
    assert lite.slim(wheel) == wheel
    with zipfile.ZipFile(wheel) as file:
        assert file.namelist() == ["minigrow/__init__.py", "minigrow-1.dist-info/RECORD"]
        assert file.read("minigrow-1.dist-info/RECORD") == b"minigrow/__init__.py,,\n"


def test_every_notebook_installs_minigrow_first_and_says_that_it_is_short(tmp_path):
    lite.contents(tmp_path)
    notebooks = sorted(tmp_path.rglob("0*.ipynb"))
    assert [path.name for path in notebooks] == sorted(path.name for path in lite.TUTORIALS.glob("0*.ipynb"))
    for path in notebooks:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        assert cells[0]["cell_type"] == "markdown"
        assert "".join(cells[0]["source"]).startswith("# ")
        assert "in your browser" in "".join(cells[1]["source"])
        assert "".join(cells[2]["source"]).startswith("%pip install -q minigrow\n")
        assert 'os.environ["MINIGROW_SMALL"] = "1"' in "".join(cells[2]["source"])
        assert len({cell["id"] for cell in cells}) == len(cells)
        said = [output for cell in cells for output in cell.get("outputs", ())]
        assert all(isinstance(text, str) for o in said for text in (o.get("text", ""), *o.get("data", {}).values()))


def complete(out):
    (out / "pypi").mkdir(parents=True)
    (out / "lab").mkdir()
    (out / "lab" / "index.html").write_text("")
    (out / "files").mkdir()
    for path in lite.TUTORIALS.glob("0*.ipynb"):
        (out / "files" / path.name).write_text("")
    (out / "pypi" / "minigrow-1.whl").write_text("")
    releases = {"releases": {"1": [{"filename": "minigrow-1.whl"}]}}
    (out / "pypi" / "all.json").write_text(json.dumps({"minigrow": releases}))
    return out


def test_a_site_that_is_not_whole_is_no_site(tmp_path):
    lite.missing(complete(tmp_path / "whole"))
    out = complete(tmp_path / "a")
    (out / "files" / "02_isotropic.ipynb").unlink()
    with pytest.raises(ValueError, match=r"not complete: \['02_isotropic"):
        lite.missing(out)
    out = complete(tmp_path / "b")
    (out / "pypi" / "minigrow-1.whl").rename(out / "pypi" / "minigrow-2.whl")
    with pytest.raises(ValueError, match=r"lists \['minigrow-1.whl'\] and holds minigrow-2"):
        lite.missing(out)
