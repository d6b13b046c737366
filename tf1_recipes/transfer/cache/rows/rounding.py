"""How much a row may differ between batches because kernels add up in another order."""
from __future__ import annotations

from typing import Iterable, Sequence

import numpy as np

from tf1_recipes.graph.types import Operation, Tensor
from tf1_recipes.transfer.cache.rows.elementwise import ELEMENTWISE

# Half the distance of 1 to the next number, and for complex numbers that of their parts.
_UNITS = {"float16": 2.0 ** -11, "bfloat16": 2.0 ** -8, "float32": 2.0 ** -24,
          "complex64": 2.0 ** -24, "float64": 2.0 ** -53, "complex128": 2.0 ** -53}


def rounding(operations: Iterable[Operation], rows: np.ndarray) -> float:
    """Returns how much elements of two batches' rows may differ by rounding.

        2 gamma_N max |rows|,  gamma_N = N u / (1 - N u),  N = sum over the ops of their terms

    u is the unit roundoff of the coarsest floating-point type on the way. An op rounds once for
    each term that it adds up for one element: a matrix product as often as its rows are long, a
    convolution as its window has weights, another op at most as an example has elements. The
    factors (1 + theta) of ops after each other multiply, and their numbers of roundings add up.
    Two batches round differently, hence the 2. What is added up is taken to be no larger than the
    largest element of the rows, since it is not known: the bound is one of the usual case, which
    heavy cancellation exceeds.

    Source: Higham, Accuracy and Stability of Numerical Algorithms, 2nd edition (2002), lemmas 3.1
    and 3.3, and equation (3.5).

    Args:
        operations: those that run for the rows.
        rows: array of a batch.

    Returns:
        float; 0 for whole numbers computed from whole numbers; infinite if N u >= 1, or for whole
        numbers that are computed from fractions.
    """
    operations = list(operations)
    units = [_UNITS[output.dtype.base_dtype.name] for op in operations for output in op.outputs
             if output.dtype.base_dtype.name in _UNITS]
    if not units:
        return 0.0
    if rows.dtype.name not in _UNITS:
        return float("inf")
    error = max(units) * sum(map(terms, operations))
    largest = np.abs(rows[np.isfinite(rows)]).max(initial=0)
    return float("inf") if error >= 1 else float(2 * error / (1 - error) * largest)


def terms(op: Operation) -> int:
    """Returns how many roundings an op makes for one element, at most."""
    shapes = [_sizes(each) for each in op.inputs]
    if not shapes or not op.outputs:
        return 0
    if op.type in ELEMENTWISE:
        return 1
    if "MatMul" in op.type:
        inner = -2 if op.node_def.attr["transpose_a"].b or op.node_def.attr["adj_x"].b else -1
        return _product(shapes[0][-2:][inner:][:1])
    if op.type.startswith(("Conv2D", "Conv3D", "DepthwiseConv2d")) and len(shapes) > 1:
        return _product(shapes[1][:-1])
    return max(_product(each[1:]) for each in shapes)


def _sizes(tensor: Tensor) -> Sequence[int]:
    """A tensor's dimensions, 1 for those that are not known."""
    return [size or 1 for size in tensor.shape.as_list()] if tensor.shape.ndims else []


def _product(sizes: Sequence[int]) -> int:
    return int(np.prod(np.array(sizes, np.int64)))
