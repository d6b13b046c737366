"""Checks and converts numbers that users give: Python or NumPy numbers, scalar tensors."""
from __future__ import annotations

import math
import numbers
from typing import Any, Optional

from tf1_recipes.graph.types import DType, Scalar, Tensor
from tf1_recipes.v1 import tf


def problem_with(number: Any, low: float = -math.inf, above: float = -math.inf) -> Optional[str]:
    """Returns why a value is not one finite number, as the rest of a sentence, or None if it is.

    A tensor's value is checked if it is known while the graph is built.

    Args:
        number: any value.
        low, above: the number must be >= ``low`` and > ``above``.

    >>> problem_with(0.1), problem_with([1.0, 2.0]), problem_with(float("nan"))
    (None, 'is [1.0, 2.0]: it must be a number or a scalar tensor', 'is nan: it must be finite')
    """
    if hasattr(number, "op"):
        number, problem = _static_value(number)
        if number is None:
            return problem
    elif getattr(number, "shape", ()) != ():
        return "has the shape %s: it must be a scalar" % (number.shape,)
    elif hasattr(number, "item"):
        number = number.item()
    if isinstance(number, bool) or not isinstance(number, numbers.Real):
        return "is %r: it must be a number or a scalar tensor" % (number,)
    if not math.isfinite(number):
        return "is %s: it must be finite" % float(number)
    if number < low:
        return "is %s: it must be >= %s" % (number, low)
    return "is %s: it must be > %s" % (number, above) if number <= above else None


def as_tensor(number: Scalar, dtype: DType) -> Tensor:
    """Returns a number as a scalar tensor.

    ``tf.cast`` would first round a Python number to float32.

    >>> with tf.Session() as session:
    ...     print(session.run(as_tensor(0.1, tf.float64)))
    0.1
    """
    if hasattr(number, "op"):
        return tf.cast(number, dtype)
    return tf.constant(float(number), dtype)


def _static_value(tensor):
    """Returns (value or None where it is not known, problem or None)."""
    dtype = tensor.dtype.base_dtype
    if not (dtype.is_floating or dtype.is_integer):
        return None, "is a tensor of type %s: it must be a number" % dtype.name
    if not tensor.shape.is_compatible_with([]):
        return None, "has the shape %s: it must be a scalar" % (tuple(tensor.shape.as_list()),)
    value = tf.get_static_value(tensor) if isinstance(tensor, tf.Tensor) else None
    return (None if value is None else value.item()), None
