"""The slips of the pen that a line of Python invites: a sign, a term, an order, a transpose, a constant, off by one.

`slips(node, above)` lists those of one node of a syntax tree; `above` is the node that holds it. Each is an edit that still compiles
and that somebody has made. Texts, annotations, messages of errors and the guards before them are no place for slips (`mutants`).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

SIGNS = {ast.Add: (ast.Sub, "+", "-"), ast.Sub: (ast.Add, "-", "+")}
FACTORS = (ast.Mult, ast.Div)
PRODUCTS = (*FACTORS, ast.MatMult)
ORDERS = {ast.Sub: "-", ast.Div: "/", ast.MatMult: "@"}
BOUNDS = {
    ast.Lt: (ast.LtE, "<", "<="), ast.LtE: (ast.Lt, "<=", "<"), ast.Gt: (ast.GtE, ">", ">="), ast.GtE: (ast.Gt, ">=", ">"),
    ast.Eq: (ast.NotEq, "==", "!="), ast.NotEq: (ast.Eq, "!=", "=="),
}  # fmt: skip
PAIRS = (("sum", "mean"), ("max", "min"), ("maximum", "minimum"), ("ones", "zeros"), ("sin", "cos"), ("exp", "log"))
OTHERS = {a: b for pair in PAIRS for a, b in (pair, pair[::-1])}
LISTS = (
    ast.Tuple,
    ast.List,
    ast.Dict,
    ast.JoinedStr,
    ast.ListComp,
    ast.GeneratorExp,
    ast.Lambda,
)  # + joins these: no sum
LONG = 40  # characters of a term that is quoted whole


class Slip(NamedTuple):
    """One edit: its kind, what it is in words, and the node that takes the place of the old one."""

    kind: str
    words: str
    node: ast.AST


def slips(node: ast.AST, above: ast.AST) -> Iterator[Slip]:
    """List the slips of one node, in a fixed order.

    >>> sum_ = ast.parse("a + b", mode="eval")
    >>> [(slip.words, ast.unparse(slip.node)) for slip in slips(sum_.body, sum_)]
    [('- for +', 'a - b'), ('the term `b` left out', 'a'), ('the term `a` left out', 'b')]
    """
    for of in KINDS.get(type(node), ()):
        yield from of(node, above)


def _sums(node, above):
    """A sum: the other sign, a term less, the difference the wrong way round."""
    if type(node.op) not in SIGNS or any(_joins(part) for part in (node.left, node.right)):
        return
    other, sign, wrong = SIGNS[type(node.op)]
    yield Slip("sign", f"{wrong} for {sign}", ast.BinOp(node.left, other(), node.right))
    yield Slip("term", f"the term {_short(node.right)} left out", node.left)
    if isinstance(node.op, ast.Add):
        yield Slip("term", f"the term {_short(node.left)} left out", node.right)


def _short(node):
    text = ast.unparse(node)
    return f"`{text}`" if len(text) <= LONG else f"`{text[: LONG - 3]}...`"


def _joins(node):
    return isinstance(node, LISTS) or (isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes)))


def _products(node, above):
    """A product: the other sign, a factor less, times for divided by."""
    if any(_joins(part) for part in (node.left, node.right)):
        return
    if isinstance(node.op, PRODUCTS) and not isinstance(getattr(above, "op", None), (*PRODUCTS, ast.USub)):
        yield Slip("sign", "a minus too many", ast.UnaryOp(ast.USub(), node))
    if isinstance(node.op, FACTORS):
        yield Slip("factor", f"the factor {_short(node.right)} left out", node.left)
    if isinstance(node.op, ast.Div):
        yield Slip("factor", "* for /", ast.BinOp(node.left, ast.Mult(), node.right))


def _turned(node, above):
    """A difference, a quotient or a matrix product the wrong way round."""
    if type(node.op) in ORDERS and ast.dump(node.left) != ast.dump(node.right):
        yield Slip(
            "order", f"the two sides of {ORDERS[type(node.op)]} swapped", ast.BinOp(node.right, node.op, node.left)
        )


def _assigned(node, above):
    """+= for -= and the other way round, or = for +=."""
    if type(node.op) in SIGNS and not _joins(node.value):
        other, sign, wrong = SIGNS[type(node.op)]
        yield Slip("sign", f"{wrong}= for {sign}=", ast.AugAssign(node.target, other(), node.value))


def _minus(node, above):
    if isinstance(node.op, ast.USub) and not isinstance(node.operand, ast.Constant):
        yield Slip("sign", "the minus left out", node.operand)
    elif isinstance(node.op, ast.Not):
        yield Slip("logic", "the `not` left out", node.operand)


def _arguments(node, above):
    """The first two arguments swapped; a count one too small."""
    plain = [part for part in node.args if not isinstance(part, ast.Starred)]
    if len(plain) == len(node.args) >= 2 and _exchangeable(node, *plain[:2]):
        yield Slip("order", "the first two arguments swapped", _called(node, [plain[1], plain[0], *plain[2:]]))
    if len(plain) == len(node.args) == 1 and _name(node.func) in ("range", "arange"):
        less = ast.BinOp(plain[0], ast.Sub(), ast.Constant(1))
        yield Slip("off by one", "one too few", _called(node, [less]))


def _called(node, args):
    return ast.Call(node.func, args, node.keywords)


def _exchangeable(call, a, b):
    """Whether a swap would be a slip of the pen: isinstance(a, b), f("text", b) and their like merely stop."""
    plain = _name(call.func) in ("isinstance", "getattr", "hasattr", "zip", "max", "min", "enumerate")
    return not (plain or _joins(a) or _joins(b)) and ast.dump(a) != ast.dump(b)


def _name(f):
    return f.attr if isinstance(f, ast.Attribute) else f.id if isinstance(f, ast.Name) else ""


def _attribute(node, above):
    """A transpose forgotten, or one function for its neighbour."""
    if node.attr == "T" and isinstance(node.ctx, ast.Load):
        yield Slip("transpose", "the transpose left out", node.value)
    if node.attr in OTHERS and isinstance(above, ast.Call) and above.func is node:
        other = OTHERS[node.attr]
        yield Slip("function", f"{other} for {node.attr}", ast.Attribute(node.value, other, node.ctx))


def _number(node, above):
    """Another number: the other axis, one more, twice as much."""
    value = node.value
    if type(value) is int and isinstance(above, ast.keyword) and above.arg == "axis" and value in (0, 1):
        yield Slip("constant", f"{1 - value} for {value}", ast.Constant(1 - value))
    elif type(value) is int:
        yield Slip("constant", f"{value + 1} for {value}", ast.Constant(value + 1))
    elif type(value) is float:
        yield Slip("constant", f"{2 * value or 1.0:g} for {value:g}", ast.Constant(2 * value or 1.0))


def _slice(node, above):
    """A slice that begins or ends one too late."""
    for part, end in (("lower", "begins"), ("upper", "ends")):
        bound = getattr(node, part)
        if bound is not None and not isinstance(bound, ast.Constant):
            late = ast.BinOp(bound, ast.Add(), ast.Constant(1))
            yield Slip("off by one", f"the slice {end} one too late", ast.Slice(**{**vars(node), part: late}))


def _compared(node, above):
    if len(node.ops) == 1 and type(node.ops[0]) in BOUNDS:
        other, sign, wrong = BOUNDS[type(node.ops[0])]
        yield Slip("comparison", f"{wrong} for {sign}", ast.Compare(node.left, [other()], node.comparators))


def _logic(node, above):
    other, words = (ast.Or(), "`or` for `and`") if isinstance(node.op, ast.And) else (ast.And(), "`and` for `or`")
    yield Slip("logic", words, ast.BoolOp(other, node.values))


def _either(node, above):
    yield Slip("logic", "the two cases swapped", ast.IfExp(node.test, node.orelse, node.body))


KINDS = {
    ast.BinOp: (_sums, _products, _turned),
    ast.AugAssign: (_assigned,),
    ast.UnaryOp: (_minus,),
    ast.Call: (_arguments,),
    ast.Attribute: (_attribute,),
    ast.Constant: (_number,),
    ast.Slice: (_slice,),
    ast.Compare: (_compared,),
    ast.BoolOp: (_logic,),
    ast.IfExp: (_either,),
}
