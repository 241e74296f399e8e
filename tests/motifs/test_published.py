"""What the authors' program does and the paper does not say: one seed for all layers, and where colours begin."""

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from minigrow.experiments.motifs.training import as_published, initial
from minigrow.motifs.weights import EXTENT, MILD, colours, gaussian_cut, published_cut


def test_every_layer_begins_with_the_same_numbers_as_in_the_published_nets():
    """Their three weight matrices and biases start from one seed (kernels are stored input by output)."""
    net, twin = (as_published((20, 10), name, np.random.default_rng(3)) for name in ("normal", "glorot_truncated"))
    z = net.params["W1"].T.ravel() / 0.1
    assert abs(z.std() - 1) < 0.15
    for l in (1, 2, 3):
        W, b = net.params[f"W{l}"], net.params[f"b{l}"]
        np.testing.assert_allclose(W.T.ravel() / 0.1, z[: W.size])
        np.testing.assert_allclose(b / 0.1, z[: b.size])
        np.testing.assert_array_equal(b, twin.params[f"b{l}"])
        assert abs(twin.params[f"W{l}"]).max() <= 2 / 0.87962566 * np.sqrt(2 / sum(W.shape))
    other = initial((20, 10), "normal", np.random.default_rng(3))
    assert not np.isin(other.params["W2"], other.params["W1"]).any()


@given(st.integers(0, 2**32 - 1), st.floats(0.1, 0.9))
@example(
    84461, 0.7830558741871031
)  # a weight at which the density is between the shares of the curve's and of the weights' maximum
def test_the_published_colours_are_those_of_a_walk_through_the_sorted_weights(seed, share):
    """The naive twin walks through the weights in rising order and notes where the fitted density crosses the threshold.

    As in the authors' program the threshold is a share of the greatest density at a weight, not of the curve's.
    """
    w = np.sort(np.random.default_rng(seed).normal(0.2, 1.0, 400))
    density = np.exp(-((w - w.mean()) ** 2) / 2 / w.var())
    weak = density >= share * density.max()
    first, beyond = w[weak][0], w[np.flatnonzero(weak)[-1] + 1]
    negative, positive = first + MILD * (EXTENT * w[0] - first), beyond + MILD * (EXTENT * w[-1] - beyond)
    naive = [
        0 if r else (1 if x < negative else 2) if x < first else (3 if x >= positive else 2)
        for x, r in zip(w, weak, strict=True)
    ]
    assert colours(w, published_cut([w], share)).tolist() == naive


def test_where_the_range_ends_matters_more_than_where_the_fifth_starts():
    """20 pools of 2000 weights: the edges in another colour, without either detail of the program."""
    pools = [np.random.default_rng(seed).normal(0.0, 0.3, 2000) for seed in range(20)]
    exact = [colours(w, published_cut([w])) for w in pools]
    rule, plain = (
        sum(
            np.count_nonzero(colours(w, gaussian_cut([w], extent=extent)) != c)
            for w, c in zip(pools, exact, strict=True)
        )
        for extent in (EXTENT, 1)
    )
    assert 0 < 10 * rule < plain
