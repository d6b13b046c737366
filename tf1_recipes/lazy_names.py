"""Public names that are imported when they are first used (PEP 562)."""
import importlib
import sys


def lazy_names(package, homes):
    """Makes the ``__getattr__``, ``__dir__`` and ``__all__`` of a package with lazy names.

    Args:
        package: str, the package's name.
        homes: dict {public name: the module that defines it, within the package}.

    Returns:
        The three, to be assigned in the package's ``__init__``.
    """
    def find(name):
        if name not in homes:
            raise AttributeError("module %r has no attribute %r" % (package, name))
        value = getattr(importlib.import_module("%s.%s" % (package, homes[name])), name)
        setattr(sys.modules[package], name, value)
        return value

    def names():
        return sorted({*vars(sys.modules[package]), *homes})

    return find, names, sorted(homes)
