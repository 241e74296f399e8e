"""Give commands outputs that are somebody's: nothing of the user's may be replaced, and nothing may be left over.

    tried(seed, seconds) -> (commands tried, failures in words)

A command runs in a folder with files of the user's. Its output is a new name, the user's file, a link to it, the command's own
input, a folder, a place below a file, or one name for two outputs. A new name must be written; all others must be refused in one
sentence, and afterwards every file must be there with the bytes and the mode that it had.
"""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
import time
from pathlib import Path

import numpy as np

from minigrow import cli
from minigrow.growth import History

MOTIFS, LIFE = ("motifs", "graph.txt", "--size", "3", "--random", "2"), ("replay", "life.npz")
WAYS = (
    (*MOTIFS, "--csv"), (*MOTIFS, "--json"), (*MOTIFS, "--html"), (*MOTIFS, "--occurrences"), (*MOTIFS, "--roles"),
    (*LIFE, "-o"), (*LIFE, "--moment", "1", "-o"), ("verify", "--file", "law.py", "--cases", "1", "--json"),
)  # fmt: skip
SUFFIX = {"--csv": ".csv", "--json": ".json", "--html": ".html", "--moment": ".svg"}
LAW = "from minigrow.laws import law\n\n\n@law('mine.one', tolerance=1, because='it is 0')\ndef one(rng):\n    return 0.0\n"


def _begin():
    Path("graph.txt").write_text("0 1\n1 2\n2 0\n2 3\n")
    Path("law.py").write_text(LAW)
    History(({"step": 0, "widths": np.array([2, 3, 1])}, {"step": 1, "widths": np.array([2, 4, 1])})).save("life.npz")
    Path("mine").write_text("# nothing that minigrow wrote\n")
    Path("mine").chmod(0o640)
    os.symlink("mine", "link")
    Path("folder").mkdir()
    Path("folder", "kept").write_text("kept")


def _seen():
    """{name: (bytes, mode)} of all files, links by where they lead."""
    return {
        str(p): (os.readlink(p) if p.is_symlink() else p.read_bytes(), p.lstat().st_mode)
        for p in Path().rglob("*")
        if p.is_symlink() or p.is_file()
    }


def _carried_out(words):
    out = io.StringIO()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(out):
        try:
            code = cli.main(words)
        except SystemExit as stop:
            code = stop.code
    return code, out.getvalue()


def one(rng: np.random.Generator) -> str:
    """Try one command in the current folder, which is empty; return what is wrong in words, "" for nothing."""
    _begin()
    way = WAYS[rng.integers(len(WAYS))]
    new = "new" + next((end for word, end in SUFFIX.items() if word in way), ".html")
    targets = {
        new: False, "mine": True, "link": True, "./folder/../mine": True, way[1] if way[0] != "verify" else "law.py": True,
        "folder": True, "mine/below": True, str(Path("mine").resolve()): True,
    }  # fmt: skip
    target = list(targets)[rng.integers(len(targets))]
    words, refused = [*way, target], targets[target]
    if way[0] == "motifs" and target == new and rng.random() < 0.5:
        words, refused = [*words, "--plot" if way[-1] != "--plot" else "--csv", f"./{new}"], True
    before = _seen()
    code, said = _carried_out(words)
    after = _seen()
    if not refused:
        after.pop(target, None)
    wrong = [name for name in before if after.get(name) != before[name]] + sorted(after.keys() - before.keys())
    shown = f"minigrow {' '.join(words)}"
    if wrong:
        return f"{shown}: not as before: {wrong}"
    if refused and (code != 2 or "Traceback" in said or not said.strip()):
        return f"{shown}: ended with {code} and said {said[-200:]!r}"
    return "" if refused or code in (0, 1) else f"{shown}: ended with {code} and said {said[-200:]!r}"


def tried(seed: int, seconds: float, most: int = 1000) -> tuple[int, list[str]]:
    """Return how many commands were tried, at most so many in about so many seconds, and the failures in words."""
    rng, end, count, failures, home = np.random.default_rng(seed), time.monotonic() + seconds, 0, [], Path.cwd()
    while count < most and time.monotonic() < end:
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            try:
                failure = one(rng)
            finally:
                os.chdir(home)
        count += 1
        failures += [f"seed {seed}, command {count}: {failure}"] if failure else []
    return count, failures
