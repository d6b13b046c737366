"""`tf.concat` and `tf.split` with their arguments in either order, told apart by their values.

``tf.concat(axis, values)`` became ``tf.concat(values, axis)`` in 1.0, ``tf.split(axis, number,
value)`` became ``tf.split(value, number, axis)``. Since then a call in the old order was an error,
so accepting it changes nothing that ran. It is reported once.
"""
import functools

import numpy as np

from tf1_recipes.untrusted.visible import say
from tf1_recipes.v1 import tf


def concat(values, axis=None, name="concat"):
    """``tf.concat`` of 1.x, or of 0.12 if ``values`` is a number and ``axis`` a list."""
    if _is_number(values) and isinstance(axis, (list, tuple)):
        _say("concat")
        values, axis = axis, values
    return tf.concat(values, axis, name=name)


def split(value, num_or_size_splits=None, axis=0, num=None, name="split"):
    """``tf.split`` of 1.x, or of 0.12 if ``value`` is a number and ``axis`` a tensor."""
    if _is_number(value) and not _is_number(axis):
        _say("split")
        value, axis = axis, value
    return tf.split(value, num_or_size_splits, axis, num, name)


def _is_number(value):
    return isinstance(value, (int, np.integer))


@functools.lru_cache(None)
def _say(name):
    say("tf.%s was called with its arguments in the order of before 1.0, which is accepted" % name)
