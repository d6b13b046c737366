"""What a few functions were before TensorFlow 1.0, where more than their arguments differed."""
from tf1_recipes.legacy.early.early_division import div, floordiv, mod  # noqa: F401 (served here)
from tf1_recipes.v1 import tf


def reverse(tensor, dims, name=None):
    """Reverses the dimensions for which ``dims``, a list of bools, is True.

    Integers are taken for axes, as from 1.0 on, and as by ``tf.reverse_v2`` of 0.12.
    """
    flags = tf.get_static_value(tf.convert_to_tensor(dims))
    if flags is None:
        raise ValueError("tf.reverse: its dims must be known when the graph is built")
    axes = [axis for axis, flag in enumerate(flags) if flag] if flags.dtype == bool else flags
    return tf.reverse_v2(tensor, axes, name=name)


def _initializer(name, today):
    def make(shape=None, dtype=tf.float32, partition_info=None):
        """The initial value of a shape; without a shape, the initialiser."""
        return today(dtype=dtype) if shape is None else today()(shape, dtype=dtype)
    make.__name__ = name
    return make


zeros_initializer = _initializer("zeros_initializer", tf.zeros_initializer)
ones_initializer = _initializer("ones_initializer", tf.ones_initializer)


class _Checked(type):
    """A class that stands for another: what is made of the other one is an instance of it."""

    def __instancecheck__(cls, instance):
        return isinstance(instance, tf.SparseTensor)

    def __subclasscheck__(cls, other):
        return issubclass(other, tf.SparseTensor)


class SparseTensor(metaclass=_Checked):
    """``tf.SparseTensor``, whose ``dense_shape`` was called ``shape``."""

    def __new__(cls, indices, values, shape):
        return tf.SparseTensor(indices, values, shape)

    from_value = staticmethod(tf.SparseTensor.from_value)
