"""Tensors that are given to NumPy, as before 1.13: each is an object like any other.

``np.array([loss, penalty])`` is an array of tensors, and ``np.sum`` of it the op that adds them;
``np.square(x)`` multiplies. Later releases refused every one of these by ``Tensor.__array__``, so
that taking them in all eras changes nothing that ran.
"""


def allow():
    """Lets NumPy take tensors as objects."""
    from tensorflow.python.framework import tensor

    if "__array__" in vars(tensor.Tensor):
        del tensor.Tensor.__array__
