"""`minigrow list`: every experiment with its paper, question and times."""

from __future__ import annotations

from typing import Any


def add(commands: Any) -> None:
    """Add the command `list`."""
    commands.add_parser("list", help="every experiment: paper, question, time quick and full").set_defaults(act=_act)


def _act(args):
    from minigrow.experiments.registry import EXPERIMENTS

    for e in EXPERIMENTS:
        print(
            f"{e.name:36s} {e.question}\n{'':36s} {e.paper}; quick about {e.quick:.0f} s, full about {e.full / 60:.0f} min"
        )
    return 0
