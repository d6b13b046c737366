"""Whether a tensor may be cached row by row: the proof, and what is said where there is none."""
from __future__ import annotations

from typing import Any, List, Mapping, Optional, Sequence

import numpy as np

from tf1_recipes.graph.types import Operation, Session, Tensor
from tf1_recipes.transfer.cache.rows.kinds import Rows, Stop
from tf1_recipes.transfer.cache.rows.proof import prove
from tf1_recipes.transfer.cache.rows.trial import tried

INDEPENDENT = "independent"
_MOST_NAMED = 3


def rows_problems(session: Session, tensor: Tensor, operations: Sequence[Operation],
                  feeds: Mapping[Tensor, Any], constants: Mapping[Tensor, Any], batch_size: int,
                  fixed: Optional[int], rows: Optional[str]) -> List[str]:
    """Returns problems with a tensor whose rows are not each computed from one example alone.

    A proof on the graph is enough. Without one, a trial that shows a difference refuses the tensor;
    one that shows none leaves it to the caller, who must have said that the rows are independent.

    Args:
        session: ``tf.Session`` whose variables have their values.
        tensor: the tensor.
        operations: those that run for it, from `tensor_sources.operations_for`.
        feeds: dict {fed tensor: all examples}.
        constants: dict {tensor: value}, fed the same value in every run.
        batch_size: int, how many examples are computed at a time.
        fixed: int, the size of every batch if the graph fixes it, or None.
        rows: ``"independent"`` or None.
    """
    if fixed == 1:
        return []  # An example is never beside another one.
    first: Mapping[Tensor, Any] = {
        **{each: np.asarray(values[:fixed or 1]) for each, values in feeds.items()}, **constants}
    kind, ends = prove(session, tensor, operations, first, feeds, fixed, constants)
    if kind == Rows(0):
        return []
    if isinstance(kind, Rows):
        return [_of_shape(kind)]
    if not ends:
        return ["it is computed from no example: the same value would be kept for all"]
    trial = tried(session, tensor, feeds, constants, batch_size, fixed is not None, operations)
    told = _named(ends)
    if trial is not None and trial.difference is not None:
        return ["its rows depend on the other examples of the batch: %s. %s"
                % (told, trial.difference)]
    if rows == INDEPENDENT:
        return []
    return ["it is not proven that its rows do not depend on the other examples of the batch: %s. "
            "%s. If you know that they do not, pass rows=\"%s\"" % (
                told, "One example alone cannot be tried" if trial is None else
                "%d batches of %d examples or fewer show no difference, which is no proof" % (
                    trial.batches, trial.examples), INDEPENDENT)]


def _of_shape(kind: Rows) -> str:
    if kind.axis:
        return ("its examples are on the axis %d, and must be on the first one: cache its transpose"
                % kind.axis)
    return ("its first axis has %d places for each example: cache it in the shape [examples, ...]"
            % (kind.before * kind.after))


def _named(ends: Sequence[Stop]) -> str:
    told = ["%r (%s) %s" % (end.op, end.type, end.why or (
        "is of a type that is not known to treat each example by itself"))
        for end in ends[:_MOST_NAMED]]
    more = len(ends) - len(told)
    return "; ".join(told) + ("; and %d more" % more if more else "")
