"""The command `minigrow motifs GRAPH`: `add_arguments(parser)` declares its options, `run(args)` carries it out."""

import argparse
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from tqdm import tqdm

from minigrow.motifs.ensemble import Plan, check_plan, count, in_order, random_censuses
from minigrow.motifs.esu import STOP, Census, census_in_parts, merge
from minigrow.motifs.graph import Graph
from minigrow.motifs.reader import read_edges
from minigrow.motifs.report import table, write_csv, write_json
from minigrow.motifs.sampling import expected_total
from minigrow.motifs.statistics import Motifs, summarise

MOST = 1e11  # subgraphs in one graph: at 50 million a second about half an hour


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command to its parser.

    >>> parser = argparse.ArgumentParser()
    >>> add_arguments(parser)
    >>> parser.parse_args(["graph.txt", "--size", "4"]).random
    100
    """
    add = parser.add_argument
    add("graph", metavar="GRAPH", help="edge list: `source target [colour]` a line, blanks or commas; # comments")
    add("--size", type=int, default=4, metavar="{3,4,5}", help="vertices in a motif (default 4)")
    add("--random", type=int, default=100, metavar="R", help="random graphs to compare with (default 100)")
    add("--seed", type=int, default=0, metavar="N", help="same seed, same result, for any number of jobs (default 0)")
    add("--jobs", type=int, default=os.cpu_count() or 1, metavar="J", help="random graphs counted at the same time")
    add("--sample", type=float, nargs="+", metavar="P", help="count a sample: one probability for each of the levels")
    add("--most", type=float, default=MOST, metavar="N", help="refuse to enumerate more subgraphs (default 1e11)")
    add("--top", type=int, default=10, metavar="T", help="rows of the table (default 10); files hold all classes")
    add("--csv", type=Path, metavar="FILE", help="write all classes as CSV")
    add("--json", type=Path, metavar="FILE", help="write all classes as JSON")
    add("--plot", type=Path, metavar="FILE.png", help="draw the classes of the table with bars of Z")


def run(args: argparse.Namespace) -> int:
    """Carry out the command and return the exit code: 0, or 2 after a user's mistake, or 130 after Ctrl-C."""
    try:
        _run(args)
    except KeyboardInterrupt:
        print("\nminigrow motifs: interrupted; no file was written.", file=sys.stderr)
        return 130
    except (ValueError, OSError) as error:
        print(f"minigrow motifs: {error}", file=sys.stderr)
        return 2
    return 0


def _run(args: argparse.Namespace) -> None:
    plan = Plan(args.random, probabilities=None if args.sample is None else tuple(args.sample))
    check_plan(args.size, plan)
    _check_options(args)
    graph = read_edges(args.graph)
    rng = np.random.default_rng(args.seed)
    _check_extent(graph, args)
    m = int(np.count_nonzero(graph.pair % 8))
    print(f"{args.graph}: {graph.vertices} vertices, {m} edges, {np.unique(graph.pair % 8).size - 1} colours")
    found = _analyse(graph, args, plan, rng)
    how = "estimated from a sample" if plan.probabilities else "counted"
    print(f"{found.total:.0f} subgraphs of size {args.size} {how}, {np.count_nonzero(found.counts)} classes")
    print(table(found, args.top))
    about = {"size": args.size, "vertices": graph.vertices, "edges": m, "subgraphs": found.total}
    about |= {"random": args.random, "seed": args.seed} | ({"probabilities": args.sample} if args.sample else {})
    _write(args, found, about)


def _check_options(args: argparse.Namespace) -> None:
    for name, least in (("jobs", 1), ("seed", 0), ("top", 0)):
        if getattr(args, name) < least:
            raise ValueError(f"--{name} must be >= {least}, got {getattr(args, name)}.")
    if args.plot and args.plot.suffix.lower() != ".png":
        raise ValueError(f"--plot writes PNG, got {args.plot}. Let the name end in .png.")
    for path in (args.csv, args.json, args.plot):
        if path and path.is_dir():
            raise ValueError(f"an output must be a file, got the folder {path}.")


def _check_extent(graph: Graph, args: argparse.Namespace) -> None:
    """Refuse a census that would run for days, and suggest sampling; the estimate has a generator of its own."""
    if args.sample is not None:
        return
    n = expected_total(graph, args.size, np.random.default_rng(args.seed))
    if n > args.most:
        levels = " ".join(["1"] * (args.size - 2) + ["0.1", f"{max(1e7 / n, 1e-9):.0e}"])
        raise ValueError(
            f"{args.graph} has about {n:.1e} subgraphs of size {args.size}, more than the {args.most:.0e} that are "
            f"enumerated. Count a sample, e.g. --sample {levels}, take a smaller --size, or raise --most."
        )


def _analyse(graph: Graph, args: argparse.Namespace, plan: Plan, rng: np.random.Generator) -> Motifs:
    """Do what `ensemble.analyse` does, and show progress and an estimate of the time left."""
    child = rng.spawn(1)[0]
    with threads(args.jobs) as pool:  # the main thread only waits, so that Ctrl-C reaches it at once
        tasks = [(graph, args.size, plan, child)]
        (own,) = in_order(pool, _count_own, tasks)
        others = random_censuses(graph, args.size, rng, plan, pool)
        return summarise(own, tqdm(others, "random graphs", plan.random, disable=None, unit="graph"))


def _count_own(task: tuple[Graph, int, Plan, np.random.Generator]) -> Census:
    """Return the census of the graph itself; an exact census shows its progress."""
    graph, size, plan, rng = task
    if plan.probabilities is not None:
        return count(graph, size, plan, rng)
    pieces = []
    with tqdm(desc="the graph", total=graph.vertices, disable=None, unit="vertex") as bar:
        for root, piece in census_in_parts(graph, size):
            pieces.append(piece)
            bar.update(root - bar.n)
    return merge(pieces)


@contextmanager
def threads(jobs: int):
    """Open a pool of `jobs` threads; if the block is broken off, so are the counts under way.

    >>> with threads(2) as pool:
    ...     list(pool.map(abs, [-1, 2]))
    [1, 2]
    """
    pool = ThreadPoolExecutor(jobs)
    try:
        yield pool
    except BaseException:
        STOP[0] = 1
        raise
    finally:
        pool.shutdown(cancel_futures=True)
        STOP[0] = 0


def _write(args: argparse.Namespace, found: Motifs, about: dict) -> None:
    if args.csv:
        write_csv(args.csv, found)
    if args.json:
        write_json(args.json, found, about)
    if args.plot:
        from minigrow.motifs.picture import save_picture

        save_picture(args.plot, found, args.top)
