"""The life that `minigrow demo` shows rises and falls with its task, whatever the seed."""

import numpy as np
import pytest

from minigrow import demo
from minigrow.growth import Plan, start, train
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
