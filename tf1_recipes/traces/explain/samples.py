"""Reads what an explanation needs of the traces: a few steps, and samples of large tensors.

A tensor of many elements is sampled in blocks, spread evenly from its first element to its last,
so that neither time nor memory grows with it.
"""
from __future__ import annotations

import collections
import re
from typing import Any, List, Optional, Tuple

import numpy as np

from tf1_recipes.traces.archive import StoredTensor
from tf1_recipes.traces.trace import Tensor, Trace, element_count

_ELEMENTS = 1 << 18  # of all variables together, at one step
_BLOCKS = 16
_WHOLE = 1 << 22
_READ_AT_ONCE = 1 << 14
_STEPS_KEPT = 10

STATISTIC = re.compile(
    r"(.*[/.])?(moving_(mean|variance|var|average)|running_(mean|var)|pop_(mean|var))(_\d+)?$")
POWER = re.compile(r"(.*[/.])?beta[12]_power(_\d+)?$")


class Samples:
    """The tensors of two traces, pair by pair.

    Args:
        a, b: traces, as `open_trace` returns them.
        rows: list of `TensorRow`, the pairs that are compared.
    """

    def __init__(self, a: Trace, b: Trace, rows: List[Any]) -> None:
        self._traces = a, b
        self.numbers = sorted(set(a.numbers) & set(b.numbers))
        self.rows = {(row.kind, row.name): row for row in rows}
        self.variables = [row.name for row in rows if row.kind == "variables"]
        self._limit = max(256, min(1 << 16, _ELEMENTS // max(1, len(self.variables))))
        self._steps = collections.OrderedDict()
        self.fed_alike_until = None  # the first step at which the sides are fed other numbers
        self.undo = {}  # by name: functions that put b's array into a's layout

    def tensors(self, kind: str, name: str, number: Any) -> Tuple[Any, Any]:
        """Returns the tensors of both sides at a step; None for one that is missing."""
        if number not in self._steps:
            self._steps[number] = [trace[number].tensors for trace in self._traces], {}
            if len(self._steps) > _STEPS_KEPT:
                self._steps.popitem(last=False)
        row = self.rows[kind, name]
        found, _ = self._steps[number]
        return found[0].get((kind, row.name)), found[1].get((kind, row.name_in_b))

    def pair(self, name: str, number: int,
             kind: str = "variables") -> Any:
        """Returns samples of a tensor at a step, as flat float64 arrays of both sides, or None."""
        tensors = self.tensors(kind, name, number)
        kept = self._steps[number][1]
        if (kind, name) not in kept:
            kept[kind, name] = self._sample(kind, name, tensors)
        return kept[kind, name]

    def _sample(self, kind, name, tensors):
        if None in tensors or any(each.dtype.kind not in "fiub" for each in tensors):
            return None
        if kind == "variables" and name in self.undo:
            whole = self.whole(name, None, tensors=tensors)
            if whole is None:
                return None
            pair = whole[0], self.undo[name](whole[1])
            return tuple(each.reshape(-1)[:self._limit].astype(np.float64) for each in pair)
        if tensors[0].shape != tensors[1].shape:
            return None
        blocks = _blocks(element_count(tensors[0].shape), self._limit)
        return tuple(_parts(tensor, blocks).astype(np.float64) for tensor in tensors)

    def forget(self) -> None:
        """Forgets what was read, once ``undo`` has changed."""
        self._steps.clear()

    def whole(self, name: str, number: Optional[int], kind: str = "variables",
              tensors: Any = None) -> Any:
        """Returns the whole arrays of both sides, or None if they are large or missing."""
        tensors = tensors or self.tensors(kind, name, number)
        if None in tensors or max(element_count(each.shape) for each in tensors) > _WHOLE:
            return None
        return tuple(each.read() for each in tensors)

    def epsilon(self, name: str, number: int, kind: str = "variables") -> Any:
        """How far the number after 1 is, in the coarser of both types; None for integers."""
        tensors = self.tensors(kind, name, number)
        if None in tensors or any(each.dtype.kind != "f" for each in tensors):
            return None
        return max(float(np.finfo(each.dtype).eps) for each in tensors)

    def are_finite(self, name: str, *numbers: int) -> bool:
        """Whether a float variable has elements, equally many at each step, and all finite."""
        pairs = [self.pair(name, number) for number in numbers]
        return (None not in pairs and all(self.epsilon(name, number) for number in numbers)
                and len({len(pair[0]) for pair in pairs}) == 1 and len(pairs[0][0]) > 0
                and all(np.all(np.isfinite(side)) for pair in pairs for side in pair))

    def is_sample(self, name: str, number: int) -> bool:
        """Whether a variable is larger than its sample."""
        return element_count(self.tensors("variables", name, number)[0].shape) > self._limit

    def before(self, number: int) -> Any:
        """The step before one in both traces, or None."""
        place = self.numbers.index(number)
        return self.numbers[place - 1] if place else None

    def after(self, number: int, count: int) -> List[int]:
        """Up to ``count`` steps after one."""
        place = self.numbers.index(number)
        return self.numbers[place + 1:place + 1 + count]

    def fed_alike_after(self, number: int, count: int) -> List[int]:
        """Up to ``count`` steps after one, as long as both sides are fed the same."""
        return [each for each in self.after(number, count)
                if self.fed_alike_until is None or each < self.fed_alike_until]


def _blocks(size, limit):
    if size <= limit:
        return [(0, size)]
    length = limit // _BLOCKS
    return [(start, start + length) for start in (
        index * (size - length) // (_BLOCKS - 1) for index in range(_BLOCKS))]


def _parts(tensor, blocks):
    if len(blocks) == 1:
        return tensor.part(*blocks[0])
    if type(tensor) not in (Tensor, StoredTensor):
        tensor = Tensor(tensor.read())  # a computed one: computed once, not for every block
    elif blocks[-1][1] <= _READ_AT_ONCE:
        tensor = Tensor(tensor.part(0, blocks[-1][1]))
    return np.concatenate([tensor.part(start, stop) for start, stop in blocks])
