"""Run a job in a process of its own and read what it says, with a limit on its silence: student's code may never end.

The process sees the same package as this one, whatever the current folder is. Without the compiler (`plain`) the package's kernels are
Python functions, whose code can be followed and changed.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import minigrow

Message = dict[str, Any]
HOME = str(Path(minigrow.__file__).resolve().parents[1])
START = """
import sys
sys.path = [sys.argv[1], *(folder for folder in sys.path if folder)]
import minigrow
del sys.path[0]
from minigrow.labs.worker import main
main()
"""
SILENT, DIED = "silent", "died"


class Conversation:
    """A job's process: iterate over its messages; the last one is {"silent": seconds} or {"died": code} if it ends badly.

    `limit` is the number of seconds without a message after which the process is ended; it may be set anew at any time.

    >>> with Conversation({"task": "check", "file": "nowhere.py"}, limit=60) as messages:
    ...     print(next(iter(messages))["error"])
    there is no file nowhere.py. Name a Python file with laws of your own.
    """

    def __init__(self, job: Message, limit: float, *, plain: bool = False):
        self.limit, self._late = limit, False
        env = {**os.environ, "OPENBLAS_NUM_THREADS": "1", **({"NUMBA_DISABLE_JIT": "1"} if plain else {})}
        command = [sys.executable, "-W", "ignore", "-c", START, HOME]
        self._process = subprocess.Popen(
            command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8"
        )
        with contextlib.suppress(OSError):  # a process that has died already is told of below
            self._process.stdin.write(json.dumps(job) + "\n")
            self._process.stdin.close()

    def __enter__(self) -> Conversation:
        """Begin to listen."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process, if it has not ended by itself."""
        self._process.kill()
        self._process.wait()
        self._process.stdout.close()

    def __iter__(self) -> Iterator[Message]:
        """Yield one message after the other."""
        while line := self._line():
            yield json.loads(line)
        if self._late:
            yield {SILENT: self.limit}
        elif self._process.wait():
            yield {DIED: self._process.returncode}

    def _line(self):
        """The next line, or "" at the end; the process is killed when it takes too long."""
        alarm = threading.Timer(self.limit, self._stop)
        alarm.start()
        try:
            return self._process.stdout.readline()
        finally:
            alarm.cancel()

    def _stop(self):
        self._late = True
        self._process.kill()
