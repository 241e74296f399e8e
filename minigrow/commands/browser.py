"""Show a file in the browser, where there is a screen and a browser to show it with."""

from __future__ import annotations

import os
import sys
import webbrowser
from pathlib import Path


def show(path: Path) -> bool:
    """Open a file in the browser and return True; where that cannot be done, say which file to open.

    On a machine without a screen nothing is tried: a text browser would fill the terminal and show no moving network.
    """
    screen = sys.platform in ("win32", "darwin") or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
    if screen and webbrowser.open(path.resolve().as_uri()):
        return True
    print(f"no browser was found here: open {path} in one")
    return False
