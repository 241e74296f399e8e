"""The command line: `minigrow COMMAND`, also as `python -m minigrow`; `COMMANDS` has them all, in the order of the help.

Each command is a file in `minigrow/commands/`. A user's mistake gets one line and exit code 2, a failed law or claim check exit
code 1, Ctrl-C 130, SIGTERM 143; where nobody reads on (`minigrow list | head -1`) it ends quietly with 141.
"""

from __future__ import annotations

from collections.abc import Sequence

from minigrow.commands import check, demo, ending, fetch, gallery, listing, motifs, replay, run, tutorials, verify
from minigrow.commands.options import Parser

COMMANDS = (demo, listing, run, gallery, verify, check, motifs, replay, tutorials, fetch)


def parser() -> Parser:
    """Return the parser with all commands.

    >>> parser().parse_args(["run", "all"]).names
    ['all']
    """
    top = Parser("minigrow", description="Neural networks that grow and shrink while they train.")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add(commands)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code: 0 done, 1 a law failed, 2 a user's mistake, 130 interrupted.

    >>> main(["run", "nonsense"])
    2
    """
    ending.plain()
    try:
        with ending.stoppable():
            return _carried_out(argv)
    except KeyboardInterrupt:
        ending.say("interrupted; what was finished is kept", before="\n")
        return 130
    except ending.Stopped as stop:
        ending.say("stopped; what was finished is kept", before="\n")
        return stop.code
    except BrokenPipeError:
        return ending.PIPE
    except (ValueError, OSError, ArithmeticError) as error:
        ending.say(error)
        return 2


def _carried_out(argv):
    try:
        args = parser().parse_args(argv)
        return args.act(args)
    finally:
        ending.flush()
