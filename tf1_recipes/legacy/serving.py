"""Running a script of TensorFlow 1 in this process, with the patches of its release.

    read -> prepare: the patches -> run_script -> what could not be served
"""
import os
import sys

from tf1_recipes import v1
from tf1_recipes.errors import Error
from tf1_recipes.legacy import (
    eras,
    facade,
    moved_modules,
    other_releases,
    patches,
    settings,
    spawned,
)
from tf1_recipes.legacy.finder import FINDER
from tf1_recipes.legacy.libraries import removed_names
from tf1_recipes.legacy.old_module import OldModule
from tf1_recipes.legacy.script import read
from tf1_recipes.recording import session_tap
from tf1_recipes.untrusted.visible import say

_RUNNING = []


def run(path, arguments):
    """Runs a script as this process's main program, with its own names for TensorFlow.

    Returns:
        int, the exit status.

    Raises:
        Error: the setting ``as_of`` is not a release.
    """
    scripts = []

    def read_and_prepare(path):
        try:
            other_releases.check_file(path)
            scripts.append(read(path, session_tap.filename_of(path), settings.as_of()))
            if not settings.as_of():
                other_releases.check_release(path, scripts[0].uses)
        except Error as error:
            raise session_tap.TapError(str(error)) from None
        prepare(scripts[0])
        names = scripts[0].names()
        if scripts[0].uses:
            names["__file__"] = path  # as given, up to Python 3.8; absolute since
        return scripts[0].code, names

    settings.check()
    if settings.as_of():
        eras.era_of(settings.as_of())
    if _RUNNING:
        raise Error("%s is already running in this process: run %s in a process of its own: "
                    "`tf1-recipes run %s`" % (_RUNNING[0], path, path))
    _RUNNING.append(path)
    sys.last_value = None
    status = session_tap.run_script(path, arguments, read_and_prepare)
    line = getattr(sys.last_value, "line_that_is_no_python_2", None)
    if line and line != sys.last_value.lineno:
        say("as Python 2 it has a syntax error at line %d" % line)
    if status and scripts:
        remedy = removed_names.remedy(sys.last_value)
        if remedy:
            say(remedy)
        for problem in unserved(scripts[0]):
            say(problem)
    sys.stdout.flush()
    return status


def is_running():
    """Whether this process runs a script already."""
    return bool(_RUNNING)


def prepare(script):
    """Applies the patches for a script: at once, or when it imports what they change.

    Args:
        script: `script.Script`.
    """
    if "tensorflow" in sys.modules:
        raise session_tap.TapError("TensorFlow was imported before the script began (by a .pth "
                                   "file, or sitecustomize): use a Python that does not import it")
    os.environ["TF_USE_LEGACY_KERAS"] = "1"
    FINDER.add("after", ("tensorflow", lambda tensorflow: _begin(script, tensorflow)))
    patches.applied(script.target())


def _begin(script, tensorflow):
    """What comes before the patches, when a script has imported TensorFlow."""
    if not hasattr(tensorflow, "compat"):
        raise session_tap.TapError(
            "import tensorflow finds %s, which is not TensorFlow: rename it" % (
                getattr(tensorflow, "__file__", None) or list(tensorflow.__path__)[0]))
    if not spawned.is_child():
        say(script.announcement())
        if script.order:
            say(script.order)
    v1.switch_to_graph_mode(tensorflow)


def unserved(script):
    """Returns a line for each name in a script, and its modules, that the facade does not serve."""
    root = sys.modules.get("tensorflow")
    if not isinstance(root, OldModule):
        return []
    problems = {}
    for use in sorted(script.uses, key=lambda each: (each.file, each.line)):
        problem = None if use.guarded else _problem(root, use.name)
        if problem:
            problems.setdefault(problem, use)
    return ["%s, line %d: %s" % (use.file or os.path.basename(script.path), use.line, problem)
            for problem, use in problems.items()]


def _problem(root, name):
    module = root
    if name.split(".")[0] in ("python", "core", "models"):
        return moved_modules.problem_with(name)
    for part in name.split("."):
        try:
            module = getattr(module, part)
        except (AttributeError, ImportError) as error:
            return str(error) if isinstance(module, OldModule) else facade.missing(name, module)
        if not isinstance(module, type(sys)):
            return None
    return None
