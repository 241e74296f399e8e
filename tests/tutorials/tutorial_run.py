"""Run a tutorial as `python TUTORIAL.py` would, cell by cell, then its answers: `python tutorial_run.py TUTORIAL.py REPORT.json`.

The report holds what each code cell printed, what each answer printed (each in a copy of the names that the tutorial leaves, so
that answers cannot disturb each other) and the CPU seconds. Warnings are errors; the one that `plt.show()` gives where
there is no window is not.
"""

from __future__ import annotations

import copy
import io
import json
import sys
import time
import warnings
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import numpy as np
from tutorial_cells import answers, cells


def run(path: Path) -> dict[str, Any]:
    """Run a tutorial and its answers; return {"printed": [...], "answers": [...], "seconds": CPU time, "of_answers": CPU time}."""
    import matplotlib.pyplot as plt

    tutorial = cells(path.read_text(encoding="utf-8"))
    names = {"__name__": "__main__", "__file__": str(path), "__builtins__": __builtins__}
    begun = time.process_time()
    printed = [said("\n" * (c.line - 1) + c.source, path, names) for c in tutorial if c.kind == "code"]
    ended = time.process_time()
    replies = []
    for answer in answers(tutorial):
        plt.close("all")
        replies.append(said(answer.code, f"<answer to {answer.title}>", copied(names)))
    seconds = {"seconds": ended - begun, "of_answers": time.process_time() - ended}
    return {"printed": printed, "answers": replies} | seconds


def said(code: str, path: Any, names: dict[str, Any]) -> str:
    """Execute code in a namespace and return what it printed."""
    with redirect_stdout(io.StringIO()) as out:
        exec(compile(code, str(path), "exec"), names)
    return out.getvalue()


def copied(value: Any) -> Any:
    """Return a copy of arrays, generators and the lists, tuples and dicts of them; networks are frozen and are shared."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, np.random.Generator):
        return copy.deepcopy(value)
    if type(value) is dict:
        return {key: copied(item) for key, item in value.items()}
    if type(value) in (list, tuple):
        return type(value)(map(copied, value))
    return value


if __name__ == "__main__":
    target, report = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
    warnings.simplefilter("error")
    warnings.filterwarnings("ignore", message="FigureCanvasAgg is non-interactive")
    sys.path[0], sys.argv = str(target.parent), [str(target)]
    report.write_text(json.dumps(run(target)), encoding="utf-8")
