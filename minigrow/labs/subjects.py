"""The code that a law speaks of: which of the functions that it runs are its subject, and which only draw the case or measure.

Planted mistakes belong into the subject. It is, the nearest functions first:

    named      functions that the law's own code calls by name, the student's or minigrow's, such as grow, and what those call
    own        where a law calls none by name: methods of the student's networks, such as their gradient
    others     methods such as net(X) beside named functions: what a law says of growing holds for any network, a wrong one included
    kernels    compiled code comes after its readable twins

What makes networks (create), checks arguments, draws the case (first argument rng), measures (it names EPS, ...), or belongs to the
package's laws is left alone.
"""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import minigrow
from minigrow.labs.mutants import FUNCTIONS, Mistake, mistakes
from minigrow.labs.tracing import Trace

PACKAGE = Path(minigrow.__file__).resolve().parent
FOREIGN = ("site-packages", "dist-packages")
UNSEEN = ("laws", "labs", "nn/door.py", "nn/feeding.py")  # who calls through a door calls what is behind it
APART = ("datasets", "nn/check.py", "nn/validate.py", "nn/initialisers.py", "nn/compiler.py")
MAKERS = ("create", "__init__", "__post_init__", "__repr__", "__eq__", "__hash__", "main")
GAUGES = ("EPS", "eps", "finfo", "deviation", "in_eps", "complex_step", "central_step")
KINDS = ("sign", "term", "factor", "transpose", "constant", "off by one", "function", "order", "comparison", "logic")
AT_ONCE = 8  # functions among which mistakes are spread, before those further away have their turn


class Function(NamedTuple):
    """A function or method of a file: its file, name and lines, and whether it is a method, draws the case or measures."""

    file: str
    name: str
    first: int
    last: int
    method: bool
    apparatus: bool


class Subject(NamedTuple):
    """A function to plant mistakes in, its group (0 own, 1 named, 2 others, 3 kernels), and its mistakes whose line ran."""

    function: Function
    group: int
    mistakes: tuple[Mistake, ...]

    @property
    def near(self) -> bool:
        """Whether the law speaks of it: an own function, or one that is called by name."""
        return self.group <= 1


def whose(folder: Path, file: str) -> str:
    """Say whose file this is: `minigrow`, `own` for one of the student's folder, or "" for what is not looked at.

    >>> whose(Path("/home/me"), "/home/me/my_network.py"), whose(Path("/home/me"), "<string>")
    ('own', '')
    """
    path = Path(file)
    if path.is_relative_to(PACKAGE):
        inside = path.relative_to(PACKAGE)
        return "" if {inside.parts[0], inside.as_posix()} & set(UNSEEN) else "minigrow"
    stranger = file.startswith("<") or any(part in FOREIGN for part in path.parts)
    return "" if stranger or not path.resolve().is_relative_to(folder.resolve()) else "own"


def subjects(trace: Trace, folder: Path, laws: Iterable[str] = ()) -> list[Subject]:
    """Return the functions in which to plant, the nearest first; `laws` are names of functions that are laws or twins."""
    spots = {code: _spot(code.co_filename, code.co_firstlineno) for code in trace.lines}
    lines = defaultdict(set)
    for code, spot in spots.items():
        lines[spot] |= trace.lines[code]
    roles = {spot: _role(spot, folder, tuple(laws)) for spot in lines}
    calls = defaultdict(set)
    for caller, called in trace.calls:
        calls[spots.get(caller)].add(spots[called])
    ranks = _ranks(calls, roles, folder)
    order = sorted(ranks, key=lambda spot: (*ranks[spot], spot))
    found = [Subject(spot, ranks[spot][0], _ran(spot, lines[spot])) for spot in order]
    return [subject for subject in found if subject.mistakes]


def together(found: Iterable[Iterable[Subject]]) -> list[Subject]:
    """Return the subjects of several laws as one list: each function once, as near as to the law that is nearest.

    >>> together([[], []])
    []
    """
    rows: dict[Function, Subject] = {}
    for subject in (subject for one in found for subject in one):
        other = rows.get(subject.function, subject)
        mistakes = tuple(sorted({*other.mistakes, *subject.mistakes}))
        rows[subject.function] = Subject(subject.function, min(other.group, subject.group), mistakes)
    return sorted(rows.values(), key=lambda row: row.group)


def _spot(file, line):
    """The function or method that holds this line, or None: code of a module or of a class's body."""
    return next((row for row in _functions(file) if row.first <= line <= row.last), None)


@cache
def _functions(file):
    tree = ast.parse(Path(file).read_text(encoding="utf-8"))
    bodies = [("", tree.body), *((f"{row.name}.", row.body) for row in tree.body if isinstance(row, ast.ClassDef))]
    return [_function(file, prefix, row) for prefix, body in bodies for row in body if isinstance(row, FUNCTIONS)]


def _function(file, prefix, node):
    first = min([node.lineno, *(mark.lineno for mark in node.decorator_list)])
    names = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
    names |= {part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute)}
    draws = not prefix and [argument.arg for argument in node.args.args[:1]] == ["rng"]
    return Function(
        file, prefix + node.name, first, node.end_lineno, bool(prefix), draws or not names.isdisjoint(GAUGES)
    )


def _role(spot, folder, laws):
    """`law` for the law's own apparatus, `apart` for what is left alone, `subject` for what may be its subject."""
    if spot is None:
        return "law"
    if whose(folder, spot.file) == "own" and (spot.apparatus or spot.name in laws):
        return "law"
    apart = any(Path(spot.file).is_relative_to(PACKAGE / part) for part in APART)
    return "apart" if apart or spot.name.split(".")[-1] in MAKERS else "subject"


def _ranks(calls, roles, folder):
    """{function: (group, distance)}: how near each subject is to the law; through what is apart nobody is reached."""
    law = {None} | {spot for spot, role in roles.items() if role == "law"}
    first = {called for spot in law for called in calls[spot] if roles[called] == "subject"}
    own = {spot for spot in first if whose(folder, spot.file) == "own"}
    named = {spot for spot in first if not spot.method}
    ranks = {}
    for group, start in enumerate((own - named if not named else set(), named, first)):
        for spot, distance in _distances(start, calls, roles).items():
            tool = group == 0 and whose(folder, spot.file) != "own"  # what own code calls
            ranks.setdefault(spot, (3 if _compiled(spot) else 2 if tool else group, distance))
    return ranks


def _distances(start, calls, roles):
    """Breadth first: how many calls each subject is away from where one starts."""
    found, near = dict.fromkeys(start, 0), start
    while near:
        near = {called for spot in near for called in calls[spot] if roles[called] == "subject"} - found.keys()
        found |= dict.fromkeys(near, max(found.values()) + 1)
    return found


def _compiled(spot):
    return Path(spot.file).name == "kernels.py" or Path(spot.file).parent.name == "fast"


def _ran(spot, lines):
    inside = (found for found in _all_mistakes(spot.file) if spot.first <= found.line <= spot.last)
    return tuple(found for found in inside if found.statement in lines)


@cache
def _all_mistakes(file):
    return mistakes(Path(file).read_text(encoding="utf-8"))


def in_turn(found: list[Subject]) -> list[tuple[Subject, Mistake]]:
    """Order all mistakes so that the first few are near the law, and spread over functions and over kinds.

    >>> in_turn([])
    []
    """
    near, rest = ([row for row in found if row.near is near] for near in (True, False))
    parts = [part[i : i + AT_ONCE] for part in (near, rest) for i in range(0, len(part), AT_ONCE)]
    return [pair for part in parts for pair in _dealt([(row, _varied(row.mistakes)) for row in part])]


def _dealt(queues):
    """One of each queue, then a second one of each, and so on."""
    longest = max(len(queue) for _, queue in queues)
    return [(row, queue[turn]) for turn in range(longest) for row, queue in queues if turn < len(queue)]


def _varied(row):
    """One mistake of each kind first, then a second one of each, and so on."""
    seen: Counter = Counter()
    keyed = []
    for found in row:
        keyed.append((seen[found.kind], KINDS.index(found.kind), found))
        seen[found.kind] += 1
    return [found for *_, found in sorted(keyed)]
