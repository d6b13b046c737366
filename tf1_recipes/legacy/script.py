"""A script, read once: compiled, with TensorFlow's names in it and the release it is run as of."""
import builtins
import importlib.machinery
import os
import sys
import sysconfig
from dataclasses import dataclass, field

from tf1_recipes.legacy import eras, python2, source_scan


@dataclass
class Script:
    """What is known of a script before it runs.

    Attributes:
        path: str.
        code: the code object.
        uses: list of `source_scan.Use`, TensorFlow's names in it.
        era: `eras.Era`, as of which it is run.
        why: str, what in the script tells the era, "" for the default.
        python2: str, what in the script is Python 2, "" if nothing.
    """

    path: str
    code: object
    uses: list = field(default_factory=list)
    era: eras.Era = eras.NEWEST
    why: str = ""
    python2: str = ""

    def names(self):
        """What the script's namespace holds before it begins."""
        return python2.names() if self.python2 else {}

    def announcement(self):
        """What is said of it when it imports TensorFlow."""
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
        Error: ``as_of`` is no release.
        SyntaxError: it is no Python, neither 2 nor 3.
    """
    era = eras.era_of(as_of) if as_of else None
    with open(path, "rb") as source:
        code, tree, reason = python2.compile_source(source.read(), filename)
    uses = source_scan.uses_in(tree)
    why = "asked for" if era else ""
    if era is None:
        era, why = eras.guess(uses)
    return Script(path, code, uses, era, why, reason)


class OwnModules:
    """A finder for ``sys.meta_path``: compiles a script's own modules as the script is.

    Its own are those found neither in the standard library nor among the installed packages.

    Args:
        python2: bool, the script is Python 2: its modules are, too, and import each other by the
            names they have in their package.
    """

    def __init__(self, python2):
        self.python2 = python2
        self._installed = {os.path.realpath(sysconfig.get_path(name)) for name in (
            "stdlib", "platstdlib", "purelib", "platlib")}
        self._installed.add(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))

    def find_spec(self, fullname, path=None, target=None):
        spec = importlib.machinery.PathFinder.find_spec(fullname, path)
        if spec is None and self.python2 and path is None:
            spec = self._implicit_relative(fullname)
        if spec is None or type(spec.loader) is not importlib.machinery.SourceFileLoader \
                or not self._is_own(spec.origin):
            return None
        spec.loader = _Loader(fullname, spec.origin, self.python2)
        return spec

    def _is_own(self, file):
        file = os.path.realpath(file)
        return not any(file.startswith(folder + os.sep) for folder in self._installed)

    def _implicit_relative(self, fullname):
        """In Python 2 a module of a package found its neighbours by their plain names."""
        package = sys._getframe(2)
        while package is not None and package.f_globals.get("__name__", "").startswith(
                ("importlib", __name__)):
            package = package.f_back
        folders = package and sys.modules.get(package.f_globals.get("__package__") or "")
        return importlib.machinery.PathFinder.find_spec(
            fullname, list(folders.__path__)) if hasattr(folders, "__path__") else None


class _Loader(importlib.machinery.SourceFileLoader):
    def __init__(self, fullname, path, python2):
        super().__init__(fullname, path)
        self.python2 = python2

    def get_code(self, fullname):
        code, _, reason = python2.compile_source(
            self.get_data(self.path), self.path, self.python2)
        self.names = python2.names() if reason else {}
        return code

    def exec_module(self, module):
        code = self.get_code(module.__name__)
        module.__dict__.update(self.names, __builtins__=builtins)
        exec(code, module.__dict__)
