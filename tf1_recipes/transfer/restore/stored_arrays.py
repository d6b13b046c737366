"""Arrays that are read later: shape, type and a function that reads the values."""
from typing import Any, Callable, NamedTuple, Tuple

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
