"""`minigrow verify`: check every law on random networks, or say why one holds, or mark files of laws of your own."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from minigrow.commands.options import at_least

CASES = 25  # of each law of the package


def add(commands: Any) -> None:
    """Add the command `verify`."""
    verify = commands.add_parser(
        "verify",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        help="check every law on random networks, or mark laws of your own",
        description="Draws random networks and checks every law: cases, worst deviation in units of machine epsilon,\n"
        "tolerance, verdict. Exit code 1 if a law fails. With --explain it prints why a law holds and what breaks it.\n\n"
        "With --file it marks laws of yours: each must hold on 1000 cases, its broken twin must fail in at least half\n"
        "of 25, and of the mistakes that are planted in the code they speak of, and make a difference to them, a third\n"
        "must be noticed. Exit code 0 if all is well, 1 if not, 2 if a file holds no laws that can be checked.",
        epilog="examples: minigrow verify --cases 100\n"
        "          minigrow verify --explain growth.restores\n"
        "          minigrow verify --file mylaw.py\n"
        "          minigrow verify --file anna.py ben.py --json marks.json",
    )
    verify.add_argument(
        "--cases",
        type=at_least(1),
        help="random cases for each law (default 25; 1000 with --file, or 40 s of computing)",
    )
    verify.add_argument("--seed", type=at_least(0), default=0, help="seed of the cases (default 0)")
    verify.add_argument("--json", type=Path, metavar="FILE", help="write the table, or the marks, as JSON too")
    verify.add_argument(
        "--file", type=Path, nargs="+", metavar="FILE.py", help="mark the laws of these Python files instead"
    )
    verify.add_argument(
        "--explain",
        metavar="LAW",
        help="print a law's statement, proof and a counterexample instead; a module (growth) lists its laws; all prints all",
    )
    verify.set_defaults(act=_act)


def _act(args):
    from minigrow.growth.outputs import Output, check

    if args.explain is not None:
        return _explain(args)
    if args.json:
        check([Output("--json", args.json, "laws")], args.file or ())
    return _verify(args) if args.file is None else _mark(args)


def _verify(args):
    from minigrow.growth.files import write_json
    from minigrow.laws import verify

    cases = args.cases or CASES
    print(f"{'law':34s} {'cases':>5s} {'worst / eps':>12s} {'tolerance':>10s}")
    rows = []
    for row in verify(cases, args.seed):
        rows.append(row)
        print(
            f"{row.law:34s} {row.cases:5d} {row.worst_eps:12.3g} {row.tolerance_eps:10.3g}  {'ok' if row.ok else 'FAILS'}"
        )
    if args.json:
        write_json(args.json, {"seed": args.seed, "cases": cases, "laws": [row._asdict() for row in rows]})
    failed = [row.law for row in rows if not row.ok]
    print(
        f"{len(rows) - len(failed)} of {len(rows)} laws hold" + (f"; these fail: {', '.join(failed)}" if failed else "")
    )
    return 1 if failed else 0


def _mark(args):
    """Mark every file, whatever the others are like; the exit code is the worst of all."""
    from minigrow.growth.files import write_json
    from minigrow.labs.marking import mark
    from minigrow.labs.report import line, plain

    marks = []
    for file in args.file:
        marks.append(mark(file, args.cases, args.seed))
        if len(args.file) > 1:
            print(line(marks[-1]), flush=True)
    if args.json:
        write_json(args.json, {"seed": args.seed, "files": [plain(row) for row in marks]})
    if len(marks) == 1 and marks[0].error:
        raise ValueError(marks[0].error)
    print("\n".join(_details(marks)))
    return max(row.code for row in marks)


def _details(marks) -> Iterator[str]:
    """The report of each file; of several files, each with its name above it."""
    from minigrow.labs.report import lines

    for row in marks:
        if len(marks) > 1:
            yield f"\n{row.file}"
        yield from lines(row)


def _explain(args):
    from minigrow.laws import MODULES, borrowed
    from minigrow.laws.explain import contents, named, page

    with ExitStack() as stack:
        for file in args.file or ():
            stack.enter_context(borrowed(file))
        laws = named(args.explain)
        print(contents(laws) if args.explain in MODULES else "\n\n".join(page(law, args.seed) for law in laws))
    return 0
