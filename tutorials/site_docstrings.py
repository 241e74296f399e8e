"""Turn the package's plain docstrings into reStructuredText: `rest(lines)`.

They are written for the eye: equations are indented, tables are Markdown, names stand in `backticks`, examples begin with >>>.
Here each block of lines between blank ones becomes what it looks like, and everything that reStructuredText would read as
markup is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

CODE = re.compile(r"``([^`]+)``|`([^`]+)`")
ITEM = re.compile(r"(?:- |\d+\. )")
STRESSED = re.compile(r"(?<![\w*])\*([A-Za-z][a-z]+(?: [a-z]+)*)\*(?![\w*])")
MEANT = re.compile(r"([\\*_|`<>])")


def rest(lines: Sequence[str]) -> list[str]:
    """Return docstring lines as reStructuredText.

    >>> rest(["Map `x`.", "", "    y = a * x"])
    ['Map ``x``.', '', '.. code-block:: text', '', '    y = a * x', '']
    """
    result: list[str] = []
    for block in _blocks(lines):
        shown = _shown(block)
        if shown[:1] == [".. code-block:: text"] == _last_head(result):
            shown = shown[2:]  # an equation with a blank line in it is one block
        result += [*shown, ""]
    return result


def _last_head(result):
    heads = [line for line in result if line and not line.startswith(" ")]
    return heads[-1:]


def _blocks(lines: Sequence[str]) -> Iterator[list[str]]:
    """Yield runs of lines that are one thing: cut at blank lines, before an example or a list, and where indentation begins."""
    block: list[str] = []
    for line in lines:
        line = line.rstrip()
        if block and (not line or _kind(line, block) != _kind(block[0], [])):
            yield block
            block = []
        if line:
            block.append(line)
    if block:
        yield block


def _kind(line, block):
    """What a line is: an example goes on until a blank line, and a list item takes its indented lines along."""
    if block and block[0].lstrip().startswith(">>>"):
        return "example"
    if line.lstrip().startswith(">>>"):
        return "example"
    if block and ITEM.match(block[0]) and line.startswith(" "):
        return "list"
    if ITEM.match(line):
        return "list"
    if line.startswith("|") and line.endswith("|"):
        return "table"
    return "indented" if line.startswith("  ") else "text"


def _shown(block):
    kind = _kind(block[0], [])
    if kind == "example":
        return _literal(block, "pycon")
    if kind == "table" and len(block) > 1:
        return _table(block)
    if kind == "list":
        return _list(block)
    if kind == "indented":
        return _literal(block, "text")
    return _paragraph("\n".join(block)).split("\n")


def _literal(block, language):
    least = min(len(line) - len(line.lstrip()) for line in block)
    return [
        f".. code-block:: {language}",
        "",
        *("    " + line[least:] for line in block),
    ]


def _list(block):
    items: list[list[str]] = []
    for line in block:
        if ITEM.match(line):
            items.append([line])
        else:
            items[-1].append(line.strip())
    result: list[str] = []
    for first, *others in items:
        mark = ITEM.match(first).group()
        text = _paragraph("\n".join([first[len(mark) :], *others]))
        result.append(mark + text.replace("\n", "\n" + " " * len(mark)))
    return "\n".join(result).split("\n")


def _table(block):
    rows = [cells(line) for line in block if not set(line) <= set("|-: ")]
    width = max(map(len, rows))
    result = [".. list-table::", "   :header-rows: 1", ""]
    for row in rows:
        texts = [inline(cell) for cell in row + [""] * (width - len(row))]
        result += [
            f"   {'* -' if i == 0 else '  -'} {text}".rstrip()
            for i, text in enumerate(texts)
        ]
    return result


def cells(line: str) -> list[str]:
    r"""Return the cells of a row of a Markdown table; \| and a bar in backticks do not cut.

    >>> cells(r"| a | `x|y` | b \| c |")
    ['a', '`x|y`', 'b | c']
    """
    kept = CODE.sub(
        lambda found: found.group().replace("|", "\0"),
        line.strip().strip("|").replace("\\|", "\0"),
    )
    return [cell.strip().replace("\0", "|") for cell in kept.split("|")]


def _paragraph(text):
    shown = inline(text)
    plain = shown[:1].isalpha() or shown.startswith(("``", "\\"))
    listed = re.match(r"(?:[A-Za-z]|[ivxlcIVXLC]+|\d+)[.)]\s", shown)
    return shown if plain and not listed else "\\" + shown


def inline(text: str) -> str:
    r"""Return running text with its backticks as literals and every other sign as itself.

    >>> print(inline("`W_l` is |W| * 2, see a_ and `x`s"))
    ``W_l`` is \|W\| \* 2, see a\_ and ``x``\ s
    """
    result, end = "", 0
    for found in CODE.finditer(text):
        code = (found.group(1) or found.group(2)).strip().replace("\n", " ")
        result += _plain(text[end : found.start()])
        result += ("\\ " if result[-1:].isalnum() else "") + f"``{code}``"
        end = found.end()
        result += (
            "\\ "
            if text[end : end + 1].isalnum() or text[end : end + 1] in ("\\", "_")
            else ""
        )
    return result + _plain(text[end:])


def _plain(text):
    pieces = STRESSED.split(text)  # plain, stressed, plain, ...
    return "".join(
        f"*{p}*" if i % 2 else MEANT.sub(r"\\\1", p).replace("::", ":\\:")
        for i, p in enumerate(pieces)
    )
