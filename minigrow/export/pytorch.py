"""Give a network's parameters PyTorch's names and shapes, and take them back: `state_dict(net)`, `from_state_dict(state, kind)`.

    plain       Sequential(Linear, act, Linear, act, ..., Linear)
    isotropic   the same, where act has a length o and hands on [a z, a], one column more
    recurrent   rnn = RNN(V, H), out = Linear(H, V)

In a state dict (all arrays are NumPy's; on your side `{name: torch.from_numpy(a) for name, a in state.items()}`):

    plain       2l-2.weight = W_l (m_l, m_{l-1})      2l-2.bias = b_l (m_l,)                               l = 1..L
    isotropic   2l-2.weight = [W_l | psi_{l-1}], with that column from l = 2 on: psi multiplies a      2l-1.log_o = lambda_l ()
    recurrent   rnn.weight_ih_l0 = Wxh   rnn.weight_hh_l0 = Whh   rnn.bias_ih_l0 = bh   rnn.bias_hh_l0 = 0
                out.weight = Why   out.bias = by

The equations of PyTorch's RNN are ours but for this: it has two biases, which add up to our bh, it reads symbols as one-hot rows,
and out gives logits, of which our p_t is the softmax. Its Softplus is a straight line above 20: give it `threshold=40`. Its other
activations are ours, GELU without `approximate`. An isotropic one is a module of a few lines:

    class Isotropic(torch.nn.Module):                          # isotropic_tanh; in a plain network o = 0, and a is not handed on
        def __init__(self):
            super().__init__()
            self.log_o = torch.nn.Parameter(torch.zeros((), dtype=torch.float64))

        def forward(self, z):
            rho = torch.sqrt(self.log_o.exp() + (z * z).sum(-1, keepdim=True))
            a = torch.where(rho > 0, torch.tanh(rho) / rho, 1.0)
            return torch.cat([a * z, a], -1)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from minigrow.export.kinds import KINDS, Exportable, built, kind_of, same_names
from minigrow.nn import validate

Arrays = dict[str, np.ndarray]
LINEAR = {"weight": "W", "bias": "b"}
RNN = {
    "rnn.weight_ih_l0": "Wxh",
    "rnn.weight_hh_l0": "Whh",
    "rnn.bias_ih_l0": "bh",
    "out.weight": "Why",
    "out.bias": "by",
}


def state_dict(net: Exportable) -> Arrays:
    """Return copies of all parameters under the names and in the shapes that PyTorch has for them; see the top of this file.

    Raises ValueError for a network of another class.

    >>> from minigrow import isotropic
    >>> {name: array.shape for name, array in state_dict(isotropic.Network.create([4, 3, 2], rng=0)).items()}
    {'0.weight': (3, 4), '0.bias': (3,), '1.log_o': (), '2.weight': (2, 4), '2.bias': (2,)}
    """
    return {name: np.array(array) for name, array in WRITTEN[kind_of(net)](net).items()}


def from_state_dict(state: Mapping[str, Any], kind: str = "plain", **fields: Any) -> Exportable:
    """Return the network of this kind whose parameters are these arrays; their shapes give its sizes, `fields` its other fields.

    The arrays are NumPy's or tensors; float32 if all of them are, else float64. Raises ValueError for an unknown kind or field,
    names that are missing or too many, and shapes that contradict each other.

    >>> from minigrow.nn import MLP
    >>> net = MLP.create([4, 3, 2], "relu", rng=0)
    >>> bool(np.all(from_state_dict(state_dict(net), "plain", activation="relu").theta == net.theta))
    True
    """
    validate.choice(kind, KINDS, "kind")
    if not isinstance(state, Mapping):
        raise ValueError(
            f"a state dict must be a mapping {{name: array}}, got a {type(state).__name__}. Call model.state_dict()."
        )
    arrays = {str(name): np.asarray(array) for name, array in state.items()}
    wrong = [name for name, array in arrays.items() if array.dtype.kind not in "fiu"]
    if wrong:
        raise ValueError(f"a state dict must hold real numbers, got {arrays[wrong[0]].dtype} in {wrong[0]}.")
    dtype = np.float32 if all(array.dtype == np.float32 for array in arrays.values()) else np.float64
    params = READ[kind](arrays)
    return built(kind, fields, {name: array.astype(dtype) for name, array in params.items()})


def _linear(layers):
    """Return {PyTorch's name: ours} for the Linear modules of a Sequential with an activation between two."""
    return {f"{2 * l - 2}.{theirs}": f"{ours}{l}" for l in range(1, layers + 1) for theirs, ours in LINEAR.items()}


def _layers(state):
    return max(1, sum(name.endswith("weight") for name in state))


def _plain_written(net):
    return {theirs: net.params[ours] for theirs, ours in _linear(net.layers).items()}


def _plain_read(state):
    names = _linear(_layers(state))
    same_names(state, names, "the state dict of a plain network")
    return {ours: state[theirs] for theirs, ours in names.items()}


def _isotropic_written(net):
    state, p = _plain_written(net), net.params
    for l in range(1, net.layers):
        state[f"{2 * l - 1}.log_o"] = p["lambda"][l - 1]
        state[f"{2 * l}.weight"] = np.column_stack([p[f"W{l + 1}"], p[f"psi{l}"]])
    return dict(sorted(state.items(), key=lambda item: int(item[0].split(".")[0])))


def _isotropic_read(state):
    layers = _layers(state)
    lengths = [f"{2 * l - 1}.log_o" for l in range(1, layers)]
    names = _linear(layers)
    same_names(state, [*names, *lengths], "the state dict of an isotropic network")
    params = {ours: state[theirs] for theirs, ours in names.items()}
    for l in range(1, layers):
        W, log_o = params[f"W{l + 1}"], state[f"{2 * l - 1}.log_o"]
        if W.ndim != 2 or log_o.shape:
            raise ValueError(
                f"{2 * l}.weight must be a matrix and {2 * l - 1}.log_o one number, got shapes {W.shape} and {log_o.shape}."
            )
        params[f"W{l + 1}"], params[f"psi{l}"] = W[:, :-1], W[:, -1]
    return params | {"lambda": np.array([state[name] for name in lengths])}


def _recurrent_written(net):
    names = {theirs: net.params[ours] for theirs, ours in RNN.items()}
    return names | {"rnn.bias_hh_l0": np.zeros_like(net.params["bh"])}


def _recurrent_read(state):
    same_names(state, [*RNN, "rnn.bias_hh_l0"], "the state dict of a recurrent network")
    params = {ours: state[theirs] for theirs, ours in RNN.items()}
    one, other = params["bh"], state["rnn.bias_hh_l0"]
    if one.shape != other.shape:
        raise ValueError(f"both biases of the RNN must have one shape, got {one.shape} and {other.shape}.")
    return params | {"bh": one + other}


WRITTEN = {"plain": _plain_written, "isotropic": _isotropic_written, "recurrent": _recurrent_written}
READ = {"plain": _plain_read, "isotropic": _isotropic_read, "recurrent": _recurrent_read}
