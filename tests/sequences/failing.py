"""A disk that fails at the k-th call: `with failing(folder, k) as calls: ...` counts what is asked of the disk inside a folder.

Counted are os.open, open, every write of bytes, os.fsync, os.replace, os.rename, os.mkdir and os.unlink; the k-th raises OSError, as a
full disk or a broken one does, and `stubborn` makes every later one raise it, too.
"""

import errno
import io
import os
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

ERRORS = {"full": errno.ENOSPC, "broken": errno.EIO}


class Calls:
    """Counts calls, and raises at the k-th."""

    def __init__(self, folder, k, error, stubborn=False):
        self.folder, self.k, self.error, self.stubborn, self.count = (
            os.path.realpath(folder),
            k,
            ERRORS[error],
            stubborn,
            0,
        )

    def within(self, path):
        text = os.fspath(path) if isinstance(path, (str, os.PathLike)) else ""
        return text.startswith((self.folder, str(Path(self.folder))))

    def ask(self):
        self.count += 1
        if self.count == self.k or (self.stubborn and self.count > self.k):
            raise OSError(self.error, os.strerror(self.error))

    def before(self, call):
        """The call, counted where its first argument lies in the folder, or is a number."""

        def counted(path, *args, **kwargs):
            if isinstance(path, int) or self.within(path):
                self.ask()
            return call(path, *args, **kwargs)

        return counted

    def opening(self, call):
        """The function open: every write of bytes is counted, too."""

        def opened(path, mode="r", *args, **kwargs):
            if not self.within(path) or "b" not in mode or mode == "rb" or "opener" in kwargs:
                return call(path, mode, *args, **kwargs)
            self.ask()
            return io.BufferedWriter(_Raw(self, path, mode.replace("b", "")))

        return opened


class _Raw(io.FileIO):
    def __init__(self, calls, path, mode):
        super().__init__(path, mode)
        self.calls = calls

    def write(self, block):
        self.calls.ask()
        return super().write(block)


@contextmanager
def failing(folder, k, error="full", stubborn=False):
    """Run a block on a disk that fails at the k-th call; k = 0 never fails."""
    calls = Calls(folder, k, error, stubborn and k > 0)
    with mock.patch("builtins.open", calls.opening(open)), mock.patch("io.open", calls.opening(io.open)):
        names = ("open", "fsync", "replace", "rename", "mkdir", "unlink")
        patches = [mock.patch.object(os, name, calls.before(getattr(os, name))) for name in names]
        for patch in patches:
            patch.start()
        try:
            yield calls
        finally:
            for patch in patches:
                patch.stop()
