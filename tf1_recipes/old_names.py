"""Old names of functions, classes, arguments and attributes: they work, and say the new one once.

Functions and classes are found under their old names by the tables of `tf1_recipes.lazy_names`.
"""
from __future__ import annotations

import functools
import inspect
import warnings
from typing import Any, Callable, Set, TypeVar

_Function = TypeVar("_Function", bound=Callable[..., Any])

_TOLD: Set[str] = set()


def tell(what: str, new: str) -> None:
    """Warns that something was renamed, the first time in a process that it is used.

    Args:
        what: the old name, and what it names.
        new: the new name.
    """
    if what not in _TOLD:
        _TOLD.add(what)
        # The user's line is behind the function here that called this one.
        warnings.warn("%s was renamed: use %s" % (what, new), DeprecationWarning, stacklevel=3)


def old_arguments(**renamed: str) -> Callable[[_Function], _Function]:
    """Decorates a function so that it also takes arguments under their old names.

    Args:
        renamed: the new names by the old ones.

    >>> @old_arguments(rate="learning_rate")
    ... def train(learning_rate):
    ...     return learning_rate
    >>> train(rate=0.1)
    0.1
    """
    def decorate(function):
        title = function.__qualname__.replace(".__init__", "")
        positions = list(inspect.signature(function).parameters)

        @functools.wraps(function)
        def call(*args, **kwargs):
            for old in [name for name in kwargs if name in renamed]:
                new = renamed[old]
                if new in kwargs or new in positions[:len(args)]:
                    raise TypeError("%s(): both %s and its old name %s were given" % (
                        title, new, old))
                tell("the argument %s of %s" % (old, title), new)
                kwargs[new] = kwargs.pop(old)
            return function(*args, **kwargs)
        return call
    return decorate


def old_attribute(old: str, new: str) -> property:
    """Returns a property that stands for the attribute ``new`` under its old name."""
    def read(self):
        tell("the attribute %s of %s" % (old, type(self).__name__), new)
        return getattr(self, new)

    def write(self, value):
        tell("the attribute %s of %s" % (old, type(self).__name__), new)
        setattr(self, new, value)

    return property(read, write, doc="The old name of ``%s``." % new)
