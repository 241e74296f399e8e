"""Mutation testing: how many small mistakes in minigrow would its tests notice?

    python tests/mutation --packages nn growth --number 150 --seed 1     (run; started again, it goes on where it was)
    python tests/mutation --report                                       (Markdown table: score with Wilson's 95 % interval)
    python tests/mutation --survivors nn                                 (what is still to be judged)

A mutant is the package with one mistake in it (`mutation_making`), tried against the tests that reach it (`mutation_running`): those in
the package's own folders and the laws, which is fewer than all, so a score is a lower bound. Results are appended to results.jsonl;
`judged.json` says which survivors are equivalent (no test could tell them from the original) and why. A mutant that runs into the time
limit, or into a crash, counts as killed. `--again` tries survivors once more, after a test has been added. Linux only, Python >= 3.11.
"""

from __future__ import annotations

import argparse
import ctypes
import importlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
RESULTS, JUDGED = HERE / "results.jsonl", HERE / "judged.json"
LAWS = "tests/test_laws.py"
SMALL = ["tests/test_cli.py", "tests/test_demo.py", "tests/test_course.py", "tests/experiments"]
COMMANDS = [
    *(f"tests/{name}" for name in ("commands", "labs", "gallery", "film", "replay", "datasets/test_fetch.py")),
    *(f"tests/{name}.py" for name in ("test_explain", "test_teaching", "test_one_sitting", "motifs/test_command")),
    *(f"tests/motifs/test_{name}.py" for name in ("page", "families", "query", "options", "cluster")),
]
PACKAGES = {
    "nn": ["tests/nn", LAWS],
    "growth": ["tests/growth", LAWS],
    "isotropic": ["tests/isotropic", LAWS],
    "nimble": ["tests/nimble", LAWS],
    "differentiable_structure": ["tests/differentiable_structure", LAWS],
    "urn": ["tests/urn", LAWS],
    "motifs": ["tests/motifs", LAWS],
    "addition": ["tests/addition", LAWS],
    "structure": ["tests/structure"],
    "export": ["tests/test_export.py"],
    "laws": [
        *(LAWS, "tests/test_explain.py", "tests/test_teaching.py"),
        *(f"tests/laws/test_{name}.py" for name in ("drawn_cases", "measures", "broken_twins")),
    ],
    "datasets": ["tests/datasets"],
    "replay": ["tests/replay"],
    "labs": ["tests/labs", "tests/test_teaching.py", "tests/test_one_sitting.py"],
    "experiments": [
        f"tests/{name}"
        for name in ("experiments", "isotropic", "nimble", "differentiable_structure", "urn", "motifs", "addition")
    ],
    "commands": [*SMALL, *COMMANDS],
    "top": [*SMALL, "tests/test_censored.py", "tests/test_slides.py", "tests/notebook", "tests/motifs/test_shares.py"],
}
PROCESSES = {
    "labs": ("tests/labs/test_marking.py", "tests/labs/test_handed_in.py"),
    "top": ("tests/notebook/test_notebook.py",),
}  # tests in whose processes a package's code runs
MANY = 400  # tests at most for a mutant that needs a process of its own
TOP = ("censored", "cli", "course", "demo", "notebook", "shares", "statistics")


def rows(path: Path) -> list[dict]:
    """Return the rows of a JSON-lines file, none where it is not there; a last line that was cut off is left out."""
    found = []
    for line in path.read_text().splitlines() if path.exists() else ():
        try:
            found.append(json.loads(line))
        except ValueError:
            continue
    return found


def append(path: Path, row: dict) -> None:
    """Append one row in one piece."""
    with path.open("a") as file:
        file.write(json.dumps(row) + "\n")


def sampled(tree: Path, package: str, number: int, seed: int) -> list:
    """Return the package's mutants of this seed."""
    from mutation_making import of_tree, sample

    folders = [f"minigrow/{name}.py" for name in TOP] if package == "top" else [f"minigrow/{package}"]
    return sample([mutant for folder in folders for mutant in of_tree(tree, folder)], number, seed)


def finished(seed: int) -> dict:
    """Return the last row of each mutant of a seed."""
    return {row["code"]: row for row in rows(RESULTS) if row["seed"] == seed}


def make_room(room: Path, refresh: bool) -> None:
    """Copy the tree, with what numba has compiled, to a private place."""
    for folder in ("tmp", "reach", "home"):
        (room / folder).mkdir(parents=True, exist_ok=True)
    tree, new = room / "tree", room / "new"
    if refresh or not tree.exists():
        from mutation_reach import carry

        left_out = (".git", ".venv", "build", "runs", "*.egg-info", ".hypothesis", ".pytest_cache", "*.pyc")
        shutil.rmtree(new, ignore_errors=True)
        shutil.copytree(ROOT, new, symlinks=True, ignore=shutil.ignore_patterns(*left_out))
        (room / "pending.jsonl").unlink(missing_ok=True)
        if tree.exists():
            carry(room / "reach", tree, new)
            shutil.rmtree(tree)
        new.rename(tree)


def stage(args: argparse.Namespace, package: str, which: str) -> None:
    """Start the process that does one stage: functions with the compiler, kernels without it, or freshly imported copies."""
    room = args.room
    env = {
        **os.environ,
        "OPENBLAS_NUM_THREADS": "1",
        "MPLBACKEND": "Agg",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONPATH": f"{room / 'tree'}:{HERE}",
        "TMPDIR": str(room / "tmp"),
        "HOME": str(room / "home"),
        "HYPOTHESIS_PROFILE": "mutants",
        "MINIGROW_ROOM": str(room),
        "NUMBA_DISABLE_JIT": str(int(which == "kernel")),
        "PYTEST_ADDOPTS": "",
    }
    command = [sys.executable, str(HERE), "--stage", which, "--packages", package, "--room", str(room)]
    options = ["--seed", str(args.seed), "--number", str(args.number)]
    options += ["--budget", str(args.budget)]
    subprocess.run([*command, *options], env=env, cwd=room / "tree", check=False)


def prepare() -> None:
    """End with the parent, and let hypothesis draw few examples and never shrink them: whether a test fails is enough."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that a mutated tree is put back
    from hypothesis import HealthCheck, Phase, settings

    slow = [HealthCheck.too_slow, HealthCheck.data_too_large]
    options = {"derandomize": True, "deadline": None, "database": None, "suppress_health_check": slow}
    settings.register_profile("mutants", max_examples=8, phases=[Phase.explicit, Phase.generate], **options)


def worker(args: argparse.Namespace, which: str) -> None:
    """Do one stage for one package; what it cannot decide goes to pending.jsonl."""
    prepare()
    import pytest
    from mutation_fresh import QUIET, restore
    from mutation_running import Server

    restore(args.room / "tree", killed=True)

    package, pending = args.packages[0], args.room / "pending.jsonl"
    over = finished(args.seed)
    waiting = {row["code"]: row for row in rows(pending)}
    mutants = [m for m in sampled(args.room / "tree", package, args.number, args.seed) if m.code not in over]
    wanted = {"functions": (None,), "kernel": ("kernel",), "fresh": ("outside", "fresh")}[which]
    mutants = [m for m in mutants if waiting.get(m.code, {}).get("outcome") in wanted]
    undecided = {"functions": ("outside", "kernel"), "kernel": ("survived", "unreached", "outside"), "fresh": ()}[which]

    def done(mutant, row):
        """Write down a mutant's outcome, or what the next stage needs to know where this one could not tell."""
        outcome = row["outcome"]
        if which == "functions" and outcome in ("survived", "unreached"):
            more = [i for i in plugin.items if i.split("::")[0] in PROCESSES.get(package, ()) and i not in row["tried"]]
            if more and "/exercises/" not in mutant.file:
                row = {**row, "outcome": (outcome := "outside"), "tried": [*row["tried"], *more], "seconds": 60.0}
        if outcome in undecided:
            before = waiting.get(mutant.code, row)
            kernel = which == "kernel" or b"nn.compiler" in (args.room / "tree" / mutant.file).read_bytes()
            before = before if before["tried"] else row
            kept = {"tried": before["tried"], "seconds": before["seconds"], "kernel": kernel}
            append(pending, {"code": mutant.code, "outcome": "fresh" if which == "kernel" else outcome, **kept})
            return
        small = {"seed": args.seed, "package": package, "code": mutant.code, "outcome": outcome}
        if outcome in ("survived", "unreached"):
            small |= {"key": mutant.key, "line": mutant.first, "tests": row["tests"]}
        else:
            small |= {"by": row.get("by", "")}
        append(RESULTS, small)
        print(package, outcome, mutant.key, row.get("by", ""), file=sys.stderr, flush=True)

    if which == "fresh":
        try_freshly(args.room / "tree", mutants, waiting, done)
    elif mutants:
        own = [f"minigrow/{name}.py" for name in TOP] if package == "top" else [f"minigrow/{package}"]
        extra = ["-m", "kernels"] if which == "kernel" else []
        plugin = Server(args.room, mutants, done, which != "kernel", args.budget)
        pytest.main([*QUIET, *extra, *PACKAGES[package], *own], plugins=[plugin])


def try_freshly(tree: Path, mutants: list, waiting: dict, done: Callable) -> None:
    """Try what functions that exist cannot show, in children that import the mutated copy from the start."""
    from mutation_fresh import fresh

    for name in ("numpy", "matplotlib.pyplot", "numba"):
        importlib.import_module(name)
    trusted: dict[str, bool] = {}
    for mutant in mutants:
        row = waiting[mutant.code]
        tests = row["tried"][:MANY]
        found = (
            fresh(tree, mutant, tests, row["seconds"], row["kernel"], trusted) if tests else {"outcome": "unreached"}
        )
        done(mutant, {**found, "tests": len(tests)})


def again(args: argparse.Namespace) -> None:
    """Forget the survivors of these packages, so that they are tried once more."""
    kept = [r for r in rows(RESULTS) if not (r["package"] in args.packages and r["seed"] == args.seed and "key" in r)]
    RESULTS.write_text("".join(json.dumps(row) + "\n" for row in kept))


def survivors(args: argparse.Namespace) -> list[dict]:
    """Return the rows of mutants that no test noticed and nobody has judged."""
    judged = json.loads(JUDGED.read_text())
    return [row for row in finished(args.seed).values() if "key" in row and row["key"] not in judged]


def report(args: argparse.Namespace) -> str:
    """Return a Markdown table: package, mutants, killed, equivalent, survived, score with Wilson's interval."""
    sys.path.insert(0, str(ROOT))
    from minigrow.statistics import proportion

    judged, table = json.loads(JUDGED.read_text()), {}
    over, stale = finished(args.seed), 0
    for package in {row["package"] for row in over.values()}:
        known = {mutant.code for mutant in sampled(ROOT, package, 10**9, args.seed)}
        for row in over.values():
            if row["package"] == package and row["code"] in known and row["outcome"] != "error":
                kind = "killed" if "key" not in row else "equivalent" if row["key"] in judged else "survived"
                table.setdefault(package, Counter())[kind] += 1
            stale += row["package"] == package and row["code"] not in known
    table["all"] = sum(table.values(), Counter())
    lines = [
        "| package | mutants | killed | equivalent | survived | score, 95 % interval |",
        "|---|---|---|---|---|---|",
    ]
    for package in [*PACKAGES, "all"]:
        count = table.get(package)
        if count and count["killed"] + count["survived"]:
            found = proportion([True] * count["killed"] + [False] * count["survived"])
            score = f"{100 * found.value:.1f} % ({100 * found.low:.0f} to {100 * found.high:.0f})"
            cells = (package, count.total(), count["killed"], count["equivalent"], count["survived"], score)
            lines.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join([*lines, *([f"\n{stale} results left out: their source has changed since."] if stale else [])])


def main() -> None:
    """Read the options and do what they ask."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--packages", nargs="+", choices=PACKAGES, default=list(PACKAGES), metavar="PACKAGE")
    parser.add_argument("--number", type=int, default=150, help="mutants per package (150)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--budget", type=float, default=30.0, help="seconds of tests for one mutant (30)")
    parser.add_argument("--jobs", type=int, default=1, help="processes (1)")
    home = Path.home() / ".cache" / "minigrow-mutation"
    parser.add_argument("--room", type=Path, default=home, help=f"folder of private copies ({home})")
    parser.add_argument("--refresh", action="store_true", help="copy the tree anew, after edits")
    parser.add_argument("--again", action="store_true", help="try survivors once more (implies --refresh)")
    parser.add_argument("--report", action="store_true")
    parser.add_argument("--survivors", action="store_true")
    parser.add_argument("--stage", help=argparse.SUPPRESS)
    args = parser.parse_args()
    args.room = args.room.resolve()
    if args.report:
        return print(report(args))
    if args.survivors:
        for row in survivors(args):
            if row["package"] in args.packages:
                print(f"{row['package']} ({row['tests']} tests, line {row['line']}) {row['key']}")
        return None
    if args.stage:
        return worker(args, args.stage)
    if args.again:
        again(args)
    others = []
    for k in range(1, args.jobs):  # each has packages and a room of its own
        share = ["--packages", *args.packages[k :: args.jobs], "--jobs", "1", "--room", f"{args.room}-{k}"]
        if args.packages[k :: args.jobs]:
            options = [x if x != "--again" else "--refresh" for x in sys.argv[1:]]
            others.append(subprocess.Popen([sys.executable, str(HERE), *options, *share]))
    args.packages = args.packages[:: args.jobs]
    make_room(args.room, args.refresh or args.again)
    for package in args.packages:
        for which in ("functions", "kernel", "fresh"):
            stage(args, package, which)
    for other in others:
        other.wait()
    return None


if __name__ == "__main__":
    main()
