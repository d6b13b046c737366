"""The mean at the end of losses, of possibly no elements, as it was built before 1.15.

    sum / (1 if n = 0 else n)  if n > 0  else 0

Today it is one op that gives 0 for a division by 0. What random ops after the gradients get for a
seed depends on the ops of both.
"""
import types

from tf1_recipes.legacy.patch import patch


@patch("the mean of losses is built of comparisons", until="1.7",
       after="tensorflow.python.ops.losses.losses_impl tf_slim.losses.loss_ops")
def safe_means(changes, module):
    changes.put(module, "_safe_mean", safe_mean)
    if module.__name__.startswith("tf_slim"):
        changes.put(module, "math_ops", _SlimMath(module.math_ops.__name__))


class _SlimMath(types.ModuleType):
    """`math_ops`, except that squared differences, as in tf_slim's losses, are built of two ops."""

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
