"""When the loop deals, visits and records: sources of batches, beats, thinning, steps against epochs, and the work done."""

import weakref

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minigrow.growth import Diverged, Plan, start, train, train_on
from minigrow.growth.batches import Shuffled, Whole
from minigrow.growth.plan import interval
from minigrow.isotropic import Network, grow
from minigrow.nn import MLP, SGD, AdamW
from minigrow.nn.losses import LOSSES

RNG = np.random.default_rng(0)
X, Y = RNG.standard_normal((20, 4)), RNG.integers(3, size=20)
PLAN = Plan(epochs=2, batch=8, quiet=True)


def run(optimiser=SGD()):  # noqa: B008
    return start(MLP.create([4, 5, 3], rng=0), optimiser, rng=3)


def dealt(source, feed, rng, n):
    """The batches of n steps; the loss of each is its number."""
    found = []
    for batch in source.deal(feed, rng, n):
        found.append(batch)
        source.hear(feed, float(len(found)), batch)
    return found


@given(n=st.integers(1, 12), batch=st.integers(1, 15), epochs=st.integers(1, 3), seed=st.integers(0, 9))
def test_an_epoch_visits_every_row_once(n, batch, epochs, seed):
    rows, rng = np.arange(n), np.random.default_rng(seed)
    source = Shuffled(np.stack([rows, rows], 1).astype(float), rows, batch)
    feed = source.begin({})
    a_pass = -(-n // batch)
    for epoch in range(epochs):
        assert source.until(feed, epoch) == 0
        assert source.until(feed, epochs) == (epochs - epoch) * a_pass
        seen = dealt(source, feed, rng, a_pass)
        assert [len(y) for _, y in seen[:-1]] == [batch] * (a_pass - 1)
        assert sorted(np.concatenate([y for _, y in seen]).tolist()) == rows.tolist()
        for A, y in seen:
            np.testing.assert_array_equal(A[:, 0], y)
        assert feed["epoch"] == epoch + 1
        assert feed["loss"] == pytest.approx(sum((i + 1) * len(y) for i, (_, y) in enumerate(seen)) / n)


@given(n=st.integers(1, 12), batch=st.integers(1, 5), cut=st.integers(0, 20), seed=st.integers(0, 9))
def test_dealing_in_pieces_is_dealing_at_once(n, batch, cut, seed):
    rows = np.arange(n)
    source = Shuffled(rows[:, None].astype(float), rows, batch)
    feeds, rngs = [source.begin({}), source.begin({})], [np.random.default_rng(seed), np.random.default_rng(seed)]
    whole = dealt(source, feeds[0], rngs[0], 20)
    first = dealt(source, feeds[1], rngs[1], cut)
    feed = source.begin(feeds[1])
    pieces = first + dealt(source, feed, rngs[1], 20 - cut)
    for (_, a), (_, b) in zip(whole, pieces, strict=True):
        np.testing.assert_array_equal(a, b)
    assert source.until(feed, 99) == source.until(feeds[0], 99)


def test_other_data_start_a_new_epoch_and_keep_the_count():
    done = train(run(), X, Y, PLAN._replace(steps=4))
    assert len(done.feed["order"]) == 12
    fewer = Shuffled(X[:10], Y[:10], 8).begin(done.feed)
    assert (fewer["epoch"], len(fewer["order"]), fewer["total"]) == (1, 0, 0.0)
    assert train(done, X[:10], Y[:10], PLAN).step == 4 + 2  # one epoch is over, the other one is two batches


def test_an_epoch_in_two_parts_has_the_mean_loss_of_all_its_batches():
    parts = train(train(run(), X, Y, PLAN._replace(steps=2)), X, Y, PLAN._replace(epochs=1))
    assert parts.loss == train(run(), X, Y, PLAN._replace(epochs=1)).loss


def test_a_mean_loss_is_over_rows_not_over_batches():
    net = MLP.create([4, 5, 3], rng=0)
    done = train(start(net, SGD(1e-300), rng=0), X, Y, PLAN._replace(epochs=1))
    assert done.loss == pytest.approx(LOSSES["softmax"](net(X), Y)[0], rel=1e-12)
    assert np.isnan(start(net, SGD(), rng=0).loss)


def test_all_rows_at_once_is_a_step_an_epoch_in_the_order_of_the_data():
    net, theta = run().net, run().net.theta
    for _ in range(3):
        theta = theta - 0.01 * net.with_theta(theta).gradient(X, Y)[1]
    done = train(run(), X, Y, PLAN._replace(epochs=3, batch=None))
    np.testing.assert_allclose(done.net.theta, theta, rtol=1e-13)
    assert (done.step, done.epoch) == (3, 3)
    assert done.rng.bit_generator.state == run().rng.bit_generator.state  # nothing was drawn
    same = train_on(run(), Whole(X, Y), PLAN._replace(epochs=3))
    np.testing.assert_array_equal(same.net.theta, done.net.theta)


def test_train_is_train_on_shuffled_rows():
    one, two = train(run(), X, Y, PLAN), train_on(run(), Shuffled(X, Y, 8), PLAN)
    np.testing.assert_array_equal(one.net.theta, two.net.theta)


@pytest.mark.parametrize(("steps", "epoch"), [(0, 0), (1, 0), (2, 0), (3, 1), (5, 1), (6, 2), (50, 16)])
def test_steps_count_before_epochs(steps, epoch):
    done = train(run(), X, Y, PLAN._replace(steps=steps))
    assert (done.step, done.epoch, done.state.t) == (steps, epoch, steps)
    again = train(done, X, Y, PLAN._replace(steps=steps))  # lengths are absolute
    assert again.step == steps
    assert train(done, X, Y, PLAN._replace(epochs=1)).step == max(steps, 3)


def visited(plan, first=None):
    """The steps at which a policy was called."""
    seen = []

    def look(net, context):
        seen.append((context.step, context.epoch))
        return net, ()

    done = train(first or run(), X, Y, plan._replace(policies=(look,)))
    return [step for step, _ in seen], done


@pytest.mark.parametrize(
    ("change", "visits", "rows"),
    [
        ({}, [3, 6], [3, 6]),
        ({"steps": 7}, [3, 6, 7], [3, 6, 7]),
        ({"steps": 7, "every": 2}, [2, 4, 6, 7], [3, 6, 7]),
        ({"steps": 7, "record": 2}, [3, 6, 7], [2, 4, 6, 7]),
        ({"steps": 7, "every": 3, "record": 5}, [3, 6, 7], [5, 7]),
        ({"steps": 9, "every": 4, "since": 1}, [1, 5, 9], [3, 6, 9]),
        ({"steps": 9, "every": 4, "record": 2, "since": 5}, [1, 5, 9], [1, 3, 5, 7, 9]),
        ({"steps": 5, "every": 99, "record": 99}, [5], [5]),
    ],
)
def test_beats(change, visits, rows):
    seen, done = visited(PLAN._replace(**change))
    assert seen == visits
    assert done.history["step"].tolist() == rows


def test_beats_that_count_from_where_a_run_goes_on():
    done = train(run(), X, Y, PLAN._replace(steps=7))
    seen, later = visited(PLAN._replace(steps=20, every=5, record=4, since=done.step), done)
    assert seen == [12, 17, 20]
    assert later.history["step"].tolist() == [3, 6, 7, 11, 15, 19, 20]


@given(
    rows=st.integers(2, 12),
    record=st.integers(1, 4),
    steps=st.integers(1, 150),
    cuts=st.lists(st.integers(1, 150), max_size=2),
)
def test_thinning_keeps_at_most_so_many_rows_with_one_interval_that_doubles(rows, record, steps, cuts):
    net = MLP.create([4, 3], rng=0)
    now = start(net, SGD(1e-3), rng=0)
    for stop in sorted({*(cut for cut in cuts if cut < steps), steps}):
        now = train(now, X, Y, PLAN._replace(batch=None, steps=stop, record=record, rows=rows))
    found = now.history["step"].tolist() if now.history.rows else []
    assert len(found) <= rows
    assert found == sorted(set(found))
    interval = record
    while steps >= rows * interval:
        interval *= 2
    on_beat = [step for step in found if step % interval == 0]
    assert on_beat == list(range(interval, steps + 1, interval))  # none of the coarser beat is missing
    if not cuts:
        assert set(found) - set(on_beat) <= set(range(record, steps, record)) | {steps}


def test_thinning_by_hand():
    """Four rows at most: behind step 4 every second one goes, behind step 8 again; the last step is always recorded."""
    found = {
        s: train(run(), X, Y, PLAN._replace(steps=s, record=1, rows=4)).history["step"].tolist()
        for s in (3, 4, 7, 8, 16)
    }
    assert found == {3: [1, 2, 3], 4: [2, 4], 7: [2, 4, 6, 7], 8: [4, 8], 16: [8, 16]}


def test_where_rows_have_no_interval_there_is_none_to_double():
    assert interval(Plan(rows=4), 99) is None


def test_the_work_is_three_passes_over_what_was_dealt_at_the_size_of_then():
    def add(net, context):
        net, event = grow(net, 0, 2, rng=context.rng)
        return net, (event,)

    net = Network.create([4, 2, 3], rng=0)
    done = train(start(net, AdamW(), rng=0), X, Y, PLAN._replace(epochs=3, policies=(add,)))
    costs = [4 * m + m * 3 for m in (2, 4, 6)]
    assert done.history["multiply_adds"].tolist() == np.cumsum([3 * 20 * cost for cost in costs]).tolist()
    assert done.work == 3 * 20 * sum(costs)
    half = train(start(net, AdamW(), rng=0), X, Y, PLAN._replace(steps=2))
    assert half.work == 3 * 16 * costs[0]


def test_the_context_has_what_a_policy_may_ask_for():
    found = []

    def look(net, context):
        found.append(context)
        _, g = net.gradient(context.X, context.y, context.loss)
        assert g.shape == net.theta.shape
        return net, ()

    train(run(), X, Y, PLAN._replace(policies=(look,)))
    assert [(c.step, c.epoch, c.loss, len(c.history.rows)) for c in found] == [
        (3, 1, "softmax", 0),
        (6, 2, "softmax", 1),
    ]
    np.testing.assert_array_equal(found[0].X, X)
    np.testing.assert_array_equal(found[0].y, Y)
    assert isinstance(found[0].rng, np.random.Generator)


def test_a_source_of_ones_own():
    """What the table in `growth.batches` asks for is enough: here, chunks of a stream, each dealt once."""

    class Stream:
        X, y = X, Y

        def begin(self, feed):
            return {"epoch": 0, "loss": np.nan, "at": 0} | feed

        def deal(self, feed, rng, n):
            for _ in range(n):
                rows = np.arange(feed["at"], feed["at"] + 2) % 20
                feed["at"] += 2
                yield X[rows], Y[rows]

        def hear(self, feed, loss, batch):
            feed["loss"], feed["epoch"] = loss, feed["at"] // 20

        def until(self, feed, epochs):
            return (20 * epochs - feed["at"]) // 2

        def follow(self, feed, moves):
            return feed | {"moved": len(moves) + feed.get("moved", 0)}

        def rows(self, batch):
            return 2

    net = Network.create([4, 2, 3], rng=0)

    def add(net, context):
        net, event = grow(net, 0, rng=context.rng)
        return net, (event,)

    done = train_on(start(net, SGD(), rng=0), Stream(), PLAN._replace(policies=(add,)))
    assert (done.step, done.epoch, done.feed["at"], done.feed["moved"]) == (20, 2, 40, 2)
    assert done.history["step"].tolist() == [10, 20]
    assert done.history["multiply_adds"].tolist() == [3 * 20 * 14, 3 * 20 * (14 + 21)]


def test_a_source_that_knows_of_no_step_to_come_is_asked_for_one_at_a_time():
    class Timeless(Whole):
        def until(self, feed, epochs):
            return 0

        def deal(self, feed, rng, n):
            assert n == 1
            return super().deal(feed, rng, n)

    done = train_on(run(), Timeless(X, Y), PLAN._replace(steps=3))
    assert done.history["step"].tolist() == [1, 2, 3]


def test_a_source_is_asked_for_all_steps_until_a_row_is_due():
    asked = []

    class Told(Whole):
        def deal(self, feed, rng, n):
            asked.append(n)
            return super().deal(feed, rng, n)

    train_on(run(), Told(X, Y), PLAN._replace(epochs=7, record=3))
    assert asked == [3, 3, 1]


def test_a_batch_is_gone_when_the_next_one_is_dealt():
    """Where both were there at once, a step would take twice the memory."""
    dealt, left = [], []

    class Watched(Whole):
        def deal(self, feed, rng, n):
            for _ in range(n):
                yield self.copied(), self.y
                left.append(dealt[-1]() is not None)

        def copied(self):
            X = self.X.copy()
            dealt.append(weakref.ref(X))
            return X

    train_on(run(), Watched(X, Y), PLAN._replace(steps=3, record=3))
    assert left == [False, False, False]


def test_compiled_steps_that_diverge_name_their_epoch():
    class Wild(Whole):
        def compiled(self, run, plan):
            return self

        def steps(self, run, n):
            return run._replace(step=run.step + 1, net=run.net.with_theta(run.net.theta * np.nan)), None

    with pytest.raises(Diverged, match=r"at step 1 \(epoch 1\)"):
        train_on(run(), Wild(X, Y), PLAN)


def test_compiled_steps_are_asked_for_and_may_stop_at_a_change():
    """An engine that does the readable step, two at most, and grows at step 5."""

    class Engine:
        def __init__(self, plan):
            self.plan, self.asked = plan._replace(policies=(), record=99), []

        def steps(self, run, n):
            self.asked.append(n)
            run = train_on(run, Whole(X, Y), self.plan._replace(steps=run.step + min(n, 2)))._replace(
                history=run.history
            )
            return run, self.change if run.step == 5 and run.net.widths[1] == 2 else None

        def change(self, run):
            return grow(run.net, 0, rng=run.rng)

    class Fast(Whole):
        def compiled(self, run, plan):
            return engine

    net = Network.create([4, 2, 3], rng=0)
    plan = PLAN._replace(steps=7, record=3)
    engine = Engine(plan)
    done = train_on(start(net, SGD(), rng=0), Fast(X, Y), plan)
    assert done.net.widths == (4, 3, 3)
    assert [event.step for event in done.history.events] == [5]
    assert done.history["step"].tolist() == [3, 6, 7]
    assert sum(min(n, 2) for n in engine.asked) == 7
