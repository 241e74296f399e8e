"""How Sphinx builds the documentation site: `python -m sphinx -W --keep-going -b html tutorials build/site`, offline.

Sources are the Markdown pages and the notebooks of this folder; `site_pages.py` writes the rest into `generated/`.
"""

import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]
os.environ["NUMBA_DISABLE_JIT"] = (
    "1"  # kernels stay plain functions, whose docstrings and signatures can be read
)

import site_docstrings  # noqa: E402
import site_pages  # noqa: E402
from docutils import nodes  # noqa: E402
from sphinx.addnodes import pending_xref  # noqa: E402

import minigrow  # noqa: E402

project = author = "minigrow"
release = minigrow.__version__
html_title = f"minigrow {release}"
copyright = "the minigrow developers"

extensions = ["myst_nb", "sphinx.ext.autodoc", "site_math"]
html_math_renderer = "mathml"
exclude_patterns = ["generated/start.md", "*.py"]
nb_execution_mode = (
    "off"  # notebooks carry their outputs, and a test keeps them in step
)
myst_enable_extensions = ["dollarmath", "amsmath"]
myst_heading_anchors = 4
html_theme = "furo"
html_static_path = ["site.css"]
html_css_files = ["site.css"]
html_extra_path = ["generated/extra"]
html_copy_source = False
html_show_search_summary = False  # a page opened from a disk may not fetch others
html_show_sourcelink = False
autodoc_default_options = {"members": True, "ignore-module-all": True}
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
smartquotes = False  # a prime is a transpose
pygments_style = "friendly"


def _docstring(app, what, name, obj, options, lines):
    lines[:] = site_docstrings.rest(lines)


def _skip(app, what, name, obj, skip, options):
    """Leave out the fields of named tuples, which only say their number."""
    return (
        True
        if (getattr(obj, "__doc__", None) or "").startswith("Alias for field number")
        else None
    )


def _named_in_full(app, doctree):
    """Give the types in signatures their whole names: four methods have a class `Network`."""
    for node in doctree.findall(pending_xref):
        module = sys.modules.get(node.get("py:module") or "")
        value = getattr(module, node.get("reftarget", ""), None)
        if isinstance(value, type) and value.__module__.startswith("minigrow."):
            node["reftarget"] = f"{value.__module__}.{value.__qualname__}"


def _named_pictures(app, doctree):
    """Give a figure of a notebook, which has no alternative text, the words of the caption below it."""
    for picture in doctree.findall(nodes.image):
        if not picture.get("alt"):
            later = (
                p.astext()
                for p in picture.findall(
                    nodes.paragraph, include_self=False, ascend=True
                )
            )
            caption = next((text for text in later if text.startswith("Figure")), "")
            picture["alt"] = " ".join(caption.split())


def setup(app):
    """Write the generated pages, then read docstrings as they are meant."""
    (HERE / "generated" / "extra").mkdir(parents=True, exist_ok=True)
    site_pages.write(HERE / "generated")
    app.connect("autodoc-process-docstring", _docstring)
    app.connect("autodoc-skip-member", _skip)
    app.connect("doctree-read", _named_in_full)
    app.connect("doctree-read", _named_pictures)
