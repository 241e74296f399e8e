"""The mutants of expressions: `Expressions` walks over one and collects its mistakes; what they are says `mutation_making`."""

from __future__ import annotations

import ast
import hashlib
from collections import Counter
from dataclasses import dataclass

ARITHMETIC = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult,
    ast.Pow: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.BitXor: ast.BitAnd, ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}  # fmt: skip
COMPARISONS = {
    ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.LtE), ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.In: (ast.NotIn,), ast.NotIn: (ast.In,), ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}  # fmt: skip
TERMS = (ast.Add, ast.Sub, ast.Mult, ast.Div)
SYMMETRIC = {
    "max",
    "min",
    "maximum",
    "minimum",
    "hypot",
    "isinstance",
    "issubclass",
    "gcd",
    "array_equal",
    "same_length",
    "suppress",
}
TEXTS = {"warn", "print", "exit", "format", "add_argument", "write_text", "fail", "note", "njit"}
DANGER = ("kill(", "killpg(", "rmtree(", "unlink(", "os.remove(", "rename(", "os.replace(", "system(")


@dataclass(frozen=True)
class Mutant:
    """One mistake: bytes [start, end) of the file are `new`; it stands in the lines [first, last] of a function or outside of all."""

    file: str
    function: str
    statement: str
    original: str
    mutated: str
    number: int  # which of the same mistakes in one function
    start: int
    end: int
    new: bytes
    first: int
    last: int
    inside: bool

    @property
    def key(self) -> str:
        """Name the mutant by what it says, not by lines, so that edits elsewhere do not rename it."""
        again = f" ({self.number})" if self.number else ""
        return f"{self.file}: {self.function}: {self.statement} | {self.original} -> {self.mutated}{again}"

    @property
    def code(self) -> str:
        """Return 12 letters for the key."""
        return hashlib.sha256(self.key.encode()).hexdigest()[:12]

    def source(self, clean: bytes) -> bytes:
        """Return the whole file with the mistake in it."""
        return clean[: self.start] + self.new + clean[self.end :]


def worded(node: ast.expr) -> bool:
    """Return whether an expression is a text."""
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


class Expressions:
    """The mutants of one file as they are found, and where in the file the walk is."""

    def __init__(self, file: str, source: bytes, protocol: bool = False):
        self.file, self.source, self.protocol = file, source, protocol
        self.found, self.seen = [], Counter()
        self.starts = [0]
        for line in source.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))
        self.statement, self.names, self.inside = None, [], False

    def span(self, node):
        return (
            self.starts[node.lineno - 1] + node.col_offset,
            self.starts[node.end_lineno - 1] + node.end_col_offset,
        )

    def text(self, node):
        start, end = self.span(node)
        return " ".join(self.source[start:end].decode().split())

    def add(self, node, new):
        """Replace the node by an expression (a node) or a text; as many line ends as before, so that no line moves."""
        start, end = self.span(node)
        lines = "\n" * (node.end_lineno - node.lineno)
        if isinstance(new, str):
            written, padded = new, new + lines
        else:
            written = ast.unparse(new)
            padded = f"({written}{lines})" if not isinstance(new, (ast.Constant, ast.Name)) or lines else written
        if (not self.inside and self.protocol) or any(word in self.text(self.statement) for word in DANGER):
            return
        statement = self.text(self.statement)[:120]
        if statement == self.text(node)[:120]:
            statement = ""
        what = (".".join(self.names), statement, self.text(node), " ".join(written.split()))
        if what[2] == what[3]:
            return
        number = self.seen[what]
        self.seen[what] += 1
        first, last = self.statement.lineno, getattr(self.statement, "until", self.statement.end_lineno)
        self.found.append(Mutant(self.file, *what, number, start, end, padded.encode(), first, last, self.inside))

    def truth(self, node, values):
        for value in values:
            self.add(node, ast.Constant(value))

    def expression(self, node):
        name = "on_" + type(node).__name__.lower()
        if isinstance(node, (ast.JoinedStr, ast.Name)):
            return
        if hasattr(self, name) and getattr(self, name)(node) is False:
            return
        for field, child in ast.iter_fields(node):
            if isinstance(node, ast.Lambda) and field == "args":
                continue
            for one in child if isinstance(child, list) else [child]:
                if isinstance(one, ast.keyword):
                    self.expression(one.value)
                elif isinstance(one, ast.comprehension):
                    self.expression(one.iter)
                    for test in one.ifs:
                        self.truth(test, (True,))
                        self.expression(test)
                elif isinstance(one, ast.expr):
                    inside = self.inside
                    self.inside = inside or isinstance(node, ast.Lambda)
                    self.expression(one)
                    self.inside = inside

    def on_binop(self, node):
        a, b, op = node.left, node.right, node.op
        if isinstance(op, (ast.Add, ast.Mod)) and (worded(a) or worded(b)):
            return False
        if isinstance(op, ast.MatMult):
            self.add(node, ast.BinOp(b, op, a))
        else:
            self.add(node, ast.BinOp(a, ARITHMETIC[type(op)](), b))
        if isinstance(op, TERMS):
            self.add(node, a)
            self.add(node, b)
        return None

    def on_boolop(self, node):
        other = ast.And() if isinstance(node.op, ast.Or) else ast.Or()
        self.add(node, ast.BoolOp(other, node.values))
        for k in range(len(node.values)):
            rest = node.values[:k] + node.values[k + 1 :]
            self.add(node, rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest))

    def on_compare(self, node):
        for k, op in enumerate(node.ops):
            for new in COMPARISONS[type(op)][: 2 if len(node.ops) == 1 else 1]:
                self.add(node, ast.Compare(node.left, [*node.ops[:k], new(), *node.ops[k + 1 :]], node.comparators))
        for side in (node.left, *node.comparators):
            for one in side.elts if isinstance(side, (ast.Tuple, ast.Set, ast.List)) else [side]:
                self.keyed(one)

    def on_unaryop(self, node):
        if not isinstance(node.op, ast.UAdd):
            self.add(node, node.operand)

    def on_ifexp(self, node):
        self.truth(node.test, (True, False))

    def on_subscript(self, node):
        self.keyed(node.slice)

    def on_dict(self, node):
        for key in node.keys:
            self.keyed(key)

    def keyed(self, node):
        if isinstance(node, ast.Constant) and worded(node):
            self.add(node, ast.Constant(node.value + "?"))

    def on_constant(self, node):
        value = node.value
        if isinstance(value, bool):
            self.add(node, ast.Constant(not value))
        elif isinstance(value, int):
            self.add(node, ast.Constant(value + 1))
            if value > 0:
                self.add(node, ast.Constant(value - 1))
        elif isinstance(value, float):
            if value + 1.0 != value:
                self.add(node, ast.Constant(value + 1.0))
            if value > 0:
                self.add(node, ast.UnaryOp(ast.USub(), ast.Constant(value)))

    def on_call(self, node):
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if called in TEXTS or called.endswith(("Error", "Warning", "Exit")):
            return False
        args = node.args
        if called not in SYMMETRIC:
            for k in range(len(args) - 1):
                pair = args[k : k + 2]
                if not any(isinstance(x, ast.Starred) or worded(x) for x in pair) and ast.dump(pair[0]) != ast.dump(
                    pair[1]
                ):
                    self.add(node, ast.Call(node.func, [*args[:k], *pair[::-1], *args[k + 2 :]], node.keywords))
        return None
