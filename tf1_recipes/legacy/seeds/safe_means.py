"""The mean that losses end with, where nothing may be counted, as it was built before 1.15.

    sum / (1 if n = 0 else n)  if n > 0  else 0

Today it is one op that gives 0 for a division by 0. What random ops after the gradients get for a
seed depends on the ops of both.
"""
import types

SINCE_ONE_OP = (1, 15)


def restore(module):
    """Gives a module of losses, TensorFlow's or tf_slim's, the mean of then."""
    module._safe_mean = safe_mean
    if module.__name__.startswith("tf_slim"):
        module.math_ops = _MathOfThen(module.math_ops.__name__)


class _MathOfThen(types.ModuleType):
    """`math_ops`, but for squared differences: those of tf_slim's losses were of two ops."""

    def __getattr__(self, name):
        from tensorflow.python.ops import math_ops

        if name == "squared_difference":
            return lambda x, y: math_ops.square(math_ops.subtract(x, y))
        return getattr(math_ops, name)


def safe_mean(losses, num_present):
    """Returns the sum of the losses by their number, 0 if there are none."""
    from tensorflow.python.ops import array_ops, math_ops

    total = math_ops.reduce_sum(losses)
    none = math_ops.equal(num_present, 0)
    return array_ops.where(
        math_ops.greater(num_present, 0),
        math_ops.div(total, array_ops.where(none, array_ops.ones_like(num_present), num_present)),
        array_ops.zeros_like(total), name="value")
