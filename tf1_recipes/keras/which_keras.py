"""Which Keras something is of: ``tf.keras``, or one that is a package of its own.

Each has variables and a session of its own, and takes optimizers of its own class only. So a recipe
works through the Keras of the model that it is given: ``tf.keras``, ``tf_keras``, and ``keras``
before version 3, which the documents import.
"""
from __future__ import annotations

import importlib
import re
from types import ModuleType
from typing import Any, List, Optional

from tf1_recipes.v1 import refuse_eager_mode, tf

# The package in whose modules a Keras is written.
_PACKAGE = re.compile(r"(?:(?:keras|tf_keras)(?:\.src)?|tensorflow(?:_core)?\.python\.keras)(?=\.)")


def package_of(thing: Any) -> Optional[str]:
    """Returns the package that a model, layer or optimizer comes from, or None if from no Keras.

    >>> package_of(tf.keras.layers.Dense(1)) == package_of(tf.keras.optimizers.SGD())
    True
    >>> print(package_of("a string"))
    None
    """
    return _package_of_class(type(thing))


def _package_of_class(kind):
    found = [_PACKAGE.match(each.__module__ + ".") for each in kind.__mro__]
    return next((match.group() for match in found if match), None)


def tf_keras_package() -> str:
    """Returns the package that ``tf.keras`` is written in."""
    return _package_of_class(tf.keras.layers.Layer)


def backend(package: Optional[str]) -> ModuleType:
    """Returns the ``K`` of a Keras; of ``tf.keras`` where the package is None."""
    return importlib.import_module((package or tf_keras_package()) + ".backend")


def optimizer_class(package: Optional[str]) -> Any:
    """Returns Keras 2.2's class of optimizers, which are made of variables and ``get_updates``.

    Graph mode still takes it, in every Keras before 3.
    """
    package = package or tf_keras_package()
    for module in ("optimizers.optimizer_v1", "optimizer_v1"):
        try:
            return importlib.import_module("%s.%s" % (package, module)).Optimizer
        except ModuleNotFoundError:
            pass
    return importlib.import_module("%s.optimizers" % package).Optimizer


def is_keras_2(package: Optional[str]) -> bool:
    """Whether a package is a Keras of its own, before version 3, and installed."""
    if package is None:
        return False
    try:
        return importlib.import_module(package).__version__.startswith(("0.", "1.", "2."))
    except ImportError:
        return False


def problems_with_keras(thing: Any) -> List[str]:
    """Returns why nothing here can train such a model: eager mode, Keras 3, no TensorFlow.

    Args:
        thing: model, layer or optimizer.

    Raises:
        RecipeError: TensorFlow runs eagerly, which all recipes refuse in the same words.
    """
    package = package_of(thing)
    if package and package.startswith("keras"):
        if not is_keras_2(package):
            return [
                "%r is of Keras %s, which makes no step by the graph's ops: make it of tf.keras, "
                "after `from tf1_recipes.v1 import tf`, or of Keras 2" % (
                    getattr(thing, "name", type(thing).__name__),
                    importlib.import_module(package).__version__)]
        library = backend(package).backend()
        if library != "tensorflow":
            return ["Keras runs on %s: set KERAS_BACKEND=tensorflow" % library]
    if tf.executing_eagerly():
        refuse_eager_mode()
    if not all(hasattr(weight, "op") for weight in _weights(thing)):
        return ["%r was made in eager mode: make it in the graph that trains it"
                % getattr(thing, "name", type(thing).__name__)]
    return []


def _weights(thing):
    try:
        return list(getattr(thing, "weights", ()))
    except ValueError:  # a model that is not built yet
        return []
