"""Write the pages of the documentation site that follow from the package's docstrings: `laws(folder)` and `api()`."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import sys
from pathlib import Path

from site_docstrings import inline, rest


def laws(folder: Path) -> str:
    """Return the page of laws as reStructuredText: statement, proof, tolerance, and what breaks each."""
    from minigrow.laws import MODULES, all_laws

    text = (
        "Each is a function that draws a random case and returns the deviation in units of machine epsilon. `minigrow verify` "
        "checks all of them, and so do the tests. In a law's broken twin its precondition is removed, and the deviation must "
        "exceed the tolerance: else the law would be empty. `minigrow verify --explain LAW` prints what stands here, and measures "
        "a case and a counterexample."
    )
    lines = [*_headed("Laws: what must always hold", "="), *rest([text])]
    for module in MODULES:
        lines += _headed(module, "-")
        for law in all_laws():
            if law.name.split(".")[0] == module:
                lines += [*_headed(law.name, "~"), *_law(law)]
    return "\n".join(lines) + "\n"


def _headed(text, line):
    return [text, line * len(text), ""]


def _law(law):
    """A law's docstring with its proof line by line, its tolerance, and its twin's docstring."""
    lines: list[str] = []
    for paragraph in inspect.getdoc(law.check).split("\n\n"):
        steps = paragraph.splitlines()
        lines += (
            [*(f"| {inline(s)}" for s in steps), ""]
            if paragraph.startswith("Proof.")
            else rest(steps)
        )
    lines += [f"*Tolerance*: {law.tolerance:g} eps: {inline(law.because)}.", ""]
    return [*lines, "*Broken:*", "", *rest(inspect.getdoc(law.broken).splitlines())]


def modules() -> list[str]:
    """Return every public module of the package, packages before what they hold."""
    import minigrow

    found = pkgutil.walk_packages(minigrow.__path__, "minigrow.")
    return [
        m.name
        for m in found
        if not any(part.startswith("_") for part in m.name.split("."))
    ]


def api() -> dict[str, str]:
    """Return {file name: reStructuredText} of the API reference: an index, and a page for each module."""
    names = modules()
    found = {name: importlib.import_module(name) for name in names}
    pages = {"index.rst": _index(names)}
    for name, module in found.items():
        below = [n for n in names if n.rpartition(".")[0] == name]
        lines = [
            ":orphan:",
            "",
            name,
            "=" * len(name),
            "",
            *_above(name),
            f".. automodule:: {name}",
            "",
            *_exported(name, module),
            *_list(below),
        ]
        pages[f"{name}.rst"] = "\n".join(lines)
    return pages


def _index(names):
    head = "API: every public module"
    text = "Written from the docstrings. ``minigrow.growth.basis`` is the file to read first."
    top = [name for name in names if name.count(".") == 1]
    return "\n".join([head, "=" * len(head), "", text, "", *_list(top)])


def _above(name):
    """The way up. Pages of modules stand in no table of contents: every page would carry all of it beside its text."""
    parent = name.rpartition(".")[0]
    return [f"Part of :doc:`{parent if '.' in parent else 'index'}`.", ""]


def _list(names):
    """A list of modules, each with its first line."""
    firsts = {
        name: (sys.modules[name].__doc__ or "").strip().splitlines()[:1]
        for name in names
    }
    listed = [
        f"- :doc:`{name}`: {inline(' '.join(first))}" for name, first in firsts.items()
    ]
    return [*listed, ""] if listed else []


def _exported(package, module):
    """A list of what a package offers and where it is documented."""
    lines = []
    for name in getattr(module, "__all__", ()):
        value = getattr(module, name)
        home = getattr(value, "__module__", None)
        if (
            home not in (None, package)
            and str(home).startswith("minigrow.")
            and hasattr(value, "__name__")
        ):
            kind = "class" if isinstance(value, type) else "func"
            lines.append(f"- :py:{kind}:`{name} <{home}.{value.__name__}>`")
    return ["It offers:", "", *lines, ""] if lines else []
