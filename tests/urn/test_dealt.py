"""Whole batches: every row once an epoch, however often the loop stops."""

import numpy as np
import pytest

from minigrow.datasets import digits
from minigrow.growth import Plan, start
from minigrow.nn import Adam
from minigrow.urn import Network, train
from minigrow.urn.batches import Dealt


def dealt(source, feed, rng, n):
    """The rows of n batches, between two stops of the loop."""
    found = []
    for batch in source.deal(feed, rng, n):
        source.hear(feed, 1.0, batch)
        found.append(batch[1])
    return found


@pytest.mark.parametrize("batch", [100, 1438, 719, 7])
def test_every_row_of_the_digits_is_seen_once_an_epoch_across_stops(batch):
    n, epochs, rng = 1438, 3, np.random.default_rng(0)
    source = Dealt(digits().X[:n], np.arange(n), batch)
    feed, found = source.begin({}), []
    steps = source.until(feed, epochs)
    for first in range(0, steps, 5):
        found += dealt(source, feed, rng, min(5, steps - first))
        feed = source.begin(feed)  # what a stop of the loop, or a checkpoint, does
    assert {len(rows) for rows in found} == {batch}
    rows = np.concatenate(found)[: n * epochs]
    assert all(np.array_equal(np.sort(rows[i * n : (i + 1) * n]), np.arange(n)) for i in range(epochs))
    assert (feed["epoch"], source.until(feed, epochs)) == (epochs, 0)


def test_stops_change_nothing():
    source, one, two = Dealt(np.eye(7), np.arange(7), 3), np.random.default_rng(1), np.random.default_rng(1)
    a, b = source.begin({}), source.begin({})
    whole = dealt(source, a, one, 10)
    parts = [rows for n in (1, 2, 3, 4) for rows in dealt(source, b, two, n)]
    assert np.array_equal(whole, parts)
    assert a["epoch"] == b["epoch"] == 10 * 3 // 7


def test_the_loss_of_an_epoch_is_the_mean_of_its_batches():
    source, feed = Dealt(np.eye(4), np.arange(4), 3), {}
    feed = source.begin(feed)
    for loss in (1.0, 3.0):
        source.hear(feed, loss, ())
    assert (feed["epoch"], feed["loss"], feed["taken"]) == (1, 2.0, 2)
    source.hear(feed, 10.0, ())
    assert (feed["epoch"], feed["loss"], feed["taken"]) == (2, 10.0, 1)


def test_rows_of_other_data_are_not_gone_on_with():
    feed = Dealt(np.eye(4), np.arange(4), 3).begin({})
    dealt(Dealt(np.eye(4), np.arange(4), 3), feed, np.random.default_rng(0), 1)
    assert len(feed["order"]) == 1
    other = Dealt(np.eye(5), np.arange(5), 3).begin(feed)
    assert (len(other["order"]), other["taken"], other["dealt"]) == (0, 0, 0)


def test_a_run_of_the_pool_counts_epochs_by_rows():
    X, y = digits().X[:210], digits().y[:210]
    net = Network.create(64, 10, 84, iterations=2, rng=0)
    run = train(start(net, Adam(1e-3), rng=0), X, y, Plan(epochs=2, batch=100, loss="softmax", every=2, quiet=True))
    assert (run.step, run.epoch) == (5, 2)  # 420 rows in batches of 100
