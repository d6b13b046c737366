"""What is known of a tensor: that it is the same in all batches, or has a row for each example.

Sizes of batches are numbers: `ANY_SIZE`, a prime that no graph contains, stands for one that is not
fixed. A product, sum or exact quotient of sizes that is computed with it tells what it is for all
sizes: 3 * `ANY_SIZE` is three times the batch, and neither equal to nor a multiple of any number
that does not come from the batch.
"""
from __future__ import annotations

import enum
from typing import Any, NamedTuple, Optional, Union

# 2^61 - 1: sums and products of 32-bit numbers that have it as a factor have it from the batch.
ANY_SIZE = 2 ** 61 - 1
_LARGEST_NUMBER = 2 ** 40


class Rows(NamedTuple):
    """A tensor whose entries are each computed from one example, alike for all.

    The axis ``axis`` has ``before * batch * after`` places, and place ``(p * batch + i) * after +
    q`` belongs to example i. Neither the other examples, nor their number, nor the example's place
    in the batch has any effect on it.
    """

    axis: int
    before: int = 1
    after: int = 1


class WithoutRows(enum.Enum):
    """A tensor that no example has any effect on.

    ``SAME`` is the same in every batch: computed from weights and constants alone. ``SIZE`` is
    computed from the number of examples in the batch, too, such as a shape.
    """

    SAME = 1
    SIZE = 2


class Handle(NamedTuple):
    """The handle of a TensorArray, named after the op that makes it."""

    origin: str


class Stop(NamedTuple):
    """A tensor of which nothing is known, since the proof does not get beyond an op.

    Attributes:
        why: str, what the op does to the examples; None if its type is in no table.
    """

    op: str
    type: str
    why: Optional[str]


Kind = Union[Rows, WithoutRows, Handle, Stop]
SAME, SIZE = WithoutRows.SAME, WithoutRows.SIZE


class Stopped(Exception):
    """A rule finds that an op mixes examples, or cannot show that it does not."""


def is_number(size: Any) -> bool:
    """Whether a size is known and does not hang on the batch.

    >>> is_number(-3), is_number(2 * ANY_SIZE), is_number(ANY_SIZE - 1), is_number(None)
    (True, False, False, False)
    """
    return isinstance(size, int) and abs(size) < _LARGEST_NUMBER
