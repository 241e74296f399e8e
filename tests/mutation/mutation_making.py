"""Make the mutants of a source: each is the file with one small mistake in it, everything else as it was.

    arithmetic      a + b: a - b, a, b            a * b: a / b, a, b          a @ b: b @ a          a ** b: a * b
    comparisons     a < b: a <= b, a >= b         a == b: a != b              a in b: a not in b
    logic           a and b: a or b, a, b         not a: a                    a if t else b, if t: t is True, t is False
    constants       n: n + 1, n - 1 (or 0)        x: x + 1.0, -x              True: False           keys "k": "k?"
    calls           f(a, b): f(b, a)
    statements      dropped                       return x: return None, return -x
    signs           -a: a                         a += b: a -= b

Left alone: docstrings, annotations, decorators, texts (of errors, notices, f-strings, `print`), `__all__`, asserts, whatever draws
(`PICTURES`), statements that end processes or empty folders (`DANGER`), and, in the experiments, the protocols' numbers at module
level, which a test could only repeat.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from pathlib import Path

from mutation_expressions import ARITHMETIC, TERMS, Expressions, Mutant

PICTURES = ("figure", "draw", "plot", "paint", "picture", "svg", "colour", "film", "poster", "palette")


def pictures(path: Path) -> bool:
    """Return whether a file only draws.

    >>> pictures(Path("minigrow/plotting.py")), pictures(Path("minigrow/nn/losses.py"))
    (True, False)
    """
    return any(word in part for part in path.parts for word in PICTURES)


class Maker(Expressions):
    """Walk over the statements of one file and collect its mutants."""

    def body(self, statements, bound=frozenset()):
        bound = set(bound)
        for k, statement in enumerate(statements):
            text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
            if text or isinstance(
                statement, (ast.Assert, ast.Import, ast.ImportFrom, ast.Global, ast.Nonlocal, ast.Pass)
            ):
                continue
            self.one(statement, bound, k)
            if isinstance(statement, ast.Assign):
                bound |= {
                    name.id for target in statement.targets for name in ast.walk(target) if isinstance(name, ast.Name)
                }

    def one(self, s, bound, k):
        if isinstance(s, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return self.function(s)
        if isinstance(s, ast.ClassDef):
            self.names.append(s.name)
            self.body(s.body)
            self.names.pop()
            return None
        if isinstance(s, ast.Try):
            for part in (s.body, *(h.body for h in s.handlers), s.orelse, s.finalbody):
                self.body(part, bound)
            return None
        if isinstance(s, ast.Match):
            for case in s.cases:
                self.body(case.body, bound)
            return None
        self.statement = s
        if isinstance(s, (ast.If, ast.While)):
            if "TYPE_CHECKING" in self.text(s.test) or "__name__" in self.text(s.test):
                return None
            self.statement = s.test
            if not isinstance(s.test, ast.Constant):
                self.truth(s.test, (True, False) if isinstance(s, ast.If) else (False,))
            self.expression(s.test)
            self.body(s.body, bound)
            self.body(s.orelse, bound)
        elif isinstance(s, ast.For):
            self.statement = s.iter
            self.expression(s.iter)
            self.body(s.body, bound)
            self.body(s.orelse, bound)
        elif isinstance(s, ast.With):
            for item in s.items:
                self.statement = item.context_expr
                self.expression(item.context_expr)
            self.body(s.body, bound)
        else:
            self.simple(s, bound)
        return None

    def function(self, s):
        outer = self.names, self.inside
        arguments = [a.arg for a in (*s.args.posonlyargs, *s.args.args, *s.args.kwonlyargs)]
        if any(word in s.name for word in PICTURES) or {"ax", "axes", "figure", "fig"} & set(arguments):
            return
        for default in (*s.args.defaults, *s.args.kw_defaults):
            if default is not None:
                self.statement = default
                self.names = [*outer[0], s.name, "default"]
                self.expression(default)
        self.names, self.inside = [*outer[0], s.name], True
        self.body(s.body, arguments)
        self.names, self.inside = outer

    def simple(self, s, bound):
        if isinstance(s, ast.Return):
            value = s.value
            if value is not None and not (isinstance(value, ast.Constant) and value.value is None):
                self.add(s, "return None")
                if isinstance(value, ast.BinOp) and isinstance(value.op, TERMS):
                    self.add(value, ast.UnaryOp(ast.USub(), value))
                self.expression(value)
        elif isinstance(s, (ast.Raise, ast.Delete, ast.Continue, ast.Break)):
            self.add(s, "pass")
        elif isinstance(s, ast.AugAssign):
            self.add(s, "pass")
            if type(s.op) in ARITHMETIC:
                new = ast.unparse(ast.AugAssign(s.target, ARITHMETIC[type(s.op)](), s.value))
                if s.lineno == s.end_lineno:
                    self.add(s, new)
            self.expression(s.value)
        elif isinstance(s, (ast.Assign, ast.AnnAssign)):
            self.assignment(s, bound)
        elif isinstance(s, ast.Expr) and not isinstance(s.value, (ast.Yield, ast.YieldFrom)):
            self.add(s, "pass")
            self.expression(s.value)
        elif isinstance(s, ast.Expr) and s.value.value is not None:
            self.expression(s.value.value)

    def assignment(self, s, bound):
        targets = s.targets if isinstance(s, ast.Assign) else [s.target]
        if s.value is None or any(isinstance(t, ast.Name) and t.id.startswith("__") for t in targets):
            return
        again = all(not isinstance(t, ast.Name) or t.id in bound for t in targets)  # else each reader would fail
        if again and self.inside and not isinstance(targets[0], ast.Tuple):
            self.add(s, "pass")
        self.expression(s.value)


def of_source(file: str, source: bytes, protocol: bool = False) -> list[Mutant]:
    r"""Return the mutants of one source in the order in which they stand there.

    >>> [m.new.decode() for m in of_source("f.py", b"def f(a, b):\n    return a - b\n")]
    ['return None', '(-(a - b))', '(a + b)', 'a', 'b']
    """
    maker = Maker(file, source, protocol)
    maker.body(ast.parse(source).body)
    return maker.found


def of_tree(root: Path, folder: str) -> Iterator[Mutant]:
    """Yield the mutants of a package's files, or of one file, below the root of a checkout."""
    place = root / folder
    for path in [place] if place.is_file() else sorted(place.rglob("*.py")):
        name = path.relative_to(root)
        if not pictures(name):
            yield from of_source(str(name), path.read_bytes(), protocol="experiments" in name.parts)


def sample(mutants: list[Mutant], number: int, seed: int) -> list[Mutant]:
    """Return `number` of the mutants, chosen by a hash of key and seed, so that an edit elsewhere changes no choice."""
    return sorted(mutants, key=lambda m: hashlib.sha256(f"{seed} {m.key}".encode()).digest())[:number]
