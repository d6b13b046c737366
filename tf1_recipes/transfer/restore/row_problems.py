"""What is wrong with a row of a restore plan, and what to do about it."""
from __future__ import annotations

from typing import Any, List, Mapping, Optional

from tf1_recipes.transfer.restore.arrays import fitting_transpose, transposed
from tf1_recipes.transfer.restore.table import (
    BOTH_MISMATCH,
    DTYPE_MISMATCH,
    MISSING_TENSOR,
    SHAPE_MISMATCH,
    shape_text,
)
from tf1_recipes.untrusted.closest_names import closest_names
from tf1_recipes.v1 import tf


def row_problems(row: Any, tensors: Mapping[str, Any], title: str,
                 fault: Optional[str]) -> List[str]:
    """Returns what is wrong with a row.

    Args:
        row: ``PlanRow``.
        tensors: dict of the names to offer; empty for none, as the search is slow in a large net.
        title: str, the source's. fault: str, what its changes do wrong, or None.
    """
    if row.status == MISSING_TENSOR % title:
        near = closest_names(row.variable_name, list(tensors), scopes=False)
        return ["%r is missing in the %s%s" % (row.variable_name, title, (
            "; the closest names there are " + ", ".join(map(repr, near))) if near else "")]
    if row.status in (SHAPE_MISMATCH, DTYPE_MISMATCH, BOTH_MISMATCH):
        return ["%r is %s %s in the graph and %s %s in the %s%s" % (
            row.variable_name, shape_text(row.variable_shape), row.variable_dtype.name,
            shape_text(row.tensor_shape), row.tensor_dtype.name, title,
            _hint(row, title, fault))]
    return []


def _hint(row, title, fault):
    if row.status == DTYPE_MISMATCH or title == "checkpoint":
        return ""
    if fault:
        return ": " + fault
    wanted, rank = tf.TensorShape(row.variable_shape), len(row.tensor_shape)
    if row.transpose is not None and transposed(row.tensor_shape, row.transpose) is None:
        return ", to which the transpose %r does not apply" % (row.transpose,) + (
            ": give the source of each of the %d axes" % rank if row.transpose is True else "")
    fitting = fitting_transpose(row.tensor_shape, wanted)
    if row.transpose is not None:
        told = ", transposed by %r" % (row.transpose,)
        if wanted.is_compatible_with(row.tensor_shape):
            return told + ": it fits as it is"
        return told + (": it fits by %r" % (fitting,) if fitting else "")
    return "; it fits transposed: transpose={%r: %r}" % (
        row.variable_name, fitting) if fitting else ""
