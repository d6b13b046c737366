"""What Python 2's builtins did that Python 3's do not, for source compiled by `python2`."""
import builtins
import functools
import importlib
import math

import numpy as np

__all__ = ["__classic_division__", "round", "print", "sorted", "cmp", "execfile", "reload", "file",
           "unichr"]

unichr = chr
file = open
reload = importlib.reload


def __classic_division__(left, right):
    """``left / right``, which floors between integers."""
    if _is_integral(left) and _is_integral(right):
        return left // right
    if not isinstance(left, (int, float, np.ndarray, np.generic)) \
            and hasattr(left, "__div__"):  # a tensor's own: integers are floored there, too
        return left.__div__(right)
    return left / right


def _is_integral(value):
    return isinstance(value, (int, np.integer)) or (
        isinstance(value, np.ndarray) and value.dtype.kind in "iub")


def round(number, ndigits=0):
    """Away from zero at a half, and a float."""
    scaled = float(number) * 10 ** ndigits
    return math.copysign(math.floor(abs(scaled) + 0.5), scaled) / 10 ** ndigits


def print(*values, **options):
    """A float of its own is printed with 12 digits, as ``str`` of Python 2 gave it."""
    builtins.print(*(_text(value) if type(value) is float else value for value in values),
                   **options)


def _text(value):
    text = "%.12g" % value
    return text if set(text) & set(".en") else text + ".0"


def cmp(left, right):
    """-1, 0 or 1."""
    return (left > right) - (left < right)


def sorted(iterable, cmp=None, key=None, reverse=False):
    """With ``cmp``, a function of two elements, too."""
    if cmp is not None:
        compare = functools.cmp_to_key(cmp)
        inner = key
        key = compare if inner is None else lambda value: compare(inner(value))
    return builtins.sorted(iterable, key=key, reverse=reverse)


def execfile(filename, globals=None, locals=None):
    """Runs a file in a namespace."""
    from tf1_recipes.legacy.python2 import compile_source

    with open(filename, "rb") as source:
        code = compile_source(source.read(), filename, python2=True)[0]
    exec(code, globals if globals is not None else {}, locals)
