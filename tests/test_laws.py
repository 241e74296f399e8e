"""Every law holds on random cases, fails when its precondition is broken, and `verify` reports both faithfully."""

import math
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from trying import wrapping

from minigrow import laws
from minigrow.laws import explain

LAWS = laws.all_laws()
FEW = {
    "isotropic.hundred_moves": 5,
    "growth.resumes": 5,
    "growth.training_commutes": 8,
    "growth.adam_commutes_with_places": 10,
    "growth.metric": 12,
}
SEEDS = st.integers(0, 2**32 - 1)


def marked(law):
    """The laws that compare a compiled kernel with its twin also run without the compiler."""
    kernels = law.name.endswith((".kernels", ".optimisers", ".losses"))
    return pytest.param(law, id=law.name, marks=[pytest.mark.kernels] if kernels else [])


@pytest.mark.parametrize("law", [marked(law) for law in LAWS])
def test_law_holds(law):
    @settings(max_examples=FEW.get(law.name, settings().max_examples))
    @given(SEEDS)
    def holds(seed):
        with wrapping(law):
            assert law.check(laws.case(law.name, seed, 0)) <= law.tolerance

    holds()


@pytest.mark.parametrize("law", [marked(law) for law in LAWS])
def test_law_fails_when_its_precondition_is_broken(law):
    assert law.broken is not None, f"{law.name} could be empty: give it a broken twin"

    @settings(max_examples=3)
    @given(SEEDS)
    def fails(seed):
        with wrapping(law):
            assert law.broken(laws.case(law.name, seed, 1)) > law.tolerance

    fails()


def test_laws_are_many_stated_and_explained():
    assert len(LAWS) >= 29
    assert len({law.name for law in LAWS}) == len(LAWS)
    assert all(law.because and law.check.__doc__ for law in LAWS)


def test_no_tolerance_is_above_what_is_demanded():
    demanded = {
        "nn.gradient": 1e-7 / laws.EPS,
        "nn.gradient_gelu": 1e-7 / laws.EPS,
        "isotropic.gradient": 1e-7 / laws.EPS,
        "isotropic.grow": 16,
        "isotropic.grow_in_order": 0,
        "isotropic.one_move": 64,
        "isotropic.hundred_moves": 64,
        "isotropic.lossless_removal": 64,
        "isotropic.float32": 64,
        "growth.training_commutes": 1e-10 / laws.EPS * 1.01,
        "growth.metric": 1e-10 / laws.EPS * 1.01,
        "growth.restores": 0,
        "growth.resumes": 0,
    }
    tolerance = {law.name: law.tolerance for law in LAWS}
    assert {name: tolerance[name] <= limit for name, limit in demanded.items()} == dict.fromkeys(demanded, True)


def fake(monkeypatch, *values):
    """Replace all laws by one that returns these deviations in turn."""
    found = iter(values)
    monkeypatch.setattr(laws, "all_laws", lambda: [laws.Law("nn.fake", 1.0, "fake", lambda rng: next(found))])


def test_verify_gives_the_same_rows_for_the_same_seed(monkeypatch):
    quick = [law for law in LAWS if law.name in ("nn.losses", "nn.isotropic", "isotropic.gradient", "isotropic.grow")]
    monkeypatch.setattr(laws, "all_laws", lambda: quick)
    first, again, other = (list(laws.verify(4, seed)) for seed in (7, 7, 8))
    assert first == again
    assert [row.law for row in first] == [law.name for law in quick]
    assert first != other


def test_more_cases_include_the_fewer(monkeypatch):
    quick = [law for law in LAWS if law.name == "nn.losses"]
    monkeypatch.setattr(laws, "all_laws", lambda: quick)
    worst = [next(laws.verify(cases, 3)).worst_eps for cases in (1, 4, 16)]
    assert worst == sorted(worst)
    assert next(laws.verify(16, 3)).cases == 16


@pytest.mark.parametrize(
    ("values", "worst", "ok"),
    [
        ((0.5, 1.0), 1.0, True),
        ((0.5, 1.0001), 1.0001, False),
        ((0.0, math.nan, 0.5), math.nan, False),
        ((math.nan, math.inf), math.nan, False),
        ((0.5, math.inf), math.inf, False),
    ],
)
def test_worst_case_decides_and_nan_fails(monkeypatch, values, worst, ok):
    fake(monkeypatch, *values)
    (row,) = laws.verify(len(values), 0)
    np.testing.assert_equal(row.worst_eps, worst)
    assert row.ok is ok
    assert row.tolerance_eps == 1.0


def test_a_name_is_given_once(monkeypatch):
    monkeypatch.setattr(laws, "REGISTERED", dict(laws.REGISTERED))
    laws.law("nn.new", tolerance=1, because="test")(lambda rng: 0.0)
    with pytest.raises(ValueError, match=r"there is a law 'nn\.new' already"):
        laws.law("nn.new", tolerance=1, because="test")(lambda rng: 0.0)


def test_cases_differ_by_law_seed_and_number():
    draws = {
        laws.case(*key).integers(2**60) for key in [("a", 0, 0), ("b", 0, 0), ("a", 1, 0), ("a", 0, 1), ("a", 1, 1)]
    }
    assert len(draws) == 5


# --- laws of a user's own file ---------------------------------------------------------------------------------------

MINE = """
from minigrow.laws import law
from beside import ANSWER

def broken(rng):
    \"\"\"The sum is taken of something else.

    By hand: 42 is not 41.

    >>> ANSWER
    42
    \"\"\"
    return 9.0

@law("mine.sum", tolerance=1, because="it is exact", broken=broken)
def check(rng):
    \"\"\"A sum is a sum, whatever is added up.

    Needs numbers.

    Proof. One counts.
    \"\"\"
    return abs(ANSWER - 42)

@law("plain", tolerance=1, because="it is exact")
def plain(rng):
    \"\"\"A law without a broken twin.

    Needs nothing.

    Proof. None is needed.
    \"\"\"
    return rng.random()
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder for a user's files; the laws of the package are as before at the end."""
    monkeypatch.setattr(laws, "REGISTERED", dict(laws.REGISTERED))
    monkeypatch.delitem(sys.modules, "beside", raising=False)
    (tmp_path / "beside.py").write_text("ANSWER = 42\n")
    (tmp_path / "mylaw.py").write_text(MINE)
    yield tmp_path
    for name in [name for name in sys.modules if name == "beside" or name.startswith(laws.USERS)]:
        del sys.modules[name]


def test_a_users_file_joins_the_laws_of_the_package(folder):
    path = list(sys.path)
    found = laws.load_file(folder / "mylaw.py")
    assert [law.name for law in found] == ["mine.sum", "plain"]
    assert [law.name for law in laws.all_laws()] == [*(law.name for law in LAWS), "mine.sum", "plain"]
    assert sys.path == path
    assert laws.load_file(str(folder / "mylaw.py")) != []  # again, after an edit: its laws are replaced
    assert len(laws.all_laws()) == len(LAWS) + 2


def test_verify_copes_with_a_users_law(folder, monkeypatch):
    found = laws.load_file(folder / "mylaw.py")
    monkeypatch.setattr(laws, "all_laws", lambda: found)
    rows = list(laws.verify(3, 0))
    assert [(row.law, row.cases, row.ok) for row in rows] == [("mine.sum", 3, True), ("plain", 3, True)]


def test_explain_copes_with_a_users_law(folder):
    own, plain = laws.load_file(folder / "mylaw.py")
    page = explain.page(own)
    assert "By hand" not in page
    assert ">>> from mylaw import ANSWER" in page  # its own name, for somebody who stands beside the file
    assert "deviation 9 eps > 1: it fails" in page
    assert "no broken twin, so nothing shows that it could ever fail" in " ".join(explain.page(plain).split())
    assert "deviation" in explain.page(plain)
    assert explain.named("mine") == [own]
    assert explain.named("plain") == [plain]
    assert "A law without a broken twin." in explain.contents([plain])
    with pytest.raises(ValueError, match=r"no law 'plane'\. Did you mean plain"):
        explain.named("plane")
    with pytest.raises(ValueError, match=r"Name a module \(nn, growth, .*, addition, mine, plain\)"):
        explain.named("quaternion")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, r"there is no file .*other\.py\. Name a Python file"),
        ("", r"other\.py registers no law\. Decorate a function of it with @minigrow\.laws\.law"),
        ("x = 1\n\ny = z\n", r"other\.py, line 3: NameError: name 'z' is not defined$"),
        ("def f(:\n", r"other\.py, line 1: SyntaxError: invalid syntax"),
        ("import sys\nsys.exit(3)\n", r"other\.py, line 2: SystemExit: 3$"),
        ("import nowhere_at_all\n", r"other\.py, line 1: ModuleNotFoundError"),
        ("raise ValueError('a\\nb')\n", r"other\.py, line 1: ValueError: a b$"),
        ("\0", r"other\.py, line 1: SyntaxError"),
        (
            "from minigrow.laws import law\nlaw('nn.gradient', tolerance=1, because='x')(lambda rng: 0.0)\n",
            r"line 2: ValueError: there is a law 'nn\.gradient' already",
        ),
    ],
)
def test_a_file_that_cannot_be_used_is_one_line_and_leaves_nothing(folder, text, words):
    if text is not None:
        (folder / "other.py").write_text(text)
    before = dict(laws.REGISTERED)
    with pytest.raises(ValueError, match=words) as caught:
        laws.load_file(folder / "other.py")
    assert "\n" not in str(caught.value)
    assert before == laws.REGISTERED
    assert not [name for name in sys.modules if name.startswith(laws.USERS)]


def test_laws_before_the_mistake_are_forgotten(folder):
    (folder / "other.py").write_text(MINE + "\nraise RuntimeError('late')\n")
    with pytest.raises(ValueError, match="RuntimeError: late"):
        laws.load_file(folder / "other.py")
    assert "mine.sum" not in laws.REGISTERED


def test_every_law_stands_in_a_file_of_its_method():
    for law in LAWS:
        method, file = law.check.__module__.split(".")[2:]
        assert law.name.split(".")[0] == method
        assert file in laws.MODULES[method]
