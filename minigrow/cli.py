"""The command line: `minigrow list | run | gallery | replay | verify | motifs | fetch`, also as `python -m minigrow`.

A user's mistake gets one line and exit code 2, a failed law or claim check exit code 1, Ctrl-C 130.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

# The networks here are small: one BLAS thread a process is fastest, and results do not depend on the number of jobs.
for _name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
    os.environ.setdefault(_name, "1")


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"minigrow: {message}. Try: {self.prog} --help\n")


def _at_least(least):
    """A type for argparse: whole numbers from `least` on."""

    def whole(text):
        if not text.isdecimal() or int(text) < least:
            raise argparse.ArgumentTypeError(f"must be a whole number >= {least}, got {text}")
        return int(text)

    return whole


def parser() -> argparse.ArgumentParser:
    """Return the parser with all commands.

    >>> parser().parse_args(["run", "all"]).names
    ['all']
    """
    top = _Parser("minigrow", description="Neural networks that grow and shrink while they train.")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("list", help="every experiment: paper, question, time quick and full").set_defaults(act=_list)
    _add_run(commands)
    _add_gallery(commands)
    _add_verify(commands)
    _add_motifs(commands)
    _add_replay(commands)
    _add_fetch(commands)
    return top


def _add_run(commands):
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
    run.add_argument("--seed", type=_at_least(0), default=0, help="seed of all random choices (default 0)")
    run.add_argument("--repeats", type=_at_least(1), help="repeats with different seeds (default: the mode's own)")
    run.add_argument("--jobs", type=_at_least(1), default=os.cpu_count(), help="processes (default: one for each core)")
    run.add_argument("--out", type=Path, default=Path("runs"), metavar="DIR", help="where to write (default: runs)")
    run.add_argument(
        "--data",
        type=Path,
        metavar="FOLDER",
        help="your MNIST, Fashion-MNIST, EMNIST, CIFAR-10, CIFAR-100 or arrays in place of the built-in data; with --full at the "
        "authors' sizes (experiments of isotropic and nimble that train a classifier)",
    )
    run.set_defaults(act=_run)


def _add_gallery(commands):
    gallery = commands.add_parser(
        "gallery",
        help="write the index page of a folder of results",
        description="Writes DIR/README.md, and DIR/poster.png where its data are there, from the results.json files alone: every "
        "figure, its claims with verdicts, and the command that makes it. `minigrow run` does so at its end. With --judge the claims "
        "are first made anew from the data of the results.json files, by today's criteria; nothing is measured again.",
        epilog="examples: minigrow gallery runs;  minigrow gallery figures --judge urn motifs.wiring",
    )
    gallery.add_argument(
        "folder", nargs="?", type=Path, default=Path("figures"), metavar="DIR", help="default: figures"
    )
    gallery.add_argument(
        "--judge",
        nargs="*",
        metavar="NAME",
        help="judge the data again: of these experiments or methods (default: all)",
    )
    gallery.set_defaults(act=_gallery)


def _add_verify(commands):
    verify = commands.add_parser(
        "verify",
        help="check every law on random networks",
        description="Draws random networks and checks every law: cases, worst deviation in units of machine epsilon, "
        "tolerance, verdict. Exit code 1 if a law fails. With --explain it prints why a law holds and what breaks it.",
        epilog="examples: minigrow verify --cases 100;  minigrow verify --explain growth.restores",
    )
    verify.add_argument("--cases", type=_at_least(1), default=25, help="random cases for each law (default 25)")
    verify.add_argument("--seed", type=_at_least(0), default=0, help="seed of the cases (default 0)")
    verify.add_argument("--json", type=Path, metavar="FILE", help="write the table as JSON too")
    verify.add_argument("--file", type=Path, metavar="FILE.py", help="check the laws of a Python file of yours instead")
    verify.add_argument(
        "--explain",
        metavar="LAW",
        help="print a law's statement, proof and a counterexample instead; a module (growth) lists its laws; all prints all",
    )
    verify.set_defaults(act=_verify)


def _add_motifs(commands):
    from minigrow.motifs import command

    motifs = commands.add_parser(
        "motifs",
        help="count the motifs of a graph of yours",
        description="Counts coloured directed motifs in an edge list and compares them with randomised graphs: Z and p for each "
        "class. Works on any graph.",
        epilog="example: minigrow motifs graph.txt --size 4 --csv motifs.csv --plot motifs.png",
    )
    command.add_arguments(motifs)
    motifs.set_defaults(act=command.run)


def _add_replay(commands):
    replay = commands.add_parser(
        "replay",
        help="write a page that plays a network's growth",
        description="Writes one HTML file that plays a history in any browser, without a network: neurons, edges, growth events "
        "and their reasons, loss and size. Histories with weights (every `minigrow run` of isotropic.selfsizing, "
        "nimble.anatomy, differentiable_structure.neurons and urn.lifetime writes one) show edges too.",
        epilog="example: minigrow replay figures/isotropic.selfsizing/history.npz -o growth.html;  open growth.html#step=120",
    )
    replay.add_argument("history", type=Path, metavar="HISTORY.npz", help="a history that `minigrow run` or you saved")
    replay.add_argument(
        "-o", "--out", type=Path, default=Path("growth.html"), metavar="FILE", help="default: growth.html"
    )
    replay.add_argument("--title", help="the page's title (default: the name of the file or its folder)")
    replay.set_defaults(act=_replay)


def _add_fetch(commands):
    fetch = commands.add_parser(
        "fetch",
        help="download a data set once, with its SHA-256 checked",
        description="Downloads MNIST, Fashion-MNIST, EMNIST (letters), CIFAR-10 or CIFAR-100 (binary version) into a folder. "
        "The only command that uses the network. A download that was cut short is resumed.",
    )
    fetch.add_argument("name", help="mnist, fashion-mnist, cifar10, cifar100 or emnist-letters")
    fetch.add_argument("--to", type=Path, default=Path("data"), metavar="DIR", help="the folder (default: data)")
    fetch.set_defaults(act=_fetch)


def _list(args):
    from minigrow.experiments.registry import EXPERIMENTS

    for e in EXPERIMENTS:
        print(
            f"{e.name:36s} {e.question}\n{'':36s} {e.paper}; quick about {e.quick:.0f} s, full about {e.full / 60:.0f} min"
        )
    return 0


def _run(args):
    from minigrow.experiments import gallery, jobs
    from minigrow.experiments.registry import find
    from minigrow.experiments.runner import Request, processes, run, table

    request = Request("full" if args.full else "quick", args.seed, args.repeats, args.out, args.data)
    experiments = find(args.names)
    if args.data is not None and len(experiments) > 1:  # of several, those that take data
        experiments = [e for e in experiments if "data" in e.module.FULL] or experiments
    for experiment in experiments:
        request.config(experiment)  # complains before anything runs
    with processes(args.jobs) as executor:
        for experiment in experiments:
            print(f"{experiment.name}: {experiment.question}", flush=True)
            print(table(run(experiment, request, executor)))
            print(f"  written to {args.out / experiment.name}", flush=True)
    jobs.forget(args.out)
    try:
        print(f"index: {gallery.write(args.out)}")
    except (ValueError, OSError) as error:  # another experiment's folder may be damaged; this run is not
        print(f"minigrow: the index is as it was: {error}", file=sys.stderr)
    return 0


def _gallery(args):
    from minigrow.experiments import gallery
    from minigrow.experiments.rejudge import rejudge

    if args.judge is not None:
        for name, counts in rejudge(args.folder, args.judge or ["all"]).items():
            print(f"{name}: " + ", ".join(f"{number} {verdict}" for verdict, number in counts.items()))
    print(gallery.write(args.folder))
    return 0


def _explain(args):
    from minigrow.laws import MODULES
    from minigrow.laws.explain import contents, named, page

    laws = named(args.explain)
    print(contents(laws) if args.explain in MODULES else "\n\n".join(page(law, args.seed) for law in laws))
    return 0


def _verify(args):
    from minigrow.growth.files import write_json
    from minigrow.laws import load_file, verify

    laws = None if args.file is None else load_file(args.file)
    if args.explain is not None:
        return _explain(args)
    print(f"{'law':34s} {'cases':>5s} {'worst / eps':>12s} {'tolerance':>10s}")
    rows = []
    for row in verify(args.cases, args.seed, laws):
        rows.append(row)
        print(
            f"{row.law:34s} {row.cases:5d} {row.worst_eps:12.3g} {row.tolerance_eps:10.3g}  {'ok' if row.ok else 'FAILS'}"
        )
    if args.json:
        write_json(args.json, {"seed": args.seed, "cases": args.cases, "laws": [row._asdict() for row in rows]})
    failed = [row.law for row in rows if not row.ok]
    print(
        f"{len(rows) - len(failed)} of {len(rows)} laws hold" + (f"; these fail: {', '.join(failed)}" if failed else "")
    )
    return 1 if failed else 0


def _replay(args):
    from minigrow.growth import History
    from minigrow.replay import write_page

    history, path = History.load(args.history), args.history.resolve()
    if args.out.resolve() == path:
        raise ValueError(f"{args.out} is the history itself. Give the page another name, such as -o growth.html")
    title = args.title or (path.parent.name if path.stem == "history" else path.stem) or "growth"
    page = write_page(history, args.out, title)
    size = args.out.stat().st_size
    print(f"{args.out}: {page.frames} moments of {page.rows} rows, {page.events} events, {size / 1e6:.2f} MB")
    for words in page.left:
        print(f"  left out: {words}")
    return 0


def _fetch(args):
    from minigrow.datasets import fetch

    for path in fetch(args.name, args.to):
        print(path)
    return 0


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code: 0 done, 1 a law failed, 2 a user's mistake, 130 interrupted.

    >>> main(["run", "nonsense"])
    2
    """
    args = parser().parse_args(argv)
    try:
        return args.act(args)
    except KeyboardInterrupt:
        print("\nminigrow: interrupted; what was finished is kept", file=sys.stderr)
        return 130
    except (ValueError, OSError, ArithmeticError) as error:
        print(f"minigrow: {error}", file=sys.stderr)
        return 2
