"""The targets of the released programs of algorithm A, against what defines them."""

import numpy as np
import pytest

from minigrow.nimble import TASKS, run_trials
from minigrow.nimble.bessel import bessel
from minigrow.nimble.tasks import QUADRATIC_2


def test_cubic_2_is_minus_the_cubic_and_quadratic_2_meets_its_conditions():
    x = np.linspace(-1, 1, 11)
    np.testing.assert_allclose(TASKS["cubic 2"].f(x), -TASKS["cubic"].f(x))
    np.testing.assert_allclose(TASKS["quadratic 2"].f(np.array([-1.0, 1.0])), [1, -0.5], atol=1e-15)
    assert np.polyval(np.polyder(QUADRATIC_2), 0.5) == pytest.approx(0, abs=1e-15)


def test_the_arc_is_a_scaled_piece_of_j0():
    x = np.linspace(-1, 1, 7)
    J = bessel(0, np.linspace(0.1, 0.2, 7))
    np.testing.assert_allclose(TASKS["arc"].f(x), 2 * (J - J.min()) / np.ptp(J) - 1, atol=1e-12)


@pytest.mark.parametrize(("epochs", "record"), [(40000, 1000), (17782, 523), (41, 1), (97, 97)])
def test_any_number_of_epochs_can_be_trained(epochs, record):
    task = TASKS["arc"]._replace(epochs=epochs)
    assert run_trials(task, 1, size=0.0, rng=0, threads=1).plan.record == record
