"""Remove the neurons that matter least, and make up for the constants they leave behind.

Left-diagonalise, so that neuron i carries singular value sigma_i alone; prune the least; then (see `corrections`)

    o_l <- o_l + sum b*^2        psi_l <- psi_l + W_{l+1,*} b*

This is exact when sigma* = 0 and psi_{l-1,*} = 0; otherwise the error is linear in sigma*. "Least" is measured by sigma_i, or
by the product sigma_i |W_{l+1} column i|, which also counts the neuron's outgoing weights (`criteria`). The least direction comes
from the whole decomposition, or from its last pair alone and a reflection that turns the last axis into it (`reflection`).
"""

from __future__ import annotations

import numpy as np

from minigrow.growth.basis import Move, apply, keep
from minigrow.growth.events import Event
from minigrow.isotropic.corrections import O_VARIANTS, PSI_VARIANTS
from minigrow.isotropic.criteria import least
from minigrow.isotropic.diagonalise import left_diagonalise
from minigrow.isotropic.formulas import forward, profile
from minigrow.isotropic.network import Network
from minigrow.isotropic.reflection import reflect
from minigrow.nn import validate
from minigrow.nn.door import door


@door
def prune(
    net: Network,
    layer: int,
    neurons: int = 1,
    *,
    by: str = "sigma",
    X: np.ndarray | None = None,
    reason: str = "asked for",
) -> tuple[Network, Event]:
    """Remove the least neurons of hidden layer `layer` after rotating it into its singular basis.

    `by` is "sigma" (the singular value), "product" (times the length of the outgoing column) or "reflection" (sigma, for
    one neuron, without the whole decomposition). X (n, m_0) is needed for psi="expectation" only.
    Raises ValueError when no neuron would be left, or for an unknown criterion.

    >>> net, event = prune(Network.create([4, 3, 2], rng=0), layer=0, neurons=2)
    >>> net.widths, event.kind
    ((4, 1, 2), 'prune')
    """
    l = net.hidden(layer)
    X = X if X is None else validate.inputs(X, net.widths[0], net.theta)
    turn = CRITERIA[validate.choice(by, CRITERIA, "by")]
    m, count = net.widths[l], validate.whole(neurons, "neurons", least=1)
    if count >= m:
        raise ValueError(f"layer {layer} has {m} neurons, of which {count} cannot go: at least one must stay.")
    if turn is reflect and count > 1:  # each next one would need a reflection of its own
        raise ValueError(f'by="reflection" removes one neuron at a time, got neurons={count}. Use by="sigma".')
    gain = _mean_gain(net, l, X)
    rotated, turned = turn(net, layer)
    pruned = least(rotated, layer, count, by) if by == "product" else np.arange(m - count, m)
    kept = Move(f"h{l}", keep(np.delete(np.arange(m), pruned), m))
    params = apply([kept], rotated.params, rotated.axes)
    _absorb(rotated, l, pruned, params, gain)
    return net.with_params(params), Event("prune", f"h{l}", count, reason, m, m - count, (*turned.moves, kept))


def _absorb(net, l, pruned, params, gain):
    """Move the constant that the pruned neurons carried into o, and into psi or the next bias."""
    b, columns = net.params[f"b{l}"][pruned], net.params[f"W{l + 1}"][:, pruned]
    o = net.intrinsic[l - 1] + O_VARIANTS[net.o].absorbs * (b @ b)
    params["lambda"][l - 1] = np.log(o) if o > 0 else -np.inf
    home = PSI_VARIANTS[net.psi].absorbs
    if home == "psi":
        params[f"psi{l}"] += columns @ b
    elif home == "bias":
        params[f"b{l + 1}"] += gain * (columns @ b)


def _mean_gain(net, l, X):
    if PSI_VARIANTS[net.psi].absorbs != "bias":
        return None
    if X is None:
        raise ValueError('psi="expectation" takes the mean gain over data: pass X, for instance the training inputs.')
    _, rho = forward(net, validate.inputs(X, net.widths[0], net.theta))
    return profile(net).gain(rho[l - 1]).mean()


CRITERIA = {"sigma": left_diagonalise, "product": left_diagonalise, "reflection": reflect}
