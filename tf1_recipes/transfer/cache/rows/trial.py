"""A trial of what has no proof: do rows change with the other examples of their batch?

A trial can show that they do, never that they do not.
"""
from __future__ import annotations

import contextlib
from typing import Any, Callable, List, Mapping, NamedTuple, Optional, Sequence

import numpy as np

from tf1_recipes.graph.types import Operation, Session, Tensor
from tf1_recipes.transfer.cache.rows.rounding import rounding
from tf1_recipes.v1 import tf

_BESIDE = "With other examples beside it"


class Trial(NamedTuple):
    """What a trial found.

    Attributes:
        difference: str, what changed the rows and by how much; None if nothing did.
        batches: int, how many batches were computed. examples: int, how many each had.
    """

    difference: Optional[str]
    batches: int
    examples: int


def tried(session: Session, tensor: Tensor, feeds: Mapping[Tensor, Any],
          constants: Mapping[Tensor, Any], batch_size: int, fixed: bool,
          operations: Sequence[Operation]) -> Optional[Trial]:
    """Computes examples in several batches, and compares their rows.

    * Each half of a batch beside other examples: its rows go through the same kernels at the same
      places, so that they must keep their bits (if the same batch twice does; else `rounding`).
    * The batch in reverse order, and, unless its size is fixed, its first half and its first
      example alone: kernels may add up in another order, within `rounding`.

    Args:
        session: ``tf.Session``.
        tensor: the tensor.
        feeds: dict {fed tensor: all examples}.
        constants: dict {tensor: value}, fed the same value in every run.
        batch_size: int, how many examples a batch has, at most.
        fixed: bool, whether the graph fixes the batch's size.
        operations: those that run for the tensor.

    Returns:
        A `Trial`, or None if there is one example, which cannot be tried.
    """
    number = len(next(iter(feeds.values())))
    size = min(number, batch_size)
    if batch_size == 1 and not fixed:
        size = min(number, 2)
    if size < 2:
        return None
    chosen = [place * number // size for place in range(size)]
    others = [(each + max(1, number // (2 * size))) % number for each in chosen]
    half = size // 2
    batches = 0

    def rows_of(examples: List[int]) -> np.ndarray:
        nonlocal batches
        batches += 1
        fed = {each: np.concatenate([values[index:index + 1] for index in examples])
               for each, values in feeds.items()}
        return session.run(tensor, {**fed, **constants})

    rows = rows_of(chosen)
    problem = shape_problem(rows, size)
    bound = 0.0 if problem else rounding(operations, rows)
    in_place = 0.0 if problem or _differ(rows, rows_of(chosen)) == 0 else bound
    comparisons: List[Callable[[], Optional[str]]] = [
        lambda: _told(rows[:half], rows_of(chosen[:half] + others[half:])[:half],
                      _BESIDE, in_place),
        lambda: _told(rows[half:], rows_of(others[:half] + chosen[half:])[half:],
                      _BESIDE, in_place),
        lambda: _told(rows[::-1], rows_of(chosen[::-1]), "In the reverse order", bound)]
    comparisons += [lambda few=few: _told(  # type: ignore[misc]
        rows[:few], rows_of(chosen[:few]), "In a batch of %d instead of %d" % (few, size), bound)
        for few in sorted({1, half}) if not fixed]
    for compare in comparisons:
        # Not every graph takes a batch of another size.
        with contextlib.suppress(tf.errors.InvalidArgumentError):
            problem = problem or compare()
    return Trial(problem, batches, size)


def shape_problem(values: np.ndarray, examples: int) -> Optional[str]:
    """Returns what is wrong with the shape of a batch's rows, or None."""
    if values.shape[:1] != (examples,):
        return ("A batch of %d examples gives the shape %s: the first dimension must be the batch"
                % (examples, values.shape))
    return None


def _told(rows, again, how, bound):
    if rows.shape != again.shape:
        return "%s rows have the shape %s instead of %s" % (how, again.shape[1:], rows.shape[1:])
    difference = _differ(rows, again)
    if difference <= bound:
        return None
    return "%s a row changed by %.3g%s" % (
        how, difference, ", by rounding alone at most by %.2g" % bound if bound else "")


def _differ(one, other):
    """The largest difference of two arrays; infinite where only one is NaN or infinite."""
    same = (one == other) | (one != one) & (other != other)
    if same.all():
        return 0.0
    kind = complex if one.dtype.kind == "c" else float
    with np.errstate(invalid="ignore", over="ignore"):
        difference = np.abs(one[~same].astype(kind) - other[~same].astype(kind))
    return float(np.where(np.isnan(difference), np.inf, difference).max())
