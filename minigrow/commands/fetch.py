"""`minigrow fetch NAME`: download a data set once, with its SHA-256 checked."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def add(commands: Any) -> None:
    """Add the command `fetch`."""
    fetch = commands.add_parser(
        "fetch",
        help="download a data set once, with its SHA-256 checked",
        description="Downloads MNIST, Fashion-MNIST, EMNIST (letters), CIFAR-10 or CIFAR-100 (binary version) into a folder. "
        "The only command that uses the network. A download that was cut short is resumed.",
    )
    fetch.add_argument("name", help="mnist, fashion-mnist, cifar10, cifar100 or emnist-letters")
    fetch.add_argument("--to", type=Path, default=Path("data"), metavar="DIR", help="the folder (default: data)")
    fetch.set_defaults(act=_act)


def _act(args):
    from minigrow.datasets import fetch

    for path in fetch(args.name, args.to):
        print(path)
    return 0
