"""`minigrow tutorials --to DIR`: copy the tutorials and what a course needs out of the installed package."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def add(commands: Any) -> None:
    """Add the command `tutorials`."""
    tutorials = commands.add_parser(
        "tutorials",
        help="copy the tutorials out of the installed package",
        description="Copies the notebooks and scripts of all tutorials, the methods' pages, the page for teachers and recorded "
        "lives to play into DIR. A file that is there already is never replaced.",
        epilog="example: minigrow tutorials --to course;  cd course;  jupyter lab tutorials/01_change_of_basis.ipynb",
    )
    tutorials.add_argument("--to", type=Path, required=True, metavar="DIR", help="the folder")
    tutorials.set_defaults(act=_act)


def _act(args):
    from minigrow.course import copied

    done = copied(args.to)
    print(f"{args.to}: {len(done.written)} files written, {len(done.same)} were there already")
    for name in done.yours:
        print(
            f"  left alone, as yours differs: {args.to / name}. Take another folder, or move yours away, to get ours."
        )
    return 0
