"""Shapes, and what is computed from them: the number of examples is a number like others here."""
from __future__ import annotations

from typing import Any, Callable, Dict, List, Optional

import numpy as np

from tf1_recipes.graph.types import Operation
from tf1_recipes.transfer.cache.rows.kinds import (
    ANY_SIZE,
    SAME,
    SIZE,
    Kind,
    Rows,
    Stopped,
    is_number,
)
from tf1_recipes.transfer.cache.rows.table import SIZE_RULES, Call, rule


@rule("Shape", "ShapeN", "Size")
def shape(call: Call) -> List[Kind]:
    """The shapes of tensors with rows."""
    kinds = []
    for number, output in enumerate(call.op.outputs):
        dims = call.facts.dims(call.op.inputs[number], call.kind(number))
        if dims is not None and call.op.type == "Size":
            dims = int(np.prod(np.array(dims, object)))
        kinds.append(of_value(call.facts, output, dims))
    return kinds


@rule("Rank")
def rank(call: Call) -> Kind:
    """The number of dimensions is the same in all batches."""
    return of_value(call.facts, call.op.outputs[0], call.rank(0))


@rule("Range")
def counted(call: Call) -> Kind:
    """Of rows there is nothing to count to."""
    raise Stopped("counts to a number that is computed from the examples")


@rule("Fill", table=SIZE_RULES)
def fill(call: Call) -> Kind:
    """One value, in a row for each example."""
    call.same(1)
    return _equal_rows(call.value(0).reshape(-1).tolist(), call)


@rule("BroadcastTo", table=SIZE_RULES)
def broadcast_to(call: Call) -> Kind:
    """A constant, repeated for each example."""
    call.same(0)
    target = call.value(1).reshape(-1).tolist()
    rows = _equal_rows(target, call)
    if not call.repeats(0, call.rank(0), rows.axis - len(target)):
        raise Stopped("combines each place in the batch with a value of its own")
    return rows


@rule("Tile", table=SIZE_RULES)
def tile(call: Call) -> Kind:
    """A constant of one place along an axis, repeated for each example."""
    call.same(0)
    target = [size if size == 1 else size * times
              for size, times in zip(call.value(1).reshape(-1).tolist(), call.dims(0))]
    rows = _equal_rows(target, call)
    if call.dims(0)[rows.axis] != 1:
        raise Stopped("combines each place in the batch with a value of its own")
    return rows


def _equal_rows(target, call):
    """The rows of a tensor of a shape, of which one axis is the batch."""
    others = [axis for axis, size in enumerate(target) if not is_number(size)]
    if len(others) != 1 or target[others[0]] != call.facts.batch:
        raise Stopped("has a shape with the number of examples in it, but not as an axis")
    return Rows(others[0])


def of_value(facts: Any, output: Any, value: Any) -> Kind:
    """Records the value of a tensor of sizes; returns its kind, the same if all are numbers."""
    value = None if value is None else np.array(value, object)
    facts.record(output, value)
    known = value is not None and all(map(is_number, value.reshape(-1).tolist()))
    return SAME if known else SIZE


def computed(op: Operation, values: List[Optional[np.ndarray]]) -> Optional[List[np.ndarray]]:
    """Returns the values of the outputs of an op on sizes, or None where they are not known.

    Args:
        op: the operation.
        values: list, for each input an array of Python ints, None for those not known; or None.
    """
    function = COMPUTED.get(op.type)
    if function is None or any(value is None for value in values):
        return None
    try:
        result = function(op, *values)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None  # a size that is not known; a wrong shape
    return None if result is None else result if isinstance(result, list) else [result]


def _cast(op, value):
    # Fractions are none of the sizes.
    return value if op.outputs[0].dtype.is_integer and op.inputs[0].dtype.is_integer else None


def _reduced(function):
    def reduce(op, value, axes):
        for axis in sorted((axis % value.ndim for axis in axes.reshape(-1).tolist()), reverse=True):
            value = np.array(function(value, axis, keepdims=op.get_attr("keep_dims")), object)
        return value
    return reduce


def _divided(op, value, by):
    pairs = np.broadcast(value, by)
    quotients = [_quotient(*pair) for pair in pairs]
    if None in quotients:
        return None
    return np.array(quotients, object).reshape(pairs.shape)


def _quotient(value, by):
    """A quotient that is exact for every size of a batch; None if it is not, or not known to be.

    A size is a sum of powers of the batch's. Its quotient by ``c * batch ** k`` is exact for all
    batches if each term's is: (batch + 1) / 2 is not, though `ANY_SIZE` is odd.
    """
    while by and not is_number(by) and value % ANY_SIZE == by % ANY_SIZE == 0:
        value, by = value // ANY_SIZE, by // ANY_SIZE
    if not by or not is_number(by):
        return None
    rest = value
    while rest:
        term = (rest + ANY_SIZE // 2) % ANY_SIZE - ANY_SIZE // 2
        if term % by:
            return None
        rest = (rest - term) // ANY_SIZE
    return value // by


def _strided_slice(op, value, begin, end, stride):
    if not all(is_number(bound) for each in (begin, end, stride) for bound in each):
        return None  # Which places it takes hangs on the size of the batch.
    index = []
    for entry in range(len(begin)):
        if any(op.get_attr(name) & 1 << entry for name in ("ellipsis_mask", "new_axis_mask")):
            return None
        if op.get_attr("shrink_axis_mask") & 1 << entry:
            index.append(begin[entry])
        else:
            index.append(slice(None if op.get_attr("begin_mask") & 1 << entry else begin[entry],
                               None if op.get_attr("end_mask") & 1 << entry else end[entry],
                               stride[entry]))
    return np.array(value[tuple(index)], object)


def _slice(op, value, begin, size):
    if not all(map(is_number, [*begin, *size])):
        return None
    return value[tuple(slice(start, None if length == -1 else start + length)
                       for start, length in zip(begin.tolist(), size.tolist()))]


def _gather(op, value, indices, axis=0):
    if op.type != "Gather" and op.get_attr("batch_dims"):
        return None
    return np.array(value.take(indices.astype(np.int64), int(axis)), object)


def _squeeze(op, value):
    return value.squeeze(tuple(op.get_attr("squeeze_dims")) or None)


def _unpack(op, value):
    return [np.array(part, object) for part in np.moveaxis(value, op.get_attr("axis"), 0)]


def _range(op, *bounds):
    return np.array(range(*map(int, bounds)), object) if all(
        is_number(bound.item()) for bound in bounds) else None


def _first(op, value, *_):
    return value


# Functions of an op and the values of its inputs.
COMPUTED: Dict[str, Callable] = {
    "Identity": _first, "StopGradient": _first, "Snapshot": _first, "PreventGradient": _first,
    "Cast": _cast,
    "Pack": lambda op, *parts: np.stack(parts, op.get_attr("axis")),
    "Concat": lambda op, axis, *parts: np.concatenate(parts, int(axis)),
    "ConcatV2": lambda op, *parts: np.concatenate(parts[:-1], int(parts[-1])),
    "Unpack": _unpack, "Range": _range,
    "StridedSlice": _strided_slice, "Slice": _slice,
    "Gather": _gather, "GatherV2": _gather,
    "Prod": _reduced(np.multiply.reduce), "Sum": _reduced(np.add.reduce),
    "Mul": lambda op, one, other: np.array(one * other, object),
    "Add": lambda op, one, other: np.array(one + other, object),
    "AddV2": lambda op, one, other: np.array(one + other, object),
    "Sub": lambda op, one, other: np.array(one - other, object),
    "Neg": lambda op, value: np.array(-value, object),
    "FloorDiv": _divided, "TruncateDiv": _divided,
    "Reshape": lambda op, value, target: value.reshape([int(size) for size in target]),
    "ExpandDims": lambda op, value, axis: np.expand_dims(value, int(axis)),
    "Squeeze": _squeeze,
}
