"""What must always hold, one law one function; `minigrow verify` and the tests call the same ones.

A law is f(rng) -> deviation in units of machine epsilon, on a case that it draws from rng. Its docstring states it, says what
it `Needs`, and gives the `Proof.` in at most five lines. `broken` is the same measurement with the law's precondition
removed: it must exceed the tolerance, or the law would be empty; its docstring says what was removed and gives a
counterexample small enough to check `By hand:`. `minigrow verify --explain LAW` prints all of it (`laws.explain`).
"""

from __future__ import annotations

import importlib
import os
import sys
import traceback
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import numpy as np

from minigrow.nn import validate
from minigrow.nn.door import door

# The first word of a law's name, and the files of its folder that hold those laws, in the order in which they are listed.
MODULES = {
    "nn": ("gradients", "symmetries", "optimisers"),
    "growth": ("basis", "training", "metric", "transport"),
    "isotropic": ("network", "moves"),
    "nimble": ("network", "size"),
    "differentiable_structure": ("network", "neurons", "memory", "multipliers", "inheriting", "areas", "area_lives"),
    "urn": ("prices", "paths", "network", "pool"),
    "motifs": ("counts", "null", "uniform"),
    "addition": (
        "statistics",
        "slopes",
        "pairs",
        "gradmax",
        "kept",
        "in_order",
        "isotropic",
        "senn",
        "north",
        "copies",
        "splitting",
        "removal",
    ),
}
USERS = "minigrow.laws.users"  # behind it stands the number of a user's file
EPS = float(np.finfo(np.float64).eps)
Check = Callable[[np.random.Generator], float]


class Law(NamedTuple):
    """A name such as `growth.rotate`, the tolerance in eps and why it is that, the check and its broken twin."""

    name: str
    tolerance: float
    because: str
    check: Check
    broken: Check | None = None


REGISTERED: dict[str, Law] = {}


def law(name: str, *, tolerance: float, because: str, broken: Check | None = None) -> Callable[[Check], Check]:
    """Register the decorated f(rng) -> deviation in eps (a scalar) as a law; `tolerance` is in eps too.

    Raises ValueError when the name is taken.
    """

    def register(check: Check) -> Check:
        if name in REGISTERED:
            raise ValueError(f"there is a law {name!r} already.")
        REGISTERED[name] = Law(name, tolerance, because, check, broken)
        return check

    return register


def all_laws() -> list[Law]:
    """Import every module of laws and return what they registered.

    >>> all_laws()[0].name.split(".")[0]
    'nn'
    """
    files = [f"minigrow.laws.{folder}.{file}" for folder, names in MODULES.items() for file in names]
    for file in files:
        importlib.import_module(file)
    order = {file: place for place, file in enumerate(files)}  # a user's own laws come behind these
    return sorted(REGISTERED.values(), key=lambda row: order.get(row.check.__module__, len(order)))


@door
def load_file(path: str | os.PathLike) -> list[Law]:
    """Run a Python file of your own laws and return the laws that it registers; `verify` and `explain` know them from then on.

    As with `python FILE`, it may import what stands beside it. Loading it again replaces its laws.
    Raises ValueError when there is no such file, when it cannot be run, and when it registers no law.

    >>> load_file("nowhere.py")
    Traceback (most recent call last):
    ValueError: there is no file nowhere.py. Name a Python file with laws of your own.
    """
    path = Path(path)
    if not path.is_file():
        raise ValueError(f"there is no file {path}. Name a Python file with laws of your own.")
    all_laws()
    name = f"{USERS}{zlib.crc32(os.fsencode(path.resolve()))}"
    _forget(name)
    try:
        _run(path, name)
        found = _laws_of(name)
        if not found:
            raise ValueError(f"{path} registers no law. Decorate a function of it with @minigrow.laws.law(...).")
    except ValueError:
        _forget(name)
        raise
    return found


@contextmanager
def borrowed(path: str | os.PathLike) -> Iterator[list[Law]]:
    """Load a file of your own laws for the time of a block; afterwards the package's laws are as they were.

    Raises ValueError as `load_file`.
    """
    found = load_file(path)
    try:
        yield found
    finally:
        _forget(found[0].check.__module__)


def _run(path, name):
    """Execute a file as the module `name`; whatever goes wrong in it becomes one line that says where."""
    module = sys.modules[name] = ModuleType(name)
    module.__file__ = str(path)
    sys.path.insert(0, str(path.parent))
    try:
        exec(compile(path.read_bytes(), path, "exec", dont_inherit=True), module.__dict__)
    except (Exception, SystemExit) as error:
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
        line = (error.lineno if isinstance(error, SyntaxError) else lines[-1] if lines else 0) or 1
        said = " ".join(str(error).split())
        raise ValueError(f"{path}, line {line}: {type(error).__name__}: {said}") from error
    finally:
        sys.path.remove(str(path.parent))


def _laws_of(module):
    return [law for law in REGISTERED.values() if law.check.__module__ == module]


def _forget(module):
    sys.modules.pop(module, None)
    for law in _laws_of(module):
        del REGISTERED[law.name]


class Verdict(NamedTuple):
    """A row of `minigrow verify`; deviations are scalars in units of eps."""

    law: str
    cases: int
    worst_eps: float
    tolerance_eps: float
    ok: bool


@door
def case(name: str, seed: int, number: int) -> np.random.Generator:
    """Return the generator of one case: it depends on the law's name, the seed and the case's number, nothing else.

    >>> int(case("growth.rotate", 0, 0).integers(1000)) == int(case("growth.rotate", 0, 0).integers(1000))
    True
    """
    for what, value in (("seed", seed), ("number", number)):
        validate.whole(value, what)
    return np.random.default_rng([seed, number, zlib.crc32(name.encode())])


@door
def verify(cases: int, seed: int, laws: Iterable[Law] | None = None) -> Iterator[Verdict]:
    """Check every law, or these, on `cases` random cases each and yield its verdict; NaN counts as a failure.

    Raises ValueError that names law and case when a law cannot be checked at all.
    """
    validate.whole(cases, "cases", least=1)
    for row in all_laws() if laws is None else laws:
        found = [_deviation(row, seed, number) for number in range(cases)]
        worst = max(found, key=lambda value: np.inf if np.isnan(value) else value)
        yield Verdict(row.name, cases, worst, row.tolerance, bool(worst <= row.tolerance))


def _deviation(row, seed, number):
    try:
        return float(row.check(case(row.name, seed, number)))
    except Exception as error:
        raise ValueError(f"{row.name} (seed {seed}, case {number}) raised {type(error).__name__}: {error}") from error
