"""When two elements agree, and how two tensors of one shape and dtype differ.

Two elements agree if they are equal, within ``ulp`` units in the last place, or within
``atol + rtol * |b|``; two NaNs agree, a NaN and a number never do, nor an infinity and a number.
Whole numbers and booleans must be equal unless ``rtol`` or ``atol`` is given. No more than a piece
of one pair of tensors is in memory at a time.
"""
from __future__ import annotations

import collections
import itertools
import math
import sys
from dataclasses import dataclass
from typing import Any, Optional, Sequence

import numpy as np

from tf1_recipes.errors import Error
from tf1_recipes.traces.trace import Tensor, element_count
from tf1_recipes.traces.ulp import ulp_distance

PIECE = 1 << 19  # bytes: a pair of pieces and what is computed of them stay in the cache
_SMALL = 1 << 12  # bytes: copying so few takes less time than NumPy's comparison takes to start
_AHEAD = 4  # pairs of pieces that are read before the first of them has been compared


@dataclass(frozen=True)
class Tolerance:
    """How far two elements may be apart: in ULPs, or by ``atol + rtol * |b|``.

    Raises:
        Error: ``ulp`` is not a whole number >= 0, or another one not a finite number >= 0.

    >>> str(Tolerance(ulp=4)), str(Tolerance(rtol=0.001, atol=1e-6))
    ('4 ULP', '1e-06 + 0.001 * |b|')
    """

    ulp: int = 0
    rtol: float = 0.0
    atol: float = 0.0

    def __post_init__(self) -> None:
        problems = [tolerance_problem(*each) for each in vars(self).items()]
        if any(problems):
            raise Error("tolerance: " + "; ".join(filter(None, problems)))

    def __str__(self) -> str:
        parts = ["%d ULP" % self.ulp] if self.ulp or not (self.rtol or self.atol) else []
        if self.rtol or self.atol:
            parts.append("%g + %g * |b|" % (self.atol, self.rtol))
        return " or ".join(parts)


def tolerance_problem(name: str, value: Any) -> Optional[str]:
    """Returns what is wrong with a number of a `Tolerance`, or None.

    >>> tolerance_problem("ulp", 1.5), tolerance_problem("rtol", 1.5)
    ('ulp = 1.5: it must be a whole number >= 0', None)
    """
    number = value.item() if isinstance(value, np.generic) else value
    whole = name == "ulp"
    if type(number) in ((int,) if whole else (int, float)) and 0 <= number <= sys.float_info.max:
        return None
    return "%s = %r: it must be a %s number >= 0" % (name, value, "whole" if whole else "finite")


@dataclass
class Difference:
    """How two arrays differ: the numbers of one tensor at one step."""

    elements: int = 0
    failing: int = 0
    not_finite: int = 0
    ulp: int = 0
    absolute: float = 0.0
    index: int = -1
    values: tuple = ()

    def add(self, other: Difference, offset: int) -> None:
        """Takes in the difference of a further piece, which begins at element ``offset``."""
        if other.failing and (not self.failing or (other.not_finite, other.ulp, other.absolute) > (
                self.not_finite, self.ulp, self.absolute)):
            self.index, self.values = offset + other.index, other.values
        self.elements += other.elements
        self.failing += other.failing
        self.not_finite += other.not_finite
        self.ulp = max(self.ulp, other.ulp)
        self.absolute = max(self.absolute, other.absolute)


def described(difference: Difference, shape: Sequence[int]) -> str:
    """Returns the worst element's place and values as text."""
    index = np.unravel_index(difference.index, shape) if shape else ()
    a, b = difference.values
    place = " [%s]: " % ", ".join(str(int(each)) for each in index) if shape else ": "
    text = "%s%s against %s" % (place, a, b)
    if a.dtype.kind not in "fc" or not (np.isfinite(a) and np.isfinite(b)):
        return text
    # Of this element: the tensor's largest may be that of one within the tolerance.
    part = a.real.dtype
    ulp = ulp_distance(np.array([a]).view(part), np.array([b]).view(part)).max()
    return text + " (%d ULP)" % ulp


def difference_between(a: Tensor, b: Tensor, tolerance: Tolerance, pool: Any = None) -> Difference:
    """Returns the `Difference` of two tensors of one shape and dtype, reading them in pieces."""
    total = Difference()
    if pool is None or a.dtype.itemsize * element_count(a.shape) <= PIECE:
        for ours, theirs in _pieces(a, b):
            total.add(_piece(ours, theirs, tolerance), total.elements)
        return total
    waiting = collections.deque()
    for pair in _pieces(a, b):
        waiting.append(pool.submit(_piece, *pair, tolerance))
        if len(waiting) == _AHEAD:
            total.add(waiting.popleft().result(), total.elements)
    for difference in waiting:
        total.add(difference.result(), total.elements)
    return total


def _pieces(a, b):
    # Both are read to their ends, where their checksums are verified. Their sizes are equal.
    return itertools.zip_longest(a.chunks(PIECE), b.chunks(PIECE))


def _piece(a, b, tolerance):
    if a.dtype.kind == "c":
        part = np.float32 if a.dtype.itemsize == 8 else np.float64
        difference = _piece(a.view(part), b.view(part), tolerance)
        if difference.failing:
            difference.index //= 2
            difference.values = (a[difference.index], b[difference.index])
        difference.elements = a.size
        return difference
    small = a.nbytes < _SMALL
    if a.tobytes() == b.tobytes() if small else np.array_equal(a.view(np.uint8), b.view(np.uint8)):
        return Difference(a.size)
    if a.dtype.kind == "f":
        return _floats(a, b, tolerance)
    # Exact for 64-bit integers too, whose difference may not fit, and which float64 would round.
    unsigned = a.dtype.str.replace("i", "u").replace("b", "u")
    absolute = (np.maximum(a, b).view(unsigned) - np.minimum(a, b).view(unsigned)).astype(float)
    failing = a != b
    if tolerance.rtol or tolerance.atol:
        failing &= absolute > tolerance.atol + tolerance.rtol * np.abs(b.astype(np.float64))
    worst = int(np.argmax(np.where(failing, absolute, -1.0)))
    return Difference(a.size, int(np.count_nonzero(failing)), 0, 0, float(absolute.max()),
                      worst, (a[worst], b[worst]))


def _floats(a, b, tolerance, known_finite=False):
    distance = ulp_distance(a, b)
    with np.errstate(invalid="ignore", over="ignore"):
        absolute = np.subtract(a, b)
        np.abs(absolute, out=absolute)
    largest = float(absolute.max())
    if known_finite or math.isfinite(largest):  # so a and b are finite, too
        ulp = int(distance.max())
        if ulp <= tolerance.ulp:
            return Difference(a.size, 0, 0, ulp, largest)
        failing = distance > tolerance.ulp
        if tolerance.rtol or tolerance.atol:
            failing &= absolute > tolerance.atol + tolerance.rtol * np.abs(b)
        if not failing.any():
            return Difference(a.size, 0, 0, ulp, largest)
        worst = int(np.argmax(np.where(failing, distance, 0)))
        return Difference(a.size, int(np.count_nonzero(failing)), 0, ulp, largest,
                          worst, (a[worst], b[worst]))
    return _floats_not_finite(a, b, tolerance)


def _floats_not_finite(a, b, tolerance):
    """The rare case: NaNs and infinities are compared separately, the rest as usual."""
    same = (a == b) | (np.isnan(a) & np.isnan(b))
    finite = np.isfinite(a) & np.isfinite(b)
    apart = ~same & ~finite
    rest = np.flatnonzero(finite)
    result = _floats(a[rest], b[rest], tolerance, True) if rest.size else Difference()
    if result.failing:
        result.index = int(rest[result.index])
    count = int(np.count_nonzero(apart))
    if count:
        worst = int(np.argmax(apart))
        result.index, result.values = worst, (a[worst], b[worst])
    result.elements, result.failing = a.size, result.failing + count
    result.not_finite = count
    return result
