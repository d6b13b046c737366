"""Tensors that are given to NumPy, as before 1.13: each is an object like any other.

``np.array([loss, penalty])`` is an array of tensors, and ``np.sum`` of it the op that adds them;
``np.square(x)`` multiplies. Later releases refuse every one of these by ``Tensor.__array__``.
"""
from tf1_recipes.legacy.eras import ERAS, Era

_REFUSING = ERAS[-1]


def allow(era: Era):
    """Lets NumPy take tensors as objects, if the release did."""
    from tensorflow.python.framework import tensor

    if era != _REFUSING and "__array__" in vars(tensor.Tensor):
        del tensor.Tensor.__array__
