"""What ``import tf1_recipes.legacy.activate`` does.

It waits for the first import that matters: in ``sitecustomize`` the main program is not yet known,
and may be any.
"""
import contextlib
import sys

from tf1_recipes.errors import Error
from tf1_recipes.legacy import spawned
from tf1_recipes.legacy.finder import FINDER
from tf1_recipes.requirements import need_python_3_10
from tf1_recipes.untrusted.visible import say
from tf1_recipes.v1 import TensorFlowImportError

_CONCERNED = ("numpy", "tensorflow", "keras", "matplotlib")
_COMMAND = __name__.partition(".")[0] + ".cli"


def activate():
    """Lets the program that runs find the TF1 API under ``tensorflow``.

    Raises:
        TensorFlowImportError: TensorFlow was imported before.
    """
    need_python_3_10("import tf1_recipes.legacy.activate")
    served = sys.modules.get("tensorflow")
    if served is not None:
        if hasattr(served, "REAL_TENSORFLOW"):
            return  # the facade is there already
        raise TensorFlowImportError(
            "import tf1_recipes.legacy.activate must come before TensorFlow is imported, which "
            "has already happened (%s): make it the first line" % getattr(served, "__file__", "?"))
    if "numpy" in sys.modules and _main_program():
        _prepare()
    else:
        FINDER.add("before", _at_first_use)


def _at_first_use(fullname):
    if fullname in _CONCERNED:
        FINDER.remove("before", _at_first_use)
        _prepare()


def _main_program():
    """Returns the path of the script that Python runs, or None."""
    path = getattr(sys.modules.get("__main__"), "__file__", None)
    if path is None and getattr(sys, "argv", None) and sys.argv[0].endswith(".py"):
        path = sys.argv[0]
    return path


def _prepare():
    main = getattr(sys.modules.get("__main__"), "__spec__", None)
    if _COMMAND in sys.modules or (main and main.name.startswith("tf1_recipes.")):
        return  # it does so itself, where it runs a script
    from tf1_recipes.legacy import eras, other_releases, script, serving, settings
    from tf1_recipes.legacy.libraries import removed_names

    if serving.is_running():
        return
    path = _main_program()
    era = eras.era_of(settings.as_of()) if settings.as_of() else eras.NEWEST
    found = script.Script(path or "this program", None, [], era, release=settings.as_of())
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
    spawned.activate_by(activate)
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
