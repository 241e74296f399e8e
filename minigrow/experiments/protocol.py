"""The protocol of an experiment: each setting, the authors' value, ours, why they differ, and what that does to the result.

An experiment's module has `PROTOCOL`, a tuple of `Setting`. A setting with a `key` is one number of the configuration, so what
the table says is what runs (`problems` finds what does not fit); the others are said in words. `as_authors` puts the
authors' numbers into a configuration, for those who have their data and the hours (`minigrow run NAME --full --data DIR`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any, NamedTuple


class Setting(NamedTuple):
    """One row: its name, the authors' value, the key in the configuration (or our value in words), why ours differs, the effect.

    `authors` is a value that the configuration could take, or words.
    """

    name: str
    authors: Any
    key: str = ""
    ours: str = ""
    why: str = ""
    effect: str = ""


def rows(protocol: Sequence[Setting], config: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the table as rows of words: setting, authors, ours, why, effect.

    >>> rows([Setting("steps", 52100, "steps")], {"steps": 52100})
    [{'setting': 'steps', 'authors': '52100', 'ours': '52100', 'why': '', 'effect': ''}]
    """
    return [
        {
            "setting": s.name,
            "authors": words(s.authors),
            "ours": words(config[s.key]) if s.key else s.ours or words(s.authors),
            "why": s.why,
            "effect": s.effect,
        }
        for s in protocol
    ]


def words(value: Any) -> str:
    """Return a value as it stands in a table.

    >>> words([1, 2]), words(0.001), words("AdamW")
    ('1, 2', '0.001', 'AdamW')
    """
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {words(item)}" for key, item in value.items())
    if isinstance(value, (list, tuple)):
        inner = [f"({words(v)})" if isinstance(v, (list, tuple)) else words(v) for v in value]
        return ", ".join(inner)
    return f"{value:g}" if isinstance(value, float) else str(value)


def as_authors(protocol: Sequence[Setting], config: Mapping[str, Any]) -> dict[str, Any]:
    """Return the configuration with the authors' values wherever they gave one of the same kind.

    >>> as_authors([Setting("steps", 52100, "steps"), Setting("data", "CIFAR-10", "data")], {"steps": 9, "data": ["digits"]})
    {'steps': 52100, 'data': ['digits']}
    """
    known = {s.key: s.authors for s in protocol if s.key and _kind(s.authors) == _kind(config[s.key])}
    return {**config, **known}


def _kind(value):
    return "number" if isinstance(value, (int, float)) else type(value).__name__


def problems(module: ModuleType) -> list[str]:
    """Return what is wrong with a module's protocol, in words; [] where nothing is.

    Every number of the full configuration must have a row, every row with a key must be in the configuration, and a setting that
    could be the authors' and is not must say why, and what that does.
    """
    full, protocol = module.FULL, module.PROTOCOL
    found = [f"{key} has no row" for key in full if key not in {s.key for s in protocol}]
    found += [f"{s.name}: there is no {s.key} in FULL" for s in protocol if s.key and s.key not in full]
    for s in protocol:
        ours = full.get(s.key) if s.key else s.ours or s.authors
        if words(ours) != words(s.authors) and not (s.why and s.effect):
            found.append(f"{s.name}: {words(ours)} instead of {words(s.authors)} needs a reason and its effect")
        if s.key and s.ours:
            found.append(f"{s.name}: ours is read from the configuration, so it must not be said again")
    return found
