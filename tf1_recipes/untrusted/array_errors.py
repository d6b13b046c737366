"""The exceptions of other frameworks when a tensor's numbers are read."""
from __future__ import annotations

import sys

_PYTHON_S = (TypeError, ValueError, RuntimeError, AttributeError, LookupError, ArithmeticError,
             BufferError, MemoryError)


def array_errors() -> tuple:
    """The tuple of these, for an ``except``.

    Nothing wider: a caller's own exception, such as the one that a signal's handler raises when
    time is up, says nothing about a tensor and must propagate.

    >>> issubclass(TimeoutError, array_errors()), issubclass(IndexError, array_errors())
    (False, True)
    """
    # TensorFlow's errors have no base but Exception.
    tensorflow_s = sys.modules.get("tensorflow.python.framework.errors_impl")
    return _PYTHON_S + ((tensorflow_s.OpError,) if tensorflow_s else ())
