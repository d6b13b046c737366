"""The distance between floating-point numbers in ULPs, units in the last place."""
from __future__ import annotations

from typing import Any, Dict

import numpy as np

_INTEGERS: Dict[int, Any] = {2: np.int16, 4: np.int32, 8: np.int64}
_LARGEST = {size: np.iinfo(integer).max for size, integer in _INTEGERS.items()}
_UNSIGNED = {2: np.uint16, 4: np.uint32, 8: np.uint64}


def ulp_distance(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Returns how many representable numbers lie between ``a`` and ``b``, element by element.

    The bits of an IEEE number, read as an integer, count the representable numbers from zero on;
    with the sign taken from the sign bit, the distance is the difference of these integers:

        distance(a, b) = |n(a) - n(b)|,   n(x) = (-1)^sign(x) * (bits(x) without the sign)

    ``-0.0`` and ``0.0`` are 0 apart, the smallest number and its negative 2. What the distance is
    from a NaN has no meaning; the infinities are one step beyond the largest number.

    Args:
        a, b: arrays of one shape and one dtype: float16, float32 or float64.

    Returns:
        An array of unsigned integers of the same width.

    >>> ulp_distance(np.float32([1.0, 0.0]), np.float32([1.0000001, -0.0]))
    array([1, 0], dtype=uint32)
    """
    a, b = np.asarray(a), np.asarray(b)
    integer = _INTEGERS[a.dtype.itemsize]
    left, right = a.view(integer), b.view(integer)
    if ((left ^ right) < 0).any():
        left, right = _count_from_zero(left), _count_from_zero(right)
    # The difference may not fit the signed type; its bits, read unsigned, are right all the same.
    distance = np.maximum(left, right)
    np.subtract(distance, np.minimum(left, right), out=distance)
    return distance.view(_UNSIGNED[a.dtype.itemsize])


def _count_from_zero(bits):
    magnitude = bits & _LARGEST[bits.dtype.itemsize]
    return np.where(bits < 0, -magnitude, magnitude)
