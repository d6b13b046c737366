"""The bounds hold of every way to compute in float32, and are no wider than they must be."""
import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tf1_recipes.evidence.models import bounded
from tf1_recipes.evidence.models.bounded import (
    Bounded,
    affine,
    either,
    exact,
    product,
    softmax,
    total,
)
from tf1_recipes.evidence.models.rounding import EXPONENTIAL, ROOT, IllPosed
from tf1_recipes.v1 import tf

ULP_OF_1 = 2.0 ** -23
WORST_ESTIMATE = 1.5 * 2.0 ** -12  # of a reciprocal root
numbers = st.floats(-1000, 1000, width=32, allow_subnormal=False)


def nonzero(low, high):
    return st.floats(low, high, width=32, allow_subnormal=False)


def float32(*values):
    return np.array(values, np.float32)


def within(result, value):
    """Whether a float32 number lies in its bound, in exact arithmetic."""
    apart = abs(Fraction(float(value)) - Fraction(float(result.value)))
    # The value is itself float64; what that is off is counted in the bound, but where it is 0.
    return apart <= Fraction(float(result.error))


@pytest.mark.parametrize("operation", [np.add, np.subtract, np.multiply, np.true_divide])
@settings(max_examples=200, deadline=None)
@given(a=numbers, b=nonzero(0.125, 1000))
def test_an_operation_is_rounded_within_its_bound(operation, a, b):
    result = operation(exact(np.float32(a)), exact(np.float32(b)))
    computed = operation(np.float32(a), np.float32(b))
    true = {np.add: Fraction(a) + Fraction(b), np.subtract: Fraction(a) - Fraction(b),
            np.multiply: Fraction(a) * Fraction(b), np.true_divide: Fraction(a) / Fraction(b)}
    assert within(result, computed)
    assert abs(true[operation] - Fraction(float(computed))) <= Fraction(
        float(result.error)) + abs(true[operation]) * Fraction(2) ** -52
    reciprocal = np.float32(a) * (np.float32(1) / np.float32(b))
    assert operation is not np.true_divide or within(result, reciprocal)


@settings(max_examples=200, deadline=None)
@given(a=numbers, b=numbers, c=numbers)
def test_a_fused_multiply_add_lies_within_the_bound_of_both_operations(a, b, c):
    a, b, c = float32(a, b, c)
    result = exact(a) * exact(b) + exact(c)
    fused = np.float32(np.float64(a) * np.float64(b) + np.float64(c))  # the product is exact
    assert within(result, fused)
    assert within(result, a * b + c)


def in_order(terms):
    result = np.float32(0)
    for term in terms:
        result = np.float32(result + term)
    return result


def pairwise(terms):
    while len(terms) > 1:
        terms = [np.float32(sum(terms[at:at + 2], np.float32(0))) for at in range(0, len(terms), 2)]
    return terms[0]


@settings(max_examples=200, deadline=None)
@given(st.lists(numbers, min_size=1, max_size=6))
def test_a_sum_lies_within_its_bound_in_any_order(terms):
    terms = [np.float32(term) for term in terms]
    result = total(exact(np.array(terms)))
    for order in itertools.islice(itertools.permutations(terms), 120):
        assert within(result, in_order(order))
        assert within(result, pairwise(list(order)))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(numbers, numbers), min_size=1, max_size=6), numbers)
def test_a_product_of_matrices_and_a_bias_lie_within_their_bound_in_any_order(pairs, bias):
    left, right = (np.array(each, np.float32) for each in zip(*pairs))
    result = affine(exact(left[None, :]), exact(right[:, None]), exact(float32(bias)))[0, 0]
    products = [np.float32(a * b) for a, b in zip(left, right)]
    assert within(result, in_order([np.float32(bias)] + products))  # the bias first
    assert within(result, in_order(products + [np.float32(bias)]))
    fused = np.float32(bias)
    for a, b in zip(left, right):
        fused = np.float32(np.float64(a) * np.float64(b) + np.float64(fused))
    assert within(result, fused)
    assert within(result, (left[None, :] @ right[:, None] + np.float32(bias))[0, 0])


def test_a_bound_of_one_rounding_is_half_an_ulp():
    # 0.1 + 0.25 as float32 numbers: the sum needs two bits more than there are.
    result = exact(float32(0.1)) + exact(float32(0.25))
    assert result.error[0] == pytest.approx(2.0 ** -24 * 0.35, rel=2e-3)


def test_a_sum_of_n_terms_has_n_minus_1_roundings_of_the_sum_of_their_sizes():
    terms = float32(0.1, -0.7, 0.3, 0.9)
    error = total(exact(terms)).error
    assert error == pytest.approx(3 * 2.0 ** -24 * 2.0, rel=2e-3)


@pytest.mark.parametrize("result, value", [
    (exact(float32(3)) * exact(float32(0.5)), 1.5),              # a power of 2
    (exact(float32(3)) / exact(float32(4)), 0.75),
    (exact(float32(3)) * exact(float32(5)), 15),                 # few bits
    (exact(float32(0.75)) - exact(float32(0.125)), 0.625),
    (exact(float32(0.1)) + exact(float32(0)), float32(0.1)[0]),
    (exact(float32(1)) - exact(float32(0.9)), 1 - np.float64(np.float32(0.9))),
    (total(exact(float32(0.25, 3, -0.5)))[None], 2.75),
    (total(exact(float32(0, 0.1, 0)))[None], float32(0.1)[0]),   # one term that is not 0
    (-exact(float32(0.1)), -float32(0.1)[0]),
    (np.maximum(exact(float32(0.1)), 0), float32(0.1)[0]),
])
def test_what_is_exact_has_no_error(result, value):
    assert result.error[0] == 0
    assert result.value[0] == value


def test_errors_of_operands_are_carried_on():
    w = Bounded([2.0], [1e-3])
    assert (w + 1).error[0] == pytest.approx(1e-3, rel=1e-3)
    assert (w * 4).error[0] == 4e-3
    assert (w * w).error[0] == pytest.approx(4e-3 + 1e-6, rel=1e-3)
    assert (1 / w).error[0] == pytest.approx(1e-3 / 2 / (2 - 1e-3), rel=1e-3)
    assert np.sqrt(Bounded([4.0], [1e-3])).error[0] == pytest.approx(1e-3 / 4, rel=1e-2)
    assert np.exp(Bounded([0.0], [1e-3])).error[0] == pytest.approx(1e-3, rel=1e-2)
    assert np.maximum(w, 5).error[0] == 0  # for certain
    assert np.maximum(w, Bounded([2.0], [2e-3])).error[0] == 2e-3


def test_what_hangs_on_a_rounding_is_ill_posed():
    near = Bounded([[1.0, 1e-7]], [[0.0, 1e-6]])
    with pytest.raises(IllPosed) as raised:
        np.greater(near, 0)
    assert str(raised.value) == "a comparison depends on a rounding: element [0, 1] of [1, 2]"
    with pytest.raises(IllPosed, match=r"^a divisor is 0 within its bound: element \[0, 1\]"):
        1 / near
    with pytest.raises(IllPosed,
                       match="^the root of a number that may be negative within its bound"):
        np.sqrt(near)
    with pytest.raises(IllPosed, match="^a comparison depends on a rounding"):
        np.clip(Bounded([1.0], [1e-9]), -1.0, 1.0)
    np.testing.assert_array_equal(exact(float32(0, 1)) > 0, [False, True])  # 0 for certain


def test_rows_added_to_a_table_are_summed_in_any_order():
    table = exact(np.zeros([2, 1], np.float32))
    np.add.at(table, [1, 1, 1], exact(float32([0.1], [-0.7], [0.3])))
    assert table.error[0, 0] == 0
    assert table.error[1, 0] == pytest.approx(2 * 2.0 ** -24 * 1.1, rel=2e-3)


def test_a_softmax_is_bounded_by_how_far_its_logits_differ():
    # p = 3/4: odds of 3; moved by 1e-3 on either side, p (1 - p) 2e-3.
    logits = Bounded([[np.log(3), 0.0]], 1e-3)
    assert softmax(logits).error[0] == pytest.approx([3 / 16 * 2e-3] * 2, rel=1e-2)
    rounded = np.float32([[2.0, -1.0, 0.5]])
    result, (expected,) = softmax(exact(rounded)), np.exp([[2.0, -1.0, 0.5]])
    np.testing.assert_allclose(result.value[0], expected / expected.sum(), rtol=1e-12)
    with tf.Session() as session:
        computed = session.run(tf.nn.softmax(rounded))
    assert (np.abs(computed - result.value) <= result.error).all()
    assert result.error.max() < 1e-6


@settings(max_examples=200, deadline=None)
@given(st.lists(st.floats(-12, 12, width=32), min_size=2, max_size=6))
def test_a_softmax_lies_within_its_bound_by_the_logarithm_of_the_sum_too(logits):
    logits = np.array([logits], np.float32)
    result = softmax(exact(logits))
    largest = logits.max()
    total_of = np.log(np.exp(logits - largest).sum()) + largest
    by_logarithm = np.exp(logits - np.float32(total_of))
    assert (np.abs(by_logarithm - result.value) <= result.error).all()


@pytest.mark.parametrize("small, operation", [
    (1e-39, lambda x: x * float32(1e38)), (2.0 ** -130, lambda x: x * float32(2.0 ** 100)),
    (1e-39, np.sqrt), (1e-39, lambda x: x + float32(0))])
def test_what_is_too_small_may_count_as_0(small, operation):
    """As in TensorFlow's threads, for what goes in as well as for what comes out."""
    result = operation(exact(float32(small)))
    assert within(result[0], 0.0)
    x = tf.placeholder(tf.float32, [None])
    with tf.Session() as session:
        made = session.run(x * 1.0, {x: float32(small)})
    assert made in (0, float32(small))


def test_either_bounds_two_ways_to_compute():
    m, g, beta = exact(float32(0.3)), exact(float32(0.7)), exact(float32(0.9))
    one, other = beta * m + (1 - beta) * g, m + (1 - beta) * (g - m)
    both = either(one, other)
    assert both.error[0] >= max(one.error[0], other.error[0])
    assert either(float32(1), float32(2)) == 1


def test_a_float64_number_that_is_no_float32_is_refused():
    with pytest.raises(TypeError, match=r"^not float32 numbers: \[0.1\]$"):
        exact(np.array([0.1]))
    assert exact(np.array([0.5])).value[0] == 0.5
    with pytest.raises(TypeError):
        np.cos(exact(float32(1)))  # an operation without a rule


def test_sums_of_plain_arrays_are_taken_in_the_order_of_the_index():
    terms = float32(1e8, 1, -1e8)  # 1e8 + 1 is 1e8
    assert total(terms) == 0
    assert total(terms[[0, 2, 1]]) == 1
    matrix = np.array([[1.0, 2], [3, 4]])
    np.testing.assert_array_equal(product(np.eye(2), matrix), matrix)
    assert total(np.array([[True, False], [True, True]])).tolist() == [2, 1]


def test_a_rate_of_float64_functions_is_exact_unless_its_last_bits_decide():
    rates = np.array([0.3, 1 + 2.0 ** -24])  # the second lies between two float32 numbers
    result = bounded.rounded(rates, exact(float32(1)))
    assert result.error.tolist() == [0, ULP_OF_1]


@settings(max_examples=300, deadline=None)
@given(x=st.floats(2.0 ** -60, 2.0 ** 60, width=32), share=st.floats(-1, 1))
def test_a_root_from_the_worst_estimate_is_within_its_bound(x, share):
    half, true = np.float32(x / 2), 1 / np.sqrt(np.float64(x))
    estimate = np.float32(true * (1 + share * WORST_ESTIMATE))
    assume(abs(estimate / true - 1) <= WORST_ESTIMATE)  # unless rounding took it beyond
    inverse = estimate * (np.float32(1.5) - half * (estimate * estimate))
    assert abs(inverse / true - 1) <= ROOT * 2.0 ** -24
    assert within(np.sqrt(exact(np.float32(x))), np.float32(x) * inverse)


def test_the_exponential_is_within_1_ulp():
    """Every 61st float32 from -32 to -2^-20."""
    first, last = (int(np.float32(number).view(np.int32)) for number in (-2.0 ** -20, -32))
    worst = 0.0
    x = tf.placeholder(tf.float32, [None])
    exponential = tf.exp(x)
    with tf.Session() as session:
        for start in range(first, last, 2 ** 24):
            numbers = np.arange(start, min(start + 2 ** 24, last), 61, dtype=np.int32).view(
                np.float32)
            true = np.exp(numbers.astype(np.float64))
            found = session.run(exponential, {x: numbers})
            worst = max(worst, np.max(np.abs(found - true) / true))
    assert worst < EXPONENTIAL / 2 * 2.0 ** -24
