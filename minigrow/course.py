"""The course that comes with the package: tutorials, the methods' pages, the page for teachers, recorded lives to play.

In a checkout these are the folders `tutorials` and `figures`; an installed package has copies of them in share/minigrow, which its
own list of files finds again. `copied(folder)` writes them where a student can work on them: `minigrow tutorials --to DIR`.
"""

from __future__ import annotations

import json
import re
from importlib import metadata
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import minigrow
from minigrow.growth.writing import atomic

SHARE = "share/minigrow/"
PARTS = (
    "tutorials/0*.ipynb", "tutorials/*.py", "tutorials/*.md", "tutorials/examples/*.py", "figures/*/history.npz",
)  # fmt: skip
SITE_ONLY = re.compile(r"tutorials/((index|slides)\.md|(conf|lite|pages|slides|site_\w+)\.py)")
AWAY = re.compile(r"(!?)\[([^\]]*)\]\((?:\.\./(?!figures/[^)]*\.npz)|(?=(?:index|slides)\.md))([^)\s]+)\)")


class Copied(NamedTuple):
    """What was written, what was there already with the same content, and what was left alone as yours differs; names."""

    written: list[str]
    same: list[str]
    yours: list[str]


def sources() -> dict[str, Path]:
    """Return the course's files by name, such as "tutorials/02_isotropic.ipynb".

    Raises ValueError where the package was installed without them.

    >>> "tutorials/teaching.md" in sources()
    True
    """
    root = Path(minigrow.__file__).parents[1]
    found = {path.relative_to(root).as_posix(): path for part in PARTS for path in root.glob(part)}
    if (root / "pyproject.toml").is_file():
        return {name: path for name, path in sorted(found.items()) if not SITE_ONLY.fullmatch(name)}
    installed = {}
    for file in metadata.files("minigrow") or ():
        _, here, name = PurePosixPath(file).as_posix().partition(SHARE)
        if here and "__pycache__" not in name:
            installed[name] = Path(file.locate())
    if not installed:
        raise ValueError(
            "this copy of minigrow came without its tutorials. Install it from its wheel or its repository."
        )
    return dict(sorted(installed.items()))


def copied(folder: Path) -> Copied:
    """Write the course into a folder, each file whole or not at all, and return what was done; a file of yours is never replaced.

    >>> import tempfile
    >>> "tutorials/02_isotropic.py" in copied(Path(tempfile.mkdtemp())).written
    True
    """
    done = Copied([], [], [])
    for name, source in sources().items():
        content, target = rooted(name, source.read_bytes()), folder / name
        if target.exists():
            (done.same if target.is_file() and target.read_bytes() == content else done.yours).append(name)
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        with atomic(target) as file:
            file.write(content)
        done.written.append(name)
    return done


def rooted(name: str, content: bytes) -> bytes:
    """Return a file's content with links out of the course as words: there, neither the package's source nor its figures stand.

    >>> rooted("a.md", b"see [basis](../minigrow/growth/basis.py), ![widths](../figures/x.png), [b](b.md)").decode()
    'see basis (`minigrow/growth/basis.py`), *picture: widths (`figures/x.png`)*, [b](b.md)'
    """
    if name.endswith(".md"):
        return AWAY.sub(_words, content.decode("utf-8")).encode("utf-8")
    if not name.endswith(".ipynb"):
        return content
    notebook = json.loads(content)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            cell["source"] = AWAY.sub(_words, "".join(cell["source"])).splitlines(keepends=True)
    return json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True).encode("utf-8") + b"\n"


def _words(link):
    picture, words, target = link.groups()
    return f"*picture: {words} (`{target}`)*" if picture else f"{words} (`{target}`)"
