"""Python reads this file at its start where it is on the path, as in a mutation run: no mistake deletes or replaces others' files.

MINIGROW_ROOM names the folder of private copies. Outside of it nothing is deleted or renamed, by a mutant or by a process that it
starts: run as root, a mistake in what writes files once replaced /dev/null.
"""

import os
import sys

EVENTS = {"os.rename": 2, "os.remove": 1, "os.rmdir": 1}  # and how many paths each is about


def guard(room: str) -> None:
    """Refuse what would delete or rename a file outside of the room; names within an open folder are let through."""
    room = os.path.join(os.path.realpath(room), "")

    def hook(event, args):
        paths, folders = args[: EVENTS.get(event, 0)], args[EVENTS.get(event, 0) :]
        for path in paths:
            if isinstance(path, int) or any(isinstance(f, int) and f >= 0 for f in folders):
                continue
            path = os.fsdecode(path)
            if not os.path.join(os.path.realpath(os.path.dirname(path)), os.path.basename(path)).startswith(room):
                raise PermissionError(f"a mutant wanted to change {path}")

    sys.addaudithook(hook)


if os.environ.get("MINIGROW_ROOM"):
    guard(os.environ["MINIGROW_ROOM"])
