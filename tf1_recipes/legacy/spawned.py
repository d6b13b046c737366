"""Processes that a script starts by "spawn" or "forkserver": they find the same TensorFlow.

Such a process is a new Python. It gets what `multiprocessing` prepares for it in its parent, reads
the script again and runs a function of it. The preparations contain an object that does, when it is
read, what ``import tf1_recipes.legacy.activate`` does.
"""
import sys
from multiprocessing import spawn

from tf1_recipes.legacy.patch import patch

_is_child = False
_activates = []


@patch("processes that the script starts find the same TensorFlow")
def started_processes(changes):
    if not _is_child:  # results of the script's own classes come back under this name
        changes.item(sys.modules, "__mp_main__", sys.modules["__main__"])

    @changes.wrap(spawn, "get_preparation_data")
    def get_preparation_data(today, name):
        return dict(today(name), tf1_recipes=_Activation())


def activate_by(function):
    """Sets what such a process does first: a function of no arguments."""
    _activates[:] = [function]


def is_child():
    """Whether this process was started so: then its parent has announced the script."""
    return _is_child


class _Activation:
    def __reduce__(self):
        return _activate, tuple(_activates)


def _activate(activate):
    global _is_child
    _is_child = True
    activate()
