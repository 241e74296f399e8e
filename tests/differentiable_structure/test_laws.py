"""Every law of this method holds on random cases, and its broken twin fails."""

import pytest

from minigrow.laws import all_laws, case

LAWS = [row for row in all_laws() if row.name.startswith("differentiable_structure.")]


@pytest.mark.parametrize("row", LAWS, ids=lambda row: row.name)
def test_law_holds(row):
    for number in range(10):
        assert row.check(case(row.name, 1, number)) <= row.tolerance


@pytest.mark.parametrize("row", LAWS, ids=lambda row: row.name)
def test_law_is_not_empty(row):
    assert row.broken is not None
    for number in range(5):
        assert row.broken(case(row.name, 2, number)) > row.tolerance
