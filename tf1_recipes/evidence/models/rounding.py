"""How far off a float32 result may be: for every operation, from how far off its operands are.

A `Pair` holds the result of exact arithmetic (``value``, in float64) and a bound of how far the
float32 number that a program computes may be from it (``error``). Each rule adds the operation's
own rounding to the effect of its operands' errors, by the standard model

    fl(a op b) = (a op b) (1 + d),   |d| <= u = 2^-24

and holds however the program computes:

* a sum of n terms is off by at most gamma_(n-1) sum |t|, gamma_n = n u / (1 - n u), in any order;
* a fused multiply-add skips a rounding that is counted here;
* a quotient may be a product with a rounded reciprocal (an estimated reciprocal rounds more:
  TensorFlow's `Inverse` op begins with one, but none of its divisions does);
* a number below float32's smallest normal number may become 0, as in TensorFlow's threads.

Where operands and result are float32 numbers, nothing is rounded and the error stays 0.

Source: Higham, "Accuracy and Stability of Numerical Algorithms", 2nd edition, chapters 2 to 4.
"""
import collections

import numpy as np

from tf1_recipes.errors import Error

Pair = collections.namedtuple("Pair", "value error")

# u, and a thousandth more: the float64 arithmetic of this module may itself be off by 2^-29 u.
UNIT = 2.0 ** -24 * (1 + 2.0 ** -10)
SMALLEST_NORMAL = 2.0 ** -126

# How many roundings an operation counts as, if more than one.
DIVISION = 2  # a product with a rounded reciprocal.
# Eigen takes a root as x * rsqrt(x), or that alone, begins with the processor's estimate, off by a
# share e of at most 1.5 * 2^-12 (Intel's and AMD's manuals, RSQRTPS), and makes one Newton step
# y (1.5 - x/2 y y). That leaves 1.5 e^2 + |e|^3 / 2 = 3.38 u, and rounds: y y and its product with
# x/2, together half of the difference, by u, the difference, the product and the root by u each.
ROOT = 7.5
# TensorFlow's exp is within 1.99 u for each float32 from -32 to -2^-20 on 0.12.1, 1.7.1, 1.15.5 and
# 2.21 (measured; tests/test_reference_rounding.py tries every 61st); twice that.
EXPONENTIAL = 4
LOGARITHM = 4  # as the exponential: glibc's and Eigen's are within 1 ULP; twice that.
# glibc's manual, "Known Maximum Errors in Math Functions": powf is within 1 ULP. Or n - 1 products.
POWER = 2


class IllPosed(Error):
    """A result depends on a rounding. The problem has to be changed."""


def add(a, b):
    value = a.value + b.value
    # Knuth's TwoSum: what float64 itself rounded off.
    part = value - a.value
    rest = (a.value - (value - part)) + (b.value - part)
    sharp = _zero(a) | _zero(b) | (_exact(a, b) & (rest == 0) & _representable(value))
    return _rounded(value, a.error + b.error, sharp)


def subtract(a, b):
    return add(a, negative(b))


def negative(a):
    return Pair(-a.value, a.error)


def multiply(a, b):
    value = a.value * b.value
    error = np.abs(a.value) * b.error + np.abs(b.value) * a.error + a.error * b.error
    sharp = _zero(a) | _zero(b) | _power_of_2(a) | _power_of_2(b) | (
        _exact(a, b) & _representable(value))
    return _rounded(value, error, sharp)


def divide(a, b):
    _refuse(np.abs(b.value) <= b.error, "a divisor is 0 within its bound")
    value = a.value / b.value
    error = (a.error + np.abs(value) * b.error) / (np.abs(b.value) - b.error)
    return _rounded(value, error, _zero(a) | _power_of_2(b), DIVISION)


def square_root(a):
    low = a.value - a.error
    _refuse(low < 0, "the root of a number that may be negative within its bound")
    value = np.sqrt(a.value)
    # sqrt(x) - sqrt(x - e) without the cancellation.
    error = a.error / np.where(a.error == 0, 1, value + np.sqrt(low))
    return _rounded(value, error, _zero(a), ROOT)


def exponential(a):
    value = np.exp(a.value)
    return _rounded(value, value * np.expm1(a.error), False, EXPONENTIAL)


def logarithm(a):
    low = a.value - a.error
    _refuse(low <= 0, "the logarithm of a number that may not be positive within its bound")
    return _rounded(np.log(a.value), np.log1p(a.error / low), a.value == 1, LOGARITHM)


def softmax(a):
    """exp(l_i - max l) / sum_j exp(l_j - max l) of each row, or exp(l_i - log sum_j exp l_j).

    p = 1 / (1 + (1 - p) / p): if the differences of the logits are off by at most d, the odds
    (1 - p) / p are off by a factor of at most e^d. The roundings on the way are bounded by the
    rules above, for exact logits; the larger bound of the two formulas is taken.
    """
    logits = Pair(a.value, np.zeros_like(a.value))
    largest = Pair(a.value.max(axis=1, keepdims=True), 0.0)
    exponentials = exponential(subtract(logits, largest))
    sums = Pair(*(each[:, None] for each in sum_in_any_order(
        Pair(*(each.T for each in exponentials)))))
    p = divide(exponentials, sums)
    by_logarithm = exponential(subtract(logits, add(logarithm(sums), largest)))
    error = np.maximum(p.error, by_logarithm.error + np.abs(by_logarithm.value - p.value))
    factor = np.exp(2 * a.error.max(axis=1, keepdims=True))
    moved = p.value * (1 - p.value) * (factor - 1) / (p.value + (1 - p.value) / factor)
    return Pair(p.value, error * factor + moved)


def power(a, b):
    """Powers of exact numbers with whole exponents, by one function or by repeated products."""
    if np.any(a.error) or np.any(b.error) or np.any(b.value != np.rint(b.value)):
        raise TypeError("bounds of powers are for exact numbers with whole exponents only")
    roundings = np.maximum(POWER, np.abs(b.value) - 1)
    sharp = (b.value == 0) | (a.value == 1)
    return _rounded(np.power(a.value, b.value), 0.0, sharp, roundings)


def maximum(a, b):
    return Pair(np.maximum(a.value, b.value), _of_the_chosen(a, b, a.value >= b.value))


def minimum(a, b):
    return Pair(np.minimum(a.value, b.value), _of_the_chosen(a, b, a.value <= b.value))


def sign(a):
    return Pair(np.sign(a.value), np.where((np.abs(a.value) <= a.error) & (a.error > 0), 2.0, 0.0))


def comparison(compare):
    """A comparison that is the same however numbers were rounded, or raises `IllPosed`."""
    def rule(a, b):
        apart = np.abs(a.value - b.value)
        error = a.error + b.error
        _refuse((apart <= error) & (error > 0), "a comparison depends on a rounding")
        return compare(a.value, b.value)
    return rule


def sum_in_any_order(terms):
    """The sum along the first axis, in any order.

    Terms that are exactly 0 do not count. If all terms are multiples of one power of 2, and their
    sizes add up to at most 2^24 times that, every partial sum is a float32 number: nothing rounds.
    """
    value, error = sum_in_order(terms.value), sum_in_order(terms.error)
    if not len(terms.value):
        return Pair(value, error)
    size = sum_in_order(np.abs(terms.value))
    count = sum_in_order(~_zero(terms))
    sharp = (count <= 1) | ((error == 0) & (size <= 2.0 ** 24 * _common_unit(terms.value)))
    return _rounded(value, error, sharp, np.maximum(count - 1, 1), size + error)


def sum_in_order(terms):
    """The sum of an array along the first axis, in the order of its index on any machine."""
    total = np.zeros(terms.shape[1:], np.result_type(terms.dtype, np.int64)
                     if terms.dtype.kind == "b" else terms.dtype)
    for term in terms:
        total = total + term
    return total


def _rounded(value, error, sharp, roundings=1, size=None):
    """The result of an operation with so many roundings, or with none where it is ``sharp``.

    size: of the number that is rounded, if that is not the result.
    """
    # A smaller number may become 0, or have fewer bits than its operands.
    sharp = sharp & ((value == 0) | (np.abs(value) >= SMALLEST_NORMAL))
    size = np.abs(value) + error if size is None else size
    gamma = roundings * UNIT / (1 - roundings * UNIT)
    rounding = gamma * size + roundings * SMALLEST_NORMAL
    return Pair(value, np.where(sharp, error, error + rounding))


def _of_the_chosen(a, b, first):
    """The error of the larger (or smaller) of two; of one of them, if the choice is certain."""
    certain = np.abs(a.value - b.value) > a.error + b.error
    return np.where(certain, np.where(first, a.error, b.error), np.maximum(a.error, b.error))


def _exact(a, b):
    return (a.error == 0) & (b.error == 0)


def _zero(a):
    return (a.value == 0) & (a.error == 0)


def _power_of_2(a):
    return (np.abs(np.frexp(a.value)[0]) == 0.5) & (a.error == 0)


def _representable(value):
    return value.astype(np.float32) == value


def _common_unit(values):
    """The largest power of 2 of which all values along the first axis are multiples."""
    mantissa, exponent = np.frexp(values)
    mantissa = (np.abs(mantissa) * 2.0 ** 53).astype(np.int64)
    unit = np.ldexp((mantissa & -mantissa).astype(np.float64), exponent - 53)
    return np.min(np.where(values == 0, np.inf, unit), axis=0)


def _refuse(wrong, what):
    if np.any(wrong):
        place = ", ".join(str(int(each)) for each in np.argwhere(wrong)[0])
        raise IllPosed("%s: element [%s] of %s" % (what, place, list(np.shape(wrong))))
