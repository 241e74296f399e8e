"""Make each tutorial's notebook, outputs included, from its percent-format file:
`python tutorials/build.py [NAME...]`.

    python tutorials/build.py                          all of them
    python tutorials/build.py 02_isotropic 05_urn      these two
    python tutorials/build.py --student DIR [NAME...]  without answers and not run: what
                                                       a lecturer hands out

Needs the extra `tutorials` (jupytext, nbclient, ipykernel). The same file and the same
libraries give the same bytes: `tidying.py` says what is kept of a run. A cell that
raises, warns, writes to stderr, displays a bare value or prints a path of this machine
stops the build, and the old notebook stays.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from tidying import METADATA, complaints, tidy

TUTORIALS = Path(__file__).resolve().parent
LIMIT = 900_000  # bytes a notebook: its figures and the page that replays
ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "MINIGROW_STATIC": "1",  # what one can move becomes a row of pictures
}
SHARP = 'c.InlineBackend.figure_formats = {"retina"}\n'  # twice the resolution
MISSING = '{}. What builds tutorials: python -m pip install -e ".[tutorials]"'


def main(arguments: list[str]) -> int:
    """Build the named tutorials, or all; return the exit code: 1 when one failed."""
    parser = argparse.ArgumentParser(description="Make notebooks from the tutorials.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="such as 02_isotropic")
    parser.add_argument(
        "--student", type=Path, metavar="DIR", help="write notebooks without answers"
    )
    args = parser.parse_args(arguments)
    sys.path[:0] = [str(TUTORIALS.parent), str(TUTORIALS)]
    try:
        for path in chosen(args.names):
            print(build(path) if args.student is None else hand_out(path, args.student))
    except (ImportError, ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def chosen(names: list[str]) -> list[Path]:
    """Return the files of the named tutorials, all when there is no name.

    Raises ValueError for an unknown name.
    """
    every = sorted(TUTORIALS.glob("0*.py"))
    known = {path.stem: path for path in every}
    wanted = [Path(name).stem for name in names]
    if unknown := [name for name in wanted if name not in known]:
        raise ValueError(
            f"there is no tutorial {', '.join(unknown)}. "
            f"Name some of: {', '.join(known)}"
        )
    return [known[name] for name in wanted] or every


def build(path: Path) -> str:
    """Execute one tutorial and write its notebook beside it; return a line about it.

    Raises ValueError when it is not clean.
    """
    notebook = executed(path)
    tidy(notebook)
    if found := complaints(notebook):
        raise ValueError(f"{path.name} cannot become a notebook:\n" + "\n".join(found))
    if (size := len(in_bytes(notebook))) > LIMIT:
        raise ValueError(
            f"{path.name}: the notebook has {size} bytes, "
            f"at most {LIMIT}. Draw smaller or fewer figures, or replay a shorter life."
        )
    return written(notebook, path.with_suffix(".ipynb"))


def hand_out(path: Path, folder: Path) -> str:
    """Write a tutorial for students, without answers and not run; return a line.

    A notebook that is there and differs may be somebody's work: it is left alone.
    """
    from student import without_answers

    notebook = without_answers(read(path), path.stem[:2])
    tidy(notebook)
    target = folder / f"{path.stem}.ipynb"
    if target.exists() and target.read_bytes() != in_bytes(notebook):
        return f"{target}: left alone, as yours differs. Take another folder."
    return written(notebook, target)


def written(notebook: Any, path: Path) -> str:
    """Write a notebook to a file, whole or not at all; return a line about it."""
    from minigrow.growth.writing import atomic

    with atomic(path) as file:
        file.write(data := in_bytes(notebook))
    return f"{path.name}: {len(notebook['cells'])} cells, {len(data) / 1000:.0f} kB"


def in_bytes(notebook: Any) -> bytes:
    """Return the bytes of a notebook's file."""
    text = json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True)
    return text.encode() + b"\n"


def read(path: Path) -> Any:
    """Return the notebook of a percent-format file, not run. Raises ImportError."""
    try:
        import jupytext
    except ImportError as error:
        raise ImportError(MISSING.format(error)) from error
    notebook = jupytext.read(path, fmt="py:percent")
    notebook.metadata = json.loads(json.dumps(METADATA))
    return notebook


def executed(path: Path) -> Any:
    """Return the notebook of a file, run by a fresh kernel in an empty folder."""
    try:
        from nbclient import NotebookClient
        from nbclient.exceptions import CellExecutionError
    except ImportError as error:
        raise ImportError(MISSING.format(error)) from error
    notebook = read(path)
    with (
        tempfile.TemporaryDirectory() as folder,
        tempfile.TemporaryDirectory() as settings,
    ):
        client = NotebookClient(
            notebook,
            timeout=600,
            kernel_name="python3",
            record_timing=False,
            resources={"metadata": {"path": folder}},
        )
        try:
            client.execute(env=environment(settings))
        except CellExecutionError as error:
            raise ValueError(f"{path.name}: a cell raised an error\n{error}") from None
    return notebook


def environment(settings: str) -> dict[str, str]:
    """Return the kernel's environment; its settings, in this folder, draw sharply."""
    profile = Path(settings, "profile_default")
    profile.mkdir()
    (profile / "ipython_kernel_config.py").write_text(SHARP, encoding="utf-8")
    places = [str(TUTORIALS.parent), os.environ.get("PYTHONPATH", "")]
    own = {"IPYTHONDIR": settings, "PYTHONPATH": os.pathsep.join(filter(None, places))}
    return os.environ | ENVIRONMENT | own


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
