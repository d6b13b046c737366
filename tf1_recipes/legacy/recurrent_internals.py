"""TensorFlow's own modules of recurrent nets, with the names that scripts import from them.

They are not part of any release's API, and still exist, with fewer names. While a script runs, each
is replaced by a module with both the old names and today's.
"""
import importlib
import sys
import types

from tf1_recipes.legacy.patch import patch

_PARENT = "tensorflow.python.ops"
_EARLY = "tf1_recipes.legacy.early."


class _Extended(types.ModuleType):
    """A module with the names of two: those of the source come first."""

    def __init__(self, real, source):
        super().__init__(real.__name__, real.__doc__)
        self.__dict__.update(REAL=real, _source=source, __file__=real.__file__)

    def __getattr__(self, name):
        if not name.startswith("__"):
            value = getattr(importlib.import_module(self._source), name, None)
            if value is not None:
                self.__dict__[name] = value
                return value
        return getattr(self.REAL, name)


@patch("TensorFlow's own modules of recurrent nets have what they had", after="tensorflow",
       since="1.0")
def recurrent_internals(changes, tensorflow):
    _extend(changes, "rnn_cell_impl", "tf1_recipes.legacy.rnn_cell_impl")


@patch("TensorFlow's own modules of recurrent nets have what they had", after="tensorflow",
       until="0.12")
def early_recurrent_internals(changes, tensorflow):
    _extend(changes, "rnn", _EARLY + "early_rnn")
    _extend(changes, "rnn_cell_impl", _EARLY + "early_rnn_cell")


def _extend(changes, name, source):
    title = "%s.%s" % (_PARENT, name)
    extended = _Extended(importlib.import_module(title), source)
    changes.item(sys.modules, title, extended)
    changes.put(sys.modules[_PARENT], name, extended)
