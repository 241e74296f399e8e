"""The sentences of the design that are about the code, read off the code: one loop, one Run, and arrows that run one way."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

import minigrow

ROOT = Path(minigrow.__file__).parent
FILES = {".".join(["minigrow", *path.relative_to(ROOT).with_suffix("").parts]).removesuffix(".__init__"): path
         for path in sorted(ROOT.rglob("*.py"))}  # fmt: skip
TREES = {name: ast.parse(path.read_text("utf-8")) for name, path in FILES.items()}
METHODS = ("isotropic", "nimble", "differentiable_structure", "urn", "addition")
CORE = ("nn", "growth", *METHODS)
LAZY = "experiments", "cli", "__main__"  # what imports matplotlib, or a method, only when it is asked for


def room(name):
    """The part of the package that a file belongs to: nn, growth, a method..."""
    return (name.split(".") + [""])[1]


@cache
def imports(name, lazy):
    """The files of the package that a file imports: those of its top level, or of its functions too."""
    tree, found = TREES[name], set()
    parent = name if FILES[name].name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(tree) if lazy else top_level(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(parent.split(".")[: len(parent.split(".")) - node.level + 1]) if node.level else ""
            module = ".".join(filter(None, [base, node.module]))
            below = {f"{module}.{alias.name}" for alias in node.names}
            found |= {one if one in FILES else module for one in below}
    return {one for one in found if one in FILES}


def top_level(tree):
    """All statements that run when the file is imported, but not those under `if TYPE_CHECKING`."""
    waiting = list(tree.body)
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, (ast.If, ast.Try, ast.With, ast.For)) and "TYPE_CHECKING" not in ast.dump(node)[:200]:
            waiting += [
                inner for inner in ast.iter_child_nodes(node) if isinstance(inner, (ast.stmt, ast.excepthandler))
            ]


def circles(graph):
    """The circles of a graph {file: files}: groups of files each of which reaches all the others (Tarjan)."""
    index, low, stack, found = {}, {}, [], []

    def visit(name):
        index[name] = low[name] = len(index)
        stack.append(name)
        for other in sorted(graph[name]):
            if other not in index:
                visit(other)
                low[name] = min(low[name], low[other])
            elif other in stack:
                low[name] = min(low[name], index[other])
        if low[name] == index[name]:
            group = stack[stack.index(name) :]
            del stack[stack.index(name) :]
            if len(group) > 1 or name in graph[name]:
                found.append(sorted(group))

    for name in sorted(graph):
        if name not in index:
            visit(name)
    return found


def is_package(name):
    return FILES[name].name == "__init__.py"


def graph(lazy):
    """Who imports whom. A package's own files are what its `__init__` re-exports, so importing one's own package is not counted
    against the files below it (Python loads it anyway); a circle through it shows between the files themselves.
    """
    found = {}
    for name in FILES:
        seen = imports(name, lazy(name))
        found[name] = {one for one in seen if not (is_package(one) and name.startswith(one + "."))}
    return found


def defined(kind, name, rooms):
    return sorted(
        file for file, tree in TREES.items() if room(file) in rooms
        for node in ast.walk(tree) if isinstance(node, kind) and node.name == name
    )  # fmt: skip


def test_there_is_something_to_read():
    assert len(FILES) > 100
    assert "minigrow.growth.basis" in imports("minigrow.growth.loop", lazy=False) | imports(
        "minigrow.growth.events", lazy=False
    )
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}, "e": {"e"}}) == [["a", "b", "c"], ["e"]]
    assert circles({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []


@pytest.mark.parametrize(
    ("name", "home"),
    [
        ("Run", "minigrow.growth.checkpoint"),
        ("Plan", "minigrow.growth.plan"),
        ("Diverged", "minigrow.growth.loop"),
        ("Context", "minigrow.growth.plan"),
        ("History", "minigrow.growth.history"),
        ("Event", "minigrow.growth.events"),
        ("Change", "minigrow.growth.basis"),
    ],
)
def test_there_is_one_of_each(name, home):
    assert defined(ast.ClassDef, name, CORE) == [home]


@pytest.mark.parametrize("name", ["Life", "Course", "Overflow", "live", "descend", "cycles"])
def test_the_old_loops_and_their_plans_are_gone(name):
    """But for compiled stretches of the same steps."""
    assert [file for file in defined((ast.ClassDef, ast.FunctionDef), name, CORE) if ".fast." not in file] == []


@pytest.mark.parametrize("name", ["trained_shapes", "multiply_adds", "shapes_of"])
def test_what_the_contract_says_is_said_once(name):
    assert defined(ast.FunctionDef, name, (*CORE, "laws", "experiments", "replay", "structure", "motifs")) == []


def loops_with(tree, wanted):
    """The functions that make, inside a loop of their own, a call that reads like this."""
    return {
        function.name
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        for loop in ast.walk(function)
        if isinstance(loop, (ast.For, ast.While))
        for call in ast.walk(loop)
        if isinstance(call, ast.Call) and re.match(wanted, ast.unparse(call))
    }


def test_one_function_steps_an_optimiser_in_a_loop():
    """In all of nn, growth and the methods. What is compiled (a folder `fast`) is the same step and is held to it by a law."""
    found = [
        f"{name}.{function}"
        for name, tree in TREES.items()
        if room(name) in CORE and ".fast" not in name
        for function in loops_with(tree, r"(.*\.)?update\(.*state")
    ]
    assert found == ["minigrow.growth.loop._steps"]


def test_no_method_steps_an_optimiser_by_itself():
    for name, tree in TREES.items():
        if room(name) in METHODS and ".fast" not in name:
            text = ast.unparse(tree)
            assert not re.search(r"\boptimiser\.(update|step)\(", text), (
                f"{name} steps an optimiser: that is growth.loop's"
            )


def test_no_file_imports_one_that_imports_it():
    assert circles(graph(lambda name: False)) == []


def test_no_import_inside_a_function_hides_a_circle():
    """In nn, growth, the methods, and all that reads them; an experiment may import its pictures when it draws."""
    assert circles(graph(lambda name: room(name) not in LAZY)) == []


def test_no_function_of_the_core_imports_at_all():
    hidden = {
        name: sorted(imports(name, lazy=True) - imports(name, lazy=False))
        for name in FILES
        if room(name) in (*CORE, "structure", "motifs", "replay")
        and name != "minigrow.motifs.command.main"  # it may draw
    }
    assert {name: found for name, found in hidden.items() if found} == {}


ALLOWED = {
    "nn": (),
    "growth": ("nn",),
    **dict.fromkeys(METHODS, ("nn", "growth", "datasets")),
    "structure": ("nn", "growth"),
    "motifs": ("nn", "growth", "structure", "plotting"),  # its pictures
    "replay": ("nn", "growth"),
    "datasets": ("growth", "nn"),
    "laws": ("nn", "growth", *METHODS, "structure", "motifs", "datasets"),
}


@pytest.mark.parametrize("one", sorted(ALLOWED))
def test_arrows_run_one_way(one):
    """Experiments and laws -> methods -> growth -> nn; no method imports another; structure and motifs know no method."""
    wrong = {
        f"{name} imports {other}"
        for name in FILES
        if room(name) == one
        for other in imports(name, lazy=True)
        if room(other) not in (one, "", *ALLOWED[one])
    }
    assert wrong == set()


def test_nothing_below_imports_experiments_or_laws():
    for name in FILES:
        if room(name) not in ("experiments", "laws", "labs", "commands", "cli", "__main__", "plotting"):
            assert {room(other) for other in imports(name, lazy=True)} & {"experiments", "laws", "cli"} == set(), name
    assert {room(other) for other in imports("minigrow.plotting", lazy=True)} & {"experiments", "laws", "cli"} == set()


@pytest.mark.parametrize("method", METHODS)
def test_formulas_import_no_network_and_fast_is_no_way_in(method):
    """`formulas` is read beside the paper; what may be skipped, the folder `fast`, uses formulas and never the network."""
    for name in FILES:
        if room(name) == method and (name.endswith(".formulas") or ".fast" in name):
            assert not {other for other in imports(name, lazy=True) if other.endswith(".network")}, name
