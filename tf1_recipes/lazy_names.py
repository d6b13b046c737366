"""Public names that are imported when they are first used (PEP 562).

Each package with such names has an ``__init__.pyi``, which tells editors and type checkers the
same names by plain imports.
"""
from __future__ import annotations

import importlib
import sys

TYPE_CHECKING = False  # as in typing, whose import would take longer than the package's
if TYPE_CHECKING:
    from typing import Any, Callable, List, Mapping, Optional, Tuple


def lazy_names(
        package: str, homes: Mapping[str, str], old_names: Optional[Mapping[str, str]] = None,
) -> Tuple[Callable[[str], Any], Callable[[], List[str]], List[str]]:
    """Makes the ``__getattr__``, ``__dir__`` and ``__all__`` of a package with lazy names.

    Args:
        package: the package's name.
        homes: {public name: the module that defines it, within the package}; a module is found by
            its name, too.
        old_names: {old name: public name}; they work, but are not listed.

    Returns:
        The three, to be assigned in the package's ``__init__``.
    """
    def find(name):
        if name in (old_names or {}):
            from tf1_recipes.old_names import tell

            tell("%s.%s" % (package, name), old_names[name])
            return getattr(sys.modules[package], old_names[name])
        if name in homes.values():  # a module in the package
            return importlib.import_module("%s.%s" % (package, name))
        if name not in homes:
            raise AttributeError("module %r has no attribute %r" % (package, name))
        value = getattr(importlib.import_module("%s.%s" % (package, homes[name])), name)
        setattr(sys.modules[package], name, value)
        return value

    def names():
        return sorted({*vars(sys.modules[package]), *homes, *homes.values()})

    return find, names, sorted(homes)
