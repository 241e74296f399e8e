"""Run the jobs of an experiment: side by side, each kept on disk when it is done, so that a run that was stopped goes on.

A job that is done is a file `.jobs/<run>/<digest>.pickle`, written whole or not at all. The digest covers the function, the job and
every line of minigrow's source, so that a result of other code or of another configuration is never taken for this one. At the
end of the file stands the SHA-256 of what is before it: a file that is damaged, or is not your own, is computed again.
A job under way is an empty file `<digest>.<process>.now`, by which the parent can say what a process did that was killed.
"""

from __future__ import annotations

import functools
import hashlib
import os
import pickle
import re
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Executor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tqdm import tqdm

import minigrow
from minigrow.growth.archives import DAMAGED
from minigrow.growth.writing import PART, atomic

FOLDER = ".jobs"  # inside the folder of results
OWN = re.compile(r"[0-9a-f]{32}\.(pickle|\d+\.now)|" + re.escape(PART).replace(r"\{\}", "[0-9a-f]{32}"))
ADVICE = "Where memory is short, take fewer --jobs. What was finished is kept: the same command goes on."
PATIENCE = 5.0  # seconds, for processes that are ending
EVERY = 60.0  # seconds between two lines about the time left, where there is no terminal for a bar


def parallel_map(
    executor: Executor | None, title: str, f: Callable[[Any], Any], jobs: Iterable[Any], folder: Path | None = None
) -> list[Any]:
    """Return [f(job) for job in jobs], in order; with a folder, what is there already is read and not computed again.

    Raises ChildProcessError, which says which job it was, when a worker process is killed; the other jobs that are done are kept.

    >>> parallel_map(None, "squares", lambda x: x * x, [1, 2, 3])
    [1, 4, 9]
    """
    jobs, there = list(jobs), 0
    columns: tuple[list[Any], ...] = (jobs,)
    paths: list[Path] = []
    if folder is not None:
        paths = [path_of(folder, f, job) for job in jobs]  # here, so that all processes mean the same code
        _unmark(paths)
        there = sum(path.is_file() for path in paths)
        if there:
            print(f"  {title}: {there} of {len(jobs)} jobs are there from a run that was stopped", file=sys.stderr)
        bring = getattr(executor, "bring", None)
        if bring is not None:  # other machines may not see this folder: what they find is kept from here
            return list(_told(title, len(jobs), there, bring(f, paths, jobs)))
        f, columns = functools.partial(kept, f), (paths, jobs)
    try:
        return list(_told(title, len(jobs), there, (map if executor is None else executor.map)(f, *columns)))
    except BrokenExecutor:
        words = _lost(getattr(executor, "_processes", None) or {}, paths)
        raise ChildProcessError(f"{title}: {words}. {ADVICE}") from None


def kept(f: Callable[[Any], Any], path: Path, job: Any) -> Any:
    """Return f(job), from its file where there is one; a damaged file is computed again."""
    try:
        return read(path)
    except FileNotFoundError:
        pass
    except (*DAMAGED, pickle.UnpicklingError, ImportError):
        path.unlink(missing_ok=True)
    with _under_way(path):
        found = f(job)
    content = pickle.dumps(found)
    with atomic(path) as file:
        file.write(content + hashlib.sha256(content).digest())
    return found


def read(path: Path) -> Any:
    """Return what a finished job's file holds; raises ValueError for a file that is damaged or belongs to somebody else."""
    with open(path, "rb") as file:
        mine = not hasattr(os, "getuid") or os.fstat(file.fileno()).st_uid == os.getuid()
        whole = file.read() if mine else b""
    content, digest = whole[:-32], whole[-32:]
    if hashlib.sha256(content).digest() != digest:
        raise ValueError(f"{path} is damaged, or is not yours.")
    return pickle.loads(content)


def folder_of(out: Path, name: str, config: Mapping[str, Any], seed: int) -> Path:
    """Return the folder that keeps the finished jobs of one run of an experiment, inside a folder of results.

    >>> folder_of(Path("runs"), "urn.local", {"repeats": 2}, 0).as_posix()
    'runs/.jobs/urn.local-4cbde42da78d'
    """
    what = repr((name, sorted(config.items()), seed)).encode()
    return out / FOLDER / f"{name}-{hashlib.sha256(what).hexdigest()[:12]}"


def path_of(folder: Path, f: Callable[[Any], Any], job: Any) -> Path:
    """Return the file that keeps f(job): its name is a digest of the code, the function and the job."""
    what = f"{fingerprint()} {f.__module__}.{f.__qualname__} ".encode() + pickle.dumps(job)
    return folder / f"{hashlib.sha256(what).hexdigest()[:32]}.pickle"


@functools.cache
def fingerprint() -> str:
    """Return the SHA-256 of minigrow's source files.

    >>> len(fingerprint())
    64
    """
    root, digest = Path(minigrow.__file__).parent, hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def forget(folder: Path) -> None:
    """Delete the jobs kept in a folder of `folder_of`, once everything that needed them is written; nothing else there."""
    with suppress(OSError):
        for path in [path for path in folder.iterdir() if OWN.fullmatch(path.name)]:
            path.unlink(missing_ok=True)
        folder.rmdir()
        folder.parent.rmdir()  # fails, as it should, while it keeps jobs of another run


@contextmanager
def _under_way(path: Path) -> Iterator[None]:
    """Say by an empty file that this process does the job of `path`, as long as the block runs."""
    mark = path.with_suffix(f".{os.getpid()}.now")
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.touch()
    try:
        yield
    finally:
        mark.unlink(missing_ok=True)


def _unmark(paths: Sequence[Path]) -> None:
    """Delete what says that these jobs are under way, from a run that was killed."""
    stems = {path.stem for path in paths}
    for mark in paths[0].parent.glob("*.now") if paths else ():
        if mark.name.split(".")[0] in stems:
            mark.unlink(missing_ok=True)


def _code(process: Any) -> int | None:
    """Return a process's exit code; the system may know of its end a moment before it gives its code."""
    end = time.monotonic() + PATIENCE
    while process.exitcode is None and time.monotonic() < end:
        time.sleep(0.01)
    return process.exitcode


def _lost(processes: Mapping[int, Any], paths: Sequence[Path]) -> str:
    """Say which job was under way in the process that was killed, or in all of them where that is not known."""
    numbers = {path.stem: number for number, path in enumerate(paths, 1)}
    marks = [mark.name.split(".") for mark in (paths[0].parent.glob("*.now") if paths else ())]
    running = {int(process): numbers[stem] for stem, process, _ in marks if stem in numbers}
    codes = {process: _code(processes[process]) for process in running if process in processes}
    ended = {process: code for process, code in codes.items() if code not in (None, 0, -signal.SIGTERM)}
    _unmark(paths)
    lost = " or ".join(str(running[process]) for process in sorted(ended or running, key=running.__getitem__))
    signals = "".join(f" (signal {-code})" for code in list(ended.values())[:1] if code < 0)
    what = f"the process of job {lost} of {len(paths)}" if lost else "a process that worked on the jobs"
    return f"{what} was killed{signals}"


def _told(title: str, total: int, there: int, results: Iterable[Any]) -> Iterator[Any]:
    """Pass the results on, with a bar on a terminal, or else a line now and then that says how long is left."""
    began = said = time.monotonic()
    with tqdm(results, desc=title, total=total, unit="run", disable=None) as bar:
        for done, result in enumerate(bar, 1):
            yield result
            now = time.monotonic()
            if bar.disable and now - said > EVERY:
                left, said = (now - began) * (total - done) / max(done - there, 1) / 60, now
                print(f"  {title}: {done} of {total} jobs, about {left:.0f} min left", file=sys.stderr, flush=True)
