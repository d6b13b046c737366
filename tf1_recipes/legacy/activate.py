"""``import tf1_recipes.legacy.activate``: from here on ``import tensorflow`` is the TF1 API.

For a script's first line, or for ``sitecustomize``, where `run` cannot be had (a program started by
another one, a debugger): plain ``python train.py`` then finds what ``tf1-recipes run train.py``
gives it, but that a script of Python 2 has to be run by `run`; its modules are translated.

The main program's source tells the release, or the environment variable TF1_RECIPES_AS_OF does. A
program written for TensorFlow 2 is left alone, which is said; so are those that never import
NumPy, TensorFlow, Keras or Matplotlib.
"""
import contextlib
import importlib.machinery
import sys

from tf1_recipes.errors import Error
from tf1_recipes.requirements import need_python_3_10
from tf1_recipes.untrusted.visible import say
from tf1_recipes.v1 import TensorFlowImportError

_CONCERNED = ("numpy", "tensorflow", "keras", "matplotlib")


class _FirstUse:
    """A finder for ``sys.meta_path`` that waits for the first import that concerns us.

    Before it, in ``sitecustomize``, the main program is not known yet, and may be any.
    """

    def find_spec(self, fullname, path=None, target=None):
        if fullname not in _CONCERNED:
            return None
        sys.meta_path.remove(self)
        _prepare()
        if fullname in sys.modules:  # NumPy, which what was prepared needs itself
            return importlib.machinery.ModuleSpec(fullname, _Imported(sys.modules[fullname]))
        # Those put in place just now stand before the one that Python asks next.
        for finder in list(sys.meta_path):
            spec = finder.find_spec(fullname, path, target)
            if spec is not None:
                return spec
        return None


class _Imported:
    """A loader of a module that is there already."""

    def __init__(self, module):
        self.module, self.spec = module, module.__spec__
        module.__spec__ = None  # or Python would take that one, and load it again

    def create_module(self, spec):
        return self.module

    def exec_module(self, module):
        module.__spec__ = self.spec


def _main_program():
    """Returns the path of the script that Python runs, or None."""
    path = getattr(sys.modules.get("__main__"), "__file__", None)
    if path is None and getattr(sys, "argv", None) and sys.argv[0].endswith(".py"):
        path = sys.argv[0]
    return path


def _prepare():
    main = getattr(sys.modules.get("__main__"), "__spec__", None)
    if "tf1_recipes.cli" in sys.modules or (main and main.name.startswith("tf1_recipes.")):
        return  # it does so itself, where it runs a script
    from tf1_recipes.legacy import eras, other_releases, script, serving, settings
    from tf1_recipes.legacy.libraries import removed_names

    if serving.is_running():
        return
    path = _main_program()
    era = eras.era_of(settings.as_of()) if settings.as_of() else eras.NEWEST
    found = script.Script(path or "this program", None, [], era)
    if path is not None:
        # Where there is no source, the environment tells the release, or nothing does.
        with contextlib.suppress(OSError, SyntaxError, ValueError, Error):
            found = script.read(path, path, settings.as_of())
        try:
            if not settings.as_of():
                other_releases.check_release(path, found.uses)
        except Error as error:
            say("not active: %s" % str(error).splitlines()[0])
            return
    found.python2 = ""  # or Python would have refused it
    serving.prepare(found)
    _report_failures(found, serving, removed_names)


def _report_failures(found, serving, removed_names):
    """Lets a traceback end with all names in the program that are not served."""
    hook = sys.excepthook

    def excepthook(kind, value, frames):
        hook(kind, value, frames)
        if not issubclass(kind, KeyboardInterrupt):
            remedy = removed_names.remedy(value)
            if remedy:
                say(remedy)
            for problem in serving.unserved(found):
                say(problem)
    sys.excepthook = excepthook



def _activate():
    need_python_3_10("tf1_recipes.legacy.activate")
    served = sys.modules.get("tensorflow")
    if served is not None:
        if hasattr(served, "REAL_TENSORFLOW"):
            return  # the facade is there already
        raise TensorFlowImportError(
            "import tf1_recipes.legacy.activate has to stand before TensorFlow is imported, which "
            "has been done (%s): make it the first line" % getattr(served, "__file__", "?"))
    sys.meta_path.insert(0, _FirstUse())
    if "numpy" in sys.modules and _main_program():
        sys.meta_path.pop(0)
        _prepare()


_activate()
