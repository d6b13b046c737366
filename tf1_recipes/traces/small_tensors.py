"""Compares many small tensors of a step at once: one NumPy call for all, not a dozen for each."""
from __future__ import annotations

from typing import Any, Dict, List, Tuple

import numpy as np

from tf1_recipes.traces.element_differences import Tolerance
from tf1_recipes.traces.trace import Tensor, element_count
from tf1_recipes.traces.ulp import ulp_distance

LARGEST = 1 << 12  # bytes; of larger ones the arithmetic takes longer than the calls


def small(a: Tensor, b: Tensor) -> bool:
    """Whether two tensors are compared here: of one shape, and one type of floats."""
    return (a.dtype.kind == "f" and a.shape == b.shape and a.dtype == b.dtype
            and element_count(a.shape) * a.dtype.itemsize <= LARGEST)


def distances(pairs: List[Tuple[Tensor, Tensor]], tolerance: Tolerance) -> List[Any]:
    """Compares pairs of tensors.

    Args:
        pairs: list of pairs for which `small` is true.
        tolerance: `tf1_recipes.traces.element_differences.Tolerance`.

    Returns:
        A list as long as ``pairs``: (elements, number of those apart by more than the tolerance,
        largest distance in ULPs, largest difference); None for a pair with NaNs, with infinities or
        with a difference that overflows, unless both are the same to the bit.
    """
    found: List[Any] = [None] * len(pairs)
    batches: Dict[Any, List[Any]] = {}
    for index, (a, b) in enumerate(pairs):
        x, y = b"".join(map(_bytes, a.chunks(LARGEST))), b"".join(map(_bytes, b.chunks(LARGEST)))
        if x == y:
            found[index] = element_count(a.shape), 0, 0, 0.0
        else:
            batches.setdefault(a.dtype, []).append((index, x, y))
    for dtype, batch in batches.items():
        indices, xs, ys = zip(*batch)
        sizes = [len(x) // dtype.itemsize for x in xs]
        starts = np.cumsum([0] + sizes[:-1])
        for index, *numbers in zip(indices, sizes, *_compared(
                np.frombuffer(b"".join(xs), dtype), np.frombuffer(b"".join(ys), dtype), starts,
                tolerance)):
            elements, finite, failing, ulp, absolute = numbers
            found[index] = (elements, failing, ulp, absolute) if finite else None
    return found


def _bytes(piece):
    return piece.tobytes()


def _compared(a, b, starts, tolerance):
    """Lists, an entry for the elements from each start on: whether all differences are finite, how
    many fail, and the largest distances.
    """
    distance = ulp_distance(a, b)
    with np.errstate(invalid="ignore", over="ignore"):
        absolute = np.abs(np.subtract(a, b))
        failing = distance > tolerance.ulp
        if tolerance.rtol or tolerance.atol:
            failing &= absolute > tolerance.atol + tolerance.rtol * np.abs(b)
    return (np.logical_and.reduceat(np.isfinite(absolute), starts).tolist(),
            np.add.reduceat(failing, starts, dtype=np.int64).tolist(),
            np.maximum.reduceat(distance, starts).tolist(),
            np.maximum.reduceat(absolute, starts).tolist())
