"""Old names of modules of others, found when they are asked for."""
import importlib
import sys


def add(module, names, more=None):
    """Gives a module names that it had.

    Args:
        module: the module, just imported. What it still has is left as it is.
        names: dict ``{name: "module:attribute"}``.
        more: function of a further name, which returns its value or raises AttributeError.
    """
    inner = module.__dict__.get("__getattr__")

    def __getattr__(name):
        if name in names:  # first: a module may have an error of its own for what went
            home, _, attribute = names[name].partition(":")
            value = importlib.import_module(home)
            return getattr(value, attribute) if attribute else value
        if inner is not None:
            try:
                return inner(name)
            except AttributeError:
                if more is None:
                    raise
        if more is not None:
            return more(name)
        raise AttributeError("module %r has no attribute %r" % (module.__name__, name))
    module.__getattr__ = __getattr__


class Loader:
    """Gives an import another module than the one it names."""

    def __init__(self, served):
        self.served = served

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        sys.modules[module.__name__] = importlib.import_module(self.served)
