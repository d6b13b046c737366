"""Assigns the variables of a restore plan, from a checkpoint by a Saver or from arrays."""
from __future__ import annotations

from typing import Any, List, Mapping

from tf1_recipes.transfer.restore.arrays import converted
from tf1_recipes.transfer.restore.checkpoints import (
    Checkpoint,
    CheckpointError,
    damaged,
    open_checkpoint,
)
from tf1_recipes.transfer.restore.rows import PlanRow, saved, slice_of
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
        `_SaverAssignment` or `_ArrayAssignment`, or None if there are problems.
    """
    pairs = [(targets[row.variable_name], row.tensor_name) for row in rows]
    if isinstance(stored, Checkpoint):
        return None if problems else _SaverAssignment(stored, pairs)
    values = []
    for row in rows:
        value, wrong = converted(row.variable_name, stored.values[row.tensor_name](), row.transpose,
                                 row.variable_dtype)
        values.append(value)
        problems.extend([wrong] if wrong else [])
    return None if problems else _ArrayAssignment(
        [(target.parts, value) for (target, _), value in zip(pairs, values)])


class _SaverAssignment(object):

    def __init__(self, checkpoint, pairs):
        self._checkpoint = checkpoint
        self._saver = tf.train.Saver({tensor: saved(target) for target, tensor in pairs},
                                     name="plan_restore").saver_def

    def check(self):
        """Raises CheckpointError if the checkpoint has changed."""
        if open_checkpoint(self._checkpoint.prefix) != self._checkpoint:
            raise CheckpointError("the checkpoint %r has changed since the plan was made: "
                                  "make the plan again" % self._checkpoint.prefix)

    def run(self, session):
        try:
            # One RestoreV2 op reads all tensors before the first of them is assigned.
            session.run(self._saver.restore_op_name,
                        {self._saver.filename_tensor_name: self._checkpoint.prefix})
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
                    with tf.get_default_graph().colocate_with(part.op):
                        # A ref variable of unknown shape takes any; a resource one by itself.
                        assigned.append(tf.assign(
                            part, given, validate_shape=part.shape.is_fully_defined()).op)
                    self._feeds[given.name] = own
            self._op = tf.group(*assigned).name

    def check(self):
        """Arrays were copied when the plan was made."""

    def run(self, session):
        # Every value is handed over before the first is assigned.
        session.run(self._op, self._feeds)
