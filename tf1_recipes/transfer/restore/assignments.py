"""Assigns the variables of a restore plan, from a checkpoint or from arrays."""
from __future__ import annotations

from typing import Any, List, Mapping

import numpy as np

from tf1_recipes.transfer.restore.arrays import converted
from tf1_recipes.transfer.restore.checkpoints import (
    Checkpoint,
    CheckpointError,
    damaged,
    open_checkpoint,
)
from tf1_recipes.transfer.restore.rows import PlanRow
from tf1_recipes.transfer.restore.targets import slice_of, slice_text
from tf1_recipes.v1 import tf


def prepare(stored: Any, rows: List[PlanRow], targets: Mapping[str, Any],
            problems: List[str]) -> Any:
    """Builds the ops that assign, once; a restore adds none.

    Args:
        stored: ``Checkpoint`` or ``Arrays``.
        rows: list of ``PlanRow`` with the status ``restored``.
        targets: dict of names to what is stored as one tensor.
        problems: list of str, to which problems with the arrays' values are added.

    Returns:
        `_CheckpointAssignment` or `_ArrayAssignment`, or None if there are problems.
    """
    if isinstance(stored, Checkpoint):
        return None if problems else _CheckpointAssignment(
            stored, [(row, targets[row.variable_name]) for row in rows])
    values = []
    for row in rows:
        value, wrong = _value(stored, row)
        values.append(value)
        problems.extend([wrong] if wrong else [])
    return None if problems else _ArrayAssignment(
        [(targets[row.variable_name].parts, value) for row, value in zip(rows, values)])


def _value(stored, row):
    """The value of a row's variable, in its layout and type, and what is wrong with it or None."""
    arrays = [stored.values[name]() for name in row.made.tensors]
    if row.transpose is not None:
        arrays = [np.transpose(arrays[0], None if row.transpose is True else row.transpose)]
    try:
        value = row.made.value(arrays)
    except FloatingPointError:
        return None, "%r: its changes make numbers too large for %s" % (
            row.variable_name, arrays[0].dtype)
    return converted(row.variable_name, value, row.variable_dtype)


class _CheckpointAssignment(object):

    def __init__(self, checkpoint, pairs):
        self._checkpoint = checkpoint
        wanted = [(part, row) for row, target in pairs for part in target.parts]
        with tf.name_scope("plan_restore"):
            prefix = tf.placeholder(tf.string, [])
            with tf.device("cpu:0"):  # One op reads all tensors before the first is assigned.
                values = tf.raw_ops.RestoreV2(
                    prefix=prefix, tensor_names=[row.tensor_name for _, row in wanted],
                    shape_and_slices=[slice_text(part) for part, _ in wanted],
                    dtypes=[row.tensor_dtype for _, row in wanted])
            assigned = [
                _assigned(part, value if row.tensor_dtype == row.variable_dtype else
                          tf.cast(value, row.variable_dtype))
                for (part, row), value in zip(wanted, values)]
            self._op, self._prefix = tf.group(*assigned).name, prefix.name

    def check(self):
        """Raises CheckpointError if the checkpoint has changed."""
        if open_checkpoint(self._checkpoint.prefix) != self._checkpoint:
            raise CheckpointError("the checkpoint %r has changed since the plan was made: "
                                  "make the plan again" % self._checkpoint.prefix)

    def run(self, session):
        try:
            session.run(self._op, {self._prefix: self._checkpoint.prefix})
        except (tf.errors.OutOfRangeError, tf.errors.DataLossError,
                tf.errors.NotFoundError) as error:
            raise CheckpointError(damaged(self._checkpoint.prefix, error)) from None


class _ArrayAssignment(object):

    def __init__(self, pairs):
        self._feeds, assigned = {}, []
        with tf.name_scope("plan_restore"):
            for parts, value in pairs:
                for part in parts:
                    own = value[slice_of(part)]
                    given = tf.placeholder(part.dtype.base_dtype, own.shape)
                    assigned.append(_assigned(part, given))
                    self._feeds[given.name] = own
            self._op = tf.group(*assigned).name

    def check(self):
        """Arrays were copied when the plan was made."""

    def run(self, session):
        # Every value is handed over before the first is assigned.
        session.run(self._op, self._feeds)


def _assigned(part, value):
    """The op that assigns a value to a variable."""
    with tf.get_default_graph().colocate_with(part.op):
        # A ref variable of unknown shape takes any; a resource one by itself.
        return tf.assign(part, value, validate_shape=part.shape.is_fully_defined()).op
