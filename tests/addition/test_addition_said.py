"""What rules, triggers and searches say and refuse, on small cases by hand."""

import numpy as np
import pytest

from minigrow.addition.amplitude import GRID, least_of
from minigrow.addition.policy import Adding
from minigrow.addition.proposal import appended, apply, look
from minigrow.addition.tiny import tiny
from minigrow.addition.triggers.schedule import Every
from minigrow.growth import History
from minigrow.growth.plan import Context
from minigrow.nn import MLP


def test_a_schedule_says_how_long_ago_and_how_long_is_asked_for():
    context = Context(12, 1, np.random.default_rng(0), None, None, "softmax", History())
    assert Every(10)(None, 0, context)[2:4] == (12, 10)


def test_where_every_amplitude_is_as_good_the_whole_grid_and_none_are_shown():
    assert least_of(lambda g: 1.0, GRID).amplitudes.tolist() == [0, *GRID]


def test_a_policy_looks_at_a_thousand_samples_where_nothing_else_is_said():
    assert Adding("tiny", Every(1)).samples == 1000


@pytest.mark.parametrize("place", [-1, 4])
def test_a_proposal_puts_its_neurons_where_there_are_places(place):
    net = MLP.create([2, 3, 2], rng=0)
    one = appended("mine", look(net, 0, np.eye(2), np.array([0, 1])), np.ones((3, 1)), np.zeros((1, 2)))
    with pytest.raises(ValueError, match=r"places must be neurons 0\.\.3"):
        apply(net, 0, one._replace(places=(place,)))


def test_where_all_neurons_that_are_asked_for_help_no_fewer_are_spoken_of():
    X = np.random.default_rng(0).standard_normal((60, 4))
    seen = look(MLP.create([4, 3, 3], rng=0), 0, X, np.arange(60) % 3)
    assert "that help, not" not in tiny(seen, 2).reason
