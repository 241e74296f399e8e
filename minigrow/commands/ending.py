"""How commands end, whatever happens to the terminal and the process: `plain()`, `stoppable()`, `say(words)`, `flush()`."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

STOPS = ("SIGTERM", "SIGHUP")  # by which a queue, a shell or a closed terminal ends a process
PIPE = 141  # the exit code of a program whose reader has gone, as shells give it


class Stopped(SystemExit):
    """The process was told to end; its code is 128 and the signal's number, as shells give it."""


def plain() -> None:
    """Print what the terminal's encoding lacks as "?": a letter that cannot be shown must not cost a result."""
    for stream in (sys.stdout, sys.stderr):
        if getattr(stream, "errors", None) == "strict" and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


@contextmanager
def stoppable() -> Iterator[None]:
    """Turn the signals that end a process into `Stopped`, so that workers end too and no half file is left."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = [getattr(signal, name) for name in STOPS if hasattr(signal, name)]
    before = {number: signal.signal(number, _stop) for number in numbers if signal.getsignal(number) == signal.SIG_DFL}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _stop(number: int, frame: Any) -> None:
    signal.signal(number, signal.SIG_IGN)  # the same once more must not break off the tidying up
    raise Stopped(128 + number)


def say(words: object, before: str = "") -> None:
    """Say a line on stderr, if anybody listens."""
    with suppress(OSError, ValueError, AttributeError):
        print(f"{before}minigrow: {words}", file=sys.stderr, flush=True)


def flush() -> None:
    """Send off what was printed; raises BrokenPipeError where nobody reads it, and OSError where it has no room."""
    if sys.stdout is not None:
        try:
            sys.stdout.flush()
        except OSError:
            _mute()
            raise


def _mute() -> None:
    """Send what is still to be printed nowhere, or Python would try again as it ends, and complain."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
