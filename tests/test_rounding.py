"""The bounds of `tests.rounding`, against sums in any order and estimates at their worst."""
import doctest
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import rounding
from tests.rounding import ESTIMATED_ROOT, U, gamma, product_bound

WORST = 1.5 * 2.0 ** -12  # of an estimated root
# Wide of exponent, but far from what is too small to have all its digits.
numbers = st.floats(-100, 100, width=32).filter(lambda x: x == 0 or abs(x) > 2.0 ** -40)


def test_examples():
    assert doctest.testmod(rounding).failed == 0


@given(pairs=st.lists(st.tuples(numbers, numbers), min_size=1, max_size=30), data=st.data())
def test_a_sum_of_products_in_any_order_fused_or_not_is_within_its_bound(pairs, data):
    total = np.float32(0)
    for a, b in data.draw(st.permutations(pairs)):
        if data.draw(st.booleans()):  # rounded once: from more digits than float32 has
            total = np.float32(Fraction(a) * Fraction(b) + Fraction(float(total)))
        else:
            total = total + np.float32(a) * np.float32(b)
    exact = sum(Fraction(a) * Fraction(b) for a, b in pairs)
    first, second = zip(*pairs)
    bound = product_bound([first], [[each] for each in second])[0, 0]
    assert abs(Fraction(float(total)) - exact) <= bound


def test_the_bound_of_a_sum_is_reached():
    # 1 and twice 2^-24: each is lost where it is added to 1, but not where they are added first.
    ones = np.float32([1, 2.0 ** -24, 2.0 ** -24])
    assert (ones[0] + ones[1]) + ones[2] == 1
    assert ones[0] + (ones[1] + ones[2]) == 1 + 2.0 ** -23
    assert 2 * gamma(2) * ones.sum(dtype=float) >= 2.0 ** -23


@settings(max_examples=300)
@given(x=st.floats(2.0 ** -60, 2.0 ** 60, width=32), share=st.floats(-1, 1))
def test_a_root_from_the_worst_estimate_is_within_its_bound(x, share):
    half, exact = np.float32(x / 2), 1 / math.sqrt(x)
    estimate = np.float32(exact * (1 + share * WORST))
    if abs(float(estimate) / exact - 1) > WORST:
        return  # rounding it took it beyond what a processor may give
    inverse = estimate * (np.float32(1.5) - half * (estimate * estimate))
    assert float(inverse) == pytest.approx(exact, rel=ESTIMATED_ROOT)
    assert float(np.float32(x) * inverse) == pytest.approx(math.sqrt(x), rel=ESTIMATED_ROOT)


def test_gamma_of_few_roundings_is_nearly_their_count():
    assert [round(gamma(n) / U, 3) for n in (0, 1, 128, 4096)] == [0, 1, 128.001, 4097.0]
