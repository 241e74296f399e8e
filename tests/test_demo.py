"""The life that `minigrow demo` shows rises and falls with its task, whatever the seed."""

from types import SimpleNamespace

import numpy as np
import pytest

from minigrow import demo
from minigrow.growth import Event, History, Plan, start, train
from minigrow.growth.plan import Context
from minigrow.nn import MLP, SGD


@pytest.fixture(scope="module", params=[0, 3])
def life(request):
    return demo.life(request.param)


def ends():
    return np.cumsum([phase.steps for phase in demo.PHASES])


def test_it_grows_with_the_task_and_shrinks_with_it(life):
    hidden = life["widths"][:, 1:-1].sum(axis=1)
    straight, half, whole, again = [hidden[life["step"] <= end] for end in ends()]
    assert straight[-1] < half[-1] < whole.max(), "a harder task, more neurons"
    assert again[-1] < whole[-1] < whole.max(), "what is not needed goes"
    assert {event.kind for event in life.events} == {"grow", "prune"}
    assert life["loss"][-1] < 0.01


def test_every_row_has_what_the_page_shows(life):
    assert life.about["task"] == demo.TASK
    assert [words for _, words in life.about["phases"]] == [phase.words for phase in demo.PHASES]
    assert life["surface"].shape == (len(life.rows), 33 * 33, 3)
    assert life.first is not None
    assert sum(0 in point[3:] for point in life.about["points"]) == len(life.about["points"]) / len(demo.PHASES)


def test_a_seed_is_one_life():
    phases = demo.PHASES[:1]
    one, same, other = (demo.life(seed, phases) for seed in (5, 5, 6))
    assert np.array_equal(one["loss"], same["loss"])
    assert not np.array_equal(one["loss"], other["loss"])


def test_a_birth_keeps_the_function_and_few_errors_keep_the_size():
    X, y = demo.arms(1.0, 0)
    net = MLP.create([2, 3, 3, 3], "tanh", rng=0)
    run = train(
        start(net, SGD(1e-9), rng=0), X, y, Plan(steps=1, batch=None, policies=(demo.sized,), every=1, quiet=True)
    )
    assert run.net.widths == (2, 4, 4, 3)
    assert np.abs(run.net(X) - net(X)).max() < 1e-6, "only the step of 1e-9 is seen"
    assert [event.reason for event in run.history.events] == [run.history.events[0].reason] * 2
    assert "of the points get the wrong class" in run.history.events[0].reason


def test_the_arms_are_wound_by_so_many_turns():
    X, y = demo.arms(0.75, 3, points=4)
    noise = np.random.default_rng(3).standard_normal(12)
    for i, (x, k) in enumerate(zip(X, y, strict=True)):
        r = (0.1, 0.4, 0.7, 1.0)[i % 4]
        phi = 2 * np.pi * (i // 4 / 3 + 0.75 * r) + demo.NOISE * noise[i]
        np.testing.assert_allclose(x, [2 * r * np.cos(phi), 2 * r * np.sin(phi)], atol=1e-12)
        assert k == i // 4


def test_a_phase_and_its_points_begin_where_the_one_before_ends():
    """The last points stay until behind the last step."""
    tasks = [(np.arange(2.0 * n).reshape(n, 2), np.arange(n) % 3) for n in (5, 4)]
    phases = (demo.Phase(0.0, 10, "one"), demo.Phase(1.0, 20, "two"))
    about = demo._about(phases, tasks, [10, 30])
    assert about["phases"] == [[0, "one"], [10, "two"]]
    kept = range(0, 5, demo.STRIDE), range(0, 4, demo.STRIDE)
    assert about["points"] == [
        *([2.0 * i, 2.0 * i + 1, i % 3, 0, 10] for i in kept[0]),
        *([2.0 * i, 2.0 * i + 1, i % 3, 10, 31] for i in kept[1]),
    ]


def test_the_arms_by_hand():
    X, y = demo.arms(0.25, 7, points=2)
    r, k = np.array([0.1, 1, 0.1, 1, 0.1, 1]), np.array([0, 0, 1, 1, 2, 2])
    phi = 2 * np.pi * (k / 3 + 0.25 * r) + 0.1 * np.random.default_rng(7).standard_normal(6)
    np.testing.assert_allclose(X, 2 * r[:, None] * np.stack([np.cos(phi), np.sin(phi)], axis=1), atol=1e-12)
    assert y.tolist() == k.tolist()
    assert demo.arms(0, 0)[0].shape == (120, 2)


def test_what_the_page_is_told_by_hand():
    phases = [demo.Phase(0.0, 12, "easy"), demo.Phase(0.5, 24, "harder")]
    X, y = np.array([[0.0, 1], [2, 3], [4, 5], [6, 7]]), np.array([0, 1, 2, 0])
    assert demo._about(phases, [(X, y), (-X, y)], [12, 36]) == {
        "phases": [[0, "easy"], [12, "harder"]],
        "points": [[0, 1, 0, 0, 12], [4, 5, 2, 0, 12], [0, -1, 0, 12, 37], [-4, -5, 2, 12, 37]],
    }


def test_every_phase_ends_at_a_visit_and_begins_and_ends_with_an_easy_task():
    assert all(phase.steps % demo.EVERY == 0 for phase in demo.PHASES)
    assert [phase.turns for phase in demo.PHASES] == [0, 0.5, 1, 0]
    assert (demo.REST, demo.EVERY, demo.MOST, demo.WRONG) == (24, 12, 14, 0.02)


@pytest.mark.parametrize(
    ("wrong", "last", "kind"),
    [
        (2, None, "grow"),  # 2 of 64 are more than 2 %
        (1, None, None),
        (0, None, "prune"),
        (2, 77, None),  # at step 100, 23 steps behind the last change
        (0, 77, None),
        (2, 76, "grow"),
        (0, 76, "prune"),
    ],
)
def test_when_the_size_changes(monkeypatch, wrong, last, kind):
    events = [Event("prune", "h1", 1, "before", 3, 2, step=step) for step in (last, 5) if last is not None]
    monkeypatch.setattr(demo, "Adding", lambda *a, **k: lambda net, context: (net, [Event("grow", "h1", 1, "r", 2, 3)]))
    monkeypatch.setattr(
        demo, "Removing", lambda *a, **k: lambda net, context: (net, [Event("prune", "h1", 1, "r", 3, 2)])
    )
    says, y = np.tile([1.0, 0.0], (64, 1)), np.zeros(64, int)
    y[:wrong] = 1
    context = Context(100, 1.0, None, None, y, "softmax", SimpleNamespace(events=events))

    def net(X):
        return says

    found, changes = demo.sized(net, context)
    reasons = {
        "grow": "3 % of the points get the wrong class",
        "prune": "every point gets its class, and the others stand in for it",
    }
    assert found is net
    assert [(event.kind, event.reason) for event in changes] == ([(kind, reasons[kind])] if kind else [])


@pytest.mark.parametrize(("hidden", "left"), [(3, 2), (2, 2)])
def test_two_neurons_of_a_layer_stay_whatever_one_could_do_alone(hidden, left):
    X, _ = demo.arms(0.5, 0)
    net = MLP.create([2, hidden, hidden, 3], "tanh", rng=0)
    for name in ("W1", "W2"):
        net.params[name][...] = net.params[name][0]  # all neurons of a layer say the same
    context = Context(100, 1.0, np.random.default_rng(0), X, net(X).argmax(axis=1), "softmax", History())
    found, changes = demo.sized(net, context)
    assert found.widths == (2, left, left, 3)
    assert len(changes) == 2 * (hidden - left)
