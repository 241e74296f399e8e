"""The kinds of networks that can be exported, and how one is put together again: `kind_of(net)`, `built(kind, fields, params)`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

import numpy as np

from minigrow.differentiable_structure.network import Network as Recurrent
from minigrow.isotropic.network import Network as Isotropic
from minigrow.nn.mlp import MLP
from minigrow.nn.spaces import lengths

Exportable = MLP | Isotropic | Recurrent


class Kind(NamedTuple):
    """A kind of network: its class, and its fields beside sizes and theta."""

    network: type
    fields: tuple[str, ...]


KINDS = {
    "plain": Kind(MLP, ("activation",)),
    "isotropic": Kind(Isotropic, ("activation", "o", "psi")),
    "recurrent": Kind(Recurrent, ("alphabet",)),
}


def kind_of(net: Any) -> str:
    """Return the kind of a network; raises ValueError for a class that has none, subclasses included.

    >>> kind_of(MLP.create([4, 3, 2], rng=0))
    'plain'
    """
    for name, kind in KINDS.items():
        if type(net) is kind.network:
            return name
    plain = " Its `plain` network can be." if isinstance(net, Recurrent) else ""
    raise ValueError(f"only {', '.join(KINDS)} networks can be exported, got {type(net).__qualname__}.{plain}")


def built(kind: str, fields: Mapping[str, Any], params: Mapping[str, np.ndarray]) -> Exportable:
    """Return a network of these fields around its named parameters, whose shapes give its sizes.

    Raises ValueError for a field or a parameter that is unknown or missing, and for shapes that contradict each other.

    >>> built("plain", {}, MLP.create([4, 3, 2], rng=0).params).widths
    (4, 3, 2)
    """
    unknown = set(fields) - set(KINDS[kind].fields)
    if unknown:
        raise ValueError(f"a {kind} network has the fields {', '.join(KINDS[kind].fields)}, got {min(unknown)!r}.")
    layers = max(1, sum(name.startswith("W") for name in params))
    if kind == "recurrent":
        template: Any = Recurrent.create(fields.get("alphabet", ""), rng=0)
    else:
        template = KINDS[kind].network.create([1] * (layers + 1), **fields, rng=0)
    same_names(params, template.axes, f"a {kind} network")
    for name, roles in template.axes.items():
        shape = params[name].shape
        if len(shape) != len(roles) or 0 in shape[: len(shape) * (name != "lambda")]:
            raise ValueError(f"{name} must have {len(roles)} axes, none of them empty, got shape {shape}.")
        if isinstance(roles[0], int) and shape != lengths(roles, {}):
            raise ValueError(f"{name} must have shape {lengths(roles, {})}, got {shape}.")
    net = template.with_params(params)
    if kind == "recurrent" and {net.sizes["x"], net.sizes["y"]} != {len(net.alphabet)}:
        raise ValueError(
            f"the alphabet {net.alphabet!r} must name each of the {net.sizes['x']} symbols read and {net.sizes['y']} predicted."
        )
    return net


def same_names(found: Collection[str], wanted: Collection[str], who: str) -> None:
    """Check that just the wanted names are there; raises ValueError that says which are missing and which are too many.

    >>> same_names(["W1"], ["W1"], "a network")
    """
    missing, unknown = [n for n in wanted if n not in found], [n for n in found if n not in wanted]
    if missing or unknown:
        words = [f"{name} is missing" for name in missing[:3]] + [f"{name} is none of them" for name in unknown[:3]]
        raise ValueError(f"{who} must have just the arrays {', '.join(list(wanted)[:6])}, ...: {', '.join(words)}.")
