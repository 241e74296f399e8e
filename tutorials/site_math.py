"""Write equations as MathML, which browsers draw themselves: no script, no font and no network at view time.

docutils, which Sphinx is made of, has the translator; so nothing is added to what the site needs. A command that it does not know is a
warning, and warnings are errors.
"""

from __future__ import annotations

import html
import re
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

from docutils import nodes
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.util import logging

# What authors write and docutils does not know, and the same in commands that it knows.
COMMANDS = {
    "dots": "ldots", "iff": "Longleftrightarrow", "stackrel": "overset", "bm": "boldsymbol", "hbox": "text", "mathbbm": "mathbb",
    "texttt": "mathtt", "textbf": "mathbf", "textit": "mathit", "big": "bigl", "Big": "Bigl", "bigg": "biggl", "Bigg": "Biggl",
}  # fmt: skip
SAME = (
    (
        r"\\(" + "|".join(COMMANDS) + r")(?![A-Za-z])",
        lambda found: "\\" + COMMANDS[found[1]],
    ),
    (r"\\([td]?frac)(\d)(\w)", r"\\\1{\2}{\3}"),
    (
        r"\\begin\{array\}\{[^}]*\}|\\end\{array\}",
        lambda found: found[0].split("array")[0] + "matrix}",
    ),
    (r"\\(?:middle|nonumber)(?![A-Za-z])|\\label\{[^}]*\}", ""),
    (r"\\math(?:rel|bin|ord|open|close|punct|inner)\{([^{}]*)\}", r"\1"),
    (r"\\tag\{([^}]*)\}", r"\\qquad\\text{(\1)}"),
)
PRIMES = re.compile(r"(\\text\{[^}]*\})|('+)(?:\^(\{[^{}]*\}|\\[A-Za-z]+|\w))?")
SPACE = "http://www.w3.org/1998/Math/MathML"
UNDER = {
    f"{{{SPACE}}}msub": f"{{{SPACE}}}munder",
    f"{{{SPACE}}}msup": f"{{{SPACE}}}mover",
}
BRACES = ("\N{BOTTOM CURLY BRACKET}", "\N{TOP CURLY BRACKET}")
MO, ROWS = (
    f"{{{SPACE}}}mo",
    [f"{{{SPACE}}}{name}" for name in ("math", "mrow", "mstyle", "mtd")],
)
POWERS = [f"{{{SPACE}}}{name}" for name in ("msup", "msub", "msubsup")]
FUNCTIONS = {
    "sin",
    "cos",
    "tan",
    "sinh",
    "cosh",
    "tanh",
    "exp",
    "log",
    "ln",
    "max",
    "min",
    "det",
    "dim",
    "ker",
    "arg",
}
APPLY, THIN = "\N{FUNCTION APPLICATION}", "0.17em"
ENTITY = re.compile(r"&(?!lt;|gt;|amp;|quot;|#)\w+;")  # HTML knows them, XML does not
ElementTree.register_namespace("", SPACE)
logger = logging.getLogger(__name__)


def mathml(tex: str, block: bool) -> str:
    """Return TeX as a <math> element; raises docutils' MathError for what it cannot read.

    >>> mathml("x", block=True).replace(chr(10), "").replace(" ", "")
    '<mathxmlns="http://www.w3.org/1998/Math/MathML"display="block"><mi>x</mi></math>'
    """
    for pattern, same in SAME:
        tex = re.sub(pattern, same, tex)
    tex = PRIMES.sub(_raised, tex)
    if block and ("\\\\" in tex or "&" in tex) and "\\begin" not in tex:
        tex = f"\\begin{{aligned}}{tex}\\end{{aligned}}"
    tree = ElementTree.fromstring(
        ENTITY.sub(lambda found: html.unescape(found[0]), tex2mathml(tex))
    )
    _spaced(tree)
    if block:
        tree.set("display", "block")
    for node in tree.iter():
        if (
            node.tag in UNDER
            and node[0].tag == UNDER[node.tag]
            and node[0][-1].text in BRACES
        ):
            node.tag = UNDER[
                node.tag
            ]  # what a brace is labelled with stands under or over it, not beside it
    return ElementTree.tostring(tree, encoding="unicode")


def _spaced(tree):
    """Put a thin space before a function's name, and behind it where no bracket opens: 2 sin x, not 2sinx."""
    for row in [node for node in tree.iter() if node.tag in ROWS]:
        children = list(row)
        for before, node in reversed(
            list(zip([None, *children], children, strict=False))
        ):
            if _function(node) and before is not None and before.tag != MO:
                row.insert(
                    list(row).index(node),
                    ElementTree.Element(f"{{{SPACE}}}mspace", width=THIN),
                )
        for node, after in pairwise(children):
            if node.text == APPLY and after.text not in ("(", "["):
                node.set("rspace", THIN)


def _function(node):
    """Whether this is the name of a function, bare or with a power."""
    name = node[0] if node.tag in POWERS and len(node) else node
    return name.tag == f"{{{SPACE}}}mi" and name.text in FUNCTIONS


def _raised(found):
    """Primes as a superscript, together with the one that follows them; text in words stays as it is."""
    words, primes, above = found.groups()
    return words or "^{" + r"\prime " * len(primes) + (above or "") + "}"


def _written(self, node, block):
    try:
        return mathml(node.astext(), block)
    except MathError as error:
        logger.warning("equation %r: %s", node.astext(), error, location=node)
        return f"<code>{self.encode(node.astext())}</code>"


def inline(self: Any, node: nodes.Element) -> None:
    """Write an equation in running text."""
    self.body.append(_written(self, node, False))
    raise nodes.SkipNode


def display(self: Any, node: nodes.Element) -> None:
    """Write an equation of its own, with a box that scrolls where the screen is narrow."""
    self.body.append(f'<div class="math">{_written(self, node, True)}</div>\n')
    raise nodes.SkipNode


def setup(app: Any) -> dict[str, bool]:
    """Tell Sphinx of the renderer `mathml`."""
    app.add_html_math_renderer("mathml", (inline, None), (display, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
