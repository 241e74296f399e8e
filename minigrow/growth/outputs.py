"""May a command write this file? `check(outputs, inputs)` says no in a sentence, before anything is done.

What minigrow did not write is the user's and is never replaced. Ours is told by how it begins: `MARKS` has one mark for each kind
of file. A file that is named as an input, and one that two outputs share, is refused too, and so is a place that takes no file.
"""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryFile
from typing import NamedTuple

from minigrow.growth.writing import descriptor, direct, place

BEGINNING = 8192  # bytes of a file in which its mark stands
GENERATOR = '<meta name="generator" content="minigrow">'
INDEX = "Written by `minigrow gallery` from the `results.json` files beside it"
NAME = "minigrow"  # as the program that made a picture
HISTORY = '"file": "minigrow history"'
MARKS = {
    "page": re.escape(GENERATOR.encode()),
    "index": re.escape(INDEX.encode()),
    "picture": rb"\A\x89PNG.*Software\0" + NAME.encode() + rb"|<dc:title>" + NAME.encode() + rb"</dc:title>",
    "film": rb"\AGIF8.*" + NAME.encode() + rb"|\A\x1a\x45\xdf\xa3.*" + NAME.encode(),
    "table": rb"\Aadjacency,(count,frequency|vertex 0|places,vertex,count)",
    "motifs": rb'\A\{"size": \d+, "vertices": \d+, "edges": ',
    "laws": rb'\A\{\n "seed": \d+,\n "(cases|files)": ',
    "marks": rb'\A\[\n \{\n  "file": ',
    "results": rb'\A\{\n "experiment": "',
    "history": re.escape(HISTORY.encode()) + b"|" + re.escape(HISTORY.encode("utf-32-le")),
}


class Output(NamedTuple):
    """A file that a command will write: the option that names it ("" for none), its path, its kind among `MARKS`.

    A file without a mark is ours too where `beside`, a path and a kind, is ours: what stands in one folder with our results.
    """

    option: str
    path: Path
    kind: str
    beside: tuple[Path, str] | None = None


def check(outputs: Iterable[Output], inputs: Iterable[Path] = ()) -> None:
    """Check that each output can be written and that none replaces another, an input, or what minigrow did not write.

    Raises ValueError with a sentence for the first that cannot be, and touches nothing.

    >>> check([Output("--csv", Path("a"), "table"), Output("--json", Path("./a"), "motifs")])
    Traceback (most recent call last):
    ValueError: --csv and --json would both write a. Give each a name of its own.
    """
    taken: dict[str, str] = {}
    tried: set[Path] = set()
    for output in outputs:
        option, path, _, _ = output
        said = option or "minigrow"
        if descriptor(path) is not None or direct(target := place(path)):
            continue  # a device or a pipe replaces nothing, and takes what several write
        if any(_same(target, read) for read in inputs):
            raise ValueError(f"{said} would replace {path}, which is read. Give another name.")
        name = unicodedata.normalize("NFC", str(target)).casefold()  # as strict as any file system
        if name in taken:
            raise ValueError(f"{taken[name]} and {said} would both write {path}. Give each a name of its own.")
        taken[name] = said
        _check_file(output, target)
        _check_folder(f"{option} {path}".strip(), target, tried)


def check_folder(option: str, folder: Path) -> None:
    """Make a folder of outputs where there is none, and try it; raises ValueError where it takes no file.

    >>> import tempfile
    >>> with tempfile.NamedTemporaryFile() as file:
    ...     check_folder("--out", Path(file.name))
    Traceback (most recent call last):
    ValueError: --out must be a folder, got the file ...
    """
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"{option} must be a folder, got the file {folder}. Give another name.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ValueError(
            f"{option} {folder} cannot be made ({error.strerror or error}). Choose another place."
        ) from None
    _check_folder(f"{option} {folder}", folder / "a file", set())


def ours(path: Path, kind: str) -> bool:
    """Return whether minigrow wrote this file, by the mark of its kind; what has no content is nobody's, so it is ours too.

    >>> ours(Path("nowhere.csv"), "table")
    False
    """
    try:
        with open(path, "rb") as file:
            beginning = file.read(BEGINNING)
    except FileNotFoundError:
        return False
    return not beginning or re.search(MARKS[kind], beginning, re.DOTALL) is not None


def _same(target: Path, read: Path) -> bool:
    try:
        return os.path.samefile(target, read)
    except OSError:  # one of the two is not there
        return target == Path(os.path.realpath(read))


def _check_file(output: Output, target: Path) -> None:
    """Refuse a folder, a disk, a file that may not be written to, and a file that minigrow did not write."""
    if not target.exists():
        return
    mode, said = target.stat().st_mode, f"{output.option} {output.path}".strip()
    if stat.S_ISDIR(mode):
        raise ValueError(f"an output must be a file, got the folder {output.path}.")
    if not stat.S_ISREG(mode):
        raise ValueError(f"an output must be a file, a pipe or a stream, got {output.path}.")
    if not mode & 0o222 or not os.access(target, os.W_OK):
        raise ValueError(f"{said} is write-protected, so it is not replaced. Give another name.")
    beside = output.beside is not None and ours(*output.beside)
    if not beside and not ours(target, output.kind):
        raise ValueError(
            f"{said} is there and minigrow did not write it, so it is not replaced. Give another name, or move it away."
        )


def _check_folder(said: str, target: Path, tried: set[Path]) -> None:
    """Refuse a file whose folder, or the nearest one above that is there already, takes no new file: try it."""
    above = next(folder for folder in target.parents if folder.exists())
    if above in tried:
        return
    try:
        with TemporaryFile(dir=above):
            tried.add(above)
    except OSError as error:
        raise ValueError(
            f"{said} cannot be written: {above} takes no new file ({error.strerror}). Choose another place."
        ) from None
