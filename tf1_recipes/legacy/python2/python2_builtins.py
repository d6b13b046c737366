"""What Python 2's builtins did that Python 3's do not, for source compiled by `python2`."""
import builtins
import functools
import importlib
import io
import math

import numpy as np

__all__ = ["__classic_division__", "round", "print", "sorted", "cmp", "execfile", "reload", "file",
           "unichr", "open", "__decode__", "__str__", "__percent__", "__format__", "__sort__",
           "__message__", "__divide__", "__divide_item__", "__divide_attribute__"]

unichr = chr
reload = importlib.reload


def __classic_division__(left, right):
    """``left / right``, which floors between integers."""
    if _is_integral(left) and _is_integral(right):
        return left // right
    if not isinstance(left, (int, float, np.ndarray, np.generic)) \
            and hasattr(left, "__div__"):  # a tensor's own: integers are floored there, too
        return left.__div__(right)
    if isinstance(left, (int, float)) and hasattr(right, "__rdiv__"):
        return right.__rdiv__(left)
    return left / right


def __divide__(left, right):
    """``left /= right``, in place for an array."""
    if not isinstance(left, np.ndarray):
        return __classic_division__(left, right)
    if _is_integral(left):
        left //= right
    else:
        left /= right
    return left


def __divide_item__(owner, index, right):
    """``owner[index] /= right``."""
    owner[index] = __divide__(owner[index], right)


def __divide_attribute__(owner, name, right):
    """``owner.name /= right``."""
    setattr(owner, name, __divide__(getattr(owner, name), right))


def _is_integral(value):
    return isinstance(value, (int, np.integer)) or (
        isinstance(value, np.ndarray) and value.dtype.kind in "iub")


def round(number, ndigits=0):
    """Away from zero at a half, and a float."""
    scaled = float(number) * 10 ** ndigits
    return math.copysign(math.floor(abs(scaled) + 0.5), scaled) / 10 ** ndigits


def print(*values, **options):
    """A float of its own is printed with 12 digits, as ``str`` of Python 2 gave it."""
    builtins.print(*map(_shown, values), **options)


def _text(value):
    text = "%.12g" % float(value)
    return text if set(text) & set(".en") else text + ".0"


class _Float(float):
    """A float that texts show with 12 digits."""

    def __str__(self):
        return _text(self)

    def __format__(self, specification):
        return float.__format__(self, specification) if specification else _text(self)


def _shown(value):
    if type(value) is float:
        return _Float(value)
    # What TensorFlow gives for a string: Python 2 knew no other.
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def __str__(value):
    """``str(value)``."""
    return str(_shown(value))


def __percent__(text, values):
    """``text % values``."""
    if type(values) is tuple:
        return text % tuple(_shown(value) for value in values)
    if type(values) is dict:
        return text % {name: _shown(value) for name, value in values.items()}
    return text % _shown(values)


def __format__(text, *values, **named):
    """``text.format(...)``."""
    return text.format(*map(_shown, values), **{
        name: _shown(value) for name, value in named.items()})


def __message__(error):
    """``error.message``."""
    if hasattr(error, "message"):
        return error.message
    return error.args[0] if len(error.args) == 1 else ""


def __sort__(values, *arguments, **options):
    """``values.sort(cmp, key, reverse)``, of a list."""
    if isinstance(values, list):
        values[:] = sorted(values, *arguments, **options)
        return None
    return values.sort(*arguments, **options)


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
    from tf1_recipes.legacy.python2.python2 import compile_source

    with open(filename, "rb") as source:
        code = compile_source(source.read(), filename, python2=True)[0]
    exec(code, globals if globals is not None else {}, locals)


def __decode__(text, *arguments, **options):
    """``text.decode(...)``, of what is text already, too."""
    if isinstance(text, str):
        return text
    return text.decode(*arguments, **options)


class _BinaryFile(io.BufferedWriter):
    """A file for bytes, into which text is written as UTF-8."""

    def write(self, data):
        return super().write(data.encode("utf-8") if isinstance(data, str) else data)


class _TextFile(io.TextIOWrapper):
    """A file for text, into which bytes are written as they are."""

    def write(self, data):
        if isinstance(data, str):
            return super().write(data)
        self.flush()
        return self.buffer.write(data)


def open(name, mode="r", buffering=-1):
    """A file of Python 2: for text as UTF-8, bytes that are none of it being kept."""
    if "b" in mode:
        if buffering == 0 or "+" in mode or mode[0] not in "wa":
            return builtins.open(name, mode, buffering)
        return _BinaryFile(io.FileIO(name, mode.replace("b", "")))
    raw = builtins.open(  # noqa: SIM115, what is returned is the file
        name, (mode.replace("U", "").replace("t", "") or "r") + "b",
        buffering if buffering > 1 else -1)
    return _TextFile(raw, encoding="utf-8", errors="surrogateescape", line_buffering=buffering == 1)


class _File(type):
    def __instancecheck__(cls, instance):
        return isinstance(instance, io.IOBase)


class file(metaclass=_File):
    """The type of files, and another name of ``open``."""

    def __new__(cls, *arguments):
        return open(*arguments)


def names():
    """Returns what a script of Python 2 finds beside Python 3's builtins, by name."""
    return {name: globals()[name] for name in __all__}
