"""The closed-form rules where data or network degenerate: they work, or say in words what to do."""

import numpy as np
import pytest

from minigrow.addition.controls import random_in, random_out, random_small
from minigrow.addition.gradmax import gradmax, gradmax_optimised
from minigrow.addition.nest import nest, nest_published
from minigrow.addition.proposal import look
from minigrow.addition.tiny import tiny, tiny_free, tiny_joint
from minigrow.laws.addition.slopes import fall
from minigrow.nn import MLP

TINY = (tiny_free, tiny, tiny_joint)
RULES = (*TINY, nest, nest_published, gradmax, gradmax_optimised, random_in, random_out, random_small)
rng = np.random.default_rng(0)
X400, Y400 = rng.standard_normal((400, 6)), rng.standard_normal((400, 3))


def degenerate():
    constant, twice, dead = X400.copy(), X400.copy(), X400.copy()
    constant[:, 1], twice[:, 2], dead[:, 3] = 2.5, twice[:, 0], 0
    yield "a constant input", constant
    yield "an input twice", twice
    yield "a dead input", dead
    yield "fewer samples than inputs", X400[:5]
    yield "one sample", X400[:1]
    yield "small inputs", 1e-3 * X400
    yield "inputs in units so large that the others are lost", X400 * np.array([1e6, 1, 1, 1, 1, 1])


@pytest.mark.parametrize("X", [pytest.param(X, id=name) for name, X in degenerate()])
@pytest.mark.parametrize("rule", RULES)
def test_degenerate_inputs_give_finite_neurons_and_true_promises(rule, X):
    net, y = MLP.create([6, 2, 3], "tanh", rng=1), Y400[: len(X)]
    seen = look(net, 0, X, y, "mse")
    if len(X) == 1 and rule in (tiny, tiny_joint):  # the old neurons can do all that can be done
        with pytest.raises(ValueError, match="needs something left to do"):
            rule(seen)
        return
    proposal = rule(seen, 2, rng=2)
    assert np.all(np.isfinite(proposal.A))
    assert np.all(np.isfinite(proposal.B))
    if proposal.slope is not None and abs(X).max() < 10:
        assert fall(net, X, y, proposal) == pytest.approx(proposal.slope, rel=1e-3, abs=1e-9)


@pytest.mark.parametrize("rule", TINY)
def test_units_do_not_matter_to_tiny(rule):
    """As long as the variances of the inputs, and the bias's 1, are within the threshold 1e-10 of each other."""
    units = 10.0 ** np.array([2, -2, 0, 1, -1, 0])
    W = MLP.create([6, 4, 3], "tanh", rng=1)
    other = W.with_params({**W.params, "W1": W.params["W1"] / units})
    one, two = (rule(look(net, 0, X, Y400, "mse"), 2) for net, X in ((W, X400), (other, X400 * units)))
    assert two.slope == pytest.approx(one.slope, rel=1e-8)


def test_outside_the_span_of_the_old_neurons_what_counts_as_0_is_measured_by_the_inputs():
    """They vary by 4 along (2, 1, 1) and by 4.6e-10, above 1e-10 of that, along (0, 1, -1); H is constant and explains nothing."""
    scores = np.array([[1.0, 1.0], [-1.0, 1.0], [1.0, -1.0], [-1.0, -1.0]])
    X = 2 * scores[:, :1] * np.array([2, 1, 1]) / 6**0.5 + 4.6e-10**0.5 * scores[:, 1:] * np.array([0, 1, -1]) / 2**0.5
    net = MLP.create([3, 2, 1], "tanh", rng=1)
    net.params["W1"][...] = 0
    proposal = tiny_joint(look(net, 0, X, scores[:, 1:], "mse"))
    assert proposal.slope == pytest.approx(tiny_free(look(net, 0, X, scores[:, 1:], "mse")).slope, rel=1e-3)


def test_more_neurons_than_help_are_fewer_neurons_and_a_word_about_it():
    net = MLP.create([6, 4, 3], "tanh", rng=1)
    labels = rng.integers(0, 3, 400)
    for rule in TINY:
        softmax = rule(look(net, 0, X400, labels), 10)  # the gradients of softmax sum to 0 over 3 outputs
        assert softmax.A.shape == (7, 2)
        assert softmax.B.shape == (2, 3)
        assert "the 2 neurons that help, not 10" in softmax.reason
        assert rule(look(net, 0, X400, Y400, "mse"), 10).A.shape == (7, 3)


def test_nothing_left_to_do_is_said_or_earns_nothing():
    net = MLP.create([6, 4, 3], "tanh", rng=1)
    done = look(net, 0, X400, net(X400), "mse")
    for rule in (*TINY, nest, nest_published):
        with pytest.raises(ValueError, match=r"nothing|needs something left to do|M has 0 entries"):
            rule(done)
    for rule in (gradmax, gradmax_optimised, random_out, random_in):
        assert rule(done, rng=0).gradient == 0
    assert random_small(done, rng=0).slope == 0
    H = np.hstack([np.tanh(X400 @ net.params["W1"].T + net.params["b1"]), np.ones((400, 1))])
    within = look(net, 0, X400, net(X400) + H @ rng.standard_normal((5, 3)), "mse")  # the old weights can do it all
    for rule in (tiny, tiny_joint):
        with pytest.raises(ValueError, match="needs something left to do"):
            rule(within)
    assert tiny_free(within).slope > 0


def test_identity_leaves_only_what_the_narrow_layer_loses():
    """With act = identity, X in the span of H where h >= d: nothing is left for the joint version, whose X is all inside."""
    wide, narrow = (look(MLP.create([6, h, 3], "identity", rng=1), 0, X400, Y400, "mse") for h in (8, 2))
    with pytest.raises(ValueError, match="needs something left to do"):
        tiny_joint(wide)
    assert tiny_joint(narrow, 3).slope == pytest.approx(
        tiny_free(narrow, 3).slope, rel=1e-9
    )  # all linear maps, either way


SEEN = look(MLP.create([6, 4, 3], "tanh", rng=1), 0, X400, Y400, "mse")
ZERO = SEEN._replace(block=SEEN.block._replace(W2=0 * SEEN.block.W2))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        *((lambda rule=rule: rule(SEEN, 0), "k must be a whole number >= 1, got 0") for rule in RULES),
        (lambda: gradmax(SEEN, 4), r"at most min\(inputs, outputs\) = 3 neurons at a time, got k = 4.*Grow several"),
        (lambda: gradmax(ZERO), r"all outgoing weights.*Name the length: c=1\.0"),
        (lambda: gradmax(SEEN, c=-1.0), "c must be a finite number > 0, got -1.0"),
        (lambda: gradmax_optimised(SEEN, steps=-1), "steps must be a whole number >= 0"),
        (lambda: random_out(SEEN, draw="cauchy"), "draw must be one of normal, uniform, got 'cauchy'"),
        (lambda: random_in(SEEN, c=0.0), "c must be a finite number > 0"),
        (lambda: nest(SEEN, 100), "M has 21 entries that are not 0, got k = 100. Ask for fewer neurons"),
        (lambda: nest(SEEN, eta=0.0), "eta must be a finite number > 0"),
        (lambda: nest_published(SEEN, beta=0.0), r"beta is the share .* must lie in \(0, 1\], got 0.0"),
        (lambda: nest_published(SEEN, signs="none"), "signs must be one of random, one, got 'none'"),
        (lambda: nest_published(SEEN, 2, signs="one"), 'with signs="one" nothing differs between the k = 2 neurons'),
        (lambda: nest_published(SEEN, birth_strength=0.0), "birth_strength must be a finite number > 0"),
    ],
)
def test_a_wrong_argument_is_told_what_to_do(call, words):
    with pytest.raises(ValueError, match=words):
        call()


@pytest.mark.parametrize("act", ["relu", "relu1", "sigmoid", "softplus"])
@pytest.mark.parametrize("rule", [*TINY, nest, nest_published, random_small])
def test_small_neurons_need_a_line_through_0(rule, act):
    seen = look(MLP.create([6, 4, 3], act, rng=1), 0, X400, Y400, "mse")
    with pytest.raises(
        ValueError, match=rf"^{rule.__name__} needs .*{act} does not have.*addition\.pairs\.antisymmetric"
    ):
        rule(seen)
