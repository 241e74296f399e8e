"""Each tutorial runs through as in a browser: shortened (MINIGROW_SMALL=1), without numba (marker `small`)."""

import os
import subprocess
import sys

import pytest
from test_tutorials import ROOT, each

RUNNER = """
import sys, time, warnings
from pathlib import Path

sys.modules["numba"] = None
warnings.filterwarnings("ignore", message="numba is not installed")
import matplotlib.pyplot as plt
from tutorial_cells import cells

path, names = Path(sys.argv[1]), {"__name__": "__main__"}
for cell in cells(path.read_text(encoding="utf-8")):
    if cell.kind == "code":
        exec(compile("\\n" * (cell.line - 1) + cell.source, str(path), "exec"), names)
        plt.close("all")
print("CPU seconds", time.process_time())
"""


@pytest.mark.small
@each
def test_it_runs_through_as_in_a_browser(path, tmp_path):
    paths = os.pathsep.join(map(str, (ROOT, ROOT / "tests" / "tutorials")))
    browser = {"MINIGROW_SMALL": "1", "MPLBACKEND": "Agg", "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": paths}
    command = [sys.executable, "-c", RUNNER, str(path)]
    environment = os.environ | browser | {"PYTHONUTF8": "1"}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=1200)
    assert done.returncode == 0, f"{path.name} did not run through:\n{done.stderr[-3000:]}"
    print(path.stem, *done.stdout.splitlines()[-1:])  # a browser's Python takes three to five times as long
    assert list(tmp_path.iterdir()) == [], "a tutorial writes no files"
