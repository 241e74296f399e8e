"""Repeat the fuzzing at a fixed seed and print a table: `python tests/reliability [--seed N] [--minutes M] [AREA ...]`.

The exit code is 1 when anything failed. An area is a file beside this one:

    area        a file beside this one with tried(seed, seconds) -> (number tried, failures in words)

A new area is a new file, and a row of `AREAS` with its share of the time.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import os
import sys
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parent))

AREAS = {
    "values": ("API calls with one or two wrong arguments: works, or one sentence; no caller's array changes", 0.45),
    "archives": (
        "damaged and hostile archives: one sentence, no pickle runs, no more memory than the file's size allows",
        0.25,
    ),
    "files": ("files and outputs: nothing of the user's is replaced, nothing is left over", 0.1),
    "kills": ("`kill -9` while training, then resumed: bit for bit as if nothing had been", 0.1),
    "replay_pages": ("replay pages of random histories with hostile texts: valid HTML, no script but ours", 0.1),
}


def main(arguments: list[str] | None = None) -> int:
    """Run every area that there is and print the table; return 1 when anything failed."""
    parser = argparse.ArgumentParser(description="Repeat the fuzzing at a fixed seed and print a table.")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--minutes", type=float, default=9.0, help="for all areas together, about")
    parser.add_argument("areas", nargs="*", choices=[[], *AREAS], help="only these")
    asked = parser.parse_args(arguments)
    rows, said = [], []
    for name in asked.areas or AREAS:
        words, share = AREAS[name]
        if importlib.util.find_spec(name) is None:
            continue
        share = 1 / len(asked.areas) if asked.areas else share
        count, failures = importlib.import_module(name).tried(asked.seed, 60 * asked.minutes * share)
        rows.append(f"| {words} | {count} | {len(failures)} |")
        said += [f"{name}: {failure}" for failure in failures]
    print("\n".join(["| area | tried | failed |", "|---|---:|---:|", *rows]))
    print("\n".join(said), file=sys.stderr)
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main())
