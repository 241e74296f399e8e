"""Run an experiment and write what it found: results.json, figures and history.npz, each whole or not at all."""

from __future__ import annotations

import functools
import multiprocessing
import os
import platform
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import minigrow
from minigrow.experiments import jobs, protocol
from minigrow.experiments.claims import Claim
from minigrow.experiments.registry import Experiment, Outcome
from minigrow.growth import outputs
from minigrow.growth.files import write_json
from minigrow.nn.compiler import HAS_NUMBA

WINDOWS = 61  # processes that Windows can wait for at a time, less what a pool needs itself


class Request(NamedTuple):
    """How to run: `mode` quick or full, the seed, how many repeats (None: the mode's own), where to write, a folder of data.

    With a folder of data and mode full, the authors' own sizes take the place of ours (`protocol.as_authors`).
    """

    mode: str = "quick"
    seed: int = 0
    repeats: int | None = None
    out: Path = Path("runs")
    data: Path | None = None

    def config(self, experiment: Experiment) -> dict[str, Any]:
        """Return the configuration that this asks for; raises ValueError for data where the experiment takes none."""
        module = experiment.module
        config = dict(module.FULL if self.mode == "full" else module.QUICK)
        if self.data is not None:
            if "data" not in config:
                raise ValueError(f"{experiment.name} makes its own data, so --data {self.data} is nothing for it.")
            if self.mode == "full":
                config = protocol.as_authors(module.PROTOCOL, config)
            config["data"] = [str(self.data)]
        if self.repeats is not None:
            config["repeats"] = self.repeats
        return config

    def jobs(self, experiment: Experiment) -> Path:
        """Return the folder that keeps the finished jobs of this experiment until `jobs.forget` deletes it."""
        return jobs.folder_of(self.out, experiment.name, self.config(experiment), self.seed)

    def check(self, experiment: Experiment) -> None:
        """Raise ValueError, before any work, where a file that the run writes cannot be written or is not minigrow's."""
        folder = self.out / experiment.name
        results = folder / "results.json", "results"
        kinds = {"history.npz": "history"} | dict.fromkeys(experiment.module.FIGURES, "picture")
        written = [outputs.Output("", folder / name, kind, results) for name, kind in kinds.items()]
        kept = outputs.Output("", self.jobs(experiment) / "a job", "results")
        outputs.check([outputs.Output("", *results), *written, kept])


def run(experiment: Experiment, request: Request, executor: Executor | None = None) -> list[Claim]:
    """Run one experiment and write `request.out / NAME / results.json` and its figures; returns the judged claims.

    Jobs go to `executor` if given (any concurrent.futures.Executor: processes, dask, MPI), else they run here in turn.
    The outcome is the same either way. What is done is kept in `request.jobs(experiment)` until `jobs.forget` deletes it.
    Raises ValueError as `request.check` does, and ChildProcessError when a worker process is killed.
    """
    request.check(experiment)
    module, began = experiment.module, time.perf_counter()
    config = request.config(experiment)
    pmap = functools.partial(jobs.parallel_map, executor, experiment.name, folder=request.jobs(experiment))
    outcome: Outcome = module.run(config, request.seed, pmap)
    claims = module.claims(outcome.data)
    folder = request.out / experiment.name
    folder.mkdir(parents=True, exist_ok=True)
    module.draw(outcome.data, folder)
    if outcome.history is not None:
        outcome.history.save(folder / "history.npz")
    write_json(
        folder / "results.json", _results(experiment, request, config, outcome, claims, time.perf_counter() - began)
    )
    return claims


def _results(experiment, request, config, outcome, claims, seconds):
    return {
        "experiment": experiment.name,
        "paper": experiment.paper,
        "mode": request.mode,
        "seed": request.seed,
        "repeats": config["repeats"],
        "seconds": round(seconds, 1),
        "versions": versions(),
        "config": config,
        "protocol": protocol.rows(getattr(experiment.module, "PROTOCOL", ()), config),
        "claims": [claim._asdict() for claim in claims],
        "data": outcome.data,
    }


def versions() -> dict[str, str]:
    """Return the versions, the commit and the machine that the numbers were measured with.

    >>> sorted(versions())
    ['commit', 'machine', 'minigrow', 'numba', 'numpy', 'python']
    """
    return {
        "minigrow": minigrow.__version__,
        "commit": commit(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "numba": metadata.version("numba") if HAS_NUMBA else "none",
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
    }


def commit() -> str:
    """Return the commit of the repository that minigrow runs from, with "-dirty" behind it where files differ; else "unknown".

    >>> bool(commit())
    True
    """
    root = Path(minigrow.__file__).parent
    command = ["git", "-C", str(root), "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"]
    try:
        if not (root.parent / ".git").exists():  # installed somewhere inside another repository
            return "unknown"
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=10).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return "unknown"


@contextmanager
def processes(jobs: int):
    """Open a pool of worker processes (None for one job), each with one BLAS thread so that results do not depend on `jobs`.

    >>> with processes(1) as executor:
    ...     executor is None
    True
    """
    if jobs == 1:
        yield None
        return
    count = min(jobs, WINDOWS) if sys.platform == "win32" else jobs
    pool = ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("spawn"), initializer=_begin)
    try:
        yield pool
    except BaseException:
        workers = list((getattr(pool, "_processes", None) or {}).values())  # a pool that is shut down forgets them
        pool.shutdown(wait=False, cancel_futures=True)
        for process in workers:
            process.terminate()
        raise
    pool.shutdown()


def _begin():
    """Make a process a worker: Ctrl-C is the parent's to decide about, though it reaches all; without its parent it ends."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent():
    """Wait until the parent is gone, however it ended, and leave at once: nobody waits for what is done here."""
    multiprocessing.parent_process().join()
    os._exit(1)


def table(claims: Iterable[Claim]) -> str:
    """Return the claims as text: claim, what the paper says, what was measured with its interval, verdict.

    >>> print(table([Claim("it grows", "yes", 2.0, "neurons", 3, 1.0, 3.0, 0.4, "interval above 0", "holds")]))
      holds         it grows
                    paper: yes
                    here:  2 [1, 3] neurons (n = 3); criterion: interval above 0
    """
    lines = []
    for c in claims:
        interval = f" [{c.low:.4g}, {c.high:.4g}]" if np.isfinite(c.low) else ""
        lines += [
            f"  {c.verdict:13s} {c.claim}",
            f"{'':16s}paper: {c.paper}",
            f"{'':16s}here:  {c.measured:.4g}{interval} {c.unit} (n = {c.n}); criterion: {c.criterion}",
        ]
    return "\n".join(lines)
