"""The package as a whole: what it exports, what it imports, and in which direction the arrows run."""

import ast
import importlib
import inspect
import pkgutil
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

import minigrow

ROOT = Path(minigrow.__file__).parent
METHODS = ("isotropic", "nimble", "differentiable_structure", "urn", "motifs", "addition")
BELOW = {"nn": set(), "growth": {"nn"}, "datasets": {"nn", "growth"}}
BELOW |= {"statistics": {"nn"}, "plotting": {"growth", "statistics"}}
BELOW |= {method: {"nn", "growth", "datasets"} for method in METHODS}
BELOW["motifs"] |= {"plotting"}  # its command draws
MODULES = sorted(
    module.name for module in pkgutil.walk_packages([str(ROOT)], "minigrow.") if "__main__" not in module.name
)
EXPLAINED = (
    "nn",
    "growth",
    *METHODS,
    "laws",
    "structure",
    "replay",
    "datasets",
    "commands",
    "cli",
    "labs",
    "film",
    "export",
    "demo",
    "course",
    "notebook",
)
FOUNDATION = [name for name in MODULES if name.split(".")[1] in EXPLAINED and not name.endswith(".kernels")]
# numba finds the types of kernels


def imported(path):
    """Every module that a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_the_arrows_run_one_way():
    for part, below in BELOW.items():
        files = [ROOT / f"{part}.py", *(ROOT / part).rglob("*.py")]
        assert sum(map(Path.is_file, files)), part
        for path in filter(Path.is_file, files):
            for name in imported(path):
                if name.startswith("minigrow."):
                    assert name.split(".")[1] in below | {part}, f"{path.relative_to(ROOT)} must not import {name}"


def test_nobody_but_the_top_imports_experiments():
    for path in ROOT.rglob("*.py"):
        part = path.relative_to(ROOT).parts[0]
        if part not in ("experiments", "commands", "plotting.py", "cli.py", "__main__.py"):
            assert not any(name.startswith("minigrow.experiments") for name in imported(path)), path


EXTRAS = {
    "isotropic/classifier.py": {"sklearn"},  # which asks for its tags, and is there then
    "growth/machines.py": {"dask"},
    "experiments/cluster.py": {"distributed"},
    "notebook.py": {"IPython", "ipywidgets", "matplotlib_inline"},  # what a notebook brings with it
    "film/gif.py": {"PIL"},  # which matplotlib brings with it
}  # the extras `cluster`, `tutorials` and `test`, and what comes with a dependency, imported by the function that needs them


def words_of(node):
    """The packages that a statement imports itself, not a function in it."""
    if isinstance(node, ast.Import):
        return {alias.name.split(".")[0] for alias in node.names}
    return {node.module.split(".")[0]} if isinstance(node, ast.ImportFrom) else set()


def test_no_autodiff_and_no_dependency_beyond_the_declared():
    allowed = set(sys.stdlib_module_names) | {"numpy", "numba", "matplotlib", "tqdm", "minigrow"}
    for path in ROOT.rglob("*.py"):
        extra = EXTRAS.get(path.relative_to(ROOT).as_posix(), set())
        for name in imported(path):
            assert name.split(".")[0] in allowed | extra, f"{path.relative_to(ROOT)} imports {name}"
        top = {word for node in ast.parse(path.read_text(encoding="utf-8")).body for word in words_of(node)}
        assert not top & extra, f"{path.relative_to(ROOT)} imports {top & extra} before it is asked to"


def test_a_module_stays_within_300_lines_and_says_what_it_is_for():
    for path in ROOT.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert len(text.splitlines()) <= 300, path
        assert ast.get_docstring(ast.parse(text)), path


def test_half_of_the_files_are_short():
    """Half of all files, empty `__init__.py` with one line included, have at most 110 lines."""
    lines = sorted((path.read_text(encoding="utf-8").count("\n"), path.name) for path in ROOT.rglob("*.py"))
    longer = [name for n, name in lines if n > 110]
    assert statistics.median(n for n, _ in lines) <= 110, f"{len(longer)} of {len(lines)} files are longer"


def test_packages_offer_few_names():
    """A package's `__all__` is what a user needs, twelve names on average; the rest is found by reading the files."""
    packages = [name for name in MODULES if (ROOT.parent / Path(*name.split("."), "__init__.py")).is_file()]
    offered = {name: len(getattr(importlib.import_module(name), "__all__", ())) for name in packages}
    offered = {name: n for name, n in offered.items() if name.split(".")[1] not in ("experiments", "laws")}
    assert set(METHODS) <= {name.split(".")[1] for name, n in offered.items() if n}
    packages = [name for name, n in offered.items() if n]
    assert sum(offered.values()) <= 12 * len(packages), offered


@pytest.mark.parametrize("name", MODULES)
def test_every_module_imports_and_every_exported_name_is_there(name):
    module = importlib.import_module(name)
    for exported in getattr(module, "__all__", ()):
        assert hasattr(module, exported), f"{name} exports {exported} but has none"
    assert len(set(getattr(module, "__all__", ()))) == len(getattr(module, "__all__", ()))


def public(name):
    """The functions and classes that a module defines for others, and their methods."""
    module = importlib.import_module(name)
    for key, value in vars(module).items():
        if key.startswith("_") or getattr(value, "__module__", None) != name:
            continue
        if inspect.isfunction(value):
            yield key, value
        elif inspect.isclass(value):
            yield key, value
            yield from (
                (f"{key}.{inner}", method)
                for inner, method in vars(value).items()
                if inspect.isfunction(method) and not inner.startswith("_") and method.__module__ == name
            )


@pytest.mark.parametrize("name", FOUNDATION)
def test_public_things_are_annotated_and_explained(name):
    for key, value in public(name):
        assert inspect.getdoc(value), f"{name}.{key} has no docstring"
        if inspect.isfunction(value) and "<locals>" not in value.__qualname__ and "lambda" not in value.__name__:
            hints = inspect.signature(value)
            assert hints.return_annotation is not inspect.Signature.empty, f"{name}.{key} says not what it returns"
            for parameter in hints.parameters.values():
                assert parameter.name in ("self", "cls") or parameter.annotation is not inspect.Parameter.empty, key


def test_importing_the_laws_is_light():
    """Each of these is forbidden, there or not: numba, which takes SciPy where it finds it, does without."""
    code = (
        "import sys\nsys.modules |= dict.fromkeys(('torch', 'jax', 'scipy', 'matplotlib', 'pandas'))  # None: may not be imported\n"
        "import minigrow.laws, minigrow.laws.nn.gradients, minigrow.laws.growth.basis, minigrow.laws.isotropic.network"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_package_is_typed_and_versioned():
    assert (ROOT / "py.typed").is_file()
    assert minigrow.__version__.count(".") == 2
    project = ROOT.parent / "pyproject.toml"
    if not project.is_file():
        pytest.skip("installed without its repository")
    text = project.read_text(encoding="utf-8")
    assert f'version = "{minigrow.__version__}"' in text
    assert '"py.typed"' in text


def test_randomness_is_never_global():
    """`np.random.rand` and its like would make runs depend on what ran before."""
    fine = {"default_rng", "Generator", "SeedSequence", "PCG64"}
    published = {ROOT / "datasets" / "mnist1d.py": {"RandomState"}}  # a local one, with the seed of the published file
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) in ("np.random", "numpy.random"):
                assert node.attr in fine | published.get(path, set()), (
                    f"{path.relative_to(ROOT)} uses np.random.{node.attr}"
                )
        assert not any(name.split(".")[0] == "random" for name in imported(path)), path
