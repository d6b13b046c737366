"""The one door to TensorFlow: ``from tf1_recipes.v1 import tf`` is TF1's API in graph mode.

Importing this module does not import TensorFlow; its attribute ``tf`` does: with legacy Keras,
which has ``tf.layers`` and the rnn cells since TensorFlow 2.16, and without TensorFlow 2's
behaviour. If TensorFlow was imported before, it is not changed: what cannot be used so is refused
at its use, with one clear error.
"""
from __future__ import annotations

import importlib
import importlib.machinery
import logging
import os
import sys
import types
from typing import Any

from tf1_recipes.errors import RecipeError

_SWITCHED = []  # the TensorFlow that is in graph mode because of this module


class TensorFlowImportError(ImportError):
    """TensorFlow was imported before this package, in a way that TF1 code cannot use."""


def load() -> Any:
    """Returns ``tf.compat.v1``, and imports TensorFlow in graph mode if it is not imported yet.

    Where TensorFlow was imported before, a name that cannot be used so raises
    an error at its use: `TensorFlowImportError` for ``tf.layers``, ``tf.keras`` and
    ``tf.nn.rnn_cell`` beside Keras 3, `RecipeError` in eager mode for the functions that build a
    graph.

    Raises:
        TensorFlowImportError: TensorFlow is not installed.
    """
    imported_before = "tensorflow" in sys.modules
    if not imported_before:
        os.environ["TF_USE_LEGACY_KERAS"] = "1"
    _keep_keras_docstrings()
    tensorflow = _tensorflow()
    if tensorflow.__version__.startswith("1."):
        return tensorflow.compat.v1
    if not imported_before:
        switch_to_graph_mode(tensorflow)
    elif tensorflow not in _SWITCHED:
        return _ImportedBefore("", tensorflow.compat.v1)
    return tensorflow.compat.v1


def _tensorflow():
    try:
        tensorflow = importlib.import_module("tensorflow")
    except ModuleNotFoundError as error:
        if error.name != "tensorflow":
            raise
        raise TensorFlowImportError(
            "TensorFlow is not installed: pip install %s" % (
                "tensorflow" if sys.version_info >= (3, 10) else "'tensorflow>=1.15,<2'")) from None
    # `tf1-recipes run` puts the facade of an old release in its place.
    return getattr(tensorflow, "REAL_TENSORFLOW", tensorflow)


def switch_to_graph_mode(tensorflow: Any) -> None:
    """Switches TensorFlow 2's behaviour off, without its warning."""
    # TensorFlow warns that TF1's variables are deprecated, which users of this package know.
    logger = logging.getLogger("tensorflow")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        tensorflow.compat.v1.disable_v2_behavior()
        _SWITCHED.append(tensorflow)
    finally:
        logger.setLevel(level)


class _ImportedBefore(types.ModuleType):
    """``tf.compat.v1``, or ``nn`` of it, where TensorFlow was imported by somebody else.

    A name that TF1 code cannot use so is refused when it is asked for: where Keras 3 is there what
    legacy Keras serves, and in eager mode every function that builds a graph.
    """

    def __init__(self, prefix, real):
        super().__init__(real.__name__, real.__doc__)
        self.__dict__.update(_prefix=prefix, _real=real)

    def __getattr__(self, name):
        value = getattr(self._real, name)
        title = self._prefix + name
        if isinstance(value, types.FunctionType) and not name.startswith(_SWITCHES):
            refuse_eager_mode()
            return value  # and not kept: the next use may be in eager mode
        if title == "nn":
            value = _ImportedBefore("nn.", value)
        elif title in ("layers", "keras", "nn.rnn_cell"):
            refuse_keras_3("tf." + title)
        self.__dict__[name] = value
        return value

    def __dir__(self):
        return dir(self._real)


# What is asked, or called, to leave eager mode.
_SWITCHES = ("executing_eagerly", "disable_", "enable_")


def refuse_eager_mode() -> None:
    """Refuses to build a graph where there is none, or where ``tf.function`` traces its own.

    Recipes add variables, train ops and collections to the default graph, for sessions. A traced
    graph has neither these collections nor a session.

    Raises:
        RecipeError: TensorFlow runs eagerly, or traces a function; the message says what to do.
    """
    tensorflow = _tensorflow()
    if tensorflow.executing_eagerly():
        raise RecipeError("TensorFlow runs eagerly, and this needs a graph", [_LEAVE_EAGER_MODE])
    graph = tensorflow.compat.v1.get_default_graph()
    # The branches of a new-style tf.cond are graphs, too, of other classes.
    while hasattr(graph, "outer_graph"):
        if type(graph).__name__ == "FuncGraph":
            raise RecipeError("%r traces a function, and this needs a graph of sessions" % (
                graph.name,), ["call it outside of tf.function, Dataset.map and the like"])
        graph = graph.outer_graph


def refuse_keras_3(title: str) -> None:
    """Refuses what legacy Keras serves where there is none.

    Args:
        title: str, what needs it, the first words of the message.

    Raises:
        TensorFlowImportError: Keras 3 is there; the message says what to do.
    """
    # Only now TensorFlow settles which Keras it takes.
    if not hasattr(_tensorflow().compat.v1.layers, "dense"):
        raise TensorFlowImportError(
            "%s needs legacy Keras, and TensorFlow was already imported with Keras 3: install "
            "tf-keras and set the environment variable TF_USE_LEGACY_KERAS=1 before TensorFlow is "
            "imported. %s" % (title, _OTHERWISE))


_LEAVE_EAGER_MODE = (
    "call tensorflow.compat.v1.disable_v2_behavior() right after TensorFlow is imported, or import "
    "tf1_recipes.v1 before it (`from tf1_recipes.v1 import tf`), and enable nothing later; or work "
    "inside `with tensorflow.Graph().as_default():`")
_OTHERWISE = "Or import tf1_recipes.v1 first (`from tf1_recipes.v1 import tf`), which does both."


class _Loader(importlib.machinery.SourceFileLoader):
    """Compiles a module of tf_keras under ``python -OO`` as under ``python -O``.

    Some edit their own docstrings while they are imported, and fail without any (tf_keras 2.15 to
    2.21).
    """

    def get_code(self, fullname):
        path = self.get_filename(fullname)
        return self.source_to_code(self.get_data(path), path, _optimize=1)


class _Finder:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name.partition(".")[0] != "tf_keras":
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is not None and type(spec.loader) is importlib.machinery.SourceFileLoader:
            spec.loader = _Loader(spec.loader.name, spec.loader.path)
        return spec


def _keep_keras_docstrings():
    if sys.flags.optimize > 1 and _Finder not in sys.meta_path:
        sys.meta_path.insert(0, _Finder)


def __getattr__(name: str) -> Any:
    if name == "tf":
        globals()["tf"] = load()
        return globals()["tf"]
    raise AttributeError("module %r has no attribute %r" % (__name__, name))
