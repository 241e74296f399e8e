"""Run mutants quickly: pytest collects a package's tests once; each mutant is a forked child in which functions get other code.

`worker` starts one pytest process over a package's tests, in a private copy of the tree. Its plugin
1. reads, or measures in a forked child with coverage, which tests reach which line, and how long each takes;
2. for each mutant forks: the child compiles the mutated file, puts the new code objects into the functions that exist, runs the tests
   that reach its lines, quickest first, and stops at the first that fails. A test that fails here for the first time is tried once
   more without the mutant;
3. hands back what a child cannot show: mutants outside of functions, in compiled kernels (with the compiler on), at lines that only
   run at import. `mutation_fresh` runs these in a process that imports the mutated copy from the start.
"""

from __future__ import annotations

import functools
import gc
import os
import shutil
import sys
import types
from collections.abc import Iterator
from pathlib import Path

import pytest
from mutation_expressions import Mutant
from mutation_reach import Reach, child, watcher

CACHE = type(functools.cache(lambda: None))


def codes(top: types.CodeType) -> Iterator[types.CodeType]:
    """Yield all code objects within a module's, in order of their source."""
    for const in top.co_consts:
        if isinstance(const, types.CodeType):
            yield const
            yield from codes(const)


def name(code: types.CodeType) -> tuple:
    """Return what a code object is called, which a mutant in it does not change."""
    return code.co_qualname, code.co_firstlineno


class Server(Reach):
    """The pytest plugin: after collection it measures what reaches what, and tries mutants instead of running the tests."""

    def __init__(self, room: Path, mutants: list[Mutant], done, compiled: bool, budget: float):
        self.room, self.tree, self.mutants, self.done, self.compiled = room, room / "tree", mutants, done, compiled
        self.budget, self.failed, self.trusted, self.killers = budget, None, {}, {}
        self.watching = watcher(self.tree)  # which lines run at import, where a child is too late to change anything
        self.watching.start()

    # --- pytest's hooks ----------------------------------------------------------------------------------------------

    def pytest_runtest_logreport(self, report):
        if report.failed:
            self.failed = report.nodeid
        elif report.skipped and not self.failed:
            self.failed = "skipped"

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session):
        self.items = {item.nodeid: item for item in session.items if "browser" not in item.path.stem}
        base = session.config._tmp_path_factory.getbasetemp()
        self.watching.stop()
        data = self.watching.get_data()
        self.imported = {os.path.relpath(file, self.tree): set(data.lines(file)) for file in data.measured_files()}
        self.reach = self.measure()
        self.find_functions()
        gc.collect()
        gc.freeze()
        for mutant in self.mutants:
            found = self.mutate(mutant)
            self.done(mutant, found)
            self.tidy(base)
        return True

    def tidy(self, base):
        """Delete what the child left in the temporary folder, but not the folder in which pytest makes each test's own."""
        for path in [*(self.room / "tmp").iterdir(), *base.iterdir()]:
            if path.is_symlink() or not path.is_dir():
                path.unlink(missing_ok=True)
            elif path not in base.parents:
                shutil.rmtree(path, ignore_errors=True)

    # --- mutants -----------------------------------------------------------------------------------------------------

    def find_functions(self):
        """Find the functions of the package that exist, those that are compiled, and the caches."""
        self.functions, self.kernels, self.caches = {}, set(), []
        try:
            from numba.core.dispatcher import Dispatcher
        except ImportError:
            Dispatcher = ()
        for thing in gc.get_objects():
            if type(thing) is types.FunctionType and thing.__code__.co_filename.startswith(str(self.tree / "minigrow")):
                file = os.path.relpath(thing.__code__.co_filename, self.tree)
                self.functions.setdefault((file, *name(thing.__code__)), []).append(thing)
            elif isinstance(thing, Dispatcher):
                self.kernels.add(thing.py_func)
            elif type(thing) is CACHE and getattr(thing, "__module__", "").startswith("minigrow"):
                self.caches.append(thing)

    def swap(self, mutant):
        """Put the mutant's code into the functions; return "" or why that cannot show it."""
        if not mutant.inside:
            return "outside"
        path, clean = self.tree / mutant.file, (self.tree / mutant.file).read_bytes()
        old, new = ([*codes(compile(s, path, "exec", dont_inherit=True))] for s in (clean, mutant.source(clean)))
        if [name(c) for c in old] != [name(c) for c in new]:
            return "outside"
        for function in self.caches:
            function.cache_clear()
        pairs = [(a, b) for a, b in zip(old, new, strict=True) if a != b]
        found = [(f, a, b) for a, b in pairs for f in self.functions.get((mutant.file, *name(a)), ())]
        if any(f in self.kernels for f, _, _ in found):
            return "kernel"
        if any(len(a.co_freevars) != len(b.co_freevars) for _, a, b in found):  # such as super() dropped
            return "outside"
        for function, a, b in found:
            if function.__code__ == a:
                function.__code__ = b
        return "" if found else "outside"

    def mutate(self, mutant):
        tests, seconds, number = self.chosen(mutant)

        def work(tell):
            try:
                why = self.swap(mutant)
            except Exception as error:  # of ours: nothing is known about this mutant
                tell(outcome="error", by=f"{type(error).__name__}: {error}"[:200])
            if why:
                tell(outcome=why)
            if not tests:
                tell(outcome="unreached")
            self.all_of(tests, tell)

        row = child(work, 3 * seconds + 15)
        if row["outcome"] == "killed" and row["by"] not in self.trusted:
            before = tests[: tests.index(row["by"]) + 1]
            self.trusted[row["by"]] = child(lambda tell: self.all_of(before, tell), 1000)["outcome"] == "survived"
            if not self.trusted[row["by"]]:
                print(f"fails without a mutant: {row['by']}", file=sys.stderr, flush=True)
                del self.reach[row["by"]]
                return self.mutate(mutant)
        if row["outcome"] == "killed":
            self.killers.setdefault(mutant.function, {})[row["by"]] = 1
        early = self.imported.get(mutant.file, set()) & set(range(mutant.first, mutant.last + 1))
        if row["outcome"] == "survived" and early:
            row["outcome"] = "outside"
        return {**row, "tests": number, "tried": tests, "seconds": seconds}

    def all_of(self, tests, tell):
        for nodeid, following in zip(tests, [*tests[1:], None], strict=True):
            self.failed = None
            self.run(nodeid, following)
            if self.failed and self.failed != "skipped":
                tell(outcome="killed", by=nodeid)
