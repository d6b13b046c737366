"""Tensors given to NumPy, as before 1.13: each is an object like any other.

``np.array([loss, penalty])`` is an array of tensors, and ``np.sum`` of it the op that adds them;
``np.square(x)`` multiplies. Later releases refused all of these in ``Tensor.__array__``, so to
allow them in all eras changes nothing that ran.
"""
from tf1_recipes.legacy.patch import patch


@patch("NumPy takes tensors as objects", after="tensorflow")
def tensors_as_objects(changes, tensorflow):
    from tensorflow.python.framework import tensor

    changes.take(tensor.Tensor, "__array__")
