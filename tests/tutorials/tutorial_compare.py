r"""Compare two printed texts: words must be equal, numbers equal to the digits printed.

A number with a decimal point or an exponent may differ by one unit in its last printed digit: 0.4999 prints as 0.50 and 0.4949
as 0.49, so a last bit that another processor's sums round otherwise may tip one digit over. Whole numbers (counts, widths,
seeds) must be equal. Two kinds of number ARE rounding error, and differ from one processor to the next by any factor:
those followed by `eps`, equal when both are at most 64, and those of size 1e-11 or less, equal when both are so small.
Behind the sign ≈ stands what chaotic training came to on one machine (the tutorial asserts a range that holds on any): from there
to the end of the line only the words are compared.
Runs of blanks are one blank: a column of a table may shift.
"""

from __future__ import annotations

import re

NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
DUST = 1e-11
EPS = 64.0


def difference(found: str, stored: str) -> str | None:
    """Return the first lines that differ, in words, or None when the texts agree as this file's head says."""
    ours, theirs = (text.rstrip().splitlines() for text in (found, stored))
    for i, (a, b) in enumerate(zip(ours, theirs, strict=False), start=1):
        if not same_line(" ".join(a.split()), " ".join(b.split())):
            return f"line {i}: printed {a!r}, stored {b!r}"
    if len(ours) != len(theirs):
        return f"printed {len(ours)} lines, stored {len(theirs)}"
    return None


def same_line(a: str, b: str) -> bool:
    """Say whether two lines have the same words, and numbers that agree to the digits printed."""
    if NUMBER.sub("0", a) != NUMBER.sub("0", b):
        return False
    a, b = (line.partition("≈")[0] for line in (a, b))
    after = [b[match.end() :].lstrip() for match in NUMBER.finditer(b)]
    pairs = zip(NUMBER.findall(a), NUMBER.findall(b), after, strict=True)
    return all(same_number(x, y, rest.startswith("eps")) for x, y, rest in pairs)


def same_number(x: str, y: str, in_eps: bool) -> bool:
    """Say whether two printed numbers agree to the digits printed; rounding error agrees with rounding error."""
    size = max(abs(float(x)), abs(float(y)))
    if in_eps and size <= EPS:
        return True
    if not (unit(x) and unit(y)):
        return float(x) == float(y)
    return abs(float(x) - float(y)) <= 1.001 * min(unit(x), unit(y)) or size <= DUST


def unit(number: str) -> float:
    """Return one unit in the last printed digit; 0 for a whole number, which must be equal."""
    mantissa, _, exponent = number.lower().partition("e")
    if "." not in mantissa and not exponent:
        return 0.0
    return 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2]))
