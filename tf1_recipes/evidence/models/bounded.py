"""Arrays of numbers, each with a bound of how far any float32 evaluation of it may be off.

The NumPy models compute with it as with a float32 array, by NumPy's protocols for array types
(NEP 13 and NEP 18). The rules are those of `tf1_recipes.evidence.models.rounding`.
"""
from __future__ import annotations

from typing import Union

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from tf1_recipes.evidence.models import rounding
from tf1_recipes.evidence.models.rounding import Pair


class Bounded(NDArrayOperatorsMixin):
    """Numbers that a program computes in float32, as float64 ``value`` and ``error``.

    A comparison returns booleans, or raises `rounding.IllPosed` if it depends on a rounding.

    Args:
        value: array, what exact arithmetic gives.
        error: array of that shape or a number, how far a float32 evaluation may be off at most.

    >>> third = exact(np.float32([1])) / exact(np.float32([3]))
    >>> 2 ** -24 / 3 < third.error[0] < 2.01 * 2 ** -24 / 3     # by a reciprocal: two roundings
    True
    >>> (third * exact(np.float32([0.5]))).error[0] == third.error[0] / 2    # no rounding
    True
    """

    dtype = np.dtype(np.float32)  # of the numbers that it stands for
    __slots__ = ("value", "error")

    def __init__(self, value: np.ndarray, error: np.ndarray | float = 0.0) -> None:
        self.value = np.array(value, np.float64)
        self.error = np.array(np.broadcast_to(np.asarray(error, np.float64), self.value.shape))

    def __repr__(self):
        return "Bounded(%r, %r)" % (self.value, self.error)

    def __len__(self):
        return len(self.value)

    def __getitem__(self, place):
        return Bounded(self.value[place], self.error[place])

    def __setitem__(self, place, numbers):
        numbers = exact(numbers)
        self.value[place], self.error[place] = numbers.value, numbers.error

    @property
    def shape(self) -> tuple[int, ...]:
        return self.value.shape

    @property
    def size(self) -> int:
        return self.value.size

    @property
    def T(self) -> Bounded:
        return Bounded(self.value.T, self.error.T)

    def copy(self) -> Bounded:
        return Bounded(self.value, self.error)

    def astype(self, dtype: np.dtype) -> Bounded:
        if np.dtype(dtype) != self.dtype:
            raise TypeError("a Bounded stands for float32 numbers, not for %s" % np.dtype(dtype))
        return self.copy()

    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        if method == "at" and ufunc in (np.add, np.subtract):
            return _add_rows(ufunc, *inputs)
        place = options.pop("out", (None,))[0]
        if ufunc not in _RULES or method != "__call__" or options:
            return NotImplemented
        result = _wrapped(_RULES[ufunc](*(_pair(exact(each)) for each in inputs)))
        if place is None:
            return result
        place[...] = result
        return place

    def __array_function__(self, function, types, args, options):
        if function not in _FUNCTIONS:
            return NotImplemented
        return _FUNCTIONS[function](*args, **options)


Numbers = Union[np.ndarray, Bounded]


def exact(numbers: Numbers | float) -> Bounded:
    """Returns float32 numbers, integers or booleans as a `Bounded` without an error.

    A Python float becomes a float32, as it does beside a float32 array. A number below the smallest
    normal one may be taken for 0, so its error is its size.

    Raises:
        TypeError: a number is not a float32. The caller has to round it as TensorFlow does.
    """
    if isinstance(numbers, Bounded):
        return numbers
    numbers = np.asarray(np.float32(numbers) if type(numbers) is float else numbers)
    if not np.array_equal(numbers.astype(np.float32).astype(numbers.dtype), numbers):
        raise TypeError("not float32 numbers: %s" % numbers)
    size = np.abs(numbers.astype(np.float64))
    return Bounded(numbers, np.where(size < rounding.SMALLEST_NORMAL, size, 0))


def either(one: Numbers, other: Numbers) -> Numbers:
    """Returns a bound of two ways to compute the same numbers; of plain arrays, the first one.

    >>> float(either(Bounded(1.0, 0.25), Bounded(1.0, 0.5)).error)
    0.5
    """
    if not isinstance(one, Bounded):
        return one
    return Bounded(one.value, np.maximum(
        one.error, other.error + np.abs(one.value - other.value)))


def total(terms: Numbers, axis: int = 0) -> Numbers:
    """The sum along an axis: of a `Bounded` in any order, of a plain array in index order."""
    if not isinstance(terms, Bounded):
        return rounding.sum_in_order(np.moveaxis(np.asarray(terms), axis, 0))
    return _wrapped(rounding.sum_in_any_order(
        Pair(np.moveaxis(terms.value, axis, 0), np.moveaxis(terms.error, axis, 0))))


def product(a: Numbers, b: Numbers) -> Numbers:
    """The product of two matrices [n, k] and [k, m], summed as by `total`."""
    return total(a[:, :, None] * b[None, :, :], axis=1)


def affine(inputs: Numbers, kernel: Numbers, bias: Numbers) -> Numbers:
    """inputs kernel + bias; the bias is one more term of each sum of products."""
    products = inputs[:, :, None] * kernel[None, :, :]
    biases = np.zeros((len(inputs), 1, 1), np.float32) + bias
    return total(np.concatenate([products, biases], axis=1), axis=1)


def as_array(numbers: Numbers) -> np.ndarray:
    """The numbers without their bounds, as a plain array."""
    return numbers.value if isinstance(numbers, Bounded) else np.asarray(numbers)


def rounded(numbers: np.ndarray, like: Numbers) -> Numbers:
    """Returns float64 numbers as a plain array or as a `Bounded` of float32, whichever ``like`` is.

    float64 functions may differ in their last bits. Where these decide between two float32 numbers,
    the error covers both.
    """
    if not isinstance(like, Bounded):
        return numbers.astype(like.dtype)
    low, high = (np.float64(np.float32(numbers * (1 + sign * 2.0 ** -45))) for sign in (-1, 1))
    value = np.float64(np.float32(numbers))
    return Bounded(value, np.maximum(np.abs(high - value), np.abs(value - low)))


def softmax(logits: Numbers) -> Numbers:
    """The softmax of each row."""
    if isinstance(logits, Bounded):
        return _wrapped(rounding.softmax(_pair(logits)))
    exponentials = np.exp(logits - np.max(logits, axis=1, keepdims=True))
    return exponentials / total(exponentials, axis=1)[:, None]


def _pair(numbers):
    return Pair(numbers.value, numbers.error)


def _wrapped(result):
    return Bounded(*result) if isinstance(result, Pair) else result


def _add_rows(ufunc, array, indices, values):
    """``np.add.at`` and ``np.subtract.at``: the values of one row are added in any order."""
    values = exact(values)
    for row in np.unique(indices):
        mine = values[np.asarray(indices) == row]
        terms = np.concatenate([array[row][None], mine if ufunc is np.add else -mine])
        array[row] = total(terms)


def _concatenate(arrays, axis=0):
    arrays = [exact(each) for each in arrays]
    return Bounded(np.concatenate([each.value for each in arrays], axis),
                   np.concatenate([each.error for each in arrays], axis))


def _stack(arrays):
    return _concatenate([exact(each)[None] for each in arrays])


def _where(condition, one, other):
    one, other = exact(one), exact(other)
    return Bounded(np.where(condition, one.value, other.value),
                   np.where(condition, one.error, other.error))


def _clip(numbers, low, high):
    """Refuses a number with a limit within its bound: clipping it would depend on a rounding."""
    for limit in (low, high):
        np.greater(numbers, limit)
    return np.minimum(np.maximum(numbers, low), high)


def _full_like(like, fill):
    return exact(np.full(like.shape, fill, np.float32))


_RULES = {
    np.add: rounding.add, np.subtract: rounding.subtract, np.negative: rounding.negative,
    np.multiply: rounding.multiply, np.true_divide: rounding.divide,
    np.square: lambda a: rounding.multiply(a, a), np.sqrt: rounding.square_root,
    np.exp: rounding.exponential, np.power: rounding.power,
    np.absolute: lambda a: Pair(np.abs(a.value), a.error),
    np.maximum: rounding.maximum, np.minimum: rounding.minimum,
    np.sign: rounding.sign,
    **{compare: rounding.comparison(compare)
       for compare in (np.greater, np.greater_equal, np.less, np.less_equal)},
}

_FUNCTIONS = {
    np.where: _where, np.clip: _clip, np.concatenate: _concatenate, np.stack: _stack,
    np.full_like: _full_like, np.zeros_like: lambda like: _full_like(like, 0),
    np.shape: lambda a: a.shape, np.size: lambda a: a.size,
}
