"""What growing costs, each rule's multiply-adds counted by hand; and Student's quantiles at a few places, digit by digit."""

import math

import pytest

from minigrow.experiments.addition import comparison_price as prices
from minigrow.experiments.addition.comparison_levels import at_level, student
from minigrow.experiments.addition.comparison_price import Size
from minigrow.statistics import Estimate

N, D, H, P, K, F = 101, 7, 4, 3, 5, 61
SIZE = Size(N, D, H, P, K, F)
BACK = 2 * N * F  # forward, and the signals that flow back
BOTTLENECK = BACK + N * D * P
PROJECTED = N * H * (D + H + P) + 5 * H**3 + H * P * (H + D)
WHITENED = N * D * D + 5 * D**3 + D**3 + D * D * (P + K) + (3 * D * P * P + 10 * P**3)
NORTH = N * F + (3 * N * D * D + 10 * D**3) + N * H * D + (3 * D * H * H + 10 * H**3) + D * D * K
OUTSIDE = N * 100 * K * D + (K + 1) * ((3 * N * H * H + 10 * H**3) + 2 * N * H * 100 * K)
CASCADE = BACK + K * 8 * 30 * 2 * N * (D + P) + PROJECTED
SENN = BOTTLENECK + PROJECTED + WHITENED + 5 * 30 * N * K * (2 * D + 2 * H + 2 * P)
PRICES = {
    **dict.fromkeys(("random_in", "random_small", "random_out", "wider", "wider_published", "variance_transfer"), 0),
    "gradmax": BOTTLENECK + 3 * D * P * P + 10 * P**3,
    "nest": BOTTLENECK,
    "nest_published": BOTTLENECK,
    "tiny_free": BOTTLENECK + WHITENED,
    "tiny": BOTTLENECK + PROJECTED + WHITENED,
    "tiny_joint": BOTTLENECK + PROJECTED + WHITENED + D * H * (D + H),
    "north_random": NORTH,
    "north_pre": NORTH + OUTSIDE,
    "north_select": N * F + OUTSIDE,
    "north_weight": (3 * D * H * H + 10 * H**3) + D * D * K,
    "splitting": BACK + N * H * D * D + H * 5 * D**3,
    "signed_splitting": BACK + N * H * D * D + H * 5 * D**3,
    "senn": SENN,
    "firefly": BACK + 10 * N * (2 * H * D + 2 * (H + K) * (D + P)),
    "cascade": CASCADE,
    "cascade_silent": CASCADE,
    "gradmax_optimised": BOTTLENECK + D * P * P + 50 * K * P * P,
}


def test_every_rule_costs_what_is_counted_by_hand():
    assert {rule: prices.price(rule, SIZE) for rule in prices.PRICES} == PRICES


@pytest.mark.parametrize("rule", ["tiny", "splitting", "random_in"])
def test_a_line_search_costs_eight_forward_passes_and_a_pair_nothing_more(rule):
    assert prices.price(rule, SIZE, "search") == PRICES[rule] + 8 * N * F
    assert prices.price(f"paired {rule}", SIZE, 0.5) == PRICES[rule]


def test_every_trigger_costs_what_is_counted_by_hand():
    told = {name: prices.asked(name, SIZE) for name in
            ("every", "spares_left", "plateau", "fra_grow", "senn_ratio", "north_rank", "bottleneck_norm")}  # fmt: skip
    each = SENN - 5 * 30 * N * (K - 1) * (2 * D + 2 * H + 2 * P) - D * D * (K - 1)  # for one neuron
    assert told == {
        "every": 0, "spares_left": 0, "plateau": N * F, "fra_grow": 2 * N * F, "senn_ratio": each,
        "north_rank": N * F + 3 * N * H * H + 10 * H**3, "bottleneck_norm": BOTTLENECK + PROJECTED,
    }  # fmt: skip


def test_decompositions_cost_the_same_either_way_round():
    assert prices.eigh(3) == 135
    assert prices.svd(2, 5) == prices.svd(5, 2) == 3 * 5 * 4 + 10 * 8


def expansion(z, v):
    """Abramowitz and Stegun, 26.7.5, by Horner's rule."""
    g = (
        z * (z * z + 1) / 4,
        z * (3 + z * z * (16 + 5 * z * z)) / 96,
        z * (-15 + z * z * (17 + z * z * (19 + 3 * z * z))) / 384,
        z * (-945 + z * z * (-1920 + z * z * (1482 + z * z * (776 + 79 * z * z)))) / 92160,
    )
    return z + g[0] / v + g[1] / v**2 + g[2] / v**3 + g[3] / v**4


@pytest.mark.parametrize(("p", "z"), [(0.975, 1.9599639845400545), (0.9995, 3.2905267314918945), (0.5, 0.0)])
@pytest.mark.parametrize("v", [1, 4, 19])
def test_students_quantile_is_the_printed_expansion(p, z, v):
    assert student(p, v) == pytest.approx(expansion(z, v), rel=1e-9, abs=1e-12)


def test_an_interval_at_a_level_is_widened_on_both_sides():
    wider = student(1 - 0.025 / 5, 7) / student(0.975, 7)
    found = at_level(Estimate(3.0, 2.0, 7.0, 8), 5)
    assert found[:2] == pytest.approx((3.0, 3.0 - wider))
    assert found.high == pytest.approx(3.0 + 4 * wider)
    assert found.n == 8
    two = at_level(Estimate(3.0, 2.0, 4.0, 2), 1)
    assert (two.low, two.high) == pytest.approx((2.0, 4.0))
    assert math.isclose(at_level(Estimate(3.0, 2.0, 4.0, 2), 3).high, 3 + student(1 - 0.025 / 3, 1) / student(0.975, 1))
    assert at_level(Estimate(3.0, 3.0, 3.0, 1), 3) == Estimate(3.0, 3.0, 3.0, 1)
