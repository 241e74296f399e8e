"""`minigrow check`: say whether the answer to an exercise of the tutorials is right and, if not, what is wrong in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from minigrow.commands.options import at_least


def add(commands: Any) -> None:
    """Add the command `check`."""
    check = commands.add_parser(
        "check",
        help="check the answer to an exercise of the tutorials",
        description="Imports a Python file with the answer to an exercise and checks its function on random cases, in a process of its "
        "own. Says what is wrong in words. Exit code 0: right; 1: an answer is wrong; 2: no such exercise or file. "
        "Without a file it says what is asked for.",
        epilog="examples: minigrow check 02.3;  minigrow check 02.3 answer.py;  minigrow check 02.3 class/*.py --json marks.json",
    )
    check.add_argument("exercise", nargs="?", metavar="NN.K", help="tutorial and exercise, such as 02.3")
    check.add_argument("files", nargs="*", type=Path, metavar="FILE.py", help="files with answers")
    check.add_argument("--list", action="store_true", help="list all exercises and the functions they ask for")
    check.add_argument("--seconds", type=at_least(1), default=60, help="time for each file (default 60)")
    check.add_argument("--json", type=Path, metavar="FILE", help="write the verdicts as JSON too")
    check.set_defaults(act=_act)


def _act(args):
    from minigrow.labs.exercises import every, named

    if args.list or args.exercise is None:
        for each in every().values():
            print(f"{each.number}  {each.call}")
        return 0
    asked = named(args.exercise)
    if not args.files:
        print(f"{asked.number}  {asked.call}\n\n{asked.asks}\n\nCheck it: minigrow check {asked.number} answer.py")
        return 0
    return _mark(asked, args)


def _mark(asked, args):
    """Check each file, say what was found, and return the exit code."""
    from minigrow.growth import outputs
    from minigrow.growth.files import write_json
    from minigrow.labs.checking import words
    from minigrow.labs.handed_in import marked

    if missing := [str(path) for path in args.files if not path.is_file()]:
        raise ValueError(f"there is no file {', '.join(missing)}. Name Python files with answers.")
    if args.json:
        outputs.check([outputs.Output("--json", args.json, "marks")], args.files)
    reports = []
    for path in args.files:
        reports.append(report := marked(asked, path, args.seconds))
        if len(args.files) > 1:
            print(f"{path}:")
        if report.printed.strip():
            print("your file printed\n" + "".join(f"  | {line}\n" for line in report.printed.splitlines()), end="")
        print(words(report.verdict))
    right = sum(report.verdict.right for report in reports)
    if len(reports) > 1:
        print(f"{right} of {len(reports)} right")
    if args.json:
        write_json(args.json, [report.as_json() for report in reports])
    return 0 if right == len(reports) else 1
