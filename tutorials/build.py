"""Make each tutorial's notebook, outputs included, from its percent-format file: `python tutorials/build.py [NAME...]`.

    python tutorials/build.py                        all of them
    python tutorials/build.py 02_isotropic 05_urn    these two

Needs the extra `tutorials` (jupytext, nbclient, ipykernel). The same file and the same libraries give the same bytes: cells are
numbered instead of drawn at random, and nothing that tells of the machine or of the time is kept. A cell that raises, warns,
writes to stderr, displays a bare value or prints a path of this machine stops the build, and the old notebook stays.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

TUTORIALS = Path(__file__).resolve().parent
LIMIT = 600_000  # bytes a notebook
# The start of a path on somebody's machine, or a library's place in it. A URL's path follows a letter, so it does not match.
MACHINE = re.compile(r"(?<![\w.])/(?:home|root|work|tmp|private|Users|usr/lib)/|[A-Za-z]:\\+Users\\|site-packages")
ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1", "MPLBACKEND": "module://matplotlib_inline.backend_inline"}
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"file_extension": ".py", "mimetype": "text/x-python", "name": "python"},
}


def main(names: list[str]) -> int:
    """Build the named tutorials, or all of them; return the exit code: 1 when one of them could not be built."""
    sys.path.insert(0, str(TUTORIALS.parent))
    try:
        for path in chosen(names):
            print(build(path))
    except (ImportError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def chosen(names: list[str]) -> list[Path]:
    """Return the files of the named tutorials, all when there is no name. Raises ValueError for an unknown name."""
    every = sorted(TUTORIALS.glob("0*.py"))
    known = {path.stem: path for path in every}
    wanted = [Path(name).stem for name in names]
    if unknown := [name for name in wanted if name not in known]:
        raise ValueError(f"there is no tutorial {', '.join(unknown)}. Name some of: {', '.join(known)}")
    return [known[name] for name in wanted] or every


def build(path: Path) -> str:
    """Execute one tutorial and write its notebook beside it; return a line about it. Raises ValueError when it is not clean."""
    from minigrow.growth.files import atomic

    notebook = executed(path)
    tidy(notebook)
    if found := complaints(notebook):
        raise ValueError(f"{path.name} cannot become a notebook:\n" + "\n".join(found))
    data = json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True).encode() + b"\n"
    if len(data) > LIMIT:
        raise ValueError(
            f"{path.name}: the notebook has {len(data)} bytes, at most {LIMIT}. Draw smaller or fewer figures."
        )
    with atomic(path.with_suffix(".ipynb")) as file:
        file.write(data)
    return f"{path.stem}.ipynb: {len(notebook['cells'])} cells, {len(data) / 1000:.0f} kB"


def executed(path: Path) -> Any:
    """Return the notebook of a percent-format file with its outputs, run by a fresh kernel in an empty folder."""
    try:
        import jupytext
        from nbclient import NotebookClient
        from nbclient.exceptions import CellExecutionError
    except ImportError as error:
        raise ImportError(f'{error}. Install what builds tutorials: python -m pip install -e ".[tutorials]"') from error
    notebook = jupytext.read(path, fmt="py:percent")
    notebook.metadata = json.loads(json.dumps(METADATA))
    places = [str(TUTORIALS.parent), os.environ.get("PYTHONPATH", "")]
    environment = os.environ | ENVIRONMENT | {"PYTHONPATH": os.pathsep.join(filter(None, places))}
    with tempfile.TemporaryDirectory() as folder:
        client = NotebookClient(
            notebook, timeout=600, kernel_name="python3", record_timing=False, resources={"metadata": {"path": folder}}
        )
        try:
            client.execute(env=environment)
        except CellExecutionError as error:
            raise ValueError(f"{path.name}: a cell raised an error\n{error}") from None
    return notebook


def tidy(notebook: Any) -> None:
    """Number cells and runs, join what was printed in pieces, and drop all that tells of this machine or moment."""
    notebook["metadata"] = json.loads(json.dumps(METADATA))
    notebook["nbformat"], notebook["nbformat_minor"] = 4, 5
    for i, cell in enumerate(notebook["cells"]):
        cell["id"], cell["metadata"] = f"cell-{i:02d}", {}
        cell["source"] = cell["source"].splitlines(keepends=True)
        if cell["cell_type"] == "code":
            cell["outputs"] = joined(cell["outputs"])
    for count, cell in enumerate((c for c in notebook["cells"] if c["cell_type"] == "code"), start=1):
        cell["execution_count"] = count


def joined(outputs: list[Any]) -> list[dict[str, Any]]:
    """Return outputs with neighbouring pieces of the same stream as one, without metadata."""
    kept: list[dict[str, Any]] = []
    for output in map(dict, outputs):
        if output["output_type"] == "stream":
            same = kept and kept[-1].get("name") == output["name"]
            text = ("".join(kept.pop()["text"]) if same else "") + output["text"]
            kept.append({"name": output["name"], "output_type": "stream", "text": text.splitlines(keepends=True)})
        else:
            kept.append(output | {"metadata": {}} if "metadata" in output else output)
    return kept


def complaints(notebook: Any) -> list[str]:
    """Return what must not be in a notebook, in words: stderr, a bare value, an error, a path of this machine."""
    found = []
    here = (str(TUTORIALS.parent), str(Path.home()), tempfile.gettempdir(), sys.prefix)
    for cell in notebook["cells"]:
        for output in cell.get("outputs", ()):
            kind = output.get("name", output["output_type"])
            if kind not in ("stdout", "display_data"):
                found.append(f"{cell['id']}: {kind}, only prints and figures are allowed: {said(output)[:400]}")
        words = "".join(cell["source"]) + "".join(map(said, cell.get("outputs", ())))
        if places := [*(place for place in here if len(place) > 5 and place in words), *MACHINE.findall(words)]:
            found.append(f"{cell['id']}: a path of this machine: {', '.join(places)}")
    return found


def said(output: dict[str, Any]) -> str:
    """Return the words of one output: what a stream printed, an error said or a value shows; not the bytes of pictures."""
    data = output.get("data", {})
    words = [output.get("text", ""), *(data[key] for key in data if key.startswith("text/")), output.get("evalue", "")]
    return "".join("".join(word) for word in words)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
