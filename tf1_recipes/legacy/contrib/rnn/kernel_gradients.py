"""Gradients of kernels that TensorFlow still has, and whose gradients left with ``tf.contrib``."""
import contextlib

from tf1_recipes.v1 import tf


def register_gradient(kernel):
    """A decorator: registers a gradient for a kernel, unless there is one.

    Args:
        kernel: str, such as "GRUBlockCell".
    """
    def register(function):
        # Another library that brings these cells along may have come first.
        with contextlib.suppress(KeyError):
            tf.RegisterGradient(kernel)(function)
        return function
    return register
