"""Numbers that a recipe is given: a Python or NumPy number, or a scalar tensor or variable."""
import math
import numbers

from tf1_recipes.v1 import tf


def problem_with(number):
    """What keeps a value from being one finite number, the rest of a sentence; None if it is one.

    A tensor's value counts where it is known while the graph is built.

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
    return None if math.isfinite(number) else "is %s: it must be finite" % float(number)


def as_tensor(number, dtype):
    """A number as a scalar tensor of a type.

    Not ``tf.cast`` for all, which would first round a Python number to float32.

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
