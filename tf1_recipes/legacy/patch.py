"""Patches: revertible changes that give an old script what it expects.

    @patch("sessions place an op elsewhere if its device is not there", after="tensorflow")
    def soft_placement(changes, tensorflow):
        changes.put(...)

A patch's function makes all its changes through `Changes`, which remembers what was there.
"""
import contextlib
import functools
import importlib
import inspect
import sys
from collections import namedtuple

from tf1_recipes.legacy.finder import FINDER

Target = namedtuple("Target", "era release python2")
Target.__new__.__defaults__ = (False,)
Target.__doc__ = """What a script was written for.

Attributes:
    era: `eras.Era`.
    release: tuple of int: the release asked for, such as (1, 6), or that of the era.
    python2: bool, it is Python 2.
"""
_MISSING = object()


class Patch:
    """One change to what a script finds.

    Args:
        change: function of `Changes`, and of the module if ``after`` names any.
        purpose: str, what it is for, as a short clause.
        after: str, the modules, separated by blanks, each of which is changed as soon as it is
            imported; "" for a change that is made at once.
        since, until: str, the first and the last release that a script for which it is applied
            may be of, such as "1.4"; None for no limit.
        when: function of the `Target` that says whether it is applied, beside the releases.
    """

    def __init__(self, change, purpose, after="", since=None, until=None, when=None):
        functools.update_wrapper(self, change)
        self.purpose = purpose
        self.after = after.split()
        self.since, self.until = since, until
        self._change, self._when = change, when or (lambda target: True)
        self._changes = None

    def __call__(self, changes, *modules):
        """Makes the change through `Changes` of the caller's."""
        return self._change(changes, *modules)

    def applies(self, target):
        """Whether it is for such a script."""
        release = target.release[:2]
        return (not self.since or release >= numbers(self.since)) and (
            not self.until or release <= numbers(self.until)) and bool(self._when(target))

    def is_applied(self):
        """Whether its change is made, or waits for its modules."""
        return self._changes is not None

    def apply(self, target):
        """Makes the change, or has it made when its modules are imported."""
        self.revert()
        self._changes = changes = Changes(target)
        if self.after:
            changes.after(self.after, functools.partial(self._change, changes))
        else:
            self._change(changes)

    def revert(self):
        """Undoes all its changes."""
        if self._changes is not None:
            self._changes.revert()
            self._changes = None


def patch(purpose, **options):
    """Returns a decorator that makes a `Patch` of a function; for ``options`` see there."""
    return lambda change: Patch(change, purpose, **options)


class Changes:
    """What a patch has changed so far.

    Attributes:
        target: `Target`.
    """

    def __init__(self, target):
        self.target = target
        self._undo = []

    def put(self, owner, name, value):
        """Sets an attribute of a module, a class or an object."""
        before = vars(owner).get(name, _MISSING)
        setattr(owner, name, value)
        self.undo(*((delattr, owner, name) if before is _MISSING else
                    (setattr, owner, name, before)))

    def take(self, owner, name):
        """Takes an attribute away, if it is there."""
        if name in vars(owner):
            self.undo(setattr, owner, name, vars(owner)[name])
            delattr(owner, name)

    def add(self, owner, **values):
        """Sets those of some attributes that are not there."""
        for name, value in values.items():
            if not hasattr(owner, name):
                self.put(owner, name, value)

    def item(self, mapping, key, value):
        """Sets an item of a dict."""
        before = mapping.get(key, _MISSING)
        mapping[key] = value
        self.undo(*((mapping.pop, key, None) if before is _MISSING else
                    (mapping.__setitem__, key, before)))

    def wrap(self, owner, name):
        """Returns a decorator of a function that takes the place of another.

        It is called with the other one and with the arguments of the call.
        """
        inner = getattr(owner, name)

        def put(outer):
            @functools.wraps(inner)
            def call(*arguments, **options):
                return outer(inner, *arguments, **options)
            # TensorFlow asks callers' functions for their arguments, such as partition_info, by
            # inspect.getfullargspec, which does not look at what is wrapped.
            with contextlib.suppress(TypeError, ValueError):
                call.__signature__ = inspect.signature(inner)
            self.put(owner, name, call)
            return outer
        return put

    def hide(self, package):
        """Takes a package's modules out of Python's sight; who imported them keeps them."""
        parent, _, name = package.rpartition(".")
        if parent:
            self.take(importlib.import_module(parent), name)
        self.undo(sys.modules.update, _without(package))
        self.undo(_without, package)

    def after(self, modules, change):
        """Has a function called with each of some modules when it has been imported, or at once."""
        for name in modules:
            if name in sys.modules:
                change(sys.modules[name])
            else:
                self.find("after", (name, change))

    def find(self, stage, entry):
        """Adds to one of the `finder.Finder`'s stages."""
        FINDER.add(stage, entry)
        self.undo(FINDER.remove, stage, entry)

    def undo(self, function, *arguments):
        """Has a function called by `revert`, before those that were given earlier."""
        self._undo.append((function, arguments))

    def revert(self):
        """Takes everything back, the last change first."""
        while self._undo:
            function, arguments = self._undo.pop()
            function(*arguments)


def numbers(release):
    """Returns a release such as "1.15.5" as (1, 15, 5)."""
    return tuple(int(part) for part in release.split("."))


def _without(package):
    return {name: sys.modules.pop(name) for name in list(sys.modules)
            if name == package or name.startswith(package + ".")}
