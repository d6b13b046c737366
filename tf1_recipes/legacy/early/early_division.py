"""Division of tensors before TensorFlow 1.0: as in C, integers are truncated, not floored.

``-7 / 2`` and ``-7 // 2`` are -3, ``-7 % 2`` is -1, and so for ``tf.div``, ``tf.floordiv`` and
``tf.mod``; ``-7.5 % 2.`` is -1.5. From 1.0 on they round as Python does: -4, 1 and 0.5.
"""
from tf1_recipes import v1
from tf1_recipes.legacy.patch import patch


def div(x, y, name=None):
    """``x / y`` of Python 2: integers are truncated."""
    return _called("Div", x, y, name, _divided)


def floordiv(x, y, name=None):
    """``x // y``: floats are floored, integers truncated."""
    return _called("floordiv", x, y, name, _floored)


def mod(x, y, name=None):
    """What is left of ``x`` by that division, with its sign."""
    return _called("Mod", x, y, name, _left)


@patch("division of tensors truncates integers", after="tensorflow", until="0.12")
def division(changes, tensorflow):
    from tensorflow.python.framework import tensor
    from tensorflow.python.ops import resource_variable_ops, variables

    for kind in (tensor.Tensor, variables.Variable, resource_variable_ops.BaseResourceVariable):
        for name, compute in (("div", _divided), ("floordiv", _floored), ("mod", _left)):
            for operator, replaced in (("__%s__" % name, _forward(name, compute)),
                                       ("__r%s__" % name, _backward(name, compute))):
                if operator in vars(kind):
                    changes.put(kind, operator, replaced)


def _forward(name, compute):
    return lambda self, other: _called(name, self, other, None, compute)


def _backward(name, compute):
    return lambda self, other: _called(name, other, self, None, compute, self.dtype.base_dtype)


def _called(op, x, y, name, compute, dtype=None):
    tf = v1.load()
    with tf.name_scope(name, op, [x, y]) as scope:
        x = tf.convert_to_tensor(x, dtype, name="x")
        y = tf.convert_to_tensor(y, x.dtype.base_dtype, name="y")
        return compute(tf, x, y, scope)


def _divided(tf, x, y, scope):
    return tf.raw_ops.Div(x=x, y=y, name=scope)


def _floored(tf, x, y, scope):
    if x.dtype.is_floating:
        return tf.floor(_divided(tf, x, y, None), name=scope)
    return _divided(tf, x, y, scope)


def _left(tf, x, y, scope):
    return tf.raw_ops.TruncateMod(x=x, y=y, name=scope)
