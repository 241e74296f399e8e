"""Kill a training run with SIGKILL at random moments and resume it from its checkpoint: it must end bit for bit as if it had not died.

    tried(seed, seconds) -> (kills, failures in words)

The child trains with a checkpoint behind every row; the parent kills it, starts it again, and so on until it has ended. Then theta,
the optimiser's state, the generator and the history are compared with those of a run that nobody touched.
"""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from minigrow import growth, isotropic
from minigrow.datasets import spirals
from minigrow.nn import AdamW

EPOCHS = 120
CHILD = "import sys; sys.path.insert(0, {here!r}); import kills; kills.child({path!r}, {seed})"


def trained(path: Path | None, seed: int) -> growth.Run:
    """Train, from the checkpoint where there is one, to the end of the plan."""
    data = spirals(60, 2, rng=seed)
    fresh = growth.start(isotropic.Network.create([2, 6, 6, 2], rng=seed), AdamW(), rng=seed)
    run = growth.load(path, isotropic.Network) if path is not None and path.exists() else fresh
    adapt = isotropic.AutoAdapt(tau=0.9, scaffold=2, every=3)
    return growth.train(
        run, data.X, data.y, growth.Plan(epochs=EPOCHS, batch=16, policies=(adapt,), checkpoint=path, quiet=True)
    )


def child(path: str, seed: int) -> None:
    """Train to the end, slowly enough to be killed; what a killed process leaves behind is only its checkpoint."""
    trained(Path(path), seed)


def same(a: growth.Run, b: growth.Run) -> str:
    """Return in what two runs differ, "" for nothing."""
    slots = zip(a.state.slots, b.state.slots, strict=True)
    parts = {
        "step": a.step == b.step and a.state.t == b.state.t,
        "theta": a.net.sizes == b.net.sizes and a.net.theta.tobytes() == b.net.theta.tobytes(),
        "the optimiser's state": all(x.tobytes() == y.tobytes() for x, y in slots),
        "the generator": a.rng.bit_generator.state == b.rng.bit_generator.state,
        "the losses": np.array_equal(a.history["loss"], b.history["loss"]),
        "the events": [event[:6] for event in a.history.events] == [event[:6] for event in b.history.events],
    }
    return ", ".join(name for name, equal in parts.items() if not equal)


def killed(path: Path, seed: int, rng: np.random.Generator, most: int, end: float) -> int:
    """Start the run and kill it behind a random wait, up to so many times; at last let it end. Return the number of kills."""
    code, kills = CHILD.format(here=str(Path(__file__).parent), path=str(path), seed=seed), 0
    while True:
        process = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE)
        waits = kills < most and time.monotonic() < end
        with contextlib.suppress(subprocess.TimeoutExpired):
            if waits:
                _until_written(path, process)
            process.wait(rng.uniform(0, 0.2) if waits else 300)
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            kills += 1
        said = process.communicate()[1].decode()
        if process.returncode == 0:
            return kills
        if process.returncode != -signal.SIGKILL:
            raise RuntimeError(f"the resumed run ended with {said[-300:]}")


def _until_written(path, process):
    """Wait until the process has written the checkpoint anew, or has ended: the next moments are those of its work."""
    before = path.stat().st_mtime_ns if path.exists() else 0
    while process.poll() is None and (path.stat().st_mtime_ns if path.exists() else 0) == before:
        time.sleep(0.01)


def tried(seed: int, seconds: float, most: int = 20) -> tuple[int, list[str]]:
    """Return how often a run was killed and resumed, at most so many times in about so many seconds, and the failures in words."""
    if not hasattr(signal, "SIGKILL"):
        return 0, []
    end, rng = time.monotonic() + seconds, np.random.default_rng(seed)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "run.npz")
        try:
            kills = killed(path, seed, rng, most, end)
        except (RuntimeError, subprocess.TimeoutExpired) as error:
            return 1, [f"seed {seed}: {error}"]
        left = sorted(file.name for file in Path(folder).iterdir() if file != path)
        differ = same(growth.load(path, isotropic.Network), trained(None, seed))
    failures = [f"seed {seed}: behind {kills} kills these differ: {differ}"] if differ else []
    return kills, failures + ([f"seed {seed}: parts are left over: {left}"] if len(left) > 1 else [])
