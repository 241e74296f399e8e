"""Check a file that a student handed in, in a process of its own: it may print, fail, exit, or never end.

The file is imported, as `import answer` would; then the exercise's function is taken from it and checked. This is no prison: run
files of people whom you trust as far as you would let them use your computer.
"""

from __future__ import annotations

import faulthandler
import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from minigrow.labs.checking import Exercise, Verdict, judge
from minigrow.labs.exercises import named
from minigrow.labs.tracebacks import line, own_lines

LIMIT = 60.0  # seconds for a file
GRACE = 60.0  # seconds more, to start Python and to say where it stood
KEPT = 2000  # characters of what a file prints
AWAY = {"MPLBACKEND": "Agg", "OPENBLAS_NUM_THREADS": "1", "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}


class Report(NamedTuple):
    """What became of one file: the verdict, what the file printed, and how long it took."""

    file: str
    verdict: Verdict
    printed: str
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """Return the report as plain values, for a lecturer's table."""
        rest = {"printed": self.printed, "seconds": round(self.seconds, 1)}
        return {"file": self.file} | self.verdict._asdict() | rest


def marked(asked: Exercise, path: Path, limit: float = LIMIT) -> Report:
    """Check the answer in a file and return the report. Raises ValueError when there is no such file.

    >>> from minigrow.labs.exercises import named
    >>> marked(named("05.2"), Path("nowhere.py"))
    Traceback (most recent call last):
    ValueError: there is no file nowhere.py. Name the Python file with your answer.
    """
    if not path.is_file():
        raise ValueError(f"there is no file {path}. Name the Python file with your answer.")
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        told, stuck = Path(folder, "verdict.json"), Path(folder, "stuck.txt")
        places = [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")]
        command = [sys.executable, "-m", __name__, asked.number, str(path.resolve()), str(told), str(stuck), str(limit)]
        environment = os.environ | AWAY | {"PYTHONPATH": os.pathsep.join(filter(None, places))}
        try:
            done = subprocess.run(
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=limit + GRACE,
            )
            printed, code = done.stdout, done.returncode
        except subprocess.TimeoutExpired as error:
            printed, code = error.stdout or b"", None
        if told.is_file():
            verdict = Verdict(**json.loads(told.read_text(encoding="utf-8")))
        else:
            verdict = _without_verdict(asked, path, stuck, limit, code)
    text = printed.decode(errors="replace")
    return Report(str(path), verdict, text[:KEPT] + " ..." * (len(text) > KEPT), time.monotonic() - begun)


def _without_verdict(asked, path, stuck, limit, code):
    """What to say of a file that did not come to an end: it took too long, or it ended Python itself."""
    stood = stuck.read_text(encoding="utf-8") if stuck.is_file() else ""
    if code is not None and not stood:
        came, look = f"Python ended with exit code {code}", "exit() and os._exit() end Python; an answer is a function"
        return Verdict(asked.number, asked.call, False, 0, "the file comes to its end", came, look)
    numbers = re.findall(rf'File "{re.escape(str(path.resolve()))}", line (\d+)', stood)
    look = line(str(path.resolve()), int(numbers[0])) if numbers else "a loop that never ends, or far too much to do"
    rule = f"all random cases are done within {limit:g} seconds"
    return Verdict(
        asked.number,
        asked.call,
        False,
        0,
        rule,
        "it was still running, at this line" if numbers else "it was still running",
        look,
    )


def imported(path: Path) -> ModuleType:
    """Import a Python file, wherever it is; files beside it can be imported by it."""
    sys.path.insert(0, str(path.parent))
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def found(asked: Exercise, path: Path) -> Verdict:
    """Import a file and judge the exercise's function in it."""
    try:
        module = imported(path)
    except (Exception, SystemExit) as error:
        return Verdict(asked.number, asked.call, False, 0, "the file can be imported", *own_lines(error, str(path)))
    if not hasattr(module, asked.name):
        own = [name for name, value in vars(module).items() if getattr(value, "__module__", None) == module.__name__]
        came = f"it defines {', '.join(own) or 'no function'}"
        rule = f"the file defines {asked.call}"
        return Verdict(asked.number, asked.call, False, 0, rule, came, f"a line that begins with def {asked.name}")
    return judge(asked, getattr(module, asked.name))


def main(number: str, path: str, told: str, stuck: str, limit: str) -> None:
    """Write the verdict on a file; where Python stands after so many seconds goes to another file, and Python ends."""
    asked = named(number)
    with Path(stuck).open("w", encoding="utf-8") as file:
        faulthandler.dump_traceback_later(float(limit), exit=True, file=file)
        verdict = found(asked, Path(path))
        faulthandler.cancel_dump_traceback_later()
    Path(stuck).unlink()
    Path(told).write_text(json.dumps(verdict._asdict()), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
