"""Running a script of TensorFlow 1 in this process: all that it finds changed is put in place here.

    read -> prepare -> run_script -> (TensorFlow is imported: serve) -> what could not be served
"""
import logging
import os
import re
import sys
import warnings

import numpy as np

from tf1_recipes.errors import Error
from tf1_recipes.legacy import (
    devices,
    downloads,
    eras,
    error_messages,
    facade,
    fed_tensors,
    flags,
    moved_modules,
    other_releases,
    printed_graphs,
    settings,
    spawned,
    tensors_in_arrays,
)
from tf1_recipes.legacy.early import early_cell_names
from tf1_recipes.legacy.libraries import (
    figures,
    keras_files,
    keras_imports,
    libraries_of_the_time,
    numpy_calls,
    numpy_of_the_time,
    pillow_names,
    python_of_the_time,
    removed_names,
    scipy_names,
    sklearn_names,
)
from tf1_recipes.legacy.quiet_import import QuietImport
from tf1_recipes.legacy.script import OwnModules, read
from tf1_recipes.legacy.seeds import seeds
from tf1_recipes.recording import session_tap
from tf1_recipes.untrusted.visible import say

_RUNNING = []


def run(path, arguments):
    """Runs a script as this process's main program, with its own names for TensorFlow.

    Returns:
        int, the exit status.

    Raises:
        Error: the setting ``as_of`` is no release.
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
        raise Error("%s is running already, in this process: run %s in one of its own, by "
                    "`tf1-recipes run %s`" % (_RUNNING[0], path, path))
    _RUNNING.append(path)
    sys.last_value = None
    status = session_tap.run_script(path, arguments, read_and_prepare)
    line = getattr(sys.last_value, "line_that_is_no_python_2", None)
    if line and line != sys.last_value.lineno:
        say("as Python 2 it is wrong at line %d" % line)
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
    """Puts in place what a script is to find, for when it imports it.

    Args:
        script: `script.Script`.
    """
    if "tensorflow" in sys.modules:
        raise session_tap.TapError("TensorFlow was imported before the script began (by a .pth "
                                   "file, or sitecustomize): run it by a Python that does not")
    os.environ["TF_USE_LEGACY_KERAS"] = "1"
    sys.meta_path.insert(0, OwnModules(bool(script.python2)))
    sys.meta_path.insert(0, session_tap.AfterImport({
        "tensorflow": lambda tensorflow: serve(tensorflow, script)}))
    if not settings.verbose():
        # Which kernels start, which GPU is not there: an old script's user did not ask.
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        sys.meta_path.insert(0, QuietImport("tensorflow"))
    spawned.install()
    keras_imports.install()
    keras_files.install()
    downloads.install()
    figures.install()
    python_of_the_time.restore(bool(script.python2))
    numpy_of_the_time.restore(np, script.era)
    numpy_calls.restore(np)
    pillow_names.install()
    scipy_names.install()
    sklearn_names.install()
    libraries_of_the_time.restore(script.era)


def serve(tensorflow, script):
    """Puts the facade in the place of TensorFlow that has just been imported."""
    if not hasattr(tensorflow, "compat"):
        raise session_tap.TapError(
            "import tensorflow finds %s, which is not TensorFlow: rename it" % (
                getattr(tensorflow, "__file__", None) or list(tensorflow.__path__)[0]))
    if not spawned.is_child():
        say(script.announcement())
    if script.order and not spawned.is_child():
        say(script.order)
    if not settings.verbose():
        _quieten()
    devices.place_softly()
    error_messages.restore()
    fed_tensors.heed_feeds()
    flags.let_scripts_redefine()
    printed_graphs.restore(script.era.name)
    seeds.restore(script.era)
    tensors_in_arrays.allow()
    served = facade.serve(tensorflow, script.era)
    early_cell_names.restore(settings.as_of())
    return served


def _quieten():
    """No warnings that what an old script uses is old. What it logs itself is still shown."""
    from tensorflow.python.util import deprecation

    deprecation._PRINT_DEPRECATION_WARNINGS = False
    ignore_keras_warnings()
    logging.getLogger("tensorflow").addFilter(
        lambda record: not re.search("deprecat|has been renamed", record.getMessage()))


def ignore_keras_warnings():
    """No warnings of tf_keras that tf.layers and the updates of `fit` are old."""
    for text in (".*deprecated", ".*state_updates"):
        warnings.filterwarnings("ignore", text, UserWarning)


def unserved(script):
    """Returns a line for each name in a script, and its modules, that the facade does not serve."""
    root = sys.modules.get("tensorflow")
    if not isinstance(root, facade.Facade):
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
            return str(error) if isinstance(module, facade.Facade) else facade.complaint(
                name, module)
        if not isinstance(module, type(sys)):
            return None
    return None

