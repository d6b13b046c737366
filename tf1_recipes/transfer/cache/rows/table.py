"""The table of op types: what a rule is given, and how it is found."""
from __future__ import annotations

from typing import Any, Callable, Dict, List, Optional, Sequence

import numpy as np

from tf1_recipes.graph.types import Operation
from tf1_recipes.transfer.cache.rows.kinds import SAME, SIZE, Kind, Rows, Stopped, is_number

# Rules for ops of whose inputs one at least has rows, and for those with sizes and constants alone.
ROW_RULES: Dict[str, Callable] = {}
SIZE_RULES: Dict[str, Callable] = {}


def rule(*types: str, table: Dict[str, Callable] = ROW_RULES) -> Callable[[Callable], Callable]:
    """Decorator of a function that, given a `Call`, returns the kind of the op's outputs.

    A list has a kind for each output. The function raises `Stopped` with a reason in words that go
    after the op's name, such as "adds up the examples". Of each input it must have asked for what
    is known: an input that it forgets must be the same in all batches, or the proof stops.
    """
    def enter(function: Callable) -> Callable:
        table.update((each, function) for each in types)
        return function
    return enter


class Call(object):
    """An op in the walk: what is known of its inputs.

    Args:
        op: the operation.
        kinds: list, what is known of each input.
        facts: the `Facts` of the graph.
    """

    def __init__(self, op: Operation, kinds: Sequence[Any], facts: Any) -> None:
        self.op, self.kinds, self.facts = op, list(kinds), facts
        self._asked: set = set()

    def stop_at_forgotten(self) -> None:
        """Stops the proof if the rule did not look at an input that is not the same for all."""
        for number, kind in enumerate(self.kinds):
            if number not in self._asked and kind is not SAME:
                raise Stopped("takes an argument that %s" % hanging(kind))

    def look_at_all(self) -> None:
        """For a rule that is about all inputs, whatever they are."""
        self._asked.update(range(len(self.kinds)))

    def attribute(self, name: str) -> Any:
        """An attribute of the op, text as str; None if it has none of that name."""
        try:
            value = self.op.get_attr(name)
        except ValueError:
            return None
        return value.decode() if isinstance(value, bytes) else value

    def kind(self, number: int) -> Kind:
        """What is known of an input."""
        self._asked.add(number)
        return self.kinds[number]

    def rows(self, number: int = 0) -> Rows:
        """The rows of an input, which must have some."""
        kind = self.kind(number)
        if not isinstance(kind, Rows):
            raise Stopped("puts examples beside %s" % told(kind))
        return kind

    def same(self, number: int) -> None:
        """Stops the proof unless an input is the same in all batches."""
        if self.kind(number) is not SAME:
            raise Stopped("combines the examples with %s" % told(self.kinds[number]))

    def rank(self, number: int) -> int:
        """The number of an input's dimensions."""
        rank = self.facts.rank(self.op.inputs[number], self.kind(number))
        if rank is None:
            raise Stopped("has an input whose number of dimensions is not known")
        return rank

    def dims(self, number: int) -> List[int]:
        """The sizes of an input's dimensions."""
        dims = self.facts.dims(self.op.inputs[number], self.kind(number))
        if dims is None:
            raise Stopped("has an input whose shape is not known")
        return dims

    def value(self, number: int) -> np.ndarray:
        """The value of an input of numbers, which hangs at most on the size of the batch.

        Returns:
            Array of Python ints.
        """
        value = self.find_value(number)
        if value is None:
            raise Stopped("has an argument whose value is not known")
        return value

    def numbers(self, number: int, but: Optional[int]) -> None:
        """Stops the proof if an entry of an argument hangs on the batch, but for one of them."""
        if self.kind(number) is not SAME:
            for place, entry in enumerate(self.value(number)):
                if place != but and not all(map(is_number, np.ravel(np.array(entry, object)))):
                    raise Stopped("takes an argument that %s" % hanging(SIZE))

    def find_value(self, number: int) -> Optional[np.ndarray]:
        """The value of an input, or None."""
        if self.kind(number) is not SAME and self.kinds[number] is not SIZE:
            raise Stopped("takes an argument that %s" % hanging(self.kinds[number]))
        return self.facts.value(self.op.inputs[number], self.kinds[number])

    def repeats(self, number: int, rank: int, axis: int) -> bool:
        """Whether a constant has nothing of its own for each place along an axis, given from -1."""
        return (rank < -axis or self.dims(number)[axis] == 1
                or self.facts.repeats(self.op.inputs[number], axis))

    def axis(self, number: int, rank: int) -> int:
        """The value of an input that is one axis of a tensor of that rank, counted from 0."""
        values = self.value(number).reshape(-1).tolist()
        if len(values) != 1 or not is_number(values[0]):
            raise Stopped("has an axis that is not one number")
        return values[0] % rank


def hanging(kind: Kind) -> str:
    """What a kind other than the same hangs on, in words that follow "that"."""
    return ("hangs on the number of examples" if kind is SIZE else "is computed from the examples")


def told(kind: Kind) -> str:
    """What a kind is, in words that follow "beside"."""
    if kind is SAME:
        return "values that are not computed from them"
    if kind is SIZE:
        return "the number of examples in the batch"
    return "each other"
