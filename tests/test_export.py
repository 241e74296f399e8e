"""A network that left for PyTorch or for JSON and came back: the same function there, and the same bits here."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minigrow import differentiable_structure, isotropic
from minigrow.differentiable_structure.multipliers import Multiplied
from minigrow.export import from_json, from_state_dict, state_dict, to_json
from minigrow.isotropic.corrections import O_VARIANTS, PSI_VARIANTS
from minigrow.nn import MLP
from minigrow.nn.mlp import EVERY_ACTIVATION
from minigrow.nn.radial import RADIAL

FLOATS = st.sampled_from([np.float32, np.float64])
WIDTHS = st.lists(st.integers(1, 4), min_size=2, max_size=4)
CLOSE = 1e-12  # of the largest output, as the issue asks; a few hundred eps cover the other order of sums


def shaken(net, rng):
    """The network with all parameters random, those that begin at zero too; lambda = -inf stays."""
    theta = rng.standard_normal(net.theta.size).astype(net.theta.dtype)
    return net.with_theta(np.where(np.isfinite(net.theta), theta, net.theta))


@st.composite
def networks(draw):
    """Any network that can be exported, and the fields that name it."""
    kind, dtype = draw(st.sampled_from(["plain", "isotropic", "recurrent"])), draw(FLOATS)
    if kind == "plain":
        fields = {"activation": draw(st.sampled_from(sorted(EVERY_ACTIVATION)))}
        net = MLP.create(draw(WIDTHS), **fields, rng=0, dtype=dtype)
    elif kind == "isotropic":
        variants = {"activation": RADIAL, "o": O_VARIANTS, "psi": PSI_VARIANTS}
        fields = {name: draw(st.sampled_from(sorted(table))) for name, table in variants.items()}
        net = isotropic.Network.create(draw(WIDTHS), **fields, rng=0, dtype=dtype)
    else:
        fields = {"alphabet": draw(st.text(min_size=1, max_size=4).filter(lambda text: len(set(text)) == len(text)))}
        net = differentiable_structure.Network.create(**fields, neurons=draw(st.integers(1, 3)), rng=0, dtype=dtype)
    return kind, fields, shaken(net, np.random.default_rng(draw(st.integers(0, 99))))


def same(one, other):
    assert type(one) is type(other)
    assert one.theta.dtype == other.theta.dtype
    assert one.theta.tobytes() == other.theta.tobytes()
    assert list(one.sizes.items()) == list(other.sizes.items())


@given(networks())
def test_what_comes_back_is_the_same_bit_for_bit(case):
    kind, fields, net = case
    for other in (from_json(to_json(net)), from_state_dict(state_dict(net), kind, **fields)):
        same(other, net)
        assert all(getattr(other, name) == value for name, value in fields.items())
    assert to_json(from_json(to_json(net).encode())) == to_json(net)


def test_a_length_of_zero_comes_back_from_its_word():
    net = isotropic.Network.create([2, 3, 2], o="none", rng=0)
    assert '"lambda": ["-inf"]' in to_json(net)
    same(from_json(to_json(net)), net)


@given(networks())
def test_the_text_is_strict_json_with_the_papers_names(case):
    kind, fields, net = case

    def refused(word):
        raise AssertionError(f"{word} is not JSON")

    table = json.loads(to_json(net), parse_constant=refused)
    assert {**table, "parameters": list(table["parameters"])} == {
        "format": "minigrow network",
        "version": 1,
        "kind": kind,
        "dtype": str(net.theta.dtype),
        **fields,
        "sizes": net.sizes,
        "parameters": list(net.axes),
    }


def test_a_state_dict_holds_copies_that_pytorch_can_take():
    net = isotropic.Network.create([3, 2, 2], rng=0)
    for array in state_dict(net).values():
        assert array.flags["C_CONTIGUOUS"]
        assert array.flags["WRITEABLE"]
        assert not np.shares_memory(array, net.theta)


@pytest.fixture(scope="module")
def torch():
    return pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'minigrow[bench]'")


def loaded(torch, module, net):
    """A module in float64 with the network's state dict in it: all names must be there, and no others."""
    module = module.double()
    module.load_state_dict({name: torch.from_numpy(array) for name, array in state_dict(net).items()}, strict=True)
    return module


def sequential(torch, net, between, more=0):
    """Linear modules of the network's widths with between() behind all but the last; `more` columns from the second on."""
    layers = []
    for l, (m, k) in enumerate(zip(net.widths[:-1], net.widths[1:], strict=True)):
        layers += [torch.nn.Linear(m + more * (l > 0), k), between()]
    return torch.nn.Sequential(*layers[:-1])


def gains(torch):
    """The gain a(rho) of every isotropic activation, written for PyTorch; rho is above 0."""
    return {
        "isotropic_tanh": lambda rho: torch.tanh(rho) / rho,
        "isotropic_identity": torch.ones_like,
        "isotropic_leaky": lambda rho: 0.1 + 0.9 * torch.tanh(rho) / rho,
        "isotropic_threshold": lambda rho: torch.relu(1 - 0.5 / rho),
        "isotropic_algebraic": lambda rho: (1 + rho * rho) ** -0.5,
    }


def radial(torch, gain, handed_on):
    """The module of `minigrow.export.pytorch`, with or without a length o and the gain as one column more."""

    class Isotropic(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.log_o = torch.nn.Parameter(torch.zeros(())) if handed_on else torch.tensor(-np.inf)

        def forward(self, z):
            a = gain(torch.sqrt(self.log_o.exp() + (z * z).sum(-1, keepdim=True)))
            return torch.cat([a * z, a], -1) if handed_on else a * z

    return Isotropic


def agree(net, module, X, torch):
    found = module(torch.from_numpy(X)).detach().numpy()
    assert abs(found - net(X)).max() < CLOSE * abs(found).max()


@pytest.mark.parametrize("activation", sorted(EVERY_ACTIVATION))
def test_a_plain_network_is_the_same_function_in_pytorch(activation, torch):
    rng, nn = np.random.default_rng(1), torch.nn
    known = {name: radial(torch, gain, False) for name, gain in gains(torch).items()}
    known |= {
        "tanh": nn.Tanh,
        "relu": nn.ReLU,
        "relu1": nn.ReLU,
        "identity": nn.Identity,
        "gelu": nn.GELU,
        "silu": nn.SiLU,
    }
    known |= {"sigmoid": nn.Sigmoid, "softplus": lambda: nn.Softplus(threshold=40)}
    net = shaken(MLP.create([5, 8, 7, 3], activation, rng=0), rng)
    X = 5 * rng.standard_normal((20, 5))
    module = loaded(torch, sequential(torch, net, known[activation]), net)
    agree(net, module, X, torch)
    same(from_state_dict(module.state_dict(), activation=activation), net)


@pytest.mark.parametrize("activation", sorted(RADIAL))
@pytest.mark.parametrize("o", ["trainable", "none"])
def test_an_isotropic_network_is_the_same_function_in_pytorch(activation, o, torch):
    rng = np.random.default_rng(2)
    net = shaken(isotropic.Network.create([5, 8, 7, 3], activation, o=o, rng=0), rng)
    X = rng.standard_normal((20, 5))
    module = loaded(torch, sequential(torch, net, radial(torch, gains(torch)[activation], True), 1), net)
    agree(net, module, X, torch)
    same(from_state_dict(module.state_dict(), "isotropic", activation=activation, o=o), net)


def test_a_recurrent_network_is_the_same_function_in_pytorch(torch):
    class Reader(torch.nn.Module):
        def __init__(self, V, H):
            super().__init__()
            self.rnn, self.out = torch.nn.RNN(V, H), torch.nn.Linear(H, V)

        def forward(self, x):
            return torch.softmax(self.out(self.rnn(x)[0]), -1)

    net = shaken(differentiable_structure.Network.create("()ab", 6, rng=0), np.random.default_rng(3))
    module = loaded(torch, Reader(4, 6), net)
    text = "(ab)(ba)" * 5
    found = module(torch.eye(4, dtype=torch.float64)[["()ab".index(symbol) for symbol in text]]).detach().numpy()
    assert abs(found - net(text)).max() < CLOSE
    same(from_state_dict(module.state_dict(), "recurrent", alphabet="()ab"), net)
    with torch.no_grad():  # what PyTorch keeps in two biases comes back as one
        module.rnn.bias_hh_l0 += 1
    back = from_state_dict(module.state_dict(), "recurrent", alphabet="()ab")
    np.testing.assert_array_equal(back.params["bh"], net.params["bh"] + 1)


def test_only_the_three_kinds_leave():
    multiplied = Multiplied.create("ab", rng=0)
    for leave in (state_dict, to_json):
        with pytest.raises(
            ValueError, match=r"only plain, isotropic, recurrent networks .* got Multiplied. Its `plain`"
        ):
            leave(multiplied)
        leave(multiplied.plain)
    broken = MLP.create([2, 2], rng=0)
    for value in (np.nan, -np.inf):  # only lambda may be minus infinity
        broken.params["b1"][0] = value
        with pytest.raises(ValueError, match="must be finite to be exported, got NaN or infinity in b1"):
            to_json(broken)


def edited(drop=(), **changes):
    """The state dict of a network 2-3-2 with some arrays left out or changed."""
    state = state_dict(isotropic.Network.create([2, 3, 2], rng=0)) | {
        k.replace("_", ".", 1): v for k, v in changes.items()
    }
    return {name: array for name, array in state.items() if name not in drop}


@pytest.mark.parametrize(
    ("state", "kind", "fields", "words"),
    [
        ([1.0], "plain", {}, "must be a mapping .* got a list"),
        ({}, "linear", {}, "kind must be one of plain, isotropic, recurrent"),
        ({}, "plain", {}, "0.weight is missing, 0.bias is missing"),
        ({}, "recurrent", {}, r": rnn.weight_ih_l0 is missing, .*, rnn.bias_ih_l0 is missing\."),
        (edited(), "plain", {}, "1.log_o is none of them"),
        (edited(["2.bias"]), "isotropic", {}, "2.bias is missing"),
        (edited(), "isotropic", {"alphabet": "ab"}, "has the fields activation, o, psi, got 'alphabet'"),
        (edited(), "isotropic", {"activation": "tanh"}, "activation must be one of isotropic_tanh"),
        (edited(**{"2_bias": np.array(["a", "b"])}), "isotropic", {}, "real numbers, got <U1 in 2.bias"),
        (edited(**{"2_bias": np.array([True, False])}), "isotropic", {}, "real numbers, got bool in 2.bias"),
        (
            edited(**{"2_weight": np.ones(4)}),
            "isotropic",
            {},
            r"2.weight must be a matrix .* got shapes \(4,\) and \(\)",
        ),
        (edited(**{"1_log_o": np.ones(1)}), "isotropic", {}, r"1.log_o one number, got shapes \(2, 4\) and \(1,\)"),
        (edited(**{"2_weight": np.ones((2, 3))}), "isotropic", {}, "space h1 has 3 neurons elsewhere, but W2 has 2"),
        (
            edited(**{"2_weight": np.ones((2, 1))}),
            "isotropic",
            {},
            r"W2 must have 2 axes, none of them empty, got shape \(2, 0\)",
        ),
        (
            edited(**{"0_bias": np.ones((3, 1))}),
            "isotropic",
            {},
            r"b1 must have 1 axes, none of them empty, got shape \(3, 1\)",
        ),
    ],
)
def test_a_state_dict_that_is_no_network_is_refused(state, kind, fields, words):
    with pytest.raises(ValueError, match=words):
        from_state_dict(state, kind, **fields)


def test_an_alphabet_must_fit_the_recurrent_state():
    state = state_dict(differentiable_structure.Network.create("ab", 3, rng=0))
    with pytest.raises(ValueError, match="the alphabet 'abc' must name each of the 2 symbols read and 2 predicted"):
        from_state_dict(state, "recurrent", alphabet="abc")
    with pytest.raises(ValueError, match="an alphabet must list each symbol once"):
        from_state_dict(state, "recurrent")
    with pytest.raises(ValueError, match=r"both biases of the RNN must have one shape, got \(3,\) and \(1,\)"):
        from_state_dict(state | {"rnn.bias_hh_l0": np.ones(1)}, "recurrent", alphabet="ab")


def text(**changes):
    """The text of a network 2-3-2 with some entries changed; None leaves an entry out."""
    table = json.loads(to_json(isotropic.Network.create([2, 3, 2], rng=0)))
    table["parameters"] |= changes.pop("p", {})
    return json.dumps({name: value for name, value in (table | changes).items() if value is not None})


NO_NETWORKS = [
    ("{", "the text is not whole JSON"),
    ("[" * 100_000, "the text is not whole JSON"),
    (7, "the text is not whole JSON"),
    ("[]", r'the text is no "minigrow network" but \[\]'),
    (text(format="another"), 'the text is no "minigrow network"'),
    (text(version=2), "version 2, this minigrow reads 1"),
    (text(kind="linear"), "kind must be one of plain"),
    (text(kind=["plain"]), "kind must be one of plain"),
    (text(kind="plain"), "a plain network must have activation, dtype"),
    (text(psi=None), "must have activation, dtype, .* psi, sizes, version, got"),
    (text(more=1), "must have activation, dtype, .* got activation, dtype, format, kind, more"),
    (text(parameters=[1]), "must have activation"),
    (text(psi="never"), "psi must be one of none, constant"),
    (text(dtype="float16"), "dtype must be one of float32, float64"),
    (text(sizes={"h0": 2, "h1": 4, "h2": 2}), "sizes must be those of the parameters.*'h1': 3.*'h1': 4"),
    (text(sizes={"h1": 3, "h0": 2, "h2": 2}), "sizes must be those"),
    (text(sizes=[2, 3, 2]), "sizes must be those"),
    (text(p={"b1": [1, 2]}), "space h1 has 3 neurons elsewhere, but b1 has 2"),
    (text(p={"b1": [[1, 2, 3]]}), r"b1 must have 1 axes, none of them empty, got shape \(1, 3\)"),
    (text(p={"b1": []}), r"b1 must have 1 axes, none of them empty, got shape \(0,\)"),
    (text(p={"lambda": [1, 2]}), r"lambda must have shape \(1,\), got \(2,\)"),
    (text(p={"b3": [1]}), "b3 is none of them"),
    (text(parameters={}), "W1 is missing"),
    (text(p={"b1": [1, [2], 3]}), "b1 must be nested lists of equal length with numbers"),
    (text(p={"b1": [1, "2", 3]}), "b1 must be nested lists"),
    (text(p={"b1": [1, True, 3]}), "b1 must be nested lists"),
    (text(p={"b1": [1, "-inf", 3]}), "b1 must be nested lists"),
    (text(p={"b1": [1, float("nan"), 3]}), "b1 must hold finite numbers"),
    (text(p={"b1": [1, 10**400, 3]}), "b1 must hold finite numbers that float64 can hold"),
    (text(p={"b1": [1, 1e300, 3]}, dtype="float32"), "b1 must hold finite numbers that float32 can hold"),
    (text(p={"lambda": [float("inf")]}), "lambda must hold finite numbers"),
]


@pytest.mark.parametrize(("text", "words"), NO_NETWORKS, ids=[words for _, words in NO_NETWORKS])
def test_a_text_that_is_no_network_is_refused(text, words):
    with pytest.raises(ValueError, match=words):
        from_json(text)
