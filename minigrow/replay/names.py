"""Call spaces by the same plain words everywhere: inputs, hidden 1, outputs."""

from __future__ import annotations

from minigrow.replay.columns import Spaces


def hidden(found: Spaces) -> list[str]:
    """Return the spaces that are fed and feed, in the order in which they stand.

    >>> from minigrow.growth import History
    >>> from minigrow.replay.columns import spaces
    >>> hidden(spaces(History().with_row({"widths": (4, 3, 2)})))
    ['h1']
    """
    fed, feeding = _ends(found)
    return [name for name in found.names if name in fed and name in feeding]


def words(found: Spaces) -> dict[str, str]:
    """Return words for each space: one that none feeds is called inputs, one that feeds none outputs.

    >>> from minigrow.growth import History
    >>> from minigrow.replay.columns import spaces
    >>> words(spaces(History().with_row({"widths": (4, 3, 2)})))
    {'h0': 'inputs', 'h1': 'hidden 1', 'h2': 'outputs'}
    """
    fed, inner = _ends(found)[0], hidden(found)
    return {
        name: f"hidden {inner.index(name) + 1}" if name in inner else "outputs" if name in fed else "inputs"
        for name in found.names
    }


def called(found: Spaces, name: str) -> str:
    """Return the words for a space with its symbol in brackets.

    >>> from minigrow.growth import History
    >>> from minigrow.replay.columns import spaces
    >>> called(spaces(History().with_row({"widths": (4, 3, 2)})), "h1")
    'hidden 1 (h1)'
    """
    return f"{words(found)[name]} ({name})"


def _ends(found):
    """Return the spaces that another one feeds, and those that feed another one; without weights each feeds the next."""
    if not found.pairs:
        return set(found.names[1:]), set(found.names[:-1])
    return {b for a, b, _ in found.pairs if a != b}, {a for a, b, _ in found.pairs if a != b}
