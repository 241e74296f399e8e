"""Planted mistakes: each is one edit that compiles, in words; none is planted where nobody computes; and all can be undone."""

import ast
import functools
from pathlib import Path

import numpy as np
import pytest

from minigrow.growth import basis
from minigrow.labs.fingerprint import Seen, fingerprint
from minigrow.labs.mutants import mistakes, planted
from minigrow.labs.planting import mistaken
from minigrow.laws import REGISTERED, all_laws, case

NETWORK = Path(__file__).parents[2] / "tutorials" / "examples" / "my_network.py"


def made(code):
    """{words: the changed code} of a function's body."""
    source = f"def f(*args):\n    return {code}\n"
    return {
        row.words.partition(" in `")[0]: ast.unparse(planted(source, row.number)).partition("return ")[2]
        for row in mistakes(source)
    }


@pytest.mark.parametrize(
    ("code", "words", "changed"),
    [
        ("a + b", "- for +", "a - b"),
        ("a - b", "+ for -", "a + b"),
        ("a - b", "the two sides of - swapped", "b - a"),
        ("a + b", "the term `b` left out", "a"),
        ("a + b", "the term `a` left out", "b"),
        ("a * b", "the factor `b` left out", "a"),
        ("a * b", "a minus too many", "-(a * b)"),
        ("a / b", "* for /", "a * b"),
        ("a @ b", "the two sides of @ swapped", "b @ a"),
        ("-a", "the minus left out", "a"),
        ("not a", "the `not` left out", "a"),
        ("W.T", "the transpose left out", "W"),
        ("g(a, b)", "the first two arguments swapped", "g(b, a)"),
        ("range(n)", "one too few", "range(n - 1)"),
        ("x[m:]", "the slice begins one too late", "x[m + 1:]"),
        ("x[:m]", "the slice ends one too late", "x[:m + 1]"),
        ("x.sum(axis=0)", "1 for 0", "x.sum(axis=1)"),
        ("x.sum(axis=0)", "mean for sum", "x.mean(axis=0)"),
        ("2 * x", "3 for 2", "3 * x"),
        ("0.5", "1 for 0.5", "1.0"),
        ("0.0", "1 for 0", "1.0"),
        ("a < b", "<= for <", "a <= b"),
        ("a == b", "!= for ==", "a != b"),
        ("a and b", "`or` for `and`", "a or b"),
        ("a or b", "`and` for `or`", "a and b"),
        ("a if c else b", "the two cases swapped", "b if c else a"),
    ],
)
def test_a_slip_is_made_and_said(code, words, changed):
    assert made(code)[words].strip() == changed


@pytest.mark.parametrize(
    "code",
    ["'a' + b", "(a,) + b", "f'{a + b}'", "isinstance(a, b)", "g('a', b)", "g(a, a)", "True"],
)
def test_where_no_slip_is_likely_none_is_made(code):
    assert made(code) == {}


def test_nothing_is_planted_outside_of_what_is_computed():
    source = '''
LIMIT = 1 + 2

def f(a: int = 1 + 2, *, b: "x + y" = 3) -> 4:
    """A text with 1 + 2."""
    if a < 5:
        raise ValueError(f"{a + 1}" + str(6))
    assert a > 7
    validate.positive(a + 8, "a")
    c: 9 = a
    return c
'''
    assert mistakes(source) == []


def test_other_cases_of_a_guard_and_nested_functions_are_seen():
    source = """
class Net:
    scale = 1 + 2

    def forward(self, x):
        if x < 0:
            raise ValueError("no")
        else:
            y = x + 1
        y += x
        return (lambda z: z - y)(x)
"""
    found = mistakes(source)
    assert {row.function for row in found} == {"Net.forward"}
    assert {row.line for row in found} == {9, 10, 11}
    assert any(row.words.startswith("-= for +=") for row in found)


SOURCE = """
class Net:
    def loss(self, X, n=3):
        a = X[n:]
        b = X[1:n] + X[:2]
        total = -(a @ self.W.T) + b / 2.5 * n
        total -= np.maximum(a, 0.0, out=b)
        if not n <= 1 or len(a) != n:
            total += max(a, b) + [1][0]
        for i in range(n - 1):
            total = b if i else np.sum(total, axis=1)
        return np.mean(-total) ** 2
"""
SLIPS = """
 4 | off by one | the slice begins one too late | a = X[n + 1:]
 5 | sign | - for + | b = X[1:n] - X[:2]
 5 | term | the term `X[:2]` left out | b = X[1:n]
 5 | term | the term `X[1:n]` left out | b = X[:2]
 5 | off by one | the slice ends one too late | b = X[1:n + 1] + X[:2]
 5 | constant | 2 for 1 | b = X[2:n] + X[:2]
 5 | constant | 3 for 2 | b = X[1:n] + X[:3]
 6 | sign | - for + | total = -(a @ self.W.T) - b / 2.5 * n
 6 | term | the term `b / 2.5 * n` left out | total = -(a @ self.W.T)
 6 | term | the term `-(a @ self.W.T)` left out | total = b / 2.5 * n
 6 | sign | the minus left out | total = a @ self.W.T + b / 2.5 * n
 6 | order | the two sides of @ swapped | total = -(self.W.T @ a) + b / 2.5 * n
 6 | transpose | the transpose left out | total = -(a @ self.W) + b / 2.5 * n
 6 | sign | a minus too many | total = -(a @ self.W.T) + -(b / 2.5 * n)
 6 | factor | the factor `n` left out | total = -(a @ self.W.T) + b / 2.5
 6 | factor | the factor `2.5` left out | total = -(a @ self.W.T) + b * n
 6 | factor | * for / | total = -(a @ self.W.T) + b * 2.5 * n
 6 | order | the two sides of / swapped | total = -(a @ self.W.T) + 2.5 / b * n
 6 | constant | 5 for 2.5 | total = -(a @ self.W.T) + b / 5.0 * n
 7 | sign | += for -= | total += np.maximum(a, 0.0, out=b)
 7 | order | the first two arguments swapped | total -= np.maximum(0.0, a, out=b)
 7 | function | minimum for maximum | total -= np.minimum(a, 0.0, out=b)
 7 | constant | 1 for 0 | total -= np.maximum(a, 1.0, out=b)
 8 | logic | `and` for `or` | if not n <= 1 and len(a) != n:
 8 | logic | the `not` left out | if n <= 1 or len(a) != n:
 8 | comparison | < for <= | if not n < 1 or len(a) != n:
 8 | constant | 2 for 1 | if not n <= 2 or len(a) != n:
 8 | comparison | == for != | if not n <= 1 or len(a) == n:
 9 | sign | -= for += | total -= max(a, b) + [1][0]
 9 | sign | - for + | total += max(a, b) - [1][0]
 9 | term | the term `[1][0]` left out | total += max(a, b)
 9 | term | the term `max(a, b)` left out | total += [1][0]
 9 | constant | 2 for 1 | total += max(a, b) + [2][0]
 9 | constant | 1 for 0 | total += max(a, b) + [1][1]
10 | off by one | one too few | for i in range(n - 1 - 1):
10 | sign | + for - | for i in range(n + 1):
10 | term | the term `1` left out | for i in range(n):
10 | order | the two sides of - swapped | for i in range(1 - n):
10 | constant | 2 for 1 | for i in range(n - 2):
11 | logic | the two cases swapped | total = np.sum(total, axis=1) if i else b
11 | function | mean for sum | total = b if i else np.mean(total, axis=1)
11 | constant | 0 for 1 | total = b if i else np.sum(total, axis=0)
12 | function | sum for mean | return np.sum(-total) ** 2
12 | sign | the minus left out | return np.mean(total) ** 2
12 | constant | 3 for 2 | return np.mean(-total) ** 3
"""


def test_all_slips_of_a_function_in_their_order():
    source, rows = SOURCE, []
    for row in mistakes(source):
        old, new = (ast.unparse(tree).splitlines() for tree in (ast.parse(source), planted(source, row.number)))
        (changed,) = (b.strip() for a, b in zip(old, new, strict=True) if a != b)
        rows.append(f"{row.line:2d} | {row.kind} | {row.words.partition(' in `')[0]} | {changed}")
        assert (row.number, row.statement, row.function) == (len(rows) - 1, row.line, "Net.loss")
    assert rows == SLIPS.strip("\n").split("\n")


def test_what_is_quoted_is_long_enough_and_not_too_long():
    def quoted(code):
        return mistakes(f"def f(*args):\n    return (\n        {code}\n    )\n")[0].words

    assert quoted("a + b") == "- for + in `return ( a + b )`"
    assert quoted("aaa + b1") == "- for + in `aaa + b1`"
    assert quoted("aaa + b") == "- for + in `return ( aaa + b )`"
    assert quoted(f"\u03c8 + {'b' * 66}") == f"- for + in `\u03c8 + {'b' * 66}`"
    assert quoted(f"aa + {'b' * 66}") == f"- for + in `aa + {'b' * 62}...`"
    found = mistakes(f"def f(*args):\n    return {'a' * 40} + {'b' * 41}\n")
    assert [row.words.partition(" in ")[0] for row in found] == [
        "- for +", f"the term `{'b' * 37}...` left out", f"the term `{'a' * 40}` left out",
    ]  # fmt: skip


def test_every_mistake_of_a_real_file_compiles_is_one_edit_and_has_its_own_place():
    source = NETWORK.read_text()
    lines = ast.unparse(ast.parse(source)).splitlines()
    found = mistakes(source)
    assert len(found) > 60
    for row in found:
        tree = planted(source, row.number)
        compile(tree, "changed", "exec")
        changed = ast.unparse(tree).splitlines()
        assert len(changed) == len(lines)
        assert sum(a != b for a, b in zip(lines, changed, strict=True)) == 1, row


def test_words_quote_the_source_and_long_code_is_cut():
    found = mistakes(NETWORK.read_text())
    assert any(row.line == 61 and row.words == '- for + in `X @ p["W"].T + p["b"]`' for row in found)
    assert all(len(row.words.partition(" in `")[2]) <= 71 for row in found)


def test_a_mistake_is_in_every_use_of_the_function_and_gone_afterwards():
    law = next(row for row in all_laws() if row.name == "growth.inverse")
    source = Path(basis.__file__).read_text()
    (wrong,) = (row.number for row in mistakes(source) if row.function == "rescale" and row.words.startswith("* for /"))
    before = basis.rescale.__code__
    assert law.check(case(law.name, 0, 0)) <= law.tolerance
    with mistaken(basis.__file__, wrong) as changed:
        assert changed == 1
        assert max(law.check(case(law.name, 0, number)) for number in range(10)) > law.tolerance
    assert basis.rescale.__code__ is before
    assert law.check(case(law.name, 0, 0)) <= law.tolerance
    assert REGISTERED[law.name] is law
    assert Path(basis.__file__).read_text() == source


@pytest.fixture
def module(tmp_path):
    """Make a module of a text: its names, and its file."""

    def make(text):
        file = tmp_path / "made.py"
        file.write_text(text)
        names = {"functools": functools, "__name__": "made"}
        exec(compile(text, str(file), "exec"), names)
        return names, str(file)

    return make


def test_what_was_remembered_is_forgotten(module):
    names, file = module("@functools.lru_cache\ndef f(x):\n    return x + 1\n")
    assert names["f"](1) == 2
    with mistaken(file, 0):
        assert names["f"](1) == 0
    assert names["f"](1) == 2


def test_methods_lambdas_and_inner_functions_change_too(module):
    text = """
class A:
    def f(self, x):
        return [(lambda y: y + 1)(x) for _ in range(2)]

def outer(k):
    def inner(x):
        return x - k
    return inner
"""
    names, file = module(text)
    found = {row.words.partition(" in ")[0]: row.number for row in mistakes(text)}
    inner, a = names["outer"](2), names["A"]()
    with mistaken(file, found["- for +"]):
        assert a.f(1) == [0, 0]
    with mistaken(file, found["+ for -"]) as changed:
        assert changed == 2
        assert inner(1) == 3
        assert names["outer"](2)(1) == 3
    assert (inner(1), a.f(1)) == (-1, [2, 2])


def test_a_function_that_would_lose_a_shared_variable_is_refused_and_left_whole(module):
    text = "def outer(k):\n    def inner(x):\n        return x + k\n    return inner\n"
    names, file = module(text)
    inner = names["outer"](2)
    (number,) = (row.number for row in mistakes(text) if row.words.startswith("the term `k`"))
    with pytest.raises(ValueError, match="free var"), mistaken(file, number):
        raise AssertionError("not reached")
    assert inner(1) == 3
    assert names["outer"](2)(1) == 3


def test_a_file_of_which_no_function_is_alive_is_refused(tmp_path):
    (tmp_path / "idle.py").write_text("def f(x):\n    return x + 1\n")
    with pytest.raises(ValueError, match="no function that is alive"), mistaken(str(tmp_path / "idle.py"), 0):
        raise AssertionError("not reached")


def test_fingerprints_tell_bits_and_skip_what_is_no_number():
    assert fingerprint(0.0) != fingerprint(-0.0)
    assert fingerprint(np.zeros(2)) != fingerprint(np.zeros((2, 1)))
    assert fingerprint(np.zeros(2)) != fingerprint(np.zeros(2, np.float32))
    assert fingerprint([np.float64(1.0), None, {"a": 1}]) == fingerprint([np.float64(1.0)])
    assert fingerprint(np.array([None])) == b""


def test_what_a_law_sees_is_what_is_returned_to_its_own_code():
    def inner(x):
        return x + 1

    def law(x):
        return 0 * inner(x)

    with Seen(lambda file: False) as nothing:
        law(1)
    with Seen(lambda file: file == __file__) as one:
        law(1)
    with Seen(lambda file: file == __file__) as two:
        law(2)
    assert len({nothing.digest, one.digest, two.digest}) == 3
