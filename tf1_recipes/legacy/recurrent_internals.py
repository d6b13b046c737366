"""TensorFlow's own modules of recurrent nets, with the names that scripts import from them.

They are no part of any release's API, and still there, with less in them. While a script runs, each
is replaced by a module that has both: what it had then, and what it has today.
"""
import importlib
import sys
import types

_PARENT = "tensorflow.python.ops"
_CELLS = ("tf1_recipes.legacy.rnn_cell_impl",)
# Below tensorflow.python.ops: the modules that come first, by era; None is for all others.
EXTENDED = {
    "rnn": {"0.12": ("tf1_recipes.legacy.early.early_rnn",)},
    "rnn_cell_impl": {"0.12": ("tf1_recipes.legacy.early.early_rnn_cell",), None: _CELLS},
}


class _Extended(types.ModuleType):
    """A module whose names are those of several; the first that has one serves it."""

    def __init__(self, real, sources):
        super().__init__(real.__name__, real.__doc__)
        self.__dict__.update(REAL=real, _sources=sources, __file__=real.__file__)

    def __getattr__(self, name):
        if not name.startswith("__"):
            for source in self._sources:
                value = getattr(importlib.import_module(source), name, None)
                if value is not None:
                    self.__dict__[name] = value
                    return value
        return getattr(self.REAL, name)


def extend(era):
    """Replaces the modules, for an era's name."""
    restore()
    for name, sources in EXTENDED.items():
        own = sources.get(era, sources.get(None))
        if own:
            real = importlib.import_module("%s.%s" % (_PARENT, name))
            _put(name, _Extended(real, own))


def restore():
    """Gives the real modules their places again."""
    for name in EXTENDED:
        module = sys.modules.get("%s.%s" % (_PARENT, name))
        if isinstance(module, _Extended):
            _put(name, module.REAL)


def _put(name, module):
    sys.modules["%s.%s" % (_PARENT, name)] = module
    setattr(sys.modules[_PARENT], name, module)
