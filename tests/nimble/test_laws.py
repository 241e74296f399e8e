"""Every nimble law holds, and fails once its precondition is removed."""

import pytest

from minigrow.laws import REGISTERED, all_laws, case

NAMES = [row.name for row in all_laws() if row.name.startswith("nimble.")]


def test_all_laws_of_the_method_file_are_there():
    wanted = {"gradient", "smooth_step", "whole_size", "continuous", "closed", "mask_sum", "pinned", "released"}
    assert {name.split(".")[1] for name in NAMES} == wanted


@pytest.mark.parametrize("name", NAMES)
def test_law_holds(name):
    row = REGISTERED[name]
    assert max(row.check(case(name, 0, number)) for number in range(25)) <= row.tolerance


@pytest.mark.parametrize("name", NAMES)
def test_law_fails_without_its_precondition(name):
    row = REGISTERED[name]
    found = sorted(row.broken(case(name, 0, number)) for number in range(25))
    assert found[12] > 100 * row.tolerance, "half of the broken cases are at least far beyond the tolerance"
    assert found[0] > row.tolerance
