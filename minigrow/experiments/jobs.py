"""Run the jobs of an experiment: side by side, each kept on disk when it is done, so that a run that was stopped goes on.

A job that is done is a file `JOBS/<digest>.pickle`, written whole or not at all. The digest covers the function, the job and
every line of minigrow's source, so that a result of other code or of another configuration is never taken for this one. The
files are this program's own; never put there what you got from others, since unpickling runs code.
"""

from __future__ import annotations

import functools
import hashlib
import pickle
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

from tqdm import tqdm

import minigrow
from minigrow.growth.files import DAMAGED, atomic

FOLDER = ".jobs"  # inside the folder of results
EVERY = 60.0  # seconds between two lines about the time left, where there is no terminal for a bar


def parallel_map(
    executor: Executor | None, title: str, f: Callable[[Any], Any], jobs: Iterable[Any], folder: Path | None = None
) -> list[Any]:
    """Return [f(job) for job in jobs], in order; with a folder, what is there already is read and not computed again.

    >>> parallel_map(None, "squares", lambda x: x * x, [1, 2, 3])
    [1, 4, 9]
    """
    jobs, there = list(jobs), 0
    columns: tuple[list[Any], ...] = (jobs,)
    if folder is not None:
        paths = [path_of(folder, f, job) for job in jobs]  # here, so that all processes mean the same code
        there = sum(path.is_file() for path in paths)
        if there:
            print(f"  {title}: {there} of {len(jobs)} jobs are there from a run that was stopped", file=sys.stderr)
        f, columns = functools.partial(kept, f), (paths, jobs)
    return list(_told(title, len(jobs), there, (map if executor is None else executor.map)(f, *columns)))


def kept(f: Callable[[Any], Any], path: Path, job: Any) -> Any:
    """Return f(job), from its file where there is one; a damaged file is computed again."""
    try:
        return pickle.loads(path.read_bytes())
    except FileNotFoundError:
        pass
    except (*DAMAGED, pickle.UnpicklingError, ImportError):
        path.unlink()
    found = f(job)
    with atomic(path) as file:
        file.write(pickle.dumps(found))
    return found


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


def forget(out: Path) -> None:
    """Delete the jobs kept in a folder of results, once everything that needed them is written."""
    shutil.rmtree(out / FOLDER, ignore_errors=True)


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
