"""A script, read once: compiled, with TensorFlow's names in it and the release it is run as of."""
import builtins
import functools
import importlib.machinery
import os
import sys
from dataclasses import dataclass, field

from tf1_recipes.legacy import eras, notebook, source_scan
from tf1_recipes.legacy.own_sources import is_own, own_sources
from tf1_recipes.legacy.patch import Target, numbers, patch
from tf1_recipes.legacy.python2 import hash_order, python2, python2_builtins

NOTEBOOK = ".ipynb"


@dataclass
class Script:
    """What is known of a script before it runs.

    Attributes:
        path: str.
        code: the code object.
        uses: list of `source_scan.Use`, TensorFlow's names in it.
        era: `eras.Era`, as of which it is run.
        release: str, the release that was asked for, or None.
        why: str, what in the script tells the era, "" for the default.
        python2: str, what in the script is Python 2, "" if nothing.
        order: str, a warning about the order of its dicts and sets, "" if there is none.
    """

    path: str
    code: object
    uses: list = field(default_factory=list)
    era: eras.Era = eras.NEWEST
    why: str = ""
    python2: str = ""
    order: str = ""
    release: str = None

    def target(self):
        """Returns the `patch.Target` that it was written for."""
        return Target(self.era, numbers(self.release or self.era.name), bool(self.python2))

    def names(self):
        """What the script's namespace holds before it begins."""
        return python2_builtins.names() if self.python2 else {}

    def announcement(self):
        """Returns the line that is printed when it imports TensorFlow."""
        text = "%s runs as of TensorFlow %s" % (os.path.basename(self.path), self.era.version)
        if self.why:
            text += " (%s)" % self.why
        if self.python2:
            text += ", as Python 2 (%s)" % self.python2
        return text


def read(path, filename, as_of=None):
    """Reads a script.

    Args:
        path: str, of the file.
        filename: str, what tracebacks call it.
        as_of: str, a release such as "1.7", or None to guess it.

    Raises:
        Error: ``as_of`` is not a release.
        SyntaxError: it is neither Python 2 nor Python 3.
    """
    era = eras.era_of(as_of) if as_of else None
    code, tree, reason = _compiled(path, filename)
    modules = own_sources(tree, os.path.dirname(os.path.realpath(path)),
                          lambda module: _tree(module, bool(reason)))
    if not reason:
        # What imports Python 2 was run by it: its divisions are Python 2's, too.
        reason = next(("%s, %s" % (os.path.basename(module), _compiled(module, module)[2])
                       for module in modules if _compiled(module, module)[2]), "")
        if reason:
            code, tree, _ = _compiled(path, filename, True)
    uses = source_scan.uses_in(tree)
    if filename.endswith(NOTEBOOK):
        uses = [use._replace(file=cell, line=line) for use in uses
                for cell, line in [notebook.place(filename, use.line)]]
    for module, inner in modules.items():
        uses += [use._replace(file=os.path.basename(module)) for use in source_scan.uses_in(inner)]
    why = "asked for" if era else ""
    if era is None:
        era, why = eras.guess(uses, bool(reason))
    order = ""
    if reason:
        sources = [(os.path.basename(path), tree)] + [
            (os.path.basename(module), inner) for module, inner in modules.items()]
        order = next(filter(None, (hash_order.warning(*each) for each in sources)), "")
    return Script(path, code, uses, era, why, reason, order, as_of)


def _compiled(path, filename, python2_too=False):
    with open(path, "rb") as source:
        return _compile(source.read(), filename, python2_too)


@functools.lru_cache(None)  # a module is read, then imported
def _compile(data, filename, python2_too):
    if filename.endswith(NOTEBOOK):
        return notebook.compile_notebook(data, filename, python2_too)
    return python2.compile_source(data, filename, python2_too)


def _tree(path, python2_too):
    try:
        return _compiled(path, path, python2_too)[1]
    except (OSError, SyntaxError, ValueError):
        return None  # its import will fail with the reason


@patch("the script's own modules are compiled as the script is")
def own_modules(changes):
    changes.find("found", functools.partial(_own_module, changes.target.python2))


def _own_module(python2, fullname, path, spec):
    """Returns the spec by which a module is loaded.

    A script's own modules are those found neither in the standard library nor among the installed
    packages. Those of a script of Python 2 are Python 2, too, and import each other by the names
    that they have in their package.
    """
    found = spec or (python2 and path is None and _implicit_relative(fullname))
    if found and type(found.loader) is importlib.machinery.SourceFileLoader \
            and is_own(found.origin):
        found.loader = _Loader(fullname, found.origin, python2)
        return found
    return spec


def _implicit_relative(fullname):
    """In Python 2 a module of a package found its neighbours by their plain names."""
    package = sys._getframe(2)
    while package is not None and package.f_globals.get("__name__", "").startswith(
            ("importlib", "tf1_recipes.")):
        package = package.f_back
    folders = package and sys.modules.get(package.f_globals.get("__package__") or "")
    return importlib.machinery.PathFinder.find_spec(
        fullname, list(folders.__path__)) if hasattr(folders, "__path__") else None


class _Loader(importlib.machinery.SourceFileLoader):
    def __init__(self, fullname, path, python2):
        super().__init__(fullname, path)
        self.python2 = python2

    def get_code(self, fullname):
        code, _, reason = _compiled(self.path, self.path, self.python2)
        self.names = python2_builtins.names() if reason else {}
        return code

    def exec_module(self, module):
        code = self.get_code(module.__name__)
        module.__dict__.update(self.names, __builtins__=builtins)
        exec(code, module.__dict__)
