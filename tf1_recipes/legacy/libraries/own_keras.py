"""TensorFlow's own module of Keras, ``tensorflow.python.keras``: the Keras that ``tf.keras`` is.

Scripts of 1.4 to 1.15 import it as often as the public one, and mix both. Today's TensorFlow has
another Keras there, for its own use: a layer of the one is none of the other's.
"""
import importlib
import re
import sys
import types

from tf1_recipes.legacy.libraries import keras_imports

TITLE = "tensorflow.python.keras"
_HIDDEN = {}


def hide():
    """Takes today's out of Python's sight; what TensorFlow has imported of it, it keeps."""
    _HIDDEN.update(_take_out())


def restore():
    """Puts today's back."""
    if _HIDDEN:
        _take_out()
        sys.modules.update(_HIDDEN)
        importlib.import_module("tensorflow.python").keras = _HIDDEN.get(TITLE)
        _HIDDEN.clear()


def module_named(name):
    """Returns a module by its name below ``tensorflow.python.keras``, or None if there is none.

    Args:
        name: str, such as "layers" or "engine.topology".
    """
    name = re.sub(r"^_impl(\.keras)?(\.|$)", "", name)  # where the files were up to 1.9
    found = keras_imports.names_of(name)
    if found is None:
        return None
    module = types.ModuleType((TITLE + "." + name).rstrip("."))
    module.__path__ = []
    keras_imports.fill(module, *found)
    return module


def _take_out():
    vars(importlib.import_module("tensorflow.python")).pop("keras", None)
    return {name: sys.modules.pop(name) for name in list(sys.modules)
            if name == TITLE or name.startswith(TITLE + ".")}
