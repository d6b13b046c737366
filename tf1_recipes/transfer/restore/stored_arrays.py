"""An array that is known by its shape and type, and read when it is asked for."""
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
    """What stands in the place of an array that must not or cannot be had: the reason."""
