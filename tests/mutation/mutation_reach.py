"""Which tests reach which line, and how long each takes, measured once with coverage and kept; and forked children to measure in."""

from __future__ import annotations

import ast
import contextlib
import ctypes
import difflib
import functools
import hashlib
import json
import os
import re
import select
import signal
import sys
import time
from pathlib import Path

import coverage

SLOW = 5.0  # seconds of CPU: a test that takes longer is not used
MEMORY = 12 << 30


def quiet(seconds: float) -> None:
    """Say nothing, keep to this memory and time (seconds of CPU), and let no mistake end a process of somebody else."""
    import resource  # not on Windows, where pytest still looks into this file for doctests

    os.setsid()
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # end with the parent
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for handle in (0, 1, 2):
        os.dup2(nowhere, handle)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 1, int(seconds) + 5))
    ended = os.kill

    def careful(pid, number):
        if pid <= 1 or pid == os.getppid():
            raise PermissionError(f"a mutant wanted to end process {pid}")
        ended(pid, number)

    os.kill = os.killpg = careful


def child(work, seconds: float) -> dict:
    """Fork, call work(tell) in the child, and return what it told; {"outcome": "timeout"} after so many seconds of CPU."""
    inner, outer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(inner)
        said = {"outcome": "crash"}
        try:
            quiet(seconds)

            def tell(**row):
                os.write(outer, json.dumps(row).encode())
                os._exit(0)

            work(tell)
            said = {"outcome": "survived"}
        except BaseException as error:
            said = {"outcome": "crash", "by": f"{type(error).__name__}: {error}"[:200]}
        finally:
            with contextlib.suppress(BaseException):
                os.write(outer, json.dumps(said).encode())
            os._exit(0)
    os.close(outer)
    until, text = time.time() + 8 * seconds + 60, b""
    while time.time() < until:
        if select.select([inner], [], [], until - time.time())[0]:
            part = os.read(inner, 1 << 20)
            text += part
            if not part or text.endswith(b"}"):
                break
    os.close(inner)
    with contextlib.suppress(OSError):
        os.killpg(pid, signal.SIGKILL)
    status = os.waitpid(pid, 0)[1]
    if text:
        return json.loads(text)
    late = os.WIFSIGNALED(status) and os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL)
    return {"outcome": "timeout"} if late else {"outcome": "crash"}


def watcher(tree: Path) -> coverage.Coverage:
    """Return a coverage measurement of the package in this tree, kept in memory."""
    return coverage.Coverage(data_file=None, include=[str(tree / "minigrow" / "*")], config_file=False)


class Late(BaseException):
    """A test has taken too long to be useful here."""


class Reach:
    """The part of the pytest plugin that measures; `room`, `tree`, `compiled`, `failed` and `items` are the plugin's."""

    def measure(self):
        by_file = {}
        for nodeid, item in self.items.items():
            by_file.setdefault(item.path, []).append(nodeid)
        reach = {}
        for path, ids in by_file.items():
            where = str(path.relative_to(self.tree)).replace("/", "+")
            kept = self.room / "reach" / f"{where}.{'on' if self.compiled else 'off'}.json"
            mark = hashlib.sha256(path.read_bytes()).hexdigest()
            table = json.loads(kept.read_text()) if kept.exists() else {}
            table = table if table.get("mark") == mark else {"mark": mark, "tests": {}}
            missing = [i for i in ids if i not in table["tests"]]
            for first in range(0, len(missing), 20):
                some = missing[first : first + 20]
                child(lambda tell, some=some, kept=kept, table=table: self.trace(some, kept, table), SLOW * 20)
                table = json.loads(kept.read_text()) if kept.exists() else table
                table["tests"] |= {i: [None, "crash"] for i in some if i not in table["tests"]}
            reach |= {i: row for i, row in table["tests"].items() if i in self.items}
        bad = [i for i, (seconds, _) in reach.items() if seconds is None]
        print(
            f"{len(reach)} tests, {len(bad)} of them not used (skipped, failing or slow)", file=sys.stderr, flush=True
        )
        return {i: row for i, row in reach.items() if row[0] is not None}

    def trace(self, ids, kept, known):
        def late(_, frame):
            if "coverage" in Path(frame.f_code.co_filename).parts:  # ended with its lock held, it would hang
                return signal.setitimer(signal.ITIMER_PROF, 0.01)
            raise Late

        signal.signal(signal.SIGPROF, late)
        cov = watcher(self.tree)
        cov.start()
        table = {}
        for nodeid in ids:
            self.failed, began = None, time.process_time()
            cov.switch_context(nodeid)
            signal.setitimer(signal.ITIMER_PROF, SLOW)
            try:
                self.run(nodeid)
            except Late:
                self.failed = "slow"
            signal.setitimer(signal.ITIMER_PROF, 0)
            seconds = round(time.process_time() - began, 3)
            table[nodeid] = [None if self.failed else seconds, {} if not self.failed else self.failed]
            if self.failed == "slow":
                self.setup_anew()
        cov.stop()
        data = cov.get_data()
        for file in data.measured_files():
            for line, contexts in data.contexts_by_lineno(file).items():
                for nodeid in contexts:
                    if nodeid in table and table[nodeid][0] is not None:
                        table[nodeid][1].setdefault(os.path.relpath(file, self.tree), []).append(line)
        kept.write_text(json.dumps({**known, "tests": known["tests"] | table}))

    def setup_anew(self):
        from _pytest.runner import SetupState

        next(iter(self.items.values())).session._setupstate = SetupState()

    def run(self, nodeid, following=None):
        item = self.items[nodeid]
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=self.items.get(following))

    def callers(self, mutant):
        """Return the tests that reach a line which names a kernel, or a kernel that uses it; coverage cannot see into kernels."""
        uses, lines = named(self.tree)
        names = {mutant.function.split(".")[-1]}
        while more := {name for name, used in uses.items() if used & names} - names:
            names |= more
        asked = {place for name in names for place in lines.get(name, ())}
        return [
            (seconds, nodeid)
            for nodeid, (seconds, files) in self.reach.items()
            if any(line in files.get(file, ()) for file, line in asked)
        ]

    def readers(self, mutant):
        """Return the tests that reach the file or stand in one that names what the mutant changes, and the latter: likelier ones."""
        name = mutant.function.split(".")[-1] or (re.match(r"\w+", mutant.statement) or [""])[0]
        word = re.compile(rf"\b{re.escape(name)}\b")
        paths = {item.path for item in self.items.values() if len(name) > 1 and word.search(text_of(item.path))}
        naming = {nodeid: 1 for nodeid in self.reach if self.items[nodeid].path in paths}
        files, reached = {mutant.file}, (files for _, files in self.reach.values())
        if not any(mutant.file in some for some in reached):  # a file of kernels and numbers only: whoever imports it
            files = {str(path.relative_to(self.tree)) for path in modules(self.tree, mutant.file)}
        found = [(s, nodeid) for nodeid, (s, reached) in self.reach.items() if files & set(reached) or nodeid in naming]
        return found, naming

    def chosen(self, mutant):
        """Return the tests that reach the mutant's lines: first those that killed in this function, then the quickest.

        Of what runs at import coverage cannot tell who needs it: these are the tests that reach its file or name what stands there.
        """
        lines, found = set(range(mutant.first, mutant.last + 1)), []
        for nodeid, (seconds, files) in self.reach.items():
            if mutant.inside and lines & set(files.get(mutant.file, ())):
                found.append((seconds, nodeid))
        if self.compiled and mutant.inside and not found:
            found = self.callers(mutant)
        likely = self.killers.get(mutant.function, {})
        if not mutant.inside or (not found and lines & self.imported.get(mutant.file, set())):
            found, naming = self.readers(mutant)
            likely = {**likely, **naming}
        total, taken = 0.0, []
        for seconds, nodeid in sorted(found, key=lambda row: (row[1] not in likely, row)):
            total += seconds
            if total > self.budget and taken:
                break
            taken.append(nodeid)
        return taken, min(total, self.budget), len(found)


@functools.cache
def text_of(path: Path) -> str:
    """Return a file's text, read once."""
    return path.read_text()


@functools.cache
def named(tree: Path) -> tuple[dict, dict]:
    """Return the names that each kernel uses, and the places (file, line) at which each name stands in files that use kernels."""
    uses, lines = {}, {}
    for path in (tree / "minigrow").rglob("*.py"):
        text = path.read_text()
        if not any(word in text for word in ("nn.compiler", "kernels", "fast")):
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, (ast.Name, ast.Attribute)):
                name = node.id if isinstance(node, ast.Name) else node.attr
                lines.setdefault(name, set()).add((str(path.relative_to(tree)), node.lineno))
            elif isinstance(node, ast.FunctionDef) and "nn.compiler" in text and node.decorator_list:
                used = {
                    x.id if isinstance(x, ast.Name) else x.attr
                    for x in ast.walk(node)
                    if isinstance(x, (ast.Name, ast.Attribute))
                }
                uses.setdefault(node.name, set()).update(used)
    return uses, lines


@functools.cache
def modules(tree: Path, file: str) -> set[Path]:
    """Return the file and all files of the package that import it, also by way of others: numba's code may hold its kernels."""
    text = {path: text_of(path) for path in (tree / "minigrow").rglob("*.py")}
    found, waiting = {tree / file}, [tree / file]
    while waiting:
        last = waiting.pop()
        parts = last.relative_to(tree).with_suffix("").parts
        parts = parts[:-1] if parts[-1] == "__init__" else parts
        asked = re.compile(
            rf"{re.escape('.'.join(parts))}\b|from {re.escape('.'.join(parts[:-1]))} import .*\b{parts[-1]}\b"
        )
        new = {path for path, words in text.items() if path not in found and asked.search(words)}
        found |= new
        waiting += new
    return found


def carry(reach: Path, old: Path, new: Path) -> None:
    """Give the tables in `reach` the line numbers of the new tree, so that an edit asks only for those that failed again."""
    lines = {}
    for path in (old / "minigrow").rglob("*.py"):
        file = str(path.relative_to(old))
        texts = [(tree / file).read_text().splitlines() if (tree / file).exists() else [] for tree in (old, new)]
        if texts[0] != texts[1]:
            lines[file] = {}
            for tag, a, b, c, d in difflib.SequenceMatcher(None, *texts, autojunk=False).get_opcodes():
                if tag == "equal":
                    lines[file] |= {a + k + 1: [c + k + 1] for k in range(b - a)}
                elif tag == "replace":  # whoever reached the old lines is taken to reach all new ones
                    lines[file] |= {k + 1: list(range(c + 1, d + 1)) for k in range(a, b)}
    for kept in reach.glob("*.json"):
        table = json.loads(kept.read_text())
        table["tests"] = {
            i: row for i, row in table["tests"].items() if row[0] is not None or row[1] in ("slow", "skipped")
        }
        for seconds, files in table["tests"].values():
            for file in lines.keys() & set(files) if seconds is not None else ():
                files[file] = sorted({to for line in files[file] for to in lines[file].get(line, [])})
        kept.write_text(json.dumps(table))
