"""Every row of the table of rules is true: what it needs, what it keeps, what it promises; on MLPs and isotropic networks."""

import inspect

import numpy as np
import pytest

from minigrow.addition import RULES
from minigrow.addition.assumptions import NEEDS
from minigrow.addition.proposal import apply, look
from minigrow.growth import accept, start
from minigrow.isotropic import Network
from minigrow.nn import MLP, AdamW
from minigrow.nn.mlp import EVERY_ACTIVATION

RNG = np.random.default_rng(0)
X, Y = RNG.standard_normal((60, 12)), RNG.integers(0, 3, 60)
K = 2  # variance transfer adds pairs


def nets():
    for activation in EVERY_ACTIVATION:
        make = Network.create if activation.startswith("isotropic") else MLP.create
        yield make([12, 4, 3], activation, rng=1)


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("net", list(nets()), ids=lambda net: net.activation)
def test_a_rule_says_no_where_its_needs_are_not_met_and_else_keeps_its_word(name, net):
    row, seen = RULES[name], look(net, 0, X, Y)
    met = all(NEEDS[word][0](seen.block.act) for word in row.needs)
    if not met:
        with pytest.raises(ValueError, match=r"\. [A-Z]"):
            row.propose(seen, K, 0)
        return
    theta = net.theta.copy()
    proposal = row.propose(seen, K, 0)
    assert proposal.rule == name
    assert proposal.kept == row.keeps
    for word in ("slope", "gradient", "curvature"):
        promise = getattr(proposal, word)
        assert (promise is not None) >= (row.promise == word)
        assert promise is None or np.isfinite(promise)
    assert proposal.change.old == 4
    assert 4 < proposal.change.new <= 4 + 3 * K
    grown, event = apply(net, 0, proposal)
    assert np.all(net.theta == theta)
    assert accept(start(net, AdamW(), rng=0), grown, event).net.widths[1] == proposal.change.new
    if row.keeps:
        np.testing.assert_allclose(grown(X), net(X), rtol=0, atol=1e-13 * abs(net(X)).max())
    elif name != "variance_transfer":  # whose scale makes it another function at once
        assert not np.array_equal(grown(X), net(X))


@pytest.mark.parametrize("name", RULES)
def test_a_row_names_known_needs_and_keeps_the_function_where_new_neurons_are_silent(name):
    row = RULES[name]
    assert set(row.needs) <= set(NEEDS)
    assert row.promise in ("slope", "gradient", "curvature", "")
    assert row.keeps is (row.promise == "gradient" or name == "wider")


@pytest.mark.parametrize("name", RULES)
def test_a_rule_is_a_function_of_what_it_sees_and_of_its_generator_alone(name):
    net = MLP.create([12, 4, 3], "gelu", rng=1)
    seen = look(net, 0, X, Y)
    arrays = [part for part in (*seen.block, *seen.statistics) if isinstance(part, np.ndarray)]
    before = [array.copy() for array in arrays]
    one, two = (RULES[name].propose(seen, K, np.random.default_rng(5)) for _ in range(2))
    assert np.array_equal(one.A, two.A)
    assert np.array_equal(one.B, two.B)
    for array, old in zip(arrays, before, strict=True):
        assert np.array_equal(array, old)


@pytest.mark.parametrize("name", RULES)
def test_a_rule_refuses_less_than_one_neuron_and_names_its_source(name):
    seen = look(MLP.create([12, 4, 3], "gelu", rng=1), 0, X, Y)
    with pytest.raises(ValueError, match="k must be"):
        RULES[name].propose(seen, 0, 0)
    assert RULES[name].source
    assert list(inspect.signature(RULES[name].propose).parameters)[:3] == ["seen", "k", "rng"]
