"""TensorFlow's own module of Keras, ``tensorflow.python.keras``: the Keras that ``tf.keras`` is.

Scripts of 1.4 to 1.15 import it as often as the public one, and mix both. Today's TensorFlow has
another Keras there, for its own use, whose layers do not work with those of ``tf.keras``.
"""
import re
import types

from tf1_recipes.legacy.libraries import keras_imports
from tf1_recipes.legacy.patch import patch

TITLE = "tensorflow.python.keras"


@patch("tensorflow.python.keras is the Keras that tf.keras is", after="tensorflow")
def own_keras(changes, tensorflow):
    changes.hide(TITLE)


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
