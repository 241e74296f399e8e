"""Where the results of `minigrow motifs` go: `targets(args, sizes)`, `check_targets(files, inputs)`."""

import argparse
from pathlib import Path

from minigrow.growth.outputs import Output, check

EACH_SIZE = ("csv", "json", "plot", "occurrences", "roles")
KINDS = {"csv": "table", "json": "motifs", "plot": "picture", "occurrences": "table", "roles": "table", "html": "page"}


def named(path: Path, size: int, sizes: list[int]) -> Path:
    """Return the file for one of the sizes: with several, `-size4` joins its name, so that none is written over.

    >>> named(Path("a.csv"), 4, [3, 4]).name, named(Path("a.csv"), 4, [4]).name
    ('a-size4.csv', 'a.csv')
    """
    return path if len(sizes) == 1 else path.with_name(f"{path.stem}-size{size}{path.suffix}")


def targets(args: argparse.Namespace, sizes: list[int]) -> list[tuple[str, int, Path]]:
    """List all files that will be written: (option, size, path); size 0 stands for all sizes together.

    >>> args = argparse.Namespace(csv=Path("a.csv"), json=None, plot=None, occurrences=None, roles=None, html=Path("b.html"))
    >>> [(option, size, path.name) for option, size, path in targets(args, [3, 4])]
    [('csv', 3, 'a-size3.csv'), ('csv', 4, 'a-size4.csv'), ('html', 0, 'b.html')]
    """
    asked = [(option, getattr(args, option)) for option in EACH_SIZE if getattr(args, option)]
    files = [(option, size, named(path, size, sizes)) for option, path in asked for size in sizes]
    return files + ([("html", 0, args.html)] if args.html else [])


def check_targets(files: list[tuple[str, int, Path]], inputs: list[Path]) -> None:
    """Check before hours of counting that each file can be written and that none replaces another, an input or a file of yours.

    Raises ValueError as `growth.outputs.check` does.

    >>> check_targets([("csv", 4, Path("a")), ("json", 4, Path("a"))], [])
    Traceback (most recent call last):
    ValueError: --csv and --json would both write a. Give each a name of its own.
    """
    check((Output(f"--{option}", path, KINDS[option]) for option, _, path in files), inputs)
