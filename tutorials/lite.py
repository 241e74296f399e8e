"""Make the tutorials run in a browser, without installing anything:
`python tutorials/lite.py [DIR]` (default: build/lite).

What it makes is a JupyterLite site: the notebooks, the recorded lives and minigrow's own
wheel, to be put on any web server (`python -m http.server --directory build/lite`).
Python itself is Pyodide, which the reader's browser fetches from its public address:
that needs the internet, or a copy of Pyodide (`--pyodide URL`). There is no numba there,
so the kernels run as plain Python; the first cell of each notebook says how to be quick.

Needs the extra `lite` (jupyterlite-core, jupyterlite-pyodide-kernel, jupytext).
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

TUTORIALS = Path(__file__).resolve().parent
ROOT = TUTORIALS.parent
COURSE = ".data/data/share/minigrow/"  # in the wheel; the site has these files itself
OPENING = [
    "%pip install -q minigrow",
    "import os",
    "",
    'os.environ["MINIGROW_SMALL"] = "1"  # shorter runs; "0" for the full ones',
]
WORDS = (
    "*You are running this in your browser. The next cell installs minigrow there; it "
    "takes a minute, and then nothing leaves your machine. Loops run as plain Python, "
    "so slow parts are shortened: numbers differ from those that the text quotes.*"
)


def main(arguments: list[str]) -> int:
    """Build the site; return the exit code: 1 when something that it needs is missing."""
    parser = argparse.ArgumentParser(description="Make a JupyterLite of the tutorials.")
    parser.add_argument("out", nargs="?", type=Path, default=ROOT / "build" / "lite")
    parser.add_argument("--pyodide", metavar="URL", help="where pyodide.js is")
    args = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        try:
            wheel = slim(built(work))
            contents(work / "contents")
            site(args.out.resolve(), work, wheel, args.pyodide)
            missing(args.out)
        except (ImportError, ValueError, subprocess.CalledProcessError) as error:
            said = getattr(error, "stderr", None) or error
            print(
                f"{said}\nIt needs: python -m pip install -e '.[lite]'", file=sys.stderr
            )
            return 1
    print(
        f"{args.out}: {sum(1 for path in args.out.rglob('*') if path.is_file())} files"
    )
    return 0


def run(command: list[str], folder: Path) -> None:
    """Run a command of this Python's; raises CalledProcessError with what it said."""
    whole = [sys.executable, "-m", *command]
    subprocess.run(whole, cwd=folder, check=True, capture_output=True, text=True)


def built(folder: Path) -> Path:
    """Return the package's wheel, made in `folder`."""
    copy = folder / "source"
    copy.mkdir()
    for path in (ROOT / "pyproject.toml", ROOT / "README.md", *ROOT.glob("LICENSE*")):
        shutil.copy(path, copy)
    for name in (".ci", "minigrow", "tutorials"):
        left = shutil.ignore_patterns("__pycache__", "generated", "*.nb[ic]")
        shutil.copytree(ROOT / name, copy / name, ignore=left)
    for path in (ROOT / "figures").glob("*/history.npz"):
        (copy / "figures" / path.parent.name).mkdir(parents=True)
        shutil.copy(path, copy / "figures" / path.parent.name)
    run(["pip", "wheel", "-q", "--no-deps", "-w", str(folder), "."], copy)
    return next(folder.glob("minigrow-*.whl"))


def slim(wheel: Path) -> Path:
    """Take the course's files out of a wheel, and out of its list of files."""
    smaller = wheel.with_name("smaller.zip")
    with (
        zipfile.ZipFile(wheel) as old,
        zipfile.ZipFile(smaller, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for item in old.infolist():
            if COURSE in item.filename:
                continue
            content = old.read(item)
            if item.filename.endswith("/RECORD"):
                lines = content.decode().splitlines(keepends=True)
                content = "".join(row for row in lines if COURSE not in row).encode()
            new.writestr(item, content)
    return smaller.replace(wheel)


def contents(folder: Path) -> None:
    """Write what the reader finds: notebooks, examples, and lives to replay."""
    sys.path[:0] = [str(ROOT)]
    from minigrow.course import copied

    copied(folder)
    for path in folder.rglob("0*.ipynb"):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        first = notebook["cells"][0]
        notebook["cells"][1:1] = [_cell("markdown", [WORDS]), _cell("code", OPENING)]
        assert first["cell_type"] == "markdown", path
        for output in (o for c in notebook["cells"] for o in c.get("outputs", ())):
            output |= {
                key: _joined(output[key]) for key in ("text", "data") if key in output
            }
        path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False), "utf-8")


def _joined(said):
    """An output's lines as one text: JupyterLite would put commas between them."""
    if isinstance(said, dict):
        return {kind: _joined(words) for kind, words in said.items()}
    return "".join(said) if isinstance(said, list) else said


def _cell(kind, lines):
    made = {"cell_type": kind, "id": f"lite-{kind}", "metadata": {}}
    made["source"] = "\n".join(lines).splitlines(keepends=True)
    return made | ({"execution_count": None, "outputs": []} if kind == "code" else {})


def site(out: Path, work: Path, wheel: Path, pyodide: str | None) -> None:
    """Build the JupyterLite site into `out`."""
    kernel = {
        "litePluginSettings": {"@jupyterlite/pyodide-kernel-extension:kernel": {}}
    }
    if pyodide:
        plugin = next(iter(kernel["litePluginSettings"].values()))
        plugin["pyodideUrl"] = pyodide
    settings = {"jupyter-config-data": {"appName": "minigrow", **kernel}}
    (work / "jupyter-lite.json").write_text(json.dumps(settings))
    command = ["jupyterlite_core", "build", "--contents", str(work / "contents")]
    command += ["--piplite-wheels", str(wheel), "--output-dir", str(out)]
    run(command, work)


def missing(out: Path) -> None:
    """Raise ValueError unless the site holds every notebook and minigrow's wheel."""
    notebooks = {path.name for path in TUTORIALS.glob("0*.ipynb")}
    lost = notebooks - {path.name for path in (out / "files").rglob("0*.ipynb")}
    if lost or not (out / "lab" / "index.html").is_file():
        raise ValueError(
            f"{out} is not complete: {sorted(lost) or 'no lab/index.html'}"
        )
    index = json.loads((out / "pypi" / "all.json").read_text(encoding="utf-8"))
    (wheel,) = (out / "pypi").glob("minigrow-*.whl")
    listed = [file["filename"] for (file,) in index["minigrow"]["releases"].values()]
    if listed != [wheel.name]:
        raise ValueError(f"{out}/pypi lists {listed} and holds {wheel.name}.")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
