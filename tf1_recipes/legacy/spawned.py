"""Processes that a script starts by "spawn" or "forkserver": they find the same TensorFlow.

Such a process is a new Python, which gets from its parent what `multiprocessing` prepares for it,
reads the script anew and runs a function of it. With the preparations goes an object that, when
the process reads it, does what ``import tf1_recipes.legacy.activate`` does.
"""
import functools
import importlib
import sys
from multiprocessing import spawn

_is_child = False


def install():
    """Lets all processes that this one starts be so prepared."""
    if not _is_child:  # results of the script's own classes come back under this name
        sys.modules["__mp_main__"] = sys.modules["__main__"]
    now = spawn.get_preparation_data
    if hasattr(now, "with_tensorflow_1"):
        return

    @functools.wraps(now)
    def get_preparation_data(name):
        return dict(now(name), tf1_recipes=_Activation())
    get_preparation_data.with_tensorflow_1 = True
    spawn.get_preparation_data = get_preparation_data


def is_child():
    """Whether this process was started so: what is said of the script was said by its parent."""
    return _is_child


class _Activation:
    def __reduce__(self):
        return _activate, ("tf1_recipes.legacy.activate",)


def _activate(module):
    global _is_child
    _is_child = True
    importlib.import_module(module)
