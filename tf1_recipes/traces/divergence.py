"""How far each tensor of two traces is apart, step by step, in bounded memory.

A trace may have a million steps: a tensor has at most `MOST_COLUMNS` columns. Once they are full,
each two become one, which holds the worse of both, and from then on a column covers twice as
many steps.
"""
from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import Tuple

import numpy as np

MOST_COLUMNS = 1024
# What a column says of a tensor: the greatest of the steps that it covers.
ABSENT, WITHIN, APART, NOT_FINITE, MISMATCH = range(5)


@dataclass
class Curve:
    """One tensor over all columns: arrays of one length.

    Attributes:
        state: `ABSENT` where it was not compared, `WITHIN` the tolerance, `APART` by more,
            `NOT_FINITE` on one side only, or a `MISMATCH` of shape or dtype.
        ulp, absolute: the largest distance of two finite elements.
    """

    state: np.ndarray
    ulp: np.ndarray
    absolute: np.ndarray


class Divergence:
    """The columns of all tensors, filled by `tf1_recipes.traces.compare`.

    Args:
        most: int, even: the most columns there can be.

    Attributes:
        starts: list of int, the number of the first step of each column.
        width: int, how many compared steps a column covers.

    >>> divergence = Divergence(most=2)
    >>> for number, absolute in [(0, 0.0), (1, 0.5), (2, 0.25)]:
    ...     divergence.begin(number)
    ...     divergence.add("w", APART if absolute else WITHIN, absolute=absolute)
    >>> divergence.starts, divergence.width, divergence.curve("w").absolute.tolist()
    ([0, 2], 2, [0.5, 0.25])
    """

    def __init__(self, most: int = MOST_COLUMNS) -> None:
        self.starts = []
        self.width = 1
        self._most = most
        self._steps = 0
        self._cells = {}

    def begin(self, number: int) -> None:
        """Goes to the next step."""
        if self._steps == self._most * self.width:
            self._halve()
        if self._steps % self.width == 0:
            self.starts.append(number)
        self._steps += 1

    def add(self, key: Tuple[str, str], state: int, ulp: int = 0, absolute: float = 0.0) -> None:
        """Takes in a tensor of this step."""
        column = len(self.starts) - 1
        if key not in self._cells:
            self._cells[key] = bytearray(), array("d"), array("d")
        cells = self._cells[key]
        missing = column + 1 - len(cells[0])
        if missing > 0:
            cells[0].extend(bytes(missing))
            for each in cells[1:]:
                each.frombytes(bytes(8 * missing))
        for each, value in zip(cells, (state, ulp, absolute)):
            if value > each[column]:
                each[column] = value

    def curve(self, key: Tuple[str, str]) -> Curve:
        """Returns a tensor's `Curve`."""
        state, ulp, absolute = self._cells.get(key, (b"", b"", b""))
        arrays = (np.frombuffer(state, np.uint8), np.frombuffer(ulp), np.frombuffer(absolute))
        return Curve(*(np.concatenate([each, np.zeros(len(self.starts) - each.size, each.dtype)])
                       for each in arrays))

    def _halve(self):
        self.width *= 2
        self.starts = self.starts[::2]
        for key, (state, ulp, absolute) in self._cells.items():
            self._cells[key] = (
                bytearray(map(max, state[::2], bytes(state[1::2]) + b"\0")),
                *(array("d", map(max, each[::2], [*each[1::2], 0.0])) for each in (ulp, absolute)))
