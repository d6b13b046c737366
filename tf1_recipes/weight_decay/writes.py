"""The writes of a decay: each rounds in the variable's type and keeps to its constraint."""
from __future__ import annotations

from typing import Optional

from tf1_recipes.graph.gating import operation_of
from tf1_recipes.graph.scalars import as_tensor
from tf1_recipes.graph.types import Operation, Scalar, Tensor, Variable
from tf1_recipes.v1 import tf


def descend(variable: Variable, rate: Scalar, direction: Optional[Tensor] = None,
            rows: Optional[Tensor] = None) -> Operation:
    """Returns the operation w = w - rate * direction.

    Args:
        variable: variable.
        rate: number or scalar tensor.
        direction: tensor of the variable's shape; by default the weights themselves.
        rows: tensor of unique row numbers, to change these only; without a direction.
    """
    with tf.get_default_graph().colocate_with(variable.op):
        rate = as_tensor(rate, variable.dtype.base_dtype)
        if rows is not None:
            return _descend_rows(variable, rate, rows)
        # read_value and not the variable, whose kept read may be older than the update.
        direction = variable.read_value() if direction is None else direction
        if hasattr(variable, "handle"):
            # The product releases the value that was read, so the write need not copy it.
            return operation_of(tf.assign_sub(variable, rate * direction))
        # Gradient descent with the weight as its own gradient: one pass over the memory.
        return tf.raw_ops.ApplyGradientDescent(
            var=variable.op.outputs[0], alpha=rate, delta=direction).op


def constrained(variable: Variable, write: Operation) -> Operation:
    """Returns a write, followed by the variable's constraint, if it has one.

    It is called as TensorFlow's optimizers call it behind their own update, but with a new read:
    the variable itself may stand for a value that was read before the write.
    """
    if getattr(variable, "constraint", None) is None:
        return write
    with tf.get_default_graph().colocate_with(variable.op), tf.control_dependencies([write]):
        return operation_of(tf.assign(variable, variable.constraint(variable.read_value())))


def _descend_rows(variable, rate, rows):
    # The rows are unique, so they can be put back instead of subtracted from: a scatter that only
    # copies takes a fraction of the time of one that computes.
    if hasattr(variable, "handle"):
        # Rows only: a read of the whole variable would copy it.
        weights = variable.sparse_read(rows)
    else:
        weights = tf.gather(variable.read_value(), rows)
    return operation_of(tf.scatter_update(variable, rows, weights - rate * weights))
