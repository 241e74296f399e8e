"""Where kernels get their compiler: `from minigrow.nn.compiler import njit`, which is numba's.

Where numba is not installed (a browser with Pyodide, a system that it does not support), `njit` leaves a function as it is: every
kernel is plain Python that means the same, only slower, and a notice says so once.

numba keeps what it compiled beside the source, or in the user's cache. Where both are read-only, as in containers and on clusters, it
would refuse to start; here it then gets a private folder among the temporary files, and a notice says so once.
"""

from __future__ import annotations

import os
import stat
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

NOTICE = (
    "numba is not installed, so minigrow's kernels run as plain Python: the same results to rounding, but slower. Where your system "
    "has it, python -m pip install numba makes them fast."
)
NO_ROOM = (
    "neither the package's folder nor your cache can be written to, so compiled kernels are kept in {}. Name a folder that stays, to "
    "compile once only: NUMBA_CACHE_DIR=FOLDER."
)


def plain(function: Callable | None = None, **options: Any) -> Callable:
    """Return the function itself, or, given only a compiler's options, what does so: `njit` without a compiler.

    >>> plain(cache=True)(abs) is plain(abs) is abs
    True
    """
    return plain if function is None else function


def private_folder(parent: Path, name: str) -> Path:
    """Return a folder that nobody else can write to: `parent`/`name` if it is ours alone, else a new one with a name of its own.

    numba runs what it finds in its cache, so a folder that somebody else made, or could fill, must not be used.

    >>> private_folder(Path(tempfile.mkdtemp()), "kernels").name
    'kernels'
    """
    wanted = parent / name
    try:
        wanted.mkdir(mode=0o700)
    except FileExistsError:
        found = wanted.lstat()
        ours = not hasattr(os, "getuid") or found.st_uid == os.getuid()
        if not (ours and stat.S_ISDIR(found.st_mode) and not stat.S_IMODE(found.st_mode) & 0o077):
            return Path(tempfile.mkdtemp(prefix=name, dir=parent))
    return wanted


def make_room(compiler: Any) -> None:
    """Give numba (`compiler`) a private temporary folder for what it compiles, where it has no other; say so."""
    try:
        compiler.njit(cache=True)(plain)
    except RuntimeError:  # no folder that it could write to
        who = os.getuid() if hasattr(os, "getuid") else "user"
        folder = private_folder(Path(tempfile.gettempdir()), f"minigrow-{who}")
        compiler.config.CACHE_DIR = str(folder)
        warnings.warn(NO_ROOM.format(folder), stacklevel=2)


try:
    import numba
except ImportError:
    HAS_NUMBA, njit = False, plain
    warnings.warn(NOTICE, stacklevel=1)
else:
    HAS_NUMBA, njit = True, numba.njit
    make_room(numba)
