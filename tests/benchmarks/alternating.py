"""Time two ways of doing the same thing in one process, turn by turn, and give the ratio with its spread.

Import this first: it leaves the process one processor and one thread, which must be done before NumPy and its peers are there.
"""

import os
import platform
import time
from pathlib import Path

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"
if hasattr(os, "sched_setaffinity"):  # Linux: libraries that count processors (XLA) must find one
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})

import numpy as np  # noqa: E402


def seconds(f, repeats):
    start = time.perf_counter()
    for _ in range(repeats):
        f()
    return (time.perf_counter() - start) / repeats


def compare(ours, theirs, repeats=50, rounds=15, warm=3):
    """Return (seconds ours, seconds theirs, ratios (rounds,)): a ratio above 1 means that ours is faster."""
    for _ in range(warm):
        seconds(ours, 2), seconds(theirs, 2)
    pairs = np.array([(seconds(ours, repeats), seconds(theirs, repeats)) for _ in range(rounds)])
    return (*np.median(pairs, axis=0), pairs[:, 1] / pairs[:, 0])


def report(name, result, need=None):
    mine, other, ratio = result
    low, middle, high = np.percentile(ratio, (10, 50, 90))
    goal = f"  (asked for: {need:g})" if need else ""
    print(
        f"{name:58s} ours {mine * 1e6:9.1f} us   other {other * 1e6:9.1f} us   ratio {middle:5.2f} [{low:.2f}, {high:.2f}]{goal}"
    )
    return middle


def machine():
    info = Path("/proc/cpuinfo")
    names = (
        [line.split(":")[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")]
        if info.exists()
        else []
    )
    processor = names[0] if names else platform.processor()
    print(
        f"{platform.system()} {platform.machine()}, {processor}, Python {platform.python_version()}, NumPy {np.__version__}"
    )
