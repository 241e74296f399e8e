"""`minigrow run NAME...`: run experiments and judge the claims of the papers."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from minigrow.commands.options import at_least


def add(commands: Any) -> None:
    """Add the command `run`."""
    run = commands.add_parser(
        "run",
        help="run experiments and judge the paper's claims",
        description="Runs experiments (quick by default), writes DIR/NAME/results.json, figures and history.npz, and prints "
        "the paper's claim, what was measured, and whether it holds. A run that was stopped goes on with the same command.",
        epilog="examples: minigrow run all;  minigrow run isotropic.spectra --full --seed 1",
    )
    run.add_argument(
        "names", nargs="+", metavar="NAME", help="an experiment, a method (all of its experiments), or all"
    )
    run.add_argument("--full", action="store_true", help="the long version, with more repeats")
    run.add_argument("--seed", type=at_least(0), default=0, help="seed of all random choices (default 0)")
    run.add_argument("--repeats", type=at_least(1), help="repeats with different seeds (default: the mode's own)")
    run.add_argument(
        "--jobs", type=at_least(1), default=os.cpu_count() or 1, help="processes (default: one for each core)"
    )
    run.add_argument(
        "--cluster",
        metavar="ADDRESS",
        help="do the work on a Dask cluster, tcp://HOST:PORT, in place of processes here (extra `cluster`)",
    )
    run.add_argument("--out", type=Path, default=Path("runs"), metavar="DIR", help="where to write (default: runs)")
    run.add_argument(
        "--data",
        type=Path,
        metavar="FOLDER",
        help="your MNIST, Fashion-MNIST, EMNIST, CIFAR-10, CIFAR-100 or arrays in place of the built-in data; with --full at the "
        "authors' sizes (experiments of isotropic and nimble that train a classifier)",
    )
    run.set_defaults(act=_act)


def _act(args):
    from minigrow.experiments import gallery, jobs
    from minigrow.experiments.cluster import cluster
    from minigrow.experiments.registry import find
    from minigrow.experiments.runner import Request, processes, run, table
    from minigrow.growth.outputs import check_folder

    request = Request("full" if args.full else "quick", args.seed, args.repeats, args.out, args.data)
    experiments = find(args.names)
    if args.data is not None:  # of several, those that take data
        experiments = [e for e in experiments if "data" in e.module.FULL] or experiments
    check_folder("--out", args.out)
    for experiment in experiments:
        request.check(experiment)  # complains before anything runs
    gallery.check_index(args.out)
    with cluster(args.cluster) if args.cluster else processes(args.jobs) as executor:
        for experiment in experiments:
            print(f"{experiment.name}: {experiment.question}", flush=True)
            print(table(run(experiment, request, executor)))
            print(f"  written to {args.out / experiment.name}", flush=True)
    for experiment in experiments:
        jobs.forget(request.jobs(experiment))
    try:
        print(f"index: {gallery.write(args.out)}")
    except (ValueError, OSError) as error:  # another experiment's folder may be damaged; this run is not
        print(f"minigrow: the index is as it was: {error}", file=sys.stderr)
    return 0
