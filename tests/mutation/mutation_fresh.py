"""Mutants that functions which exist cannot show: a forked child imports the mutated copy of the tree from the start.

`mutated` writes the mutant into the tree and puts all back afterwards, also what numba had compiled of the file and of those that
import it, as that would still hold the clean kernels. `restore` does so for a run that was killed meanwhile.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from mutation_expressions import Mutant
from mutation_reach import child, modules

QUIET = ["-q", "-s", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning"]


def kernels(tree: Path, file: str) -> list[Path]:
    """Return the files in which numba keeps what it compiled of these modules."""
    return [p for f in modules(tree, file) for p in (f.parent / "__pycache__").glob(f"{f.stem}.*.nb[ic]")]


@contextlib.contextmanager
def mutated(tree: Path, mutant: Mutant, kernel: bool) -> Iterator[None]:
    """Have the mutant in the tree for as long as the block lasts."""
    aside, path = tree.parent / "aside", tree / mutant.file
    old = kernels(tree, mutant.file) if kernel else []
    for file in (path, *old):
        kept = aside / file.relative_to(tree)
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(file, kept)
    try:
        for file in old:
            file.unlink()
        path.write_bytes(mutant.source(path.read_bytes()))
        yield
    finally:
        for file in kernels(tree, mutant.file) if kernel else []:
            file.unlink()
        restore(tree)


def restore(tree: Path, killed: bool = False) -> None:
    """Put everything back that stands aside; after a run that was killed, also forget what numba has compiled."""
    left = [p for p in (tree.parent / "aside").rglob("*") if p.is_file()]
    for file in (tree / "minigrow").rglob("*.nb[ic]") if killed and left else ():
        file.unlink()
    for file in left:
        file.replace(tree / file.relative_to(tree.parent / "aside"))


class Chosen:
    """A pytest plugin that runs these tests, in this order, where they are found, and tells the first that fails."""

    def __init__(self, tests: list[str], tell):
        self.place, self.tell = {nodeid: k for k, nodeid in enumerate(tests)}, tell

    def pytest_collection_modifyitems(self, items):
        items[:] = sorted((i for i in items if i.nodeid in self.place), key=lambda i: self.place[i.nodeid])

    def pytest_collectreport(self, report):
        if report.failed:
            self.tell(outcome="killed", by=report.nodeid)

    def pytest_runtest_logreport(self, report):
        if report.failed:
            self.tell(outcome="killed", by=report.nodeid)


def attempt(tests: list[str], seconds: float) -> dict:
    """Run these tests on the tree as it is, in a child that has not imported the package."""

    def work(tell):
        code = pytest.main(
            ["-x", *QUIET, *dict.fromkeys(t.split("::")[0] for t in tests)], plugins=[Chosen(tests, tell)]
        )
        if code in (1, 2, 3):
            tell(outcome="killed", by=f"exit {int(code)}")

    return child(work, seconds)


def fresh(tree: Path, mutant: Mutant, tests: list[str], seconds: float, kernel: bool, trusted: dict[str, bool]) -> dict:
    """Try the mutant; a test that kills for the first time is tried once without it, and left out if it fails there too."""
    limit = 3 * seconds + 30 + 200 * kernel
    with mutated(tree, mutant, kernel):
        row = attempt(tests, limit)
    by = row.get("by", "")
    if row["outcome"] != "killed" or by not in tests:
        return row
    if by not in trusted:
        trusted[by] = attempt([by], limit)["outcome"] == "survived"
    return row if trusted[by] else fresh(tree, mutant, [t for t in tests if t != by], seconds, kernel, trusted)
