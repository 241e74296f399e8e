"""What the commands share: the parser whose complaints are one line, and types of options."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import NoReturn


class Parser(argparse.ArgumentParser):
    """A parser that says what is wrong in one line and where to read on, with exit code 2."""

    def error(self, message: str) -> NoReturn:
        """Print the complaint and leave with exit code 2."""
        self.exit(2, f"minigrow: {message}. Try: {self.prog} --help\n")


def at_least(least: int) -> Callable[[str], int]:
    """Return a type for argparse: whole numbers from `least` on.

    >>> at_least(1)("3")
    3
    """

    def whole(text):
        if not text.isdecimal() or int(text) < least:
            raise argparse.ArgumentTypeError(f"must be a whole number >= {least}, got {text}")
        return int(text)

    return whole
