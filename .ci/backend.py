"""How minigrow is built: as setuptools does it, with two things of its own, which pip and `python -m build` find by pyproject.toml.

1. A package index shows README.md without the repository beside it, so links and pictures get the repository's address.
2. The source archive holds what the repository tracks, tests, tutorials and results included: MANIFEST.in stands beside this file.
"""

import re

from setuptools import build_meta
from setuptools.build_meta import *  # noqa: F403  the hooks that a build calls
from setuptools.command.egg_info import egg_info, manifest_maker

__all__ = [*build_meta.__all__, "Described", "absolute"]
LINK = re.compile(r"(!?)(\[[^\]]*\])\((?![a-z]+:|#)([^)\s]+)\)")

manifest_maker.template = ".ci/MANIFEST.in"


class Described(egg_info):
    """The step of setuptools that writes the package's description: README.md with whole addresses."""

    def run(self) -> None:
        """Set the description that an index shows, then write the package's data as setuptools does."""
        about = self.distribution.metadata
        address, version = about.project_urls["Repository"], self.distribution.get_version()
        about.long_description = absolute(about.long_description, address, f"v{version}")
        super().run()


def absolute(text: str, address: str, tag: str) -> str:
    """Return a Markdown text whose relative links lead to a repository at a tag, and whose pictures come from there.

    >>> absolute("![a](b.png) [c](d.md#e) [f](https://g.h) [i](#j)", "https://k.l/m", "v1")
    '![a](https://k.l/m/raw/v1/b.png) [c](https://k.l/m/blob/v1/d.md#e) [f](https://g.h) [i](#j)'
    """

    def whole(found):
        picture, words, target = found.groups()
        return f"{picture}{words}({address}/{'raw' if picture else 'blob'}/{tag}/{target})"

    return LINK.sub(whole, text)
