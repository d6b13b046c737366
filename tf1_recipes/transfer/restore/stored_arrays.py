"""Arrays that are read later: shape, type and a function that reads the values."""
from typing import Any, Callable, NamedTuple, Optional, Tuple

import numpy as np

# True for the two axes of a matrix, or the axis that each one comes from.
Transpose = Any


class StoredArray(NamedTuple):
    """Shape and type of an array, and a function that reads it."""

    shape: Tuple[int, ...]
    dtype: np.dtype
    read: Callable[[], np.ndarray]


class Fault(str):
    """The reason why an array cannot or must not be read, in place of the array."""


def masked_fault(value: Any) -> Optional[Fault]:
    """Returns the fault of a masked array, or of a list of such, with values under its mask.

    ``np.asarray`` hands out the numbers under the mask as if they were values.

    >>> masked_fault(np.ma.masked_less([1.0, -999.0, 3.0], 0))
    'has 1 masked value among 3: give it filled, by array.filled(0.0), say'
    """
    if isinstance(value, (list, tuple)) and any(
            isinstance(each, np.ma.MaskedArray) for each in value):
        value = np.ma.asarray(value)
    count = int(np.ma.count_masked(value)) if isinstance(value, np.ma.MaskedArray) else 0
    return Fault("has %d masked value%s among %d: give it filled, by array.filled(0.0), say" % (
        count, "" if count == 1 else "s", value.size)) if count else None
