"""`minigrow motifs GRAPH`: count the motifs of a user's graph."""

from __future__ import annotations

from typing import Any

from minigrow.motifs import command


def add(commands: Any) -> None:
    """Add the command `motifs`; its options are in `minigrow.motifs.command`."""
    motifs = commands.add_parser(
        "motifs",
        help="count the motifs of a graph of yours",
        description="Counts coloured directed motifs in an edge list and compares them with randomised graphs: Z and p for each "
        "class. Works on any graph.",
        epilog="example: minigrow motifs graph.txt --size 4 --csv motifs.csv --plot motifs.png",
    )
    command.add_arguments(motifs)
    motifs.set_defaults(act=command.run)
