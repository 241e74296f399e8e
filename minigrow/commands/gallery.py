"""`minigrow gallery DIR`: write the index page of a folder of results."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def add(commands: Any) -> None:
    """Add the command `gallery`."""
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
    gallery.set_defaults(act=_act)


def _act(args):
    from minigrow.experiments import gallery
    from minigrow.experiments.rejudge import rejudge

    gallery.check_index(args.folder)
    if args.judge is not None:
        for name, counts in rejudge(args.folder, args.judge or ["all"]).items():
            print(f"{name}: " + ", ".join(f"{number} {verdict}" for verdict, number in counts.items()))
    print(gallery.write(args.folder))
    return 0
