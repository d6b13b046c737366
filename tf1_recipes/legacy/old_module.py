"""What the modules of the old API have in common: TensorFlow's own, and those of ``tf.contrib``."""
import contextlib
import sys
import types

from tf1_recipes.requirements import naming_the_extra


class OldModule(types.ModuleType):
    """A module of the old API; its names are looked up when they are asked for.

    Args:
        title: str, its name below ``tensorflow``, such as "contrib.layers"; "" for TensorFlow.
    """

    def __init__(self, title, documentation=None):
        super().__init__(("tensorflow." + title).rstrip("."), documentation)
        self.__dict__.update(_title=title)
        self.__path__ = []


@contextlib.contextmanager
def real_tensorflow():
    """While it lasts ``import tensorflow`` gives today's TensorFlow, for libraries to import."""
    served = sys.modules["tensorflow"]
    sys.modules["tensorflow"] = getattr(served, "REAL_TENSORFLOW", served)
    try:
        with naming_the_extra():
            yield
    finally:
        sys.modules["tensorflow"] = served
