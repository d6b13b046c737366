"""Ops that run along axes of a tensor: sums, softmax, sorting. None may be the examples'."""
from __future__ import annotations

from typing import Sequence

from tf1_recipes.transfer.cache.rows.kinds import Kind, Rows, Stop, Stopped, is_number
from tf1_recipes.transfer.cache.rows.table import Call, rule


@rule("All", "Any", "EuclideanNorm", "Max", "Mean", "Min", "Prod", "Sum")
def reduction(call: Call) -> Rows:
    """Some axes are dropped, or keep one place."""
    rows, rank = call.rows(), call.rank(0)
    axes = call.value(1).reshape(-1).tolist()
    if not all(map(is_number, axes)):
        raise Stopped("has axes that are not numbers")
    axes = {axis % rank for axis in axes}
    if rows.axis in axes:
        raise Stopped("reduces the axis of the examples")
    if call.attribute("keep_dims"):
        return rows
    return rows._replace(axis=rows.axis - sum(axis < rows.axis for axis in axes))


@rule("ArgMax", "ArgMin")
def position(call: Call) -> Rows:
    """One axis is dropped."""
    rows = call.rows()
    axis = call.axis(1, call.rank(0))
    not_along(rows, axis)
    return rows._replace(axis=rows.axis - (axis < rows.axis))


@rule("Cumprod", "Cumsum", "CumulativeLogsumexp")
def cumulative(call: Call) -> Rows:
    """The axis is the second input."""
    not_along(call.rows(), call.axis(1, call.rank(0)))
    return call.rows()


@rule("LogSoftmax", "Softmax")
def last_axis(call: Call) -> Rows:
    """The axis is the last one."""
    not_along(call.rows(), call.rank(0) - 1)
    return call.rows()


@rule("NthElement", "TopK", "TopKV2")
def sorting(call: Call) -> Rows:
    """The axis is the last one, which `NthElement` drops; the other input is how many."""
    return last_axis(call)


@rule("ReverseV2", "Roll")
def moving(call: Call) -> Rows:
    """The axes are the last input."""
    rows, rank, last = call.rows(), call.rank(0), len(call.kinds) - 1
    for axis in call.value(last).reshape(-1).tolist():
        if not is_number(axis):
            raise Stopped("has axes that are not numbers")
        not_along(rows, axis % rank)
    return rows


@rule("ReverseSequence")
def reverse_sequence(call: Call) -> Rows:
    """A length for each example."""
    rows, lengths = call.rows(0), call.rows(1)
    if rows.axis != call.attribute("batch_dim") or lengths != rows._replace(axis=0):
        raise Stopped("has lengths that are not those of the examples")
    not_along(rows, call.attribute("seq_dim"))
    return rows


@rule("SoftmaxCrossEntropyWithLogits", "SparseSoftmaxCrossEntropyWithLogits")
def cross_entropy(call: Call) -> Kind:
    """A loss for each example, and its gradient."""
    rows = call.rows(0)
    if rows.axis or call.rows(1) != rows:
        raise Stopped("puts an example beside other examples")
    return rows


@rule("InTopK", "InTopKV2")
def in_top(call: Call) -> Kind:
    """Predictions, classes, and how many are the top."""
    return cross_entropy(call)


@rule("LRN", "MatrixBandPart")
def last_axes(call: Call) -> Rows:
    """Runs along the last axis or two."""
    rows = call.rows()
    for axis in range(call.rank(0) - 2, call.rank(0)):
        not_along(rows, axis)
    return rows


@rule("FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3")
def batch_norm(call: Call) -> Sequence[Kind]:
    """With the moments that it is given. 1.15 leaves the other outputs as it finds them."""
    if call.attribute("is_training"):
        raise Stopped("normalizes by the mean and variance of the batch")
    rows = call.rows()
    channels = (call.attribute("data_format") or "NHWC").index("C")
    not_along(rows, channels)
    for number in range(1, 5):
        call.same(number)
    nothing = Stop(call.op.name, call.op.type, "gives no mean and variance outside training")
    return [rows] + [nothing] * (len(call.op.outputs) - 1)


def not_along(rows: Rows, axis: int) -> None:
    """Stops the proof at an op that runs along the axis of the examples."""
    if rows.axis == axis:
        raise Stopped("runs along the axis of the examples")
