"""An experiment of four squares for real processes: `python squares.py run all --jobs 2 --out DIR`.

The jobs 2 and 3 wait until there is a file `go` in the folder that SQUARES names; each says there by a file that it began.
"""

import os
import sys
import time
import types
from pathlib import Path

from minigrow import cli
from minigrow.experiments import jobs, registry, results
from minigrow.experiments.claims import Claim
from minigrow.experiments.registry import Experiment, Outcome

WAIT = 300.0  # seconds; nothing waits longer, whatever fails


def square(job):
    """The work of job number `job`."""
    place, until = Path(os.environ["SQUARES"]), time.monotonic() + WAIT
    (place / f"{job}.{os.getpid()}").touch()
    while job > 1 and not (place / "go").exists() and time.monotonic() < until:
        time.sleep(0.02)
    return job**2


def experiment():
    """Return the experiment, known to the command line of this process."""
    module = types.ModuleType("minigrow.experiments.fake.squares")
    module.QUICK = module.FULL = {"repeats": 4}
    module.FIGURES = {}
    module.run = lambda config, seed, pmap: Outcome({"squares": pmap(square, range(config["repeats"]))})
    module.claims = lambda data: [Claim("ψ grows", "yes", 2.0, "neurons", 3, 1.0, 3.0, 0.4, "above 0", "holds")]
    module.draw = lambda data, folder: None
    sys.modules[module.__name__] = module
    registry.PAPERS["fake"] = "Nobody 2000"
    registry.EXPERIMENTS = results.EXPERIMENTS = (Experiment("fake.squares", "Does it?", 1, 60),)


if __name__ == "__main__":
    experiment()
    jobs.fingerprint = lambda: "the same sources"  # though somebody may be at work on them
    sys.exit(cli.main(sys.argv[1:]))
