"""Which printed texts count as the same, and which do not."""

import pytest
from tutorial_compare import difference


@pytest.mark.parametrize(
    ("found", "stored"),
    [
        ("a 0.50", "a 0.49"),
        ("a  9.99 b", "a 10.00 b"),
        ("-0.00", "0.00"),
        ("1.2e-05", "1.3e-05"),
        ("W1 is 3.1 eps", "W1 is 0.0 eps"),
        ("gap 3.3e-16", "gap 0.0e+00"),
        ("x, y\n", "x, y"),
        ("12.3% of 7", "12.4% of 7"),
        ("5 of 6 grow, neurons ≈ 40 [31, 55]", "5 of 6 grow, neurons ≈ 38 [30, 61]"),
    ],
)
def test_texts_that_agree(found, stored):
    assert difference(found, stored) is None


@pytest.mark.parametrize(
    ("found", "stored"),
    [
        ("a 0.51", "a 0.49"),
        ("8 wide", "9 wide"),
        ("64-8-10", "64-9-10"),
        ("W1 0.5", "W2 0.5"),
        ("holds", "undecided"),
        ("one\ntwo", "one"),
        ("3.1 eps", "99.0 eps"),
        ("1.2e-05", "1.4e-05"),
        ("-0.50", "0.50"),
        ("2.0e-10", "0.0e+00"),
        ("5 of 6 grow, neurons ≈ 40", "6 of 6 grow, neurons ≈ 40"),
        ("neurons ≈ 40 [31, 55]", "neurons ≈ 40"),
        ("neurons 40", "neurons ≈ 40"),
    ],
)
def test_texts_that_differ(found, stored):
    assert difference(found, stored)
