"""Write a file whole or not at all: `with atomic(path) as file: ...`; links, modes, devices and pipes stay what they are.

What is written stands in a part beside the target, `.minigrow-<random>.part`, which takes the target's place in one step. The writer
holds a lock on its part, so that a part without a lock is what a killed writer left: the next writer in that folder deletes it.
"""

from __future__ import annotations

import functools
import os
import re
import stat
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

try:
    import fcntl
except ImportError:  # Windows, where nobody can delete a file that is open
    fcntl = None

PART = ".minigrow-{}.part"
LINKS = 40  # that follow each other, as Linux has it
HOUR = 3600.0  # seconds; where there are no locks, a part that old is nobody's
DESCRIPTOR = re.compile(r"/dev/fd/(\d+)|/proc/(?:self|thread-self|\d+)/fd/(\d+)")


@contextmanager
def atomic(path: str | os.PathLike) -> Iterator[BinaryIO]:
    """Open a file for writing bytes; `path` gets its contents only when the block ends well, all at once.

    A link keeps its place and its target is written; a file that is replaced passes on its mode and its owner. A device or a pipe
    is written to directly, as it comes. Each writer has a part of its own, so two writers never mix; the last one wins.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with atomic(Path(folder) / "a.txt") as file:
    ...         _ = file.write(b"whole")
    ...     (Path(folder) / "a.txt").read_text()
    'whole'
    """
    if (number := descriptor(path)) is not None:
        _flush()
        with os.fdopen(os.dup(number), "wb") as file:
            yield file
    elif direct(target := place(path)):
        with open(target, "wb") as file:
            yield file
    else:
        if target.exists() and not os.access(target, os.W_OK):
            raise PermissionError(f"{path} is write-protected, so it is not replaced.")
        target.parent.mkdir(parents=True, exist_ok=True)
        sweep(target.parent)
        with _part(target) as file:
            yield file


@contextmanager
def _part(target: Path) -> Iterator[BinaryIO]:
    """Open a part beside the target, which it replaces when the block ends well; else it is deleted."""
    part, lock = _locked(target)
    try:
        with open(part, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    finally:
        if lock is not None:
            os.close(lock)


def _locked(target: Path) -> tuple[Path, int | None]:
    """Make a part with the mode and owner of the file that it will replace; return it and what holds its lock, if there are locks."""
    while True:
        part = target.with_name(PART.format(uuid.uuid4().hex))
        number = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666)
        _like(target, part)
        if fcntl is None:
            os.close(number)
            return part, None
        with suppress(OSError):  # a file system without locks
            fcntl.flock(number, fcntl.LOCK_EX)
        if part.exists():  # nobody took it for abandoned before it was locked
            return part, number
        os.close(number)


def _like(target: Path, part: Path) -> None:
    """Give a part the owner and mode of its target, where there is one and as far as the file system allows it."""
    with suppress(OSError):
        old = target.stat()
        with suppress(OSError, AttributeError):
            os.chown(part, old.st_uid, old.st_gid)
        part.chmod(stat.S_IMODE(old.st_mode) & 0o777)


@functools.cache
def sweep(folder: Path) -> None:
    """Delete the parts that killed writers left in a folder, not those that somebody writes; once for each process.

    >>> sweep(Path("nowhere"))
    """
    with suppress(OSError):
        for part in folder.glob(PART.format("*")):
            with suppress(OSError):
                _delete(part)


def _delete(part: Path) -> None:
    """Delete a part if nobody holds its lock; raises OSError if somebody does."""
    if fcntl is None:
        if time.time() - part.stat().st_mtime > HOUR:
            part.unlink()
        return
    with open(part, "rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        part.unlink()


def place(path: str | os.PathLike) -> Path:
    """Return where a path leads: the target of its links, from the root; raises OSError for links that lead in a circle.

    >>> place("a/../b") == Path.cwd() / "b"
    True
    """
    found = Path(os.path.realpath(path))
    if found.is_symlink():
        raise OSError(f"{path} is a link that leads back to itself.")
    return found


def direct(target: Path) -> bool:
    """Return whether a place is a device or a pipe, which is written to as it is and never replaced by a file.

    >>> direct(Path("nowhere"))
    False
    """
    try:
        mode = target.stat().st_mode
    except OSError:
        return False
    return stat.S_ISCHR(mode) or stat.S_ISFIFO(mode)


def descriptor(path: str | os.PathLike) -> int | None:
    """Return which of this process's open files a path names, also by a link: 1 for /dev/stdout; None for any other path.

    What goes there must not replace the file that a shell opened for it.

    >>> descriptor("a.txt") is None
    True
    """
    name = os.path.abspath(path)
    for _ in range(LINKS):
        if found := DESCRIPTOR.fullmatch(name):
            return int(found[1] or found[2])
        if not os.path.islink(name):
            break
        name = os.path.abspath(os.path.join(os.path.dirname(name), os.readlink(name)))
    return None


def _flush():
    """Send off what was printed so far, which comes before what is written next."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
