"""Depth is what a signal can cross, large nets are read, and so is every network and every sparse matrix."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minigrow import differentiable_structure
from minigrow.structure import judge, read, read_net
from minigrow.structure.graph import arrives, graph_of, walks
from minigrow.structure.nets import from_layers


@given(st.integers(0, 2**32 - 1), st.integers(1, 5))
def test_depth_is_the_longest_walk_of_at_most_I_edges(seed, steps):
    rng = np.random.default_rng(seed)
    S = int(rng.integers(2, 8))
    W = rng.random((S, S)) < rng.choice([0.2, 0.4])
    W[0], W[:, -1] = 0, 0
    there = [t for t in range(1, steps + 1) if np.linalg.matrix_power(W.astype(int), t)[-1, 0]]
    found = read(W, [0], [S - 1], iterations=steps)
    assert found.depth == max(there, default=0)
    assert len(found.widths) - 1 <= steps


def test_a_path_that_is_too_long_is_no_layer():
    W = np.zeros((5, 5))
    for a, b in itertools.pairwise(range(5)):
        W[b, a] = 1
    W[2, 0] = W[4, 2] = 1
    assert read(W, [0], [4]).widths == (1, 1, 1, 1, 1)
    found = read(W, [0], [4], iterations=3)
    assert (found.depth, found.widths, found.layer.tolist()) == (3, (1, 1, 2, 1), [0, 1, 2, 2, 3])


def test_the_last_arrival_is_that_of_matrix_powers():
    W = np.random.default_rng(1).random((6, 6)) < 0.3
    until = np.array([4, 3, 2, 4, 1, 5])
    last = arrives(*graph_of(W)[:3], [0], until)
    for v in range(6):
        there = [t for t in range(until[v] + 1) if np.linalg.matrix_power(W.astype(int), t)[v, 0]]
        assert last[v] == max(there, default=-1)


def test_walks_are_exact_and_do_not_overflow():
    graph = graph_of(from_layers([np.ones((40, 40))] * 20)[0])
    counts = walks(graph, range(40), range(800, 840), 20)
    assert counts[-1] == pytest.approx(40.0**21, rel=1e-12)
    pool = np.ones((60, 60))
    counts = walks(graph_of(pool), [0], [1], 300)
    assert counts[7] == 60**7
    assert isinstance(counts[7], int)
    assert counts[-1] == np.inf
    assert not np.isnan(counts).any()


def test_few_walks_are_counted_beside_very_many():
    """A chain of 190 edges beside a pool of 60 neurons, in which there are 60^189 walks by then."""
    W = np.zeros((250, 250))
    W[:60, :60] = W[60, 0] = W[np.arange(61, 250), np.arange(60, 249)] = 1
    assert walks(graph_of(W), [0], [249], 190)[188:] == [0, 1]


def test_a_dense_pool_of_a_thousand_and_two_hundred_layers_are_read():
    rng = np.random.default_rng(0)
    W = rng.standard_normal((1000, 1000)).astype(np.float32)
    W[:10], W[:, -5:] = 0, 0
    found = read(W, range(10), range(995, 1000), iterations=300)
    assert (judge(found).kind, found.depth) == ("recurrent", 300)
    deep = read(*from_layers([rng.standard_normal((10, 10)) for _ in range(200)]))
    assert (judge(deep).kind, deep.density, deep.depth, deep.walks[-1]) == ("layered", 1.0, 200, pytest.approx(1e201))


class Triples:
    """What a sparse matrix offers: shape and tocoo()."""

    def __init__(self, W):
        self.shape, self.row, self.col = W.shape, *np.nonzero(W)
        self.data = W[self.row, self.col]

    def tocoo(self):
        return self


class Dense:
    """Another one, which can only become an array."""

    def __init__(self, W):
        self.W = W

    def toarray(self):
        return self.W


def test_sparse_matrices_are_read_as_dense_ones():
    W, inputs, outputs = from_layers([np.random.default_rng(0).standard_normal((3, 2)), np.ones((1, 3))])
    for sparse in (Triples(W), Dense(W)):
        _same(read(sparse, inputs, outputs), read(W, inputs, outputs))
    twice = Triples(W)
    twice.row, twice.col, twice.data = (np.r_[part, part] for part in (twice.row, twice.col, twice.data / 2))
    assert np.array_equal(read(twice, inputs, outputs).weights, read(W, inputs, outputs).weights)
    broken = Triples(W)
    broken.data = broken.data * np.nan
    with pytest.raises(ValueError, match="must be finite"):
        read(broken, inputs, outputs)
    with pytest.raises(ValueError, match="must be square"):
        read(Triples(W[:2]), [0], [1])


def _same(a, b):
    assert np.array_equal(a.edges, b.edges)
    assert np.array_equal(a.weights, b.weights)
    assert a.widths == b.widths


def test_scipy_matrices_are_read():
    sparse = pytest.importorskip("scipy.sparse", reason="scipy is not installed")
    W, inputs, outputs = from_layers([np.eye(3), np.ones((1, 3))])
    for made in (sparse.csr_matrix(W), sparse.coo_array(W), sparse.csc_array(W)):
        _same(read(made, inputs, outputs), read(W, inputs, outputs))


def test_recurrent_residual_and_gated_networks_are_read():
    text = differentiable_structure.Network.create("abc", neurons=9, rng=0)
    assert judge(read_net(text)).kind == "recurrent"
    stream = differentiable_structure.Residual.create(4, 8, 3, layers=3, neurons=5, rng=0)
    stream.params["V"][...] = 0.5
    found = read_net(stream)
    assert judge(found).kind == "residual"
    assert found.widths == (4, 8, 5, 8, 5, 8, 5, 8, 3)
