"""What other frameworks raise when they are asked for the numbers of a tensor."""
import sys

_PYTHON_S = (TypeError, ValueError, RuntimeError, AttributeError, LookupError, ArithmeticError,
             BufferError, MemoryError)


def array_errors():
    """The tuple of these, for an ``except``.

    Nothing wider: a caller's own exception, such as the one that a signal's handler raises when
    time is up, is no property of a tensor and has to come through.

    >>> issubclass(TimeoutError, array_errors()), issubclass(IndexError, array_errors())
    (False, True)
    """
    # TensorFlow's errors have no base but Exception.
    tensorflow_s = sys.modules.get("tensorflow.python.framework.errors_impl")
    return _PYTHON_S + ((tensorflow_s.OpError,) if tensorflow_s else ())
