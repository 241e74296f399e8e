"""The command `minigrow motifs GRAPH`: `run(args)` carries it out."""

import argparse
import sys
import textwrap
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from minigrow.motifs.command.asked import Way, asked_sizes, null_model, read, ways
from minigrow.motifs.command.cluster import cluster
from minigrow.motifs.command.options import check_options
from minigrow.motifs.command.outputs import check_targets, targets
from minigrow.motifs.command.telling import about, answer, described, mixing_words, null_words, restricted
from minigrow.motifs.command.workers import threads, watched
from minigrow.motifs.ensemble import in_order
from minigrow.motifs.graph import Graph
from minigrow.motifs.places.query import class_ids
from minigrow.motifs.sampling import estimated
from minigrow.motifs.show.conclusion import conclusion
from minigrow.motifs.show.report import table
from minigrow.motifs.statistics import LEAST, Motifs

WIDTH = 116  # of printed sentences; tables are as wide as they are


def run(args: argparse.Namespace) -> int:
    """Carry out the command and return the exit code: 0, or 2 after a user's mistake, or 130 after Ctrl-C."""
    written: list[Path] = []
    try:
        _run(args, written)
    except KeyboardInterrupt:
        which = f"written before, and whole: {', '.join(map(str, written))}" if written else "no file was written"
        print(f"\nminigrow motifs: interrupted; {which}.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        raise  # nobody reads what is printed: the command line ends quietly
    except (ValueError, OSError) as error:
        print(f"minigrow motifs: {error}", file=sys.stderr)
        return 2
    return 0


class Work(NamedTuple):
    """What is to be done: the options, files to write, the graph, its null model, how each size is counted, one motif's classes."""

    args: argparse.Namespace
    files: list[tuple[str, int, Path]]
    graph: Graph
    null: Any
    plans: dict[int, Way]
    only: dict[int, np.ndarray | None]
    notes: list[str]


def _run(args: argparse.Namespace, written: list[Path]) -> None:
    check_options(args)
    sizes = asked_sizes(args)
    files = targets(args, sizes)
    check_targets(files, [Path(path) for path in (args.graph, args.blocks, args.vertex_colours) if path])
    graph, notes = read(args)
    _tell(f"{args.graph}: {described(graph)}", *(f"note: {note}" for note in notes))
    null, more = null_model(args, graph)
    _tell(*(f"note: {note}" for note in more), f"compared with {null_words(null)}")
    only = {size: class_ids(graph, size, args.only) if args.only else None for size in sizes}
    plans = ways(args, graph, sizes, null)
    _tell(*(way.words for way in plans.values()))
    _count(Work(args, files, graph, null, plans, only, [*notes, *more]), written)


def _tell(*sentences: str) -> None:
    for sentence in filter(None, sentences):
        print("\n".join(textwrap.fill(line, WIDTH) for line in sentence.split("\n")), flush=True)


def _count(work: Work, written: list[Path]) -> None:
    """Count size after size, show what was found, and write the files of each size as soon as it is done."""
    args, graph, null, findings = work.args, work.graph, work.null, []
    with ExitStack() as stack:
        here = stack.enter_context(threads(args.jobs))
        there = stack.enter_context(cluster(args.cluster)) if args.cluster else here
        (mixed,) = in_order(here, mixing_words, [(graph, null, args.seed)])  # Ctrl-C reaches a main thread that waits
        _tell(mixed)
        for size, way in work.plans.items():
            rng = np.random.default_rng(args.seed)
            found = watched(
                graph, size, rng, null, way, (here, there), estimated(args.min_count or LEAST, way.probabilities)
            )
            words = {"notes": work.notes, "sampling": way.words, "mixing": mixed, "conclusion": conclusion(found)}
            told = about(args, graph, null, found, way.probabilities) | words
            findings.append((found, {name: value for name, value in told.items() if value not in ("", [])}))
            _show(args, found, way, work.only[size])
            _save(work, size, findings[-1:], written)
        _save(work, 0, findings, written)


def _show(args: argparse.Namespace, found: Motifs, way: Way, only: np.ndarray | None) -> None:
    how = "estimated from a sample" if way.probabilities else "counted"
    counted = f"{found.total:.0f} subgraphs of size {found.size} {how}, {np.count_nonzero(found.counts)} classes"
    if only is None:
        said = conclusion(found)
    else:
        found = restricted(found, only)
        said = f"{args.only}: {answer(found)}"
    print(counted, table(found, args.top), sep="\n")
    _tell(said)


def _save(work: Work, size: int, findings: list, written: list[Path]) -> None:
    """Write the files of one size (0: of all sizes together), and note which are there."""
    for option, _, path in (file for file in work.files if file[1] == size):
        from minigrow.motifs.command.writing import Result, write  # matplotlib is loaded only if something is drawn

        write(option, path, Result(work.graph, findings, work.only.get(size), work.args.top))
        written.append(path)
